"""The bundled denoiser in torch, for a GPU: the same weights, int8 as floats again.

Its log-odds of P(edit) are those of ONNX Runtime within 0.35, and within 0.15 at 99 of 100 tokens: there the inputs of
each product are int8 too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor

from spotter.engine import runtime
from spotter.engine.checkpoint import restored
from spotter.engine.features import WINDOW
from spotter.engine.network import Body, Shape
from spotter.engine.place import Place, place
from spotter.engine.runtime import BATCH, Floats, Ints, Runtime
from spotter.errors import SpotterError

MOST = 256  # windows at once: more gain nothing


@dataclass(frozen=True)
class TorchBody:
    """The network between input vectors and edit logits, where torch runs it."""

    body: Body
    place: Place

    def __call__(self, x: Floats, query: Ints, key: Ints, mask: Floats) -> tuple[Floats, Floats]:
        """Hidden vectors (B, T, D) and edit logits (B, T, 4), in halves where they do not fit into memory together."""
        there = [torch.from_numpy(array).to(self.place.device) for array in (x, query, key, mask)]
        hidden, logits = self._fitting(
            [part.to(self.place.dtype) if part.is_floating_point() else part for part in there]
        )
        return hidden.float().cpu().numpy(), logits.float().cpu().numpy()

    @torch.inference_mode()
    def _fitting(self, inputs: list[Tensor]) -> tuple[Tensor, Tensor]:
        try:
            found: tuple[Tensor, Tensor] = self.body(*inputs)
            return found
        except torch.cuda.OutOfMemoryError as error:
            rows = len(inputs[0])
            if rows == 1:
                reason = f"a window of {WINDOW} tokens does not fit into its memory"
                raise SpotterError(f"{self.place}: {reason}") from error
        torch.cuda.empty_cache()
        halves = [self._fitting([part[at] for part in inputs]) for at in (slice(rows // 2), slice(rows // 2, rows))]
        return torch.cat([hidden for hidden, _ in halves]), torch.cat([logits for _, logits in halves])


def load(folder: Path) -> tuple[Runtime, Place]:
    """The weights of a folder in torch, and where they run; SpotterError when one is missing or damaged."""
    found, there = runtime.load(folder), place()
    body = restored(folder).body.to(there.device, there.dtype).eval()
    name = f"{found.fingerprint}-torch-{there}"  # other scores are remembered apart
    return replace(
        found, fingerprint=name, body=TorchBody(body, there), batch=windows(there, body.shape), threads=1
    ), there


def windows(there: Place, shape: Shape) -> int:
    """How many windows fit into half of the memory that is free; on a processor as many as elsewhere."""
    if there.device == "cpu":
        return BATCH
    free, _ = torch.cuda.mem_get_info()
    vectors, attention = 20 * shape.width * WINDOW, 2 * shape.heads * WINDOW**2  # numbers of a block, at most
    return max(1, min(MOST, free // 2 // ((vectors + attention) * there.dtype.itemsize)))
