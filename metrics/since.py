"""What a change has broken, wherever it stands: references and attributes that hold no more, or are new and wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from spotter.metrics.attributes import attribute_pressures
from spotter.metrics.broken import reference_pressures
from spotter.metrics.facts import FileFacts
from spotter.metrics.pressure import Pressure

RULES = ("SP264", "SP265")


def broken_since(files: Sequence[FileFacts], before: Sequence[FileFacts]) -> tuple[Pressure, ...]:
    """What is broken in a repository's files, and was not when they were as before."""
    found = [*_broken(files, before)]
    known = {_key(one) for one in _broken(before, ())} if found else set()
    return tuple(one for one in found if _key(one) not in known)


def _broken(files: Sequence[FileFacts], before: Sequence[FileFacts]) -> Iterator[Pressure]:
    yield from reference_pressures(files, before)
    yield from attribute_pressures(files)


def _key(one: Pressure) -> tuple[str, str, str]:
    return one.place.path, one.cause, one.message
