"""The ground that suspicions stand on: what a repository's pressures and calls say of the functions of one file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from spotter.causes import advisory
from spotter.metrics.pressure import Place, Pressure
from spotter.ranking import Evidence
from spotter.syntax import Syntax, enclosing


@dataclass(frozen=True, slots=True)
class Deviant:
    """A place that breaks a pattern, with the sites of its own function that speak for it."""

    rule: str
    function: str
    share: float
    guessed: bool
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """A file's deviants, and the pressure on each function and its callers, by name, where there are any."""

    deviants: tuple[Deviant, ...]
    functions: Mapping[str, tuple[float, int]]


def deviants(pressures: Sequence[Pressure], path: str) -> tuple[Deviant, ...]:
    """The deviants of a file."""
    return tuple(deviant_of(p) for p in pressures if p.deviant and p.place.path == path)


def deviant_of(pressure: Pressure) -> Deviant:
    """What a pressure says that speaks for a place against its pattern."""
    own = pressure.place
    beside = (s.place for s in pressure.sites if (s.place.path, s.place.function) == (own.path, own.function))
    share = pressure.p_error or 0.5
    return Deviant(pressure.rule, own.function, share, advisory(pressure), (own, *beside))


def named(syntax: Syntax, deviant: Deviant) -> tuple[int, ...]:
    """The tokens that a deviant speaks of."""
    spans = [((p.line, p.column), (p.end_line, p.end_column)) for p in deviant.places]
    return tuple(
        i
        for i, token in enumerate(syntax.tokens)
        if any(start <= (token.line, token.column) < end for start, end in spans)
    )


def of_tokens(syntax: Syntax, ground: Ground, first: int, shares: Sequence[float]) -> Iterator[Evidence]:
    """What speaks for each token from the first on, by their P(edit); a deviant that names it speaks for itself."""
    speaking = [(deviant.function, frozenset(named(syntax, deviant))) for deviant in ground.deviants]
    names: dict[int, str] = {}
    for i, share in enumerate(shares, first):
        line = syntax.tokens[i].line
        if line not in names:
            around = enclosing(syntax, line)
            names[line] = around.name if around else ""
        name = names[line]
        pressure, callers = ground.functions.get(name, (0.0, 0))
        companion = any(function == name and i not in tokens for function, tokens in speaking)
        yield Evidence(share, companion=companion, pressure=pressure, callers=callers)


def of_deviant(
    syntax: Syntax, ground: Ground, deviant: Deviant, first: int, shares: Sequence[float], over: float
) -> Evidence:
    """What speaks for a deviant, by the P(edit) of the tokens from the first on; over it a token is reported."""
    own = set(named(syntax, deviant))
    lines = {syntax.tokens[i].line for i, share in enumerate(shares, first) if share > over and i not in own}
    around = {found.name for line in lines if (found := enclosing(syntax, line))}
    pressure, callers = ground.functions.get(deviant.function, (0.0, 0))
    best = best_edit(syntax, deviant, first, shares)
    return Evidence(best, deviant.share, deviant.guessed, deviant.function in around, pressure, callers)


def best_edit(syntax: Syntax, deviant: Deviant, first: int, shares: Sequence[float]) -> float:
    """The highest P(edit) of the tokens that a deviant speaks of, among those from the first on."""
    inside = (i - first for i in named(syntax, deviant) if 0 <= i - first < len(shares))
    return max((shares[i] for i in inside), default=0.0)


def divided(syntax: Syntax, deviant: Deviant, shares: Sequence[float]) -> dict[int, float]:
    """Which of the tokens that a deviant names it means, by the P(edit) of the file's tokens: their parts sum to 1."""
    own = {i: shares[i] for i in named(syntax, deviant) if i < len(shares)}
    total = sum(own.values())
    return {i: share / total for i, share in own.items()} if total else {}
