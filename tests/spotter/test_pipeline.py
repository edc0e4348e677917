from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from spotter.cache import Cache
from spotter.config import Config
from spotter.engine.scores import Proposal, TokenScore
from spotter.findings import Suggestion
from spotter.metrics.facts import facts_of
from spotter.metrics.pressure import Place, Pressure, PressureSite
from spotter.outcome import Outcome, exit_code
from spotter.pipeline import Change, Task, Tools, check
from spotter.source import Source, Unread
from spotter.suspicions import suspicions
from spotter.syntax import parse

ALFA = Source("pkg/alfa.py", "def span(lo, hi):\n    return hi - bravo\n\n\ndef other(hi):\n    return lo\n", "python")
NOWHERE = Cache(None)


def same(sources: Sequence[Source]) -> Sequence[Source]:
    return sources


def rules(outcome: Outcome) -> list[tuple[str, int]]:
    return [(finding.rule, finding.line) for finding in outcome.findings]


def test_a_token_over_the_threshold_is_a_suspicion_with_what_would_stand_there(
    tools: Callable[..., Tools], scorer: Any
) -> None:
    outcome = check(Task((ALFA,)), tools(scorer), NOWHERE, same)
    assert rules(outcome) == [("SP101", 1), ("SP101", 6)]
    first = outcome.findings[0]
    assert first.message == "`lo` is unlikely here; `hi` would be expected (P(edit) 0.93, 9,300 times the usual)"
    assert (first.severity, first.kind, first.function, first.p_error) == ("error", "suspicion", "span", 0.93)
    assert first.suggestion == Suggestion("replace", "hi")
    assert outcome.measured == "complete"


def test_a_sure_suspicion_in_a_test_is_a_note(tools: Callable[..., Tools], scorer: Any) -> None:
    plain = tools(scorer)
    in_tests = replace(plain, extract=lambda syntax: replace(plain.extract(syntax), test=True))
    outcome = check(Task((ALFA,)), in_tests, NOWHERE, same)
    assert [(f.rule, f.severity, f.p_error) for f in outcome.findings] == [
        ("SP101", "note", 0.93),
        ("SP101", "note", 0.93),
    ]


def test_the_best_proposal_chooses_the_rule(tools: Callable[..., Tools], scorer: Any) -> None:
    scorer.suspected = {"bravo": (0.6, Proposal("insert", "not", 1.0)), "hi": (0.7, Proposal("delete", "", 1.0))}
    outcome = check(Task((ALFA,)), tools(scorer), NOWHERE, same)
    assert {finding.rule for finding in outcome.findings} == {"SP102", "SP103"}
    assert any("`not` seems to be missing before `bravo`" in finding.message for finding in outcome.findings)


@pytest.mark.parametrize(
    ("proposal", "said"),
    [
        (Proposal("replace", "x", 1.0), "`bravo` is not bound here; `x` would be expected (P(edit) 0.93, "),
        (
            Proposal("insert", "x", 1.0),
            "`bravo` is not bound here; `x` seems to be missing before it (P(edit) 0.93, ",
        ),
        (
            Proposal("delete", "", 1.0),
            "`bravo` is not bound here; it seems to be left over (P(edit) 0.93, ",
        ),
    ],
)
def test_of_a_flaw_that_is_said(proposal: Proposal, said: str) -> None:
    syntax = parse(ALFA)
    at = next(i for i, token in enumerate(syntax.tokens) if token.text == "bravo")
    (found,) = suspicions(syntax, [TokenScore(at, 0.93, (proposal,), flaw="is not bound here")], 0.5)
    assert found.message.startswith(said)


@pytest.mark.parametrize(("p_error", "severity"), [(0.69, "note"), (0.71, "warning"), (0.91, "error")])
def test_a_token_fails_a_check_only_where_readers_found_such_tokens_wrong(
    tools: Callable[..., Tools], scorer: Any, p_error: float, severity: str
) -> None:
    scorer.suspected = {"bravo": (p_error, Proposal("insert", "not", 1.0))}
    (found,) = check(Task((ALFA,)), tools(scorer), NOWHERE, same).findings
    assert (found.severity, exit_code([found], "warning")) == (severity, int(severity != "note"))


def test_a_function_has_three_suspicions_at_most_the_best_ones(tools: Callable[..., Tools], scorer: Any) -> None:
    scorer.suspected = {name: (0.5 + n / 10, Proposal("replace", "x", 1.0)) for n, name in enumerate("vabcd")}
    source = Source("a.py", "def alfa():\n    return a + b + c + d\n", "python")
    outcome = check(Task((source,)), tools(scorer), NOWHERE, same)
    assert [finding.p_error for finding in outcome.findings] == [0.9, 0.8, 0.7]


def test_tokens_left_over_beside_each_other_are_one_suspicion(tools: Callable[..., Tools], scorer: Any) -> None:
    scorer.suspected = {
        ".": (0.6, Proposal("delete", "", 1.0)),
        "b": (0.8, Proposal("delete", "", 1.0)),
        "c": (0.7, Proposal("replace", "d", 1.0)),
    }
    source = Source("a.py", "def alfa():\n    return a.b + b + (c + a.b.c)\n", "python")
    found = sorted(check(Task((source,)), tools(scorer), NOWHERE, same).findings, key=lambda f: f.column)
    assert [(f.column, f.end_column, f.p_error) for f in found] == [(13, 15, 0.8), (18, 19, 0.8), (28, 31, 0.8)]
    assert found[0].message.startswith("`.b` seems to be left over")
    assert found[2].message.startswith("`.b.` seems to be left over")
    scorer.suspected["."] = (0.3, Proposal("delete", "", 1.0))  # less sure, and beside one that is surer
    found = sorted(check(Task((source,)), tools(scorer), NOWHERE, same).findings, key=lambda f: f.column)
    assert [(f.column, f.end_column, f.p_error) for f in found] == [(13, 15, 0.8), (18, 19, 0.8), (28, 31, 0.8)]
    scorer.suspected["b"] = (0.3, Proposal("delete", "", 1.0))  # none of them is sure
    assert [f.rule for f in check(Task((source,)), tools(scorer), NOWHERE, same).findings] == ["SP101", "SP101"]


def test_tokens_left_over_take_no_bracket_with_them_whose_other_stays(tools: Callable[..., Tools], scorer: Any) -> None:
    source = Source("a.py", "def alfa():\n    return int(b, c)\n", "python")

    def told(*texts: str) -> list[tuple[int, int]]:
        scorer.suspected = {text: (0.8, Proposal("delete", "", 1.0)) for text in texts}
        return [(f.column, f.end_column) for f in check(Task((source,)), tools(scorer), NOWHERE, same).findings]

    assert told("c", ")") == [(19, 20)]
    assert told("int", "(") == [(12, 15)]
    assert told(")") == []
    assert told("(", "b", ",", "c") == [(16, 20)]


def test_a_suspicion_beside_a_deviant_ranks_above_an_equal_one(tools: Callable[..., Tools], scorer: Any) -> None:
    place = Place("pkg/alfa.py", 6, 12, 6, 14, "other")
    site = PressureSite(Place("pkg/alfa.py", 2, 1, 2, 9, "span"), "checks", "resolved", "checked here")
    deviant = Pressure("SP202", "state:pkg/alfa.py:lo", place, "`lo` may be None", (site,), 5.0, True, 0.6)
    outcome = check(Task((ALFA,)), tools(scorer, [deviant]), NOWHERE, same)
    assert rules(outcome) == [("SP101", 6), ("SP202", 6), ("SP101", 1)]


def test_what_a_rule_doubts_speaks_where_its_whole_code_is_selected(tools: Callable[..., Tools]) -> None:
    place = Place("pkg/alfa.py", 6, 12, 6, 14, "other")
    site = PressureSite(Place("pkg/alfa.py", 2, 1, 2, 9, "span"), "checks", "resolved", "checked here")
    sure = Pressure("SP202", "state:pkg/alfa.py:lo", place, "`lo` may be None", (site,), 5.0, True, 0.6)
    doubted = (replace(sure, p_error=0.4), replace(sure, sites=(replace(site, certainty="ambiguous"),)))
    chosen = Config(select=("SP", "SP202"))
    assert rules(check(Task((ALFA,)), tools(None, [sure]), NOWHERE, same)) == [("SP202", 6)]
    for one in doubted:
        assert rules(check(Task((ALFA,)), tools(None, [one]), NOWHERE, same)) == []
        (note,) = check(Task((ALFA,)), tools(None, [one], chosen), NOWHERE, same).findings
        assert (note.rule, note.severity) == ("SP202", "note")


def test_a_rule_that_only_notes_is_not_taken_for_a_guess(tools: Callable[..., Tools]) -> None:
    place = Place("pkg/alfa.py", 6, 12, 6, 14, "other")
    site = PressureSite(Place("pkg/alfa.py", 2, 1, 2, 9, "span"), "checks", "resolved", "checked here")
    sure = Pressure("SP222", "state:pkg/alfa.py:lo", place, "`lo` is None here", (site,), 5.0, True, 0.6)
    guessed = replace(sure, sites=(replace(site, certainty="ambiguous"),))
    one, other = (check(Task((ALFA,)), tools(None, [p]), NOWHERE, same).findings[0] for p in (sure, guessed))
    assert (one.severity, other.severity) == ("note", "note")
    assert one.rank > other.rank


def test_what_could_not_be_measured_is_said_and_never_complete(tools: Callable[..., Tools], scorer: Any) -> None:
    broken = Source("b.py", "def f(:\n    pass\n\nx = 1\n", "python")
    task = Task((broken,), (Unread("c.py", "a NUL byte in line 1", requested=True),))
    outcome = check(task, tools(scorer), NOWHERE, same)
    assert rules(outcome) == [("SP001", 1), ("SP002", 1)]
    met = replace(task, unread=(replace(task.unread[0], requested=False),))
    assert {f.severity for f in check(met, tools(scorer), NOWHERE, same).findings} == {"note"}
    assert [file.extent for file in outcome.files] == ["partial", "none"]
    assert outcome.measured == "partial"


def test_a_language_without_weights_gets_pressures_only_and_says_so(tools: Callable[..., Tools], scorer: Any) -> None:
    scorer.knows = False
    outcome = check(Task((ALFA,)), tools(scorer), NOWHERE, same)
    assert outcome.files[0].extent == "partial"
    assert outcome.findings == ()
    assert outcome.notes == ("no weights know python: 1 file with pressures only, no token was scored (SP002)",)
    quiet = replace(tools(scorer), config=replace(tools(scorer).config, ignore=("SP002",)))
    assert check(Task((ALFA,)), quiet, NOWHERE, same).notes == ()


def test_what_lies_aside_is_named_in_one_line(tools: Callable[..., Tools], scorer: Any) -> None:
    outcome = check(
        Task((ALFA,), aside=tuple((f"{name}.js", "minified") for name in "abcd")), tools(scorer), NOWHERE, same
    )
    assert outcome.notes == ("left out as minified: a.js, b.js, c.js and 1 more; name such a file to check it",)


def test_only_changed_lines_are_kept(tools: Callable[..., Tools], scorer: Any) -> None:
    task = Task((ALFA,), changed={"pkg/alfa.py": frozenset({5, 6})})
    assert rules(check(task, tools(scorer), NOWHERE, same)) == [("SP101", 6)]


def test_a_remembered_outcome_equals_the_first_and_asks_nobody(
    tmp_path: Path, tools: Callable[..., Tools], scorer: Any
) -> None:
    first = check(Task((ALFA,)), tools(scorer), Cache(tmp_path), same)
    again = check(Task((ALFA,)), tools(scorer), Cache(tmp_path), same)
    assert again == first
    assert scorer.asked == ["pkg/alfa.py"]


def test_an_unchanged_file_is_not_scored_again_beside_a_changed_one(
    tmp_path: Path, tools: Callable[..., Tools], scorer: Any
) -> None:
    bravo = Source("b.py", "x = 1\n", "python")
    check(Task((ALFA, bravo)), tools(scorer), Cache(tmp_path), same)
    check(Task((ALFA, replace(bravo, text="x = 2\n"))), tools(scorer), Cache(tmp_path), same)
    assert scorer.asked == ["pkg/alfa.py", "b.py", "b.py"]
    scorer.fingerprint = "other weights"
    check(Task((ALFA,)), tools(scorer), Cache(tmp_path), same)
    assert scorer.asked[3:] == ["pkg/alfa.py"]


def test_neighbours_without_an_index_are_said(tmp_path: Path, tools: Callable[..., Tools], scorer: Any) -> None:
    bravo = Source("b.py", "x = 1\n", "python")
    task = Task((ALFA,), neighbours=(bravo,))
    assert (
        "no evidence from 1 of the repository's 1 other files"
        in check(task, tools(scorer), Cache(tmp_path), same).notes[0]
    )
    check(Task((bravo,)), tools(scorer), Cache(tmp_path), same)
    assert check(task, tools(scorer), Cache(tmp_path), same).notes == ()


def test_moved_lines_keep_their_fingerprints_and_twins_differ(tools: Callable[..., Tools], scorer: Any) -> None:
    source = Source("a.py", "def alfa():\n    f(lo)\n    f(lo)\n", "python")
    moved = Source("a.py", "# new\n\n\ndef alfa():\n    f( lo )\n\n    f(lo)  # why\n", "python")
    before, after = (check(Task((s,)), tools(scorer), NOWHERE, same) for s in (source, moved))
    names = [finding.fingerprint for finding in before.findings]
    assert names == [finding.fingerprint for finding in after.findings]
    assert len(set(names)) == 2


def test_a_comment_silences_a_finding_and_one_that_silences_nothing_is_said(
    tools: Callable[..., Tools], scorer: Any
) -> None:
    text = "x = lo  # spotter: ignore[SP101] the lower end\ny = 1  # spotter: ignore[SP101] nothing here\n"
    outcome = check(Task((Source("a.py", text, "python"),)), tools(scorer), NOWHERE, same)
    assert rules(outcome) == [("SP003", 2)]
    assert outcome.suppressed == 1
    assert outcome.findings[0].fingerprint


@pytest.mark.parametrize(("select", "said"), [((), []), (("SP",), []), (("SP", "SP242"), [("SP242", 1)])])
def test_a_rule_that_is_off_by_default_speaks_where_its_whole_code_is_selected(
    tools: Callable[..., Tools], select: tuple[str, ...], said: list[tuple[str, int]]
) -> None:
    place = Place("pkg/alfa.py", 1, 1, 1, 4, "span")
    pressure = Pressure("SP242", "state:a", place, "forgotten", (), 3.0, deviant=True, p_error=0.6)
    assert rules(check(Task((ALFA,)), tools(None, [pressure], Config(select=select)), NOWHERE, same)) == said


def test_a_suspicion_whose_rule_is_a_note_stays_one_however_sure_it_is(tools: Callable[..., Tools]) -> None:
    place = Place("pkg/alfa.py", 1, 1, 1, 4, "span")
    pressure = Pressure("SP262", "order:f", place, "turned round", (), 6.0, deviant=True, p_error=0.95)
    (found,) = check(Task((ALFA,)), tools(None, [pressure]), NOWHERE, same).findings
    assert (found.rule, found.severity, found.kind) == ("SP262", "note", "suspicion")


def test_what_was_not_measured_is_said_whatever_was_selected(tools: Callable[..., Tools], scorer: Any) -> None:
    task = Task((ALFA,), (Unread("c.py", "a NUL byte in line 1", requested=True),))
    outcome = check(task, tools(scorer, config=Config(select=("SP2",))), NOWHERE, same)
    assert rules(outcome) == [("SP001", 1)]


MISSPELT = Pressure(
    "SP263", "misspelt:a", Place("pkg/alfa.py", 6, 12, 6, 14, "other"), "misspelt", (), 2.0,
    deviant=True, p_error=0.75, expected="low",
)  # fmt: skip


def test_a_name_is_called_misspelt_only_where_all_other_files_are_known(
    tools: Callable[..., Tools], tmp_path: Path
) -> None:
    (tmp_path / ".spotter").mkdir()
    cache, other = Cache(tmp_path), Source("pkg/other.py", "x = 1\n", "python")
    task = Task((ALFA,), neighbours=(other,))
    assert rules(check(task, tools(None, [MISSPELT]), cache, same)) == []
    check(Task((other,)), tools(None), cache, same)
    assert rules(check(task, tools(None, [MISSPELT]), cache, same)) == [("SP263", 6)]


def test_a_misspelt_name_is_said_once_and_as_a_token_where_its_rule_is_not_selected(
    tools: Callable[..., Tools], scorer: Any
) -> None:
    both = check(Task((ALFA,)), tools(scorer, [MISSPELT]), NOWHERE, same)
    assert sorted(rules(both)) == [("SP101", 1), ("SP263", 6)]
    assert [f.suggestion for f in both.findings if f.rule == "SP263"] == [Suggestion("replace", "low")]
    tokens = check(Task((ALFA,)), tools(scorer, [MISSPELT], Config(select=("SP1",))), NOWHERE, same)
    assert sorted(rules(tokens)) == [("SP101", 1), ("SP101", 6)]


def test_a_function_has_at_most_three_suspicions_beside_the_flaws_that_are_known() -> None:
    syntax = parse(ALFA)
    gone = (Proposal("replace", "x", 1.0),)
    names = [i for i, token in enumerate(syntax.tokens) if token.text.isidentifier()][:5]
    plain = [TokenScore(at, 0.9, gone) for at in names]
    flaws = [replace(score, flaw="is not bound here") for score in plain]
    maybe = [replace(score, flaw="may be meant", p_error=0.6) for score in plain]
    assert [len(suspicions(syntax, each, 0.5)) for each in (plain, flaws, maybe)] == [3, 5, 3]


def test_the_flaw_in_a_run_that_should_go_is_told_of_its_own_token() -> None:
    syntax = parse(ALFA)
    at = next(i for i, token in enumerate(syntax.tokens) if token.text == "bravo")
    gone = (Proposal("delete", "", 1.0),)
    run = [TokenScore(at - 1, 0.9, gone), TokenScore(at, 0.93, gone, flaw="is not bound here")]
    (found,) = suspicions(syntax, run, 0.5)
    assert (found.column, found.message.split(" (")[0]) == (15, "`bravo` is not bound here; it seems to be left over")


CLIENT = Source("shop/client.py", "def send(message): ...\n", "python")
RENAMED = replace(CLIENT, text="def post(message): ...\n")
CALLER = Source("shop/caller.py", "import os\nfrom .client import send\n", "python")


def broken(
    tools: Callable[..., Tools],
    cache: Cache,
    caller: Source,
    before: Source = CLIENT,
    reach: frozenset[str] = frozenset((CALLER.path,)),
) -> Outcome:
    """What a change of the client says, once the caller is indexed."""
    real = replace(tools(None), extract=facts_of)
    check(Task((caller,)), real, cache, same)
    change = Change((before,), (RENAMED,))
    changed = {RENAMED.path: frozenset((1,))}
    return check(Task((RENAMED,), (), (caller,), changed, change, reach=reach), real, cache, same)


def test_what_a_change_breaks_in_another_file_fails_its_check_there(
    tools: Callable[..., Tools], tmp_path: Path
) -> None:
    (tmp_path / ".spotter").mkdir()
    cache = Cache(tmp_path)
    (found,) = broken(tools, cache, CALLER).findings
    assert (found.rule, found.path, found.line, found.severity) == ("SP264", CALLER.path, 2, "error")
    assert found.suggestion == Suggestion("replace", "post")
    assert broken(tools, cache, CALLER, before=RENAMED).findings == ()
    assert broken(tools, cache, CALLER, reach=frozenset()).findings == ()
    known = replace(CALLER, text=CALLER.text.replace("send\n", "send  # spotter: ignore[SP264] on purpose\n"))
    outcome = broken(tools, cache, known)
    assert (outcome.findings, [held.finding.rule for held in outcome.held]) == ((), ["SP264"])


def test_what_a_change_breaks_is_not_known_without_the_facts_of_all_files(tools: Callable[..., Tools]) -> None:
    outcome = broken(tools, NOWHERE, CALLER)
    assert outcome.findings == ()
    assert "no evidence from 1 of the repository's 1 other files" in outcome.notes[0]
