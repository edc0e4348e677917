"""Hub denoisers as they were calibrated here: a file a model in .spotter/calibrations, meant to be committed."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from spotter.errors import SpotterError
from spotter.request import Request, scope_of

if TYPE_CHECKING:
    from spotter.engine.hub import HubDenoiser

FOLDER = ".spotter/calibrations"


def denoiser(name: str, allowed: frozenset[str]) -> HubDenoiser:
    """A checkpoint of a hub, calibrated if it was here; where it runs, and whether it is, are said on stderr."""
    found = _loaded(name, allowed)
    path = _path(found)
    if not path.exists():
        said = f"not calibrated; `spotter calibrate --model {name} PATH` does that on code of yours"
        print(f"spotter: {name} ({found.family.title}) on {found.place}, {said}", file=sys.stderr)
        return found
    text = path.read_text(encoding="utf-8")
    from spotter.engine.calibration import Calibration

    try:
        calibration = Calibration.read(json.loads(text))
    except (ValueError, KeyError, TypeError) as error:
        raise SpotterError(f"{path}: not a calibration; run `spotter calibrate --model {name}` again") from error
    print(f"spotter: {name} ({found.family.title}) on {found.place}, calibrated", file=sys.stderr)
    marked = f"{found.fingerprint}-{sha256(text.encode()).hexdigest()[:16]}"  # other scores are remembered apart
    return replace(found, calibration=calibration, fingerprint=marked)


def calibrate(name: str, allowed: frozenset[str], paths: Sequence[Path]) -> str:
    """Calibrate a checkpoint on Python code that is held to be sound, and write that down for the next run."""
    found = _loaded(name, allowed)
    from spotter.engine.hub_calibration import calibrated
    from spotter.engine.plant import read

    files = read(paths)
    measured = calibrated(found, files)
    path = _path(found)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(measured.raw(), indent=1) + "\n", encoding="utf-8")
    lines = sum(syntax.source.text.count("\n") + 1 for syntax in files)
    return f"{path}: {name} on {found.place}, {lines:,} lines of {len(files):,} files"


def _loaded(name: str, allowed: frozenset[str]) -> HubDenoiser:
    try:
        from spotter.engine.hub import load
    except ModuleNotFoundError as error:
        raise SpotterError(f"{name}: {error.name} is not installed; pip install 'spotter-lint[hub]'") from error
    return load(name, allowed)


def _path(found: HubDenoiser) -> Path:
    return scope_of(Request()).root / FOLDER / f"{found.fingerprint}.json"
