"""Every format of a report by its name."""

from __future__ import annotations

from collections.abc import Callable

from spotter.reports import json, prompts, text
from spotter.reports.page import Page

FORMATS: dict[str, Callable[[Page], str]] = {
    "text": text.render,
    "json": json.render,
    "prompts": prompts.render,
}
