"""A bound on what one file may take: whoever measures it is stopped, and goes on with the next.

A thread looks on. Where a file has taken too much it raises an error in the thread that measures, which works in a
hook, in an editor's server and in a fleet alike, and costs nothing before. It waits for C code to come back: what could
be slow there is told by its look (`metrics/outline.py`).
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Lock, Thread, get_ident
from typing import Self

SECONDS = 30.0  # of the processor, for reading one file: five times what one of the largest takes
BYTES = 1_000_000_000  # by which the process may grow meanwhile
PAUSE = 0.05  # seconds between two looks
STATM = Path("/proc/self/statm")


class TooMuchError(Exception):
    """A file takes too much time or memory to be measured."""


class Watchdog:
    """Looks on while this thread works through files."""

    def __init__(self) -> None:
        self._thread = get_ident()
        self._clock = _clock(self._thread)
        self._lock = Lock()
        self._most: tuple[float, float] | None = None  # seconds on the clock and bytes, while a file is measured
        self._raised = False
        self._looking = False
        self._over = Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._let_go()
        self._over.set()

    @contextmanager
    def bounded(self) -> Iterator[None]:
        """Raises TooMuchError in what stands inside, once it has taken too much."""
        if not self._looking:
            self._looking = True
            Thread(target=self._look, name="watchdog", daemon=True).start()
        self._raised = False
        self._most = (self._clock() + SECONDS, _bytes() + BYTES)
        try:
            yield
        finally:
            self._let_go()
        if self._raised:
            raise TooMuchError

    def _let_go(self) -> None:
        """Look no more, and take back an error that was raised and has not arrived."""
        while self._most is not None:
            try:
                with self._lock:
                    self._most = None
                    if self._raised:
                        _raise(self._thread, None)
            except TooMuchError:  # it arrived here
                continue

    def _look(self) -> None:
        while not self._over.wait(PAUSE):
            with self._lock:
                if self._most and (self._clock() > self._most[0] or _bytes() > self._most[1]):
                    self._raised = True
                    _raise(self._thread, TooMuchError)


def _clock(thread: int) -> Callable[[], float]:
    """The processor time of a thread, or the time of day where no system tells."""
    if hasattr(time, "pthread_getcpuclockid"):
        number = time.pthread_getcpuclockid(thread)
        return lambda: time.clock_gettime(number)
    return time.monotonic


def _bytes() -> int:
    """The memory of this process; 0 where no system tells."""
    try:
        return int(STATM.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0


def _raise(thread: int, error: type[Exception] | None) -> None:
    from ctypes import c_ulong, py_object, pythonapi

    pythonapi.PyThreadState_SetAsyncExc(c_ulong(thread), py_object(error) if error else None)
