from __future__ import annotations

from hashlib import sha256

import numpy as np
import pytest

from spotter.engine.features import (
    ATTRIBUTE,
    BARE,
    CALLED,
    DEFINED,
    KEYWORD,
    RELATIONS,
    features,
    roles_of,
)
from spotter.engine.lexemes import Lexemes, lexemes_of
from spotter.engine.vocabulary import Vocabulary, build
from spotter.source import Source
from spotter.syntax import parse

VOCABULARY = build([], [], 6, 0)


def read(text: str) -> Lexemes:
    return lexemes_of(parse(Source("a.py", text, "python")))


def test_roles_come_from_the_neighbours() -> None:
    lexemes = read("def f(a):\n    return a.b.c(key=a)\n")
    roles = dict(zip(lexemes.texts, roles_of(lexemes), strict=True))
    assert (roles["f"], roles["b"], roles["c"], roles["key"]) == (DEFINED, ATTRIBUTE, CALLED, KEYWORD)
    assert roles["a"] == BARE


def test_counts_are_those_of_the_other_tokens_in_the_window() -> None:
    count = features(read("a = 1\nb = a\nc = a\nd = a\n"), VOCABULARY).scalars[:, 3]
    assert count[0] == 1 + 3  # `a` stands three more times: the bucket of three and four
    assert count[3] == 1 + 0  # `b` stands nowhere else
    assert count[1] == 0  # `=` is not counted


@pytest.mark.parametrize(
    ("relation", "text", "first", "second"),
    [
        ("same text", "x = 1\ny = x\n", 0, 5),
        ("same receiver", "self.a = self.b\n", 2, 6),
        ("same line", "x = 1\n", 0, 2),
        ("callee", "f(x)\n", 2, 0),
        ("block header", "if a:\n    b = 1\n", 3, 1),
        ("last assignment", "x = 1\ny = x\n", 5, 2),
        ("argument", "f(a, b)\nf(a, c)\n", 4, 10),
        ("after same", "f(a)\nf(b)\n", 2, 6),
    ],
)
def test_each_relation_links_its_pair(relation: str, text: str, first: int, second: int) -> None:
    feature = features(read(text), VOCABULARY)
    k = RELATIONS.index(relation)
    assert feature.query[first, k] == feature.key[second, k] >= 0


def test_broken_code_has_features_too() -> None:
    feature = features(read("def f(:\n  return ] x)\n"), VOCABULARY)
    assert np.isfinite(feature.scalars).all()
    assert len(feature.word) == len(feature.query)


def test_the_numbers_are_those_that_the_weights_were_trained_on() -> None:
    text = """\
@cache
def span(self, lo: int = 0, *rest, key=None):
    total = [self.a.b(lo, key=key)[1:], {"x": lo, 'y': "it's"}]
    for i, part in enumerate(total, 1):
        if part is not None and (i := part.size) > 2.5:
            total += f(g(part, i), h(part)(i), key)
        elif not part:
            return lambda x: x.lo
    return ] total
"""
    feature = features(read(text * 12), build([("self", 3), ("total", 2)], [("it", 2), ("lo", 1)], 8, 2))
    arrays = (feature.word, feature.pieces, feature.scalars, feature.query, feature.key, feature.hashes)
    assert sha256(b"".join(array.astype("<i8").tobytes() for array in arrays)).hexdigest()[:16] == "c176fb164c95934b"


def test_an_empty_vocabulary_is_enough() -> None:
    assert isinstance(VOCABULARY, Vocabulary)
    assert features(read("x\n"), VOCABULARY).word.tolist() == [2]
