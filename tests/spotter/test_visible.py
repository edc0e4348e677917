from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from spotter.visible import LACKING, wrapped


@pytest.mark.parametrize(
    ("page", "shown"), [("cp437", "a... -1 \\u6f22"), ("cp1252", "a… -1 \\u6f22"), ("utf-8", "a… −1 漢")]
)
def test_a_code_page_gets_the_signs_that_it_has(page: str, shown: str) -> None:
    assert "a… −1 漢".encode(page, LACKING).decode(page) == shown


@pytest.mark.parametrize(
    ("text", "width", "rows"),
    [
        ("  alfa bravo charlie", 0, ["  alfa bravo charlie"]),
        ("  alfa bravo charlie", 20, ["  alfa bravo charlie"]),
        ("  alfa bravo charlie", 19, ["  alfa bravo", "    charlie"]),
        ("alfa " + "b" * 30 + " charlie", 12, ["alfa", "    " + "b" * 30, "    charlie"]),
        ("漢字 漢字 漢字", 9, ["漢字 漢字", "    漢字"]),
        ("", 9, [""]),
    ],
)
def test_a_line_is_broken_between_words_and_goes_on_further_in(text: str, width: int, rows: list[str]) -> None:
    assert wrapped(text, width, "    ") == rows


def test_a_long_line_is_printed_on_a_windows_code_page(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"x = " + b"1 + " * 200 + b"\xff")
    environment = os.environ | {"PYTHONIOENCODING": "cp437"}
    command = [sys.executable, "-m", "spotter", "check", "--select", "SP2", "a.py"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False)
    assert done.returncode == 1, done.stderr
    assert b"\\u2026" not in done.stdout
