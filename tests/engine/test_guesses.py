from __future__ import annotations

from random import Random

import numpy as np
import pytest

from spotter.engine import runtime
from spotter.engine.guesses import Guesser, class_of, guessed, places_of
from spotter.engine.lexemes import NAME, NUMBER, OTHER, STRING, Lexemes, lexemes_of
from spotter.engine.noise import corrupt
from spotter.engine.splices import KEEP, MASK_TEXT, apply, hidden, undo
from spotter.engine.sums import bundled
from spotter.source import Source
from spotter.syntax import parse

CODE = """
class Queue:
    def take(self, source, retry=True):
        while source.pending and len(self.items) <= 1:
            item = source.read(retry=retry, limit=self.limit % 100)
            if item is None:
                break
            self.items.append(item)
            self.log("taken", item, source.name)
        return max(self.items, key=source.rank)
"""


@pytest.fixture(scope="module")
def guesser() -> Guesser:
    return Guesser(runtime.load(bundled()))


@pytest.fixture
def lexemes() -> Lexemes:
    return lexemes_of(parse(Source("a.py", CODE, "python")))


def test_guesses_are_other_texts_of_the_same_class_and_lead_back(guesser: Guesser, lexemes: Lexemes) -> None:
    for seed in range(8):
        splices = guesser.splices(lexemes, 6, Random(seed))
        assert len(splices) == 6
        noised = apply(lexemes, splices)
        assert undo(noised) == lexemes.texts
        assert noised.lexemes.classes == lexemes.classes
        assert noised.lexemes.ranks == lexemes.ranks
        changed = [i for i, (a, b) in enumerate(zip(lexemes.texts, noised.lexemes.texts, strict=True)) if a != b]
        assert changed == [splice.first for splice in splices]
        assert all(guessed(noised.lexemes.texts[i], noised.lexemes.classes[i]) >= 0 for i in changed)


def test_what_is_likely_there_is_guessed_more_often_than_what_is_not(guesser: Guesser, lexemes: Lexemes) -> None:
    """A draw of any text of the class would take each of some thousand names alike."""
    names = [
        splice.pieces[0][0]
        for seed in range(40)
        for splice in guesser.splices(lexemes, 4, Random(seed))
        if splice.pieces[0][1] == NAME
    ]
    assert sum(name in lexemes.texts for name in names) > len(names) / 3


def test_the_same_seed_guesses_the_same(guesser: Guesser, lexemes: Lexemes) -> None:
    once, again, other = (guesser.splices(lexemes, 6, Random(seed)) for seed in (1, 1, 2))
    assert once == again
    assert once != other


def test_no_guess_is_copied_from_a_hidden_token(guesser: Guesser) -> None:
    """`quux` stands once, and is no word: the only way to write it is to see it."""
    lexemes = lexemes_of(parse(Source("a.py", "quux = first + second\nprint(third, fourth)\n", "python")))
    places = places_of(lexemes, 99, Random(0))
    assert lexemes.texts.index("quux") in places
    for seed in range(10):
        assert all(splice.pieces[0][0] != "quux" for splice in guesser.splices(lexemes, 99, Random(seed)))


def test_brackets_keywords_and_defined_names_are_left_alone(lexemes: Lexemes) -> None:
    places = places_of(lexemes, 999, Random(0))
    asked = {lexemes.texts[i] for i in places}
    assert {"source", "retry", '"taken"', "1", "<=", "and", "%", "None", "break"} <= asked
    assert not asked & {"(", ")", ":", ",", ".", "=", "def", "class", "while", "return", "Queue", "take"}
    assert places == sorted(set(places))
    assert places_of(lexemes, 0, Random(0)) == []


def test_hidden_tokens_keep_their_class_and_layout(lexemes: Lexemes) -> None:
    seen = hidden(lexemes, [3, 5])
    assert [i for i, text in enumerate(seen.texts) if text == MASK_TEXT] == [3, 5]
    assert (seen.classes, seen.ranks) == (lexemes.classes, lexemes.ranks)


def test_a_text_tells_its_class() -> None:
    kinds = {
        "name": NAME,
        '"a"': STRING,
        "f'x'": STRING,
        "10": NUMBER,
        ".5": NUMBER,
        "==": OTHER,
        "None": OTHER,
        ".": 3,
    }
    assert {text: class_of(text) for text in kinds} == kinds


def test_of_a_windows_edits_guesses_come_first_and_none_is_added(guesser: Guesser, lexemes: Lexemes) -> None:
    for seed in range(8):
        splices = guesser.splices(lexemes, 3, Random(seed))
        noised = corrupt(lexemes, 3, 0.0, Random(seed), guesses=splices)
        wrong = {i for i, label in enumerate(noised.labels) if label.edit != KEEP}
        assert {splices[0].first} <= wrong <= {splice.first for splice in splices}  # none beside another
        more = corrupt(lexemes, 12, 0.0, Random(seed), guesses=splices)
        assert undo(more) == lexemes.texts
        assert np.count_nonzero([label.edit != KEEP for label in more.labels]) > 3
