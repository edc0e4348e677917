from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent

import pytest

from spotter.metrics.facts import FileFacts
from spotter.metrics.nil import nil_pressures

Read = Callable[..., FileFacts]

COMMAND = """
class Command:
    process: Process | None = None

    def __init__(self):
        self.settings = None
"""


def asserting(name: str, *attributes: str) -> str:
    checks = "\n".join(f"        assert self.{a} is not None\n        self.{a}.go()" for a in attributes)
    return f"from alfa import Command\nclass {name}(Command):\n    def run(self):\n{checks}\n"


def test_asserts_in_subclasses_of_other_files_come_from_one_class_level_origin(read: Read) -> None:
    files = [read(COMMAND), *(read(asserting(f"C{i}", "process"), f"c{i}.py") for i in range(5))]
    (found,) = nil_pressures(files)
    assert (found.rule, found.place.path, found.place.line) == ("SP201", "alfa.py", 3)
    assert found.cause == "state:alfa.py:Command.process"
    assert found.message == (
        "`process` may be None: 5 asserts would go if it were declared without None, or had its value at construction"
    )
    assert [site.place.path for site in found.sites] == [f"c{i}.py" for i in range(5)]
    assert not found.deviant


def test_origins_are_ranked_by_what_would_go(read: Read) -> None:
    files = [read(COMMAND), *(read(asserting(f"C{i}", "process", "settings"), f"c{i}.py") for i in range(4))]
    files.append(read(asserting("D", "settings"), "d.py"))
    assert [p.cause for p in nil_pressures(files)] == [
        "state:alfa.py:Command.settings",
        "state:alfa.py:Command.process",
    ]


def test_few_checks_are_no_pressure(read: Read) -> None:
    assert nil_pressures([read(COMMAND), *(read(asserting(f"C{i}", "process"), f"c{i}.py") for i in range(3))]) == ()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "a sentinel default",
            "def f(x=None):\n    if x is None:\n        x = []\n    x.append(1)\n",
        ),
        (
            "a lookup that may miss",
            "def f(table):\n    x = table.get(1)\n    assert x is not None\n    return x.y\n",
        ),
        (
            "a match that may fail",
            "def f(t):\n    m = re.match('a', t)\n    if m is None:\n        raise ValueError\n    return m.group()\n",
        ),
        (
            "the environment",
            "def f():\n    home = os.environ.get('HOME')\n    assert home is not None\n    return home.strip()\n",
        ),
    ],
)
def test_idioms_are_no_pressure(read: Read, name: str, text: str) -> None:
    files = [read(text.replace("def f", f"def f{i}"), f"{i}.py") for i in range(9)]
    assert sum(len(file.checks) for file in files) == 9, name
    assert nil_pressures(files) == (), name


def test_a_lazy_cache_is_no_pressure(read: Read) -> None:
    lazy = """
    class Lazy:
        def __init__(self):
            self._x = None

        def value(self):
            if self._x is None:
                self._x = load()
            return self._x
    """
    uses = "".join(
        f"    def m{i}(self):\n        assert self._x is not None\n        self._x.go()\n\n" for i in range(6)
    )
    made = "class Made:\n    def __init__(self):\n        self._x = None\n\n"
    assert nil_pressures([read(made + uses)])
    assert nil_pressures([read(dedent(lazy) + uses)]) == ()


@pytest.mark.parametrize(
    "made",
    [
        pytest.param("if self._x is None:\n            self.check()\n            self.make()", id="by a method"),
        pytest.param("if self._x is None and self.plan:\n            self._x = self.plan.run()", id="where it can be"),
    ],
)
def test_what_another_method_makes_on_first_use_is_no_pressure(read: Read, made: str) -> None:
    text = "class A:\n    def __init__(self):\n        self._x = None\n\n" + "".join(
        f"    def m{i}(self):\n        self.ensure()\n        assert self._x is not None\n        self._x.go()\n\n"
        for i in range(6)
    )
    asked = "if self._x is None:\n            self.make()\n            return"
    assert nil_pressures([read(f"{text}    def ensure(self):\n        {asked}\n")])
    assert nil_pressures([read(f"{text}    def ensure(self):\n        {made}\n")]) == ()


def test_meaningful_none_is_no_pressure(read: Read) -> None:
    body = "(self):\n        if self.proxy is not None:\n            return self.proxy.go()\n        return plain()\n\n"
    branches = "".join(f"    def m{i}{body}" for i in range(9))
    assert nil_pressures([read(f"class A:\n    def __init__(self):\n        self.proxy = None\n\n{branches}")]) == ()


def test_a_function_whose_callers_all_demand_a_value_should_raise(read: Read) -> None:
    finder = "def find(n):\n    for item in ITEMS:\n        if item.n == n:\n            return item\n    return None\n"
    body = "(n):\n    item = find(n)\n    if item is None:\n        raise KeyError(n)\n    return item.go()\n"
    callers = "".join(f"\ndef use{i}{body}" for i in range(5))
    (found,) = nil_pressures([read(finder + callers)])
    assert found.cause == "result:alfa.py:find"
    assert found.message == "`find()` may be None: 5 guards would go if it raised instead of returning None"


def test_a_demand_that_holds_only_with_something_else_is_none(read: Read) -> None:
    def asserting(test: str) -> FileFacts:
        body = f"(self):\n        assert {test}\n\n"
        return read("class A:\n    x = None\n\n" + "".join(f"    def m{i}{body}" for i in range(6)))

    assert nil_pressures([asserting("self.x is not None and y")])
    assert nil_pressures([asserting("not (self.x is None or y)")])
    assert nil_pressures([asserting("self.x is not None or y")]) == ()
    assert nil_pressures([asserting("not (self.x is None and y)")]) == ()


MADE = "class A:\n    def __init__(self):\n        self.x = None\n\n"


def methods(body: str, name: str, count: int) -> str:
    return "".join(f"    def {name}{i}(self):\n        {body}\n\n" for i in range(count))


def test_an_attribute_that_is_made_nil_again_has_a_life_of_its_own(read: Read) -> None:
    text = MADE + methods("assert self.x is not None", "m", 6)
    assert nil_pressures([read(text)])
    assert nil_pressures([read(text + methods("self.x = None", "close", 1))]) == ()
    above = read("from alfa import A\nclass B(A):\n    def close(self):\n        self.x = None\n", "bravo.py")
    assert nil_pressures([read(text), above]) == ()


def test_branches_that_give_nil_a_meaning_outweigh_asserts(read: Read) -> None:
    text = MADE + methods("assert self.x is not None", "m", 6)
    branch = "if self.x is not None:\n            self.x.go()"
    assert nil_pressures([read(text + methods(branch, "b", 2))])
    assert nil_pressures([read(text + methods(branch, "b", 3))]) == ()


def test_a_method_that_raises_when_it_is_called_too_early_guards_a_boundary(read: Read) -> None:
    guard = "if self.x is None:\n            raise RuntimeError('call start() first')"
    assert nil_pressures([read(MADE + methods(guard, "m", 9))]) == ()


def test_a_guess_by_the_attribute_name_alone_is_no_pressure(read: Read) -> None:
    origin = read("class A:\n    end: int | None = None\n")
    others = [read(f"def f{i}(m):\n    assert m.end is not None\n    m.end.go()\n", f"{i}.py") for i in range(9)]
    assert nil_pressures([origin, *others]) == ()


def test_checks_in_tests_do_not_count(read: Read) -> None:
    files = [read(COMMAND), *(read(asserting(f"C{i}", "process"), f"tests/c{i}.py") for i in range(9))]
    assert nil_pressures(files) == ()


def test_casts_to_the_type_without_nil_count_and_casts_to_another_do_not(read: Read) -> None:
    casts = "".join(f"    def m{i}(self):\n        return cast(Slot, self.slot).go()\n\n" for i in range(4))
    assert nil_pressures([read(f"class A:\n    slot: Optional[Slot]\n\n{casts}")])
    assert nil_pressures([read(f"class A:\n    slot: Optional[Base]\n\n{casts}")]) == ()
    assert nil_pressures([read(f"class A:\n    slot: dict[str, Slot | None]\n\n{casts}")]) == ()
    assert nil_pressures([read(f"class A:\n    slot: Union['Slot', Base[None, None]]\n\n{casts}")]) == ()
    assert nil_pressures([read(f"class A:\n    slot: Union['Slot', Optional[Base]]\n\n{casts}")])
    assert nil_pressures([read(f"class A:\n    slot: Union[Slot, Base] | None\n\n{casts}")])
