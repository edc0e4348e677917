from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from spotter.languages import languages
from spotter.source import Source
from spotter.syntax import Syntax, enclosing, parse

CODE = """\
class A:
    def f(self, é='ü'):
        return f"{é}!"  # done

    async def g(self):
        def inner(): return lambda: 1
"""


def syntax_of(text: str) -> Syntax:
    return parse(Source("a.py", text, "python"))


def test_tokens_are_where_they_say() -> None:
    syntax = syntax_of(CODE)
    lines = CODE.split("\n")
    for token in (*syntax.tokens, *syntax.comments):
        assert CODE[token.start : token.end] == token.text
        assert lines[token.line - 1][token.column - 1 :].startswith(token.text.split("\n")[0])
    assert [comment.text for comment in syntax.comments] == ["# done"]


def test_a_plain_string_is_one_token_and_an_interpolated_one_is_not() -> None:
    texts = [token.text for token in syntax_of(CODE).tokens]
    assert "'ü'" in texts
    assert texts.count("é") == 2


def test_functions_have_dotted_names_and_their_own_tokens() -> None:
    syntax = syntax_of(CODE)
    assert [(f.name, f.start_line, f.end_line) for f in syntax.functions] == [
        ("A.f", 2, 3),
        ("A.g", 5, 6),
        ("A.g.inner", 6, 6),
    ]
    first = syntax.functions[0]
    assert [token.text for token in syntax.tokens[first.first : first.last]][:2] == ["def", "f"]
    inner, method, outside = enclosing(syntax, 6), enclosing(syntax, 5), enclosing(syntax, 1)
    assert inner is not None
    assert inner.name == "A.g.inner"
    assert method is not None
    assert method.name == "A.g"
    assert outside is None


def test_what_cannot_be_placed_is_named_and_the_rest_is_read() -> None:
    syntax = syntax_of("x = 1\ndef f(:\n    return 2\n\ny = 3\n")
    assert 2 in syntax.error_lines
    assert {"x", "y", "3"} <= {token.text for token in syntax.tokens}


def test_nothing_at_all() -> None:
    for text in ("", "\n", "   ", "# only a remark\n"):
        syntax = syntax_of(text)
        assert syntax.tokens == ()
        assert syntax.error_lines == ()


def test_every_language_says_what_it_needs() -> None:
    for name, facts in languages().items():
        assert facts.name == name
        assert all(suffix.startswith(".") for suffix in facts.suffixes)
        parse(Source("a", "", name))


@given(st.text(max_size=80))
def test_any_text_is_read(text: str) -> None:
    syntax = syntax_of(text)
    place = 0
    for token in sorted((*syntax.tokens, *syntax.comments), key=lambda token: token.start):
        assert text[token.start : token.end] == token.text
        assert token.start >= place
        place = token.end
