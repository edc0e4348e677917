"""Templates that what should fill them does not fit, or never reaches."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from spotter.bindings import last_names
from spotter.engine.around import EXCEPTIONS, Around, Names
from spotter.engine.flaws import Flaw, Place, flaw_at, flaw_behind

if TYPE_CHECKING:
    from pyflakes.messages import Message

APART = Flaw("parts a template from what should fill it, so that it is never filled")
FILLED = APART._replace(mend=("replace", " %"))
PLACEHOLDER = re.compile(
    r"%(?P<name>\(\w*\))?(?P<flags>[#0 +-]*)(?P<sizes>(\*|\d+)?(\.(\*|\d+))?)[hlL]?(?P<kind>.?)", re.DOTALL
)
PLAIN = re.compile(r"%[drs](?!\w)")
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


def unfitting(messages: Sequence[Message]) -> Iterator[Place]:
    """The templates that pyflakes finds not to fit what is to fill them."""
    for one in messages:
        if (why := MISFITS.get(type(one).__name__)) is not None:
            yield Place(one.lineno, one.col, "", Flaw(why), (one.lineno, one.lineno))


def unfilled(node: ast.AST, _: Around, names: Names) -> Iterator[Place]:
    """The commas behind templates of exceptions, and the templates of a log that do not fit."""
    match node:
        case ast.Raise(exc=ast.Call(func=ast.Name(name), args=[template, *others])) if others:
            if placeholders(text_of(template)) == len(others) and _keeps_apart(name, names):
                yield flaw_behind(template, ",", FILLED if len(others) == 1 else APART)
        case ast.Call(func=ast.Attribute(value, level), args=[template, *others]) if level in LEVELS:
            if LOGGERS.match(last_names([value])[0]) and "logging" in names.times:
                yield from _logged(template, others)


def text_of(node: ast.expr) -> str:
    """A text, as it stands or as it is given to a function that translates it; "" for all else."""
    match node:
        case ast.Constant(str(text)) | ast.Call(func=ast.Name(), args=[ast.Constant(str(text))], keywords=[]):
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
    if name not in names.classes:
        return False
    above = [name, *names.bases(names.classes[name])]
    own = [part for one in above if one in names.classes for part in names.classes[one].body]
    known = all(one in names.classes or one in EXCEPTIONS for one in above)
    return known and not any(getattr(part, "name", "") in MADE for part in own)


def _logged(template: ast.expr, others: Sequence[ast.expr]) -> Iterator[Place]:
    """A template that is given too many or too few; none of those that are filled in another way."""
    text = text_of(template)
    wanted = placeholders(text)
    if not text or "{" in text or wanted in (None, len(others)) or any(isinstance(one, ast.Starred) for one in others):
        return
    meant = others or len(PLAIN.findall(text)) == wanted  # what nothing fills may speak of shares, and of signs
    if meant and not (len(others) == 1 and isinstance(others[0], ast.Dict)):
        yield flaw_at(template, Flaw(f"has placeholders for {wanted}, and is given {len(others)}"))
