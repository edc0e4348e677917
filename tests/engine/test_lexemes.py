from __future__ import annotations

from spotter.engine.lexemes import NAME, NUMBER, OTHER, STRING, lexemes_of, normal
from spotter.source import Source
from spotter.syntax import parse


def test_one_position_a_lexical_token_with_its_class() -> None:
    lexemes = lexemes_of(parse(Source("a.py", "x = f('é', 1)  # note\n", "python")))
    assert lexemes.texts == ("x", "=", "f", "(", '"é"', ",", "1", ")")
    assert lexemes.classes == (NAME, OTHER, NAME, OTHER, STRING, OTHER, NUMBER, OTHER)


def test_ranks_are_indentation_levels_of_logical_lines() -> None:
    text = "def f(a,\n      b):\n    if a:\n            return b\n    return a\n"
    lexemes = lexemes_of(parse(Source("a.py", text, "python")))
    firsts = [(t, r) for t, r in zip(lexemes.texts, lexemes.ranks, strict=True) if r >= 0]
    assert firsts == [("def", 0), ("if", 1), ("return", 2), ("return", 1)]


def test_quotes_are_made_alike_only_where_that_changes_nothing() -> None:
    assert normal("'a'") == '"a"'
    assert normal("'say \"a\"'") == "'say \"a\"'"
    assert normal("b'a'") == "b'a'"
    assert len(normal('"' + "x" * 500 + '"')) == 100
