from __future__ import annotations

from math import log10
from pathlib import Path

import pytest

from spotter.engine.bench_around import NONE, read_around
from spotter.engine.elsewhere import ALONE
from spotter.errors import SpotterError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {"Shop/src/shop/cart.py": "total = old_name", "Shop/src/shop/tax.py": "rate", "Shop/notes.txt": "discount"}
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_text_takes_the_place_of_the_release_s_file(folder: Path) -> None:
    found = read_around(folder).census("owner/shop", "lib/shop/cart.py", "total = rate * discount")
    assert found.files == 2
    assert found.nowhere("rate") == 0.0
    assert found.nowhere("total") == found.nowhere("discount") == log10(2)
    assert found.times["old_name"] == 0
    beside = read_around(folder).census("PyPI:shop", "shop/new.py", "rate")
    assert (beside.files, beside.times["rate"], beside.times["old_name"]) == (3, 2, 1)


def test_a_project_without_a_release_is_alone(folder: Path) -> None:
    assert read_around(folder).census("owner/other", "a.py", "x") is ALONE
    assert NONE.census("owner/shop", "a.py", "x") is ALONE


def test_a_folder_without_a_release_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(SpotterError, match="unpack a release into each"):
        read_around(tmp_path)
