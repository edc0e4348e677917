"""From the answers of several models to one decision a finding, and to the verdicts that are worth keeping."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from spotter.findings import Finding
from spotter.review.answers import Answer, Said
from spotter.verdicts import Verdict, by_finding, dismissed


@dataclass(frozen=True, slots=True)
class Decision:
    """What the models together say of a finding, and each one's answer by its name."""

    finding: Finding
    verdict: Said
    answers: Mapping[str, Answer]

    @property
    def votes(self) -> int:
        """How many models say what was decided."""
        return sum(answer.verdict == self.verdict for answer in self.answers.values())


def decide(finding: Finding, answers: Mapping[str, Answer], votes: int) -> Decision:
    """An error or fine where so many models say so, and more than say the contrary; otherwise unsure."""
    said = [answer.verdict for answer in answers.values()]
    errors, fine = said.count("error"), said.count("fine")
    verdict: Said = "unsure"
    if errors != fine and max(errors, fine) >= votes:
        verdict = "error" if errors > fine else "fine"
    return Decision(finding, verdict, answers)


def verdicts_of(decision: Decision) -> tuple[Verdict, ...]:
    """A verdict for every model that says what was decided; none where they are unsure."""
    finding = decision.finding
    return tuple(
        Verdict(finding.path, finding.rule, finding.fingerprint, name, said, answer.why, answer.fix, finding.p_error)
        for name, answer in decision.answers.items()
        if (said := answer.verdict) == decision.verdict and said != "unsure"
    )


def reviewed(old: Iterable[Verdict], decisions: Sequence[Decision]) -> tuple[Verdict, ...]:
    """The verdicts after a review: what its models said of these findings before no longer counts."""
    asked = {(decision.finding.fingerprint, name) for decision in decisions for name in decision.answers}
    kept = (row for row in old if (row.fingerprint, row.by) not in asked)
    return (*kept, *(row for decision in decisions for row in verdicts_of(decision)))


def unjudged(findings: Iterable[Finding], old: Iterable[Verdict], models: Sequence[str]) -> frozenset[str]:
    """The fingerprints of the suspicions that no person has dismissed and not all of these models have judged."""
    said = by_finding(old)
    return frozenset(
        finding.fingerprint
        for finding in findings
        if finding.kind == "suspicion"
        and not dismissed(said.get(finding.fingerprint, ()))
        and not {row.by for row in said.get(finding.fingerprint, ())} >= set(models)
    )
