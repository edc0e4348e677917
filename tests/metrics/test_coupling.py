from __future__ import annotations

from collections.abc import Callable

import pytest

from spotter.metrics.coupling import coupled_pressures, forgotten_pressures
from spotter.metrics.facts import FileFacts, from_json, to_json

Read = Callable[..., FileFacts]

BOTH = "        self.rows.append(x)\n        self.size += 1\n"


def drifting(last: str, extra: str = "", both: str = BOTH, count: int = 3) -> str:
    """A class whose methods keep rows and size in step, but for the last."""
    methods = "".join(f"    def put{i}(self, x):\n{both}\n" for i in range(count))
    idle = "".join(f"    def show{i}(self):\n        return self.rows[{i}]\n\n" for i in range(3))
    birth = "    def __init__(self):\n        self.rows = []\n        self.size = 0\n\n"
    return f"class Table:\n{birth}{methods}{idle}    def last(self, x):\n{last}\n{extra}"


def test_the_method_that_updates_one_of_two_is_named(read: Read) -> None:
    (found,) = forgotten_pressures([read(drifting("        self.rows.append(x)\n"))])
    assert (found.rule, found.deviant, found.place.function) == ("SP242", True, "Table.last")
    assert "`rows` is updated here without `size`, which all 3 other methods" in found.message
    assert [site.place.function for site in found.sites] == ["Table.put0", "Table.put1", "Table.put2"]
    assert found.p_error == pytest.approx(3 / 5)


ALONE = "        self.rows.append(x)\n"
TICK = "        self.size += 1\n"
SETTER = (
    "    @property\n    def n(self):\n        return 0\n    @n.setter\n    def n(self, n):\n        self.size = n\n"
)


@pytest.mark.parametrize(
    ("last", "extra"),
    [
        pytest.param(BOTH, "", id="both"),
        pytest.param("        self.rows = []\n", "", id="reset"),
        pytest.param("        self.rows.clear()\n", "", id="cleared"),
        pytest.param("        self.rows = None\n", "", id="nil"),
        pytest.param("        self.rows.pop()\n", "", id="another form"),
        pytest.param(f"{ALONE}        self.a()\n", f"    def a(self):\n{TICK}", id="callee"),
        pytest.param(
            f"{ALONE}        self.a()\n", f"    def a(self):\n        self.b()\n    def b(self):\n{TICK}", id="callees"
        ),
        pytest.param(f"{ALONE}        self.n = 1\n", SETTER, id="setter"),
        pytest.param(f"{ALONE}        self.n\n", f"    def _n(self):\n{TICK}    n = property(_n)\n", id="alias"),
        pytest.param(f"{ALONE}        audit(self)\n", "", id="given away"),
        pytest.param(f"{ALONE}        if self.size:\n            go()\n", "", id="looked at"),
        pytest.param(ALONE, f"    def all(self, x):\n        self.last(x)\n{TICK}", id="caller"),
        pytest.param(
            f"        def later():\n            self.size += 1\n{ALONE}        defer(later)\n", "", id="inner function"
        ),
    ],
)
def test_what_is_no_forgotten_update(read: Read, last: str, extra: str) -> None:
    assert forgotten_pressures([read(drifting(last, extra))]) == ()


STEP = "        self.size += 1\n        self.next = self.done\n"
DONE = f"    def done(self):\n{STEP}"


def test_a_method_that_is_only_stored_has_not_run(read: Read) -> None:
    (found,) = forgotten_pressures([read(drifting("        self.next = self.done\n", DONE, STEP))])
    assert found.place.function == "Table.last"
    called = drifting("        self.next = self.done()\n", DONE, STEP)
    read_from = drifting("        self.next = self.done\n", f"    @property\n{DONE}", STEP)
    assert forgotten_pressures([read(called)]) == forgotten_pressures([read(read_from)]) == ()


def test_a_write_in_a_branch_of_its_own_is_not_due(read: Read) -> None:
    maybe = "        self.rows.append(x)\n        if x:\n            self.size += 1\n"
    assert forgotten_pressures([read(drifting(ALONE, both=maybe))]) == ()
    inside = "        if x:\n            self.rows.append(x)\n            self.size += 1\n"
    (found,) = forgotten_pressures([read(drifting(ALONE, both=inside))])
    assert found.place.function == "Table.last"
    later = "        self.rows.append(x)\n        def later():\n            self.size += 1\n        defer(later)\n"
    assert forgotten_pressures([read(drifting(ALONE, both=later))]) == ()


def test_a_class_without_other_methods_has_a_pattern_too(read: Read) -> None:
    text = drifting(ALONE)
    small = text[: text.index("    def show0")] + text[text.index("    def last") :]
    (found,) = forgotten_pressures([read(small)])
    assert found.place.function == "Table.last"


def test_a_base_class_may_do_the_rest(read: Read) -> None:
    base = "class Base:\n    def tick(self):\n        self.size += 1\n\n"
    text = drifting("        self.rows.append(x)\n        self.tick()\n").replace("class Table:", "class Table(Base):")
    assert forgotten_pressures([read(base + text)]) == ()
    assert forgotten_pressures([read(text)]) != ()


def test_a_getter_that_compacts_a_cache_forgets_nothing(read: Read) -> None:
    last = "        self.rows.append(x)\n"
    getter = drifting(last).replace("    def last(self, x)", "    @property\n    def last(self)")
    assert forgotten_pressures([read(getter)]) == ()


def test_two_misses_are_a_habit_and_three_keepers_are_needed(read: Read) -> None:
    alone = "        self.rows.append(x)\n"
    assert forgotten_pressures([read(drifting(alone, f"    def more(self, x):\n{alone}"))]) == ()
    assert forgotten_pressures([read(drifting(alone, count=2))]) == ()


def test_what_every_method_writes_anyway_is_not_tied_to_one_other(read: Read) -> None:
    text = drifting("        self.rows.append(x)\n")
    assert forgotten_pressures([read(text.replace("return self.rows", "self.size += self.rows"))]) == ()


def test_tests_and_generated_files_do_not_count(read: Read) -> None:
    text = drifting("        self.rows.append(x)\n")
    assert forgotten_pressures([read(text, "tests/a.py")]) == ()
    assert forgotten_pressures([read(f"# generated by make\n{text}")]) == ()


def test_states_that_move_together_are_one_pressure_where_they_are_born(read: Read) -> None:
    (found,) = coupled_pressures([read(drifting(BOTH))])
    assert (found.rule, found.place.line, found.weight) == ("SP241", 3, 4.0)
    assert "`rows` and `size` are updated together in 4 methods" in found.message
    assert coupled_pressures([read(drifting("        self.rows.append(x)\n"))]) == ()
    assert coupled_pressures([read(drifting(BOTH), "tests/a.py")]) == ()


def test_states_survive_the_cache(read: Read) -> None:
    facts = read(drifting(BOTH))
    assert facts.states
    assert from_json(to_json(facts)) == facts
