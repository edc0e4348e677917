"""The functions of scripts, JavaScript or TypeScript, and which of their small changes may be mends."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from spotter.engine.fixes import LEVELS, Edit, Mend, Version, edits_of, innermost, is_rename, is_wording
from spotter.engine.lexemes import CLOSERS, OPENERS, normal
from spotter.source import Source
from spotter.syntax import Syntax, Token, parse

AROUND = (("", ""), ("class Base {\n", "}\n"), ("({\n", "})\n"))  # what a function may need around it to be read alone
MARKS = frozenset((";", ",", "{", "}"))
DECLARES = frozenset(("var", "let", "const", "function", "=>", "{", "}", "(", ")", "return", ";"))
STRICT = {"==": "===", "!=": "!=="}
TYPES = frozenset(("type_identifier", "predefined_type", "as", "satisfies", "readonly", "declare", "public", "private"))
IMPORTS = re.compile(r"\s*(import\b|export\s*[{*]|\}\s*from\b)")


def functions(source: Source) -> dict[str, Version]:
    """The functions of a file by dotted name; one that stands twice, and those without a name, are left out."""
    syntax = parse(source)
    if syntax.error_lines:
        return {}
    lines = source.text.split("\n")
    found: dict[str, Version] = {}
    twice: set[str] = set()
    for function in syntax.functions:
        if function.name in found or function.name.endswith("<anonymous>"):
            twice.add(function.name)
        found[function.name] = Version(function.start_line, tuple(lines[function.start_line - 1 : function.end_line]))
    return {name: version for name, version in found.items() if name not in twice}


def alone(version: Version, file: Source) -> Syntax | None:
    """A function of a file read without it, in a class or an object where it needs one; None where that is no code."""
    for head, foot in AROUND:
        syntax = parse(Source(file.path, head + version.text + foot, file.language))
        if not syntax.error_lines:
            return syntax
    return None


def mends(new: Source, before: Mapping[str, Version], after: Mapping[str, Version]) -> Iterator[Mend]:
    """The innermost functions of a file that a small edit of their meaning changed."""
    for key in innermost(before, after):
        one, other = (alone(version[key], new) for version in (before, after))
        if one and other and (edits := edits_of(one.tokens, other.tokens)) and telling(one, other, edits):
            yield Mend(new.path, before[key].line, one.source.text, other.source.text, edits)


def telling(before: Syntax, after: Syntax, edits: tuple[Edit, ...]) -> bool:
    """Whether an edit may be a mend: no layout, wording, type, rename, import or new parameter alone."""
    if _head(before.tokens) != _head(after.tokens):
        return False
    changed = [token for edit in edits for token in edit.old + edit.new]
    if any(is_wording(token) or token.kind in TYPES or token.text in TYPES for token in changed):
        return False
    if any("deprecat" in token.text.lower() or token.text[1:].startswith(("./", "../")) for token in changed):
        return False
    if any(_is_layout(edit) for edit in edits):
        return False
    lines = before.source.text.split("\n"), after.source.text.split("\n")
    sides = [(lines[side], t) for edit in edits for side, tokens in enumerate((edit.old, edit.new)) for t in tokens]
    if all(IMPORTS.match(text[t.line - 1]) or "require(" in text[t.line - 1] for text, t in sides):
        return False
    if any(text[t.line - 1].lstrip().startswith(("console.", "debug(")) for text, t in sides):
        return False
    levels = [edit for edit in edits if set(edit.texts[0]) & LEVELS and set(edit.texts[1]) & LEVELS]
    return not levels and not is_rename(before.source.text, after.source.text, edits)


def _is_layout(edit: Edit) -> bool:
    """Whether an edit only says the same in another way: punctuation, quotes, declarations, strict comparisons."""
    old, new = ([STRICT.get(token.text, normal(token.text)) for token in side] for side in (edit.old, edit.new))
    return old == new or MARKS.issuperset(old + new) or bool(old and new and DECLARES.issuperset(old + new))


def _head(tokens: tuple[Token, ...]) -> list[str]:
    """The tokens before a function's body."""
    start = 3 if tokens[0].text == "class" else 2 if tokens[0].text == "(" else 0
    depth = 0
    head: list[str] = []
    for token in tokens[start:]:
        if token.text == "=>" or (token.text == "{" and not depth and head[-1:] not in ([":"], ["|"])):
            break
        head.append(token.text)
        depth += (token.text in OPENERS) - (token.text in CLOSERS)
    return head
