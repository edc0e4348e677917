"""The real hooks, run by the real pre-commit and the real git in throw-away repositories, without a network."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent.parent
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", ".training", "build", "dist", "__pycache__", "*.egg-info", ".*cache")
PRE_COMMIT = (sys.executable, "-m", "pre_commit")
WHO = ("-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false", "-c", "protocol.file.allow=always")
CLOSED = "http://127.0.0.1:9"  # nothing listens there

SESSION = (Path(__file__).parent / "session.txt").read_text(encoding="utf-8")
PLANTED = "\n    def logout(self) -> str:\n        return self.token.lower()\n"
SAID = "engine/session.py:26:16: warning SP202 unchecked-nil"


@dataclass(frozen=True)
class Checkout:
    """A repository, and how its owner calls git and pre-commit in it."""

    folder: Path
    environment: dict[str, str]

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )

    def git(self, *arguments: str) -> str:
        """Git without hooks."""
        done = self.run("git", *WHO, "-c", "core.hooksPath=/nowhere", *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def write(self, name: str, text: str) -> None:
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_text(text)

    def commits(self, *how: str) -> str:
        """What a commit says that goes through."""
        done = self.run("git", *WHO, "commit", "-m", "change", *how)
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stderr.count("spotter..") == 1
        return done.stderr

    def is_stopped(self, *how: str) -> str:
        """What a commit says that is stopped by a finding; nothing is committed, nothing that was written is lost."""
        before, status = self.heads(), self.git("status", "--porcelain")
        done = self.run("git", *WHO, "commit", "-m", "change", *how)
        assert done.returncode == 1, done.stdout + done.stderr
        assert (self.heads(), self.git("status", "--porcelain")) == (before, status)
        return done.stderr

    def heads(self) -> str:
        return self.run("git", "rev-parse", "HEAD").stdout


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}
    home = tmp_path_factory.mktemp("home")
    return kept | {"PRE_COMMIT_HOME": str(home), "PRE_COMMIT_COLOR": "never", "GIT_CONFIG_GLOBAL": os.devnull}


@pytest.fixture(scope="module")
def spotter(tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Path:
    """This tree as a repository that pre-commit can install from."""
    copy = tmp_path_factory.mktemp("from") / "spotter"
    shutil.copytree(ROOT, copy, symlinks=True, ignore=LEFT_OUT)
    here = Checkout(copy, environment)
    here.git("init", "-q")
    here.git("add", "-A")
    here.git("commit", "-q", "-m", "the tree")
    here.git("tag", "v0.1.0")
    return copy


@pytest.fixture(scope="module")
def snippet(spotter: Path) -> str:
    """The README's own snippet, with a place to get Spotter from."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("\n## The hook\n")[1]
    found = re.search(r"```yaml\n(.*?)```", section, re.DOTALL)
    assert found is not None
    return "repos:\n" + found[1].replace("REPOSITORY", str(spotter))


@pytest.fixture(scope="module")
def offline(snippet: str, environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which the hooks are installed and the network is gone."""
    first = Checkout(tmp_path_factory.mktemp("first"), environment)
    first.git("init", "-q")
    first.write(".pre-commit-config.yaml", snippet)
    done = first.run(*PRE_COMMIT, "install-hooks")
    assert done.returncode == 0, done.stdout + done.stderr
    closed = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "PIP_INDEX_URL"), CLOSED)
    return environment | closed | {"PIP_NO_INDEX": "1"}


@pytest.fixture
def bare(tmp_path: Path, offline: dict[str, str], snippet: str) -> Checkout:
    """A repository without a commit, the hooks installed as a person would, in a folder named like one of our rooms."""
    repository = Checkout(tmp_path / "engine", offline)
    repository.folder.mkdir()
    repository.git("init", "-q", "-b", "main")
    repository.write(".pre-commit-config.yaml", snippet)
    done = repository.run(*PRE_COMMIT, "install", "--hook-type", "pre-commit", "--hook-type", "pre-push")
    assert done.returncode == 0, done.stdout + done.stderr
    return repository


@pytest.fixture
def hooked(bare: Checkout) -> Checkout:
    """A repository with sound code in it."""
    bare.write("engine/session.py", SESSION)
    bare.write("engine/other.py", "LIMIT = 10\n")
    bare.git("add", "-A")
    bare.git("commit", "-q", "-m", "a session")
    return bare


def test_a_planted_bug_is_found_on_trial(hooked: Checkout, spotter: Path, environment: dict[str, str]) -> None:
    hooked.write("engine/session.py", SESSION + PLANTED)
    hooked.git("add", "-A")
    hooked.run(*PRE_COMMIT, "uninstall")
    (hooked.folder / ".pre-commit-config.yaml").unlink()
    tried = Checkout(hooked.folder, environment).run(
        *PRE_COMMIT, "try-repo", str(spotter), "spotter", "--ref", "v0.1.0", "--verbose"
    )
    assert tried.returncode == 1, tried.stdout + tried.stderr
    assert SAID in tried.stdout


@pytest.mark.parametrize("how", [("--all",), ("engine/session.py",)])
def test_a_planted_bug_stops_the_commit(hooked: Checkout, how: tuple[str, ...]) -> None:
    hooked.write("engine/session.py", SESSION + PLANTED)
    assert SAID in hooked.is_stopped(*how)


def test_of_a_file_that_is_staged_in_part_that_part_is_judged(hooked: Checkout) -> None:
    hooked.write("engine/session.py", SESSION.replace("no token", "no token yet"))
    hooked.git("add", "-A")
    hooked.write("engine/session.py", SESSION.replace("no token", "no token yet") + PLANTED)
    assert "Passed" in hooked.commits()
    assert (hooked.folder / "engine/session.py").read_text().endswith(PLANTED)

    hooked.git("add", "-A")
    hooked.write("engine/session.py", SESSION)
    assert SAID in hooked.is_stopped()
    assert (hooked.folder / "engine/session.py").read_text() == SESSION


def test_a_renamed_file_is_judged_by_what_changed_in_it(hooked: Checkout) -> None:
    hooked.write("engine/session.py", SESSION + PLANTED)
    hooked.git("commit", "-q", "--all", "-m", "an old bug")
    hooked.git("mv", "engine/session.py", "engine/moved.py")
    assert "Passed" in hooked.commits()

    hooked.git("mv", "engine/moved.py", "engine/again.py")
    hooked.write("engine/again.py", (SESSION + PLANTED).replace("self.token.lower()", "self.token.title()"))
    assert "engine/again.py:26:16: warning SP202" in hooked.is_stopped("--all")


def test_a_deletion_is_no_finding(hooked: Checkout) -> None:
    hooked.git("rm", "-q", "engine/other.py")
    assert "Skipped" in hooked.commits()
    hooked.git("rm", "-q", "engine/session.py")
    hooked.write("engine/new.py", "LIMIT = 11\n")
    hooked.git("add", "-A")
    assert "Passed" in hooked.commits()


def test_in_a_merge_what_is_resolved_is_judged_and_not_what_a_side_brings(hooked: Checkout) -> None:
    hooked.git("switch", "-q", "-c", "theirs")
    hooked.write("engine/session.py", SESSION + PLANTED)
    hooked.write("engine/other.py", "LIMIT = 12\n")
    hooked.git("commit", "-q", "--all", "-m", "theirs, with an old bug")
    hooked.git("switch", "-q", "main")
    hooked.write("engine/other.py", "LIMIT = 11\n")
    hooked.git("commit", "-q", "--all", "-m", "ours")
    assert hooked.run("git", *WHO, "merge", "theirs").returncode == 1

    hooked.write("engine/other.py", "LIMIT = 13\n")
    hooked.write("engine/session.py", SESSION + PLANTED.replace("lower", "title"))
    assert SAID in hooked.is_stopped("--all")
    hooked.write("engine/session.py", SESSION + PLANTED)
    assert "Passed" in hooked.commits("--all")
    assert len(hooked.git("rev-list", "--parents", "-1", "HEAD").split()) == 3


def test_a_worktree_is_judged_by_its_own_index(hooked: Checkout, tmp_path: Path) -> None:
    hooked.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    hooked.write("engine/session.py", SESSION + PLANTED)
    hooked.git("add", "-A")
    side = Checkout(tmp_path / "side", hooked.environment)
    side.write("engine/other.py", "LIMIT = 11\n")
    assert "Passed" in side.commits("--all")
    side.write("engine/session.py", SESSION + PLANTED)
    assert SAID in side.is_stopped("--all")


def test_a_submodule_is_a_repository_of_its_own(hooked: Checkout, tmp_path: Path, snippet: str) -> None:
    inner = Checkout(tmp_path / "inner", hooked.environment)
    inner.folder.mkdir()
    inner.git("init", "-q", "-b", "main")
    inner.write(".pre-commit-config.yaml", snippet)
    inner.write("engine/session.py", SESSION + PLANTED)
    inner.git("add", "-A")
    inner.git("commit", "-q", "-m", "an old bug")
    hooked.git("submodule", "--quiet", "add", str(inner.folder), "inside")
    hooked.write("engine/other.py", "LIMIT = 11\n")
    assert "Passed" in hooked.commits("--all")

    inside = Checkout(hooked.folder / "inside", hooked.environment)
    assert inside.run(*PRE_COMMIT, "install").returncode == 0
    inside.write("engine/session.py", SESSION)
    assert "Passed" in inside.commits("--all")
    inside.write("engine/session.py", SESSION + PLANTED)
    assert SAID in inside.is_stopped("--all")


def test_on_a_detached_head_a_commit_is_judged(hooked: Checkout) -> None:
    hooked.git("checkout", "-q", "--detach")
    hooked.write("engine/other.py", "LIMIT = 11\n")
    assert "Passed" in hooked.commits("--all")
    hooked.write("engine/session.py", SESSION + PLANTED)
    assert SAID in hooked.is_stopped("--all")


def test_the_first_commit_is_judged(bare: Checkout) -> None:
    bare.write("engine/session.py", SESSION + PLANTED)
    bare.git("add", "-A")
    assert SAID in bare.is_stopped()
    bare.write("engine/session.py", SESSION)
    bare.git("add", "-A")
    assert "Passed" in bare.commits()


def test_a_staged_file_that_cannot_be_read_stops_the_commit(hooked: Checkout) -> None:
    (hooked.folder / "broken.py").write_bytes(b"name = '\xff'\n")
    hooked.git("add", "-A")
    said = hooked.is_stopped()
    assert "SP001" in said
    assert "not valid UTF-8 in line 1" in said


def test_the_whole_repository_is_checked_before_a_push_and_on_demand(hooked: Checkout, tmp_path: Path) -> None:
    hooked.git("init", "-q", "--bare", str(tmp_path / "far"))
    hooked.git("remote", "add", "origin", str(tmp_path / "far"))
    pushed = hooked.run("git", "push", "origin", "main")
    assert pushed.returncode == 0, pushed.stdout + pushed.stderr
    assert "spotter (whole repository)" in pushed.stdout + pushed.stderr

    hooked.write("engine/session.py", SESSION + PLANTED)
    hooked.git("commit", "-q", "--all", "-m", "an old bug")
    stopped = hooked.run("git", "push", "origin", "main")
    assert stopped.returncode == 1, stopped.stdout + stopped.stderr
    assert SAID in stopped.stdout + stopped.stderr
    found = hooked.run(*PRE_COMMIT, "run", "spotter-full", "--all-files", "--hook-stage", "manual")
    assert found.returncode == 1, found.stdout + found.stderr
    assert SAID in found.stdout
