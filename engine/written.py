"""Lines that a causal model wrote into sound functions: those that change what the code does, and those that do not.

The functions are those of packages that nobody here learns from, as far as their doctests run them. A line, or the rest
of one, is written anew; a doctest, the same doctest with a literal changed, and pyflakes say whether it is wrong.
"""

from __future__ import annotations

import ast
import json
import random
import re
import subprocess
import sys
import tempfile
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from textwrap import dedent
from typing import Any

from spotter.engine.bench_units import differences
from spotter.engine.corpus import Package
from spotter.engine.plant_sites import code_of
from spotter.engine.writer import Writer
from spotter.errors import SpotterError
from spotter.source import Source
from spotter.syntax import Function, Syntax, Token, parse

LIST = Path(__file__).with_name("written.tsv")
TRIAL = Path(__file__).with_name("trial.py")
PLACES = 8  # of a function that are written anew
WRONG = 4  # records of a function, at most
TESTS = 8  # doctests that a line is tried on, at most
SHORTEST, LONGEST = 12, 400  # tokens of a function
BEFORE = 600  # characters that the writer sees before a function
Complaints = Callable[[ast.Module], list[str]]
# a line that would reach out of its process is not tried
REACHING = re.compile(
    r"\b(open|exec|eval|compile|input|exit|quit|import|os|sys|subprocess|socket|shutil|pathlib|Path|signal|ctypes"
    r"|breakpoint|help|__\w+__)\b"
)


@dataclass(frozen=True, slots=True)
class Module:
    """A module of a package, with its docstrings cut to their first lines, and its doctests with the lines they run."""

    package: Package
    name: str
    syntax: Syntax
    tests: Mapping[str, frozenset[int]]

    @property
    def text(self) -> str:
        """The whole module."""
        return self.syntax.source.text

    def tests_of(self, line: int) -> list[str]:
        """Some doctests that run a line."""
        return sorted(name for name, lines in self.tests.items() if line in lines)[:TESTS]


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A module with one line written anew from an offset on, and what is wrong with it ("" for nothing)."""

    module: Module
    function: Function
    line: int
    start: int
    written: str
    why: str = ""
    complaints: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """The line was written from its beginning."""
        before = self.module.text[: self.start]
        return not before[before.rfind("\n") + 1 :].strip()

    @property
    def text(self) -> str:
        """The module with the line as it was written."""
        lines = self.module.text.split("\n")
        kept = self.module.text[: self.start].rpartition("\n")[2]
        return "\n".join([*lines[: self.line - 1], kept + self.written, *lines[self.line :]])

    @property
    def alone(self) -> tuple[str, str]:
        """The function without what stands around it, as it was written and as it was."""
        rows = slice(self.function.start_line - 1, self.function.end_line)
        one, other = ("\n".join(text.split("\n")[rows]) for text in (self.text, self.module.text))
        return dedent(one) + "\n", dedent(other) + "\n"


class Trials:
    """The program that runs versions of modules, in a process apart."""

    def __init__(self, packages: Path) -> None:
        command = [sys.executable, "-I", "-S", str(TRIAL), str(packages)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=packages, env={"PYTHONHASHSEED": "0"}
        )

    def survey(self, name: str, text: str) -> Mapping[str, frozenset[int]]:
        """The doctests of a module that pass, with the lines that each runs."""
        return {test: frozenset(lines) for test, lines in self._ask(name, text, None).items()}

    def verdict(self, name: str, text: str, tests: Sequence[str]) -> str:
        """What is wrong with a version of a module that was surveyed; "" for nothing."""
        return str(self._ask(name, text, tests))

    def close(self) -> None:
        """End the program."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()

    def _ask(self, name: str, text: str, tests: Sequence[str] | None) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps({"module": name, "text": text, "tests": tests}), file=self._process.stdin, flush=True)
        if not (answer := self._process.stdout.readline()):
            raise SpotterError(f"{name}: the trial of it ended early; it needs a POSIX system")
        return json.loads(answer)


@dataclass(frozen=True, slots=True)
class Means:
    """What writes, what runs, and what complains of code that is read (without the lines)."""

    writer: Writer
    trials: Trials
    complaints: Complaints


def packages() -> tuple[Package, ...]:
    """The list of packages whose functions are written anew, and of what they need."""
    rows = LIST.read_text(encoding="utf-8").splitlines()[1:]
    return tuple(Package(*row.split("\t")) for row in rows)


def rows(
    wheels: Mapping[Package, Path],
    writer: Writer,
    complaints: Complaints,
    functions: int,
    seed: int,
    told: Callable[[str], None],
) -> Iterator[dict[str, object]]:
    """The suite: a record a wrong line; and each function without one, with a new line where that changes nothing."""
    with tempfile.TemporaryDirectory(prefix="spotter-written-") as folder:
        for wheel in wheels.values():
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(folder)
        trials = Trials(Path(folder))
        means = Means(writer, trials, complaints)
        try:
            for package, wheel in wheels.items():
                rng = random.Random(f"{seed} {package.name}")
                yield from _of_package(package, wheel, means, functions, rng, told)
        finally:
            trials.close()


def _of_package(
    package: Package, wheel: Path, means: Means, functions: int, rng: random.Random, told: Callable[[str], None]
) -> Iterator[dict[str, object]]:
    asked = [(module, function) for module in modules(package, wheel, means.trials) for function in eligible(module)]
    chosen = rng.sample(asked, min(functions, len(asked)))
    found = [one for pair in chosen for one in rewrites(*pair, means, rng)]
    said = Counter(one.why or "nothing changes" for one in found)
    told(f"{package.name}: {len(chosen)} of {len(asked)} functions, {dict(said)}")
    wrong = [one for one in found if one.why]
    yield from (record(one, number) for number, one in enumerate(wrong, 1))
    sound = {(one.module.name, one.function): one.alone[1] for one in found}
    sound |= {(one.module.name, one.function): one.alone[0] for one in reversed(found) if not one.why}
    for (name, function), text in sound.items():
        facts = {"id": f"{name}.{function.name}", "code": text, "n_lines": text.count("\n"), "n_functions": 1}
        yield _facts(found[0].module) | facts


def modules(package: Package, wheel: Path, trials: Trials) -> Iterator[Module]:
    """The modules of a wheel that have doctests."""
    with zipfile.ZipFile(wheel) as archive:
        for path in sorted(name for name in archive.namelist() if name.endswith(".py") and "test" not in name):
            text = archive.read(path).decode("utf-8", "replace").replace("\r\n", "\n")
            syntax = parse(Source(path, text, "python"))
            if ">>>" not in text or syntax.error_lines or (short := shortened(syntax)) is None:
                continue
            name = ".".join(Path(path).with_suffix("").parts).removesuffix(".__init__")
            if tests := trials.survey(name, short.source.text):
                yield Module(package, name, short, tests)


def shortened(syntax: Syntax) -> Syntax | None:
    """The module with its docstrings cut to their first lines: a doctest would tell what the code should do."""
    if (code := code_of(syntax)) is None:
        return None
    text = syntax.source.text
    spans = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            said = ast.get_docstring(node)
            first = node.body[0] if node.body else None
            if said and isinstance(first, ast.Expr):
                line = said.strip().split("\n")[0].replace("\\", "").replace('"', "'")
                spans.append((*code.span(first.value), f'"""{line}"""'))
    for start, end, short in sorted(spans, reverse=True):
        text = text[:start] + short + text[end:]
    return parse(replace(syntax.source, text=text)) if _tree(text) is not None else None


def eligible(module: Module) -> list[Function]:
    """The functions with lines that doctests run, not too long."""
    return [f for f in module.syntax.functions if SHORTEST <= f.last - f.first <= LONGEST and _lines(module, f)]


def rewrites(module: Module, function: Function, means: Means, rng: random.Random) -> Iterator[Rewrite]:
    """What the writer makes of some places of a function, each line once; wrong ones as often as they are wanted."""
    lines = _lines(module, function)
    chosen = sorted(rng.sample(sorted(lines), min(PLACES, len(lines))))
    places = [rng.choice((tokens[0], rng.choice(tokens))) for tokens in map(lines.__getitem__, chosen)]
    start = max(0, module.text.rfind("\n", 0, max(0, _start(module, function) - BEFORE)) + 1)
    written = means.writer(module.text[start : places[-1].start], [place.start - start for place in places])
    wrong = 0
    for place, texts in zip(places, written, strict=True):
        drafts = (Rewrite(module, function, place.line, place.start, text.rstrip()) for text in dict.fromkeys(texts))
        tried = next((one for draft in drafts if (one := judged(draft, means))), None)
        if tried and (not tried.why or (wrong := wrong + 1) <= WRONG):
            yield tried


def judged(draft: Rewrite, means: Means) -> Rewrite | None:
    """The rewrite with what is wrong with it; None where it is the same code, no code, or not to be run."""
    module, text = draft.module, draft.text
    before, after = _tree(module.text), _tree(text)
    if before is None or after is None or REACHING.search(draft.written) or ast.dump(before) == ast.dump(after):
        return None
    if not any(token.line == draft.line for token in _parsed(module, text).tokens) or None in map(_tree, draft.alone):
        return None
    new = tuple((Counter(means.complaints(after)) - Counter(means.complaints(before))).elements())
    why = means.trials.verdict(module.name, text, module.tests_of(draft.line)) or ("pyflakes complains" if new else "")
    return replace(draft, why=why, complaints=new)


def pyflakes() -> Complaints:
    """What pyflakes says; SpotterError where it is not installed."""
    if find_spec("pyflakes") is None:
        raise SpotterError("pyflakes is not installed; pip install pyflakes")
    checker = import_module("pyflakes.checker").Checker
    return lambda tree: [message.message % message.message_args for message in checker(tree).messages]


def record(one: Rewrite, number: int) -> dict[str, object]:
    """A record as `spotter bench` reads them: the function alone, before and after the mend."""
    now, was = (_parsed(one.module, text) for text in one.alone)
    blocks = differences([t.text for t in now.tokens], [t.text for t in was.tokens])
    spans = [[now.tokens[a].start, now.tokens[b - 1].end] for a, b, _, _ in blocks if a < b]
    return _facts(one.module) | {
        "id": f"{one.module.package.name}-{number}",
        "buggy_code": now.source.text,
        "fixed_code": was.source.text,
        "buggy_lines": [one.line - one.function.start_line + 1],
        "bug_spans": spans,
        "insertion": not spans,
        "old_tokens": [t.text for a, b, _, _ in blocks for t in now.tokens[a:b]],
        "new_tokens": [t.text for _, _, c, d in blocks for t in was.tokens[c:d]],
        "kind": "whole-line" if one.whole else "rest-of-line",
        "core": True,
        "func_range": [1, one.function.end_line - one.function.start_line + 1],
        "has_test": True,
        "pyflakes": list(one.complaints),
        "note": one.why,
    }


def _facts(module: Module) -> dict[str, object]:
    package = module.package
    return {
        "source": package.name,
        "dataset": "written",
        "repo": package.name,
        "commit": package.version,
        "version": package.version,
        "date": "",
        "path": str(module.syntax.source.path),
        "licence": package.licence,
        "language": "python",
    }


def _lines(module: Module, function: Function) -> dict[int, list[Token]]:
    """The lines of a function's own body that doctests run, with their tokens."""
    run = frozenset().union(*module.tests.values())
    inner = [f for f in module.syntax.functions if function.first <= f.first and f.last <= function.last]
    inside = {token for f in inner if f != function for token in range(f.first, f.last)}
    found: dict[int, list[Token]] = {}
    for index in range(function.first, function.last):
        token = module.syntax.tokens[index]
        if token.line in run and index not in inside and token.line > function.start_line:
            found.setdefault(token.line, []).append(token)
    return {line: tokens for line, tokens in found.items() if tokens[0].line == tokens[-1].end_line}


def _start(module: Module, function: Function) -> int:
    return module.syntax.tokens[function.first].start


def _parsed(module: Module, text: str) -> Syntax:
    return parse(replace(module.syntax.source, text=text))


def _tree(text: str) -> ast.Module | None:
    """The code as Python reads it; None where it does not."""
    try:
        with warnings.catch_warnings(action="error"):
            compile(text, "<written>", "exec", dont_inherit=True)
            return ast.parse(text)
    except (SyntaxError, ValueError, DeprecationWarning, SyntaxWarning):
        return None
