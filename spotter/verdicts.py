"""Verdicts: what people and reviewing models said about findings. Sorted JSON lines, meant to be committed.

A row is one judge's word about one finding, under the finding's fingerprint: it holds while the code there is the same.
A person's "fine" is a dismissal, and final. A model's word moves P(error) by some bits. And what was claimed of a
rule's findings, held against what was judged of them, moves all findings of that rule.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from math import log2
from pathlib import Path
from typing import Literal, get_args

from spotter import confined
from spotter.errors import SpotterError
from spotter.findings import Finding, Held, Severity, Suggestion
from spotter.rules import NEVER
from spotter.suspicions import RULE_OF, certain

FILE = ".spotter/verdicts.jsonl"
PERSON = "person"
AGENT = "agent"  # who wrote the code: its word is shown, and moves nothing
WORD = 3.0  # bits by which one model's word moves P(error): three bits are odds of eight to one
LOUDEST = 6.0  # bits, however many models agree
SHARE = 1 / 3  # of a person's word in what is measured of a rule, for a finding that only models judged
SHRINK = 8.0  # findings that must be judged before half of the difference to the claim is believed

Judgement = Literal["error", "fine"]


@dataclass(frozen=True, slots=True, order=True)
class Verdict:
    """A judge's word. The fix is what replaces the marked text; p_error is what was claimed before it was judged."""

    path: str
    rule: str
    fingerprint: str
    by: str
    verdict: Judgement
    why: str
    fix: str | None = None
    p_error: float | None = None


@dataclass(frozen=True, slots=True)
class Precision:
    """What was judged of a rule: findings by who decided them, how many were errors, and what had been claimed.

    Shares are weighed by who judged, None where there is nothing to weigh. The bits move the rule's findings; they are
    never above 0, since a check may not give more alerts than its settings allow.
    """

    rule: str
    people: int
    models: int
    errors: int
    precision: float
    claimed: float | None
    bits: float


def read(path: Path) -> tuple[Verdict, ...]:
    """The verdicts of a file, none where there is no file; SpotterError when it is malformed."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise SpotterError(f"{path}: the verdicts cannot be read ({error}); restore the file from git") from error
    return tuple(sorted({_row(line, f"{path}:{number}") for number, line in enumerate(lines, 1)}, key=_order))


def write(path: Path, verdicts: Iterable[Verdict]) -> None:
    """Write verdicts whole, or leave the old ones."""
    text = "".join(json.dumps(asdict(row), ensure_ascii=True) + "\n" for row in sorted(verdicts, key=_order))
    try:
        confined.write(path, text)
    except OSError as error:
        raise SpotterError(
            f"{path}: the verdicts cannot be written ({error.strerror}); mend its permissions"
        ) from error


def merged(old: Iterable[Verdict], new: Iterable[Verdict]) -> tuple[Verdict, ...]:
    """The verdicts, a judge's newer word about a finding in place of the older one."""
    rows = {(row.fingerprint, row.by): row for row in (*old, *new)}
    return tuple(sorted(rows.values(), key=_order))


def dismissed(said: Iterable[Verdict]) -> bool:
    """Whether a person called the finding fine."""
    return any(row.by == PERSON and row.verdict == "fine" for row in said)


def weighed(
    findings: Sequence[Finding], verdicts: Sequence[Verdict], threshold: float
) -> tuple[tuple[Finding, ...], tuple[Held, ...]]:
    """The findings with what the verdicts make of them, and those that they silence.

    A suspicion of a token is silenced where its P(error) falls to the threshold from which tokens are reported.
    """
    said = by_finding(verdicts)
    rules = {precision.rule: precision for precision in precisions(verdicts)}
    kept = []
    silenced = []
    for finding in findings:
        own = said.get(finding.fingerprint, ())
        moved = _moved(finding, own, rules.get(finding.rule))
        token = finding.rule in RULE_OF.values()
        unlikely = token and moved.p_error != finding.p_error and (moved.p_error or 0.0) <= threshold
        if unlikely or (dismissed(own) and finding.rule not in NEVER):
            reasons = [f"{row.by}: {row.why}" for row in own] or moved.remarks
            silenced.append(Held(finding, "verdict", "; ".join(reasons)))
        else:
            kept.append(moved)
    return tuple(kept), tuple(silenced)


def precisions(verdicts: Sequence[Verdict]) -> tuple[Precision, ...]:
    """What was judged of every rule, by code."""
    by_rule: dict[str, list[Sequence[Verdict]]] = defaultdict(list)
    for rows in by_finding(row for row in verdicts if row.by != AGENT).values():
        by_rule[rows[0].rule].append(rows)
    return tuple(_precision(rule, judged) for rule, judged in sorted(by_rule.items()))


def by_finding(verdicts: Iterable[Verdict]) -> Mapping[str, Sequence[Verdict]]:
    """The verdicts by fingerprint; where a person spoke, only theirs."""
    said: dict[str, list[Verdict]] = defaultdict(list)
    for row in sorted(verdicts, key=_order):
        said[row.fingerprint].append(row)
    people = {name: [row for row in rows if row.by == PERSON] for name, rows in said.items()}
    return {name: people[name] or rows for name, rows in said.items()}


def odds_moved(p: float, bits: float) -> float:
    """A probability after so many bits of evidence."""
    kept = min(max(p, 1e-6), 1 - 1e-6)
    return 1 / (1 + 2 ** -(log2(kept / (1 - kept)) + bits))


def _moved(finding: Finding, own: Sequence[Verdict], rule: Precision | None) -> Finding:
    remarks = [f"judged {row.verdict} by {row.by}: {row.why}" for row in own]
    if rule is not None and rule.bits:
        remarks.append(f"{rule.errors} of {rule.people + rule.models} judged findings of {rule.rule} here were errors")
    if not remarks:
        return finding
    told = replace(finding, remarks=tuple(remarks), suggestion=_suggestion(finding, own))
    if finding.p_error is None:
        return told
    p_error = round(odds_moved(finding.p_error, _word(own) + (rule.bits if rule else 0.0)), 6)
    return replace(told, p_error=p_error, severity=_severity(finding, p_error))


def _word(own: Sequence[Verdict]) -> float:
    said = sum(WORD if row.verdict == "error" else -WORD for row in own if row.by != AGENT)
    if any(row.by == PERSON for row in own):
        return LOUDEST
    return min(max(said, -LOUDEST), LOUDEST)


def _suggestion(finding: Finding, own: Sequence[Verdict]) -> Suggestion | None:
    fixes = [row.fix for row in own if row.verdict == "error" and row.fix is not None]
    if not fixes:
        return finding.suggestion
    return Suggestion("replace" if fixes[0] else "delete", fixes[0])


def _severity(finding: Finding, p_error: float) -> Severity:
    """By P(error); a place whose links are only guessed stays the note that it was."""
    if finding.severity == "note" and finding.rule not in RULE_OF.values():
        return "note"
    return certain(finding.rule, p_error)


def _precision(rule: str, judged: Sequence[Sequence[Verdict]]) -> Precision:
    weights = [1.0 if rows[0].by == PERSON else SHARE for rows in judged]
    wrong = [_is_error(rows) for rows in judged]
    precision = _mean([float(one) for one in wrong], weights)
    with_claim = [i for i, rows in enumerate(judged) if rows[0].p_error is not None]
    claimed, bits = None, 0.0
    if with_claim:
        some = [weights[i] for i in with_claim]
        claimed = _mean([judged[i][0].p_error or 0.0 for i in with_claim], some)
        errors = sum(weights[i] for i in with_claim if wrong[i])
        measured = (errors + SHRINK * claimed) / (sum(some) + SHRINK)
        bits = min(0.0, log2(measured / (1 - measured)) - log2(claimed / (1 - claimed))) if 0 < claimed < 1 else 0.0
    people = sum(rows[0].by == PERSON for rows in judged)
    return Precision(rule, people, len(judged) - people, sum(wrong), precision, claimed, round(bits, 3))


def _is_error(rows: Sequence[Verdict]) -> bool:
    """What most of the judges say; without a majority it is no error."""
    return 2 * sum(row.verdict == "error" for row in rows) > len(rows)


def _mean(values: Sequence[float], weights: Sequence[float]) -> float:
    return sum(value * weight for value, weight in zip(values, weights, strict=True)) / sum(weights)


def _order(row: Verdict) -> tuple[str, str, str, str]:
    return (row.path, row.rule, row.fingerprint, row.by)


def _row(line: str, where: str) -> Verdict:
    try:
        row = Verdict(**json.loads(line))
    except (ValueError, TypeError, RecursionError) as error:
        raise SpotterError(f"{where}: not a verdict; mend the line or take it out") from error
    texts = (row.path, row.rule, row.fingerprint, row.by, row.why)
    p_error = row.p_error is None or (isinstance(row.p_error, int | float) and 0 <= row.p_error <= 1)
    fix = row.fix is None or isinstance(row.fix, str)
    if not (all(isinstance(text, str) for text in texts) and row.verdict in get_args(Judgement) and p_error and fix):
        raise SpotterError(f"{where}: not a verdict; mend the line or take it out")
    return row
