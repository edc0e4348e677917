"""The hooks of coding agents, driven by the documented JSON through the real command."""

from __future__ import annotations

import io
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from spotter import assembly
from spotter.cli import run
from spotter.engine.scores import Proposal, TokenScore
from spotter.syntax import Syntax

LADDER = "".join(f"    if {{name}}.kind == {n}:\n        go({n})\n" for n in range(15))
FUNCTION = "def {name}({name}):\n" + LADDER + "\n\n"
Say = Callable[..., tuple[int, str, str]]


class Suspicious:
    """Suspects every `lo`."""

    fingerprint = "fake"

    def threshold(self, max_alerts_per_kloc: float) -> float:
        return max_alerts_per_kloc

    def score(self, syntax: Syntax) -> tuple[TokenScore, ...]:
        wrong = (Proposal("replace", "hi", 0.8),)
        return tuple(
            TokenScore(i, *((0.93, wrong) if token.text == "lo" else (0.01, ())))
            for i, token in enumerate(syntax.tokens)
        )


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(assembly, "Bundled", Suspicious)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.py").write_text("def span(a, b):\n    return b - a\n")
    git("init", "-q", "-b", "main")
    commit()
    return tmp_path


def git(*arguments: str) -> None:
    who = ("-c", "user.name=alfa", "-c", "user.email=alfa@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *arguments], check=True, capture_output=True)


def commit() -> None:
    git("add", "-A")
    git("commit", "-q", "--no-verify", "-m", "a step")


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Say:
    """Give a hook its JSON, and get its exit code, stdout and stderr."""

    def give(agent: str, *options: str, **event: Any) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(event)))
        capsys.readouterr()
        code = run(["hook", agent, *options])
        said = capsys.readouterr()
        return code, said.out, said.err

    return give


def edited(folder: Path, name: str, tool: str = "Write", session: str = "s1") -> dict[str, Any]:
    """PostToolUse, as documented."""
    return {
        "session_id": session,
        "transcript_path": str(folder / "t.jsonl"),
        "cwd": str(folder),
        "permission_mode": "default",
        "hook_event_name": "PostToolUse",
        "tool_name": tool,
        "tool_input": {"file_path": str(folder / name), "content": "text"},
        "tool_response": {"filePath": str(folder / name), "success": True},
        "tool_use_id": "toolu_01",
    }


def stopped(folder: Path, *, again: bool = False, session: str = "s1") -> dict[str, Any]:
    """Stop, as documented."""
    return {
        "session_id": session,
        "transcript_path": str(folder / "t.jsonl"),
        "cwd": str(folder),
        "permission_mode": "default",
        "hook_event_name": "Stop",
        "stop_hook_active": again,
    }


def test_after_an_edit_only_its_changed_lines_are_asked_about(checkout: Path, say: Say) -> None:
    (checkout / "a.py").write_text("def span(lo, b):\n    return b\n")
    commit()
    (checkout / "a.py").write_text("def span(lo, b):\n    return b\n\n\ndef other(b):\n    return lo\n")
    code, out, err = say("claude", **edited(checkout, "a.py"))
    assert (code, out) == (2, "")
    assert "1. a.py:6:12 SP101 unlikely-token: Is this an error? `lo` is unlikely here; `hi` would be expected" in err
    assert "2. " not in err


def test_three_questions_at_most(checkout: Path, say: Say) -> None:
    (checkout / "a.py").write_text("".join(f"def f{n}(hi):\n    return lo\n" for n in range(5)))
    code, _, err = say("claude", **edited(checkout, "a.py", tool="Edit"))
    assert code == 2
    assert err.count("Is this an error?") == 3


def test_what_asks_for_no_judgement_passes_in_silence(checkout: Path, say: Say) -> None:
    (checkout / "notes.md").write_text("lo\n")
    for event in (
        edited(checkout, "notes.md"),
        edited(checkout, "gone.py"),
        edited(checkout, "a.py") | {"tool_name": "Bash", "tool_input": {"command": "ls"}},
        edited(checkout, "a.py") | {"hook_event_name": "PreToolUse"},
        edited(checkout, "a.py"),
        stopped(checkout),
    ):
        assert say("claude", **event) == (0, "", "")


def test_the_same_refusal_after_the_same_edit_is_given_once_and_again_after_it_was_mended(
    checkout: Path, say: Say
) -> None:
    (checkout / "a.py").write_text("def span(b):\n    return lo\n")
    assert say("claude", **edited(checkout, "a.py"))[0] == 2
    code, out, err = say("claude", **edited(checkout, "a.py"))
    assert (code, err) == (0, "")
    assert "since it was asked this before, with a.py:2: SP101" in json.loads(out)["systemMessage"]
    assert say("claude", **edited(checkout, "a.py", session="s2"))[0] == 2
    (checkout / "a.py").write_text("def span(b):\n    return b\n")
    assert say("claude", **edited(checkout, "a.py")) == (0, "", "")
    (checkout / "a.py").write_text("def span(b):\n    return lo\n")
    assert say("claude", **edited(checkout, "a.py"))[0] == 2


def test_an_agent_over_its_budget_is_refused_shrinks_its_patch_and_passes_within_three_rounds(
    checkout: Path, say: Say
) -> None:
    names = ["alfa", "bravo", "carl", "dora"]
    refusals: list[str] = []
    while True:
        (checkout / "new.py").write_text("".join(FUNCTION.format(name=name) for name in names))
        code, _, err = say("claude", **stopped(checkout, again=bool(refusals)))
        if code == 0:
            break
        assert code == 2
        refusals.append(err)
        names.remove(err.split("decide less, in `")[1].split("`")[0])  # what the refusal names
    assert len(refusals) == 2
    assert (
        "new.py:1:1 SP302 budget-exceeded: Can this change be smaller? this change adds 60 decisions, 20" in refusals[0]
    )
    assert "new.py:1 `alfa` +15 decisions" in refusals[0]
    assert len(names) == 2


def test_a_wall_of_identical_refusals_stops_by_itself(checkout: Path, say: Say) -> None:
    (checkout / "new.py").write_text("".join(FUNCTION.format(name=name) for name in ("alfa", "bravo", "carl")))
    assert say("claude", **stopped(checkout))[0] == 2
    for again in (True, False):
        code, out, err = say("claude", **stopped(checkout, again=again))
        assert (code, err) == (0, "")
        assert "SP302 this change adds 45 decisions" in json.loads(out)["systemMessage"]


def test_an_agent_that_is_refused_three_times_in_a_row_is_let_go(checkout: Path, say: Say) -> None:
    codes: list[int] = []
    for size in range(4, 8):
        names = ["alfa", "bravo", "carl", "dora", "emil", "frida", "gerd"][:size]
        (checkout / "new.py").write_text("".join(FUNCTION.format(name=name) for name in names))
        codes.append(say("claude", **stopped(checkout, again=size > 4))[0])
    assert codes == [2, 2, 2, 0]


@pytest.mark.usefixtures("checkout")
def test_without_a_memory_there_is_no_loop(tmp_path: Path, say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "outside"
    folder.mkdir()
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    monkeypatch.chdir(folder)
    (folder / "a.py").write_text("lo\n")
    assert say("claude", **stopped(folder))[0] == 2
    assert say("claude", **stopped(folder, again=True))[0] == 0


def test_the_agents_own_commits_are_judged_from_where_it_began(checkout: Path, say: Say) -> None:
    (checkout / "new.py").write_text("".join(FUNCTION.format(name=name) for name in ("alfa", "bravo", "carl")))
    commit()
    assert say("claude", **stopped(checkout))[0] == 0
    code, _, err = say("claude", "--since", "HEAD~1", **stopped(checkout))
    assert (code, "SP302" in err) == (2, True)


def test_a_hook_that_cannot_judge_never_blocks_claude(
    checkout: Path, say: Say, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (checkout / ".spotter.toml").write_text("budget = 3\n")
    assert say("claude", **stopped(checkout))[0] == 1
    monkeypatch.setattr("sys.stdin", io.StringIO("{"))
    assert run(["hook", "claude"]) == 1
    assert "stdin: not JSON" in capsys.readouterr().err
    assert say("claude", hook_event_name="Stop", cwd=3)[2] == "spotter: stdin: 'cwd' takes a text, not 3\n"


def test_invisible_text_in_the_code_is_shown_in_the_questions(checkout: Path, say: Say) -> None:
    (checkout / "a\u202e.py").write_text("def span(b):\n    return lo\n")
    err = say("claude", **edited(checkout, "a\u202e.py"))[2]
    assert "\u202e" not in err
    assert "a\\u202e.py:2:12" in err


def test_the_plain_form_says_the_same_in_json(checkout: Path, say: Say) -> None:
    (checkout / "a.py").write_text("def span(b):\n    return lo\n")
    event = {"event": "edit", "session": "s1", "folder": str(checkout), "file": "a.py"}
    code, out, err = say("json", **event)
    answer = json.loads(out)
    assert (code, err, answer["pass"], answer["notice"]) == (1, "", False, "")
    assert answer["questions"][0].startswith("a.py:2:12 SP101 unlikely-token: Is this an error? ")
    code, out, _ = say("json", **event)
    assert (code, json.loads(out)["pass"]) == (0, True)
    assert say("json", event="stop", session="s1", folder=str(checkout))[0] == 1
    assert say("json", event="walk")[0] == 2
