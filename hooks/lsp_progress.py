"""Progress of a check that takes a while, for clients that show it; they may stop the check there."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from typing import Any
from uuid import uuid4

from lsprotocol import types
from pygls.capabilities import get_capability
from pygls.lsp.server import LanguageServer

LONG = 16  # windows to score, from which on progress is shown: about a second


class Progress:
    """One check's progress. It is told in the worker's thread, and shown in the server's."""

    def __init__(self, server: LanguageServer, title: str) -> None:
        self._server = server
        self._title = title
        self._token = uuid4().hex
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()
        self._begin: asyncio.Task[None] | None = None
        self._shown = self._ended = False

    def told(self, done: int, of: int) -> None:
        """So many of so many windows are scored."""
        if of >= LONG and get_capability(self._server.client_capabilities, "window.work_done_progress", False):
            self._loop.call_soon_threadsafe(self._report, done, of)

    def end(self) -> None:
        """The check is over, however it ended."""
        self._ended = True
        if self._shown:
            self._server.work_done_progress.end(self._token, types.WorkDoneProgressEnd())

    def _report(self, done: int, of: int) -> None:
        if self._begin is None and not self._ended:
            self._begin = asyncio.create_task(self._create())
        if self._shown and not self._ended:
            said = types.WorkDoneProgressReport(message=f"{done} of {of} windows", percentage=100 * done // of)
            self._server.work_done_progress.report(self._token, said)

    async def _create(self) -> None:
        progress = self._server.work_done_progress
        await progress.create_async(self._token)
        if not self._ended:
            progress.begin(
                self._token, types.WorkDoneProgressBegin(self._title, cancellable=True, message="scoring", percentage=0)
            )
            progress.tokens[self._token].add_done_callback(self._cancelled)
            self._shown = True

    def _cancelled(self, asked: Future[Any]) -> None:
        if asked.cancelled() and self._task is not None:
            self._task.cancel()
