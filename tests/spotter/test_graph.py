from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest

from spotter.cache import Cache
from spotter.exports import EXPORTS
from spotter.graph import build, position
from spotter.metrics.pressure import Place, Pressure, PressureSite
from spotter.pipeline import Task, Tools, check
from spotter.ranking import evidence, log_odds
from spotter.source import Source
from spotter.syntax import parse

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
    assert evidence(outcome.findings[0], 0, found) == pytest.approx(log_odds(0.93) - log_odds(1e-4) + 0.25)


def test_every_export_can_be_read(tools: Callable[..., Tools], scorer: Any) -> None:
    graph, _ = built(tools, scorer)
    assert len(json.loads(EXPORTS["json"](graph))["edges"]) == graph.number_of_edges()
    assert ElementTree.fromstring(EXPORTS["graphml"](graph)).tag.endswith("graphml")
    assert EXPORTS["dot"](graph).count(" -> ") == graph.number_of_edges()
