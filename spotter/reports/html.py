"""The report for looking at: one file that needs no network, in which nothing of the code is ever read as HTML."""

from __future__ import annotations

import base64
import json
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from hashlib import sha256
from importlib.resources import files
from typing import Any

from spotter import __version__
from spotter.budget import Budget
from spotter.findings import Finding
from spotter.measuring import Measurement
from spotter.metrics.deciders import deciders_of
from spotter.metrics.facts import FileFacts
from spotter.outcome import gates
from spotter.reports.causes import SHOWN, asks, claim
from spotter.reports.excerpt import excerpt
from spotter.reports.heat import heat
from spotter.reports.holes import families
from spotter.reports.json import plain
from spotter.reports.network import network
from spotter.reports.page import Page
from spotter.reports.totals import extent, failing, fails, held, in_order, plural
from spotter.rules import RULES
from spotter.shares import MEASURES

ASSETS = files("spotter.reports.assets")
LIBRARIES = ("d3-quadtree.min.js", "d3-dispatch.min.js", "d3-timer.min.js", "d3-force.min.js")
VIEWS = ("base.js", "finding.js", "overview.js", "source.js", "graph.js", "copies.js", "change.js", "start.js")
WIDTH = 400  # columns of an excerpt, which the browser breaks where its window ends
SOURCES = 12_000_000  # characters of packed sources; beyond them a file is shown by its excerpts alone


def render(page: Page) -> str:
    """The page with its styles, its program and its data inside. What may run is named by its hash."""
    style, library, program = _asset("report.css"), _library(), "\n".join(map(_asset, VIEWS))
    program = f'(() => {{\n"use strict";\n{program}\n}})();'
    return _filled(
        _asset("report.html"),
        policy=f"default-src 'none'; base-uri 'none'; form-action 'none'; style-src {_hash(style)}; "
        f"script-src {_hash(library)} {_hash(program)}",
        style=style,
        library=library,
        program=program,
        data=_inert(json.dumps(_data(page), ensure_ascii=True, separators=(",", ":"))),
        title=_title(page),
    )


def _asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")


def _library() -> str:
    licence = _asset("d3.LICENSE").strip()
    return "\n".join([f"/*\n{licence}\n*/", *map(_asset, LIBRARIES)])


def _filled(frame: str, **parts: str) -> str:
    """The frame with its `{{name}}`s replaced in one pass: what a part holds is never replaced again."""
    pieces = frame.split("{{")
    return pieces[0] + "".join(parts[name] + rest for name, rest in (piece.split("}}", 1) for piece in pieces[1:]))


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}'"


def _inert(text: str) -> str:
    """JSON without the characters that mean something to HTML."""
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _title(page: Page) -> str:
    if not page.outcome.findings:
        return "Nothing found" if page.outcome.files else "No files to check"
    number = len(failing(page))
    return f"{plural(len(page.outcome.findings), 'finding')}" + (f", {fails(number)}" if number else "")


def _data(page: Page) -> dict[str, Any]:
    outcome, found = page.outcome, in_order(page)
    measured = page.measured()
    facts = [measured[path].facts for path in sorted(measured)]
    return {
        "version": __version__,
        "title": _title(page),
        "extent": extent(outcome),
        "held": held(outcome),
        "notes": list(outcome.notes),
        "rules": {code: {"name": rule.name, "text": rule.text} for code, rule in RULES.items()},
        "findings": [_finding(page, finding) for finding in found],
        "files": _files(page, measured, found),
        "copies": [
            asdict(family) | {"finding": found.index(family.finding)} for family in families(found, page.sources)
        ],
        "network": asdict(network(found, facts)),
        "deciders": _deciders(facts),
        "budget": _budget(outcome.budget) if outcome.budget else None,
        "known": dict(Counter(one.finding.rule for one in outcome.held if one.by == "baseline")),
        "gone": None if page.gone is None else dict(page.gone),
    }


def _deciders(facts: Sequence[FileFacts]) -> dict[str, Any] | None:
    """The values that decide most, in words; None where nothing decides much."""
    found = deciders_of(facts, SHOWN)
    rows = [
        {
            "value": one.value.label,
            "path": one.place.path,
            "line": one.place.line,
            "share": one.share,
            "asks": asks(one),
        }
        for one in found.values
    ]
    return {"claim": claim(found, SHOWN), "rows": rows} if rows else None


def _finding(page: Page, finding: Finding) -> dict[str, Any]:
    shown = excerpt(page, finding, WIDTH)
    edited = shown.after_edit(finding.suggestion) if shown and finding.suggestion else None
    return plain(finding) | {
        "function": finding.function,
        "fails": gates(finding, page.fail_on),
        "excerpt": [shown.before, shown.inside, shown.after] if shown else None,
        "edited": edited,
    }


def _files(page: Page, measured: Mapping[str, Measurement], found: tuple[Finding, ...]) -> list[dict[str, Any]]:
    """Every file, with its source where there is anything to see in it."""
    pointed = {finding.path for finding in found} | {site.path for finding in found for site in finding.evidence}
    room, rows = SOURCES, []
    for file in sorted(page.outcome.files):
        hot = heat(measured[file.path]) if file.path in measured else ()
        packed = _packed(page, file.path) if hot or file.path in pointed else ""
        room -= len(packed)
        rows.append({
            "path": file.path,
            "language": file.language,
            "lines": file.lines,
            "measured": file.extent,
            "text": packed if room > 0 else "",
            "hot": [
                [h.line, h.column, h.end_line, h.end_column, h.p_edit, [[p.edit, p.text, p.p] for p in h.alternatives]]
                for h in hot
            ],
        })  # fmt: skip
    return rows


def _packed(page: Page, path: str) -> str:
    """A source as deflated bytes in base 64, which a browser unpacks when the file is opened."""
    if (source := page.sources.get(path)) is None:
        return ""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = packer.compress(source.text.encode("utf-8", "replace")) + packer.flush()
    return base64.b64encode(data).decode()


def _budget(budget: Budget) -> dict[str, Any]:
    return {
        "statements": budget.statements,
        "measures": [
            {"name": name, "about": about, "added": budget.added[name], "limit": budget.limits[name]}
            for name, about in MEASURES.items()
        ],
        "shares": [asdict(share) | {"added": share.added} for share in budget.shares],
    }
