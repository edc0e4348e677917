"""Globals: the names of a module that its functions give values to anew, and where each is written and read.

Only languages that say so in a function, as Python does by `global`, have them: elsewhere such a name is like a local.
"""

from __future__ import annotations

from collections.abc import Iterator

from spotter.metrics.facts import GlobalUse
from spotter.metrics.outline import Node, Outline
from spotter.metrics.scopes import BINDING, Scope, locals_of, names_in
from spotter.metrics.span import Span

LABELS = frozenset({("member", "name"), ("keyword", "name"), ("pair", "key")})  # names that stand for no value


def globals_of(outline: Outline, scopes: tuple[Scope, ...], own: list[frozenset[str]]) -> tuple[GlobalUse, ...]:
    """Where the globals of a file are written and read, in the order of its scopes."""
    said = [_said(outline, scope) for scope in scopes]
    local = locals_of(scopes, [names - outer for names, outer in zip(own, said, strict=True)])
    shared = [outer - local[scope.parent] for outer, scope in zip(said, scopes, strict=True)]
    names = frozenset[str]().union(*shared)
    if not names:
        return ()
    found = []
    for scope, outer, hidden in zip(scopes, shared, local, strict=True):
        where = scope.name if scope.kind == "function" else ""
        seen = names - hidden
        written = (outer if scope.kind == "function" else names) if scope.kind != "class" else frozenset[str]()
        for node, writes in _uses(outline, scope.node):
            if (name := outline.text(node)) in (written if writes else seen):
                found.append(GlobalUse(name, writes, where, Span(*outline.span(node))))
    return tuple(found)


def _said(outline: Outline, scope: Scope) -> frozenset[str]:
    """The names that a function says it has from outside."""
    outer = (node for node in scope.node.inside() if node.role == "outer") if scope.kind == "function" else ()
    return frozenset(outline.text(name) for node in outer for name in node.children)


def _uses(outline: Outline, scope: Node) -> Iterator[tuple[Node, bool]]:
    """The bare names of a scope, and whether each is given a value there."""
    pending: list[tuple[Node, Node, bool]] = [(child, scope, False) for child in scope.children[::-1]]
    while pending:
        node, parent, bound = pending.pop()
        bound = (bound and names_in(outline, parent) != []) or node.slot in BINDING
        if node.role == "name" and (parent.role, node.slot) not in LABELS:
            yield node, bound
        if node.role not in ("function", "class", "outer"):
            pending += [(child, node, bound) for child in node.children[::-1]]
