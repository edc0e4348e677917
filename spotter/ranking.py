"""The order of findings: P(it is right) of each, by a few fitted weights, and what it is worth, in bits."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from math import log2
from pathlib import Path

from spotter.findings import Finding, Severity
from spotter.metrics.pressure import Pressure

FILE = Path(__file__).with_name("ranking.toml")  # `spotter train ranking` writes it
BASE_RATE = 1e-4  # P(edit) of a token that nobody has looked at
FAILS = 16.0  # bits: enough for what fails a check to stand before all that does not
BUG = 4.0  # bits: a bug is worth sixteen notes about the design
LOAD = 0.25  # bits a doubling of the decisions that would go
ASIDE = -8.0  # bits: what is no defect of the code, such as a part that was not measured


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a suspicion: P(edit) of its token, or the highest of its place; a deviant's share, or None.

    Then whether its links are guesses, and what stands around it: a suspicion of the other sort in its function, the
    weight of the pressures on that function, and how many call it.
    """

    p_edit: float
    deviance: float | None = None
    guessed: bool = False
    companion: bool = False
    pressure: float = 0.0
    callers: int = 0


TERMS: dict[str, Callable[[Evidence], float]] = {
    "token": lambda e: float(e.deviance is None),
    "deviant": lambda e: float(e.deviance is not None),
    "edit": lambda e: log_odds(e.p_edit) - log_odds(BASE_RATE),
    "deviance": lambda e: 0.0 if e.deviance is None else log_odds(e.deviance),
    "guessed": lambda e: float(e.guessed),
    "companion": lambda e: float(e.companion),
    "pressure": lambda e: log2(1 + e.pressure),
    "callers": lambda e: log2(1 + e.callers),
}


@dataclass(frozen=True, slots=True)
class Model:
    """Bits for each unit of a term, by its name; and how often readers called the findings of a design rule right."""

    weights: Mapping[str, float]
    right: Mapping[str, float]

    def bits(self, evidence: Evidence) -> float:
        """log2 of the odds that a suspicion is right."""
        return sum(self.weights[name] * term(evidence) for name, term in TERMS.items())


@cache
def shipped() -> Model:
    """The model that checks use."""
    raw = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return Model(raw["weights"], raw["right"])


def chance(evidence: Evidence) -> float:
    """P(a suspicion is right)."""
    return 1 / (1 + 2 ** -shipped().bits(evidence))


def of_suspicion(p: float, severity: Severity) -> float:
    """log2 of P(right) times what a bug is worth, beside notes about the design; what fails a check stands first."""
    return BUG + log2(p) + (0.0 if severity == "note" else FAILS)


def of_fact(finding: Finding, weight: float) -> float:
    """log2 of P(right) times what a note is worth: more with the decisions that would go."""
    if finding.severity == "error":
        return float("inf")
    right = shipped().right.get(finding.rule)
    return ASIDE if right is None else log2(right) + LOAD * log2(1 + weight)


def log_odds(p: float) -> float:
    """log2(p / (1 - p)), finite at the ends."""
    kept = min(max(p, 1e-6), 1 - 1e-6)
    return log2(kept / (1 - kept))


def pressed(pressures: Iterable[Pressure]) -> Counter[tuple[str, str]]:
    """The weight of the pressures on each function, by path and name."""
    found: Counter[tuple[str, str]] = Counter()
    for pressure in pressures:
        if not pressure.deviant:
            places = (pressure.place, *(site.place for site in pressure.sites))
            for place in {(place.path, place.function) for place in places}:
                found[place] += pressure.weight  # type: ignore[assignment]
    return found


def ranked(findings: Iterable[Finding], rank: Callable[[Finding], float]) -> tuple[Finding, ...]:
    """Findings with their ranks, the strongest first; equal ones in the order of the files."""
    weighed = (replace(f, rank=min(999.0, round(rank(f), 3))) for f in findings)
    return tuple(sorted(weighed, key=lambda f: (-f.rank, f.path, f.line, f.column, f.rule, f.fingerprint)))
