"""The words that many packages of the corpus make their names of: what is no slip of the hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from spotter.engine import wheels as pypi
from spotter.errors import SpotterError
from spotter.metrics.lone import pieces
from spotter.source import words

PACKAGES = 5  # of the corpus that have a common word
SHORT = 4  # characters of names that say nothing


def common_words(wheels: Iterable[Path]) -> tuple[str, ...]:
    """The words of at least four letters, in small ones and in order, of which PACKAGES of the wheels make names."""
    times: Counter[str] = Counter()
    for wheel in wheels:
        names = {name for source in pypi.sources(wheel) for name in words(source.text) if len(name) > SHORT}
        times.update({piece for name in names for piece in pieces(name)})
    return tuple(sorted(word for word, count in times.items() if count >= PACKAGES))


def build(data: Path, out: Path) -> int:
    """Write the common words of the corpus's wheels, one a line; how many they are."""
    wheels = sorted((data / "wheels").glob("*.whl"))
    if not wheels:
        raise SpotterError(f"{data}/wheels: no wheel there; build the corpus first")
    found = common_words(wheels)
    out.write_text("".join(f"{word}\n" for word in found), encoding="utf-8")
    return len(found)
