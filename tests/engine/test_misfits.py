from __future__ import annotations

import ast
import time

import pytest

from spotter.engine.misfits import misfits

HEAD = """\
def one(a, b=1): return a
def two(a, /, b, *, c): return a
def some(a, *rest, **others): return a
class Made:
    def __init__(self, a): self.a = a
class Worker(Base):
    def work(self, x, y=1): return x
    @staticmethod
    def plain(x): return x
    @classmethod
    def made(cls, x): return x
    def stub(self): raise NotImplementedError
    @decorated
    def odd(self): return 1
    def calls(self, call):
        return {}
"""


def found(call: str) -> list[tuple[str, str]]:
    """What stands at each misfit of a call in a method and outside, and what is wrong with it."""
    text = HEAD.format(call if "self." in call else "1") + ("" if "self." in call else call + "\n")
    lines = text.splitlines()
    return sorted((lines[line - 1][column:], why) for line, column, _, (why, *_), *_ in misfits(ast.parse(text)))


@pytest.mark.parametrize(
    ("call", "at", "why"),
    [
        ("one()", ")", "ends a call of `one` without `a`"),
        ("one(1, 2, 3)", "3)", "is an argument more than `one` takes"),
        ("one(1, d=2)", "d=2)", "is no parameter of `one`"),
        ("one(b=2)", ")", "ends a call of `one` without `a`"),
        ("two(1, 2)", ")", "ends a call of `two` without `c`"),
        ("two(a=1, b=2, c=3)", "a=1, b=2, c=3)", "is no parameter of `two`"),
        ("some()", ")", "ends a call of `some` without `a`"),
        ("Made()", ")", "ends a call of `Made` without `a`"),
        ("Made(1, 2)", "2)", "is an argument more than `Made` takes"),
        ("self.work()", ")", "ends a call of `work` without `x`"),
        ("self.work(1, 2, 3)", "3)", "is an argument more than `work` takes"),
        ("self.plain()", ")", "ends a call of `plain` without `x`"),
        ("self.made(1, 2)", "2)", "is an argument more than `made` takes"),
        ("[self.work(z=x) for x in (1, 2)]", "z=x) for x in (1, 2)]", "is no parameter of `work`"),
    ],
)
def test_a_call_that_its_function_cannot_take_is_found_at_its_first_misfit(call: str, at: str, why: str) -> None:
    assert found(call) == [(at, why)]


@pytest.mark.parametrize(
    "call",
    [
        "one(1)",
        "one(*rest)",
        "one(**others)",
        "one(b=1, a=2)",
        "two(1, b=2, c=3)",
        "some(1, 2, 3, d=4)",
        "some(*rest)",
        "Made(a=1)",
        "Worker(1, 2, 3)",
        "self.work(1, y=2)",
        "self.stub(1)",
        "self.odd(1)",
        "self.missing(1)",
        "call.work()",
        "one = other; one()",
        "def other(one): return one()",
        "call.one = 1; one()",
        "with pytest.raises(TypeError): one()",
        "try: one()\nexcept TypeError: pass",
        "try: one()\nexcept: pass",
        "try: one()\nexcept Exception: pass",
        "try: one()\nexcept FAILURES: pass",
        "with suppress(TypeError): one()",
        "assertRaises(TypeError, lambda: one())",
        "@pytest.mark.xfail(raises=TypeError)\ndef test(): one()",
        "from fast import *\none()",
        "match {}:\n    case {1: 2, **one}: one()",
        "Made.__init__ = other\nMade()",
        "setattr(Worker, name, other); self.work()",
        "[self.work() for self in call]",
        "(lambda self: self.work())(call)",
    ],
)
def test_a_call_that_may_fit_or_is_meant_to_fail_is_none(call: str) -> None:
    assert found(call) == []


@pytest.mark.parametrize(
    "text",
    [
        "class A:\n    def f(self): return 1\n    def __new__(cls): return cls.f(cls)\n",
        "class A:\n    def f(x, y): return x\n    def g(x): return x.f()\n",
        "@changed\nclass A:\n    def f(self, x): return x\n    def g(self): return self.f()\n",
        "class A(metaclass=M):\n    def f(self, x): return x\n    def g(self): return self.f()\n",
        "class A:\n    def f(self):\n        why = 'no'\n        raise E(why)\n    def g(self): return self.f(1)\n",
        "class A:\n    def f(self): return NotImplemented\n    def g(self): return self.f(1)\n",
        "class A:\n    def __init__(self, a): pass\n    if fast:\n        def __init__(self): pass\nA()\n",
        "class A:\n    def __init__(self, a): pass\n    __new__ = make\nA()\n",
        "class A:\n    def f(self, x): return x\n    def g(self): setattr(self, g, 1); self.f()\n",
        "class A:\n    def f(self, x): return x\n    def g(self): self.__dict__['f'] = g; self.f()\n",
        "class A:\n    def __new__(cls, a): return a\n    def g(self): return self.__new__(type(self), 1)\n",
        "class A(abc.ABC):\n    def f(self): return g\n    def g(self): return self.f(1)\n",
        "class A:\n    def f(self): return []\n    def g(self): return self.f(1)\n",
        "class A(B):\n    def __init__(self, a): pass\nA()\n",
    ],
)
def test_a_method_that_another_may_stand_for_is_left_alone(text: str) -> None:
    assert list(misfits(ast.parse(text))) == []


def test_a_class_of_many_methods_takes_no_longer_than_its_text() -> None:
    text = "class A:\n" + "".join(f"    def f{i}(self, a): return self.f{i + 1}(a, 1)\n" for i in range(4000))
    tree = ast.parse(text)
    begun = time.process_time()
    assert len(list(misfits(tree))) == 3999
    assert time.process_time() - begun < 5


def test_a_name_that_stands_for_more_than_one_function_is_left_alone() -> None:
    twice = "def one(a): return a\ndef one(): return 1\none(1, 2)\n"
    assert list(misfits(ast.parse(twice))) == []
    inherited = "class A:\n    def f(self, x): return x\n    def g(self): return self.f()\n{}"
    assert len(list(misfits(ast.parse(inherited.format(""))))) == 1
    assert list(misfits(ast.parse(inherited.format("class B(A):\n    def f(self): return 1\n")))) == []
