"""What a training run has learned, as a scorer: the suspicion of each token, on the denoiser's own windows.

A run's folder holds last.pt and vocabulary.json, as `spotter train run` leaves them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spotter.engine.batches import Batch, joined, pack
from spotter.engine.bench_scorer import Span
from spotter.engine.checkpoint import load, objective_of
from spotter.engine.dialects import DIALECTS
from spotter.engine.feeding import read_vocabulary
from spotter.engine.lexemes import Lexemes
from spotter.engine.network import Denoiser
from spotter.engine.objectives import Objective, objective
from spotter.engine.place import place
from spotter.engine.reading_order import reading_of
from spotter.engine.scores import TokenScore
from spotter.engine.splices import Label, Noised
from spotter.engine.spotting import Window, windows_of
from spotter.engine.suspicion import suspicion
from spotter.engine.vocabulary import Vocabulary
from spotter.errors import SpotterError
from spotter.findings import Edit
from spotter.syntax import Syntax

Floats = NDArray[np.float64]
BITS = 1.4426950408889634  # a nat
AT_ONCE = 16  # windows


@dataclass(frozen=True, slots=True)
class Network:
    """A run's averaged network, where torch runs it."""

    model: Denoiser
    vocabulary: Vocabulary
    aim: Objective
    device: str
    fingerprint: str

    @property
    def languages(self) -> frozenset[str]:
        """What it was trained on."""
        return DIALECTS[self.vocabulary.dialect].languages

    def suspicions(self, windows: Sequence[Window], seen: Sequence[Lexemes] | None = None) -> list[Floats]:
        """For each window (T,), in its own order, at the tokens that are taken; `seen` is what some of them hide."""
        back = self.aim.direction == "right to left"
        whole = self._batch([window.inside for window in windows])
        batch = whole if seen is None else self._batch(seen)
        spans = [(w.end - w.last, w.end - w.first) if back else (w.first - w.start, w.last - w.start) for w in windows]
        found = suspicion(self.model, batch, self.aim, self.device, whole, spans).double().cpu().numpy()
        rows = (found[row, : window.end - window.start] for row, window in enumerate(windows))
        return [row[::-1] if back else row for row in rows]

    def _batch(self, windows: Sequence[Lexemes]) -> Batch:
        noised = [Noised(window, (Label(),) * len(window)) for window in windows]
        rows = [joined([each], self.vocabulary, self.aim) for each in noised]
        return pack(rows, self.vocabulary, max(map(len, windows)))


@dataclass(frozen=True, slots=True)
class Trained:
    """Scores spans by what `read` says of their windows."""

    fingerprint: str
    read: Callable[[Sequence[Window]], Sequence[Floats]]
    languages: frozenset[str]
    probabilistic: bool = False
    threshold: float | None = None

    def score_spans(self, spans: Sequence[Span]) -> list[tuple[TokenScore, ...]]:
        """Windows of like length together."""
        found: list[dict[int, TokenScore]] = [{} for _ in spans]
        readings = [(i, reading_of(syntax), first, last) for i, (syntax, first, last) in enumerate(spans)]
        windows = [
            (i, w) for i, reading, *ends in readings for run in reading.runs(*ends) for w in windows_of(reading, *run)
        ]
        windows.sort(key=lambda item: item[1].end - item[1].start)
        for at in range(0, len(windows), AT_ONCE):
            some = windows[at : at + AT_ONCE]
            for (i, w), scores in zip(some, self.read([w for _, w in some]), strict=True):
                taken = zip(w.taken, scores[w.first - w.start :].tolist(), strict=False)
                found[i].update((token, TokenScore(token, score, ())) for token, score in taken)
        return [tuple(scores[t] for t in sorted(scores)) for scores in found]

    def repairs(self, syntax: Syntax, token: int, edit: Edit) -> tuple[str, ...]:  # noqa: ARG002 - the protocol's
        """None: peers are compared by what they find."""
        return ()


def network(run: Path, *names: str) -> Network:
    """The network of a run for one of these objectives; SpotterError where it is for another, or not there."""
    last, words = run / "last.pt", run / "vocabulary.json"
    if missing := next((path for path in (last, words) if not path.is_file()), None):
        raise SpotterError(f"{missing}: not there; name the folder of a `spotter train run`")
    if (name := objective_of(last)) not in names:
        raise SpotterError(f"{last}: trained for {name}, not for {' or '.join(names)}")
    device = place().device
    model, _ = load(last)
    with last.open("rb") as file:
        fingerprint = hashlib.file_digest(file, "sha256").hexdigest()[:16]
    return Network(model.to(device), read_vocabulary(words), objective(name), device, fingerprint)
