"""Questions to git, one process a question."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from spotter.errors import SpotterError

_SETTINGS = ("-c", "core.fsmonitor=false")  # it may name a program, and nothing here is asked so often
_ENVIRONMENT = {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}


def ask(folder: Path, *arguments: str, data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run git in a folder, whatever its exit code; SpotterError when git is not installed."""
    if shutil.which("git") is None:
        raise SpotterError("git: not found on the PATH; install it, or name files instead of --staged or --since")
    command = ["git", "-C", os.fspath(folder), *_SETTINGS, *arguments]
    return subprocess.run(command, input=data, capture_output=True, check=False, env=os.environ | _ENVIRONMENT)


def answer(folder: Path, *arguments: str, data: bytes = b"") -> bytes:
    """What git prints; SpotterError with git's own words when it fails."""
    asked = ask(folder, *arguments, data=data)
    if asked.returncode != 0:
        raise SpotterError(f"git {arguments[0]} failed in {folder}: {complaint(asked.stderr)}")
    return asked.stdout


def tracked(root: Path, name: str) -> bool:
    """Whether the index holds a file whose name begins so."""
    return bool(answer(root, "ls-files", "-z", "--cached", "--", f":(top,glob){name}*"))


def complaint(stderr: bytes) -> str:
    """What git complains about, in one line and without its label; what it was fatal over comes before warnings."""
    lines = stderr.decode("utf-8", "replace").strip().split("\n")
    worst = next((line for line in lines if line.startswith("fatal: ")), lines[0])
    return worst.removeprefix("fatal: ").removeprefix("error: ") or "it gave no reason"


def top_level(folder: Path) -> Path | None:
    """The root of the checkout around a folder, or None outside one; SpotterError when git refuses to look."""
    if shutil.which("git") is None:
        return None
    asked = ask(folder, "rev-parse", "--show-toplevel")
    if asked.returncode == 0:
        return Path(os.fsdecode(asked.stdout.removesuffix(b"\n")))
    if b"not a git repository" in asked.stderr or b"must be run in a work tree" in asked.stderr:
        return None
    raise SpotterError(f"{folder}: git refuses to read this checkout: {complaint(asked.stderr)}")
