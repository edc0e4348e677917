from __future__ import annotations

import re

import pytest

from spotter.errors import SpotterError
from spotter.rules import HEADINGS, RULES, page, table
from spotter.suspicions import RULE_OF


@pytest.mark.parametrize("code", RULES)
def test_a_rule_has_every_heading_once_and_in_order(code: str) -> None:
    lines = page(code).splitlines()
    assert [line for line in lines if line in HEADINGS] == list(HEADINGS)
    assert lines[0].startswith(f"{code} {RULES[code].name}: ")
    assert all(len(line) <= 110 for line in lines)


def test_codes_and_names_are_unique_and_well_formed() -> None:
    assert all(re.fullmatch(r"SP\d{3}", code) and rule.code == code for code, rule in RULES.items())
    assert len({rule.name for rule in RULES.values()}) == len(RULES)
    assert list(RULES) == sorted(RULES)


def test_suspicions_that_are_right_often_enough_and_unread_files_gate_and_nothing_else() -> None:
    assert {code for code, rule in RULES.items() if rule.gates} == {
        code for code, rule in RULES.items() if rule.kind == "suspicion" or code in ("SP001", "SP302")
    } - {"SP222", "SP262"}
    assert set(RULE_OF.values()) <= set(RULES)


def test_a_rule_is_found_by_its_name_and_an_unknown_one_names_the_nearest() -> None:
    assert page("unlikely-token") == page("sp101")
    with pytest.raises(SpotterError, match="the nearest is SP101"):
        page("SP1011")
    assert table().count("\n") == len(RULES) - 1
