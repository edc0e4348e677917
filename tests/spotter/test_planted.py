from __future__ import annotations

import json
from pathlib import Path

import pytest

from spotter.planted import main

SOUND = """\
def resize(image, width, height):
    if width is None:
        width = 3
    return image.scaled(width, height)


def thumbnail(image, width, height):
    return resize(image, width, height)


def poster(image, width, height):
    return resize(image, width, height)
"""


def test_a_planted_error_is_checked_among_the_other_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.py").write_text(SOUND.split("\n\n\n")[0] + "\n")
    (tmp_path / "b.py").write_text("\n\n\n".join(["from a import resize", *SOUND.split("\n\n\n")[1:]]))
    (tmp_path / "c.py").write_bytes(b"# -*- coding: no-such -*-\n")
    assert main([str(tmp_path), "--edits", "15", "--format", "json"]) == 0
    printed = capsys.readouterr()
    found = json.loads(printed.out)
    assert len(found) < 15
    assert "name more files" in printed.err
    assert "c.py: left out" in printed.err
    turned = [row for row in found if row["now"] == "height, width" and row["path"].endswith("b.py")]
    assert [row["said"] for row in turned] == [["SP262"]] * len(turned) != []
    assert not any(row["of_the_original"] for row in found)


def test_the_table_has_a_row_an_edit_and_the_totals(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.py").write_text(SOUND)
    assert main([str(tmp_path), "--edits", "5"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["kind", "place", "planted", "said", "of", "the", "original"]
    assert lines[-1].endswith("reported, 0 of their originals")


def test_a_missing_path_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "no.py")]) == 2
    assert capsys.readouterr().err.endswith("no.py: no such file; name Python files or folders of them\n")
