"""The report for language models: one question a cluster of suspicions, as plain text."""

from __future__ import annotations

from spotter.prompts import prompts
from spotter.reports.page import Page

BORDER = "=" * 80


def render(page: Page) -> str:
    """The prompts, each under a line of equals signs and its number."""
    asked = prompts(page.outcome.findings, page.sources)
    if not asked:
        return "No suspicions, so no questions.\n"
    heads = (f"prompt {n} of {len(asked)}: {p.path}, {p.function or 'module level'}" for n, p in enumerate(asked, 1))
    return "\n".join(f"{BORDER}\n{head}\n{BORDER}\n{p.text}" for head, p in zip(heads, asked, strict=True))
