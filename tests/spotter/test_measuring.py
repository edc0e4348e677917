from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from spotter.cache import Cache
from spotter.engine.scores import TokenScore
from spotter.measuring import measure
from spotter.metrics.facts import facts_of
from spotter.source import Source
from spotter.syntax import Syntax

TEXT = "def one():\n    return 1\n\n\ndef two():\n    x = 2\n    return x\n"


@dataclass
class Counting:
    """Remembers which lines it was asked about; None for the whole file."""

    fingerprint: str = "counting"
    asked: list[list[int] | None] = field(default_factory=list)

    def threshold(self, max_alerts_per_kloc: float) -> float:
        return max_alerts_per_kloc

    def score(self, syntax: Syntax) -> tuple[TokenScore, ...]:
        self.asked.append(None)
        return tuple(TokenScore(i, 0.25, ()) for i, _ in enumerate(syntax.tokens))

    def score_lines(self, syntax: Syntax, lines: frozenset[int]) -> tuple[TokenScore, ...]:
        self.asked.append(sorted(lines))
        return tuple(TokenScore(i, 0.25 * (token.line in lines), ()) for i, token in enumerate(syntax.tokens))


def test_of_a_change_the_functions_that_it_touches_are_scored_and_remembered_apart(tmp_path: Path) -> None:
    (tmp_path / ".spotter").mkdir()
    cache, scorer, sources = Cache(tmp_path), Counting(), [Source("a.py", TEXT, "python")]

    def scores(*lines: int) -> set[float]:
        changed = {"a.py": frozenset(lines)} if lines else None
        measured = measure(sources, facts_of, scorer, cache, lambda fresh: fresh, changed)
        return {score.p_error for score in measured["a.py"].scores or ()}

    assert scores(6) == {0.0, 0.25}
    assert scores(6) == {0.0, 0.25}
    assert scores(2) == {0.0, 0.25}
    assert scorer.asked == [[5, 6, 7], [1, 2]]
    assert scores(3) == {0.0, 0.25}  # a comment there would speak for the next function
    assert scores() == {0.25}
    assert scores(6) == {0.25}
    assert scorer.asked == [[5, 6, 7], [1, 2], [3, 5, 6, 7], None]
