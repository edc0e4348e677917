"""The forward process: structured edits that stay visible, with a uniform floor, and masks.

A kernel turns clean code into code that somebody could have written instead, weighted by how often real fixes
undo each kind (counts of CTSSB-1M and of mined fixes). Each splice carries the labels of the way back, per position:
keep, replace by, delete, insert before. Source of the idea: D3PM's structured kernels (Austin et al. 2021) and the
edit phase of Seed Diffusion; the kinds follow BugLab (Allamanis et al. 2021) and SStuBs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

from spotter.engine.dialects import PYTHON, Dialect
from spotter.engine.lexemes import OTHER, Lexemes
from spotter.engine.lost_and_stray import (
    lost_argument,
    lost_attribute,
    lost_call,
    lost_call_brackets,
    lost_condition_start,
    lost_conjunct,
    lost_statement,
    lost_subscript,
    lost_word,
    off_by_one,
    stray_argument,
    stray_attribute,
    stray_call,
    stray_conjunct,
    stray_word,
)
from spotter.engine.splices import (
    MASK_TEXT,
    REPLACE,
    Kernel,
    Label,
    Noised,
    Splice,
    Window,
    add,
    apply,
    drop,
    swap,
    window_of,
)
from spotter.engine.wrong_tokens import (
    misspelt_name,
    swapped_arguments,
    value_for_name,
    wrong_attribute,
    wrong_callee,
    wrong_constant,
    wrong_keyword,
    wrong_number,
    wrong_operator,
    wrong_string,
    wrong_variable,
)


def any_token(window: Window, i: int, rng: Random) -> Splice | None:
    """The uniform floor: any token of the window in this one's place."""
    text, kind = rng.choice(window.rare)
    return swap(window, i, text, kind)


def lost_token(window: Window, i: int, _: Random) -> Splice | None:
    """The uniform floor: this token gone."""
    return drop(window, i, i + 1) if i + 1 < len(window.lexemes) else None


def stray_token(window: Window, i: int, rng: Random) -> Splice | None:
    """The uniform floor: any token of the window before this one."""
    return add(i, [rng.choice(window.rare)])


KERNEL: dict[str, tuple[Kernel, float]] = {
    "wrong variable": (wrong_variable, 18),
    "wrong attribute": (wrong_attribute, 13),
    "wrong callee": (wrong_callee, 8),
    "wrong string": (wrong_string, 7),
    "misspelt name": (misspelt_name, 2),
    "wrong number": (wrong_number, 5),
    "wrong constant": (wrong_constant, 4),
    "value for name": (value_for_name, 3),
    "wrong operator": (wrong_operator, 8),
    "wrong keyword": (wrong_keyword, 3),
    "swapped arguments": (swapped_arguments, 3),
    "lost word": (lost_word, 5),
    "stray word": (stray_word, 4),
    "lost argument": (lost_argument, 7),
    "stray argument": (stray_argument, 3),
    "lost conjunct": (lost_conjunct, 3),
    "lost condition start": (lost_condition_start, 2),
    "stray conjunct": (stray_conjunct, 2),
    "lost call": (lost_call, 4),
    "stray call": (stray_call, 2),
    "lost attribute": (lost_attribute, 4),
    "stray attribute": (stray_attribute, 3),
    "lost subscript": (lost_subscript, 1.5),
    "lost call brackets": (lost_call_brackets, 1.5),
    "off by one": (off_by_one, 2),
    "lost statement": (lost_statement, 3),
    "any token": (any_token, 1.5),
    "lost token": (lost_token, 1.5),
    "stray token": (stray_token, 1),
}
UNIFORM = {name: KERNEL[name] for name in ("any token", "lost token", "stray token")}
Mistakes = Mapping[str, Sequence[tuple[str, int]]]  # a text, and what stood in its place before real fixes
IMITATED = 0.15  # of the edits, where real mistakes are known


def imitated(window: Window, mistakes: Mistakes, rng: Random, first: int) -> Splice | None:
    """A token that a real fix found in the place of the same one elsewhere (SemSeed, Patra and Pradel 2021)."""
    places: dict[str, list[int]] = {}
    for i, text in enumerate(window.lexemes.texts[first:], first):
        if text in mistakes:
            places.setdefault(text, []).append(i)
    if not places:
        return None
    right = rng.choice(list(places))
    wrong, kind = rng.choice(mistakes[right])
    return swap(window, rng.choice(places[right]), wrong, kind)


def corrupt(
    lexemes: Lexemes,
    edits: int,
    masks: float,
    rng: Random,
    first: int = 0,
    mistakes: Mistakes | None = None,
    kernel: Mapping[str, tuple[Kernel, float]] = KERNEL,
    guesses: Sequence[Splice] = (),
    dialect: Dialect = PYTHON,
) -> Noised:
    """Draw edits from the kernel at tokens from `first` on, and mask a share of the untouched names and values.

    Some of the edits imitate real mistakes, where such are given. Guesses come first, and are edits too.
    """
    kinds, weights = zip(*kernel.values(), strict=True)
    window = window_of(lexemes, dialect)
    taken = [False] * (len(lexemes) + 1)
    splices: list[Splice] = []
    for n in range(edits):
        splice: Splice | None
        if n < len(guesses):
            splice = guesses[n]
        elif mistakes and rng.random() < IMITATED:
            splice = imitated(window, mistakes, rng, first)
        else:
            splice = _draw(window, rng, first, rng.choices(kinds, weights)[0])
        if splice and splice.last < len(lexemes):
            low, high = max(0, splice.first - 1), min(len(taken), splice.last + 2)
            if not any(taken[low:high]):
                taken[low:high] = [True] * (high - low)
                splices.append(splice)
    if masks:
        for i in range(first, len(lexemes)):
            if not taken[i] and rng.random() < masks * (1.3 if lexemes.classes[i] < OTHER else 0.5):
                label = Label(REPLACE, (lexemes.texts[i],))
                splices.append(Splice(i, i + 1, ((MASK_TEXT, lexemes.classes[i], label),)))
    return apply(lexemes, splices)


def masked(lexemes: Lexemes, share: float, rng: Random) -> Noised:
    """Masks alone, whatever the token (masked diffusion, Sahoo et al. 2024)."""
    hidden = (i for i in range(len(lexemes)) if rng.random() < share)
    splices = [
        Splice(i, i + 1, ((MASK_TEXT, lexemes.classes[i], Label(REPLACE, (lexemes.texts[i],))),)) for i in hidden
    ]
    return apply(lexemes, splices)


def _draw(window: Window, rng: Random, first: int, kernel: Kernel) -> Splice | None:
    size = len(window.lexemes)
    for _ in range(60):
        splice = kernel(window, rng.randrange(first, size), rng)
        if splice is not None and splice.last < size:
            return splice
    return None
