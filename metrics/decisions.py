"""Decisions: the conditions of a file as atoms in one normal form, so that the same question looks the same.

Polarity goes (`a` and `not a` ask the same), `is` and `==` are one, operands are ordered, `a in (b, c)` is two
equalities, locals become holes, attributes and constants stay.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from spotter.metrics.facts import Decision
from spotter.metrics.narrowing import nil_comparison
from spotter.metrics.outline import Node, Outline, body_of, is_text, other_of, steps_of
from spotter.metrics.paths import unwrapped
from spotter.metrics.scopes import Scope
from spotter.metrics.span import Span
from spotter.metrics.words import Words

HOLE = "_"
LADDER = 3
MIN_STRING = 4
_TESTED = frozenset({"if", "elif", "while", "ternary"})
_CONSTANT = frozenset({"string", "number", "truth"})


def decisions_of(
    outline: Outline, words: Words, scopes: tuple[Scope, ...], local: list[frozenset[str]]
) -> tuple[Decision, ...]:
    """Every atom that is decided in a branch, a loop or a conditional expression, once per condition."""
    found = []
    for scope, names in zip(scopes, local, strict=True):
        reader = _Reader(outline, words, names, scope.receiver)
        ladders: set[int] = set()
        guard = _guard(scope)
        for node in scope.node.inside():
            if node.role == "if":
                ladders |= reader.ladder(node)
            if node.role in _TESTED and (test := node.at("test")) is not None:
                seen: dict[str, Node] = {}
                leaves = list(reader.leaves(test))
                alone = node is guard and len(leaves) == 1
                for leaf in leaves:
                    if leaf.start not in ladders:
                        seen.update((atom, leaf) for atom in reader.atoms(leaf))
                for atom, leaf in seen.items():
                    name = scope.name if scope.kind == "function" else ""
                    owner = scope.owner if atom.startswith("self.") else ""
                    text = " ".join(outline.text(leaf).split())
                    found.append(Decision(atom, text, owner, name, Span(*outline.span(leaf)), alone))
    return tuple(found)


def _guard(scope: Scope) -> Node | None:
    """The branch that a function begins with, if all that it does is to leave."""
    body = scope.node.at("body") if scope.kind == "function" else None
    first = next((node for node in body.children if not is_text(node)), None) if body is not None else None
    if first is None or first.role != "if" or len(steps_of(first)) > 1 or other_of(first) is not None:
        return None
    return first if [node.role for node in body_of(first.at("then"))] in (["return"], ["raise"]) else None


class _Reader:
    def __init__(self, outline: Outline, words: Words, local: frozenset[str], receiver: str) -> None:
        self._outline = outline
        self._words = words
        self._local = local
        self._receiver = receiver

    def leaves(self, test: Node) -> Iterator[Node]:
        """The parts of a condition that are no `and`, `or` or `not`."""
        test = unwrapped(test)
        if test.role in ("and", "or", "not"):
            for child in test.children:
                yield from self.leaves(child)
        else:
            yield test

    def ladder(self, node: Node) -> set[int]:
        """Where an if-elif ladder asks one value for its kind again and again: dispatch, not a repeated decision."""
        tests = [leaf for step in steps_of(node) if (test := step.at("test")) is not None for leaf in self.leaves(test)]
        subjects = Counter(subject for leaf in tests if (subject := self._subject(leaf)))
        return {leaf.start for leaf in tests if subjects[self._subject(leaf)] >= LADDER}

    def _subject(self, leaf: Node) -> str:
        return self._outline.text(leaf.children[0]) if leaf.role == "compare" and leaf.children else ""

    def atoms(self, leaf: Node) -> Iterator[str]:
        """The normal forms of one part; none where it asks nothing that another function could ask too."""
        if leaf.role == "compare":
            yield from self._compared(leaf)
        elif leaf.role in ("call", "member"):
            text = self._text(leaf)
            if self._tells(text) and not self._asks_data(leaf):
                yield text

    def _asks_data(self, leaf: Node) -> bool:
        """True for a call that is given values to look at: a test of data, or a predicate that has its name."""
        arguments = leaf.at("arguments")
        given = arguments.children if arguments is not None else []
        return any(child.role not in _CONSTANT for child in given)

    def _compared(self, leaf: Node) -> Iterator[str]:
        if len(leaf.children) != 3 or nil_comparison(self._outline, self._words, leaf)[0] is not None:
            return
        left, sign, right = leaf.children
        operator = self._outline.text(sign)
        if operator in self._words.within | self._words.without:
            if right.role == "collection" and all(child.role in _CONSTANT for child in right.children):
                for child in right.children:
                    yield from self._equal(left, child)
        elif operator in self._words.same | self._words.different:
            yield from self._equal(left, right)
        elif operator in self._words.order:
            sides = (self._text(left), self._text(right))
            low, high = sides if operator in ("<", ">=") else sides[::-1]
            if HOLE not in sides and "number" not in (left.role, right.role) and self._tells(f"{low} {high}"):
                yield f"{low} < {high}"

    def _equal(self, left: Node, right: Node) -> Iterator[str]:
        if left.role in _CONSTANT:
            left, right = right, left
        one, two = (self._named(left), self._text(right)) if right.role in _CONSTANT else (
            self._text(left), self._text(right))  # fmt: skip
        if HOLE in (one, two) or right.role == "number" or (right.role == "truth" and one.isidentifier()):
            return
        if right.role not in _CONSTANT:
            one, two = sorted((one, two))
        named = right.role == "string" and len(two) >= MIN_STRING and one.isidentifier()
        if self._tells(f"{one} {two}") or (named and one not in self._words.environment):
            yield f"{one} == {two}"

    def _callee(self, node: Node) -> str:
        """The form of a callee; a function of a module is the same with the module's name before it and without."""
        below, name = node.at("object"), node.at("name")
        if node.role == "member" and below is not None and below.role == "name" and name is not None:
            module = self._text(below)
            if module not in (HOLE, "self") and module.islower():
                return self._outline.text(name)
        return self._text(node)

    def _named(self, node: Node) -> str:
        return self._outline.text(node) if node.role == "name" else self._text(node)

    def _tells(self, text: str) -> bool:
        """True where a form names something of the project and nothing of types or of the environment."""
        words = set(_words_in(text))
        if any(part in text for part in self._words.environment) or not words.isdisjoint(self._words.type_checks):
            return False
        if not words.isdisjoint(self._words.momentary):
            return False
        return bool(words - self._words.plain - {HOLE, "self"})

    def _text(self, node: Node) -> str:
        node = unwrapped(node)
        if node.role == "name":
            name = self._outline.text(node)
            if name == self._receiver:
                return "self"
            return HOLE if name in self._local else name
        if node.role == "member":
            below, name_node = node.at("object"), node.at("name")
            if below is not None and name_node is not None:
                return f"{self._text(below)}.{self._outline.text(name_node)}"
        if node.role == "call":
            callee, arguments = node.at("callee"), node.at("arguments")
            if callee is not None and arguments is not None:
                return f"{self._callee(callee)}({', '.join(self._text(child) for child in arguments.children)})"
        if node.role == "keyword":
            name_node, value = node.at("name"), node.at("value")
            if name_node is not None and value is not None:
                return f"{self._outline.text(name_node)}={self._text(value)}"
        if node.role in _CONSTANT or node.role == "nil":
            return self._outline.text(node)
        if node.children:
            return f"{node.kind}({', '.join(self._text(child) for child in node.children)})"
        return self._outline.text(node)


def _words_in(text: str) -> Iterator[str]:
    word = ""
    for char in f"{text} ":
        if char.isalnum() or char == "_":
            word += char
        elif word:
            if not word[0].isdigit():
                yield word
            word = ""
