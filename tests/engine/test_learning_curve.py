from __future__ import annotations

from pathlib import Path

import pytest

from spotter.engine.learning_curve import Point, append, read
from spotter.errors import SpotterError


def test_a_run_that_went_on_from_an_older_checkpoint_has_each_step_once(tmp_path: Path) -> None:
    path = tmp_path / "curve.jsonl"
    points = [Point(step, 8192 * step, loss, 0.5) for step, loss in ((0, 3.0), (50, 2.0), (100, 9.0), (50, 1.0))]
    for point in points:
        append(path, point)
    assert read(path) == (points[0], points[3])


@pytest.mark.parametrize("row", ["[1]", "{}", "not json", '{"step": null, "tokens": 1, "edit": 1, "hit": 1}'])
def test_another_file_is_an_error_with_its_line(tmp_path: Path, row: str) -> None:
    path = tmp_path / "curve.jsonl"
    append(path, Point(0, 1, 1.0, 0.0))
    path.write_text(path.read_text() + row)
    with pytest.raises(SpotterError, match=r"curve\.jsonl:2: not a row"):
        read(path)


def test_a_missing_file_is_an_error_that_says_what_to_name(tmp_path: Path) -> None:
    with pytest.raises(SpotterError, match=r"name the curve\.jsonl of a run"):
        read(tmp_path / "curve.jsonl")
