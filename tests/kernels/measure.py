"""Would a kernel for attention with relations pay, does the fused op's memory stay flat, is it fast on a GPU?

python -P tests/kernels/measure.py
"""

from __future__ import annotations

import importlib.resources
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.profiler import ProfilerActivity, profile
from torch.utils._python_dispatch import TorchDispatchMode

from spotter.engine import checkpoint
from spotter.engine.features import RELATIONS, WINDOW
from spotter.engine.network import Attention, rotate
from spotter.kernels import token_statistics

REPEATS = 4
PARTS = {"matrix products": ("aten::mm", "aten::addmm"), "attention": ("aten::_scaled_dot_product",)}


def without_relations(
    self: Attention, x: Tensor, codes: tuple[Tensor, Tensor], turn: tuple[Tensor, Tensor], mask: Tensor | None
) -> Tensor:
    """Attention as it would be if relations cost nothing at all: a bound of what any kernel could save."""
    b, t, _ = x.shape
    del codes
    q, k, v = self.inputs(x).split(self.split, dim=2)
    q, k = (rotate(part.view(b, t, self.heads, self.content).transpose(1, 2), turn) for part in (q, k))
    v = v.view(b, t, self.heads, 2 * self.content).transpose(1, 2)
    y = F.scaled_dot_product_attention(F.pad(q, (0, self.content)), F.pad(k, (0, self.content)), v, mask)
    out: Tensor = self.output(y.transpose(1, 2).reshape(b, t, -1))
    return out


def seconds(pass_: Callable[[], object]) -> float:
    """Processor time of the quickest of some passes, on one core."""
    spans = []
    for _ in range(REPEATS):
        began = time.process_time()
        pass_()
        spans.append(time.process_time() - began)
    return min(spans)


def attention() -> None:
    """Where the time of a pass over full windows goes."""
    torch.set_num_threads(1)
    folder = Path(str(importlib.resources.files("spotter.engine.weights")))
    body = checkpoint.restored(folder).eval().body
    x, ids = torch.randn(2, WINDOW, body.shape.width), torch.randint(-1, 50, (2, WINDOW, len(RELATIONS)))
    with torch.inference_mode():
        body(x, ids, ids)
        whole = seconds(lambda: body(x, ids, ids))
        with profile(activities=[ProfilerActivity.CPU]) as seen:
            body(x, ids, ids)
        with patch.object(Attention, "forward", without_relations):
            bare = seconds(lambda: body(x, ids, ids))
    total = sum(event.self_cpu_time_total for event in seen.key_averages())
    for part, names in PARTS.items():
        spent = sum(e.self_cpu_time_total for e in seen.key_averages() if e.key.startswith(names))
        print(f"{part}: {spent / total:.0%} of a pass over two windows of {WINDOW} tokens")
    print(f"relations: {1 - bare / whole:.0%} ({whole:.2f} seconds of a core with them, {bare:.2f} without)")


class Made(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch leaves its subclass hook untyped
    """The bytes of all tensors that are made."""

    bytes = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        made = func(*args, **(kwargs or {}))
        self.bytes += sum(
            one.nbytes for one in (made if isinstance(made, tuple) else (made,)) if isinstance(one, Tensor)
        )
        return made


class Nothing:
    """In the kernel's place: it keeps its tiles in registers, and only its interpreter copies what it is given."""

    def __getitem__(self, grid: object) -> Callable[..., None]:
        return lambda *_, **__: None


def memory(n: int = 64, d: int = 8) -> None:
    """What both ways of token_statistics make as the vocabulary grows."""
    token_statistics._token_statistics_kernel = Nothing()
    print(f"{'words':>8}{'plain, bytes':>16}{'fused, bytes':>16}   for {n} tokens")
    for v in (4096, 32_768, 262_144):
        hidden, weight, observed = torch.randn(n, d), torch.randn(v, d), torch.zeros(n, dtype=torch.int64)
        found = []
        for of in (token_statistics.definition, token_statistics.token_statistics):
            with Made() as made:  # type: ignore[no-untyped-call]  # as above
                of(hidden, weight, observed)
            found.append(made.bytes)
        print(f"{v:>8,}{found[0]:>16,}{found[1]:>16,}")


def speed(n: int = 4096, d: int = 2048, k: int = 5) -> None:
    """Milliseconds of both ways on a GPU, and of the one matrix product that neither can do without."""
    from triton.testing import do_bench

    print(f"{torch.cuda.get_device_name()}, bfloat16, {n} tokens of {d} columns, {k} alternatives")
    print(f"{'words':>8}{'product':>10}{'plain':>10}{'fused':>10}   ms, median{'plain':>12}{'fused':>8}   MB at most")
    for v in (4096, 32_768, 151_936, 262_144):
        hidden, weight = (torch.randn(rows, d, device="cuda", dtype=torch.bfloat16) for rows in (n, v))
        observed = torch.randint(0, v, (n,), device="cuda")
        ways = (token_statistics.definition, token_statistics.token_statistics)
        plain, fused = (of(hidden, weight, observed, k=k) for of in ways)
        torch.testing.assert_close(fused.log_p, plain.log_p, rtol=1e-3, atol=1e-3)
        times = [do_bench(partial(torch.matmul, hidden, weight.t()), return_mode="median")]
        peaks = []
        for of in ways:
            torch.cuda.reset_peak_memory_stats()
            before = torch.cuda.memory_allocated()
            times.append(do_bench(partial(of, hidden, weight, observed, k=k), return_mode="median"))
            peaks.append((torch.cuda.max_memory_allocated() - before) / 1e6)
        row = "".join(f"{ms:>10.2f}" for ms in times)
        print(f"{v:>8,}{row}{'':>13}{peaks[0]:>12,.0f}{peaks[1]:>8,.1f}")


if __name__ == "__main__":
    if torch.cuda.is_available():
        speed()
    attention()
    memory()
