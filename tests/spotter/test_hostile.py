"""Repositories of strangers: names that a reader would act on, links out, settings and caches that came with the code.

The threats are those of SECURITY.md, which names each test here.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import unicodedata
import zlib
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes
from xml.etree.ElementTree import fromstring

import pytest

from spotter import assembly
from spotter.cache import Cache
from spotter.cli import run
from spotter.visible import HIDDEN, visible

TEXT = "def span(lo, hi):\n    return hi - lo  # ##[add-mask]x ##vso[task.setvariable]y ::error::z\n"
NAMES = (
    b"a\nb.py",
    b"\n::error::c.py",
    b"::error file=x,line=1::boom.py",
    b"\x1b[31mred\x1b]0;title\x07.py",
    "\u202eyp.txt\u2066.py".encode(),
    b"<img src=x onerror=alert(1)>.py",
    b"</script><script>alert(1)<!--.py",
    b"##[set-output name=a]b.py",
    b"%0A::warning::x.py",
    b"`tick` | [a](http:b) ![i](c) @all.py",
    b"a,b:c%,line=7.py",
    b"'\"&;$(id)`id`.py",
    b"-rf.py",
    b"bad\xff.py",
    "line\u2028para\u2029.py".encode(),
    "\U000e0041tag\u200bzero.py".encode(),
)
FORMATS = ("text", "json", "sarif", "github", "gitlab", "rdjson", "junit", "html", "markdown", "prompts")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scorer: Any) -> Path:
    """A checkout with one file, in which every `lo` is suspected, beside a folder that is none of its business."""
    folder = tmp_path / "repository"
    folder.mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.py").write_text(TEXT)
    (tmp_path / "outside" / "kept.txt").write_text("as it was\n")
    subprocess.run(["git", "init", "-q", folder], check=True)
    (folder / "a.py").write_text(TEXT)
    monkeypatch.chdir(folder)
    monkeypatch.setattr(assembly, "Bundled", lambda: scorer)
    return folder


def git(*arguments: str | Path) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *arguments], check=True, capture_output=True)


def outside(repository: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (repository.parent / "outside").iterdir()}


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory, suspecting: Callable[[], Any]) -> dict[str, str]:
    """The report in every format on files of all the names."""
    folder, written = tmp_path_factory.mktemp("names"), tmp_path_factory.mktemp("reports")
    subprocess.run(["git", "init", "-q", folder], check=True)
    for path in (folder / os.fsdecode(name) for name in NAMES):
        path.parent.mkdir(exist_ok=True)
        path.write_text(TEXT)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(assembly, "Bundled", suspecting)
        codes = {form: run(["check", "--format", form, "--output", str(written / form)]) for form in FORMATS}
    assert set(codes.values()) == {1}
    return {form: (written / form).read_bytes().decode() for form in FORMATS}


@pytest.fixture(params=FORMATS)
def report(request: pytest.FixtureRequest, reports: dict[str, str]) -> tuple[str, str]:
    """A format, and its report."""
    return request.param, reports[request.param]


def test_no_report_holds_what_a_terminal_or_a_reader_would_not_see(report: tuple[str, str]) -> None:
    assert {char for char in report[1] if unicodedata.category(char) in HIDDEN} - {"\n"} == set()


def test_no_line_for_people_is_a_command_to_a_runner(report: tuple[str, str]) -> None:
    form, text = report
    if form in ("text", "github", "markdown", "prompts", "junit"):
        assert not re.search(r"##\w*\[", text)
    if form == "text":
        assert [line for line in text.splitlines() if line.strip().startswith("::")] == []


def test_a_program_reads_back_every_name(report: tuple[str, str]) -> None:
    form, text = report
    names = set(map(os.fsdecode, NAMES))
    if form == "json":
        assert {finding["path"] for finding in json.loads(text)["findings"]} == names
    elif form == "gitlab":
        assert {issue["location"]["path"] for issue in json.loads(text)} == names
    elif form == "rdjson":
        assert {one["location"]["path"] for one in json.loads(text)["diagnostics"]} == names
    elif form == "sarif":
        places = [result["locations"][0]["physicalLocation"] for result in json.loads(text)["runs"][0]["results"]]
        assert {unquote_to_bytes(place["artifactLocation"]["uri"]) for place in places} == set(NAMES)
    elif form == "junit":
        assert {suite.get("name") for suite in fromstring(text)} == set(map(visible, names))
    elif form == "github":
        lines = text.splitlines()
        assert all(re.fullmatch(r"::error title=SP101 [^:,]*,file=[^:,]*,line=\d,[^:]*::.*", row) for row in lines[:10])
        assert len(lines) == 11


def test_nothing_in_a_name_becomes_a_part_of_the_page(report: tuple[str, str]) -> None:
    form, text = report
    if form != "html":
        return
    tags = []

    class Tags(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            tags.append((tag, [name for name, _ in attrs if name.startswith("on")]))

    Tags().feed(text)
    assert not [found for found in tags if found[0] == "img" or found[1]]
    assert [tag for tag, _ in tags].count("script") == 3


def test_what_goes_wrong_with_a_name_is_one_line(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = "a\n::error::b\x1b[31m"
    (repository / name).mkdir()
    (repository / name / ".spotter.toml").write_text("\u202ekey = 1\n")
    assert run(["check", name]) == 2
    assert run(["check", f"{name}x"]) == 2
    assert run(["init", f"{name}x"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert all(char.isprintable() for line in lines for char in line)
    assert sum(line.startswith("spotter: ") for line in lines) == 2
    assert not any(line.startswith("::") for line in lines)


def test_links_out_of_the_tree_are_not_followed(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repository / "link.py").symlink_to("../outside/secret.py")
    (repository / "folder").symlink_to("../outside")
    git("add", "-A")
    for arguments in (["check", "--show-files"], ["check", "--staged", "--show-files"]):
        assert run(arguments) == 0
        assert capsys.readouterr().out.splitlines() == ["a.py"]


@pytest.mark.parametrize("name", [".spotter", ".spotter/cache.sqlite", ".spotter/cache.sqlite-wal"])
def test_a_cache_behind_a_link_is_left_alone(name: str, repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = outside(repository)
    (repository / name).parent.mkdir(exist_ok=True)
    (repository / name).symlink_to(repository.parent / "outside" / ("" if name == ".spotter" else "kept.txt"))
    assert run(["check"]) == (2 if name == ".spotter" else 1)
    said = capsys.readouterr()
    assert ("leads out of" in said.err) if name == ".spotter" else ("no cache" in said.out)
    assert outside(repository) == before
    assert "no cache" in Cache(repository).note


def test_what_git_is_told_to_leave_out_is_not_written_through_a_link(repository: Path) -> None:
    (repository / ".spotter").mkdir()
    (repository / ".spotter" / ".gitignore").symlink_to("../../outside/new.txt")
    assert run(["check"]) == 1
    assert "new.txt" not in outside(repository)


@pytest.mark.parametrize("path", ["../outside/kept.txt", "{outside}/kept.txt", "link/kept.txt", "kept.txt", "zero"])
def test_a_baseline_of_the_settings_leads_nowhere_else(
    path: str, repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (repository / "link").symlink_to("../outside")
    (repository / "kept.txt").symlink_to("../outside/kept.txt")
    (repository / "zero").symlink_to("/dev/zero")
    written = path.format(outside=repository.parent / "outside")
    (repository / ".spotter.toml").write_text(f'baseline = "{written}"\n')
    assert run(["check"]) == 2
    assert run(["baseline", "--accept-new"]) == 2
    assert capsys.readouterr().err.count("leads out of") == 2
    assert outside(repository)["kept.txt"] == b"as it was\n"


def test_a_baseline_that_a_person_names_may_lie_anywhere(repository: Path) -> None:
    path = repository.parent / "outside" / "baseline.jsonl"
    assert run(["baseline", "--output", str(path)]) == 0
    assert run(["check", "--baseline", str(path)]) == 0


@pytest.mark.parametrize("name", [".spotter/verdicts.jsonl", ".spotter.toml", "pyproject.toml"])
@pytest.mark.parametrize("target", ["/dev/zero", "../pipe"])
def test_what_has_no_end_is_not_read(
    name: str, target: str, repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(repository / "pipe")
    (repository / name).parent.mkdir(exist_ok=True)
    (repository / name).symlink_to(target if target.startswith("/") else repository / "pipe")
    assert run(["check"]) == 2
    assert name in capsys.readouterr().err


@pytest.mark.parametrize(
    "line",
    [
        'model = "http://evil.example"',
        'reviewer = "http://evil.example"',
        'allow-code = ["evil/model"]',
        "trust_remote_code = true",
        'output = "../outside/kept.txt"',
        'plugins = ["evil"]',
    ],
)
def test_settings_can_ask_for_no_program_no_server_and_no_other_file(
    line: str, repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (repository / "pyproject.toml").write_text(f"[tool.spotter]\n{line}\n")
    assert run(["check"]) == 2
    assert "unknown key" in capsys.readouterr().err


@pytest.mark.parametrize("pattern", ["../*", "/etc/*", "*" * 200 + "z", "*a" * 60, "[" * 500, "**/" * 300 + "z"])
def test_patterns_of_the_settings_mean_files_of_the_tree_alone_and_take_no_time(pattern: str, repository: Path) -> None:
    (repository / ("a" * 200 + ".py")).write_text(TEXT)
    lines = f"exclude = [{pattern!r}]\nper-file-ignores = {{{json.dumps(pattern)} = ['SP1']}}\n"
    (repository / ".spotter.toml").write_text(lines)
    assert run(["check"]) == 1


def poisoned(folder: Path) -> None:
    """The cache of a folder, in which every outcome says that nothing was found."""
    database = sqlite3.connect(folder / ".spotter" / "cache.sqlite")
    for name, value in database.execute("SELECT key, value FROM kept").fetchall():
        text = zlib.decompress(value).decode()
        if '"SP101"' in text:
            outcome = json.loads(text)
            outcome[1] = []
            database.execute(
                "UPDATE kept SET value = ? WHERE key = ?", (zlib.compress(json.dumps(outcome).encode()), name)
            )
    database.commit()
    database.close()


def test_a_cache_that_came_with_the_code_is_not_believed(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check"]) == 1
    poisoned(repository)
    assert run(["check"]) == 0  # so that what follows would be seen
    archive = repository.parent / "archive"
    shutil.copytree(repository, archive, symlinks=True)
    monkeypatch.chdir(archive)
    capsys.readouterr()
    assert run(["check"]) == 1
    assert "no cache" not in capsys.readouterr().out  # it has made its own
    assert Cache(archive).count() > 0


def test_a_cache_that_git_tracks_is_not_believed(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check"]) == 1
    poisoned(repository)
    git("add", "-f", ".spotter/cache.sqlite", "a.py")
    git("commit", "-qm", "cache")
    assert run(["check"]) == 1
    assert "git tracks it" in capsys.readouterr().out
    clone = repository.parent / "clone"
    git("clone", "-q", repository, clone)
    monkeypatch.chdir(clone)
    assert run(["check"]) == 1


def test_answers_that_came_with_the_code_are_not_believed(repository: Path) -> None:
    from spotter.errors import SpotterError
    from spotter.review.store import Answers, Reply

    store = Answers(repository)
    store.put("key", "model", Reply("fine", 1))
    store.close()
    assert Answers(repository).get("key") == Reply("fine", 1)
    git("add", "-f", ".spotter/answers.sqlite")
    with pytest.raises(SpotterError, match="git tracks it"):
        Answers(repository)
    archive = repository.parent / "archive"
    shutil.copytree(repository / ".spotter", archive / ".spotter")
    with pytest.raises(SpotterError, match="made in another folder"):
        Answers(archive)


def test_verdicts_that_came_with_the_code_are_counted_aloud(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["check", "--format", "json"])
    rows = [
        {"path": f["path"], "rule": f["rule"], "fingerprint": f["fingerprint"], "by": "person", "verdict": "fine",
         "why": "\x1b[31mtrust me", "fix": None, "p_error": None}
        for f in json.loads(capsys.readouterr().out)["findings"]
    ]  # fmt: skip
    (repository / ".spotter" / "verdicts.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert run(["check"]) == 0
    assert f"{len(rows)} silenced" in capsys.readouterr().out


AUDIT = """
import os, sys
seen = []
def hook(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "urllib.Request", "os.system", "os.exec", "os.posix_spawn"):
        seen.append((event, str(arguments[:2])))
    elif event == "subprocess.Popen" and os.path.basename(str(arguments[1][0])) != "git":
        seen.append((event, str(arguments[1])))
    elif event == "import" and arguments[1] and str(arguments[1]).startswith(os.getcwd()):
        seen.append((event, str(arguments[:2])))
    elif event == "exec" and str(getattr(arguments[0], "co_filename", "")).startswith(os.getcwd()):
        seen.append((event, arguments[0].co_filename))
sys.addaudithook(hook)
from spotter.cli import run
codes = [run(["check", "--format", form, "--output", os.devnull]) for form in ("text", "html")]
codes.append(run(["score", "a.py"]))
print("codes:", codes, file=sys.stderr)
print("seen:", seen, file=sys.stderr)
"""


def test_code_under_review_is_never_imported_or_run_and_no_server_is_asked(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    bomb = "open('ran', 'w').close()\nraise SystemExit('code under review was run')\n"
    names = ("a", "setup", "conftest", "click", "numpy", "onnxruntime", "sitecustomize", "usercustomize", "networkx")
    for name in names:
        (tmp_path / f"{name}.py").write_text(bomb)
    (tmp_path / "a.py").write_text(f"{bomb}\n\ndef span(lo, hi):\n    return hi - lo\n")
    cell = {"cell_type": "code", "source": ["%run a.py\n", "!touch ran\n", "import a\n"], "metadata": {}, "outputs": []}
    (tmp_path / "b.ipynb").write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4}))
    subprocess.run(["git", "-C", tmp_path, "config", "core.fsmonitor", "touch ran; false"], check=True)
    (tmp_path / ".gitattributes").write_text("*.py diff=evil filter=evil\n")
    environment = {**os.environ, "PYTHONSAFEPATH": "1", "NO_PROXY": "*"}
    command = [sys.executable, "-P", "-c", AUDIT]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-2:] == ["codes: [0, 0, 0]", "seen: []"], done.stderr
    assert not (tmp_path / "ran").exists()


def test_a_module_of_the_current_folder_is_not_imported_by_python_m(tmp_path: Path) -> None:
    (tmp_path / "click.py").write_text("open('ran', 'w').close()\n")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONSAFEPATH"}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, (str(Path.cwd()), environment.get("PYTHONPATH"))))
    command = [sys.executable, "-m", "spotter", "--version"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "ran").exists()
