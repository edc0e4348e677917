"""A program of its own: does a version of a module still do what the module's doctests show?

It runs in a process apart, given a folder of packages, and reads a request a line as JSON and writes an answer a line.
Every version runs in a fork that may write no files, with little time and memory: on the doctests that are named, and
on the same ones with one literal changed, for which the module's own text says what should come. POSIX only.
"""

from __future__ import annotations

import ast
import contextlib
import doctest
import hashlib
import importlib
import io
import json
import os
import re
import resource
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import CodeType, FrameType, ModuleType
from typing import Any

SECONDS, PATIENCE = 20, 120  # of the processor and of the clock, for a fork
QUICK = 0.3  # seconds of the processor, for a doctest
MEMORY = 2_000_000_000  # bytes of addresses
VARIED = 8  # changed literals of a doctest, at most
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
ADDRESS = re.compile(r"\b0x[0-9a-f]+")
UNKNOWN = ""  # what comes of a doctest that takes too long, or that does not come twice

Tests = Mapping[str, Sequence[doctest.Example]]


class TooLongError(BaseException):
    """A doctest took too long. No code on trial catches it."""


def main() -> None:
    """Answer requests until there are none."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_RDWR), 1)  # for what packages print
    sys.path.insert(0, sys.argv[1])
    answer = answerer()
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(answer(asked["module"], asked["text"], asked["tests"])), file=answers, flush=True)


def answerer() -> Callable[[str, str, Sequence[str] | None], object]:
    """What answers requests: a survey of a module's own text, without tests; then how versions of it do on some."""
    originals: dict[str, str] = {}
    known: dict[tuple[str, str], list[str]] = {}

    def answer(module: str, text: str, tests: Sequence[str] | None) -> object:
        if tests is None:
            originals[module] = text
            return apart(lambda: survey(*version(module, text))) or {}
        for test in tests:
            if (module, test) not in known:
                known[module, test] = base(module, test)
        wanted = {test: known[module, test] for test in tests}
        said = apart(lambda: verdict(*version(module, text), wanted))
        return "it does not end" if said is None else said

    def base(module: str, test: str) -> list[str]:
        twice = [apart(lambda: expected(*version(module, originals[module]), test)) or [] for _ in range(2)]
        return [one if one == other else UNKNOWN for one, other in zip(*twice, strict=False)]

    return answer


def version(name: str, text: str) -> tuple[Tests, CodeType, ModuleType]:
    """A module's doctests as it was published, and a version of its text, compiled."""
    module = importlib.import_module(name)
    found = doctest.DocTestFinder(exclude_empty=True).find(module, name)
    code = compile(text, str(module.__file__), "exec", dont_inherit=True)
    return {test.name: test.examples for test in found if test.examples}, code, module


def survey(tests: Tests, code: CodeType, module: ModuleType) -> dict[str, list[int]]:
    """The lines that each doctest runs, of those that pass."""
    exec(code, module.__dict__)
    found = {}
    for name, examples in tests.items():
        lines: set[int] = set()
        with _traced(code.co_filename, lines):
            said = outcomes(examples, module)
        if agrees(examples, said):
            found[name] = sorted(lines)
    return found


def expected(tests: Tests, code: CodeType, module: ModuleType, name: str) -> list[str]:
    """What comes of a doctest with each literal changed."""
    exec(code, module.__dict__)
    return [digest(outcomes(one, module)) for one in varied(tests[name])]


def verdict(tests: Tests, code: CodeType, module: ModuleType, expected: Mapping[str, Sequence[str]]) -> str:
    """How a version differs from what is expected of the doctests; "" where it does not."""
    try:
        exec(code, module.__dict__)
    except Exception:
        return "it cannot be imported"
    if not all(agrees(tests[name], outcomes(tests[name], module)) for name in expected):
        return "a doctest fails"
    for name, wanted in expected.items():
        for one, said in zip(varied(tests[name]), wanted, strict=False):
            if said != UNKNOWN and digest(outcomes(one, module)) != said:
                return "it differs on another input"
    return ""


def outcomes(examples: Sequence[doctest.Example], module: ModuleType) -> list[str] | None:
    """What each example prints or raises; None where they take too long."""
    space = dict(module.__dict__)
    said: list[str] = []
    signal.signal(signal.SIGPROF, _too_long)
    signal.setitimer(signal.ITIMER_PROF, QUICK)
    try:
        for example in examples:
            printed = io.StringIO()
            try:
                with contextlib.redirect_stdout(printed):
                    exec(compile(example.source, "<doctest>", "single", dont_inherit=True), space)
                said.append(ADDRESS.sub("0x", printed.getvalue()))
            except Exception as error:
                said.append(f"raised {type(error).__name__}")
    except TooLongError:
        return None
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return said


def agrees(examples: Sequence[doctest.Example], said: Sequence[str] | None) -> bool:
    """Whether all that was said is what the doctest wants; of an exception only its name."""
    if said is None:
        return False
    checker = doctest.OutputChecker()
    return all(
        found == f"raised {example.exc_msg.split(':')[0].strip().rpartition('.')[2]}"
        if example.exc_msg
        else checker.check_output(example.want, found, FLAGS)
        for example, found in zip(examples, said, strict=True)
    )


def digest(said: Sequence[str] | None) -> str:
    """A short name for what was said."""
    return UNKNOWN if said is None else hashlib.sha256(json.dumps(said).encode()).hexdigest()[:12]


def varied(examples: Sequence[doctest.Example]) -> Iterator[list[doctest.Example]]:
    """The doctest with one literal changed, some of them, spread over all."""
    every = [(at, text) for at, example in enumerate(examples) for text in changed(example.source)]
    step = max(1, len(every) // VARIED)
    for at, text in every[::step][:VARIED]:
        yield [*examples[:at], doctest.Example(text, ""), *examples[at + 1 :]]


def changed(source: str) -> Iterator[str]:
    """A line of code with one literal changed: numbers, strings, lists."""
    if not source.isascii() or source.count("\n") > 1:
        return
    for node in ast.walk(ast.parse(source)):
        for text in _others(node):
            yield source[: node.col_offset] + text + source[node.end_col_offset :]  # type: ignore[attr-defined]


def _others(node: ast.AST) -> tuple[str, ...]:
    if isinstance(node, ast.List) and node.elts:
        return ("[]", ast.unparse(ast.List(node.elts[:-1])), ast.unparse(ast.List(node.elts[::-1])))
    if not isinstance(node, ast.Constant):
        return ()
    value = node.value
    if isinstance(value, bool):
        return (repr(not value),)
    if isinstance(value, int):
        return (f"({value + 1})", f"({-value - 1})", "0")
    if isinstance(value, str):
        return ("''", repr(value[::-1]), repr(value + " " + value[:1]))
    return ()


def apart(call: Callable[[], Any]) -> Any:
    """What a call returns in a fork with limits, through JSON; None where it did not get so far."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.dup2(1, 2)
            resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
            os.write(writing, json.dumps(call()).encode() + b"\n")
        finally:
            os._exit(0)
    os.close(writing)
    data, end = b"", time.monotonic() + PATIENCE
    while not data.endswith(b"\n") and select.select([reading], [], [], max(0.0, end - time.monotonic()))[0]:
        if not (more := os.read(reading, 1 << 16)):
            break
        data += more
    os.close(reading)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return json.loads(data) if data.endswith(b"\n") else None


@contextlib.contextmanager
def _traced(file: str, lines: set[int]) -> Iterator[None]:
    """Collect the lines of a file that run."""

    def inside(frame: FrameType, event: str, _: object) -> Any:
        if event == "line":
            lines.add(frame.f_lineno)
        return inside

    sys.settrace(lambda frame, _event, _: inside if frame.f_code.co_filename == file else None)
    try:
        yield
    finally:
        sys.settrace(None)


def _too_long(_signal: int, _frame: FrameType | None) -> None:
    raise TooLongError


if __name__ == "__main__":
    main()
