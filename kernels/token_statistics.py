"""What a language model's head says of the tokens that stand there, without writing down N x V logits.

For a vocabulary of 262,144 words the logits of one 512-token window are half a gigabyte in fp32. One pass over the
vocabulary keeps, per token, a running maximum and normaliser (online softmax, Milakov and Gimelshein 2018).
"""

from __future__ import annotations

from typing import NamedTuple

import torch
import triton
import triton.language as tl
from torch import Tensor


class TokenStatistics(NamedTuple):
    """(N,): log p of the observed token, how many are likelier, the entropy in nats; (N, K): the best other tokens."""

    log_p: Tensor
    rank: Tensor
    entropy: Tensor
    best: Tensor
    best_log_p: Tensor


class Tiles(NamedTuple):
    """Tokens, words and columns that a program holds at once, its warps, and the loads that run ahead."""

    n: int
    v: int
    d: int
    warps: int
    stages: int


HALF = Tiles(64, 256, 64, 8, 3)  # 16-bit floats on a GPU with room: its matrix units multiply them exactly
ROOM = 2 * HALF.stages * HALF.d * (HALF.n + HALF.v)  # bytes of shared memory that they take
WHOLE = Tiles(16, 64, 32, 4, 2)  # all else, as float32


def definition(
    hidden: Tensor, weight: Tensor, observed: Tensor, cap: float | None = None, k: int = 1
) -> TokenStatistics:
    """hidden (N, D), weight (V, D), observed (N,) in 0..V-1; a cap makes logits cap * tanh(logits / cap) (Gemma 2)."""
    logits = hidden.float() @ weight.float().t()  # (N, V)
    return of_logits(logits if cap is None else cap * (logits / cap).tanh(), observed, k)


def of_logits(logits: Tensor, observed: Tensor, k: int = 1) -> TokenStatistics:
    """The same where the logits (N, V) are at hand already."""
    log_p = logits.float().log_softmax(1)
    own = log_p.gather(1, observed[:, None])  # (N, 1)
    others = log_p.scatter(1, observed[:, None], float("-inf"))
    best_log_p, best = others.topk(k, dim=1)
    entropy = -(log_p.exp() * log_p).sum(1)
    return TokenStatistics(own[:, 0], (others > own).sum(1), entropy, best, best_log_p)


@triton.jit  # type: ignore[untyped-decorator]  # triton ships no types
def _token_statistics_kernel(  # type: ignore[no-untyped-def]  # triton reads the arguments itself
    hidden_ptr,
    weight_ptr,
    observed_ptr,
    log_p_ptr,
    rank_ptr,
    entropy_ptr,
    best_ptr,
    best_log_p_ptr,
    n,
    v,
    d,
    hidden_stride,
    weight_stride,
    cap,
    CAPPED: tl.constexpr,
    WIDEN: tl.constexpr,
    K: tl.constexpr,
    SLOTS: tl.constexpr,
    BLOCK_N: tl.constexpr,
    BLOCK_V: tl.constexpr,
    BLOCK_D: tl.constexpr,
):
    i_n = tl.program_id(0)
    o_n = i_n * BLOCK_N + tl.arange(0, BLOCK_N)
    m_n = o_n < n
    b_observed = tl.load(observed_ptr + o_n, mask=m_n, other=0)
    b_own = tl.zeros((BLOCK_N,), tl.float32)  # the observed token's logit
    for i_d in range(0, d, BLOCK_D):
        o_d = i_d + tl.arange(0, BLOCK_D)
        m_nd = m_n[:, None] & (o_d < d)[None, :]
        b_h = tl.load(hidden_ptr + o_n[:, None] * hidden_stride + o_d[None, :], mask=m_nd, other=0.0).to(tl.float32)
        b_w = tl.load(weight_ptr + b_observed[:, None] * weight_stride + o_d[None, :], mask=m_nd, other=0.0)
        b_own += tl.sum(b_h * b_w.to(tl.float32), axis=1)
    if CAPPED:
        b_own = cap * (2 * tl.sigmoid(2 * b_own / cap) - 1)  # tanh
    b_max = b_own  # running maximum, normaliser and sum of exp * logit; the observed token is counted first
    b_sum = tl.full((BLOCK_N,), 1.0, tl.float32)
    b_dot = b_own
    b_rank = tl.zeros((BLOCK_N,), tl.int64)
    o_k = tl.arange(0, SLOTS)  # SLOTS is a power of two that holds K
    b_best = tl.zeros((BLOCK_N, SLOTS), tl.int64)
    b_best_logit = tl.full((BLOCK_N, SLOTS), float("-inf"), tl.float32)
    for i_v in range(0, v, BLOCK_V):
        o_v = i_v + tl.arange(0, BLOCK_V)
        b_logits = tl.zeros((BLOCK_N, BLOCK_V), tl.float32)
        for i_d in range(0, d, BLOCK_D):
            o_d = i_d + tl.arange(0, BLOCK_D)
            m_d = o_d < d
            p_h = hidden_ptr + o_n[:, None] * hidden_stride + o_d[None, :]
            p_w = weight_ptr + o_v[:, None] * weight_stride + o_d[None, :]
            b_h = tl.load(p_h, mask=m_n[:, None] & m_d[None, :], other=0.0)
            b_w = tl.load(p_w, mask=(o_v < v)[:, None] & m_d[None, :], other=0.0)
            if WIDEN:
                b_h, b_w = b_h.to(tl.float32), b_w.to(tl.float32)
            b_logits = tl.dot(b_h, tl.trans(b_w), b_logits, input_precision="ieee")
        if CAPPED:
            b_logits = cap * (2 * tl.sigmoid(2 * b_logits / cap) - 1)
        m_other = (o_v < v)[None, :] & (o_v[None, :] != b_observed[:, None])
        b_logits = tl.where(m_other, b_logits, float("-inf"))
        b_rank += tl.sum((b_logits > b_own[:, None]).to(tl.int64), axis=1)
        b_tile = tl.max(b_logits, axis=1)
        b_left = b_logits
        for _ in tl.static_range(K):  # the tile's best one goes where the worst one stands
            b_high = tl.max(b_left, axis=1)
            b_slots = tl.where((o_k < K)[None, :], b_best_logit, float("inf"))
            m_better = b_high > tl.min(b_slots, axis=1)
            if tl.sum(m_better.to(tl.int32), axis=0) > 0:  # rare once some words have been seen
                b_at = tl.argmax(b_left, axis=1)
                m_slot = (o_k[None, :] == tl.argmin(b_slots, axis=1)[:, None]) & m_better[:, None]
                b_best = tl.where(m_slot, (b_at.to(tl.int64) + i_v)[:, None], b_best)
                b_best_logit = tl.where(m_slot, b_high[:, None], b_best_logit)
                b_left = tl.where(tl.arange(0, BLOCK_V)[None, :] == b_at[:, None], float("-inf"), b_left)
        b_new = tl.maximum(b_max, b_tile)
        b_shrink = tl.exp(b_max - b_new)
        b_exp = tl.exp(b_logits - b_new[:, None])
        b_sum = b_sum * b_shrink + tl.sum(b_exp, axis=1)
        b_dot = b_dot * b_shrink + tl.sum(tl.where(m_other, b_exp * b_logits, 0.0), axis=1)
        b_max = b_new
    b_norm = b_max + tl.log(b_sum)
    tl.store(log_p_ptr + o_n, b_own - b_norm, mask=m_n)
    tl.store(rank_ptr + o_n, b_rank, mask=m_n)
    tl.store(entropy_ptr + o_n, b_norm - b_dot / b_sum, mask=m_n)
    o_nk, m_nk = o_n[:, None] * K + o_k[None, :], m_n[:, None] & (o_k < K)[None, :]
    tl.store(best_ptr + o_nk, b_best, mask=m_nk)
    tl.store(best_log_p_ptr + o_nk, b_best_logit - b_norm[:, None], mask=m_nk)


def room(device: torch.device) -> int:
    """Bytes of shared memory of a GPU's multiprocessor: some 100,000 on a desk, twice that in a rack."""
    return torch.cuda.get_device_properties(device).shared_memory_per_multiprocessor


def token_statistics(
    hidden: Tensor, weight: Tensor, observed: Tensor, cap: float | None = None, k: int = 1
) -> TokenStatistics:
    """The definition's five results by one fused kernel; hidden (N, D) and weight (V, D) with rows contiguous."""
    (n, d), v = hidden.shape, weight.shape[0]
    assert weight.shape[1] == d, f"hidden has {d} columns, weight has {weight.shape[1]}"
    assert 0 < k < v, f"{k} alternatives of {v} words"
    log_p, entropy = (torch.empty(n, device=hidden.device) for _ in range(2))
    rank = torch.empty(n, dtype=torch.int64, device=hidden.device)
    best = torch.empty((n, k), dtype=torch.int64, device=hidden.device)
    best_log_p = torch.empty((n, k), device=hidden.device)
    halves = hidden.dtype == weight.dtype and hidden.element_size() == 2
    tiles = HALF if halves and hidden.is_cuda and room(hidden.device) > ROOM else WHOLE
    _token_statistics_kernel[(triton.cdiv(n, tiles.n),)](
        hidden,
        weight,
        observed,
        log_p,
        rank,
        entropy,
        best,
        best_log_p,
        n,
        v,
        d,
        hidden.stride(0),
        weight.stride(0),
        1.0 if cap is None else cap,
        CAPPED=cap is not None,
        WIDEN=tiles is WHOLE,
        K=k,
        SLOTS=triton.next_power_of_2(k),
        BLOCK_N=tiles.n,
        BLOCK_V=tiles.v,
        BLOCK_D=tiles.d,
        num_warps=tiles.warps,
        num_stages=tiles.stages,
    )
    best_log_p, order = best_log_p.sort(dim=1, descending=True)
    return TokenStatistics(log_p, rank, entropy, best.gather(1, order), best_log_p)
