"""What a condition tells is missing: the paths that are nil, or empty, once it has been decided."""

from __future__ import annotations

from spotter.metrics.narrowing import nil_comparison
from spotter.metrics.outline import Node, Outline
from spotter.metrics.paths import path_of, unwrapped
from spotter.metrics.words import Words

Lacks = dict[str, Node]  # a path, and the part of the condition that says so


def lacks(outline: Outline, words: Words, node: Node, truth: bool, *, empty: bool = False) -> Lacks:
    """The paths that are nil when a condition has come out as `truth`; those that count as false too, if empty."""
    node = unwrapped(node)
    if node.role == "not":
        operand = node.at("operand")
        return lacks(outline, words, operand, not truth, empty=empty) if operand is not None else {}
    if node.role in ("and", "or"):
        left, right = node.at("left"), node.at("right")
        if left is None or right is None:
            return {}
        one = lacks(outline, words, left, truth, empty=empty)
        two = lacks(outline, words, right, truth, empty=empty)
        return one | two if (node.role == "and") == truth else {path: two[path] for path in one if path in two}
    if node.role == "compare":
        path, operator = nil_comparison(outline, words, node)
        known = path is not None and (operator in words.same) == truth
    elif node.role in ("absent", "present"):
        path = path_of(outline, node.at("value"))
        known = (node.role == "absent") == truth
    else:
        path = path_of(outline, node) if node.role in ("name", "member", "walrus") else None
        known = empty and not truth
    return {path: node} if path is not None and known and lasting(path) else {}


def lasting(path: str) -> bool:
    """True for a path of names, which gives the same value until something changes it."""
    return not set("[(") & set(path)
