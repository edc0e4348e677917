from __future__ import annotations

from dataclasses import replace

from spotter.findings import Finding
from spotter.graph import Position
from spotter.ranking import evidence, ranked

ALONE = Position(0, 0)
TOKEN = Finding("SP101", "a.py", 1, 1, 1, 2, "m", "warning", "suspicion", "f", 0.01)
DEVIANT = replace(TOKEN, rule="SP202", p_error=0.8)
DESIGN = replace(TOKEN, rule="SP221", severity="note", kind="fact", p_error=None)
UNREAD = replace(DESIGN, rule="SP001", severity="error")


def test_unread_files_come_first_then_suspicions_then_facts_by_weight() -> None:
    heavy = replace(DESIGN, line=9)
    order = ranked([DESIGN, heavy, DEVIANT, TOKEN, UNREAD], lambda f: float(f.line), lambda _: ALONE)
    assert [(finding.rule, finding.line) for finding in order] == [
        ("SP001", 1),
        ("SP101", 1),
        ("SP202", 1),
        ("SP221", 9),
        ("SP221", 1),
    ]


def test_the_graph_adds_bits_and_a_guess_takes_them_away() -> None:
    alone = evidence(TOKEN, 0, ALONE)
    assert evidence(TOKEN, 0, Position(1, 0)) > evidence(TOKEN, 0, Position(0, 3)) > alone
    assert evidence(replace(DEVIANT, severity="note"), 0, ALONE) < evidence(DEVIANT, 0, ALONE)


def test_the_order_does_not_hang_on_the_order_of_arrival() -> None:
    twins = [replace(TOKEN, path=path, fingerprint=path) for path in "bac"]
    assert ranked(twins, lambda _: 0, lambda _: ALONE) == ranked(twins[::-1], lambda _: 0, lambda _: ALONE)
