"""What a text that stands once in a file was likely meant to be: another one there, a slip of the hand away."""

from __future__ import annotations

from collections import Counter

from spotter.engine.lexemes import OTHER, Lexemes

SHORTEST, LONGEST = 5, 60  # characters: shorter names differ by a letter on purpose


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
            near = {other for part in left for other in sharing[part] if kinds[other] == kinds[text]}
            if close := [other for other in near if one_slip(text, other)]:
                found[text] = min(close, key=lambda other: (-times[other], other))
    return found


def parts(text: str) -> set[str]:
    """A text without one of its characters, and in lower case."""
    return {text.lower(), *(text[:i] + text[i + 1 :] for i in range(len(text)))}


def one_slip(a: str, b: str) -> bool:
    """Whether a character lost, added, changed or exchanged with the next, or cases alone, tell two texts apart."""
    if a == b:
        return False
    if a.lower() == b.lower():
        return True
    short = min(len(a), len(b))
    head = next(i for i in range(short + 1) if a[i : i + 1] != b[i : i + 1])
    tail = next((i for i in range(short - head) if a[-1 - i] != b[-1 - i]), short - head)
    left, right = a[head : len(a) - tail], b[head : len(b) - tail]
    return max(len(left), len(right)) == 1 or (len(left) == 2 and left == right[::-1])
