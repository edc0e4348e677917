from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import pytest

from spotter.budget import Budget, Side, budget_of, line, over, overrun
from spotter.config import BUDGET
from spotter.metrics.facts import facts_of
from spotter.metrics.size import statements_of
from spotter.shares import MEASURES
from spotter.source import Source
from spotter.syntax import parse

LADDER = "\n".join(f"    if row.kind == {n}:\n        return row.part{n} + 1" for n in range(6))
LOAD = f"def load(row):\n{LADDER}\n    return 0\n"
COPY = """\
def {name}(self, path, rows):
    with self.archive.open(path) as out:
        out.write(self.header.render())
        for row in rows:
            out.write(self.format(row, {hole}))
            self.counter.add(row.size)
        out.write(self.footer.render())
        out.flush()
        self.index.append(path)
    self.log.info("wrote", path)
    return self.counter.total
"""
REST = {f"pkg/n{n}.py": f"def f{n}(graph):\n    if graph.is_directed():\n        go({n})\n" for n in range(3)}
REST["pkg/copied.py"] = COPY.format(name="first", hole="1")


def sides(files: Mapping[str, str]) -> list[Side]:
    trees = [parse(Source(path, text, "python")) for path, text in files.items()]
    return [Side(facts_of(tree), statements_of(tree)) for tree in trees]


def budget(before: Mapping[str, str], after: Mapping[str, str], rest: Mapping[str, str] = REST) -> Budget:
    return budget_of(sides(before), sides(after), [side.facts for side in sides(rest)], dict(BUDGET))


def added(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, int]:
    return {name: count for name, count in budget(before, after).added.items() if count}


def test_each_measure_counts_what_a_change_adds() -> None:
    assert added({}, {"pkg/a.py": LOAD}) == {"decisions": 6}
    assert added({}, {"pkg/a.py": "class A:\n    def __init__(self, b=None):\n        self.c = None\n"}) == {
        "origins": 2
    }
    asked = {"pkg/a.py": "def f(g):\n    if g.is_directed():\n        go(1)\n"}
    assert added({}, asked) == {"decisions": 1, "repeats": 1}
    assert added({}, {"pkg/a.py": COPY.format(name="second", hole="2")}) == {"decisions": 1, "copies": 1}


def test_statements_stand_beside_and_docstrings_and_tests_cost_nothing() -> None:
    change = budget({"pkg/a.py": "x = 1\n"}, {"pkg/a.py": '"""Said."""\nx = 1\ny = 2\n', "tests/test_a.py": LOAD})
    assert (change.statements, change.shares) == (1, ())


@pytest.mark.parametrize(
    "after",
    [
        {"pkg/z.py": LOAD, "pkg/y.py": COPY.format(name="second", hole="2")},
        {"pkg/a.py": COPY.format(name="second", hole="2") + "\n\n" + LOAD},
        {"pkg/a.py": LOAD.replace("load", "read"), "other/b.py": COPY.format(name="third", hole="2")},
        {"pkg/a.py": "# said\n\n\n" + LOAD.replace("row", "line"), "pkg/b.py": COPY.format(name="second", hole="2")},
    ],
    ids=["renamed files", "moved into one file", "renamed functions", "new comments and locals"],
)
def test_a_pure_move_or_rename_adds_nothing(after: dict[str, str]) -> None:
    before = {"pkg/a.py": LOAD, "pkg/b.py": COPY.format(name="second", hole="2")}
    change = budget(before, after)
    assert (set(change.added.values()), change.statements) == ({0}, 0)
    assert overrun(change) is None


def test_a_deletion_earns_credit() -> None:
    assert added({"pkg/a.py": LOAD, "pkg/b.py": COPY.format(name="second", hole="2")}, {}) == {
        "decisions": -7,
        "copies": -1,
    }


def test_the_steps_of_a_change_add_up_to_the_whole() -> None:
    one = {"pkg/a.py": LOAD}
    two = {"pkg/a.py": LOAD, "pkg/b.py": COPY.format(name="second", hole="2")}
    asks = "\n\ndef f(g, h=None):\n    if g.is_directed():\n        go(1)\n"
    three = {"pkg/c.py": LOAD + asks, "pkg/b.py": two["pkg/b.py"]}
    four = {"pkg/c.py": three["pkg/c.py"], "pkg/b.py": COPY.format(name="second", hole="self.style")}
    states: list[dict[str, str]] = [{}, one, two, three, four]
    steps = [budget(before, after) for before, after in pairwise(states)]
    whole = budget(states[0], states[-1])
    assert {name: sum(step.added[name] for step in steps) for name in MEASURES} == whole.added
    assert sum(step.statements for step in steps) == whole.statements
    assert whole.added == {"decisions": 8, "origins": 1, "repeats": 1, "copies": 1}


def test_over_a_limit_the_message_names_the_fewest_functions_that_bring_it_within() -> None:
    sizes = {"load": 3, "big": 12, "other": 9, "more": 20}
    ladder = "    if {name}.kind == {n}:\n        return {name}.part{n} + {name}.rest"
    many = {
        f"pkg/{name}.py": f"def {name}({name}):\n"
        + "\n".join(ladder.format(name=name, n=n) for n in range(size))
        + "\n"
        for name, size in sizes.items()
    }
    change = budget({}, many)
    assert over(change) == ("decisions",)
    found = overrun(change)
    assert found is not None
    assert (found.rule, found.severity, found.kind, found.path, found.function) == (
        "SP302", "error", "fact", "pkg/more.py", "more"
    )  # fmt: skip
    assert found.message == (
        "this change adds 44 decisions, 4 over the limit of 40: commit a part by itself, or decide less, in "
        "`more` (+20) (beside +4 origins, +0 repeats, +0 copies, +92 statements)"
    )
    assert [site.message for site in found.evidence] == [
        "`more` +20 decisions", "`big` +12 decisions", "`other` +9 decisions", "`load` +3 decisions"
    ]  # fmt: skip


def test_a_change_within_its_limits_is_said_in_one_line() -> None:
    change = budget({"pkg/a.py": LOAD}, {"pkg/a.py": LOAD + "\n\ndef f(b=None):\n    return b\n"})
    assert overrun(change) is None
    assert line(change) == (
        "this change: +0 decisions of 40, +1 origins of 12, +0 repeats of 4, +0 copies of 2, beside +2 statements"
    )
