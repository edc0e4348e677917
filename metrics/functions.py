"""One function's facts: its parameters, what it gives back, how much it decides, its shape."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from spotter.metrics.facts import FunctionFacts
from spotter.metrics.outline import Node, Outline, body_of, cases_of, other_of, steps_of
from spotter.metrics.radon_numbers import numbers_of
from spotter.metrics.scopes import Scope, names_in, parameters_of
from spotter.metrics.shapes import shape_of
from spotter.metrics.span import Span
from spotter.metrics.words import Words

_PARTS = frozenset({"case", "default", "except", "else"})

if TYPE_CHECKING:
    from spotter.syntax import Syntax

HEAVY = 45  # decisions, from which a function is told of
MOST_IN_ROW = 24  # nodes
DECIDING = frozenset(
    {"if", "elif", "while", "for", "except", "and", "or", "ternary", "filter", "case", "assert"} | {"coalesce", "fill"}
)


def function_facts(syntax: Syntax, outline: Outline, words: Words, scope: Scope) -> FunctionFacts:
    """The facts of one function. The numbers are taken only where it is told of."""
    decisions = sum(decides(node) for node in scope.node.inside())
    label = scope.node.at("name")
    shape, statements = shape_of(outline, words, scope)
    names = tuple(name for parameter in parameters_of(scope.node) for name in names_in(outline, parameter))
    return FunctionFacts(
        name=scope.name,
        owner=scope.owner,
        start_line=outline.line(scope.node.start),
        end_line=outline.line(scope.node.end),
        span=Span(*outline.span(label if label is not None else scope.node)),
        parameters=names,
        receiver=scope.receiver,
        marks=tuple(mark.split("(")[0] for mark in scope.marks),
        gives=_gives(words, scope.node),
        decisions=decisions,
        numbers=numbers_of(syntax, outline.text(scope.node)) if decisions >= HEAVY else (),
        shape=shape,
        statements=statements,
    )


def decides(node: Node) -> bool:
    """Whether a node is a decision. The rows of a table, one short answer for each value, are one in all.

    To pass on that a call failed is none.
    """
    if node.role == "if" and (test := node.at("test")) is not None and test.role == "failed":
        return False
    if node.role == "match":
        return any(map(_is_row, cases_of(node)))
    return node.role in DECIDING and not _is_row(node)


def _is_row(node: Node) -> bool:
    """Whether a node is a case that gives its answer and decides nothing more."""
    if node.role != "case":
        return False
    answer = [one for child in node.children if child.slot == "then" for one in (child, *child.inside())]
    return len(answer) <= MOST_IN_ROW and not any(one.role in DECIDING for one in answer)


def _gives(words: Words, function: Node) -> str:
    """Whether every way out gives a value, nil, or some the one and some the other; "" for a generator.

    What is declared goes first: a result that is optional, or one that is certain.
    """
    for declared, told in (("optional", "mixed"), ("certain", "value")):
        if function.at(declared) is not None:
            return told
    values, nils = 0, 0
    for node in function.inside():
        if node.role == "yield":
            return ""
        if node.role == "return":
            value = node.at("value")
            if value is None or value.role == "nil":
                nils += 1
            else:
                values += 1
    body = function.at("body")
    if words.endings:
        ends = list(_endings(body_of(body)))
        values += sum(not end for end in ends)
        nils += sum(ends)
    elif values and body is not None and not _ends(body.children):
        nils += 1
    return "mixed" if values and nils else "value" if values else "nil"


def _endings(nodes: list[Node]) -> Iterator[bool]:
    """For every end of statements whose last value is the result, whether that is nil."""
    last = nodes[-1] if nodes else None
    if last is None or last.role == "nil":
        yield True
    elif last.role in ("statement", "block", "group"):
        yield from _endings(last.children[-1:])
    elif last.role == "if":
        steps = steps_of(last)
        for step in steps:
            yield from _endings(body_of(step.at("then")))
        yield from _endings(body_of(other_of(steps[-1]) or other_of(last)))
    elif last.role in ("match", "try", "with", "case", "default", "except", "else"):
        parts = [child for child in last.children if child.role in _PARTS or child.slot in ("body", "then")]
        for part in parts:
            yield from _endings(body_of(part) if part.slot in ("body", "then") else [part])
    elif last.role not in ("return", "raise", "leave"):
        yield False


def _ends(nodes: list[Node]) -> bool:
    """True where statements cannot be left at their end."""
    if not nodes:
        return False
    last = nodes[-1]
    if last.role in ("return", "raise"):
        return True
    if last.role in ("block", "else", "finally", "statement"):
        return _ends(last.children)
    if last.role == "if":
        steps = steps_of(last)
        ways = [*(step.at("then") for step in steps), other_of(steps[-1]) or other_of(last)]
        return all(_ends(body_of(way)) for way in ways)
    if last.role in ("with", "try"):
        ways = [last.at("body"), *(child.at("body") for child in last.children if child.role == "except")]
        return all(_ends(body_of(way)) for way in ways)
    return last.role in ("while", "match")
