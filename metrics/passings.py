"""Names that are passed by their place: what a call says about the order of a function's parameters."""

from __future__ import annotations

from collections.abc import Iterator

from spotter.metrics.facts import Passing
from spotter.metrics.outline import Node, Outline
from spotter.metrics.paths import path_of
from spotter.metrics.scopes import Scope
from spotter.metrics.span import Span

MOST = 12  # arguments; what passes more is a table


def passings_of(outline: Outline, scopes: tuple[Scope, ...]) -> tuple[Passing, ...]:
    """Every call that passes at least two names by their place, under the innermost function around it."""
    found: list[Passing] = []
    for scope in scopes:
        function = scope.name if scope.kind == "function" else ""
        calls = (node for node in scope.node.inside() if node.role == "call")
        found += filter(None, (_passing(outline, call, function) for call in calls))
    return tuple(found)


def _passing(outline: Outline, call: Node, function: str) -> Passing | None:
    callee, listed = call.at("callee"), call.at("arguments")
    if callee is None or listed is None or not 2 <= len(listed.children) <= MOST:
        return None
    placed = list(_placed(listed))
    names = tuple(_path(outline, argument).rpartition(".")[2] for argument in placed)
    if sum(map(bool, names)) < 2 or not (called := _path(outline, callee)):
        return None
    return Passing(called, function, names, tuple(Span(*outline.span(argument)) for argument in placed))


def _placed(arguments: Node) -> Iterator[Node]:
    """The arguments whose place is certain: those before a keyword, and before any that may stand for several."""
    for argument in arguments.children:
        if argument.role in ("", "keyword"):
            return
        yield argument


def _path(outline: Outline, node: Node) -> str:
    """A path of names, "" for anything else."""
    path = path_of(outline, node) if node.role in ("name", "member") else None
    return path if path and not set("()[]") & set(path) else ""
