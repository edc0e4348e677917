"""Nil pressure: per origin of nil, the checks that it causes across the repository.

An origin whose checks are mostly demands (asserts, casts, raising guards) is never nil in practice: the value is
only missing at construction. Caches filled on first use, sentinel defaults and lookups that may miss are idioms.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from spotter.metrics.facts import FileFacts, NilCheck, Span
from spotter.metrics.origins import Origin, Origins, key_of
from spotter.metrics.pressure import Certainty, Place, Pressure, PressureSite

RULE = "SP201"
MIN_DEMANDS = 4
DEMANDS = frozenset({"assert", "cast", "raise"})
_SAID = {
    "assert": "asserted not to be nil",
    "cast": "cast to its type",
    "raise": "raises when it is nil",
    "return": "leaves when it is nil",
    "default": "replaced when it is nil",
    "branch": "asked whether it is nil",
}


def nil_pressures(files: Sequence[FileFacts]) -> tuple[Pressure, ...]:
    """Every origin of nil that is demanded away again and again, the one with the most demands first."""
    origins = Origins(files)
    caused: dict[Origin, list[tuple[FileFacts, NilCheck, Certainty]]] = defaultdict(list)
    lazy: set[Origin] = set()
    for file in files:
        for check in file.checks:
            origin, certainty = origins.of(file.path, check.subject)
            if origin is None:
                continue
            if check.form == "lazy" and check.subject.via == "receiver":
                lazy.add(origin)
            if not file.test and check.form in _SAID and (check.form != "cast" or check.target in origin.annotation):
                caused[origin].append((file, check, certainty))
    found = [
        pressure
        for origin, checks in caused.items()
        if origin not in lazy and (pressure := _pressure(origin, checks)) is not None
    ]
    return tuple(sorted(found, key=lambda pressure: (-pressure.weight, pressure.place)))


def _pressure(origin: Origin, checks: list[tuple[FileFacts, NilCheck, Certainty]]) -> Pressure | None:
    explicit = [item for item in checks if item[1].explicit or item[1].form in DEMANDS]
    demands = [item for item in explicit if item[1].form in DEMANDS]
    sure = [item for item in demands if item[2] == "resolved"]
    if len(demands) < MIN_DEMANDS or 2 * len(demands) < len(explicit) or 2 * len(sure) < len(demands):
        return None
    forms = Counter(check.form for _, check, _ in explicit)
    sites = sorted(
        PressureSite(place(file.path, check.span, check.function), "checks", certainty, _SAID[check.form])
        for file, check, certainty in explicit
    )
    label = origin.name.rpartition(".")[2]
    listed = ", ".join(f"{count} {form}" for form, count in forms.most_common())
    remedy = _REMEDIES[origin.kind].format(nil=origin.nil)
    message = f"`{label}` may be {origin.nil}: {len(explicit)} checks or asserts would go if {remedy} ({listed})"
    where = place(origin.path, origin.span, origin.function)
    return Pressure(RULE, key_of(origin), where, message, tuple(sites), float(len(demands)) + len(explicit) / 100)


_REMEDIES = {
    "attribute": "it had a value at construction",
    "parameter": "its callers had to give a value",
    "function": "it raised instead of returning {nil}",
}


def place(path: str, span: Span, function: str) -> Place:
    """A span of a file as a place."""
    return Place(path, span.line, span.column, span.end_line, span.end_column, function)
