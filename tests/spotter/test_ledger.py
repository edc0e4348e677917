from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from spotter import ledger
from spotter.errors import SpotterError

BAD = {"repository": "b", "state": "failed", "error": "no", "commit": None, "report": None, "seconds": 0.0}


def measured(name: str) -> dict[str, Any]:
    finding = {
        "rule": "SP201", "name": "nil-pressure", "kind": "fact", "severity": "note", "path": "a.py", "line": 3,
        "column": 1, "end_line": 3, "end_column": 2, "message": "é", "p_error": None, "fingerprint": "f", "rank": 1.0,
    }  # fmt: skip
    report = {"summary": {"files": 2, "lines": 30}, "findings": [finding]}
    return BAD | {"repository": name, "state": "measured", "error": None, "report": report, "seconds": 1.5}


def test_a_line_that_was_cut_off_is_taken_out_and_the_others_are_done(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "fleet.jsonl"
    assert ledger.begin(path) == frozenset()
    ledger.append(path, measured("a"))
    ledger.append(path, BAD)
    whole = path.read_bytes()
    with path.open("ab") as file:
        file.write(json.dumps(measured("c")).encode()[:40])
    assert ledger.begin(path) == {"a", "b"}
    assert path.read_bytes() == whole


@pytest.mark.parametrize("line", ["not json", "[]", '{"repository": "a"}'])
def test_another_file_is_an_error_with_its_line_and_stays_as_it_is(tmp_path: Path, line: str) -> None:
    path = tmp_path / "fleet.jsonl"
    ledger.append(path, BAD)
    path.write_text(f"{path.read_text()}{line}\n")
    with pytest.raises(SpotterError, match=r"fleet\.jsonl:2: not a row of a fleet"):
        ledger.begin(path)
    assert path.read_text().endswith(f"{line}\n")


def test_parquet_holds_the_same_rows_in_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pq = pytest.importorskip("pyarrow.parquet")
    monkeypatch.setattr(ledger, "GROUP", 2)
    for row in (measured("a"), BAD, measured("c")):
        ledger.append(tmp_path / "fleet.jsonl", row)
    ledger.parquet(tmp_path / "fleet.jsonl", tmp_path / "fleet.parquet")
    rows = pq.read_table(tmp_path / "fleet.parquet").to_pylist()
    assert [(row["repository"], row["state"], row["lines"]) for row in rows] == [
        ("a", "measured", 30),
        ("b", "failed", None),
        ("c", "measured", 30),
    ]
    assert [(one["rule"], one["message"]) for one in rows[0]["findings"]] == [("SP201", "é")]
    assert rows[1]["findings"] == []
