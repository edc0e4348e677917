"""Files of Spotter's that a repository carries: they lie in it, are of a bounded size, and are written whole."""

from __future__ import annotations

import stat
from pathlib import Path
from secrets import token_hex

from spotter.errors import SpotterError

LARGEST = 100_000_000  # bytes


def inside(root: Path, path: Path) -> Path:
    """The path with its links followed; SpotterError where it leaves the root, or is there and no file to be read."""
    try:
        real = path.resolve()
        status = real.stat()
    except FileNotFoundError:
        status = None
    except (OSError, ValueError, RuntimeError):
        raise SpotterError(f"{path}: not a path that can be followed; name another file") from None
    if not real.is_relative_to(root.resolve()):
        raise SpotterError(f"{path}: leads out of {root}; what a repository carries must lie in it")
    if status is not None and not stat.S_ISREG(status.st_mode):
        raise SpotterError(f"{path}: not a file; name another")
    if status is not None and status.st_size > LARGEST:
        size, limit = (f"{size / 1e6:,.0f} MB" for size in (status.st_size, LARGEST))
        raise SpotterError(f"{path}: {size}, over the limit of {limit}; shorten it")
    return real


def write(path: Path, text: str) -> None:
    """Write a text whole, or leave the old one. Raises OSError; what was begun is taken away again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{token_hex(8)}.part")  # no name that somebody could have put a link under
    try:
        with beside.open("x", encoding="utf-8") as file:
            file.write(text)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
