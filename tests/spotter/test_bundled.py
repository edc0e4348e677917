from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from spotter.bundled import Bundled
from spotter.cache import Cache
from spotter.engine.features import Features
from spotter.engine.scores import TokenScore
from spotter.engine.spotting import Spotter, Window
from spotter.measuring import measure
from spotter.metrics.facts import facts_of
from spotter.source import Source
from spotter.syntax import Syntax, parse

TEXT = (Path(__file__).parent.parent.parent / "spotter" / "config.py").read_text(encoding="utf-8")


def test_around_some_lines_the_scores_are_those_of_the_whole_file_and_elsewhere_there_are_none() -> None:
    syntax, scorer = parse(Source("config.py", TEXT, "python")), Bundled()
    whole, (part,) = scorer.score(syntax), scorer.score_each([(syntax, frozenset({9, 10}))])
    assert [score.token for score in part] == list(range(len(syntax.tokens)))
    run = [score for score in part if score.p_error > 0]
    assert {i for i, token in enumerate(syntax.tokens) if token.line in (9, 10)} <= {score.token for score in run}
    assert len(run) < len(syntax.tokens) / 2
    assert run == [whole[score.token] for score in run]


def test_of_an_edited_function_the_windows_around_it_are_run_and_its_file_is_scored_as_if_all_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".spotter").mkdir()
    ran: list[int] = []

    def scores(text: str, cache: Cache) -> tuple[TokenScore, ...]:
        ran.append(0)
        found = measure([Source("a.py", text, "python")], facts_of, Bundled(), cache, lambda fresh: fresh)
        return found["a.py"].scores or ()

    def counted(spotter: Spotter, batch: Sequence[tuple[Window, Features, Syntax]]) -> list[tuple[TokenScore, ...]]:
        ran[-1] += len(batch)
        return score_windows(spotter, batch)

    score_windows = Spotter.score_windows
    monkeypatch.setattr(Spotter, "score_windows", counted)
    edited = TEXT.replace("return float(value)", "return int(value or 1)")
    assert edited != TEXT
    scores(TEXT, Cache(tmp_path))
    again, whole = scores(edited, Cache(tmp_path)), scores(edited, Cache(None))
    assert ran[0] >= 5
    assert ran[1] in (1, 2)
    assert ran[2] == ran[0]
    assert [score.token for score in again] == [score.token for score in whole]
    assert max(abs(a.p_error - b.p_error) for a, b in zip(again, whole, strict=True)) < 1e-6
