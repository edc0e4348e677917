"""Slips: copies inside one file where a name was changed again and again, and left as it was once.

Two parts of a file with the same structure are aligned leaf by leaf. Names are compared by their pieces, so that
`min_width` and `max_width` differ by `min` and `max` as `min` and `max` themselves do (CP-Miner, OSDI 2004, counts
whole identifiers).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from spotter.metrics.facts import Slip, Span
from spotter.metrics.outline import Node, Outline
from spotter.metrics.scopes import Scope
from spotter.metrics.words import Words

MIN_LEAVES = 6
MOST_LEAVES = 600
MIN_CHANGED = 3
MOST_COPIES = 12
_UNITS = frozenset({"function", "block", "if", "for", "while", "with", "try", "case"})
_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

Change = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Copy:
    node: Node
    leaves: tuple[Node, ...]
    texts: tuple[str, ...]


def slips_of(outline: Outline, words: Words, scopes: tuple[Scope, ...]) -> tuple[Slip, ...]:
    """Every name that one copy kept where it changed all others like it; the later copy is the suspect."""
    names: dict[int, str] = {id(scope.node): scope.name for scope in scopes if scope.kind == "function"}
    alike, homes = _alike(outline, names)
    known = {outline.text(leaf) for leaf in _leaves(outline.root)} if alike else set()
    found: dict[tuple[int, int], Slip] = {}
    for copies in alike:
        for index, later in enumerate(copies[1:], 1):
            for earlier in reversed(copies[:index]):
                if (change := _forgotten(earlier, later)) is None:
                    continue
                (old, new), spot, count = change
                if old in words.receivers:
                    continue
                text = later.texts[spot]
                expected = _renamed(text, old, new)
                node = later.leaves[spot]
                shared = any(copy.texts[spot] == text for copy in copies if copy not in (earlier, later))
                if expected in known and not shared:
                    found.setdefault(
                        (node.start, node.end),
                        Slip(
                            text, expected, old, new, count, homes[id(later.node)], Span(*outline.span(node)),
                            homes[id(earlier.node)], Span(*outline.span(earlier.leaves[spot])),
                        ),
                    )  # fmt: skip
    return tuple(found[key] for key in sorted(found))


def _alike(outline: Outline, names: dict[int, str]) -> tuple[list[list[_Copy]], dict[int, str]]:
    """The groups of units that have the same structure, the largest units only, and the function of each."""
    numbers: dict[tuple[object, ...], int] = {}
    groups: dict[int, list[tuple[Node, int]]] = defaultdict(list)
    homes: dict[int, str] = {}

    def walk(node: Node, function: str, parent: int) -> tuple[int, int]:
        function = names.get(id(node), function)
        leaf = not node.children or node.role == "string"
        below = [walk(child, function, id(node)) for child in node.children if not leaf]
        mark = outline.text(node) if leaf and node.role in ("", "truth", "nil") and node.end - node.start < 20 else ""
        key = (node.kind, node.slot, mark, *(number for number, _ in below))
        number = numbers.setdefault(key, len(numbers))
        leaves = sum(count for _, count in below) if node.role not in ("name", "string") else 1
        if node.role in _UNITS and MIN_LEAVES <= leaves <= MOST_LEAVES:
            groups[number].append((node, parent))
            homes[id(node)] = function
        return number, leaves

    walk(outline.root, "", 0)
    paired = {id(node) for members in groups.values() if 1 < len(members) <= MOST_COPIES for node, _ in members}
    found = [
        [_copy(outline, node) for node, _ in sorted(members, key=lambda item: item[0].start)]
        for members in groups.values()
        if 1 < len(members) <= MOST_COPIES and not all(parent in paired for _, parent in members)
    ]
    return found, homes


def _copy(outline: Outline, unit: Node) -> _Copy:
    leaves = tuple(_leaves(unit))
    return _Copy(unit, leaves, tuple(outline.text(leaf) for leaf in leaves))


def _leaves(node: Node) -> Iterator[Node]:
    pending = [node]
    while pending:
        node = pending.pop()
        if node.role in ("name", "string"):
            yield node
        else:
            pending.extend(reversed(node.children))


def _forgotten(earlier: _Copy, later: _Copy) -> tuple[Change, int, int] | None:
    """The one change of a piece that was made everywhere but once: the change, the place, how often it was made."""
    changes: Counter[Change] = Counter()
    sorts: set[tuple[Change, str]] = set()
    kept: dict[str, list[int]] = defaultdict(list)
    for spot, (one, two) in enumerate(zip(earlier.texts, later.texts, strict=True)):
        if one == two:
            for piece in set(_PIECE.findall(one)):
                kept[piece].append(spot)
            continue
        before, after = _PIECE.findall(one), _PIECE.findall(two)
        if len(before) != len(after):
            return None
        made = {(old, new) for old, new in zip(before, after, strict=True) if old != new}
        changes.update(made)
        sorts.update((change, _sort(later.leaves[spot])) for change in made)
    olds, news = Counter(old for old, _ in changes), Counter(new for _, new in changes)
    if any(count > 1 for count in (*olds.values(), *news.values())):
        return None
    missed = [(change, kept[change[0]]) for change in changes if kept[change[0]]]
    if len(missed) != 1:
        return None
    (((old, new), spots),) = missed
    if len(spots) != 1 or changes[old, new] < MIN_CHANGED or kept[new]:
        return None
    if ((old, new), _sort(later.leaves[spots[0]])) not in sorts:
        return None
    return (old, new), spots[0], changes[old, new]


def _sort(leaf: Node) -> str:
    """What a name is: a text, a name that selects, or one that stands alone; a local says nothing of an attribute."""
    return "string" if leaf.role == "string" else "selects" if leaf.slot == "name" else "name"


def _renamed(text: str, old: str, new: str) -> str:
    return _PIECE.sub(lambda match: new if match[0] == old else match[0], text)
