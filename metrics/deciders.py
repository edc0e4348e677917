"""Deciders: the values that most decisions of a repository ask, each with its share of their weight.

A value is an attribute of a line of classes, the result of a function, a parameter that the functions of one class or
file have in common, a name of a module, or something outside of the program. What may be any of several is none.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spotter.metrics.classes import Class, Classes
from spotter.metrics.facts import Asked, FileFacts, Reliance, Sort
from spotter.metrics.nil import place
from spotter.metrics.pressure import Place
from spotter.metrics.span import Span

MIN_FUNCTIONS = 3
_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")


@dataclass(frozen=True, slots=True, order=True)
class Value:
    """A value by its key, equal wherever the same one is meant, and as a reader knows it."""

    key: str
    sort: Sort
    label: str


@dataclass(frozen=True, slots=True)
class Decider:
    """A value, where it is made or first asked, and what it decides: parts of decisions, their weight, and where.

    The share is that of the weight of all decisions.
    """

    value: Value
    place: Place
    decisions: float
    load: float
    share: float
    functions: int
    files: int


@dataclass(frozen=True, slots=True)
class Deciders:
    """The values that decide most, the one with the largest share first, and the number of all decisions."""

    values: tuple[Decider, ...]
    decisions: int


def deciders_of(files: Sequence[FileFacts], most: int) -> Deciders:
    """At most so many values that MIN_FUNCTIONS functions ask. Tests and generated files are left out."""
    own = [file for file in files if not file.test and not file.generated]
    values = Values(own)
    asked: dict[Value, list[tuple[FileFacts, Reliance, float]]] = defaultdict(list)
    for file in own:
        for item in file.reliances:
            meant = values.of(file.path, item.asked)
            for value in meant:
                asked[value].append((file, item, 1 / len(meant)))
    total = sum(item.load for file in own for item in file.reliances) or 1.0
    found = [
        _decider(value, items, total, values)
        for value, items in asked.items()
        if len({(file.path, item.function) for file, item, _ in items}) >= MIN_FUNCTIONS
    ]
    found.sort(key=lambda one: (-one.load, one.value))
    return Deciders(tuple(found[:most]), round(sum(item.decisions for file in own for item in file.reliances)))


def _decider(value: Value, items: Sequence[tuple[FileFacts, Reliance, float]], total: float, values: Values) -> Decider:
    file, first, _ = min(items, key=lambda item: (item[0].path, item[1].span))
    load = sum(item.load * part for _, item, part in items)
    return Decider(
        value=value,
        place=values.made(value) or place(file.path, first.span, first.function),
        decisions=round(sum(item.decisions * part for _, item, part in items), 1),
        load=round(load, 1),
        share=round(load / total, 4),
        functions=len({(file.path, item.function) for file, item, _ in items}),
        files=len({file.path for file, _, _ in items}),
    )


class Values:
    """Finds the values that functions ask: through lines of descent, imports, or a name that only one class has."""

    def __init__(self, files: Sequence[FileFacts]) -> None:
        self._classes = Classes(files)
        self._made: dict[tuple[str, str, str], Span] = {}
        self._holders: dict[str, set[Class]] = defaultdict(set)
        self._functions: dict[str, list[str]] = defaultdict(list)
        self._imports = {file.path: {item.name: item.target for item in file.imports} for file in files}
        self._places: dict[str, Place] = {}
        for file in files:
            for owner, name, span in _made(file):
                self._made.setdefault((file.path, owner, name), span)
                (self._holders[name].add((file.path, owner)) if owner else self._functions[name].append(file.path))

    def of(self, path: str, asked: Asked) -> tuple[Value, ...]:
        """The values that are meant in a file; none where several may be."""
        if asked.sort == "attribute":
            held = self._held(path, asked.owner, asked.name)
            if held is None:
                return ()
            if not asked.owner and held[1] and not self._known(path, held, asked.name):
                held = ("", "")
            return (self._value(held, asked.name, "attribute") if held[1] else _named("attribute", f".{asked.name}"),)
        if asked.sort == "result":
            found = self._called(path, asked)
            return (found,) if found else tuple(one for item in asked.behind for one in self.of(path, item))
        if asked.sort == "parameter":
            home = asked.owner or path
            return (Value(f"parameter:{path}:{asked.owner}:{asked.name}", "parameter", f"{asked.name} of {home}"),)
        if asked.sort == "global":
            whole = self._imports[path].get(asked.name) == asked.name  # a module as such is asked nothing
            return () if whole else (_named("global", self._module(path, asked.name)),)
        return () if asked.sort == "nothing" else (_named(asked.sort, asked.name),)

    def made(self, value: Value) -> Place | None:
        """Where a value of the repository is made."""
        return self._places.get(value.key)

    def _value(self, held: Class, name: str, sort: Sort) -> Value:
        path, owner = held
        label = f"{owner.rpartition('.')[2]}.{name}" if owner else name
        kind, full = "state" if sort == "attribute" else "result", f"{owner}.{name}".removeprefix(".")
        value = Value(f"{kind}:{path}:{full}", sort, f"{label}()" if sort == "result" else label)
        if (span := self._made.get((path, owner, name))) is not None:
            self._places.setdefault(value.key, place(path, span, ""))
        return value

    def _held(self, path: str, owner: str, name: str) -> Class | None:
        """The class that has a name first in its line; ("", "") for a name that no class has, None for several."""
        if owner:
            return self._top(path, owner, name) or self._classes.home(path, owner)
        tops = {self._top(*holder, name) for holder in self._holders.get(name, ())}
        return next(iter(tops)) if len(tops) == 1 else None if tops else ("", "")

    def _known(self, path: str, held: Class, name: str) -> bool:
        """Whether a name that only one class has means it: the name has several words, or the file knows its module."""
        home, owner = held
        modules = {part for target in self._imports[path].values() for part in target.split(".")}
        return len(_PIECE.findall(name)) > 1 or path == home or not modules.isdisjoint((owner, _stem(home)))

    def _top(self, path: str, owner: str, name: str) -> Class | None:
        above = [one for one in self._classes.lineage(path, owner) if (*one, name) in self._made]
        return above[-1] if above else None

    def _called(self, path: str, asked: Asked) -> Value | None:
        name = asked.name.removeprefix(".")
        if name != asked.name:
            held = self._top(path, asked.owner, name) if asked.owner else self._held(path, "", name)
            told = held is not None and held[1] and (asked.owner or self._known(path, held, name))
            return self._value(held, name, "result") if held and told else None
        homes = self._functions.get(name, [])
        if path in homes:
            return self._value((path, ""), name, "result")
        target = self._imports[path].get(name, "").rpartition(".")[2]
        homes = self._functions.get(target, [])
        return self._value((homes[0], ""), target, "result") if len(homes) == 1 else None

    def _module(self, path: str, name: str) -> str:
        """A module's name in the form that all files have in common: with the module before it."""
        head, _, rest = name.partition(".")
        target = self._imports[path].get(head)
        full = f"{target or f'{_stem(path)}.{head}'}.{rest}".strip(".")
        return ".".join(full.split(".")[-2:])


def _named(sort: Sort, name: str) -> Value:
    return Value(f"{sort}:{name}", sort, name)


def _stem(path: str) -> str:
    folder, _, name = path.rpartition("/")
    stem = name.partition(".")[0]
    return folder.rpartition("/")[2] if stem in ("__init__", "index", "mod") else stem


def _made(file: FileFacts) -> Iterator[tuple[str, str, Span]]:
    """The attributes and methods of every class, and the functions outside of classes, with where they are made."""
    for function in file.functions:
        owner, _, bare = function.name.rpartition(".")
        if owner == function.owner:
            yield owner, bare, function.span
    lines = {item.name: item.line for item in file.classes}
    for tag in file.tags:
        line = lines.get(tag.owner, 1)
        yield tag.owner, tag.name.removesuffix("()"), Span(line, 1, line, 1)
    for state in file.states:
        for write in state.writes:
            yield state.owner, write.name, write.span
    for origin in file.origins:
        if origin.subject.via == "receiver":
            yield origin.subject.owner, origin.subject.name, origin.span
