from __future__ import annotations

import shutil
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from spotter.engine.runtime import load
from spotter.engine.sums import FILES, SUMS
from spotter.errors import SpotterError


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9])
def test_weights_that_were_cut_off_are_one_line(tmp_path: Path, name: str, share: float) -> None:
    with as_file(files("spotter.engine.weights")) as folder:
        for file in (*FILES, SUMS):
            shutil.copyfile(folder / file, tmp_path / file)
    data = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(data[: int(len(data) * share)])
    with pytest.raises(SpotterError, match=r"is damaged .*; reinstall spotter-lint"):
        load(tmp_path)
