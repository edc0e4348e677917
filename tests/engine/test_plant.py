from __future__ import annotations

import ast
import random
import warnings

import pytest

from spotter.engine.plant import plant, plant_many
from spotter.engine.plant_sites import SITES, Code, code_of
from spotter.source import Source
from spotter.syntax import Syntax, parse

CODE = """\
def total(prices, rate, limit):
    count = len(prices)
    if not prices:
        return rate
    sum_ = add(rate, limit)
    if count < limit and rate is not None:
        return self.base + self.extra * count
    return prices.first(count, limit), rate
"""


def syntax(text: str = CODE) -> Syntax:
    return parse(Source("a.py", text, "python"))


def code(text: str = CODE) -> Code:
    found = code_of(syntax(text))
    assert found is not None
    return found


def edits(kind: str, text: str = CODE) -> set[tuple[str, ...]]:
    """(was, now) of every site of a kind, pairs joined."""
    changes = [[(text[start:end], new) for start, end, new in change] for change in SITES[kind](code(text))]
    return {tuple(part for pair in change for part in pair) for change in changes}


@pytest.mark.parametrize("kind", SITES)
def test_each_kind_is_planted_by_seed_and_still_compiles(kind: str) -> None:
    first, again = (plant(syntax(), kind, random.Random(4)) for _ in range(2))
    assert first is not None
    assert again is not None
    assert first.syntax.source.text == again.syntax.source.text != CODE
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        compile(first.syntax.source.text, "a.py", "exec")


def test_a_wrong_variable_is_a_bound_local_read_elsewhere_too() -> None:
    found = edits("wrong-variable")
    assert ("rate", "prices") in found
    assert ("count", "limit") in found
    assert not {pair for pair in found if pair[1] in ("sum_", "self", "add", "len")} - {
        ("rate", "sum_"),
        ("limit", "sum_"),
        ("count", "sum_"),
        ("prices", "sum_"),
    }
    before = "def f(a, b):\n    x = a + a + b + b\n    y = 1\n    return x\n"
    assert all("y" not in pair and "x" not in pair for pair in edits("wrong-variable", before))


def test_a_variable_of_one_branch_or_of_a_nested_scope_is_not_put_anywhere() -> None:
    text = "def f(a, b):\n    if a:\n        c = 1\n    g = [d for d in a]\n    return a, b, b\n"
    assert {now for _, now in edits("wrong-variable", text)} <= {"a", "b", "g"}


def test_a_wrong_attribute_is_known_on_the_same_receiver_and_used_alike() -> None:
    assert edits("wrong-attribute") == {("base", "extra"), ("extra", "base")}
    mixed = "def f(x):\n    return x.a, x.b()\n"
    assert edits("wrong-attribute", mixed) == set()


def test_comparisons_are_flipped_and_nothing_else() -> None:
    assert edits("flipped-comparison") == {("<", ">"), ("is not", "is")}
    assert edits("flipped-comparison", "def f(a, b):\n    return a is b or not a in b != a\n") == {
        ("is", "is not"),
        ("!=", "=="),
    }


def test_a_dropped_not_leaves_no_blank_behind() -> None:
    assert edits("dropped-not") == {("not ", "")}
    planted = plant(syntax(), "dropped-not", random.Random(0))
    assert planted is not None
    assert "    if prices:\n" in planted.syntax.source.text
    assert [planted.syntax.tokens[i].text for i in planted.tokens] == ["if", "prices"]


def test_comparisons_that_hold_a_not_are_not_negations() -> None:
    assert edits("dropped-not", "def f(a, b):\n    return a is not b and a not in b\n") == set()


def test_swapped_arguments_are_neighbouring_names() -> None:
    assert edits("swapped-arguments") == {("rate", "limit", "limit", "rate"), ("count", "limit", "limit", "count")}
    assert edits("swapped-arguments", "def f(a, b):\n    return max(a, b), g(a, a), g(a, *b), g(a, 1)\n") == set()


def test_places_are_right_after_wide_characters() -> None:
    text = 'def f(é, b):\n    return g("žluť 🐍", é.x, b)\n'
    assert edits("swapped-arguments", text) == {("é.x", "b", "b", "é.x")}


def test_code_outside_functions_and_broken_code_is_left_alone() -> None:
    assert [plant(syntax("a = not b < c\n"), kind, random.Random(0)) for kind in SITES] == [None] * len(SITES)
    assert [plant(syntax("def f(:\n    not a\n"), kind, random.Random(0)) for kind in SITES] == [None] * len(SITES)


def test_shares_are_equal_and_lines_differ() -> None:
    files = [parse(Source(f"{n}.py", CODE, "python")) for n in range(4)]
    planted = [edit for _, edit in plant_many(files, 20, 0)]
    assert [p.kind for p in planted] == list(SITES) * 4
    assert len({(p.kind, p.syntax.source.path, p.line) for p in planted}) == 20


def test_every_planted_file_is_read_back_as_python() -> None:
    for _, edit in plant_many([syntax()], 10, 3):
        ast.parse(edit.syntax.source.text)
