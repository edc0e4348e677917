"""How a network stands on fixes that it does not learn from, while it learns."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

import torch

from spotter.engine.batches import Batch, Fix, around, joined, pack
from spotter.engine.features import WINDOW
from spotter.engine.network import Denoiser
from spotter.engine.objectives import DENOISER, Objective
from spotter.engine.splices import KEEP, Noised
from spotter.engine.suspicion import suspicion
from spotter.engine.vocabulary import Vocabulary

ASKED, PAIRS = 512, 16  # fixes; of them in one batch


@dataclass(frozen=True, slots=True)
class Standing:
    """Shares of the held-out fixes: a wrong token is the most suspicious of its function, or is among five; the
    function has a more suspicious one somewhere than its mended twin."""

    top1: float
    top5: float
    pair: float

    def __str__(self) -> str:
        return f"held-out fixes: top-1 {self.top1:.3f} top-5 {self.top5:.3f} pair {self.pair:.3f}"


def questions_of(held: Sequence[Fix], vocabulary: Vocabulary, aim: Objective = DENOISER) -> tuple[Batch, ...]:
    """Each of so many fixes as two rows, before it and after it; the same ones in every run."""
    chosen = sorted(held, key=lambda fix: zlib.crc32(fix.source.text.encode("utf-8", "replace")))[:ASKED]
    sides = [around(fix, Random(0)) for fix in chosen]
    asked = [side for side in sides if any(label.edit != KEEP for label in side[0].labels)]
    rows = [[joined([noised], vocabulary, aim) for pair in some for noised in pair] for some in _groups(asked)]
    return tuple(pack(some, vocabulary, WINDOW, len(some) // 2) for some in rows)


def _groups(asked: Sequence[tuple[Noised, Noised]]) -> Iterator[Sequence[tuple[Noised, Noised]]]:
    return (asked[i : i + PAIRS] for i in range(0, len(asked), PAIRS))


def standing(model: Denoiser, questions: Sequence[Batch], device: str, aim: Objective = DENOISER) -> Standing | None:
    """The network's answers; none when nothing is held out."""
    if not questions:
        return None
    ranks, pairs = [], []
    for batch in questions:
        labels = torch.from_numpy(batch.labels).to(device)
        odds = suspicion(model, batch, aim, device).masked_fill(labels < 0, -torch.inf)  # (B, T)
        best = odds.masked_fill(labels <= 0, -torch.inf).amax(1, keepdim=True)  # (B, 1) of the wrong tokens
        ranks.append(((odds >= best) & (labels == KEEP)).sum(1)[::2])  # ties count against it
        pairs.append(odds.amax(1)[::2] > odds.amax(1)[1::2])
    rank, pair = torch.cat(ranks), torch.cat(pairs)
    return Standing(*(share.float().mean().item() for share in (rank < 1, rank < 5, pair)))
