"""Languages whose types bind: a copy has the same signature, and a conversion claims nothing."""

from __future__ import annotations

from spotter.metrics.facts import FileFacts, facts_of
from spotter.metrics.similarity import similarity_pressures
from spotter.metrics.types import type_pressures
from spotter.source import Source
from spotter.syntax import parse

COPY = """
    {kind} {name}({kind} alfa, Out out) {{
        out.begin(alfa);
        if (out.full()) {{
            throw new IllegalStateException("full");
        }}
        out.write(alfa, out.limit(), out.mode());
        out.mark(out.position());
        out.flush();
        out.log("written", out.position());
        out.end(alfa);
        return alfa;
    }}
"""


def java(text: str) -> FileFacts:
    return facts_of(parse(Source("A.java", f"class A {{\n{text}\n}}\n", "java")))


def test_functions_of_one_signature_may_be_copies() -> None:
    text = COPY.format(name="first", kind="int") + COPY.format(name="second", kind="int")
    assert len(similarity_pressures([java(text)])) == 1


def test_functions_that_differ_in_their_declared_types_are_no_copies() -> None:
    text = COPY.format(name="first", kind="int") + COPY.format(name="second", kind="long")
    assert similarity_pressures([java(text)]) == ()


def casts(*kinds: str) -> FileFacts:
    methods = "\n".join(f"    {kind} f{n}() {{ return ({kind}) alfa; }}" for n, kind in enumerate(kinds))
    return java(f"    Object alfa;\n    void g(Object bravo) {{ alfa = bravo; }}\n{methods}")


def test_casts_of_one_attribute_to_one_type_add_up() -> None:
    assert len(type_pressures([casts("String", "String", "String")])) == 1


def test_casts_to_different_types_do_not() -> None:
    assert type_pressures([casts("Flusher", "Hijacker", "Notifier")]) == ()


def test_a_conversion_of_a_number_is_no_cast() -> None:
    assert type_pressures([casts("int", "int", "int")]) == ()
