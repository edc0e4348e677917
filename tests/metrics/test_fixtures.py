"""Every fixture: what its rule says of bad.txt stands in expected.txt, and it says nothing of ok.txt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from spotter.metrics.facts import FileFacts
from spotter.metrics.registry import PRESSURES
from spotter.rules import RULES

ReadAll = Callable[..., list[FileFacts]]

FIXTURES = Path(__file__).parent / "fixtures"


def said(read_all: ReadAll, rule: str, name: str) -> str:
    facts = read_all((FIXTURES / rule / name).read_text(encoding="utf-8"))
    found = [pressure for pressure in PRESSURES[RULES[rule].name](facts) if pressure.rule == rule]
    return "".join(f"{p.place.line}:{p.place.column} {p.message}\n" for p in sorted(found, key=lambda p: p.place))


def test_every_rule_of_a_pressure_has_a_fixture() -> None:
    assert {path.name for path in FIXTURES.iterdir()} == {
        rule.code for rule in RULES.values() if rule.name in PRESSURES
    }


@pytest.mark.parametrize("rule", sorted(path.name for path in FIXTURES.iterdir()))
def test_a_rule_says_what_is_expected_of_its_fixture(read_all: ReadAll, rule: str) -> None:
    assert said(read_all, rule, "bad.txt") == (FIXTURES / rule / "expected.txt").read_text(encoding="utf-8") != ""
    assert said(read_all, rule, "ok.txt") == ""
