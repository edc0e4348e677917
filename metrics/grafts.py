"""Grafts: the nodes that an outline has in every language, and that some grammars lack."""

from __future__ import annotations

from spotter.metrics.outline import Node

_HOLDS_STATEMENTS = frozenset({"block", "else", "finally"})
_BRANCHES = frozenset({"if", "elif", "while", "for", "case", "default", "with", "try", "function"})
_BRANCH_SLOTS = frozenset({"then", "else", "body"})
_EXPRESSIONS = frozenset(
    {"assign", "update", "fill", "call", "member", "index", "name", "binary", "unary", "and", "or", "coalesce", "not"}
    | {"compare", "ternary", "cast", "demand", "isa", "absent", "present", "nil", "truth", "number", "collection"}
    | {"group", "lambda", "walrus", "comprehension"}
)


def stands_alone(node: Node, parent: Node) -> bool:
    """Whether an expression is a statement where it stands."""
    if node.role not in _EXPRESSIONS:
        return False
    return parent.role in _HOLDS_STATEMENTS or (parent.role in _BRANCHES and node.slot in _BRANCH_SLOTS)


def statement(expression: Node) -> Node:
    """The statement that an expression is where a block holds it."""
    around = _copy(expression, "statement", expression.slot)
    expression.slot = ""
    around.children.append(expression)
    return around


def denied(test: Node) -> Node:
    """The test of a branch that is taken where it fails, as that of `unless`: a denial around it."""
    around = _copy(test, "not", "test")
    test.slot = "operand"
    around.children.append(test)
    return around


def give_receiver(node: Node, receiver: str, name: str) -> None:
    """Make a member of an attribute that stands without its receiver, as `@token` or a bare field does."""
    object_node, label = _copy(node, "name", "object"), _copy(node, "name", "name")
    object_node.said, label.said, node.said = receiver, name, f"{receiver}.{name}"
    node.role = "member"
    node.children = [object_node, label]


def give_callee(call: Node) -> None:
    """Give a call its callee where the grammar has none: its name, or what the name selects of its object."""
    name, below = call.at("name"), call.at("object")
    if call.at("callee") is not None or name is None:
        return
    if below is None:
        name.slot = "callee"
        return
    callee = Node("member", "callee", "member", below.start, name.end)
    optional = [child for child in call.children if child.slot == "optional"]
    callee.children = [below, *optional, name]
    call.children = [callee, *(child for child in call.children if child not in callee.children)]


def _copy(node: Node, role: str, slot: str) -> Node:
    return Node(role, slot, role, node.start, node.end)
