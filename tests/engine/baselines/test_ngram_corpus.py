from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spotter.cli import run
from spotter.engine.baselines.ngram import count, load_from, share
from spotter.engine.baselines.ngram_corpus import OPEN_VOCABULARY, build, counted, hashes, read
from spotter.engine.corpus import Shard, save
from spotter.errors import SpotterError

FILES = [["a", "b", "a", "c", "a", "b", "a"], ["a", "b", "d", "a", "b", "a", "c"], ["x"]]


def rows(texts: list[str]) -> list[list[str]]:
    return [texts[max(0, i - 5) : i + 1] for i in range(len(texts))]


def shard(folder: Path, name: str, files: list[list[str]]) -> None:
    folder.mkdir(exist_ok=True)
    table: dict[str, int] = {}
    ids = [table.setdefault(text, len(table)) for texts in files for text in texts]
    starts = np.cumsum([0, *map(len, files)]).astype(np.int64)
    blank = np.zeros(len(ids))
    save(
        Shard(name, tuple(table), np.array(ids, np.uint32), blank.astype(np.uint8), blank.astype(np.int8), starts),
        folder,
    )


def test_hashed_counts_give_the_shares_of_plain_ones() -> None:
    model, hashed = count(FILES * 2), counted([hashes(texts) for texts in FILES * 2])
    asked = [row for texts in (*FILES, ["b", "a", "x", "d"], ["new", "a"]) for row in rows(texts)]
    plain = [share(model, tuple(row[:-1]), row[-1], OPEN_VOCABULARY) for row in asked]
    assert hashed.shares(asked) == pytest.approx(plain)


def test_no_ngram_reaches_from_one_file_into_the_next() -> None:
    apart, together = counted([hashes(["a"]), hashes(["b"])]), counted([hashes(["a", "b"])])
    assert apart.shares([["a", "b"]]) == pytest.approx(apart.shares([["b"]]))
    assert together.shares([["a", "b"]])[0] > together.shares([["b"]])[0]


def test_long_ngrams_that_stand_once_are_forgotten() -> None:
    once, twice = (counted([hashes(["a", "b", "c", "d"])] * n) for n in (1, 2))
    assert [len(order.grams) for order in once.orders] == [4, 3, 0, 0, 0, 0]
    assert [len(order.grams) for order in twice.orders] == [4, 3, 2, 1, 0, 0]


def test_shards_are_counted_without_the_projects_held_out(tmp_path: Path) -> None:
    shard(tmp_path / "shards", "sqlalchemy", FILES)
    shard(tmp_path / "shards", "pydantic", [["held", "out"]])  # one of the projects kept for validation
    target = tmp_path / "counts.npz"
    assert run(["train", "ngram", str(tmp_path), str(target)]) == 0
    expected = counted([hashes(texts) for texts in FILES])
    assert read(target).shares(rows(FILES[0])) == pytest.approx(expected.shares(rows(FILES[0])))
    assert read(target).shares([["held"]]) == pytest.approx(read(target).shares([["never seen"]]))
    assert load_from(target).fingerprint == f"ngram-6-{expected.fingerprint}"


def test_a_wrong_file_and_missing_shards_are_said(tmp_path: Path) -> None:
    (tmp_path / "counts.npz").write_bytes(b"no counts")
    with pytest.raises(SpotterError, match="cannot be read as n-gram counts"):
        read(tmp_path / "counts.npz")
    with pytest.raises(SpotterError, match="no shards there"):
        build(tmp_path / "shards", tmp_path / "counts.npz")
