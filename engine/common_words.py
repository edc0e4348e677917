"""The words that many packages of the corpus make their names of: what is no slip of the hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from spotter.engine.registries import REGISTRIES, registry_of
from spotter.errors import SpotterError
from spotter.metrics.lone import pieces
from spotter.source import words

PACKAGES = 60  # of the corpus, of which at least one has a common word
SHORT = 4  # characters of names that say nothing


def common_words(packages: Sequence[Path]) -> tuple[str, ...]:
    """The words of at least four letters, in small ones and in order, of which one package in PACKAGES makes names."""
    times: Counter[str] = Counter()
    for package in packages:
        sources = registry_of(package.name).sources(package)
        names = {name for source in sources for name in words(source.text) if len(name) > SHORT}
        times.update({piece for name in names for piece in pieces(name)})
    return tuple(sorted(word for word, count in times.items() if count * PACKAGES >= len(packages)))


def build(data: Path, out: Path) -> int:
    """Write the common words of the corpus's packages, one a line; how many they are."""
    places = [(data / registry.FOLDER, suffix) for suffix, registry in REGISTRIES.items()]
    packages = sorted(path for folder, suffix in places for path in folder.glob(f"*{suffix}"))
    if not packages:
        raise SpotterError(f"{data}: no packages there; build the corpus first")
    found = common_words(packages)
    out.write_text("".join(f"{word}\n" for word in found), encoding="utf-8")
    return len(found)
