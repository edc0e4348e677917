"""The unit of a record: the function of the bug in both versions, and the tokens and lines that count as a hit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from spotter.engine.bench_records import Record
from spotter.syntax import Syntax, Token

AROUND = 60  # lines of a unit where the bug stands outside every function


@dataclass(frozen=True, slots=True)
class Unit:
    """Tokens [first, last) before the fix and [fixed_first, fixed_last) after it.

    Hits are token indices before the fix, hit lines are first lines of tokens. The gap is the token before which
    the fix inserts, where it does nothing else.
    """

    first: int
    last: int
    fixed_first: int
    fixed_last: int
    hits: frozenset[int]
    hit_lines: frozenset[int]
    gap: int | None


Block = tuple[int, int, int, int]


def unit_of(record: Record, buggy: Syntax, fixed: Syntax) -> Unit:
    """Where to look, and what to find there."""
    tokens = buggy.tokens
    start_line, end_line = _lines_around(record)
    first, last = _within(tokens, start_line, end_line)
    changes = differences([t.text for t in tokens], [t.text for t in fixed.tokens])
    lines = [line for line in record.buggy_lines if start_line <= line <= end_line]
    gap: int | None = None
    if record.bug_spans:
        hits = {i for i in range(first, last) if _overlaps(tokens[i], record.bug_spans)}
    else:
        gaps = [
            _gap(tokens, a, [t.text for t in fixed.tokens[c:d]], record.buggy_lines) for a, b, c, d in changes if a == b
        ]
        hits = {i for at in gaps for i in (at - 1, at)}
        gap = gaps[0] if gaps else None
    return Unit(
        first,
        last,
        _moved(first, changes, after=False),
        _moved(last, changes, after=True),
        frozenset(i for i in hits if first <= i < last),
        frozenset(line for at in lines if (line := _token_line(tokens, first, last, at)) is not None),
        gap,
    )


def differences(old: Sequence[str], new: Sequence[str]) -> list[Block]:
    """The blocks [a, b) of the old tokens that became [c, d) of the new ones, in order."""
    short = min(len(old), len(new))
    head = next((i for i in range(short) if old[i] != new[i]), short)
    tail = next((i for i in range(short - head) if old[-1 - i] != new[-1 - i]), short - head)
    middle = SequenceMatcher(None, old[head : len(old) - tail], new[head : len(new) - tail], autojunk=False)
    return [(a + head, b + head, c + head, d + head) for tag, a, b, c, d in middle.get_opcodes() if tag != "equal"]


def _lines_around(record: Record) -> tuple[int, int]:
    if record.func_range is not None:
        return record.func_range
    middle = (min(record.buggy_lines) + max(record.buggy_lines)) // 2
    return max(1, middle - AROUND // 2), middle + AROUND // 2 - 1


def _within(tokens: Sequence[Token], start_line: int, end_line: int) -> tuple[int, int]:
    """The tokens [first, last) that begin on these lines."""
    first = next((i for i, t in enumerate(tokens) if t.line >= start_line), len(tokens))
    last = next((i for i in range(first, len(tokens)) if tokens[i].line > end_line), len(tokens))
    return first, last


def _overlaps(token: Token, spans: Sequence[tuple[int, int]]) -> bool:
    return any(token.start < end and start < token.end for start, end in spans)


def _gap(tokens: Sequence[Token], place: int, added: Sequence[str], lines: Sequence[int]) -> int:
    """Of the equivalent places of an insertion (`a` goes before or after an equal `a`), the last one on the lines."""
    lowest = place
    while lowest > 0 and tokens[lowest - 1].text == added[(lowest - 1 - place) % len(added)]:
        lowest -= 1
    for at in range(place, lowest - 1, -1):
        if any(token.line in lines for token in tokens[max(0, at - 1) : at + 1]):
            return at
    return place


def _moved(place: int, changes: Sequence[Block], *, after: bool) -> int:
    """A boundary between old tokens as one between new tokens, after what is inserted at it."""
    shift = 0
    for a, b, c, d in changes:
        if b <= place:
            shift = d - b
        elif a < place:
            return d if after else c
    return place + shift


def _token_line(tokens: Sequence[Token], first: int, last: int, line: int) -> int | None:
    """The first line of the token that stands on a line, or of the next one where the line is empty."""
    return next((token.line for token in tokens[first:last] if token.end_line >= line), None)
