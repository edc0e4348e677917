"""A check in continuous integration: base, formats and places for its reports come from the runner's environment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from spotter import git
from spotter.changes import merge_base
from spotter.checking import Asked, page_of
from spotter.discovery import root_of
from spotter.errors import SpotterError
from spotter.hooks.comment import write as comment
from spotter.hooks.runners import Runner, runner_of
from spotter.outcome import exit_code
from spotter.reports.formats import FORMATS
from spotter.reports.page import Page

Say = Callable[[str], None]
WHOLE = "the whole repository is checked, old lines too"
ADVISES = f"where the change began is not known here: {WHOLE}, so nothing fails"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a run is asked for beyond its environment: a base, files by their format, and a comment."""

    base: str | None = None
    reports: Mapping[str, Path] | None = None
    comment: bool = False


def ci(asked: Asked, wanted: Wanted, environment: Mapping[str, str], say: Say) -> tuple[str, int]:
    """The report to print, and the exit code. Everything else is written where the runner looks for it."""
    runner = runner_of(environment)
    base, lost = _base(runner, wanted, say)
    say(f"{runner.name}: {f'lines changed since {base}' if base else lost or WHOLE}")
    page = page_of(replace(asked, request=replace(asked.request, since=base)), plain=True)
    if lost:
        page = replace(page, fail_on=None, outcome=replace(page.outcome, notes=(*page.outcome.notes, lost)))
    for form, path in {**runner.reports, **(wanted.reports or {})}.items():
        _write(path, FORMATS[form](page))
    if runner.summary:
        _write(runner.summary, FORMATS["markdown"](page), mode="a")
    if wanted.comment:
        _comment(runner, page, say)
    return FORMATS[runner.form](page), exit_code(page.outcome.findings, page.fail_on)


def _base(runner: Runner, wanted: Wanted, say: Say) -> tuple[str | None, str]:
    """What was asked for, or the first base that this clone knows; and what is said where it lacks the right one."""
    root = root_of([Path()])
    if git.top_level(root) is None:
        raise SpotterError(f"{root}: not inside a git checkout; use `spotter check` here")
    if wanted.base:
        merge_base(root, wanted.base)
        return wanted.base, ""
    head = git.ask(root, "rev-parse", "HEAD").stdout.decode().strip()
    lost = ""
    for revision in runner.bases:
        try:
            if merge_base(root, revision) != head:
                return revision, ""
            say(f"{revision}: nothing was committed since")
        except SpotterError as error:
            say(str(error))
            lost = ADVISES
    shallow = git.answer(root, "rev-parse", "--is-shallow-repository").strip() == b"true"
    return None, f"{lost}; {runner.advice} brings its base" if lost and shallow else lost


def _comment(runner: Runner, page: Page, say: Say) -> None:
    """A comment that cannot be written is said, and fails nothing."""
    if runner.thread is None:
        say("no comment: this run belongs to no pull or merge request, or has no token")
        return
    try:
        done = comment(runner.thread, FORMATS["markdown"](page), wanted=bool(page.outcome.findings))
        say(f"comment {done}")
    except SpotterError as error:
        say(str(error))


def _write(path: Path, text: str, mode: str = "w") -> None:
    try:
        with path.open(mode, encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise SpotterError(f"{path}: cannot be written ({(error.strerror or '').lower()}); name another file") from None
