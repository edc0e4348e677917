"""Scopes: the functions and classes of a file, each with its dotted name, its class and its receiver."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from spotter.metrics.outline import Node, Outline
from spotter.metrics.words import Words


@dataclass(frozen=True, slots=True)
class Scope:
    """A module, class or function. Owner is the dotted name of the nearest class; parent indexes the scope list."""

    kind: Literal["module", "class", "function"]
    node: Node
    name: str
    owner: str
    receiver: str
    parent: int
    marks: tuple[str, ...]


def scopes_of(outline: Outline, words: Words) -> tuple[Scope, ...]:
    """The module first, then every class and function in order of the text."""
    found = [Scope("module", outline.root, "", "", "", -1, ())]
    pending: list[tuple[Node, int, tuple[str, ...]]] = [(outline.root, 0, ())]
    while pending:
        node, parent, marks = pending.pop()
        inner, below = parent, marks
        if node.role in ("class", "function"):
            found.append(_scope(outline, words, node, found[parent], parent, marks))
            inner, below = len(found) - 1, ()
        elif node.role == "decorated":
            below = tuple(outline.text(child.children[0]) for child in node.children if child.role == "decorator")
        elif node.role not in ("block", ""):
            below = ()
        pending.extend((child, inner, below) for child in reversed(node.children) if child.children)
    return tuple(found)


def parameters_of(function: Node) -> list[Node]:
    """The parameters of a function, in order."""
    listed = function.at("parameters")
    return [child for child in listed.children if child.role == "parameter"] if listed is not None else []


def parameter_name(outline: Outline, parameter: Node) -> str:
    """A parameter's bare name."""
    name = parameter.at("name")
    return outline.text(name if name is not None else parameter)


def locals_of(outline: Outline, scopes: tuple[Scope, ...]) -> list[frozenset[str]]:
    """The local names of every scope, those of the functions around it included; none for modules and classes."""
    found: list[frozenset[str]] = []
    for scope in scopes:
        around = found[scope.parent] if scope.parent >= 0 else frozenset()
        if scope.kind != "function":
            found.append(around)
            continue
        names = {parameter_name(outline, parameter) for parameter in parameters_of(scope.node)}
        for node in scope.node.inside():
            if node.slot in ("target", "as"):
                names.update(_given(outline, node))
        found.append(around | names)
    return found


def _given(outline: Outline, target: Node) -> list[str]:
    if target.role == "name":
        return [outline.text(target)]
    if target.role in ("", "collection"):
        return [name for child in target.children for name in _given(outline, child)]
    return []


def _scope(outline: Outline, words: Words, node: Node, parent: Scope, index: int, marks: tuple[str, ...]) -> Scope:
    label = node.at("name")
    plain = outline.text(label) if label is not None else "<anonymous>"
    name = f"{parent.name}.{plain}" if parent.name else plain
    if node.role == "class":
        return Scope("class", node, name, name, "", index, marks)
    receiver = parent.receiver
    if parent.kind == "class":
        first = next(iter(parameters_of(node)), None)
        label_of_first = parameter_name(outline, first) if first is not None else ""
        receiver = label_of_first if label_of_first in words.receivers else ""
    return Scope("function", node, name, parent.owner, receiver, index, marks)
