"""The facts of many files, taken by several processes at once: what reads them in Python uses one core.

A process is asked for one file at a time, a line of JSON for a line of JSON. It is a child of the program itself, begun
so that nothing in the current folder is imported, for code under review lies there, and first says which state of the
program it is. Where one does not begin, or dies, as the system may kill it for its memory, its files are read here.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue
from typing import IO

from spotter.engine.ahead import ahead
from spotter.garbage import collect_seldom
from spotter.metrics.facts import FileFacts, facts_of, to_json
from spotter.source import Cell, Source
from spotter.state import code
from spotter.syntax import Syntax, parse
from spotter.watchdog import TooMuchError, Watchdog

WORTH = 500_000  # characters to read, from which on other processes are sooner done, for all that they take to begin
MOST = 8  # processes, each with some 100 MB
WAITING = 4  # files a process that may wait to be asked for
NOISE = 100  # lines that a child may have to say before it begins, of whatever its Python imports by itself
NOTHING = "null"  # is said of what takes too much
COMMAND = (sys.executable or "python", "-I" if sys.flags.isolated else "-P", "-m", "spotter.spread")
Child = subprocess.Popen[bytes]
Extract = Callable[[Syntax], FileFacts]


@dataclass(frozen=True, slots=True)
class Extracted:
    """A parsed file with its facts, and both its damaged lines and these as JSON."""

    syntax: Syntax
    facts: FileFacts
    line: str


def extracted(source: Source, extract: Extract, watchdog: Watchdog) -> Extracted | None:
    """A source's facts; None where it takes too much."""
    try:
        with watchdog.bounded():
            syntax = parse(source)
            facts = extract(syntax)
            return Extracted(syntax, facts, json.dumps([syntax.error_lines, to_json(facts)]))
    except TooMuchError:
        return None


@dataclass(frozen=True, slots=True)
class Spread:
    """Takes the facts of a file, or of many by so many processes."""

    processes: int

    def __call__(self, syntax: Syntax) -> FileFacts:
        """The facts of one parsed file, taken here."""
        return facts_of(syntax)

    def pays(self, sources: Sequence[Source]) -> bool:
        """Whether other processes would be sooner done with these."""
        return self.processes > 1 and len(sources) > 1 and sum(len(source.text) for source in sources) > WORTH

    def each(self, sources: Iterable[Source], many: int) -> Iterator[tuple[Source, str | None]]:
        """Each of so many sources, in order, with its facts as a line of JSON; None where it takes too much."""
        children = [_begun() for _ in range(min(self.processes, MOST, many))]
        idle: SimpleQueue[Child | None] = SimpleQueue()
        pool = ThreadPoolExecutor(len(children), "spread")
        try:
            for child in children:
                pool.submit(_greet, idle, child)
            yield from ahead(pool, lambda source: (source, _line(idle, source)), sources, WAITING * len(children))
        finally:
            for child in filter(None, children):
                child.kill()
            pool.shutdown()
            for child in filter(None, children):
                child.communicate()


def _begun() -> Child | None:
    try:
        return subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except OSError:
        return None


def _greet(idle: SimpleQueue[Child | None], child: Child | None) -> None:
    """Wait until a child has said that it is this very program; one that does not is not asked."""
    said = (child.stdout.readline() for _ in range(NOISE)) if child is not None and child.stdout is not None else ()
    idle.put(child if any(line.strip() == code().encode() for line in said) else None)


def _line(idle: SimpleQueue[Child | None], source: Source) -> str | None:
    """What a child says of a source, or this thread in the place of one that is dead."""
    child = idle.get()
    try:
        if child is not None and (answer := _asked(child, source)):
            return None if answer == NOTHING else answer
        child = None
        with Watchdog() as watchdog:
            found = extracted(source, facts_of, watchdog)
        return None if found is None else found.line
    finally:
        idle.put(child)


def _asked(child: Child, source: Source) -> str:
    """The line that a child answers, "" where it is dead."""
    assert child.stdin is not None
    assert child.stdout is not None
    cells = [(cell.number, cell.first, cell.last) for cell in source.cells]
    try:
        child.stdin.write(json.dumps([source.path, source.text, source.language, cells, source.aside]).encode() + b"\n")
        child.stdin.flush()
        answer = child.stdout.readline()
    except OSError:
        return ""
    return answer.decode("ascii").strip() if answer.endswith(b"\n") else ""


def _answer(asked: IO[bytes], said: IO[bytes]) -> None:
    """Tell the facts of every source that is asked for, until there are no more."""
    said.write(code().encode() + b"\n")
    said.flush()
    with Watchdog() as watchdog:
        for line in asked:
            path, text, language, cells, aside = json.loads(line)
            source = Source(path, text, language, tuple(Cell(*cell) for cell in cells), aside)
            found = extracted(source, facts_of, watchdog)
            said.write((NOTHING if found is None else found.line).encode() + b"\n")
            said.flush()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who asks is interrupted too, and ends this
    collect_seldom()
    own = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever else is said is no answer
    _answer(sys.stdin.buffer, own)
