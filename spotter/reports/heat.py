"""The tokens of a file that a careful author might edit, with what might stand there instead."""

from __future__ import annotations

from dataclasses import dataclass

from spotter.engine.scores import BASE_RATE, Proposal
from spotter.measuring import Measurement
from spotter.syntax import parse

FLOOR = 20 * BASE_RATE  # P(edit); below it a token looks like any other
ALTERNATIVES = 4
LONGEST = 60  # characters of an alternative


@dataclass(frozen=True, slots=True)
class Hot:
    """A token from its line and column, from 1, to its end, exclusive; P(edit), and the likely edits."""

    line: int
    column: int
    end_line: int
    end_column: int
    p_edit: float
    alternatives: tuple[Proposal, ...]


def heat(measured: Measurement) -> tuple[Hot, ...]:
    """The hot tokens in the order of the text."""
    hot = [score for score in measured.scores or () if score.p_error >= FLOOR]
    if not hot:
        return ()
    tokens = parse(measured.source).tokens
    return tuple(
        Hot(t.line, t.column, t.end_line, t.end_column, round(score.p_error, 4), score.proposals[:ALTERNATIVES])
        for score in hot
        for t in [tokens[score.token]]
    )
