"""What a run says as it learns, at every fiftieth step."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from torch import Tensor

from spotter.engine.batches import Batch
from spotter.engine.learning_curve import Point, append


class Progress:
    """A running mean of the loss's parts, and how fast a network learns; with a curve of the tokens of its steps."""

    def __init__(self, names: Sequence[str], curve: Path | None = None, tokens: int = 0) -> None:
        self.names, self.curve, self.step_tokens = names, curve, tokens
        self.seen: Tensor | None = None
        self.tokens, self.clock = 0, time.monotonic()

    def saw(self, step: int, batch: Batch, parts: Tensor) -> None:
        """Take in a step's parts; on a GPU nothing waits for them but what is said."""
        self.tokens += int((batch.word > 0).sum())
        self.seen = parts if self.seen is None else self.seen.lerp(parts, 0.02)
        if step % 50 == 0:
            told = dict(zip(self.names, self.seen.tolist(), strict=True))
            speed = self.tokens / (time.monotonic() - self.clock)
            if self.curve:
                append(self.curve, Point(step, (step + 1) * self.step_tokens, told["edit"], told["hit"]))
            print(step, " ".join(f"{n} {v:.4f}" for n, v in told.items()), f"{speed:.0f} tokens/s", flush=True)
            self.tokens, self.clock = 0, time.monotonic()
