"""What a question changes: the likeliest wrong token of real bugs and of sound functions, before and after a review.

Before it, each of them is called an error. After it, those are that the model calls so.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from math import sqrt
from pathlib import Path

from spotter.engine.bench_records import CleanFile, Record, read_clean, read_suite
from spotter.engine.bench_units import unit_of
from spotter.engine.scores import Proposal, TokenScore
from spotter.engine.spotting import Spotter, load
from spotter.errors import SpotterError
from spotter.prompts import OPENING, Prompt, prompts
from spotter.review.answers import read
from spotter.review.models import reviewer
from spotter.review.run import Answered, Limits, Question, run
from spotter.review.store import Answers, question_key
from spotter.source import Source
from spotter.suspicions import suspicions
from spotter.syntax import Syntax, parse

SHORTEST, LONGEST = 12, 1_000  # tokens of a function that is asked about
Z = 1.96  # standard errors of a 95 % interval


@dataclass(frozen=True, slots=True)
class Case:
    """A prompt about the likeliest wrong token of a function, and whether function and token are wrong."""

    prompt: Prompt
    source: Source
    buggy: bool
    hit: bool


@dataclass(frozen=True, slots=True)
class Row:
    """Of so many functions those called an error, and those of them that are buggy, and that are marked rightly."""

    name: str
    functions: int
    errors: int
    buggy: int
    hits: int
    unusable: int


def cases(records: Sequence[Record], clean: Sequence[CleanFile], number: int, seed: int) -> Iterator[Case]:
    """So many functions with a bug and so many without one, chosen by seed."""
    spotter, rng = load(), random.Random(seed)
    bugs = (case for record in rng.sample(records, len(records)) if (case := _bug(spotter, record)))
    sound = (case for file in rng.sample(clean, len(clean)) if (case := _sound(spotter, file, rng)))
    for kind in (bugs, sound):
        yield from (case for case, _ in zip(kind, range(number), strict=False))


def rows(asked: Sequence[Case], answered: Sequence[Answered]) -> tuple[Row, Row]:
    """The two rows: every marked token is called an error, and what the model calls one."""
    said: dict[str, str] = {}
    by_print = {case.prompt.fingerprint: case for case in asked}
    for one in answered:
        prompt = one.question.prompt
        if one.text is not None:
            said[prompt.fingerprint] = read(one.text, prompt, by_print[prompt.fingerprint].source)[0].verdict
    kept = [case for case in asked if said.get(case.prompt.fingerprint) == "error"]
    return _row("before", asked, asked, 0), _row("after", asked, kept, len(asked) - len(said))


def table(found: Sequence[Row]) -> str:
    """As text: shares are of what is called an error; found is the share of all buggy functions. 95 % intervals."""
    heads = "called errors", "in a buggy function", "on the wrong token", "buggy functions found", "answers of no use"
    lines = [f"{'':<6}  {heads[0]:>13}" + "".join(f"  {head:>24}" for head in heads[1:])]
    bugs = found[0].buggy
    for row in found:
        shares = [_share(part, whole) for part, whole in ((row.buggy, row.errors), (row.hits, row.errors))]
        cells = (*shares, _share(row.buggy, bugs), str(row.unusable))
        lines.append(f"{row.name:<6}  {row.errors:>13}" + "".join(f"  {cell:>24}" for cell in cells))
    return "\n".join(lines)


def _share(part: int, whole: int) -> str:
    """A count with its share and Wilson's interval in percent, which holds where nothing or all of it counts too."""
    if not whole:
        return f"{part} (-)"
    share, spread = part / whole, Z * Z / whole
    middle, half = share + spread / 2, sqrt(share * (1 - share) * spread + spread * spread / 4)
    low, high = (100 * (middle + side) / (1 + spread) for side in (-half, half))
    return f"{part} ({100 * share:.0f} %, {low:.0f} to {high:.0f})"


def main(arguments: Sequence[str]) -> int:
    """`python -m spotter.questioned SUITE CLEAN -m MODEL --number 100 --seed 0`; answers are kept in ./.spotter."""
    parser = argparse.ArgumentParser(prog="python -m spotter.questioned", description=__doc__)
    parser.add_argument("suite", type=Path, help="real bugs, as for spotter bench")
    parser.add_argument("clean", type=Path, help="clean files, as for spotter bench --clean")
    parser.add_argument("-m", "--model", required=True, help="a reviewing model, by its name in llm")
    parser.add_argument("--think", action="store_true", help="open the model's reasoning for it")
    parser.add_argument("--number", type=int, default=100, help="functions of each kind (100)")
    parser.add_argument("--seed", type=int, default=0, help="which functions (0)")
    parser.add_argument("--parallel", type=int, default=1, help="questions at once (1)")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    asked = parser.parse_args(arguments)
    try:
        opening = OPENING if asked.think else ""
        voice = reviewer(asked.model, opening)
        suite = [record for record in read_suite(asked.suite) if record.language == "python"]
        clean = [file for file in read_clean(asked.clean) if file.language == "python"]
        chosen = tuple(cases(suite, clean, asked.number, asked.seed))
        kept = Answers(Path.cwd())
        asking = [
            Question(
                voice.name,
                question_key(voice.name, case.prompt.fingerprint, opening),
                case.prompt,
                voice.ask,
                partial(read, prompt=case.prompt, source=case.source),
            )
            for case in chosen
        ]
        answered = _told(run(asking, Limits(parallel=asked.parallel, retries=0), kept), len(asking))
        kept.close()
    except SpotterError as error:
        print(error, file=sys.stderr)
        return 2
    found = rows(chosen, answered)
    print(json.dumps([asdict(row) for row in found], indent=2) if asked.format == "json" else table(found))
    return 0


def _told(answers: Iterator[Answered], number: int) -> list[Answered]:
    found = []
    for done, one in enumerate(answers, 1):
        found.append(one)
        if sys.stderr.isatty():
            print(f"\r{done} of {number} answers", end="" if done < number else "\n", file=sys.stderr, flush=True)
    return found


def _bug(spotter: Spotter, record: Record) -> Case | None:
    path = Path(record.path).name
    buggy, fixed = (parse(Source(path, text, "python")) for text in (record.buggy_code, record.fixed_code))
    unit = unit_of(record, buggy, fixed)
    return _case(spotter, buggy, unit.first, unit.last, unit.hits) if unit.hits else None


def _sound(spotter: Spotter, file: CleanFile, rng: random.Random) -> Case | None:
    syntax = parse(Source(Path(file.path).name, file.code, "python"))
    spans = [(f.first, f.last) for f in syntax.functions if SHORTEST <= f.last - f.first <= LONGEST]
    return _case(spotter, syntax, *rng.choice(spans), frozenset()) if spans else None


def _case(spotter: Spotter, syntax: Syntax, first: int, last: int, hits: frozenset[int]) -> Case | None:
    """The question about the token with the highest P(edit) between two tokens."""
    if not SHORTEST <= last - first <= LONGEST:
        return None
    best = max(spotter.score_span(syntax, first, last), key=lambda score: score.p_error)
    texts = spotter.repairs(syntax, best.token, "replace")[:1]
    score = TokenScore(best.token, best.p_error, tuple(Proposal("replace", text, 1.0) for text in texts))
    found = suspicions(syntax, (score,), -1.0)
    asked = prompts(found, {syntax.source.path: syntax.source})
    return Case(asked[0], syntax.source, bool(hits), best.token in hits) if asked else None


def _row(name: str, asked: Sequence[Case], errors: Sequence[Case], unusable: int) -> Row:
    return Row(
        name,
        len(asked),
        len(errors),
        sum(case.buggy for case in errors),
        sum(case.hit for case in errors),
        unusable,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
