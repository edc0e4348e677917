"""What a function of Python takes, what a call of it passes, and where the two do not fit: whoever comes there gets a
TypeError."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from typing import NamedTuple

from spotter.bindings import FUNCTIONS, bound_by, called, last_names

Function = ast.FunctionDef | ast.AsyncFunctionDef
Where = tuple[int, int, int, int]  # line and column of the first character, and behind the last, as a tree has them
MAKERS = frozenset(("__init__", "__new__", "__class__", "__metaclass__"))
FIELDED = {"dataclasses": ("dataclass",), "typing": ("NamedTuple",), "pydantic": ("BaseModel", "Field")}
PLAIN = frozenset(("frozen", "slots", "order", "eq", "repr", "unsafe_hash", "kw_only"))  # options of a dataclass
DEFAULTS = ("default", "default_factory")
MODEL = "BaseModel"  # of pydantic
# words of an annotation that says no more than a type, and those of one that may be nil
TYPES = frozenset((
    "Any", "ClassVar", "Dict", "FrozenSet", "List", "Literal", "Mapping", "None", "Optional", "Sequence", "Set",
    "Tuple", "Union", "bool", "bytes", "date", "datetime", "dict", "float", "frozenset", "int", "list", "object", "set",
    "str", "time", "timedelta", "tuple",
))  # fmt: skip
NIL = frozenset(("Any", "ClassVar", "None", "Optional", "object"))
# in a model, that something else may fill or name its fields
FILLED = re.compile(
    r"[aA]lias|validator\(.*\b(before|wrap|pre|always)\b|(model|root)_validator|__root__|\b(extra|Config|model_config)\b"
)


class Misfit(NamedTuple):
    """Where a call does not fit, as a clause of which that is the subject; the argument that would mend it, or ""."""

    where: Where
    text: str
    why: str
    mend: str = ""


class Passed(NamedTuple):
    """What a call passes: by place, before what may be several, and by name; whether there is more of either.

    The closing bracket ends it.
    """

    placed: tuple[Where, ...]
    several: bool
    named: tuple[tuple[str, Where], ...]
    others: bool
    end: Where

    def moved(self, move: Callable[[Where], Where]) -> Passed:
        """The same with each place moved."""
        named = tuple((name, move(where)) for name, where in self.named)
        return Passed(tuple(map(move, self.placed)), self.several, named, self.others, move(self.end))


class Signature(NamedTuple):
    """What a call of a function may pass: by place, by name, or either; and what it has to."""

    name: str
    placed: tuple[str, ...]
    named: tuple[str, ...]
    needed: tuple[str, ...]
    rest: bool
    others: bool

    @property
    def is_checked(self) -> bool:
        """Whether it may be a model's, which says with a ValueError what it lacks."""
        return not self.placed and not self.rest

    def misfit(self, passed: Passed) -> Misfit | None:
        """What a call passes too much or too little, the first of it."""
        for name, where in passed.named if not self.others else ():
            if name not in self.named:
                return Misfit(where, name, f"is no parameter of `{self.name}`")
            if name in self.placed[: len(passed.placed)]:
                return Misfit(where, name, f"is passed to `{self.name}` twice")
        if len(passed.placed) > len(self.placed) and not self.rest:
            return Misfit(passed.placed[len(self.placed)], "", f"is an argument more than `{self.name}` takes")
        names = [name for name, _ in passed.named]
        given = {*self.placed[: len(passed.placed)], *names}
        missing = [name for name in self.needed if name not in given]
        if missing and not (passed.several or passed.others):
            mend = missing[0] if missing[0] in self.placed and not names else f"{missing[0]}={missing[0]}"
            return Misfit(passed.end, ")", f"ends a call of `{self.name}` without `{missing[0]}`", mend)
        return None


def passed_by(call: ast.Call) -> Passed:
    """What a call passes."""
    several = next((i for i, argument in enumerate(call.args) if isinstance(argument, ast.Starred)), None)
    named = ((k.arg, _start(k, len(k.arg.encode()))) for k in call.keywords if k.arg is not None)
    line, column = call.end_lineno or call.lineno, call.end_col_offset or 1
    placed = tuple(map(where_of, call.args[:several]))
    others = any(keyword.arg is None for keyword in call.keywords)
    return Passed(placed, several is not None, tuple(named), others, (line, column - 1, line, column))


def where_of(node: ast.expr) -> Where:
    """Where an expression stands."""
    return node.lineno, node.col_offset, node.end_lineno or node.lineno, node.end_col_offset or node.col_offset


def _start(node: ast.keyword, length: int) -> Where:
    return node.lineno, node.col_offset, node.lineno, node.col_offset + length


def signature_of(function: Function, given: int, name: str = "") -> Signature:
    """What a call may pass to a function whose first parameters are given."""
    arguments = function.args
    placed = tuple(parameters(function)[given:])
    only = {a.arg for a in arguments.posonlyargs}
    later = {a.arg: default for a, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)}
    needed = placed[: max(0, len(placed) - len(arguments.defaults))]
    return Signature(
        name or function.name,
        placed,
        (*(name for name in placed if name not in only), *later),
        (*needed, *(name for name, default in later.items() if default is None)),
        arguments.vararg is not None,
        arguments.kwarg is not None,
    )


def parameters(function: Function | ast.Lambda) -> list[str]:
    """The parameters that may be passed by their place."""
    return [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]


def signatures(tree: ast.Module, *, steady: bool, derived: bool = False) -> Iterator[tuple[Signature, int]]:
    """The functions of a module that nothing decorates, and where classes stay as they are the plain ones, by line.

    A class stands for what makes its objects: without bases, or a NamedTuple of its own fields, or a dataclass or a
    model of its own and of those of one above it in the module. With the derived ones count those that have bases and a
    maker of their own: what the bases do is to be asked elsewhere.
    """
    above: dict[tuple[bool, str], Signature] = {}  # dataclasses, where that is true, and models, by name
    own = {node.name for node in tree.body if isinstance(node, (*FUNCTIONS, ast.ClassDef))}
    given = {name for name in _assigned(tree) if name in own}
    known = {name for node in tree.body for name in _from_the_library(node)} - own
    for node in tree.body:
        if isinstance(node, FUNCTIONS) and not node.decorator_list:
            yield signature_of(node, 0), node.lineno
        elif isinstance(node, ast.ClassDef) and steady and not node.keywords:
            made = list(_makers(node))
            bases = [name for name in last_names(node.bases) if name != "object"]
            if made == ["__init__"] and (derived or not bases) and not node.decorator_list:
                yield from _by_maker(node)
            elif not made and known.issuperset(_marks(node)):
                for signature, line in _fielded(node, bases, known, above):
                    if node.name not in given and bases != ["NamedTuple"]:
                        above[bool(node.decorator_list), node.name] = signature
                    yield signature, line


def _assigned(tree: ast.Module) -> Iterator[str]:
    """The names that assignments of a module give something to."""
    targets = (target for node in tree.body if isinstance(node, ast.Assign) for target in node.targets)
    yield from (name for target in targets for name in bound_by(target))


def _makers(node: ast.ClassDef) -> Iterator[str]:
    """What of a class itself makes its objects."""
    pending: list[ast.AST] = [*node.body]
    while pending:
        one = pending.pop()
        yield from MAKERS.intersection(bound_by(one))
        pending += () if isinstance(one, (*FUNCTIONS, ast.ClassDef)) else ast.iter_child_nodes(one)


def _from_the_library(node: ast.stmt) -> Iterator[str]:
    """What makes parameters of fields, where a statement imports it."""
    if isinstance(node, ast.ImportFrom) and node.module in FIELDED:
        yield from (alias.name for alias in node.names if alias.name in FIELDED[node.module] and not alias.asname)
    elif isinstance(node, ast.Import):
        yield from ("dataclasses.dataclass" for alias in node.names if alias.name == "dataclasses" and not alias.asname)


def _by_maker(node: ast.ClassDef) -> Iterator[tuple[Signature, int]]:
    """What makes the objects of a class, if that is a method of its own."""
    made = [method for method in node.body if isinstance(method, FUNCTIONS) and method.name == "__init__"]
    yield from ((signature_of(maker, 1, node.name), maker.lineno) for maker in made if not maker.decorator_list)


def _marks(node: ast.ClassDef) -> Iterator[str]:
    """The decorators of a class; "" for one that may do more than to make parameters of its fields."""
    for mark in node.decorator_list:
        options = {option.arg for option in mark.keywords} if isinstance(mark, ast.Call) else set()
        name = ast.unparse(mark.func if isinstance(mark, ast.Call) else mark)
        yield name if options <= PLAIN else ""


def _fielded(
    node: ast.ClassDef, bases: Sequence[str], known: Container[str], above: Mapping[tuple[bool, str], Signature]
) -> Iterator[tuple[Signature, int]]:
    """What the fields of a class make of it, and those of the class above it if that is such a one too."""
    marked = bool(node.decorator_list)
    first = above.get((marked, bases[0])) if len(bases) == 1 else None
    if len(node.decorator_list) > 1 or not (first or len([*bases, *node.decorator_list]) == 1):
        return
    if first is None and any(base not in known for base in bases):
        return
    is_model = not marked and (first is not None or list(bases) == [MODEL])
    for own, line in _of_model(node, known) if is_model else _by_fields(node):
        if first is not None and not set(first.named).isdisjoint({*_bound(node)} - {*own.named}):
            return  # what was a field is something else
        yield _joined(first, own) if first is not None else own, line


def _bound(node: ast.ClassDef) -> Iterator[str]:
    """The names that the statements of a class bind themselves."""
    for one in node.body:
        targets = one.targets if isinstance(one, ast.Assign) else [one.target] if isinstance(one, ast.AnnAssign) else []
        yield from (name for part in (one, *targets) for name in bound_by(part))


def _joined(above: Signature, own: Signature) -> Signature:
    """The fields of a class behind those of the one above it, in whose places they may stand."""
    needed = ({*above.needed} - {*own.named}) | {*own.needed}
    names = tuple(dict.fromkeys((*above.named, *own.named)))
    placed = tuple(dict.fromkeys((*above.placed, *own.placed)))
    return own._replace(named=names, placed=placed, needed=tuple(name for name in names if name in needed))


def _by_fields(node: ast.ClassDef) -> Iterator[tuple[Signature, int]]:
    """What the fields of a class make of it, unless that is more than their names and which have a default."""
    fields: dict[str, bool] = {}
    for statement in node.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            kind, options = ast.unparse(statement.annotation), _options(statement.value)
            if "KW_ONLY" in kind or options & {"init", "kw_only", None}:
                return
            if "ClassVar" not in kind:
                fields[statement.target.id] = options.isdisjoint(DEFAULTS)
        elif not isinstance(statement, ast.Expr | ast.Assign | ast.Pass | ast.ClassDef | Function):
            return
    names = tuple(fields)
    if any(name.startswith("__") for name in names):
        return
    marks = [k for mark in node.decorator_list if isinstance(mark, ast.Call) for k in mark.keywords]
    only = any(k.arg == "kw_only" and not (isinstance(k.value, ast.Constant) and k.value.value is False) for k in marks)
    targets = (target for one in node.body if isinstance(one, ast.Assign) for target in one.targets)
    given = {name for one in (*node.body, *targets) for name in bound_by(one)}  # later in the class: a default
    needed = tuple(name for name, is_needed in fields.items() if is_needed and name not in given)
    yield Signature(node.name, () if only else names, names, needed, rest=False, others=False), node.lineno


def _of_model(node: ast.ClassDef, known: Container[str]) -> Iterator[tuple[Signature, int]]:
    """What the fields of a model of pydantic make of it: it needs those without a default, and drops all others unseen.

    What may be nil has one in the first version of pydantic.
    """
    if FILLED.search(ast.unparse(node)):
        return
    fields: dict[str, bool] = {}
    plain = True
    for statement in node.body:
        match statement:
            case ast.AnnAssign(ast.Name(name), annotation, value=value):
                words = {*re.findall(r"[A-Za-z_]\w*", re.sub("'[^']*'", "", ast.unparse(annotation)))}
                made = isinstance(value, ast.Call) and not ("Field" in known and called(value) == "Field")
                plain = plain and words <= TYPES and not made
                if not name.startswith("_"):
                    fields[name] = words <= TYPES - NIL and _has_no_default(value, known)
            case ast.Assign(targets=[ast.Name(name)]):  # the first version takes its type from the value
                fields[name] = False
            case ast.Expr() | ast.Pass() | ast.FunctionDef() | ast.AsyncFunctionDef():
                pass
            case _:
                return
    needed = tuple(name for name, is_needed in fields.items() if is_needed)
    yield Signature(node.name, (), tuple(fields), needed, rest=False, others=not plain), node.lineno


def _has_no_default(value: ast.expr | None, known: Container[str]) -> bool:
    """Whether a model's field has to be given."""
    match value:
        case None:
            return True
        case ast.Call(func=ast.Name("Field"), args=args, keywords=keywords) if "Field" in known:
            said = all(isinstance(one, ast.Constant) and one.value is Ellipsis for one in args)
            return said and all(k.arg is not None and k.arg not in DEFAULTS for k in keywords)
        case _:
            return isinstance(value, ast.Constant) and value.value is Ellipsis


def _options(value: ast.expr | None) -> set[str | None]:
    """What is said of how a field is made; of one with a plain value only that it has a default."""
    if isinstance(value, ast.Call) and called(value) == "field":
        return {option.arg for option in value.keywords}
    return set() if value is None else {"default"}
