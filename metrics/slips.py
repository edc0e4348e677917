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
from functools import cache

from spotter.metrics.facts import Slip
from spotter.metrics.outline import Node, Outline, is_text
from spotter.metrics.scopes import Scope
from spotter.metrics.span import Span
from spotter.metrics.words import Words

MIN_LEAVES = 6
MOST_LEAVES = 600
MIN_CHANGED = 3
MOST_COPIES = 12
MOST_MARK = 20  # characters of a leaf that must be the same in every copy
_UNITS = frozenset({"function", "block", "if", "for", "while", "with", "try", "case", "statement", "return"})
_MARKED = frozenset({"", "truth", "nil"})
_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

Change = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Copy:
    node: Node
    leaves: tuple[Node, ...]
    texts: tuple[str, ...]


def slips_of(outline: Outline, words: Words, scopes: tuple[Scope, ...]) -> tuple[Slip, ...]:
    """Every name that one copy kept where it changed all others like it; the later copy is the suspect."""
    units = _Units(outline, {id(scope.node): scope.name for scope in scopes if scope.kind == "function"})
    alike, homes = units.alike(), units.homes
    known = cache(lambda: {outline.text(leaf) for leaf in _leaves(outline.root)})
    found: dict[tuple[int, int], Slip] = {}
    for copies in alike:
        for index, later in enumerate(copies[1:], 1):
            for earlier in reversed(copies[max(0, index - MOST_COPIES) : index]):
                if (change := _forgotten(earlier, later)) is None:
                    continue
                changes, spot, count = change
                old, new = changes[0]
                if old in words.receivers:
                    continue
                text = later.texts[spot]
                expected = _renamed(text, changes)
                node = later.leaves[spot]
                others = (copy for copy in copies if copy is not later and copy.texts != earlier.texts)
                shared = any(copy.texts[spot] == text for copy in others)
                if not shared and expected in known():
                    found.setdefault(
                        (node.start, node.end),
                        Slip(
                            text, expected, old, new, count, homes[id(later.node)], Span(*outline.span(node)),
                            homes[id(earlier.node)], Span(*outline.span(earlier.leaves[spot])),
                        ),
                    )  # fmt: skip
    return tuple(found[key] for key in sorted(found))


class _Units:
    """The units of a file by their structure, which has a number, and the function that each stands in."""

    def __init__(self, outline: Outline, names: dict[int, str]) -> None:
        self._outline = outline
        self._names = names
        self._numbers: dict[tuple[object, ...], int] = {}
        self._groups: dict[int, list[tuple[Node, int]]] = defaultdict(list)
        self.homes: dict[int, str] = {}
        self._walk(outline.root, "", 0)

    def alike(self) -> list[list[_Copy]]:
        """The groups of units that have the same structure, the largest units only."""
        groups = [members for members in self._groups.values() if len(members) > 1]
        paired = {id(node) for members in groups for node, _ in members}
        return [
            [_copy(self._outline, node) for node, _ in sorted(members, key=lambda item: item[0].start)]
            for members in groups
            if not all(parent in paired for _, parent in members)
        ]

    def _walk(self, node: Node, function: str, parent: int) -> tuple[int, int]:
        """The number of a node's structure, and how many leaves it has."""
        role, leaves = node.role, 0
        below: list[int] = []
        text: str | None = None
        if node.children and role != "string":
            inner, own = self._names.get(id(node), function), id(node)
            for child in node.children:
                if child.role != "statement" or not is_text(child):
                    number, count = self._walk(child, inner, own)
                    below.append(number)
                    leaves += count
            if role == "name":
                leaves = 1
        elif role in ("name", "string"):
            leaves = 1
        elif role in _MARKED and node.end - node.start < MOST_MARK:
            text = self._outline.text(node)
        number = self._numbers.setdefault((node.kind, node.slot, text, *below), len(self._numbers))
        if role in _UNITS and MIN_LEAVES <= leaves <= MOST_LEAVES:
            self._groups[number].append((node, parent))
            self.homes[id(node)] = self._names.get(id(node), function)
        return number, leaves


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
            pending.extend(child for child in reversed(node.children) if not is_text(child))


def _forgotten(earlier: _Copy, later: _Copy) -> tuple[tuple[Change, ...], int, int] | None:
    """The changes that were made everywhere but at one place: the changes, the place, how often they were made.

    A change that was made less often says nothing, whether or not what it changes is kept elsewhere.
    """
    changes: Counter[Change] = Counter()
    quoted: Counter[Change] = Counter()
    sorts: set[tuple[Change, str]] = set()
    kept: dict[str, list[int]] = defaultdict(list)
    for spot, (one, two) in enumerate(zip(earlier.texts, later.texts, strict=True)):
        if one == two:
            for part in {one.strip("_"), *_PIECE.findall(one)}:
                kept[part].append(spot)
            continue
        made = _made(one, two, later.leaves[spot])
        (quoted if later.leaves[spot].role == "string" else changes).update(made)
        sorts.update((change, _sort(later.leaves[spot])) for change in made)
    olds, news = {old for old, _ in changes}, {new for _, new in changes}
    # prose may call things otherwise than the names do
    changes.update({c: n for c, n in quoted.items() if c in changes or (c[0] not in olds and c[1] not in news)})
    sides = (Counter(old for old, _ in changes), Counter(new for _, new in changes))
    if any(count > 1 for side in sides for count in side.values()):
        return None
    if any((new, old) in changes for old, new in changes):  # turned round, where one may be meant on both sides
        return None
    often = [change for change, count in changes.items() if count >= MIN_CHANGED]
    missed = tuple(sorted(change for change in often if kept[change[0]]))
    spots = {spot for old, _ in missed for spot in kept[old]}
    if len(spots) != 1 or any(kept[new] for _, new in missed):
        return None
    (spot,) = spots
    if any((change, _sort(later.leaves[spot])) not in sorts for change in missed):
        return None
    return missed, spot, changes[missed[0]]


def _made(one: str, two: str, leaf: Node) -> set[Change]:
    """What makes one name of another: the pieces that differ, or all of it where one has more pieces."""
    before, after = _PIECE.findall(one), _PIECE.findall(two)
    if len(before) == len(after):
        return {(old, new) for old, new in zip(before, after, strict=True) if old != new}
    return set() if leaf.role == "string" else {(one.strip("_"), two.strip("_"))}


def _sort(leaf: Node) -> str:
    """What a name is: a text, a name that selects, or one that stands alone; a local says nothing of an attribute."""
    return "string" if leaf.role == "string" else "selects" if leaf.slot == "name" else "name"


def _renamed(text: str, changes: tuple[Change, ...]) -> str:
    made = dict(changes)
    whole = text.strip("_")
    return text.replace(whole, made[whole]) if whole in made else _PIECE.sub(lambda m: made.get(m[0], m[0]), text)
