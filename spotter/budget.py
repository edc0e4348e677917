"""The budget of a change (SP302): what it adds, beside its statements, and what would bring it within its limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from spotter.findings import Finding, Site
from spotter.metrics.facts import FileFacts
from spotter.rules import RULES
from spotter.shares import MEASURES, Share, shares_of

RULE = "SP302"
SHOWN = 10
NAMED = 3
_ADVICE = {
    "decisions": "commit a part by itself, or decide less, in",
    "origins": "give a value from the start, or raise, in",
    "repeats": "decide once, and pass on what follows, in",
    "copies": "give a parameter to the function that is there, instead of",
}

Limits = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Side:
    """A file on one side of a change: its facts and its statements."""

    facts: FileFacts
    statements: int


@dataclass(frozen=True, slots=True)
class Budget:
    """What a change adds to each measure, beside its statements, with the limits and the shares of its functions."""

    statements: int
    added: Mapping[str, int]
    limits: Limits
    shares: tuple[Share, ...]


def budget_of(before: Sequence[Side], after: Sequence[Side], rest: Sequence[FileFacts], limits: Limits) -> Budget:
    """The budget of a change in a repository. Tests and generated files cost nothing."""
    old, new = ([side for side in sides if _counts(side.facts)] for sides in (before, after))
    around = [file for file in rest if _counts(file)]
    shares = shares_of([side.facts for side in old], [side.facts for side in new], around)
    statements = sum(side.statements for side in new) - sum(side.statements for side in old)
    added = {measure: sum(s.added for s in shares if s.measure == measure) for measure in MEASURES}
    return Budget(statements, added, limits, shares)


def over(budget: Budget) -> tuple[str, ...]:
    """The measures that are over their limits."""
    return tuple(measure for measure in MEASURES if budget.added[measure] > budget.limits[measure])


def overrun(budget: Budget) -> Finding | None:
    """SP302 where a limit is exceeded, at the function that added most."""
    exceeded = over(budget)
    listed = [share for share in budget.shares if share.measure in exceeded and share.added > 0]
    if not listed:
        return None
    first = listed[0]
    said = "; ".join(_said(measure, budget) for measure in exceeded)
    beside = [f"{budget.added[measure]:+} {measure}" for measure in MEASURES if measure not in exceeded]
    beside.append(f"{budget.statements:+} statements")
    return Finding(
        rule=RULE,
        path=first.path,
        line=first.line,
        column=1,
        end_line=first.line,
        end_column=1,
        message=f"this change adds {said} (beside {', '.join(beside)})",
        severity=RULES[RULE].severity,
        kind=RULES[RULE].kind,
        function=first.function,
        evidence=tuple(Site(share.path, share.line, _listed(share)) for share in listed[:SHOWN]),
    )


def line(budget: Budget) -> str:
    """The budget in one line, each measure with its limit."""
    parts = ", ".join(f"{budget.added[measure]:+} {measure} of {budget.limits[measure]}" for measure in MEASURES)
    return f"this change: {parts}, beside {budget.statements:+} statements"


def _said(measure: str, budget: Budget) -> str:
    """How far a measure is over, and the fewest functions without whose shares it would be within."""
    excess = budget.added[measure] - budget.limits[measure]
    left, named = excess, []
    for share in budget.shares:
        if share.measure == measure and left > 0:
            named.append(f"`{share.function or share.path}` ({share.added:+})")
            left -= share.added
    rest = f" and {len(named) - NAMED} more" if len(named) > NAMED else ""
    places = ", ".join(named[:NAMED]) + rest
    head = f"{budget.added[measure]} {measure}, {excess} over the limit of {budget.limits[measure]}"
    return f"{head}: {_ADVICE[measure]} {places}"


def _listed(share: Share) -> str:
    label = f"`{share.function}`" if share.function else "outside of functions"
    return f"{label} {share.added:+} {share.measure}" + (f" ({share.before} to {share.after})" if share.before else "")


def _counts(file: FileFacts) -> bool:
    return not file.test and not file.generated
