"""What the ranking learns from: functions that bug-fix releases mended, planted errors, and code that stayed as it was.

Whole packages are read before and after, once; a lesson keeps what a fit needs, so that it can be scored again.
"""

from __future__ import annotations

import gzip
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from spotter import codec
from spotter.cache import Cache
from spotter.causes import finding_of
from spotter.engine import wheels
from spotter.engine.corpus import TESTS
from spotter.engine.fixes import Mend, keys
from spotter.engine.plant import plant_many
from spotter.engine.releases import Release, fetch, mends_between, neighbours, releases
from spotter.fingerprint import identified
from spotter.graph import build, callers
from spotter.ground import Deviant, Ground, deviants, named
from spotter.measuring import Watch, measure
from spotter.metrics.arguments import argument_pressures
from spotter.metrics.facts import FileFacts, facts_of
from spotter.metrics.guards import guard_pressures
from spotter.metrics.plant_sites import planted
from spotter.metrics.planting import PRESSES, Press, sites
from spotter.metrics.pressure import Pressure
from spotter.metrics.registry import PRESSURES
from spotter.ranking import pressed
from spotter.source import Source
from spotter.syntax import Syntax, enclosing, parse

if TYPE_CHECKING:
    from spotter.graph import Graph

UNSEEN = Path(__file__).with_name("unseen.tsv")  # releases of projects that nothing was fitted to, as in releases.tsv
LINES: dict[str, tuple[str, ...]] = {  # of each package those lines of releases that are fitted to
    "django": ("5.2",),
    "langchain-core": ("1.6", "1.7"),
    "sphinx": ("1.6", "1.7"),
    "sqlalchemy": ("2.0",),
}
PLANTED = ("langchain-core", "sphinx")  # packages small enough to be looked at again for every planted error
PAIRS = 6  # of a line at most, from its first release on
SOUND = 3000  # lines of files that a whole line of releases left as they were
LONG = 800  # lines of such a file at most
EDITS, DEVIANTS = 20, 4  # errors planted in a package; deviants of each rule

SEEKERS: dict[str, Press] = {**PRESSES, "SP222": guard_pressures, "SP262": argument_pressures}

Kind = Literal["fix", "edit", "deviant", "sound"]


@dataclass(frozen=True, slots=True)
class Lesson:
    """Lines of a file with the tokens that are wrong there, and the ground they stand on.

    The deviants are those of these lines; `right` are the numbers of those that are right.
    """

    project: str
    kind: Kind
    path: str
    text: str
    lines: tuple[int, int]
    wrong: tuple[int, ...]
    ground: Ground
    right: tuple[int, ...] = ()
    keys: tuple[str, ...] = ()  # of a fix, as lists of fixes know it


@dataclass(frozen=True)
class State:
    """A package as one release has it."""

    sources: Mapping[str, Source]
    facts: Mapping[str, FileFacts]

    @cached_property
    def pressures(self) -> tuple[Pressure, ...]:
        """Its pressures and deviants, those that are off by default too."""
        return tuple(pressure for find in PRESSURES.values() for pressure in find(list(self.facts.values())))

    @cached_property
    def graph(self) -> Graph:
        """Its graph."""
        found = identified((finding_of(pressure), "") for pressure in self.pressures)
        return build(list(self.facts.values()), self.pressures, found)

    @cached_property
    def pressed(self) -> Mapping[tuple[str, str], float]:
        """The weight of the pressures on each function."""
        return pressed(self.pressures)

    def ground(self, syntax: Syntax, lines: tuple[int, int], found: Iterable[Deviant]) -> Ground:
        """The ground of some lines of a file."""
        path = syntax.source.path
        names = {f.name for f in syntax.functions if f.start_line <= lines[1] and lines[0] <= f.end_line}
        functions = {name: (self.pressed.get((path, name), 0.0), callers(self.graph, path, name)) for name in names}
        inside = tuple(deviant for deviant in found if lines[0] <= deviant.places[0].line <= lines[1])
        return Ground(inside, {name: both for name, both in sorted(functions.items()) if any(both)})


def gather(folder: Path, listed: Iterable[Release], watch: Watch) -> Iterator[Lesson]:
    """The lessons of the lines that are fitted to; a line of releases that was read before is not fetched again."""
    some = (pair for pair in neighbours(listed) if line_of(pair[0]) in LINES.get(pair[0].package, ()))
    yield from _gathered(folder, some, watch)


def unseen(folder: Path, watch: Watch) -> Iterator[Lesson]:
    """The lessons of the releases that nothing was fitted to."""
    yield from _gathered(folder, neighbours(releases(UNSEEN)), watch)


def line_of(release: Release) -> str:
    """The line of releases that one belongs to: x.y of x.y.z."""
    return ".".join(map(str, release.parts[:2]))


def _gathered(folder: Path, pairs: Iterable[tuple[Release, Release]], watch: Watch) -> Iterator[Lesson]:
    by_line: dict[tuple[str, str], list[tuple[Release, Release]]] = defaultdict(list)
    for before, after in pairs:
        by_line[before.package, line_of(before)].append((before, after))
    (folder / "wheels").mkdir(parents=True, exist_ok=True)
    for (package, line), some in by_line.items():
        kept = folder / f"{package}-{line}.json.gz"
        if not kept.exists():
            plants = package in PLANTED and line == LINES[package][-1]
            lessons = list(_of_line(folder, some[:PAIRS], watch, plants=plants))
            kept.write_bytes(gzip.compress(codec.dumps(lessons).encode(), mtime=0))
        yield from codec.loads(list[Lesson], gzip.decompress(kept.read_bytes()).decode())


def _of_line(folder: Path, pairs: Sequence[tuple[Release, Release]], watch: Watch, *, plants: bool) -> Iterator[Lesson]:
    """What a line of releases mended, what it left as it was, and what is planted in its last one."""
    project, archives = pairs[0][0].project, folder / "wheels"
    wheel = fetch(pairs[0][0], archives)
    first = before = _state(wheel, State({}, {}), watch)
    for _, release in pairs:
        other = fetch(release, archives)
        after = _state(other, before, watch)
        yield from _mended(project, mends_between(wheel, other), before, after)
        wheel.unlink()
        wheel, before = other, after
    wheel.unlink()
    yield from _sound(project, first, before)
    yield from _kept(project, first, before)
    if plants:
        yield from _edited(project, before)
        yield from _deviating(project, before)


def _state(wheel: Path, before: State, watch: Watch) -> State:
    """A package without its tests; the facts of files that were the same before are known."""
    sources = {source.path: source for source in wheels.sources(wheel) if not TESTS.search(source.path)}
    known = {path: facts for path, facts in before.facts.items() if before.sources[path] == sources.get(path)}
    fresh = [source for path, source in sources.items() if path not in known]
    found = measure(fresh, facts_of, None, Cache(None), watch)
    facts = known | {path: one.facts for path, one in found.items()}
    return State(sources, {path: facts[path] for path in sorted(facts)})


def _mended(project: str, mends: Iterable[Mend], before: State, after: State) -> Iterator[Lesson]:
    for mend in mends:
        if mend.path not in before.facts:
            continue
        syntax = parse(before.sources[mend.path])
        lines = mend.line, mend.line + mend.before.rstrip("\n").count("\n")
        wrong = _edited_tokens(syntax, lines, mend)
        touched = {syntax.tokens[i].line for i in wrong}
        ground = before.ground(syntax, lines, deviants(before.pressures, mend.path))
        right = tuple(
            number
            for number, deviant in enumerate(ground.deviants)
            if touched & {syntax.tokens[i].line for i in named(syntax, deviant)} and _gone(deviant, mend.path, after)
        )
        if wrong:
            known = keys(mend.before, mend.after)
            yield Lesson(project, "fix", mend.path, syntax.source.text, lines, wrong, ground, right, known)


def _edited_tokens(syntax: Syntax, lines: tuple[int, int], mend: Mend) -> tuple[int, ...]:
    """The tokens of a file that a mend takes away, or those around what it puts in."""
    inside = [i for i, token in enumerate(syntax.tokens) if lines[0] <= token.line <= lines[1]]
    own = parse(Source(mend.path, mend.before, "python")).tokens
    if [token.text for token in own] != [syntax.tokens[i].text for i in inside]:
        return ()
    found: set[int] = set()
    for edit in mend.edits:
        start, end = edit.old_span
        at = sum(token.start < start for token in own)
        covered = {i for i, token in enumerate(own) if token.start < end and start < token.end}
        found |= covered if edit.old else {i for i in (at - 1, at) if 0 <= i < len(own)}
    return tuple(sorted(inside[i] for i in found))


def _gone(deviant: Deviant, path: str, after: State) -> bool:
    """Whether its rule names its function no longer."""
    return all((one.rule, one.function) != (deviant.rule, deviant.function) for one in deviants(after.pressures, path))


def _same(path: str, first: State, last: State) -> bool:
    return path in first.facts and path in last.sources and first.sources[path].text == last.sources[path].text


def _sound(project: str, first: State, last: State) -> Iterator[Lesson]:
    """Whole files that no release of the line changed."""
    paths = [path for path in sorted(first.facts) if _same(path, first, last) and not TESTS.search(path)]
    left = SOUND
    for path in random.Random(0).sample(paths, len(paths)):
        lines = first.facts[path].lines
        if lines <= LONG and left > 0:
            left -= lines
            syntax = parse(first.sources[path])
            ground = first.ground(syntax, (1, lines + 1), deviants(first.pressures, path))
            yield Lesson(project, "sound", path, syntax.source.text, (1, lines + 1), (), ground)


def _kept(project: str, first: State, last: State) -> Iterator[Lesson]:
    """Every deviant of the first release that the last one still has, and those that it has mended."""
    for path in sorted(first.facts):
        for deviant in deviants(first.pressures, path):
            if path not in last.facts or TESTS.search(path):
                continue
            gone = _gone(deviant, path, last)
            if gone and deviant.function not in {f.name for f in last.facts[path].functions}:
                continue
            syntax = parse(first.sources[path])
            line = deviant.places[0].line
            ground = first.ground(syntax, (line, line), [deviant])
            yield Lesson(project, "deviant", path, syntax.source.text, (line, line), (), ground, (0,) * gone)


def _edited(project: str, state: State) -> Iterator[Lesson]:
    """Errors planted in a package's functions, among all its other files."""
    paths = [path for path in sorted(state.facts) if state.facts[path].lines <= LONG and not TESTS.search(path)]
    some = random.Random(0).sample(paths, min(EDITS, len(paths)))
    for _, edit in plant_many([parse(state.sources[path]) for path in some], EDITS, 0):
        around = enclosing(edit.syntax, edit.line)
        if around is not None:
            lines = around.start_line, around.end_line
            ground = state.ground(edit.syntax, lines, _found_with(state, edit.syntax, SEEKERS.values()))
            spoken = (set(named(edit.syntax, deviant)) for deviant in ground.deviants)
            right = tuple(number for number, tokens in enumerate(spoken) if tokens & set(edit.tokens))
            path, text = edit.syntax.source.path, edit.syntax.source.text
            yield Lesson(project, "edit", path, text, lines, edit.tokens, ground, right)


def _deviating(project: str, state: State) -> Iterator[Lesson]:
    """Deviants planted in a package; those that their rule does not name teach nothing."""
    shown = [source for path, source in state.sources.items() if path in state.facts and not state.facts[path].test]
    for rule, press in PRESSES.items():
        places = sites(shown, rule)
        for source, site in random.Random(0).sample(places, min(DEVIANTS, len(places))):
            syntax = parse(Source(source.path, planted(source.text, site), "python"))
            known = {(d.rule, d.function) for d in deviants(state.pressures, source.path)}
            for deviant in _found_with(state, syntax, [press]):
                own = deviant.places[0].line == site.line or site.function in deviant.function.split(".")
                if own and (deviant.rule, deviant.function) not in known:
                    lines = deviant.places[0].line, deviant.places[0].line
                    ground = state.ground(syntax, lines, [deviant])
                    yield Lesson(project, "deviant", source.path, syntax.source.text, lines, (), ground, (0,))
                    break


def _found_with(state: State, syntax: Syntax, presses: Iterable[Press]) -> tuple[Deviant, ...]:
    """The deviants of a changed file among the others of its package."""
    path = syntax.source.path
    files = list({**state.facts, path: facts_of(syntax)}.values())
    return tuple(deviant for press in presses for deviant in deviants(press(files), path))
