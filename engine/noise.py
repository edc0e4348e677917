"""The forward process: structured edits that stay visible, with a uniform floor, and masks.

A kernel turns clean code into code that somebody could have written instead, weighted by how often real fixes
undo each kind (counts of CTSSB-1M and of mined fixes). Each splice carries the labels of the way back, per position:
keep, replace by, delete, insert before. Source of the idea: D3PM's structured kernels (Austin et al. 2021) and the
edit phase of Seed Diffusion; the kinds follow BugLab (Allamanis et al. 2021) and SStuBs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from spotter.engine.features import ATTRIBUTE, BARE, CALLED, KEYWORD, roles_of
from spotter.engine.lexemes import NAME, NUMBER, OTHER, STRING, Lexemes
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

    def text(self, i: int) -> str:
        """The text at i, "" outside."""
        return self.lexemes.texts[i] if 0 <= i < len(self.lexemes) else ""


def window_of(lexemes: Lexemes) -> Window:
    """Collect a window's names by their role."""
    roles = roles_of(lexemes)
    by_role: dict[int, dict[str, None]] = {role: {} for role in range(6)}
    strings: dict[str, None] = {}
    for text, kind, role in zip(lexemes.texts, lexemes.classes, roles, strict=True):
        if kind == NAME:
            by_role[role][text] = None
        elif kind == STRING and len(text) < 40:
            strings[text] = None
    names = tuple(name for name in by_role[BARE] if name not in ("self", "cls"))
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


def _other(choices: Sequence[str], old: str, rng: Random) -> str | None:
    for _ in range(3):
        if choices and (text := rng.choice(choices)) != old:
            return text
    return None


def _similar(choices: Sequence[str], old: str, rng: Random) -> str | None:
    """Another name, one that shares a word or a start with the old one where there is such a one, half of the time."""
    if rng.random() < 0.5:
        words = set(old.lower().split("_"))
        near = [c for c in choices if c != old and (c[:3] == old[:3] or words & set(c.lower().split("_")))]
        if near:
            return rng.choice(near)
    return _other(choices, old, rng)


def wrong_variable(window: Window, i: int, rng: Random) -> Splice | None:
    """Another name of the window."""
    if window.lexemes.classes[i] != NAME or window.roles[i] != BARE:
        return None
    text = _similar(window.names, window.text(i), rng)
    return swap(window, i, text) if text else None


def wrong_attribute(window: Window, i: int, rng: Random) -> Splice | None:
    """Another attribute of the window, on the same receiver in half of the cases."""
    if window.lexemes.classes[i] != NAME or window.roles[i] not in (ATTRIBUTE, CALLED) or window.text(i - 1) != ".":
        return None
    texts, receiver = window.lexemes.texts, window.text(i - 2)
    same = [texts[j] for j in range(2, len(texts)) if texts[j - 1] == "." and texts[j - 2] == receiver]
    pool = same if rng.random() < 0.5 and len(set(same)) > 1 else window.attributes + window.called
    text = _similar(pool, window.text(i), rng)
    return swap(window, i, text) if text else None


def wrong_callee(window: Window, i: int, rng: Random) -> Splice | None:
    """Another function that the window calls."""
    if window.lexemes.classes[i] != NAME or window.roles[i] != CALLED:
        return None
    text = _similar(window.called, window.text(i), rng)
    return swap(window, i, text) if text else None


def wrong_string(window: Window, i: int, rng: Random) -> Splice | None:
    """Another string of the window, or this one with a letter, a case or a part changed."""
    old = window.text(i)
    if window.lexemes.classes[i] != STRING or not 2 < len(old) < 40 or old[0] != '"' or old.startswith('"""'):
        return None
    if rng.random() < 0.5 and (text := _similar(window.strings, old, rng)):
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
    """True, False and None for one another."""
    old = window.text(i)
    if old not in ("True", "False", "None"):
        return None
    pool = ("True", "False", "None", "False" if old == "True" else "True", "0", "[]")
    text = rng.choice(pool[:4])
    return swap(window, i, text)


def value_for_name(window: Window, i: int, rng: Random) -> Splice | None:
    """A constant where a name stood, or a name where a constant stood."""
    kind = window.lexemes.classes[i]
    if kind == NAME and window.roles[i] == BARE and window.text(i + 1) in (")", ",", "]", "."):
        text, new = rng.choice((("None", OTHER), ("0", NUMBER), ("1", NUMBER), ("True", OTHER), ("False", OTHER)))
        return swap(window, i, text, new)
    if (kind == NUMBER or window.text(i) in ("True", "False", "None")) and window.names:
        return swap(window, i, rng.choice(window.names), NAME)
    return None


_GROUPS: tuple[tuple[str, ...], ...] = (
    ("<", "<=", ">", ">="),
    ("==", "!="),
    ("is", "==", "is not", "!="),
    ("+", "-"),
    ("*", "/", "//", "+", "-", "%", "**"),
    ("and", "or"),
    ("&", "|", "^", "and", "or"),
    ("=", "+=", "-="),
    ("+=", "-=", "=", "*="),
    ("in", "not in"),
    ("any", "all"),
    ("min", "max"),
    ("break", "continue", "pass", "return"),
    ("==", "<=", ">=", "<", ">"),
    ("raise", "return"),
    ("if", "while", "elif"),
    (",", "."),
    ("yield", "return"),
    ("append", "extend", "add", "update"),
)
_PEERS: dict[str, tuple[str, ...]] = {
    word: tuple(dict.fromkeys(w for group in _GROUPS if word in group for w in group if w != word))
    for group in _GROUPS
    for word in group
}


def wrong_operator(window: Window, i: int, rng: Random) -> Splice | None:
    """An operator or keyword for another of its group; `not in` and `is not` are two tokens."""
    old = window.text(i)
    peers = _PEERS.get(old)
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
    text = _similar(window.keywords + window.names, window.text(i), rng)
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


def lost_word(window: Window, i: int, _: Random) -> Splice | None:
    """`not`, `await`, `return`, `self.` and `-` gone."""
    text = window.text(i)
    if text in ("not", "await", "async", "-", "~", "*", "**", "return") and i + 1 < len(window.lexemes):
        if text == "*" and window.lexemes.classes[i - 1] < OTHER:
            return None
        if text == "return" and window.lexemes.ranks[i + 1] >= 0:
            return None
        return drop(window, i, i + 1)
    if text in ("self", "cls") and window.text(i + 1) in (".", ","):
        return drop(window, i, i + 2)
    return None


def stray_word(window: Window, i: int, rng: Random) -> Splice | None:
    """`not`, `await`, `return` and `self.` where they do not belong."""
    before, kind = window.text(i - 1), window.lexemes.classes[i]
    if before in ("if", "and", "or", "elif", "while", "assert", "return", "(") and kind < STRING and rng.random() < 0.6:
        return add(i, [("not", OTHER)])
    free = before not in ("def", "class", "for", "as", "import", ",") and window.text(i) not in ("self", "cls")
    if kind == NAME and window.roles[i] in (BARE, CALLED) and free and "self" in window.lexemes.texts:
        return add(i, [("self", NAME), (".", OTHER)])
    if window.lexemes.ranks[i] >= 0 and window.roles[i] == CALLED:
        return add(i, [(rng.choice(("return", "await")), OTHER)])
    return None


def _atom(window: Window, i: int) -> int:
    """Where the expression that starts at i ends: names, attributes, calls and subscripts; i where there is none."""
    texts, classes = window.lexemes.texts, window.lexemes.classes
    if i >= len(texts) or (classes[i] > NUMBER and texts[i] not in ("True", "False", "None")):
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
        if texts[j] in ("(", "[", "{"):
            depth += 1
        elif texts[j] in (")", "]", "}"):
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


def lost_conjunct(window: Window, i: int, _: Random) -> Splice | None:
    """A part of a condition gone with its `and` or `or`."""
    texts = window.lexemes.texts
    if texts[i] not in ("and", "or"):
        return None
    end = i + 1
    while end < min(len(texts), i + 14) and texts[end] not in ("and", "or", ":", ")", ",", "]", "else", "for"):
        if window.lexemes.ranks[end] >= 0:
            break
        end = _close(texts, end) if texts[end] in ("(", "[") and _close(texts, end) > end else end + 1
    return drop(window, i, end) if 1 < end - i < 14 and end < len(texts) else None


def lost_condition_start(window: Window, i: int, _: Random) -> Splice | None:
    """The first part of a condition gone: `if a and b` becomes `if b`."""
    if window.text(i) not in ("if", "elif", "while", "return", "assert", "not"):
        return None
    start = i + 1
    end = _atom(window, start + (window.text(start) == "not"))
    if end > start and window.text(end) in ("and", "or") and end - start < 10:
        return drop(window, start, end + 1)
    return None


def stray_conjunct(window: Window, i: int, rng: Random) -> Splice | None:
    """A part of a condition too many."""
    if window.text(i) != ":" or not window.names or window.lexemes.ranks[i] >= 0:
        return None
    line = [j for j in range(max(0, i - 20), i) if window.lexemes.ranks[j] >= 0]
    if not line or window.text(line[-1]) not in ("if", "elif", "while"):
        return None
    pieces = [(rng.choice(("and", "or")), OTHER)] + ([("not", OTHER)] if rng.random() < 0.3 else [])
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
    if (
        window.lexemes.classes[i] != NAME
        or window.roles[i] != BARE
        or window.text(i - 1) in ("def", "for", "as", "import")
    ):
        return None
    end = _atom(window, i)
    if window.text(end) in ("=", "in", "+=", ":=") or window.lexemes.ranks[i] >= 0 or end - i > 8:
        return None
    callee = rng.choice(("str", "int", "len", "list", "set", "bool", "repr", *window.called))
    texts, classes = window.lexemes.texts, window.lexemes.classes
    inside = [(texts[j], classes[j], Label()) for j in range(i, end)]
    return Splice(
        i, end, ((callee, NAME, Label(DELETE)), ("(", OTHER, Label(DELETE)), *inside, (")", OTHER, Label(DELETE)))
    )


def lost_attribute(window: Window, i: int, rng: Random) -> Splice | None:
    """`a.b` becomes `a`, `a.b()` becomes `a`."""
    if window.text(i) != "." or window.text(i - 1) in ("self", "cls", "from", "import", ""):
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
    if window.text(i) not in (")", ",", ".", "]", ":") or window.text(i - 2) in ("def", "import", "as", "for", "from"):
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
    if window.text(i) not in (")", "]", ":") or window.lexemes.classes[i - 1] not in (NAME, NUMBER):
        return None
    bound = window.text(i) == "]" or "range" in window.lexemes.texts[max(0, i - 6) : i]
    return add(i, [(rng.choice("+-"), OTHER), ("1", NUMBER)]) if bound and rng.random() < 0.25 else None


def lost_statement(window: Window, i: int, _: Random) -> Splice | None:
    """A short simple statement gone."""
    ranks = window.lexemes.ranks
    if ranks[i] < 1 or window.text(i) in (
        "if",
        "for",
        "while",
        "def",
        "class",
        "with",
        "try",
        "else",
        "elif",
        "except",
    ):
        return None
    end = next((j for j in range(i + 1, min(len(ranks), i + 12)) if ranks[j] >= 0), None)
    if end is None or end - i < 3 or ranks[end] > ranks[i] or window.text(end - 1) == ":":
        return None
    return drop(window, i, end) if end - i < 12 else None


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
) -> Noised:
    """Draw edits from the kernel at tokens from `first` on, and mask a share of the untouched names and values.

    Some of the edits imitate real mistakes, where such are given.
    """
    kinds, weights = zip(*kernel.values(), strict=True)
    window = window_of(lexemes)
    taken = [False] * (len(lexemes) + 1)
    splices: list[Splice] = []
    for _ in range(edits):
        if mistakes and rng.random() < IMITATED:
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
