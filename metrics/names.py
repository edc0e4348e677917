"""The names of a file: its classes with their bases, its calls, its imports."""

from __future__ import annotations

from collections.abc import Iterator

from spotter.metrics.facts import Call, ClassFacts, Import
from spotter.metrics.outline import Node, Outline
from spotter.metrics.scopes import Scope

MAX_CALLEE = 120


def classes_of(outline: Outline, scopes: tuple[Scope, ...]) -> tuple[ClassFacts, ...]:
    """Every class with its bases as written, without their type arguments."""
    return tuple(
        ClassFacts(scope.name, scope.node.row + 1, tuple(_bases(outline, scope.node)))
        for scope in scopes
        if scope.kind == "class"
    )


def calls_of(outline: Outline, scopes: tuple[Scope, ...]) -> tuple[Call, ...]:
    """Every call outside decorators and class headers, under the innermost function around it."""
    found: list[Call] = []
    for scope in scopes:
        caller = scope.name if scope.kind == "function" else ""
        for node in scope.node.inside():
            callee = node.at("callee") if node.role == "call" else None
            if callee is not None and callee.end - callee.start <= MAX_CALLEE:
                found.append(Call(caller, " ".join(outline.text(callee).split()), node.row + 1))
    return tuple(found)


def imports_of(outline: Outline) -> tuple[Import, ...]:
    """Every imported name, inside functions too."""
    found: list[Import] = []
    for node in outline.root.inside():
        if node.role == "import":
            found.extend(_imported(outline, node))
    return tuple(found)


def _imported(outline: Outline, node: Node) -> Iterator[Import]:
    module = node.at("module")
    prefix = outline.text(module) if module is not None else ""
    joint = "" if not prefix or prefix.endswith(".") else "."
    for child in node.children:
        if child.slot != "name":
            continue
        name, alias = child, None
        if child.role == "aliased":
            name, alias = child.at("name") or child, child.at("alias")
        target = outline.text(name)
        local = outline.text(alias) if alias is not None else (target if module is not None else target.split(".")[0])
        yield Import(local, f"{prefix}{joint}{target}" if module is not None or alias is not None else local)


def _bases(outline: Outline, node: Node) -> Iterator[str]:
    if (listed := node.at("bases")) is not None:
        for base in listed.children:
            while base.role == "index" and (below := base.at("object")) is not None:
                base = below
            if base.role in ("name", "member"):
                yield outline.text(base)
