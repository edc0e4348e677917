"""Receivers that are not written: a bare name that means a field or a method of the class around it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from spotter.metrics.grafts import give_receiver
from spotter.metrics.outline import Node, Outline
from spotter.metrics.scopes import BINDING, Scope, names_in, parameters_of
from spotter.metrics.words import Words

_GIVES = frozenset({"assign", "update", "fill"})
_SELECTS = frozenset({"name", "type"})


def name_receivers(outline: Outline, words: Words, scopes: tuple[Scope, ...], local: Sequence[frozenset[str]]) -> None:
    """Write the receiver before the fields and methods that the methods of a class name without it."""
    receiver = next(iter(words.elided))
    fields, methods = _declared(outline, scopes)
    hidden: dict[int, frozenset[str]] = {}
    for index, (scope, names) in enumerate(zip(scopes, local, strict=True)):
        if scope.kind != "function" or scope.receiver != receiver:
            continue
        called = methods[scope.owner] - names
        hidden[index] = hidden.get(scope.parent, frozenset()) | _hides(outline, scope)
        known = (fields[scope.owner] - hidden[index]) | called
        for node in scope.node.inside():
            if _stands_bare(node) and outline.text(node) in (called if node.slot == "callee" else known):
                give_receiver(node, receiver, outline.text(node))
        scope.node.changed()


def _declared(
    outline: Outline, scopes: tuple[Scope, ...]
) -> tuple[defaultdict[str, set[str]], defaultdict[str, set[str]]]:
    """The fields and the methods of every class; what has a capital is a constant or a type."""
    fields: defaultdict[str, set[str]] = defaultdict(set)
    methods: defaultdict[str, set[str]] = defaultdict(set)
    for scope in scopes:
        if scope.kind == "class" and (body := scope.node.at("body")) is not None:
            targets = (child for node in body.children for child in node.children if child.slot == "target")
            names = filter(None, map(outline.text, targets))  # a file that cannot be read whole lacks some
            fields[scope.name].update(name for name in names if not name[0].isupper())
        elif scope.kind == "function" and scope.receiver and scope.name.rpartition(".")[0] == scope.owner:
            methods[scope.owner].add(scope.name.rpartition(".")[2])
    return fields, methods


def _hides(outline: Outline, scope: Scope) -> frozenset[str]:
    """The names that a function declares itself; a name that it only gives a value to may be a field."""
    found = [name for parameter in parameters_of(scope.node) for name in names_in(outline, parameter)]
    for node in scope.node.inside():
        if node.role not in _GIVES or node.at("type") is not None:
            found += [name for child in node.children if child.slot in BINDING for name in names_in(outline, child)]
    return frozenset(found)


def _stands_bare(node: Node) -> bool:
    return node.role == "name" and node.slot not in _SELECTS and node.said is None
