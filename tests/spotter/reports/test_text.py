from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import pytest

from spotter.findings import Finding, Held, Site, Suggestion
from spotter.outcome import Measured, Outcome
from spotter.reports.page import Page
from spotter.reports.text import render
from spotter.source import Source
from spotter.visible import columns

SOURCE = Source("a.py", "def span(lo, hi):\n    return hi - lo\n", "python")
FOUND = Finding(
    "SP101", "a.py", 2, 17, 2, 19, "`lo` is unlikely here; `low` would be expected (p 0.93)", "error", "suspicion",
    "span", 0.93, Suggestion("replace", "low"), (Site("a.py", 1, "given here"),), fingerprint="1",
)  # fmt: skip
OUTCOME = Outcome((Measured("a.py", "python", 2, "complete"),), (FOUND,))


def page(source: str = SOURCE.text, finding: Finding = FOUND, width: int = 0) -> Page:
    outcome = replace(OUTCOME, findings=(finding,))
    return Page(outcome, {"a.py": replace(SOURCE, text=source)}, width=width)


def test_a_finding_in_full() -> None:
    assert render(page()) == (
        "a.py:2:17: error SP101 unlikely-token (suspicion)\n"
        "  `lo` is unlikely here; `low` would be expected (p 0.93)\n"
        "    2 |     return hi - lo\n"
        "                        ^^ low\n"
        "    a.py:1 given here\n"
        "\n"
        "1 finding in 1 file, 2 lines; 1 of them fails the check.\n"
        "Look first at a.py:2 (SP101 unlikely-token).\n"
    )


def test_nothing_found_is_one_line() -> None:
    held = (Held(FOUND, "comment"), Held(FOUND, "comment"), Held(FOUND, "baseline"))
    empty = Outcome(OUTCOME.files, (), held)
    assert render(Page(empty, {})) == "No findings in 1 file, 2 lines; 2 suppressed; 1 in the baseline.\n"


def test_what_was_not_measured_is_counted_even_without_a_finding() -> None:
    files = (replace(OUTCOME.files[0], extent="partial"), Measured("b.py", "", 0, "none"))
    shown = render(Page(Outcome(files, ()), {}))
    assert shown == "No findings in 2 files, 2 lines; 1 file partly measured; 1 file not measured.\n"


def test_a_design_finding_does_not_fail_the_check_unless_notes_do() -> None:
    note = replace(FOUND, rule="SP221", severity="note", kind="fact")
    assert "0 of them fail the check.\nLook first at a.py:2 (SP221 condition-pressure)." in render(page(finding=note))
    assert "1 of them fails the check" in render(replace(page(finding=note), fail_on="note"))


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("before", ["a + ", "\t\t", "漢字 + ", "é" * 30 + " + "])
def test_the_caret_stands_under_the_token_and_the_line_fits(width: int, before: str) -> None:
    line = f"\tx = {before * 40}lo{' + b' * 40}"
    at = line.index("lo") + 1
    shown = render(page(line + "\n", replace(FOUND, line=1, end_line=1, column=at, end_column=at + 2), width=width))
    assert all(columns(row) <= width for row in shown.split("\n"))
    code, caret = next(pair for pair in pairwise(shown.split("\n")) if "^" in pair[1])
    assert columns(code) <= width
    under = columns(caret[: caret.index("^")])
    start = next(i for i in range(len(code)) if columns(code[:i]) == under)
    assert code[start : start + 2] == "lo"


def test_what_a_terminal_would_act_on_is_shown_instead() -> None:
    text = "x = '\x1b[31m\u202e'; return hi - lo\n"
    at = text.index("lo") + 1
    place = replace(FOUND, path="a\n.py", line=1, end_line=1, column=at, end_column=at + 2)
    outcome = replace(OUTCOME, findings=(place,), notes=("odd \x07",))
    shown = render(Page(outcome, {"a\n.py": replace(SOURCE, text=text)}))
    assert not {"\x1b", "\u202e", "\x07"} & set(shown)
    assert shown.startswith("a\\n.py:1:")


def test_a_terminal_shows_the_lines_around() -> None:
    text = "def span(lo, hi):\n    return hi - lo\n\n"
    assert "1 | def span" not in render(page(text))
    assert "    1 | def span(lo, hi):\n    2 |     return hi - lo\n                        ^^ low\n" in render(
        page(text, width=80)
    )


def test_the_lines_around_move_with_a_line_that_is_moved_to_the_left() -> None:
    inner = f"{' ' * 12}return hi - lo{' ' * 30}# why"
    text = f"{' ' * 8}if lo:\n{inner}\n"
    shown = render(page(text, replace(FOUND, column=25, end_column=27), width=60))
    assert "    1 | if lo:\n    2 | return hi - lo" in shown


def test_a_suggestion_that_does_not_fit_goes_below() -> None:
    long = replace(FOUND, suggestion=Suggestion("replace", "low_and_long_enough_to_need_a_line"))
    assert "                        ^^\n        low_and_long_enough_to_need_a_line\n" in render(
        page(finding=long, width=50)
    )


@pytest.mark.parametrize("width", [30, 50, 80])
def test_what_is_said_breaks_between_words(width: int) -> None:
    wordy = replace(FOUND, message="a few words " * 30, evidence=(Site("a.py", 1, "more words " * 20),))
    shown = render(page(finding=wordy, width=width))
    assert all(columns(row) <= width for row in shown.split("\n") if " | " not in row)
    assert " ".join(shown.split()).count("a few words") == 30


def test_colour_changes_nothing_but_colour() -> None:
    coloured = render(replace(page(), colour=True))
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == render(page())
