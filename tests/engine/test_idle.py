from __future__ import annotations

import pytest

from spotter.engine.flawed import flaws_of
from spotter.source import Cell, Source
from spotter.syntax import parse
from tests.engine.conftest import Flawed


@pytest.mark.parametrize(
    ("text", "token", "mend"),
    [
        ("def f(a):\n    a.x == 1\n", "==", "="),
        ("def f(a):\n    a() == 1\n", "==", ""),
        ("def f(a):\n    (a == 1)\n", "==", ""),
        ("def f(a):\n    try:\n        a()\n    except OSError:\n        ValueError('a')\n", "ValueError", "raise"),
        ("def f(a):\n    a.x > 1\n", ">", ""),
        ("def f(a):\n    if not a:\n        ValueError('no a')\n", "ValueError", "raise"),
        ("class Bad(ValueError): pass\n\n\ndef f():\n    Bad()\n", "Bad", "raise"),
        ("async def g(): pass\n\n\nasync def f():\n    g()\n", "g", "await"),
        ("class C:\n    async def g(self): pass\n\n    def f(self):\n        self.g()\n", "self", ""),
        ("def f(a):\n    a.name.strip('\\n')\n", "a", "a.name ="),
        ("def f(a):\n    a.replace('x', 'y')\n    return a\n", "a", "a ="),
        ("def f(a):\n    '%s' % a\n", "'%s'", ""),
        ("def f(a):\n    '{}'.format(a)\n", "'{}'", ""),
        ("def f(a):\n    b = a()\n    if b:\n        b\n", "b", ""),
        ("import asyncio\n\n\nasync def f():\n    asyncio.sleep(1)\n", "asyncio", "await"),
        ("from asyncio import sleep\n\n\nasync def f():\n    sleep(1)\n", "sleep", "await"),
    ],
)
def test_what_is_found_out_or_made_and_dropped_is_marked(flawed: Flawed, text: str, token: str, mend: str) -> None:
    assert [(where, edit) for _, where, edit in flawed(text)] == [(token, mend)]


@pytest.mark.parametrize(
    "text",
    [
        "def f(a):\n    with raises(TypeError):\n        a < 1\n\n\nraises = f\n",
        "def f(a):\n    a.encode('ascii')\n    return a\n",
        "def f(a):\n    try:\n        a == 1\n    except Exception:\n        return None\n",
        "ValueError = print\n\n\ndef f():\n    ValueError('x')\n",
        "class Bad: pass\n\n\ndef f():\n    Bad()\n",
        "class Bad(Warning):\n    def __init__(self): print('bad')\n\n\ndef f():\n    Bad()\n",
        "import os\n\n\ndef f(a):\n    os.replace('a', a)\n",
        "class C:\n    def replace(self, a, b): pass\n\n    def f(self, a):\n        a.replace('a', 'b')\n",
        "def f(a):\n    with a.warns(UserWarning):\n        a.x == 1\n",
        "def f(a):\n    try:\n        a.x is None\n    except a.ParseError:\n        return None\n",
        "def time_f(a):\n    a == 1\n",
        "def f(a):\n    expect(a) == 1\n\n\nexpect = f\n",
        "import cocotb\n\n\ndef f(a):\n    a.reset <= 1\n",
        "@command\nasync def g(): pass\n\n\ndef f():\n    g()\n\n\ncommand = f\n",
        "async def g():\n    yield 1\n\n\nasync def f():\n    g()\n",
        "# %%\na = 1\na == 1\n",
        "async def g(): pass\n\n\nasync def f():\n    await g()\n    return g()\n",
        "def f(a):\n    a.replace('x', inplace=True)\n    a.replace('target')\n    a.lower()\n    a.strip()\n",
        "def f(a, b):\n    a >> b\n    a | b\n",
        "class C:\n    async def g(self): pass\n\n    def __del__(self):\n        self.g()\n",
        "import b\n\n\ndef f(a):\n    a\n    b\n\n\ndef test_f():\n    c = b()\n    c\n",
        "def f(a):\n    c = 1\n\n    def g():\n        c\n\n    return g\n",
    ],
)
def test_what_has_an_effect_or_is_meant_to_raise_is_not(flawed: Flawed, text: str) -> None:
    assert flawed(text) == []


def test_what_a_cell_shows_is_not_dropped() -> None:
    text = "x = 1\nx == 1\n"
    assert flaws_of(parse(Source("a.ipynb", text, "python", (Cell(1, 1, 2),)))) == {}
