"""Decision load: functions that decide far more than one mind holds, with radon's numbers as evidence."""

from __future__ import annotations

from collections.abc import Sequence

from spotter.metrics.facts import FileFacts, FunctionFacts
from spotter.metrics.functions import HEAVY
from spotter.metrics.nil import place
from spotter.metrics.pressure import Pressure

RULE = "SP301"


def load_pressures(files: Sequence[FileFacts]) -> tuple[Pressure, ...]:
    """Every function of at least HEAVY decisions, the heaviest first; none of tests or generated files."""
    found = [
        _pressure(file, function)
        for file in files
        if not file.test and not file.generated
        for function in file.functions
        if function.decisions >= HEAVY
    ]
    return tuple(sorted(found, key=lambda pressure: (-pressure.weight, pressure.place)))


def _pressure(file: FileFacts, function: FunctionFacts) -> Pressure:
    numbers = ", ".join(f"{name} {value:g}" for name, value in function.numbers)
    lines = function.end_line - function.start_line + 1
    message = f"`{function.name}` takes {function.decisions} decisions in {lines} lines" + (
        f" ({numbers})" if numbers else ""
    )
    where = place(file.path, function.span, function.name)
    cause = f"function:{file.path}:{function.name}"
    return Pressure(
        RULE, cause, where, f"{message}: split it where they ask different things", (), float(function.decisions)
    )
