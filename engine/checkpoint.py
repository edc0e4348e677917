"""From a training checkpoint to the bundled files: int8 ONNX for the body, int8 tables beside it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spotter.engine.features import RELATIONS, WINDOW
from spotter.engine.network import Body, Denoiser, Shape
from spotter.engine.sums import record
from spotter.errors import SpotterError

TABLES = ("tables.word", "tables.piece", "tables.scalar", "replacement.kind")


def load(path: Path) -> tuple[Denoiser, int]:
    """A checkpoint's averaged network, or that of exported weights, ready to score, and the step it was taken at."""
    if path.is_dir():
        return restored(path).eval(), 0
    state = torch.load(path, "cpu", weights_only=True)
    model = Denoiser(Shape(**state["shape"]))
    model.load_state_dict(state["model"] | state["average"])
    return model.eval(), int(state["step"])


def step_of(path: Path) -> int:
    """The step that a checkpoint goes on with; exported weights start again at 0."""
    return 0 if path.is_dir() else int(torch.load(path, "cpu", weights_only=True)["step"])


def words_of(path: Path) -> Path:
    """The vocabulary by which a checkpoint's network reads, or that of exported weights; SpotterError if it is gone."""
    words = (path if path.is_dir() else path.parent) / "vocabulary.json"
    if not words.exists():
        raise SpotterError(f"{words}: missing; {path.name} reads by the vocabulary that was there when it was made")
    return words


def objective_of(path: Path) -> str:
    """What a checkpoint's network was trained for."""
    return str(torch.load(path, "cpu", weights_only=True)["run"].get("objective", "denoiser"))


def restored(folder: Path) -> Denoiser:
    """The network of exported weights, int8 as floats again: training goes on from it where no checkpoint was kept."""
    import onnx
    from onnx import numpy_helper
    from safetensors import safe_open

    with safe_open(folder / "tables.safetensors", "numpy") as file:
        model = Denoiser(Shape(**json.loads(file.metadata()["shape"])))
        state = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  # not a mapping
    for name in TABLES:
        state[f"{name}.weight"] = state.pop(name) * state.pop(f"{name}.scale").astype(np.float32)
    graph = onnx.load(folder / "body.onnx").graph
    arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    state["body.codes"] = model.body.get_buffer("codes").numpy()  # fixed, and folded by the exporter where it is small
    state |= {f"body.{name}": array for name, array in arrays.items() if f"body.{name}" in model.state_dict()}
    products = [node.input[1].removesuffix("_quantized") for node in graph.node if node.op_type == "MatMulInteger"]
    for name, product in zip(matrices(model.shape.layers), products, strict=True):
        values, zero = (arrays[f"{product}_{part}"].astype(np.float32) for part in ("quantized", "zero_point"))
        state[f"body.{name}.weight"] = ((values - zero) * arrays[f"{product}_scale"]).T
    model.load_state_dict({name: torch.tensor(array, dtype=torch.float32) for name, array in state.items()})
    return model


def matrices(layers: int) -> list[str]:
    """The body's matrices, in the order of their products."""
    parts = ("attention.inputs", "attention.output", "up", "down")
    return [f"blocks.{layer}.{part}" for layer in range(layers) for part in parts] + ["edit"]


def mean(paths: Sequence[Path]) -> Denoiser:
    """The network whose weights are the mean of several, such as those of two branches of one run.

    It is often better than each of them (model soups, Wortsman et al. 2022).
    """
    first, *others = (load(path)[0] for path in paths)
    with torch.no_grad():
        for name, weight in first.named_parameters():
            weight.copy_(torch.stack([weight, *(other.get_parameter(name) for other in others)]).mean(0))
    return first


def export(paths: Sequence[Path], folder: Path) -> None:
    """Write body.onnx (int8 matrices), tables.safetensors (int8 rows with a scale each), vocabulary.json and hashes.

    SpotterError where the networks do not read by the same vocabulary.
    """
    from safetensors.numpy import save

    vocabulary, *others = (words_of(path) for path in paths)
    for other in others:
        if other.read_bytes() != vocabulary.read_bytes():
            raise SpotterError(f"{other}: not the vocabulary of {vocabulary}; such networks have no mean")
    model = mean(paths)
    folder.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, NDArray[np.generic]] = {}
    for name in TABLES:
        values, scale = rows_int8(model.get_parameter(f"{name}.weight"))
        arrays[name], arrays[f"{name}.scale"] = values, scale
    for name in ("replacement.query.weight", "replacement.pointer.weight", "replacement.bias"):
        arrays[name] = model.get_parameter(name).detach().numpy().astype(np.float16)
    (folder / "tables.safetensors").write_bytes(save(arrays, metadata={"shape": json.dumps(asdict(model.shape))}))
    (folder / "vocabulary.json").write_bytes(vocabulary.read_bytes())
    with tempfile.TemporaryDirectory() as scratch:
        quantise(onnx_of(model.body, Path(scratch) / "body.onnx"), folder / "body.onnx")
    record(folder)


def rows_int8(table: Tensor) -> tuple[NDArray[np.int8], NDArray[np.float16]]:
    """Each row as int8 with its own scale."""
    rows = table.detach().numpy()
    scale = np.maximum(np.abs(rows).max(1, keepdims=True), 1e-8) / 127
    return np.rint(rows / scale).astype(np.int8), scale.astype(np.float16)


def onnx_of(body: Body, path: Path) -> Path:
    """The body as ONNX in fp32: x (B, T, D), query and key (B, T, 8), mask (B, 1, 1, T) -> hidden, logits."""
    names = ["x", "query", "key", "mask"]
    x = torch.randn(2, WINDOW, body.shape.width)
    # Two tensors, not one twice: the exporter would make one input of them.
    query, key = (torch.zeros(2, WINDOW, len(RELATIONS), dtype=torch.int64) for _ in range(2))
    batch, length = torch.export.Dim("batch", min=1, max=64), torch.export.Dim("length", min=2, max=WINDOW)
    free = {0: batch, 1: length}
    torch.onnx.export(
        body,
        (x, query, key, torch.zeros(2, 1, 1, WINDOW)),
        path,
        input_names=names,
        output_names=["hidden", "logits"],
        dynamic_shapes={"x": free, "query": free, "key": free, "mask": {0: batch, 3: length}},
        dynamo=True,
        external_data=False,
        verbose=False,
    )
    return path


def quantise(source: Path, target: Path) -> None:
    """Constant matrices to int8, per channel and in seven bits, so that CPUs without VNNI do not saturate."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(
        source,
        target,
        op_types_to_quantize=["MatMul"],
        per_channel=True,
        reduce_range=True,
        weight_type=QuantType.QInt8,
    )
