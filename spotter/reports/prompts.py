"""The report for language models: one question a cluster of suspicions, as plain text."""

from __future__ import annotations

from collections.abc import Sequence

from spotter.prompts import OPENING, Prompt, prompts
from spotter.reports.page import Page
from spotter.visible import visible

BORDER = "=" * 80


def render(page: Page) -> str:
    """The prompts, each under a line of equals signs and its number."""
    return written(prompts(page.outcome.findings, page.sources), think=False)


def written(asked: Sequence[Prompt], *, think: bool) -> str:
    """Prompts one after the other; to think is to end each with the words that open the model's reasoning."""
    if not asked:
        return "No suspicions, so no questions.\n"
    heads = (f"prompt {n} of {len(asked)}: {_place(prompt)}" for n, prompt in enumerate(asked, 1))
    opening = f"\n{OPENING}\n" if think else ""
    return "\n".join(f"{BORDER}\n{head}\n{BORDER}\n{p.text}{opening}" for head, p in zip(heads, asked, strict=True))


def _place(prompt: Prompt) -> str:
    return visible(f"{prompt.path}, {prompt.function or 'module level'}")
