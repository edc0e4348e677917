"""Edits as splices of a window, each with the labels of the way back; what a kind of edit may choose from there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from random import Random

from spotter.engine.dialects import PYTHON, Dialect
from spotter.engine.features import ATTRIBUTE, BARE, CALLED, KEYWORD, roles_of
from spotter.engine.lexemes import NAME, STRING, Lexemes
from spotter.engine.vocabulary import SPECIAL

KEEP, REPLACE, DELETE, INSERT = range(4)
MASK_TEXT = SPECIAL[1]


@dataclass(frozen=True, slots=True)
class Label:
    """The way back at one position; the texts are what stands there instead, or goes before it."""

    edit: int = KEEP
    texts: tuple[str, ...] = ()


Piece = tuple[str, int, Label]  # text, class, label


@dataclass(frozen=True, slots=True)
class Splice:
    """Tokens [first, last) become these pieces; what got lost before the token at `last` is its missing texts."""

    first: int
    last: int
    pieces: tuple[Piece, ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Noised:
    """A window after the forward process: the labels of the way back, and for each token whether it is masked."""

    lexemes: Lexemes
    labels: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """A clean window with what the kernel needs to choose realistic edits."""

    lexemes: Lexemes
    roles: tuple[int, ...]
    names: tuple[str, ...]
    attributes: tuple[str, ...]
    called: tuple[str, ...]
    keywords: tuple[str, ...]
    strings: tuple[str, ...]
    rare: tuple[tuple[str, int], ...]
    dialect: Dialect

    def text(self, i: int) -> str:
        """The text at i, "" outside."""
        return self.lexemes.texts[i] if 0 <= i < len(self.lexemes) else ""


def window_of(lexemes: Lexemes, dialect: Dialect = PYTHON) -> Window:
    """Collect a window's names by their role."""
    roles = roles_of(lexemes)
    by_role: dict[int, dict[str, None]] = {role: {} for role in range(6)}
    strings: dict[str, None] = {}
    for text, kind, role in zip(lexemes.texts, lexemes.classes, roles, strict=True):
        if kind == NAME:
            by_role[role][text] = None
        elif kind == STRING and len(text) < 40:
            strings[text] = None
    names = tuple(name for name in by_role[BARE] if name not in dialect.selves)
    rare = tuple(dict.fromkeys(zip(lexemes.texts, lexemes.classes, strict=True)))
    return Window(
        lexemes,
        tuple(roles),
        names,
        tuple(by_role[ATTRIBUTE]),
        tuple(by_role[CALLED]),
        tuple(by_role[KEYWORD]),
        tuple(strings),
        rare,
        dialect,
    )


Kernel = Callable[[Window, int, Random], Splice | None]


def swap(window: Window, i: int, text: str, kind: int | None = None) -> Splice | None:
    """Token i becomes another text; its label gives the old one back."""
    old = window.lexemes.texts[i]
    if text == old:
        return None
    new_kind = window.lexemes.classes[i] if kind is None else kind
    return Splice(i, i + 1, ((text, new_kind, Label(REPLACE, (old,))),))


def drop(window: Window, first: int, last: int) -> Splice:
    """Tokens [first, last) go missing before the token at last."""
    return Splice(first, last, (), window.lexemes.texts[first:last])


def add(i: int, pieces: Sequence[tuple[str, int]]) -> Splice:
    """Stray tokens before i."""
    return Splice(i, i, tuple((text, kind, Label(DELETE)) for text, kind in pieces))


def other(choices: Sequence[str], old: str, rng: Random) -> str | None:
    for _ in range(3):
        if choices and (text := rng.choice(choices)) != old:
            return text
    return None


def similar(choices: Sequence[str], old: str, rng: Random) -> str | None:
    """Another name, one that shares a word or a start with the old one where there is such a one, half of the time."""
    if rng.random() < 0.5:
        words = set(old.lower().split("_"))
        near = [c for c in choices if c != old and (c[:3] == old[:3] or words & set(c.lower().split("_")))]
        if near:
            return rng.choice(near)
    return other(choices, old, rng)


def hidden(lexemes: Lexemes, places: Collection[int]) -> Lexemes:
    """The same window without the texts of some tokens."""
    texts = tuple(MASK_TEXT if i in places else text for i, text in enumerate(lexemes.texts))
    return Lexemes(texts, lexemes.classes, lexemes.ranks)


def apply(lexemes: Lexemes, splices: Sequence[Splice]) -> Noised:
    """Carry out splices that do not overlap. A line's first token hands its rank to what stands first afterwards."""
    texts: list[str] = []
    classes: list[int] = []
    ranks: list[int] = []
    labels: list[Label] = []
    at = 0
    missing: tuple[str, ...] = ()
    rank = -1

    def put(text: str, kind: int, own: int, label: Label) -> None:
        nonlocal missing, rank
        texts.append(text)
        classes.append(kind)
        ranks.append(max(own, rank))
        labels.append(Label(INSERT, missing) if missing and label.edit == KEEP else label)
        missing, rank = (), -1

    for splice in sorted(splices, key=lambda s: s.first):
        for i in range(at, splice.first):
            put(lexemes.texts[i], lexemes.classes[i], lexemes.ranks[i], Label())
        own = list(lexemes.ranks[splice.first : splice.last])
        same = len(splice.pieces) == len(own)
        if not same and own:
            rank = max(rank, own[0])
        if splice.first == splice.last and splice.pieces and splice.first < len(lexemes):
            rank = max(rank, lexemes.ranks[splice.first])
        for k, (text, kind, label) in enumerate(splice.pieces):
            put(text, kind, own[k] if same else -1, label)
        missing += splice.missing
        at = splice.last
        if splice.first == splice.last and splice.pieces and at < len(lexemes):
            put(lexemes.texts[at], lexemes.classes[at], -1, Label())
            at += 1
    for i in range(at, len(lexemes)):
        put(lexemes.texts[i], lexemes.classes[i], lexemes.ranks[i], Label())
    return Noised(Lexemes(tuple(texts), tuple(classes), tuple(ranks)), tuple(labels))


def undo(noised: Noised) -> tuple[str, ...]:
    """The texts that the labels lead back to."""
    back: list[str] = []
    for text, label in zip(noised.lexemes.texts, noised.labels, strict=True):
        if label.edit == INSERT:
            back += label.texts
        if label.edit == REPLACE:
            back += label.texts
        elif label.edit != DELETE:
            back.append(text)
    return tuple(back)
