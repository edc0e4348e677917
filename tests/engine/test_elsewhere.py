from __future__ import annotations

from math import log10

import pytest

from spotter.engine.elsewhere import ALONE, MOST, Census, census, word_of
from spotter.engine.lexemes import NAME, NUMBER, OTHER, STRING


def test_a_word_is_nowhere_else_where_one_file_alone_has_it_and_more_files_say_more() -> None:
    known = census(["def fetch(url): ...\n", 'getattr(a, "url")\n', "# fetched\n"])
    assert known.files == 3
    assert known.nowhere("fetch") == known.nowhere("fetched") == known.nowhere("a") == log10(3)
    assert known.nowhere("url") == 0.0  # in a text too
    assert known.nowhere("unheard_of") == log10(3)
    assert Census(50 * MOST, {}).nowhere("fetch") == log10(MOST)


def test_a_file_that_is_alone_says_nothing() -> None:
    assert ALONE.nowhere("fetch") == 0.0
    assert census(["fetch"]).nowhere("fetch") == 0.0
    assert census([]).files == 0


@pytest.mark.parametrize(
    ("text", "kind", "word"),
    [
        ("fetch", NAME, "fetch"),
        ("größe", NAME, "größe"),
        ('"fetch"', STRING, "fetch"),
        ("rb'fetch'", STRING, "fetch"),
        ('"""fetch"""', STRING, "fetch"),
        ('"fetch all"', STRING, ""),
        ('"x-y"', STRING, ""),
        ('""', STRING, ""),
        ("17", NUMBER, ""),
        ("return", OTHER, ""),
    ],
)
def test_names_and_strings_of_one_word_are_words(text: str, kind: int, word: str) -> None:
    assert word_of(text, kind) == word
