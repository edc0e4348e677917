"""The order of work: sources -> syntax -> scores and facts -> graph -> ranked findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache as once
from functools import partial

from spotter import codec
from spotter.budget import Budget, Side, budget_of, overrun
from spotter.cache import Cache, key
from spotter.causes import finding_of
from spotter.config import Config, selected
from spotter.engine.scores import Scorer, TokenScore
from spotter.findings import Finding, Severity
from spotter.fingerprint import identified, surroundings
from spotter.measuring import Measurement, Watch, census_of, facts_key, measure, placed, remembered_facts
from spotter.metrics.facts import FileFacts
from spotter.metrics.pressure import Pressure
from spotter.metrics.since import RULES as BROKEN
from spotter.metrics.since import broken_since
from spotter.metrics.size import statements_of
from spotter.ordering import ordered
from spotter.outcome import Extent, Measured, Outcome
from spotter.rules import RULES
from spotter.source import Source, Unread
from spotter.spread import Extract
from spotter.state import code
from spotter.suppression import Split, split
from spotter.suspicions import suspicions
from spotter.syntax import Syntax, parse
from spotter.verdicts import Verdict, weighed

Press = Callable[[Sequence[FileFacts]], Sequence[Pressure]]
SURE = ("SP263", *BROKEN)  # say what only all files tell, and of their places all that a token's suspicion would
MARK = "spotter:"  # without it a file holds no suppression
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Change:
    """The files of a change as they were and as they are; one of a single side was removed or made."""

    before: tuple[Source, ...]
    after: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """What to check. Neighbours are the repository's other files: their remembered facts are evidence.

    What lies aside is only named. With changed lines, only findings on them are kept; a file that is missing there
    counts as unchanged. A change is judged by what it adds, and by what it breaks within reach: in those neighbours.
    """

    sources: tuple[Source, ...]
    unread: tuple[Unread, ...] = ()
    neighbours: tuple[Source, ...] = ()
    changed: Mapping[str, frozenset[int]] | None = None
    change: Change | None = None
    aside: tuple[tuple[str, str], ...] = ()
    reach: frozenset[str] = frozenset()


Measurements = Mapping[str, Measurement]  # by path


@dataclass(frozen=True, slots=True)
class Tools:
    """The parts that a check is assembled from, each replaceable in tests."""

    scorer: Scorer | None
    extract: Extract
    press: Press
    config: Config
    verdicts: tuple[Verdict, ...] = ()

    def chosen(self, path: str, rule: str) -> bool:
        """Whether a rule applies to a file. What was not measured is said whatever was selected.

        A rule that is off by default applies where its whole code is selected.
        """
        if not RULES[rule].default and rule not in self.config.select:
            return False
        gap = rule in ("SP001", "SP002")
        return selected(replace(self.config, select=()) if gap else self.config, path, rule)

    def speaks(self, finding: Finding) -> bool:
        """Whether a finding is made: the notes of a rule that doubts are, where its whole code is selected."""
        doubted = RULES[finding.rule].doubts and finding.severity == "note"
        return self.chosen(finding.path, finding.rule) and not (doubted and finding.rule not in self.config.select)


def check(task: Task, tools: Tools, cache: Cache, watch: Watch) -> Outcome:
    """The outcome of a task, at once where nothing has changed since it was last computed."""
    return examined(task, tools, cache, watch)[0]


def examined(task: Task, tools: Tools, cache: Cache, watch: Watch) -> tuple[Outcome, Measurements | None]:
    """The outcome of a task, and what it was made of, None where it was remembered."""
    name = _name(task, tools, cache)
    if text := cache.get([name]).get(name):
        return codec.loads(Outcome, text), None
    scored = measure(task.sources, tools.extract, tools.scorer, cache, watch, task.changed)
    measured = placed(scored, census_of((*task.sources, *task.neighbours), tools.scorer), tools.scorer)
    outcome = _outcome(task, measured, tools, cache, watch)
    cache.put({name: codec.dumps(outcome)})
    return outcome, measured


def _outcome(task: Task, measured: Measurements, tools: Tools, cache: Cache, watch: Watch) -> Outcome:
    task = _without(task, measured)
    facts = [m.facts for m in measured.values()] + list(remembered_facts(task.neighbours, cache))
    facts += _renamed(task, facts, tools, cache, watch)
    whole = _whole(task, facts)
    pressures = [p for p in tools.press(sorted(facts, key=lambda file: file.path)) if whole or p.rule not in SURE]
    since = _since(task.change, facts, tools, cache, watch) if whole and task.change else ()
    pressures = [p for p in pressures if p.rule not in BROKEN or not task.change] + list(since)
    syntax = _syntaxes((*task.sources, *task.neighbours))
    found = _findings(task, tools, measured, pressures, syntax)
    budget = _budget(task.change, facts, tools, cache, watch) if task.change else None
    found += _overrun(budget)
    chosen = [finding for finding in found if tools.speaks(finding)]
    elsewhere = [f for p in pressures if not _is_told(p, task, measured) and tools.speaks(f := finding_of(p))]
    parts = _unsuppressed(chosen, elsewhere, task, tools, facts)
    new = tuple(finding for finding in (*parts.kept, *parts.unused) if _is_new(finding, task))
    held = (one for one in parts.suppressed if _is_new(one.finding, task))
    judged, silenced = weighed(new, tools.verdicts, _threshold(tools))
    files = [_measured(m, tools.scorer) for m in measured.values()]
    files += [Measured(unread.path, "", 0, "none") for unread in task.unread]
    notes = (*_notes(task, facts, tools), *_unknown(measured, tools))
    order = ordered(judged, facts, pressures, partial(_scores, measured), syntax)
    return Outcome(tuple(sorted(files)), order, (*held, *silenced), notes, budget)


def _since(
    change: Change, facts: Sequence[FileFacts], tools: Tools, cache: Cache, watch: Watch
) -> tuple[Pressure, ...]:
    """What a change has broken, in its files and in others."""
    before = measure(change.before, tools.extract, None, cache, watch)
    moved = {source.path for source in (*change.before, *change.after)}
    return broken_since(facts, [*(m.facts for m in before.values()), *(f for f in facts if f.path not in moved)])


def _scores(measured: Measurements, path: str) -> Sequence[TokenScore]:
    return (path in measured and measured[path].scores) or ()


def _renamed(task: Task, facts: Sequence[FileFacts], tools: Tools, cache: Cache, watch: Watch) -> list[FileFacts]:
    """The facts of a change's files that are as they were under another name, so that none of their lines is new."""
    known = {file.path for file in facts}
    sources = [source for source in task.change.after if source.path not in known] if task.change else []
    return [m.facts for m in measure(sources, tools.extract, None, cache, watch).values()]


def _whole(task: Task, facts: Sequence[FileFacts]) -> bool:
    """Whether there are facts of all the repository's files."""
    return len({file.path for file in facts}) >= len(task.sources) + len(task.neighbours)


def _without(task: Task, measured: Mapping[str, Measurement]) -> Task:
    """The task, in which a source that took too much counts as unread; in a change it must not pass."""
    slow = [source.path for source in task.sources if source.path not in measured]
    reason = "takes too long or too much memory to measure: generated, or no source text; add it to exclude"
    unread = (Unread(path, reason, requested=task.changed is not None) for path in slow)
    kept = tuple(source for source in task.sources if source.path in measured)
    return replace(task, sources=kept, unread=(*task.unread, *unread))


def _findings(
    task: Task,
    tools: Tools,
    measured: Mapping[str, Measurement],
    pressures: Sequence[Pressure],
    syntax: Callable[[str], Syntax],
) -> tuple[Finding, ...]:
    """Every finding in the task's files, with its fingerprint."""
    found = [_unread(unread, alone=not measured) for unread in task.unread]
    found += [finding for m in measured.values() for finding in _gaps(m)]
    found += [finding_of(pressure) for pressure in pressures if _is_told(pressure, task, measured)]
    if tools.scorer is not None:
        threshold = _threshold(tools)
        told = {(f.path, f.line, f.column) for f in found if f.rule in SURE and tools.speaks(f)}
        for path, m in measured.items():
            if any(score.p_error > threshold for score in m.scores or ()):
                tokens = suspicions(syntax(path), m.scores or (), threshold, test=m.facts.test)
                found += [f for f in tokens if (f.path, f.line, f.column) not in told]
    plain = {"SP001", "SP002"}
    around = ("" if f.rule in plain else surroundings(syntax(f.path), f.line, f.column) for f in found)
    return identified(zip(found, around, strict=True))


def _is_told(pressure: Pressure, task: Task, measured: Measurements) -> bool:
    """Whether a pressure is told of a file that is checked, or of one in which the change broke something."""
    path = pressure.place.path
    return path in measured or (pressure.rule in BROKEN and path in task.reach)


def _budget(change: Change, facts: Sequence[FileFacts], tools: Tools, cache: Cache, watch: Watch) -> Budget | None:
    """What a change adds to the repository; None where nobody asks for it."""
    if not tools.chosen("", "SP302"):
        return None
    before, after = (_side(sources, tools, cache, watch) for sources in (change.before, change.after))
    moved = {source.path for source in (*change.before, *change.after)}
    return budget_of(before, after, [file for file in facts if file.path not in moved], dict(tools.config.budget))


def _side(sources: Sequence[Source], tools: Tools, cache: Cache, watch: Watch) -> list[Side]:
    found = measure(sources, tools.extract, None, cache, watch).values()
    return [Side(m.facts, statements_of(parse(m.source))) for m in found]


def _overrun(budget: Budget | None) -> tuple[Finding, ...]:
    found = overrun(budget) if budget else None
    return identified([(found, "")]) if found else ()


def _unsuppressed(
    findings: Sequence[Finding], elsewhere: Sequence[Finding], task: Task, tools: Tools, facts: Sequence[FileFacts]
) -> Split:
    """The findings that no comment silences, at their place or at a member in a file that is not checked itself."""
    members = {path for finding in findings for path in (finding.path, *(site.path for site in finding.evidence))}
    trees = [parse(source) for source in task.sources if MARK in source.text]
    around = [parse(source) for source in task.neighbours if source.path in members and MARK in source.text]
    judged = partial(_judged, tools, _whole(task, facts))
    parts = split(findings, trees, judged, neighbours=around, elsewhere=elsewhere)
    syntax = {tree.source.path: tree for tree in trees}
    remarks = [remark for remark in parts.unused if tools.chosen(remark.path, remark.rule)]
    places = [surroundings(syntax[remark.path], remark.line, remark.column) for remark in remarks]
    return replace(parts, unused=identified(zip(remarks, places, strict=True)))


def _threshold(tools: Tools) -> float:
    """The P(edit) from which a token is reported; without a scorer there is none to report."""
    return tools.scorer.threshold(tools.config.max_alerts_per_kloc) if tools.scorer else 0.0


def _judged(tools: Tools, whole: bool, path: str, rule: str) -> bool:
    """Whether silence about a rule means that there is nothing; pressures are seen only where all files are."""
    return rule in RULES and tools.chosen(path, rule) and (whole or not rule.startswith("SP2"))


def _gaps(m: Measurement) -> list[Finding]:
    """The lines of a file that were not measured."""
    gaps = []
    lines = sorted({*m.error_lines, *m.facts.cut_lines})
    if lines:
        shown = ", ".join(map(str, lines[:5])) + (f" and {len(lines) - 5} more" if len(lines) > 5 else "")
        reason = f"could not be read as {m.source.language} in line {shown}; the rest was measured"
        gaps.append(_fact("SP002", m.source.path, lines[0], reason))
    return gaps


def _unread(unread: Unread, *, alone: bool) -> Finding:
    """A file that was only met in a folder is said, and does not gate, unless nothing could be measured at all."""
    finding = _fact("SP001", unread.path, 1, unread.reason)
    return finding if unread.requested or alone else replace(finding, severity="note")


def _fact(code: str, path: str, line: int, message: str) -> Finding:
    severity: Severity = RULES[code].severity
    return Finding(code, path, line, 1, line, 1, message, severity, "fact", "")


def _is_new(finding: Finding, task: Task) -> bool:
    """Whether a finding lies on changed lines, or is about the change or a file as a whole."""
    changed, whole = task.changed, ("SP001", "SP302", *(BROKEN if task.change else ()))
    if changed is None or finding.rule in whole:
        return True
    return not changed.get(finding.path, frozenset()).isdisjoint(range(finding.line, finding.end_line + 1))


def _measured(m: Measurement, scorer: Scorer | None) -> Measured:
    partial = m.error_lines or m.facts.cut_lines or (scorer is not None and m.scores is None)
    extent: Extent = "partial" if partial else "complete"
    return Measured(m.source.path, m.source.language, m.facts.lines, extent)


def _notes(task: Task, facts: Sequence[FileFacts], tools: Tools) -> tuple[str, ...]:
    notes = []
    known = len({file.path for file in facts} - {source.path for source in task.sources})
    if task.sources and (missing := len(task.neighbours) - known):
        files = f"{missing} of the repository's {len(task.neighbours)} other files"
        notes.append(f"no evidence from {files}, which are not indexed; run `spotter check` once at its root")
    if tools.scorer is None:
        notes.append("tokens were not scored: no rule of theirs is selected")
    for what in sorted({what for _, what in task.aside}):
        names = [name for name, kind in task.aside if kind == what]
        more = f" and {len(names) - SHOWN:,} more" if names[SHOWN:] else ""
        notes.append(f"left out as {what}: {', '.join(names[:SHOWN])}{more}; name such a file to check it")
    return tuple(notes)


def _unknown(measured: Mapping[str, Measurement], tools: Tools) -> Iterator[str]:
    """A line for each language that no weights know (SP002): its files have their pressures only."""
    unscored = [m.source for m in measured.values() if tools.scorer is not None and m.scores is None]
    told = Counter(source.language for source in unscored if tools.chosen(source.path, "SP002"))
    for language, count in sorted(told.items()):
        files = f"{count:,} file{'s' * (count > 1)}"
        yield f"no weights know {language}: {files} with pressures only, no token was scored (SP002)"


def _syntaxes(sources: Sequence[Source]) -> Callable[[str], Syntax]:
    """Parse the sources that are asked for, each once."""
    by_path = {source.path: source for source in sources}
    return once(lambda path: parse(by_path[path]))


def _name(task: Task, tools: Tools, cache: Cache) -> str:
    """Under which the outcome of a task is remembered: all that it is made from."""
    around = [facts_key(source) for source in task.neighbours]
    changed = sorted((path, sorted(lines)) for path, lines in (task.changed or {}).items())
    texts = [part for source in task.sources for part in (source.path, source.language, source.text)]
    unread = [part for one in task.unread for part in (one.path, one.reason)] + [
        part for one in task.aside for part in one
    ]
    scorer = tools.scorer.fingerprint if tools.scorer else ""
    asked = (str(task.changed is None), str(changed), repr(tools.config), repr(tools.verdicts))
    sides = [s for side in (task.change.before, task.change.after) for s in side] if task.change else []
    texts += [part for source in sides for part in (source.path, source.language, source.text)]
    whole = [*asked, str(sorted(task.reach)), str(len(sides)), scorer, code(), str(len(task.neighbours))]
    return key(
        "outcome", *whole, str(len(texts)), *texts, *unread, *sorted(around), "known", *sorted(cache.known(around))
    )
