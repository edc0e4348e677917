"""Condition pressure: many functions ask an object what it is, and branch on the answer.

A tag is a constant of a class, as `graph.is_directed()` that only returns True; a word is an attribute that the methods
of a class compare with constants, as `self.mode == "full"`, and that only its constructor gives. Either is a class that
is not there. A guard is what the methods of a class ask before they do anything else. The same words about unrelated
objects are no pressure, nor is a union of many tags, as the types of a compiler have them. Tests do not count; a
generated file has one vote.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from spotter.metrics.classes import Class, Classes
from spotter.metrics.facts import Decision, FileFacts
from spotter.metrics.nil import place
from spotter.metrics.pressure import Pressure, PressureSite
from spotter.metrics.tags import called_name
from spotter.metrics.words import words_of

RULE = "SP221"
MIN_FUNCTIONS = 12
MIN_FILES = 3
MIN_METHODS = 8
MOST_TAGS = 8  # by which one line of classes is told apart; what has more is a union, and taken apart on purpose
SHOWN = 3
_ASKED = re.compile(r"([\w.$#]+)\.([\w$#]+(?:\(\))?)")
_COMPARED = re.compile(r"self\.([\w$#]+) == (\w*['\"].*|(?:\w+\.)*[A-Z][A-Z0-9_]+)")

Site = tuple[FileFacts, Decision]


def condition_pressures(files: Sequence[FileFacts]) -> tuple[Pressure, ...]:
    """Every tag and word that many functions ask for, the most frequent first."""
    shown = [file for file in files if not file.test]
    givers = _Givers(shown)
    found = [*_tags(shown, givers), *_words(shown, givers), *_guards(shown, givers)]
    return tuple(sorted(found, key=lambda pressure: (-pressure.weight, pressure.place)))


class _Givers:
    """Which class, the highest of its line, gives its objects what they hold under a name."""

    def __init__(self, files: Sequence[FileFacts]) -> None:
        self.classes = Classes(files)
        self._given: dict[str, set[Class]] = defaultdict(set)
        for file in files:
            for tag in file.tags:
                self._given[tag.name].add((file.path, tag.owner))
            for write in file.writes:
                self._given[write.subject.name].add((file.path, write.subject.owner))

    def of(self, item: Class, name: str) -> Class:
        """The giver of a name to the objects of a class; the class itself where none is known."""
        given = self._given[name]
        return next((above for above in reversed(self.classes.lineage(*item)) if above in given), item)

    def depth(self, item: Class) -> tuple[int, Class]:
        """How far below the first of its line a class stands."""
        return len(self.classes.lineage(*item)), item


def _tags(files: Sequence[FileFacts], givers: _Givers) -> Iterator[Pressure]:
    tags = _told(files, givers)
    asked: dict[str, list[Site]] = defaultdict(list)
    for file, decision in _votes(files):
        match = _ASKED.fullmatch(decision.atom)
        if match is None or match[2] not in tags:
            continue
        top, _ = tags[match[2]]
        if match[1] != "self" or givers.of((file.path, decision.owner), match[2]) == top:
            asked[match[2]].append((file, decision))
    for name, sites in asked.items():
        functions, paths = _spread(sites)
        if functions >= MIN_FUNCTIONS and paths >= MIN_FILES:
            (path, top_class), values = tags[name]
            said = ", ".join(f"{value} in `{owner}`" for value, owner in values[:SHOWN])
            message = (
                f"`{_usual(sites)}` is asked {len(sites)} times in {functions} functions in {paths} files, and only "
                f"tells which class the object is of ({said}): what hangs on it could be a method of those classes"
            )
            yield _pressure(f"condition:{path}:{top_class}:{name}", sites, message)


def _told(files: Sequence[FileFacts], givers: _Givers) -> dict[str, tuple[Class, list[tuple[str, str]]]]:
    """The tags by name, with the top of their line of classes and a class for each value."""
    values: dict[str, dict[Class, dict[str, Class]]] = defaultdict(lambda: defaultdict(dict))
    computed = {write.subject.name for file in files for write in file.writes}
    for file in files:
        constant = {(tag.owner, tag.name) for tag in file.tags}
        words = words_of(file.language)
        for function in file.functions:
            name = called_name(function.name, function.marks, words)
            if function.owner and (function.owner, name) not in constant:
                computed.add(name)
        for tag in file.tags:
            if not tag.text:
                computed.add(tag.name)
            own = (file.path, tag.owner)
            told_by = values[tag.name][givers.of(own, tag.name)]
            told_by[tag.text] = min(told_by.get(tag.text, own), own, key=givers.depth)
    found = {
        name: (top, sorted((text, owner) for text, (_, owner) in told.items()))
        for name, lines in values.items()
        if name not in computed and len(lines) == 1
        for top, told in lines.items()
        if len(told) > 1
    }
    roots = {name: givers.classes.lineage(*top)[-1] for name, (top, _) in found.items()}
    tags = Counter(roots.values())
    return {name: told for name, told in found.items() if tags[roots[name]] <= MOST_TAGS}


def _words(files: Sequence[FileFacts], givers: _Givers) -> Iterator[Pressure]:
    settled: dict[tuple[Class, str], bool] = {}
    for file in files:
        for tag in file.tags:
            key = (givers.of((file.path, tag.owner), tag.name), tag.name)
            settled[key] = settled.get(key, True) and bool(tag.text)
        constructors = words_of(file.language).constructors
        for write in file.writes:
            key = (givers.of((file.path, write.subject.owner), write.subject.name), write.subject.name)
            settled[key] = settled.get(key, True) and write.function.rpartition(".")[2] in constructors
    asked: dict[tuple[Class, str], list[Site]] = defaultdict(list)
    constants: dict[tuple[Class, str], Counter[str]] = defaultdict(Counter)
    for file, decision in _votes(files):
        match = _COMPARED.fullmatch(decision.atom)
        if match is None or not decision.owner:
            continue
        key = (givers.of((file.path, decision.owner), match[1]), match[1])
        if settled.get(key, False):
            asked[key].append((file, decision))
            constants[key][match[2]] += 1
    for ((path, top_class), name), sites in asked.items():
        functions, paths = _spread(sites)
        if functions >= MIN_METHODS:
            own = next(iter(words_of(sites[0][0].language).implicit), "self")
            words = [word for word, _ in constants[(path, top_class), name].most_common()]
            listed = ", ".join(words[:SHOWN]) + (f" and {len(words) - SHOWN} more" if len(words) > SHOWN else "")
            message = (
                f"`{own}.{name}` is compared with {listed} in {functions} methods{_of(top_class, paths)}, and only "
                "constructors give it: a class for each value would decide it once"
            )
            yield _pressure(f"condition:{path}:{top_class}:self.{name}", sites, message)


def _guards(files: Sequence[FileFacts], givers: _Givers) -> Iterator[Pressure]:
    asked: dict[tuple[Class, str], list[Site]] = defaultdict(list)
    for file, decision in _votes(files):
        match = _ASKED.fullmatch(decision.atom)
        if decision.guard and decision.owner and match is not None and match[1] == "self":
            asked[givers.of((file.path, decision.owner), match[2]), decision.atom].append((file, decision))
    for ((path, top_class), atom), sites in asked.items():
        functions, paths = _spread(sites)
        names = {decision.function.rpartition(".")[2] for _, decision in sites}
        if len(names) >= MIN_METHODS:
            message = (
                f"{functions} methods{_of(top_class, paths)} leave at once on `{_usual(sites)}`: "
                "a decorator, or the place that calls them, could ask it for all"
            )
            yield _pressure(f"condition:{path}:{top_class}:{atom}", sites, message)


def _of(top_class: str, paths: int) -> str:
    return f" of `{top_class}`" + (f" and its kin in {paths} files" if paths > 1 else "")


def _votes(files: Sequence[FileFacts]) -> Iterator[Site]:
    for file in files:
        voted: set[str] = set()
        for decision in file.decisions:
            if not (file.generated and decision.atom in voted):
                yield file, decision
            voted.add(decision.atom)


def _spread(sites: list[Site]) -> tuple[int, int]:
    functions = {(file.path, decision.function) for file, decision in sites}
    return len(functions), len({path for path, _ in functions})


def _usual(sites: list[Site]) -> str:
    return Counter(decision.text for _, decision in sites).most_common(1)[0][0]


def _pressure(cause: str, sites: list[Site], message: str) -> Pressure:
    homes = Counter(file.path for file, _ in sites)
    home = min(homes, key=lambda path: (-homes[path], path))
    first = min(place(file.path, item.span, item.function) for file, item in sites if file.path == home)
    marked = sorted(
        PressureSite(place(file.path, item.span, item.function), "checks", "inferred", "asks it again")
        for file, item in sites
    )
    return Pressure(RULE, cause, first, message, tuple(marked), float(len(sites) - 1))
