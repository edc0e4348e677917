"""What was read, made small: every finding that was right is still made, and what was mended stays silent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from spotter.metrics.facts import FileFacts
from spotter.metrics.registry import PRESSURES
from spotter.rules import RULES

ReadAll = Callable[..., list[FileFacts]]

CORPUS = Path(__file__).parents[1] / "corpus"
MARKS = ("# HERE", "// HERE")
SCRIPT = ".js"  # behind the name of a file that is none of Python's


def found(read_all: ReadAll, file: Path) -> list[int]:
    written = (file.stem, "javascript") if file.stem.endswith(SCRIPT) else (f"{file.stem}.py", "python")
    facts = read_all(file.read_text(encoding="utf-8"), *written)
    rule = file.parent.name
    return sorted({p.place.line for p in PRESSURES[RULES[rule].name](facts) if p.rule == rule})


def named(file: Path) -> str:
    return f"{file.parent.name}-{file.stem}"


@pytest.mark.parametrize("file", sorted(CORPUS.glob("true_positives/*/*.txt")), ids=named)
def test_what_was_right_is_found(read_all: ReadAll, file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    assert found(read_all, file) == [number for number, line in enumerate(lines, 1) if line.endswith(MARKS)] != []


@pytest.mark.parametrize("file", sorted(CORPUS.glob("false_positives/*/*.txt")), ids=named)
def test_what_was_wrong_is_no_longer_said(read_all: ReadAll, file: Path) -> None:
    assert found(read_all, file) == []
