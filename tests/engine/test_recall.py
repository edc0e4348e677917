from __future__ import annotations

from array import array
from pathlib import Path

import pytest

from spotter.engine import recall as recalling
from spotter.engine.recall import Recall
from spotter.engine.scores import TokenScore
from spotter.engine.spotting import Spotter, load
from spotter.source import Source
from spotter.syntax import Syntax, parse

ENGINE = Path(recalling.__file__).parent


class Steps:
    """Counts the windows that are run, and stops where it is told."""

    def __init__(self, last: int = 1000) -> None:
        self.of = 0
        self.last = last

    def __call__(self, done: int, of: int) -> None:
        self.of = of
        if done >= self.last:
            raise InterruptedError


@pytest.fixture(scope="module")
def spotter() -> Spotter:
    return load()


@pytest.fixture(scope="module")
def text() -> str:
    return (ENGINE / "calibration.py").read_text(encoding="utf-8")


def parsed(text: str) -> Syntax:
    return parse(Source("a.py", text, "python"))


def rounded(scores: tuple[TokenScore, ...]) -> array[float]:
    """P(edit) as it is kept, in four bytes."""
    return array("f", (score.p_error for score in scores))


def edited(text: str) -> str:
    return text.replace("    return", "    unheard_of = 17\n    return", 1)


def close(one: tuple[TokenScore, ...], other: tuple[TokenScore, ...]) -> bool:
    """The same up to what a batch of another shape rounds otherwise."""
    return [s.token for s in one] == [s.token for s in other] and max(
        abs(a.p_error - b.p_error) for a, b in zip(one, other, strict=True)
    ) < 1e-2


def test_a_fresh_pass_is_what_the_denoiser_says_and_runs_nothing_twice(spotter: Spotter, text: str) -> None:
    recall, first, again = Recall(spotter), Steps(), Steps()
    scores = recall.score(parsed(text), "fresh", first)
    assert first.of == len(spotter.windows(parsed(text))) > 2
    assert close(scores, spotter.score(parsed(text)))
    assert recall.score(parsed(text), "fresh", again) == scores
    assert again.of == 0


def test_after_an_edit_in_one_function_a_near_pass_runs_its_window_only(spotter: Spotter, text: str) -> None:
    recall, near = Recall(spotter), Steps()
    recall.score(parsed(text), "fresh", Steps())
    scores = recall.score(parsed(edited(text)), "near", near)
    assert len(scores) == len(parsed(edited(text)).tokens)
    assert near.of in (1, 2)


def test_after_an_edit_a_fresh_pass_is_as_if_nothing_had_been_recalled(spotter: Spotter, text: str) -> None:
    recall = Recall(spotter)
    recall.score(parsed(text), "fresh", Steps())
    recall.score(parsed(edited(text)), "near", Steps())
    recalled = recall.score(parsed(edited(text)), "fresh", Steps())
    assert close(recalled, Recall(spotter).score(parsed(edited(text)), "fresh", Steps()))


def test_a_fresh_pass_knows_when_a_name_is_bound_no_longer_far_above_its_window(spotter: Spotter, text: str) -> None:
    recall = Recall(spotter)
    without = text.replace("import asdict, dataclass", "import dataclass")
    recall.score(parsed(text), "fresh", Steps())
    recalled = recall.score(parsed(without), "fresh", Steps())
    assert close(recalled, Recall(spotter).score(parsed(without), "fresh", Steps()))
    missing = [score for score in recalled if score.flaw]
    assert {parsed(without).tokens[score.token].text for score in missing} == {"asdict"}
    bound = spotter.score(parsed(text))
    assert all(score.p_error > 50 * bound[score.token].p_error for score in missing)


def test_a_known_pass_runs_nothing_and_suspects_nothing_where_the_text_is_new(spotter: Spotter, text: str) -> None:
    recall, known = Recall(spotter), Steps()
    before = recall.score(parsed(text), "fresh", Steps())
    after = recall.score(parsed(edited(text)), "known", known)
    assert known.of == 0
    windows = spotter.windows(parsed(edited(text)))
    silent = [w for w in windows if not any(after[token].p_error for token in w.taken)]
    assert 1 <= len(silent) <= 2
    new = next(i for i, token in enumerate(parsed(edited(text)).tokens) if token.text == "unheard_of")
    assert any(new in window.taken for window in silent)
    added = len(after) - len(before)
    kept = [token for window in windows if window not in silent for token in window.taken]
    assert len(kept) > 200
    assert all(after[t].p_error == before[t - added if t > new else t].p_error for t in kept)


def test_what_was_run_before_it_was_stopped_is_kept(spotter: Spotter, text: str) -> None:
    recall, rest = Recall(spotter), Steps()
    with pytest.raises(InterruptedError):
        recall.score(parsed(text), "fresh", Steps(last=recalling.BATCH))
    recall.score(parsed(text), "fresh", rest)
    assert rest.of == len(spotter.windows(parsed(text))) - recalling.BATCH


def test_scores_from_elsewhere_are_taken_in(spotter: Spotter, text: str) -> None:
    recall, none = Recall(spotter), Steps()
    scores = spotter.score(parsed(text))
    recall.learn(parsed(text), scores)
    learnt = recall.score(parsed(text), "fresh", none)
    assert none.of == 0
    assert rounded(learnt) == rounded(scores)
    assert [score.proposals for score in learnt] == [score.proposals for score in scores]


def test_what_was_asked_for_longest_ago_is_forgotten_first(spotter: Spotter, text: str) -> None:
    recall, again = Recall(spotter, most=4), Steps()
    recall.score(parsed(text), "fresh", Steps())
    recall.score(parsed(text), "fresh", again)
    assert again.of == len(spotter.windows(parsed(text))) - 2
