from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from spotter.budget import Budget
from spotter.findings import Edit, Finding, Held, Site, Suggestion
from spotter.outcome import Measured, Outcome
from spotter.reports.markdown import MOST, SHOWN, render
from spotter.reports.page import Page
from spotter.source import Source

SOURCE = Source("a.py", "def span(lo, hi):\n    return hi - lo\n", "python")
FOUND = Finding(
    "SP101", "a.py", 2, 17, 2, 19, "`lo` is unlikely here; `low` would be expected", "error", "suspicion",
    "span", 0.93, Suggestion("replace", "low"), (Site("a.py", 1, "given here"),), fingerprint="1",
)  # fmt: skip
NOTE = replace(FOUND, rule="SP221", severity="note", kind="fact", suggestion=None, fingerprint="2")
FILES = (Measured("a.py", "python", 2, "complete"),)
HOSTILE = (
    "<script>alert(1)</script> `` ``` ~~~ | \\| \\\\| </details> [x](http://evil.example) ![i](//e/i.png) <!-- @all #1"
    " http://evil.example www.evil.example $\\alpha$ &lt; \u202e\x1b[31m \U0001f600"
)


class Shown(HTMLParser):
    """The tags, the links and the text of a rendered page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""
        self.rows: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in {"details", "code"} or not [name for name, _ in attrs if name not in ("style", "class")], attrs
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append(0)
        elif tag == "td":
            self.rows[-1] += 1

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_data(self, data: str) -> None:
        self.text += data


def shown(markdown: str) -> Shown:
    parser = Shown()
    parser.feed(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(markdown))
    return parser


def page(*findings: Finding, text: str = SOURCE.text, path: str = "a.py") -> Page:
    return Page(Outcome(FILES, findings), {path: replace(SOURCE, path=path, text=text)})


def test_a_suspicion_in_full() -> None:
    assert render(page(FOUND)) == (
        "### Spotter: 1 finding, 1 of them fails the check\n"
        "\n"
        "**error** `a.py:2` SP101 unlikely-token (suspicion)  \n"
        "`lo` is unlikely here; `low` would be expected\n"
        "\n"
        "```diff\n"
        "-     return hi - lo\n"
        "+     return hi - low\n"
        "```\n"
        "\n"
        "<details><summary>1 place speaks for it</summary>\n"
        "\n"
        "- `a.py:1` given here\n"
        "\n"
        "</details>\n"
        "\n"
        "<sub>1 file, 2 lines checked.</sub>\n"
    )


@pytest.mark.parametrize(
    ("edit", "text", "column", "end", "after"),
    [
        ("delete", "", 15, 17, "return hi lo"),
        ("insert", "abs", 17, 19, "return hi - abs lo"),
        ("insert", "(", 17, 19, "return hi - (lo"),
        ("replace", "a\nb", 17, 19, "return hi - a b"),
    ],
)
def test_the_line_is_shown_after_the_suggestion(edit: Edit, text: str, column: int, end: int, after: str) -> None:
    finding = replace(FOUND, column=column, end_column=end, suggestion=Suggestion(edit, text))
    assert f"\n-     return hi - lo\n+     {after}\n" in render(page(finding))


def test_a_fact_shows_its_line_in_its_language() -> None:
    assert "```python\n    return hi - lo\n```" in render(page(NOTE))


def test_nothing_found_is_a_heading_and_a_line() -> None:
    held = (Held(NOTE, "comment"), Held(NOTE, "comment"), Held(FOUND, "baseline"))
    empty = Page(Outcome(FILES, (), held), {})
    assert render(empty) == (
        "### Spotter: nothing found\n\n<sub>1 file, 2 lines checked; 2 suppressed; 1 in the baseline.</sub>\n"
    )


def test_what_fails_comes_first_and_all_but_five_are_folded() -> None:
    notes = [replace(NOTE, line=1, end_line=1, path=f"{n}.py", evidence=()) for n in range(7)]
    report = render(page(*notes, FOUND))
    before, _, folded = report.partition("<details><summary>3 more findings</summary>")
    assert before.index("`a.py:2`") < before.index("`0.py:1`")
    assert before.count("\n**") == SHOWN
    assert [f"`{n}.py:1`" in folded for n in range(7)] == [False] * 4 + [True] * 3
    assert shown(report).rows == [0, 3, 3, 3]


def test_what_the_change_adds_comes_before_its_findings() -> None:
    added = {"decisions": 50, "origins": -1, "repeats": 0, "copies": 2}
    limits = {"decisions": 40, "origins": 12, "repeats": 4, "copies": 2}
    base = page(FOUND)
    report = render(replace(base, outcome=replace(base.outcome, budget=Budget(120, added, limits, ()))))
    assert "What this change adds, beside +120 statements:" in report
    assert "| decisions | +50 | 40 | **over** |\n| origins | -1 | 12 |  |" in report
    assert report.index("copies") < report.index("a.py:2")
    assert shown(report).rows == [0, 4, 4, 4, 4]


def test_five_thousand_findings_fit_into_a_comment() -> None:
    findings = [replace(NOTE, path=f"package/{'deep/' * 20}{n}.py") for n in range(5000)]
    report = render(page(*findings))
    assert len(report) < MOST + 5000
    assert "more; the report has them all" in report


@pytest.mark.parametrize("code", [HOSTILE, "`", "```", "a|b", "\\|", "|`|", " `", "<!--", "</sub>", "x`y`z|"])
def test_code_is_never_read_as_markdown_or_html(code: str) -> None:
    line = f"x = {code}"
    finding = replace(
        FOUND, path="a.py", line=1, end_line=1, column=5, end_column=len(line) + 1,
        message=f"`{code}` is unlikely here; `{code}` would be expected", suggestion=Suggestion("replace", code),
        evidence=(Site(code, 1, f"checks `{code}`"),), remarks=(code,),
    )  # fmt: skip
    several = [replace(finding, path=code, fingerprint=str(n)) for n in range(SHOWN + 2)]
    report = render(page(finding, *several, text=line + "\n"))
    seen = shown(report)
    assert seen.tags <= {
        "h3", "p", "strong", "code", "br", "pre", "details", "summary", "ul", "li",
        "table", "thead", "tbody", "tr", "th", "td", "sub",
    }  # fmt: skip
    assert seen.rows == [0, 3, 3, 3]
    assert not {"\x1b", "\u202e"} & set(report)
    assert report.count("</details>\n") >= 2


def test_a_line_of_a_megabyte_is_cut_around_its_place() -> None:
    line = "x = " + "a + " * 125_000 + "lo" + " + b" * 125_000
    at = line.index("lo") + 1
    report = render(page(replace(FOUND, line=1, end_line=1, column=at, end_column=at + 2), text=line + "\n"))
    assert len(report) < 1000
    assert "+ lo +" in report
    assert "+ low +" in report
