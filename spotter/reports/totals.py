"""What a report says in sum: how much was checked, what was found, what fails, and what was held back."""

from __future__ import annotations

from spotter.findings import Finding
from spotter.outcome import Outcome, gates
from spotter.reports.page import Page


def failing(page: Page) -> tuple[Finding, ...]:
    """The findings that fail the check, the strongest first."""
    return tuple(finding for finding in page.outcome.findings if gates(finding, page.fail_on))


def in_order(page: Page) -> tuple[Finding, ...]:
    """All findings, those that fail the check first."""
    first = failing(page)
    return (*first, *(finding for finding in page.outcome.findings if not gates(finding, page.fail_on)))


def extent(outcome: Outcome) -> str:
    """How much was checked."""
    lines = plural(sum(file.lines for file in outcome.files), "line")
    return f"{plural(len(outcome.files), 'file')}, {lines}"


def held(outcome: Outcome) -> list[str]:
    """What was not reported, and what could not be measured."""
    extents = [file.extent for file in outcome.files]
    back = (
        (outcome.suppressed, "suppressed"),
        (outcome.silenced, "silenced by verdicts"),
        (outcome.baselined, "in the baseline"),
    )
    gaps = (("partial", "partly measured"), ("none", "not measured"))
    parts = [f"{number:,} {word}" for number, word in back if number]
    return parts + [f"{plural(extents.count(extent), 'file')} {word}" for extent, word in gaps if extent in extents]


def fails(number: int) -> str:
    """How many fail, after a count of findings."""
    return f"{number:,} of them {'fails' if number == 1 else 'fail'} the check"


def plural(number: int, word: str) -> str:
    """A number with its word."""
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"
