"""Contradicted guards: code that does what the condition above it rules out."""

from __future__ import annotations

from collections.abc import Sequence

from spotter.metrics.facts import Contradiction, FileFacts
from spotter.metrics.nil import place
from spotter.metrics.pressure import Pressure, PressureSite
from spotter.metrics.words import words_of

RULE = "SP222"
SURE = 0.9
_DONE = {
    ("used", True): "`{path}` is used where line {line} leaves it {nil}",
    ("used", False): "`{path}` is used where line {line} leaves it empty",
    ("read", True): "`{path}` is given on where line {line} leaves it {nil}",
    ("replaced", True): "`{path}` is replaced where line {line} has just found it not to be {nil}",
    ("replaced", False): "`{path}` is replaced where line {line} has just found it not to be empty",
    ("set", True): "`{path}` is set where line {line} has just found it to be there",
    ("made", True): "`{path}` is made where line {line} has just found it to be there",
    ("refused", True): "`{path}` is refused where line {line} has just found it to be of the type that is asked for",
}


def guard_pressures(files: Sequence[FileFacts]) -> tuple[Pressure, ...]:
    """Every contradiction of the repository's own files, tests and generated files apart; one a guard."""
    found = []
    for file in files:
        first: dict[tuple[object, ...], Contradiction] = {}
        for item in file.contradictions if not (file.test or file.generated) else ():
            key = (item.guard, item.path)
            first[key] = min(first.get(key, item), item, key=lambda one: one.span)
        found += [_pressure(file, item) for item in first.values()]
    return tuple(sorted(found, key=lambda pressure: pressure.place))


def _pressure(file: FileFacts, item: Contradiction) -> Pressure:
    nil = min(words_of(file.language).nil)
    done = _DONE[item.form, item.nil].format(path=item.path, line=item.guard.line, nil=nil)
    message = f"{done}: the condition seems to be the wrong way round"
    guard = PressureSite(place(file.path, item.guard, item.function), "checks", "resolved", "the condition")
    where = place(file.path, item.span, item.function)
    cause = f"guard:{file.path}:{item.function}:{item.path}:{item.form}"
    return Pressure(RULE, cause, where, message, (guard,), 1.0, deviant=True, p_error=SURE)
