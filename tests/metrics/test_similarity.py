from __future__ import annotations

from collections.abc import Callable

import pytest

from spotter.metrics.facts import FileFacts
from spotter.metrics.similarity import similarity_pressures

Read = Callable[..., FileFacts]

ONE = '''
def load_users(path, limit):
    """Read users."""
    rows = []
    handle = open_table(path, mode="users")
    for record in handle.records(limit):
        if record.deleted and not record.kept:
            log.debug("skipped a row", record.key)
            continue
        rows.append(record.as_row(limit, strict=True))
    handle.close()
    if not rows:
        raise EmptyTable(path, "users")
    return sorted(rows, key=row_key)
'''


def pair(read: Read, other: str, one: str = ONE) -> tuple[str, ...]:
    return tuple(p.message for p in similarity_pressures([read(one), read(other, "bravo.py")]))


def test_two_literals_that_differ_alike_are_one_parameter(read: Read) -> None:
    two = ONE.replace("load_users", "load_orders").replace('"users"', '"orders"')
    (found,) = similarity_pressures([read(ONE), read(two, "bravo.py")])
    assert (found.rule, found.weight, found.place.path, found.place.line) == ("SP251", 8, "alfa.py", 2)
    assert found.message == (
        '`load_users` and `load_orders` are one template with 1 parameter (`"users"` or `"orders"`): '
        "8 lines of their bodies would go"
    )
    assert [(s.place.path, s.relation) for s in found.sites] == [("bravo.py", "copies")]


@pytest.mark.parametrize(
    "two",
    [
        ONE.replace("load_users", "other").replace("limit", "most").replace("rows", "found"),
        ONE.replace("load_users", "other").replace("Read users.", "Quite another text."),
        ONE.replace("load_users(path, limit)", "other(path: str, limit: int = 3) -> list"),
        ONE.replace("load_users", "other").replace('mode="users"', "mode=modes.ORDERS"),
        ONE.replace("load_users", "other").replace("strict=True", "strict=limit"),
    ],
)
def test_names_of_locals_docstrings_annotations_and_expressions_do_not_hide_a_copy(read: Read, two: str) -> None:
    assert len(pair(read, two)) == 1


@pytest.mark.parametrize(
    ("reason", "old", "new"),
    [
        ("a call of another method", "handle.close()", "handle.flush()"),
        ("a call of another function", "sorted(rows", "reversed(rows"),
        ("another attribute", "record.kept", "record.held"),
        ("a comparison turned round", "not record.kept", "record.kept"),
        ("another local", "row(limit", "row(handle"),
        ("another parameter", "row(limit", "row(path"),
        ("a test of a local", "record.deleted", "is_deleted(record)"),
        ("another keyword", "strict=True", "exact=True"),
        ("another operator", "record.deleted and", "record.deleted or"),
        ("another statement", "            continue\n", "            break\n"),
        ("one statement more", "    handle.close()\n", "    handle.close()\n    note()\n"),
    ],
)
def test_what_cannot_be_a_parameter_makes_another_function(read: Read, reason: str, old: str, new: str) -> None:
    two = ONE.replace("load_users", "other").replace(old, new)
    assert two.replace("other", "load_users") != ONE, reason
    assert pair(read, two) == (), reason


def test_too_many_holes_are_no_template(read: Read) -> None:
    two = ONE.replace("load_users", "other").replace('"users"', '"a1"').replace('"skipped a row"', '"b1"')
    two = two.replace("EmptyTable", "NoTable").replace("row_key", "other_key")
    assert len(pair(read, two)) == 0
    assert len(pair(read, ONE.replace("load_users", "other").replace('"users"', '"a1"'))) == 1


def test_a_family_is_one_pressure_with_one_owning_place(read: Read) -> None:
    files = [read(ONE.replace("users", name), f"{name}.py") for name in ("alfas", "bravos", "deltas")]
    (found,) = similarity_pressures(files)
    assert found.weight == 18
    assert found.place.path == "alfas.py"
    assert [site.place.path for site in found.sites] == ["bravos.py", "deltas.py"]
    assert similarity_pressures(files[::-1])[0].place == found.place


CLASS = "class {name}:\n" + ONE.replace("\n", "\n    ").replace("load_users(path", "load(self, path").rstrip(" ")


def test_the_lines_that_go_leave_out_docstrings_comments_and_signatures_that_stay(read: Read) -> None:
    wordy = ONE.replace('"""Read users."""', '"""Read users.\n\n    All of them.\n    """').replace(
        "    handle.close()\n", "\n    # the table is large\n    handle.close()\n"
    )
    for text in (ONE, wordy):
        other = text.replace("load_users", "load_orders")
        (equal,) = similarity_pressures([read(text), read(other, "bravo.py")])
        assert equal.weight == 10  # eleven lines of code, and a call in their place
        (same,) = similarity_pressures([read(text), read(text, "bravo.py")])
        assert same.weight == 11
        (one_hole,) = similarity_pressures([read(text), read(other.replace('"users"', '"orders"'), "bravo.py")])
        assert one_hole.weight == 8  # two calls and the line of the template's signature stay


def test_equal_methods_of_the_same_classes_are_one_pressure(read: Read) -> None:
    second = ONE.replace("\n", "\n    ").replace("load_users(path", "read(self, path").replace("close", "flush")
    text = "".join(CLASS.format(name=name) + second.rstrip(" ") for name in ("Users", "Orders"))
    (found,) = similarity_pressures([read(text)])
    assert (
        found.message == "`Users` and `Orders` have 2 equal methods (`load`, `read`): 22 lines of their bodies would go"
    )
    assert len(found.sites) == 2


def test_equal_functions_of_two_files_are_one_pressure_that_names_the_files(read: Read) -> None:
    second = ONE.replace("load_users", "read_users").replace("close", "flush")
    (one,) = similarity_pressures([read(ONE), read(ONE, "bravo.py")])
    assert one.message == (
        "`load_users` here and in `bravo.py` is one template without a difference: 11 lines of their bodies would go"
    )
    (both,) = similarity_pressures([read(ONE + second), read(ONE + second, "bravo.py")])
    assert both.message.startswith("`alfa.py` and `bravo.py` have 2 equal functions (`load_users`, `read_users`): 22 ")


def test_an_override_that_differs_is_meant_and_one_that_does_not_is_a_copy(read: Read) -> None:
    above = CLASS.format(name="Users")
    below = CLASS.format(name="Orders(Users)")
    assert similarity_pressures([read(above + below)])
    assert similarity_pressures([read(above + below.replace('"users"', '"orders"'))]) == ()
    assert similarity_pressures([read(above + below.replace('"users"', '"orders"').replace("(Users)", ""))])


def test_what_an_inner_function_is_given_cannot_be_a_parameter_of_the_outer_one(read: Read) -> None:
    inner = ONE.replace(
        "    handle.close()\n", "\n    def note(event):\n        log.debug(event)\n\n    handle.close(note)\n"
    )
    other = inner.replace("load_users", "load_orders")
    assert len(pair(read, other, inner)) == 1
    assert len(pair(read, other.replace("event", "happening"), inner)) == 1
    assert pair(read, other.replace("debug(event)", "debug(event.text)"), inner) == ()


def test_a_name_of_the_function_around_is_kept_apart(read: Read) -> None:
    inner = ONE.replace("\n", "\n    ").rstrip(" ")
    text = f"def around(table, users, orders):{inner.replace('record.kept', 'users.kept(record)')}"
    text += inner.replace("record.kept", "orders.kept(record)").replace("load_users", "load_orders")
    (found,) = similarity_pressures([read(text)])
    assert "one template with 1 parameter (`users` or `orders`): " in found.message


def test_the_parameters_of_a_family_of_three_are_named(read: Read) -> None:
    files = [read(ONE.replace('"users"', f'"{name}"'), f"{name}.py") for name in ("alfas", "bravos", "deltas")]
    (found,) = similarity_pressures(files)
    assert 'with 1 parameter (`"alfas"` or `"deltas"`): ' in found.message


def test_the_same_parts_in_another_order_are_no_parameters(read: Read) -> None:
    one = ONE.replace("record.as_row(limit", "record.as_row(2 * limit")
    assert pair(read, one.replace("2 * limit", "limit * 2").replace("load_users", "other"), one) == ()


def test_a_hole_for_the_receiver_is_not_given_a_name_that_the_code_may_not_use(read: Read) -> None:
    one = CLASS.format(name="Users").replace("(self, ", "(cls, ").replace("EmptyTable(path", "EmptyTable(cls")
    two = CLASS.format(name="Orders").replace("(self, ", "(cls, ").replace("EmptyTable(path", "EmptyTable(Users")
    (found,) = similarity_pressures([read(one + two)])
    assert "are one template with 1 parameter: " in found.message


@pytest.mark.parametrize(
    "text",
    [
        "import os\nimport sys\nfrom a import (\n    b,\n    c,\n)\n\nT = TypeVar('T')\nP = ParamSpec('P')\n" * 4,
        "def f(self, a, b):\n    return self.request('GET', a, b, c=1, d=2, e=3, f=4, g=5, h=6, i=7, j=8, k=9)\n",
        "@overload\n" + ONE.lstrip(),
        "@abstractmethod\n" + ONE.lstrip(),
        "@name.setter\n" + ONE.lstrip(),
        "def f():\n    raise NotImplementedError\n",
    ],
)
def test_boilerplate_stubs_and_trivial_bodies_are_no_copies(read: Read, text: str) -> None:
    assert similarity_pressures([read(text), read(text, "bravo.py")]) == ()


def test_tests_and_generated_files_are_left_out(read: Read) -> None:
    two = ONE.replace("load_users", "other")
    assert similarity_pressures([read(ONE), read(two, "tests/bravo.py")]) == ()
    assert similarity_pressures([read(ONE), read(f"# generated by make\n{two}", "bravo.py")]) == ()


def test_an_asynchronous_twin_is_an_idiom(read: Read) -> None:
    body = ONE.replace("\n", "\n    ").rstrip(" ").replace("load_users(path", "{name}(self, path")
    twins = "class Client:" + body.format(name="__enter__") + "\nclass AsyncClient:" + body.format(name="__aenter__")
    assert similarity_pressures([read(twins)]) == ()
    one, two = twins.split("\nclass Async")
    assert similarity_pressures([read(one + "\n"), read(f"class Async{two}", "aio/bravo.py")]) == ()
    assert similarity_pressures([read(twins.replace("AsyncClient", "OtherClient").replace("aenter", "start"))])
    assert similarity_pressures([read(twins.replace("AsyncClient", "AsyncpgClient"))])


def test_statements_inside_a_hole_are_refused(read: Read) -> None:
    two = ONE.replace("load_users", "other").replace('log.debug("skipped a row", record.key)', "pass")
    assert pair(read, two) == ()
