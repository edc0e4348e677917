"""What the functions of Python's library take, one a line: `python -m tests.library_calls > engine/library_calls.tsv`.

In every version and on every platform that typeshed knows (the copy that mypy brings): the functions and classes of the
modules that code asks most, the methods that need no object, and those of texts, lists and their like. A line has the
parameters of each form that a call may have, as Python writes them; what a module has had before, or takes without
saying so, is added.
"""

from __future__ import annotations

import builtins
import re
from collections import defaultdict
from collections.abc import Iterator

from mypy.build import build
from mypy.modulefinder import BuildSource
from mypy.nodes import ArgKind, Decorator, FuncDef, OverloadedFuncDef, SymbolNode, TypeInfo
from mypy.options import Options
from mypy.types import CallableType, Overloaded

from tests.library import MODULES

VERSIONS = ((3, 10), (3, 11), (3, 12), (3, 13), (3, 14))
PLATFORMS = ("linux", "darwin", "win32")
ALL = (
    *MODULES, "bisect", "builtins", "calendar", "configparser", "concurrent.futures", "dataclasses", "decimal",
    "fnmatch", "fractions", "getpass", "gzip", "heapq", "html", "http.client", "queue", "secrets", "select", "shlex",
    "signal", "smtplib", "socket", "sqlite3", "stat", "tarfile", "unicodedata", "zipfile", "zlib",
)  # fmt: skip
TYPES = tuple(f"builtins.{name}" for name in ("bytes", "dict", "frozenset", "list", "set", "str", "tuple"))
ANY = "*args, **kwargs"
EVERY = re.compile(r"\*\w+, \*\*\w+")
# what was there before, or what a C function takes though its stub does not say so
MORE = {
    "dict().has_key": "key",
    "list().sort": "cmp=0, key=0, reverse=0",
    "bytearray": "source=0, encoding=0, errors=0",
    "bytes": "source=0, encoding=0, errors=0",
    "collections.ChainMap.fromkeys": ANY,
    "collections.namedtuple": "typename, field_names, *, verbose=0, rename=0, module=0, defaults=0",
    "dataclasses.Field": ANY,
    "fractions.Fraction": "numerator=0, denominator=0, *, _normalize=0",
    "hashlib.new": ANY,
    "inspect.getfullargspec": "func, *, annotation_format=0",
    "inspect.iscoroutinefunction": "object",
    "itertools.zip_longest": "*iterables, fillvalue=0",
    "json.JSONDecoder": ANY,
    "json.JSONEncoder": ANY,
    "json.dump": ANY,
    "json.dumps": ANY,
    "json.load": ANY,
    "json.loads": ANY,
    "logging.basicConfig": "*, filename=0, filemode=0, format=0, datefmt=0, style=0, level=0, stream=0, handlers=0, "
    "force=0, encoding=0, errors=0",
    "memoryview": "object",
    "os.path.join": "a, *paths",
    "os.path.splitroot": "path",
    "pickle.loads": ANY,
    "platform.uname_result": ANY,
    "range": ANY,  # as languages inside of Python have it
    "random.shuffle": "x, random=0",
    "sqlite3.adapt": ANY,
    "str": "object=0, encoding=0, errors=0",
    "subprocess.call": ANY,
    "subprocess.check_call": ANY,
    "threading.Thread": "group=0, target=0, name=0, args=0, kwargs=0, verbose=0",
    "traceback.TracebackException.from_exception": ANY,
    "traceback.format_exception": "etype, value, tb, limit=0, chain=0",
    "traceback.format_exception_only": "etype, value",
    "traceback.print_exception": "etype, value, tb, limit=0, file=0, chain=0",
    "type": ANY,
}


def main() -> None:
    """Write every line."""
    forms: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for version in VERSIONS:
        for platform in PLATFORMS:
            for name, form in forms_of(version, platform):
                forms[name.removeprefix("builtins.")][form] = None
    for name, more in MORE.items():
        forms[name][more] = None
    for name, several in sorted(forms.items()):
        if not any(EVERY.fullmatch(form) for form in several):
            print(name, *several, sep="\t")


def forms_of(version: tuple[int, int], platform: str) -> Iterator[tuple[str, str]]:
    """The dotted name of what may be called, with each form that a call may have."""
    options = Options()
    options.python_version = version
    options.platform = platform
    options.incremental = False
    options.cache_dir = "/dev/null"
    source = BuildSource(None, "asked", "\n".join(f"import {module}" for module in ALL))
    files = build([source], options).files
    for module in ALL:
        tree = files.get(module)
        for name, found in tree.names.items() if tree is not None else ():
            there = module != "builtins" or hasattr(builtins, name)  # a stub has more
            if there and not name.startswith("_") and found.module_public and found.node is not None:
                yield from of_node(f"{module}.{name}", found.node)


def of_node(name: str, node: SymbolNode) -> Iterator[tuple[str, str]]:
    """The forms of a function, of a class, and of its methods that need no object."""
    if isinstance(node, TypeInfo):
        yield from ((name, form) for form in of_class(node))
        for method, symbol in node.names.items():
            inner = symbol.node
            if not isinstance(inner, FuncDef | OverloadedFuncDef | Decorator) or method.startswith("_"):
                continue
            bound = inner.func if isinstance(inner, Decorator) else inner
            if bound.is_class or bound.is_static:
                yield from ((f"{name}.{method}", form) for form in of_function(inner, given=int(bound.is_class)))
            elif name in TYPES and not isinstance(inner, Decorator):
                yield from ((f"{name}().{method}", form) for form in of_function(inner, given=1))
    elif isinstance(node, FuncDef | OverloadedFuncDef | Decorator):
        yield from ((name, form) for form in of_function(node, given=0))


def of_class(info: TypeInfo) -> Iterator[str]:
    """The forms of what makes the objects of a class; any where its own class may make something else of a call."""
    plain = info.metaclass_type is None or info.metaclass_type.type.fullname in ("builtins.type", "abc.ABCMeta")
    if not plain or info.typeddict_type or info.is_protocol or info.fallback_to_any:
        yield ANY
        return
    makers = [found.node for name in ("__init__", "__new__") if (found := info.get(name)) is not None]
    own = [maker for maker in makers if maker is not None and maker.fullname.split(".")[1] != "object"]
    for maker in own:
        if isinstance(maker, FuncDef | OverloadedFuncDef | Decorator):
            yield from of_function(maker, given=1)
        else:
            yield ANY
    if not own:
        yield ""


def of_function(node: FuncDef | OverloadedFuncDef | Decorator, given: int) -> Iterator[str]:
    """The forms of a function, without the parameters that are given; any where a decorator makes another one of it."""
    kind = node.var.type if isinstance(node, Decorator) else node.type
    if isinstance(kind, Overloaded):
        yield from (written(item, given) for item in kind.items)
    elif isinstance(kind, CallableType):
        yield written(kind, given)
    else:
        yield ANY


def written(kind: CallableType, given: int) -> str:
    """The parameters of a form as Python writes them, but for their types."""
    older = kind.definition is not None and kind.definition.fullname.startswith("asyncio.")  # had a loop before 3.10
    kinds, names = kind.arg_kinds, kind.arg_names
    function = kind.definition.func if isinstance(kind.definition, Decorator) else kind.definition
    told = [one.variable.name for one in function.arguments] if isinstance(function, FuncDef) else names
    if kinds[:1] != [ArgKind.ARG_STAR]:
        kinds, names, told = kinds[given:], names[given:], told[given:]
    unnamed = [i for i, name in enumerate(names) if name is None and kinds[i].is_positional()]
    parts: list[str] = []
    for i, (one, name) in enumerate(zip(kinds, told, strict=True)):
        if one.is_named() and ArgKind.ARG_STAR not in kinds and "*" not in parts:
            parts.append("*")
        stars = {ArgKind.ARG_STAR: "*", ArgKind.ARG_STAR2: "**"}.get(one, "")
        parts.append(f"{stars}{(name or f'_{i}').removeprefix('__')}{'=0' if one.is_optional() else ''}")
        if unnamed and i == unnamed[-1]:
            parts.append("/")
    if older and ArgKind.ARG_STAR2 not in kinds and "loop" not in told:
        parts += ["loop=0"] if any(part.startswith("*") for part in parts) else ["*", "loop=0"]
    return ", ".join(parts)


if __name__ == "__main__":
    main()
