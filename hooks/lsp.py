"""The language server: an editor opens, edits and saves, and is told what `spotter check` would say.

A file is scored when it is opened and saved. While it is edited its pressures follow, and so do the suspicions in the
windows whose text is as it was; the others are silent until the file is saved.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from dataclasses import dataclass, field
from pathlib import Path

from lsprotocol import types
from pygls import uris
from pygls.capabilities import get_capability
from pygls.lsp.server import LanguageServer

from spotter import __version__
from spotter.crash import log
from spotter.engine.recall import Pass
from spotter.errors import SpotterError
from spotter.hooks.lsp_checks import Checked, Document
from spotter.hooks.lsp_diagnostics import diagnostics_of, hints_of, result_id
from spotter.hooks.lsp_fixes import fixes_of
from spotter.hooks.lsp_hover import hover_of
from spotter.hooks.lsp_positions import Border, covers
from spotter.hooks.lsp_progress import Progress
from spotter.hooks.lsp_settings import Settings, settings_of
from spotter.hooks.lsp_worker import StaleError, Worker
from spotter.languages import languages

PAUSE = 0.1  # seconds without a keystroke before an edited text is checked
PATIENCE = 5.0  # seconds for a client to answer
WATCHED = ("**/.spotter.toml", "**/pyproject.toml", "**/.spotter/*.jsonl")


@dataclass
class Open:
    """An open document: its saved text, its settings, the last that was found, and the check that runs."""

    saved: str
    settings: Settings | None = None
    checked: Checked | None = None
    task: asyncio.Task[None] | None = None
    shown: asyncio.Event = field(default_factory=asyncio.Event)


class Server(LanguageServer):
    """The conversation with one editor. It gets whole texts: what parts lines in Python is no line in the protocol."""

    def __init__(self) -> None:
        super().__init__("spotter", __version__, types.TextDocumentSyncKind.Full)
        self.worker = Worker()
        self.given: object = None
        self.documents: dict[str, Open] = {}
        self.said: set[str] = set()

    def pulls(self) -> bool:
        """Whether the client asks for diagnostics; if not, it is sent them."""
        return get_capability(self.client_capabilities, "text_document.diagnostic", None) is not None

    def opened(self, uri: str) -> None:
        """A document was opened, maybe once more."""
        self.left(uri)
        self.documents[uri] = Open(self.text(uri))
        self.follow(uri, ("fresh",))

    def edited(self, uri: str) -> None:
        """A document was edited; it is checked when the typing pauses."""
        self.follow(uri, ("known",), PAUSE)

    def saved(self, uri: str) -> None:
        """A document was saved: first what is new in it is scored, then all whose counts have changed."""
        if document := self.documents.get(uri):
            document.saved = self.text(uri)
            self.follow(uri, ("near", "fresh"))

    def closed(self, uri: str) -> None:
        """A document was closed, and its findings with it."""
        self.left(uri)
        if not self.pulls():
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))

    def left(self, uri: str) -> None:
        """What was known of a document is of no use any more, nor is its check."""
        if (document := self.documents.pop(uri, None)) and document.task:
            document.task.cancel()

    def changed(self) -> None:
        """Settings have changed, or what was judged: every open document is checked again."""
        self.said.clear()
        for uri, document in self.documents.items():
            document.settings = document.checked = None
            self.follow(uri, ("fresh",) if document.saved == self.text(uri) else ("known",))

    def follow(self, uri: str, passes: tuple[Pass, ...], pause: float = 0.0) -> None:
        """Check a document, and no more its earlier text."""
        if (document := self.documents.get(uri)) is None:
            return
        if document.task:
            document.task.cancel()
        document.task = asyncio.create_task(self._followed(uri, document, passes, pause))

    async def current(self, uri: str) -> Checked | None:
        """What was found in the text as it is now; None where it was closed or could not be checked."""
        while (document := self.documents.get(uri)) is not None:
            found = document.checked
            if found is not None and found.document.text == self.text(uri):
                return found
            if document.task is None or document.task.done():
                return None
            shown = asyncio.create_task(document.shown.wait())
            await asyncio.wait([document.task, shown], return_when=asyncio.FIRST_COMPLETED)
            shown.cancel()
            document.shown.clear()
        return None

    def text(self, uri: str) -> str:
        """The text of an open document."""
        return self.workspace.get_text_document(uri).source

    def border(self, text: str) -> Border:
        """A text in the client's units."""
        return Border(text, self.workspace.position_codec)

    async def _followed(self, uri: str, document: Open, passes: tuple[Pass, ...], pause: float) -> None:
        await asyncio.sleep(pause)
        try:
            path = self._path(uri)
            if path is None:
                return
            document.settings = document.settings or await self._settings(uri)
            read = Document(path, self.text(uri))
            for how in passes:
                await self._check(uri, document, document.settings, read, how)
        except SpotterError as error:
            self._tell(str(error), types.MessageType.Warning)
            self._show(uri, document, None)
        except StaleError:
            return  # the editor is leaving
        except Exception as error:
            where = log(error)
            self._tell(
                f"{type(error).__name__}: a mistake of ours; please report it with {where}", types.MessageType.Error
            )

    async def _check(self, uri: str, document: Open, settings: Settings, read: Document, how: Pass) -> None:
        before = document.checked.neighbours if document.checked and how == "known" else None
        progress = Progress(self, f"spotter: {read.path.name}")
        try:
            found = await self.worker.check(read, settings, how, before, progress.told)
        finally:
            progress.end()
        self._show(uri, document, found)
        for note in found.notes:
            self._log(f"{found.root}: {note}")
        if how == "fresh":
            self._refresh()
            await self.worker.learn(read, settings)

    def _show(self, uri: str, document: Open, found: Checked | None) -> None:
        document.checked = found
        document.shown.set()
        if not self.pulls():
            shown = diagnostics_of(found, self.border(found.document.text)) if found else []
            version = self.workspace.get_text_document(uri).version
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, shown, version))

    def _refresh(self) -> None:
        """Have a client ask again, for what it asked about before a check was done."""
        if self.pulls() and get_capability(self.client_capabilities, "workspace.diagnostics.refresh_support", False):
            self.workspace_diagnostic_refresh(None)
        if get_capability(self.client_capabilities, "workspace.inlay_hint.refresh_support", False):
            self.workspace_inlay_hint_refresh(None)

    def _path(self, uri: str) -> Path | None:
        """Where a document lies, or a new one would lie, in the first folder; None outside of the folders."""
        folders = [Path(path) for one in self.workspace.folders if (path := uris.to_fs_path(one))]
        if uri.startswith("untitled:"):
            return self._untitled(uri, folders[0] if folders else Path.cwd())
        path = uris.to_fs_path(uri) if uri.startswith("file:") else None
        if path is None or (folders and not any(Path(path).is_relative_to(folder) for folder in folders)):
            return None
        return Path(path)

    def _untitled(self, uri: str, folder: Path) -> Path | None:
        known = languages().get(self.workspace.get_text_document(uri).language_id or "")
        name = Path(uri.removeprefix("untitled:")).name
        return folder / f"{name.removesuffix(known.suffixes[0])}{known.suffixes[0]}" if known else None

    async def _settings(self, uri: str) -> Settings:
        if not get_capability(self.client_capabilities, "workspace.configuration", False):
            return settings_of(self.given)
        item = types.ConfigurationItem(scope_uri=uri, section="spotter")
        asked = self.workspace_configuration_async(types.ConfigurationParams([item]))
        try:
            # Shielded: the client answers also a question whose check is given up, and finds somebody to take it.
            answer = await asyncio.wait_for(asyncio.shield(asked), PATIENCE)
        except TimeoutError:
            return settings_of(self.given)
        return settings_of(plain(answer[0]) if answer and answer[0] is not None else self.given)

    def _tell(self, message: str, kind: types.MessageType) -> None:
        """Show a message, once until the settings change."""
        if message not in self.said:
            self.said.add(message)
            self.window_show_message(types.ShowMessageParams(kind, f"spotter: {message}"))

    def _log(self, message: str) -> None:
        if message not in self.said:
            self.said.add(message)
            self.window_log_message(types.LogMessageParams(types.MessageType.Info, message))


def server() -> Server:
    """A server with its features.

    What is told takes effect at once, as it does in the library's workspace: what is asked meets both as one.
    """
    ls = Server()

    @ls.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        ls.given = plain(params.initialization_options)
        ls.worker.start()

    @ls.feature(types.INITIALIZED)
    def initialized(_: types.InitializedParams) -> None:
        if get_capability(ls.client_capabilities, "workspace.did_change_watched_files.dynamic_registration", False):
            watchers = [types.FileSystemWatcher(glob) for glob in WATCHED]
            options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
            wanted = types.Registration("watched", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
            ls.client_register_capability(types.RegistrationParams([wanted]))

    @ls.feature(types.SHUTDOWN)
    def shutdown(_: None) -> None:
        ls.worker.stop()

    @ls.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        ls.opened(params.text_document.uri)

    @ls.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def edited(params: types.DidChangeTextDocumentParams) -> None:
        ls.edited(params.text_document.uri)

    @ls.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        ls.saved(params.text_document.uri)

    @ls.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        ls.closed(params.text_document.uri)

    @ls.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    def configured(params: types.DidChangeConfigurationParams) -> None:
        given = plain(params.settings)
        if isinstance(given, dict) and "spotter" in given:
            ls.given = given["spotter"]
        ls.changed()

    @ls.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def files_changed(_: types.DidChangeWatchedFilesParams) -> None:
        ls.changed()

    @ls.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def folders_changed(_: types.DidChangeWorkspaceFoldersParams) -> None:
        ls.changed()

    @ls.feature(types.TEXT_DOCUMENT_DIAGNOSTIC, types.DiagnosticOptions(True, False, "spotter"))
    async def diagnostics(params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
        found = await ls.current(params.text_document.uri)
        items = diagnostics_of(found, ls.border(found.document.text)) if found else []
        name = result_id(items)
        if params.previous_result_id == name:
            return types.RelatedUnchangedDocumentDiagnosticReport(name)
        return types.RelatedFullDocumentDiagnosticReport(items, result_id=name)

    @ls.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions([types.CodeActionKind.QuickFix]))
    async def actions(params: types.CodeActionParams) -> list[types.CodeAction]:
        uri, only = params.text_document.uri, params.context.only
        found = await ls.current(uri) if not only or types.CodeActionKind.QuickFix in only else None
        if found is None:
            return []
        border = ls.border(found.document.text)
        return fixes_of(found, border, uri, params.range, diagnostics_of(found, border))

    @ls.feature(types.TEXT_DOCUMENT_HOVER)
    async def hover(params: types.HoverParams) -> types.Hover | None:
        found = await ls.current(params.text_document.uri)
        border = ls.border(found.document.text if found else "")
        at = types.Range(params.position, params.position)
        under = [finding for finding in found.findings if covers(finding, border, at)] if found else []
        if found is None or not under:
            return None
        told = [(finding, await ls.worker.alternatives(found.document, finding)) for finding in under]
        return hover_of(told, found.root, border.range(under[0]))

    @ls.feature(types.TEXT_DOCUMENT_INLAY_HINT)
    async def hints(params: types.InlayHintParams) -> list[types.InlayHint]:
        found = await ls.current(params.text_document.uri)
        if found is None or not found.settings.inlay_hints:
            return []
        return hints_of(found, ls.border(found.document.text), params.range)

    return ls


def plain(raw: object) -> object:
    """A client's JSON as plain values, however the protocol's library has wrapped it."""
    if hasattr(raw, "_asdict"):
        return {name: plain(value) for name, value in raw._asdict().items()}
    if isinstance(raw, dict):
        return {str(name): plain(value) for name, value in raw.items()}
    return [plain(one) for one in raw] if isinstance(raw, list | tuple) else raw


def serve() -> None:
    """Talk with the editor that has started this process, until it says goodbye."""
    logging.basicConfig(level=logging.WARNING)
    stdout, sys.stdout = sys.stdout.buffer, sys.stderr  # what stands there belongs to the protocol
    server().start_io(sys.stdin.buffer, stdout)
