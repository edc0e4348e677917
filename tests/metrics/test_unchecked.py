from __future__ import annotations

from collections.abc import Callable

import pytest

from spotter.metrics.facts import FileFacts
from spotter.metrics.unchecked import unchecked_pressures

Read = Callable[..., FileFacts]

HEAD = "class A:\n    def __init__(self):\n        self.x = None\n\n"
GUARDED = "".join(
    f"    def m{i}(self):\n        if self.x is not None:\n            self.x.go({i})\n\n" for i in range(5)
)


def method(body: str) -> str:
    lines = "\n".join(f"        {line}" for line in body.split("\n"))
    return f"    def odd(self, y, z=None):\n{lines}\n"


def test_the_one_use_without_a_check_is_the_deviant(read: Read) -> None:
    (found,) = unchecked_pressures([read(HEAD + GUARDED + method("if y:\n    self.x.go(9)"))])
    assert (found.rule, found.deviant, found.place.function) == ("SP202", True, "A.odd")
    assert found.place.line == 27
    assert found.p_error == pytest.approx(5 / 14)  # it is nil only at first
    assert "all 5 other functions check it" in found.message
    assert len(found.sites) == 5


def test_what_is_made_nil_again_is_believed_more(read: Read) -> None:
    closed = "    def close(self):\n        self.x = None\n\n"
    (found,) = unchecked_pressures([read(HEAD + closed + GUARDED + method("self.x.go(9)"))])
    assert found.p_error == pytest.approx(5 / 7)


def test_a_method_that_a_check_hands_on_is_called_behind_it(read: Read) -> None:
    closed = "    def close(self):\n        self.x = None\n\n"
    asked = "    def start(self):\n        if self.x is not None:\n            later(self.odd)\n\n"
    other = "    def start(self):\n        later(self.odd)\n\n"
    for handing, share in ((asked, 6 / 16), (other, 5 / 7)):
        (found,) = unchecked_pressures([read(HEAD + closed + handing + GUARDED + method("self.x.go(9)"))])
        assert found.p_error == pytest.approx(share)


def test_the_answer_to_one_question_says_less_of_another(read: Read) -> None:
    find = "def find({}):\n    if rows():\n        return 1\n    return None\n\n"
    asking = "".join(
        f"def f{i}():\n    x = find({i})\n    if x is None:\n        return\n    x.go()\n\n" for i in range(5)
    )
    odd = "def odd():\n    x = find(9)\n    x.go()\n"
    for parameters, share in (("key", 5 / 14), ("", 5 / 7)):
        (found,) = unchecked_pressures([read(find.format(parameters) + asking + odd)])
        assert found.p_error == pytest.approx(share)


@pytest.mark.parametrize(
    "body",
    [
        "if self.x is not None:\n    self.x.go()",
        "if not self.x:\n    return\nself.x.go()",
        "if self.x is None:\n    raise ValueError\nself.x.go()",
        "assert self.x\nself.x.go()",
        "assert self.x is not None and y\nself.x.go()",
        "return self.x is not None and self.x.go()",
        "return self.x is None or self.x.go()",
        "return self.x.go() if self.x else 0",
        "return 0 if self.x is None else self.x.go()",
        "if isinstance(self.x, X):\n    self.x.go()",
        "if hasattr(self.x, 'go'):\n    self.x.go()",
        "if (x := self.x) is not None:\n    x.go()",
        "if x := self.x:\n    x.go()",
        "x = self.x\nif x is None:\n    return\nx.go()",
        "return [y.go(self.x.a) for y in z if self.x]",
        "try:\n    self.x.go()\nexcept AttributeError:\n    pass",
        "with suppress(AttributeError):\n    self.x.go()",
        "while self.x is not None:\n    self.x.go()",
        "while self.x is None:\n    y()\nself.x.go()",
        "ready = self.x is not None\nif ready and y:\n    self.x.go()",
        "if not (self.x is None or y):\n    self.x.go()",
        "if self.x is None:\n    self.x = X()\nself.x.go()",
        "self.x = X()\nself.x.go()",
        "if self.x is None:\n    y.exit()\n    raise SystemExit\nelse:\n    self.x.go()",
        "for a in y:\n    if self.x is None:\n        continue\n    self.x.go()",
        "if self.x.a if self.x else y:\n    return",
        "if self.x:\n    def inner():\n        return self.x.go()\n    return inner",
        "if self.x:\n    return lambda: self.x.go()",
        "if self.x == 3:\n    self.x.go()",
        "match self.x:\n    case None:\n        return\n    case _:\n        self.x.go()",
        "self.m0()\nself.x.go()",
    ],
)
def test_every_way_to_check_is_understood(read: Read, body: str) -> None:
    assert unchecked_pressures([read(HEAD + GUARDED + method(body))]) == ()


@pytest.mark.parametrize(
    "body",
    [
        "self.x.go()\nif self.x is None:\n    return",
        "if self.x is not None:\n    y()\nself.x.go()",
        "if self.x is None:\n    self.x.go()",
        "if self.x or y:\n    self.x.go()",
        "if y and self.x:\n    pass\nelse:\n    self.x.go()",
        "try:\n    self.x.go()\nexcept KeyError:\n    pass",
        "for a in self.x:\n    y(a)",
        "return self.x[0]",
        "return [self.x.a for a in y if a]",
        "z = self.x\nreturn z.go()",
        "if self.x:\n    self.x = None\n    self.x.go()",
    ],
)
def test_what_does_not_dominate_does_not_guard(read: Read, body: str) -> None:
    (found,) = unchecked_pressures([read(HEAD + GUARDED + method(body))])
    assert found.place.function == "A.odd"


def test_two_unchecked_uses_are_another_convention(read: Read) -> None:
    two = method("self.x.go()") + method("self.x.go()").replace("odd", "even")
    assert unchecked_pressures([read(HEAD + GUARDED + two)]) == ()


def test_a_function_that_asks_and_does_not_use_is_a_witness_too(read: Read) -> None:
    first, second, *_ = GUARDED.split("\n\n")
    asks = "".join(f"    def ask{i}(self):\n        return 0 if self.x is None else 1\n\n" for i in range(3))
    (found,) = unchecked_pressures([read(HEAD + first + "\n\n" + second + "\n\n" + asks + method("self.x.go()"))])
    assert "all 5 other functions check it" in found.message
    assert len(found.sites) == 5
    assert unchecked_pressures([read(HEAD + asks + asks.replace("ask", "tell") + method("self.x.go()"))]) == ()


def test_a_use_that_is_settled_is_no_second_deviant(read: Read) -> None:
    opens = "    def open(self):\n        self.x = X()\n\n"
    settled = method("self.open()\nself.x.go()").replace("odd", "even")
    (found,) = unchecked_pressures([read(HEAD + GUARDED + opens + settled + method("self.x.go()"))])
    assert found.place.function == "A.odd"


def test_the_checks_of_tests_are_no_witnesses(read: Read) -> None:
    files = [read(HEAD + method("self.x.go()")), read(HEAD + GUARDED, "tests/alfa.py")]
    assert unchecked_pressures(files) == ()


def test_few_checks_are_no_support(read: Read) -> None:
    few = "\n\n".join(GUARDED.split("\n\n")[:3]) + "\n\n"
    assert unchecked_pressures([read(HEAD + few + method("self.x.go()"))]) == ()


def test_a_private_step_is_settled_by_its_callers(read: Read) -> None:
    called = GUARDED.replace("self.x.go(0)", "self.odd(0)\n            self.x.go()")
    assert unchecked_pressures([read(HEAD + called + method("self.x.go()"))]) == ()


def test_a_step_of_a_step_is_settled_by_a_caller_that_only_checks(read: Read) -> None:
    step = "    def step(self):\n        self.odd(0)\n\n"
    step += "    def start(self):\n        if self.x:\n            self.step()\n\n"
    assert unchecked_pressures([read(HEAD + GUARDED + step + method("self.x.go()"))]) == ()


def test_a_caller_that_checks_for_another_step_settles_nothing(read: Read) -> None:
    called = GUARDED.replace("self.x.go(0)\n", "self.x.go(0)\n        self.odd(0)\n")
    (found,) = unchecked_pressures([read(HEAD + called + method("self.x.go()"))])
    assert found.place.function == "A.odd"


def test_a_caller_of_the_same_name_in_another_class_settles_nothing(read: Read) -> None:
    other = HEAD.replace("class A", "class B") + "    def start(self):\n        self.x = X()\n        self.odd()\n"
    assert unchecked_pressures([read(HEAD + GUARDED + method("self.x.go()") + f"\n{other}")]) != ()
    below = other.replace("class B", "class B(A)").replace(HEAD.partition("\n")[2], "")
    assert unchecked_pressures([read(HEAD + GUARDED + method("self.x.go()") + f"\n{below}")]) == ()


def test_what_a_loop_makes_nil_on_its_way_out_is_known_at_its_next_turn(read: Read) -> None:
    loop = "if self.x:\n    for a in y:\n        if self.x.has(a):\n            self.x = None\n            {}"
    assert unchecked_pressures([read(HEAD + GUARDED + method(loop.format("return")))]) == ()
    assert unchecked_pressures([read(HEAD + GUARDED + method(loop.format("continue")))]) != ()


def test_a_value_that_was_just_given_is_no_check(read: Read) -> None:
    given = GUARDED.replace("if self.x is not None:", "self.x = X()\n        if 1:")
    assert unchecked_pressures([read(HEAD + given + method("self.x.go()"))]) == ()


def test_a_value_given_by_a_callee_is_settled(read: Read) -> None:
    opens = "    def open(self):\n        self.x = X()\n\n"
    assert unchecked_pressures([read(HEAD + GUARDED + opens + method("self.open()\nself.x.go()"))]) == ()


def test_the_result_of_a_function_that_nearly_all_callers_check(read: Read) -> None:
    finder = "def find(n):\n    if n in T:\n        return T[n]\n    return None\n"
    good = "".join(f"\ndef u{i}(n):\n    v = find(n)\n    if v is not None:\n        v.go({i})\n" for i in range(5))
    odd = "\ndef odd(n):\n    v = find(n)\n    return v.go()\n"
    (found,) = unchecked_pressures([read(finder + good + odd)])
    assert found.place.function == "odd"
    assert found.message.startswith("`find()` may be None")
    assert unchecked_pressures([read(finder + good)]) == ()


def test_what_the_class_above_gives_when_it_is_called_is_settled(read: Read) -> None:
    given = "    def open(self):\n        self.x = X()\n\n"
    below = "class B(A):\n    def open(self):\n        super().open()\n        self.x.go(9)\n"
    assert unchecked_pressures([read(HEAD + GUARDED + given + below)]) == ()
    assert len(unchecked_pressures([read(HEAD + GUARDED + given + below.replace("super().open()", "go()"))])) == 1


def test_a_local_is_known_behind_a_condition_about_something_else(read: Read) -> None:
    facts = read(HEAD + method("if y:\n    return\nx = self.x\nif x is None:\n    return\nx.go()"))
    assert [(use.subject.name, use.guarded) for use in facts.uses] == [("x", True)]
    (check,) = (check for check in facts.checks if check.explicit)
    assert check.subject.name == "x"
