from __future__ import annotations

from random import Random

import pytest

from spotter.engine.lexemes import lexemes_of
from spotter.engine.misspellings import meant, one_slip
from spotter.source import Source
from spotter.syntax import parse


def of(text: str) -> dict[str, str]:
    return meant(lexemes_of(parse(Source("a.py", text, "python"))))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("recieve", "receive"),
        ("colour", "color"),
        ("_state", "state"),
        ("battern", "pattern"),
        ("states", "state"),
        ("RUNNING", "running"),
        ("google_API_key", "google_api_key"),
        ("aaab", "aab"),
    ],
)
def test_one_slip_is_a_letter_or_the_case(a: str, b: str) -> None:
    assert one_slip(a, b)
    assert one_slip(b, a)


@pytest.mark.parametrize(
    ("a", "b"), [("state", "state"), ("width", "height"), ("abcd", "badc"), ("state", "stat_es"), ("Width", "widths")]
)
def test_more_than_one_slip_is_another_text(a: str, b: str) -> None:
    assert not one_slip(a, b)
    assert not one_slip(b, a)


def test_slips_of_every_kind_are_found() -> None:
    rng = Random(0)
    for _ in range(300):
        word = "".join(rng.choices("abcde_", k=rng.randrange(5, 12)))
        at = rng.randrange(len(word) - 1)
        slips = (
            word[:at] + word[at + 1 :],
            word[:at] + rng.choice("xyz") + word[at:],
            word[:at] + rng.choice("xyz") + word[at + 1 :],
            word[:at] + word[at : at + 2][::-1] + word[at + 2 :],
        )
        slip = rng.choice([each for each in slips if each != word and len(each) >= 5] or [f"{word}x"])
        assert of(f"{word} = {word} + 1\n{slip}\n").get(slip) == word, (word, slip)


def test_what_stands_twice_was_meant_so_and_the_commonest_is_taken() -> None:
    text = "names = lames + lames\nnames.update(names)\nnamez(other)\n"
    assert of(text) == {"namez": "names"}
    assert of(text + "namez()\n") == {}


def test_short_texts_operators_and_texts_of_another_class_are_no_slips() -> None:
    assert of("x1 = x2 + x3\n") == {}
    assert of("state = 'stat'\nbreak\nbreaks\n") == {}
    assert of("print('pending', \"Pending\", 0x4000000, 0x40000000)\n") == {
        '"pending"': '"Pending"',
        '"Pending"': '"pending"',
        "0x4000000": "0x40000000",
        "0x40000000": "0x4000000",
    }
    assert of("") == {}
