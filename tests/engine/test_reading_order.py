from __future__ import annotations

import pytest

from spotter.engine.lexemes import lexemes_of
from spotter.engine.reading_order import Reading, reading_of
from spotter.source import Source
from spotter.syntax import Syntax, parse

CODE = """\
import a

@one
@two(1,
     2)
def f(x):
    def inner():
        return x
    return inner

class C(a.B):
    size = 3

    @property
    def g(self):
        if self:
            return 1

    def h(self): return 2
"""


def parsed(text: str) -> Syntax:
    return parse(Source("a.py", text, "python"))


def lines(reading: Reading) -> list[str]:
    """What is read, a line each, after its indentation."""
    found: list[str] = []
    for text, rank in zip(reading.lexemes.texts, reading.lexemes.ranks, strict=True):
        if rank >= 0:
            found.append(f"{rank}")
        found[-1] += f" {text}"
    return found


def test_functions_come_first_from_the_margin_with_their_decorators() -> None:
    assert lines(reading_of(parsed(CODE))) == [
        "0 @ one",
        "0 @ two ( 1 , 2 )",
        "0 def f ( x ) :",
        "1 def inner ( ) :",
        "2 return x",
        "1 return inner",
        "0 @ property",
        "0 def g ( self ) :",
        "1 if self :",
        "2 return 1",
        "0 def h ( self ) : return 2",
        "0 import a",
        "0 class C ( a . B ) :",
        "1 size = 3",
    ]


@pytest.mark.parametrize("text", ["", "x = 1\n", "def f(): pass\n", CODE, CODE * 3, "x = lambda: 1\n", "def f(:\n  @"])
def test_every_token_is_read_once(text: str) -> None:
    syntax = parsed(text)
    reading = reading_of(syntax)
    assert sorted(reading.tokens.tolist()) == list(range(len(syntax.tokens)))
    assert reading.lexemes.texts == tuple(lexemes_of(syntax).texts[i] for i in reading.tokens.tolist())


def test_a_span_stands_at_one_place_or_at_several() -> None:
    syntax = parsed(CODE)
    reading = reading_of(syntax)
    f = next(function for function in syntax.functions if function.name == "f")
    (place,) = reading.runs(f.first, f.last)
    assert reading.lexemes.texts[slice(*place)] == lexemes_of(syntax).texts[f.first : f.last]
    everything = list(reading.runs(0, len(syntax.tokens)))
    assert everything == [(0, len(syntax.tokens))]
    around = list(reading.runs(0, f.last))  # an import, and the function after it
    assert sum(end - start for start, end in around) == f.last
    assert len(around) == 2
    assert list(reading.runs(3, 3)) == []


def test_a_reading_says_which_tokens_stand_in_functions() -> None:
    reading = reading_of(parsed(CODE))
    assert lines(reading)[10:12] == ["0 def h ( self ) : return 2", "0 import a"]
    assert reading.lexemes.texts[reading.within - 1 : reading.within + 2] == ("2", "import", "a")
    assert reading_of(parsed("x = 1\n")).within == 0


def test_a_reading_marks_what_stands_once_in_the_whole_file() -> None:
    reading = reading_of(parsed("import a\n\ndef f(b):\n    return a(b, 'c', 1)\n\nd = \"c\"\n"))
    marked = {text for text, once in zip(reading.lexemes.texts, reading.once.tolist(), strict=True) if once}
    assert marked == {"import", "def", "f", ":", "return", "1", "d", "="}
