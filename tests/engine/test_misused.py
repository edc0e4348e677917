from __future__ import annotations

import pytest

from spotter.engine.flawed import flaws_of
from spotter.source import Source
from spotter.syntax import parse
from tests.engine.conftest import Flawed

TWO = "class A:\n    pass\n\n\nclass B({base}):\n    def f(self):\n        super(A, self).f()\n"


MADE = "class C(B):\n    def __init__(self):\n        super().__init__(self)\n"


@pytest.mark.parametrize(
    ("text", "token", "mend"),
    [
        ("def f():\n    raise NotImplemented\n", "NotImplemented", "NotImplementedError"),
        ("def f():\n    raise NotImplemented('f')\n", "NotImplemented", "NotImplementedError"),
        ("def f(a):\n    raise 'no %s' % a\n", "'no %s'", ""),
        ("def f(a):\n    return isinstance(a, 'dict')\n", "'dict'", "dict"),
        ("def f(a):\n    return isinstance(a, [int, str])\n", "[", ""),
        ("def f(a):\n    return isinstance(a, int or str)\n", "or", "|"),
        ("def f(a):\n    try:\n        a()\n    except KeyError or ValueError:\n        pass\n", "or", ""),
        ("import re\n\n\ndef f(a):\n    return re.sub('a', '', a, re.I | re.M)\n", "re", "flags="),
        (TWO.format(base="object"), "A", "B"),
        ("import re\n\n\ndef f(a):\n    return re.split('a', a, (re.I))\n", "re", ""),
        ("def f(a):\n    return a.data.get['b']\n", "get", ""),
        ("def f(a):\n    return range(len(a) / 2)\n", "/", "//"),
        ("def f(**those):\n    for a, b in those:\n        a(b)\n", ":", ".items()"),
        (MADE, "self", ""),
        ("class C(B):\n    def __init__(me, a):\n        super(C, me).__init__(me, a)\n", "me", ""),
        ("def f(a):\n    return a.rstrip('.tar.gz')\n", "rstrip", "removesuffix"),
        ("def f(a):\n    return a.strip('.py')\n", "strip", "removesuffix"),
        ("def f(a):\n    return a().lstrip('class:')\n", "lstrip", "removeprefix"),
        ("def f(a):\n    return a.lstrip('.egg')\n", "lstrip", "removeprefix"),
        (MADE.replace("self)\n", "self, 1)\n"), "self", ""),
    ],
)
def test_what_python_gives_is_marked_where_it_cannot_be_used_so(
    flawed: Flawed, text: str, token: str, mend: str
) -> None:
    assert [(where, edit) for _, where, edit in flawed(text)] == [(token, mend)]


@pytest.mark.parametrize(
    "text",
    [
        "def f():\n    return NotImplemented\n",
        "def f(a):\n    with raises(TypeError):\n        isinstance(a, 'int')\n\n\nraises = f\n",
        "def f(a):\n    return a.format['x'], a.split['train']\n",
        "class A: pass\n\n\nBase = A\n\n\nclass B(Base):\n    def f(self):\n        super(A, self).f()\n",
        "def f(a):\n    return isinstance(a, (int, str)) or isinstance(a, f or ())\n",
        "import re\n\n\ndef f(a):\n    return re.sub('a', '', a, 1), re.sub('a', '', a, flags=re.I)\n",
        TWO.format(base="A").replace("super(A", "super(B"),
        TWO.format(base="A[int]").replace("(A, self)", "()"),
        TWO.format(base="made(A)"),
        TWO.format(base="C").replace("class B", "class C(A):\n    pass\n\n\nclass B"),
        "def f(**those):\n    those = those.items()\n    for a, b in those:\n        a(b)\n",
        "class C:\n    get = {}\n\n\ndef f(a):\n    return C.get['b'], a.values[0], range(len(a) // 2)\n",
        "def f(those):\n    for a, b in those:\n        a(b)\n",
        MADE + "class B:\n    def __init__(self, a): pass\n",
        MADE.replace("(self)\n", "(1, self)\n") + "        super(C, C).__init__(self)\n",
        "def f(a):\n    return a.strip('NNN'), a.rstrip('.eE'), a.strip('abcdefghijklmnopqrstuvwxyz abc')\n",
        "class C(B):\n    def __new__(cls):\n        return super().__new__(cls)\n",
        "class C:\n    def strip(self, a): pass\n\n\ndef f(a):\n    return a.strip('class: ')\n",
        "def f(a):\n    return a.strip('abc'), a.strip('  abc  '), a.strip(' -- '), a.strip(a)\n",
    ],
)
def test_what_is_used_as_it_can_be_is_not(flawed: Flawed, text: str) -> None:
    assert flawed(text) == []


def test_a_class_whose_base_is_named_where_it_should_be_may_be_wrong() -> None:
    syntax = parse(
        Source("a.py", "from b import A\n\n\nclass B(A):\n    def f(self):\n        super(A, self).f()\n", "python")
    )
    assert [(flaw.mend, flaw.sure) for flaw in flaws_of(syntax).values()] == [(("replace", "B"), False)]
