from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from spotter.engine.common_words import PACKAGES, build
from spotter.errors import SpotterError

FILLER = "x = 1\n" * 100  # a file of fewer bytes is left out


def wheel(folder: Path, name: str, text: str) -> None:
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr(f"{name}/a.py", text + FILLER)


def test_words_of_names_that_enough_packages_have_are_listed_in_order(tmp_path: Path) -> None:
    (tmp_path / "wheels").mkdir()
    for n in range(PACKAGES + 1):
        mine = "own_word, " if n else "own_word, ownWord, "
        rare = "onlyFour_here, " if n == 0 else "both_times, " if n < 3 else ""
        wheel(tmp_path / "wheels", f"p{n}", f"{mine}{rare}parseHTTPHeaders, add, Zebra, 'quoted', ham_spam_egg = 1\n")
    assert build(tmp_path, tmp_path / "words.txt") == 9
    found = (tmp_path / "words.txt").read_text(encoding="utf-8").split("\n")
    assert found == ["both", "headers", "http", "parse", "quoted", "spam", "times", "word", "zebra", ""]


def test_without_wheels_the_corpus_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(SpotterError, match="build the corpus first"):
        build(tmp_path, tmp_path / "words.txt")
