"""A person's word: `spotter dismiss` calls a finding fine, `spotter stats` says how often each rule was right here."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from spotter import verdicts
from spotter.checking import outcome_of
from spotter.errors import SpotterError
from spotter.findings import Finding
from spotter.request import Request, Scope, scope_of
from spotter.rules import NEVER, RULES
from spotter.verdicts import PERSON, Precision, Verdict
from spotter.visible import visible

FEWEST = 6  # digits of a fingerprint
HEAD = f"{'rule':<22} {'judged':>6} {'people':>6} {'errors':>6} {'precision':>9} {'claimed':>8} {'bits':>6}"


def dismiss(name: str, reason: str) -> str:
    """Record that a person calls a finding fine, named by its fingerprint or as PATH:LINE."""
    scope = scope_of(Request())
    finding = named(scope, name)
    record(scope, finding, PERSON, reason)
    return f"Dismissed {told(finding)}, while the code there is the same; commit {verdicts.FILE}."


def named(scope: Scope, name: str) -> Finding:
    """The one finding of this name; SpotterError where there is none or there are several."""
    where = re.fullmatch(r"(.+):(\d+)", name)
    if where is None and not re.fullmatch(rf"[0-9a-f]{{{FEWEST},}}", name):
        raise SpotterError(f"{name}: not a fingerprint ({FEWEST} hexadecimal digits or more) and not PATH:LINE")
    path = Path(where[1]) if where else scope.root
    findings = outcome_of(Request(paths=(path,)), scope, ())[1].findings
    if where is None:
        found = [finding for finding in findings if finding.fingerprint.startswith(name)]
    else:
        inside = path.resolve().relative_to(scope.root).as_posix() if path.resolve().is_relative_to(scope.root) else ""
        found = [f for f in findings if f.path == inside and f.line <= int(where[2]) <= f.end_line]
    if not found:
        raise SpotterError(f"{name}: no finding has this name now; `spotter check --format json` lists them")
    if len(found) > 1:
        several = "; ".join(f"{finding.fingerprint} {finding.rule}" for finding in found)
        raise SpotterError(f"{name}: {len(found)} findings have this name; choose one: {several}")
    return found[0]


def record(scope: Scope, finding: Finding, by: str, reason: str) -> None:
    """Write down that somebody calls a finding fine."""
    if not reason.strip():
        raise SpotterError("a dismissal needs its reason: --reason TEXT")
    if finding.rule in NEVER:
        raise SpotterError(f"{told(finding)} cannot be dismissed; `spotter explain {finding.rule}` says what to do")
    why = " ".join(reason.split())
    row = Verdict(finding.path, finding.rule, finding.fingerprint, by, "fine", why, None, finding.p_error)
    verdicts.write(scope.root / verdicts.FILE, verdicts.merged(scope.judged(), [row]))


def told(finding: Finding) -> str:
    """A finding in a few words."""
    where = f"{visible(finding.path)}:{finding.line}"
    return f"{finding.rule} {RULES[finding.rule].name} at {where} ({finding.fingerprint})"


def stats(form: str) -> str:
    """How often each rule was right here, as a table or as JSON."""
    measured = verdicts.precisions(scope_of(Request()).judged())
    return json.dumps([asdict(one) for one in measured], indent=2) if form == "json" else _table(measured)


def _table(measured: Sequence[Precision]) -> str:
    if not measured:
        return "Nothing was judged here yet; `spotter dismiss` and `spotter review` write verdicts."
    rows = [
        f"{one.rule} {RULES[one.rule].name if one.rule in RULES else '':<16}{one.people + one.models:>6} "
        f"{one.people:>6} {one.errors:>6} {one.precision:>9.2f} {_share(one.claimed):>8} {one.bits:>6.1f}"
        for one in measured
    ]
    return "\n".join(
        [
            HEAD,
            *rows,
            "",
            "precision: the share of the judged findings that were errors, a finding that only models judged counting a"
            " third;",
            "claimed: what P(error) was for them; bits: how far the rule's P(error) is moved here.",
        ]
    )


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"
