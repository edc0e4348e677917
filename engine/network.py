"""The whole denoiser: a bidirectional transformer over lexical tokens that says, for each, how an author would edit it.

Relations enter attention as codes: half of every query and key is content with rotary positions (RoFormer, Su et al.
2021), the other half a fixed random code of a relation's group, so that tokens in the same group get a learned bias.
The replacement head points at a closed vocabulary and at every token of the window (pointer networks, Vinyals 2015).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from spotter.engine.features import CODES, RELATIONS, SIZES
from spotter.engine.vocabulary import SPECIAL

EDITS = 4


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a network; saved with its weights, so that loading never asks."""

    words: int
    pieces: int
    width: int = 384
    layers: int = 6
    heads: int = len(RELATIONS)
    content: int = 32  # of a head's query and key; as many again hold the relation's code
    relations: bool = True
    causal: bool = False  # a token attends to itself and to those before it alone


class Attention(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads, self.content, self.causal = shape.heads, shape.content, shape.causal
        inner = shape.heads * shape.content
        self.split = (inner, inner, 2 * inner)
        self.inputs = nn.Linear(shape.width, 4 * inner, bias=False)
        self.output = nn.Linear(2 * inner, shape.width, bias=False)
        self.relation = nn.Parameter(torch.full((shape.heads, 1, 1), 2.0 if shape.relations else 0.0))
        self.relation.requires_grad_(shape.relations)

    def forward(
        self, x: Tensor, codes: tuple[Tensor, Tensor], turn: tuple[Tensor, Tensor], mask: Tensor | None
    ) -> Tensor:
        b, t, _ = x.shape
        q, k, v = self.inputs(x).split(self.split, dim=2)
        q = rotate(q.view(b, t, self.heads, self.content).transpose(1, 2), turn)  # (B, nh, T, c)
        k = rotate(k.view(b, t, self.heads, self.content).transpose(1, 2), turn)  # (B, nh, T, c)
        v = v.view(b, t, self.heads, 2 * self.content).transpose(1, 2)  # (B, nh, T, 2c)
        q = torch.cat((q * self.content**-0.5, codes[0] * self.relation.to(q.dtype)), dim=3)  # (B, nh, T, 2c)
        k = torch.cat((k, codes[1]), dim=3)  # (B, nh, T, 2c)
        v = v.to(q.dtype)
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=self.causal, scale=1.0)  # (B, nh, T, 2c)
        out: Tensor = self.output(y.transpose(1, 2).reshape(b, t, -1))
        return out


class Block(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.attention = Attention(shape)
        self.up = nn.Linear(shape.width, 4 * shape.width, bias=False)
        self.down = nn.Linear(4 * shape.width, shape.width, bias=False)
        self.norm1 = nn.RMSNorm(shape.width, eps=1e-6)
        self.norm2 = nn.RMSNorm(shape.width, eps=1e-6)

    def forward(
        self, x: Tensor, codes: tuple[Tensor, Tensor], turn: tuple[Tensor, Tensor], mask: Tensor | None
    ) -> Tensor:
        x = x + self.attention(self.norm1(x), codes, turn, mask)
        y: Tensor = x + self.down(F.gelu(self.up(self.norm2(x)), approximate="tanh"))
        return y


class Tables(nn.Module):
    """The input vector of a token: the sum of what it is, of its pieces, and of its counts and layout."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.word = nn.Embedding(shape.words, shape.width)
        self.piece = nn.Embedding(shape.pieces, shape.width, padding_idx=0)
        self.scalar = nn.Embedding(sum(SIZES), shape.width)
        offsets = torch.tensor([sum(SIZES[:i]) for i in range(len(SIZES))])
        self.register_buffer("offsets", offsets, persistent=False)
        for table in (self.word, self.piece, self.scalar):
            nn.init.normal_(table.weight, std=0.02)

    def forward(self, word: Tensor, pieces: Tensor, scalars: Tensor) -> Tensor:
        b, t = word.shape
        width = self.word.embedding_dim
        count = (pieces > 0).sum(2, keepdim=True).clamp(min=1)  # (B, T, 1)
        mean = F.embedding_bag(pieces.view(b * t, -1), self.piece.weight, mode="sum", padding_idx=0).view(b, t, width)
        small = F.embedding_bag(
            (scalars + self.get_buffer("offsets")).view(b * t, -1), self.scalar.weight, mode="sum"
        ).view(b, t, width)
        x: Tensor = self.word(word) + mean / count**0.5 + small  # (B, T, D)
        return x


class Body(nn.Module):
    """From input vectors to hidden vectors and edit logits: all that runs in ONNX."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.norm = nn.RMSNorm(shape.width, eps=1e-6)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.last = nn.RMSNorm(shape.width, eps=1e-6)
        self.edit = nn.Linear(shape.width, EDITS)
        generator = torch.Generator().manual_seed(7)
        table = torch.randint(0, 2, (CODES + 1, shape.content), generator=generator).float() * 2 - 1
        table[CODES] = 0.0  # a code of -1 is in no group
        self.register_buffer("codes", table * shape.content**-0.5)

    def forward(self, x: Tensor, query: Tensor, key: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
        x = self.norm(x)
        device = x.device.type
        dtype = torch.get_autocast_dtype(device) if torch.is_autocast_enabled(device) else x.dtype
        codes = self.code(query, dtype), self.code(key, dtype)
        turn = turns(x.shape[1], self.shape.content, x.device)
        for block in self.blocks:
            x = block(x, codes, turn, mask)
        x = self.last(x)
        return x, self.edit(x)  # (B, T, D), (B, T, 4)

    def code(self, ids: Tensor, dtype: torch.dtype) -> Tensor:
        """(B, T, nh) group ids -> (B, nh, T, c) codes."""
        table: Tensor = self.get_buffer("codes")
        return table[torch.where(ids < 0, CODES, ids)].transpose(1, 2).to(dtype)


class Replacement(nn.Module):
    """Which text stands there instead: a query at each asked position against the words and the window's own tokens."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.kind = nn.Embedding(EDITS, shape.width)
        self.query = nn.Linear(shape.width, shape.width, bias=False)
        self.pointer = nn.Linear(shape.width, shape.width, bias=False)
        self.bias = nn.Parameter(torch.zeros(shape.words))
        nn.init.normal_(self.kind.weight, std=0.02)

    def forward(
        self, hidden: Tensor, row: Tensor, at: Tensor, edit: Tensor, words: Tensor, most: int
    ) -> tuple[Tensor, Tensor]:
        """hidden (B, T, D); N asked places in the order of their rows, at most so many a row; the word table (V, D)."""
        b, _, d = hidden.shape
        q = self.query(F.gelu(hidden[row, at] + self.kind(edit)))  # (N, D)
        closed = q @ words.t() + self.bias  # (N, V)
        nth = torch.arange(len(row), device=row.device) - torch.searchsorted(row, row)  # which of its row's places
        asked = q.new_zeros(b, most, d).index_put((row, nth), q)  # (B, most, D)
        copied = asked @ self.pointer(hidden).transpose(1, 2)  # (B, most, T)
        return closed, copied[row, nth] * d**-0.5  # (N, V), (N, T)


class Denoiser(nn.Module):
    """Tables, body and replacement head together, as they are trained."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.tables = Tables(shape)
        self.body = Body(shape)
        self.replacement = Replacement(shape)
        for name, weight in self.named_parameters():
            if weight.ndim == 2 and ("blocks" in name or "query" in name or "pointer" in name):
                nn.init.normal_(weight, std=shape.width**-0.5)
            if name.endswith(("output.weight", "down.weight", "edit.weight", "edit.bias")):
                nn.init.zeros_(weight)


def rotate(x: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
    """Rotary positions on (B, nh, T, c)."""
    a, b = x.chunk(2, dim=3)
    cos, sin = turn[0].to(x.dtype), turn[1].to(x.dtype)
    return torch.cat((a * cos - b * sin, a * sin + b * cos), dim=3)


def turns(t: int, content: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Cosines and sines (T, c / 2) of the positions 0..T-1."""
    speed = 1000.0 ** (-torch.arange(0, content, 2, device=device) / content)
    angle = torch.arange(t, device=device)[:, None] * speed[None]
    return angle.cos(), angle.sin()


def padding(word: Tensor) -> Tensor:
    """(B, T) word ids -> (B, 1, 1, T), far below zero where there is none."""
    device = word.device.type
    dtype = torch.get_autocast_dtype(device) if torch.is_autocast_enabled(device) else torch.float32
    mask = torch.zeros(word.shape, dtype=dtype, device=word.device).masked_fill(word == 0, -1e4)
    return mask[:, None, None, :]


def edit_odds(logits: Tensor) -> Tensor:
    """(B, T, 4) -> the log-odds (B, T) that a token is edited."""
    return logits[..., 1:].float().logsumexp(2) - logits[..., 0].float()


def edit_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Mean cross-entropy of KEEP, REPLACE, DELETE, INSERT over the labelled tokens; a label of -1 is not asked."""
    return F.cross_entropy(logits.flatten(0, 1).float(), labels.flatten(), ignore_index=-1)


def place_losses(logits: Tensor, labels: Tensor, segments: Tensor, twins: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Where in a segment the edits are, and which of two twins has them; both by the odds of the tokens, summed.

    The first is -log of the edited tokens' share of their segment's odds, a pointer's loss (Vasic et al. 2019, RealiT):
    where, whatever the odds that it is wrong at all. The second is -log of the wrong twin's share of both. A row has at
    most `count` segments. Nothing here asks the device for a value, so that a GPU need not wait.
    """
    odds = edit_odds(logits)  # (B, T)
    rows = torch.arange(len(labels), device=labels.device)[:, None]
    index = (rows * count + segments).flatten()  # (B * T,)
    shares = odds.clamp(max=15.0).exp()
    whole, edited = (
        torch.zeros(len(labels) * count, device=odds.device).index_add(0, index, (shares * chosen).flatten())
        for chosen in (labels >= 0, labels > 0)
    )
    whole, edited = whole.view(-1, count), edited.view(-1, count)  # (B, segments)
    wrong = edited > 0
    paired = wrong & ~wrong[twins] & (whole[twins] > 0) & (twins >= 0)[:, None]
    total = whole.clamp(min=1e-9).log()
    place = mean_where(wrong, total - edited.clamp(min=1e-9).log())
    return place, mean_where(paired, F.softplus(total[twins] - total))


def mean_where(chosen: Tensor, values: Tensor) -> Tensor:
    """The mean of the chosen values, 0 where none is chosen."""
    return (values * chosen).sum() / chosen.sum().clamp(min=1)


def replacement_loss(
    closed: Tensor, copied: Tensor, word: Tensor, same: Tensor, allowed: Tensor
) -> tuple[Tensor, Tensor]:
    """The mean of the nats of those texts that can be pointed at, and hits (N,)."""
    nats, known, hits = pointed(closed, copied, word, same, allowed)
    return mean_where(known, nats), hits


def named(word: Tensor, copies: Tensor) -> Tensor:
    """Word ids (N,) of texts: a rare one has its class's word where there is no copy (N, T) to point at, else -1."""
    return word.masked_fill((word < len(SPECIAL)) & copies.any(1), -1)


def pointed(
    closed: Tensor, copied: Tensor, word: Tensor, same: Tensor, allowed: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """-log of the share of the right text, by its word (N,) (-1: rare) and its allowed copies `same` (N, T).

    With it whether there is anything right to point at, and whether the best is right: all (N,).
    """
    copied = copied.float().masked_fill(~allowed, -1e9)
    scores = torch.cat((closed.float(), copied), dim=1)  # (N, V + T)
    right = torch.zeros_like(scores, dtype=torch.bool)
    right[:, closed.shape[1] :] = same & allowed
    right.scatter_(1, word.clamp(min=0)[:, None], (word >= 0)[:, None])
    nats = scores.logsumexp(1) - scores.masked_fill(~right, -1e9).logsumexp(1)
    return nats, right.any(1), right.gather(1, scores.argmax(1, keepdim=True)).flatten()
