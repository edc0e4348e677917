"""The commands that check: a request, its settings and its tools, and what is made of the outcome."""

from __future__ import annotations

import os
import shutil
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from spotter import baseline as known
from spotter.assembly import tools_of
from spotter.confined import inside
from spotter.engine.ahead import cores
from spotter.errors import SpotterError
from spotter.findings import Finding
from spotter.measuring import census_of, measure, placed
from spotter.outcome import Outcome, exit_code, gates
from spotter.pipeline import Measurements, Task, examined
from spotter.progress import watched
from spotter.reports.formats import FORMATS
from spotter.reports.page import Page
from spotter.reports.statistics import render as counted
from spotter.request import Request, Scope, scope_of, task_of
from spotter.verdicts import Verdict
from spotter.visible import shown_path, visible

BASELINE = ".spotter/baseline.jsonl"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, and the baseline that it names."""

    request: Request
    baseline: Path | None = None


def request(**options: Any) -> Request:
    """A request from the options of a command."""
    name = options.get("stdin_filename")
    given = [flag for flag in ("staged", "since", "stdin_filename") if options.get(flag)]
    if len(given) > 1:
        raise SpotterError(f"--{given[0]} and --{given[1].replace('_', '-')} exclude each other; leave one out")
    if name and options["paths"] not in ((), (Path("-"),)):
        raise SpotterError("--stdin-filename checks the text on stdin; leave the paths out")
    return Request(
        paths=() if name else tuple(options["paths"]),
        staged=options["staged"],
        since=options["since"],
        text=sys.stdin.buffer.read() if name else None,
        name=name or "",
        select=options["select"],
        ignore=options["ignore"],
        fail_on=options["fail_on"],
        budget=options.get("budget", ()),
    )


def check(asked: Asked, form: str, *, plain: bool) -> tuple[str, int]:
    """The report of a check, and its exit code."""
    page = page_of(asked, plain=plain)
    return FORMATS[form](page), exit_code(page.outcome.findings, page.fail_on)


def page_of(asked: Asked, *, plain: bool) -> Page:
    """What every report of a check is made of."""
    scope = scope_of(asked.request)
    rows = baseline_of(asked, scope)
    task, outcome, measured = _examined(asked.request, scope, scope.judged())
    terminal = not plain and sys.stdout.isatty()
    return Page(
        known.without(outcome, rows),
        {source.path: source for source in (*task.sources, *task.neighbours)},
        scope.config.fail_on,
        shutil.get_terminal_size().columns if terminal else 0,
        terminal and "NO_COLOR" not in os.environ,
        measured=partial(_measured, task, scope, measured if task.changed is None else None),
        gone=_gone(rows, outcome, scope) if rows and task.changed is None else None,
    )


def _gone(rows: known.Baseline, outcome: Outcome, scope: Scope) -> Counter[str]:
    """How many findings of each rule the baseline has that the checked files no longer have."""
    there = [path for path, _, _ in rows if (scope.root / path).exists()]
    left = known.pruned(rows, outcome, there, tools_of(scope.config, ()).chosen)
    return Counter(rule for _, rule, _ in known.growth(left, rows).elements())


def statistics(asked: Asked, form: str) -> tuple[str, int]:
    """How many findings each rule has, and the exit code."""
    if form != "text":
        raise SpotterError(f"--statistics is a table for people; leave out --format {form}")
    page = page_of(asked, plain=True)
    return counted(page), exit_code(page.outcome.findings, page.fail_on)


def failing(asked: Asked) -> tuple[Finding, ...]:
    """The findings that fail a check."""
    page = page_of(asked, plain=True)
    return tuple(finding for finding in page.outcome.findings if gates(finding, page.fail_on))


def record(asked: Asked, *, accept_new: bool, prune: bool) -> str:
    """Merge what is found today into the baseline; SpotterError where an old one would grow and nobody accepted it."""
    scope = scope_of(asked.request)
    if prune and (asked.request.staged or asked.request.since):
        raise SpotterError("--prune needs whole files; leave out --staged and --since")
    path = _baseline_path(asked, scope) or inside(scope.root, scope.root / BASELINE)
    old = known.read(path) if path.exists() else None
    task, outcome = outcome_of(asked.request, scope, scope.judged())
    exists = [source.path for source in task.neighbours]
    chosen = tools_of(scope.config, ()).chosen
    kept = known.pruned(old or {}, outcome, exists, chosen) if prune else old or {}
    rows = known.merged(kept, outcome)
    grown = known.growth(kept, rows)
    if old is not None and grown and not accept_new:
        where, rule, _ = min(grown)
        raise SpotterError(
            f"{path}: would grow by {grown.total():,}, first {rule} in {where}; mend it, or accept it with --accept-new"
        )
    known.write(path, rows)
    use = (
        "" if scope.config.baseline else f'\nTo use it, set baseline = "{BASELINE}" or give `check --baseline {path}`.'
    )
    return f"Wrote {path}: {sum(rows.values()):,} findings, {sum((old or {}).values()):,} before.{use}"


def graph(asked: Asked, form: str) -> str:
    """The graph of what was asked for."""
    from spotter.exports import EXPORTS
    from spotter.graph import build

    scope = scope_of(asked.request)
    task, outcome = outcome_of(asked.request, scope, scope.judged())
    tools = tools_of(scope.config, scope.judged())
    store = scope.cache()
    facts = [m.facts for m in measure(task.sources, tools.extract, None, store, watched).values()]
    store.close()
    return EXPORTS[form](build(facts, tools.press(facts), outcome.findings))


def causes(asked: Asked, form: str, most: int) -> str:
    """The root causes of what was asked for, and as many of the values that decide most."""
    from spotter.graph import build
    from spotter.metrics.deciders import deciders_of
    from spotter.reports.causes import FORMS
    from spotter.roots import roots_of

    scope = scope_of(asked.request)
    task, outcome = outcome_of(asked.request, scope, scope.judged())
    tools = tools_of(scope.config, ())
    store = scope.cache()
    facts = [m.facts for m in measure(task.sources, tools.extract, None, store, watched).values()]
    store.close()
    pressures = [p for p in tools.press(facts) if tools.chosen(p.place.path, p.rule)]
    found = roots_of(facts, pressures, outcome.findings, build(facts, pressures, outcome.findings), most)
    return FORMS[form](found, deciders_of(facts, most))


def settings(asked: Asked) -> str:
    """The settings that hold, one a line."""
    scope = scope_of(asked.request)
    config = scope.config
    shown: Mapping[str, object] = {
        "root": scope.root,
        "settings from": config.origin,
        "select": ", ".join(config.select) or "all rules",
        "ignore": ", ".join(config.ignore) or "none",
        "exclude": ", ".join(config.exclude) or "none",
        "max-alerts-per-kloc": config.max_alerts_per_kloc,
        "fail-on": config.fail_on,
        "per-file-ignores": "; ".join(f"{g}: {', '.join(c)}" for g, c in config.per_file_ignores) or "none",
        "baseline": _baseline_path(asked, scope) or "none",
        "budget": ", ".join(f"{name} {limit}" for name, limit in config.budget),
    }
    return "\n".join(f"{name}: {visible(str(value))}" for name, value in shown.items())


def files(asked: Asked) -> str:
    """The files that would be checked, one a line."""
    task = task_of(asked.request, scope_of(asked.request))
    names = sorted([*(source.path for source in task.sources), *(unread.path for unread in task.unread)])
    return "\n".join(map(shown_path, names)) or "no files"


def cache_size() -> str:
    """How much the cache around the current folder holds."""
    store = scope_of(Request()).cache()
    if store.note:
        return visible(store.note)
    text = f"{store.count():,} values, {store.size() / 1e6:.1f} MB"
    store.close()
    return text


def cache_clear() -> str:
    """Empty the cache around the current folder."""
    store = scope_of(Request()).cache()
    before = store.count()
    store.clear()
    store.close()
    return visible(store.note) or f"forgot {before:,} values"


def outcome_of(asked: Request, scope: Scope, judged: tuple[Verdict, ...]) -> tuple[Task, Outcome]:
    """What a request asks for, and what is found there after what was judged."""
    return _examined(asked, scope, judged)[:2]


def _examined(asked: Request, scope: Scope, judged: tuple[Verdict, ...]) -> tuple[Task, Outcome, Measurements | None]:
    task = task_of(asked, scope)
    store = scope.cache()
    outcome, measured = examined(task, tools_of(scope.config, judged, cores()), store, watched)
    store.close()
    notes = (*outcome.notes, store.note) if store.note else outcome.notes
    return task, replace(outcome, notes=notes), measured


def _measured(task: Task, scope: Scope, kept: Measurements | None) -> Measurements:
    """The scores and the facts behind an outcome: as they were measured, or from the cache where there is one."""
    if kept is not None:
        return kept
    tools, store = tools_of(scope.config, ()), scope.cache()
    found = measure(task.sources, tools.extract, tools.scorer, store, watched)
    store.close()
    return placed(found, census_of((*task.sources, *task.neighbours), tools.scorer), tools.scorer)


def baseline_of(asked: Asked, scope: Scope) -> known.Baseline:
    """The findings that are known already, by what was asked or by the settings."""
    path = _baseline_path(asked, scope)
    return known.read(path) if path else {}


def _baseline_path(asked: Asked, scope: Scope) -> Path | None:
    if asked.baseline is not None:
        return asked.baseline
    if scope.config.baseline is None:
        return None
    return inside(scope.root, scope.root / scope.config.folder / scope.config.baseline)
