"""Where torch runs, and in which number format."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import torch


@dataclass(frozen=True, slots=True)
class Place:
    """A device and the number format there."""

    device: str
    dtype: torch.dtype

    def __str__(self) -> str:
        return f"{self.device}, {str(self.dtype).removeprefix('torch.')}"


def place() -> Place:
    """A GPU in bfloat16 where there is one, else the processor in float32."""
    return Place("cuda", torch.bfloat16) if torch.cuda.is_available() else Place("cpu", torch.float32)


def precision(device: str) -> AbstractContextManager[object]:
    """Mixed bfloat16 where the device multiplies such matrices itself, full precision elsewhere."""
    fast = device == "cuda" or torch.ops.mkldnn._is_mkldnn_bf16_supported()
    return torch.autocast(device, torch.bfloat16) if fast else nullcontext()
