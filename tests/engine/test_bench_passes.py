from __future__ import annotations

from pathlib import Path

from spotter.engine.baselines import chance, rarity
from spotter.engine.bench_passes import LONGEST, compared, rank
from spotter.engine.scores import TokenScore

FILES = sorted((Path(__file__).parent.parent.parent / "spotter").glob("c*.py"))


def test_the_best_wrong_token_counts_and_ties_count_against_it() -> None:
    scores = [TokenScore(token, p, ()) for token, p in ((4, 0.1), (5, 0.9), (6, 0.5), (7, 0.5), (8, 0.2))]
    assert rank(scores, [8, 6]) == 3
    assert rank(scores, [5]) == 1


def test_one_pass_is_timed_on_whole_files_and_masking_on_short_functions_with_the_same_errors() -> None:
    one, masked = compared(FILES, rarity.load(), chance.load(), edits=6)
    assert one.planted == masked.planted == 6
    assert masked.tokens <= 6 * LONGEST < one.tokens
    assert 0 <= one.first <= one.among_five <= 6
