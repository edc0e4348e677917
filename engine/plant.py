"""Errors planted in sound code, by seed: what was written, and the tokens that say so."""

from __future__ import annotations

import random
import sys
import tokenize
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice, product
from pathlib import Path

from spotter.engine.plant_sites import SITES, Change, code_of
from spotter.errors import SpotterError
from spotter.source import Source
from spotter.syntax import Syntax, parse

TRIES = 3  # looks at every file for a place that is not taken


@dataclass(frozen=True, slots=True)
class Planted:
    """An edited file: what was written and what stands there now; the tokens that say so, in it and in the original."""

    kind: str
    syntax: Syntax
    line: int
    was: str
    now: str
    tokens: tuple[int, ...]
    original_tokens: tuple[int, ...]


def plant(syntax: Syntax, kind: str, rng: random.Random) -> Planted | None:
    """Plant one error of a kind in a function of a file; None where there is no place for it."""
    code = code_of(syntax)
    changes = list(SITES[kind](code)) if code is not None else []
    rng.shuffle(changes)
    for change in changes:
        text = _applied(syntax.source.text, change)
        if _compiles(text):
            planted = parse(Source(syntax.source.path, text, syntax.source.language))
            return _planted(kind, syntax, planted, change)
    return None


def plant_many(files: Sequence[Syntax], edits: int, seed: int) -> Iterator[tuple[Syntax, Planted]]:
    """So many edits with equal shares of the kinds, none twice on a line; fewer where the files hold no more places."""
    rng = random.Random(seed)
    taken: set[tuple[str, str, int]] = set()
    for kind in islice(cycle(SITES), edits):
        for _, syntax in product(range(TRIES), rng.sample(files, len(files))):
            planted = plant(syntax, kind, rng)
            if planted is not None and (place := (kind, syntax.source.path, planted.line)) not in taken:
                taken.add(place)
                yield syntax, planted
                break


def read(paths: Sequence[Path]) -> list[Syntax]:
    """The Python files among the paths and below them; what cannot be read or parsed is left out."""
    files = sorted({file for path in paths for file in (path.rglob("*.py") if path.is_dir() else (path,))})
    found = []
    for file in files:
        try:
            with tokenize.open(file) as opened:
                found.append(parse(Source(file.as_posix(), opened.read(), "python")))
        except FileNotFoundError as error:
            raise SpotterError(f"{file}: no such file; name Python files or folders of them") from error
        except (OSError, SyntaxError, UnicodeDecodeError) as error:
            print(f"{file}: left out ({error})", file=sys.stderr)
    return found


def _applied(text: str, change: Change) -> str:
    for start, end, new in reversed(change):
        text = text[:start] + new + text[end:]
    return text


def _compiles(text: str) -> bool:
    """Python reads it and warns of nothing."""
    try:
        with warnings.catch_warnings(action="error"):
            compile(text, "<planted>", "exec")
    except (SyntaxError, ValueError, DeprecationWarning):
        return False
    return True


def _planted(kind: str, original: Syntax, planted: Syntax, change: Change) -> Planted:
    shift = 0
    before: list[int] = []
    after: list[int] = []
    for start, end, new in change:
        before += _tokens(original, start, end)
        after += _tokens(planted, start + shift, start + shift + len(new))
        shift += len(new) - (end - start)
    text = original.source.text
    was = ", ".join(text[start:end].strip() for start, end, _ in change)
    now = ", ".join(new for *_, new in change)
    return Planted(kind, planted, original.tokens[before[0]].line, was, now, tuple(after), tuple(before))


def _tokens(syntax: Syntax, start: int, end: int) -> list[int]:
    """The tokens that a span covers; for an empty one those before and after the gap."""
    covered = [i for i, t in enumerate(syntax.tokens) if t.start < end and start < t.end]
    if covered or start < end:
        return covered
    at = sum(t.start < start for t in syntax.tokens)
    return [i for i in (at - 1, at) if 0 <= i < len(syntax.tokens)]
