from __future__ import annotations

from dataclasses import replace

import pytest

from spotter.findings import Finding
from spotter.metrics.pressure import Place, Pressure, PressureSite
from spotter.ranking import TERMS, Evidence, Model, chance, of_fact, of_suspicion, pressed, ranked, shipped

TOKEN = Finding("SP101", "a.py", 1, 1, 1, 2, "m", "warning", "suspicion", "f", 0.6)
WEAK = replace(TOKEN, severity="note", p_error=0.03)
DEVIANT = replace(TOKEN, rule="SP202", p_error=0.8)
DESIGN = replace(TOKEN, rule="SP221", severity="note", kind="fact", p_error=None)
UNREAD = replace(DESIGN, rule="SP001", severity="error")
PARTLY = replace(DESIGN, rule="SP002")


def rank(finding: Finding) -> float:
    if finding.kind == "fact":
        return of_fact(finding, 4.0)
    p = finding.p_error or 0.0
    return of_suspicion(chance(Evidence(p) if finding.rule == "SP101" else Evidence(1e-4, p)), finding.severity)


def test_what_gates_comes_before_the_design_and_a_weak_token_behind_it() -> None:
    order = ranked([PARTLY, WEAK, DESIGN, DEVIANT, TOKEN, UNREAD], rank)
    assert [finding.rule for finding in order[:1] + order[3:]] == ["SP001", "SP221", "SP101", "SP002"]
    assert {finding.rule for finding in order[1:3]} == {"SP101", "SP202"}
    assert order[4].p_error == 0.03


def test_a_fact_weighs_more_the_more_decisions_would_go() -> None:
    assert of_fact(DESIGN, 14.0) > of_fact(DESIGN, 4.0)
    assert of_fact(DESIGN, 1000.0) < rank(DEVIANT)


def test_a_likelier_edit_is_likelier_right() -> None:
    assert chance(Evidence(0.7)) > chance(Evidence(0.6)) > chance(Evidence(0.03))
    assert chance(Evidence(0.1, 0.8)) > chance(Evidence(1e-4, 0.8))


def test_a_deviant_counts_by_its_share_and_less_where_its_links_are_guesses() -> None:
    assert chance(Evidence(1e-4, 0.8)) > chance(Evidence(1e-4, 0.6)) > chance(Evidence(1e-4, 0.6, guessed=True))


def test_bits_are_the_sum_of_the_terms() -> None:
    model = Model(dict.fromkeys(TERMS, 0.0) | {"token": -3.0, "callers": 0.5, "pressure": 0.25}, {})
    assert model.bits(Evidence(0.5, callers=3, pressure=15.0)) == pytest.approx(-3.0 + 0.5 * 2 + 0.25 * 4)


def test_the_shipped_model_names_every_term_and_every_rule_about_the_design() -> None:
    assert set(shipped().weights) == set(TERMS)
    assert {"SP201", "SP211", "SP221", "SP231", "SP241", "SP251", "SP301"} <= set(shipped().right)
    assert all(0 < share < 1 for share in shipped().right.values())


def test_pressure_counts_once_a_function_and_deviants_never() -> None:
    def place(line: int, function: str) -> Place:
        return Place("a.py", line, 1, line, 2, function)

    sites = tuple(PressureSite(place(n, "f" if n < 3 else "g"), "checks", "resolved", "") for n in range(1, 4))
    cause = Pressure("SP201", "state:x", place(9, ""), "m", sites, 3.0)
    deviant = replace(cause, rule="SP202", deviant=True, p_error=0.8)
    assert pressed([cause, deviant]) == {("a.py", "f"): 3.0, ("a.py", "g"): 3.0, ("a.py", ""): 3.0}


def test_the_order_does_not_hang_on_the_order_of_arrival() -> None:
    twins = [replace(TOKEN, path=path, fingerprint=path) for path in "bac"]
    assert ranked(twins, rank) == ranked(twins[::-1], rank)
