"""The order of findings: how much evidence stands behind each, in bits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from math import log2

from spotter.findings import Finding
from spotter.graph import Position

COMPANION = 2.0  # bits: tokens and pressures point at the same function, each without knowing of the other
CALLER = 0.25  # bits a doubling of the callers
ADVISORY = -4.0  # bits: a deviant whose links are guesses
DESIGN = -8.0  # bits: a fact about the design is no bug
PRIOR = {"SP1": 1e-4, "SP2": 0.5}  # P(wrong) of a token, and of a place that breaks a pattern, before it was looked at


def evidence(finding: Finding, weight: float, position: Position) -> float:
    """How far P(wrong) is above its prior for suspicions, the weight's logarithm for facts, and what the graph adds."""
    if finding.kind == "fact":
        return float("inf") if finding.severity == "error" else DESIGN + log2(1 + weight)
    prior = PRIOR[finding.rule[:3]]
    bits = log_odds(finding.p_error if finding.p_error is not None else prior) - log_odds(prior)
    bits += COMPANION * bool(position.companions) + CALLER * log2(1 + position.callers)
    return bits + (ADVISORY if finding.severity == "note" else 0.0)


def log_odds(p: float) -> float:
    """log2(p / (1 - p)), finite at the ends."""
    kept = min(max(p, 1e-6), 1 - 1e-6)
    return log2(kept / (1 - kept))


def ranked(
    findings: Iterable[Finding], weight: Callable[[Finding], float], position: Callable[[Finding], Position]
) -> tuple[Finding, ...]:
    """Findings with their ranks, the strongest first; equal ones in the order of the files."""
    weighed = (replace(f, rank=min(999.0, round(evidence(f, weight(f), position(f)), 3))) for f in findings)
    return tuple(sorted(weighed, key=lambda f: (-f.rank, f.path, f.line, f.column, f.rule, f.fingerprint)))
