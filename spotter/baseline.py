"""A baseline: the findings of today, so that only new ones are shown. Sorted JSON lines without line numbers."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from spotter.errors import SpotterError
from spotter.findings import Held
from spotter.outcome import Outcome
from spotter.rules import NEVER

Row = tuple[str, str, str]  # path, rule, fingerprint
Baseline = Mapping[Row, int]


def read(path: Path) -> Baseline:
    """The counts of a baseline's rows; SpotterError when it is missing or malformed."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise SpotterError(f"{path}: no such baseline; write one with `spotter baseline`") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SpotterError(f"{path}: the baseline cannot be read ({error}); write it again") from error
    rows: Counter[Row] = Counter()
    for number, line in enumerate(lines, 1):
        try:
            raw = json.loads(line)
            row = (raw["path"], raw["rule"], raw["fingerprint"])
            count = raw["count"]
        except (ValueError, KeyError, TypeError) as error:
            raise SpotterError(f"{path}:{number}: not a row of a baseline; write it again") from error
        if not (all(isinstance(part, str) for part in row) and isinstance(count, int) and count > 0):
            raise SpotterError(f"{path}:{number}: not a row of a baseline; write it again")
        rows[row] += count
    return rows


def write(path: Path, rows: Baseline) -> None:
    """Write a baseline whole, or leave the old one."""
    lines = (
        json.dumps({"path": where, "rule": rule, "fingerprint": name, "count": count}, ensure_ascii=True) + "\n"
        for (where, rule, name), count in sorted(rows.items())
    )
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text("".join(lines), encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        raise SpotterError(f"{path}: the baseline cannot be written ({error.strerror}); name another file") from error


def updated(old: Baseline, outcome: Outcome, exists: Iterable[str]) -> Baseline:
    """The rows of the files that were checked as they are now, and the old rows of other files that still exist."""
    checked, there = {file.path for file in outcome.files}, set(exists)
    kept = {row: count for row, count in old.items() if row[0] in there - checked}
    return {**kept, **Counter((f.path, f.rule, f.fingerprint) for f in outcome.findings if f.rule not in NEVER)}


def without(outcome: Outcome, baseline: Baseline) -> Outcome:
    """The outcome without the findings that the baseline has; what could not be measured is never in it."""
    left = Counter(baseline)
    kept = []
    held = []
    for finding in outcome.findings:
        row = (finding.path, finding.rule, finding.fingerprint)
        if left[row] and finding.rule not in NEVER:
            left[row] -= 1
            held.append(Held(finding, "baseline"))
        else:
            kept.append(finding)
    return replace(outcome, findings=tuple(kept), held=(*outcome.held, *held))
