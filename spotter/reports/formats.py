"""Every format of a report by its name."""

from __future__ import annotations

from collections.abc import Callable

from spotter.reports import github, gitlab, html, json, junit, markdown, prompts, rdjson, sarif, text
from spotter.reports.page import Page

FORMATS: dict[str, Callable[[Page], str]] = {
    "text": text.render,
    "json": json.render,
    "sarif": sarif.render,
    "github": github.render,
    "gitlab": gitlab.render,
    "rdjson": rdjson.render,
    "junit": junit.render,
    "html": html.render,
    "markdown": markdown.render,
    "prompts": prompts.render,
}
