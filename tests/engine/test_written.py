from __future__ import annotations

import ast
import json
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from spotter.engine import corpus
from spotter.engine.bench_records import read_clean, read_suite
from spotter.engine.corpus import Package
from spotter.engine.wheels import EVALUATION
from spotter.engine.written import Trials, packages, rows

CODE = '''\
"""Sums."""


def total(numbers, most=9):
    """The sum of some numbers.

    >>> total([1, 2, 3])
    6
    """
    found = 0
    for number in numbers:
        if number < most:
            found += number
    return found
'''
LINES = (
    "    found = 1",
    "    for number in iter(numbers):",
    "        if number < 8:",
    "            found += open",
    "    return found if numbers else None",
)


def writer(text: str, places: Sequence[int]) -> list[tuple[str, ...]]:
    """Writes one of the lines wherever the line that stands there begins as it does."""
    lines = [text.rfind("\n", 0, place) + 1 for place in places]
    return [
        tuple(line.removeprefix(text[start:place]) for line in LINES if _fits(line, text[start:place], number))
        for number, (start, place) in enumerate(zip(lines, places, strict=True))
    ]


def _fits(line: str, before: str, number: int) -> bool:
    return line.startswith(before) and LINES.index(line) == number


def complaints(tree: ast.Module) -> list[str]:
    """Complains of every call of iter."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return ["iter is called" for call in calls if isinstance(call.func, ast.Name) and call.func.id == "iter"]


@pytest.fixture
def wheels(tmp_path: Path) -> dict[Package, Path]:
    """A package of one module, as a wheel."""
    path = tmp_path / "sums-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("sums.py", CODE)
    return {Package("sums", "1.0", "MIT", "", path.name): path}


@pytest.fixture
def trials(tmp_path: Path) -> Iterator[Trials]:
    """Trials of the module."""
    (tmp_path / "sums.py").write_text(CODE)
    found = Trials(tmp_path)
    yield found
    found.close()


def test_lines_that_change_what_the_code_does_are_records_and_the_others_clean(
    wheels: dict[Package, Path], tmp_path: Path
) -> None:
    told: list[str] = []
    for seed in range(20):  # until each line is written from its beginning, or from where it still fits
        found = list(rows(wheels, writer, complaints, 5, seed, told.append))
        if len(found) == 4:
            break
    file = tmp_path / "suite.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in found))
    records = sorted(read_suite(file), key=lambda record: record.buggy_lines)
    assert [record.buggy_lines for record in records] == [(3,), (4,), (7,)]
    assert [row["note"] for row in found if "note" in row] == [
        "a doctest fails",
        "pyflakes complains",
        "it differs on another input",
    ]
    assert records[0].single_token
    assert records[0].old_tokens == ("1",)
    assert records[0].new_tokens == ("0",)
    assert [records[0].buggy_code[start:end] for start, end in records[0].bug_spans] == ["1"]
    assert records[2].buggy_code.endswith("return found if numbers else None\n")
    assert records[2].fixed_code.startswith('def total(numbers, most=9):\n    """The sum of some numbers."""\n')
    (clean,) = read_clean(file)
    assert "if number < 8:" in clean.code
    assert told[-1].startswith("sums: 1 of 1 functions")


def test_a_version_can_neither_hang_nor_write(trials: Trials, tmp_path: Path) -> None:
    assert trials.survey("sums", CODE) == {"sums.total": frozenset((10, 11, 12, 13, 14))}
    assert trials.verdict("sums", CODE, ["sums.total"]) == ""
    endless = CODE.replace("    found = 0", "    while True: found = 0")
    assert trials.verdict("sums", endless, ["sums.total"]) == "a doctest fails"
    writing = CODE.replace("    found = 0", "    found = 0; open('new', 'w').write('x' * 99999)")
    assert trials.verdict("sums", writing, ["sums.total"]) == "a doctest fails"
    assert not (tmp_path / "new").read_bytes()
    assert trials.verdict("sums", CODE.replace("    found = 0", "    import os; os._exit(0)"), ["sums.total"])
    assert trials.verdict("sums", CODE, ["sums.total"]) == ""


def test_nobody_learns_from_what_is_written_anew() -> None:
    names = {package.name for package in packages()}
    assert names.isdisjoint({package.name for package in corpus.packages()} | EVALUATION)
