"""The report as SARIF 2.1.0, with what GitHub's code scanning reads: one-line regions, hashes, precision by rule."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from spotter import __version__
from spotter.findings import Finding, Held, Site
from spotter.reports.page import Page
from spotter.rules import RULES, Rule
from spotter.visible import visible

SCHEMA = "https://json.schemastore.org/sarif-2.1.0-rtm.5.json"
SITES = 100  # related locations that GitHub keeps of a result
COUNTED = ("SP001", "SP002", "SP003", "SP302")  # counted, not guessed
READ = {  # right of how many in tests/readings.tsv, readings_new.tsv and readings_unseen.tsv
    "SP201": (37, 52),
    "SP202": (8, 34),
    "SP211": (16, 24),
    "SP212": (2, 15),
    "SP221": (25, 30),
    "SP222": (17, 100),
    "SP231": (53, 56),
    "SP232": (2, 20),
    "SP241": (28, 35),
    "SP242": (2, 30),
    "SP251": (65, 70),
    "SP252": (7, 23),
    "SP262": (8, 38),
    "SP263": (37, 54),
    "SP264": (116, 116),
    "SP265": (29, 29),
    "SP301": (21, 23),
}
PRECISIONS = ((0.9, "very-high"), (0.75, "high"), (0.5, "medium"), (0.0, "low"))


def render(page: Page) -> str:
    """One run with every rule, the findings strongest first, and what was held back as suppressed."""
    outcome = page.outcome
    rules = [_rule(rule) for rule in RULES.values()]
    notes = [{"level": "note", "message": {"text": note}} for note in outcome.notes]
    run = {
        "tool": {"driver": {"name": "Spotter", "semanticVersion": __version__, "rules": rules}},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": outcome.measured != "none", "toolExecutionNotifications": notes}],
        "results": [_result(page, finding) for finding in outcome.findings]
        + [_result(page, held.finding, (held,)) for held in outcome.held],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def precision(rule: Rule) -> str:
    """How often the rule was right where its findings were read; one that nobody has read counts as low."""
    if rule.code in COUNTED:
        return "very-high"
    right, read = READ.get(rule.code, (0, 0))
    share = right / (read + 1)  # as if one more had been wrong
    return next(name for least, name in PRECISIONS if share >= least)


def _rule(rule: Rule) -> dict[str, Any]:
    paragraphs = rule.text.split("\n\n")
    short, why = (part.partition("\n")[2] for part in paragraphs[:2])
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": short},
        "fullDescription": {"text": f"{short} {why}"},
        "help": {"text": rule.text},
        "defaultConfiguration": {"level": rule.severity},
        "properties": {
            "tags": [rule.kind],
            "precision": precision(rule),
            "problem.severity": "recommendation" if rule.severity == "note" else rule.severity,
        },
    }


def _result(page: Page, finding: Finding, held: Sequence[Held] = ()) -> dict[str, Any]:
    region = {
        "startLine": finding.line,
        "startColumn": finding.column,
        "endLine": finding.line,
        "endColumn": page.end_column(finding),
    }
    sites = [_site(number, site) for number, site in enumerate(finding.evidence[:SITES], 1)]
    return {
        "ruleId": finding.rule,
        "ruleIndex": list(RULES).index(finding.rule),
        "level": finding.severity,
        "message": {"text": visible(finding.message)},
        "locations": [{"physicalLocation": {"artifactLocation": _artifact(finding.path), "region": region}}],
        "partialFingerprints": {"primaryLocationLineHash": finding.fingerprint},
        **({"relatedLocations": sites} if sites else {}),
        **({"rank": round(100 * finding.p_error, 4)} if finding.p_error is not None else {}),
        "suppressions": [_suppression(one) for one in held],
    }


def _suppression(held: Held) -> dict[str, str]:
    kind = "inSource" if held.by == "comment" else "external"
    return {"kind": kind, "status": "accepted", "justification": visible(held.reason) or f"by a {held.by}"}


def _site(number: int, site: Site) -> dict[str, Any]:
    return {
        "id": number,
        "message": {"text": visible(site.message)},
        "physicalLocation": {"artifactLocation": _artifact(site.path), "region": {"startLine": site.line}},
    }


def _artifact(path: str) -> dict[str, str]:
    return {"uri": quote(os.fsencode(path))}
