"""Reification: conditions that are asked together again and again, and the one place that asks all but one of them.

Conjunctions are itemsets: the closed frequent ones (Pasquier et al. 1999) are predicates without a name. Locals are
holes, numbered in the order of the parts, so that `a.x and b.y` and `c.x and d.y` are one.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from spotter.metrics.classes import Classes
from spotter.metrics.conjunctions import LOCAL, NIL, WITHIN
from spotter.metrics.facts import Conjunction, FileFacts
from spotter.metrics.nil import place
from spotter.metrics.pressure import Place, Pressure, PressureSite
from spotter.metrics.words import Words, words_of

UNNAMED = "SP231"
PARTIAL = "SP232"
MIN_FUNCTIONS = {2: 3, 3: 3, 4: 3}
MOST_PARTS = 4
MIN_KEPT = 3
MIN_STEM = 4
_SUBJECT = re.compile(rf"{LOCAL}[\w$]+|\bself\b")
_SHORT = re.compile(r"([\"'`]).{0,2}?\1")  # texts of a letter or two tell nothing
_CONSTANT = re.compile(r"[\"'`\d]|(?!self\b)[\w$]+(\.[\w$]+)+$")
_LOCAL = re.compile(rf"{LOCAL}[\w$]+")
_WORD = re.compile(r"(?<![\w$§])[^\W\d][\w$]*(?![\w$<=])")
_PIECE = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")

Parts = frozenset[str]


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


def unnamed_pressures(files: Sequence[FileFacts]) -> tuple[Pressure, ...]:
    """Every predicate that many functions spell out, the most frequent first."""
    found: list[Pressure] = []
    inside: dict[str, set[Place]] = defaultdict(set)
    often = [
        (predicate, len(functions))
        for predicate in _closed(_mined(files))
        if len(functions := {site.function for site in predicate.sites}) >= MIN_FUNCTIONS[len(predicate.parts)]
    ]
    for predicate, count in sorted(often, key=lambda item: (-max(map(_length, item[0].sites)), item[1])):
        # what stands inside a longer predicate at all its places is named with it
        if not all(_lies_in(site.place, inside[site.file.path]) for site in predicate.sites):
            found.append(_unnamed(predicate, count))
            for site in predicate.sites:
                inside[site.file.path].add(site.place)
    return tuple(sorted(found, key=lambda pressure: (-pressure.weight, pressure.place)))


def _length(site: Site) -> int:
    return len(site.conjunction.text)


def _lies_in(one: Place, places: Iterable[Place]) -> bool:
    start, end = (one.line, one.column), (one.end_line, one.end_column)
    return any((other.line, other.column) <= start and end <= (other.end_line, other.end_column) for other in places)


def partial_pressures(files: Sequence[FileFacts]) -> tuple[Pressure, ...]:
    """Every function that asks all parts of such a predicate but one, where no other function leaves a part out."""
    mined = _mined(files)
    found: dict[Place, Pressure] = {}
    for predicate in _closed(mined):
        keepers = {site.function for site in predicate.sites}
        if len(predicate.parts) < 3 or len(keepers) < MIN_KEPT:
            continue
        for part in predicate.parts:
            rest = holed([one for one in predicate.parts if one != part])
            strays = [site for site in mined[predicate.scope, rest] if site.function not in keepers]
            if len({site.function for site in strays}) == 1 and not any(_implied(part, rest, site) for site in strays):
                pressure = _partial(predicate, part, strays[0], len(keepers))
                found.setdefault(pressure.place, pressure)
    return tuple(sorted(found.values(), key=lambda pressure: (-pressure.weight, pressure.place)))


def _implied(part: str, rest: Sequence[str], site: Site) -> bool:
    """Whether a function may settle a part in another way: some other condition of it shares a word with the part."""
    kept = {_LOCAL.sub(LOCAL, one) for one in rest}
    others = [atom for atom in site.conjunction.atoms if _LOCAL.sub(LOCAL, atom) not in kept]
    own = _pieces([part]) - _pieces(rest)
    heard = _pieces([*others, *site.conjunction.around])
    return not own or any(_sound_alike(one, two) for one in own for two in heard)


def _sound_alike(one: str, two: str) -> bool:
    return one == two or (len(one) >= MIN_STEM and one[:MIN_STEM] == two[:MIN_STEM])


def _pieces(texts: Iterable[str]) -> set[str]:
    """The words that the names in conditions are made of, locals apart."""
    return {piece.lower() for text in texts for name in _WORD.findall(text) for piece in _PIECE.findall(name)}


def _mined(files: Sequence[FileFacts]) -> dict[tuple[str, tuple[str, ...]], list[Site]]:
    """Every set of telling parts with the conjunctions that hold it; a generated file has one vote."""
    classes = Classes(files)
    found: dict[tuple[str, tuple[str, ...]], list[Site]] = defaultdict(list)
    for file in files:
        if file.test:
            continue
        voted: set[tuple[str, tuple[str, ...]]] = set()
        for conjunction in file.conjunctions:
            telling = [atom for atom in conjunction.atoms if _tells(atom, file) and not _guards(atom, conjunction)]
            own = ""
            if conjunction.owner and any(re.search(r"\bself\b", atom) for atom in telling):
                own = ":".join(classes.lineage(file.path, conjunction.owner)[-1])
            for size in range(2, MOST_PARTS + 1):
                for parts in combinations(telling, size):
                    key = (own, holed(parts))
                    if not (file.generated and key in voted):
                        found[key].append(Site(file, conjunction))
                    voted.add(key)
    return found


def _tells(atom: str, file: FileFacts) -> bool:
    """Whether a part names something of the project, and is no mere test for nil, for a type or of the platform."""
    words = words_of(file.language)
    names = set(_WORD.findall(_SHORT.sub("", atom)))
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
    order = sorted(parts, key=lambda part: _LOCAL.sub(LOCAL, part))
    numbers: dict[str, str] = {}
    return tuple(
        _LOCAL.sub(lambda match: numbers.setdefault(match[0], f"{LOCAL}{len(numbers)}"), part) for part in order
    )


def _closed(mined: dict[tuple[str, tuple[str, ...]], list[Site]]) -> Iterator[Predicate]:
    """The sets that no larger set has as many functions for."""
    support = {key: len({site.function for site in sites}) for key, sites in mined.items()}
    least = min(MIN_FUNCTIONS.values())
    absorbed = set()
    for (scope, parts), count in support.items():
        if count >= least and len(parts) > 2:
            for smaller in combinations(parts, len(parts) - 1):
                key = (scope, holed(smaller))
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


def _partial(predicate: Predicate, part: str, stray: Site, keepers: int) -> Pressure:
    keeper = min(predicate.sites, key=lambda site: site.place)
    said = next(_said(atom) for atom in keeper.conjunction.atoms if _LOCAL.sub(LOCAL, atom) == _LOCAL.sub(LOCAL, part))
    message = (
        f"`{stray.conjunction.text}` leaves out `{said}`, which {keepers} functions ask together with the rest: "
        "ask it here too, or say why not"
    )
    sites = sorted({PressureSite(site.place, "checks", "inferred", "asks all of it") for site in predicate.sites})
    cause = f"predicate:{predicate.scope}:{' and '.join(predicate.parts)}"
    share = keepers / (keepers + 2)
    return Pressure(PARTIAL, cause, stray.place, message, tuple(sites), float(keepers), deviant=True, p_error=share)


def _said(part: str) -> str:
    text = part[1:].replace(LOCAL, "").replace(WITHIN, "in")
    return text if part[0] == "+" else f"not {text}"
