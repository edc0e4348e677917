"""The names of a file: its classes with their bases, its calls, its imports."""

from __future__ import annotations

from collections.abc import Iterator

from spotter.metrics.facts import Call, ClassFacts, Import
from spotter.metrics.outline import Node, Outline
from spotter.metrics.paths import unwrapped
from spotter.metrics.scopes import Scope

MAX_CALLEE = 120


def classes_of(outline: Outline, scopes: tuple[Scope, ...]) -> tuple[ClassFacts, ...]:
    """Every class with its bases as written, without their type arguments."""
    return tuple(
        ClassFacts(scope.name, outline.line(scope.node.start), tuple(_bases(outline, scope.node)))
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
                found.append(Call(caller, " ".join(outline.text(callee).split()), outline.line(node.start)))
    return tuple(found)


def imports_of(outline: Outline) -> tuple[Import, ...]:
    """Every imported name, but for those that functions and classes import for themselves."""
    found: list[Import] = []
    for node in outline.root.inside():
        if node.role == "import":
            found.extend(imported(outline, node))
    return tuple(found)


def imported(outline: Outline, node: Node) -> Iterator[Import]:
    """The names that an import takes."""
    module = node.at("module") or next((below for below in node.inside() if below.slot == "module"), None)
    prefix = _module(outline, module) if module is not None else ""
    joint = "" if not prefix or prefix.endswith(".") else "."
    for child in _named(node):
        name: Node | None = child
        alias = None
        if child.role == "aliased":
            name, alias = child.at("name"), child.at("alias")
        target = outline.text(name) if name is not None else ""
        local = outline.text(alias) if alias is not None else (target if module is not None else target.split(".")[0])
        yield Import(
            local, f"{prefix}{joint}{target}".removesuffix(".") if module is not None or alias is not None else local
        )


def _named(node: Node) -> Iterator[Node]:
    """What an import names, each with its alias."""
    for child in node.children:
        if child.role == "aliased" or child.slot == "name":
            yield child
        else:
            yield from _named(child)


def _module(outline: Outline, node: Node) -> str:
    """A module's dotted name; of a path its folders and its file without a suffix."""
    text = outline.text(node)
    if node.role != "string":
        return text
    *folders, last = text.strip("\"'`").split("/")
    return ".".join([*(folder for folder in folders if folder.strip(".")), last.partition(".")[0] or last])


def _bases(outline: Outline, node: Node) -> Iterator[str]:
    if (listed := node.at("bases")) is not None:
        for base in listed.children:
            base = unwrapped(base)
            while base.role == "index" and (below := base.at("object")) is not None:
                base = below
            if base.role in ("name", "member"):
                yield outline.text(base)
