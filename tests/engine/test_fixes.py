from __future__ import annotations

import ast

import pytest

from spotter.engine.fixes import Mend, category, edits_between, functions, keys, mends, row, without_sweeps

FACTS = {"repo": "p", "licence": "MIT", "commit": "1.0.0..1.0.1", "date": "2024-01-02", "subject": "p 1.0.1"}
BODY = '''
def total(rows, start, limit):
    """The total of some rows."""
    result = 0
    for row in rows[start:limit]:
        result += row.size  # in bytes
    return result
'''


def found(before: str, after: str) -> list[Mend]:
    return list(mends("p/a.py", functions(before), functions(after)))


def test_functions_go_by_qualified_name_and_hold_their_decorators() -> None:
    inner = "        def g(): pass\n        return g\n"
    text = f"class A:\n    @property\n    def f(self):\n{inner}\nif x:\n    def h(): pass\n"
    named = functions(text)
    assert set(named) == {"A.f@@property", "A.f@@property.g", "h"}
    assert (named["A.f@@property"].line, named["A.f@@property"].text.splitlines()[0]) == (2, "@property")


def test_a_name_that_stands_twice_is_left_out() -> None:
    assert set(functions("def f(): return 1\ndef f(): return 2\ndef g(): pass\n")) == {"g"}


def test_unreadable_files_have_no_functions() -> None:
    assert functions("print 'hello'\n") == {}


@pytest.mark.parametrize(
    ("old", "new", "kind", "single"),
    [
        ("row.size", "row.length", "attribute", True),
        ("rows[start:limit]", "rows[start:start]", "var-misuse", True),
        ("rows[start:limit]", "rows[start:stop]", "name", True),
        ("result = 0", "result = 1", "literal-num", True),
        ("result = 0", "result = None", "keyword", True),
        ("+= row", "-= row", "operator", True),
        ("return result", "return not result", "missing-not", True),
        ("return result", "return result or None", "condition-add", False),
        ("row.size", "row.size()", "other-add", False),
        ("rows[start:limit]", "list(rows[start:limit])", "wrap-call", False),
    ],
)
def test_a_small_edit_is_a_mend_of_its_kind(old: str, new: str, kind: str, single: bool) -> None:
    (mend,) = found(BODY, BODY.replace(old, new))
    written = row(mend, FACTS)
    assert (written["category"], written["single_token"], written["start_line"]) == (kind, single, 2)
    assert written["before"] == BODY.lstrip()
    assert ast.parse(mend.after)
    for edit in mend.edits:
        assert "".join(edit.texts[1]) == mend.after[slice(*edit.new_span)].replace(" ", "")
        assert "".join(edit.texts[0]) == mend.before[slice(*edit.old_span)].replace(" ", "")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("The total", "The sum"),
        ("in bytes", "in octets"),
        ("    result = 0\n", "    result = (0)\n"),
        ("limit):", "limit) -> int:"),
        ("result = 0", "result: int = 0"),
        ("limit):", "limit, step):"),
        ("row.size", 'row.get("the size of it")'),
        ("row.size", 'row["1.20.3"]'),
        ("result", "answer"),
        ("    return result\n", "    a = b = c = d = e = result\n    return a + b + c + d + e\n"),
    ],
    ids=[
        "docstring",
        "comment",
        "form",
        "annotation",
        "variable",
        "parameter",
        "wording",
        "version",
        "rename",
        "large",
    ],
)
def test_what_is_no_small_mend_is_left_out(old: str, new: str) -> None:
    assert found(BODY, BODY.replace(old, new)) == []


def test_the_innermost_function_holds_the_change() -> None:
    inner = "    def inner(value, other):\n        return value.size + other.size\n"
    text = f"def outer(values):\n{inner}    return map(inner, values)\n"
    (mend,) = found(text, text.replace("other.size", "other.length"))
    assert mend.before.startswith("def inner")
    assert mend.line == 2


def test_an_edit_that_many_functions_share_is_a_sweep() -> None:
    def file(name: str, count: int) -> str:
        return "".join(
            BODY.replace("total", f"total{n}").replace("size", name if n < count else "size") for n in range(5)
        )

    assert len(without_sweeps(found(file("size", 5), file("length", 3)))) == 3
    assert without_sweeps(found(file("size", 5), file("length", 4))) == []


def test_the_same_lines_are_known_in_another_function_and_the_other_way_round() -> None:
    after = BODY.replace("result += row.size", "result += row.length_in_bytes")
    there, elsewhere = keys(BODY, after), keys(BODY.replace("total", "sum"), after.replace("total", "sum"))
    assert set(there) & set(elsewhere)
    assert set(there) & set(keys(after, BODY))
    assert not set(there) & set(keys(BODY, BODY.replace("row.size", "row.number_of_bytes")))


def test_long_functions_are_left_out() -> None:
    body = "def f(x):\n" + "    x = x + 1\n" * 500
    assert edits_between("a.py", body, body.replace("x + 1", "x - 1", 1)) == ()
    (edit,) = edits_between("a.py", body[:1000], body[:1000].replace("x + 1", "x - 1", 1))
    assert edit.texts == (("+",), ("-",))


def test_two_places_are_one_mend_of_the_function() -> None:
    (mend,) = found(BODY, BODY.replace("result = 0", "result = None").replace("row.size", "row.length"))
    assert (len(mend.edits), category(mend)) == (2, "other")
