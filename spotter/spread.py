"""The facts of many files, taken by several processes at once: what reads them in Python uses one core.

A process is asked for one file at a time, through its pipes. It is a child of the program itself, begun so that nothing
in the current folder is imported, for code under review lies there. One that dies, as the system may kill it for its
memory, costs nothing: its file is read here.
"""

from __future__ import annotations

import json
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue

from spotter.engine.ahead import ahead
from spotter.garbage import collect_seldom
from spotter.metrics.facts import FileFacts, facts_of, to_json
from spotter.source import Source
from spotter.syntax import Syntax, parse
from spotter.watchdog import TooMuchError, Watchdog

WORTH = 500_000  # characters to read, from which on other processes are sooner done, for all that they take to begin
MOST = 8  # processes, each with some 100 MB
BEGUN = 4  # files a process that may wait to be asked for
COMMAND = (sys.executable, *(("-I",) if sys.flags.isolated else ("-P",)), "-m", "spotter.spread")
Process = subprocess.Popen[bytes]
Extract = Callable[[Syntax], FileFacts]


@dataclass(frozen=True, slots=True)
class Told:
    """A parsed file with its facts, told as JSON too."""

    syntax: Syntax
    facts: FileFacts
    text: str


def told(source: Source, extract: Extract, watchdog: Watchdog) -> Told | None:
    """A source's facts; None where it takes too much."""
    try:
        with watchdog.bounded():
            syntax = parse(source)
            facts = extract(syntax)
            return Told(syntax, facts, json.dumps([syntax.error_lines, to_json(facts)]))
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

    def each(self, sources: Iterable[Source], watchdog: Watchdog) -> Iterator[tuple[Source, str | None]]:
        """Each source, in order, with its facts as JSON; None where it takes too much."""
        idle: SimpleQueue[Process | None] = SimpleQueue()
        begun = [_process() for _ in range(min(self.processes, MOST))]
        for process in begun:
            idle.put(process)
        pool = ThreadPoolExecutor(len(begun), "spread")
        try:
            asked = ahead(pool, lambda source: (source, *_ask(idle, source)), sources, BEGUN * len(begun))
            for source, answered, text in asked:
                if not answered:
                    here = told(source, self, watchdog)
                    text = None if here is None else here.text
                yield source, text
        finally:
            for process in filter(None, begun):
                process.kill()
            pool.shutdown()
            for process in filter(None, begun):
                process.communicate()


def _process() -> Process | None:
    try:
        return subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except OSError:
        return None


def _ask(idle: SimpleQueue[Process | None], source: Source) -> tuple[bool, str | None]:
    """Whether a process has answered, and what."""
    process = idle.get()
    try:
        if process is None or process.stdin is None or process.stdout is None:
            return False, None
        pickle.dump(source, process.stdin)
        process.stdin.flush()
        return True, pickle.load(process.stdout)
    except (OSError, ValueError, EOFError, pickle.UnpicklingError):
        process = None
        return False, None
    finally:
        idle.put(process)


def _answer() -> None:
    """Tell the facts of every source on stdin on stdout, until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who asks is interrupted too, and ends this
    collect_seldom()
    with Watchdog() as watchdog:
        while True:
            try:
                source = pickle.load(sys.stdin.buffer)
            except EOFError:
                return
            found = told(source, facts_of, watchdog)
            pickle.dump(None if found is None else found.text, sys.stdout.buffer)
            sys.stdout.buffer.flush()


if __name__ == "__main__":
    _answer()
