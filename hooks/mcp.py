"""An MCP server on stdio: an agent asks for findings, for what they rest on, for copies of a place, and has its say.

Replies are short: what does not fit is counted. Paths lead nowhere outside the root. Nothing is written but the agent's
own word about a finding, which is shown to others and dismisses it for nobody else.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from spotter import __version__
from spotter.checking import Asked, page_of
from spotter.errors import SpotterError
from spotter.findings import Finding
from spotter.judging import named, record
from spotter.measuring import measure
from spotter.metrics.facts import facts_of
from spotter.metrics.registry import PRESSURES
from spotter.outcome import gates
from spotter.progress import watched
from spotter.quoting import quoted
from spotter.reading import from_bytes
from spotter.reports.page import Page
from spotter.request import Request, Scope, scope_of, task_of
from spotter.rules import RULES, page
from spotter.source import Source
from spotter.verdicts import AGENT

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

CAP = 3_000  # characters of a reply, about 800 tokens
WORDS = 100  # tokens of a message
AROUND = 3  # lines shown on each side of a finding
HINT = "Findings are often mistaken: where the code is right, leave it and dismiss the finding with a reason."

# The replies have no slots: the SDK reads a slot as a default.
Parameters = ParamSpec("Parameters")
Reply = TypeVar("Reply")


@dataclass(frozen=True)
class Row:
    """A finding, and whether it fails the check."""

    fingerprint: str
    rule: str
    place: str
    message: str
    suggestion: str | None
    p_error: float | None
    fails: bool


@dataclass(frozen=True)
class Findings:
    """What a check found: the strongest findings, how many more there are, and how many judges silenced."""

    measured: str
    findings: list[Row]
    more: int
    silenced: int
    notes: list[str]


@dataclass(frozen=True)
class Explanation:
    """What a finding or a rule is about, the code around it, and the places that speak for it."""

    about: str
    text: str
    code: list[str]
    evidence: list[str]
    more: int


@dataclass(frozen=True)
class Copies:
    """Functions that are one template, each group with what could be saved and its places."""

    groups: list[list[str]]
    more: int


@dataclass(frozen=True)
class Said:
    """A finding that the agent called fine, and what that means."""

    fingerprint: str
    message: str


def serve(folder: Path) -> None:
    """Answer on stdin and stdout until the client goes away."""
    build(folder).run("stdio")


def build(folder: Path) -> MCPServer[object]:
    """The server for the checkout around a folder; SpotterError where the SDK is not installed."""
    try:
        from mcp.server.mcpserver import MCPServer
        from mcp.server.mcpserver.exceptions import ToolError
        from mcp.types import ToolAnnotations
    except ImportError:
        raise SpotterError("mcp needs the MCP library: pip install 'spotter-lint[mcp]'") from None

    root = scope_of(Request(paths=(folder,))).root.resolve()
    os.chdir(root)
    server: MCPServer[object] = MCPServer("spotter", instructions=HINT, version=__version__, log_level="WARNING")
    reads = ToolAnnotations(read_only_hint=True, open_world_hint=False)
    says = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=True, open_world_hint=False)

    def told(work: Callable[Parameters, Reply], *given: Parameters.args, **named: Parameters.kwargs) -> Reply:
        try:
            return work(*given, **named)
        except SpotterError as error:
            raise ToolError(str(error)) from error

    @server.tool(annotations=reads)
    def check(paths: list[str] | None = None, staged: bool = False, since: str | None = None) -> Findings:
        """What is probably wrong in files, in what is staged, or in what changed since a revision; by default all."""
        return told(checked, root, paths or [], staged=staged, since=since)

    @server.tool(annotations=reads)
    def explain(name: str) -> Explanation:
        """What a finding (by its fingerprint) rests on, or what a rule (by code or name) looks for."""
        return told(explained, root, name)

    @server.tool(annotations=reads)
    def similar(path: str, line: int = 0, code: str = "") -> Copies:
        """Functions of the repository that copy those of a file, of a line of it, or of code that may be put there."""
        return told(copies, root, path, line, code)

    @server.tool(annotations=says)
    def dismiss(fingerprint: str, reason: str) -> Said:
        """Call a finding fine, with the reason why. It is not shown to you again while the code there is the same."""
        return told(dismissed, root, fingerprint, reason)

    return server


def checked(root: Path, paths: Sequence[str], *, staged: bool, since: str | None) -> Findings:
    """The findings that the agent has not called fine."""
    if staged and since:
        raise SpotterError("staged and since exclude each other; leave one out")
    request = Request(paths=tuple(inside(root, path) for path in paths) or (root,), staged=staged, since=since)
    seen = page_of(Asked(request), plain=True)
    own = {row.fingerprint for row in scope_of(request).judged() if row.by == AGENT and row.verdict == "fine"}
    left = [finding for finding in seen.outcome.findings if finding.fingerprint not in own]
    rows = [_row(finding, seen) for finding in left]
    kept = _fitting([json.dumps(asdict(row)) for row in rows], CAP)
    silenced = seen.outcome.silenced + len(seen.outcome.findings) - len(left)
    notes = [quoted(note, WORDS) for note in seen.outcome.notes[:3]]
    return Findings(seen.outcome.measured, rows[:kept], len(rows) - kept, silenced, notes)


def explained(root: Path, name: str) -> Explanation:
    """A rule's page, or a finding with the lines around it and its evidence."""
    if name.upper() in RULES or name.lower() in {rule.name for rule in RULES.values()}:
        return Explanation(name, page(name)[:CAP], [], [], 0)
    scope = scope_of(Request(paths=(root,)))
    finding = named(scope, name)
    source = _source(scope, finding.path)
    lines = source.text.split("\n") if source else []
    first = max(1, finding.line - AROUND)
    code = [f"{n}: {quoted(lines[n - 1], WORDS)}" for n in range(first, min(len(lines), finding.line + AROUND) + 1)]
    rule = RULES[finding.rule]
    about = f"{rule.code} {rule.name} at {quoted(finding.path, WORDS)}:{finding.line} ({finding.fingerprint})"
    why = rule.text.split("\n\nExample\n")[0]
    sites = [f"{quoted(s.path, WORDS)}:{s.line} {quoted(s.message, WORDS)}" for s in finding.evidence]
    kept = _fitting(sites, CAP - len(why) - sum(map(len, code)))
    return Explanation(about, f"{quoted(finding.message, WORDS)}\n\n{why}", code, sites[:kept], len(sites) - kept)


def copies(root: Path, path: str, line: int, code: str) -> Copies:
    """The groups of near copies that a place, a file or some code has part in."""
    name = inside(root, path).relative_to(root).as_posix()
    scope = scope_of(Request(paths=(root,)))
    task = task_of(Request(paths=(root,)), scope)
    sources = {source.path: source for source in task.sources}
    if code:
        source = from_bytes(code.encode("utf-8", "surrogatepass"), name)
        if not isinstance(source, Source):
            raise SpotterError(f"{name}: {source.reason}")
        sources[name] = source
    elif name not in sources:
        raise SpotterError(f"{path}: no such file in a language that Spotter reads; or give the code")
    store = scope.cache()
    facts = [m.facts for m in measure(tuple(sources.values()), facts_of, None, store, watched).values()]
    store.close()
    functions = [function for file in facts if file.path == name for function in file.functions]
    around = {function.name for function in functions if function.start_line <= line <= function.end_line}
    groups = []
    for pressure in PRESSURES["similar-code"](facts):
        places = [pressure.place, *(site.place for site in pressure.sites)]
        if any(p.path == name and (not line or p.function in around) for p in places):
            told = [f"{quoted(p.path, WORDS)}:{p.line} {quoted(p.function, WORDS)}" for p in places]
            groups.append([quoted(pressure.message, WORDS), *told[:12]])
    kept = _fitting([json.dumps(group) for group in groups], CAP)
    return Copies(groups[:kept], len(groups) - kept)


def dismissed(root: Path, fingerprint: str, reason: str) -> Said:
    """Write down the agent's word."""
    scope = scope_of(Request(paths=(root,)))
    finding = named(scope, fingerprint)
    record(scope, finding, AGENT, quoted(reason, WORDS))
    meaning = "not shown to you again; for people and CI it stands with your reason, until a person dismisses it"
    return Said(finding.fingerprint, meaning)


def inside(root: Path, path: str) -> Path:
    """A path below the root, its links followed; SpotterError where it leads outside."""
    try:
        real = (root / path).resolve()
    except (ValueError, OSError, RuntimeError):
        raise SpotterError(f"{quoted(path, WORDS)}: not a path") from None
    if not real.is_relative_to(root):
        raise SpotterError(f"{quoted(path, WORDS)}: outside of {root}; name a path below it")
    return real


def _row(finding: Finding, seen: Page) -> Row:
    place = f"{quoted(finding.path, WORDS)}:{finding.line}:{finding.column}"
    suggestion = finding.suggestion
    edit = f"{suggestion.edit} {quoted(suggestion.text, WORDS)}".rstrip() if suggestion else None
    fails = gates(finding, seen.fail_on)
    said = quoted(finding.message, WORDS)
    return Row(finding.fingerprint, finding.rule, place, said, edit, finding.p_error, fails)


def _source(scope: Scope, path: str) -> Source | None:
    task = task_of(Request(paths=(scope.root / path,)), scope)
    return next((source for source in task.sources if source.path == path), None)


def _fitting(texts: Sequence[str], room: int) -> int:
    """How many of the texts fit, from the first on."""
    for number, text in enumerate(texts):
        room -= len(text)
        if room < 0:
            return number
    return len(texts)
