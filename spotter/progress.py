"""A progress bar on stderr: for a person who waits, and for nobody else."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TypeVar

Item = TypeVar("Item")
LONG = 20  # files; fewer are measured before a bar could be read


def watched(items: Sequence[Item]) -> Iterable[Item]:
    """The items, with a bar while they are worked through if stderr is a terminal and there are many."""
    if len(items) < LONG or not sys.stderr.isatty():
        return items
    from rich.console import Console
    from rich.progress import track

    return track(items, "measuring", console=Console(stderr=True), transient=True)
