"""What a network learns from a teacher: its word on every token, also where nothing is known to be wrong."""

from __future__ import annotations

import torch
from torch import Tensor

from spotter.engine.batches import Spelled
from spotter.engine.decoder import Decoder
from spotter.engine.network import edit_odds, mean_where
from spotter.engine.vocabulary import MASK

HARD = 0.6  # what the known edits weigh beside a teacher's word
ROWS = 64  # windows that a teacher reads at once

Answers = tuple[Tensor, Tensor]  # edit logits (B, T, 4), and of which tokens they count (B, T)


@torch.no_grad()
def answers(teacher: Decoder, batch: Spelled, device: str) -> Answers:
    """Of the tokens that a teacher has read whole, in windows that hide nothing: it never saw a mask."""
    pieces = pieces_of(batch, device)
    logits = [teacher(*(a[at : at + ROWS] for a in pieces)) for at in range(0, len(batch.word), ROWS)]
    seen = (batch.labels >= 0) & (batch.first >= 0) & ~(batch.word == MASK).any(1, keepdims=True)
    return torch.cat(logits), torch.from_numpy(seen).to(device)


def pieces_of(batch: Spelled, device: str) -> tuple[Tensor, Tensor, Tensor]:
    """Pieces (B, P), and the first and last of each token (B, T), where they are read."""
    ids, first, last = (torch.from_numpy(a.astype("int64")).to(device) for a in (batch.ids, batch.first, batch.last))
    return ids, first, last


def soft_losses(logits: Tensor, told: Answers) -> tuple[Tensor, Tensor]:
    """KL(teacher || network) of the edits of a token (Hinton et al. 2015), and the same of places.

    The second is the cross-entropy of two shares of a window's odds.
    """
    target, asked = told
    logs, right = logits.float().log_softmax(2), target.log_softmax(2)
    edits = mean_where(asked, (right.exp() * (right - logs)).sum(2))
    own, theirs = (edit_odds(each).masked_fill(~asked, -30.0) for each in (logits, target))
    places = mean_where(asked.any(1), -(theirs.softmax(1) * own.log_softmax(1)).sum(1))
    return edits, places
