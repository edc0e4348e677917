"""Typings: where a file asks a value for its type or casts it, and where it gives a value of a known type."""

from __future__ import annotations

from collections.abc import Iterator

from spotter.metrics.facts import Given, Span, Subject, TypeCheck
from spotter.metrics.outline import Node, Outline
from spotter.metrics.paths import path_of, unwrapped
from spotter.metrics.scopes import Scope, parameter_name, parameters_of
from spotter.metrics.words import Words

_SHORT = {"dictionary": "dict"}
_JOINING = frozenset({"+", "%"})


def type_checks_of(outline: Outline, words: Words, scopes: tuple[Scope, ...]) -> tuple[TypeCheck, ...]:
    """Every type check and cast of an attribute, of a parameter, or of a local that holds a call's result."""
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
            arguments = node.at("arguments") if node.role == "call" else None
            if arguments is None or len(arguments.children) != 2:
                continue
            callee = path_of(outline, node.at("callee")) or ""
            cast = callee in words.casts
            if not cast and callee not in words.ladders:
                continue
            value, kind = arguments.children[::-1] if cast else arguments.children
            path = path_of(outline, unwrapped(value))
            subject = _subject(path, scope, bound) if path else None
            if subject is not None and subject.via == "parameter" and given.get(subject.name, node.start) < node.start:
                continue
            if subject is not None:
                types = tuple(sorted(_types(outline, kind)))
                found.append(TypeCheck(subject, cast, types, scope.name, Span(*outline.span(node))))
    return tuple(found)


def givens_of(outline: Outline, words: Words, scopes: tuple[Scope, ...]) -> tuple[Given, ...]:
    """Every value of a known type that is given to an attribute of the receiver or to a keyword of a call."""
    found = []
    for scope in scopes:
        name = scope.name if scope.kind == "function" else ""
        for node in scope.node.inside():
            for subject, value in _given(outline, scope, node):
                if (kind := type_of(outline, words, value)) and not _declared(node):
                    found.append(Given(subject, kind, name, Span(*outline.span(value))))
    return tuple(found)


def type_of(outline: Outline, words: Words, node: Node) -> str:
    """The type of a literal, a display, a comparison or a conversion; "" where it cannot be told."""
    node = unwrapped(node)
    text = outline.text(node)
    if node.role == "string":
        return "bytes" if "b" in text.lower().split(text[-1], 1)[0] else "str"
    if node.role == "number":
        return "float" if "." in text else "int"
    if node.role in ("truth", "compare", "not"):
        return "bool"
    if node.role in ("collection", "comprehension"):
        kind = node.kind.split("_")[0]
        return _SHORT.get(kind, kind)
    if node.role == "call":
        callee = path_of(outline, node.at("callee")) or ""
        return callee if callee in words.primitives else ""
    if node.role == "binary" and node.children and (sign := node.at("operator")) is not None:
        left = type_of(outline, words, node.children[0])
        return left if left in ("str", "bytes") and outline.text(sign) in _JOINING else ""
    return ""


def _given(outline: Outline, scope: Scope, node: Node) -> Iterator[tuple[Subject, Node]]:
    if node.role == "assign":
        path, value = path_of(outline, node.at("target")), node.at("value")
        below, _, name = (path or "").rpartition(".")
        if value is not None and scope.receiver and below == scope.receiver:
            yield Subject("receiver", scope.owner, name), value
    elif node.role == "call" and (arguments := node.at("arguments")) is not None:
        callee = (path_of(outline, node.at("callee")) or "").rpartition(".")[2]
        for child in arguments.children:
            label, value = child.at("name"), child.at("value")
            if callee and child.role == "keyword" and label is not None and value is not None:
                yield Subject("parameter", callee, outline.text(label)), value


def _declared(node: Node) -> bool:
    return node.at("type") is not None


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
    return Subject("receiver", scope.owner, name) if below == scope.receiver and name.isidentifier() else None


def _types(outline: Outline, node: Node) -> Iterator[str]:
    for part in (node, *node.inside()):
        if part.role == "name" and part.slot != "name":
            yield outline.text(part)
