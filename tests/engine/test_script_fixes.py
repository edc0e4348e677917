from __future__ import annotations

import pytest

from spotter.engine.fixes import Mend, edits_of
from spotter.engine.script_fixes import alone, functions, mends, telling
from spotter.source import Source
from spotter.syntax import parse

FILE = """import { a } from "./a";

class Stack extends Base {
  push(item, limit) {
    if (this.items.length > limit) {
      throw new Error('full');
    }
    this.items.push(item);
  }

  get last() {
    return this.items[this.items.length - 1];
  }
}

module.exports = {
  total: function (rows) {
    return rows.reduce((sum, row) => sum + row.size, 0);
  },
};
"""


def found(old: str, new: str) -> list[Mend]:
    one, other = (Source("lib/a.js", FILE.replace(old, text), "javascript") for text in (old, new))
    return list(mends(other, functions(one), functions(other)))


def test_functions_are_found_by_name_and_can_be_read_without_their_file() -> None:
    file = Source("lib/a.js", FILE, "javascript")
    versions = functions(file)
    assert list(versions) == ["Stack.push", "Stack.last", "total"]
    read = {name: syntax.source.text for name, version in versions.items() if (syntax := alone(version, file))}
    assert read.keys() == versions.keys()
    assert read["Stack.last"].startswith("class Base {\nget last() {\n")
    assert read["total"].startswith("({\ntotal: function (rows) {\n")


def test_a_file_that_cannot_be_read_has_none() -> None:
    assert functions(Source("a.js", "function f( {", "javascript")) == {}


@pytest.mark.parametrize(
    ("old", "new", "texts"),
    [
        ("length > limit", "length >= limit", ((">",), (">=",))),
        ("this.items[this.items", "this.items[this.rows", (("items",), ("rows",))),
        ("sum + row.size", "sum + row.length", (("size",), ("length",))),
        ("    return this.items[", "    this.items[", (("return",), ())),
        ("rows.reduce(", "rows().reduce(", ((), ("(", ")"))),
    ],
)
def test_a_small_edit_of_a_functions_meaning_is_a_mend(old: str, new: str, texts: tuple[tuple[str], ...]) -> None:
    (mend,) = found(old, new)
    assert [edit.texts for edit in mend.edits] == [texts]
    assert mend.path == "lib/a.js"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("push(item, limit)", "push(item, limit, force)"),
        ("push(item, limit)", "push(item, { limit })"),
        ("'full'", '"full"'),
        ("'full'", "'the stack is full'"),
        ("row.size, 0);", "row.size, 0)"),
        ("    this.items.push(item);", "    this.items.push(item); // note"),
    ],
)
def test_what_says_the_same_or_is_worded_otherwise_is_none(old: str, new: str) -> None:
    assert found(old, new) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("function f(a) {\n  var b = a + a;\n  return b;\n}\n", "function f(a) {\n  let b = a + a;\n  return b;\n}\n"),
        ("function f(a) {\n  return a == 1;\n}\n", "function f(a) {\n  return a === 1;\n}\n"),
        ("function f(a) {\n  return a as A;\n}\n", "function f(a) {\n  return a as B;\n}\n"),
        ("function f(a) {\n  return require('x')(a);\n}\n", "function f(a) {\n  return require('y')(a);\n}\n"),
        (
            "function f(a) {\n  console.log(a);\n  return a;\n}\n",
            "function f(a) {\n  console.log(!a);\n  return a;\n}\n",
        ),
        ("function f(a) {\n  let b = a();\n  return b;\n}\n", "function f(a) {\n  let c = a();\n  return c;\n}\n"),
    ],
)
def test_style_types_imports_logs_and_renames_are_no_mends(before: str, after: str) -> None:
    one, other = (parse(Source("a.ts", text, "typescript")) for text in (before, after))
    edits = edits_of(one.tokens, other.tokens)
    assert edits
    assert not telling(one, other, edits)
