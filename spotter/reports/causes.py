"""The root causes, and the values that decide most, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from spotter import __version__
from spotter.metrics.deciders import Decider, Deciders
from spotter.roots import Root, Roots, sentence
from spotter.visible import shown_path, visible

TRAILS = 3  # sites that are shown of a root cause
SHOWN = 5  # values that are shown to people


def text(found: Roots, deciders: Deciders) -> str:
    """What to do, what goes with it, and where; how much the list explains; then the values that decide most."""
    blocks = [_block(number, root) for number, root in enumerate(found.roots, 1)]
    if not blocks:
        return "\n".join(["No cause explains three decisions or findings.\n", *_decided(deciders)])
    causes = "This cause explains" if len(blocks) == 1 else f"These {len(blocks)} causes explain"
    last = f"{causes} {found.explained:,} of the {found.known:,} decisions and findings that have a known cause.\n"
    return "\n".join([*blocks, last, *_decided(deciders)])


def as_json(found: Roots, deciders: Deciders) -> str:
    """One JSON object, the same bytes on every run."""
    causes = [_plain(root) for root in found.roots]
    report = {"version": __version__, "causes": causes, "explained": found.explained, "known": found.known}
    report |= {"decisions": deciders.decisions, "deciders": [_value(one) for one in deciders.values]}
    return json.dumps(report, indent=2) + "\n"


def claim(deciders: Deciders, most: int) -> str:
    """How much the first values decide, in one sentence."""
    shown = deciders.values[:most]
    values = "This value causes" if len(shown) == 1 else f"These {len(shown)} values cause"
    share = sum(one.share for one in shown)
    return (
        f"{values} {100 * share:.1f} % of all {deciders.decisions:,} decisions, weighed by nesting and by what they ask"
    )


def asks(decider: Decider) -> str:
    """What one value decides, in words."""
    places = f"{decider.functions:,} functions" + (f" of {decider.files:,} files" if decider.files > 1 else "")
    return f"{decider.decisions:,.0f} decisions in {places}"


def _decided(deciders: Deciders) -> list[str]:
    if not deciders.values:
        return []
    lines = [f"{claim(deciders, SHOWN)}:"]
    for one in deciders.values[:SHOWN]:
        where = f"{shown_path(one.place.path)}:{one.place.line}:{one.place.column}"
        lines += [f"  {one.share:6.1%} `{visible(one.value.label)}`: {asks(one)}", f"          {where}"]
    return ["\n".join(lines) + "\n"]


def _value(decider: Decider) -> dict[str, Any]:
    return {
        "value": decider.value.label,
        "sort": decider.value.sort,
        "cause": decider.value.key,
        "path": decider.place.path,
        "line": decider.place.line,
        "column": decider.place.column,
        "share": decider.share,
        "decisions": decider.decisions,
        "load": decider.load,
        "functions": decider.functions,
        "files": decider.files,
    }


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


FORMS: dict[str, Callable[[Roots, Deciders], str]] = {"text": text, "json": as_json}
