"""Names that stand once in a file, are used there, and have a word that few programs have: they may be misspelt."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from spotter.languages import common_words
from spotter.metrics.facts import Lone
from spotter.metrics.names import imported
from spotter.metrics.outline import Node, Outline
from spotter.metrics.scopes import Scope
from spotter.metrics.span import Span
from spotter.typos import inside, slips

SHORTEST, LONGEST = 6, 60  # characters: shorter names differ by a letter on purpose
LETTERS = 4  # of a word that tells something
COMMON = 3  # times that a name stands in a file of which another one is a misspelling
TABLE = 40  # names that an object is given: more of them are data
REMEMBERED = 100_000  # names
_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def lone_of(outline: Outline, scopes: Sequence[Scope], times: Mapping[str, int], language: str) -> tuple[Lone, ...]:
    """The lone names of a file, in order, by how often each word stands there; none without known common words."""
    if not common_words(language):
        return ()
    sized = (name for name, count in times.items() if count == 1 and SHORTEST <= len(name) <= LONGEST)
    wanted = [name for name in sized if strange(name, language)]
    if not wanted:
        return ()
    homes = {id(scope.node): scope.name for scope in scopes if scope.kind == "function"}
    used = [use for name in wanted if (use := _use(outline, name, homes))]
    taken = _taken(outline) if any(root for _, root, _ in used) else {}
    names = ((outline.text(node), node, root, function) for node, root, function in used)
    return tuple(
        Lone(name, taken.get(root, ""), near(name, times, COMMON, language), function, Span(*outline.span(node)))
        for name, node, root, function in names
    )


@lru_cache(REMEMBERED)
def strange(name: str, language: str) -> frozenset[str]:
    """The words of a name that few programs have."""
    return frozenset(pieces(name)) - common_words(language)


def pieces(name: str) -> list[str]:
    """The words of at least four letters that a name is made of, in small letters."""
    return [piece.lower() for piece in _PIECE.findall(name) if len(piece) >= LETTERS]


def near(name: str, times: Mapping[str, int], least: int, language: str) -> str:
    """The commonest name of known words that stands so often and that a letter inside a word tells from one; or ""."""
    often = {other for other in slips(name) if times.get(other, 0) >= least and other != name}
    found = (other for other in often if inside(name, other) and not strange(other, language))
    return min(found, key=lambda other: (-times[other], other), default="")


def _use(outline: Outline, name: str, homes: Mapping[int, str]) -> tuple[Node, str, str] | None:
    """Where a name is used, or given to an object, the root of its path, and its function; None where it is not."""
    at, node, bound, root, function = outline.find(name), outline.root, False, "", ""
    around = node
    while (child := next((below for below in node.children if below.start <= at < below.end), None)) is not None:
        if child.role in ("import", "outer"):
            return None
        if node.role == "pair" and child.slot == "name" and len(around.children) > TABLE:
            return None
        called = _root(outline, node) if node.role in ("call", "member") else root
        own = node.role == "keyword" or (node.role == "member" and child.slot == "name")
        root = called if own or node.role == "call" or child.role == "keyword" else ""
        around, node = node, child
        bound, function = _binds(around, child, bound), homes.get(id(child), function)
    return (node, root, function) if node.role == "name" and not bound and outline.text(node) == name else None


def _taken(outline: Outline) -> dict[str, str]:
    """What a file takes from elsewhere, in functions too, by its names."""
    taken: dict[str, str] = {}
    pending = [outline.root]
    while pending:
        node = pending.pop()
        if node.role == "import":
            taken.update((item.name, item.target) for item in imported(outline, node))
        pending.extend(node.children)
    return taken


def _binds(node: Node, child: Node, bound: bool) -> bool:
    """Whether names in a child are given values or declared there."""
    if node.role in ("member", "index", "call"):
        return False
    if node.role == "parameter" or node.role == "pattern":
        return child.slot not in ("default", "type")
    if node.role in ("function", "class") and child.slot == "name":
        return True
    return bound or child.slot in ("target", "alias") or (node.role == "pair" and child.slot == "key")


def _root(outline: Outline, node: Node) -> str:
    """The name at which a member or a call begins."""
    below: Node | None = node
    while below is not None and below.role in ("member", "call", "index", "group"):
        below = below.at("object") or below.at("callee") or below.at("inner")
    return outline.text(below) if below is not None and below.role == "name" else ""
