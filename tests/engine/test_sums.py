from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from spotter.cli import run
from spotter.engine import spotting
from spotter.engine.sums import FILES, SUMS, bundled, fingerprint, record, verified
from spotter.errors import SpotterError


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A copy of the bundled weights."""
    folder = tmp_path / "weights"
    folder.mkdir()
    for name in (*FILES, SUMS):
        shutil.copyfile(bundled() / name, folder / name)
    return folder


def flip(path: Path, bit: int) -> None:
    """Change one bit."""
    data = bytearray(path.read_bytes())
    data[bit // 8 % len(data)] ^= 1 << bit % 8
    path.write_bytes(data)


def test_the_bundled_hashes_are_those_of_the_bundled_files_by_another_program() -> None:
    done = subprocess.run(["sha256sum", "--check", SUMS], cwd=bundled(), capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == [f"{name}: OK" for name in FILES]


@pytest.mark.parametrize("name", FILES)
def test_a_single_bit_that_differs_is_seen(weights: Path, name: str) -> None:
    assert len(verified(weights)[name]) == (weights / name).stat().st_size
    flip(weights / name, 1_234_567)
    with pytest.raises(SpotterError, match=rf"{name} is damaged \(.*\); reinstall spotter-lint$"):
        verified(weights)


def test_other_weights_have_another_name_once_they_are_recorded(weights: Path) -> None:
    before = fingerprint(weights)
    assert before == fingerprint(bundled())
    flip(weights / "calibration.json", 7)
    record(weights)
    assert fingerprint(weights) != before
    assert set(verified(weights)) == set(FILES)


def test_weights_that_cannot_be_read_are_one_line(weights: Path) -> None:
    (weights / SUMS).unlink()
    with pytest.raises(SpotterError, match=rf"{SUMS} is missing; reinstall spotter-lint$"):
        fingerprint(weights)
    (weights / SUMS).mkdir()
    with pytest.raises(SpotterError, match=rf"{SUMS} cannot be read \(is a directory\)"):
        verified(weights)


def test_a_check_with_changed_weights_is_one_line_and_ends_with_2(
    weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    flip(weights / "body.onnx", 80_000_000)
    monkeypatch.setattr(spotting, "bundled", lambda: weights)
    (tmp_path / "a.py").write_text("x = 1\n")
    assert run(["check", str(tmp_path / "a.py")]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "body.onnx is damaged" in said.err
