"""How suspicious a trained network finds each token: the log-odds of an edit, or the surprisal of its text."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from spotter.engine.batches import Batch
from spotter.engine.network import Denoiser, edit_odds, named, padding, pointed
from spotter.engine.noise import REPLACE
from spotter.engine.objectives import Objective
from spotter.engine.vocabulary import MASK


@torch.no_grad()
def suspicion(model: Denoiser, batch: Batch, aim: Objective, device: str, own: Batch | None = None) -> Tensor:
    """(B, T), in the batch's order; by what the network was trained for.

    Where the batch hides some of its texts, `own` is the same one with them.
    """
    word, pieces, scalars, query, key, hashes = (
        torch.from_numpy(getattr(batch, name)).to(device).long()
        for name in ("word", "pieces", "scalars", "query", "key", "hashes")
    )
    mask = None if model.shape.causal else padding(word)
    hidden, logits = model.body(model.tables(word, pieces, scalars), query, key, mask)
    if aim.edit:
        return edit_odds(logits)
    asked = (torch.from_numpy(part).to(device).long() for part in ((own or batch).word, (own or batch).hashes))
    rows = zip(hidden, word, hashes, *asked, strict=True)
    return torch.stack([surprisal(model, one, (own_word, own_hash), seen) for one, *seen, own_word, own_hash in rows])


def surprisal(model: Denoiser, hidden: Tensor, own: Sequence[Tensor], seen: Sequence[Tensor]) -> Tensor:
    """Nats (T,) of each text of one window, from the place before it or, where both sides are seen, from its own.

    hidden (T, D); words and hashes (T,) as they are, and as they are seen. Nothing is asked before a causal network's
    first token: 0 there.
    """
    (word, hashes), (seen_word, seen_hashes) = own, seen
    ahead = int(model.shape.causal)
    size = len(word)
    at = torch.arange(size - ahead, device=word.device)
    row = torch.zeros_like(at)
    closed, copied = model.replacement(hidden[None], row, at, row + REPLACE, model.tables.word.weight, len(at))
    places = torch.arange(size, device=word.device)
    others = places <= at[:, None] if ahead else places != at[:, None]
    same, allowed = seen_hashes == hashes[ahead:, None], others & (seen_word > MASK)
    nats, _, _ = pointed(closed, copied, named(word[ahead:], same & allowed), same, allowed)
    return torch.nn.functional.pad(nats, (ahead, 0))
