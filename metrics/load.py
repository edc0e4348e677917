"""Decision load: functions that decide far more than one mind holds, the values that they ask, and radon's numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from spotter.metrics.facts import FileFacts, FunctionFacts, Reliance
from spotter.metrics.functions import HEAVY
from spotter.metrics.nil import place
from spotter.metrics.pressure import Pressure

RULE = "SP301"


SHOWN = 3  # values
MIN_ASKED = 3  # decisions about a value that is named


def load_pressures(files: Sequence[FileFacts]) -> tuple[Pressure, ...]:
    """Every function of at least HEAVY decisions, those that weigh most first; none of tests or generated files."""
    found = []
    for file in files:
        heavy = [function for function in file.functions if function.decisions >= HEAVY]
        if not heavy or file.test or file.generated:
            continue
        asked: dict[str, list[Reliance]] = defaultdict(list)
        for item in file.reliances:
            asked[item.function].append(item)
        for function in heavy:
            items = asked[function.name]
            found.append((sum(item.load for item in items), _pressure(file, function, items)))
    found.sort(key=lambda pair: (-pair[0], pair[1].place))
    return tuple(pressure for _, pressure in found)


def _pressure(file: FileFacts, function: FunctionFacts, items: Sequence[Reliance]) -> Pressure:
    numbers = ", ".join(f"{name} {value:g}" for name, value in function.numbers)
    lines = function.end_line - function.start_line + 1
    load = sum(item.load for item in items)
    message = (
        f"`{function.name}` takes {function.decisions} decisions in {lines} lines, which weigh {load:.0f} by nesting "
        f"and by what they ask{_most_asked(items)}" + (f" ({numbers})" if numbers else "")
    )
    where = place(file.path, function.span, function.name)
    cause = f"function:{file.path}:{function.name}"
    return Pressure(
        RULE, cause, where, f"{message}: split it where they ask different things", (), float(function.decisions)
    )


def _most_asked(items: Sequence[Reliance]) -> str:
    """The values that most of a function's decisions ask, each with their number."""
    counts: dict[str, float] = defaultdict(float)
    for item in items:
        if item.asked.name and item.decisions >= MIN_ASKED:
            sign = "." if item.asked.sort == "attribute" else ""
            calls = "()" if item.asked.sort == "result" else ""
            counts[f"{sign}{item.asked.name}{calls}"] += item.decisions
    most = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:SHOWN]
    return ", most " + ", ".join(f"`{name}` ({count:.0f})" for name, count in most) if most else ""
