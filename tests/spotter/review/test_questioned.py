from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from spotter.questioned import main

BUGGY = (
    "def total(prices, rate):\n    found = 0\n    for price in prices:\n        found += price * rate\n    return {0}\n"
)
SOUND = "def mean(values):\n    if not values:\n        return 0.0\n    return sum(values) / len(values)\n"


@pytest.fixture
def suites(tmp_path: Path, models: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    assert models.is_dir()
    wrong, right = BUGGY.format("rate"), BUGGY.format("found")
    at = wrong.rindex("rate")
    bug = {
        "id": "1", "repo": "r", "commit": "c", "path": "a.py", "language": "python", "kind": "x", "core": True,
        "buggy_code": wrong, "fixed_code": right, "buggy_lines": [5], "bug_spans": [[at, at + 4]],
        "old_tokens": ["rate"], "new_tokens": ["found"], "func_range": [1, 5],
    }  # fmt: skip
    clean = {"id": "2", "repo": "r", "version": "1", "path": "b.py", "language": "python", "code": SOUND, "lines": 4}
    (tmp_path / "bugs.jsonl").write_text(json.dumps(bug) + "\n")
    (tmp_path / "clean.jsonl").write_text(json.dumps(clean) + "\n")
    monkeypatch.chdir(tmp_path)
    return str(tmp_path / "bugs.jsonl"), str(tmp_path / "clean.jsonl")


def asked(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    assert main([*arguments, "-m", "alfa", "--number", "3", "--format", "json"]) == 0
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return found


def test_a_reviewer_keeps_the_bugs_and_drops_the_false_alarms(
    suites: tuple[str, str], server: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    server.react = lambda prompt, _: server.answer(prompt, "error" if "total" in prompt else "fine", fix=None)
    before, after = asked(capsys, *suites)
    assert (before["functions"], before["errors"], before["buggy"], before["unusable"]) == (2, 2, 1, 0)
    assert (after["errors"], after["buggy"], after["unusable"]) == (1, 1, 0)
    assert before["hits"] == after["hits"]
    asked(capsys, *suites)
    assert len(server.asked) == 2  # what was answered is asked of nobody


def test_an_answer_of_no_use_is_no_error_and_is_counted(
    suites: tuple[str, str], server: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    server.react = lambda *_: "I like this code"
    _, after = asked(capsys, *suites)
    assert (after["errors"], after["unusable"]) == (0, 2)


def test_the_table_gives_shares(suites: tuple[str, str], server: Any, capsys: pytest.CaptureFixture[str]) -> None:
    server.react = lambda prompt, _: server.answer(prompt)
    assert main([*suites, "-m", "alfa", "--number", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert lines[1].split()[:4] == ["before", "2", "1", "(50"]


def test_an_unknown_model_is_one_line(suites: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*suites, "-m", "nobody"]) == 2
    assert "nobody: llm knows no such model" in capsys.readouterr().err
