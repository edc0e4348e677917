"""Typings: where a file asks a value for its type or casts it, and where it gives a value of a known type."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from spotter.metrics.facts import Given, Subject, TypeCheck
from spotter.metrics.outline import Node, Outline
from spotter.metrics.paths import path_of, selects, unwrapped
from spotter.metrics.scopes import Scope, parameter_name, parameters_of
from spotter.metrics.span import Span
from spotter.metrics.words import Words

_ASKING = frozenset({"isa", "cast", "compare", "call"})
_JOINING = frozenset({"+", "%"})


def type_checks_of(outline: Outline, words: Words, scopes: tuple[Scope, ...]) -> tuple[TypeCheck, ...]:
    """Every type check and cast of an attribute, a parameter or a local that holds a call's result."""
    found = []
    for scope in scopes:
        if scope.kind != "function":
            continue
        bound = _bound(outline, scope)
        given: dict[str, int] = {}
        for node in scope.node.inside():
            if node.slot == "target" and node.role == "name":
                given.setdefault(outline.text(node), node.start)
        for node in scope.node.inside():
            asked = _asked(outline, words, node) if node.role in _ASKING else None
            if asked is None:
                continue
            path = path_of(outline, unwrapped(asked.value))
            subject = _subject(path, scope, bound) if path else None
            if subject is not None and subject.via == "parameter" and given.get(subject.name, node.start) < node.start:
                continue
            if subject is not None and not (asked.cast and asked.types & words.conversions):
                types = tuple(sorted(asked.types))
                found.append(TypeCheck(subject, asked.cast, types, scope.name, Span(*outline.span(node))))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A value that is asked whether it is of some types, or cast to one."""

    value: Node
    types: frozenset[str]
    cast: bool


def _asked(outline: Outline, words: Words, node: Node) -> _Asked | None:
    """What a node asks: `isinstance(x, T)`, `cast(T, x)`, `x instanceof T`, `typeof x === "t"`, `isT(x)`, `x as T`."""
    if node.role in ("isa", "cast"):
        value, kind = node.at("value"), node.at("type")
        if value is not None and kind is not None:
            return _Asked(value, frozenset(_types(outline, kind)), node.role == "cast")
    if node.role == "compare" and len(node.children) == 3:
        left, sign, right = node.children
        operand = left.at("operand") if left.role == "typeof" else None
        if operand is not None and right.role == "string" and outline.text(sign) in words.same | words.different:
            return _Asked(operand, frozenset({outline.text(right).strip("\"'`")}), False)
    if node.role == "call" and (arguments := node.at("arguments")) is not None:
        callee = path_of(outline, node.at("callee")) or ""
        given = arguments.children
        if len(given) == 2 and callee in words.casts:
            return _Asked(given[1], frozenset(_types(outline, given[0])), True)
        if len(given) == 2 and callee in words.ladders:
            return _Asked(given[0], frozenset(_types(outline, given[1])), False)
        if len(given) == 1 and callee in words.kinds:
            return _Asked(given[0], frozenset({callee}), False)
    return None


def givens_of(outline: Outline, words: Words, scopes: tuple[Scope, ...]) -> tuple[Given, ...]:
    """Every value of a known type that is given to an attribute of the receiver, where no type is declared."""
    found = []
    for scope in (one for one in scopes if one.receiver):
        name = scope.name if scope.kind == "function" else ""
        for node in (one for one in scope.node.inside() if one.role == "assign"):
            value = node.at("value")
            below, _, label = (path_of(outline, node.at("target")) or "").rpartition(".")
            if value is None or below != scope.receiver or node.at("type") is not None:
                continue
            if kind := type_of(outline, words, value):
                found.append(Given(Subject("receiver", scope.owner, label), kind, name, Span(*outline.span(value))))
    return tuple(found)


def type_of(outline: Outline, words: Words, node: Node) -> str:
    """The type of a literal, a display, a comparison or a conversion; "" where it cannot be told."""
    node = unwrapped(node)
    text = outline.text(node)
    if node.role == "string" and any(sign in text.split(text[-1], 1)[0].lower() for sign in words.byte_prefixes):
        return "bytes"
    if node.role == "call":
        callee = path_of(outline, node.at("callee")) or ""
        return words.types.get(f"{callee}()", "")
    if node.role == "binary" and node.children and (sign := node.at("operator")) is not None:
        left = type_of(outline, words, node.children[0])
        joins = left and left in (words.types.get("string"), "bytes") and outline.text(sign) in _JOINING
        return left if joins else ""
    return words.types.get(node.kind) or words.types.get(node.role, "")


def _bound(outline: Outline, scope: Scope) -> dict[str, Subject | None]:
    """What the locals of a function stand for: a parameter, or the result of the one call that is given to them."""
    names = (parameter_name(outline, parameter) for parameter in parameters_of(scope.node))
    found: dict[str, Subject | None] = {name: Subject("parameter", scope.name, name) for name in names}
    for node in scope.node.inside():
        if node.slot == "target" and node.role == "name":
            name = outline.text(node)
            known = found.get(name)
            if known is None or known.via != "parameter":
                found[name] = None if name in found else Subject("call", "", "")
    for node in scope.node.inside():
        target, value = (node.at("target"), node.at("value")) if node.role == "assign" else (None, None)
        if target is None or value is None or found.get(outline.text(target)) != Subject("call", "", ""):
            continue
        inner = unwrapped(value)
        callee = path_of(outline, inner.at("callee")) if inner.role == "call" else None
        own = callee.removeprefix(scope.receiver) if callee and scope.receiver else callee
        found[outline.text(target)] = Subject("call", scope.owner, own) if own else None
    return found


def _subject(path: str, scope: Scope, bound: dict[str, Subject | None]) -> Subject | None:
    below, _, name = path.rpartition(".")
    if not below:
        subject = bound.get(path)
        return subject if subject is not None and subject.name else None
    return Subject("receiver", scope.owner, name) if below == scope.receiver and selects(name) else None


def _types(outline: Outline, node: Node) -> Iterator[str]:
    if not node.children and node.role != "name":
        yield outline.text(node)
    for part in (node, *node.inside()):
        if part.role == "name" and part.slot != "name":
            yield outline.text(part)
