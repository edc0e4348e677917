from __future__ import annotations

import pytest

from tests.engine.conftest import Flawed


@pytest.mark.parametrize(
    ("text", "token", "mend"),
    [
        ("def f(a):\n    if a == 'x' or 'y':\n        pass\n", "'y'", ""),
        ("def f(a):\n    return [b for b in a if b == 2 or 3]\n", "3", ""),
        ("def f(a):\n    while a != 'x' or a != 'y':\n        pass\n", "or", "and"),
        ("def f(a):\n    return a.b == 1 and a.b == 2\n", "and", "or"),
        ("def f(a):\n    assert (a, 'is missing')\n", "(", ""),
        ("def f(a):\n    return a is 'x'\n", "is", "=="),
        ("def f(a):\n    return a is not ()\n", "is", ""),
        ("def f(a):\n    if not a.isdigit:\n        pass\n", "isdigit", "isdigit()"),
        ("def f(a):\n    return a.lower in ('x', 'y')\n", "lower", "lower()"),
        ("def f(a):\n    return 1 if a.name.startswith else 2\n", "startswith", "startswith()"),
        ("class C:\n    def g(self): return 1\n\n    def f(self): return 1 if self.g else 2\n", "g", "g()"),
    ],
)
def test_a_condition_whose_answer_is_known_is_marked(flawed: Flawed, text: str, token: str, mend: str) -> None:
    assert [(where, edit) for _, where, edit in flawed(text)] == [(token, mend)]


@pytest.mark.parametrize(
    "text",
    [
        "def f(a):\n    return a or 'x'\n",
        "def f(a):\n    assert a and 'it is missing'\n",
        "def f(a):\n    assert (*a,)\n",
        "class C:\n    def g(self): return 1\n\n    def f(self): return self.g() if self.g else 2\n",
        "import argparse\n\n\ndef f(args):\n    return args.lower == 'yes'\n",
        "def f(a):\n    while 1 or a:\n        pass\n",
        "def f(a, b):\n    return a != 1 or b != 2\n",
        "def f(a, b):\n    return a != 1 or a != b\n",
        "def f(a):\n    return a == 1 and a == True\n",
        "def f(a):\n    return a != a or (a == 0.0 and a == 1.0)\n",
        "def f(a):\n    if ():\n        pass\n",
        "def f(a):\n    return a is None or a is True or a is ...\n",
        "def f(a):\n    return a.lower < a.upper\n",
        "class C:\n    g = None\n\n    def g(self): return 1\n\n    def f(self): return 1 if self.g else 2\n",
        "class C:\n    @property\n    def g(self): return 1\n\n    def f(self): return 1 if self.g else 2\n",
        "class C:\n    isdigit = False\n\n\ndef f(a):\n    return 1 if a.isdigit else 2\n",
    ],
)
def test_a_condition_that_something_decides_is_not(flawed: Flawed, text: str) -> None:
    assert flawed(text) == []
