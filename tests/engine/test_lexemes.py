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


def test_lines_in_braces_are_lines_where_braces_hold_blocks() -> None:
    text = (
        "function f(a,\n    b) {\n  if (a) {\n      return g(`x${a}`,\n  c)\n    .d;\n  } else {\n    h(() => {\n"
        "      k();\n    });\n  }\n}\n"
    )
    lexemes = lexemes_of(parse(Source("a.js", text, "javascript")))
    firsts = [(t, r) for t, r in zip(lexemes.texts, lexemes.ranks, strict=True) if r >= 0]
    assert firsts == [
        ("function", 0), ("if", 1), ("return", 2), ("}", 1), ("h", 2), ("k", 3), ("}", 2), ("}", 1), ("}", 0),
    ]  # fmt: skip


def test_words_of_scripts_have_the_classes_of_those_that_do_the_same() -> None:
    text = "class A { #x = `a`; f({ y }) { return this.#x + y; } }\n"
    lexemes = lexemes_of(parse(Source("a.js", text, "javascript")))
    kinds = dict(zip(lexemes.texts, lexemes.classes, strict=True))
    assert {text for text, kind in kinds.items() if kind == NAME} == {"A", "#x", "f", "y", "this"}
    assert kinds["`a`"] == STRING


def test_quotes_are_made_alike_only_where_that_changes_nothing() -> None:
    assert normal("'a'") == '"a"'
    assert normal("'say \"a\"'") == "'say \"a\"'"
    assert normal("b'a'") == "b'a'"
    assert len(normal('"' + "x" * 500 + '"')) == 100
