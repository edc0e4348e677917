from __future__ import annotations

import dataclasses

import pytest
import torch

from spotter.engine.dialects import JAVASCRIPT
from spotter.engine.features import features
from spotter.engine.lexemes import lexemes_of
from spotter.engine.network import Denoiser, Shape
from spotter.engine.transplant import transplanted
from spotter.engine.vocabulary import Vocabulary, build
from spotter.source import Source
from spotter.syntax import parse

CODE = "def total(rows, start):\n    return sum(row.size for row in rows[start:])\n"
WORDS = [("(", 9), (")", 8), ("rows", 7), ("and", 6), ("None", 5), ("row", 4), ("1", 3), ('"a"', 2), ("size", 1)]
PIECES = [("rows", 3), ("size", 2), ("start", 1)]
KNOWN = build(WORDS, PIECES, 6 + len(WORDS), 3)
WANTED = dataclasses.replace(
    build(
        [("(", 9), ("&&", 8), ("null", 7), ("rows", 6), ("total", 5), ("2", 4), ("'b'", 3), ("=>", 2), ("{", 1)],
        [("rows", 3), ("total", 2), ("sum", 1)],
        6 + len(WORDS),
        3,
    ),
    dialect="javascript",
)


@pytest.fixture(scope="module")
def network() -> Denoiser:
    torch.manual_seed(0)
    return Denoiser(Shape(len(KNOWN.words), KNOWN.piece_count, width=32, layers=1, content=4)).eval()


def row(state: dict[str, torch.Tensor], vocabulary: Vocabulary, word: str) -> torch.Tensor:
    return state["tables.word.weight"][vocabulary.word_ids[word]]


def test_words_keep_their_rows_or_have_those_of_what_means_the_same(network: Denoiser) -> None:
    old, new = network.state_dict(), transplanted(network, KNOWN, WANTED)
    same = {"(": "(", "rows": "rows", "&&": "and", "null": "None", "=>": "<other>", "{": "<other>", "2": "<number>"}
    for word, known in (same | {"total": "<name>", "'b'": "<string>", "<mask>": "<mask>"}).items():
        assert torch.equal(row(new, WANTED, word), row(old, KNOWN, known)), word
    assert JAVASCRIPT.same["&&"] == "and"
    assert new.keys() == old.keys()
    assert all(new[name].shape == old[name].shape for name in old)


def test_code_of_words_that_are_new_reads_as_it_did(network: Denoiser) -> None:
    other = Denoiser(network.shape).eval()
    other.load_state_dict(transplanted(network, KNOWN, WANTED))
    hidden = []
    for model, words in ((network, KNOWN), (other, WANTED)):
        seen = features(lexemes_of(parse(Source("a.py", CODE, "python"))), words)
        word, pieces, scalars = (
            torch.from_numpy(array).unsqueeze(0) for array in (seen.word, seen.pieces, seen.scalars)
        )
        hidden.append(model.tables(word, pieces, scalars).detach()[0])
    first = CODE.split("(")[0].split()
    assert first == ["def", "total"]
    assert torch.allclose(hidden[0][:3], hidden[1][:3])  # `def`, `total`, `(`
