from __future__ import annotations

import time
from random import Random

import pytest

from spotter.engine.lexemes import Lexemes, lexemes_of
from spotter.engine.misspellings import alike, meant, slipped
from spotter.source import Source
from spotter.syntax import parse
from spotter.typos import inside, one_slip


def read(text: str) -> Lexemes:
    return lexemes_of(parse(Source("a.py", text, "python")))


def of(text: str) -> dict[str, str]:
    return meant(read(text))


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


def test_a_long_series_holds_no_slips_and_takes_no_time() -> None:
    assert of("".join(f"code{n}x = 1\n" for n in range(3))) != {}
    assert of("".join(f"code{n}x = 1\n" for n in range(10))) == {}
    text = ", ".join(map(str, range(10_000, 100_000)))
    begun = time.perf_counter()
    assert of(f"TABLE = [{text}]\n") == {}
    assert time.perf_counter() - begun < 10  # compared with one another they would take minutes


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


@pytest.mark.parametrize(
    ("slip", "right"),
    [
        ("reciever", "receiver"),
        ("ouput_layer", "output_layer"),
        ("_sate", "_state"),
        ("ErrorCategoty", "ErrorCategory"),
    ],
)
def test_a_slip_inside_a_word_is_seen(slip: str, right: str) -> None:
    assert inside(slip, right)
    assert inside(right, slip)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("albums", "album"),  # a plural
        ("album_ids", "albums_ids"),
        ("rindex", "index"),  # a letter before a word
        ("_trace", "trace"),
        ("isfile", "is_file"),
        ("http11", "http1"),
        ("Parser", "parser"),
        ("setState", "setXtate"),
    ],
)
def test_what_differs_at_the_end_of_a_word_or_by_no_small_letter_is_called_so_on_purpose(one: str, other: str) -> None:
    assert not inside(one, other)
    assert not inside(other, one)


COMMON = "class A:\n    def f(self, receiver):\n        self.receiver = receiver\n        return receiver\n\n"


@pytest.mark.parametrize(
    ("use", "seen"),
    [
        ("print(a.reciever)\n", True),
        ("a.reciever = 1\n", True),
        ("f(reciever=1)\n", True),
        ("reciever(1)\n", True),
        ("reciever = 1\n", False),
        ("reciever: int = 1\n", False),
        ("def reciever(): ...\n", False),
        ("class reciever: ...\n", False),
        ("from b import reciever\n", False),
        ("import b.reciever\n", False),
        ("import b\nb.reciever()\n", False),
        ("import b as c\nc.reciever()\n", False),
        ("for reciever in a: ...\n", False),
        ("print(reciever, reciever)\n", False),
        ("print('reciever')\n", False),
        ("print(receivers)\n", False),
    ],
)
def test_a_name_that_is_used_has_slipped_and_one_that_is_defined_or_imported_is_not(use: str, seen: bool) -> None:
    lexemes = read(COMMON + use)
    found = [lexemes.texts[i] for i in slipped(lexemes, meant(lexemes))]
    assert found == ["reciever"] * seen


def test_a_name_that_has_slipped_has_a_common_one_beside_it() -> None:
    lexemes = read("def f(receiver):\n    return receiver + reciever\n")
    assert meant(lexemes) == {"reciever": "receiver"}
    assert list(slipped(lexemes, meant(lexemes))) == []
    assert list(slipped(read(""), {})) == []


def test_a_long_name_that_nothing_binds_may_mean_the_one_that_is_most_like_it() -> None:
    lexemes = read("def fetch_item_attributes():\n    return fetch_item_tempo, fetch_ites_tempo, roles, role\n")
    both = alike({"fetch_item_tempo", "fetch_ites_tempo"}, lexemes)
    assert both == {"fetch_item_tempo": "fetch_item_attributes"}  # what is unbound too is not meant
    assert alike({"fetch_item_tempo"}, lexemes) == {"fetch_item_tempo": "fetch_ites_tempo"}
    assert alike({"roles"}, lexemes) == {}
    assert alike(set(), lexemes) == {}
