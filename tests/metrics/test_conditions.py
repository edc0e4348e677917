from __future__ import annotations

from collections.abc import Callable

import pytest

from spotter.metrics.conditions import condition_pressures
from spotter.metrics.facts import FileFacts

Read = Callable[..., FileFacts]


def atoms(read: Read, test: str, parameters: str = "G, a, b, c") -> list[str]:
    text = f"class A:\n    def f(self, {parameters}):\n        if {test}:\n            return 1\n"
    return sorted(decision.atom for decision in read(text).decisions)


@pytest.mark.parametrize(
    ("test", "same"),
    [
        ("G.is_directed()", "not G.is_directed()"),
        ("G.is_directed()", "c.is_directed()"),
        ("a.kind is DIRECTED", "a.kind == DIRECTED"),
        ("a.kind == DIRECTED", "DIRECTED == b.kind"),
        ("a.kind == DIRECTED", "a.kind != DIRECTED"),
        ("a.kind in ('x1', 'x2')", "a.kind == 'x1' or a.kind == 'x2'"),
        ("a.low < b.high", "b.high > a.low"),
        ("a.low < b.high", "not (a.low >= b.high)"),
        ("not (a.up() or b.down())", "not a.up() and not b.down()"),
        ("up()", "state.up()"),
    ],
)
def test_the_same_question_has_one_form(read: Read, test: str, same: str) -> None:
    assert atoms(read, test) == atoms(read, same) != []


@pytest.mark.parametrize(
    ("test", "other"),
    [
        ("a.kind == 'x1'", "a.kind == 'x2'"),
        ("a.status", "a.state"),
        ("self.ready", "a.ready"),
        ("a.low < b.high", "a.high < b.low"),
        ("mode == 'fast'", "kind == 'fast'"),
    ],
)
def test_other_questions_have_other_forms(read: Read, test: str, other: str) -> None:
    parameters = "G, a, b, mode, kind"
    assert atoms(read, test, parameters) != atoms(read, other, parameters)


@pytest.mark.parametrize(
    "test",
    [
        "a is None",
        "a",
        "a == b",
        "T.col == a",
        "isinstance(a, Node)",
        "len(a) == 0",
        "G.has_edge(a, b)",
        "a.count == 0",
        "sys.platform == 'win32'",
        "TYPE_CHECKING",
        "__name__ == '__main__'",
        "a.exists()",
        "a < 3",
    ],
)
def test_what_only_looks_at_data_types_or_the_environment_is_no_decision(read: Read, test: str) -> None:
    assert atoms(read, test) == []


@pytest.mark.parametrize(
    "body",
    [
        "return a.kind or 0",
        "assert a.kind.ready()",
        "return [x for x in a if x.kind == 'fast']",
        "return query.filter(T.kind == 'fast')",
    ],
)
def test_defaults_asserts_and_filters_decide_nothing(read: Read, body: str) -> None:
    assert read(f"def f(a):\n    {body}\n").decisions == ()


def test_dispatch_over_the_kinds_of_one_value_is_legitimate(read: Read) -> None:
    text = "def f(a):\n    if a.kind == 'one':\n        return 1\n    elif a.kind == 'two':\n        return 2\n"
    assert len(read(text).decisions) == 2
    assert read(f"{text}    elif a.kind == 'three':\n        return 3\n").decisions == ()


def asking(name: str, graph: str = "G", count: int = 4) -> str:
    return "".join(
        f"def {name}{i}({graph}):\n    if {graph}.is_directed():\n        return {i}\n\n" for i in range(count)
    )


GRAPHS = """
class Graph:
    def is_directed(self):
        \"\"\"Whether edges have a direction.\"\"\"
        return False

class DiGraph(Graph):
    def is_directed(self):
        return True
"""


def test_a_tag_that_many_functions_ask_for_is_one_pressure(read: Read) -> None:
    graphs = read(GRAPHS, "graphs.py")
    files = [read(asking("f", graph), f"{graph}.py") for graph in "GHK"]
    (found,) = condition_pressures([graphs, *files])
    assert (found.rule, found.cause, found.weight) == ("SP221", "condition:graphs.py:Graph:is_directed()", 11)
    assert found.message == (
        "`G.is_directed()` is asked 12 times in 12 functions in 3 files, and only tells which class the object is of "
        "(False in `Graph`, True in `DiGraph`): what hangs on it could be a method of those classes"
    )
    assert len(found.sites) == 12
    assert condition_pressures([graphs, *files[:2]]) == ()


@pytest.mark.parametrize(
    ("reason", "old", "new"),
    [
        ("one value in all classes", "True", "False"),
        ("a value that is computed", "return True", "return self.edges.directed"),
        ("another family has it too", "DiGraph(Graph)", "DiGraph"),
        ("nobody in the repository defines it", "is_directed", "is_turned"),
    ],
)
def test_the_same_words_that_do_not_tell_a_class_are_no_pressure(read: Read, reason: str, old: str, new: str) -> None:
    files = [read(asking("f", graph), f"{graph}.py") for graph in "GHK"]
    assert condition_pressures([read(GRAPHS.replace(old, new), "graphs.py"), *files]) == (), reason


def test_an_attribute_of_the_classes_is_a_tag_until_an_object_gives_it_itself(read: Read) -> None:
    graphs = "class Graph:\n    directed = False\n\nclass DiGraph(Graph):\n    directed = True\n"
    files = [read(asking("f", graph).replace("is_directed()", "directed"), f"{graph}.py") for graph in "GHK"]
    assert condition_pressures([read(graphs, "graphs.py"), *files])
    turning = f"{graphs}\n    def turn(self):\n        self.directed = not self.directed\n"
    assert condition_pressures([read(turning, "graphs.py"), *files]) == ()
    computed = graphs.replace("directed = True", "directed = property(turned)")
    assert condition_pressures([read(computed, "graphs.py"), *files]) == ()


def test_a_union_of_many_tags_is_taken_apart_on_purpose(read: Read) -> None:
    def classes(tags: int) -> str:
        return (
            "class Type:\n"
            + "".join(f"    is_{n} = False\n" for n in range(tags))
            + "".join(f"class T{n}(Type):\n    is_{n} = True\n" for n in range(tags))
        )

    files = [read(asking("f", kind).replace("is_directed()", "is_0"), f"{kind}.py") for kind in "GHK"]
    assert condition_pressures([read(classes(8), "types.py"), *files])
    assert condition_pressures([read(classes(9), "types.py"), *files]) == ()


def test_tests_do_not_count_and_a_generated_file_has_one_vote(read: Read) -> None:
    files = [read(GRAPHS, "graphs.py"), *(read(asking("f"), f"{name}.py") for name in "ab")]
    assert condition_pressures([*files, read(asking("f"), "c.py")])
    assert condition_pressures([*files, read(asking("f"), "tests/c.py")]) == ()
    assert condition_pressures([*files, read("# generated by make\n" + asking("f"), "c.py")]) == ()


COMPARING = """
class {name}:
    def __init__(self, mode):
        self.mode = mode

"""


def comparing(name: str, word: str = "full", count: int = 4) -> str:
    return "".join(
        f"    def {name}{i}(self):\n        x = {i}\n        if self.mode == '{word}':\n            go(x)\n\n"
        for i in range(count)
    )


def test_an_attribute_that_methods_compare_with_words_belongs_to_its_class(read: Read) -> None:
    base = COMPARING.format(name="A") + comparing("a")
    below = f"from alfa import A\nclass B(A):\n{comparing('b', 'part')}"
    (found,) = condition_pressures([read(base), read(below, "bravo.py")])
    assert found.cause == "condition:alfa.py:A:self.mode"
    assert found.message == (
        "`self.mode` is compared with 'full', 'part' in 8 methods of `A` and its kin in 2 files, and only constructors "
        "give it: a class for each value would decide it once"
    )
    assert condition_pressures([read(base), read(below.replace("(A)", ""), "bravo.py")]) == ()


def test_an_attribute_that_changes_is_a_state_and_no_class(read: Read) -> None:
    base = COMPARING.format(name="A") + comparing("a", count=9)
    assert condition_pressures([read(base)])
    assert condition_pressures([read(f"{base}    def turn(self):\n        self.mode = 'part'\n")]) == ()
    assert condition_pressures([read(base.replace("class A:\n", "class A:\n    mode = reactive('full')\n"))]) == ()


def guarding(test: str, leave: str = "return", before: str = "") -> str:
    body = f"(self):\n{before}        if {test}:\n            {leave}\n        go(self)\n\n"
    return "class A:\n" + "".join(f"    def m{i}{body}" for i in range(8))


def test_a_guard_that_many_methods_begin_with_is_one_pressure(read: Read) -> None:
    (found,) = condition_pressures([read(guarding("not self.enabled"))])
    assert found.message == (
        "8 methods of `A` leave at once on `self.enabled`: "
        "a decorator, or the place that calls them, could ask it for all"
    )
    assert condition_pressures([read(guarding("self.sealed()", "raise ValueError"))])
    assert condition_pressures([read(guarding("not self.enabled", "go()"))]) == ()
    assert condition_pressures([read(guarding("not self.enabled and self.ready"))]) == ()
    assert condition_pressures([read(guarding("not self.enabled", before="        go()\n"))]) == ()


def test_overrides_of_few_methods_that_begin_alike_are_no_pressure(read: Read) -> None:
    four = "\n\n".join(guarding("not self.enabled").split("\n\n")[:4])
    below = "from alfa import A\n" + four.replace("class A", "class B(A)")
    base = "class A:\n    def __init__(self):\n        self.enabled = True\n\n" + four.removeprefix("class A:\n")
    assert condition_pressures([read(f"{base}\n"), read(f"{below}\n", "bravo.py")]) == ()
