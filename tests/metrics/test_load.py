from __future__ import annotations

from collections.abc import Callable

from spotter.metrics.facts import FileFacts
from spotter.metrics.functions import HEAVY
from spotter.metrics.load import load_pressures

Read = Callable[..., FileFacts]


def deciding(count: int) -> str:
    return "class A:\n    def f(self, x):\n" + "".join(
        f"        if x == {i}:\n            go({i})\n" for i in range(count)
    )


def test_a_function_that_decides_too_much_cites_radon(read: Read) -> None:
    (found,) = load_pressures([read(deciding(HEAVY))])
    assert (found.rule, found.weight, found.cause) == ("SP301", HEAVY, "function:alfa.py:A.f")
    assert f"cyclomatic complexity {HEAVY + 1}" in found.message
    assert "Halstead volume" in found.message
    assert "maintainability index" in found.message
    assert load_pressures([read(deciding(HEAVY - 1))]) == ()


def test_a_function_that_radon_cannot_parse_has_no_numbers(read: Read) -> None:
    (function,) = read(deciding(HEAVY) + "        x = = 3\n").functions
    assert function.decisions == HEAVY
    assert function.numbers == ()


def test_light_functions_do_not_load_radon(read: Read) -> None:
    (function,) = read(deciding(HEAVY - 1)).functions
    assert function.numbers == ()


def test_inner_functions_decide_for_themselves(read: Read) -> None:
    outer, inner = read("def f(x):\n    def g(y):\n        if y:\n            go()\n    return g\n").functions
    assert (outer.decisions, inner.decisions) == (0, 1)
