"""Misnamings: one value given twice side by side, under its own name and under that of another value at hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spotter.metrics.alike import alike
from spotter.metrics.facts import Misnaming, Span
from spotter.metrics.outline import Node, Outline
from spotter.metrics.paths import path_of
from spotter.metrics.scopes import Scope


@dataclass(frozen=True, slots=True)
class _Giving:
    """A path that is given to a keyword, a key or an attribute of the receiver."""

    slot: str
    path: str
    node: Node


def misnamings_of(
    outline: Outline, scopes: tuple[Scope, ...], local: Sequence[frozenset[str]]
) -> tuple[Misnaming, ...]:
    """Every value that a function gives under its own name and, beside it, under the name of another one."""
    nodes = (node for scope in scopes for node in scope.node.inside() if node.role == "member")
    paths = {path for node in nodes if (path := path_of(outline, node))}
    found: list[Misnaming] = []
    for scope, names in zip(scopes, local, strict=True):
        if scope.kind != "function":
            continue
        absent = set(_asked(outline, scope))
        for group in _groups(outline, scope):
            for giving, own in _twice(group):
                expected = _renamed(giving.path, giving.slot, scope.receiver)
                known = next((path for path in expected if path in (paths if "." in path else names)), None)
                if known is not None and known not in absent and not any(other.path == known for other in group):
                    span, beside = Span(*outline.span(giving.node)), Span(*outline.span(own.node))
                    found.append(Misnaming(giving.path, giving.slot, known, scope.name, span, beside))
    return tuple(found)


def _twice(group: Sequence[_Giving]) -> Iterator[tuple[_Giving, _Giving]]:
    """What is given under a name that shares no word with its own, and where it is given under its own."""
    for giving in group:
        last = giving.path.rpartition(".")[2]
        if alike(giving.slot, last) == 0.0:
            own = (other for other in group if other.path == giving.path and alike(other.slot, last) == 1.0)
            yield from ((giving, other) for other in own)


def _renamed(path: str, slot: str, receiver: str) -> Iterator[str]:
    """The paths that would bear a slot's name in a path's place; of the receiver private ones, too."""
    below, dot, _ = path.rpartition(".")
    yield f"{below}{dot}{slot}"
    if dot and below == receiver:
        yield f"{below}.{slot.strip('_')}"
        yield f"{below}._{slot.strip('_')}"


def _asked(outline: Outline, scope: Scope) -> Iterator[str]:
    """The paths that a function compares with nil: another value may stand in for them."""
    for node in scope.node.inside():
        if node.role == "compare" and any(child.role == "nil" for child in node.children):
            yield from filter(None, (path_of(outline, child) for child in node.children))


def _groups(outline: Outline, scope: Scope) -> Iterator[list[_Giving]]:
    """What stands side by side: the keywords of a call, the pairs of a collection, a function's attributes."""
    attributes = []
    for node in scope.node.inside():
        if node.role == "call" and (listed := node.at("arguments")) is not None:
            yield list(_given(outline, (child for child in listed.children if child.role == "keyword"), "name"))
        elif node.role == "collection":
            yield list(_given(outline, (child for child in node.children if child.role == "pair"), "key"))
        elif node.role == "assign" and scope.receiver:
            target = path_of(outline, node.at("target")) or ""
            value = path_of(outline, node.at("value"))
            if value and target.startswith(f"{scope.receiver}.") and target.count(".") == 1:
                attributes.append(_Giving(target.partition(".")[2], value, node))
    yield attributes


def _given(outline: Outline, parts: Iterator[Node], label: str) -> Iterator[_Giving]:
    for part in parts:
        name, value = part.at(label), path_of(outline, part.at("value"))
        if name is not None and value:
            yield _Giving(outline.text(name).strip("\"'"), value, part)
