"""The root causes for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from spotter import __version__
from spotter.roots import Root, Roots, sentence
from spotter.visible import shown_path, visible

TRAILS = 3  # sites that are shown of a root cause


def text(found: Roots) -> str:
    """What to do, what goes with it, and where; then how much the list explains."""
    blocks = [_block(number, root) for number, root in enumerate(found.roots, 1)]
    if not blocks:
        return "No cause explains three decisions or findings.\n"
    causes = "This cause explains" if len(blocks) == 1 else f"These {len(blocks)} causes explain"
    last = f"{causes} {found.explained:,} of the {found.known:,} decisions and findings that have a known cause.\n"
    return "\n".join([*blocks, last])


def as_json(found: Roots) -> str:
    """One JSON object, the same bytes on every run."""
    causes = [_plain(root) for root in found.roots]
    report = {"version": __version__, "causes": causes, "explained": found.explained, "known": found.known}
    return json.dumps(report, indent=2) + "\n"


def _block(number: int, root: Root) -> str:
    where = f"{shown_path(root.place.path)}:{root.place.line}:{root.place.column}"
    lines = [f"{number}. {visible(sentence(root))}", f"   {where} {', '.join(root.rules)}"]
    lines += [f"     {shown_path(site.path)}:{site.line} {visible(site.message)}" for site in root.sites[:TRAILS]]
    if more := len(root.sites) - TRAILS:
        lines += [f"     and {more} more"] if more > 0 else []
    return "\n".join(lines) + "\n"


def _plain(root: Root) -> dict[str, Any]:
    return {
        "cause": root.cause,
        "rules": list(root.rules),
        "path": root.place.path,
        "line": root.place.line,
        "column": root.place.column,
        "remedy": root.remedy,
        "goes": dict(root.goes),
        "message": sentence(root),
        "sites": [{"path": site.path, "line": site.line, "message": site.message} for site in root.sites],
    }


FORMS: dict[str, Callable[[Roots], str]] = {"text": text, "json": as_json}
