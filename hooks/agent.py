"""Behind a coding agent: what it changed is judged, and it is asked at most three exact questions.

After an edit the file's changed lines are judged; before the agent stops, the whole change is, with its budget. The
same refusal is given once a session, and three in a row at most: an agent that cannot answer is let go, and its user
is told.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from spotter import git
from spotter.cache import Cache, key
from spotter.checking import Asked, failing
from spotter.errors import SpotterError
from spotter.findings import Finding
from spotter.reading import suffixes
from spotter.request import Request, scope_of
from spotter.rules import RULES
from spotter.visible import shown_path, visible

MOST = 3  # questions in a refusal, and refusals in a row
LISTED = 6
FILE_KEYS = ("file_path", "notebook_path")
QUESTIONS = {"fact": "Can this be put right?", "suspicion": "Is this an error?"}
BUDGET = "Can this change be smaller?"
FINE = "Where the code is right, leave it and say why: that is a good answer. A budget is met by a smaller change."

Kind = Literal["edit", "stop"]


@dataclass(frozen=True, slots=True)
class Event:
    """What an agent has done: edited a file, or tried to stop, maybe again after a refusal."""

    kind: Kind
    session: str
    folder: Path
    file: Path | None = None
    again: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether the agent is refused, the questions, and what to tell its user when it is let go all the same."""

    refused: bool
    questions: tuple[str, ...] = ()
    notice: str = ""


def claude(text: str, since: str | None) -> Answer:
    """The answer to a hook of Claude Code."""
    event = claude_event(text)
    return _judged(event, since) if event else Answer(False)


def plain(text: str, since: str | None) -> Answer:
    """The answer to the plain form."""
    return _judged(plain_event(text), since)


def claude_event(text: str) -> Event | None:
    """The event in the JSON that Claude Code gives its hooks; None for an event that asks for no judgement."""
    raw = _object(text)
    name, tool = _text(raw, "hook_event_name"), raw.get("tool_input")
    folder, session = Path(_text(raw, "cwd") or "."), _text(raw, "session_id")
    if name in ("Stop", "SubagentStop"):
        return Event("stop", session, folder, again=raw.get("stop_hook_active") is True)
    files = [tool[name] for name in FILE_KEYS if isinstance(tool.get(name), str)] if isinstance(tool, dict) else []
    if name != "PostToolUse" or not files:
        return None
    return Event("edit", session, folder, folder / files[0])


def plain_event(text: str) -> Event:
    """The event in the plain form: {"event": "edit" or "stop", "session", "folder", "file", "again"}."""
    raw = _object(text)
    kind, folder, file = raw.get("event"), Path(_text(raw, "folder") or "."), _text(raw, "file")
    if kind not in ("edit", "stop") or (kind == "edit" and not file):
        raise SpotterError('stdin: "event" takes "edit", with a "file", or "stop"')
    path = folder / file if kind == "edit" else None
    return Event(kind, _text(raw, "session"), folder, path, raw.get("again") is True)


def request_of(event: Event, since: str | None) -> Request | None:
    """What to check after an event, from a revision on, by default the last commit; None where there is nothing."""
    file = event.file
    if file is not None and not (file.suffix.lower() in suffixes() and file.is_file()):
        return None
    if not event.folder.is_dir():
        raise SpotterError(f"{event.folder}: no such folder; the hook's JSON names it")
    root = git.top_level(file.parent if file is not None else event.folder)
    if since is None and root is not None:
        asked = git.ask(root, "rev-parse", "--verify", "--quiet", "HEAD")
        since = "HEAD" if asked.returncode == 0 else None
    if file is not None:
        return Request(paths=(file,), since=since if root else None, ignore=("SP302",))
    return Request(paths=(root or event.folder,), since=since if root else None)


def answer(event: Event, findings: Sequence[Finding], memory: Cache) -> Answer:
    """Refuse an agent for its findings, unless it has heard the same or enough; the memory is that of its session."""
    name = key("agent", event.session, event.kind, str(event.file or ""))
    if not findings:
        memory.put({name: "[0, []]"})
        return Answer(False)
    refusals, said = json.loads(memory.get([name]).get(name, "[0, []]"))
    refusals = refusals if event.again else 0
    digest = sha256("\n".join(f"{f.fingerprint} {f.message}" for f in findings).encode()).hexdigest()
    if digest in said:
        return _let_go(findings, "it was asked this before")
    if refusals >= MOST:
        return _let_go(findings, f"it was asked {MOST} times")
    memory.put({name: json.dumps([refusals + 1, [*said, digest]])})
    if event.again and name not in memory.get([name]):
        return _let_go(findings, "nothing is remembered here of what it was asked")
    return Answer(True, questions(findings))


def _judged(event: Event, since: str | None) -> Answer:
    request = request_of(event, since)
    if request is None:
        return Answer(False)
    findings = failing(Asked(request))
    memory = scope_of(Request(paths=request.paths)).cache()
    try:
        return answer(event, findings, memory)
    finally:
        memory.close()


def _let_go(findings: Sequence[Finding], why: str) -> Answer:
    first = f"{visible(findings[0].path)}:{findings[0].line}: {findings[0].rule} {visible(findings[0].message)}"
    more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
    return Answer(False, notice=f"spotter lets the agent pass, since {why}, with {first}{more}")


def questions(findings: Sequence[Finding]) -> tuple[str, ...]:
    """A question for each of the first findings, with its place and, for a budget, what added to it."""
    return tuple(_question(finding) for finding in findings[:MOST])


def told(reply: Answer) -> str:
    """A refusal as the agent reads it."""
    asked = [f"{number}. {question}" for number, question in enumerate(reply.questions, 1)]
    return "\n".join([f"spotter asks about what you changed. {FINE}", *asked]) + "\n"


def as_json(reply: Answer) -> str:
    """An answer in the plain form."""
    return json.dumps({"pass": not reply.refused, "questions": reply.questions, "notice": reply.notice}) + "\n"


def _question(finding: Finding) -> str:
    budget = finding.rule == "SP302"
    asked = BUDGET if budget else QUESTIONS[finding.kind]
    place = f"{shown_path(finding.path)}:{finding.line}:{finding.column}"
    head = f"{place} {finding.rule} {RULES[finding.rule].name}: {asked} {visible(finding.message)}"
    sites = [f"   {visible(s.path)}:{s.line} {visible(s.message)}" for s in finding.evidence[: LISTED if budget else 2]]
    return "\n".join([head, *sites])


def _object(text: str) -> dict[str, Any]:
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SpotterError(f"stdin: not JSON ({error}); a hook is given one object") from None
    if not isinstance(raw, dict):
        raise SpotterError("stdin: not a JSON object; a hook is given one")
    return raw


def _text(raw: dict[str, Any], name: str) -> str:
    value = raw.get(name, "")
    if not isinstance(value, str):
        raise SpotterError(f"stdin: {name!r} takes a text, not {value!r}")
    return value
