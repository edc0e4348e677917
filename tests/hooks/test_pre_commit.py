"""The real hook, run by the real pre-commit in a throw-away repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", ".training", "build", "dist", "__pycache__", "*.egg-info", ".*cache")

SESSION = """\
class Session:
    def __init__(self) -> None:
        self.token: str | None = None

    def login(self) -> str:
        if self.token is None:
            raise ValueError("no token")
        return self.token.strip()

    def header(self) -> str:
        if self.token is not None:
            return self.token.strip()
        return ""

    def size(self) -> int:
        if self.token is None:
            return 0
        return len(self.token.strip())

    def key(self) -> str:
        if self.token is not None:
            return self.token.upper()
        return ""
"""
PLANTED = "\n    def logout(self) -> str:\n        return self.token.lower()\n"


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)


@pytest.fixture(scope="module")
def spotter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This tree as a repository that pre-commit can install from."""
    copy = tmp_path_factory.mktemp("from") / "spotter"
    shutil.copytree(ROOT, copy, symlinks=True, ignore=LEFT_OUT)
    git(copy, "init", "-q")
    git(copy, "add", "-A")
    git(copy, "commit", "-q", "-m", "the tree")
    git(copy, "tag", "v0")
    return copy


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps the environments that it makes."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with sound code in it, in a folder named like one of Spotter's own rooms."""
    git(tmp_path, "init", "-q")
    (tmp_path / "engine").mkdir()
    (tmp_path / "engine" / "session.py").write_text(SESSION)
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "a session")
    return tmp_path


@pytest.fixture
def hooked(repository: Path, spotter: Path, home: Path) -> Path:
    """The repository with both hooks installed as a person would."""
    (repository / ".pre-commit-config.yaml").write_text(
        f"repos:\n  - repo: {spotter}\n    rev: v0\n    hooks:\n      - id: spotter\n      - id: spotter-all\n"
    )
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "a hook")
    assert run(repository, home, *PRE_COMMIT, "install").returncode == 0
    return repository


PRE_COMMIT = (sys.executable, "-m", "pre_commit")
COMMIT = ("git", "-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false", "commit", "-m", "change")


def run(repository: Path, home: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}
    environment |= {"PRE_COMMIT_HOME": str(home), "PRE_COMMIT_COLOR": "never"}
    return subprocess.run(command, cwd=repository, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_a_planted_bug_is_found_on_trial(repository: Path, spotter: Path, home: Path) -> None:
    (repository / "engine" / "session.py").write_text(SESSION + PLANTED)
    git(repository, "add", "-A")
    tried = run(repository, home, *PRE_COMMIT, "try-repo", str(spotter), "spotter", "--verbose")
    assert tried.returncode == 1, tried.stdout + tried.stderr
    assert "engine/session.py:26:16: warning SP202 unchecked-nil" in tried.stdout


@pytest.mark.slow
@pytest.mark.parametrize("how", [("--all",), ("engine/session.py",)])
def test_a_planted_bug_stops_the_commit(hooked: Path, home: Path, how: tuple[str, ...]) -> None:
    (hooked / "engine" / "session.py").write_text(SESSION + PLANTED)
    stopped = run(hooked, home, *COMMIT, *how)
    assert stopped.returncode == 1, stopped.stdout + stopped.stderr
    assert "SP202" in stopped.stderr


@pytest.mark.slow
def test_a_bug_that_is_not_staged_does_not(hooked: Path, home: Path) -> None:
    (hooked / "engine" / "other.py").write_text("LIMIT = 10\n")
    git(hooked, "add", "-A")
    (hooked / "engine" / "session.py").write_text(SESSION + PLANTED)
    committed = run(hooked, home, *COMMIT)
    assert committed.returncode == 0, committed.stdout + committed.stderr
    assert "Passed" in committed.stderr


@pytest.mark.slow
def test_a_staged_file_that_cannot_be_read_stops_the_commit(hooked: Path, home: Path) -> None:
    (hooked / "broken.py").write_bytes(b"name = '\xff'\n")
    git(hooked, "add", "-A")
    stopped = run(hooked, home, *COMMIT)
    assert stopped.returncode == 1, stopped.stdout + stopped.stderr
    assert "SP001" in stopped.stderr
    assert "not valid UTF-8 in line 1" in stopped.stderr


@pytest.mark.slow
def test_the_whole_repository_is_checked_on_demand(hooked: Path, home: Path) -> None:
    (hooked / "engine" / "session.py").write_text(SESSION + PLANTED)
    git(hooked, "add", "-A")
    git(hooked, "commit", "-q", "--no-verify", "-m", "an old bug")
    found = run(hooked, home, *PRE_COMMIT, "run", "spotter-all", "--all-files", "--hook-stage", "manual")
    assert found.returncode == 1, found.stdout + found.stderr
    assert "SP202" in found.stdout
