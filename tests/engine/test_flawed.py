from __future__ import annotations

import pytest

from spotter.engine.flawed import flaws_of
from spotter.engine.flaws import UNBOUND
from spotter.source import Cell, Source
from spotter.syntax import parse


def named(text: str, path: str = "a.py", language: str = "python") -> list[tuple[str, int]]:
    """The unbound names with their lines."""
    syntax = parse(Source(path, text, language))
    found = (syntax.tokens[i] for i, flaw in flaws_of(syntax).items() if flaw == UNBOUND)
    return sorted((token.text, token.line) for token in found)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("def f(x):\n    return fnind(x)\n", [("fnind", 2)]),
        ("class C:\n    size = 1\n\n    def f(self):\n        return size\n", [("size", 5)]),
        ("def f(xs):\n    return [x for x in xs] + x\n", [("x", 2)]),
        (
            "def f():\n    try:\n        g()\n    except OSError as e:\n        pass\n    return e\n\n\ng = f\n",
            [("e", 6)],
        ),
        ("def f(xs):\n    for x in xs:\n        if x:\n            return last + x2\n        last = x\n", [("x2", 4)]),
        ("def f(é):\n    é = 'ééé'; return é + è\n", [("è", 2)]),
        ("def f():\n    return state\n\n\ndef g():\n    return state\n", [("state", 2), ("state", 6)]),
        ("x = 1\r\ndef f():\r\n    return y\r\n", [("y", 3)]),
    ],
)
def test_a_name_that_nothing_binds_is_found_where_it_stands(text: str, names: list[tuple[str, int]]) -> None:
    assert named(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "from os.path import *\ndef f():\n    return join('a')\n",
        "def f():\n    global late\n    late = 1\n\n\ndef g():\n    return late\n",
        "def f():\n    try:\n        return (lambda: missing)()\n    except NameError:\n        return None\n",
        "def f():\n    raises(NameError, lambda: missing)\n\n\ndef raises(*a): pass\n",
        "def f(x):\n    if 'missing' in dir(x):\n        return missing\n",
        "import sys\nsetattr(sys.modules[__name__], 'missing', 1)\n\n\ndef f():\n    return missing\n",
        "# MAGIC %run ./setup\ndef f():\n    return missing\n",
        "def f(x):\n    return basestring, xrange, _('a'), get_ipython()\n",
        "def f():\n    return (found := 1) + found\n",
        "import os\n\n\ndef f():\n    return os.name\n\n\nf()\ndel os, f\n",
        "def f(xs):\n    for x in xs:\n        if x:\n            return last\n        last = x\n",
        "def f(xs):\n    for x in xs:\n        if x:\n            return g(x)\n        def g(y): return y\n",
        "def f(xs):\n    while xs:\n        if xs:\n            os.x\n        import os\n",
        "def f(x):\n    exec(x)\n    return y\n",
        "def f(x):\n    globals().update(x)\n    return y\n",
        "def f(x):\n    with suppress(NameError):\n        return y\n\n\nsuppress = 1\n",
        "def f():\n    return __salt__\n",
        "def f(a):\n    del (a, b)\n    return b\n",
        "c = get_config()\n\n\n@profiled\ndef f(a=missing): return c\n",
        "# flake8: noqa\ndef f():\n    return missing\n",
        "# pylint: disable=undefined-variable\ndef f():\n    return missing\n",
        "late: int\n\n\ndef f():\n    global late\n    late = 1\n\n\ndef g():\n    return late\n",
        "def f():\n    try:\n        f()\n    except OSError as e:\n        return map(lambda x: e, [1])\n",
        "import os\n\n\ndef f(x: Missing) -> 'Gone':\n    y: List[int] = []\n    return y\n",
        "def f():\n    return missing  # noqa: F821\n",
        "def f():\n    return missing  # type: ignore[name-defined]\n",
        "def f():\n    return missing  # pylint: disable=undefined-variable\n",
        "def f(a):\n    return a\n\n\nf(  # type: ignore[call-arg]\n    1,\n    2,\n)\n",
        "def f(a):\n    return a\n\n\nf(\n    1,\n    2,\n)  # pylint: disable=too-many-function-args\n",
    ],
)
def test_a_name_is_not_unbound_where_it_may_be_given_or_nothing_evaluates_it_or_its_author_knows(text: str) -> None:
    assert flaws_of(parse(Source("a.py", text, "python"))) == {}


def test_names_that_something_else_puts_there_are_not_unbound() -> None:
    assert named("def f():\n    return a\n\n\ndef g():\n    return b, c\n") == [("a", 2), ("b", 6), ("c", 6)]
    assert named("def f():\n    return a, d\n\n\ndef g():\n    return b, c\n") == []
    assert named("def f():\n    return a, a, a\n\n\ndef g():\n    return b\n") == [("b", 6)]


def test_a_notebook_has_names_from_what_its_magics_run() -> None:
    source = Source("a.ipynb", "def f(a):\n    return missing\n\n\nf()\n", "python", cells=(Cell(1, 1, 6),))
    assert [flaw.why for flaw in flaws_of(parse(source)).values()] == ["ends a call of `f` without `a`"]


@pytest.mark.parametrize(
    "text", ["def f(:\n    return missing\n", "def f():\n    print missing\n", "def f():\n    '\0'\n    missing\n"]
)
def test_of_what_python_cannot_parse_nothing_is_said(text: str) -> None:
    assert named(text) == []


def test_lines_may_end_as_they_like() -> None:
    assert named("x = 1\r\ndef f():\r\n    return y\r\n") == [("y", 3)]
    assert named("x = 1\rdef f():\r    return y\r") == []  # one line to a grammar, three to Python


def test_other_languages_have_globals_that_no_file_shows() -> None:
    assert named("function f() { return missing; }\n", "a.js", "javascript") == []


def test_code_that_is_nested_too_deep_for_python_is_left_alone() -> None:
    assert named("def f():\n    return " + "-" * 20_000 + "missing\n") == []


def test_a_call_that_does_not_fit_is_a_flaw_of_the_token_where_it_shows() -> None:
    syntax = parse(Source("a.py", "def é(a):\n    return a\n\n\nx = é(1), é(1, (2)), é(c=1), é(  # why\n)\n", "python"))
    assert [(syntax.tokens[i].text, *flaw) for i, flaw in sorted(flaws_of(syntax).items())] == [
        ("2", "is an argument more than `é` takes", None),
        ("c", "is no parameter of `é`", None),
        (")", "ends a call of `é` without `a`", ("insert", "a")),
    ]


@pytest.mark.parametrize(
    ("call", "mend"),
    [("f()", "a"), ("f(1)", ", b"), ("f(1,)", " b"), ("f(1, 2)", ", c=c"), ("f(c=1)", ", a=a"), ("f(1, c=1)", ", b=b")],
)
def test_the_argument_that_a_call_lacks_is_what_would_be_inserted(call: str, mend: str) -> None:
    syntax = parse(Source("a.py", f"def f(a, b, *, c):\n    return a\n\n\n{call}\n", "python"))
    assert [flaw.mend for flaw in flaws_of(syntax).values()] == [("insert", mend)]


def test_one_check_that_python_is_too_shallow_for_silences_no_other() -> None:
    text = "def f(a):\n    return a\n\n\nf()\nx = " + "+".join(["f(1)"] * 900) + "\n"
    assert [flaw.why for flaw in flaws_of(parse(Source("a.py", text, "python"))).values()] == [
        "ends a call of `f` without `a`"
    ]
