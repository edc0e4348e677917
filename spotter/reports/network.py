"""What is drawn of the graph: findings, the functions of their sites, and the calls between those."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from spotter.calls import resolve
from spotter.findings import Finding
from spotter.metrics.facts import FileFacts, FunctionFacts

MOST = 2000  # nodes; more cannot be told apart
Relation = Literal["at", "site", "copy", "calls"]


@dataclass(frozen=True, slots=True)
class Node:
    """A finding, by its number, or a function (number -1) with the line at which it is shown."""

    label: str
    path: str
    line: int
    finding: int


@dataclass(frozen=True, slots=True)
class Link:
    """An edge between two nodes by their numbers."""

    source: int
    target: int
    relation: Relation


@dataclass(frozen=True, slots=True)
class Network:
    """The nodes and links, and how many findings are left out, the weakest ones."""

    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    left_out: int


def network(findings: Sequence[Finding], files: Sequence[FileFacts]) -> Network:
    """As many findings, the first ones first, as can be drawn with all their sites."""
    around = _Functions(files)
    nodes: list[Node] = []
    numbers: dict[tuple[str, str], int] = {}
    links: dict[Link, None] = {}
    drawn = 0
    for at, finding in enumerate(findings):
        places = [(finding.path, finding.line), *((site.path, site.line) for site in finding.evidence)]
        named = list(dict.fromkeys((path, around.at(path, line)) for path, line in places))
        if len(nodes) + 1 + sum(place not in numbers for place in named) > MOST:
            break
        drawn += 1
        own = len(nodes)
        nodes.append(Node(finding.rule, finding.path, finding.line, at))
        for order, (path, function) in enumerate(named):
            if (path, function) not in numbers:
                numbers[path, function] = len(nodes)
                nodes.append(Node(function or path, path, around.line(path, function), -1))
            relation: Relation = "at" if order == 0 else "copy" if finding.rule == "SP251" else "site"
            links[Link(own, numbers[path, function], relation)] = None
    for call in resolve(files):
        ends = numbers.get((call.path, call.caller)), numbers.get((call.callee_path, call.callee))
        if None not in ends and ends[0] != ends[1] and call.certainty != "ambiguous":
            links[Link(ends[0] or 0, ends[1] or 0, "calls")] = None
    return Network(tuple(nodes), tuple(links), len(findings) - drawn)


class _Functions:
    """Which function a line belongs to: the innermost one."""

    def __init__(self, files: Sequence[FileFacts]) -> None:
        self._by_path = {file.path: sorted(file.functions, key=lambda f: f.start_line) for file in files}
        self._lines = {(file.path, f.name): f.start_line for file in files for f in file.functions}

    def at(self, path: str, line: int) -> str:
        functions: list[FunctionFacts] = self._by_path.get(path, [])
        end = bisect_right(functions, line, key=lambda f: f.start_line)
        return next((f.name for f in reversed(functions[:end]) if line <= f.end_line), "")

    def line(self, path: str, function: str) -> int:
        return self._lines.get((path, function), 1)
