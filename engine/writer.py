"""A causal language model that writes on: from a place in a text to the end of its line, several times."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from spotter.engine.baselines import smollm2

SAMPLES = 2
TEMPERATURE = 0.8
LONGEST = 32  # pieces of a line

# For each place in a text (offsets in code points), what the model writes there up to the end of the line.
Writer = Callable[[str, Sequence[int]], list[tuple[str, ...]]]


def load(seed: int) -> Writer:
    """SmolLM2-135M-Instruct as a writer; SpotterError where a package is missing."""
    torch, tokenizer, model = smollm2.in_memory()
    torch.manual_seed(seed)

    def write(text: str, places: Sequence[int]) -> list[tuple[str, ...]]:
        encoded = tokenizer(text, return_offsets_mapping=True)
        ends = [end for _, end in encoded["offset_mapping"]]
        known = [max(1, sum(end <= place for end in ends)) for place in places]  # pieces before each place
        texts = _sampled(torch, tokenizer, model, encoded["input_ids"], [n for n in known for _ in range(SAMPLES)])
        before = [text[ends[n - 1] : place] for n, place in zip(known, places, strict=True)]  # begun by a piece
        return [_lines(texts[i * SAMPLES : (i + 1) * SAMPLES], begun) for i, begun in enumerate(before)]

    return write


def _sampled(torch: Any, tokenizer: Any, model: Any, ids: Sequence[int], known: Sequence[int]) -> list[str]:
    """A text after each number of known pieces: the pieces are read once, and what was seen is cut for each row."""
    written: list[list[int]] = [[] for _ in known]
    most, numbers = max(known), torch.tensor(known)
    with torch.inference_mode():
        read = model.model(torch.tensor([ids[:most]]), use_cache=True)
        logits = model.lm_head(read.last_hidden_state[0, numbers - 1])
        seen = import_module("transformers").DynamicCache()
        pick = (torch.arange(most) - (most - numbers[:, None])).clamp(min=0)  # (rows, most): each to the right end
        for layer, kept in enumerate(read.cache.layers):
            seen.update(*(part[0, :, pick].transpose(0, 1) for part in (kept.keys, kept.values)), layer)
        mask = (torch.arange(most) >= most - numbers[:, None]).long()
        for step in range(LONGEST):
            drawn = torch.multinomial(torch.softmax(logits / TEMPERATURE, -1), 1)
            for row, piece in zip(written, drawn[:, 0].tolist(), strict=True):
                row.append(piece)
            texts: list[str] = [tokenizer.decode(row) for row in written]
            if sum("\n" not in text for text in texts) <= len(texts) // 8:
                break  # the last ones would cost as much as all others
            mask = torch.cat((mask, torch.ones_like(drawn)), 1)
            places = numbers[:, None] + step
            logits = model(drawn, cache=seen, attention_mask=mask, position_ids=places, use_cache=True).logits[:, -1]
    return texts


def _lines(texts: Sequence[str], begun: str) -> tuple[str, ...]:
    """What stands before the line's end, of the texts that reach it and go on as was begun."""
    return tuple(
        text.partition("\n")[0].removeprefix(begun) for text in texts if "\n" in text and text.startswith(begun)
    )
