"""A second reader beside the denoiser: what an adapted language model says of each token of a window."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from spotter.engine.checkpoint import rows_int8
from spotter.engine.decoder import Decoder, Shape, read
from spotter.engine.examples import batch_of, example
from spotter.engine.spelling import Spelling, spelled, spelling
from spotter.errors import SpotterError
from spotter.syntax import Syntax

RANK = 7  # of the adapters that are kept; they are trained with more
MOST = 448  # pieces of a window; training saw 320
ADAPTERS, CALIBRATION = "deep.safetensors", "deep.json"
MARGIN = 64  # pieces of context on either side of where a long span is cut


@dataclass(frozen=True)
class Reader:
    """A decoder with its adapters, and how it spells."""

    model: Decoder
    spelling: Spelling
    fingerprint: str

    @torch.inference_mode()
    def read(self, syntax: Syntax, first: int, last: int) -> NDArray[np.float64]:
        """log P(edit) / P(keep) of tokens [first, last), before any calibration."""
        code = spelled(syntax, first, last)
        found = np.zeros(last - first)
        for start, end, at, to in parts(self.spelling.sizes(code)):
            ids, firsts, lasts, *_ = batch_of([example(code[start:end], self.spelling)])
            logits = self.model.edits(self.model.below(ids), ids, firsts, lasts)[0]
            odds = logits[:, 1:].logsumexp(1) - logits[:, 0]
            found[at:to] = odds[at - start : to - start].numpy()
        return found


def parts(sizes: list[int]) -> Iterator[tuple[int, int, int, int]]:
    """(start, end, from, to): windows of tokens of these sizes in pieces, and the part of each that is taken."""
    at = 0
    while at < len(sizes):
        start, left = at, MARGIN
        while start and sizes[start - 1] <= left:
            start -= 1
            left -= sizes[start]
        end, left = start, MOST
        while end < len(sizes) and (sizes[end] <= left or end <= at):
            left -= sizes[end]
            end += 1
        to, left = end, MARGIN if end < len(sizes) else 0
        while to > at + 1 and sizes[to - 1] <= left:
            to -= 1
            left -= sizes[to]
        yield start, end, at, to
        at = to


def write(model: Decoder, path: Path, rank: int = RANK) -> None:
    """The head, and the adapters cut to a rank, as int8 rows; the frozen matrices stay where they came from.

    A change of low rank keeps its largest singular values (Eckart and Young 1936).
    """
    rank = min(rank, model.shape.rank)
    arrays: dict[str, NDArray[np.generic]] = {}
    for name, weight in model.named_parameters():
        if name.endswith(".down"):
            other = name.removesuffix("down") + "up"
            left, sizes, right = torch.linalg.svd(model.get_parameter(other).detach() @ weight.detach(), False)
            root = sizes[:rank].sqrt()
            for key, part in ((other, left[:, :rank] * root), (name, root[:, None] * right[:rank])):
                arrays[key], arrays[f"{key}.scale"] = rows_int8(part.contiguous())
        elif not name.endswith(".up"):
            arrays[name] = weight.detach().numpy()
    shape = replace(model.shape, rank=rank)
    path.write_bytes(save(arrays, metadata={"shape": json.dumps(asdict(shape))}))


def load(base: Path, adapters: Path) -> Reader:
    """The adapted model from the GGUF file that it was adapted from; SpotterError where one is damaged."""
    _, tensors, words, merges = read(base)
    try:
        with safe_open(adapters, "numpy") as file:
            model = Decoder(Shape(**json.loads((file.metadata() or {})["shape"])), tensors)
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  # not a mapping
        one = np.float32(1)
        state = {
            name: torch.from_numpy(array.astype(np.float32) * arrays.get(f"{name}.scale", one))
            for name, array in arrays.items()
            if not name.endswith(".scale")
        }
        model.load_state_dict(state)
    except (SafetensorError, KeyError, TypeError, RuntimeError, OSError) as error:
        reason = str(error).splitlines()[0]
        raise SpotterError(f"{adapters}: damaged ({reason}); write it again with spotter train deep") from error
    return Reader(model.eval(), spelling(words, merges), sha256(adapters.read_bytes()).hexdigest()[:16])
