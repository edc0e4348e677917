from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from spotter.cache import Cache
from spotter.exports import EXPORTS
from spotter.graph import CAUSES, build, position
from spotter.measuring import measure
from spotter.metrics.facts import FileFacts, facts_of
from spotter.metrics.pressure import Place, Pressure, PressureSite
from spotter.pipeline import Task, Tools, check
from spotter.ranking import Evidence, chance, of_suspicion
from spotter.source import Source
from spotter.syntax import Syntax, parse

if TYPE_CHECKING:
    from spotter.graph import Graph

TEXT = "def alfa():\n    return bravo()\n\n\ndef bravo():\n    return lo\n"


def built(tools: Callable[..., Tools], scorer: Any) -> tuple[Graph, Any]:
    source = Source("a.py", TEXT, "python")
    made = tools(scorer)
    outcome = check(Task((source,)), made, Cache(None), lambda sources: sources)
    site = PressureSite(Place("a.py", 2, 1, 2, 2, "alfa"), "checks", "ambiguous", "checked <here>")
    cause = Pressure("SP201", "state:a.py:x", Place("a.py", 5, 1, 5, 2, "bravo"), "x is \x00None", (site,), 3.0)
    return build([made.extract(parse(source))], [cause], outcome.findings), outcome


def test_edges_have_a_relation_a_site_and_a_certainty(tools: Callable[..., Tools], scorer: Any) -> None:
    graph, _ = built(tools, scorer)
    edges = sorted((s, t, d["relation"], d["line"], d["certainty"]) for s, t, d in graph.edges(data=True))
    assert ("function:a.py:alfa", "function:a.py:bravo", "calls", 2, "resolved") in edges
    assert ("function:a.py:alfa", "state:a.py:x", "checks", 2, "ambiguous") in edges
    assert ("file:a.py", "function:a.py:bravo", "defines", 5, "resolved") in edges
    assert [edge[1:4] for edge in edges if edge[2] == "suspects"] == [("function:a.py:bravo", "suspects", 6)]


def test_a_finding_knows_its_callers(tools: Callable[..., Tools], scorer: Any) -> None:
    graph, outcome = built(tools, scorer)
    found = position(graph, outcome.findings[0])
    assert (found.callers, found.companions) == (1, 0)
    assert outcome.findings[0].rank == round(of_suspicion(chance(Evidence(0.93, callers=1)), "error"), 3)


STATE = """\
class Session:
    def __init__(self):
        self.token = None
        self.count = 0

    def send(self):
        assert self.token is not None
        return self.token.text

    def log(self):
        return self.token.text


def find(name):
    if name:
        return Session()


def run():
    found = find("a")
    if found is None:
        return
    found.send()
"""


def test_state_is_made_checked_read_and_written_where_the_facts_say_so() -> None:
    graph = build([facts_of(parse(Source("s.py", STATE, "python")))], [], [])
    kinds = {node: data["kind"] for node, data in graph.nodes(data=True)}
    token, send = "state:s.py:Session.token", "function:s.py:Session.send"
    assert (kinds["class:s.py:Session"], kinds[token], kinds[send]) == ("class", "state", "function")
    edges = {(s, t, d["relation"], d["line"], d["message"]) for s, t, d in graph.edges(data=True)}
    assert {
        ("file:s.py", "class:s.py:Session", "defines", 1, ""),
        ("class:s.py:Session", send, "defines", 6, ""),
        ("function:s.py:Session.__init__", token, "writes", 3, "may be nil from here"),
        ("function:s.py:Session.__init__", "state:s.py:Session.count", "writes", 2, "given a value"),
        (send, token, "checks", 7, "asks whether it is nil (assert)"),
        (send, token, "reads", 8, "used after a check"),
        ("function:s.py:Session.log", token, "reads", 11, "used without a check"),
        ("function:s.py:run", "function:s.py:find", "calls", 20, ""),
        ("function:s.py:find", "result:s.py:find", "defines", 14, ""),
        ("function:s.py:run", "result:s.py:find", "checks", 21, "asks whether it is nil (return)"),
    } <= edges


KINDS = """\
count = 0


class Page:
    def __init__(self):
        self.text = None

    def show(self, pen=None):
        global count
        count += 1
        if self.open and pen is not None:
            pen.draw(self.text)


def find(pages):
    for page in pages:
        if page.open:
            return page


def first(pages):
    page = find(pages)
    if page is None:
        return count
    return page.text
"""


def test_every_kind_of_state_and_each_condition_is_a_node() -> None:
    graph = build([facts_of(parse(Source("k.py", KINDS, "python")))], [], [])
    kinds = {node: (data["kind"], data.get("form")) for node, data in graph.nodes(data=True)}
    assert {node: kind for node, kind in kinds.items() if kind[0] in ("state", "condition")} == {
        "state:k.py:Page.text": ("state", "attribute"),
        "state:k.py:Page.open": ("state", "attribute"),
        "parameter:k.py:Page.show.pen": ("state", "parameter"),
        "result:k.py:find": ("state", "return value"),
        "global:k.py:count": ("state", "global"),
        "condition:k.py:Page:self.open": ("condition", None),
        "condition:_.open": ("condition", None),
    }
    edges = {(s, t, d["relation"], d["line"], d["certainty"]) for s, t, d in graph.edges(data=True)}
    assert {
        ("file:k.py", "global:k.py:count", "writes", 1, "resolved"),
        ("function:k.py:Page.show", "global:k.py:count", "writes", 10, "resolved"),
        ("function:k.py:first", "global:k.py:count", "reads", 24, "resolved"),
        ("function:k.py:Page.show", "condition:k.py:Page:self.open", "checks", 11, "resolved"),
        ("function:k.py:find", "condition:_.open", "checks", 17, "inferred"),
    } <= edges


def test_every_cause_of_a_pressure_is_of_a_kind_that_the_graph_has() -> None:
    assert {kind for kind, _ in CAUSES.values()} == {"function", "state", "condition", "clone group"}
    place = Place("s.py", 11, 16, 11, 26, "Session.log")
    for begins in CAUSES:
        cause = Pressure("SP201", f"{begins}:s.py:x", place, "said", (), 1.0)
        assert build([], [cause], []).nodes[f"{begins}:s.py:x"]["kind"] == CAUSES[begins][0]


def test_the_one_place_that_breaks_a_pattern_is_caused_by_its_state() -> None:
    place = Place("s.py", 11, 16, 11, 26, "Session.log")
    site = PressureSite(Place("s.py", 7, 16, 7, 26, "Session.send"), "checks", "resolved", "checks before the use")
    deviant = Pressure("SP202", "state:s.py:Session.token", place, "said", (site,), 4.0, deviant=True, p_error=0.7)
    graph = build([facts_of(parse(Source("s.py", STATE, "python")))], [deviant], [])
    between = graph.get_edge_data("state:s.py:Session.token", "function:s.py:Session.log")
    assert [data["relation"] for data in between.values()] == ["causes"]
    checks = graph.get_edge_data("function:s.py:Session.send", "state:s.py:Session.token")
    assert sorted(data["relation"] for data in checks.values()) == ["checks", "reads"]


def test_two_runs_give_the_same_bytes_whatever_the_order_of_hashes(tmp_path: Path) -> None:
    (tmp_path / "s.py").write_text(STATE)
    for number in range(4):
        lines = "".join(f"        b.write({n})\n" for n in range(8))
        (tmp_path / f"c{number}.py").write_text(
            f"def copy{number}(a, b):\n    for c in a.rows:\n{lines}    b.close()\n"
        )
    exports = {
        subprocess.run(
            [sys.executable, "-P", "-m", "spotter", "graph", "--select", "SP2", "."],
            cwd=tmp_path,
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(exports) == 1
    assert b"clone group" in next(iter(exports))


def test_an_unchanged_file_is_not_read_again(tmp_path: Path, tools: Callable[..., Tools]) -> None:
    made = tools(None)
    read: list[str] = []

    def extract(syntax: Syntax) -> FileFacts:
        read.append(syntax.source.path)
        return facts_of(syntax)

    graphs = []
    for text in ("x = 1\n", "x = 2\n"):
        sources = (Source("s.py", STATE, "python"), Source("b.py", text, "python"))
        cache = Cache(tmp_path)
        measured = measure(sources, extract, made.scorer, cache, lambda sources: sources)
        cache.close()
        graphs.append(EXPORTS["json"](build([m.facts for m in measured.values()], [], [])))
    assert read == ["s.py", "b.py", "b.py"]
    assert graphs[0] == graphs[1]


def test_every_export_can_be_read(tools: Callable[..., Tools], scorer: Any) -> None:
    graph, _ = built(tools, scorer)
    assert len(json.loads(EXPORTS["json"](graph))["edges"]) == graph.number_of_edges()
    assert ElementTree.fromstring(EXPORTS["graphml"](graph)).tag.endswith("graphml")
    assert EXPORTS["dot"](graph).count(" -> ") == graph.number_of_edges()
