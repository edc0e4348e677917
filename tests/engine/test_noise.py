from __future__ import annotations

from random import Random

import pytest

from spotter.engine.lexemes import NAME, Lexemes, lexemes_of
from spotter.engine.noise import KERNEL, corrupt, imitated
from spotter.engine.splices import KEEP, MASK_TEXT, apply, undo, window_of
from spotter.source import Source
from spotter.syntax import parse

CODE = '''
class Account:
    async def transfer(self, source, target, amount=0, retry=True):
        """Move money."""
        if source is None or not target.open and amount > 0:
            return False
        elif len(source.entries) <= 1:
            raise ValueError("empty")
        for index in range(1, len(self.entries) - 1):
            total = self.total + int(amount * 100)
            await self.store(source, target, total, retry=retry)
            if index % 2 == 0 and source.ready and self.check():
                break
        result = str(self.entries[0])
        self.seen.append(result.strip())
        self.log("moved", amount, key="kind", retry=retry)
        return max(source.limit, target.limit)
'''


@pytest.fixture
def lexemes() -> Lexemes:
    return lexemes_of(parse(Source("a.py", CODE, "python")))


@pytest.mark.parametrize("name", KERNEL)
def test_the_labels_of_every_kind_lead_back_to_the_original(name: str, lexemes: Lexemes) -> None:
    kernel, _ = KERNEL[name]
    window = window_of(lexemes)
    rng = Random(0)
    found = 0
    for i in list(range(len(lexemes) - 1)) * 40:
        splice = kernel(window, i, rng)
        if splice is None or splice.last >= len(lexemes):
            continue
        noised = apply(lexemes, [splice])
        assert undo(noised) == lexemes.texts
        assert noised.lexemes.texts != lexemes.texts
        assert any(label.edit != KEEP for label in noised.labels)
        found += 1
    assert found, f"{name} finds nothing to do in the sample"


def test_many_edits_at_once_lead_back(lexemes: Lexemes) -> None:
    for seed in range(200):
        noised = corrupt(lexemes, 6, 0.15, Random(seed))
        assert undo(noised) == lexemes.texts


def test_real_mistakes_are_imitated_where_their_right_token_stands(lexemes: Lexemes) -> None:
    mistakes = {"max": [("min", NAME)], "elsewhere": [("nowhere", NAME)]}
    splice = imitated(window_of(lexemes), mistakes, Random(0), 0)
    assert splice is not None
    noised = apply(lexemes, [splice])
    changed = [pair for pair in zip(lexemes.texts, noised.lexemes.texts, strict=True) if len(set(pair)) > 1]
    assert changed == [("max", "min")]
    assert undo(noised) == lexemes.texts
    assert imitated(window_of(lexemes), {"elsewhere": [("nowhere", NAME)]}, Random(0), 0) is None
    some = [corrupt(lexemes, 6, 0.0, Random(seed), mistakes=mistakes) for seed in range(60)]
    assert all(undo(noised) == lexemes.texts for noised in some)
    assert 10 < sum("min" in noised.lexemes.texts for noised in some) < 50


def test_lines_keep_their_first_token(lexemes: Lexemes) -> None:
    lines = sum(rank >= 0 for rank in lexemes.ranks)
    kernel, _ = KERNEL["lost word"]
    window = window_of(lexemes)
    at = lexemes.texts.index("return")
    splice = kernel(window, at, Random(0))
    assert splice is not None
    assert sum(rank >= 0 for rank in apply(lexemes, [splice]).lexemes.ranks) == lines


def test_masks_hide_about_the_asked_share(lexemes: Lexemes) -> None:
    hidden = sum(corrupt(lexemes, 0, 0.2, Random(s)).lexemes.texts.count(MASK_TEXT) for s in range(50))
    assert 0.1 < hidden / (50 * len(lexemes)) < 0.3


def test_names_and_values_are_three_quarters_of_the_kernel() -> None:
    weight = {name: w for name, (_, w) in KERNEL.items()}
    swaps = {n: w for n, w in weight.items() if n.startswith(("wrong", "misspelt", "value", "swapped"))}
    names = sum(swaps[n] for n in swaps if n not in ("wrong number", "wrong operator", "wrong constant"))
    assert names / sum(swaps.values()) > 0.7
