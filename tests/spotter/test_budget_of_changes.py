"""The budget of real changes: staged, since a revision, renamed, step by step."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from spotter.cli import run

FUNCTION = "def {name}(row):\n" + "".join(f"    if row.kind == {n}:\n        go({n})\n" for n in range(15)) + "\n"
ASKED = ["check", "--select", "SP302", "--format", "json"]


def git(*arguments: str) -> str:
    who = ("-c", "user.name=alfa", "-c", "user.email=alfa@example.org", "-c", "commit.gpgsign=false")
    return subprocess.run(["git", *who, *arguments], check=True, capture_output=True, text=True).stdout.strip()


def commit() -> str:
    git("add", "-A")
    git("commit", "-q", "--no-verify", "-m", "a step")
    return git("rev-parse", "HEAD")


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    git("init", "-q", "-b", "main")
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "a.py").write_text(FUNCTION.format(name="alfa"))
    (tmp_path / "pkg" / "b.py").write_text(FUNCTION.format(name="bravo").replace("kind", "sort"))
    commit()
    return tmp_path


def report(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    capsys.readouterr()
    code = run([*ASKED, *arguments])
    return code, json.loads(capsys.readouterr().out)


def test_over_its_budget_a_commit_is_refused_with_what_added_it(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (checkout / "pkg" / "c.py").write_text("".join(FUNCTION.format(name=f"f{n}").replace("kind", n) for n in "xyz"))
    git("add", "-A")
    code, found = report(capsys, "--staged")
    assert code == 1
    (finding,) = found["findings"]
    assert (finding["rule"], finding["kind"], finding["path"]) == ("SP302", "fact", "pkg/c.py")
    assert finding["message"].startswith("this change adds 45 decisions, 5 over the limit of 40: ")
    assert [site["message"] for site in finding["evidence"]] == [f"`f{n}` +15 decisions" for n in "xyz"]
    assert found["summary"]["budget"]["added"]["decisions"] == 45
    assert report(capsys, "--staged", "--budget", "decisions=45")[0] == 0
    (checkout / ".spotter.toml").write_text("budget = {decisions = 45}\n")
    assert report(capsys, "--staged")[0] == 0


@pytest.mark.usefixtures("checkout")
def test_a_rename_only_commit_has_no_budget(capsys: pytest.CaptureFixture[str]) -> None:
    git("mv", "pkg", "moved")
    code, found = report(capsys, "--staged", "--budget", "decisions=0,origins=0,repeats=0,copies=0")
    assert (code, set(found["summary"]["budget"]["added"].values())) == (0, {0})
    commit()
    found = report(capsys, "--since", "HEAD~1")[1]
    assert found["summary"]["budget"] == {
        "statements": 0,
        "added": {"decisions": 0, "origins": 0, "repeats": 0, "copies": 0},
        "limits": {"decisions": 40, "origins": 12, "repeats": 4, "copies": 2},
        "shares": [],
    }


def test_a_deleted_file_is_a_credit_for_what_comes_with_it(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git("rm", "-q", "pkg/b.py")
    (checkout / "pkg" / "c.py").write_text(FUNCTION.format(name="carl"))
    git("add", "-A")
    assert report(capsys, "--staged")[1]["summary"]["budget"]["added"]["decisions"] == 0


def test_the_steps_of_a_branch_add_up_and_the_index_is_what_counts(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start = git("rev-parse", "HEAD")
    steps = []
    for name in ("carl", "dora"):
        (checkout / "pkg" / f"{name}.py").write_text(FUNCTION.format(name=name))
        git("add", "-A")
        (checkout / "pkg" / f"{name}.py").write_text("x = 1\n")
        steps.append(report(capsys, "--staged")[1]["summary"]["budget"]["added"]["decisions"])
        git("checkout", "-q", "--", ".")
        commit()
    (checkout / "pkg" / "new.py").write_text(FUNCTION.format(name="new"))
    whole = report(capsys, "--since", start)[1]["summary"]["budget"]["added"]["decisions"]
    assert (steps, whole) == ([15, 15], 45)


@pytest.mark.usefixtures("checkout")
def test_a_check_of_no_change_has_no_budget(capsys: pytest.CaptureFixture[str]) -> None:
    assert report(capsys)[1]["summary"]["budget"] is None


@pytest.mark.usefixtures("checkout")
@pytest.mark.parametrize("limit", ["decisions", "decisions=-1", "lines=3", "decisions=many"])
def test_a_limit_that_is_none_is_exit_2(capsys: pytest.CaptureFixture[str], limit: str) -> None:
    assert run(["check", "--staged", "--budget", limit]) == 2
    assert "--budget takes whole numbers from 0 for decisions, origins, repeats, copies" in capsys.readouterr().err


@pytest.mark.usefixtures("checkout")
def test_a_broken_limit_in_the_settings_is_exit_2(capsys: pytest.CaptureFixture[str]) -> None:
    Path(".spotter.toml").write_text("budget = 40\n")
    assert run(["check", "--staged"]) == 2
    assert ".spotter.toml: budget takes whole numbers" in capsys.readouterr().err


def test_a_file_that_cannot_be_read_after_the_change_is_no_credit(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (checkout / "pkg" / "b.py").write_bytes(b"x = 1\0\n")
    code, found = report(capsys, "--since", "HEAD")
    assert (code, found["summary"]["budget"]["added"]["decisions"]) == (1, 0)
