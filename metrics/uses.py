"""What Python code takes of classes that it names, and of objects whose class it names, for sure."""

from __future__ import annotations

import ast
import re
from abc import ABCMeta
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from enum import EnumMeta
from functools import partial

from spotter.bindings import FUNCTIONS, bound_by, called, last_names
from spotter.metrics.members import PRIVATE, is_receiver
from spotter.metrics.module_facts import Use
from spotter.metrics.references import dotted, is_near
from spotter.metrics.trees import At, Tree, taken
from spotter.signatures import passed_by
from spotter.source import Source

# what is asked of an object whose class its author is not sure of, or may change
UNSURE = frozenset((
    "callable", "cast", "delattr", "dir", "getattr", "hasattr", "isinstance", "issubclass", "setattr", "type", "vars",
))  # fmt: skip
OPTIONAL = frozenset(("Annotated", "ClassVar", "Final", "InitVar", "Optional", "Required"))  # of which the first counts
ANY = frozenset((*dir(ABCMeta), *dir(EnumMeta)))  # what classes have themselves
NIL = "None"
NAMES = re.compile(
    r"[A-Za-z_][A-Za-z0-9_]*([][.|, ]+([A-Za-z_][A-Za-z0-9_]*)?){0,20}"
)  # of which an annotation is made
# nodes that give something to a name, that ask an object, and that tell its class
BINDING = frozenset((
    ast.Name, ast.arg, ast.alias, ast.ExceptHandler, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.MatchAs,
    ast.MatchStar, ast.MatchMapping,
))  # fmt: skip
ASKED = frozenset((ast.Call, ast.Match, ast.Attribute, ast.Global, ast.Nonlocal))
TELLING = frozenset((ast.arg, ast.Assign, ast.AnnAssign, ast.Attribute, ast.FunctionDef))


def uses_of(tree: Tree, times: Mapping[str, int], source: Source) -> Iterator[Use]:
    """The first place of each attribute that a file takes of a class or of its objects, where none is expected to lack,
    and every call of a method.

    Such objects are parameters and locals that are given nothing else, and attributes of a method's own object, as they
    are annotated or made.
    """
    classes = _Classes(tree, times, source)
    if not classes.heads:
        return
    seen: set[tuple[str, str, bool]] = set()
    marks = {*_marks(tree)}
    calls = {at.node.func: at.node for at in tree.nodes if isinstance(at.node, ast.Call)}
    for at, node in [(at, at.node) for at in tree.nodes if isinstance(at.node, ast.Attribute)]:
        if not isinstance(node.ctx, ast.Load) or "attribute" in at.silent or node in marks:
            continue
        made = classes.of_object(node.value, at)
        owner, call = made or classes.of_class(node.value, at), calls.get(node)
        called_so = passed_by(call).moved(tree.span) if call and made and "call" not in at.silent else None
        if not owner or PRIVATE.fullmatch(node.attr) or (not called_so and (owner, node.attr, bool(made)) in seen):
            continue
        if not tree.is_known(call or node) and (made or node.attr not in ANY):
            seen.add((owner, node.attr, bool(made)))
            receiver = dotted(node.value) if made else ""
            yield Use(owner, node.attr, at.function, tree.named(node), receiver, called_so)


def _is_several(at: At) -> bool:
    """Whether a parameter takes all arguments that are left, each of which has the class that it says."""
    function = at.around[-1]
    assert isinstance(function, (*FUNCTIONS, ast.Lambda))
    return at.node in (function.args.vararg, function.args.kwarg)


def _is_field(value: ast.expr | None) -> bool:
    """Whether a class gives an attribute that it annotates nothing itself, which might be a descriptor."""
    nothing = value is None or (isinstance(value, ast.Constant) and value.value is None)
    return nothing or (value is not None and called(value) in ("field", "Field"))


def _marks(tree: Tree) -> Iterator[ast.AST]:
    """What stands in decorators of functions, where the parameters are not yet known."""
    for at in tree.nodes:
        if isinstance(at.node, FUNCTIONS):
            yield from (below for mark in at.node.decorator_list for below in ast.walk(mark))


class _Classes:
    """Which class names and attributes of a file stand for."""

    def __init__(self, tree: Tree, times: Mapping[str, int], source: Source) -> None:
        near = partial(is_near, folders=frozenset(source.path.split("/")[:-1]))
        imports = (at.node for at in tree.nodes if isinstance(at.node, ast.ImportFrom | ast.Import))
        imported = {name for node in imports for name, one in taken(node) if near(one.module)}
        margin = {node.name for node in tree.tree.body if isinstance(node, ast.ClassDef)}
        self._times = times
        self.heads = {name for name in imported | margin if times[name] == 1} if "*" not in times else set()
        self._bound: dict[ast.AST, Counter[str]] = defaultdict(Counter)
        self._names: dict[ast.AST | None, dict[str, str]] = defaultdict(dict)
        self._fields: dict[tuple[ast.ClassDef | None, str], set[str]] = defaultdict(set)  # as annotated
        self._given: dict[tuple[ast.ClassDef | None, str], list[str]] = defaultdict(list)
        self._stored: Counter[tuple[ast.ClassDef | None, str]] = Counter()
        self._asked: set[tuple[ast.AST | None, str]] = set()
        nodes = tree.nodes if self.heads else ()
        for at in nodes:
            names = bound_by(at.node) if at.around and type(at.node) in BINDING else ()
            for name in names:
                for function in at.around:
                    self._bound[function][name] += 1
            if type(at.node) in ASKED:
                self._ask(at)
        for at in nodes:
            if type(at.node) in TELLING:
                self._learn(at)

    def of_object(self, value: ast.expr, at: At) -> str:
        """The class of an object, by its name in the file; "" where that is not known, or is asked for."""
        if (at.around[0] if at.around else None, dotted(value)) in self._asked:
            return ""
        match value:
            case ast.Name(name):
                return self._of_name(name, at)
            case ast.Attribute(ast.Name("self") as receiver, name) if is_receiver(receiver, at):
                return self._of_attribute(at.owner, name)
            case _:
                return ""

    def of_class(self, value: ast.expr, at: At) -> str:
        """A class that is named itself; "" for all else."""
        name = self._known(dotted(value))
        hidden = any(self._bound[function][name.split(".")[0]] for function in at.around)
        return "" if hidden or "." in name else name

    def _of_name(self, name: str, at: At) -> str:
        for function in reversed(at.around):
            if times := self._bound[function][name]:
                return self._names[function].get(name, "") if times == 1 else ""
        return self._names[None].get(name, "") if self._times[name] == 1 else ""

    def _of_attribute(self, owner: ast.ClassDef | None, name: str) -> str:
        """The one class that an attribute is annotated with and whose objects alone it is given, besides None."""
        key = owner, name
        whole = len(self._given[key]) == self._stored[key]
        kinds = {*self._fields[key], *self._given[key]} - {NIL}
        return next(iter(kinds)) if whole and len(kinds) == 1 else ""

    def _known(self, path: str) -> str:
        """A dotted name that may be that of a class of the repository; "" for all else."""
        return path if path.split(".")[0] in self.heads and path.rpartition(".")[2].lstrip("_")[:1].isupper() else ""

    def _ask(self, at: At) -> None:
        """What a function asks for its class, or gives something to under any name."""
        match at.node:
            case ast.Call(args=[first, *_]) if called(at.node) in UNSURE:
                asked = [first]
            case ast.Match(subject=subject):
                asked = [subject]
            case ast.Attribute(value, "__class__" | "__dict__"):
                asked = [value]
            case ast.Global(names) | ast.Nonlocal(names):
                asked = [ast.Name(name) for name in names]
            case _:
                return
        self._asked.update((at.around[0] if at.around else None, dotted(one)) for one in asked)

    def _learn(self, at: At) -> None:
        """What a node says of the class of a name, or of an attribute of a method's own object."""
        match at.node:
            case ast.arg(name, annotation) if annotation is not None and at.around:
                if not _is_several(at):
                    self._name(name, self._said(annotation), at)
            case ast.Assign(targets=[ast.Name(name)], value=ast.Call(func=func)) if not name[:1].isupper():
                self._name(name, self._known(dotted(func)) if at.around or at.owner is None else "", at)
            case ast.FunctionDef(name=name) if at.owner is not None and at.node in at.owner.body:  # a property, maybe
                self._fields[at.owner, name].add("")
            case ast.AnnAssign(ast.Name(name), annotation, value=value):
                plain = at.around or at.owner is None or _is_field(value)
                self._name(name, self._said(annotation) if plain else "", at)
            case ast.AnnAssign(ast.Attribute(receiver, name), annotation) if is_receiver(receiver, at):
                self._given[at.owner, name].append(self._said(annotation))
            case ast.Assign(targets=[ast.Attribute(receiver, name)], value=value) if is_receiver(receiver, at):
                self._given[at.owner, name].append(self._of_value(value, at))
            case ast.Attribute(receiver, name, ast.Store() | ast.Del()) if is_receiver(receiver, at):
                self._stored[at.owner, name] += 1
            case _:
                pass

    def _name(self, name: str, kind: str, at: At) -> None:
        """Keep the class of a name, or, in the body of a class, of an attribute of its objects."""
        if at.around:
            self._names[at.around[-1]][name] = kind
        elif at.owner is None:
            self._names[None][name] = kind
        elif at.node in at.owner.body:
            self._fields[at.owner, name].add(kind)

    def _of_value(self, value: ast.expr, at: At) -> str:
        """The class of what is given to an attribute: of a call of it, or of a name; NIL for nothing."""
        match value:
            case ast.Constant(None):
                return NIL
            case ast.Call(func=func):
                return self._known(dotted(func))
            case ast.Name(name):
                return self._of_name(name, at)
            case ast.BoolOp(op=ast.Or(), values=values):
                kinds = {self._of_value(one, at) for one in values}
                return next(iter(kinds)) if len(kinds) == 1 else ""
            case _:
                return ""

    def _said(self, annotation: ast.expr) -> str:
        """The one class that an annotation names, besides None."""
        match annotation:
            case ast.Constant(str(text)):
                try:
                    return self._said(ast.parse(text, mode="eval").body) if NAMES.fullmatch(text) else ""
                except (SyntaxError, MemoryError):
                    return ""
            case ast.BinOp(one, ast.BitOr(), other):
                nil = [isinstance(each, ast.Constant) and each.value is None for each in (one, other)]
                return self._said(one if nil[1] else other) if any(nil) else ""
            case ast.Subscript(value, inner) if {*last_names([value])} & OPTIONAL:
                return self._said(inner.elts[0] if isinstance(inner, ast.Tuple) and inner.elts else inner)
            case ast.Subscript(value):
                return self._said(value)
            case _:
                return self._known(dotted(annotation))
