"""`spotter init`: a commented configuration, and the snippet that adds the hook."""

from __future__ import annotations

from pathlib import Path

from spotter import __version__
from spotter.config import FILE, commented
from spotter.errors import SpotterError

HOOK = """\
  - repo: REPOSITORY            # where you get Spotter from
    rev: v{version}
    hooks:
      - id: spotter
"""


def start(folder: Path) -> str:
    """Write .spotter.toml into a folder and say what comes next; SpotterError where there are settings already."""
    path = folder / FILE
    if _has_settings(folder):
        raise SpotterError(f"{folder / 'pyproject.toml'}: holds [tool.spotter] already; change the settings there")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(commented())
    except FileExistsError:
        raise SpotterError(f"{path}: exists already; change the settings there") from None
    except OSError as error:
        raise SpotterError(f"{path}: cannot be written ({error.strerror}); choose another folder") from error
    return f"Wrote {path}.\n\nFor the hook, add this to .pre-commit-config.yaml:\n\n{HOOK.format(version=__version__)}"


def _has_settings(folder: Path) -> bool:
    try:
        text = (folder / "pyproject.toml").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    return any(line.strip().startswith("[tool.spotter") for line in text.splitlines())
