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


@dataclass(frozen=True, slots=True)
class _Given:
    """What a nameless function is assigned to: a name, and the class of which it is made a method."""

    name: str = ""
    owner: str = ""


_NOTHING = _Given()


def scopes_of(outline: Outline, words: Words) -> tuple[Scope, ...]:
    """The module first, then every class and function in order of the text."""
    found = [Scope("module", outline.root, "", "", "", -1, ())]
    makers = _makers(outline, words)
    pending: list[tuple[Node, int, tuple[str, ...], _Given]] = [(outline.root, 0, (), _NOTHING)]
    while pending:
        node, parent, marks, given = pending.pop()
        inner, below, passed = parent, marks, _NOTHING
        if node.role in ("class", "function"):
            found.append(_scope(outline, words, node, found[parent], parent, marks, given, makers))
            inner, below = len(found) - 1, ()
        else:
            passed = _passed(outline, words, node, given, found[parent])
            if node.role == "decorated":
                below = _marks(outline, node)
            elif node.role not in ("block", ""):
                below = ()
        pending.extend(
            (child, inner, below, passed if child.slot in _VALUES else _NOTHING)
            for child in reversed(node.children)
            if child.children
        )
    return tuple(found)


def parameters_of(function: Node) -> list[Node]:
    """The parameters of a function, in order."""
    listed = function.at("parameters") or function
    return [child for child in listed.children if child.role == "parameter"]


def parameter_name(outline: Outline, parameter: Node) -> str:
    """A parameter's bare name; its text where it takes a value apart."""
    name = parameter.at("name")
    return outline.text(name if name is not None else parameter)


def names_in(outline: Outline, target: Node) -> list[str]:
    """The names that a target, a pattern or a parameter gives values to."""
    if target.role == "parameter":
        name = target.at("name")
        return names_in(outline, name) if name is not None else _leaf_names(outline, target)
    if target.role == "name":
        return [outline.text(target)]
    if target.role in PATTERNS:
        parts = (child for child in target.children if child.slot not in ("key", "default", "name"))
        return [name for child in parts for name in names_in(outline, child)]
    return []


def own_names(outline: Outline, scopes: tuple[Scope, ...]) -> list[frozenset[str]]:
    """The names that every function gives values to itself; none for modules and classes."""
    return [_own_names(outline, scope) if scope.kind == "function" else frozenset() for scope in scopes]


def locals_of(scopes: tuple[Scope, ...], own: list[frozenset[str]]) -> list[frozenset[str]]:
    """The local names of every scope, those of the functions around it included; none for modules and classes."""
    found: list[frozenset[str]] = []
    for scope, names in zip(scopes, own, strict=True):
        found.append(found[scope.parent] | names if scope.parent >= 0 else names)
    return found


def steady_of(outline: Outline, scopes: tuple[Scope, ...], own: list[frozenset[str]]) -> list[frozenset[str]]:
    """The names of every function that only its own statements give values to, whatever else is called."""
    outer = (node for scope in scopes for node in scope.node.inside() if node.role == "outer")
    shared = {outline.text(name) for node in outer for name in node.children}
    taken: list[set[str]] = [set() for _ in scopes]
    for index in range(len(scopes) - 1, 0, -1):
        parent = scopes[index].parent
        taken[parent] |= own[index] | taken[index]
    return [names - inner - shared for names, inner in zip(own, taken, strict=True)]


def _own_names(outline: Outline, scope: Scope) -> frozenset[str]:
    listed = scope.node.at("parameters")  # those that take all that is left are no `parameter`
    taken = [*parameters_of(scope.node), *(listed.children if listed is not None else ())]
    names = {name for parameter in taken for name in names_in(outline, parameter)}
    for node in scope.node.inside():
        if node.slot in BINDING:
            names.update(names_in(outline, node))
    return frozenset(names)


def _leaf_names(outline: Outline, parameter: Node) -> list[str]:
    if not parameter.children:
        return [outline.text(parameter)]
    parts = (child for child in parameter.children if child.slot not in ("key", "default", "type"))
    return [name for child in parts for name in names_in(outline, child)]


def _marks(outline: Outline, node: Node) -> tuple[str, ...]:
    """What stands before a definition: its decorators, or words such as `get`."""
    marks = (child.children[0] if child.role == "decorator" else child for child in node.children if _is_mark(child))
    return tuple(outline.text(mark) for mark in marks)


def _is_mark(node: Node) -> bool:
    return node.slot == "mark" or (node.role == "decorator" and bool(node.children))


def _makers(outline: Outline, words: Words) -> frozenset[str]:
    """The functions that make objects: something is assigned to a member of their prototype."""
    targets = (node.at("target") for node in outline.root.inside() if node.role == "assign") if words.prototypes else ()
    return frozenset(owner for target in targets if target is not None and (owner := _owner(outline, words, target)))


def _owner(outline: Outline, words: Words, target: Node) -> str:
    below = target.at("object") if target.role == "member" else None
    label = below.at("name") if below is not None and below.role == "member" else None
    if below is None or label is None or outline.text(label) not in words.prototypes:
        return ""
    owner = below.at("object")
    return outline.text(owner) if owner is not None and owner.role == "name" else ""


def _passed(outline: Outline, words: Words, node: Node, given: _Given, parent: Scope) -> _Given:
    """What a nameless function or class below a node is assigned to."""
    target = (
        node.at("target") if node.role == "assign" else node.at("name") if node.role in ("keyword", "pair") else None
    )
    if target is not None:
        name = outline.text(target).rpartition(".")[2].strip("\"'")
        return _Given(name, _owner(outline, words, target))
    passes = node.role in ("group", "cast") or (node.role == "call" and parent.kind == "module")
    return given if passes or node.slot == "arguments" else _NOTHING


def _scope(
    outline: Outline,
    words: Words,
    node: Node,
    parent: Scope,
    index: int,
    marks: tuple[str, ...],
    given: _Given,
    makers: frozenset[str],
) -> Scope:
    label = node.at("name")
    plain = (outline.text(label).strip("\"'") if label is not None else given.name) or "<anonymous>"
    name = f"{parent.name}.{plain}" if parent.name else plain
    if node.role == "class":
        return Scope("class", node, name, name, "", index, marks)
    marks += _marks(outline, node)
    implicit = next(iter(words.implicit), "")
    if given.owner:
        return Scope("function", node, f"{given.owner}.{given.name}", given.owner, implicit, index, marks)
    if parent.kind == "module" and plain in makers:
        return Scope("function", node, f"{plain}.{next(iter(words.makers))}", plain, implicit, index, marks)
    if (taken := node.at("receiver")) is not None and taken.children:
        owner, own = _type_name(outline, taken.children[0]), parameter_name(outline, taken.children[0])
        return Scope("function", node, f"{owner}.{plain}", owner, own, index, marks)
    if parent.kind == "class" and words.makers and plain == parent.name.rpartition(".")[2]:
        name = f"{parent.name}.{next(iter(words.makers))}"
    receiver = parent.receiver
    if parent.kind == "class" and node.at("static") is not None:
        receiver = ""
    elif parent.kind == "class":
        first = next(iter(parameters_of(node)), None)
        label_of_first = parameter_name(outline, first) if first is not None else ""
        receiver = label_of_first if label_of_first in words.receivers else implicit
    elif node.kind in words.rebinders:
        receiver = ""
    return Scope("function", node, name, parent.owner, receiver, index, marks)


def _type_name(outline: Outline, parameter: Node) -> str:
    """The bare name of a parameter's type, "" without one."""
    node = parameter.at("type")
    while node is not None and node.children:
        node = node.children[0]
    return outline.text(node) if node is not None else ""


BINDING = frozenset({"target", "as", "pattern"})
PATTERNS = frozenset({"", "collection", "pattern"})
_VALUES = frozenset({"value", "inner", "arguments", ""})
