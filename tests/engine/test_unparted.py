from __future__ import annotations

import pytest

from tests.engine.conftest import Flawed

WORDS = "WORDS = [\n    'one',\n    'two'{comma}\n    'three',\n    'four',\n    'five',\n]\n"


def test_a_text_that_continues_the_one_above_it_lacks_a_comma(flawed: Flawed) -> None:
    assert flawed(WORDS.format(comma="")) == [(4, "'three'", ",")]


@pytest.mark.parametrize(
    "text",
    [
        WORDS.format(comma=","),
        WORDS.format(comma="").replace("'two'", "('two'").replace("'three'", "'three')"),
        WORDS.format(comma="").replace("'two'", "'a.two.'"),
        WORDS.format(comma=",").replace("'two'", "'tw\\\n0'"),
        WORDS.format(comma="").replace("two", "two and "),
        WORDS.format(comma="").replace("two", "two="),
        WORDS.format(comma="").replace("    'four',\n    'five',\n", ""),
        WORDS.format(comma="").replace("'four',\n", "'four'\n"),
        WORDS.format(comma="").replace("\n    'two'", " 'two'"),
    ],
)
def test_a_text_that_is_parted_or_written_on_two_lines_for_its_length_does_not(flawed: Flawed, text: str) -> None:
    assert flawed(text) == []
