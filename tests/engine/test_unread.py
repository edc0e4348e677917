from __future__ import annotations

import pytest

from spotter.engine.flawed import flaws_of
from spotter.source import Source
from spotter.syntax import parse
from tests.engine.conftest import Flawed


@pytest.mark.parametrize(
    ("text", "line", "token", "mend"),
    [
        ("def f(lines):\n    for line in lines:\n        print(lines.strip())\n", 3, "lines", "line"),
        ("class C:\n    def f(self, a, b):\n        self._a = b\n        self.b = b\n", 3, "b", "a"),
        ("def f(a):\n    b = a.strip()\n    b = a.lower()\n    return b\n", 3, "a", "b"),
        ("import c\n\n\ndef f(a):\n    b = c.d()\n    b = c.e(c)\n    return b\n", 6, "b", ""),
        ("def f(a, c):\n    b = a.strip()\n    c.load()\n    b = c.lower()\n    return b\n", 4, "b", ""),
    ],
)
def test_what_reads_another_value_than_the_one_that_was_made_for_it_may_be_wrong(
    flawed: Flawed, text: str, line: int, token: str, mend: str
) -> None:
    assert flawed(text) == [(line, token, mend)]
    assert [flaw.sure for flaw in flaws_of(parse(Source("a.py", text, "python"))).values()] == [False]


@pytest.mark.parametrize(
    "text",
    [
        "def f(lines):\n    for line in lines:\n        print(line, lines)\n",
        "def f(n):\n    for i in range(n):\n        print(n)\n",
        "class C:\n    def f(self, a, b):\n        self.a = b or a\n        self.b = b\n",
        "class C:\n    def f(self, a, b):\n        self.a = b\n        self.b = a\n",
        "def f(lines):\n    for _ in lines:\n        print(lines)\n",
        "def f(lines):\n    i = 0\n    for line in lines:\n        print(lines[i])\n        i += 1\n",
        "def f(a):\n    for lines in a.lines:\n        print(lines)\n",
        "def f(a):\n    b = a.strip()\n    b = b.lower()\n    return b\n",
        "def f(a):\n    b = a.strip()\n    if a:\n        b = a.lower()\n    return b\n",
        "def test_f(a):\n    b = a.strip()\n    b = a.lower()\n",
        "def f(a):\n    b = None\n    b = a.lower()\n    return b\n",
        "def f(a):\n    b = a.strip()\n    print(lambda: b)\n    b = a.lower()\n    return b\n",
        "def f(a):\n    global b\n    b = a.strip()\n    b = a.lower()\n",
        "b = a.strip()\nb = a.lower()\n",
    ],
)
def test_what_is_read_or_may_be_read_by_others_is_not(flawed: Flawed, text: str) -> None:
    assert flawed(text) == []


def test_many_statements_in_a_row_take_no_longer_than_they_are_many(flawed: Flawed) -> None:
    assert flawed("def f(a):\n" + "".join(f"    x{i} = a.g({i})\n" for i in range(3000))) == []
    assert flawed("def f(a):\n" + "".join(f"    x = a.g({i})\n" for i in range(1500))) == []
