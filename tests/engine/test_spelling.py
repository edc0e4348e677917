from __future__ import annotations

from pathlib import Path

import pytest

from spotter.engine import spelling
from spotter.engine.lexemes import OTHER, Lexemes, lexemes_of
from spotter.engine.spelling import MASKED, Spelling, gaps
from spotter.engine.splices import MASK_TEXT
from spotter.source import Source
from spotter.syntax import parse

ENGINE = Path(spelling.__file__).parent


class Letters:
    """A tokenizer with a piece a character."""

    def encode(self, text: str, add_special_tokens: bool) -> Letters:
        assert not add_special_tokens
        self.ids = [ord(letter) for letter in text]
        return self


def spelled(lexemes: Lexemes) -> str:
    return "".join(gap + text for gap, text in zip(gaps(lexemes), lexemes.texts, strict=True))


def read(text: str) -> Lexemes:
    return lexemes_of(parse(Source("a.py", text, "python")))


@pytest.mark.parametrize("path", sorted(ENGINE.glob("*.py")), ids=lambda path: path.name)
def test_what_is_spelled_is_read_as_the_same_tokens(path: Path) -> None:
    lexemes = read(path.read_text(encoding="utf-8"))
    assert read(spelled(lexemes)) == lexemes  # also where a long string was cut


@pytest.mark.parametrize(
    "text",
    [
        "def f(a, *b, c=1, **d) -> int:\n    return -a[0] + d.get(c) ** 2 if not b else {}\n",
        "x = f\"{a!r} ({b}) {c['d']}\" f'{ {e} }' \"g\"\n",
        'y = f"""{a}\n{b:>{width}} \'"""[0](z)\n',
        "@a.b(c)\nasync def f():\n    await g(lambda: x, *y)[1:-2]\n\n\nprint(x, y=~z)\n",
    ],
)
def test_strings_with_expressions_and_signs_are_read_again(text: str) -> None:
    assert read(spelled(read(text))) == read(text)


def test_blanks_are_those_of_a_formatter_mostly() -> None:
    text = (
        "def f(a, b=None):\n    if a.b[0] == -1 and not (a or b):\n        return g(*a, **b) - 1\n    return match(x)"
    )
    assert spelled(read(text)) == text


def test_a_hidden_token_has_a_piece_of_its_own_and_those_behind_the_end_have_none() -> None:
    lexemes = Lexemes(("ab", MASK_TEXT, "cd", "ef"), (OTHER,) * 4, (0, -1, -1, -1))
    ids, first, last = Spelling(Letters()).window(lexemes, 8)
    assert ids == [0, ord("a"), ord("b"), MASKED, ord(" "), ord("c"), ord("d"), ord(" ")]
    assert (first, last) == ([1, 3, 4, -1], [2, 3, 6, -1])
