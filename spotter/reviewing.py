"""`spotter review`: suspicions -> prompts -> reviewing models -> verdicts, and a report of what they said."""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from spotter import baseline as known
from spotter import verdicts
from spotter.checking import Asked, baseline_of, outcome_of
from spotter.errors import SpotterError
from spotter.prompts import BUDGET, OPENING, Prompt, prompts
from spotter.reports.prompts import written
from spotter.request import Scope, scope_of
from spotter.review.answers import Answer, read
from spotter.review.decisions import Decision, decide, reviewed, unjudged
from spotter.review.models import Reviewer, reviewer
from spotter.review.run import Answered, Limits, Question, run
from spotter.review.store import Answers, question_key
from spotter.source import Source
from spotter.visible import shown_path, visible


@dataclass(frozen=True, slots=True)
class Panel:
    """Who reviews: models by name, how many must agree, and whether each begins with the words that open a reasoning.

    A model that is named twice has two voices.
    """

    models: tuple[str, ...]
    votes: int | None = None
    think: bool = False


@dataclass(frozen=True, slots=True)
class Review:
    """What came of a review: decisions in the order of the prompts, and each question with its answer or without."""

    prompts: tuple[Prompt, ...]
    answered: tuple[Answered, ...]
    decisions: tuple[Decision, ...]


def questions(asked: Asked, budget: int, *, think: bool) -> str:
    """The prompts for what is found, as text."""
    scope = scope_of(asked.request)
    task, outcome = outcome_of(asked.request, scope, scope.judged())
    outcome = known.without(outcome, baseline_of(asked, scope))
    sources = {source.path: source for source in (*task.sources, *task.neighbours)}
    return written(prompts(outcome.findings, sources, budget), think=think)


def review(asked: Asked, panel: Panel, limits: Limits, form: str, budget: int = BUDGET) -> tuple[str, int]:
    """The report of a review, and its exit code: 1 where an error was found or a question stays without an answer."""
    voices = _voices(panel)
    votes = panel.votes or len(voices) // 2 + 1
    if votes > len(voices):
        raise SpotterError(f"--votes {votes}: only {len(voices)} models were named; name more with -m")
    scope = scope_of(asked.request)
    cases, sources = _cases(asked, scope, tuple(voices), budget)
    kept = Answers(scope.root)
    try:
        answered = tuple(_watched(run(tuple(_ask(cases, voices, sources, panel)), limits, kept), cases, voices))
    finally:
        kept.close()
    done = Review(cases, answered, tuple(_decisions(cases, answered, sources, votes, scope.judged())))
    if done.decisions:
        verdicts.write(scope.root / verdicts.FILE, reviewed(scope.judged(), done.decisions))
    failed = any(one.text is None for one in answered) or any(one.verdict == "error" for one in done.decisions)
    return FORMS[form](done), int(failed)


def _voices(panel: Panel) -> dict[str, Reviewer]:
    """The reviewers by the name under which each votes."""
    voices: dict[str, Reviewer] = {}
    seen: Counter[str] = Counter()
    for name in panel.models:
        one = reviewer(name, OPENING if panel.think else "")
        seen[one.name] += 1
        voices[one.name if seen[one.name] == 1 else f"{one.name} ({seen[one.name]})"] = one
    return voices


def _cases(
    asked: Asked, scope: Scope, names: tuple[str, ...], budget: int
) -> tuple[tuple[Prompt, ...], Mapping[str, Source]]:
    """The prompts in which something is left to ask. They are made from what is found before any verdict, so that the
    words of a question do not change with the answer to another."""
    judged = scope.judged()
    rows = baseline_of(asked, scope)
    task, plain = outcome_of(asked.request, scope, ())
    seen = known.without(outcome_of(asked.request, scope, judged)[1], rows)
    left = unjudged(seen.findings, judged, names)
    sources = {source.path: source for source in (*task.sources, *task.neighbours)}
    made = prompts(known.without(plain, rows).findings, sources, budget)
    return tuple(p for p in made if any(finding.fingerprint in left for finding in p.findings)), sources


def _ask(
    cases: Sequence[Prompt], voices: Mapping[str, Reviewer], sources: Mapping[str, Source], panel: Panel
) -> Iterator[Question]:
    opening = OPENING if panel.think else ""
    for prompt in cases:
        check = partial(read, prompt=prompt, source=sources[prompt.path])
        for voice, one in voices.items():
            yield Question(voice, question_key(voice, prompt.fingerprint, opening), prompt, one.ask, check)


def _decisions(
    cases: Sequence[Prompt],
    answered: Sequence[Answered],
    sources: Mapping[str, Source],
    votes: int,
    judged: Sequence[verdicts.Verdict],
) -> Iterator[Decision]:
    """A decision a finding that some model has answered and no person has decided."""
    said: dict[str, dict[str, Answer]] = defaultdict(dict)
    for one in answered:
        if one.text is not None:
            for answer in read(one.text, one.question.prompt, sources[one.question.prompt.path]):
                said[answer.finding.fingerprint][one.question.model] = answer
    people = {row.fingerprint for row in judged if row.by == verdicts.PERSON}
    for prompt in cases:
        for finding in prompt.findings:
            if finding.fingerprint in said and finding.fingerprint not in people:
                yield decide(finding, dict(sorted(said[finding.fingerprint].items())), votes)


def _watched(
    settled: Iterable[Answered], cases: Sequence[Prompt], voices: Mapping[str, Reviewer]
) -> Iterable[Answered]:
    """The answers as they come, with a bar if stderr is a terminal."""
    if not sys.stderr.isatty():
        return settled
    from rich.console import Console
    from rich.progress import track

    total = len(cases) * len(voices)
    return track(settled, "asking", total=total, console=Console(stderr=True), transient=True)


def _text(done: Review) -> str:
    blocks = [line for decision in done.decisions for line in _block(decision)]
    gaps = [_gap(one) for one in done.answered if one.text is None]
    return "\n".join([*blocks, *gaps, _summary(done)]) + "\n"


def _block(decision: Decision) -> Iterator[str]:
    finding, answers = decision.finding, decision.answers
    yield f"{shown_path(finding.path)}:{finding.line}:{finding.column}: {finding.rule} {visible(finding.message)}"
    yield f"  {decision.verdict}, {decision.votes} of {len(answers)} ({finding.fingerprint})"
    for name, answer in answers.items():
        fix = f"; fix: {visible(answer.fix) or 'delete it'}" if answer.fix is not None else ""
        note = f" [{answer.note}]" if answer.note else ""
        yield f"    {name}: {answer.verdict}: {visible(answer.why)}{fix}{note}"


def _gap(one: Answered) -> str:
    prompt = one.question.prompt
    where = visible(f"{prompt.path}, {prompt.function or 'module level'}")
    return f"no answer from {one.question.model} about {where}: {visible(one.reason)}"


def _summary(done: Review) -> str:
    counts = Counter(decision.verdict for decision in done.decisions)
    remembered = sum(one.remembered for one in done.answered)
    without = sum(one.text is None for one in done.answered)
    parts = [
        f"{len(done.prompts)} prompts, {len(done.answered)} questions, {remembered} of them answered before",
        f"{counts['error']} error, {counts['fine']} fine, {counts['unsure']} unsure",
    ]
    parts += [f"{without} without an answer"] if without else []
    kept = f"\nThe verdicts are in {verdicts.FILE}; commit it." if counts["error"] or counts["fine"] else ""
    return "; ".join(parts) + "." + kept


def _json(done: Review) -> str:
    def row(decision: Decision) -> dict[str, Any]:
        finding = decision.finding
        return {
            "path": finding.path, "line": finding.line, "column": finding.column, "rule": finding.rule,
            "fingerprint": finding.fingerprint, "verdict": decision.verdict, "votes": decision.votes,
            "answers": [
                {"by": name, "verdict": a.verdict, "why": a.why, "fix": a.fix, "note": a.note}
                for name, a in decision.answers.items()
            ],
        }  # fmt: skip

    gaps = [
        {"path": one.question.prompt.path, "function": one.question.prompt.function, "by": one.question.model,
         "reason": one.reason}
        for one in done.answered if one.text is None
    ]  # fmt: skip
    report = {
        "prompts": len(done.prompts),
        "questions": len(done.answered),
        "remembered": sum(one.remembered for one in done.answered),
        "tokens": sum(one.tokens for one in done.answered if not one.remembered),
        "decisions": [row(decision) for decision in done.decisions],
        "unanswered": sorted(gaps, key=lambda gap: (gap["path"], gap["function"], gap["by"])),
    }
    return json.dumps(report, indent=2) + "\n"


FORMS = {"text": _text, "json": _json}
