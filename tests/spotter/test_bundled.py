from __future__ import annotations

from pathlib import Path

from spotter.bundled import Bundled
from spotter.source import Source
from spotter.syntax import parse

TEXT = (Path(__file__).parent.parent.parent / "spotter" / "config.py").read_text(encoding="utf-8")


def test_around_some_lines_the_scores_are_those_of_the_whole_file_and_elsewhere_there_are_none() -> None:
    syntax, scorer = parse(Source("config.py", TEXT, "python")), Bundled()
    whole, (part,) = scorer.score(syntax), scorer.score_each([(syntax, frozenset({9, 10}))])
    assert [score.token for score in part] == list(range(len(syntax.tokens)))
    run = [score for score in part if score.p_error > 0]
    assert {i for i, token in enumerate(syntax.tokens) if token.line in (9, 10)} <= {score.token for score in run}
    assert len(run) < len(syntax.tokens) / 2
    assert run == [whole[score.token] for score in run]
