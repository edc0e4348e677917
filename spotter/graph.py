"""One graph of files, functions, state, conditions, clone groups and suspicions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from spotter.calls import resolve
from spotter.findings import Finding
from spotter.metrics.facts import FileFacts
from spotter.metrics.pressure import Certainty, Pressure

if TYPE_CHECKING:
    import networkx

    Graph: TypeAlias = networkx.MultiDiGraph[str]


@dataclass(frozen=True, slots=True)
class Position:
    """What the graph says around a finding: suspicions of the other sort in its function, callers it is sure of."""

    companions: int
    callers: int


def build(files: Sequence[FileFacts], pressures: Sequence[Pressure], findings: Sequence[Finding]) -> Graph:
    """The graph. Every edge has its relation, its site (path and line) and its certainty."""
    import networkx

    graph: Graph = networkx.MultiDiGraph()
    for file in sorted(files, key=lambda file: file.path):
        graph.add_node(file_node(file.path), kind="file", label=file.path)
        for function in file.functions:
            _add_function(graph, file.path, function.name)
            _edge(
                graph, file_node(file.path), _at(file.path, function.name), "defines", (file.path, function.start_line)
            )
    for link in resolve(files):
        caller, callee = _at(link.path, link.caller), _at(link.callee_path, link.callee)
        _edge(graph, caller, callee, "calls", (link.path, link.line), link.certainty)
    for pressure in pressures:
        _add_pressure(graph, pressure)
    for finding in findings:
        if finding.kind == "suspicion":
            place = _place_node(graph, finding.path, finding.function)
            node = suspicion_node(finding)
            graph.add_node(node, kind="suspicion", label=f"{finding.rule} {finding.message}")
            _edge(graph, node, place, "suspects", (finding.path, finding.line))
    return graph


def position(graph: Graph, finding: Finding) -> Position:
    """The place of a finding in the graph; suspicions of tokens and deviants of pressures are the two sorts."""
    around = _at(finding.path, finding.function)
    if not finding.function or around not in graph:
        return Position(0, 0)
    edges = [(source, data) for source, _, data in graph.in_edges(around, data=True)]
    rules = [source.split(":")[1] for source, data in edges if data["relation"] == "suspects"]
    callers = {s for s, d in edges if d["relation"] == "calls" and d["certainty"] != "ambiguous" and s != around}
    return Position(sum(_sort(rule) != _sort(finding.rule) for rule in rules), len(callers))


def file_node(path: str) -> str:
    """The name of a file's node."""
    return f"file:{path}"


def suspicion_node(finding: Finding) -> str:
    """The name of a suspicion's node."""
    return f"suspicion:{finding.rule}:{finding.fingerprint}"


def _at(path: str, function: str) -> str:
    return f"function:{path}:{function}" if function else file_node(path)


def _sort(rule: str) -> str:
    return rule[:3]


def _add_function(graph: Graph, path: str, name: str) -> None:
    graph.add_node(_at(path, name), kind="function", label=f"{path}:{name}")


def _place_node(graph: Graph, path: str, function: str) -> str:
    """The node of a function, or of its file; added where the facts do not have it."""
    node = _at(path, function)
    if node not in graph and function:
        _add_function(graph, path, function)
    elif node not in graph:
        graph.add_node(node, kind="file", label=path)
    return node


def _add_pressure(graph: Graph, pressure: Pressure) -> None:
    kind = pressure.cause.partition(":")[0]
    graph.add_node(pressure.cause, kind=kind, label=pressure.message)
    for site in pressure.sites:
        place = _place_node(graph, site.place.path, site.place.function)
        ends = (pressure.cause, place) if site.relation == "causes" else (place, pressure.cause)
        _edge(graph, *ends, site.relation, (site.place.path, site.place.line), site.certainty)


def _edge(
    graph: Graph, source: str, target: str, relation: str, site: tuple[str, int], certainty: Certainty = "resolved"
) -> None:
    facts: dict[str, Any] = {"relation": relation, "path": site[0], "line": site[1], "certainty": certainty}
    graph.add_edge(source, target, **facts)
