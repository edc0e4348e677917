"""Type pressure: per origin the type checks and casts that it causes, and the one value that is of another type.

Dispatch over classes of the project (visitors, syntax trees) is a closed union and legitimate: only checks for the
types that every language has, such as texts and lists, and casts are pressure.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from spotter.metrics.classes import Classes
from spotter.metrics.facts import FileFacts, Given, Subject, TypeCheck
from spotter.metrics.nil import place
from spotter.metrics.pressure import Pressure, PressureSite
from spotter.metrics.span import Span
from spotter.metrics.words import words_of

PRESSURE = "SP211"
ODD = "SP212"
MIN_FUNCTIONS = 3
MIN_TAKERS = 4
MIN_ALIKE = 3
_JUDGES = ("validate", "check")  # how functions are called that judge a value
_CAST = "cast"

Key = tuple[str, str, str]  # path, class or function, name
Check = tuple[FileFacts, TypeCheck]
Gift = tuple[FileFacts, Given]


class Declared:
    """What attributes and calls mean in a repository: a class's attribute, the one function's result."""

    def __init__(self, files: Sequence[FileFacts]) -> None:
        self._classes = Classes(files)
        self._written: set[tuple[str, str, str]] = set()
        self._functions: dict[str, list[tuple[str, str, Span, tuple[str, ...]]]] = defaultdict(list)
        for file in files:
            for states in file.states:
                self._written.update((file.path, states.owner, write.name) for write in states.writes)
            for function in file.functions:
                item = (file.path, function.name, function.span, function.parameters)
                self._functions[function.name.rpartition(".")[2]].append(item)

    def of(self, file: FileFacts, subject: Subject) -> Key | None:
        """The origin of a subject, None where it cannot be told."""
        if subject.via == "receiver":
            line = self._classes.lineage(file.path, subject.owner)
            homes = [(path, name) for path, name in line if (path, name, subject.name) in self._written]
            return (*homes[-1], subject.name) if homes else None
        if subject.via == "call":
            found = self._functions.get(subject.name.rpartition(".")[2], [])
            seen = "." in subject.name or any(item.name == subject.name for item in file.imports)
            seen = seen or any(path == file.path for path, *_ in found)
            return (found[0][0], found[0][1], "") if len(found) == 1 and seen else None
        return None

    def span(self, key: Key) -> Span | None:
        """Where a function stands."""
        return next(
            (span for path, name, span, _ in self._functions[key[1].rpartition(".")[2]] if (path, name) == key[:2]),
            None,
        )


def type_pressures(files: Sequence[FileFacts]) -> tuple[Pressure, ...]:
    """Every origin that many functions ask for its type, the one with the most checks first."""
    own = [file for file in files if not file.test and not file.generated]
    declared = Declared(own)
    asked: dict[Key, list[Check]] = defaultdict(list)
    for file in own:
        primitives = _primitives(file)
        for check in file.type_checks:
            if not check.cast and primitives.isdisjoint(check.types):
                continue
            key = _taken(file, check) if check.subject.via == "parameter" else declared.of(file, check.subject)
            if key is not None:
                asked[key].append((file, check))
    found = [_pressure(key, checks, declared) for key, checks in asked.items() if _presses(checks)]
    return tuple(sorted(found, key=lambda pressure: (-pressure.weight, pressure.place)))


def _presses(checks: Sequence[Check]) -> bool:
    """Whether enough functions ask for one and the same type, or cast; those that ask for others do not add up."""
    askers: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for file, check in checks:
        primitives = _primitives(file)
        asked = check.types if check.cast else primitives.intersection(check.types)
        for name in asked or [_CAST]:
            askers[name].add((file.path, check.function))
    most = max(len(functions | askers[_CAST]) for functions in list(askers.values()))
    return most >= (MIN_TAKERS if checks[0][1].subject.via == "parameter" else MIN_FUNCTIONS)


def _primitives(file: FileFacts) -> frozenset[str]:
    """The types that a language brings along, and the questions for them that name no type."""
    words = words_of(file.language)
    return words.primitives | words.kinds


def _taken(file: FileFacts, check: TypeCheck) -> Key | None:
    """What functions of one class or module take by one name and one set of types.

    Operators must take anything, and so must what judges a value.
    """
    home, _, bare = check.function.rpartition(".")
    if check.cast or bare.startswith("__") or bare.lower().lstrip("_").startswith(_JUDGES):
        return None
    return file.path, home, f"{check.subject.name}: {' | '.join(check.types)}"


def odd_pressures(files: Sequence[FileFacts]) -> tuple[Pressure, ...]:
    """Every value of another type than all others that one attribute is given."""
    own = [file for file in files if not file.test and not file.generated]
    declared = Declared(own)
    given: dict[Key, list[Gift]] = defaultdict(list)
    asked: set[Key] = set()
    for file in own:
        for gift in file.givens:
            if (key := declared.of(file, gift.subject)) is not None:
                given[key].append((file, gift))
        for check in file.type_checks:
            if (key := declared.of(file, check.subject)) is not None:
                asked.add(key)
    found = []
    for key, gifts in given.items():
        families: dict[str, list[Gift]] = defaultdict(list)
        for item in gifts:
            number = item[1].type in words_of(item[0].language).numbers
            families["number" if number else item[1].type].append(item)
        if len(families) != 2 or key in asked:
            continue
        odd, usual = sorted(families.values(), key=len)
        if len(odd) == 1 and len({(file.path, gift.function) for file, gift in usual}) >= MIN_ALIKE:
            found.append(_odd(key, odd[0], usual))
    return tuple(sorted(found, key=lambda pressure: (-pressure.weight, pressure.place)))


def _pressure(key: Key, checks: list[Check], declared: Declared) -> Pressure:
    functions = {(file.path, check.function) for file, check in checks}
    casts = sum(check.cast for _, check in checks)
    types = Counter(name for _, check in checks if not check.cast for name in check.types)
    label = checks[0][1].subject.name if key[2] else f"{key[1].rpartition('.')[2]}()"
    counted = [f"{casts} cast{'s' * (casts > 1)}"] * bool(casts)
    asked = len(checks) - casts
    counted += [
        f"{asked} type check{'s' * (asked > 1)} ({', '.join(name for name, _ in types.most_common(3))})"
    ] * bool(asked)
    message = (
        f"`{label}` has several types: {' and '.join(counted)} in {len(functions)} functions would go if it had one"
    )
    sites = sorted(
        PressureSite(
            place(file.path, check.span, check.function),
            "checks",
            "resolved",
            "cast" if check.cast else "asked for its type",
        )
        for file, check in checks
    )
    span = declared.span(key) if not key[2] else None
    where = place(key[0], span, key[1]) if span else sites[0].place
    return Pressure(PRESSURE, f"type:{key[0]}:{key[1]}.{key[2]}", where, message, tuple(sites), float(len(checks)))


def _odd(key: Key, odd: Gift, usual: list[Gift]) -> Pressure:
    file, gift = odd
    kinds = " or ".join(sorted({item.type for _, item in usual}))
    message = f"`{key[2]}` is given {_article(gift.type)} here and {_article(kinds)} at all {len(usual)} other places"
    sites = sorted(
        PressureSite(place(other.path, item.span, item.function), "writes", "resolved", f"gives {_article(item.type)}")
        for other, item in usual
    )
    where = place(file.path, gift.span, gift.function)
    share = len(usual) / (len(usual) + 2)
    cause = f"type:{key[0]}:{key[1]}.{key[2]}"
    return Pressure(ODD, cause, where, message, tuple(sites), float(len(usual)), deviant=True, p_error=share)


def _article(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"
