from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from spotter import repositories
from spotter.cli import run
from spotter.repositories import Chosen, Repository, row_of

NIL = "class A:\n    x = None\n\n" + "".join(f"    def f{n}(self):\n        assert self.x\n" for n in range(6))


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "alfa"
    folder.mkdir()
    (folder / "a.py").write_text(NIL + "lo = 1\n")
    (folder / ".spotter.toml").write_text('ignore = ["SP3"]\n')
    for command in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-qm", "a"],
    ):
        subprocess.run(["git", "-C", folder, *command], check=True)
    return folder


def test_a_row_holds_what_a_check_of_the_folder_says(
    checkout: Path, scorer: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(checkout.parent)
    row = row_of(Repository.named("alfa"), Chosen(), scorer)
    assert (row["state"], row["error"], len(row["commit"])) == ("measured", None, 40)
    assert {finding["rule"] for finding in row["report"]["findings"]} == {"SP101", "SP201"}
    chosen = row_of(Repository.named("alfa"), Chosen(("SP2",)), scorer)["report"]
    capsys.readouterr()
    run(["check", "alfa", "--select", "SP2", "--format", "json"])
    assert chosen == json.loads(capsys.readouterr().out)


def test_an_address_is_cloned_and_the_clone_goes_again(
    checkout: Path, scorer: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    here, there = Repository.named(str(checkout)), Repository.named(checkout.as_uri())
    assert (here.remote, there.remote, there.bytes()) == (False, True, None)
    assert here.bytes() == len(NIL) + 7
    first, second = (row_of(one, Chosen(), scorer) for one in (here, there))
    assert first["report"] == second["report"]
    assert first["commit"] == second["commit"]
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("nowhere", "neither a folder nor an address that git clones"),
        ("file:///nowhere", "git clone failed"),
        ("--upload-pack=x", "neither a folder"),
        ("ext::sh -c true", "neither a folder"),
    ],
)
def test_what_cannot_be_had_is_a_row_with_the_reason(name: str, reason: str, scorer: Any) -> None:
    row = row_of(Repository.named(name), Chosen(), scorer)
    assert (row["repository"], row["state"], row["report"]) == (name, "failed", None)
    assert reason in row["error"]


def test_a_mistake_of_ours_is_a_row_too(checkout: Path, scorer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repositories, "check", lambda *_: 1 / 0)
    assert row_of(Repository.named(str(checkout)), Chosen(), scorer)["error"] == "ZeroDivisionError: division by zero"
