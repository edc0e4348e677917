"""Conjunctions: the conditions and what they ask for together, each part in a normal form with its polarity.

`not a or b` is the denial of `a and not b`, so both are the conjunction of `+a` and `-b`. Locals keep their names
behind a `§`, so that the parts of one conjunction can be told to speak of one value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from spotter.metrics.facts import Conjunction
from spotter.metrics.outline import Node, Outline
from spotter.metrics.paths import unwrapped
from spotter.metrics.scopes import Scope
from spotter.metrics.span import Span
from spotter.metrics.words import Words

MOST_ATOMS = 8
MOST_TEXT = 200
NIL = "nil"
WITHIN = "∈"
LOCAL = "§"
_TESTED = frozenset({"if", "elif", "while", "ternary", "filter", "assert"})


@dataclass(frozen=True, slots=True)
class _Part:
    sign: bool
    atom: str
    node: Node


def conjunctions_of(
    outline: Outline, words: Words, scopes: tuple[Scope, ...], local: list[frozenset[str]]
) -> tuple[Conjunction, ...]:
    """Every conjunction of a file; a condition that asks for one thing alone has one part."""
    found = []
    for scope, names in zip(scopes, local, strict=True):
        if scope.kind != "function":
            continue
        reader = _Reader(outline, words, names, scope.receiver)
        covered = 0  # where the last chain ends
        for node, tested in _conditions(scope.node):
            chain = node.role in ("and", "or")
            if (tested or node.role == "and") if chain else (tested and node.start >= covered):
                parts = tuple(reader.parts(node, denied=node.role == "or")) if chain else (reader.atom(node),)
                covered = max(covered, node.end if chain else 0)
                atoms = sorted({("+" if part.sign else "-") + part.atom for part in parts})
                if len(atoms) <= MOST_ATOMS and all(len(atom) <= MOST_TEXT for atom in atoms):
                    text = " ".join(outline.text(node).split())
                    place = Span(*outline.span(node))
                    found.append(Conjunction(tuple(atoms), node.role == "or", text, scope.owner, scope.name, place))
    return tuple(found)


def _conditions(function: Node) -> Iterator[tuple[Node, bool]]:
    """Every chain of `and` or `or` and every other condition, and whether it decides something."""
    pending = [(child, False) for child in reversed(function.children)]
    while pending:
        node, tested = pending.pop()
        if node.role in ("function", "class"):
            continue
        if node.role in ("group", "not"):
            pending.extend((child, tested) for child in reversed(node.children))
            continue
        chain = node.role in ("and", "or")
        if chain or tested:
            yield node, tested
        below = list(_operands(node)) if chain else node.children
        for child in reversed(below):
            inside = tested if chain else node.role in _TESTED and child.slot == "test"
            if not (chain and inside and child.role not in ("and", "or", "group", "not")):
                pending.append((child, inside))
            else:
                pending.extend((one, False) for one in reversed(child.children))


def _operands(chain: Node) -> Iterator[Node]:
    for slot in ("left", "right"):
        if (child := chain.at(slot)) is not None:
            if child.role == chain.role:
                yield from _operands(child)
            else:
                yield child


class _Reader:
    def __init__(self, outline: Outline, words: Words, local: frozenset[str], receiver: str) -> None:
        self._outline = outline
        self._words = words
        self._local = local
        self._receiver = receiver

    def parts(self, node: Node, *, denied: bool) -> Iterator[_Part]:
        """The parts of a chain that hold together, or of a denied one those whose denials do."""
        node = unwrapped(node)
        if node.role == ("or" if denied else "and"):
            for child in node.children:
                yield from self.parts(child, denied=denied)
        elif node.role == "not" and (operand := node.at("operand")) is not None:
            yield from self.parts(operand, denied=not denied)
        else:
            part = self.atom(node)
            yield _Part(part.sign != denied, part.atom, part.node)

    def atom(self, node: Node) -> _Part:
        """One part in its normal form."""
        node = unwrapped(node)
        if node.role == "not" and (operand := node.at("operand")) is not None:
            part = self.atom(operand)
            return _Part(not part.sign, part.atom, part.node)
        if node.role in ("absent", "present") and (value := node.at("value")) is not None:
            return _Part(node.role == "absent", f"{self._text(value)} == {NIL}", node)
        if node.role == "compare" and len(node.children) == 3:
            left, sign, right = (self._text(child) for child in node.children)
            if sign in self._words.same | self._words.different:
                return _Part(sign in self._words.same, f"{' == '.join(self._ordered(left, right))}", node)
            if sign in self._words.within | self._words.without:
                return _Part(sign in self._words.within, f"{left} {WITHIN} {right}", node)
            if sign in self._words.order:
                low, high = (left, right) if sign in ("<", ">=") else (right, left)
                return _Part(sign in ("<", ">"), f"{low} < {high}", node)
        return _Part(True, self._text(node), node)

    def _ordered(self, left: str, right: str) -> tuple[str, str]:
        return (left, right) if (right == NIL, left) <= (left == NIL, right) or right == NIL else (right, left)

    def _text(self, node: Node) -> str:
        node = unwrapped(node)
        if node.role == "name":
            name = self._outline.text(node)
            return "self" if name == self._receiver else f"{LOCAL}{name}" if name in self._local else name
        if node.role == "nil":
            return NIL
        if node.role == "member":
            below, label = node.at("object"), node.at("name")
            if below is not None and label is not None:
                return f"{self._text(below)}.{self._outline.text(label)}"
        if node.role == "keyword":
            label, value = node.at("name"), node.at("value")
            if label is not None and value is not None:
                return f"{self._outline.text(label)}={self._text(value)}"
        if node.role == "call":
            callee, arguments = node.at("callee"), node.at("arguments")
            if callee is not None and arguments is not None:
                return f"{self._text(callee)}({', '.join(self._text(child) for child in arguments.children)})"
        if node.role in ("string", "number", "truth") or not node.children:
            return " ".join(self._outline.text(node).split())
        kind = node.role or node.kind
        return f"{kind}<{', '.join(self._text(child) for child in node.children)}>"
