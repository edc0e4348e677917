"""Reification: conditions that are asked together again and again.

Conjunctions are itemsets: the closed frequent ones (Pasquier et al. 1999) are predicates without a name. Locals are
holes, numbered in the order of the parts, so that `a.x and b.y` and `c.x and d.y` are one.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations

from spotter.metrics.classes import Classes
from spotter.metrics.conjunctions import LOCAL, NIL
from spotter.metrics.facts import Conjunction, FileFacts
from spotter.metrics.nil import place
from spotter.metrics.pressure import Place, Pressure, PressureSite
from spotter.metrics.words import Words, words_of

UNNAMED = "SP231"
MIN_FUNCTIONS = {2: 3, 3: 3, 4: 3}
MOST_PARTS = 4
_SUBJECT = re.compile(rf"{LOCAL}[\w$]+|\bself\b")
RECEIVER = re.compile(r"\bself\b")
_SHORT = re.compile(r"([\"'`]).{0,2}?\1")  # texts of a letter or two tell nothing
_CONSTANT = re.compile(r"[\"'`\d]|(?!self\b)[\w$]+(\.[\w$]+)+$")
LOCALS = re.compile(rf"{LOCAL}[\w$]+")
WORD = re.compile(r"(?<![\w$§])[^\W\d][\w$]*(?![\w$<=])")


@dataclass(frozen=True, slots=True)
class Site:
    """A conjunction in its file, and all its parts under the locals' own names."""

    file: FileFacts
    conjunction: Conjunction

    @property
    def function(self) -> tuple[str, str]:
        """Where it is asked."""
        return self.file.path, self.conjunction.function

    @property
    def place(self) -> Place:
        """Where it stands."""
        return place(self.file.path, self.conjunction.span, self.conjunction.function)


@dataclass(frozen=True, slots=True)
class Predicate:
    """Parts, with their locals as holes, that functions of a repository (or the methods of a class) ask together."""

    scope: str
    parts: tuple[str, ...]
    sites: tuple[Site, ...]


Mined = dict[tuple[str, tuple[str, ...]], list[Site]]


def unnamed_pressures(files: Sequence[FileFacts]) -> tuple[Pressure, ...]:
    """Every predicate that many functions spell out, the most frequent first."""
    found: list[Pressure] = []
    inside: dict[str, set[Place]] = defaultdict(set)
    often = [
        (predicate, len(functions))
        for predicate in closed(mined(files))
        if len(functions := {site.function for site in predicate.sites}) >= MIN_FUNCTIONS[len(predicate.parts)]
    ]
    for predicate, count in sorted(often, key=lambda item: (-max(map(_length, item[0].sites)), item[1])):
        # what stands inside a longer predicate at all its places is named with it
        if not all(_lies_in(site.place, inside[site.file.path]) for site in predicate.sites):
            found.append(_unnamed(predicate, count))
            for site in predicate.sites:
                inside[site.file.path].add(site.place)
    return tuple(_apart(sorted(found, key=lambda pressure: (-pressure.weight, pressure.place))))


def _apart(pressures: Iterable[Pressure]) -> Iterator[Pressure]:
    """The pressures, without those that only few functions feel beside what is told of the same conditions."""
    told: dict[str, set[Place]] = defaultdict(set)
    for pressure in pressures:
        places = [site.place for site in pressure.sites]
        new = {(one.path, one.function) for one in places if not any(_meet(one, two) for two in told[one.path])}
        if len(new) >= min(MIN_FUNCTIONS.values()):
            yield pressure
            for one in places:
                told[one.path].add(one)


def _meet(one: Place, two: Place) -> bool:
    starts, ends = ((one.line, one.column), (two.line, two.column)), (
        (one.end_line, one.end_column), (two.end_line, two.end_column))  # fmt: skip
    return max(starts) < min(ends)


def _length(site: Site) -> int:
    return len(site.conjunction.text)


def _lies_in(one: Place, places: Iterable[Place]) -> bool:
    start, end = (one.line, one.column), (one.end_line, one.end_column)
    return any((other.line, other.column) <= start and end <= (other.end_line, other.end_column) for other in places)


def mined(files: Sequence[FileFacts], least: int = 2) -> Mined:
    """Every set of telling parts with the conjunctions that hold it; a generated file has one vote.

    A condition that asks for one thing alone holds it and its denial.
    """
    classes = Classes(files)
    tells = cache(_tells)
    found: Mined = defaultdict(list)
    for file in files:
        if file.test:
            continue
        voted: set[tuple[str, tuple[str, ...]]] = set()
        for conjunction in (one for one in file.conjunctions if len(one.atoms) >= least):
            named = (atom for atom in conjunction.atoms if tells(atom, file.language))
            telling = [atom for atom in named if not _guards(atom, conjunction)]
            if len(conjunction.atoms) == 1:
                telling = [sign + atom[1:] for atom in telling for sign in "+-"]
            for size in range(least, 1 + min(MOST_PARTS, len(conjunction.atoms))):
                for parts in combinations(telling, size):
                    key = (_scope(parts, file, conjunction, classes), holed(parts))
                    if not (file.generated and key in voted):
                        found[key].append(Site(file, conjunction))
                    voted.add(key)
    return found


def _scope(parts: Sequence[str], file: FileFacts, conjunction: Conjunction, classes: Classes) -> str:
    """The class whose receiver the parts speak of, "" where they speak of none."""
    if not conjunction.owner or not any(RECEIVER.search(part) for part in parts):
        return ""
    return ":".join(classes.lineage(file.path, conjunction.owner)[-1])


def _tells(atom: str, language: str) -> bool:
    """Whether a part names something of the project, and is no mere test for nil, for a type or of the platform."""
    words = words_of(language)
    names = set(WORD.findall(_SHORT.sub("", atom)))
    if atom.endswith(f" == {NIL}") or not names.isdisjoint(words.type_checks):
        return False
    if any(part in atom for part in words.environment) or _discriminates(atom, words) or _is_equality(atom):
        return False
    return bool(names - words.plain - {"self", NIL})


def _is_equality(atom: str) -> bool:
    """Whether a part compares one attribute of two objects, as a method that tells whether they are equal does."""
    one, same, two = atom[1:].partition(" == ")
    return bool(same) and _SUBJECT.sub(LOCAL, one) == _SUBJECT.sub(LOCAL, two)


def _discriminates(atom: str, words: Words) -> bool:
    """Whether a part compares a value's discriminant with a constant, which asks for the member of a tagged union."""
    left, operator, right = atom[1:].partition(" == ")
    sides = ((left, right), (right, left))
    asked = (path for path, constant in sides if operator and _CONSTANT.match(constant))
    return any(path.rpartition(".")[2] in words.discriminants for path in asked)


def _guards(atom: str, conjunction: Conjunction) -> bool:
    """Whether a part only makes sure that another one can be asked: `a.b` before `a.b.c`."""
    below = (f"{atom[1:]}.", f"{atom[1:]}[", f"{atom[1:]}(")
    return any(below[0] in other or below[1] in other or below[2] in other for other in conjunction.atoms)


def _is_one_question(parts: Sequence[str]) -> bool:
    """Whether all parts ask the same of several values, as `a.empty` and `b.empty` do."""
    return len({_SUBJECT.sub(LOCAL, part) for part in parts}) == 1


def holed(parts: Sequence[str]) -> tuple[str, ...]:
    """Parts with their locals as holes, numbered by first occurrence in the order of the parts without names."""
    order = sorted(parts, key=lambda part: LOCALS.sub(LOCAL, part))
    numbers: dict[str, str] = {}
    return tuple(
        LOCALS.sub(lambda match: numbers.setdefault(match[0], f"{LOCAL}{len(numbers)}"), part) for part in order
    )


def closed(mined: Mined) -> Iterator[Predicate]:
    """The sets that no larger set has as many functions for."""
    support = {key: len({site.function for site in sites}) for key, sites in mined.items()}
    least = min(MIN_FUNCTIONS.values())
    absorbed = set()
    for (scope, parts), count in support.items():
        if count >= least and len(parts) > 2:
            for smaller in combinations(parts, len(parts) - 1):
                own = scope if any(RECEIVER.search(part) for part in smaller) else ""
                key = (own, holed(smaller))
                if support.get(key) == count:
                    absorbed.add(key)
    for key, sites in mined.items():
        if support[key] >= least and key not in absorbed and not _is_one_question(key[1]):
            yield Predicate(key[0], key[1], tuple(sites))


def _unnamed(predicate: Predicate, functions: int) -> Pressure:
    shortest = min(predicate.sites, key=lambda site: (len(site.conjunction.text), site.place))
    files = len({site.file.path for site in predicate.sites})
    where = "in this class" if predicate.scope else f"in {files} file{'s' * (files > 1)}"
    message = (
        f"`{shortest.conjunction.text}` holds {len(predicate.parts)} conditions that {functions} functions "
        f"{where} ask together: name them once"
    )
    sites = sorted({PressureSite(site.place, "checks", "inferred", "asks them together") for site in predicate.sites})
    homes = Counter(site.file.path for site in predicate.sites)
    home = min(homes, key=lambda path: (-homes[path], path))
    first = min(site.place for site in predicate.sites if site.file.path == home)
    cause = f"predicate:{predicate.scope}:{' and '.join(predicate.parts)}"
    return Pressure(UNNAMED, cause, first, message, tuple(sites), float((functions - 1) * (len(predicate.parts) - 1)))
