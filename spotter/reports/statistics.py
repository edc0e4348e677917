"""How many findings each rule has: a table, instead of the findings themselves."""

from __future__ import annotations

from collections import Counter

from spotter.reports.page import Page
from spotter.reports.totals import extent, failing, held
from spotter.rules import RULES


def render(page: Page) -> str:
    """A row a rule, the most frequent first, and the sum; with how many fail and how many the baseline knows."""
    outcome = page.outcome
    found = Counter(finding.rule for finding in outcome.findings)
    failed = Counter(finding.rule for finding in failing(page))
    known = Counter(one.finding.rule for one in outcome.held if one.by == "baseline")
    rules = sorted(found.keys() | known.keys(), key=lambda rule: (-found[rule], rule))
    rows = [("findings", "fail", "known", "rule")]
    names = {r: f"{r} {RULES[r].name} ({RULES[r].kind})" for r in rules}
    rows += [(f"{found[r]:,}", f"{failed[r]:,}", f"{known[r]:,}", names[r]) for r in rules]
    rows.append((f"{found.total():,}", f"{failed.total():,}", f"{known.total():,}", "in all"))
    table = [f"{count:>8}  {fail:>5}  {old:>5}  {rule}" for count, fail, old, rule in rows]
    return "\n".join([*table, "; ".join([f"{extent(outcome)} checked", *held(outcome)]) + "."]) + "\n"
