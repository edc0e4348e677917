from __future__ import annotations

from collections.abc import Callable

import pytest

from spotter.metrics.facts import FileFacts, from_json, to_json

Read = Callable[..., FileFacts]


def asked(file: FileFacts) -> dict[str, tuple[str, float, float]]:
    """What is asked by its name: its sort, the decisions and their weight."""
    return {item.asked.name: (item.asked.sort, item.decisions, item.load) for item in file.reliances}


def test_what_a_decision_asks_says_how_much_it_weighs(read: Read) -> None:
    text = (
        "import sys, time\n\nclass A:\n    def f(self, mode):\n        if mode:\n            go()\n"
        "        if self.ready:\n            go()\n        if sys.platform == 'win32':\n            go()\n"
        "        if time.time() > 5:\n            go()\n        if open(self):\n            go()\n"
    )
    assert asked(read(text)) == {
        "mode": ("parameter", 1, 1),
        "ready": ("attribute", 1, 2),
        "sys.platform": ("environment", 1, 3),
        "time.time()": ("clock", 1, 3),
        "open()": ("outside", 1, 3),
    }


def test_branches_and_loops_around_a_decision_add_to_it(read: Read) -> None:
    text = (
        "def f(a, b, c):\n    if a:\n        go()\n    elif b:\n"
        "        for x in a:\n            while c:\n                go()\n"
    )
    assert asked(read(text)) == {
        "a": ("parameter", 1, 1),
        "b": ("parameter", 1, 1),
        "c": ("parameter", 1, 3),
        "": ("nothing", 1, 2),  # to go through a value asks it nothing
    }


def test_a_local_stands_for_what_it_was_given_last(read: Read) -> None:
    text = (
        "class A:\n    def f(self, row):\n        x = row\n        x = self.size or x\n"
        "        if x > 3:\n            go()\n"
    )
    assert asked(read(text)) == {"size": ("attribute", 1.5, 3), "row": ("parameter", 0.5, 0.5)}
    assert asked(read("def f():\n    x = x + 1\n    if x:\n        go()\n")) == {"": ("nothing", 1, 1)}


def test_an_element_is_not_what_it_is_taken_from(read: Read) -> None:
    text = (
        "def f(rows):\n    for row in rows:\n        if row:\n            go()\n"
        "        if row.open:\n            go()\n"
    )
    assert asked(read(text)) == {"": ("nothing", 2, 3), "open": ("attribute", 1, 3)}


def test_a_decision_about_several_values_is_a_part_for_each(read: Read) -> None:
    text = "def f(a, b):\n    if a.size == b.width and a.kind is KIND:\n        go()\n"
    assert asked(read(text)) == {
        "size": ("attribute", 0.5, 1),
        "width": ("attribute", 0.5, 1),
        "kind": ("attribute", 1, 2),
    }


def test_the_result_of_a_function_has_what_it_was_given_behind_it(read: Read) -> None:
    (item,) = read("def f(node, x):\n    if node.holds(x):\n        go()\n").reliances
    assert (item.asked.sort, item.asked.name) == ("result", ".holds")
    assert [(one.sort, one.name) for one in item.asked.behind] == [("parameter", "node"), ("parameter", "x")]
    (item,) = read("def f(node):\n    if len(node.rows):\n        go()\n").reliances
    assert (item.asked.sort, item.asked.name) == ("attribute", "rows")


def test_all_decisions_of_a_function_are_told(read: Read) -> None:
    text = (
        "def f(a, b):\n    x = a or b\n    assert a\n    y = 1 if b else 2\n"
        "    try:\n        go()\n    except E:\n        go()\n"
        "    match a:\n        case 1:\n            if b:\n                go()\n    return [i for i in a if i and b]\n"
    )
    file = read(text)
    assert sum(item.decisions for item in file.reliances) == sum(f.decisions for f in file.functions) == 8
    assert from_json(to_json(file)) == file


@pytest.mark.parametrize(
    ("suffix", "language", "text"),
    [
        ("js", "javascript", "class A { f(mode) { if (this.ready && mode) go(); } }"),
        ("ts", "typescript", "class A { f(mode: string) { if (this.ready && mode) go(); } }"),
        ("go", "go", "package a\nfunc (a *A) f(mode bool) {\n\tif a.ready && mode {\n\t\tg()\n\t}\n}\n"),
        ("java", "java", "class A { boolean ready; void f(boolean mode) { if (this.ready && mode) { go(); } } }"),
        ("rs", "rust", "impl A { fn f(&self, mode: bool) { if self.ready && mode { go(); } } }"),
        ("rb", "ruby", "class A\n  def f(mode)\n    go if @ready && mode\n  end\nend\n"),
    ],
)
def test_every_language_tells_state_from_parameters(read: Read, suffix: str, language: str, text: str) -> None:
    found = asked(read(text, path=f"alfa.{suffix}", language=language))
    assert found == {"ready": ("attribute", 1, 2), "mode": ("parameter", 1, 1)}


def test_elixir_needed_no_python_for_it(read: Read) -> None:
    text = "defmodule A do\n  def f(state, mode) do\n    if state.ready && mode do\n      go()\n    end\n  end\nend\n"
    found = asked(read(text, path="alfa.ex", language="elixir"))
    assert found == {"ready": ("attribute", 1, 2), "mode": ("parameter", 1, 1)}
