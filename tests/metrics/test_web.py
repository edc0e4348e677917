"""Traps of JavaScript and TypeScript: each is told apart by words and roles, never by the language's name."""

from __future__ import annotations

from textwrap import dedent

import pytest

from spotter.metrics.facts import FileFacts, facts_of
from spotter.metrics.nilness import is_optional
from spotter.metrics.predicates import unnamed_pressures
from spotter.metrics.types import type_pressures
from spotter.metrics.words import words_of
from spotter.source import Source
from spotter.syntax import parse


def read(text: str, language: str = "javascript", path: str = "alfa.js") -> FileFacts:
    return facts_of(parse(Source(path, dedent(text), language)))


@pytest.mark.parametrize(
    ("annotation", "optional"),
    [
        (": string | null", True),
        (": undefined | Foo", True),
        (": Array<string | null>", False),
        (": Map<string, () => Foo | null>", False),
        (": (value: string | null) => void", False),
        (": (() => void) | null", True),
        (": (string | null)", True),
        (": { name: string | null }", False),
        (": string", False),
    ],
)
def test_a_type_is_optional_where_its_outermost_union_says_so(annotation: str, optional: bool) -> None:
    assert is_optional(annotation, words_of("typescript")) is optional


@pytest.mark.parametrize(
    "test",
    [
        "this.a === null",
        "null == this.a",
        "this.a === undefined",
        "this.a === void 0",
        "typeof this.a === 'undefined'",
        '"undefined" === typeof this.a',
        "!this.a",
    ],
)
def test_every_way_to_ask_for_nil_is_a_check(test: str) -> None:
    facts = read(f"class A {{ go() {{ if ({test}) throw new Error(); this.a.b(); }} }}")
    assert [(check.subject.name, check.form) for check in facts.checks] == [("a", "raise")]
    assert [use.guarded for use in facts.uses if use.subject.name == "a"] == [True]


def test_optional_chains_and_nil_defaults_are_checks() -> None:
    facts = read(
        """
        class A {
          go() { this.a?.b.c(); return this.d ?? 1; }
          fill() { this.e ??= new Map(); this.f ||= []; }
        }
        """
    )
    assert [(check.subject.name, check.form) for check in facts.checks] == [
        ("a", "branch"),
        ("d", "default"),
        ("e", "lazy"),
        ("f", "lazy"),
    ]
    assert all(use.guarded for use in facts.uses)


def test_nameless_functions_take_the_name_of_what_they_are_assigned_to() -> None:
    facts = read(
        """
        const one = () => { return 1; };
        exports.two = async function () {};
        const table = { three: () => { go(); }, four() {}, "five": function () {} };
        class A { six = () => { this.x = 1; } }
        const seven = memo((props) => { return props.a; });
        function maker() { this.x = null; }
        maker.prototype.eight = function () { this.x = 1; two((y) => { this.x = y; }); two(function () { this.z; }); };
        """
    )
    assert [(function.name, function.receiver) for function in facts.functions] == [
        ("one", ""),
        ("two", ""),
        ("three", ""),
        ("four", ""),
        ("five", ""),
        ("A.six", "this"),
        ("seven", ""),
        ("maker.constructor", "this"),
        ("maker.eight", "this"),
        ("maker.eight.<anonymous>", "this"),
        ("maker.eight.<anonymous>", ""),
    ]
    assert {(write.function, write.nil) for write in facts.writes if write.subject.owner == "maker"} >= {
        ("maker.constructor", True),
        ("maker.eight", False),
    }


def test_names_that_a_pattern_binds_are_locals_and_its_keys_are_not() -> None:
    facts = read("function go({ a, b: c, d = e }, [f], ...g) { const { h: { i } } = a; }")
    assert facts.functions[0].parameters == ("a", "c", "d", "f", "g")


def test_imports_of_both_kinds_name_the_file_they_mean() -> None:
    facts = read(
        """
        import one, { two as three } from "./lib/four.js";
        import * as five from "six";
        const seven = require("../eight"), { nine } = require("ten");
        """
    )
    assert [(item.name, item.target) for item in facts.imports] == [
        ("one", "lib.four.one"),
        ("three", "lib.four.two"),
        ("five", "six"),
        ("seven", "eight.seven"),
        ("nine", "ten.nine"),
    ]


def test_the_tag_of_a_union_is_no_predicate() -> None:
    asks = "if (node.{} === {} && node.isOpen) go();"
    for name, value, found in (("type", "'literal'", 0), ("type", "Kinds.LITERAL", 0), ("mode", "'literal'", 1)):
        text = "\n".join(f"function f{i}(node) {{ {asks.format(name, value)} }}" for i in range(3))
        assert len(unnamed_pressures([read(text)])) == found


def test_a_result_is_asked_for_its_type_only_where_its_function_can_be_seen() -> None:
    own = read("export function load() { return 1; }", path="load.js")
    ask = "function f{0}() {{ const x = load(); return typeof x === 'string'; }}"
    asks = "\n".join(ask.format(i) for i in range(3))
    assert type_pressures([own, read(asks)]) == ()
    assert len(type_pressures([own, read(f"import {{ load }} from './load.js';\n{asks}")])) == 1


def test_each_case_of_a_switch_is_a_way_of_its_own() -> None:
    facts = read(
        """
        function go(x) {
          switch (x) {
            case 1: one(); two(); break;
            case 2: return 1;
            default: throw new Error();
          }
          return null;
        }
        """
    )
    assert (facts.functions[0].decisions, facts.functions[0].gives) == (1, "mixed")  # short cases are rows of a table


@pytest.mark.parametrize("path", ["a.test.ts", "b.spec.js", "__tests__/c.js", "e2e/d.ts", "f_test.ts"])
def test_tests_are_known_by_their_names(path: str) -> None:
    assert read("x();", path=path).test
    assert not read("x();", path="latest.js").test
