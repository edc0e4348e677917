"""The files of the weights, and their hashes as sha256sum writes them: made with them, asked when they are loaded."""

from __future__ import annotations

import importlib.resources
from hashlib import sha256
from pathlib import Path

from spotter.errors import SpotterError

FILES = ("body.onnx", "tables.safetensors", "vocabulary.json", "calibration.json")
SUMS = "SHA256SUMS"


def bundled() -> Path:
    """The folder of the bundled weights."""
    return Path(str(importlib.resources.files("spotter.engine.weights")))


def record(folder: Path) -> None:
    """Write the hashes of the weights that lie in a folder."""
    there = [folder / name for name in FILES if (folder / name).is_file()]
    lines = [f"{sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in there]
    (folder / SUMS).write_text("".join(lines), encoding="ascii")


def fingerprint(folder: Path) -> str:
    """The hash of the weights' hashes: other weights have another, and none of them is read for it."""
    return sha256(_read(folder / SUMS)).hexdigest()


def verified(folder: Path) -> dict[str, bytes]:
    """The contents of the weights' files by name; SpotterError where one is missing, or is not what was recorded."""
    expected = _read(folder / SUMS).decode("ascii", "replace").splitlines()
    contents = {name: _read(folder / name) for name in FILES}
    for name, data in contents.items():
        if f"{sha256(data).hexdigest()}  {name}" not in expected:
            raise SpotterError(
                f"denoiser weights: {folder / name} is damaged (its hash is not that of {SUMS}); reinstall spotter-lint"
            )
    return contents


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise SpotterError(f"denoiser weights: {path} is missing; reinstall spotter-lint") from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SpotterError(f"denoiser weights: {path} cannot be read ({reason}); reinstall spotter-lint") from None
