"""What a training step sees: a pure function of the step's number, so that a run resumes where it stopped."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spotter.engine.corpus import Shard
from spotter.engine.dialects import DIALECTS
from spotter.engine.direction import backwards, read
from spotter.engine.features import WINDOW, Features
from spotter.engine.guesses import Guesser
from spotter.engine.lexemes import Lexemes, lexemes_of
from spotter.engine.noise import corrupt, masked
from spotter.engine.objectives import DENOISER, Objective
from spotter.engine.renaming import renamed
from spotter.engine.spelling import Spelling
from spotter.engine.splices import DELETE, INSERT, KEEP, MASK_TEXT, REPLACE, Label, Noised, Splice
from spotter.engine.vocabulary import RARE_NAME, SPECIAL, Vocabulary, digest
from spotter.reading import language_of
from spotter.source import Source
from spotter.syntax import parse

Ints = NDArray[np.signedinteger[Any]]

NEXT = 0.5  # share of the tokens whose successor a step asks for: all of them would take more memory than time
HIDDEN = (0.05, 0.9)  # least and most of a window's tokens that masks hide


@dataclass(frozen=True, slots=True)
class Batch:
    """B windows padded to T, in the narrowest integers that hold them: batches travel between processes.

    Targets are (N, 5) in the order of their rows: row, position, edit, word id or -1, text hash. Segments number the
    pieces of code that were written together: a window of a file, or each function of a fix. A twin (B,) is the row
    that holds the same functions, wrong where this one's are right; -1 where there is none.
    """

    word: Ints
    pieces: Ints
    scalars: Ints
    query: Ints
    key: Ints
    hashes: Ints
    labels: Ints
    segments: Ints
    twins: Ints
    targets: Ints


@dataclass(frozen=True, slots=True)
class Spelled(Batch):
    """A batch with its windows as a language model's pieces: ids (B, 2 T), 0 behind the end.

    With them each token's first and last piece (B, T), -1 where it is cut off or there is none.
    """

    ids: Ints
    first: Ints
    last: Ints


Example = tuple[Noised, Features, tuple[int, ...]]  # a window, what the network reads of it, each token's segment


@dataclass(frozen=True, slots=True)
class Fix:
    """A real fix: a function before it, as source and as lexemes, and after."""

    project: str
    source: Source
    before: Lexemes
    after: Lexemes


@dataclass(frozen=True, slots=True)
class Mixture:
    """Shares of a step's windows: real fixes, masked ones; the mean number of edits in the others; tokens a window.

    And the share of the fixes that are read under other names.
    """

    fixes: float
    masked: float
    edits: float
    size: int = WINDOW
    renamed: float = 0.0


def read_fixes(path: Path) -> tuple[Fix, ...]:
    """The pairs of a gzipped JSONL file of real fixes, as lexemes."""
    found = []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            language = language_of(row["path"], b"") or "python"
            source, mended = (Source(row["path"], row[side], language) for side in ("before", "after"))
            before, after = lexemes_of(parse(source)), lexemes_of(parse(mended))
            if before.texts != after.texts and len(before) >= 8 and len(after) <= 4 * WINDOW:
                found.append(Fix(row["repo"], source, before, after))
    return tuple(found)


def held_out_fix(project: str) -> bool:
    """Whether a project's fixes are kept from training, for validation and calibration: three in sixteen, by name."""
    return zlib.crc32(project.lower().encode()) % 16 in (3, 4, 14)


def labels_between(before: Lexemes, after: Lexemes) -> tuple[Label, ...]:
    """The edits that lead from one token sequence to the other, one label a token of `before`."""
    a, b = before.texts, after.texts
    head = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    limit = min(len(a), len(b)) - head
    tail = next((i for i in range(limit) if a[-1 - i] != b[-1 - i]), limit)
    labels = [Label()] * len(a)
    middle_a, middle_b = a[head : len(a) - tail], b[head : len(b) - tail]
    for _, i, j, k, m in SequenceMatcher(None, middle_a, middle_b, autojunk=False).get_opcodes():
        if middle_a[i:j] == middle_b[k:m]:
            continue
        both = min(j - i, m - k)
        for n in range(both):
            labels[head + i + n] = Label(REPLACE, (middle_b[k + n],))
        for n in range(i + both, j):
            labels[head + n] = Label(DELETE)
        at = head + j
        if m - k > both and at < len(labels) and labels[at].edit == KEEP:
            labels[at] = Label(INSERT, middle_b[k + both : m])
    return tuple(labels)


def mistakes_of(fixes: Iterable[Fix]) -> dict[str, list[tuple[str, int]]]:
    """For each token that a fix put in the place of one other, those others, with their classes."""
    found: dict[str, list[tuple[str, int]]] = {}
    for fix in fixes:
        if len(fix.before) == len(fix.after):
            changed = [
                i for i, pair in enumerate(zip(fix.before.texts, fix.after.texts, strict=True)) if len(set(pair)) > 1
            ]
            if len(changed) == 1:
                (i,) = changed
                found.setdefault(fix.after.texts[i], []).append((fix.before.texts[i], fix.before.classes[i]))
    return found


def around(fix: Fix, rng: Random, size: int = WINDOW) -> tuple[Noised, Noised]:
    """Windows of a fix's function around the edited place: before it with labels, and after it with none."""
    labels = labels_between(fix.before, fix.after)
    place = next((i for i, label in enumerate(labels) if label.edit != KEEP), len(labels) - 1)
    first = max(0, min(place - rng.randrange(size // 4, 3 * size // 4), len(fix.before) - size))
    fixed = fix.after.cut(first, first + size)
    before = Noised(fix.before.cut(first, first + size), labels[first : first + size])
    return before, sound(fixed)


class Stream:
    """Windows of shards and fixes. `batch(step)` depends on nothing but its arguments."""

    def __init__(
        self,
        shards: Sequence[Shard],
        fixes: Sequence[Fix],
        vocabulary: Vocabulary,
        seed: int = 0,
        objective: Objective = DENOISER,
        spelling: Spelling | None = None,
        guesser: Guesser | None = None,
    ) -> None:
        self.shards, self.vocabulary, self.seed, self.objective = shards, vocabulary, seed, objective
        self.spelling, self.guesser = spelling, guesser
        self.fixes = fixes if objective.fixes else ()
        self.mistakes = mistakes_of(self.fixes if objective.mistakes else ())
        self._weights = np.cumsum([min(len(shard.ids), 600_000) ** 0.8 for shard in shards])

    def batch(self, step: int, tokens: int, mixture: Mixture) -> Batch:
        """The windows of one step, padded to that many tokens; spelled too where edits are learned and it knows how."""
        rng = Random(f"{self.seed}/{step}")
        rows = tokens // mixture.size
        pairs = round(rows * mixture.fixes / 2) if self.fixes else 0
        if self.objective.task != "edits":
            return self._asking(rng, [self._mended(rng, mixture.size) for _ in range(2 * pairs)], rows, mixture.size)
        windows = [window for _ in range(pairs) for window in self._fixes(rng, mixture)]
        windows += [self._synthetic(rng, mixture) for _ in range(rows - len(windows))]
        batch = pack(windows, self.vocabulary, mixture.size, pairs)
        return spelled(batch, [noised.lexemes for noised, *_ in windows], self.spelling) if self.spelling else batch

    def _asking(self, rng: Random, windows: list[Lexemes], rows: int, size: int) -> Batch:
        """Windows that are held to be right, whose texts are asked for: the hidden ones, or those that come next."""
        windows = windows + [self._clean(rng, size) for _ in range(rows - len(windows))]
        if self.objective.task == "next":
            batch = pack([self._joined([sound(lexemes)]) for lexemes in windows], self.vocabulary, size)
            return asking_next(batch, NEXT, rng.getrandbits(32))
        noised = [masked(lexemes, rng.uniform(*HIDDEN), rng) for lexemes in windows]
        return by_class(pack([self._joined([each]) for each in noised], self.vocabulary, size))

    def _mended(self, rng: Random, size: int) -> Lexemes:
        """Functions as their fixes left them, one after another."""
        parts: list[Noised] = []
        left = size
        while left > 40:
            part = around(self._fix(rng), rng, left)[1]
            parts.append(part)
            left -= len(part.lexemes)
        return in_line(parts).lexemes

    def _synthetic(self, rng: Random, mixture: Mixture) -> Example:
        lexemes = self._clean(rng, mixture.size)
        masks = rng.uniform(0.08, 0.3) if rng.random() < mixture.masked else 0.0
        edits = 0 if rng.random() < 0.1 else min(mixture.size // 12, round(rng.expovariate(1 / mixture.edits)))
        guesses = self._guesses(self.guesser, lexemes, edits, rng) if self.guesser else ()
        dialect = DIALECTS[self.vocabulary.dialect]
        noised = corrupt(lexemes, edits, masks, rng, 0, self.mistakes, self.objective.kernel, guesses, dialect)
        return self._joined([Noised(noised.lexemes.cut(0, mixture.size), noised.labels[: mixture.size])])

    def _guesses(self, guesser: Guesser, lexemes: Lexemes, edits: int, rng: Random) -> list[Splice]:
        count = sum(rng.random() < self.objective.guesses for _ in range(edits))
        return guesser.splices(lexemes, count, rng)

    def _clean(self, rng: Random, size: int) -> Lexemes:
        shard = self.shards[int(np.searchsorted(self._weights, rng.random() * self._weights[-1]))]
        at = rng.randrange(len(shard.ids))
        file = int(np.searchsorted(shard.starts, at, "right")) - 1
        low, high = int(shard.starts[file]), int(shard.starts[file + 1])
        first = max(low, min(at - rng.randrange(size), high - size))
        return shard.lexemes(first, min(high, first + size))

    def _fixes(self, rng: Random, mixture: Mixture) -> tuple[Example, Example]:
        """Two windows of the same functions one after another: each stands as it was in one, mended in the other.

        The network cannot tell the wrong from the right by the function's subject, only by what the fix changed.
        """
        sides: tuple[list[Noised], list[Noised]] = ([], [])
        left = mixture.size
        while left > 40:
            fix = self._fix(rng)
            if rng.random() < mixture.renamed:
                before, after = renamed(fix.before, fix.after, self._fix(rng).after, rng)
                fix = replace(fix, before=before, after=after)
            wrong, right = around(fix, rng, left)
            size = max(len(wrong.lexemes), len(right.lexemes))
            if size > left or (sides[0] and size == left and rng.random() < 0.7):
                break
            for side, part in zip(sides, rng.sample((wrong, right), 2), strict=True):
                side.append(part)
            left -= size
        one, other = (self._joined(parts) for parts in sides)
        return one, other

    def _fix(self, rng: Random) -> Fix:
        return self.fixes[rng.randrange(len(self.fixes))]

    def _joined(self, parts: Sequence[Noised]) -> Example:
        return joined(parts, self.vocabulary, self.objective)


def joined(parts: Sequence[Noised], vocabulary: Vocabulary, aim: Objective) -> Example:
    """Pieces one after another as one window in an objective's reading order, each a segment."""
    whole, segments = in_line(parts), tuple(n for n, p in enumerate(parts) for _ in p.labels)
    seen = read(whole.lexemes, vocabulary, aim.direction, counts=aim.counts)
    if aim.direction == "right to left":
        return Noised(backwards(whole.lexemes), whole.labels[::-1]), seen, segments[::-1]
    return whole, seen, segments


def in_line(parts: Sequence[Noised]) -> Noised:
    """Pieces one after another as one."""
    joined = Lexemes(
        sum((p.lexemes.texts for p in parts), ()),
        sum((p.lexemes.classes for p in parts), ()),
        sum((p.lexemes.ranks for p in parts), ()),
    )
    return Noised(joined, sum((p.labels for p in parts), ()))


def sound(lexemes: Lexemes) -> Noised:
    """Tokens that are all held to be right."""
    return Noised(lexemes, (Label(),) * len(lexemes))


def asking_next(batch: Batch, share: float, seed: int) -> Batch:
    """Asks at this share of the places for the token after; a rare one by its class's word."""
    ahead = batch.word[:, 1:]
    row, at = np.nonzero((np.random.default_rng(seed).random(ahead.shape) < share) & (ahead > 0))
    targets = np.stack((row, at, np.full_like(row, REPLACE), ahead[row, at], batch.hashes[row, at + 1]), axis=1)
    return replace(batch, targets=targets)


def by_class(batch: Batch) -> Batch:
    """Asks for a rare hidden token by its class's word."""
    row, at, edit, word, digests = batch.targets.T
    words = np.where(word < 0, RARE_NAME + batch.scalars[row, at, 0], word)
    return replace(batch, targets=np.stack((row, at, edit, words, digests), axis=1))


def pack(windows: Sequence[Example], vocabulary: Vocabulary, size: int, pairs: int = 0) -> Batch:
    """Pad windows of at most `size` tokens into one batch; so many pairs of twins come first."""
    rows = len(windows)
    first = windows[0][1]
    word, hashes = np.zeros((rows, size), np.int16), np.zeros((rows, size), np.int64)
    labels, segments = np.full((rows, size), -1, np.int8), np.zeros((rows, size), np.int16)
    pieces = np.zeros((rows, size, first.pieces.shape[1]), np.int16)
    scalars = np.zeros((rows, size, first.scalars.shape[1]), np.int8)
    query, key = (np.full((rows, size, first.query.shape[1]), -1, np.int16) for _ in range(2))
    targets: list[tuple[int, int, int, int, int]] = []
    for row, (noised, feature, parts) in enumerate(windows):
        t = len(noised.labels)
        segments[row, :t] = parts
        word[row, :t], pieces[row, :t], scalars[row, :t] = feature.word, feature.pieces, feature.scalars
        query[row, :t], key[row, :t], hashes[row, :t] = feature.query, feature.key, feature.hashes
        for i, (label, text) in enumerate(zip(noised.labels, noised.lexemes.texts, strict=True)):
            labels[row, i] = -1 if text == MASK_TEXT else label.edit
            if label.edit in (REPLACE, INSERT):
                known = vocabulary.word_ids.get(label.texts[0], -1)
                targets.append((row, i, label.edit, known if known >= len(SPECIAL) else -1, digest(label.texts[0])))
    asked = np.array(targets or [(0, 0, 1, -1, -1)], np.int64)
    twins = np.array([row ^ 1 if row < 2 * pairs else -1 for row in range(rows)], np.int64)
    return Batch(word, pieces, scalars, query, key, hashes, labels, segments, twins, asked)


def spelled(batch: Batch, windows: Sequence[Lexemes], spelling: Spelling) -> Spelled:
    """A batch with its windows as pieces."""
    rows, size = batch.word.shape
    ids = np.zeros((rows, 2 * size), np.uint16)
    first, last = (np.full((rows, size), -1, np.int16) for _ in range(2))
    for row, lexemes in enumerate(windows):
        found, begins, ends = spelling.window(lexemes, 2 * size)
        ids[row, : len(found)], first[row, : len(lexemes)], last[row, : len(lexemes)] = found, begins, ends
    read_too = {name: getattr(batch, name) for name in Batch.__slots__}
    return Spelled(**read_too, ids=ids, first=first, last=last)
