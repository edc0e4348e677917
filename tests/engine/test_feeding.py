from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from spotter.engine.batches import held_out_fix
from spotter.engine.corpus import Shard, held_out, save
from spotter.engine.feeding import read_lessons
from spotter.engine.vocabulary import build
from spotter.errors import SpotterError

PYTHON = "def f(rows, start):\n    if not rows and self.ready is None:\n        raise Empty({})\n    return rows\n"
SCRIPT = "function f(rows, start) {{\n  if (!rows && this.ready === null) {{\n    throw Empty({});\n  }}\n}}\n"


def fixes(path: Path, rows: list[tuple[str, str, str]]) -> Path:
    made = [
        {"repo": repo, "path": name, "before": text.format("start"), "after": text.format("rows")}
        for repo, name, text in rows
    ]
    path.write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in made).encode()))
    return path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    words = [
        "rows",
        "start",
        "function",
        "(",
        ")",
        "{",
        "}",
        "if",
        "!",
        "&&",
        "this",
        ".",
        "===",
        "null",
        "throw",
        "def",
    ]
    vocabulary = build([(word, 9) for word in words], [("rows", 1)], 6 + len(words), 1)
    raw = vocabulary.raw() | {"dialect": "javascript"}
    (tmp_path / "vocabulary.json").write_text(json.dumps(raw))
    (tmp_path / "shards").mkdir()
    assert not held_out("learned")
    zeros = np.zeros(3, np.uint32)
    kinds, ranks = zeros.astype(np.uint8), zeros.astype(np.int8)
    save(Shard("learned", ("a",), zeros, kinds, ranks, np.array([0, 3])), tmp_path / "shards")
    return tmp_path


def test_fixes_of_another_dialect_are_told_in_the_words_of_this_one_and_its_own_are_as_many(data: Path) -> None:
    assert [held_out_fix(name) for name in ("one", "two", "beta")] == [False, False, True]
    own = fixes(data / "own.jsonl.gz", [("one", "a.js", SCRIPT), ("beta", "b.ts", SCRIPT)])
    other = fixes(data / "other.jsonl.gz", [("two", "a.py", PYTHON), ("one", "b.py", PYTHON), ("beta", "c.py", PYTHON)])
    lessons = read_lessons(data, [own, other], data / "vocabulary.json")
    assert [fix.source.path for fix in lessons.fixes] == ["a.js", "a.js", "a.py", "b.py"]
    assert [fix.source.path for fix in lessons.held] == ["b.ts"]
    told = " ".join(lessons.fixes[-1].before.texts)
    assert told.startswith("def f ( rows , start ) : if ! rows && this . ready is null : throw Empty ( start )")
    assert lessons.fixes[0].before.texts[:2] == ("function", "f")


def test_without_shards_the_corpus_is_asked_for(data: Path) -> None:
    for path in (data / "shards").iterdir():
        path.unlink()
    with pytest.raises(SpotterError, match="build the corpus first"):
        read_lessons(data, [], data / "vocabulary.json")
