"""Inconsistent copies: the one name that a copy kept where it renamed all others like it."""

from __future__ import annotations

from collections.abc import Sequence

from spotter.metrics.facts import FileFacts, Slip
from spotter.metrics.nil import place
from spotter.metrics.pressure import Pressure, PressureSite

RULE = "SP252"


def rename_pressures(files: Sequence[FileFacts]) -> tuple[Pressure, ...]:
    """Every slip of the repository's own files, tests and generated files apart, the surest first."""
    found = [_pressure(file, slip) for file in files if not (file.test or file.generated) for slip in file.slips]
    return tuple(sorted(found, key=lambda pressure: (-pressure.weight, pressure.place)))


def _pressure(file: FileFacts, slip: Slip) -> Pressure:
    message = (
        f"`{slip.text}` is kept here in a copy of line {slip.twin_span.line} that makes `{slip.new}` of `{slip.old}` "
        f"{slip.changed} times: `{slip.expected}` would be expected"
    )
    twin = PressureSite(place(file.path, slip.twin_span, slip.twin), "copies", "resolved", "the copied place")
    where = place(file.path, slip.span, slip.function)
    cause = f"rename:{file.path}:{slip.function}:{slip.old}:{slip.new}"
    share = slip.changed / (slip.changed + 2)
    weight = float(slip.changed)
    return Pressure(RULE, cause, where, message, (twin,), weight, deviant=True, p_error=share, expected=slip.expected)
