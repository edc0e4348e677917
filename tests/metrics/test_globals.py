from __future__ import annotations

import pytest

from spotter.metrics.facts import facts_of, from_json, to_json
from spotter.source import Source
from spotter.syntax import parse

TEXT = """\
count = 0
limit, other = 1, 2

class A:
    count = 4

    def hit(self):
        global count
        count += 1
        self.count = 3
        return f(count=count)

def read(x):
    return count + x.count

def hidden(count):
    return count

def nest():
    found = 0

    def inner():
        nonlocal found
        global limit
        limit, found = 2, other
    return inner

def deep():
    global count

    def inside():
        return count
    for count in range(3):
        d[limit] = inside
"""


def uses(text: str, language: str = "python") -> list[tuple[str, bool, str, int]]:
    facts = facts_of(parse(Source("a.py", text, language)))
    assert from_json(to_json(facts)) == facts
    return [(use.name, use.writes, use.function, use.span.line) for use in facts.globals]


def test_a_global_is_read_and_written_where_its_name_means_it() -> None:
    assert sorted(uses(TEXT), key=lambda use: use[3]) == [
        ("count", True, "", 1),
        ("limit", True, "", 2),
        ("count", True, "A.hit", 9),
        ("count", False, "A.hit", 11),
        ("count", False, "read", 14),
        ("limit", True, "nest.inner", 25),
        ("count", False, "deep.inside", 32),
        ("count", True, "deep", 33),
        ("limit", False, "deep", 34),
    ]


@pytest.mark.parametrize(
    "text", ["count = 0\n\ndef f():\n    count = 1\n", "LIMIT = 3\n\ndef f():\n    return LIMIT\n"]
)
def test_what_no_function_gives_a_value_to_is_no_state(text: str) -> None:
    assert uses(text) == []
