"""Which state of the program measures: another one measures otherwise."""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path

import pyflakes

from spotter import __version__
from spotter.cache import key


@cache
def code() -> str:
    """The versions of the program and of what parses Python, and the state of its files."""
    here = Path(__file__).parent
    parts = [__version__, sys.version, pyflakes.__version__]
    for room in (here, here / "engine", here / "metrics"):
        for folder, folders, files in os.walk(room):
            folders[:] = sorted(set(folders) - {"__pycache__", "weights"})
            for file in sorted(files):
                state = Path(folder, file).stat()
                parts.append(f"{file} {state.st_size} {state.st_mtime_ns}")
    return key(*parts)
