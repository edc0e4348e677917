"""Masked and diffusion language models of transformers as denoisers of lexical tokens.

A checkpoint is a folder or a name on a hub; only safetensors are read. A token's share is its best alternative's part
of the two, p(other) / (p(other) + p(own)): a model that was trained on clean code inflates what stands there, so only
the odds between them mean something. A calibration turns shares into probabilities.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from packaging.specifiers import SpecifierSet
from safetensors import SafetensorError
from torch import Tensor

from spotter.engine.calibration import Calibration
from spotter.engine.evidence import logit
from spotter.engine.families import Family, family_of
from spotter.engine.place import Place, place
from spotter.engine.scores import Proposal, TokenScore
from spotter.engine.subwords import Joined, folds, join
from spotter.errors import SpotterError
from spotter.kernels.token_statistics import TokenStatistics, definition, of_logits, token_statistics
from spotter.languages import languages
from spotter.syntax import Syntax

PASSES = 8  # complementary masked passes, where one is not enough
PLAIN = Calibration((1.0,), 0.0, (1.0,), (1.1,))  # p is the share itself, and nothing is over the threshold
Span = tuple[Syntax, int, int]


@dataclass(frozen=True)
class HubDenoiser:
    """A model with its tokenizer, asked as its family is."""

    family: Family
    model: Any
    tokenizer: Any
    mask: int | None
    place: Place
    fingerprint: str
    calibration: Calibration = PLAIN
    probabilistic: bool = True

    @property
    def languages(self) -> frozenset[str]:
        """Every language that can be read: such models have read them all."""
        return frozenset(languages())

    def threshold(self, max_alerts_per_kloc: float) -> float:
        """The P(edit) above which the calibration's clean code gave that many alerts per 1,000 lines."""
        return self.calibration.threshold(max_alerts_per_kloc)

    def score(self, syntax: Syntax) -> tuple[TokenScore, ...]:
        """One score a token, in order."""
        return self.score_spans([(syntax, 0, len(syntax.tokens))])[0]

    def score_spans(self, spans: Sequence[Span]) -> list[tuple[TokenScore, ...]]:
        """The scores of tokens [first, last) of each syntax."""
        return [self._score(*span) for span in spans]

    def _score(self, syntax: Syntax, first: int, last: int) -> tuple[TokenScore, ...]:
        encoded = self.tokenizer(syntax.source.text, return_offsets_mapping=True, add_special_tokens=False)
        ids: list[int] = encoded["input_ids"]
        joined = join(syntax.tokens, encoded["offset_mapping"])
        found = Found.of(len(ids))
        for start, end, low, high in windows(len(ids), self.family.window - 2, self._asked(joined, first, last)):
            found.put(low, high, start, self._window(ids, joined, start, end, low, high))
        return tuple(self._token(joined, found, ids, token) for token in range(first, last))

    def _asked(self, joined: Joined, first: int, last: int) -> tuple[int, int]:
        spans = [span for span in joined.pieces[first:last] if span[0] < span[1]]
        return (spans[0][0], spans[-1][1]) if spans else (0, 0)

    def _window(self, ids: list[int], joined: Joined, start: int, end: int, low: int, high: int) -> TokenStatistics:
        """The statistics of pieces [start, end); those outside [low, high) are not asked, and mean nothing."""
        observed = torch.tensor(ids[start:end], device=self.place.device)
        if self.family.attention == "canvas":
            return self._canvas(observed, ids[max(0, start - self.family.window) : start])
        if self.family.visible:
            return of_logits(self._logits(observed[None])[0], observed)
        rows, places = [], []
        for fold in folds(joined, low, high, PASSES):
            places.append(torch.tensor(fold, device=self.place.device) - start)
            rows.append(observed.index_fill(0, places[-1], self.mask or 0))
        whole = [torch.zeros(end - start, 1, device=self.place.device) for _ in TokenStatistics._fields]
        for at, logits in zip(places, self._fitting(rows) if rows else (), strict=True):
            for target, field in zip(whole, of_logits(logits[at], observed[at]), strict=True):
                target[at] = field.view(-1, 1).to(target.dtype)
        log_p, rank, entropy, best, best_log_p = whole
        return TokenStatistics(log_p[:, 0], rank[:, 0].long(), entropy[:, 0], best.long(), best_log_p)

    def _fitting(self, rows: Sequence[Tensor]) -> list[Tensor]:
        """(T, V) logits of rows of equal length, in halves where they do not fit into memory together."""
        try:
            return list(self._logits(torch.stack(list(rows))))
        except torch.cuda.OutOfMemoryError as error:
            if len(rows) == 1:
                raise SpotterError(
                    f"{self.family.title}: a window does not fit into the memory of {self.place}"
                ) from error
            torch.cuda.empty_cache()
            half = len(rows) // 2
            return self._fitting(rows[:half]) + self._fitting(rows[half:])

    @torch.inference_mode()
    def _logits(self, ids: Tensor) -> Tensor:
        """(B, T, V) logits of ids (B, T), which stand between the tokenizer's first and last special tokens."""
        column = ids.new_full((len(ids), 1), self._begin())
        close = self.tokenizer.sep_token_id
        framed = torch.cat((column, ids) if close is None else (column, ids, torch.full_like(column, close)), dim=1)
        first = 0 if self.family.shift else 1
        logits: Tensor = self.model(input_ids=framed).logits[:, first : first + ids.shape[1]]
        return logits

    @torch.inference_mode()
    def _canvas(self, observed: Tensor, prompt: Sequence[int]) -> TokenStatistics:
        """The code stands in the canvas, what goes before it in the prompt; no logits of all words are written out."""
        before = torch.tensor([[self._begin(), *prompt]], device=observed.device)
        hidden = self.model.model(input_ids=before, decoder_input_ids=observed[None]).last_hidden_state[0]
        statistics = token_statistics if observed.is_cuda else definition
        return statistics(hidden, self.model.lm_head.weight, observed, self.model.final_logit_softcapping)

    def _begin(self) -> int:
        named = (self.tokenizer.bos_token_id, self.tokenizer.cls_token_id, self.tokenizer.eos_token_id, 0)
        return next(int(token) for token in named if token is not None)

    def _token(self, joined: Joined, found: Found, ids: list[int], token: int) -> TokenScore:
        first, last = joined.pieces[token]
        if first == last:
            return TokenScore(token, 0.0, ())
        own, other = found.own[first:last].sum(), found.other[first:last].sum()
        share = 1 / (1 + np.exp(np.clip(own - other, -60, 60)))
        p = float(self.calibration.p_error(logit(np.array([[share]])))[0])
        # The likeliest single change: one piece replaced where that gains most, the others kept.
        at = first + int(np.argmax(found.other[first:last] - found.own[first:last]))
        spelled = [*ids[first:at], int(found.best[at]), *ids[at + 1 : last]]
        text = self.tokenizer.decode(spelled).strip() if joined.whole(token) else ""
        return TokenScore(token, p, (Proposal("replace", text, float(share)),) if text else ())


@dataclass(frozen=True, slots=True)
class Found:
    """For each piece of a file log p of itself and of its best alternative, and that alternative."""

    own: np.ndarray[Any, np.dtype[np.float64]]
    other: np.ndarray[Any, np.dtype[np.float64]]
    best: np.ndarray[Any, np.dtype[np.int64]]

    @staticmethod
    def of(pieces: int) -> Found:
        """Nothing is known yet."""
        return Found(np.zeros(pieces), np.full(pieces, -60.0), np.zeros(pieces, np.int64))

    def put(self, low: int, high: int, start: int, told: TokenStatistics) -> None:
        """Take the statistics of pieces [low, high) from a window that begins at `start`."""
        self.own[low:high] = told.log_p[low - start : high - start].cpu().numpy()
        self.other[low:high] = told.best_log_p[low - start : high - start, 0].cpu().numpy()
        self.best[low:high] = told.best[low - start : high - start, 0].cpu().numpy()


def windows(pieces: int, size: int, asked: tuple[int, int]) -> Iterator[tuple[int, int, int, int]]:
    """(start, end, low, high): windows [start, end) of pieces, of which [low, high) are taken, over those asked for.

    They overlap by a quarter, so that a piece has context on both sides of it.
    """
    at, last = asked
    while at < last:
        start = max(0, min(at - size // 8, pieces - size))
        end = min(pieces, start + size)
        high = last if end >= min(pieces, last + size // 8) else end - size // 8
        yield start, end, at, high
        at = high


def load(where: str, allowed: frozenset[str] = frozenset()) -> HubDenoiser:
    """A checkpoint by its folder or hub name, ready to score.

    `allowed` names the checkpoints whose own Python may run. SpotterError for a model that is unknown, damaged, causal,
    not allowed, or not for the installed transformers.
    """
    try:
        import transformers
    except ImportError as error:
        raise SpotterError("hub denoisers need transformers: pip install 'spotter-lint[hub]'") from error
    quiet: Any = transformers.utils.logging
    quiet.disable_progress_bar()
    quiet.set_verbosity_error()
    with clear(where):
        raw, _ = transformers.PretrainedConfig.get_config_dict(where)
    family = family_of(where, str(raw.get("model_type")))
    if family.remote and where not in allowed:
        raise SpotterError(
            f"{where}: {family.title} runs Python of its own; read it, then allow it: --allow-code {where}"
        )
    if (installed := version("transformers")) not in SpecifierSet(family.transformers):
        raise SpotterError(f"{where}: {family.title} needs transformers {family.transformers}, not {installed}")
    if family.shift and not family.remote and raw.get("is_causal", True):
        raise SpotterError(
            f"{where}: a causal model reads no right context; a denoiser is saved with is_causal = false"
        )
    found = place()
    with clear(where):
        tokenizer = transformers.AutoTokenizer.from_pretrained(where, trust_remote_code=family.remote)
        model = _model(transformers, family, where, found)
    if not tokenizer.is_fast:
        raise SpotterError(f"{where}: its tokenizer gives no offsets; save it with a tokenizer.json")
    named = (tokenizer.mask_token_id, raw.get("mask_token_id"), family.mask)
    mask = next((token for token in named if token is not None), None)
    if mask is None and not family.visible:
        raise SpotterError(f"{where}: neither its tokenizer nor its configuration names a mask token")
    return HubDenoiser(family, model, tokenizer, mask, found, _fingerprint(where, model, tokenizer))


def _model(transformers: Any, family: Family, where: str, found: Place) -> Any:
    options = {"dtype": found.dtype, "use_safetensors": True, "trust_remote_code": family.remote}
    if not family.remote:
        model, told = getattr(transformers, family.classes[0]).from_pretrained(
            where, output_loading_info=True, **options
        )
        if lost := sorted(told["missing_keys"]):
            raise SpotterError(f"{where}: {len(lost)} weights are missing, {lost[0]} among them; fetch it again")
        return model.to(found.device).eval()
    for name in family.classes:
        try:
            return getattr(transformers, name).from_pretrained(where, **options).to(found.device).eval()
        except ValueError as error:
            if "Unrecognized configuration class" not in str(error):
                raise
    raise SpotterError(f"{where}: {', '.join(family.classes)} do not load it; its auto_map names none of them")


@contextmanager
def clear(where: str) -> Iterator[None]:
    """Loading's many errors as one line."""
    try:
        yield
    except SpotterError:
        raise
    except AttributeError as error:
        raise SpotterError(f"{where}: its code does not fit the installed transformers ({_line(error)})") from error
    except (OSError, ValueError, RuntimeError, KeyError, ImportError, SafetensorError) as error:
        raise SpotterError(f"{where}: not a checkpoint that can be loaded ({_line(error)})") from error


def _line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:160]


def _fingerprint(where: str, model: Any, tokenizer: Any) -> str:
    digest = hashlib.sha256(str(getattr(model.config, "_commit_hash", None)).encode())
    digest.update(json.dumps(model.config.to_dict(), sort_keys=True, default=str).encode())
    digest.update(json.dumps(sorted(tokenizer.get_vocab().items())).encode())
    if (folder := Path(where)).is_dir():
        for file in sorted(folder.glob("*.safetensors")):
            with file.open("rb") as opened:
                digest.update(hashlib.file_digest(opened, "sha256").digest())
    return digest.hexdigest()[:16]
