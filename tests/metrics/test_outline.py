"""What the outline makes of grammars that differ: its own nodes, and names that leave their receiver out."""

from __future__ import annotations

from textwrap import dedent

import pytest

from spotter.metrics.facts import FileFacts, facts_of
from spotter.metrics.outline import Node, Outline, outline_of
from spotter.source import Source
from spotter.syntax import parse


def outlined(language: str, text: str) -> Outline:
    return outline_of(parse(Source("alfa", dedent(text), language)))


def facts(language: str, text: str) -> FileFacts:
    return facts_of(parse(Source("alfa", dedent(text), language)))


def first(outline: Outline, role: str) -> Node:
    return next(node for node in outline.root.inside() if node.role == role)


def test_a_denied_test_is_the_denial_of_what_is_written() -> None:
    outline = outlined("ruby", "unless alfa\n  bravo\nend\n")
    test = first(outline, "if").at("test")
    assert test is not None
    assert test.role == "not"
    operand = test.at("operand")
    assert operand is not None
    assert outline.text(operand) == "alfa"


def test_an_expression_in_a_block_is_a_statement() -> None:
    block = outlined("go", "package p\nfunc f() {\n\talfa := bravo()\n\tcharlie++\n}\n").root
    body = next(node for node in block.inside() if node.role == "function").at("body")
    assert body is not None
    assert [node.role for node in body.children] == ["statement", "statement"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("java", "class A { void f() { alfa.bravo(1); } }"),
        ("ruby", "alfa.bravo(1)"),
        ("elixir", "alfa.bravo(1)"),
        ("rust", "fn f() { alfa.bravo(1); }"),
        ("go", "package p\nfunc f() { alfa.bravo(1) }"),
    ],
)
def test_a_call_has_a_callee_and_arguments_in_every_language(language: str, text: str) -> None:
    assert "alfa.bravo" in [call.callee_text for call in facts(language, text).calls]


def test_an_attribute_without_its_receiver_is_one_of_the_receiver() -> None:
    (method,) = facts("ruby", "class A\n  def f\n    @alfa += 1\n  end\nend\n").states
    assert [(write.name, write.form) for write in method.writes] == [("alfa", "change")]


def test_a_bare_field_is_one_of_the_receiver_unless_a_local_hides_it() -> None:
    found = facts(
        "java",
        """
        class A {
            int alfa;
            void bare() { alfa = 1; }
            void hidden() { int alfa = 2; alfa = 3; }
            void given(int alfa) { alfa = 4; }
            void both(int alfa) { this.alfa = alfa; }
        }
        """,
    )
    written = {method.method: [write.name for write in method.writes] for method in found.states}
    assert written == {"A.bare": ["alfa"], "A.hidden": [], "A.given": [], "A.both": ["alfa"]}


def test_a_constructor_that_is_called_like_its_class_makes_the_object() -> None:
    found = facts("java", "class A { Object alfa; A() { this.alfa = null; } void f() { alfa = null; } }")
    assert [write.function for write in found.writes] == ["A.<init>", "A.f"]
    assert [origin.function for origin in found.origins] == ["A.<init>"]


def test_a_method_belongs_to_the_type_of_its_receiver() -> None:
    (function,) = facts("go", "package p\nfunc (s *Session[T]) Get() int { return s.n }\n").functions
    assert (function.name, function.owner, function.receiver) == ("Session.Get", "Session", "s")


def test_a_static_method_has_no_receiver() -> None:
    receivers = {f.name: f.receiver for f in facts("ruby", "class A\n  def f; end\n  def self.g; end\nend\n").functions}
    assert receivers == {"A.f": "self", "A.g": ""}


def test_what_is_marked_as_a_test_inside_a_file_is_left_out() -> None:
    text = "fn alfa() {}\n\n#[cfg(test)]\nmod tests {\n    fn bravo() {}\n}\n\n#[test]\nfn charlie() {}\n"
    assert [function.name for function in facts("rust", text).functions] == ["alfa"]


@pytest.mark.parametrize(
    ("language", "text", "gives"),
    [
        ("rust", "fn f() -> Option<u8> { g() }", "mixed"),
        ("rust", "fn f() -> u8 { return 1; }", "value"),
        ("ruby", "def f\n  return nil unless alfa\n  bravo\nend", "mixed"),
        ("ruby", "def f\n  if alfa\n    bravo\n  end\nend", "mixed"),
        ("ruby", "def f\n  if alfa\n    bravo\n  else\n    raise charlie\n  end\nend", "value"),
        (
            "elixir",
            "defmodule A do\n  def f(x) do\n    case x do\n      1 -> nil\n      _ -> x\n    end\n  end\nend",
            "mixed",
        ),
        ("go", "package p\nfunc f() *T {\n\tif alfa {\n\t\treturn nil\n\t}\n\treturn bravo\n}", "mixed"),
        (
            "go",
            "package p\nfunc f() (*T, error) {\n\tif alfa {\n\t\treturn nil, err\n\t}\n\treturn bravo, nil\n}",
            "value",
        ),
        ("java", "class A { @Nullable Object f() { return g(); } }", "mixed"),
    ],
)
def test_what_a_function_gives_is_told_by_its_type_or_its_ends(language: str, text: str, gives: str) -> None:
    assert [function.gives for function in facts(language, text).functions] == [gives]


def test_the_rows_of_a_table_are_one_decision() -> None:
    rows = "\n".join(f'        "{n}" => Ok(Kind::N{n}),' for n in range(9))
    (table,) = facts(
        "rust", f"fn f(text: &str) -> R {{\n    match text {{\n{rows}\n        _ => Err(1),\n    }}\n}}\n"
    ).functions
    assert table.decisions == 1


def test_to_pass_on_that_a_call_failed_is_neither_a_decision_nor_a_check_for_nil() -> None:
    found = facts(
        "go", "package p\nfunc f() error {\n\tif err := g(); err != nil {\n\t\treturn err\n\t}\n\treturn nil\n}\n"
    )
    assert [function.decisions for function in found.functions] == [0]
    assert found.checks == ()
