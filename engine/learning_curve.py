"""The learning curve of a training run: a row of JSON every few steps, in RUN/curve.jsonl."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from spotter.errors import SpotterError

FILE = "curve.jsonl"


@dataclass(frozen=True, slots=True, order=True)
class Point:
    """After a step, with so many tokens read: the mean loss of edits in nats, and the share of texts put back."""

    step: int
    tokens: int
    edit: float
    hit: float


def append(path: Path, point: Point) -> None:
    """Write one row behind the others."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(point)) + "\n")


def read(path: Path) -> tuple[Point, ...]:
    """The points by their steps. A run that went on from an older checkpoint has a step twice: the last one counts."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SpotterError(f"{path}: cannot be read ({error}); name the {FILE} of a run") from error
    found: list[Point] = []
    for number, line in enumerate(lines, 1):
        try:
            raw = json.loads(line)
            point = Point(int(raw["step"]), int(raw["tokens"]), float(raw["edit"]), float(raw["hit"]))
        except (KeyError, TypeError, ValueError) as error:
            raise SpotterError(f"{path}:{number}: not a row of a learning curve; name the {FILE} of a run") from error
        found = [*(old for old in found if old.step < point.step), point]
    return tuple(found)
