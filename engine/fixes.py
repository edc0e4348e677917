"""From two releases of a file to the small mends of its functions: pairs of before and after, in the form of a row."""

from __future__ import annotations

import ast
import hashlib
import re
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from textwrap import dedent

from spotter.engine.lexemes import CLASSES, NAME
from spotter.source import Source
from spotter.syntax import Token, parse

CHANGED, EDITS = 6, 4  # tokens of either side, places
SHORT, LONG = 8, 2000  # tokens of a function
SWEEP = 3  # functions of one release that may share an edit
VERSION = re.compile(r"\d+\.\d+\.\d|^.?v?\d+\.\d+.?$")
LEVELS = frozenset(("debug", "info", "warning", "warn", "error", "exception", "critical", "log", "print"))
CONSTANTS = frozenset(("True", "False", "None", "true", "false", "null", "undefined"))
COMPARISONS = frozenset(("==", "!=", "<", "<=", ">", ">=", "is", "in", "is not", "not in", "===", "!=="))
OPERATORS = re.compile(r"[-+*/%@&|^~<>=:!?]+|and|or")
SINGLE = (("self", "."), ("self", ","), ("not",), ("await",), ("return",))


@dataclass(frozen=True, slots=True)
class Version:
    """A function as one release has it: its line in the file, and its lines there with those of its decorators."""

    line: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """Its source, dedented."""
        return dedent("\n".join(self.lines)) + "\n"


@dataclass(frozen=True, slots=True)
class Edit:
    """Tokens of before that became tokens of after; either side may be empty, and its span is then too."""

    old: tuple[Token, ...]
    new: tuple[Token, ...]
    old_span: tuple[int, int]
    new_span: tuple[int, int]

    @property
    def kind(self) -> str:
        """What it does to the first side."""
        return "replace" if self.old and self.new else "delete" if self.old else "insert"

    @property
    def texts(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What it is, wherever it stands."""
        return tuple(t.text for t in self.old), tuple(t.text for t in self.new)


@dataclass(frozen=True, slots=True)
class Mend:
    """A function before and after a small change, and the edits between."""

    path: str
    line: int
    before: str
    after: str
    edits: tuple[Edit, ...]


def functions(text: str) -> dict[str, Version]:
    """The functions of a file by qualified name and decorators; a name that stands twice is left out."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError):
            return {}
    lines = text.split("\n")
    found: dict[str, Version] = {}
    twice: set[str] = set()
    pending: list[tuple[ast.AST, str]] = [(tree, "")]
    while pending:
        node, scope = pending.pop()
        if isinstance(node, ast.ClassDef):
            scope = f"{scope}{node.name}."
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            key = scope + node.name + "".join(f"@{lines[d.lineno - 1].strip()}" for d in node.decorator_list)
            if key in found:
                twice.add(key)
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            found[key] = Version(first, tuple(lines[first - 1 : node.end_lineno]))
            scope = f"{key}."
        blocks = (getattr(node, name, ()) for name in ("body", "orelse", "handlers", "finalbody", "cases"))
        pending += [(child, scope) for block in blocks if isinstance(block, list) for child in block]
    return {key: version for key, version in found.items() if key not in twice}


def mends(path: str, old: Mapping[str, Version], new: Mapping[str, Version]) -> Iterator[Mend]:
    """The innermost functions of a file that a small edit of their meaning changed."""
    for key in innermost(old, new):
        one, other = old[key].text, new[key].text
        if (edits := edits_between(path, one, other)) and telling(one, other, edits):
            yield Mend(path, old[key].line, one, other, edits)


def innermost(old: Mapping[str, Version], new: Mapping[str, Version]) -> Iterator[str]:
    """The changed functions in which no other one changed."""
    changed = [key for key in old if key in new and old[key].lines != new[key].lines]
    return (key for key in changed if not any(other.startswith(f"{key}.") for other in changed))


def edits_between(path: str, before: str, after: str) -> tuple[Edit, ...]:
    """The edits that lead from one function to the other; none when they are too many or the function is too long."""
    return edits_of(*(parse(Source(path, text, "python")).tokens for text in (before, after)))


def edits_of(a: tuple[Token, ...], b: tuple[Token, ...]) -> tuple[Edit, ...]:
    """The edits that lead from some tokens to others; none when there are too many of either."""
    if not SHORT <= len(a) <= LONG or len(b) > LONG:
        return ()
    limit = min(len(a), len(b))
    head = next((i for i in range(limit) if a[i].text != b[i].text), limit)
    tail = next((i for i in range(limit - head) if a[-1 - i].text != b[-1 - i].text), limit - head)
    if max(len(a), len(b)) - head - tail > 200:
        return ()
    one, other = ([token.text for token in side[head : len(side) - tail]] for side in (a, b))
    steps = [step for step in SequenceMatcher(None, one, other, autojunk=False).get_opcodes() if step[0] != "equal"]
    if max(sum(j - i for _, i, j, _, _ in steps), sum(m - k for _, _, _, k, m in steps)) > CHANGED:
        return ()
    if len(steps) > EDITS:
        return ()
    return tuple(
        Edit(a[head + i : head + j], b[head + k : head + m], _span(a, head + i, head + j), _span(b, head + k, head + m))
        for _, i, j, k, m in steps
    )


def _span(tokens: tuple[Token, ...], first: int, last: int) -> tuple[int, int]:
    start = tokens[first].start if first < len(tokens) else tokens[-1].end
    return start, tokens[last - 1].end if last > first else start


def telling(before: str, after: str, edits: tuple[Edit, ...]) -> bool:
    """Whether an edit may be a mend: it changes what the function does, and is no wording, rename or new parameter."""
    try:
        old, new = ast.parse(before), ast.parse(after)
    except (SyntaxError, ValueError, RecursionError):
        return False
    if _parameters(old) != _parameters(new) or meaning(old) == meaning(new):
        return False
    changed = [token for edit in edits for token in edit.old + edit.new]
    if any(is_wording(token) for token in changed) or any("deprecat" in token.text.lower() for token in changed):
        return False
    if any(edit.new and edit.new[0].text == "from" for edit in edits):
        return False
    lines = before.split("\n"), after.split("\n")
    if all(_is_import(lines, edit) for edit in edits):
        return False
    levels = [edit for edit in edits if set(edit.texts[0]) & LEVELS and set(edit.texts[1]) & LEVELS]
    return not levels and not is_rename(before, after, edits)


class _Bare(ast.NodeTransformer):
    """Takes docstrings and annotations out of a tree."""

    def visit_arg(self, node: ast.arg) -> ast.arg:
        return ast.arg(node.arg)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        self.generic_visit(node)
        return ast.Assign([node.target], node.value) if node.value else None

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._block(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._block(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return self._block(node)

    def _block(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> ast.AST:
        self.generic_visit(node)
        node.body = [s for s in node.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
        if not isinstance(node, ast.ClassDef):
            node.returns = None
        return node


def meaning(tree: ast.Module) -> str:
    """A tree without docstrings and annotations."""
    return ast.dump(_Bare().visit(tree))


def _parameters(tree: ast.Module) -> list[str]:
    return [node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)]


def is_wording(token: Token) -> bool:
    """Whether a token is text for people, or a version."""
    if "string" not in token.kind:
        return False
    return len(token.text) > 32 or " " in token.text.strip("\"' ") or bool(VERSION.search(token.text))


def _is_import(lines: tuple[list[str], list[str]], edit: Edit) -> bool:
    sides = zip(lines, (edit.old, edit.new), strict=True)
    return all(text[t.line - 1].lstrip().startswith(("import ", "from ")) for text, side in sides for t in side)


def is_rename(before: str, after: str, edits: tuple[Edit, ...]) -> bool:
    """Whether a name became another one wherever it stood."""
    patterns = {edit.texts for edit in edits}
    if len(edits) < 2 or len(patterns) > 1:
        return False
    old, new = patterns.pop()
    if len(old) != 1 or len(new) != 1:
        return False
    return not re.search(rf"\b{re.escape(old[0])}\b", after) and not re.search(rf"\b{re.escape(new[0])}\b", before)


def without_sweeps(found: list[Mend]) -> list[Mend]:
    """The mends of a release, without those with an edit that many of its functions share."""
    times = Counter(texts for mend in found for texts in {edit.texts for edit in mend.edits})
    return [mend for mend in found if all(times[edit.texts] <= SWEEP for edit in mend.edits)]


def keys(before: str, after: str) -> tuple[str, ...]:
    """What tells that a pair is known: both texts, and the changed lines wherever they stand."""
    one, other = ([line.strip() for line in text.strip().split("\n")] for text in (before, after))
    while one and other and one[0] == other[0]:
        one, other = one[1:], other[1:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    lines = "\n".join(one), "\n".join(other)
    whole = _digest(before.strip(), after.strip())
    return (whole, _digest(*lines), _digest(*lines[::-1])) if len("".join(lines)) > 30 else (whole,)


def _digest(*texts: str) -> str:
    return hashlib.sha1("\0".join(texts).encode("utf-8", "replace"), usedforsecurity=False).hexdigest()[:16]


def row(mend: Mend, facts: Mapping[str, str]) -> dict[str, object]:
    """A mend as real fixes are written, with facts: repo, licence, commit, date and subject."""
    one = mend.edits[0].texts if len(mend.edits) == 1 else None
    return {
        "id": _digest(mend.before, mend.after),
        "repo": facts["repo"],
        "licence": facts["licence"],
        "commit": facts["commit"],
        "path": mend.path,
        "date": facts["date"],
        "before": mend.before,
        "after": mend.after,
        "start_line": mend.line,
        "edits": [
            {
                "kind": edit.kind,
                "before_tokens": edit.texts[0],
                "after_tokens": edit.texts[1],
                "before_span": edit.old_span,
                "after_span": edit.new_span,
            }
            for edit in mend.edits
        ],
        "single_token": one is not None and max(map(len, one)) == 1,
        "category": category(mend),
        "scope": "func",
        "subject": facts["subject"],
    }


def category(mend: Mend) -> str:
    """What kind of change it is, by its tokens."""
    if len(mend.edits) > 1:
        inserted = [text for edit in mend.edits for text in edit.texts[1]]
        wraps = all(edit.kind == "insert" for edit in mend.edits) and inserted.count("(") == inserted.count(")") == 1
        return "wrap-call" if wraps else "other"
    (edit,) = mend.edits
    old, new = edit.texts
    if edit.kind == "replace":
        return _replacement(mend, edit) if len(old) == len(new) == 1 else "expression"
    side, added = (old or new), edit.kind == "insert"
    ending = "add" if added else "del"
    if side in SINGLE:
        return f"{'missing' if added else 'extra'}-{side[0]}"
    if side[0] in ("and", "or") or side[-1] in ("and", "or"):
        return f"condition-{ending}"
    if side[0] == "," or side[-1] == ",":
        return f"arg-{ending}"
    if side[0] == ".":
        return f"call-{ending}" if "(" in side else f"attribute-{ending}"
    return f"other-{ending}"


def _replacement(mend: Mend, edit: Edit) -> str:
    old, new = edit.old[0], edit.new[0]
    if "string" in old.kind and "string" in new.kind:
        return "string"
    if {old.kind, new.kind} <= {"integer", "float", "number"}:
        return "literal-num"
    if {old.text, new.text} <= CONSTANTS:
        return "literal-bool/none"
    if {old.text, new.text} <= COMPARISONS:
        return "compare-op"
    if OPERATORS.fullmatch(old.text) and OPERATORS.fullmatch(new.text):
        return "operator"
    names = [CLASSES.get(token.kind) == NAME for token in (old, new)]
    if not all(names):
        return "value" if any(names) else "keyword"
    text = mend.before
    if text[old.end : old.end + 1] == "(":
        return "callee"
    if text[old.start - 1 : old.start] == ".":
        return "attribute"
    if re.match(r"=[^=]", text[old.end : old.end + 2]) and "\n" not in text[old.end : old.end + 2]:
        return "kwarg-name"
    return "var-misuse" if re.search(rf"\b{re.escape(new.text)}\b", mend.before) else "name"
