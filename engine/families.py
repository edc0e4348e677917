"""The families of language models that can be asked about visible code, and what a score may rest on in each.

A family trained by masking alone has learned nothing at visible tokens: it is asked about masked ones, in several
passes. One trained with noise that stays visible is asked once. See D3PM (Austin et al. 2021), LLaDA (Nie et al. 2025),
Dream (Ye et al. 2025), GIDD (von Ruette et al. 2025) and the models' cards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from spotter.errors import SpotterError

Attention = Literal["bidirectional", "block", "canvas"]
TESTED = ">=5.23,<6"  # what the tests run


@dataclass(frozen=True, slots=True)
class Family:
    """How models of a config's `model_type` are asked.

    `classes` are tried in order by name in transformers. `mask` is the mask's id where neither the tokenizer nor the
    configuration names one. With `shift` the logits of a position stand one before it. `visible` says that the logits
    at tokens which are not masked were trained. `window` is in pieces. A family of remote code runs the checkpoint's
    own Python, so a reader must allow it by name.
    """

    title: str
    classes: tuple[str, ...]
    attention: Attention
    mask: int | None = None
    shift: bool = False
    visible: bool = False
    remote: bool = False
    transformers: str = TESTED
    window: int = 512
    tested: str = "a tiny random checkpoint"


def _remote(title: str, attention: Attention, mask: int | None = None, *, shift: bool = False, needs: str) -> Family:
    tested = "a small stand-in of the same contract"
    names = ("AutoModel", "AutoModelForCausalLM", "AutoModelForMaskedLM")
    return Family(title, names, attention, mask, shift, remote=True, transformers=needs, tested=tested)


# By `model_type` in the checkpoint's config.json.
FAMILIES: dict[str, Family] = {
    "diffusion_gemma": Family(
        "DiffusionGemma", ("DiffusionGemmaForBlockDiffusion",), "canvas", visible=True, window=256
    ),
    "modernbert": Family("ModernBERT", ("ModernBertForMaskedLM",), "bidirectional"),
    "eurobert": Family("EuroBERT", ("EuroBertForMaskedLM",), "bidirectional"),
    "bert": Family("BERT", ("BertForMaskedLM",), "bidirectional"),
    "roberta": Family("RoBERTa", ("RobertaForMaskedLM",), "bidirectional"),
    # Stock decoders trained as denoisers, saved with is_causal = false: their logits keep the shift they began with.
    "llama": Family("Llama made bidirectional", ("LlamaForCausalLM",), "bidirectional", shift=True),
    "qwen2": Family("Qwen2 made bidirectional", ("Qwen2ForCausalLM",), "bidirectional", shift=True),
    "qwen3": Family("Qwen3 made bidirectional", ("Qwen3ForCausalLM",), "bidirectional", shift=True),
    "llada": _remote("LLaDA", "bidirectional", 126336, needs=">=4.57.1,<6"),
    "llada2_moe": _remote("LLaDA2.x", "block", 156895, needs=">=4.57.1,<6"),
    "Dream": _remote("Dream, DiffuCoder", "bidirectional", shift=True, needs=">=4.46.2,<6"),
    "open_dcoder": _remote("Open-dCoder, CDLM", "bidirectional", shift=True, needs=">=4.50,<6"),
    "coda": _remote("CoDA", "bidirectional", needs=">=4.50,<6"),
    "nemotron_labs_diffusion": _remote("Nemotron-Labs-Diffusion", "block", 100, needs=">=5.0,<6"),
    "stable_diffcoder": _remote("Stable-DiffCoder", "block", needs=">=4.50,<6"),
}


def family_of(where: str, model_type: str) -> Family:
    """The family of a checkpoint; SpotterError for one that is not known."""
    if model_type not in FAMILIES:
        raise SpotterError(f"{where}: model type {model_type!r} is not known; spotter models lists those that are")
    return FAMILIES[model_type]


def listing() -> str:
    """A row a family: model type, title, attention, how it is asked, whose code runs, transformers, how tested."""
    rows = [("model type", "models", "attention", "asked", "code", "transformers", "tested on")]
    for name, family in FAMILIES.items():
        asked = "in one pass" if family.visible else "masked, K passes"
        code = "its own" if family.remote else "transformers"
        rows.append((name, family.title, family.attention, asked, code, family.transformers, family.tested))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
