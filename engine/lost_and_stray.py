"""Kinds of edits that lose tokens, or put in some that do not belong."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from spotter.engine.features import BARE, CALLED
from spotter.engine.lexemes import CLOSERS, NAME, NUMBER, OPENERS, OTHER, STRING
from spotter.engine.splices import DELETE, INSERT, Label, Splice, Window, add, drop


def lost_word(window: Window, i: int, _: Random) -> Splice | None:
    """`not`, `await`, `return`, `self.` and `-` gone."""
    text = window.text(i)
    if text in window.dialect.losable and i + 1 < len(window.lexemes):
        if text == "*" and window.lexemes.classes[i - 1] < OTHER:
            return None
        if text == "return" and window.lexemes.ranks[i + 1] >= 0:
            return None
        return drop(window, i, i + 1)
    if text in window.dialect.selves and window.text(i + 1) in (".", ","):
        return drop(window, i, i + 2)
    return None


def stray_word(window: Window, i: int, rng: Random) -> Splice | None:
    """`not`, `await`, `return` and `self.` where they do not belong."""
    before, kind = window.text(i - 1), window.lexemes.classes[i]
    words = window.dialect
    if before in words.doubtful and kind < STRING and rng.random() < 0.6:
        return add(i, [(words.negation, OTHER)])
    free = before != "," and before not in words.binders and window.text(i) not in words.selves
    if kind == NAME and window.roles[i] in (BARE, CALLED) and free and words.selves[0] in window.lexemes.texts:
        return add(i, [(words.selves[0], NAME), (".", OTHER)])
    if window.lexemes.ranks[i] >= 0 and window.roles[i] == CALLED:
        return add(i, [(rng.choice(("return", "await")), OTHER)])
    return None


def _atom(window: Window, i: int) -> int:
    """Where the expression that starts at i ends: names, attributes, calls and subscripts; i where there is none."""
    texts, classes = window.lexemes.texts, window.lexemes.classes
    if i >= len(texts) or (classes[i] > NUMBER and texts[i] not in window.dialect.constants):
        return i
    end = i + 1
    while end < len(texts):
        if texts[end] == "." and end + 1 < len(texts) and classes[end + 1] == NAME:
            end += 2
        elif texts[end] in ("(", "[") and window.lexemes.ranks[end] < 0:
            close = _close(texts, end)
            if close == end:
                return end
            end = close
        else:
            break
    return end


def _close(texts: Sequence[str], i: int) -> int:
    """The position after the bracket that closes the one at i, at most 40 tokens on; i where there is none."""
    depth = 0
    for j in range(i, min(len(texts), i + 40)):
        if texts[j] in OPENERS:
            depth += 1
        elif texts[j] in CLOSERS:
            depth -= 1
            if not depth:
                return j + 1
    return i


def lost_argument(window: Window, i: int, rng: Random) -> Splice | None:
    """An argument with its comma gone."""
    texts = window.lexemes.texts
    if texts[i] == "," and window.lexemes.ranks[i] < 0:
        start = i + 1
        if window.text(start + 1) == "=" and window.lexemes.classes[start] == NAME:
            end = _atom(window, start + 2)
        else:
            end = _atom(window, start)
        if end > start and window.text(end) in (")", ",", "]", "}") and end - i <= 8:
            return drop(window, i, end)
    if texts[i] == "(" and i and window.lexemes.classes[i - 1] == NAME:
        end = _atom(window, i + 1)
        if end > i + 1 and window.text(end) == "," and end - i <= 6:
            return drop(window, i + 1, end + 1)
        if end > i + 1 and window.text(end) == ")" and end - i <= 4 and rng.random() < 0.3:
            return drop(window, i + 1, end)
    return None


def stray_argument(window: Window, i: int, rng: Random) -> Splice | None:
    """An argument too many."""
    if window.text(i) != ")" or window.text(i - 1) in ("(", ",") or not window.names or window.lexemes.ranks[i] >= 0:
        return None
    if window.keywords and rng.random() < 0.4:
        name = rng.choice(window.keywords)
        value = rng.choice((("None", OTHER), ("True", OTHER), ("False", OTHER), (name, NAME)))
        return add(i, [(",", OTHER), (name, NAME), ("=", OTHER), value])
    return add(i, [(",", OTHER), (rng.choice(window.names), NAME)])


ENDS = frozenset((":", ")", ",", "]", "}", ";", "?", "else", "for"))  # of a part of a condition


def lost_conjunct(window: Window, i: int, _: Random) -> Splice | None:
    """A part of a condition gone with its `and` or `or`."""
    texts, ands = window.lexemes.texts, window.dialect.ands
    if texts[i] not in ands:
        return None
    end = i + 1
    while end < min(len(texts), i + 14) and texts[end] not in ands and texts[end] not in ENDS:
        if window.lexemes.ranks[end] >= 0:
            break
        end = _close(texts, end) if texts[end] in ("(", "[") and _close(texts, end) > end else end + 1
    return drop(window, i, end) if 1 < end - i < 14 and end < len(texts) else None


def lost_condition_start(window: Window, i: int, _: Random) -> Splice | None:
    """The first part of a condition gone: `if a and b` becomes `if b`."""
    words, text = window.dialect, window.text(i)
    if text not in words.tests:
        return None
    start = i + 1 + (words.bracketed and text in words.heads)
    end = _atom(window, start + (window.text(start) == words.negation))
    if end > start and window.text(end) in words.ands and end - start < 10:
        return drop(window, start, end + 1)
    return None


def stray_conjunct(window: Window, i: int, rng: Random) -> Splice | None:
    """A part of a condition too many."""
    words = window.dialect
    ends = window.text(i) == ")" and window.text(i + 1) == "{" if words.bracketed else window.text(i) == ":"
    if not ends or not window.names or window.lexemes.ranks[i] >= 0:
        return None
    line = [j for j in range(max(0, i - 20), i) if window.lexemes.ranks[j] >= 0]
    if not line or window.text(line[-1]) not in words.tests & words.heads:
        return None
    pieces = [(rng.choice(words.ands), OTHER)] + ([(words.negation, OTHER)] if rng.random() < 0.3 else [])
    return add(i, [*pieces, (rng.choice(window.names), NAME)])


def lost_call(window: Window, i: int, _: Random) -> Splice | None:
    """`f(x)` becomes `x`: the call around an expression gone."""
    texts = window.lexemes.texts
    if window.roles[i] != CALLED or window.text(i - 1) == "." or window.text(i + 1) != "(":
        return None
    close = _close(texts, i + 1)
    if not 3 < close - i < 14 or close >= len(texts) or any(t in (",", "=", "for") for t in texts[i + 2 : close - 1]):
        return None
    inside = [(texts[j], window.lexemes.classes[j], Label()) for j in range(i + 2, close - 1)]
    inside[0] = (*inside[0][:2], Label(INSERT, texts[i : i + 2]))
    return Splice(i, close, tuple(inside), (texts[close - 1],))


def stray_call(window: Window, i: int, rng: Random) -> Splice | None:
    """`x` becomes `f(x)`."""
    if window.lexemes.classes[i] != NAME or window.roles[i] != BARE or window.text(i - 1) in window.dialect.binders:
        return None
    end = _atom(window, i)
    if window.text(end) in ("=", "in", "+=", ":=") or window.lexemes.ranks[i] >= 0 or end - i > 8:
        return None
    callee = rng.choice((*window.dialect.casts, *window.called))
    texts, classes = window.lexemes.texts, window.lexemes.classes
    inside = [(texts[j], classes[j], Label()) for j in range(i, end)]
    return Splice(
        i, end, ((callee, NAME, Label(DELETE)), ("(", OTHER, Label(DELETE)), *inside, (")", OTHER, Label(DELETE)))
    )


def lost_attribute(window: Window, i: int, rng: Random) -> Splice | None:
    """`a.b` becomes `a`, `a.b()` becomes `a`."""
    if window.text(i) != "." or window.text(i - 1) in (*window.dialect.selves, "from", "import", ""):
        return None
    end = i + 2
    if window.text(end) == "(" and window.text(end + 1) == ")" and rng.random() < 0.7:
        end += 2
    if "import" in window.lexemes.texts[max(0, i - 8) : i] or end >= len(window.lexemes) or window.text(end) == "(":
        return None
    return drop(window, i, end)


def stray_attribute(window: Window, i: int, rng: Random) -> Splice | None:
    """`a` becomes `a.b`."""
    if window.lexemes.classes[i - 1] != NAME or window.roles[i - 1] != BARE or not window.attributes or i < 2:
        return None
    if window.text(i) not in (")", ",", ".", "]", ":", ";") or window.text(i - 2) in window.dialect.binders:
        return None
    return add(i, [(".", OTHER), (rng.choice(window.attributes), NAME)])


def lost_subscript(window: Window, i: int, _: Random) -> Splice | None:
    """`a[0]` becomes `a`; `a[1:]` loses a bound."""
    texts = window.lexemes.texts
    if texts[i] != "[" or not i or window.lexemes.classes[i - 1] != NAME:
        return None
    close = _close(texts, i)
    return drop(window, i, close) if 2 < close - i < 7 and close < len(texts) else None


def lost_call_brackets(window: Window, i: int, _: Random) -> Splice | None:
    """`a.b()` becomes `a.b`."""
    if (
        window.text(i) != "("
        or window.text(i + 1) != ")"
        or window.text(i + 2) in (":", "")
        or window.roles[i - 1] != CALLED
    ):
        return None
    return drop(window, i, i + 2)


def off_by_one(window: Window, i: int, rng: Random) -> Splice | None:
    """`+ 1` or `- 1` gone, or too many."""
    if window.text(i) in ("+", "-") and window.text(i + 1) in ("1", "2") and window.lexemes.classes[i - 1] < OTHER:
        return drop(window, i, i + 2) if i + 2 < len(window.lexemes) else None
    if window.text(i) not in (")", "]", ":", ";") or window.lexemes.classes[i - 1] not in (NAME, NUMBER):
        return None
    bound = window.text(i) == "]" or any(
        word in window.lexemes.texts[max(0, i - 6) : i] for word in window.dialect.bounded
    )
    return add(i, [(rng.choice("+-"), OTHER), ("1", NUMBER)]) if bound and rng.random() < 0.25 else None


def lost_statement(window: Window, i: int, _: Random) -> Splice | None:
    """A short simple statement gone."""
    ranks = window.lexemes.ranks
    if ranks[i] < 1 or window.text(i) in window.dialect.heads:
        return None
    end = next((j for j in range(i + 1, min(len(ranks), i + 12)) if ranks[j] >= 0), None)
    if end is None or end - i < 3 or ranks[end] > ranks[i] or window.text(end - 1) in (":", "{"):
        return None
    return drop(window, i, end) if end - i < 12 else None
