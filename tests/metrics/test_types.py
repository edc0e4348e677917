from __future__ import annotations

from collections.abc import Callable

import pytest

from spotter.metrics.facts import FileFacts, from_json, to_json
from spotter.metrics.types import odd_pressures, type_pressures

Read = Callable[..., FileFacts]


def asking(test: str, count: int = 3, birth: str = "read()") -> str:
    methods = "".join(f"    def m{i}(self):\n        if {test}:\n            go()\n\n" for i in range(count))
    return f"class Leaf:\n    def __init__(self):\n        self.text = {birth}\n\n{methods}"


def test_an_attribute_that_is_asked_for_its_type_again_and_again(read: Read) -> None:
    (found,) = type_pressures([read(asking("isinstance(self.text, (str, bytes))"))])
    assert (found.rule, found.weight, found.place.line) == ("SP211", 3.0, 6)
    assert found.message == (
        "`text` has several types: 3 type checks (bytes, str) in 3 functions would go if it had one"
    )
    assert type_pressures([read(asking("isinstance(self.text, str)", 2))]) == ()
    assert type_pressures([read(asking("isinstance(self.text, str)"), "tests/alfa.py")]) == ()


def test_casts_press_like_checks(read: Read) -> None:
    (found,) = type_pressures([read(asking("cast(str, self.text).strip()"))])
    assert "3 casts in 3 functions" in found.message


def test_a_result_that_is_asked_for_its_type_presses_from_its_function(read: Read) -> None:
    text = "def load():\n    return go()\n\n" + "".join(
        f"def f{i}():\n    got = load()\n    if isinstance(got, dict):\n        go()\n\n" for i in range(3)
    )
    (found,) = type_pressures([read(text)])
    assert (found.place.line, found.message.split(" has")[0]) == (1, "`load()`")


@pytest.mark.parametrize(
    "test", ["isinstance(self.text, Instance)", "isinstance(self.text, (Union, nodes.Class))", "str(self.text)"]
)
def test_dispatch_over_classes_and_conversions_are_legitimate(read: Read, test: str) -> None:
    assert type_pressures([read(asking(test, 9))]) == ()


def test_functions_that_ask_for_different_types_do_not_add_up(read: Read) -> None:
    text = asking("isinstance(self.text, str)").replace("str)", "bool)", 1).replace("str)", "list)", 1)
    assert type_pressures([read(text)]) == ()


def taking(name: str, count: int, test: str = "isinstance(page, str)") -> str:
    methods = "".join(f"    def {name}{i}(self, page):\n        if {test}:\n            go()\n\n" for i in range(count))
    return f"class {name.upper()}:\n{methods}"


def test_functions_that_judge_a_value_must_take_any(read: Read) -> None:
    assert type_pressures([read(taking("validate_", 9))]) == ()


def test_functions_of_one_class_that_take_either_of_two_types(read: Read) -> None:
    (found,) = type_pressures([read(taking("a", 4))])
    assert "`page` has several types: 4 type checks (str) in 4 functions" in found.message
    assert type_pressures([read(taking("a", 3))]) == ()
    assert type_pressures([read(taking("a", 2) + taking("b", 2))]) == ()
    assert type_pressures([read(taking("__a", 4))]) == ()


def test_a_parameter_counts_until_it_is_given_another_value(read: Read) -> None:
    text = taking("a", 4)
    assert type_pressures([read(text.replace("go()", "page = go(page)"))]) != ()
    assert type_pressures([read(text.replace("        if", "        page = go(page)\n        if"))]) == ()


def giving(*values: str) -> str:
    methods = "".join(f"    def m{i}(self):\n        self.text = {value}\n\n" for i, value in enumerate(values))
    return f"class Leaf:\n{methods}"


def test_the_one_value_of_another_type_is_named(read: Read) -> None:
    (found,) = odd_pressures([read(giving("'a'", "str(1)", "f'{x}'", "b'a'"))])
    assert (found.rule, found.deviant, found.place.function) == ("SP212", True, "Leaf.m3")
    assert found.message == "`text` is given a bytes here and a str at all 3 other places"
    assert found.p_error == pytest.approx(3 / 5)


@pytest.mark.parametrize(
    "values",
    [
        ("'a'", "'b'", "'c'", "None"),
        ("'a'", "'b'", "'c'", "make()"),
        ("'a'", "'b'", "b'c'"),
        ("'a'", "'b'", "'c'", "b'd'", "b'e'"),
        ("'a'", "'b'", "'c'", "b'd'", "3"),
        ("1", "2", "3", "0.5"),
        ("1", "0", "2", "True"),
    ],
    ids=["nil", "unknown", "too few", "a habit", "three types", "numbers", "flags"],
)
def test_what_is_no_odd_type(read: Read, values: tuple[str, ...]) -> None:
    assert odd_pressures([read(giving(*values))]) == ()


def test_a_value_that_somebody_asks_for_its_type_may_be_of_several(read: Read) -> None:
    text = giving("'a'", "'b'", "'c'", "b'd'")
    asked = "    def ask(self):\n        return isinstance(self.text, bytes)\n"
    assert odd_pressures([read(text + asked)]) == ()
    assert odd_pressures([read(text.replace("self.text = b", "self.text: str | bytes = b"))]) == ()


def test_a_keyword_of_another_type_is_a_convenience(read: Read) -> None:
    text = "def send(a, mode):\n    go(a, mode)\n\n" + "".join(
        f"def f{i}():\n    send(1, mode={value})\n\n" for i, value in enumerate(("'r'", "'w'", "'a'", "3"))
    )
    assert odd_pressures([read(text)]) == ()


def test_typings_survive_the_cache(read: Read) -> None:
    facts = read(asking("isinstance(self.text, str)", birth="''"))
    assert facts.type_checks
    assert facts.givens
    assert from_json(to_json(facts)) == facts
