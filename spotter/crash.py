"""A log of a mistake of ours, to paste into an issue."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import traceback

from spotter import __version__


def log(error: BaseException) -> str:
    """Write what happened to a new file and return its name; on a full disk the traceback goes to stderr instead."""
    happened = "".join(traceback.format_exception(error))
    python = f"Python {platform.python_version()} on {sys.platform}"
    text = f"spotter {__version__}, {python}\ncommand: {' '.join(sys.argv[1:])}\n\n{happened}"
    try:
        number, name = tempfile.mkstemp(prefix="spotter-", suffix=".log")
        with os.fdopen(number, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError:
        sys.stderr.write(text)
        return "the lines above"
    return name
