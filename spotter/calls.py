"""Which function a call means: by name inside its file, by import across files, else only a guess."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from spotter.metrics.facts import Call, FileFacts, FunctionFacts
from spotter.metrics.pressure import Certainty

GUESSES = 3  # a bare name that more functions than this bear says nothing


@dataclass(frozen=True, slots=True)
class Link:
    """A call from a function ("" for the file itself) to a function, each by path and dotted name."""

    path: str
    caller: str
    line: int
    callee_path: str
    callee: str
    certainty: Certainty


def resolve(files: Sequence[FileFacts]) -> Iterator[Link]:
    """Every call whose function is known or can be guessed, in the order of the files."""
    functions = {(file.path, function.name): function for file in files for function in file.functions}
    named: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for path, name in functions:
        named[name.rpartition(".")[2]].append((path, name))
    modules = {module: file.path for file in files for module in _modules(file.path)}
    for file in files:
        imports = {item.name: item.target for item in file.imports}
        for call in file.calls:
            sure = _inside(file, call, functions) or _imported(file, call, imports, modules, functions)
            if sure:
                yield Link(file.path, call.caller, call.line, *sure)
                continue
            guesses = named.get(call.callee_text.rpartition(".")[2], [])
            for path, name in guesses if len(guesses) <= GUESSES else []:
                yield Link(file.path, call.caller, call.line, path, name, "ambiguous")


Known = dict[tuple[str, str], FunctionFacts]


def _inside(file: FileFacts, call: Call, functions: Known) -> tuple[str, str, Certainty] | None:
    head, _, rest = call.callee_text.partition(".")
    caller = functions.get((file.path, call.caller))
    if rest and caller is not None and caller.owner and caller.parameters[:1] == (head,):
        name = f"{caller.owner}.{rest}"
        return (file.path, name, "inferred") if (file.path, name) in functions else None
    scope = call.caller
    while True:
        name = f"{scope}.{call.callee_text}" if scope else call.callee_text
        if (file.path, name) in functions and not (scope and caller and scope == caller.owner):
            return file.path, name, "resolved"
        if not scope:
            return None
        scope = scope.rpartition(".")[0]


def _imported(
    file: FileFacts, call: Call, imports: dict[str, str], modules: dict[str, str], functions: Known
) -> tuple[str, str, Certainty] | None:
    parts = call.callee_text.split(".")
    for size in range(len(parts), 0, -1):
        if (target := imports.get(".".join(parts[:size]))) is None:
            continue
        whole = [*_absolute(file.path, target).split("."), *parts[size:]]
        for cut in range(len(whole) - 1, 0, -1):
            path, name = modules.get(".".join(whole[:cut])), ".".join(whole[cut:])
            if path is not None and (path, name) in functions:
                return path, name, "resolved"
    return None


def _modules(path: str) -> Iterator[str]:
    """The dotted names a file may be imported by: its whole path, and the same without a src folder in front."""
    parts = list(PurePosixPath(path).with_suffix("").parts)
    if parts and parts[-1] == "__init__":
        parts.pop()
    yield ".".join(parts)
    if parts[:1] == ["src"]:
        yield ".".join(parts[1:])


def _absolute(path: str, target: str) -> str:
    """A target with leading dots, seen from the root."""
    name = target.lstrip(".")
    if not (dots := len(target) - len(name)):
        return target
    folder = PurePosixPath(path).parts[:-dots]
    return ".".join((*folder, *filter(None, (name,))))
