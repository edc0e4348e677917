from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from spotter.errors import SpotterError
from spotter.prompts import Prompt
from spotter.review.answers import MalformedError
from spotter.review.models import Ask, NotNowError, RefusedError
from spotter.review.run import Answered, Limits, Question, run
from spotter.review.store import Answers, Reply, question_key

QUICK = Limits(pause=0.001)


def check(text: str) -> None:
    if text == "malformed":
        raise MalformedError("no key")


def asked(ask: Ask, number: int = 1) -> list[Question]:
    prompts = [Prompt("a.py", f"f{n}", (), f"prompt {n}", "00000000") for n in range(number)]
    return [Question("alfa", question_key("alfa", p.fingerprint, ""), p, ask, check) for p in prompts]


def settle(questions: Sequence[Question], folder: Path, limits: Limits = QUICK) -> list[Answered]:
    kept = Answers(folder)
    settled = list(run(questions, limits, kept))
    kept.close()
    return sorted(settled, key=lambda one: one.question.prompt.text)


def scripted(*results: str | Exception) -> tuple[Ask, Counter[str]]:
    """Gives these results to each prompt in turn; counts how often each was asked."""
    counts: Counter[str] = Counter()

    def ask(prompt: Prompt) -> Reply:
        result = results[min(counts[prompt.text], len(results) - 1)]
        counts[prompt.text] += 1
        if isinstance(result, Exception):
            raise result
        return Reply(result, 100)

    return ask, counts


def test_what_is_answered_is_never_asked_again(tmp_path: Path) -> None:
    ask, counts = scripted("fine")
    assert [one.text for one in settle(asked(ask, 3), tmp_path)] == ["fine"] * 3
    again = settle(asked(ask, 4), tmp_path)
    assert [one.remembered for one in again] == [True, True, True, False]
    assert counts == {f"prompt {n}": 1 for n in range(4)}


@pytest.mark.parametrize("trouble", [NotNowError("429", 0.0), ConnectionError("gone"), "malformed"])
def test_trouble_is_met_by_asking_again(trouble: str | Exception, tmp_path: Path) -> None:
    ask, counts = scripted(trouble, trouble, "fine")
    (one,) = settle(asked(ask), tmp_path)
    assert (one.text, counts["prompt 0"]) == ("fine", 3)


def test_pauses_grow_and_a_server_may_name_its_own(tmp_path: Path) -> None:
    times: list[float] = []

    def ask(_: Prompt) -> Reply:
        times.append(time.monotonic())
        if len(times) < 4:
            raise NotNowError("429", 0.3 if len(times) == 3 else 0.0)
        return Reply("fine", 1)

    settle(asked(ask), tmp_path, Limits(pause=0.05))
    first, second, third = (b - a for a, b in pairwise(times))
    assert first >= 0.05
    assert second >= 0.1
    assert third >= 0.3


def test_a_refusal_is_final_and_not_kept(tmp_path: Path) -> None:
    ask, counts = scripted(RefusedError("401"))
    (one,) = settle(asked(ask), tmp_path)
    assert (one.text, one.reason, counts["prompt 0"]) == (None, "401", 1)
    settle(asked(ask), tmp_path)
    assert counts["prompt 0"] == 2


def test_an_answer_that_stays_malformed_is_kept_and_not_paid_for_again(tmp_path: Path) -> None:
    ask, counts = scripted("malformed")
    for _ in range(2):
        (one,) = settle(asked(ask), tmp_path)
        assert (one.text, one.reason, counts["prompt 0"]) == (None, "malformed: no key", 4)


def test_a_late_answer_is_not_waited_for(tmp_path: Path) -> None:
    release = threading.Event()

    def ask(prompt: Prompt) -> Reply:
        if prompt.text == "prompt 0":
            release.wait(20)
        return Reply("fine", 1)

    began = time.monotonic()
    first, second = settle(asked(ask, 2), tmp_path, Limits(parallel=1, timeout=0.2, retries=1, pause=0.001))
    release.set()
    assert time.monotonic() - began < 5
    assert (first.text, first.reason) == (None, "no answer within 0.2 s")
    assert second.text == "fine"


def test_no_more_questions_are_out_than_allowed(tmp_path: Path) -> None:
    lock, now, most = threading.Lock(), 0, 0

    def ask(_: Prompt) -> Reply:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.02)
        with lock:
            now -= 1
        return Reply("fine", 1)

    assert len(settle(asked(ask, 12), tmp_path, Limits(parallel=3))) == 12
    assert 1 < most <= 3


def test_the_cap_of_tokens_is_not_overrun_and_the_rest_is_asked_next_time(tmp_path: Path) -> None:
    ask, counts = scripted("fine")
    settled = settle(asked(ask, 9), tmp_path, Limits(tokens=800))
    answered = [one for one in settled if one.text]
    assert sum(one.tokens for one in answered) <= 800
    assert 0 < len(answered) < 9
    assert {one.reason for one in settled if not one.text} == {"the tokens for the review are spent"}
    assert all(one.text for one in settle(asked(ask, 9), tmp_path))
    assert set(counts.values()) == {1}


def test_the_cap_of_time_ends_the_review(tmp_path: Path) -> None:
    release = threading.Event()

    def ask(_: Prompt) -> Reply:
        release.wait(20)
        return Reply("fine", 1)

    began = time.monotonic()
    settled = settle(asked(ask, 5), tmp_path, Limits(parallel=2, seconds=0.2))
    release.set()
    assert time.monotonic() - began < 5
    assert [one.reason for one in settled] == ["the time for the review is over"] * 5


def test_answers_that_cannot_be_kept_are_an_error(tmp_path: Path) -> None:
    (tmp_path / ".spotter").mkdir()
    (tmp_path / ".spotter" / "answers.sqlite").write_text("no database" * 100)
    with pytest.raises(SpotterError, match="answers cannot be kept"):
        Answers(tmp_path)
