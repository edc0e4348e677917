"""A progress bar on stderr: for a person who waits, and for nobody else."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from spotter.source import Source

LONG = 30_000  # characters; fewer are measured before a bar could be read


def watched(sources: Sequence[Source]) -> Iterable[Source]:
    """The sources, with a bar while they are worked through if stderr is a terminal and there is much of them."""
    if sum(len(source.text) for source in sources) < LONG or not sys.stderr.isatty():
        return sources
    from rich.console import Console
    from rich.progress import track

    return track(sources, "measuring", console=Console(stderr=True), transient=True)
