"""Code as a language model reads it: pieces, where each lexical token stands in them, and the edits to learn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import torch
from torch import Tensor

from spotter.engine.batches import labels_between
from spotter.engine.lexemes import Lexemes, lexemes_of
from spotter.engine.noise import DELETE, INSERT, KEEP, REPLACE, Label, Noised, corrupt, undo
from spotter.engine.spelling import Spelled, Spelling, shortened, spelled
from spotter.source import Source
from spotter.syntax import parse

SMALLEST = 12  # tokens of a window with a synthetic edit
EDITS = ((0, 1, 2), (2, 5, 1))  # how many edits a window gets, and how often


@dataclass(frozen=True, slots=True)
class Code:
    """Sound or edited code as lexemes, and as it is spelled."""

    lexemes: Lexemes
    spelled: Spelled

    def cut(self, first: int, last: int) -> Code:
        """The tokens [first, last)."""
        return Code(self.lexemes.cut(first, last), self.spelled[first:last])


@dataclass(frozen=True, slots=True)
class Pair:
    """A function before and after its fix, with the edits that lead from one to the other."""

    before: Code
    after: Code
    labels: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """Pieces (T,), each token's first and last piece (L,) and its edit (L,); twins share a number, others have -1."""

    ids: tuple[int, ...]
    first: tuple[int, ...]
    last: tuple[int, ...]
    edits: tuple[int, ...]
    twin: int = -1


def code_of(text: str, language: str = "python") -> Code:
    """A piece of code."""
    syntax = parse(Source("code", text, language))
    return Code(lexemes_of(syntax), spelled(syntax, 0, len(syntax.tokens)))


def pair_of(before: str, after: str, language: str = "python") -> Pair:
    """Two versions of a function."""
    old, new = code_of(before, language), code_of(after, language)
    return Pair(old, new, labels_between(old.lexemes, new.lexemes))


def example(code: Spelled, spelling: Spelling, edits: Sequence[int] = (), twin: int = -1) -> Example:
    """The pieces of code; a piece 0 begins it."""
    ids, first, last = [0], [], []
    for token in code:
        first.append(len(ids))
        ids += spelling.pieces(token)
        last.append(len(ids) - 1)
    return Example(tuple(ids), tuple(first), tuple(last), tuple(edits), twin)


def window(sizes: Sequence[int], place: int, most: int, rng: Random) -> tuple[int, int]:
    """The tokens [first, last) around a place, `most` pieces in all, more of them before it or behind it by chance."""
    left = most - 1 - sizes[place]
    before = rng.uniform(0.2, 0.8) * left
    first, last = place, place + 1
    while first and sizes[first - 1] <= before:
        first -= 1
        before -= sizes[first]
        left -= sizes[first]
    while last < len(sizes) and sizes[last] <= left:
        left -= sizes[last]
        last += 1
    while first and sizes[first - 1] <= left:
        first -= 1
        left -= sizes[first]
    return first, last


def twins(pair: Pair, number: int, most: int, spelling: Spelling, rng: Random) -> tuple[Example, Example]:
    """The window of a fix before it, and the same window after it."""
    before, after = pair.before.spelled, pair.after.spelled
    place = next(i for i, label in enumerate(pair.labels) if label.edit != KEEP)
    first, last = window(spelling.sizes(before), place, most, rng)
    edits = [label.edit for label in pair.labels[first:last]]
    fixed = after[first : max(first + 1, len(after) - (len(before) - last))]
    wrong = example(before[first:last], spelling, edits, number)
    return wrong, example(fixed, spelling, [KEEP] * len(fixed), number)


def synthetic(code: Code, most: int, spelling: Spelling, rng: Random) -> Example | None:
    """A window of sound code with an edit of the kernel, at times with two or none; None where it came out garbled."""
    first, last = window(spelling.sizes(code.spelled), rng.randrange(len(code.spelled)), most - 8, rng)
    part = code.cut(first, last)
    if last - first < SMALLEST:
        return None
    noised = corrupt(part.lexemes, rng.choices(*EDITS)[0], 0.0, rng)
    if undo(noised) != part.lexemes.texts:
        return None
    return example(respelled(noised, part.spelled), spelling, [label.edit for label in noised.labels])


def respelled(noised: Noised, sound: Spelled) -> Spelled:
    """Edited tokens with the blanks of the sound ones that they came from; sound ones as they stood."""
    found = []
    at = 0  # the sound token whose place this is
    for text, label in zip(noised.lexemes.texts, noised.labels, strict=True):
        at += len(label.texts) if label.edit == INSERT else 0
        gap, own = sound[at] if at < len(sound) else (" ", "")
        stray = label.edit == DELETE
        new = shortened(text) if stray or label.edit == REPLACE else own
        found.append((" " if stray and "\n" not in gap else gap, new))
        at += not stray
    return tuple(found)


def batch_of(examples: Sequence[Example]) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """ids (B, T), first and last (B, L), edits (B, L) with -1 behind the end, twins (B,)."""
    pieces, tokens = max(len(e.ids) for e in examples), max(len(e.first) for e in examples)

    def padded(rows: Sequence[Sequence[int]], size: int, fill: int) -> Tensor:
        return torch.tensor([[*row, *([fill] * (size - len(row)))] for row in rows])

    return (
        padded([e.ids for e in examples], pieces, 0),
        padded([e.first for e in examples], tokens, 0),
        padded([e.last for e in examples], tokens, 0),
        padded([e.edits for e in examples], tokens, -1),
        torch.tensor([e.twin for e in examples]),
    )
