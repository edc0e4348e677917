"""The bench: scorers against real bugs and clean code, each on the same functions and the same windows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from time import perf_counter
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from spotter.engine.bench_alarms import CleanScores
from spotter.engine.bench_around import NONE, Around
from spotter.engine.bench_beside import beside
from spotter.engine.bench_figures import DETECTION_RATE, Figures, by, figures, group_figures, grouped, part
from spotter.engine.bench_outcomes import Outcome, outcome
from spotter.engine.bench_records import CleanFile, Record
from spotter.engine.bench_scorer import BenchScorer, RepositoryScorer, Span
from spotter.engine.bench_units import unit_of
from spotter.engine.elsewhere import Census
from spotter.languages import languages
from spotter.source import Source
from spotter.syntax import Syntax, parse

T = TypeVar("T")
Floats = NDArray[np.float64]
BATCH = 32  # records (two versions each) or clean files in memory at once
FIGURES = (
    "single_token_top1",
    "single_token_top5",
    "token_top1",
    "token_top2",
    "token_top3",
    "token_top5",
    "line_top1",
    "line_top2",
    "line_top3",
    "line_top5",
    "auroc",
    "average_precision",
    "pair",
    "pair_by_mean",
    "pair_same_length",
    "repair_top1",
    "repair_top5",
    "recall_at_0.5_alerts",
    "recall_at_1_alerts",
    "recall_at_5_alerts",
    "clean_function_alarm_rate",
    "top1_at_that_rate",
    f"top1_at_{100 * DETECTION_RATE:.1f}_percent",
    "brier",
)


@dataclass(slots=True)
class Run:
    """What a scorer has given so far, and the time it took."""

    scorer: BenchScorer
    outcomes: list[Outcome] = field(default_factory=list)
    left_out: int = 0
    clean_tokens: list[Floats] = field(default_factory=list)
    clean_functions: list[float] = field(default_factory=list)
    clean_lines: int = 0
    tokens: int = 0
    seconds: float = 0.0

    def score(self, spans: Sequence[Span], known: Sequence[Census]) -> list[Floats]:
        """One array of scores a span, each of a file of which the census of its repository is known."""
        begun = perf_counter()
        scored = self.scorer.score_spans(spans) if spans else ()
        if isinstance(self.scorer, RepositoryScorer):
            scored = [self.scorer.among(scores, census) for scores, census in zip(scored, known, strict=True)]
        self.seconds += perf_counter() - begun
        self.tokens += sum(last - first for _, first, last in spans)
        return [np.array([s.p_error for s in scores], np.float64) for scores in scored]

    @property
    def alarms(self) -> CleanScores | None:
        """What it says about the clean files; None without any."""
        if not self.clean_lines:
            return None
        tokens, functions = np.concatenate(self.clean_tokens), np.array(self.clean_functions)
        return CleanScores(np.sort(tokens)[::-1], np.sort(functions)[::-1], self.clean_lines)


def measure(
    records: Iterable[Record], clean: Iterable[CleanFile], scorers: Mapping[str, BenchScorer], around: Around = NONE
) -> dict[str, Run]:
    """Score everything. Both iterables are read once and lazily, so that a progress bar can stand around them.

    What is around a file is for those scorers that hear of it.
    """
    runs = {name: Run(scorer) for name, scorer in scorers.items()}
    for some in _batches(records):
        _score_records(some, runs.values(), around)
    for files in _batches(clean):
        _score_clean(files, runs.values(), around)
    return runs


def report_of(runs: Mapping[str, Run], *, suite: str) -> dict[str, object]:
    """The JSON report; every scorer but the first stands beside that one."""
    records = max((len(run.outcomes) + run.left_out for run in runs.values()), default=0)
    scorers = {name: _report(run) for name, run in runs.items()}
    for name, other in list(runs.items())[1:]:
        first = next(iter(runs.values()))
        scorers[name]["beside_the_first"] = beside(first.outcomes, other.outcomes, (first.alarms, other.alarms))
    return {"suite": suite, "records": records, "scorers": scorers}


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while some := list(islice(rest, BATCH)):
        yield some


def _score_records(records: Sequence[Record], runs: Iterable[Run], around: Around) -> None:
    texts = {(r.language, text): r.path for r in records for text in (r.buggy_code, r.fixed_code)}
    parsed = {(lang, text): _parsed(path, text, lang) for (lang, text), path in texts.items() if lang in languages()}
    readable = [r for r in records if r.language in languages()]
    versions = [(parsed[r.language, r.buggy_code], parsed[r.language, r.fixed_code]) for r in readable]
    units = [unit_of(r, *pair) for r, pair in zip(readable, versions, strict=True)]
    for run in runs:
        known = [i for i, r in enumerate(readable) if r.language in run.scorer.languages]
        run.left_out += len(records) - len(known)
        spans: list[Span] = []
        others: list[Census] = []
        for i in known:
            (buggy, fixed), unit, record = versions[i], units[i], readable[i]
            spans += [(buggy, unit.first, unit.last), (fixed, unit.fixed_first, unit.fixed_last)]
            others += [around.census(record.repo, record.path, text) for text in (record.buggy_code, record.fixed_code)]
        scores = run.score(spans, others)
        for i, before, after in zip(known, scores[::2], scores[1::2], strict=True):
            run.outcomes.append(outcome(readable[i], units[i], versions[i][0], run.scorer, before, after))


def _score_clean(clean: Sequence[CleanFile], runs: Iterable[Run], around: Around) -> None:
    files = [(f, _parsed(f.path, f.code, f.language)) for f in clean if f.language in languages()]
    for run in runs:
        known = [(f, syntax) for f, syntax in files if f.language in run.scorer.languages]
        others = [around.census(f.repo, f.path, f.code) for f, _ in known]
        scored = run.score([(syntax, 0, len(syntax.tokens)) for _, syntax in known], others)
        for (f, syntax), scores in zip(known, scored, strict=True):
            run.clean_tokens.append(scores)
            run.clean_functions += [float(scores[g.first : g.last].max()) for g in syntax.functions]
            run.clean_lines += f.lines


def _parsed(path: str, text: str, language: str) -> Syntax:
    return parse(Source(path, text, language))


def _report(run: Run) -> dict[str, object]:
    alarms = run.alarms
    shipped = run.scorer.threshold
    report = dict.fromkeys(FIGURES) | _figures(run, run.outcomes)
    if alarms is not None and shipped is not None and len(alarms.functions):
        report["clean_function_alarm_rate"] = round(alarms.function_rate(shipped), 4)
    return report | {
        "tokens_per_second": round(run.tokens / run.seconds) if run.seconds else None,
        "fingerprint": run.scorer.fingerprint,
        "threshold": shipped,
        "records": len(run.outcomes),
        "left_out": run.left_out,
        "core": _rounded(group_figures([o for o in run.outcomes if o.record.core])),
        "by_part": {name: _figures(run, group) for name, group in grouped(run.outcomes, part).items()},
        "by_kind": {kind: _rounded(group) for kind, group in by(run.outcomes, lambda o: o.record.kind).items()},
        "by_language": {name: _rounded(group) for name, group in by(run.outcomes, lambda o: o.record.language).items()},
    }


def _figures(run: Run, outcomes: Sequence[Outcome]) -> dict[str, object]:
    """The figures of some outcomes, with their intervals."""
    intervals: dict[str, list[float] | None] = dict.fromkeys(FIGURES)
    if not outcomes:
        return {"intervals": intervals}
    found, ranges = figures(outcomes, run.alarms, run.scorer.threshold, probabilistic=run.scorer.probabilistic)
    intervals |= {name: None if r is None else [round(r[0], 4), round(r[1], 4)] for name, r in ranges.items()}
    return {"records": len(outcomes), **_rounded(found), "intervals": intervals}


def _rounded(found: Figures) -> Figures:
    return {name: None if value is None else round(value, 4) for name, value in found.items()}
