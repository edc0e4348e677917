"""What a condition tells about nil: the paths that cannot be nil once it has been decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from spotter.metrics.outline import Node, Outline
from spotter.metrics.paths import path_of, unwrapped
from spotter.metrics.words import Words

Paths = frozenset[str]
NOTHING: Paths = frozenset()
_EITHER = frozenset((True, False))
Implied = Mapping[str, tuple[Paths, Paths]]


@dataclass(frozen=True, slots=True)
class NilTest:
    """A test of one path inside a condition: its nil branch is the one taken when the condition is `nil_when`.

    A decisive one takes that branch whenever the path is nil, whatever the other parts of the condition say.
    """

    node: Node
    path: str
    nil_when: bool
    explicit: bool
    decisive: bool


def holds(outline: Outline, words: Words, node: Node, truth: bool, implied: Implied) -> Paths:
    """The paths that are not nil when a condition has come out as `truth`."""
    node = unwrapped(node)
    if node.role == "not":
        operand = node.at("operand")
        return holds(outline, words, operand, not truth, implied) if operand is not None else NOTHING
    if node.role in ("and", "or"):
        left, right = node.at("left"), node.at("right")
        if left is None or right is None:
            return NOTHING
        one = holds(outline, words, left, truth, implied)
        two = holds(outline, words, right, truth, implied)
        return one | two if (node.role == "and") == truth else one & two
    if node.role == "compare":
        return _compared(outline, words, node, truth)
    if node.role == "walrus":
        target, value = node.at("target"), node.at("value")
        if value is None or not truth:
            return NOTHING
        paths = (path_of(outline, target), path_of(outline, value))
        return holds(outline, words, value, truth, implied) | {path for path in paths if path}
    if node.role in ("absent", "present"):
        asked = node.at("value")
        path = path_of(outline, asked)
        settled = asked is not None and path and truth == (node.role == "present")
        return frozenset({path}) | _prefixes(outline, asked) if settled and asked is not None and path else NOTHING
    if node.role == "isa":
        asked = node.at("value")
        path = path_of(outline, asked)
        return frozenset({path}) | _prefixes(outline, asked) if asked is not None and path and truth else NOTHING
    if node.role == "call":
        path = path_of(outline, node)
        mentioned = _arguments(outline, node) if truth else NOTHING
        return mentioned | {path} | _prefixes(outline, node) if path and truth else mentioned
    path = path_of(outline, node)
    if path is None:
        return NOTHING
    known = implied.get(path, (NOTHING, NOTHING))[0 if truth else 1]
    return known | {path} | _prefixes(outline, node) if truth else known


def nil_tests(
    outline: Outline, words: Words, node: Node, truth: bool = True, sure: frozenset[bool] = _EITHER
) -> Iterator[NilTest]:
    """Every test of a path for nil in a condition, conjunctions and disjunctions opened.

    `sure` holds the outcomes that one part can bring about alone: False in a conjunction, True in a disjunction.
    """
    node = unwrapped(node)
    if node.role == "not":
        if (operand := node.at("operand")) is not None:
            yield from nil_tests(outline, words, operand, not truth, sure)
    elif node.role in ("and", "or"):
        for child in node.children:
            yield from nil_tests(outline, words, child, truth, sure & {(node.role == "and") != truth})
    elif node.role == "compare":
        path, operator = nil_comparison(outline, words, node)
        if path is not None:
            nil_when = (operator in words.same) == truth
            yield NilTest(node, path, nil_when, True, nil_when in sure)
    elif node.role == "walrus":
        if path := path_of(outline, node):
            yield NilTest(node, path, not truth, False, (not truth) in sure)
    elif node.role in ("absent", "present"):
        if path := path_of(outline, node.at("value")):
            nil_when = (node.role == "absent") == truth
            yield NilTest(node, path, nil_when, True, nil_when in sure)
    elif node.role in ("name", "member") and (path := path_of(outline, node)) is not None:
        yield NilTest(node, path, not truth, False, (not truth) in sure)


def nil_comparison(outline: Outline, words: Words, node: Node) -> tuple[str | None, str]:
    """The path and the operator of `path is nil`, either way round; no path for any other comparison."""
    if len(node.children) != 3:
        return None, ""
    left, sign, right = node.children
    operator = outline.text(sign)
    if operator not in words.same and operator not in words.different:
        return None, operator
    if right.role == "nil":
        return path_of(outline, left), operator
    return (path_of(outline, right), operator) if left.role == "nil" else (None, operator)


def _compared(outline: Outline, words: Words, node: Node, truth: bool) -> Paths:
    path, operator = nil_comparison(outline, words, node)
    if path is not None:
        used = frozenset[str]().union(*(_prefixes(outline, child) for child in node.children))
        return used | {path} if (operator in words.different) == truth else NOTHING
    operators = {outline.text(child) for child in node.children if child.slot == "operator"}
    decisive = words.same | words.within | words.order if truth else words.different | words.order
    if not operators <= decisive:
        return NOTHING
    found = set()
    for child in node.children:
        if child.slot == "operator":
            continue
        if path := path_of(outline, child):
            found.add(path)
        if child.role == "call":
            found |= _arguments(outline, child)
        if child.role == "typeof" and (path := path_of(outline, child.at("operand"))):
            found.add(path)
        found |= _prefixes(outline, child)
    return frozenset(found)


def _prefixes(outline: Outline, node: Node) -> Paths:
    """The paths that were used on the way to a value, and so were not nil."""
    found = set()
    node = unwrapped(node)
    while (below := node.at("object") or node.at("callee")) is not None:
        if node.role in ("member", "index") and (path := path_of(outline, below)):
            found.add(path)
        node = unwrapped(below)
    return frozenset(found)


def _arguments(outline: Outline, node: Node) -> Paths:
    arguments = node.at("arguments")
    found = (path_of(outline, unwrapped(child)) for child in arguments.children) if arguments is not None else ()
    return frozenset(path for path in found if path)
