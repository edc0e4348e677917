"""Scoring again after an edit: a window whose input is as it was keeps its scores, only the others are run.

An edit changes the tokens of one or two windows, and the counts of its words in others. A fresh pass runs all of them,
and what is recalled besides is what it would give; a near one runs only those whose tokens are new.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from threading import Lock
from typing import Literal

from spotter.engine.features import Features
from spotter.engine.scores import Proposal, TokenScore
from spotter.engine.spotting import Spotter, Window
from spotter.syntax import Syntax

MOST = 16384  # names, of windows of about 2 kB each
BATCH = 2  # windows between two steps: about a tenth of a second
LAYOUT = 3  # the scalars before the counts

Step = Callable[[int, int], None]  # (windows that are run, windows to run); it may raise, to stop
Pass = Literal["fresh", "near", "known"]


@dataclass(frozen=True, slots=True)
class Kept:
    """The scores that were taken from a window, proposals by token, counted from the first that was taken."""

    shares: array[float]
    proposals: tuple[tuple[int, tuple[Proposal, ...]], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A window of a file with its input, the names of that input and of its tokens, and what is recalled of it."""

    window: Window
    inputs: Features
    names: tuple[bytes, bytes]
    kept: Kept | None


class Recall:
    """The scores of windows by what went into them, those that were asked for longest ago forgotten first."""

    def __init__(self, spotter: Spotter, most: int = MOST) -> None:
        self.spotter = spotter
        self._most = most
        self._kept: OrderedDict[bytes, Kept] = OrderedDict()
        self._lock = Lock()

    def score(self, syntax: Syntax, how: Pass, step: Step) -> tuple[TokenScore, ...]:
        """One score a token; a known pass runs nothing, and suspects nothing in windows that are new.

        What was run before a step raised is kept.
        """
        parts = self._parts(syntax, 1 if how == "fresh" else 2)
        new = [part for part in parts if part.kept is None] if how != "known" else []
        found: dict[bytes, Kept] = {}
        for at in range(0, len(new), BATCH):
            step(at, len(new))
            batch = [(part.window, part.inputs, syntax) for part in new[at : at + BATCH]]
            for part, scores in zip(new[at : at + BATCH], self.spotter.score_windows(batch), strict=True):
                found[part.names[0]] = self._keep(part, scores)
        known = (
            score
            for part in parts
            for score in _scores(part.window, part.kept or found.get(part.names[0]) or _silent(part.window))
        )
        return tuple(sorted(known, key=lambda score: score.token))

    def learn(self, syntax: Syntax, scores: Sequence[TokenScore]) -> None:
        """Take in the scores of a file that were worked out elsewhere."""
        for part in self._parts(syntax, 1):
            if part.kept is None:
                self._keep(part, [scores[token] for token in part.window.taken])

    def _parts(self, syntax: Syntax, names: int) -> list[Part]:
        """The windows of a file; recalled by their input's name alone or, with two names, by that of their tokens."""
        parts = []
        for window in self.spotter.windows(syntax):
            inputs = self.spotter.features(window)
            known = names_of(window, inputs, syntax)
            parts.append(Part(window, inputs, known, self._recalled(known[:names])))
        return parts

    def _recalled(self, names: Sequence[bytes]) -> Kept | None:
        with self._lock:
            for name in names:
                if (kept := self._kept.get(name)) is not None:
                    self._kept.move_to_end(name)
                    return kept
        return None

    def _keep(self, part: Part, scores: Sequence[TokenScore]) -> Kept:
        shares = array("f", (score.p_error for score in scores))
        kept = Kept(shares, tuple((i, score.proposals) for i, score in enumerate(scores) if score.proposals))
        with self._lock:
            for name in part.names:
                self._kept[name] = kept
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return kept


def names_of(window: Window, inputs: Features, syntax: Syntax) -> tuple[bytes, bytes]:
    """The name of all that a window's scores are made of, and that of its tokens without what the file says of them."""
    digest = blake2b(f"{window.first - window.start} {window.last - window.start}".encode(), digest_size=16)
    for numbers in (inputs.word, inputs.pieces, inputs.scalars[:, :LAYOUT], inputs.query, inputs.key):
        digest.update(numbers.tobytes())
    words = "\n".join(syntax.tokens[i].text for i in window.reading.tokens[window.start : window.end].tolist())
    digest.update(words.encode("utf-8", "surrogatepass"))
    whole = digest.copy()
    whole.update(inputs.scalars[:, LAYOUT:].tobytes() + window.elsewhere.encode("utf-8", "surrogatepass"))
    return whole.digest(), digest.digest()


def _scores(window: Window, kept: Kept) -> Iterator[TokenScore]:
    proposals = dict(kept.proposals)
    whys = {i: flaw.why for i, flaw in window.flaws.items()}
    taken = zip(window.taken, kept.shares, strict=True)
    return (TokenScore(token, p, proposals.get(i, ()), "", whys.get(i, "")) for i, (token, p) in enumerate(taken))


def _silent(window: Window) -> Kept:
    return Kept(array("f", bytes(4 * (window.last - window.first))), ())
