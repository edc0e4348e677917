"""The graph for other programs."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spotter.graph import Graph

SHAPES = {"file": "folder", "class": "component", "function": "box", "suspicion": "octagon"}


def graphml(graph: Graph) -> str:
    """GraphML, as Gephi, yEd and Cytoscape read it."""
    import networkx

    out = io.BytesIO()
    networkx.write_graphml_xml(_printable(graph), out)
    return out.getvalue().decode("utf-8") + "\n"


def as_json(graph: Graph) -> str:
    """Nodes and edges, as networkx and d3 read them."""
    nodes = [{"id": node, **data} for node, data in graph.nodes(data=True)]
    edges = [{"source": source, "target": target, **data} for source, target, data in graph.edges(data=True)]
    return json.dumps({"directed": True, "multigraph": True, "nodes": nodes, "edges": edges}, indent=1) + "\n"


def dot(graph: Graph) -> str:
    """The language of Graphviz."""
    lines = ["digraph spotter {", "  rankdir=LR;"]
    for node, data in graph.nodes(data=True):
        shape = SHAPES.get(data["kind"], "ellipse")
        lines.append(f"  {_quoted(node)} [label={_quoted(data['label'])}, shape={shape}];")
    for source, target, data in graph.edges(data=True):
        style = "dashed" if data["certainty"] == "ambiguous" else "solid"
        label = f"{data['relation']} {data['path']}:{data['line']}"
        lines.append(f"  {_quoted(source)} -> {_quoted(target)} [label={_quoted(label)}, style={style}];")
    return "\n".join([*lines, "}"]) + "\n"


def _quoted(text: str) -> str:
    return json.dumps("".join(char if char.isprintable() else " " for char in text), ensure_ascii=False)


def _printable(graph: Graph) -> Graph:
    """The graph without characters that XML cannot hold."""
    import networkx

    copy: Graph = networkx.MultiDiGraph()
    for node, data in graph.nodes(data=True):
        copy.add_node(_clean(node), **{**data, "label": _clean(data["label"])})
    for source, target, data in graph.edges(data=True):
        words = {name: _clean(data[name]) for name in ("path", "message")}
        copy.add_edge(_clean(source), _clean(target), **{**data, **words})
    return copy


def _clean(text: str) -> str:
    return "".join(char if char.isprintable() else "\ufffd" for char in text)


EXPORTS: dict[str, Callable[[Graph], str]] = {"graphml": graphml, "json": as_json, "dot": dot}
