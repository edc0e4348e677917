"""What Python's library has, a module a line: `python -P tests/library.py > engine/library.tsv`.

Public names of the modules that code asks most, on every platform and in every version that typeshed knows (the copy
that mypy brings), in the Python that runs this, and in Python 2.7.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import mypy

STUBS = Path(mypy.__file__).parent / "typeshed" / "stdlib"
MODULES = (
    "argparse", "asyncio", "base64", "collections", "collections.abc", "contextlib", "copy", "csv", "datetime",
    "functools", "glob", "hashlib", "inspect", "io", "itertools", "json", "logging", "math", "operator", "os",
    "os.path", "pathlib", "pickle", "platform", "random", "re", "shutil", "statistics", "string", "struct",
    "subprocess", "sys", "tempfile", "textwrap", "threading", "time", "traceback", "urllib", "urllib.parse",
    "urllib.request", "uuid", "warnings",
)  # fmt: skip
# what has the name of its module, or of another part of it, so that one is taken for the other: functions have nothing
FUNCTIONS = ("bisect.bisect", "copy.copy", "fnmatch.fnmatch", "getpass.getpass", "glob.glob", "pprint.pprint",
             "random.random", "select.select", "time.time")  # fmt: skip
CLASSES = ("datetime.date", "datetime.datetime", "datetime.time", "datetime.timedelta")
LATER = {"datetime.date": ("strptime",), "datetime.time": ("strptime",)}  # since Python 3.14
GONE = {
    "asyncio": "JoinableQueue future_add_to_awaited_by future_discard_from_awaited_by",
    "base64": "decodestring encodestring",
    "collections": "AsyncGenerator AsyncIterable AsyncIterator Awaitable ByteString Callable Collection Container "
    "Coroutine Generator Hashable ItemsView Iterable Iterator KeysView Mapping MappingView MutableMapping "
    "MutableSequence MutableSet Reversible Sequence Set Sized ValuesView abc",
    "contextlib": "nested",
    "copy": "PyStringMap",
    "hashlib": "algorithms",
    "inspect": "ArgSpec CO_NESTED ModuleInfo formatargspec getargspec getmoduleinfo",
    "io": "OpenWrapper",
    "itertools": "ifilter ifilterfalse imap izip izip_longest",
    "json": "read write",
    "logging": "logAsyncioTasks",
    "operator": "div idiv irepeat isCallable isMappingType isNumberType isSequenceType repeat sequenceIncludes",
    "os": "RTLD_MEMBER errno getcwdu getlogin popen2 popen3 popen4 spawnvp spawnvpe stat_float_times tempnam "
    "tmpfile tmpnam",
    "os.path": "splitunc walk",
    "platform": "DEV_NULL dist linux_distribution popen",
    "random": "WichmannHill jumpahead",
    "re": "sre_compile sre_parse",
    "string": "atof atoi atol capitalize center count expandtabs find index join joinfields letters ljust lower "
    "lowercase lstrip maketrans replace rfind rindex rjust rsplit rstrip split splitfields strip swapcase "
    "templatelib translate upper uppercase zfill",
    "subprocess": "Handle mswindows",
    "sys": "app builtins dllhandle exc_clear exc_traceback exc_type exc_value exitfunc frozen getcheckinterval "
    "getjythonversion getobjects gettotalrefcount maxint pypy_translation_info pypy_version_info "
    "real_prefix set_coroutine_wrapper setcheckinterval setdefaultencoding subversion winver",
    "time": "accept2dyear clock",
    "urllib": "ContentTooShortError FancyURLopener URLopener getproxies pathname2url quote quote_plus splithost "
    "splitport splitquery splittype unquote unquote_plus url2pathname urlcleanup urlencode urlopen "
    "urlretrieve",
    "warnings": "warnpy3k",
}


def stubbed(module: str, seen: tuple[str, ...] = ()) -> Iterator[str]:
    """The names that typeshed knows of a module, in whatever branch; of what is imported what it calls its own."""
    found = STUBS / f"{module.replace('.', '/')}.pyi"
    package, path = (module.rpartition(".")[0], found) if found.exists() else (module, _package(module))
    pending: list[ast.AST] = [*ast.parse(path.read_text(encoding="utf-8")).body] if path.exists() else []
    while pending:
        node = pending.pop()
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
                continue
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.ImportFrom(names=[ast.alias(name="*")], level=level, module=other):
                whole = f"{package}.{other}" if level and other else other or package
                yield from stubbed(whole, (*seen, module)) if whole not in seen else ()
            case ast.ImportFrom(names=names):
                yield from (alias.asname for alias in names if alias.asname is not None)
        pending += ast.iter_child_nodes(node)


def _package(module: str) -> Path:
    return STUBS / module.replace(".", "/") / "__init__.pyi"


def library() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each module with its names, and what is taken for one."""
    for module in MODULES:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = importlib.import_module(module)
        inner = (one.name for one in pkgutil.iter_modules(getattr(found, "__path__", ())))
        names = {*stubbed(module), *dir(found), *inner, *GONE.get(module, "").split()}
        yield module, tuple(sorted(name for name in names if not name.startswith("_")))
    for path in CLASSES:
        module, _, name = path.rpartition(".")
        names = {"mro", *dir(getattr(importlib.import_module(module), name)), *LATER.get(path, ())}
        yield path, tuple(sorted(name for name in names if not name.startswith("_")))
    yield from ((path, ()) for path in FUNCTIONS)


if __name__ == "__main__":
    sys.stdout.writelines(f"{module}\t{' '.join(names)}\n" for module, names in library())
