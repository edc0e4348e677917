"""Fit the ranking: weights by logistic regression on lessons, judged on projects that were left out of the fit."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from spotter.config import Config
from spotter.engine.bench_alarms import CleanScores
from spotter.engine.bench_figures import figures
from spotter.engine.bench_outcomes import Outcome, rank
from spotter.engine.bench_records import Record
from spotter.engine.calibration import sigmoid
from spotter.engine.fixes import keys
from spotter.engine.releases import read, releases_of
from spotter.engine.spotting import Spotter, load
from spotter.engine.wheels import EVALUATION
from spotter.errors import SpotterError
from spotter.fused import Floats, Seen, fused, pressed_alone, seen
from spotter.lessons import Lesson, gather, unseen
from spotter.progress import watched
from spotter.ranking import BASE_RATE, TERMS, Model, log_odds, shipped
from spotter.rules import RULES
from spotter.source import Source
from spotter.syntax import parse

BY_HAND = {  # bits, as they were before anything was fitted: what the lessons do not speak of stays
    "token": log_odds(BASE_RATE), "deviant": 0.0, "edit": 1.0, "deviance": 1.0,
    "guessed": -4.0, "companion": 2.0, "pressure": 0.0, "callers": 0.25,
}  # fmt: skip
LEFT_OUT = ("pressure", "callers")  # with them the order of projects that were left out of the fit was worse
FREE = ("token", "deviant")  # set by how common errors are, and by what readers say
RIDGE = 1.0  # the pull towards them, as one over the variance in nats
LIKE = 2.0  # readings of its kind that each rule is taken to have had beside its own
READ = 10.0  # readings that stand behind what is said of a rule, about
PLANTED = 0.5  # what a planted error weighs beside a real one, which is harder to see
BATCH = 40  # lessons


@dataclass(frozen=True, slots=True)
class Scored:
    """A lesson, and what the model reads of it; wrong are the numbers of the wrong tokens."""

    project: str
    kind: str
    path: str
    lines: int
    seen: Seen
    wrong: tuple[int, ...]
    rules: tuple[str, ...]
    right: frozenset[int]


def score(lessons: Sequence[Lesson], spotter: Spotter) -> list[Scored]:
    """What a denoiser says of the lessons."""
    over = spotter.threshold(Config().max_alerts_per_kloc)
    found = []
    for start in range(0, len(lessons), BATCH):
        some = lessons[start : start + BATCH]
        parsed = [parse(Source(lesson.path, lesson.text, "python")) for lesson in some]
        spans = []
        for syntax, lesson in zip(parsed, some, strict=True):
            low, high = lesson.lines
            inside = [i for i, token in enumerate(syntax.tokens) if low <= token.line <= high]
            spans.append((syntax, min(inside), max(inside) + 1) if inside else (syntax, 0, 0))
        for lesson, span, scores in zip(some, spans, spotter.score_spans(spans), strict=True):
            syntax, first, _ = span
            what = seen(syntax, lesson.ground, first, [one.p_error for one in scores], over)
            wrong = tuple(i - first for i in lesson.wrong)
            rules = tuple(deviant.rule for deviant in lesson.ground.deviants)
            lines = lesson.lines[1] - lesson.lines[0] + 1
            right = frozenset(lesson.right)
            found.append(Scored(lesson.project, lesson.kind, lesson.path, lines, what, wrong, rules, right))
    return found


def readings(files: Iterable[Path]) -> dict[str, float]:
    """How often readers called the findings of a rule right, shrunk to all of its kind; the bench's projects apart."""
    judged: dict[str, Counter[str]] = defaultdict(Counter)
    for file in files:
        head, *rows = file.read_text(encoding="utf-8").splitlines()
        columns = head.split("\t")
        for row in rows:
            said = dict(zip(columns, row.split("\t"), strict=True))
            if said["package"].lower() not in EVALUATION:
                judged[said["rule"]][said["verdict"]] += 1
    shares = {}
    for kind in ("fact", "suspicion"):
        of_kind = {rule: counts for rule, counts in judged.items() if RULES[rule].kind == kind}
        mean = sum(map(_right, of_kind.values())) / max(1, sum(c.total() for c in of_kind.values()))
        for rule, counts in of_kind.items():
            shares[rule] = (_right(counts) + LIKE * mean) / (counts.total() + LIKE)
    return dict(sorted(shares.items()))


def _right(counts: Counter[str]) -> float:
    return counts["right"] + counts["unsure"] / 2


def fit(scored: Sequence[Scored], right: Mapping[str, float], left_out: Sequence[str] = LEFT_OUT) -> dict[str, float]:
    """The weights, 0 for what is left out.

    Errors are as common among tokens as in deployed code, and right among deviants as readers say.
    """
    rows, labels, weights = zip(*_tokens(scored), *_deviants(scored, right), strict=True)
    x, y, w = np.concatenate(rows), np.concatenate(labels), np.concatenate(weights)
    x[:, [name in left_out for name in TERMS]] = 0.0
    before = np.array([0.0 if name in left_out else BY_HAND[name] for name in TERMS]) * np.log(2)
    ridge = np.array([1e-6 if name in FREE else RIDGE for name in TERMS])

    def loss(theta: Floats) -> float:
        margin = np.where(y == 1, -1.0, 1.0) * (x @ theta)
        return float(w @ np.logaddexp(0.0, margin) + ridge @ (theta - before) ** 2 / 2)

    theta = before
    for _ in range(60):
        p = sigmoid(x @ theta)
        hessian = (x * (w * np.maximum(p * (1 - p), 1e-12))[:, None]).T @ x + np.diag(ridge)
        step = np.linalg.solve(hessian, x.T @ (w * (p - y)) + ridge * (theta - before))
        while np.abs(step).max() > 1e-9 and loss(theta - step) > loss(theta):
            step = step / 2
        theta = theta - step
        if np.abs(step).max() < 1e-7:
            break
    return dict(zip(TERMS, map(float, theta / np.log(2)), strict=True))


Rows = tuple[Floats, Floats, Floats]  # terms, labels, weights


def _tokens(scored: Sequence[Scored]) -> Iterable[Rows]:
    """Every wrong token, a lesson's together as one error, and every token of code that stayed as it was."""
    wrong = [one for one in scored if one.wrong and one.kind in ("fix", "edit")]
    if not wrong:
        raise SpotterError("no lesson holds an error; gather more lines of releases")
    total = 0.0
    for one in wrong:
        each = (1.0 if one.kind == "fix" else PLANTED) / len(one.wrong)
        total += each * len(one.wrong)
        yield one.seen.tokens[list(one.wrong)], np.ones(len(one.wrong)), np.full(len(one.wrong), each)
    sound = np.concatenate([one.seen.tokens for one in scored if one.kind == "sound"])
    each = total * (1 - BASE_RATE) / BASE_RATE / len(sound)
    yield sound, np.zeros(len(sound)), np.full(len(sound), each)


def _deviants(scored: Sequence[Scored], right: Mapping[str, float]) -> Iterable[Rows]:
    """The deviants that were planted or mended against those that stayed, as common as readers say of their rule."""
    found: dict[tuple[str, bool], list[Floats]] = defaultdict(list)
    for one in scored:
        if one.kind != "sound":
            for number, (_, row) in enumerate(one.seen.deviants):
                found[one.rules[number], number in one.right].append(row)
    for rule, share in right.items():
        good, bad = found[rule, True], found[rule, False]
        if RULES[rule].kind == "fact" or not good + bad:
            continue
        for rows, label, part in ((good or bad, 1.0, share), (bad or good, 0.0, 1 - share)):
            each = part * READ / len(rows)
            yield np.array(rows), np.full(len(rows), label), np.full(len(rows), each)


def by_hand(what: Seen) -> Floats:
    """(n,) the order that went before: bits over what is usual for its kind, by the weights that were set by hand."""
    token = np.array([0.0 if name in FREE else BY_HAND[name] for name in TERMS])
    deviant = np.where(np.array(list(TERMS)) == "edit", 0.0, token)
    own = what.tokens @ token
    for inside, row in what.deviants:
        bits = row @ deviant
        if inside:
            best = inside[int(np.argmax(what.shares[list(inside)]))]
            own[best] = max(own[best], bits)
    return np.asarray(own)


Order = Callable[[Seen, Mapping[str, float]], Floats]
ORDERS: dict[str, Order] = {
    "denoiser": lambda what, _: what.shares,
    "pressures": lambda what, _: pressed_alone(what),
    "by hand": lambda what, _: by_hand(what),
    "fused": fused,
}
SHOWN = ("token_top1", "token_top5", "average_precision", "auroc", "recall_at_0.5_alerts", "recall_at_5_alerts")


def held_back(scored: Sequence[Scored], right: Mapping[str, float]) -> str:
    """Each order on each project, with weights that were fitted on the others, as a table."""
    return compared(scored, _orders(_folds(scored, right, LEFT_OUT)))


def compared(scored: Sequence[Scored], orders: Mapping[str, Callable[[Scored], Floats]]) -> str:
    """Each order of real fixes and of planted errors, as far as there are any, as a table."""
    scored = [_by_default(one) for one in scored]
    lines = [f"{'kind':<5} {'errors':>6} {'order':<10}" + "".join(f"{name:>26}" for name in SHOWN)]
    for kind in sorted({one.kind for one in scored} & {"fix", "edit"}, reverse=True):
        for name, order in orders.items():
            values = [(one, order(one)) for one in scored if one.kind in (kind, "sound")]
            outcomes = [_outcome(one, scores) for one, scores in values if one.kind == kind and one.wrong]
            sound = [(one.lines, scores) for one, scores in values if one.kind == "sound"]
            tokens = np.sort(np.concatenate([scores for _, scores in sound]))[::-1]
            clean = CleanScores(tokens, np.array([]), sum(n for n, _ in sound))
            found, between = figures(outcomes, clean, None, probabilistic=False)
            cells = [_cell(found[figure], between[figure]) for figure in SHOWN]
            lines.append(f"{kind:<5} {len(outcomes):>6} {name:<10}" + "".join(f"{cell:>26}" for cell in cells))
    return "\n".join(lines)


def _folds(
    scored: Sequence[Scored], right: Mapping[str, float], left_out: Sequence[str]
) -> dict[str, dict[str, float]]:
    """For each project the weights that are fitted on the others."""
    projects = sorted({one.project for one in scored})
    return {name: fit([one for one in scored if one.project != name], right, left_out) for name in projects}


def _orders(folds: Mapping[str, Mapping[str, float]]) -> dict[str, Callable[[Scored], Floats]]:
    """Every order, with each project's weights."""

    def of(order: Order) -> Callable[[Scored], Floats]:
        return lambda one: order(one.seen, folds[one.project])

    return {name: of(order) for name, order in ORDERS.items()}


def _by_default(one: Scored) -> Scored:
    """A lesson without the deviants of rules that are off by default."""
    pairs = zip(one.rules, one.seen.deviants, strict=True)
    kept = tuple(deviant for rule, deviant in pairs if RULES[rule].default)
    return replace(one, seen=replace(one.seen, deviants=kept), rules=())


def _cell(value: float | None, between: tuple[float, float] | None) -> str:
    if value is None:
        return "-"
    return f"{100 * value:.1f}" + (f" ({100 * between[0]:.1f} - {100 * between[1]:.1f})" if between else "")


def _outcome(one: Scored, scores: Floats) -> Outcome:
    labels = np.zeros(len(scores), np.bool_)
    labels[list(one.wrong)] = True
    place = rank(scores, labels)
    record = Record(
        id=one.path, repo=one.project, commit="", path=one.path, language="python", kind=one.kind, core=False,
        buggy_code="", fixed_code="", buggy_lines=(), bug_spans=((0, 1),), old_tokens=(), new_tokens=(),
        func_range=None,
    )  # fmt: skip
    return Outcome(record, scores, labels, place, place, 0.0, 0.0, (0.0, 0.0), 0, None)


def write(path: Path, model: Model) -> None:
    """The model as TOML, for the package."""
    lines = ["# Fitted by `spotter train ranking`. Bits for each unit of a term; the terms stand in ranking.py."]
    lines += ["", "[weights]", *(f"{name} = {value:.3f}" for name, value in model.weights.items())]
    lines += ["", "# How often readers called a rule's findings right.", "[right]"]
    lines += [f"{rule} = {share:.3f}" for rule, share in model.right.items()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def learn(folder: Path, out: Path, judged: Sequence[Path], fixes: Sequence[Path]) -> str:
    """Gather the lessons where they are not there yet, write the model, and say how each order does.

    The fixes are those that the denoiser was trained on: what it has read shows nothing.
    """
    scored = score(unread(gather(folder, releases_of(), watched), fixes), load())
    right = readings(judged)
    write(out, Model(fit(scored, right), right))
    return held_back(scored, right)


def judge(folder: Path, fixes: Sequence[Path]) -> str:
    """How each order does on projects that nothing was fitted to.

    That is by the weights that checks use, and by weights that are fitted on these very projects, each on the others,
    with the pressure on a function and its callers.
    """
    scored = score(unread(unseen(folder, watched), fixes), load())
    model, projects = shipped(), {one.project for one in scored}
    refitted = _folds(scored, model.right, ())
    orders = _orders(dict.fromkeys(projects, model.weights))
    orders["refitted"] = lambda one: fused(one.seen, refitted[one.project])
    mended = [one for one in scored if one.kind == "fix" and one.wrong]
    spoken = sum(any(RULES[rule].default for rule in one.rules) for one in mended)
    whole = fit(scored, model.right, ())
    return "\n".join(
        [
            compared(scored, orders),
            f"{len(mended)} mended functions of {len({o.project for o in mended})} projects, {spoken} with a deviant",
            "refitted on all: " + ", ".join(f"{name} {value:.3f}" for name, value in whole.items()),
        ]
    )


def unread(lessons: Iterable[Lesson], fixes: Sequence[Path]) -> list[Lesson]:
    """The lessons that no list of fixes has."""
    known = {key for path in fixes for one in read(path) for key in keys(str(one["before"]), str(one["after"]))}
    return [lesson for lesson in lessons if known.isdisjoint(lesson.keys)]
