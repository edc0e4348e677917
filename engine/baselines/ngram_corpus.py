"""The n-grams of the training corpus as sorted hashes: what stands behind a file's own in the nested-cache n-gram."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spotter.engine.corpus import held_out, load
from spotter.engine.vocabulary import digest
from spotter.errors import SpotterError

ORDER = 6
OPEN_VOCABULARY = 1e-5  # the share of a text that was never seen
TWICE = 2  # n-grams of three and more tokens are kept if they stand so often: most stand once and say little
STEP = np.uint64(0x9E3779B97F4A7C15)  # odd, so that multiplying by it loses nothing

Hashes = NDArray[np.uint64]
Counts = NDArray[np.uint32]
Floats = NDArray[np.float64]
PARTS = ("grams", "counts", "contexts", "totals", "types")


@dataclass(frozen=True, slots=True)
class Order:
    """N-grams of one length with their counts; their contexts with how many tokens, and how many texts, follow them."""

    grams: Hashes
    counts: Counts
    contexts: Hashes
    totals: Counts
    types: Counts


@dataclass(frozen=True, slots=True)
class Counted:
    """The n-grams of a corpus by length, from one token up."""

    orders: tuple[Order, ...]

    @property
    def fingerprint(self) -> str:
        """Names the corpus by what was counted in it."""
        return f"{sum(int(order.counts.sum()) for order in self.orders):x}"

    def shares(self, rows: Sequence[Sequence[str]]) -> Floats:
        """For each row of at most six texts, p(the last | those before it), smoothed as the cache is."""
        table = {text: digest(text) for text in {text for row in rows for text in row}}
        found = np.full(len(rows), OPEN_VOCABULARY)
        known = np.ones(len(rows), np.bool_)
        last = np.array([table[row[-1]] for row in rows], np.uint64)
        contexts = np.zeros(len(rows), np.uint64)
        scale = np.uint64(1)
        for length, order in enumerate(self.orders):
            if length:
                known &= np.array([len(row) > length for row in rows], np.bool_)
                before = np.array([table[row[-1 - length]] if len(row) > length else 0 for row in rows], np.uint64)
                contexts = contexts + before * scale
                scale = np.uint64(int(scale) * int(STEP) & 0xFFFFFFFFFFFFFFFF)
            totals = _look(order.contexts, order.totals, contexts)
            types = _look(order.contexts, order.types, contexts)
            counts = _look(order.grams, order.counts, contexts * STEP + last)
            known &= totals > 0
            found = np.where(known, (counts + types * found) / np.maximum(totals + types, 1.0), found)
        return found


def _look(keys: Hashes, values: Counts, wanted: Hashes) -> Floats:
    """The value of each wanted hash in sorted keys, 0 where it is not among them."""
    if not len(keys):
        return np.zeros(len(wanted))
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, values[at], 0).astype(np.float64)


def counted(files: Iterable[Hashes]) -> Counted:
    """Count the n-grams of files given as hashes of their tokens; none reaches from one file into the next."""
    parts = list(files)
    tokens = np.concatenate(parts)
    places = np.concatenate([np.minimum(np.arange(len(part)), ORDER).astype(np.uint8) for part in parts])
    grams = tokens
    orders = [_order(tokens, np.zeros_like(tokens), 1)]
    for length in range(1, ORDER):
        contexts = np.concatenate((np.zeros(1, np.uint64), grams[:-1]))
        grams = contexts * STEP + tokens
        whole = places >= length
        orders.append(_order(grams[whole], contexts[whole], TWICE if length > 1 else 1))
    return Counted(tuple(orders))


def _order(grams: Hashes, contexts: Hashes, least: int) -> Order:
    distinct, first, counts = np.unique(grams, return_index=True, return_counts=True)
    before, inverse = np.unique(contexts[first], return_inverse=True)
    totals, types = np.bincount(inverse, counts), np.bincount(inverse)
    often, followed = counts >= least, totals >= least
    return Order(
        distinct[often],
        counts[often].astype(np.uint32),
        before[followed],
        totals[followed].astype(np.uint32),
        types[followed].astype(np.uint32),
    )


def hashes(texts: Sequence[str]) -> Hashes:
    """The hashes of texts, one each."""
    return np.array([digest(text) for text in texts], np.uint64)


def build(shards: Path, target: Path) -> Counted:
    """Count the shards of the projects that are trained on, and write the counts to a file."""
    files: list[Hashes] = []
    for path in sorted(shards.glob("*.npz")):
        if not held_out(path.stem):
            shard = load(path)
            files += np.split(hashes(shard.texts)[shard.ids], shard.starts[1:-1])
    if not files:
        raise SpotterError(f"{shards}: no shards there; build the corpus first")
    found = counted(files)
    arrays = {f"{n}/{part}": getattr(order, part) for n, order in enumerate(found.orders) for part in PARTS}
    with target.open("wb") as file:
        np.savez(file, **arrays)
    return found


def read(path: Path) -> Counted:
    """The counts of a file that `build` wrote."""
    try:
        with np.load(path) as data:
            return Counted(tuple(Order(*(data[f"{n}/{part}"] for part in PARTS)) for n in range(ORDER)))
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise SpotterError(
            f"{path}: cannot be read as n-gram counts ({error}); write them with spotter train ngram"
        ) from error
