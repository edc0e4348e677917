"""What real changes break in files that they do not touch: renamed, moved and deleted, staged and since a revision."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from spotter.cli import run

FILES = {
    "shop/__init__.py": "",
    "shop/client.py": "LIMIT = 3\n\n\ndef send(message, timeout=None):\n    return message, timeout\n",
    "shop/use.py": "from shop.client import LIMIT, send\n\n\ndef use(it):\n    return send(it, timeout=LIMIT)\n",
    "tools/run.py": "from shop.use import use\n\nuse(1)\n",
}
GONE = "`shop/client.py` is gone, from which `LIMIT` is imported"


def git(*arguments: str) -> None:
    who = ("-c", "user.name=alfa", "-c", "user.email=alfa@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *arguments], check=True, capture_output=True)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    monkeypatch.chdir(tmp_path)
    git("init", "-q", "-b", "main")
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    git("add", "-A")
    git("commit", "-q", "--no-verify", "-m", "a step")
    assert run(["check", ".", "--select", "SP2"]) == 0
    capsys.readouterr()
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[tuple[str, int, str]]]:
    capsys.readouterr()
    code = run(["check", "--select", "SP2", "--format", "json", *arguments])
    found: Any = json.loads(capsys.readouterr().out)
    return code, [(one["path"], one["line"], one["message"]) for one in found["findings"]]


def test_a_renamed_parameter_breaks_its_caller(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = FILES["shop/client.py"].replace("timeout", "wait")
    (checkout / "shop/client.py").write_text(text)
    git("add", "-A")
    broken = ("shop/use.py", 5, "`timeout` is no parameter of `send`, as `shop/client.py` has it")
    assert said(capsys, "--staged") == (1, [broken])
    assert said(capsys, "--since", "HEAD") == (1, [broken])
    assert said(capsys, "--since", "HEAD", "shop/client.py") == (0, [])  # nobody asked about the other
    (checkout / "shop/use.py").write_text(FILES["shop/use.py"].replace("timeout=", "wait="))
    git("add", "-A")
    assert said(capsys, "--staged") == (0, [])


def test_a_file_that_is_moved_or_deleted_breaks_its_importer(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    git("mv", "shop/client.py", "shop/klient.py")
    assert (checkout / "shop/klient.py").exists()
    assert said(capsys, "--staged") == (1, [("shop/use.py", 1, GONE)])
    git("rm", "-q", "-f", "shop/klient.py")
    assert said(capsys, "--staged") == (1, [("shop/use.py", 1, GONE)])
    assert run(["check", "--staged", "--select", "SP264"]) == 1
    assert "1 finding in 0 files, 0 lines; 1 of them fails the check." in capsys.readouterr().out


def test_the_whole_repository_says_what_is_broken_in_it(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (checkout / "tools/run.py").write_text("from shop.use import used\n\nused(1)\n")
    broken = ("tools/run.py", 1, "`used` is not in `shop/use.py`, from which it is imported")
    assert said(capsys, ".") == (1, [broken])
