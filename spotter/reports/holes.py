"""Copies side by side: where the members of a family of copies differ, hole by hole, in their own words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from spotter.findings import Finding
from spotter.source import Source
from spotter.syntax import Function, Syntax, Token, parse

RULE = "SP251"
MOST = 8  # members that are laid side by side
LARGEST = 3000  # tokens of a member


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a member's text; holes are numbered from 1, what all members share has number 0."""

    text: str
    hole: int


@dataclass(frozen=True, slots=True)
class Member:
    """A function of a family: where it stands, and its text in pieces."""

    path: str
    line: int
    name: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Family:
    """Copies with the same holes, the number of their holes, and how many copies are not shown."""

    finding: Finding
    members: tuple[Member, ...]
    holes: int
    more: int


def families(findings: Sequence[Finding], sources: Mapping[str, Source]) -> tuple[Family, ...]:
    """The families of copies among findings, in their order."""
    trees: dict[str, Syntax] = {}
    found = []
    for finding in findings:
        if (
            finding.rule != RULE or finding.end_line > finding.line
        ):  # blocks of several functions are shown where they stand
            continue
        places = [(finding.path, finding.line), *((site.path, site.line) for site in finding.evidence)]
        copies = [copy for path, line in places[:MOST] if (copy := _copy(path, line, sources, trees))]
        if len(copies) > 1:
            found.append(Family(finding, *_aligned(copies), len(places) - len(copies)))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Copy:
    source: Source
    function: Function
    tokens: tuple[Token, ...]


def _copy(path: str, line: int, sources: Mapping[str, Source], trees: dict[str, Syntax]) -> _Copy | None:
    if (source := sources.get(path)) is None:
        return None
    if path not in trees:
        trees[path] = parse(source)
    around = [f for f in trees[path].functions if f.start_line <= line <= f.end_line]
    if not around:
        return None
    function = max(around, key=lambda f: f.start_line)
    tokens = trees[path].tokens[function.first : function.last]
    return _Copy(source, function, tokens) if 0 < len(tokens) <= LARGEST else None


def _aligned(copies: Sequence[_Copy]) -> tuple[tuple[Member, ...], int]:
    """The members and how many holes they have: where any differs from the first, in the same words the same hole."""
    blocks = [_same(copies[0], copy) for copy in copies]
    common = _joined([at for at in range(len(copies[0].tokens)) if all(at in block for block in blocks)], blocks)
    gaps = [
        tuple(_between(copy, block, before, after) for copy, block in zip(copies, blocks, strict=True))
        for before, after in zip([-1, *common], [*common, len(copies[0].tokens)], strict=True)
    ]
    said = [tuple(_words(copy, span) for copy, span in zip(copies, gap, strict=True)) for gap in gaps]
    numbers = {words: number for number, words in enumerate(dict.fromkeys(filter(any, said)), 1)}
    holes = [numbers.get(words, 0) for words in said]
    members = (_member(copy, [gap[at] for gap in gaps], holes) for at, copy in enumerate(copies))
    return tuple(members), len(numbers)


def _same(first: _Copy, copy: _Copy) -> dict[int, int]:
    """The tokens of the first one that a member has too, by their places."""
    one, two = [token.text for token in first.tokens], [token.text for token in copy.tokens]
    matcher = SequenceMatcher(None, one, two, autojunk=False)
    return {a + n: b + n for a, b, size in matcher.get_matching_blocks() for n in range(size)}


def _joined(common: list[int], blocks: Sequence[Mapping[int, int]]) -> list[int]:
    """The shared tokens without those that were moved: what stands alone between two gaps, one of which is empty."""
    gaps = [[one[after] - one[before] - 1 for one in blocks] for before, after in pairwise(common)]
    beside = zip([[0], *gaps], [*gaps, [0]], strict=True)
    moved = [any(before) and any(after) and not all([*before, *after]) for before, after in beside]
    return [at for at, was_moved in zip(common, moved, strict=True) if not was_moved]


def _between(copy: _Copy, block: Mapping[int, int], before: int, after: int) -> tuple[int, int]:
    """The member's tokens [first, last) between two shared ones."""
    start = block[before] + 1 if before in block else 0
    return start, block[after] if after in block else len(copy.tokens)


def _words(copy: _Copy, span: tuple[int, int]) -> str:
    return " ".join(token.text for token in copy.tokens[span[0] : span[1]])


def _member(copy: _Copy, gaps: Sequence[tuple[int, int]], numbers: Sequence[int]) -> Member:
    """The text of a member in pieces, from the first token's line on."""
    text, tokens = copy.source.text, copy.tokens
    at = text.rfind("\n", 0, tokens[0].start) + 1
    pieces: list[Piece] = []
    for (start, end), number in zip(gaps, numbers, strict=True):
        if start < end:
            pieces.append(Piece(text[at : tokens[start].start], 0))
            pieces.append(Piece(text[tokens[start].start : tokens[end - 1].end], number))
            at = tokens[end - 1].end
    pieces.append(Piece(text[at : tokens[-1].end], 0))
    kept = tuple(piece for piece in pieces if piece.text)
    return Member(copy.source.path, copy.function.start_line, copy.function.name, kept)
