"""What goes wrong around a run: it is killed, the disk is full, nothing may be written, many run at once."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from lsprotocol import types
from pygls.lsp.client import LanguageClient

HERE = Path(__file__).parent
SPOTTER = (sys.executable, "-P", "-m", "spotter")
COPIES = "".join(
    f"def {name}(rows, rate, limit):\n    total = 0\n"
    + "".join(f"    if rows[{n}] > limit * {n}:\n        total += rows[{n}] * rate\n" for n in range(12))
    + "    return total\n\n\n"
    for name in ("income", "outcome", "balance")
)
CHECK = (*SPOTTER, "check", "--select", "SP2,SP3", "--format", "json")
BEFORE = '{"path": "b.py", "rule": "SP251", "fingerprint": "00ff", "count": 1}\n'


def repository(folder: Path) -> Path:
    """A repository with a finding, and with a baseline of another."""
    subprocess.run(["git", "init", "-q", folder], check=True)
    (folder / "a.py").write_text(COPIES)
    (folder / ".spotter").mkdir()
    (folder / ".spotter" / "baseline.jsonl").write_text(BEFORE)
    subprocess.run(["git", "-C", folder, "add", "-A"], check=True)
    return folder


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A disk of 300 KB, which is then filled but for 8 KB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300k", "none", folder], capture_output=True)
    if mounted.returncode:
        pytest.skip("only the superuser can mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def ran(folder: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, env=os.environ | environment, capture_output=True, text=True, check=False, timeout=300
    )


def expected(tmp_path: Path) -> str:
    """What a check says where nothing is wrong."""
    (tmp_path / "sound").mkdir()
    said = ran(repository(tmp_path / "sound"), *CHECK).stdout
    assert json.loads(said)["findings"][0]["rule"] == "SP251"
    return said


def without_notes(report: str) -> object:
    """A report, but for what it says about the cache."""
    found = json.loads(report)
    found["summary"].pop("notes", None)
    return found


def full(folder: Path) -> None:
    """Write until nothing more can be written."""
    with (folder / "full").open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            return


def test_killed_a_few_times_it_loses_nothing_and_the_next_run_is_right() -> None:
    done = ran(HERE, sys.executable, "-P", str(HERE / "faults.py"), "--kills", "5")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("5 kills of") == 2


def test_on_a_full_disk_a_check_says_the_same_and_what_must_be_written_is_refused_in_a_line(
    small: Path, tmp_path: Path
) -> None:
    before = expected(tmp_path)
    repository(small)
    full(small)
    check = ran(small, *CHECK)
    assert without_notes(check.stdout) == without_notes(before), check.stderr
    assert check.returncode == 0
    text = ran(small, *SPOTTER, "check", "--select", "SP2,SP3")
    assert "no cache (" in text.stdout + text.stderr
    for command in (("baseline", "--accept-new"), ("dismiss", "a.py:1", "--reason", "so"), ("check", "--output", "r")):
        refused = ran(small, *SPOTTER, *command)
        assert refused.returncode == 2, (command, refused.stdout, refused.stderr)
        assert refused.stderr.count("\n") == 1, refused.stderr
    assert (small / ".spotter" / "baseline.jsonl").read_text() == BEFORE
    (small / "full").unlink()
    again = ran(small, *CHECK)
    assert again.stdout == before
    assert sorted(path.name for path in small.iterdir() if path.name != "r") == [".git", ".spotter", "a.py"]


def test_a_disk_that_fills_up_in_the_middle_of_a_run_costs_only_the_cache(tmp_path: Path) -> None:
    before = expected(tmp_path)
    folder = tmp_path / "b"
    folder.mkdir()
    repository(folder)
    for blocks in (1, 8, 16, 40):  # of 512 or 1,024 bytes, by the shell: the largest file that may be written
        limited = ran(folder, "sh", "-c", f'ulimit -f {blocks}; exec "$@"', "sh", *CHECK)
        assert without_notes(limited.stdout) == without_notes(before), limited.stderr
        assert limited.returncode == 0
    assert ran(folder, *CHECK).stdout == before


def test_nothing_but_the_report_can_be_written(small: Path, tmp_path: Path) -> None:
    before = expected(tmp_path)
    repository(small)
    subprocess.run(["mount", "-o", "remount,ro", small], check=True)
    check = ran(small, *CHECK, HOME="/proc/none", TMPDIR="/proc/none", XDG_CACHE_HOME="/proc/none")
    assert without_notes(check.stdout) == without_notes(before), check.stderr
    refused = ran(small, *SPOTTER, "baseline", "--accept-new")
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)


def test_a_clock_that_goes_back_hides_no_change(tmp_path: Path) -> None:
    repository(tmp_path)
    text = ran(tmp_path, *CHECK).stdout
    state = (tmp_path / "a.py").stat()
    (tmp_path / "a.py").write_text(COPIES.replace("income", "intake"))
    os.utime(tmp_path / "a.py", ns=(state.st_atime_ns, state.st_mtime_ns - 10**15))
    for file in (tmp_path / ".spotter").iterdir():
        os.utime(file, ns=(2**62, 2**62))  # written in the year 2116
    changed = ran(tmp_path, *CHECK).stdout
    assert "income" in text
    assert "income" not in changed
    shutil.rmtree(tmp_path / ".spotter")
    assert ran(tmp_path, *CHECK).stdout == changed


def test_sixteen_at_once_say_the_same_and_the_cache_is_whole(tmp_path: Path) -> None:
    """Fifteen hooks, and an editor that opens and saves."""
    folder = repository(tmp_path)
    hook = (*CHECK, "--staged")
    hooks = [
        subprocess.Popen(hook, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(15)
    ]
    shown = asyncio.run(edited(folder / "a.py"))
    answers = [(*one.communicate(timeout=300), one.returncode) for one in hooks]
    assert {said for _, said, _ in answers} == {""}
    assert {code for *_, code in answers} == {1}  # over the budget of a change
    assert len({said for said, *_ in answers}) == 1
    assert sorted(finding["rule"] for finding in json.loads(answers[0][0])["findings"]) == ["SP251", "SP302"]
    assert shown == ["SP251"]
    database = sqlite3.connect(folder / ".spotter" / "cache.sqlite")
    assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    database.close()


def test_an_editor_that_leaves_in_the_middle_of_a_check_is_no_mistake_of_ours(tmp_path: Path) -> None:
    folder, logs = tmp_path / "a", tmp_path / "logs"
    folder.mkdir()
    logs.mkdir()
    asyncio.run(left(repository(folder) / "a.py", TMPDIR=str(logs)))
    assert list(logs.glob("*.log")) == []


async def left(path: Path, **environment: str) -> None:
    """An editor opens a file and leaves at once, while the weights load."""
    client = LanguageClient("editor", "1")
    await client.start_io(*SPOTTER, "lsp", cwd=str(path.parent), env=os.environ | environment)
    folders = [types.WorkspaceFolder(path.parent.as_uri(), "a")]
    await client.initialize_async(
        types.InitializeParams(types.ClientCapabilities(), process_id=os.getpid(), workspace_folders=folders)
    )
    item = types.TextDocumentItem(path.as_uri(), "python", 1, path.read_text())
    client.text_document_did_open(types.DidOpenTextDocumentParams(item))
    await asyncio.sleep(0.05)
    await client.shutdown_async(None)
    await asyncio.sleep(3)  # for the check to come to its next step
    client.exit(None)
    await client.stop()  # type: ignore[no-untyped-call]


async def edited(path: Path) -> list[str]:
    """The codes that an editor is shown, when it opens a file and saves it ten times."""
    client = LanguageClient("editor", "1")
    found: list[list[str]] = []
    news = asyncio.Event()

    def shown(params: types.PublishDiagnosticsParams) -> None:
        found.append([str(one.code) for one in params.diagnostics])
        news.set()

    client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(shown)
    await client.start_io(*SPOTTER, "lsp", cwd=str(path.parent))
    folders = [types.WorkspaceFolder(path.parent.as_uri(), "a")]
    await client.initialize_async(
        types.InitializeParams(types.ClientCapabilities(), process_id=os.getpid(), workspace_folders=folders)
    )
    client.initialized(types.InitializedParams())
    item = types.TextDocumentItem(path.as_uri(), "python", 1, path.read_text())
    client.text_document_did_open(types.DidOpenTextDocumentParams(item))
    for _ in range(10):
        client.text_document_did_save(types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(path.as_uri())))
        await asyncio.sleep(0.1)
    while not found or not found[-1]:
        news.clear()
        await asyncio.wait_for(news.wait(), 120)
    await client.shutdown_async(None)
    client.exit(None)
    await client.stop()  # type: ignore[no-untyped-call]
    return found[-1]
