"""What Python itself gives, used as it cannot be used."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from spotter.bindings import bound_in, last_names
from spotter.engine.around import TYPES, Around
from spotter.engine.bound_names import Names
from spotter.engine.flaws import Flaw, Place, flaw_at, flaw_behind, flaw_of_name
from spotter.signatures import parameters

UNMADE = Flaw("is no exception, and cannot be raised", ("replace", "NotImplementedError"))
TEXT = Flaw("is a text, which cannot be raised")
NO_CLASS = Flaw("is no class, so that this raises a TypeError")
FIRST = Flaw("chooses between classes here, and takes the first")
COUNT = Flaw("is a flag, and stands where a number of times is expected", ("insert", "flags="))
PAIRS = Flaw("follows a dict whose keys alone are gone through, and are no pairs", ("insert", ".items()"))
NO_ITEMS = Flaw("is a method, which has no items")
PARTS = Flaw("divides into a fraction, where whole numbers are asked for", ("replace", "//"), sure=False)
SELF = Flaw("is passed to a method that has it already", sure=False)
LETTERS = "takes away any of these letters, and not the word that they make"
# methods of texts, lists and dicts whose names stand for nothing else
METHODS = frozenset(("append", "endswith", "get", "setdefault", "startswith", "strip"))
STRIPS = frozenset(("strip", "lstrip", "rstrip"))
SUFFIX = re.compile(r"(\.[a-z][a-z0-9]+)+")
MOST_LETTERS = 24  # of a word, not an alphabet
WORD = re.compile(r"[a-z]{3}", re.IGNORECASE)
COUNTED = {"sub": 3, "subn": 3, "split": 2}  # functions of `re`, and where they expect a number of times


def misused(node: ast.AST, around: Around, names: Names) -> Iterator[Place]:
    """The place of what cannot be so; none where an exception may be meant."""
    if around.guarded:
        return
    match node:
        case ast.Raise(exc=ast.Name("NotImplemented") | ast.Call(func=ast.Name("NotImplemented")) as made):
            yield flaw_at(made, UNMADE)
        case ast.Raise(exc=ast.Constant(str()) | ast.BinOp(left=ast.Constant(str())) as text):
            yield flaw_at(text, TEXT)
        case ast.Call(func=ast.Name("isinstance" | "issubclass"), args=[_, kind]):
            yield from _classes(kind)
        case ast.ExceptHandler(type=ast.BoolOp(op=ast.Or(), values=[first, *_])):
            yield flaw_behind(first, "or", FIRST)
        case ast.Call(func=ast.Attribute(ast.Name("re"), name), args=args) if len(args) > COUNTED.get(name, len(args)):
            yield from _flags(args[COUNTED[name]], names)
        case ast.Call(func=ast.Name("super"), args=[ast.Name() as named, ast.Name(receiver)]):
            owner, function = around.owner, around.function
            if owner is not None and function is not None and parameters(function)[:1] == [receiver]:
                yield from _other_class(named, owner, names)
        case ast.Call(
            func=ast.Attribute(ast.Call(func=ast.Name("super")) as above, "__init__"), args=[ast.Name() as one, *_]
        ):
            alone = len(node.args) == 1 and not node.keywords
            yield from _twice(above, one, SELF._replace(mend=("delete", "")) if alone else SELF, around, names)
        case ast.Call(func=ast.Attribute(attr=name) as method, args=[ast.Constant(str(letters))]) if name in STRIPS:
            if _is_word(letters) and not names.times.get(name):
                ending = name == "rstrip" or (name == "strip" and letters.startswith("."))
                mend = "removesuffix" if ending else "removeprefix"
                yield flaw_of_name(method, Flaw(LETTERS, ("replace", mend), sure=False))
        case ast.Call(func=ast.Name("range"), args=args):
            divided = (one.left for one in args if isinstance(one, ast.BinOp) and isinstance(one.op, ast.Div))
            yield from (flaw_behind(left, "/", PARTS) for left in divided)
        case ast.Subscript(value=ast.Attribute(attr=name) as method) if name in METHODS and not names.times.get(name):
            yield flaw_of_name(method, NO_ITEMS)
        case ast.For(target=ast.Tuple(elts=[_, _]), iter=ast.Name(name) as those):
            yield from _pairs(those, name, around)


def _classes(kind: ast.expr) -> Iterator[Place]:
    match kind:
        case ast.Constant(str(name)) if name in TYPES:
            yield flaw_at(kind, NO_CLASS._replace(mend=("replace", name)))
        case ast.Constant() | ast.List() | ast.Set() | ast.Dict():
            yield flaw_at(kind, NO_CLASS)
        case ast.BoolOp(op=ast.Or(), values=[first, *_]) if TYPES.keys() >= set(last_names(kind.values)):
            yield flaw_behind(first, "or", FIRST._replace(mend=("replace", "|")))


def _flags(given: ast.expr, names: Names) -> Iterator[Place]:
    parts = [given.left, given.right] if isinstance(given, ast.BinOp) else [given]
    if all(isinstance(part, ast.Attribute) and last_names([part.value]) == ["re"] for part in parts):
        yield flaw_at(given, COUNT if names.before(given) != "(" else COUNT._replace(mend=None))


def _other_class(named: ast.Name, owner: ast.ClassDef, names: Names) -> Iterator[Place]:
    """A class of this file that is none of those that a method's own class is."""
    other = named.id != owner.name and {named.id, owner.name} <= names.classes.keys()
    above = {*names.bases(owner)}
    if other and named.id not in above and above <= {*names.classes, *names.modules, *TYPES}:
        flaw = Flaw(f"is no class of a `{owner.name}`, so that this raises a TypeError", ("replace", owner.name))
        yield flaw_at(named, flaw)
    elif named.id != owner.name and named.id in last_names(owner.bases):
        why = f"is above `{owner.name}`, so that its own is passed over here"
        yield flaw_at(named, Flaw(why, ("replace", owner.name), sure=False))


def _is_word(text: str) -> bool:
    """Whether letters make a word: one of them is there twice, or they are how a file's name ends."""
    letters = [letter for letter in text if letter.isalpha()]
    twice = 1 < len({*letters}) < len(letters) < MOST_LETTERS
    return SUFFIX.fullmatch(text) is not None or (twice and WORD.search(text) is not None)


def _twice(above: ast.Call, given: ast.Name, flaw: Flaw, around: Around, names: Names) -> Iterator[Place]:
    """The object of a method, which goes to what makes it by itself; none where a class of this file may want it."""
    receiver = parameters(around.function)[:1] if around.function is not None else []
    if around.owner is None or receiver != [given.id] or last_names(above.args[1:]) not in ([], receiver):
        return
    makers = [part for part in names.inside(names.bases(around.owner)) if getattr(part, "name", "") == "__init__"]
    if not makers:
        yield flaw_at(given, flaw)


def _pairs(those: ast.Name, name: str, around: Around) -> Iterator[Place]:
    function = around.function
    if function is None or function.args.kwarg is None or function.args.kwarg.arg != name:
        return
    if name not in bound_in(below for part in function.body for below in ast.walk(part)):
        yield flaw_behind(those, "", PAIRS)
