"""Paths: the expressions that name the same value when they are written again, such as `self.session.token`."""

from __future__ import annotations

from spotter.metrics.outline import Node, Outline


def path_of(outline: Outline, node: Node | None) -> str | None:
    """The normal text of a path, or None for an expression that may give another value each time."""
    if node is None:
        return None
    if node.role == "name":
        return outline.text(node)
    if node.role == "group":
        return path_of(outline, node.children[0]) if node.children else None
    if node.role == "walrus":
        return path_of(outline, node.at("target"))
    if node.role == "member":
        below, name = path_of(outline, node.at("object")), node.at("name")
        return f"{below}.{outline.text(name)}" if below and name is not None else None
    if node.role == "index":
        below, key = path_of(outline, node.at("object")), node.at("key")
        return f"{below}[{outline.text(key)}]" if below and key is not None and key.role in _LITERAL else None
    if node.role == "call":
        below, arguments = path_of(outline, node.at("callee")), node.at("arguments")
        return f"{below}()" if below and arguments is not None and not arguments.children else None
    return None


def root_of(path: str) -> str:
    """The name that a path starts with."""
    for index, char in enumerate(path):
        if char in ".[(":
            return path[:index]
    return path


def unwrapped(node: Node) -> Node:
    """An expression without the parentheses around it."""
    while node.role == "group" and node.children:
        node = node.children[0]
    return node


_LITERAL = frozenset({"string", "number", "name"})
