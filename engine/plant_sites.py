"""Where an error of each kind can be planted in Python's functions, so that neither compiler nor pyflakes sees it."""

from __future__ import annotations

import ast
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from spotter.syntax import Syntax, Token

Change = tuple[tuple[int, int, str], ...]  # (start, end, new text), offsets in code points, in order
Definition = ast.FunctionDef | ast.AsyncFunctionDef
COMPREHENSION = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
OWN_SCOPE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef, *COMPREHENSION)
FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "!=", "!=": "==", "is": "is not", "is not": "is"}
RECEIVERS = frozenset(("self", "cls"))
COMMUTATIVE = frozenset(("max", "min", "gcd", "lcm", "isclose", "allclose", "array_equal", "union", "intersection"))


@dataclass(frozen=True, slots=True)
class Code:
    """A file's syntax, its functions as Python's own trees, and the offset at which each line begins."""

    syntax: Syntax
    functions: tuple[Definition, ...]
    lines: tuple[str, ...]
    starts: tuple[int, ...]

    def span(self, node: ast.expr) -> tuple[int, int]:
        """A node's [start, end) in code points; ast counts columns in bytes."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._offset(node.lineno, node.col_offset), self._offset(node.end_lineno, node.end_col_offset)

    def text(self, node: ast.expr) -> str:
        """A node as it is written."""
        start, end = self.span(node)
        return self.syntax.source.text[start:end]

    def _offset(self, line: int, column: int) -> int:
        return self.starts[line - 1] + len(self.lines[line - 1].encode("utf-8")[:column].decode("utf-8"))


def code_of(syntax: Syntax) -> Code | None:
    """The file as Python reads it, or None where it does not."""
    text = syntax.source.text
    if "\r" in text or "\f" in text:
        return None
    try:
        with warnings.catch_warnings(action="ignore"):
            tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return None
    lines = tuple(text.split("\n"))
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    functions = tuple(node for node in ast.walk(tree) if isinstance(node, Definition))
    return Code(syntax, functions, lines, tuple(starts))


def wrong_variables(code: Code) -> Iterator[Change]:
    """A local is read where another one of the function, bound in a line above it, belongs."""
    for function in code.functions:
        body = list(_own_nodes(function))
        names = [node for node in body if isinstance(node, ast.Name)]
        parameters = {a.arg for a in ast.walk(function.args) if isinstance(a, ast.arg)} - RECEIVERS
        bound = dict.fromkeys(parameters, 0)
        for name in _always(function):
            bound.setdefault(name.id, name.lineno)
        reads = Counter(node.id for node in names if isinstance(node.ctx, ast.Load))
        for node in names:
            if not isinstance(node.ctx, ast.Load) or node.id not in bound or reads[node.id] < 2:
                continue
            for other, line in sorted(bound.items()):
                if other != node.id and line < node.lineno and not other.startswith("_"):
                    yield ((*code.span(node), other),)


def wrong_attributes(code: Code) -> Iterator[Change]:
    """Another attribute that is read from (or called on) the same receiver somewhere in the file."""
    called = {id(n.func) for f in code.functions for n in ast.walk(f) if isinstance(n, ast.Call)}
    known: defaultdict[tuple[str, bool], set[str]] = defaultdict(set)
    found: dict[int, tuple[ast.Attribute, tuple[str, bool]]] = {}
    for function in code.functions:
        for node in ast.walk(function):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                kind = code.text(node.value), id(node) in called
                known[kind].add(node.attr)
                found[id(node)] = node, kind
    for node, kind in found.values():
        _, end = code.span(node)
        for other in sorted(known[kind] - {node.attr}):
            yield ((end - len(node.attr), end, other),)


def flipped_comparisons(code: Code) -> Iterator[Change]:
    """`<` for `>`, `!=` for `==`, `is` for `is not`, and the other way round."""
    for token, after in pairwise(_function_tokens(code)):
        last = after if (token.text, after.text) == ("is", "not") else token
        other = FLIPPED.get(token.text if last is token else "is not")
        if other is not None:
            yield ((token.start, last.end, other),)


def dropped_nots(code: Code) -> Iterator[Change]:
    """`not x` becomes `x`; `is not` and `not in` are comparisons."""
    for before, token, after in zip(*(_function_tokens(code)[n:] for n in range(3)), strict=False):
        if token.text == "not" and before.text != "is" and after.text != "in" and after.line == token.line:
            yield ((token.start, after.start, ""),)


def swapped_arguments(code: Code) -> Iterator[Change]:
    """Two neighbouring positional arguments, names or attributes of names, change places."""
    for call in (n for f in code.functions for n in ast.walk(f) if isinstance(n, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name in COMMUTATIVE:
            continue
        for left, right in pairwise(call.args):
            if _plain(left) and _plain(right) and code.text(left) != code.text(right):
                yield (*code.span(left), code.text(right)), (*code.span(right), code.text(left))


def _own_nodes(function: Definition) -> Iterator[ast.AST]:
    """The nodes of a function's body outside nested scopes."""
    pending: list[ast.AST] = list(function.body)
    while pending:
        node = pending.pop()
        if not isinstance(node, OWN_SCOPE):
            yield node
            pending.extend(ast.iter_child_nodes(node))


def _always(function: Definition) -> Iterator[ast.Name]:
    """The names that statements at the function's own level bind: no branch can skip them."""
    for statement in function.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            yield from (
                n for t in targets for n in ast.walk(t) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
            )


def _function_tokens(code: Code) -> list[Token]:
    """The tokens inside functions, each once."""
    inside = sorted({i for f in code.syntax.functions for i in range(f.first, f.last)})
    return [code.syntax.tokens[i] for i in inside]


def _plain(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) or (isinstance(node, ast.Attribute) and _plain(node.value))


SITES: dict[str, Callable[[Code], Iterator[Change]]] = {
    "wrong-variable": wrong_variables,
    "wrong-attribute": wrong_attributes,
    "flipped-comparison": flipped_comparisons,
    "dropped-not": dropped_nots,
    "swapped-arguments": swapped_arguments,
}
