"""A baseline: the findings of today, so that only new ones are shown. Sorted JSON lines without line numbers."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from spotter import confined
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
        except (ValueError, KeyError, TypeError, RecursionError) as error:
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
    try:
        confined.write(path, "".join(lines))
    except OSError as error:
        raise SpotterError(f"{path}: the baseline cannot be written ({error.strerror}); name another file") from error


def merged(old: Baseline, outcome: Outcome) -> Baseline:
    """The old rows and what this run found: a run over some files, rules or lines takes nothing away."""
    found = Counter((f.path, f.rule, f.fingerprint) for f in outcome.findings if f.rule not in NEVER)
    return Counter(old) | found


def pruned(old: Baseline, outcome: Outcome, exists: Iterable[str], judged: Callable[[str, str], bool]) -> Baseline:
    """The old rows without those of files that are gone, and without what a whole run over a file no longer found.

    A rule was looked for where it was judged, which is asked by path and rule.
    """
    checked = {file.path for file in outcome.files if file.extent != "none"}
    there = {*exists, *(file.path for file in outcome.files)}
    found = Counter((f.path, f.rule, f.fingerprint) for f in outcome.findings)
    left = {row: min(n, found[row]) if row[0] in checked and judged(row[0], row[1]) else n for row, n in old.items()}
    return {row: count for row, count in left.items() if count and row[0] in there}


def growth(old: Baseline, new: Baseline) -> Counter[Row]:
    """The rows that a new baseline has more of, with how many more."""
    return Counter(new) - Counter(old)


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
