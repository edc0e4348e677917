"""Spotter on Spotter: nothing in its design fails a check, and every comment that silences a finding was read."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from spotter.cli import run
from spotter.reading import suffixes
from spotter.source import Source
from spotter.suppression import suppressions
from spotter.syntax import parse

ROOT = Path(__file__).parent.parent
ROOMS = ("engine", "hooks", "kernels", "metrics", "spotter", "tests")
READ: set[tuple[str, str, str]] = set()  # paths, codes and reasons: who adds a comment that silences has read it


def test_nothing_in_its_design_fails_a_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for room in ROOMS:
        shutil.copytree(ROOT / room, tmp_path / room, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.chdir(tmp_path)
    assert run(["check", ".", "--select", "SP2,SP3", "--format", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["summary"]["lines"] > 40_000
    assert {file["measured"] for file in report["files"]} <= {"complete", "partial"}


def test_every_comment_that_silences_was_read() -> None:
    found = set()
    for room in ROOMS[:-1]:
        for path in (ROOT / room).rglob("*"):
            if path.suffix in suffixes() and not path.name.endswith(".min.js"):
                source = Source("a", path.read_text(encoding="utf-8"), suffixes()[path.suffix])
                name = str(path.relative_to(ROOT))
                found |= {(name, ",".join(one.codes), one.reason) for one in suppressions(parse(source))}
    assert found == READ
