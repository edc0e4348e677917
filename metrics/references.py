"""What a Python module offers to those that import it, and what it takes of others and gives them, for sure."""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping

from spotter.bindings import FUNCTIONS, bound_by
from spotter.metrics.module_facts import Offer, Offered, Reference
from spotter.metrics.trees import At, Taken, Tree, below, size, taken
from spotter.signatures import passed_by, signatures, where_of
from spotter.source import Source

# what may give a module any name, or make another object of it
OPEN = re.compile(
    r"\bglobals\(|\bexec(file)?\(|\b(vars|locals)\(\)\s*[.\[]|\bmodules(\[|\.\w+\(\s*__)|import_module\(\s*__name__"
    r"|\b_getframe\b|\bgetmodule\b|\bglobal_enum\b|\b_convert_\b"
)
MODULE = re.compile(r"[a-z_][a-z0-9_]*|_.*")  # what a module that is built or compiled later may be called
BLOCKS = (*FUNCTIONS, ast.ClassDef, ast.Lambda)

Times = Mapping[str, int]  # that a file binds a name


def offer_of(tree: Tree, times: Times, text: str) -> Offer | None:
    """What a module offers: the names that its statements bind, or tell others to bind, and that functions give it."""
    if OPEN.search(text):
        return None
    names: set[str] = set()
    stars, handed = [], []
    pending: list[ast.AST] = [tree.tree]
    while pending:
        node = pending.pop()
        names.update(bound_by(node))
        if isinstance(node, ast.ImportFrom):
            for name, one in taken(node):
                if name == "*":
                    stars.append(one.module)
                elif times[name] == 1:
                    handed.append((name, *one))
        if isinstance(node, ast.Call):
            names.update(keyword.arg for keyword in node.keywords if keyword.arg)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
            names.add(node.value)
        pending += getattr(node, "decorator_list", ()) if isinstance(node, BLOCKS) else below(node)
    names.update(name for at in tree.nodes if isinstance(at.node, ast.Global) for name in at.node.names)
    known = signatures(tree.tree, steady=not times["__class__"], derived=True) if "*" not in times else ()
    calls = (Offered(one, line) for one, line in known if times[one.name] == 1)
    if "__getattr__" in names:
        return None
    return Offer(tuple(sorted(names - {"*"})), tuple(sorted(stars)), tuple(sorted(handed)), tuple(calls))


def sets_of(tree: Tree) -> Iterator[tuple[str, str]]:
    """The modules that a file gives something, and under which name, "*" for any."""
    known: dict[str, set[str]] = defaultdict(set)
    for at in tree.nodes:
        for name, one in taken(at.node):
            known[name].add(one.whole)
    for at in tree.nodes:
        match at.node:
            case ast.Attribute(ast.Name(module), "__dict__"):
                name = "*"
            case ast.Attribute(ast.Name(module), name, ast.Store() | ast.Del()):
                pass
            case ast.Call(func=ast.Name("setattr" | "delattr" | "vars"), args=[ast.Name(module), *_]):
                name = "*"
            case _:
                continue
        yield from ((whole, name) for whole in known.get(module, ()))


def references_of(tree: Tree, times: Times, source: Source) -> Iterator[Reference]:
    """What a file takes of modules where no exception about it is expected, in order.

    Of those that pass nothing only the first.
    """
    seen: set[tuple[str, str, str]] = set()
    reader = _Reader(tree, times, frozenset(source.path.split("/")[:-1]))
    for at in tree.nodes:
        for one in reader.references(at):
            passed = one.passed if "call" not in at.silent else None
            key = one.form, one.module, one.name
            if one.form not in at.silent and (passed or (key not in seen and one.form != "call")):
                seen.add(key)
                yield one._replace(passed=passed)


class _Reader:
    """Knows what a file imports where, and what it calls."""

    def __init__(self, tree: Tree, times: Times, folders: frozenset[str]) -> None:
        self._tree, self._folders = tree, folders
        calls = [at.node for at in tree.nodes if isinstance(at.node, ast.Call)]
        self._calls = {call.func: call for call in calls}
        self._called = {call.func.id for call in calls if isinstance(call.func, ast.Name)}
        self._names: dict[ast.AST | None, dict[str, Taken]] = defaultdict(dict)  # by the function that imports them
        for at in tree.nodes:
            near = ((name, one) for name, one in taken(at.node) if times[name] == 1 and self._near(one.module))
            self._names[at.around[-1] if at.around else None].update(near)

    def references(self, at: At) -> Iterator[Reference]:
        """What a node takes of modules."""
        node, tree = at.node, self._tree
        call = self._calls.get(node) if isinstance(node, ast.Attribute) else None
        match node:
            case ast.ImportFrom() if node.level or not _is_standard(node.module or ""):
                for alias, (name, one) in zip(node.names, taken(node), strict=True):
                    if name != "*" and not tree.is_known(node):
                        end = alias.col_offset + size(alias.name)
                        where = tree.span((alias.lineno, alias.col_offset, alias.lineno, end))
                        sure = name in self._called or not MODULE.fullmatch(alias.name)
                        yield Reference("import", *one, at.function, where, sure)
            case ast.Call(func=ast.Name(name) as callee) if (own := self._named(name, at)) and own.name:
                if not tree.is_known(node):
                    passed = passed_by(node).moved(tree.span)
                    yield Reference("call", *own, at.function, tree.span(where_of(callee)), True, passed)
            case ast.Attribute(ast.Name(name), attr, ast.Load()) if own := self._named(name, at):
                if not tree.is_known(call or node):
                    sure = call is not None or not MODULE.fullmatch(attr)
                    given = passed_by(call).moved(tree.span) if call is not None else None
                    yield Reference("attribute", own.whole, attr, at.function, tree.named(node), sure, given)
            case _:
                pass

    def _named(self, name: str, at: At) -> Taken | None:
        """What a name means that is imported around a node."""
        around = (*reversed(at.around), None)
        return next((self._names[scope][name] for scope in around if name in self._names[scope]), None)

    def _near(self, module: str) -> bool:
        """Whether a module may be one of the file's own package."""
        return module.startswith(".") or (module.split(".")[0] in self._folders and not _is_standard(module))


def _is_standard(module: str) -> bool:
    return module.split(".")[0] in sys.stdlib_module_names
