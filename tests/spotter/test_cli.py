from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from spotter import assembly
from spotter.checking import Asked, page_of
from spotter.cli import commands, run
from spotter.request import Request

TEXT = "def span(lo, hi):\n    return hi - lo\n"


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scorer: Any) -> Path:
    """A checkout with one file, and a scorer that suspects every `lo`."""
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / "a.py").write_text(TEXT)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(assembly, "Bundled", lambda: scorer)
    return tmp_path


def git(*arguments: str) -> None:
    identity = ("-c", "user.name=alfa", "-c", "user.email=alfa@example.org")
    subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)


def found(capsys: pytest.CaptureFixture[str]) -> list[tuple[str, int]]:
    return [(finding["path"], finding["line"]) for finding in json.loads(capsys.readouterr().out)["findings"]]


def test_findings_that_gate_exit_1_and_none_exit_0(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check"]) == 1
    assert "a.py:1:10: error SP101 unlikely-token" in capsys.readouterr().out
    assert run(["check", "--exit-zero"]) == 0
    (checkout / "a.py").write_text("x = 1\n")
    assert run(["check"]) == 0


@pytest.mark.usefixtures("checkout")
def test_the_report_is_the_same_bytes_on_every_run(capsys: pytest.CaptureFixture[str]) -> None:
    reports = []
    for _ in range(2):
        run(["check", "--format", "json"])
        reports.append(capsys.readouterr().out)
    run(["cache", "clear"])
    capsys.readouterr()
    run(["check", "--format", "json"])
    assert {*reports, capsys.readouterr().out} == {reports[0]}


@pytest.mark.usefixtures("checkout")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["check", "none.py"], "none.py: no such file or folder"),
        (["check", "--since", "none"], "none: no commit here yet"),
        (["check", "--staged", "--since", "HEAD"], "--staged and --since exclude each other"),
        (["check", "--select", "XY9"], "XY9: no rule begins so"),
        (["check", "--baseline", "none.jsonl"], "none.jsonl: no such baseline"),
        (["check", "--output", "no/such/folder"], "no/such/folder: cannot be written"),
        (["explain", "SP999"], "SP999: no such rule"),
        (["bench", ".", "--scorers", "oracle"], "oracle: no such scorer"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert run(arguments) == 2
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == 1


@pytest.mark.usefixtures("checkout")
def test_an_unknown_format_is_exit_2() -> None:
    assert run(["check", "--format", "none"]) == 2


def test_a_file_that_cannot_be_read_is_exit_1_and_said(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (checkout / "a.py").write_bytes(b"x = 1\0\n")
    assert run(["check", "a.py", "--format", "json", "--select", "SP1"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["measured"] == "none"
    assert [(finding["rule"], finding["severity"]) for finding in report["findings"]] == [("SP001", "error")]


def test_a_file_that_was_only_met_in_a_folder_is_said_and_fails_nothing(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (checkout / "b.py").write_bytes(b"x = 1\0\n")
    assert run(["check", "--format", "json", "--select", "SP001"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["measured"] == "partial"
    assert [(finding["rule"], finding["severity"]) for finding in report["findings"]] == [("SP001", "note")]


def test_staged_reads_the_index_and_keeps_changed_lines(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git("add", "a.py")
    git("commit", "-qm", "one")
    (checkout / "a.py").write_text(TEXT + "\n\ndef other():\n    return lo\n")
    git("add", "a.py")
    (checkout / "a.py").write_text("x = 1\n")
    assert run(["check", "--staged", "--format", "json"]) == 1
    assert found(capsys) == [("a.py", 6)]
    assert run(["check", "--since", "HEAD", "--format", "json"]) == 0


@pytest.mark.usefixtures("checkout")
def test_text_from_stdin_has_the_name_it_is_given(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, writer = os.pipe()
    os.write(writer, b"print(lo)\n")
    os.close(writer)
    with open(reader) as text:
        monkeypatch.setattr(sys, "stdin", text)
        assert run(["check", "--stdin-filename", "pkg/b.py", "--format", "json"]) == 1
    assert found(capsys) == [("pkg/b.py", 1)]


def test_a_recorded_finding_is_not_shown_again_after_its_lines_have_moved(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["baseline"]) == 0
    (checkout / "a.py").write_text("import os\n\n\n" + TEXT + "\n\ndef other():\n    return lo\n")
    capsys.readouterr()
    assert run(["check", "--baseline", ".spotter/baseline.jsonl", "--format", "json"]) == 1
    assert found(capsys) == [("a.py", 9)]


def test_a_report_outside_of_a_checkout_scores_no_file_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scorer: Any
) -> None:
    (tmp_path / "a.py").write_text(TEXT)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(assembly, "Bundled", lambda: scorer)
    assert list(page_of(Asked(Request()), plain=True).measured()) == ["a.py"]
    assert scorer.asked == ["a.py"]


def test_a_report_counts_what_is_gone_since_the_baseline(checkout: Path) -> None:
    (checkout / "b.py").write_text("def other():\n    return lo\n")
    (checkout / "c.py").write_text("def other(lo):\n    return 1\n")
    assert run(["baseline"]) == 0
    (checkout / "b.py").unlink()
    (checkout / "a.py").write_text(TEXT.replace("- lo", "- 1"))
    (checkout / "c.py").write_text("x = lo\n")
    asked = Asked(Request(), checkout / ".spotter" / "baseline.jsonl")
    page = page_of(asked, plain=True)
    assert (len(page.outcome.findings), page.outcome.baselined, page.gone) == (1, 1, {"SP101": 3})
    assert page_of(replace(asked, request=Request((checkout / "a.py",))), plain=True).gone == {"SP101": 2}
    assert page_of(replace(asked, request=Request(select=("SP2",))), plain=True).gone == {"SP101": 1}
    git("add", ".")
    assert page_of(replace(asked, request=Request(staged=True)), plain=True).gone is None
    assert page_of(Asked(Request()), plain=True).gone is None


@pytest.mark.usefixtures("checkout")
def test_causes_and_pages_fit_the_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    assert run(["explain", "SP221"]) == 0
    piped = capsys.readouterr().out
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert run(["explain", "SP221"]) == 0
    shown = capsys.readouterr().out
    assert max(map(len, piped.splitlines())) > 60 >= max(map(len, shown.splitlines()))
    assert shown.split() == piped.split()


def test_a_baseline_grows_only_when_that_is_accepted_and_shrinks_only_when_it_is_pruned(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = checkout / ".spotter" / "baseline.jsonl"
    assert run(["baseline"]) == 0
    first = path.read_text()
    (checkout / "b.py").write_text("def other():\n    return lo\n")
    assert run(["baseline"]) == 2
    said = capsys.readouterr().err
    assert "baseline.jsonl: would grow by 1, first SP101 in b.py; mend it, or accept it with --accept-new" in said
    assert path.read_text() == first
    assert run(["baseline", "b.py", "--accept-new"]) == 0
    assert path.read_text().startswith(first)
    assert path.read_text().count("\n") == 3
    (checkout / "a.py").write_text("x = 1\n")
    assert run(["baseline"]) == 0
    assert path.read_text().count("\n") == 3
    assert run(["baseline", "--prune", "--select", "SP2"]) == 0
    assert path.read_text().count("\n") == 3
    assert run(["baseline", "--prune"]) == 0
    assert '"b.py"' in path.read_text()
    assert path.read_text().count("\n") == 1
    assert run(["baseline", "--prune", "--since", "HEAD"]) == 2


@pytest.mark.usefixtures("checkout")
def test_score_prints_every_token(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["score", "a.py"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["text"] for row in rows] == ["def", "span", "(", "lo", ",", "hi", ")", ":", "return", "hi", "-", "lo"]
    assert rows[3] == {
        "path": "a.py", "line": 1, "column": 10, "end_line": 1, "end_column": 12, "text": "lo", "p_error": 0.93,
        "edit": "replace", "suggestions": [{"edit": "replace", "text": "hi", "p": 0.8}],
    }  # fmt: skip


@pytest.mark.usefixtures("checkout")
def test_prompts_and_the_graph_speak_of_the_finding(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["prompts"]) == 0
    assert ">>>lo<<<" in capsys.readouterr().out
    assert run(["graph"]) == 0
    kinds = {node["kind"] for node in json.loads(capsys.readouterr().out)["nodes"]}
    assert kinds == {"file", "function", "suspicion"}


def test_what_would_be_checked_is_shown(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (checkout / ".spotter.toml").write_text('ignore = ["SP2"]\n')
    assert run(["check", "--show-files"]) == 0
    assert capsys.readouterr().out == "a.py\n"
    assert run(["check", "--show-settings", "--fail-on", "note"]) == 0
    shown = capsys.readouterr().out
    assert "ignore: SP2\n" in shown
    assert "fail-on: note\n" in shown


def test_a_mistake_of_ours_is_exit_3_with_a_log(
    checkout: Path, capsys: pytest.CaptureFixture[str], scorer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scorer, "suspected", None)
    monkeypatch.setenv("TMPDIR", str(checkout))
    monkeypatch.setattr("tempfile.tempdir", None)
    assert run(["check"]) == 3
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    log = Path(said.split()[-1])
    assert "Traceback" in log.read_text()


@pytest.mark.usefixtures("checkout")
def test_an_interruption_is_exit_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(assembly, "Bundled", interrupted)
    assert run(["check"]) == 130


@pytest.mark.parametrize("name", commands.commands)
def test_every_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([name, "--help"]) == 0
    assert len(capsys.readouterr().out.splitlines()) > 3


def python(program: str, folder: Path) -> str:
    answer = subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=False)
    return answer.stdout + answer.stderr


HEAVY = "{name for name in ('onnxruntime', 'networkx', 'radon', 'torch', 'numpy', 'rich') if name in sys.modules}"


def test_help_imports_nothing_heavy(tmp_path: Path) -> None:
    program = f"import sys; from spotter.cli import run; run(['check', '--help']); print({HEAVY})"
    assert python(program, tmp_path).endswith("set()\n")


def test_an_unchanged_run_imports_nothing_heavy(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / "a.py").write_text(TEXT)
    program = f"import sys; from spotter.cli import run; print(run(['check', '--exit-zero']), {HEAVY})"
    first = python(program, tmp_path)
    assert "'onnxruntime'" in first, first
    assert python(program, tmp_path).endswith("0 set()\n")


def test_a_closed_pipe_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("".join(f"x{n} = {n}\n" for n in range(3000)))
    command = f"{sys.executable} -m spotter check --show-settings | true; echo ${{PIPESTATUS[0]}}"
    answer = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert answer.stdout == "0\n"
    assert "Error" not in answer.stderr
