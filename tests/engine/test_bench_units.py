from __future__ import annotations

import pytest

from spotter.engine.bench_records import Record
from spotter.engine.bench_units import differences, unit_of
from spotter.source import Source
from spotter.syntax import parse


def record(
    buggy: str,
    fixed: str,
    *,
    lines: tuple[int, ...],
    bug: str = "",
    function: tuple[int, int] | None = None,
    old: tuple[str, ...] = (),
    new: tuple[str, ...] = (),
) -> Record:
    spans = ((buggy.index(bug), buggy.index(bug) + len(bug)),) if bug else ()
    return Record(
        "i", "o/p", "c", "a.py", "python", "k", False, buggy, fixed, lines, spans, old, new, function
    )  # fmt: skip


def texts(code: str, first: int, last: int) -> list[str]:
    return [t.text for t in parse(Source("a.py", code, "python")).tokens[first:last]]


def unit_texts(r: Record) -> tuple[list[str], list[str], set[str], set[int]]:
    """Texts of the unit before and after, of the hits, and the hit lines."""
    buggy, fixed = (parse(Source("a.py", code, "python")) for code in (r.buggy_code, r.fixed_code))
    unit = unit_of(r, buggy, fixed)
    before = [t.text for t in buggy.tokens[unit.first : unit.last]]
    after = [t.text for t in fixed.tokens[unit.fixed_first : unit.fixed_last]]
    return before, after, {buggy.tokens[i].text for i in unit.hits}, set(unit.hit_lines)


ABOVE = "import os\n\n"


def test_the_unit_is_the_function_and_a_span_hits_its_token() -> None:
    buggy = ABOVE + "def f(a):\n    return a + 1\n\n\nx = 1\n"
    before, after, hits, lines = unit_texts(
        record(buggy, buggy.replace("a + 1", "a + 22"), lines=(4,), bug="1", function=(3, 4))
    )
    assert before == ["def", "f", "(", "a", ")", ":", "return", "a", "+", "1"]
    assert after == [*before[:-1], "22"]
    assert (hits, lines) == ({"1"}, {4})


def test_a_string_is_one_token_and_lies_on_its_first_line() -> None:
    buggy = ABOVE + 'def f():\n    """One\n    tow\n    """\n    return 1\n'
    *_, hits, lines = unit_texts(record(buggy, buggy.replace("tow", "two"), lines=(5,), bug="tow", function=(3, 7)))
    assert hits == {'"""One\n    tow\n    """'}
    assert lines == {4}


def test_an_insertion_hits_the_tokens_on_both_sides_of_the_gap() -> None:
    buggy = "def f(a):\n    if a:\n        return g(a)\n"
    before, after, hits, lines = unit_texts(
        record(buggy, buggy.replace("if a", "if not a"), lines=(2,), function=(1, 3), new=("not",))
    )
    assert len(after) == len(before) + 1
    assert (hits, lines) == ({"if", "a"}, {2})


def test_an_insertion_at_the_end_of_the_file_hits_the_token_before() -> None:
    buggy = "def f(a):\n    return a"
    before, after, hits, _ = unit_texts(record(buggy, buggy + ".b", lines=(2,), function=(1, 2), new=(".", "b")))
    assert hits == {"a"}
    assert after == [*before, ".", "b"]


def test_of_equal_places_for_an_insertion_the_one_on_the_lines_counts() -> None:
    buggy = "def f():\n    a()\n    b(1)\n    b(2)\n"
    fixed = "def f():\n    a()\n    a()\n    b(1)\n    b(2)\n"
    r = record(buggy, fixed, lines=(1,), function=(1, 4), new=("a", "(", ")"))
    assert unit_texts(r)[2] == {":", "a"}


def test_outside_every_function_the_unit_is_sixty_lines() -> None:
    buggy = "".join(f"v{n} = {n}\n" for n in range(1, 201))
    before, after, _, lines = unit_texts(record(buggy, buggy.replace("v100 =", "w =", 1), lines=(100,), bug="v100"))
    assert (before[0], before[-1], len(before)) == ("v70", "129", 180)
    assert after[0] == "v70"
    assert lines == {100}


@pytest.mark.parametrize(
    ("old", "new", "blocks"),
    [
        ("a b c", "a x c", [(1, 2, 1, 2)]),
        ("a b", "a b c", [(2, 2, 2, 3)]),
        ("a b", "b", [(0, 1, 0, 0)]),
        ("a a", "a a a", [(2, 2, 2, 3)]),
        ("a b c d e", "x b c d y z", [(0, 1, 0, 1), (4, 5, 4, 6)]),
        ("a b", "a b", []),
    ],
)
def test_differences_are_blocks_of_tokens(old: str, new: str, blocks: list[tuple[int, int, int, int]]) -> None:
    assert differences(old.split(), new.split()) == blocks


def test_a_change_above_the_unit_moves_it_in_the_fixed_version() -> None:
    buggy = "import a\n\n\ndef f(x):\n    return x\n"
    fixed = "import a\nimport b\n\n\ndef f(x):\n    return y\n"
    before, after, *_ = unit_texts(record(buggy, fixed, lines=(1, 5), bug="x\n", function=(4, 5)))
    assert after == [*before[:-1], "y"]
