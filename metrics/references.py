"""What a Python module offers to those that import it, and what it takes of others and gives them, for sure."""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Set

from spotter.bindings import FUNCTIONS, bound_by, called, last_names
from spotter.metrics.module_facts import Offer, Offered, Reference
from spotter.metrics.trees import At, Taken, Tree, below, size, taken
from spotter.signatures import passed_by, signatures, where_of
from spotter.source import Source

# what may give a module any name, or make another object of it
OPEN = re.compile(
    r"\bglobals\s*\(|\bexec(file)?\s*\(|\b(vars|locals)\s*\(\s*\)\s*[.\[]|\bmodules\s*(\[|\.\w+\(\s*__)"
    r"|\bimport_module\(\s*__name__|\b_getframe\b|\bgetmodule\b|\bglobal_enum\b|\b_convert_\b"
    r"|\b(__path__|meta_path|path_hooks)\b"
)
# of which a file has one then
OPENING = frozenset(
    (
        *("globals", "exec", "execfile", "vars", "locals", "modules", "import_module", "_getframe", "getmodule"),
        *("global_enum", "_convert_", "__path__", "meta_path", "path_hooks"),
    )
)
BLOCKS = (*FUNCTIONS, ast.ClassDef, ast.Lambda)

Times = Mapping[str, int]  # that a file binds a name


def offer_of(tree: Tree, times: Times, source: Source) -> Offer | None:
    """What a module offers: the names that its statements bind, and those that its functions give it.

    None where it may have any.
    """
    if not OPENING.isdisjoint(tree.words) and OPEN.search(source.text):
        return None
    itself = "." + source.path.rpartition("/")[2].removesuffix(".py").replace("__init__", "")
    names: set[str] = set()
    said: set[str] = set()
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
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Name):  # another name for a class of its own
            names_of = (target.id for target in node.targets if isinstance(target, ast.Name))
            handed += [(name, itself, node.value.id) for name in names_of if times[name] == times[node.value.id] == 1]
        elif isinstance(node, ast.Call):
            said.update(keyword.arg for keyword in node.keywords if keyword.arg)
            if called(node) in ("locals", "vars") and not node.args:
                return None
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            said.update(word for word in re.split(r"[\s,]+", node.value[:1000]) if word.isidentifier())
        pending += getattr(node, "decorator_list", ()) if isinstance(node, BLOCKS) else below(node)
    names.update(name for at in tree.nodes if isinstance(at.node, ast.Global) for name in at.node.names)
    if "__getattr__" in names:
        return None
    known = signatures(tree.tree, steady=not times["__class__"], derived=True) if "*" not in times else ()
    calls = (Offered(one, line) for one, line in known if times[one.name] == 1)
    own, others = tuple(sorted(names - {"*"})), tuple(sorted(said - names))
    return Offer(own, others, tuple(sorted(stars)), tuple(sorted(handed)), tuple(calls))


def sets_of(tree: Tree) -> Iterator[tuple[str, str]]:
    """The modules that a file may give something, and under which name, "*" for any.

    So it is where it sets an attribute, asks for one by its name, or hands a module on.
    """
    known: dict[str, set[str]] = defaultdict(set)
    for at in tree.nodes:
        for name, one in taken(at.node):
            known[name].add(one.whole)
            if one.name:
                known[name].add(f"{one.module}::{one.name}")  # a class or another object that is changed there
        if isinstance(at.node, ast.Import):
            for alias in at.node.names:
                known[alias.name.split(".")[0]].add(alias.name.split(".")[0])
    for at in tree.nodes:
        for path, name in _settings(at.node):
            head, _, rest = path.partition(".")
            for whole in known.get(head, ()):
                module, _, own = whole.partition("::")
                if own and not rest and name:
                    yield module, own
                elif not own:
                    yield f"{module}.{rest}" if rest else module, name or "*"
        yield from ((module, "*") for module in _by_text(at.node))


def _settings(node: ast.AST) -> Iterator[tuple[str, str]]:
    """The dotted names to which a node may give something, and under which name, "" where it hands them on."""
    match node:
        case ast.Attribute(value, "__dict__"):
            yield dotted(value), "*"
        case ast.Attribute(value, name, ast.Store() | ast.Del()):
            yield dotted(value), name
        case ast.Call(args=[value, ast.Constant(str(name)), *_]) if called(node) in ("hasattr", "getattr", "setattr"):
            yield dotted(value), name
        case ast.Call():
            passed = (*node.args, *(keyword.value for keyword in node.keywords))
            yield from ((dotted(one), "*" if called(node) == "setattr" else "") for one in passed)
        case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value) | ast.NamedExpr(value=value):
            yield dotted(value), ""
        case _:
            pass


def _by_text(node: ast.AST) -> Iterator[str]:
    """The modules that a node asks for by their names as text."""
    match node:
        case ast.Call(args=[ast.Constant(str(name)), *_]) if called(node) == "import_module":
            yield name
        case ast.Subscript(value=value, slice=ast.Constant(str(name))) if last_names([value]) == ["modules"]:
            yield name
        case _:
            pass


def dotted(node: ast.expr) -> str:
    """A path of names, "" for all else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


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
        self._tree = tree
        names = Counter(name for at in tree.nodes for name in bound_by(at.node))
        calls = [at.node for at in tree.nodes if isinstance(at.node, ast.Call)]
        self._calls = {call.func: call for call in calls}
        self._used = {call.func.id for call in calls if isinstance(call.func, ast.Name)}
        self._used.update(name for at in tree.nodes for name in _as_a_class(at.node))
        self._names: dict[ast.AST | None, dict[str, Taken]] = defaultdict(dict)  # by the function that imports them
        imports = [*_imports(tree)] if "*" not in times else []
        by_place = Counter((around, name) for around, name, _ in imports)
        whole = Counter(name for _, name, _ in imports)
        for around, name, one in imports:
            if by_place[around, name] == 1 and whole[name] == names[name] and is_near(one.module, folders):
                self._names[around][name] = one

    def references(self, at: At) -> Iterator[Reference]:
        """What a node takes of modules."""
        node, tree = at.node, self._tree
        call = self._calls.get(node) if isinstance(node, ast.Attribute) else None
        match node:
            case ast.ImportFrom() if node.level or not _is_standard(node.module or "__main__"):
                for alias, (name, one) in zip(node.names, taken(node), strict=True):
                    if name != "*" and not tree.is_known(node):
                        end = alias.col_offset + size(alias.name)
                        where = tree.span((alias.lineno, alias.col_offset, alias.lineno, end))
                        sure = name in self._used
                        yield Reference("import", *one, at.function, where, sure)
            case ast.Call(func=ast.Name(name) as callee) if (own := self._named(name, at)) and own.name:
                if not tree.is_known(node):
                    passed = passed_by(node).moved(tree.span)
                    sure = "model" not in at.silent
                    yield Reference("call", *own, at.function, tree.span(where_of(callee)), sure, passed)
            case ast.Attribute(ast.Name(name), attr, ast.Load()) if own := self._named(name, at):
                if not tree.is_known(call or node):
                    told = call is not None and "model" not in at.silent
                    given = passed_by(call).moved(tree.span) if call is not None and told else None
                    yield Reference(
                        "attribute", own.whole, attr, at.function, tree.named(node), call is not None, given
                    )
            case _:
                pass

    def _named(self, name: str, at: At) -> Taken | None:
        """What a name means that is imported around a node."""
        around = (*reversed(at.around), None)
        return next((self._names[scope][name] for scope in around if name in self._names[scope]), None)


def _imports(tree: Tree) -> Iterator[tuple[ast.AST | None, str, Taken]]:
    """The function around each import, with every name that it gives something to, and what."""
    for at in tree.nodes:
        if isinstance(at.node, ast.Import | ast.ImportFrom):
            around = at.around[-1] if at.around else None
            yield from ((around, name, one) for name, one in taken(at.node))


def is_near(module: str, folders: Set[str]) -> bool:
    """Whether a module may be one of the package of a file in these folders; of a script at the root any may be."""
    return module.startswith(".") or ((module.split(".")[0] in folders or not folders) and not _is_standard(module))


def _is_standard(module: str) -> bool:
    return module.split(".")[0] in sys.stdlib_module_names or module == "__main__"


def _as_a_class(node: ast.AST) -> Iterator[str]:
    """The names that a node takes for classes, so that they are no modules."""
    match node:
        case ast.ClassDef(bases=bases):
            yield from (base.id for base in bases if isinstance(base, ast.Name))
        case ast.ExceptHandler(type=ast.Tuple(elts=kinds)) | ast.Call(args=[_, ast.Tuple(elts=kinds)]):
            yield from (kind.id for kind in kinds if isinstance(kind, ast.Name))
        case ast.ExceptHandler(type=ast.Name(name)):
            yield name
        case ast.Subscript(value=ast.Name(name)):
            yield name
        case ast.Call(args=[_, ast.Name(name)]) if called(node) in ("isinstance", "issubclass"):
            yield name
        case _:
            pass
