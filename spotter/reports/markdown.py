"""The report for a pull request or a job's page: what the change adds, five findings, and the rest folded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from spotter.budget import Budget
from spotter.findings import Finding, Site
from spotter.outcome import Outcome
from spotter.reports.excerpt import excerpt
from spotter.reports.page import Page
from spotter.reports.title import title
from spotter.reports.totals import extent, failing, fails, held, in_order, plural
from spotter.shares import MEASURES
from spotter.visible import visible

SHOWN = 5
SITES = 10
WIDTH = 110  # columns of a line of code; a comment's column is about that wide
LONGEST = 400  # characters of a message
MOST = 50_000  # characters; a comment on GitHub may have 65,536
_SPECIAL = re.compile(r"[\\`*_\[\]<>#|&~$]|(?<=www)\.|:(?=//)")


def render(page: Page) -> str:
    """Markdown as GitHub and GitLab show it. Nothing that stands in the code is read as Markdown or HTML."""
    findings = in_order(page)
    parts = [f"### Spotter: {_title(page)}"]
    if page.outcome.budget:
        parts.append(_budget(page.outcome.budget))
    parts += [_finding(page, finding) for finding in findings[:SHOWN]]
    if rest := findings[SHOWN:]:
        parts.append(_rest(rest, MOST - sum(map(len, parts))))
    parts += [f"> {_prose(note)}" for note in page.outcome.notes]
    parts.append(f"<sub>{_prose(_foot(page.outcome))}</sub>")
    return "\n\n".join(parts) + "\n"


def _title(page: Page) -> str:
    outcome, first = page.outcome, failing(page)
    if not outcome.files:
        return "no files to check"
    if not outcome.findings:
        return "nothing found"
    return f"{plural(len(outcome.findings), 'finding')}, {fails(len(first))}"


def _foot(outcome: Outcome) -> str:
    return "; ".join([f"{extent(outcome)} checked", *held(outcome)]) + "."


def _budget(budget: Budget) -> str:
    """What the change adds, a row a measure; what is over its limit is said in words."""
    rows = [f"What this change adds, beside {budget.statements:+,} statements:", "", "| | added | limit | |"]
    rows.append("|---|--:|--:|---|")
    for measure in MEASURES:
        added, limit = budget.added[measure], budget.limits[measure]
        rows.append(f"| {measure} | {added:+,} | {limit:,} | {'**over**' if added > limit else ''} |")
    return "\n".join(rows)


def _finding(page: Page, finding: Finding) -> str:
    where = code_span(f"{finding.path}:{finding.line}")
    head = f"**{finding.severity}** {where} {title(finding)}  \n{said(finding.message)}"
    parts = [head, *_excerpt(page, finding), *(said(remark) for remark in finding.remarks)]
    if finding.evidence:
        parts.append(_folded(_places(finding), _sites(finding.evidence)))
    return "\n\n".join(parts)


def _excerpt(page: Page, finding: Finding) -> Iterator[str]:
    """The line, as a difference where something is suggested."""
    if (shown := excerpt(page, finding, WIDTH)) is None:
        return
    if finding.suggestion is None:
        yield _fenced([shown.line], page.sources[finding.path].language)
    else:
        yield _fenced([f"- {shown.line}", f"+ {shown.after_edit(finding.suggestion)}"], "diff")


def _places(finding: Finding) -> str:
    number = len(finding.evidence)
    return f"{plural(number, 'place')} {'speaks' if number == 1 else 'speak'} for it"


def _sites(sites: tuple[Site, ...]) -> str:
    lines = [f"- {code_span(f'{site.path}:{site.line}')} {said(site.message)}" for site in sites[:SITES]]
    if more := len(sites) - SITES:
        lines += [f"- and {more:,} more"] if more > 0 else []
    return "\n".join(lines)


def _rest(findings: tuple[Finding, ...], room: int) -> str:
    """A row a finding, as many as fit."""
    rows = ["| | where | what |", "|---|---|---|"]
    room -= 500
    for number, finding in enumerate(findings):
        row = " | ".join((
            f"| {finding.severity} {finding.rule} ({finding.kind})",
            code_span(f"{finding.path}:{finding.line}"),
            f"{said(finding.message)} |",
        ))  # fmt: skip
        room -= len(row) + 1
        if room < 0:
            rows += ["", f"and {len(findings) - number:,} more; the report has them all"]
            break
        rows.append(row)
    return _folded(plural(len(findings), "more finding"), "\n".join(rows))


def _folded(summary: str, text: str) -> str:
    return f"<details><summary>{summary}</summary>\n\n{text}\n\n</details>"


def said(message: str) -> str:
    """A sentence of ours, in which code stands between backticks."""
    short = visible(message if len(message) <= LONGEST else f"{message[: LONGEST - 1]}…")
    parts = short.split("`")
    if len(parts) % 2 == 0:
        return _prose(short)
    return "".join(code_span(part) if at % 2 and part else _prose(part) for at, part in enumerate(parts))


def _prose(text: str) -> str:
    """Text in which no character means anything to Markdown, and that calls nobody by name."""
    shown = _SPECIAL.sub(lambda sign: f"&#{ord(sign[0])};", visible(text))
    return shown.replace("@", "&#64;&#8203;")


def code_span(text: str) -> str:
    """A code span, whatever backticks are inside; in a table a bar would end the cell, so it is an entity."""
    shown = visible(text)
    if "|" in shown:
        return f"<code>{_prose(shown)}</code>"
    ticks = "`" * (1 + _longest_run([shown]))
    pad = " " if shown[:1] in ("`", " ") or shown[-1:] in ("`", " ") else ""
    return f"{ticks}{pad}{shown}{pad}{ticks}"


def _fenced(lines: list[str], language: str) -> str:
    fence = "`" * max(3, 1 + _longest_run(lines))
    return "\n".join([f"{fence}{language}", *lines, fence])


def _longest_run(texts: Iterable[str]) -> int:
    return max((len(run) for text in texts for run in re.findall("`+", text)), default=0)
