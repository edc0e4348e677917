"""Nil in one file: where it comes from, where it is checked, used and written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from spotter.metrics.facts import Contradiction, NilCheck, NilOrigin, NilUse, NilWrite, OwnCall, Subject
from spotter.metrics.flow import Flow
from spotter.metrics.known import Known
from spotter.metrics.outline import Node, Outline, body_of
from spotter.metrics.paths import path_of
from spotter.metrics.scopes import Scope, names_in, parameter_name, parameters_of, steady_of
from spotter.metrics.span import Span
from spotter.metrics.words import Words

_GIVES = "→"  # the arrow of a function's type, which closes no bracket
_GROUP = re.compile(r"\[[^\[\]]*\]|<[^<>]*>|\([^()]*\)|\{[^{}]*\}")


@dataclass(frozen=True, slots=True)
class Nilness:
    """All that one file says about nil."""

    origins: tuple[NilOrigin, ...]
    checks: tuple[NilCheck, ...]
    uses: tuple[NilUse, ...]
    writes: tuple[NilWrite, ...]
    own_calls: tuple[OwnCall, ...]
    contradictions: tuple[Contradiction, ...]


def nilness_of(outline: Outline, words: Words, scopes: tuple[Scope, ...], own: list[frozenset[str]]) -> Nilness:
    """Walk every function once, those inside others with what is known where they are defined."""
    origins: list[NilOrigin] = []
    checks: list[NilCheck] = []
    uses: list[NilUse] = []
    writes: list[NilWrite] = []
    own_calls: list[OwnCall] = []
    contradictions: list[Contradiction] = []
    around: dict[int, Known] = {}
    for scope, steady in zip(scopes, steady_of(outline, scopes, own), strict=True):
        function = scope.name if scope.kind == "function" else ""
        flow = Flow(outline, words, function, scope.owner, scope.receiver, steady)
        known = around.get(id(scope.node), Known()).plus(())
        if scope.kind == "function":
            flow.options = _options(outline, scope)
            for parameter in parameters_of(scope.node):
                for name in names_in(outline, parameter):
                    known.forget(name)
                name = parameter_name(outline, parameter)
                if (origin := _parameter_origin(outline, words, scope, parameter, name)) is not None:
                    origins.append(origin)
                    known.bound[name] = origin.subject
        body = scope.node if scope.kind == "module" else scope.node.at("body")
        flow.block(body.children if scope.kind != "function" and body is not None else body_of(body), known)
        origins.extend(_attribute_origins(outline, words, scope))
        checks.extend(flow.checks)
        uses.extend(flow.uses)
        writes.extend(flow.writes)
        own_calls.extend(flow.own_calls)
        contradictions.extend(flow.contradictions.values())
        around.update((id(node), inner) for node, inner in flow.nested)
    return Nilness(tuple(origins), tuple(checks), tuple(uses), tuple(writes), tuple(own_calls), tuple(contradictions))


def is_optional(annotation: str, words: Words) -> bool:
    """True where a type annotation admits nil at its outermost level."""
    if not annotation:
        return False
    text = annotation.strip("\"': ").replace("=>", _GIVES)
    head, *rest = re.split(r"[\[<]", text, maxsplit=1)
    kind = head.rpartition(".")[2]
    if rest and kind in words.optional_types:
        return True
    if rest and kind in words.unions and _plain(text) == head:
        return any(is_optional(part, words) for part in _members(rest[0][:-1]))
    text = _plain(text)
    if not text.strip() and annotation.strip(": ").startswith("("):
        return is_optional(annotation.strip(": ")[1:-1], words)
    return _GIVES not in text and any(re.search(rf"\b{word}\b", text) for word in words.nil)


def _plain(text: str) -> str:
    """A type without what stands in its brackets."""
    while (shorter := _GROUP.sub("", text)) != text:
        text = shorter
    return text


def _members(listed: str) -> Iterator[str]:
    """The types of a union, parted at its own commas."""
    plain, depth = "", 0
    for sign in listed.replace("=>", _GIVES):
        depth += (sign in "[<({") - (sign in "]>)}")
        if sign == "," and not depth:
            yield plain
            plain = ""
        else:
            plain += sign
    yield plain


def _options(outline: Outline, scope: Scope) -> frozenset[str]:
    """The parameters whose default is a truth that holds, or a text."""
    defaults = ((parameter_name(outline, p), p.at("default")) for p in parameters_of(scope.node))
    return frozenset(
        name
        for name, default in defaults
        if default is not None
        and (default.role == "truth" or (default.role == "string" and outline.text(default).strip("\"'")))
        and outline.text(default).lower() != "false"
    )


def _parameter_origin(outline: Outline, words: Words, scope: Scope, parameter: Node, name: str) -> NilOrigin | None:
    default, annotation = parameter.at("default"), parameter.at("type")
    written = outline.text(annotation) if annotation is not None else ""
    absent = parameter.at("optional") is not None or (default is not None and default.role == "nil")
    if not absent and not is_optional(written, words):
        return None
    span = Span(*outline.span(parameter))
    return NilOrigin(Subject("parameter", scope.name, name), scope.name, span, written)


def _attribute_origins(outline: Outline, words: Words, scope: Scope) -> Iterator[NilOrigin]:
    """Attributes that a class body or a constructor makes nil, or annotates as optional."""
    if scope.kind == "module" or (scope.kind == "function" and not scope.receiver):
        return
    if scope.kind == "function" and scope.name.rpartition(".")[2] not in words.constructors:
        return
    for node in scope.node.inside():
        if node.role != "assign":
            continue
        target, value, annotation = node.at("target"), node.at("value"), node.at("type")
        path = path_of(outline, target) if target is not None else None
        written = outline.text(annotation) if annotation is not None else ""
        absent = node.at("optional") is not None or (value is not None and value.role == "nil")
        if path is None or not (absent or is_optional(written, words)):
            continue
        below, _, name = path.rpartition(".")
        if below == (scope.receiver if scope.kind == "function" else ""):
            span = Span(*outline.span(node))
            yield NilOrigin(Subject("receiver", scope.owner, name), scope.name, span, written)
