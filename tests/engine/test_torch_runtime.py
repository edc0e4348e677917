from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from spotter.engine.calibration import Calibration
from spotter.engine.checkpoint import restored
from spotter.engine.network import Shape
from spotter.engine.place import Place
from spotter.engine.runtime import BATCH
from spotter.engine.runtime import load as load_onnx
from spotter.engine.spotting import Spotter
from spotter.engine.sums import bundled
from spotter.engine.torch_runtime import MOST, TorchBody, windows
from spotter.errors import SpotterError
from spotter.source import Source
from spotter.syntax import parse

ROOT = Path(__file__).parent.parent.parent
CODE = (ROOT / "engine" / "calibration.py").read_text(encoding="utf-8")
SYNTAX = parse(Source("a.py", CODE, "python"))


def odds(spotter: Spotter) -> NDArray[np.float64]:
    p = np.array([score.p_error for score in spotter.score(SYNTAX)])
    return np.asarray(np.log(p / (1 - p)), np.float64)


@pytest.fixture(scope="module")
def onnx() -> Spotter:
    found = load_onnx(bundled())
    return Spotter(found, Calibration.read(found.calibration))


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_torch_says_what_onnx_runtime_says(onnx: Spotter, dtype: torch.dtype) -> None:
    body = TorchBody(restored(bundled()).body.to(dtype).eval(), Place("cpu", dtype))
    found = replace(onnx, runtime=replace(onnx.runtime, body=body))
    apart = np.abs(odds(found) - odds(onnx))
    assert len(apart) == len(SYNTAX.tokens)
    assert np.quantile(apart, 0.99) <= 0.15
    assert apart.max() <= 0.35


class Narrow(torch.nn.Module):
    """Has room for so many windows at once."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most, self.rows = most, list[int]()

    def forward(self, x: torch.Tensor, query: torch.Tensor, *_: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        self.rows.append(len(x))
        if len(x) > self.most:
            raise torch.cuda.OutOfMemoryError("CUDA out of memory")
        return x * 2, x[:, :, :4] + query[:, :, :4]


def test_what_does_not_fit_into_memory_is_run_in_halves() -> None:
    x = np.arange(5 * 3 * 8, dtype=np.float32).reshape(5, 3, 8)
    groups, mask = np.ones((5, 3, 8), np.int64), np.zeros((5, 1, 1, 3), np.float32)
    narrow = Narrow(2)
    hidden, logits = TorchBody(narrow, Place("cpu", torch.float32))(x, groups, groups, mask)  # type: ignore[arg-type]
    assert narrow.rows == [5, 2, 3, 1, 2]
    assert np.array_equal(hidden, x * 2)
    assert np.array_equal(logits, x[:, :, :4] + 1)
    with pytest.raises(SpotterError, match=r"^cpu, float32: a window of 512 tokens does not fit into its memory$"):
        TorchBody(Narrow(0), Place("cpu", torch.float32))(x, groups, groups, mask)  # type: ignore[arg-type]


def test_as_many_windows_run_at_once_as_half_of_the_free_memory_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    shape = Shape(words=4096, pieces=4096)
    assert windows(Place("cpu", torch.float32), shape) == BATCH
    for free, expected in ((0, 1), (2**30, 33), (80 * 2**30, MOST)):
        monkeypatch.setattr(torch.cuda, "mem_get_info", lambda free=free: (free, 80 * 2**30))
        assert windows(Place("cuda", torch.bfloat16), shape) == expected


def test_score_runs_in_torch_says_where_and_scores_no_other_language(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(CODE, encoding="utf-8")
    (tmp_path / "b.js").write_text("let x = 1;\n")
    command = [sys.executable, "-m", "spotter", "score", "a.py", "b.js", "--runtime", "torch"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert [json.loads(line)["text"] for line in done.stdout.splitlines()] == [token.text for token in SYNTAX.tokens]
    first, second = done.stderr.splitlines()
    assert first.startswith("spotter: the bundled denoiser on ")
    assert first.endswith(" windows at once")
    assert (done.returncode, second) == (1, "spotter: b.js: no weights know javascript")


def test_a_checkpoint_takes_no_runtime(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "spotter", "score", "a.py", "--model", "some", "--runtime", "torch"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "leave one out" in done.stderr
