from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from spotter import assembly
from spotter.cli import run
from spotter.verdicts import FILE, read

TEXT = "def span(lo, hi):\n    return hi - lo\n"


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scorer: Any) -> Path:
    """A checkout with one file, and a scorer that suspects every `lo`."""
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / "a.py").write_text(TEXT)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(assembly, "Bundled", lambda: scorer)
    return tmp_path


def findings(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    capsys.readouterr()
    run(["check", "--format", "json"])
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["findings"]
    return found


def test_a_dismissed_finding_is_not_raised_again_while_the_code_there_is_the_same(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = findings(capsys)[0]
    assert run(["dismiss", first["fingerprint"], "--reason", "lo comes first in this house"]) == 0
    assert f"Dismissed SP101 unlikely-token at a.py:1 ({first['fingerprint']})" in capsys.readouterr().out
    assert [finding["line"] for finding in findings(capsys)] == [2]
    assert run(["check"]) == 1
    assert "1 silenced by verdicts" in capsys.readouterr().out
    (checkout / "a.py").write_text("import os\n\n\n" + TEXT)
    assert [finding["line"] for finding in findings(capsys)] == [5]
    (checkout / "a.py").write_text(TEXT.replace("span(lo", "span(by, lo"))
    assert [finding["line"] for finding in findings(capsys)] == [1, 2]


def test_a_finding_may_be_named_by_its_line_and_by_the_head_of_its_fingerprint(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    second = findings(capsys)[1]
    assert run(["dismiss", "a.py:1", "--reason", "meant"]) == 0
    assert run(["dismiss", second["fingerprint"][:8], "--reason", "meant"]) == 0
    assert findings(capsys) == []
    assert [(row.by, row.verdict, row.p_error) for row in read(checkout / FILE)] == [("person", "fine", 0.93)] * 2


@pytest.mark.usefixtures("checkout")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["dismiss", "abcdef12", "--reason", "x"], "abcdef12: no finding has this name now"),
        (["dismiss", "SP101", "--reason", "x"], "SP101: not a fingerprint"),
        (["dismiss", "none.py:3", "--reason", "x"], "none.py: no such file"),
        (["dismiss", "a.py:1", "--reason", " "], "a dismissal needs its reason"),
    ],
)
def test_a_wrong_name_is_one_line_and_exit_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert run(arguments) == 2
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == 1


@pytest.mark.usefixtures("checkout")
def test_the_precision_of_a_rule_is_what_was_judged_here(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["stats"]) == 0
    assert "Nothing was judged here yet" in capsys.readouterr().out
    run(["dismiss", "a.py:1", "--reason", "meant"])
    capsys.readouterr()
    assert run(["stats", "--format", "json"]) == 0
    (rule,) = json.loads(capsys.readouterr().out)
    assert (rule["rule"], rule["people"], rule["errors"], rule["precision"]) == ("SP101", 1, 0, 0.0)
    assert rule["bits"] < 0
    assert run(["stats"]) == 0
    row = capsys.readouterr().out.splitlines()[1].split()
    assert row == ["SP101", "unlikely-token", "1", "1", "0", "0.00", "0.93", f"{rule['bits']:.1f}"]


def test_a_damaged_file_of_verdicts_is_exit_2_with_its_line(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (checkout / ".spotter").mkdir(exist_ok=True)
    (checkout / FILE).write_text("<<<<<<< HEAD\n")
    assert run(["check"]) == 2
    assert "verdicts.jsonl:1: not a verdict" in capsys.readouterr().err
