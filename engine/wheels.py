"""Wheels on PyPI, by their names and hashes, fetched with pip."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

from spotter.errors import SpotterError


def fetch(requirement: str, name: str, sha256: str, folder: Path) -> Path:
    """Download the wheel of this name unless it is there; SpotterError when that fails or its hash is another one."""
    wheel = folder / name
    if not wheel.exists():
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:", "-d", str(folder)]
        command += ["--python-version", "3.12", "--implementation", "cp", "--ignore-requires-python", *platforms(name)]
        run = subprocess.run([*command, requirement], capture_output=True, text=True)
        if run.returncode or not wheel.exists():
            said = (run.stderr.strip().splitlines() or ["nothing was said"])[-1]
            raise SpotterError(f"{name}: pip could not download it ({said}); try again later")
    if hashlib.sha256(wheel.read_bytes()).hexdigest() != sha256:
        raise SpotterError(f"{name}: its sha256 is not the one in the list; delete the file and try again")
    return wheel


def platforms(wheel: str) -> list[str]:
    """pip's options for the platforms that a wheel's name tells, whatever this machine's is."""
    tags = wheel.removesuffix(".whl").split("-")[-1].split(".")
    return [option for tag in dict.fromkeys(("any", *tags)) for option in ("--platform", tag)]
