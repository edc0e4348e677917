"""The bundled denoiser on ONNX Runtime: features of windows in, hidden vectors and edit probabilities out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from spotter.engine.ahead import ahead, cores
from spotter.engine.features import SIZES, Features
from spotter.engine.sums import fingerprint, verified
from spotter.engine.vocabulary import Vocabulary
from spotter.errors import SpotterError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Body = Callable[[Floats, Ints, Ints, Floats], tuple[Floats, Floats]]  # x, query, key, mask -> hidden, logits
OFFSETS = np.cumsum((0, *SIZES[:-1]))
BATCH = 1  # windows of one call: more are slower by a sixth, padded, and quantised by each other's numbers
MOST = 8  # threads, each with a window of some 40 MB
AHEAD = 16  # windows a thread that may wait
T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class Runtime:
    """Weights in memory. The fingerprint is of all their files: other weights give other cache keys."""

    fingerprint: str
    vocabulary: Vocabulary
    body: Body
    tables: dict[str, Floats]
    calibration: dict[str, Any]
    batch: int = BATCH
    threads: int = 1

    @cached_property
    def pool(self) -> ThreadPoolExecutor:
        """The threads that run windows; the network's code lets go of the interpreter."""
        return ThreadPoolExecutor(self.threads, "denoiser")

    def spread(self, work: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        """Work over items on the threads, in order; what yields the items goes on meanwhile. None may spread again."""
        return ahead(self.pool, work, items, AHEAD * self.threads)

    def inputs(self, feature: Features) -> Floats:
        """(T, D) input vectors."""
        word, piece, scalar = (self.tables[f"tables.{name}"] for name in ("word", "piece", "scalar"))
        pieces, small = np.zeros((2, len(feature.word), word.shape[1]), np.float32)
        for column in feature.pieces.T:  # most tokens have one piece, or none
            (rows,) = column.nonzero()
            pieces[rows] += piece[column[rows]]
        for column, offset in zip(feature.scalars.T, OFFSETS, strict=True):
            small += scalar[column + offset]
        count = np.maximum((feature.pieces > 0).sum(1, keepdims=True), 1)
        return np.asarray(word[feature.word] + pieces / np.sqrt(count) + small, np.float32)

    def run(self, windows: Sequence[Features]) -> list[tuple[Floats, Floats]]:
        """For each window hidden (T, D) and edit probabilities (T, 4)."""
        groups = [windows[k : k + self.batch] for k in range(0, len(windows), self.batch)]
        done = self.spread(self._run, groups) if len(groups) > 1 else map(self._run, groups)
        return [pair for pairs in done for pair in pairs]

    def _run(self, windows: Sequence[Features]) -> list[tuple[Floats, Floats]]:
        hidden, logits = self.body(*self.together(windows))
        return [(hidden[i, : len(w.word)], softmax(logits[i, : len(w.word)])) for i, w in enumerate(windows)]

    def together(self, windows: Sequence[Features]) -> tuple[Floats, Ints, Ints, Floats]:
        """Input vectors, query and key codes, and the mask of windows that share their padding."""
        longest = max(len(w.word) for w in windows)
        x = np.zeros((len(windows), longest, self.tables["tables.word"].shape[1]), np.float32)
        query, key = (np.full((len(windows), longest, windows[0].query.shape[1]), -1, np.int64) for _ in range(2))
        mask = np.full((len(windows), 1, 1, longest), -1e4, np.float32)
        for row, window in enumerate(windows):
            t = len(window.word)
            x[row, :t], query[row, :t], key[row, :t], mask[row, :, :, :t] = (
                self.inputs(window),
                window.query,
                window.key,
                0,
            )
        return x, query, key, mask

    def restore(self, hidden: Floats, at: Sequence[int], edit: Sequence[int]) -> Floats:
        """(N, V + T) shares of the words and of the window's tokens as what stands there instead."""
        kind, words = self.tables["replacement.kind"], self.tables["tables.word"]
        h = hidden[list(at)] + kind[list(edit)]
        gelu = 0.5 * h * (1 + np.tanh(0.7978845608 * (h + 0.044715 * h**3)))
        q = gelu @ self.tables["replacement.query.weight"].T
        closed = q @ words.T + self.tables["replacement.bias"]
        copied = (q @ self.tables["replacement.pointer.weight"]) @ hidden.T * q.shape[1] ** -0.5
        return softmax(np.concatenate((closed, copied), axis=1))


def softmax(logits: Floats) -> Floats:
    """Shares along the last axis."""
    e = np.exp(logits - logits.max(-1, keepdims=True))
    return np.asarray(e / e.sum(-1, keepdims=True), np.float32)


def in_onnx(session: InferenceSession) -> Body:
    """The network between input vectors and edit logits, run by ONNX Runtime."""

    def body(x: Floats, query: Ints, key: Ints, mask: Floats) -> tuple[Floats, Floats]:
        hidden, logits = session.run(None, {"x": x, "query": query, "key": key, "mask": mask})
        return hidden, logits

    return body


def session_of(model: bytes) -> InferenceSession:
    """A model on one thread: windows are spread over threads, not their products."""
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    options.enable_mem_reuse = False  # a twentieth faster on one thread, in less memory
    return InferenceSession(model, options, providers=["CPUExecutionProvider"])


def load(folder: Path) -> Runtime:
    """Read the weights of a folder; SpotterError when one is missing or damaged."""
    from onnxruntime.capi import onnxruntime_pybind11_state as failures
    from safetensors import SafetensorError
    from safetensors.numpy import load as read

    files = verified(folder)
    try:
        raw = json.loads(files["vocabulary.json"])
        calibration = json.loads(files["calibration.json"])
        arrays = read(files["tables.safetensors"])
        session = session_of(files["body.onnx"])
    except (
        ValueError,
        KeyError,
        SafetensorError,
        failures.Fail,
        failures.InvalidProtobuf,
        failures.InvalidGraph,
        failures.InvalidArgument,
    ) as error:
        reason = str(error).splitlines()[0]
        raise SpotterError(f"denoiser weights: {folder} is damaged ({reason}); reinstall spotter-lint") from error
    tables = {
        name: np.asarray(values.astype(np.float32) * arrays.get(f"{name}.scale", np.float32(1)), np.float32)
        for name, values in arrays.items()
        if not name.endswith(".scale")
    }
    tables["tables.piece"][0] = 0.0
    vocabulary = Vocabulary.read(raw)
    return Runtime(fingerprint(folder), vocabulary, in_onnx(session), tables, calibration, threads=min(MOST, cores()))
