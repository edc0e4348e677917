"""One file's scores and facts: remembered under the hash of its text, or measured now."""

from __future__ import annotations

import base64
import json
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import tee

from spotter.cache import Cache, key
from spotter.engine.elsewhere import ALONE, Census, census
from spotter.engine.scores import LineScorer, Proposal, Scorer, TokenScore
from spotter.metrics.facts import FileFacts, from_json
from spotter.source import Source
from spotter.spread import Extract, Extracted, Spread, extracted
from spotter.state import code
from spotter.syntax import Syntax
from spotter.watchdog import Watchdog

BATCH = 16  # files between two writes to the cache
MOST_TOKENS = 200_000  # that are scored of a file: some 30 seconds of the processor, as for reading it
Watch = Callable[[Sequence[Source]], Iterable[Source]]


@dataclass(frozen=True, slots=True)
class Measurement:
    """A source, the lines its grammar could not place, its facts, and its scores, None where nobody could score it."""

    source: Source
    error_lines: tuple[int, ...]
    facts: FileFacts
    scores: tuple[TokenScore, ...] | None


def measure(
    sources: Sequence[Source],
    extract: Extract,
    scorer: Scorer | None,
    cache: Cache,
    watch: Watch,
    changed: Mapping[str, frozenset[int]] | None = None,
) -> dict[str, Measurement]:
    """Measure sources, by path; those that are not remembered pass through the watch, which may show progress.

    Where a change is asked about, functions that it does not touch need no scores. What takes too much is left out.
    """
    lines = {s.path: changed.get(s.path) for s in sources} if changed and isinstance(scorer, LineScorer) else {}
    names = {s.path: (facts_key(s), scores_key(s, scorer, lines.get(s.path)) if scorer else "") for s in sources}
    whole = {s.path: (facts_key(s), scores_key(s, scorer)) for s in sources if scorer and lines.get(s.path)}
    known = cache.get(name for pair in (*names.values(), *whole.values()) for name in pair if name)
    found: dict[str, Measurement] = {}
    for source in sources:
        for pair in (whole.get(source.path), names[source.path]):
            if pair and source.path not in found and (kept := _remembered(source, pair, known)) is not None:
                found[source.path] = kept
    fresh: dict[str, str] = {}
    new = [source for source in sources if source.path not in found]
    with Watchdog() as watchdog:
        if scorer is None and isinstance(extract, Spread) and extract.pays(new):
            measured = _apart(extract.each(watch(new), len(new)))
        else:
            measured = _scored(_read(watch(new), extract, scorer, lines, watchdog), scorer, cache)
        for number, (measurement, *texts) in enumerate(measured, 1):
            path = measurement.source.path
            found[path] = measurement
            fresh.update((name, text) for name, text in zip(names[path], texts, strict=True) if name)
            if number % BATCH == 0:
                cache.put(fresh)
                fresh.clear()
    cache.put(fresh)
    return found


def census_of(sources: Iterable[Source], scorer: Scorer | None) -> Census:
    """The census of a repository's files, of those in a language that is scored."""
    return (
        census(s.text for s in sources if s.language in scorer.languages) if isinstance(scorer, LineScorer) else ALONE
    )


def placed(measured: Mapping[str, Measurement], known: Census, scorer: Scorer | None) -> dict[str, Measurement]:
    """The measurements with the scores that tokens have among the files of their repository, of which they are some."""
    if not isinstance(scorer, LineScorer):
        return dict(measured)
    return {path: replace(m, scores=m.scores and scorer.among(m.scores, known)) for path, m in measured.items()}


def _apart(files: Iterable[tuple[Source, str | None]]) -> Iterator[tuple[Measurement, str, str]]:
    """Each file as other processes measure it for nobody who scores, and its texts for the cache."""
    for source, line in files:
        if line is not None:
            yield Measurement(source, *_facts(line), None), line, "null"


@dataclass(frozen=True, slots=True)
class Read:
    """A file with its facts; whether it is scored, and around which lines, None for all."""

    file: Extracted
    scored: bool
    lines: frozenset[int] | None


def _read(
    sources: Iterable[Source],
    extract: Extract,
    scorer: Scorer | None,
    lines: Mapping[str, frozenset[int] | None],
    watchdog: Watchdog,
) -> Iterator[Read]:
    """Each source once it is parsed and its facts are taken; what takes too much, or is too much to score, is left out.

    The latter goes by tokens, so that it is the same on every machine.
    """
    for source in sources:
        file = extracted(source, extract, watchdog)
        if file is None:
            continue
        known = scorer is not None and not (isinstance(scorer, LineScorer) and source.language not in scorer.languages)
        changed = lines.get(source.path)
        syntax = file.syntax
        touched = None if changed is None or not known else _touched(syntax, changed)
        if not known or sum(touched is None or token.line in touched for token in syntax.tokens) <= MOST_TOKENS:
            yield Read(file, known and bool(syntax.tokens), touched)


@dataclass(frozen=True, slots=True)
class Windows:
    """What the cache remembers of the windows of one scorer."""

    cache: Cache
    fingerprint: str

    def recall(self, names: Sequence[str]) -> dict[str, tuple[TokenScore, ...]]:
        """The scores that an earlier run has remembered under these names."""
        keys = {self._key(name): name for name in names}
        found = ((keys[key], scores_of(text)) for key, text in self.cache.get(keys).items())
        return {name: scores for name, scores in found if scores is not None}

    def keep(self, scores: Mapping[str, tuple[TokenScore, ...]]) -> None:
        """Remember scores for later runs."""
        self.cache.put({self._key(name): written(of_it) for name, of_it in scores.items()})

    def _key(self, name: str) -> str:
        return key("window", code(), self.fingerprint, name)


def _scored(files: Iterable[Read], scorer: Scorer | None, cache: Cache) -> Iterator[tuple[Measurement, str, str]]:
    """Each file measured, and its texts for the cache. Who scores lines reads on meanwhile."""
    if scorer is None:
        yield from (_measurement(read.file, "null") for read in files)
        return
    files, again = tee(files)
    asked = (read for read in files if read.scored)
    if isinstance(scorer, LineScorer):
        windows = Windows(cache, scorer.fingerprint)
        scores = scorer.score_each(((read.file.syntax, read.lines) for read in asked), windows)
    else:
        scores = (scorer.score(read.file.syntax) for read in asked)
    for read in again:
        found = next(scores) if read.scored else ()
        yield _measurement(read.file, written(found) if found or not read.file.syntax.tokens else "null")


def _measurement(file: Extracted, scores: str) -> tuple[Measurement, str, str]:
    syntax = file.syntax
    return Measurement(syntax.source, syntax.error_lines, file.facts, scores_of(scores)), file.line, scores


def remembered_facts(sources: Sequence[Source], cache: Cache) -> Iterator[FileFacts]:
    """The facts of those sources that an earlier run has measured."""
    for text in cache.get(map(facts_key, sources)).values():
        yield _facts(text)[1]


def facts_key(source: Source) -> str:
    """Under which the facts of a source are remembered."""
    return key("facts", code(), source.path, source.language, source.text)


def scores_key(source: Source, scorer: Scorer, lines: frozenset[int] | None = None) -> str:
    """Under which the scores of a source, or those around some lines of it, are remembered."""
    part = () if lines is None else (str(sorted(lines)),)
    return key("scores", code(), scorer.fingerprint, source.language, source.text, *part)


def written(scores: Sequence[TokenScore]) -> str:
    """Scores as JSON: P(edit) of all tokens as 4-byte floats, then proposals, lone words and flaws."""
    shares = base64.b64encode(array("f", (score.p_error for score in scores)).tobytes()).decode()
    edits = {score.token: [(p.edit, p.text, p.p) for p in score.proposals] for score in scores if score.proposals}
    lone = {score.token: score.lone for score in scores if score.lone}
    return json.dumps([shares, edits, lone, {score.token: score.flaw for score in scores if score.flaw}])


def scores_of(text: str) -> tuple[TokenScore, ...] | None:
    """The scores that `written` wrote, None of null: of a file that nobody could score."""
    if (raw := json.loads(text)) is None:
        return None
    shares = array("f", base64.b64decode(raw[0]))
    edits = {int(token): tuple(Proposal(*item) for item in items) for token, items in raw[1].items()}
    lone, flaws = ({int(token): text for token, text in texts.items()} for texts in raw[2:])
    return tuple(
        TokenScore(token, p, edits.get(token, ()), lone.get(token, ""), flaws.get(token, ""))
        for token, p in enumerate(shares)
    )


def _touched(syntax: Syntax, lines: frozenset[int]) -> frozenset[int]:
    """The lines, the code that a comment on them may speak for, and all of the functions that they stand in."""
    starts = [token.line for token in syntax.tokens]
    following = (starts[at] for line in lines if (at := bisect_left(starts, line)) < len(starts))
    wanted = lines.union(following)
    spans = (range(function.start_line, function.end_line + 1) for function in syntax.functions)
    return wanted.union(*(span for span in spans if not wanted.isdisjoint(span)))


def _remembered(source: Source, names: tuple[str, str], known: dict[str, str]) -> Measurement | None:
    if not all(name in known for name in names if name):
        return None
    error_lines, facts = _facts(known[names[0]])
    return Measurement(source, error_lines, facts, scores_of(known[names[1]]) if names[1] else None)


def _facts(text: str) -> tuple[tuple[int, ...], FileFacts]:
    error_lines, facts = json.loads(text)
    return tuple(error_lines), from_json(facts)
