"""Files that are written to be slow, deep or long: each is measured in some seconds, or said not to be."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from spotter.cache import Cache
from spotter.config import Config
from spotter.metrics.facts import facts_of
from spotter.pipeline import Task, Tools, check
from spotter.reading import from_bytes
from spotter.source import Source, Unread
from spotter.suppression import suppressions
from spotter.syntax import parse

DEEP = ("(" * 200 + "\n") * 400
SOUND = Source("sound.py", "def f(a):\n    return a\n", "python")


def outcome(*sources: Source, changed: dict[str, frozenset[int]] | None = None) -> Any:
    return check(Task(sources, changed=changed), Tools(None, facts_of, lambda _: (), Config()), Cache(None), tuple)


def test_a_file_that_takes_too_long_is_said_and_the_others_are_measured() -> None:
    start = time.process_time()
    found = outcome(Source("deep.py", DEEP, "python"), SOUND)
    assert time.process_time() - start < 5
    assert [(file.path, file.extent) for file in found.files] == [("deep.py", "none"), ("sound.py", "complete")]
    (finding,) = found.findings
    assert (finding.rule, finding.path, finding.severity) == ("SP001", "deep.py", "note")
    assert "takes too long" in finding.message


def test_in_a_change_it_does_not_pass() -> None:
    found = outcome(Source("deep.py", DEEP, "python"), changed={"deep.py": frozenset({1})})
    assert [(finding.rule, finding.severity) for finding in found.findings] == [("SP001", "error")]


@pytest.mark.parametrize(
    "unit",
    ["f(\n", "[\n", "{1:\n", "not " * 200 + "\\\n", "lambda: \\\n", "a.b\\\n.", "x if y else \\\n", "a = b = \\\n"],
)
def test_deep_nesting_is_measured_in_a_moment(unit: str) -> None:
    start = time.process_time()
    assert outcome(Source("deep.py", unit * (30_000 // len(unit)), "python")).files[0].extent != "none"
    assert time.process_time() - start < 5


@pytest.mark.parametrize("text", ["x = '" + "a" * 5_000_000 + "'\n", "x = 1\n" * 200_000])
def test_a_line_of_five_megabytes_and_200_000_generated_lines_are_not_read(text: str) -> None:
    unread = from_bytes(text.encode(), "a.py")
    assert isinstance(unread, Unread)
    assert "generated, it seems" in unread.reason


def test_a_comment_that_is_written_to_be_slow_is_read_in_a_moment() -> None:
    text = "/* spotter: ignore[SP101] why" + "\n" * 500_000 + "so */\nx = 1\n"
    start = time.process_time()
    (found,) = suppressions(parse(Source("a.js", text, "javascript")))
    assert time.process_time() - start < 5
    assert (found.codes, found.reason[:3], found.reason[-2:]) == (("SP101",), "why", "so")


def cell(*lines: str) -> dict[str, object]:
    return {"cell_type": "code", "source": list(lines)}


@pytest.mark.parametrize(
    ("cells", "indent"),
    [
        ([cell("x = f(a, b)[1:2]\n" * 400_000)], None),
        ([cell("%x y\n" * 400_000)], None),
        ([cell("x\n")] * 50_000, 1),
        ([cell()] * 200_000, None),
        ([cell(*[" " * 10_000] * 40, "x\n")], 1),
        ([cell("x\n")], "\n" * 20_000),
    ],
)
def test_a_notebook_that_is_written_to_be_slow_is_read_in_a_moment(
    cells: list[dict[str, object]], indent: int | str | None
) -> None:
    data = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}, indent=indent).encode()
    start = time.process_time()
    from_bytes(data, "a.ipynb")
    assert time.process_time() - start < 5
