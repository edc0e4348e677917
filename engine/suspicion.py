"""How suspicious a trained network finds each token: the log-odds of an edit, or the surprisal of its text."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from spotter.engine.batches import Batch
from spotter.engine.network import Denoiser, edit_odds, named, padding, pointed
from spotter.engine.objectives import Objective
from spotter.engine.place import precision
from spotter.engine.splices import REPLACE
from spotter.engine.vocabulary import MASK

Span = tuple[int, int]


@torch.no_grad()
def suspicion(
    model: Denoiser,
    batch: Batch,
    aim: Objective,
    device: str,
    own: Batch | None = None,
    asked: Sequence[Span] | None = None,
) -> Tensor:
    """(B, T), in the batch's order; by what the network was trained for. The body runs as it was trained.

    Where the batch hides some of its texts, `own` is the same one with them. Surprisal costs a product with the whole
    vocabulary a token: where spans [first, last) are asked for, one a row, it is 0 outside.
    """
    word, pieces, scalars, query, key, hashes = (
        torch.from_numpy(getattr(batch, name)).to(device).long()
        for name in ("word", "pieces", "scalars", "query", "key", "hashes")
    )
    with precision(device):
        mask = None if model.shape.causal else padding(word)
        hidden, _ = model.body(model.tables(word, pieces, scalars), query, key, mask)
    hidden = hidden.float()
    if aim.edit:
        return edit_odds(model.body.edit(hidden))
    texts = (torch.from_numpy(part).to(device).long() for part in ((own or batch).word, (own or batch).hashes))
    spans = asked or [(0, word.shape[1])] * len(word)
    rows = zip(hidden, word, hashes, *texts, spans, strict=True)
    return torch.stack([surprisal(model, one, (word, text), seen, span) for one, *seen, word, text, span in rows])


def surprisal(
    model: Denoiser, hidden: Tensor, own: tuple[Tensor, Tensor], seen: Sequence[Tensor], span: Span
) -> Tensor:
    """Nats (T,) of the texts of a span of a window, from the place before each or, where both sides are seen, its own.

    hidden (T, D); words and hashes (T,) as they are, and as they are seen. Nothing is asked before a causal network's
    first token: 0 there.
    """
    (word, hashes), (seen_word, seen_hashes) = own, seen
    ahead = int(model.shape.causal)
    first, last = max(ahead, span[0]), span[1]
    at = torch.arange(first - ahead, last - ahead, device=word.device)
    row = torch.zeros_like(at)
    closed, copied = model.replacement(hidden[None], row, at, row + REPLACE, model.tables.word.weight, len(at))
    places = torch.arange(len(word), device=word.device)
    others = places <= at[:, None] if ahead else places != at[:, None]
    same, allowed = seen_hashes == hashes[first:last, None], others & (seen_word > MASK)
    nats, _, _ = pointed(closed, copied, named(word[first:last], same & allowed), same, allowed)
    return torch.nn.functional.pad(nats, (first, len(word) - last))
