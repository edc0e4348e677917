from __future__ import annotations

import pytest

from tests.engine.conftest import Flawed


@pytest.mark.parametrize(
    ("text", "line", "token"),
    [
        ("def f(a, b):\n    return a.x is None or a.x is None\n", 2, "None"),
        ("def f(a, b):\n    return isinstance(a, b.c) or isinstance(a, b.c)\n", 2, "c"),
        (
            "def f(a, b):\n    if a == 1:\n        return b\n    elif b:\n        pass\n    elif a == 1:\n        a\n",
            6,
            "1",
        ),
        ("def f(a, b):\n    if a:\n        return b\n    else:\n        if a:\n            return a\n", 5, "a"),
        ("def f(a, b):\n    return 'x' if a else 'x'\n", 2, "'x'"),
        ("class C:\n    def __eq__(self, other):\n        return self.a == self.a\n", 3, "self"),
        ("def f(a, b):\n    return a.x == a.x and b\n", 2, "a"),
        ("def f(a, b):\n    return a.x[0] == a.x[0] and b\n", 2, "a"),
    ],
)
def test_what_stands_there_twice_is_marked_where_it_stands_again(
    flawed: Flawed, text: str, line: int, token: str
) -> None:
    assert flawed(text) == [(line, token, "")]


@pytest.mark.parametrize(
    ("arguments", "mends"),
    [("a.x, a.x", ["y"]), ("a.y, a.y", ["x"]), ("a.x, a.y", []), ("a.size, a.size", []), ("a.x, b.x", [])],
)
def test_one_coordinate_that_is_passed_twice_in_a_row_was_meant_to_be_the_other(
    flawed: Flawed, arguments: str, mends: list[str]
) -> None:
    assert [mend for _, _, mend in flawed(f"def f(a, b):\n    return b({arguments})\n")] == mends


@pytest.mark.parametrize(
    "text",
    [
        "def f(a):\n    return a.read() or a.read()\n",
        "def f(a):\n    return any(a) and any(a)\n",
        "class C:\n    def __eq__(self, b):\n        return self.x == b.x or (self.x != self.x and b.x != b.x)\n",
        "def f(a):\n    return a.x is a.x and a\n",
        "def f(a):\n    if False:\n        return 1\n    elif False:\n        return 2\n",
        "def f(a):\n    if a.next():\n        pass\n    elif a.next():\n        pass\n",
        "def f(a):\n    return a and (a := a.b) and a\n",
        "def f(a):\n    if a:\n        pass\n    elif a.load():\n        pass\n    elif a:\n        pass\n",
        "def f(a):\n    return a != a, a.x == a.x, a[0] == a[0] and a, a.x[0] != a.x[0] or a\n",
        "def f(a):\n    return a - a, a.x - a.x\n",
        "def f(a, b):\n    return 'x' if a else 'y' if b else 'x'\n",
        "def f(a):\n    return a.b and a.c or a.b and a.d\n",
        "def f(a):\n    return a and a or None\n",
    ],
)
def test_what_may_have_changed_or_asks_whether_a_number_is_one_is_no_repetition(flawed: Flawed, text: str) -> None:
    assert flawed(text) == []


def test_long_conditions_and_chains_take_no_longer_than_they_are_long(flawed: Flawed) -> None:
    assert flawed("x = " + " or ".join(f"a == {i}" for i in range(4000)) + "\n") == []
    chain = "if a == 0:\n    pass\n" + "".join(f"elif a == {i}:\n    pass\n" for i in range(1, 300))
    assert flawed(chain) == []
