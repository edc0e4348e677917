from __future__ import annotations

import pytest

from tests.engine.conftest import Flawed


@pytest.mark.parametrize(
    ("text", "token", "mend"),
    [
        ("def f(a):\n    b = set()\n    b.append(a)\n    return b\n", "append", "add"),
        ("def f(a):\n    b = [a]\n    b.add(a)\n    return b\n", "add", "append"),
        ("def f(a):\n    b: list[int] = []\n    b.apped(a)\n    return b\n", "apped", "append"),
        ("def f(a):\n    return 'no {}'.fornat(a)\n", "fornat", "format"),
        ("def f(a):\n    b = {}\n    b.name = a\n    return b\n", "name", ""),
        ("def f(a):\n    return [i for i in len(a)]\n", "len", ""),
        ("def f(a):\n    b = len(a)\n    for i in b:\n        a(i)\n", "b", ""),
        ("def f(a):\n    b = len(a)\n    return b[0]\n", "b", ""),
        ("def f(a):\n    return [(1, a) (2, a)]\n", "(", ","),
        ("def f(a):\n    return a + 2 (a - 1)\n", "(", "*"),
        ("def f(a):\n    raise ValueError('no %d' (a))\n", "(", ","),
        ("def f(a):\n    return 'no %d' % a - 1\n", "-", ""),
        ("def f(a):\n    return 'of ' + len(a)\n", "+", ""),
        ("def f(a):\n    return {'a': 1} + dict(a)\n", "+", ""),
        ("def f(a):\n    return set(a) > 1\n", ">", ""),
        ("def f(a):\n    b = sorted(a)\n    return b == (1, 2)\n", "==", ""),
        ("def f(a):\n    b = str(a)\n    return b(a)\n", "b", ""),
        ("def f(a):\n    b = list(a)\n    return b.sorted()\n", "sorted", ""),
        ("def f(a):\n    b = set(a)\n    b.push(a)\n    return b\n", "push", "add"),
    ],
)
def test_what_a_type_cannot_do_is_marked(flawed: Flawed, text: str, token: str, mend: str) -> None:
    assert [(where, edit) for _, where, edit in flawed(text)] == [(token, mend)]


@pytest.mark.parametrize(
    "text",
    [
        "def f(a):\n    b = []\n    if a:\n        b = a\n    b.add(a)\n    return b\n",
        "def f(a, b):\n    b = []\n    b.add(a)\n    return b\n",
        "def f(a):\n    b = []\n    b += a\n    b.add(a)\n    return b\n",
        "def f(a):\n    b = 1\n    for b in a:\n        b.x()\n    return b\n",
        "def f(a):\n    b = []\n\n    def g():\n        nonlocal b\n        b = a\n\n    g()\n    return b.add(a)\n",
        "def f(a):\n    b = {}\n    with a as b:\n        b.add(1)\n    return b\n",
        "def f(a):\n    b = {}\n    try:\n        b.add(1)\n    except AttributeError:\n        b = {}\n    return b\n",
        "def f(a):\n    b = {}\n    return b.iteritems(), str(a).decode()\n",
        "def set(a): pass\n\n\ndef f(a):\n    b = set(a)\n    return b.name, [i for i in b.x]\n",
        "import b\n\n\n@b.mark\ndef f(a, c=b.x):\n    b = [a]\n    return b\n",
        "def f(a):\n    return 'a' * 2 + str(a), [1] * len(a), 1 + 2.0, {1} - {a}, 'a' == str(a)\n",
        "def f(a):\n    return [] == [a], {1} == frozenset(a), {1} >= frozenset(a), (1,) + (a,)\n",
        "def f(a):\n    b = 1\n    return b.real, True + 1, b == 1.0, 'a' in str(a), (a)(b), len(a)\n",
        "class C:\n    def f(self):\n        self.b = []\n        b = self.b.add(1)\n        return b.add(1)\n",
        "def f(a):\n    class C:\n        id = 1\n        g = {}\n\n    return id(a), g.a, C\n\n\ng = f\n",
        "def f(a):\n    def g():\n        id = 1\n        return id\n\n    return id(a), g\n",
        "def f(a):\n    n = 3\n    return n.is_integer(), n.foo if hasattr(n, 'foo') else a\n",
        "def f(a):\n    b = str(a)\n    return b.hex() if isinstance(b, bytes) else b'' == ''\n",
        "def f(a):\n    b = [a]\n    return b.to(a) if hasattr(b, 'units') else b\n",
        "@xfail\ndef f(a):\n    return 'a' + 1\n\n\nxfail = f\n",
    ],
)
def test_what_a_type_can_do_or_may_be_another_one_is_not(flawed: Flawed, text: str) -> None:
    assert flawed(text) == []
