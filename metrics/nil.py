"""Nil pressure: per origin of nil, the demands that it causes across the repository.

A demand takes nil for impossible: an assert, a cast, a raising guard. An origin whose checks are nearly all demands
is never nil in practice: the value is only late. Where checks branch on nil, where a method puts nil back, and where
a cache is filled on first use, nil means something, and the checks are right.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from spotter.metrics.facts import FileFacts, Form, NilCheck
from spotter.metrics.origins import Origin, Origins, key_of
from spotter.metrics.pressure import Certainty, Place, Pressure, PressureSite
from spotter.metrics.span import Span
from spotter.metrics.words import words_of

RULE = "SP201"
MIN_DEMANDS = 4
DEMANDS_PER_MEANING = 3
_SAID = {
    "assert": "asserted not to be {nil}",
    "cast": "cast to its type",
    "raise": "raises when it is {nil}",
}
_MEANINGS = frozenset({"return", "default", "branch"})
_REMEDIES = {
    "attribute": "it were declared without {nil}, or had its value at construction",
    "parameter": "its callers had to give a value",
    "function": "it {fails} instead of returning {nil}",
}

Check = tuple[FileFacts, NilCheck, Certainty]


def nil_pressures(files: Sequence[FileFacts]) -> tuple[Pressure, ...]:
    """Every origin of nil that is demanded away again and again, the one with the most demands first."""
    origins = Origins(files)
    caused: dict[Origin, list[Check]] = defaultdict(list)
    meant = made_nil(files, origins)
    for file in files:
        for check in file.checks:
            origin, certainty = origins.of(file.path, check.subject)
            if origin is None:
                continue
            if check.form == "lazy" and check.subject.via == "receiver":
                meant.add(origin)
            if not file.test and (check.form != "cast" or check.target in origin.annotation):
                caused[origin].append((file, check, certainty))
    found = [
        pressure
        for origin, checks in caused.items()
        if origin not in meant and (pressure := _pressure(origin, checks)) is not None
    ]
    return tuple(sorted(found, key=lambda pressure: (-pressure.weight, pressure.place)))


def made_nil(files: Sequence[FileFacts], origins: Origins) -> set[Origin]:
    """The attributes that a method, constructors apart, makes nil again: nil is a state of theirs."""
    found = set()
    for file in files:
        constructors = words_of(file.language).constructors
        for write in file.writes:
            if write.nil and write.function.rpartition(".")[2] not in constructors:
                origin, _ = origins.of(file.path, write.subject)
                if origin is not None:
                    found.add(origin)
    return found


def _pressure(origin: Origin, checks: list[Check]) -> Pressure | None:
    strong: set[Form] = {"assert", "cast", "raise"} if origin.kind == "function" else {"assert", "cast"}
    demands = [item for item in checks if item[1].form in strong]
    meanings = [item for item in checks if item[1].form in _MEANINGS]
    sure = [item for item in demands if item[2] == "resolved"]
    if len(demands) < MIN_DEMANDS or 2 * len(sure) < len(demands):
        return None
    if len(demands) < DEMANDS_PER_MEANING * len(meanings):
        return None
    sites = sorted(
        PressureSite(
            place(file.path, check.span, check.function), "checks", certainty, _SAID[check.form].format(nil=origin.nil)
        )
        for file, check, certainty in demands
    )
    label = origin.name.rpartition(".")[2] + ("()" if origin.kind == "function" else "")
    fails = next(iter(words_of(demands[0][0].language).fails))
    remedy = _REMEDIES[origin.kind].format(nil=origin.nil, fails=fails)
    message = f"`{label}` may be {origin.nil}: {_listed(demands)} would go if {remedy}"
    where = place(origin.path, origin.span, origin.function)
    return Pressure(RULE, key_of(origin), where, message, tuple(sites), float(len(demands)))


def _listed(demands: list[Check]) -> str:
    forms = Counter("guard" if check.form == "raise" else check.form for _, check, _ in demands)
    return " and ".join(f"{count} {form}{'s' * (count > 1)}" for form, count in forms.most_common())


def place(path: str, span: Span, function: str) -> Place:
    """A span of a file as a place."""
    return Place(path, span.line, span.column, span.end_line, span.end_column, function)
