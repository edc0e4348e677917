"""`spotter ci` in real clones, with the variables that runners set, and a small server in the place of theirs."""

from __future__ import annotations

import json
import os
import shutil
import site
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import parse

import pytest
import yaml

from spotter.cli import run
from spotter.hooks.ci import ADVISES
from spotter.hooks.comment import MARK

ROOT = Path(__file__).parent.parent.parent
SESSION = (Path(__file__).parent / "session.txt").read_text(encoding="utf-8")
PLANTED = "\n    def logout(self) -> str:\n        return self.token.lower()\n"
ANNOTATION = "::warning title=SP202 unchecked-nil (suspicion),file=session.py,line=26,endLine=26,col=16,endColumn=26::"
SHALLOW = "this clone is shallow: fetch more history (git fetch --unshallow)"


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false")
    command = ["git", "-C", str(folder), *who, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def far(tmp_path: Path) -> Path:
    """A repository with a sound `main`, and a branch `change` with a planted bug."""
    folder = tmp_path / "far"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    (folder / "session.py").write_text(SESSION)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "a session")
    git(folder, "switch", "-q", "-c", "change")
    (folder / "session.py").write_text(SESSION + PLANTED)
    git(folder, "commit", "-q", "-a", "-m", "a bug")
    return folder


@pytest.fixture(autouse=True)
def _on_no_runner(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("GITHUB_", "GITLAB_", "CI_"))]:
        monkeypatch.delenv(name)


@pytest.fixture
def clone(far: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Clone a branch and go there."""

    def clone(branch: str = "change", depth: int = 0) -> Path:
        here = tmp_path / "here"
        how = (f"--depth={depth}", "--no-single-branch") if depth else ()
        git(tmp_path, "clone", "-q", *how, "--branch", branch, f"file://{far}", str(here))
        monkeypatch.chdir(here)
        return here

    return clone


@pytest.fixture
def on_github(far: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The variables of a pull request's run."""
    base = git(far, "rev-parse", "main")
    event = {"pull_request": {"number": 7, "base": {"sha": base}}, "repository": {"default_branch": "main"}}
    (tmp_path / "event.json").write_text(json.dumps(event))
    variables = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
        "GITHUB_BASE_REF": "main",
        "GITHUB_REPOSITORY": "some/thing",
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return variables


def ci(*arguments: str) -> int:
    return run(["ci", "--select", "SP2", *arguments])


def test_a_pull_request_is_judged_from_its_base(
    clone: Callable[..., Path], on_github: dict[str, str], far: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clone()
    Path(on_github["GITHUB_STEP_SUMMARY"]).write_text("# An earlier step\n")
    assert ci() == 1
    said = capsys.readouterr()
    assert said.out.startswith(ANNOTATION)
    base = git(far, "rev-parse", "main")
    assert said.err == f"spotter ci: GitHub Actions, pull_request: lines changed since {base}\n"
    summary = Path(on_github["GITHUB_STEP_SUMMARY"]).read_text()
    assert summary.startswith("# An earlier step\n### Spotter: 1 finding")


@pytest.mark.usefixtures("on_github")
def test_a_shallow_clone_says_so_names_what_is_checked_instead_and_fails_nothing(
    clone: Callable[..., Path], far: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (far / "unseen.py").write_text("x = 1\n")
    git(far, "add", "-A")
    git(far, "commit", "-q", "-m", "later")
    clone(depth=1)
    assert ci("--report", "junit=spotter.xml") == 0
    said = capsys.readouterr()
    first, second, third = said.err.splitlines()
    base = git(far, "rev-parse", "main")
    assert first == f"spotter ci: {base}: it has no commit in common with HEAD; {SHALLOW}"
    assert second.startswith("spotter ci: origin/main: ")
    advice = "fetch-depth: 0 in actions/checkout brings its base"
    assert third == f"spotter ci: GitHub Actions, pull_request: {ADVISES}; {advice}"
    assert said.out.startswith(ANNOTATION)
    assert f"{ADVISES}; {advice}" in (tmp_path / "summary.md").read_text()
    assert parse("spotter.xml").getroot().get("failures") == "0"


@pytest.mark.parametrize("depth", [0, 2])
def test_a_pull_request_is_judged_from_what_it_was_merged_into(
    clone: Callable[..., Path],
    on_github: dict[str, str],
    far: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    depth: int,
) -> None:
    """As GitHub does it: main went on with a bug of its own after the event, and the run is on a merge into that."""
    git(far, "switch", "-q", "main")
    (far / "other.py").write_text(SESSION + PLANTED)
    git(far, "add", "-A")
    git(far, "commit", "-q", "-m", "a bug of somebody else's")
    git(far, "switch", "-q", "-c", "merge")
    git(far, "merge", "-q", "--no-ff", "-m", "a merge for the run", "change")
    merged = git(far, "rev-parse", "merge")
    monkeypatch.setenv("GITHUB_REF", "refs/pull/7/merge")
    monkeypatch.setenv("GITHUB_SHA", merged)
    clone("merge", depth)
    assert on_github["GITHUB_EVENT_NAME"] == "pull_request"
    assert ci() == 1
    said = capsys.readouterr()
    assert said.err == f"spotter ci: GitHub Actions, pull_request: lines changed since {merged}^1\n"
    assert said.out.startswith(ANNOTATION)
    assert "other.py" not in said.out


@pytest.mark.parametrize("before", ["main", ""])
def test_a_push_is_judged_from_what_was_there_before(
    clone: Callable[..., Path], on_github: dict[str, str], far: Path, capsys: pytest.CaptureFixture[str], before: str
) -> None:
    clone()
    sha = git(far, "rev-parse", before) if before else "0" * 40
    event = {"before": sha, "repository": {"default_branch": "main"}}
    Path(on_github["GITHUB_EVENT_PATH"]).write_text(json.dumps(event))
    os.environ |= {"GITHUB_EVENT_NAME": "push", "GITHUB_BASE_REF": ""}
    assert ci() == 1
    assert capsys.readouterr().err.endswith(f"push: lines changed since {sha if before else 'origin/main'}\n")


def test_a_merge_request_is_judged_from_its_base_and_leaves_an_artifact(
    clone: Callable[..., Path], far: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    here = clone()
    base = git(far, "rev-parse", "main")
    monkeypatch.setenv("GITLAB_CI", "true")
    monkeypatch.setenv("CI_PIPELINE_SOURCE", "merge_request_event")
    monkeypatch.setenv("CI_MERGE_REQUEST_DIFF_BASE_SHA", base)
    assert ci("--report", "junit=spotter.xml") == 1
    said = capsys.readouterr()
    assert said.err == f"spotter ci: GitLab, merge_request_event: lines changed since {base}\n"
    assert said.out.startswith("session.py:26:16: warning SP202 unchecked-nil (suspicion)\n")
    (issue,) = json.loads((here / "gl-code-quality-report.json").read_text())
    assert (issue["check_name"], issue["location"]["path"]) == ("SP202", "session.py")
    assert parse(here / "spotter.xml").getroot().get("failures") == "1"


def test_a_plain_runner_asks_git(clone: Callable[..., Path], far: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here = clone("main")
    assert ci() == 0
    first, second, third = capsys.readouterr().err.splitlines()
    assert first == "spotter ci: @{upstream}: nothing was committed since"
    assert second.startswith("spotter ci: origin/HEAD: ")
    assert third == "spotter ci: a plain runner: the whole repository is checked, old lines too"
    (here / "session.py").write_text(SESSION + PLANTED)
    git(here, "commit", "-q", "-a", "-m", "a bug")
    assert ci() == 1
    assert capsys.readouterr().err == "spotter ci: a plain runner: lines changed since @{upstream}\n"
    assert far.exists()


def test_a_merged_result_is_judged_from_what_it_was_merged_into(
    clone: Callable[..., Path], far: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As GitLab does it: the request's own base is older, and another's lines came in between."""
    old = git(far, "rev-parse", "main")
    git(far, "switch", "-q", "main")
    (far / "other.py").write_text(SESSION + PLANTED)
    git(far, "add", "-A")
    git(far, "commit", "-q", "-m", "a bug of somebody else's")
    target = git(far, "rev-parse", "main")
    git(far, "switch", "-q", "-c", "result")
    git(far, "merge", "-q", "--no-ff", "-m", "a merge for the run", "change")
    clone("result")
    monkeypatch.setenv("GITLAB_CI", "true")
    monkeypatch.setenv("CI_MERGE_REQUEST_DIFF_BASE_SHA", old)
    monkeypatch.setenv("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", target)
    assert ci() == 1
    said = capsys.readouterr()
    assert said.err.endswith(f"lines changed since {target}\n")
    assert "other.py" not in said.out


def test_any_runner_gets_a_base_and_a_report(clone: Callable[..., Path]) -> None:
    here = clone()
    command = [sys.executable, "-m", "spotter", "ci", "--select", "SP2", "--base", "origin/main"]
    command += ["--report", "rdjson=found.json"]
    done = subprocess.run(command, cwd=here, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert done.stderr == "spotter ci: a plain runner: lines changed since origin/main\n"
    (row,) = json.loads((here / "found.json").read_text())["diagnostics"]
    place = {"start": {"line": 26, "column": 16}, "end": {"line": 26, "column": 26}}
    assert (row["code"]["value"], row["location"]) == ("SP202", {"path": "session.py", "range": place})


def test_what_is_asked_for_goes_before_what_the_runner_says(
    clone: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    clone()
    assert ci("--base", "origin/change") == 0
    assert capsys.readouterr().err == "spotter ci: a plain runner: lines changed since origin/change\n"
    assert ci("--base", "nowhere") == 2
    assert capsys.readouterr().err == "spotter: nowhere: no such revision here; see git branch --all\n"


@pytest.mark.parametrize("report", ["sarif", "words=a.txt", "sarif=missing/a.sarif"])
def test_a_report_that_cannot_be_written_is_a_mistake_in_usage(
    clone: Callable[..., Path], capsys: pytest.CaptureFixture[str], report: str
) -> None:
    clone()
    assert ci("--report", report) == 2
    assert capsys.readouterr().err.splitlines()[-1].startswith("spotter: ")


def test_it_finds_what_check_finds(clone: Callable[..., Path], capsys: pytest.CaptureFixture[str]) -> None:
    here = clone()
    assert ci("--base", "origin/main", "--report", "json=ci.json", "--report", "sarif=ci.sarif") == 1
    capsys.readouterr()
    assert run(["check", "--select", "SP2", "--since", "origin/main", "--format", "json"]) == 1
    checked = json.loads(capsys.readouterr().out)
    assert json.loads((here / "ci.json").read_text()) == checked
    results = json.loads((here / "ci.sarif").read_text())["runs"][0]["results"]
    assert [r["partialFingerprints"]["primaryLocationLineHash"] for r in results] == [
        finding["fingerprint"] for finding in checked["findings"]
    ]


@dataclass
class Talk:
    """Comments on a server that gives two a page, what it was asked, and whether it refuses."""

    address: str = ""
    comments: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    refuses: bool = False

    def answer(self, method: str, path: str, data: dict[str, Any]) -> tuple[int, object, str]:
        self.asked.append(f"{method} {path}")
        place, _, query = path.partition("?")
        if self.refuses:
            return 403, {}, ""
        if method == "GET":
            page = int(query.partition("&page=")[2] or 1)
            shown = self.comments[2 * page - 2 : 2 * page]
            more = f'<{self.address}{place}?per_page=100&page={page + 1}>; rel="next"'
            return 200, shown, more if len(self.comments) > 2 * page else ""
        if method == "POST":
            self.comments.append({"id": len(self.comments) + 1, **data})
            return 201, self.comments[-1], ""
        number = int(place.rpartition("/")[2])
        self.comments[number - 1] |= data
        return 200, self.comments[number - 1], ""


@pytest.fixture
def talk() -> Iterator[Talk]:
    held = Talk()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            data = json.loads(self.rfile.read(length) or b"{}")
            held.tokens.add(self.headers.get("Authorization") or self.headers.get("PRIVATE-TOKEN") or "")
            code, body, following = held.answer(self.command, self.path, data)
            self.send_response(code)
            if following:
                self.send_header("Link", following)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        do_GET = do_POST = do_PUT = do_PATCH = _answer  # noqa: N815  # the names that http.server calls

        def log_message(self, *_: object, **__: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    held.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield held
    server.shutdown()
    server.server_close()


@pytest.mark.usefixtures("on_github")
@pytest.mark.parametrize("runner", ["github", "gitlab"])
def test_the_comment_is_updated_and_not_repeated(
    clone: Callable[..., Path],
    talk: Talk,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    runner: str,
) -> None:
    here = clone()
    if runner == "github":
        monkeypatch.setenv("GITHUB_API_URL", talk.address)
        monkeypatch.setenv("GITHUB_TOKEN", "secret")
        listing, one, token = (
            "/repos/some/thing/issues/7/comments",
            "PATCH /repos/some/thing/issues/comments/4",
            "Bearer secret",
        )
    else:
        monkeypatch.delenv("GITHUB_ACTIONS")
        variables = {"GITLAB_CI": "true", "CI_API_V4_URL": talk.address, "CI_PROJECT_ID": "3", "GITLAB_TOKEN": "secret"}
        for name, value in {**variables, "CI_MERGE_REQUEST_IID": "7", "CI_DEFAULT_BRANCH": "main"}.items():
            monkeypatch.setenv(name, value)
        listing, one, token = "/projects/3/merge_requests/7/notes", "PUT /projects/3/merge_requests/7/notes/4", "secret"
    talk.comments = [{"id": n, "body": "a person's words"} for n in (1, 2, 3)]

    def outcome(*arguments: str) -> str:
        code = ci("--comment", *arguments)
        said = capsys.readouterr().err.splitlines()[-1]
        return f"{code} {said}"

    assert outcome() == "1 spotter ci: comment written"
    assert outcome() == "1 spotter ci: comment unchanged"
    assert talk.comments[3]["body"].startswith(f"{MARK}\n### Spotter: 1 finding")
    (here / "session.py").write_text(SESSION.replace("no token", "no token yet"))
    git(here, "commit", "-q", "-a", "-m", "mended")
    assert outcome() == "0 spotter ci: comment updated"
    assert len(talk.comments) == 4
    assert "nothing found" in talk.comments[3]["body"]
    assert [comment["body"] for comment in talk.comments[:3]] == ["a person's words"] * 3
    assert [ask for ask in talk.asked if not ask.startswith("GET")] == [f"POST {listing}", one]
    assert talk.tokens == {token}


@pytest.mark.usefixtures("on_github")
def test_where_nothing_is_found_no_comment_begins(
    clone: Callable[..., Path],
    talk: Talk,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clone("main")
    monkeypatch.setenv("GITHUB_API_URL", talk.address)
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    assert ci("--comment") == 0
    assert capsys.readouterr().err.endswith("comment not needed\n")
    assert talk.comments == []


@pytest.mark.usefixtures("on_github")
def test_a_server_that_refuses_fails_nothing(
    clone: Callable[..., Path],
    talk: Talk,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clone("main")
    talk.refuses = True
    monkeypatch.setenv("GITHUB_API_URL", talk.address)
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    assert ci("--comment") == 0
    last = capsys.readouterr().err.splitlines()[-1]
    assert (
        "the server answers 403 Forbidden; the token needs pull-requests: write, which a fork's run never has" in last
    )
    assert "secret" not in last


@pytest.mark.parametrize(
    ("schema", "file"), [("vendor.github-actions", "action.yml"), ("vendor.gitlab-ci", "gitlab.yml")]
)
def test_the_templates_are_what_their_readers_expect(schema: str, file: str) -> None:
    how = ("--data-transform", "gitlab-ci") if file == "gitlab.yml" else ()
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *how, str(ROOT / file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this tree, since installing it leaves things in it."""
    copy = tmp_path_factory.mktemp("tree") / "spotter"
    left_out = (".git", ".venv", ".training", "build", "dist", "node_modules", "__pycache__", "*.egg-info", ".*cache")
    shutil.copytree(ROOT, copy, symlinks=True, ignore=shutil.ignore_patterns(*left_out))
    return copy


@pytest.mark.slow
@pytest.mark.usefixtures("on_github")
def test_the_action_does_what_it_says(clone: Callable[..., Path], tree: Path, tmp_path: Path) -> None:
    here = clone()
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    variables = {"RUNNER_TEMP": str(tmp_path), "GITHUB_ACTION_PATH": str(tree), **without_network()}
    install, check = action["runs"]["steps"]
    assert check["env"] == {"ARGUMENTS": "${{ inputs.arguments }}", "GITHUB_TOKEN": "${{ inputs.token }}"}
    assert shell(install["run"], here, variables).returncode == 0
    done = shell(check["run"], here, {**variables, "ARGUMENTS": "--select SP2 --report sarif=spotter.sarif"})
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stdout.startswith(ANNOTATION)
    assert len(json.loads((here / "spotter.sarif").read_text())["runs"][0]["results"]) == 1


@pytest.mark.slow
def test_the_template_does_what_it_says(
    clone: Callable[..., Path], far: Path, tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = clone()
    job = yaml.safe_load((ROOT / "gitlab.yml").read_text(encoding="utf-8"))["spotter"]
    monkeypatch.setenv("CI_MERGE_REQUEST_DIFF_BASE_SHA", git(far, "rev-parse", "main"))
    assert set(job["variables"]) == {"GIT_DEPTH", "SPOTTER_ARGUMENTS", "SPOTTER_HOME"}
    variables = {"GITLAB_CI": "true", "SPOTTER": str(tree), "SPOTTER_HOME": str(tmp_path / "home")}
    variables |= {"SPOTTER_ARGUMENTS": "--select SP2", **without_network()}
    done = shell("\n".join(job["script"]), here, variables)
    assert done.returncode == 1, done.stdout + done.stderr
    for artifact in job["artifacts"]["reports"].values():
        assert (here / artifact).stat().st_size > 0
    nameless = shell("\n".join(job["script"]), here, {**variables, "SPOTTER": ""})
    assert "say where pip gets Spotter from" in nameless.stderr


def shell(script: str, folder: Path, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script]
    return subprocess.run(command, cwd=folder, env=os.environ | variables, capture_output=True, text=True, check=False)


def without_network() -> dict[str, str]:
    """Install the tree alone: its dependencies are the ones of this environment."""
    quiet = {
        "PIP_NO_DEPS": "1",
        "PIP_NO_INDEX": "1",
        "PIP_NO_BUILD_ISOLATION": "0",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    return {**quiet, "PYTHONPATH": os.pathsep.join(site.getsitepackages())}
