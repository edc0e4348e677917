from __future__ import annotations

from collections.abc import Sequence

from spotter.calls import Link, resolve
from spotter.metrics.facts import Call, FileFacts, FunctionFacts, Import
from spotter.metrics.span import Span


def file(
    path: str, functions: Sequence[str], calls: Sequence[tuple[str, str]], imports: Sequence[tuple[str, str]] = ()
) -> FileFacts:
    made = tuple(
        FunctionFacts(name, owner, 1, 2, Span(1, 1, 2, 1), ("self",) if owner else (), (), "value", 0, (), "")
        for name in functions
        for owner in [name.rpartition(".")[0] if name[0].isupper() else ""]
    )
    called = tuple(Call(caller, callee, 7) for caller, callee in calls)
    taken = tuple(Import(*pair) for pair in imports)
    return FileFacts(path, "python", 9, False, False, (), made, (), called, taken, (), (), (), (), ())


def ends(links: Sequence[Link]) -> list[tuple[str, str, str]]:
    return [(link.callee_path, link.callee, link.certainty) for link in links]


def test_a_name_in_the_same_file_is_resolved_the_nested_one_first() -> None:
    alfa = file("a.py", ["run", "outer", "outer.run"], [("outer", "run"), ("", "run")])
    assert ends(list(resolve([alfa]))) == [("a.py", "outer.run", "resolved"), ("a.py", "run", "resolved")]


def test_a_method_of_the_receiver_is_inferred_and_a_plain_name_is_no_method() -> None:
    alfa = file("a.py", ["C.run", "C.stop"], [("C.run", "self.stop"), ("C.run", "stop")])
    assert ends(list(resolve([alfa]))) == [("a.py", "C.stop", "inferred"), ("a.py", "C.stop", "ambiguous")]


def test_imports_are_followed_absolute_relative_and_from_src() -> None:
    bravo = file("src/pkg/bravo.py", ["load", "C.make"], [])
    callers = [
        file("src/pkg/alfa.py", [], [("", "load")], [("load", ".bravo.load")]),
        file("src/pkg/charlie.py", [], [("", "b.C.make")], [("b", "pkg.bravo")]),
        file("src/pkg/__init__.py", [], [("", "load")], [("load", ".bravo.load")]),
    ]
    assert ends(list(resolve([bravo, *callers]))) == [
        ("src/pkg/bravo.py", "load", "resolved"),
        ("src/pkg/bravo.py", "C.make", "resolved"),
        ("src/pkg/bravo.py", "load", "resolved"),
    ]


def test_a_name_borne_by_few_is_a_guess_and_by_many_nothing() -> None:
    caller = file("a.py", [], [("", "x.get")])
    others = [file(f"{name}.py", ["C.get"], []) for name in "bcde"]
    assert ends(list(resolve([caller, *others[:2]]))) == [
        ("b.py", "C.get", "ambiguous"),
        ("c.py", "C.get", "ambiguous"),
    ]
    assert not list(resolve([caller, *others]))
