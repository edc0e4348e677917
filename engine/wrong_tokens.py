"""Kinds of edits that put a token in the place of another."""

from __future__ import annotations

from random import Random

from spotter.engine.features import ATTRIBUTE, BARE, CALLED, KEYWORD
from spotter.engine.lexemes import NAME, NUMBER, OTHER, STRING
from spotter.engine.splices import DELETE, REPLACE, Label, Splice, Window, add, similar, swap


def wrong_variable(window: Window, i: int, rng: Random) -> Splice | None:
    """Another name of the window."""
    if window.lexemes.classes[i] != NAME or window.roles[i] != BARE:
        return None
    text = similar(window.names, window.text(i), rng)
    return swap(window, i, text) if text else None


def wrong_attribute(window: Window, i: int, rng: Random) -> Splice | None:
    """Another attribute of the window, on the same receiver in half of the cases."""
    if window.lexemes.classes[i] != NAME or window.roles[i] not in (ATTRIBUTE, CALLED) or window.text(i - 1) != ".":
        return None
    texts, receiver = window.lexemes.texts, window.text(i - 2)
    same = [texts[j] for j in range(2, len(texts)) if texts[j - 1] == "." and texts[j - 2] == receiver]
    pool = same if rng.random() < 0.5 and len(set(same)) > 1 else window.attributes + window.called
    text = similar(pool, window.text(i), rng)
    return swap(window, i, text) if text else None


def wrong_callee(window: Window, i: int, rng: Random) -> Splice | None:
    """Another function that the window calls."""
    if window.lexemes.classes[i] != NAME or window.roles[i] != CALLED:
        return None
    text = similar(window.called, window.text(i), rng)
    return swap(window, i, text) if text else None


def wrong_string(window: Window, i: int, rng: Random) -> Splice | None:
    """Another string of the window, or this one with a letter, a case or a part changed."""
    old = window.text(i)
    if window.lexemes.classes[i] != STRING or not 2 < len(old) < 40 or old[0] != '"' or old.startswith('"""'):
        return None
    if rng.random() < 0.5 and (text := similar(window.strings, old, rng)):
        return swap(window, i, text)
    return swap(window, i, f'"{_misspelt(old[1:-1], rng)}"')


def misspelt_name(window: Window, i: int, rng: Random) -> Splice | None:
    """A name with a letter doubled, dropped or exchanged, an ending gone, or a plural made or lost."""
    old = window.text(i)
    if window.lexemes.classes[i] != NAME or len(old) < 4 or (window.roles[i] == KEYWORD and rng.random() < 0.5):
        return None
    return swap(window, i, _misspelt(old, rng))


def _misspelt(word: str, rng: Random) -> str:
    if not word:
        return "_"
    at = rng.randrange(len(word))
    parts = word.split("_") if "_" in word else word.split("-")
    mark = "_" if "_" in word else "-"
    choices = [
        word[:at] + word[at + 1 :] or "_",
        word[:at] + word[at] + word[at:],
        word[:at] + word[at : at + 2][::-1] + word[at + 2 :],
        word[:-1] if word.endswith("s") and len(word) > 2 else word + "s",
        mark.join(parts[:-1]) if len(parts) > 1 else word.capitalize(),
        mark.join(parts[1:]) if len(parts) > 2 else word.lower(),
        word.replace("_", "-") if "_" in word else word.replace("-", "_"),
    ]
    text = rng.choice(choices)
    return text if text.strip("_- ") else word + "s"


def wrong_number(window: Window, i: int, rng: Random) -> Splice | None:
    """A small integer off by one or out of -2..2, another number of the window, or a power missed."""
    old = window.text(i)
    if window.lexemes.classes[i] != NUMBER:
        return None
    if old.isdigit() and len(old) < 5:
        value = int(old)
        near = [value - 1, value + 1, value + 1, 0, 1, 2, value * 10, value // 10]
        return swap(window, i, str(abs(rng.choice(near))))
    return swap(window, i, rng.choice(("0", "1", "2", "0.5", "1.0", "10", "100")))


def wrong_constant(window: Window, i: int, rng: Random) -> Splice | None:
    """True, False and None for one another; the first two most often."""
    old, (true, false, *_) = window.text(i), window.dialect.constants
    if old not in window.dialect.constants:
        return None
    return swap(window, i, rng.choice((*window.dialect.constants, false if old == true else true)))


def value_for_name(window: Window, i: int, rng: Random) -> Splice | None:
    """A constant where a name stood, or a name where a constant stood."""
    kind = window.lexemes.classes[i]
    if kind == NAME and window.roles[i] == BARE and window.text(i + 1) in (")", ",", "]", ".", ";"):
        text, new = rng.choice(window.dialect.values)
        return swap(window, i, text, new)
    if (kind == NUMBER or window.text(i) in window.dialect.constants) and window.names:
        return swap(window, i, rng.choice(window.names), NAME)
    return None


def wrong_operator(window: Window, i: int, rng: Random) -> Splice | None:
    """An operator or keyword for another of its group; `not in` and `is not` are two tokens."""
    old = window.text(i)
    peers = window.dialect.peers.get(old)
    if (
        peers is None
        or (old == "=" and window.lexemes.ranks[i] < 0 and rng.random() < 0.7)
        or (old == "," and rng.random() < 0.97)
    ):
        return None
    text = rng.choice(peers)
    if text == "not in":
        return add(i, [("not", OTHER)])
    if text == "is not":
        return Splice(i, i + 1, (("is", OTHER, Label(REPLACE, (old,))), ("not", OTHER, Label(DELETE))))
    return swap(window, i, text)


def wrong_keyword(window: Window, i: int, rng: Random) -> Splice | None:
    """Another keyword argument's name."""
    if window.roles[i] != KEYWORD:
        return None
    text = similar(window.keywords + window.names, window.text(i), rng)
    return swap(window, i, text) if text else None


def swapped_arguments(window: Window, i: int, _: Random) -> Splice | None:
    """Two one-token arguments or operands in each other's place."""
    texts, classes = window.lexemes.texts, window.lexemes.classes
    if i + 2 >= len(texts) or texts[i + 1] not in (",", "-", "/", "%", "<", ">", "in") or classes[i] > NUMBER:
        return None
    if classes[i + 2] > NUMBER or texts[i] == texts[i + 2] or window.lexemes.ranks[i + 2] >= 0:
        return None
    if (
        window.text(i - 1) in (".", "=")
        or window.text(i + 3) in (".", "=", "(")
        or "import" in texts[max(0, i - 6) : i]
    ):
        return None
    return Splice(
        i,
        i + 3,
        (
            (texts[i + 2], classes[i + 2], Label(REPLACE, (texts[i],))),
            (texts[i + 1], classes[i + 1], Label()),
            (texts[i], classes[i], Label(REPLACE, (texts[i + 2],))),
        ),
    )
