from __future__ import annotations

from dataclasses import replace

import pytest

from spotter.findings import Finding
from spotter.review.answers import Answer, Said
from spotter.review.decisions import decide, reviewed, unjudged, verdicts_of
from spotter.verdicts import Verdict

FOUND = Finding("SP101", "a.py", 2, 5, 2, 7, "m", "error", "suspicion", "f", 0.7, fingerprint="1")
ROW = Verdict("a.py", "SP101", "1", "alfa", "fine", "meant", None, 0.7)


def said(*verdicts: Said) -> dict[str, Answer]:
    names = ("alfa", "bravo", "charlie")
    return {
        name: Answer(FOUND, verdict, f"{name} says", "x" if verdict == "error" else None)
        for name, verdict in zip(names, verdicts, strict=False)
    }


@pytest.mark.parametrize(
    ("answers", "votes", "verdict", "agreeing"),
    [
        (said("error"), 1, "error", 1),
        (said("error", "fine"), 1, "unsure", 0),
        (said("error", "unsure"), 2, "unsure", 1),
        (said("error", "error", "fine"), 2, "error", 2),
        (said("fine", "fine", "error"), 3, "unsure", 0),
        (said(), 1, "unsure", 0),
    ],
)
def test_a_decision_needs_enough_votes_and_more_than_the_contrary(
    answers: dict[str, Answer], votes: int, verdict: Said, agreeing: int
) -> None:
    decision = decide(FOUND, answers, votes)
    assert (decision.verdict, decision.votes) == (verdict, agreeing)


def test_only_those_who_agree_with_the_decision_leave_a_verdict() -> None:
    rows = verdicts_of(decide(FOUND, said("error", "fine", "error"), 2))
    assert [(row.by, row.verdict, row.fix, row.p_error) for row in rows] == [
        ("alfa", "error", "x", 0.7),
        ("charlie", "error", "x", 0.7),
    ]
    assert verdicts_of(decide(FOUND, said("unsure", "unsure"), 1)) == ()


def test_a_review_replaces_what_its_models_said_before_and_nothing_else() -> None:
    old = [ROW, replace(ROW, by="bravo"), replace(ROW, by="person"), replace(ROW, fingerprint="2")]
    assert reviewed(old, [decide(FOUND, said("unsure"), 1)]) == (*old[1:],)


def test_what_is_left_to_ask() -> None:
    other = replace(FOUND, fingerprint="2")
    fact = replace(FOUND, fingerprint="3", kind="fact")
    findings = [FOUND, other, fact]
    assert unjudged(findings, [], ["alfa"]) == {"1", "2"}
    assert unjudged(findings, [ROW], ["alfa"]) == {"2"}
    assert unjudged(findings, [ROW], ["alfa", "bravo"]) == {"1", "2"}
    assert unjudged(findings, [ROW, replace(ROW, by="person")], ["alfa", "bravo"]) == {"2"}
