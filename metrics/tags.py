"""Tags: a constant under one name by which the objects of a class tell what they are.

`directed = True` in the body of a class is one, and so is a method that only returns a constant.
"""

from __future__ import annotations

from collections.abc import Iterator

from spotter.metrics.facts import Tag
from spotter.metrics.outline import Node, Outline, is_text
from spotter.metrics.scopes import Scope
from spotter.metrics.words import Words

_CONSTANT = frozenset({"truth", "nil", "string", "number"})


def tags_of(outline: Outline, words: Words, scopes: tuple[Scope, ...]) -> tuple[Tag, ...]:
    """What every class gives its objects: constants as written, "" for an attribute whose value is none."""
    found: list[Tag] = []
    for scope in scopes:
        body = scope.node.at("body")
        if body is None or not scope.owner:
            continue
        if scope.kind == "class":
            found.extend(Tag(scope.owner, name, text) for name, text in _given(outline, body))
        elif scope.name.rpartition(".")[0] == scope.owner and (text := _returned(outline, body)):
            found.append(Tag(scope.owner, called_name(scope.name, scope.marks, words), text))
    return tuple(found)


def called_name(method: str, marks: tuple[str, ...], words: Words) -> str:
    """A method as those who ask it write it: with parentheses, unless it is a getter."""
    bare = method.rpartition(".")[2]
    return bare if not words.getters.isdisjoint(marks) else f"{bare}()"


def _given(outline: Outline, body: Node) -> Iterator[tuple[str, str]]:
    for statement in body.children:
        for node in (statement, *statement.children):
            target = node.at("target") if node.role == "assign" else None
            value = node.at("value") if node.role == "assign" else None
            if target is not None and target.role == "name" and value is not None:
                yield outline.text(target), outline.text(value) if value.role in _CONSTANT else ""


def _returned(outline: Outline, body: Node) -> str:
    """The constant that is all that a body returns, "" where it does anything else."""
    statements = [node for node in body.children if not is_text(node)]
    value = statements[0].at("value") if len(statements) == 1 and statements[0].role == "return" else None
    return outline.text(value) if value is not None and value.role in _CONSTANT else ""
