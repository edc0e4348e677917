"""Where torch runs, and in which number format."""

from __future__ import annotations

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
