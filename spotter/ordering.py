"""The findings of a check in order: each with what the denoiser, the pressures and the graph say of its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from spotter.engine.scores import TokenScore
from spotter.findings import Finding
from spotter.ground import best_edit, deviant_of, divided
from spotter.metrics.facts import FileFacts
from spotter.metrics.pressure import Pressure
from spotter.ranking import BASE_RATE, Evidence, chance, of_fact, of_suspicion, pressed, ranked
from spotter.syntax import Syntax

if TYPE_CHECKING:
    from spotter.graph import Graph

Name = tuple[str, str, int, int]  # rule, path, line, column


@dataclass(frozen=True)
class Repository:
    """What the evidence is taken from; shares are every token's P(edit) by path, none where nobody scored the file."""

    pressures: Mapping[Name, Pressure]
    pressed: Counter[tuple[str, str]]
    graph: Graph
    scores: Callable[[str], Sequence[TokenScore]]
    syntax: Callable[[str], Syntax]

    def evidence(
        self, finding: Finding, p_edit: float | None, share: float | None = None, *, guessed: bool = False
    ) -> Evidence:
        """What speaks for a suspicion, with the P(edit) of its place, and a deviant's share."""
        from spotter.graph import position

        place = position(self.graph, finding)
        return Evidence(
            p_edit=BASE_RATE if p_edit is None else p_edit,
            deviance=share,
            guessed=guessed,
            companion=bool(place.companions),
            pressure=self.pressed[finding.path, finding.function],
            callers=place.callers,
        )


def ordered(
    findings: Sequence[Finding],
    facts: Sequence[FileFacts],
    pressures: Sequence[Pressure],
    scores: Callable[[str], Sequence[TokenScore]],
    syntax: Callable[[str], Syntax],
) -> tuple[Finding, ...]:
    """The findings by their ranks; without suspicions there is no graph to ask."""
    known = {(p.rule, p.place.path, p.place.line, p.place.column): p for p in pressures}
    chances: dict[Name, float] = {}
    if any(finding.kind == "suspicion" for finding in findings):
        from spotter.graph import build

        graph = build(facts, pressures, findings)
        chances = _chances(findings, Repository(known, pressed(pressures), graph, scores, syntax))

    def rank(finding: Finding) -> float:
        if finding.kind == "suspicion":
            return of_suspicion(chances[_name(finding)], finding.severity)
        pressure = known.get(_name(finding))
        return of_fact(finding, pressure.weight if pressure else 0.0)

    return ranked(findings, rank)


def _chances(findings: Sequence[Finding], repository: Repository) -> dict[Name, float]:
    """P(right) of every suspicion; a token's is higher where a deviant may mean it."""
    found: dict[Name, float] = {}
    meant: dict[tuple[str, int, int], float] = {}  # P(a deviant means this token), by path, line and column
    for finding in findings:
        pressure = repository.pressures.get(_name(finding))
        if finding.kind == "suspicion" and pressure is not None:
            syntax = repository.syntax(finding.path)
            shares = [score.p_error for score in repository.scores(finding.path)]
            deviant = deviant_of(pressure)
            best = best_edit(syntax, deviant, 0, shares) if shares else None
            p = found[_name(finding)] = chance(
                repository.evidence(finding, best, finding.p_error, guessed=deviant.guessed)
            )
            for i, part in divided(syntax, deviant, shares).items():
                place = finding.path, syntax.tokens[i].line, syntax.tokens[i].column
                meant[place] = max(meant.get(place, 0.0), p * part)
    for finding in findings:
        if finding.kind == "suspicion" and _name(finding) not in found:
            evidence = repository.evidence(finding, finding.p_error)
            place = finding.path, finding.line, finding.column
            other = meant.get(place)
            alone = chance(evidence if other is None else replace(evidence, companion=False))
            found[_name(finding)] = 1 - (1 - alone) * (1 - (other or 0.0))
    return found


def _name(finding: Finding) -> Name:
    return finding.rule, finding.path, finding.line, finding.column
