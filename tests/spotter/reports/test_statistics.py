from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from spotter.cli import run
from spotter.findings import Finding, Held
from spotter.outcome import Measured, Outcome
from spotter.reports.page import Page
from spotter.reports.statistics import render

FOUND = Finding("SP101", "a.py", 1, 1, 1, 2, "x", "error", "suspicion", "")
NOTE = replace(FOUND, rule="SP221", severity="note", kind="fact")
FILES = (Measured("a.py", "python", 1200, "complete"),)


def test_a_row_a_rule_and_the_sum() -> None:
    held = (Held(FOUND, "baseline"), Held(replace(NOTE, rule="SP251"), "baseline"), Held(NOTE, "comment"))
    assert render(Page(Outcome(FILES, (FOUND, NOTE, NOTE), held), {})) == (
        "findings   fail  known  rule\n"
        "       2      0      0  SP221 condition-pressure (fact)\n"
        "       1      1      1  SP101 unlikely-token (suspicion)\n"
        "       0      0      1  SP251 similar-code (fact)\n"
        "       3      1      2  in all\n"
        "1 file, 1,200 lines checked; 1 suppressed; 2 in the baseline.\n"
    )


def test_the_command_prints_the_table_and_keeps_the_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.py").write_bytes(b"\xff\xfe\xfa")
    monkeypatch.chdir(tmp_path)
    assert run(["check", "--select", "SP2", "--statistics", "a.py"]) == 1
    assert "       1      1      0  SP001 not-measured (fact)\n" in capsys.readouterr().out
    assert run(["check", "--statistics", "--format", "json", "a.py"]) == 2
