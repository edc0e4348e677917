"""Misplaced arguments: two that stand where their names say that the other one belongs.

What a function calls its parameters says it, or the other calls do, by what is a type and what a value.
Names as evidence of swapped arguments: Rice et al., Detecting Argument Selection Defects (OOPSLA 2017).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spotter.metrics.facts import FileFacts, FunctionFacts, Passing
from spotter.metrics.nil import place
from spotter.metrics.pressure import Pressure, PressureSite
from spotter.metrics.span import Span
from spotter.metrics.words import words_of

RULE = "SP262"
MIN_LENGTH = 3  # letters; `a` and `b` say nothing of their order, nor do `box1` and `box2`
DIGITS = "0123456789"
MIRRORED = frozenset(
    map(
        frozenset,
        (("left", "right"), ("source", "target"), ("old", "new"), ("first", "second"), ("bottom", "top")),
    )
)
MIN_KINDS = 4  # other calls that put a type where a value stands
MOST_KINDS = 0.7  # their share of all other calls
CLEAR = 1.5  # by how many names the other order fits the parameters better
CLOSE = 8  # lines
DECLARED = 6  # what a declaration counts, in calls
SHOWN = 5
_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_TYPE = re.compile(r"_?[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*")

Slot = tuple[str, int, int]  # callee, number of arguments, place


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two neighbouring arguments of a call, the first of them at a place. Those with one key have one callee."""

    file: FileFacts
    passing: Passing
    key: str
    at: int

    @property
    def names(self) -> tuple[str, str]:
        """Both names as they stand."""
        return self.passing.names[self.at], self.passing.names[self.at + 1]

    @property
    def slots(self) -> tuple[Slot, Slot]:
        """Where both stand."""
        size = len(self.passing.names)
        return (self.key, size, self.at), (self.key, size, self.at + 1)

    @property
    def kinds(self) -> tuple[str, str]:
        """What both are."""
        one, two = self.names
        return kind(self.file, one), kind(self.file, two)

    @property
    def span(self) -> Span:
        """From the first argument to the end of the second."""
        first, last = self.passing.spans[self.at : self.at + 2]
        return Span(first.line, first.column, last.end_line, last.end_column)


@dataclass(frozen=True, slots=True)
class _Declared:
    """A function that a call may mean; the parameters are those that it gives values to."""

    file: FileFacts
    function: FunctionFacts
    parameters: tuple[str, ...]


def argument_pressures(files: Sequence[FileFacts]) -> tuple[Pressure, ...]:
    """Every pair of neighbouring arguments that stand the other way round, the surest first; none of tests."""
    homes = frozenset(part for file in files for part in file.path.rpartition(".")[0].split("/"))
    pairs = [pair for file in files for pair in _pairs(file, _outside(file, homes))]
    usage, declared = _Usage(pairs), _declarations(files)
    own = (pair for pair in pairs if not (pair.file.test or pair.file.generated))
    found = filter(None, (_pressure(pair, usage, declared.get(pair.key, ())) for pair in own))
    return tuple(sorted(found, key=lambda pressure: (-pressure.weight, pressure.place)))


def kind(file: FileFacts, name: str) -> str:
    """Whether a name is that of the receiver, of a type, of another value, or, as `type` itself, of either."""
    words = words_of(file.language)
    if name in words.receivers:
        return "receiver"
    if name in words.type_checks:
        return "either"
    return "type" if _TYPE.fullmatch(name) or name in words.primitives else "value"


def fit(parameters: tuple[str, str], names: tuple[str, str]) -> float:
    """By how many names two arguments fit two parameters better in the other order; below 0 where this order fits.

    Parameters that share a word, such as `src_path` and `dst_path`, are the ends of one thing, and often turned round.
    """
    (first, second), (one, two) = parameters, names
    here = alike(one, first) + alike(two, second)
    told = min(len(first), len(second)) >= MIN_LENGTH and not alike(first.strip(DIGITS), second.strip(DIGITS))
    if one == first or two == second or not told:
        return -here
    if (one, two) == (second, first):
        return 0.0 if frozenset(names) in MIRRORED else 2.0
    gain = alike(one, second) + alike(two, first) - here
    return gain if second == one or first == two else min(0.0, gain)


def alike(one: str, two: str) -> float:
    """How alike two names are: 1 for the same name, less for a share of the same words."""
    if one.strip("_") == two.strip("_"):
        return 1.0
    mine, theirs = ({piece.lower() for piece in _PIECE.findall(name)} for name in (one, two))
    return 0.8 * len(mine & theirs) / max(len(mine), len(theirs), 1)


class _Usage:
    """Which kinds of names stand side by side at two places of a callee."""

    def __init__(self, pairs: Sequence[_Pair]) -> None:
        self._calls: dict[str, list[_Pair]] = defaultdict(list)
        self._kinds: dict[tuple[Slot, Slot], Counter[tuple[str, str]]] = defaultdict(Counter)
        self._seconds: dict[tuple[Slot, Slot], Counter[str]] = defaultdict(Counter)
        for pair in pairs:
            self._seconds[pair.slots][pair.names[1]] += 1
            self._calls[pair.key].append(pair)
            self._kinds[pair.slots][pair.kinds] += 1

    def crossed(self, pair: _Pair) -> int:
        """How many other calls have a type and a value in the other order, where nearly all do, and none this one."""
        one, two = pair.kinds
        told = self._kinds[pair.slots]
        if {one, two} != {"type", "value"} or self._seconds[pair.slots][pair.names[1]] > 1:
            return 0  # where the second name stands in other calls too it is at home
        most = told[two, one] >= MOST_KINDS * (told.total() - 1)
        return told[two, one] if most and told[one, two] == 1 else 0

    def beside(self, pair: _Pair) -> bool:
        """Whether calls of the same function, close by, pass both at each other's place: more than one order is meant.

        One call may turn them round, or two have the one and the other beside a third value.
        """
        one, two = pair.names
        close = [
            other.names
            for other in self._calls[pair.key]
            if other.at == pair.at
            and other.file is pair.file
            and other.passing.function == pair.passing.function
            and abs(other.span.line - pair.span.line) <= CLOSE
        ]
        return any(first == two for first, _ in close) and any(second == one for _, second in close)

    def witnesses(self, pair: _Pair) -> Iterator[PressureSite]:
        """Calls that pass two of the same kinds in the other order."""
        turned = pair.kinds[::-1]
        for other in self._calls[pair.key]:
            if other.slots == pair.slots and other.kinds == turned != pair.kinds:
                first, second = other.names
                where = place(other.file.path, other.span, other.passing.function)
                yield PressureSite(where, "calls", "inferred", f"passes `{first}` before `{second}`")


def _outside(file: FileFacts, homes: frozenset[str]) -> dict[str, str]:
    """The names that a file takes from packages that are not among the folders and files, and what they stand for."""
    return {i.name: i.target for i in file.imports if i.target[:1] != "." and i.target.split(".")[0] not in homes}


def _pairs(file: FileFacts, outside: dict[str, str]) -> Iterator[_Pair]:
    for passing in file.passings:
        root, dot, rest = passing.callee.partition(".")
        key = f"{outside[root]}{dot}{rest}" if root in outside else passing.callee.rpartition(".")[2]
        for at, (one, two) in enumerate(zip(passing.names, passing.names[1:], strict=False)):
            if one and two and one != two:
                yield _Pair(file, passing, key, at)


def _declarations(files: Sequence[FileFacts]) -> dict[str, list[_Declared]]:
    """Every function under the name it is called by; a class means its constructor."""
    found: dict[str, list[_Declared]] = defaultdict(list)
    for file in files:
        constructors = words_of(file.language).constructors
        for function in file.functions:
            name = function.name.rpartition(".")[2]
            called = function.owner.rpartition(".")[2] if name in constructors and function.owner else name
            own = bool(function.receiver) and function.parameters[:1] == (function.receiver,)
            found[called].append(_Declared(file, function, function.parameters[own:]))
    return found


def _pressure(pair: _Pair, usage: _Usage, declared: Sequence[_Declared]) -> Pressure | None:
    receivers = words_of(pair.file.language).receivers
    if pair.passing.names[0] in receivers or receivers & set(pair.names):
        declared = ()  # a method that is called on its class, or an operator that is turned round
    root, *below = pair.passing.callee.split(".")
    methods = root in receivers and len(below) > 1  # an attribute may be a function, and has methods alone
    meant = [item for item in declared if len(item.parameters) > pair.at + 1 and (item.function.owner or not methods)]
    fits = [fit((item.parameters[pair.at], item.parameters[pair.at + 1]), pair.names) for item in meant]
    crossed = usage.crossed(pair)
    one, two = pair.names
    if fits and min(fits) >= CLEAR and not usage.beside(pair) and any(_reached(pair, item) for item in meant):
        named = " and ".join(f"`{name}`" for name in meant[0].parameters[pair.at : pair.at + 2])
        reason, support = f"it calls its parameters {named}", DECLARED
    elif not meant and crossed >= MIN_KINDS:
        reason, support = "{} other calls have a {} before a {}".format(crossed, *pair.kinds[::-1]), crossed
    else:
        return None
    if _on_purpose(pair, declared):
        return None
    callee = pair.passing.callee.rpartition(".")[2]
    sites = [
        PressureSite(
            place(item.file.path, item.function.span, item.function.name), "defines", "inferred", "declared here"
        )
        for item in meant
    ]
    return Pressure(
        RULE,
        f"order:{pair.key}:{pair.at}:{one}:{two}",
        place(pair.file.path, pair.span, pair.passing.function),
        f"`{one}` and `{two}` seem to stand the wrong way round in a call of `{callee}`: {reason}",
        tuple([*sites, *usage.witnesses(pair)][:SHOWN]),
        float(support),
        deviant=True,
        p_error=support / (support + 2),
    )


def _reached(pair: _Pair, item: _Declared) -> bool:
    """Whether a declaration may stand where the file takes the callee's name from."""
    root = pair.passing.callee.partition(".")[0]
    target = next((taken.target for taken in pair.file.imports if taken.name == root), "")
    parts = [part for part in target.split(".") if part]
    home = item.file.path.rpartition(".")[0].split("/")
    return len(parts) < 2 or not set(parts[-2:]).isdisjoint(home)


def _on_purpose(pair: _Pair, declared: Sequence[_Declared]) -> bool:
    """Whether a function is undone by one of the same parameters, or an object makes another one of itself.

    Nor is it one that hands on to another object's function of its name, which takes the same in another order.
    """
    inverse = tuple(reversed(pair.passing.names))
    own = next((f for f in pair.file.functions if f.name == pair.passing.function), None)
    if own is None:
        return False
    undone = own.parameters == inverse and any(item.parameters == inverse for item in declared)
    below, _, name = pair.passing.callee.rpartition(".")
    hands_on = name == own.name.rpartition(".")[2] and below != own.receiver
    return undone or hands_on or (bool(own.owner) and own.owner == pair.passing.callee)
