"""What the denoiser says about a token."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from spotter.findings import Edit
from spotter.syntax import Syntax

if TYPE_CHECKING:
    from spotter.engine.elsewhere import Census

LANGUAGES = frozenset(("python",))  # what the bundled weights were trained on
BASE_RATE = 1e-4  # wrong tokens a token in deployed code, assumed: about one a thousand lines


@dataclass(frozen=True, slots=True)
class Proposal:
    """An edit at a token, with its share of the probability of all edits there."""

    edit: Edit
    text: str
    p: float


@dataclass(frozen=True, slots=True)
class TokenScore:
    """P(a careful author would edit here) of a token, by its index in Syntax.tokens; the likely edits, best first.

    A word that stands once in its file, and that few programs have, is lone: other files may say more of it. A flaw
    is what is wrong whatever else is known, as a clause that the token is the subject of.
    """

    token: int
    p_error: float
    proposals: tuple[Proposal, ...]
    lone: str = ""
    flaw: str = ""


Asked = tuple[Syntax, frozenset[int] | None]  # a file, and the lines that are asked about; None for all


class Memory(Protocol):
    """Scores of windows, counted from the first token that is taken, under names of all that they are made of."""

    def recall(self, names: Sequence[str]) -> Mapping[str, tuple[TokenScore, ...]]:
        """The scores that are remembered under these names."""

    def keep(self, scores: Mapping[str, tuple[TokenScore, ...]]) -> None:
        """Remember scores."""


class Scorer(Protocol):
    """Scores whole files; no scores at all for a language that its weights do not know."""

    @property
    def fingerprint(self) -> str:
        """The name of the weights: it is part of every cache key."""

    def threshold(self, max_alerts_per_kloc: float) -> float:
        """The P(edit) above which clean code gives that many alerts per 1,000 lines."""

    def score(self, syntax: Syntax) -> tuple[TokenScore, ...]:
        """One score a token, in order."""


@runtime_checkable
class LineScorer(Scorer, Protocol):
    """A scorer that can leave out what a change does not touch, reads on while it scores, and hears of other files."""

    @property
    def languages(self) -> frozenset[str]:
        """What its weights know."""

    def score_each(self, files: Iterable[Asked], memory: Memory | None = None) -> Iterator[tuple[TokenScore, ...]]:
        """For each file one score a token: around its lines what it is in the whole file, and 0 elsewhere.

        What is remembered is not worked out again.
        """

    def among(self, scores: Iterable[TokenScore], census: Census) -> tuple[TokenScore, ...]:
        """The scores that tokens have among the other files of a repository."""
