from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from spotter.cache import Cache
from spotter.errors import SpotterError
from spotter.findings import Finding, Held, Suggestion
from spotter.outcome import Outcome
from spotter.pipeline import Task, Tools, check
from spotter.source import Source
from spotter.verdicts import Verdict, merged, odds_moved, precisions, read, weighed, write

FOUND = Finding("SP101", "a.py", 6, 17, 6, 19, "m", "error", "suspicion", "span", 0.93, fingerprint="1")
FINE = Verdict("a.py", "SP101", "1", "person", "fine", "the order is meant", None, 0.93)


def judged(finding: Finding, *verdicts: Verdict) -> Finding:
    ((moved,), silenced) = weighed([finding], verdicts, 0.05)
    assert silenced == ()
    return moved


def test_what_a_person_called_fine_is_gone_whatever_models_say() -> None:
    model = replace(FINE, by="alfa", verdict="error")
    assert weighed([FOUND], [FINE, model], 0.05) == ((), (Held(FOUND, "verdict", "person: the order is meant"),))
    design = replace(FOUND, rule="SP201", kind="fact", p_error=None)
    assert weighed([design], [FINE], 0.05)[0] == ()


def test_a_model_that_says_fine_lowers_the_finding_and_two_lower_it_more() -> None:
    alfa, bravo = replace(FINE, by="alfa"), replace(FINE, by="bravo")
    one, two = judged(FOUND, alfa), judged(FOUND, alfa, bravo)
    assert one.p_error is not None
    assert two.p_error is not None
    assert two.p_error < one.p_error < 0.93
    assert [FOUND.severity, one.severity, two.severity] == ["error", "note", "note"]
    assert one.remarks[0] == "judged fine by alfa: the order is meant"
    weak = replace(FOUND, p_error=0.2, severity="note")
    assert weighed([weak], [replace(alfa, p_error=0.2)], 0.05)[0] == ()


def test_an_error_with_a_fix_becomes_a_suggestion() -> None:
    finding = judged(replace(FOUND, p_error=0.4, severity="note"), replace(FINE, by="alfa", verdict="error", fix="hi"))
    assert finding.suggestion == Suggestion("replace", "hi")
    assert finding.severity == "warning"
    assert finding.p_error == pytest.approx(odds_moved(0.4, 3.0), abs=1e-6)


def test_findings_called_fine_again_and_again_lower_their_rule_and_confirmed_ones_do_not() -> None:
    other = replace(FOUND, fingerprint="9", p_error=0.6)
    fine = [replace(FINE, fingerprint=str(n), p_error=0.6) for n in range(5)]
    lowered = judged(other, *fine)
    assert lowered.p_error == pytest.approx(4.8 / 13, abs=1e-3)
    assert lowered.severity == "note"
    assert lowered.remarks[-1] == "0 of 5 judged findings of SP101 here were errors"
    assert judged(other, *(replace(row, verdict="error") for row in fine)) == other
    assert judged(replace(other, rule="SP102"), *fine).p_error == 0.6


def test_a_rule_that_was_as_often_right_as_it_claimed_stays_as_it_is() -> None:
    rows = [replace(FINE, fingerprint=str(n), p_error=0.25, verdict="error" if n == 0 else "fine") for n in range(4)]
    (rule,) = precisions(rows)
    assert (rule.errors, rule.precision, rule.bits) == (1, 0.25, 0.0)


def test_a_person_weighs_more_than_a_model() -> None:
    people = [replace(FINE, fingerprint=str(n)) for n in range(4)]
    models = [replace(row, by="alfa") for row in people]
    assert precisions(people)[0].bits < precisions(models)[0].bits < 0


def test_an_agents_word_about_its_own_code_is_shown_and_moves_nothing() -> None:
    agent = replace(FINE, by="agent")
    told = judged(FOUND, agent)
    assert (told.p_error, told.severity) == (FOUND.p_error, FOUND.severity)
    assert told.remarks == ("judged fine by agent: the order is meant",)
    assert precisions([agent]) == ()


def test_a_place_whose_links_are_guessed_stays_a_note() -> None:
    deviant = replace(FOUND, rule="SP202", severity="note", p_error=0.9)
    assert judged(deviant, replace(FINE, rule="SP202", by="alfa", verdict="error")).severity == "note"


def test_what_was_not_measured_and_what_a_change_adds_is_never_silenced() -> None:
    for rule in ("SP001", "SP302"):
        firm = replace(FOUND, rule=rule, kind="fact", p_error=None)
        assert weighed([firm], [replace(FINE, rule=rule)], 0.05)[1] == ()


def test_rows_are_sorted_and_a_newer_word_replaces_the_older(tmp_path: Path) -> None:
    path = tmp_path / ".spotter" / "verdicts.jsonl"
    other = replace(FINE, path="b.py", fingerprint="2")
    write(path, merged([other, FINE], [replace(FINE, why="asked the author")]))
    assert path.read_text() == (
        '{"path": "a.py", "rule": "SP101", "fingerprint": "1", "by": "person", "verdict": "fine", '
        '"why": "asked the author", "fix": null, "p_error": 0.93}\n'
        '{"path": "b.py", "rule": "SP101", "fingerprint": "2", "by": "person", "verdict": "fine", '
        '"why": "the order is meant", "fix": null, "p_error": 0.93}\n'
    )
    assert [row.path for row in read(path)] == ["a.py", "b.py"]
    assert read(tmp_path / "none.jsonl") == ()


@pytest.mark.parametrize("text", ["{", "[]", '{"path": "a.py"}', '{"path":"a","rule":"SP101","fingerprint":"1",'
                                  '"by":"person","verdict":"perhaps","why":""}'])  # fmt: skip
def test_a_malformed_row_is_an_error_with_its_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "verdicts.jsonl"
    write(path, [FINE])
    path.write_text(path.read_text() + text + "\n")
    with pytest.raises(SpotterError, match=r"verdicts\.jsonl:2: not a verdict"):
        read(path)


def test_verdicts_enter_the_next_run_and_its_remembered_outcome(
    tools: Callable[..., Tools], scorer: Any, tmp_path: Path
) -> None:
    task = Task((Source("a.py", "def span(lo, hi):\n    return hi - lo\n", "python"),))
    cache = Cache(tmp_path)

    def run(*verdicts: Verdict) -> Outcome:
        return check(task, replace(tools(scorer), verdicts=verdicts), cache, lambda sources: sources)

    first = run()
    assert [finding.line for finding in first.findings] == [1, 2]
    fine = replace(FINE, fingerprint=first.findings[0].fingerprint)
    second = run(fine)
    assert [finding.line for finding in second.findings] == [2]
    assert (second.silenced, run().silenced, run(fine)) == (1, 0, second)
