from __future__ import annotations

from itertools import product
from random import Random

import pytest

from spotter.engine.dialects import DIALECTS, JAVASCRIPT
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


SCRIPT = """
class Account extends Base {
  async transfer(source, target, amount = 0, retry = true) {
    if (source === null || (!target.open && amount > 0)) {
      return false;
    } else if (source.entries.length <= 1) {
      throw new Error("empty");
    }
    for (let index = 1; index < this.entries.length - 1; index++) {
      const total = this.total + Number(amount * 100);
      await this.store(source, target, total, retry);
      if (index % 2 === 0 && source.ready && this.check()) {
        break;
      }
    }
    const result = String(this.entries[0]);
    this.seen.push(result.trim());
    this.log("moved", amount, "kind");
    return Math.max(source.limit, target.limit);
  }
}
"""
SAMPLES = {"python": Source("a.py", CODE, "python"), "javascript": Source("a.js", SCRIPT, "javascript")}
WITHOUT = {("javascript", "wrong keyword")}  # kinds that a dialect has no place for


@pytest.fixture
def lexemes() -> Lexemes:
    return lexemes_of(parse(Source("a.py", CODE, "python")))


@pytest.mark.parametrize(("dialect", "name"), [pair for pair in product(DIALECTS, KERNEL) if pair not in WITHOUT])
def test_the_labels_of_every_kind_lead_back_to_the_original(dialect: str, name: str) -> None:
    kernel, _ = KERNEL[name]
    lexemes = lexemes_of(parse(SAMPLES[dialect]))
    window = window_of(lexemes, DIALECTS[dialect])
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


@pytest.mark.parametrize("dialect", DIALECTS)
def test_many_edits_at_once_lead_back(dialect: str) -> None:
    lexemes = lexemes_of(parse(SAMPLES[dialect]))
    for seed in range(200):
        noised = corrupt(lexemes, 6, 0.15, Random(seed), dialect=DIALECTS[dialect])
        assert undo(noised) == lexemes.texts


def test_an_edit_is_written_in_the_words_of_its_dialect() -> None:
    lexemes = lexemes_of(parse(SAMPLES["javascript"]))
    known = set(lexemes.texts) | {word for group in JAVASCRIPT.groups for word in group}
    known |= {*JAVASCRIPT.constants, *JAVASCRIPT.casts, *JAVASCRIPT.ands, JAVASCRIPT.negation}
    kinds = [
        KERNEL[name][0] for name in ("stray word", "stray conjunct", "stray call", "wrong constant", "wrong operator")
    ]
    window = window_of(lexemes, JAVASCRIPT)
    for i in range(len(lexemes) - 1):
        for kind in kinds:
            splice = kind(window, i, Random(i))
            assert splice is None or {text for text, *_ in splice.pieces} <= known


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
