"""A causal language model that reads code as a denoiser.

Its layers look both ways and are adapted; the last ones only choose the next piece, and are left out. The network is
Llama's (Touvron et al. 2023); making a trained decoder bidirectional follows LLM2Vec (BehnamGhader et al. 2024), the
low-rank adapters LoRA (Hu et al. 2021). Weights are read as they stand in a GGUF file, whose queries and keys are
ordered for rotations of neighbouring pairs.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from spotter.errors import SpotterError

EDITS = 4  # KEEP, REPLACE, DELETE, INSERT


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a decoder. Its layers below the top are kept, and adapted with changes of this rank."""

    words: int
    width: int
    hidden: int
    layers: int
    heads: int
    groups: int  # heads of keys and values
    base: float  # of the rotary positions
    epsilon: float
    top: int = 22
    rank: int = 32


class Adapted(nn.Module):
    """A frozen matrix, and a low-rank change of it."""

    def __init__(self, weight: Tensor, rank: int) -> None:
        super().__init__()
        self.register_buffer("weight", weight, persistent=False)
        self.down = nn.Parameter(torch.randn(rank, weight.shape[1]) * weight.shape[1] ** -0.5)
        self.up = nn.Parameter(torch.zeros(weight.shape[0], rank))

    def forward(self, x: Tensor) -> Tensor:
        change = F.linear(F.linear(x, self.down.to(x.dtype)), self.up.to(x.dtype))
        return F.linear(x, self.get_buffer("weight")) + change


class Layer(nn.Module):
    def __init__(self, shape: Shape, tensors: dict[str, Tensor], number: int) -> None:
        super().__init__()
        self.shape = shape

        def matrix(name: str) -> Adapted:
            return Adapted(tensors[f"blk.{number}.{name}.weight"], shape.rank)

        self.attn_q, self.attn_k, self.attn_v = matrix("attn_q"), matrix("attn_k"), matrix("attn_v")
        self.attn_output = matrix("attn_output")
        self.ffn_gate, self.ffn_up, self.ffn_down = matrix("ffn_gate"), matrix("ffn_up"), matrix("ffn_down")
        for name in ("attn_norm", "ffn_norm"):
            self.register_buffer(name, tensors[f"blk.{number}.{name}.weight"], persistent=False)

    def forward(self, x: Tensor, turn: tuple[Tensor, Tensor], mask: Tensor) -> Tensor:
        s = self.shape
        b, t, _ = x.shape
        h = F.rms_norm(x, (s.width,), self.get_buffer("attn_norm"), s.epsilon)
        q = rotated(self.attn_q(h).view(b, t, s.heads, -1).transpose(1, 2), turn)  # (B, nh, T, c)
        k = rotated(self.attn_k(h).view(b, t, s.groups, -1).transpose(1, 2), turn)  # (B, ng, T, c)
        v = self.attn_v(h).view(b, t, s.groups, -1).transpose(1, 2)
        k, v = (a.repeat_interleave(s.heads // s.groups, dim=1) for a in (k, v))
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        x = x + self.attn_output(y.transpose(1, 2).reshape(b, t, -1))
        h = F.rms_norm(x, (s.width,), self.get_buffer("ffn_norm"), s.epsilon)
        out: Tensor = x + self.ffn_down(F.silu(self.ffn_gate(h)) * self.ffn_up(h))
        return out


class Decoder(nn.Module):
    """Pieces in, edit logits of lexical tokens out."""

    def __init__(self, shape: Shape, tensors: dict[str, Tensor]) -> None:
        super().__init__()
        self.shape = shape
        self.register_buffer("embedding", tensors["token_embd.weight"], persistent=False)
        self.layers = nn.ModuleList(Layer(shape, tensors, n) for n in range(min(shape.top, shape.layers)))
        self.register_buffer("norm", tensors["output_norm.weight"], persistent=False)
        self.edit = nn.Linear(2 * shape.width, EDITS)
        nn.init.normal_(self.edit.weight, std=0.002)
        nn.init.zeros_(self.edit.bias)
        with torch.no_grad():
            self.edit.bias[0] = 6.0  # few tokens are wrong

    def forward(self, ids: Tensor, first: Tensor, last: Tensor) -> Tensor:
        """ids (B, P), 0 behind the end; each token's first and last piece (B, T) -> edit logits (B, T, 4).

        A token whose pieces are -1 is not read: its logits mean nothing.
        """
        turn = turns(ids.shape[1], self.shape, ids.device)
        x = F.embedding(ids, self.get_buffer("embedding"))
        mask = torch.zeros_like(ids, dtype=x.dtype).masked_fill(padding(ids), -1e9)[:, None, None, :]
        for layer in self.layers:
            x = layer(x, turn, mask)
        h = F.rms_norm(x, (self.shape.width,), self.get_buffer("norm"), self.shape.epsilon).float()
        rows = torch.arange(len(ids), device=ids.device)[:, None]
        logits: Tensor = self.edit(torch.cat((h[rows, first.clamp(min=0)], h[rows, last.clamp(min=0)]), dim=2))
        return logits


def padding(ids: Tensor) -> Tensor:
    """Where a row has ended: the zeros behind its last piece. The zero that begins it is read."""
    return (ids == 0) & (torch.arange(ids.shape[1], device=ids.device) > 0)


def rotated(x: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
    """Rotary positions on neighbouring pairs of (B, nh, T, c)."""
    a, b = x[..., 0::2], x[..., 1::2]
    cos, sin = turn[0].to(x.dtype), turn[1].to(x.dtype)
    return torch.stack((a * cos - b * sin, a * sin + b * cos), dim=4).flatten(3)


def turns(t: int, shape: Shape, device: torch.device) -> tuple[Tensor, Tensor]:
    """Cosines and sines (T, c / 2) of the positions 0..T-1."""
    c = shape.width // shape.heads
    angle = torch.arange(t, device=device)[:, None] * shape.base ** (-torch.arange(0, c, 2, device=device) / c)
    return angle.cos(), angle.sin()


def read(path: Path, dtype: torch.dtype) -> tuple[Shape, dict[str, Tensor], list[str], list[str]]:
    """A GGUF file's sizes, tensors, pieces and merges; SpotterError where it cannot be read."""
    import gguf

    try:
        reader = gguf.GGUFReader(path)
        said = {name: field.contents() for name, field in reader.fields.items()}
        tensors = {
            tensor.name: torch.from_numpy(gguf.dequantize(tensor.data, tensor.tensor_type).copy()).to(dtype)
            for tensor in reader.tensors
        }
        shape = Shape(
            words=int(said["llama.vocab_size"]),
            width=int(said["llama.embedding_length"]),
            hidden=int(said["llama.feed_forward_length"]),
            layers=int(said["llama.block_count"]),
            heads=int(said["llama.attention.head_count"]),
            groups=int(said["llama.attention.head_count_kv"]),
            base=float(said["llama.rope.freq_base"]),
            epsilon=float(said["llama.attention.layer_norm_rms_epsilon"]),
        )
        return shape, tensors, said["tokenizer.ggml.tokens"], said["tokenizer.ggml.merges"]
    except (OSError, ValueError, KeyError, IndexError) as error:
        raise SpotterError(f"{path}: not a model in GGUF that can be read ({str(error).splitlines()[0]})") from error
