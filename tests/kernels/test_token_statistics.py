from __future__ import annotations

from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from spotter.kernels.token_statistics import _token_statistics_kernel, definition, token_statistics


@pytest.mark.parametrize(("cap", "k"), [(None, 1), (2.0, 1), (None, 3), (30.0, 5)])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=str)
@pytest.mark.parametrize(("n", "v", "d"), [(1, 6, 1), (16, 64, 32), (17, 65, 33), (5, 257, 48), (33, 1000, 7)])
def test_the_kernel_agrees_with_its_definition(
    n: int, v: int, d: int, dtype: torch.dtype, cap: float | None, k: int
) -> None:
    generator = torch.Generator().manual_seed(n * v + d)
    hidden = torch.randn(n, d, generator=generator).to(dtype)
    weight = torch.randn(v, d, generator=generator).to(dtype)
    observed = torch.randint(0, v, (n,), generator=generator)
    expected, found = (of(hidden, weight, observed, cap, k) for of in (definition, token_statistics))
    for name in ("log_p", "entropy", "best_log_p"):
        torch.testing.assert_close(getattr(found, name), getattr(expected, name), rtol=1e-4, atol=1e-4)
    assert torch.equal(found.rank, expected.rank)
    logits = hidden.float() @ weight.float().t()
    capped = logits if cap is None else cap * (logits / cap).tanh()
    for best in (found.best, expected.best):  # near ties may change places
        assert all(len(set(row)) == k for row in best.tolist())
        torch.testing.assert_close(capped.gather(1, best), capped.gather(1, expected.best), rtol=1e-4, atol=1e-4)


def test_the_interpreted_kernel_is_what_ran() -> None:
    assert type(_token_statistics_kernel).__name__ == "InterpretedFunction"


def test_a_certain_head_has_no_entropy() -> None:
    hidden, weight = torch.tensor([[100.0, 0.0]]), torch.eye(2)
    found = token_statistics(hidden, weight, torch.tensor([1]))
    assert found.rank.tolist() == [1]
    assert found.best.tolist() == [[0]]
    assert found.entropy.item() == pytest.approx(0.0, abs=1e-4)
    assert found.log_p.item() == pytest.approx(-100.0, abs=1e-3)


class Largest(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch leaves its subclass hook untyped
    """The bytes of the largest tensor that was made."""

    bytes = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        made = func(*args, **(kwargs or {}))
        for found in made if isinstance(made, tuple) else (made,):
            if isinstance(found, torch.Tensor):
                self.bytes = max(self.bytes, found.nbytes)
        return made


@pytest.mark.parametrize("v", [500, 4000])
def test_the_kernel_makes_no_tensor_that_grows_with_the_vocabulary(v: int) -> None:
    n, d = 48, 8
    hidden, weight, observed = torch.randn(n, d), torch.randn(v, d), torch.randint(0, v, (n,))
    largest = []
    for of in (definition, token_statistics):
        with Largest() as seen:  # type: ignore[no-untyped-call]  # as above
            of(hidden, weight, observed, k=4)
        largest.append(seen.bytes)
    assert largest[0] >= n * v * 4  # all logits in fp32
    assert largest[1] <= weight.nbytes  # the interpreter's copy of the matrix; without it, four ids a token
