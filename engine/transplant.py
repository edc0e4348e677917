"""A network that goes on in another dialect: its body as it is, its tables by the other dialect's words."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from spotter.engine.checkpoint import restored, words_of
from spotter.engine.dialects import DIALECTS
from spotter.engine.feeding import read_vocabulary
from spotter.engine.lexemes import NAME, NUMBER, OTHER, STRING
from spotter.engine.network import Denoiser
from spotter.engine.vocabulary import RARE, Vocabulary
from spotter.errors import SpotterError

WORDS = ("tables.word.weight", "replacement.bias")
PIECES = "tables.piece.weight"


def weights_for(wanted: Vocabulary, folder: Path) -> dict[str, Tensor]:
    """The exported weights of a folder, for a network that reads by these words: of the same dialect or another one."""
    known, network = read_vocabulary(words_of(folder)), restored(folder)
    if known.dialect == wanted.dialect:
        return network.state_dict()
    if (len(known.words), known.piece_count) != (len(wanted.words), wanted.piece_count):
        raise SpotterError(f"{folder}: its vocabulary is of another size than the corpus's; no rows can be handed on")
    return transplanted(network, known, wanted)


def transplanted(network: Denoiser, known: Vocabulary, wanted: Vocabulary) -> dict[str, Tensor]:
    """The weights of a network that reads and writes by `known` words, for the wanted ones, of which there are as many.

    A word that both have keeps its row; one that means the same as a known one has that one's; any other begins as the
    rare word that it was to the network. So does a piece as the hashed one that it was.
    """
    state = {name: weight.detach().clone() for name, weight in network.state_dict().items()}
    words = torch.tensor([_row(word, known, wanted) for word in wanted.words])
    pieces = torch.tensor([known.piece(piece) for piece in wanted.known_pieces])
    for name in WORDS:
        state[name] = state[name][words]
    state[PIECES][1 : 1 + len(pieces)] = state[PIECES][pieces]
    return state


def _row(word: str, known: Vocabulary, wanted: Vocabulary) -> int:
    if word in known.word_ids:
        return known.word_ids[word]
    alike = DIALECTS[wanted.dialect].same.get(word, "")
    return known.word_ids.get(alike, RARE[kind_of(word)])


def kind_of(word: str) -> int:
    """The class of a word by its looks."""
    if word[0] in "\"'`":
        return STRING
    return NUMBER if word[0].isdigit() else NAME if word[0].isalpha() or word[0] in "_$" else OTHER
