"""The single pass: every token of a file gets P(edit), the suspicious ones their likely edits."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from spotter.engine.calibration import Calibration, sigmoid
from spotter.engine.dialects import DIALECTS
from spotter.engine.elsewhere import ALONE, Census, word_of
from spotter.engine.evidence import FIELDS, evidence, logit
from spotter.engine.features import WINDOW, Features, features
from spotter.engine.flaws import Flaw
from spotter.engine.lexemes import CLOSERS, MAX_RANK, OPENERS, Lexemes, normal
from spotter.engine.reading_order import Reading, reading_of
from spotter.engine.scores import LANGUAGES, Proposal, TokenScore
from spotter.engine.sums import bundled
from spotter.engine.vocabulary import SPECIAL
from spotter.findings import Edit
from spotter.syntax import Syntax

if TYPE_CHECKING:
    from spotter.engine.runtime import Floats, Runtime

EDITS: tuple[Edit, ...] = ("replace", "delete", "insert")
OVERLAP = 128
SHORTEST = 256  # tokens that are taken from a window, but for the last
NEAR = 8  # tokens by which a border is known
PROPOSALS = 5
MEANT = 0.7  # 18 of 23 such tokens that the dev suite's fixes replaced by one became what was meant
DOUBTED = 1 / 5  # of the lowest threshold: from there on other files may raise a lone word over it
BRACKETS = OPENERS | CLOSERS


@dataclass(frozen=True, slots=True)
class Window:
    """Places [start, end) of a file's reading go in; the scores of [first, last) are taken."""

    reading: Reading
    start: int
    end: int
    first: int
    last: int

    @property
    def inside(self) -> Lexemes:
        """What goes in."""
        return self.reading.lexemes.cut(self.start, self.end)

    @property
    def within(self) -> int:
        """How many tokens of what goes in stand in functions: the first ones."""
        return max(0, min(self.reading.within, self.end) - self.start)

    @property
    def taken(self) -> list[int]:
        """The file's tokens whose scores are taken."""
        taken: list[int] = self.reading.tokens[self.first : self.last].tolist()
        return taken

    def name(self, syntax: Syntax) -> str:
        """All that the scores of the window are made of."""
        tokens = self.reading.tokens[self.start : self.end].tolist()
        inside, texts = self.inside, tuple(syntax.tokens[i].text for i in tokens)
        places = self.first - self.start, self.last - self.start, self.within
        return repr((*places, self.elsewhere, inside.classes, inside.ranks, texts))

    @property
    def elsewhere(self) -> str:
        """What the rest of the file says of the tokens that are taken."""
        reading, own = self.reading, slice(self.first, self.last)
        marks = reading.once[own].tobytes(), reading.slipped[own].tobytes()
        slips = [(text, reading.meant[text]) for text in reading.lexemes.texts[own] if text in reading.meant]
        return repr((marks, slips, self.flaws))

    @property
    def flaws(self) -> dict[int, Flaw]:
        """The flaws of the tokens that are taken, by their places among them."""
        found = self.reading.flaws
        return {place - self.first: found[place] for place in sorted(found) if self.first <= place < self.last}


Windows = tuple[Syntax, Sequence[Window]]  # of a file


@dataclass(frozen=True, slots=True)
class Part:
    """Windows of a file that are run together; whether none of the file follow."""

    syntax: Syntax
    windows: Sequence[Window]
    last: bool


@dataclass(frozen=True)
class Spotter:
    """A scorer of whole files, and of spans for the bench."""

    runtime: Runtime
    calibration: Calibration
    probabilistic: bool = True
    languages: frozenset[str] = LANGUAGES

    @property
    def fingerprint(self) -> str:
        """The weights' fingerprint."""
        return self.runtime.fingerprint

    def threshold(self, max_alerts_per_kloc: float) -> float:
        """The P(edit) above which held-out clean code gave that many alerts per 1,000 lines."""
        return self.calibration.threshold(max_alerts_per_kloc)

    def score(self, syntax: Syntax) -> tuple[TokenScore, ...]:
        """One score a token. Proposals are worked out where P(edit) is over the lowest threshold."""
        return next(self.score_each([(syntax, self.windows(syntax))]))[1]

    def score_each(self, files: Iterable[Windows]) -> Iterator[tuple[Syntax, tuple[TokenScore, ...]]]:
        """What is taken from windows of files, in order; the next files are read while these are scored."""
        scores: list[TokenScore] = []
        for part, found in self.runtime.spread(self._part, _parts(files, self.runtime.batch)):
            scores += found
            if part.last:
                yield part.syntax, tuple(sorted(scores, key=lambda score: score.token))
                scores = []

    def score_span(self, syntax: Syntax, first: int, last: int) -> tuple[TokenScore, ...]:
        """The scores of tokens [first, last)."""
        return self.score_spans([(syntax, first, last)])[0]

    def score_spans(self, spans: Sequence[tuple[Syntax, int, int]]) -> list[tuple[TokenScore, ...]]:
        """Many spans at once, in batches of windows of like length."""
        found: list[dict[int, TokenScore]] = [{} for _ in spans]

        def scored(group: Sequence[tuple[int, Window]]) -> list[tuple[int, tuple[TokenScore, ...]]]:
            batch = [(window, self.features(window), spans[i][0]) for i, window in group]
            return list(zip([i for i, _ in group], self.score_windows(batch), strict=True))

        for group in self.runtime.spread(scored, self._batches(spans)):
            for i, scores in group:
                found[i].update((score.token, score) for score in scores)
        return [tuple(scores[t] for t in sorted(scores)) for scores in found]

    def among(self, scores: Iterable[TokenScore], census: Census) -> tuple[TokenScore, ...]:
        """The scores that tokens have among the other files of a repository, of which there is a census."""
        weight = self.calibration.weight("nowhere")

        def placed(score: TokenScore) -> TokenScore:
            if not (score.lone and (nowhere := census.nowhere(score.lone))):
                return score
            return replace(score, p_error=float(sigmoid(logit(np.array(score.p_error)) + weight * nowhere)))

        return tuple(map(placed, scores))

    def evidence(self, spans: Sequence[tuple[Syntax, int, int]], census: Census = ALONE) -> list[NDArray[np.float64]]:
        """What a calibration reads of the tokens of each span: (tokens, fields)."""
        found: list[dict[int, NDArray[np.float64]]] = [{} for _ in spans]

        def read(group: Sequence[tuple[int, Window]]) -> list[tuple[int, Window, NDArray[np.floating[Any]]]]:
            seen = self.runtime.run([self.features(window) for _, window in group])
            pairs = zip(group, seen, strict=True)
            return [(i, window, self.evidence_of(window, shares, census)) for (i, window), (_, shares) in pairs]

        for group in self.runtime.spread(read, self._batches(spans)):
            for i, window, rows in group:
                found[i].update(zip(window.taken, rows[window.first - window.start :], strict=False))
        return [np.array([rows[t] for t in sorted(rows)]).reshape(-1, len(FIELDS)) for rows in found]

    def evidence_of(self, window: Window, shares: Floats, census: Census = ALONE) -> Floats:
        """What a calibration reads of a window's tokens (T, fields), from the network's shares of edits (T, 4)."""
        reading, read = window.reading, slice(window.start, window.end)
        misspelt = reading.slipped[read].copy()
        for i in np.flatnonzero(misspelt).tolist():
            text = reading.lexemes.texts[window.start + i]
            misspelt[i] = self.runtime.vocabulary.strange(text, reading.meant[text])
        nowhere = np.zeros(len(shares))
        for i, word in self.lone(window).items() if census.files > 1 else ():
            nowhere[i] = census.nowhere(word)
        flawed = np.array(
            [flaw.degree if (flaw := reading.flaws.get(i)) else 0.0 for i in range(read.start, read.stop)]
        )
        marks = reading.once[read], misspelt, flawed
        return evidence(1 - shares[:, 0], window.inside, window.within, marks, nowhere)

    def lone(self, window: Window) -> dict[int, str]:
        """The words of a window that stand once in its file and are none of the vocabulary's, by their places."""
        known, inside = self.runtime.vocabulary.word_ids, window.inside
        once = np.flatnonzero(window.reading.once[window.start : window.end]).tolist()
        found = ((i, word_of(inside.texts[i], inside.classes[i])) for i in once if inside.texts[i] not in known)
        return {i: word for i, word in found if word and word not in known}

    def _batches(self, spans: Sequence[tuple[Syntax, int, int]]) -> Iterator[list[tuple[int, Window]]]:
        """The windows of spans with the spans' numbers, those of like length together."""
        windows: list[tuple[int, Window]] = []
        for i, (syntax, first, last) in enumerate(spans):
            if i == 0 or syntax is not spans[i - 1][0]:
                reading = reading_of(syntax)
            windows += [(i, window) for run in reading.runs(first, last) for window in windows_of(reading, *run)]
        windows.sort(key=lambda item: item[1].end - item[1].start)
        size = self.runtime.batch
        yield from (windows[k : k + size] for k in range(0, len(windows), size))

    def _part(self, part: Part) -> tuple[Part, list[TokenScore]]:
        batch = [(window, self.features(window), part.syntax) for window in part.windows]
        return part, [score for scores in self.score_windows(batch) for score in scores]

    def windows(self, syntax: Syntax) -> tuple[Window, ...]:
        """The windows of a whole file."""
        reading = reading_of(syntax)
        return tuple(windows_of(reading, 0, len(reading)))

    def features(self, window: Window) -> Features:
        """All that the network sees of a window."""
        return features(window.inside, self.runtime.vocabulary)

    def score_windows(self, batch: Sequence[tuple[Window, Features, Syntax]]) -> list[tuple[TokenScore, ...]]:
        """The scores that are taken from each window of one batch."""
        seen = self.runtime.run([inputs for _, inputs, _ in batch])
        pairs = zip(batch, seen, strict=True)
        return [tuple(self._scores(window, syntax, *numbers)) for (window, _, syntax), numbers in pairs]

    def repairs(self, syntax: Syntax, token: int, edit: Edit) -> tuple[str, ...]:
        """What would stand at a token (or before it, for an insertion), best first; what mends a flaw before all."""
        reading = reading_of(syntax)
        (place,) = reading.runs(token, token + 1)
        window = next(windows_of(reading, *place))
        hidden, _ = self.runtime.run([self.features(window)])[0]
        shares = self.runtime.restore(hidden, [window.first - window.start], [1 + EDITS.index(edit)])[0]
        likely = [text for text, _ in self._texts(window, shares, syntax.tokens[token].text, edit)]
        flaw = reading.flaws.get(place[0])
        mends = [flaw.mend[1]] if flaw is not None and flaw.mend is not None and flaw.mend[0] == edit else []
        return (*mends, *(text for text in likely if text not in mends))

    def _scores(self, window: Window, syntax: Syntax, hidden: Floats, shares: Floats) -> Iterator[TokenScore]:
        first, last = window.first - window.start, window.last - window.start
        p_error = self.calibration.p_error(self.evidence_of(window, shares))[first:last].tolist()
        taken = window.taken
        floor, lone, flaws = self.calibration.floor, self.lone(window), window.flaws
        asked = [i for i, p in enumerate(p_error, first) if p >= (floor * DOUBTED if i in lone else floor)]
        edits = [kind for _ in asked for kind in (1, 3)]
        restored = self.runtime.restore(hidden, [i for i in asked for _ in range(2)], edits) if asked else None
        proposals: dict[int, tuple[Proposal, ...]] = {}
        for n, i in enumerate(asked):
            assert restored is not None
            own = syntax.tokens[taken[i - first]].text
            edited = shares[i, 1:] / max(1e-9, float(shares[i, 1:].sum()))
            options = [Proposal("delete", "", float(edited[1]))]
            choices: tuple[tuple[Edit, float, int], ...] = (
                ("replace", float(edited[0]), 2 * n),
                ("insert", float(edited[2]), 2 * n + 1),
            )
            for edit, share, row in choices:
                for text, p in self._texts(window, restored[row], own, edit)[:PROPOSALS]:
                    options.append(Proposal(edit, text, share * p))
            flaw = flaws.get(i - first)
            if flaw is not None and flaw.mend is None:
                options = [option for option in options if option.edit != "delete"]
            elif flaw is not None and flaw.mend is not None:
                others = [replace(o, p=(1 - MEANT) * o.p) for o in options if (o.edit, o.text) != flaw.mend]
                options = [Proposal(*flaw.mend, MEANT), *others]
            proposals[i] = tuple(sorted(options, key=lambda o: (-o.p, o.edit, o.text))[:PROPOSALS])
        for i, (token, p) in enumerate(zip(taken, p_error, strict=True), first):
            why = flaws[i - first].why if i - first in flaws else ""
            yield TokenScore(token, p, proposals.get(i, ()), lone.get(i, ""), why)

    def _texts(self, window: Window, shares: Floats, own: str, edit: Edit) -> list[tuple[str, float]]:
        """The ten likeliest texts with their shares, copies joined with words, in the quotes of the old token.

        What a token was likely meant to be has MEANT of them.
        """
        words = self.runtime.vocabulary.words
        best = np.argpartition(-shares, 40)[:40]
        merged: dict[str, float] = {}
        for k in best.tolist():
            text = words[k] if k < len(words) else window.reading.lexemes.texts[window.start + k - len(words)]
            if text not in SPECIAL:
                merged[text] = merged.get(text, 0.0) + float(shares[k])
        if edit == "replace" and (meant := window.reading.meant.get(normal(own))):
            merged = {text: (1 - MEANT) * share for text, share in merged.items()}
            merged[meant] = merged.get(meant, 0.0) + MEANT
        ranked = sorted(merged.items(), key=lambda item: (-item[1], item[0]))
        return [(t, p) for t, p in ((quoted(t, own), p) for t, p in ranked) if fits(t, own, edit)][:10]


def _parts(files: Iterable[Windows], size: int) -> Iterator[Part]:
    """Each file's windows in parts of at most this size, those of like length together; a part at least."""
    for syntax, given in files:
        windows = sorted(given, key=lambda window: window.end - window.start)
        for k in range(0, max(1, len(windows)), size):
            yield Part(syntax, windows[k : k + size], k + size >= len(windows))


def fits(text: str, own: str, edit: Edit) -> bool:
    """Whether code with balanced brackets may want this text before, or instead of, a token of its own."""
    if edit == "insert":
        return text not in CLOSERS
    return text != own and (text in BRACKETS) == (own in BRACKETS)


def quoted(text: str, like: str) -> str:
    """A string in the quotes of the token it replaces."""
    if like.startswith("'") and text.startswith('"') and text.endswith('"') and "'" not in text and len(text) > 1:
        return f"'{text[1:-1]}'"
    return text


def windows_of(reading: Reading, first: int, last: int) -> Iterator[Window]:
    """Windows of at most 512 tokens, from which the scores of [first, last) are taken: whole pieces, with those around.

    A longer piece has several that overlap, so that none of its tokens is taken from near an inner edge.
    """
    starts = [*reading.starts.tolist(), len(reading)]
    for start, end in packs(reading.lexemes, starts):
        short = end - start <= WINDOW
        for low, high, at, to in [(*around(starts, start, end), start, end)] if short else torn(reading, start, end):
            if max(at, first) < min(to, last):
                yield Window(reading, low, high, max(at, first), min(to, last))


def packs(lexemes: Lexemes, starts: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Pieces whose scores are taken together, [start, end), longer than is taken only where a single piece is.

    They part where the text says, and not after so many tokens: an edit moves the borders around it alone.
    """
    at = 0
    while at < len(lexemes):
        low, far, high = (bisect_right(starts, at + n) for n in (0, SHORTEST - 1, WINDOW - OVERLAP))
        to = starts[max(low, high - 1)]
        if far < high < len(starts):
            to = min(starts[far:high], key=partial(_order, lexemes))
        yield at, to
        at = to


def around(starts: Sequence[int], first: int, last: int) -> tuple[int, int]:
    """[start, end) with whole pieces before and after [first, last), by turns, as many as a window holds."""
    before = starts[bisect_left(starts, last - WINDOW) : bisect_left(starts, first)]
    after = starts[bisect_right(starts, last) : bisect_right(starts, first + WINDOW)]
    for low, high in zip_longest(reversed(before), after):
        if low is not None and last - low <= WINDOW:
            first = low
        if high is not None and high - first <= WINDOW:
            last = high
    return first, last


def torn(reading: Reading, first: int, last: int) -> Iterator[tuple[int, int, int, int]]:
    """(start, end, from, to): what goes in of a piece [first, last) that is longer than a window, and what is taken."""
    margin, at = OVERLAP // 2, first
    while at < last:
        to = last if last - at <= WINDOW - OVERLAP else border(reading.lexemes, at + SHORTEST, at + WINDOW - OVERLAP)
        end = min(last, to + margin)
        yield max(first, at - margin if to < last else min(at - margin, end - WINDOW)), end, at, to
        at = to


def border(lexemes: Lexemes, first: int, last: int) -> int:
    """The token in [first, last) before which windows part: the start of an outer line, chosen by its own words."""
    ranks = [rank if rank >= 0 else MAX_RANK + 1 for rank in lexemes.ranks[first:last]]
    outer = min(ranks)
    return min((first + k for k, rank in enumerate(ranks) if rank == outer), key=partial(_order, lexemes))


def _order(lexemes: Lexemes, at: int) -> int:
    return crc32("\n".join(lexemes.texts[at : at + NEAR]).encode("utf-8", "surrogatepass"))


def load(folder: Path | None = None) -> Spotter:
    """The bundled denoiser, or that of a folder; SpotterError when its files are missing or damaged."""
    from spotter.engine import runtime

    found = runtime.load(folder or bundled())
    languages = DIALECTS[found.vocabulary.dialect].languages
    return Spotter(found, Calibration.read(found.calibration), languages=languages)
