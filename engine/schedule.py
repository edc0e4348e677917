"""How a run learns over its steps: the rate, and what its windows are made of."""

from __future__ import annotations

from dataclasses import dataclass

from spotter.engine.batches import Mixture

RENAMED = 0.6
STABLE = Mixture(fixes=0.03, masked=0.3, edits=12.0, renamed=RENAMED)
DECAY = Mixture(fixes=0.5, masked=0.1, edits=3.0, renamed=RENAMED)


@dataclass(frozen=True, slots=True)
class Run:
    """A run: steps of so many tokens, warm-up, a constant rate, and a decay to zero over its last steps.

    The rate is this share of the peaks: where a network goes on from one that knows much, less of it is forgotten.
    """

    steps: int
    decay: int
    tokens: int = 8192
    warmup: int = 200
    muon: float = 0.02
    adam: float = 0.002
    share: float = 1.0
    seed: int = 0
    objective: str = "denoiser"
    stable: Mixture = STABLE
    late: Mixture = DECAY

    def rate(self, step: int) -> float:
        """The learning rate's share of its peak."""
        return self.share * min(1.0, (step + 1) / self.warmup, max(0.02, (self.steps - step) / max(1, self.decay)))

    def mixture(self, step: int) -> Mixture:
        """Synthetic edits first; real fixes in the decay."""
        return self.late if step >= self.steps - self.decay else self.stable
