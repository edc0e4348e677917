from __future__ import annotations

from dataclasses import replace

from spotter.outcome import Outcome
from spotter.reports.github import MOST, render
from spotter.reports.page import Page


def test_what_a_command_would_act_on_is_escaped(strange: Page) -> None:
    first, second, third = render(strange).splitlines()
    assert first == (
        "::error title=SP101 unlikely-token (suspicion),file=a b/ä%2C1.py,line=1,endLine=1,col=17,endColumn=19::"
        "`lo` is 100%25 unlikely: `hi`, or\\nso \\x1b[31m%0Aa b/ä,1.py:2 50%25 : here, too"
    )
    assert second == "::notice title=SP251 similar-code (fact),file=a b/ä%2C1.py,line=2,endLine=4::a copy"
    assert third.startswith("::notice title=SP001 not-measured (fact),file=gone.py,")


def test_the_most_important_come_first_and_no_more_than_are_shown(strange: Page) -> None:
    error, note, _ = strange.outcome.findings
    many = (*(replace(note, line=n, end_line=n) for n in range(1, 15)), *(replace(error, line=n) for n in range(1, 13)))
    lines = render(replace(strange, outcome=Outcome((), many))).splitlines()
    assert [line.split()[0] for line in lines[:-1]] == ["::error"] * MOST + ["::notice"] * MOST
    assert "line=1," in lines[0]
    assert lines[-1] == "6 more findings are not shown here: GitHub shows 10 of a level."


def test_nothing_found_says_nothing(strange: Page) -> None:
    assert render(replace(strange, outcome=Outcome((), ()))) == ""
