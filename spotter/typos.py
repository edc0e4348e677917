"""Slips of the hand: what a letter lost, added, changed or exchanged with the next makes of a word."""

from __future__ import annotations

import string
from collections.abc import Iterator


def slips(word: str) -> Iterator[str]:
    """The words that one slip of small letters makes of another, but for its first letter."""
    for i in range(1, len(word)):
        head, letter, tail = word[:i], word[i], word[i + 1 :]
        yield head + tail
        yield head + tail[:1] + letter + tail[1:]
        for other in string.ascii_lowercase:
            yield head + other + tail
            yield head + other + letter + tail


def inside(a: str, b: str) -> bool:
    """Whether the slip between two texts is of small letters, with letters before it and small ones behind it."""
    head, tail = ends(a, b)
    changed = a[head : len(a) - tail] + b[head : len(b) - tail]
    before, behind = a[:head][-1:], a[len(a) - tail :][:1]
    return all(each.isalpha() for each in (before, changed, behind)) and (changed + behind).islower()


def parts(text: str) -> set[str]:
    """A text without one of its characters, and in lower case."""
    return {text.lower(), *(text[:i] + text[i + 1 :] for i in range(len(text)))}


def one_slip(a: str, b: str) -> bool:
    """Whether a character lost, added, changed or exchanged with the next, or cases alone, tell two texts apart."""
    if a == b:
        return False
    if a.lower() == b.lower():
        return True
    head, tail = ends(a, b)
    left, right = a[head : len(a) - tail], b[head : len(b) - tail]
    return max(len(left), len(right)) == 1 or (len(left) == 2 and left == right[::-1])


def ends(a: str, b: str) -> tuple[int, int]:
    """How many characters two different texts share at their start, and then at their end."""
    short = min(len(a), len(b))
    head = next(i for i in range(short + 1) if a[i : i + 1] != b[i : i + 1])
    return head, next((i for i in range(short - head) if a[-1 - i] != b[-1 - i]), short - head)
