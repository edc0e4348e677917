"""One graph of files, classes, functions, state, conditions, clone groups and suspicions.

State is an attribute, a global, a parameter or a return value. A file's part follows from its facts alone, which the
cache keeps; edges between files are drawn from all parts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from spotter.calls import resolve
from spotter.findings import Finding
from spotter.metrics.facts import FileFacts, Subject
from spotter.metrics.origins import Origins, key_of
from spotter.metrics.pressure import Certainty, Pressure

if TYPE_CHECKING:
    import networkx

    Graph: TypeAlias = networkx.MultiDiGraph[str]

UNGUARDED = "used without a check"
_CONDITION, _CLONES = ("condition", ""), ("clone group", "")
CAUSES = {  # what the key of a cause begins with: the kind of its node, and the form of state that it is
    "state": ("state", "attribute"), "type": ("state", "attribute"), "misspelt": ("state", "attribute"),
    "member": ("state", "attribute"),
    "global": ("state", "global"), "reference": ("state", "global"),
    "parameter": ("state", "parameter"), "order": ("state", "parameter"), "result": ("state", "return value"),
    "function": ("function", ""),
    "condition": _CONDITION, "predicate": _CONDITION, "guard": _CONDITION,
    "clones": _CLONES, "block": _CLONES, "rename": _CLONES,
}  # fmt: skip
_NAMED = re.compile(r"[^\W\d_]\w")  # a condition about locals alone says nothing outside of its function


@dataclass(frozen=True, slots=True)
class Position:
    """What the graph says around a finding: suspicions of the other sort in its function, callers it is sure of."""

    companions: int
    callers: int


def build(files: Sequence[FileFacts], pressures: Sequence[Pressure], findings: Sequence[Finding]) -> Graph:
    """The graph. Every edge has its relation, its site (path and line), its certainty and what it means in words."""
    import networkx

    graph: Graph = networkx.MultiDiGraph()
    ordered = sorted(files, key=lambda file: file.path)
    for file in ordered:
        _add_definitions(graph, file)
    for link in resolve(ordered):
        caller, callee = _at(link.path, link.caller), _at(link.callee_path, link.callee)
        _edge(graph, caller, callee, "calls", (link.path, link.line), link.certainty)
    origins = Origins(ordered)
    for file in ordered:
        _add_state(graph, file, origins)
        _add_globals(graph, file)
        _add_conditions(graph, file)
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
    edges = graph.in_edges(around, data=True)
    rules = [source.split(":")[1] for source, _, data in edges if data["relation"] == "suspects"]
    others = sum(_sort(rule) != _sort(finding.rule) for rule in rules)
    return Position(others, callers(graph, finding.path, finding.function))


def callers(graph: Graph, path: str, function: str) -> int:
    """How many other functions call one, as far as the graph is sure."""
    around = _at(path, function)
    edges = graph.in_edges(around, data=True) if around in graph else ()
    sure = {s for s, _, d in edges if d["relation"] == "calls" and d["certainty"] != "ambiguous" and s != around}
    return len(sure)


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


def _add_definitions(graph: Graph, file: FileFacts) -> None:
    """A file's part: what it defines, each class and function from the one around it."""
    graph.add_node(file_node(file.path), kind="file", label=file.path)
    classes = {item.name: f"class:{file.path}:{item.name}" for item in file.classes}
    functions = {item.name: _at(file.path, item.name) for item in file.functions}
    nodes = {**functions, **classes}
    for item in file.classes:
        graph.add_node(classes[item.name], kind="class", label=f"{file.path}:{item.name}")
    for function in file.functions:
        _add_function(graph, file.path, function.name)
    starts = [(item.name, item.line) for item in file.classes] + [(f.name, f.start_line) for f in file.functions]
    for name, line in starts:
        around = nodes.get(name.rpartition(".")[0], file_node(file.path))
        _edge(graph, around, nodes[name], "defines", (file.path, line))


def _add_state(graph: Graph, file: FileFacts, origins: Origins) -> None:
    """Where a file makes, checks, uses and writes what may be nil; the state of a receiver also where it never is."""
    for made in file.origins:
        site = (made.function, made.span.line)
        _touch(graph, file.path, made.subject, origins, "writes", site, "may be nil from here")
    for check in file.checks:
        said = f"asks whether it is nil ({check.form})"
        _touch(graph, file.path, check.subject, origins, "checks", (check.function, check.span.line), said)
    for use in file.uses:
        said = "used after a check" if use.guarded else UNGUARDED
        _touch(graph, file.path, use.subject, origins, "reads", (use.function, use.span.line), said)
    lines = {item.name: item.start_line for item in file.functions}
    for write in file.writes:
        said = "given nil" if write.nil else "given a value"
        _touch(graph, file.path, write.subject, origins, "writes", (write.function, lines.get(write.function, 1)), said)


def _touch(
    graph: Graph, path: str, subject: Subject, origins: Origins, relation: str, site: tuple[str, int], said: str
) -> None:
    """An edge from a function to the state that it touches; what nobody can tell apart has none."""
    origin, certainty = origins.of(path, subject)
    if origin is not None:
        node, label = key_of(origin), f"{origin.path}:{origin.name}"
    elif subject.via == "receiver" and subject.owner:
        node, label = f"state:{path}:{subject.owner}.{subject.name}", f"{path}:{subject.owner}.{subject.name}"
    else:
        return
    if origin is not None and origin.kind == "function" and node not in graph:
        of = _place_node(graph, origin.path, origin.name)
        _edge(graph, of, _cause(graph, node, label), "defines", (origin.path, origin.span.line))
    place = _place_node(graph, path, site[0])
    _edge(graph, place, _cause(graph, node, label), relation, (path, site[1]), certainty, said)


def _add_globals(graph: Graph, file: FileFacts) -> None:
    """Where a file reads and writes the names of its module that functions give values to."""
    for use in file.globals:
        node = _cause(graph, f"global:{file.path}:{use.name}", f"{file.path}:{use.name}")
        place, site = _place_node(graph, file.path, use.function), (file.path, use.span.line)
        _edge(graph, place, node, "writes" if use.writes else "reads", site)


def _add_conditions(graph: Graph, file: FileFacts) -> None:
    """Where a file decides what: what is asked of the receiver is its class's own, all else is alike by its words."""
    for decision in file.decisions:
        if _NAMED.search(decision.atom):
            own = f"{file.path}:{decision.owner}:" if decision.owner else ""
            node = _cause(graph, f"condition:{own}{decision.atom}", decision.text)
            place, site = _place_node(graph, file.path, decision.function), (file.path, decision.span.line)
            _edge(graph, place, node, "checks", site, "resolved" if own else "inferred", decision.text)


def _cause(graph: Graph, node: str, label: str) -> str:
    """The node of a cause, made where it is not there yet."""
    if node not in graph:
        kind, form = CAUSES[node.partition(":")[0]]
        graph.add_node(node, kind=kind, label=label, **({"form": form} if form else {}))
    return node


def _add_function(graph: Graph, path: str, name: str) -> None:
    graph.add_node(_at(path, name), kind="function", label=f"{path}:{name}")


def _place_node(graph: Graph, path: str, function: str) -> str:
    """The node of a function or class, or of their file; added where the facts do not have it."""
    if function and f"class:{path}:{function}" in graph:
        return f"class:{path}:{function}"
    node = _at(path, function)
    if node not in graph and function:
        _add_function(graph, path, function)
    elif node not in graph:
        graph.add_node(node, kind="file", label=path)
    return node


def _add_pressure(graph: Graph, pressure: Pressure) -> None:
    """The cause of a pressure, its sites where the facts have not drawn them, and the place that breaks its pattern."""
    _cause(graph, pressure.cause, pressure.message)
    for site in pressure.sites:
        place = _place_node(graph, site.place.path, site.place.function)
        ends = (pressure.cause, place) if site.relation == "causes" else (place, pressure.cause)
        if not _drawn(graph, ends, site.relation, (site.place.path, site.place.line)):
            _edge(graph, *ends, site.relation, (site.place.path, site.place.line), site.certainty, site.message)
    if pressure.deviant:
        place = _place_node(graph, pressure.place.path, pressure.place.function)
        _edge(graph, pressure.cause, place, "causes", (pressure.place.path, pressure.place.line))


def _drawn(graph: Graph, ends: tuple[str, str], relation: str, site: tuple[str, int]) -> bool:
    between: dict[int, dict[str, Any]] = graph.get_edge_data(*ends) or {}
    return any((e["relation"], e["path"], e["line"]) == (relation, *site) for e in between.values())


def _edge(
    graph: Graph,
    source: str,
    target: str,
    relation: str,
    site: tuple[str, int],
    certainty: Certainty = "resolved",
    said: str = "",
) -> None:
    facts: dict[str, Any] = {"relation": relation, "path": site[0], "line": site[1], "certainty": certainty}
    graph.add_edge(source, target, **facts, message=said)
