"""Paths: the expressions that name the same value when they are written again, such as `self.session.token`."""

from __future__ import annotations

from spotter.metrics.outline import Node, Outline


def path_of(outline: Outline, node: Node | None) -> str | None:
    """The normal text of a path, or None for an expression that may give another value each time."""
    if node is None:
        return None
    if node.role == "name":
        return outline.text(node)
    if node.role in _TRANSPARENT:
        return path_of(outline, unwrapped(node)) if node.children else None
    if node.role == "walrus":
        return path_of(outline, node.at("target")) or path_of(outline, node.at("value"))
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
    """An expression without the parentheses, the casts and the assertions around it."""
    while node.role in _TRANSPARENT and node.children:
        node = node.at("inner") or node.at("value") or node.children[0]
    return node


def selects(name: str) -> bool:
    """Whether the last part of a path is an attribute's name, and no call and no element."""
    return bool(name) and name[-1] not in ")]"


_TRANSPARENT = frozenset({"group", "cast", "demand"})
_LITERAL = frozenset({"string", "number", "name"})
