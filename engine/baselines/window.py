"""The window that every peer reads: 512 tokens around a place, as the denoiser has."""

from __future__ import annotations

from collections.abc import Iterator

from spotter.engine.features import WINDOW

MARGIN = 64  # tokens of context on either side of where a long span is cut


def windows(size: int, first: int, last: int) -> Iterator[tuple[int, int, int, int]]:
    """(start, end, from, to): what is read, and the part of [first, last) that is scored with it."""
    at = first
    while at < last:
        to = last if last - at <= WINDOW - 2 * MARGIN else at + WINDOW - 2 * MARGIN
        start = max(0, min((at + to - WINDOW) // 2, size - WINDOW))
        yield start, min(size, start + WINDOW), at, to
        at = to
