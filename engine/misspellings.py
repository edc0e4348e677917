"""What a text that stands once in a file was likely meant to be: another one there, a slip of the hand away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches

from spotter.engine.lexemes import NAME, OTHER, Lexemes
from spotter.typos import inside, one_slip, parts

SHORTEST, LONGEST = 5, 60  # characters: shorter names differ by a letter on purpose
SERIES = 8  # texts that are one but for a character: more of them are told apart by it
COMMON = 3  # times that a name stands of which another one is a misspelling
LONG, ALIKE = 12, 0.7  # characters of a name that is like no other by chance; the share of them that two have in common
_IMPORTS = ("import", "from")
_DEFINES = ("def", "class", "for", "as")


def meant(lexemes: Lexemes) -> dict[str, str]:
    """For names, strings and numbers that stand once, the commonest text of their class that is one slip away.

    Two such texts share what is left when each loses a character at most (SymSpell, Garbe 2012), or differ in case.
    """
    times = Counter(lexemes.texts)
    kinds = dict(zip(lexemes.texts, lexemes.classes, strict=True))
    slips = {text: parts(text) for text in times if kinds[text] != OTHER and SHORTEST - 1 <= len(text) <= LONGEST + 1}
    sharing: dict[str, list[str]] = {}
    for text, left in slips.items():
        for part in left:
            sharing.setdefault(part, []).append(text)
    found = {}
    for text, left in slips.items():
        if times[text] == 1 and SHORTEST <= len(text) <= LONGEST:
            near = {other for part in left if len(sharing[part]) <= SERIES for other in sharing[part]}
            if close := [other for other in near if kinds[other] == kinds[text] and one_slip(text, other)]:
                found[text] = min(close, key=lambda other: (-times[other], other))
    return found


def alike(unbound: Collection[str], lexemes: Lexemes) -> dict[str, str]:
    """For long names that nothing in a file binds, the other name there that is most like them.

    By the matching blocks of Ratcliff and Obershelp (1988), as difflib has them.
    """
    texts = zip(lexemes.texts, lexemes.classes, strict=True)
    names = sorted({text for text, kind in texts if kind == NAME} - set(unbound)) if unbound else []
    near = {text: get_close_matches(text, names, 1, ALIKE) for text in unbound if len(text) >= LONG}
    return {text: close[0] for text, close in near.items() if close}


def slipped(lexemes: Lexemes, meant: Mapping[str, str]) -> Iterator[int]:
    """The names that stand once, are used or given to an object, and have a slip inside one of their words.

    The meant one stands COMMON times. What is defined or imported is called so on purpose, and so are the attributes of
    what is imported.
    """
    texts, times = lexemes.texts, Counter(lexemes.texts)
    imported = set(_imported(lexemes))
    taken = {texts[i] for i in imported}
    for i, text in enumerate(texts):
        other = meant.get(text, "")
        if lexemes.classes[i] != NAME or times[other] < COMMON or not inside(text, other) or i in imported:
            continue
        before, after = texts[i - 1] if i else "", texts[i + 1] if i + 1 < len(texts) else ""
        named = before in _DEFINES or (lexemes.ranks[i] >= 0 and after in ("=", ":"))
        if not named and not (before == "." and i > 1 and texts[i - 2] in taken):
            yield i


def _imported(lexemes: Lexemes) -> Iterator[int]:
    """The names in lines that import."""
    line = ""
    for i, (text, kind) in enumerate(zip(lexemes.texts, lexemes.classes, strict=True)):
        line = text if lexemes.ranks[i] >= 0 else line
        if line in _IMPORTS and kind == NAME:
            yield i
