"""The work beside the conversation: threads that check while the server goes on reading what is typed.

One thread scores, the other answers what needs no scoring, so that typing in one file never waits for another. A check
that nobody waits for any more stops between two steps.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib import import_module
from threading import Event
from typing import TypeVar

from spotter.engine.recall import Pass
from spotter.engine.scores import Proposal
from spotter.findings import Finding
from spotter.hooks.lsp_checks import Checked, Document, Recalling, Warm, alternatives, checked, learn
from spotter.hooks.lsp_settings import Settings
from spotter.source import Source

Value = TypeVar("Value")
Told = Callable[[int, int], None]  # (windows that are scored, windows to score), in the worker's thread


class StaleError(Exception):
    """The text has changed since, or nobody asks any more."""


class Worker:
    """Two threads, a third that loads, and the warm denoiser."""

    def __init__(self) -> None:
        self._warm = Warm()
        self._scoring = ThreadPoolExecutor(1, "scoring")
        self._reading = ThreadPoolExecutor(1, "reading")
        self._loading = ThreadPoolExecutor(1, "loading")
        self._leaving = Event()

    def start(self) -> None:
        """Load what the first check needs, before it is asked for and while it is read."""
        self._loading.submit(lambda: self._warm.recall)
        self._reading.submit(import_module, "networkx")

    def stop(self) -> None:
        """Begin no check any more, and end one that has begun at its next step: nobody will read it."""
        self._leaving.set()
        for pool in (self._scoring, self._reading, self._loading):
            pool.shutdown(wait=False, cancel_futures=True)

    async def check(
        self,
        document: Document,
        settings: Settings,
        how: Pass,
        neighbours: tuple[Source, ...] | None,
        told: Told,
    ) -> Checked:
        """What is found in a text; cancelled, the check stops at its next step."""
        stopped = Event()

        def alive() -> None:
            if stopped.is_set() or self._leaving.is_set():
                raise StaleError

        def step(done: int, of: int) -> None:
            alive()
            told(done, of)

        work = partial(checked, document, settings, Recalling(self._warm, how, step), alive, neighbours)
        try:
            return await self._done(self._reading if how == "known" else self._scoring, work)
        finally:
            stopped.set()

    async def learn(self, document: Document, settings: Settings) -> None:
        """Recall what the cache knows of a text."""
        await self._done(self._scoring, partial(learn, document, settings, self._warm))

    async def alternatives(self, document: Document, finding: Finding) -> tuple[Proposal, ...]:
        """What would be expected at a finding's token."""
        return await self._done(self._reading, partial(alternatives, document, finding, self._warm))

    async def _done(self, pool: ThreadPoolExecutor, work: Callable[[], Value]) -> Value:
        return await asyncio.get_running_loop().run_in_executor(pool, work)
