"""Templates that what should fill them does not fit, or never reaches."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from spotter.bindings import called, last_names
from spotter.engine.around import EXCEPTIONS, Around
from spotter.engine.bound_names import Names
from spotter.engine.flaws import Flaw, Place, flaw_at, flaw_behind

if TYPE_CHECKING:
    from pyflakes.messages import Message

APART = Flaw("parts a template from what should fill it, so that it is never filled")
FILLED = APART._replace(mend=("replace", " %"))
PLACEHOLDER = re.compile(
    r"%(?P<name>\(\w*\))?(?P<flags>[#0 +-]*)(?P<sizes>(\*|\d+)?(\.(\*|\d+))?)[hlL]?(?P<kind>.?)", re.DOTALL
)
SPOKEN = re.compile(r"%[drs](?!\w)")
TRANSLATES = re.compile(r"_\w{0,2}$|u?gettext$")
PLAIN = ast.Name | ast.Attribute | ast.Call | ast.Subscript | ast.Constant  # what % takes without brackets
ERRORS = frozenset(("e", "ex", "err", "exc", "error", "exception"))
LOGGERS = re.compile(r"_*(log|logger|logging)$", re.IGNORECASE)
LEVELS = frozenset(("debug", "info", "warning", "warn", "error", "exception", "critical"))
MADE = ("__init__", "__new__", "__str__")
# messages of pyflakes, and what they say of the template
MISFITS = {
    "PercentFormatPositionalCountMismatch": "has another number of placeholders than it is given arguments",
    "PercentFormatMissingArgument": "has placeholders for what it is not given",
    "PercentFormatExpectedMapping": "is filled by names, and given none",
    "PercentFormatExpectedSequence": "is filled by place, and given names",
    "PercentFormatMixedPositionalAndNamed": "is filled both by place and by names",
    "PercentFormatInvalidFormat": "is no template that can be filled",
    "PercentFormatUnsupportedFormatCharacter": "has a placeholder that Python does not know",
    "StringDotFormatMissingArgument": "has placeholders for what it is not given",
    "StringDotFormatMixingAutomatic": "numbers some of its placeholders, and not the others",
    "StringDotFormatInvalidFormat": "is no template that can be filled",
    "StringDotFormatExtraPositionalArguments": "has no placeholder for something that it is given",
}


def unfitting(messages: Sequence[Message]) -> dict[tuple[int, int], str]:
    """What pyflakes finds wrong with templates, by where they begin."""
    found = ((one, MISFITS.get(type(one).__name__)) for one in messages)
    return {(one.lineno, one.col): why for one, why in found if why is not None}


def unfilled(node: ast.AST, around: Around, names: Names) -> Iterator[Place]:
    """Templates that do not fit, and the commas behind those of exceptions; none where an exception may be meant."""
    if around.guarded:
        return
    match node:
        case ast.Call() | ast.BinOp(op=ast.Mod()) if (node.lineno, node.col_offset) in names.unfit:
            if isinstance(node, ast.BinOp) or called(node) == "format":
                yield flaw_at(node, Flaw(names.unfit[node.lineno, node.col_offset]))
        case ast.Raise(exc=ast.Call(func=ast.Name(name), args=[template, *others])) if others:
            starred = any(isinstance(other, ast.Starred) for other in others)
            if not starred and placeholders(text_of(template)) == len(others) and _keeps_apart(name, names):
                plain = len(others) == 1 and isinstance(others[0], PLAIN)
                yield flaw_behind(template, ",", FILLED if plain else APART)
        case ast.Call(func=ast.Attribute(value, level), args=[template, *others]) if level in LEVELS:
            if LOGGERS.match(last_names([value])[0]) and "logging" in names.times:
                yield from _logged(template, others)


def text_of(node: ast.expr) -> str:
    """A text, as it stands or as it is given to a function that translates it; "" for all else."""
    match node:
        case ast.Constant(str(text)):
            return text
        case ast.Call(func=ast.Name(name), args=[ast.Constant(str(text))], keywords=[]) if TRANSLATES.match(name):
            return text
        case _:
            return ""


def placeholders(text: str) -> int | None:
    """How many arguments a template of `%` takes by place; None where it takes them by name, or is none."""
    count = 0
    for one in PLACEHOLDER.finditer(text):
        if one["kind"] == "%" and not one["flags"]:
            continue
        if one["name"] is not None or one["kind"] not in (*"diouxXeEfFgGcrsa",):
            return None
        count += 1 + one["sizes"].count("*")
    return count


def _keeps_apart(name: str, names: Names) -> bool:
    """Whether an exception does nothing with what it is made of."""
    if name in EXCEPTIONS:
        return not names.times.get(name)
    lineage = names.lineage(name)
    own = names.inside(lineage)
    known = bool(lineage) and all(one in names.classes or one in EXCEPTIONS for one in lineage)
    reads = any(isinstance(below, ast.Attribute) and below.attr == "args" for part in own for below in ast.walk(part))
    return known and not reads and not any(getattr(part, "name", "") in MADE for part in own)


def _logged(template: ast.expr, others: Sequence[ast.expr]) -> Iterator[Place]:
    """A template that is given too many or too few; none of those that are filled in another way.

    Without arguments nothing is filled, and one that is a mapping fills what asks for nothing.
    """
    text = text_of(template)
    wanted = placeholders(text)
    if not text or "{" in text or wanted in (None, len(others)) or any(isinstance(one, ast.Starred) for one in others):
        return
    flaw = Flaw(f"has placeholders for {wanted}, and is given {len(others)}")
    if not others and len(SPOKEN.findall(text)) == wanted:
        yield flaw_at(template, flaw._replace(sure=False))
    elif others and not (len(others) == 1 and isinstance(others[0], ast.Dict)):
        lone = len(others) == 1 and isinstance(others[0], ast.Name) and others[0].id not in ERRORS
        yield flaw_at(template, flaw._replace(sure=bool(wanted) or not lone))
