"""The forward pass beside its matrix products alone: of the same shapes and kinds, by the same runtime, on one thread.

All take turns, and are given in seconds of the processor, so that what else the machine does falls on each.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from time import process_time
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from spotter.engine import runtime
from spotter.engine.features import features
from spotter.engine.reading_order import reading_of
from spotter.engine.spotting import windows_of
from spotter.engine.sums import bundled
from spotter.source import Source
from spotter.syntax import parse

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

TURNS = 3
Run = Callable[[], object]
Array = NDArray[np.generic]


@dataclass(frozen=True, slots=True)
class Forward:
    """Seconds of the network on all windows of some files, and of its products alone, None where onnx is missing.

    These are made in the order of the network's layers; or each over and over again, with all it needs in the caches.
    """

    windows: int
    tokens: int
    seconds: float
    products: float | None
    repeated: float | None


@dataclass(frozen=True, slots=True)
class Products:
    """What makes the products of a network's layers: int8 weights (k, n) with windows, and two arrays in fp32."""

    shape: dict[str, int]
    weights: tuple[tuple[int, InferenceSession], ...]  # with k
    pair: InferenceSession

    def of(self, t: int) -> list[Run]:
        """Those of a layer for a window of t tokens."""
        draw = np.random.default_rng(0)
        heads, head = self.shape["heads"], 2 * self.shape["content"]
        q, k, shares = (draw.random(s, np.float32) for s in ((heads, t, head), (heads, head, t), (heads, t, t)))
        given: list[tuple[InferenceSession, dict[str, Array]]] = [(self.pair, {"a": q, "b": k})]
        given += [(self.pair, {"a": shares, "b": q})]
        given += [(session, {"a": draw.integers(0, 255, (t, k), np.uint8)}) for k, session in self.weights]
        return [_bound(*one) for one in given]


def forward(files: Iterable[Path]) -> Forward:
    """Time the network, and its products, on every window of the files."""
    loaded, products = runtime.load(bundled()), products_of(bundled())
    tokens = 0
    taken: list[list[float]] = []
    for file in files:
        reading = reading_of(parse(Source(file.name, file.read_text(encoding="utf-8"), "python")))
        for window in windows_of(reading, 0, len(reading)):
            inputs = loaded.together([features(window.inside, loaded.vocabulary)])
            runs: list[Sequence[Run]] = [[partial(loaded.body, *inputs)]]
            if products:
                bound, layers = products.of(len(window.inside)), products.shape["layers"]
                runs += [bound * layers, [run for run in bound for _ in range(layers)]]
            taken.append(in_turns(runs))
            tokens += window.last - window.first
    seconds, *alone = (sum(column) for column in zip(*taken, strict=True))
    return Forward(len(taken), tokens, seconds, *(alone or (None, None)))


def in_turns(runs: Iterable[Sequence[Run]]) -> list[float]:
    """The median seconds of the processor that each sequence takes, after a turn that is not counted."""
    turns = [[_seconds(sequence) for sequence in runs] for _ in range(TURNS + 1)]
    return [median(column) for column in zip(*turns[1:], strict=True)]


def products_of(folder: Path) -> Products | None:
    """The products of the network whose weights lie in a folder, but for those of the four edits; None without onnx."""
    try:
        from onnx import TensorProto, helper, numpy_helper
    except ModuleNotFoundError:
        return None
    from safetensors import safe_open

    def session(operation: str, kinds: Sequence[int], made: int, fixed: dict[str, Array]) -> InferenceSession:
        inputs = [helper.make_tensor_value_info(name, kind, None) for name, kind in zip("ab", kinds, strict=False)]
        node = helper.make_node(operation, [*(value.name for value in inputs), *fixed], ["y"])
        output = helper.make_tensor_value_info("y", made, None)
        constants = [numpy_helper.from_array(array, name) for name, array in fixed.items()]
        graph = helper.make_graph([node], "product", inputs, [output], constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
        return runtime.session_of(model.SerializeToString())

    def weights(k: int, n: int) -> tuple[int, InferenceSession]:
        drawn = np.random.default_rng(0).integers(-64, 64, (k, n), np.int8)
        fixed: dict[str, Array] = {"b": drawn, "middle": np.array(128, np.uint8), "zero": np.zeros(n, np.int8)}
        return k, session("MatMulInteger", [TensorProto.UINT8], TensorProto.INT32, fixed)

    with safe_open(folder / "tables.safetensors", "numpy") as file:
        shape: dict[str, int] = json.loads(file.metadata()["shape"])
    width, inner = shape["width"], 2 * shape["heads"] * shape["content"]
    matrices = ((width, 2 * inner), (inner, width), (width, 4 * width), (4 * width, width))
    pair = session("MatMul", [TensorProto.FLOAT] * 2, TensorProto.FLOAT, {})
    return Products(shape, tuple(weights(*matrix) for matrix in matrices), pair)


def _bound(session: InferenceSession, given: dict[str, Array]) -> Run:
    """A run whose inputs are in place, and whose output is where the first one left it."""
    binding = session.io_binding()
    for name, array in given.items():
        binding.bind_cpu_input(name, array)
    binding.bind_output("y")
    session.run_with_iobinding(binding)
    binding.bind_ortvalue_output("y", binding.get_outputs()[0])
    return partial(session.run_with_iobinding, binding)


def _seconds(runs: Sequence[Run]) -> float:
    start = process_time()
    for run in runs:
        run()
    return process_time() - start
