from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from spotter.engine.subwords import folds, join
from spotter.source import Source
from spotter.syntax import parse

TEXT = "def f(alpha, b):\n    return alpha.beta(b)  # add\n"
TOKENS = parse(Source("a.py", TEXT, "python")).tokens


def test_a_piece_belongs_to_every_token_it_holds_letters_of() -> None:
    at = TEXT.index("):")
    joined = join(TOKENS, [(0, 4), (4, 5), (at, at + 2), (at + 2, at + 7)])
    named = [[TOKENS[i].text for i in range(*span)] for span in joined.tokens]
    assert named == [["def"], ["f"], [")", ":"], []]
    by_text = {t.text: span for t, span in zip(reversed(TOKENS), reversed(joined.pieces), strict=True)}
    assert by_text["def"] == (0, 1)
    assert by_text[":"] == (2, 3)
    assert by_text["return"] == (0, 0)
    whole = [joined.whole(i) for i, t in enumerate(TOKENS) if t.text in ("def", ":")]
    assert whole == [True, False]


@given(st.lists(st.integers(1, 6), min_size=1, max_size=60), st.integers(1, 9))
def test_folds_mask_every_letter_once_and_tokens_whole(lengths: list[int], count: int) -> None:
    offsets, at = [], 0
    for length in lengths:
        offsets.append((at, min(len(TEXT), at + length)))
        at = min(len(TEXT), at + length)
    joined = join(TOKENS, offsets)
    sets = folds(joined, 0, len(offsets), count)
    masked = sorted(piece for fold in sets for piece in fold)
    assert masked == [i for i, (first, last) in enumerate(joined.tokens) if first < last]
    for first, last in joined.pieces:
        if first < last:
            assert sum(not set(range(first, last)).isdisjoint(fold) for fold in sets) == 1
