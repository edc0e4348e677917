"""The language server as an editor meets it: a process, a real client, and waiting for what it sends."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from lsprotocol import types
from pygls.lsp.client import LanguageClient

from spotter import verdicts
from spotter.verdicts import Verdict

SESSION = (Path(__file__).parent / "session.txt").read_text(encoding="utf-8")
PLANTED = '\n    def logout(self) -> str:\n        return "😀é" + self.token.lower()\n'
USED = "\n    def use_{0}(self) -> str:\n        assert self.token is not None\n        return self.token + str({0})\n"
PRESSURES = 'select = ["SP2"]\n'
SUSPICIONS = 'select = ["SP1"]\nmax-alerts-per-kloc = 500\n'
WAIT = 60.0  # seconds; the machine may be busy with other work

Run = Callable[[Coroutine[Any, Any, Any]], Any]


class Editor(LanguageClient):
    """A client that keeps what it is sent. Its settings are those of a document, by the end of its address."""

    def __init__(self, settings: dict[str, Any]) -> None:
        super().__init__("editor", "1")
        self.sent: list[tuple[str, Any]] = []
        self.news = asyncio.Event()
        for name in (
            types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS,
            types.WINDOW_SHOW_MESSAGE,
            types.WINDOW_LOG_MESSAGE,
            types.PROGRESS,
            types.WORKSPACE_DIAGNOSTIC_REFRESH,
            types.WORKSPACE_INLAY_HINT_REFRESH,
            types.WINDOW_WORK_DONE_PROGRESS_CREATE,
            types.CLIENT_REGISTER_CAPABILITY,
        ):
            self.feature(name)(self._keeping(name))

        def configuration(params: types.ConfigurationParams) -> list[Any]:
            wanted = [item.scope_uri or "" for item in params.items]
            return [next((one for end, one in settings.items() if uri.endswith(end)), None) for uri in wanted]

        self.feature(types.WORKSPACE_CONFIGURATION)(configuration)

    def pid(self) -> int:
        """The server's process."""
        assert self._server is not None
        return self._server.pid

    async def said(self, name: str, fits: Callable[[Any], bool] = lambda _: True) -> Any:
        """The first message of this name that fits, whether it has come already or not."""
        seen = 0
        while True:
            for at in range(seen, len(self.sent)):
                if self.sent[at][0] == name and fits(self.sent[at][1]):
                    return self.sent.pop(at)[1]
            seen = len(self.sent)
            self.news.clear()
            await asyncio.wait_for(self.news.wait(), WAIT)

    async def diagnostics(self, uri: str, version: int | None = None) -> list[types.Diagnostic]:
        """The next diagnostics of a document, or those of a version."""
        found = await self.said(
            types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, lambda p: p.uri == uri and version in (None, p.version)
        )
        return list(found.diagnostics)

    def open(self, path: Path, language: str = "python", uri: str | None = None, text: str | None = None) -> str:
        """Open a file, or a text that lies nowhere."""
        uri = uri or path.as_uri()
        text = path.read_text(encoding="utf-8") if text is None else text
        item = types.TextDocumentItem(uri, language, 1, text)
        self.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return uri

    def edit(self, uri: str, text: str, version: int) -> None:
        """Send a document's whole text, as the server asks for."""
        self.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(version, uri),
                [types.TextDocumentContentChangeWholeDocument(text)],
            )
        )

    def save(self, uri: str) -> None:
        """Say that a document was saved."""
        self.text_document_did_save(types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(uri)))

    async def actions(self, uri: str, at: types.Range) -> list[types.CodeAction]:
        """The code actions in a range."""
        found = await self.text_document_code_action_async(
            types.CodeActionParams(types.TextDocumentIdentifier(uri), at, types.CodeActionContext([]))
        )
        return [action for action in found or () if isinstance(action, types.CodeAction)]

    def _keeping(self, name: str) -> Callable[[Any], None]:
        def keep(params: Any) -> None:
            self.sent.append((name, params))
            self.news.set()

        return keep


@asynccontextmanager
async def editor(
    *folders: Path, pull: bool = False, settings: dict[str, Any] | None = None, encodings: list[Any] | None = None
) -> AsyncIterator[Editor]:
    """An editor that has started the server."""
    client = Editor(settings or {})
    await client.start_io(sys.executable, "-m", "spotter", "lsp")
    await client.initialize_async(
        types.InitializeParams(
            types.ClientCapabilities(
                text_document=types.TextDocumentClientCapabilities(
                    diagnostic=types.DiagnosticClientCapabilities() if pull else None
                ),
                workspace=types.WorkspaceClientCapabilities(
                    configuration=settings is not None,
                    diagnostics=types.DiagnosticWorkspaceClientCapabilities(refresh_support=True),
                    did_change_watched_files=types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True),
                    workspace_folders=True,
                ),
                window=types.WindowClientCapabilities(work_done_progress=True),
                general=types.GeneralClientCapabilities(position_encodings=encodings),
            ),
            workspace_folders=[types.WorkspaceFolder(folder.as_uri(), folder.name) for folder in folders] or None,
        )
    )
    client.initialized(types.InitializedParams())
    try:
        yield client
    finally:
        await asyncio.wait_for(client.shutdown_async(None), WAIT)
        client.exit(None)
        await asyncio.wait_for(client.stop(), WAIT)  # type: ignore[no-untyped-call]  # pygls has no types there


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """Run what waits, all of a module's in one loop."""
    with asyncio.Runner() as runner:
        yield runner.run


@pytest.fixture(scope="module")
def ed(run: Run) -> Iterator[Editor]:
    """One editor without a folder for most of the tests."""
    context = editor()
    yield run(context.__aenter__())
    run(context.__aexit__(None, None, None))


def project(folder: Path, settings: str = PRESSURES, **files: str) -> Path:
    """A checkout with settings and files."""
    folder.mkdir(exist_ok=True)
    (folder / ".spotter.toml").write_text(settings)
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    subprocess.run(["git", "init", "-q", folder], check=True)
    return folder


def marked(text: str, at: types.Range, units: str = "utf-16-le") -> str:
    """The marked part of a line, as a client that counts in these units sees it."""
    assert at.start.line == at.end.line
    line = text.split("\n")[at.start.line].encode(units)
    width = {"utf-8": 1, "utf-16-le": 2, "utf-32-le": 4}[units]
    return line[at.start.character * width : at.end.character * width].decode(units)


def applied(text: str, edit: types.TextEdit) -> str:
    """The text after an edit, by a client that counts in UTF-16."""
    lines = text.split("\n")
    ends = []
    for place in (edit.range.start, edit.range.end):
        before = lines[place.line].encode("utf-16-le")[: 2 * place.character].decode("utf-16-le")
        ends.append(sum(len(line) + 1 for line in lines[: place.line]) + len(before))
    return text[: ends[0]] + edit.new_text + text[ends[1] :]


def edit_of(action: types.CodeAction) -> types.TextEdit:
    assert action.edit is not None
    assert action.edit.changes is not None
    (edits,) = action.edit.changes.values()
    (edit,) = edits
    assert isinstance(edit, types.TextEdit)
    return edit


def test_an_opened_file_is_told_where_its_findings_are_after_an_emoji_too(run: Run, ed: Editor, tmp_path: Path) -> None:
    text = SESSION + PLANTED
    folder = project(tmp_path, session=text)
    (found,) = [one for one in run(opened(ed, folder / "session.py")) if one.code == "SP202"]
    assert marked(text, found.range) == "self.token"
    assert found.range.start.character == len("        return ") + len('"😀é" + ') + 1  # the emoji is two units
    assert (found.source, found.severity) == ("spotter", types.DiagnosticSeverity.Warning)
    assert found.related_information
    assert found.related_information[0].location.uri == (folder / "session.py").as_uri()


async def opened(ed: Editor, path: Path) -> list[types.Diagnostic]:
    return await ed.diagnostics(ed.open(path))


def test_units_are_those_that_were_agreed_upon(run: Run, tmp_path: Path) -> None:
    text = SESSION + PLANTED
    folder = project(tmp_path, session=text)

    async def talk() -> types.Diagnostic:
        async with editor(encodings=[types.PositionEncodingKind.Utf8]) as ed:
            return next(one for one in await opened(ed, folder / "session.py") if one.code == "SP202")

    assert marked(text, run(talk()).range, "utf-8") == "self.token"


def test_what_is_typed_is_followed_before_it_is_saved(run: Run, ed: Editor, tmp_path: Path) -> None:
    folder = project(tmp_path, session=SESSION)

    async def talk() -> None:
        uri = ed.open(folder / "session.py")
        assert await ed.diagnostics(uri, 1) == []
        ed.edit(uri, SESSION + PLANTED, 2)
        assert [one.code for one in await ed.diagnostics(uri, 2)] == ["SP202"]
        ed.edit(uri, SESSION, 3)
        assert await ed.diagnostics(uri, 3) == []

    run(talk())
    assert (folder / "session.py").read_text() == SESSION


def test_only_the_last_of_many_keystrokes_is_checked(run: Run, ed: Editor, tmp_path: Path) -> None:
    folder = project(tmp_path, session=SESSION)

    async def talk() -> None:
        uri = ed.open(folder / "session.py")
        await ed.diagnostics(uri, 1)
        for version in range(2, 12):
            ed.edit(uri, f"{SESSION}    # {version}\n", version)
        ed.edit(uri, SESSION + PLANTED, 12)
        found = await ed.said(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, lambda p: p.uri == uri)
        assert (found.version, [one.code for one in found.diagnostics]) == (12, ["SP202"])

    run(talk())


def test_form_feeds_and_odd_line_ends_move_no_finding(run: Run, ed: Editor, tmp_path: Path) -> None:
    folder = project(tmp_path)
    text = f"NAMES = 'a\u2028b', '\x0c', '\x85'\n\x0c\n{SESSION}{PLANTED}"

    async def talk(sent: str) -> types.Diagnostic:
        uri = ed.open(folder / f"{len(sent)}.py", text=sent)
        return next(one for one in await ed.diagnostics(uri) if one.code == "SP202")

    for sent in (text, text.replace("\n", "\r\n"), f"\ufeff{text}"):
        assert marked(text, run(talk(sent)).range) == "self.token"


def test_a_suggestion_is_a_quick_fix_that_can_be_applied(run: Run, ed: Editor, tmp_path: Path) -> None:
    text = SESSION + PLANTED
    folder = project(tmp_path, session=text)

    async def talk() -> None:
        uri = ed.open(folder / "session.py")
        (found,) = await ed.diagnostics(uri)
        row = Verdict("session.py", "SP202", str(found.data), "a-model", "error", "it may be None", "self.login()")
        verdicts.write(folder / verdicts.FILE, [row])
        event = types.FileEvent((folder / verdicts.FILE).as_uri(), types.FileChangeType.Created)
        ed.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))
        (judged,) = await ed.diagnostics(uri)
        assert "judged error by a-model: it may be None" in judged.message
        replace, _ = await ed.actions(uri, judged.range)
        assert (replace.title, replace.kind) == ("Replace with `self.login()`", types.CodeActionKind.QuickFix)
        assert '"😀é" + self.login().lower()' in applied(text, edit_of(replace))

    run(talk())


def test_a_finding_is_ignored_with_a_reason_that_a_person_writes(run: Run, ed: Editor, tmp_path: Path) -> None:
    text = SESSION + PLANTED
    folder = project(tmp_path, 'select = ["SP2", "SP003"]\n', session=text)

    async def talk() -> None:
        uri = ed.open(folder / "session.py")
        (found,) = await ed.diagnostics(uri, 1)
        (ignore,) = await ed.actions(uri, found.range)
        assert ignore.title == "Ignore SP202 unchecked-nil here, and say why"
        assert list(ignore.diagnostics or ()) == [found]
        silenced = applied(text, edit_of(ignore))
        assert "\n        # spotter: ignore[SP202] \n        return" in silenced
        ed.edit(uri, silenced, 2)
        asked = {str(one.code): one.message for one in await ed.diagnostics(uri, 2)}
        assert asked.keys() == {"SP202", "SP003"}
        assert "say why after the bracket" in asked["SP003"]
        ed.edit(uri, silenced.replace("[SP202] ", "[SP202] it was set by login"), 3)
        assert await ed.diagnostics(uri, 3) == []

    run(talk())


def test_over_a_finding_stands_its_evidence(run: Run, ed: Editor, tmp_path: Path) -> None:
    folder = project(tmp_path, session=SESSION + PLANTED)

    async def talk() -> str:
        uri = ed.open(folder / "session.py")
        (found,) = await ed.diagnostics(uri)
        document = types.TextDocumentIdentifier(uri)
        hover = await ed.text_document_hover_async(types.HoverParams(document, found.range.start))
        assert hover is not None
        assert isinstance(hover.contents, types.MarkupContent)
        assert hover.range == found.range
        assert await ed.text_document_hover_async(types.HoverParams(document, types.Position(2, 0))) is None
        return hover.contents.value

    evidence = run(talk())
    assert "**SP202 unchecked-nil**" in evidence
    assert "session.py#L21) " in evidence  # the check itself
    assert "`spotter explain SP202`" in evidence


def test_a_client_that_asks_is_told_when_nothing_has_changed(run: Run, tmp_path: Path) -> None:
    folder = project(tmp_path, session=SESSION + PLANTED)

    async def talk() -> None:
        async with editor(folder, pull=True) as ed:
            uri = ed.open(folder / "session.py")
            document = types.TextDocumentIdentifier(uri)
            first = await ed.text_document_diagnostic_async(types.DocumentDiagnosticParams(document))
            assert isinstance(first, types.RelatedFullDocumentDiagnosticReport)
            assert [one.code for one in first.items] == ["SP202"]
            again = types.DocumentDiagnosticParams(document, previous_result_id=first.result_id)
            assert isinstance(
                await ed.text_document_diagnostic_async(again), types.RelatedUnchangedDocumentDiagnosticReport
            )
            ed.edit(uri, SESSION, 2)
            other = await ed.text_document_diagnostic_async(again)
            assert isinstance(other, types.RelatedFullDocumentDiagnosticReport)
            assert (list(other.items), other.result_id == first.result_id) == ([], False)
            ed.save(uri)
            await ed.said(types.WORKSPACE_DIAGNOSTIC_REFRESH)
            assert not [name for name, _ in ed.sent if name == types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS]

    run(talk())


def test_each_folder_and_its_settings_hold_for_its_own_files(run: Run, tmp_path: Path) -> None:
    one = project(tmp_path / "one", session=SESSION + PLANTED)
    other = project(tmp_path / "other", 'ignore = ["SP"]\n', session=SESSION + PLANTED)
    outside = project(tmp_path / "outside", session=SESSION + PLANTED)
    settings = {"one/session.py": {"inlayHints": True}, "other/session.py": {"ignore": ["SP003"]}}

    async def talk() -> None:
        async with editor(one, other, settings=settings) as ed:
            ed.open(outside / "session.py")
            here, there = (ed.open(folder / "session.py") for folder in (one, other))
            assert [found.code for found in await ed.diagnostics(here)] == ["SP202"]
            assert await ed.diagnostics(there) == []
            published = [p.uri for name, p in ed.sent if name == types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS]
            assert (outside / "session.py").as_uri() not in published
            added = types.WorkspaceFoldersChangeEvent([types.WorkspaceFolder(outside.as_uri(), "outside")], [])
            ed.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(added))
            assert await ed.diagnostics((outside / "session.py").as_uri())

    run(talk())


def test_changed_settings_of_the_editor_and_of_the_project_hold_at_once(run: Run, tmp_path: Path) -> None:
    folder = project(tmp_path, session=SESSION + PLANTED)
    settings: dict[str, Any] = {"session.py": {"ignore": ["SP202"]}}

    async def talk() -> None:
        async with editor(folder, settings=settings) as ed:
            watched = await ed.said(types.CLIENT_REGISTER_CAPABILITY)
            assert watched.registrations[0].method == types.WORKSPACE_DID_CHANGE_WATCHED_FILES
            uri = ed.open(folder / "session.py")
            assert await ed.diagnostics(uri) == []
            settings["session.py"] = {"ignore": []}
            ed.workspace_did_change_configuration(types.DidChangeConfigurationParams(None))
            assert [found.code for found in await ed.diagnostics(uri)] == ["SP202"]
            (folder / ".spotter.toml").write_text('ignore = ["SP2"]\nselect = ["SP2"]\n')
            event = types.FileEvent((folder / ".spotter.toml").as_uri(), types.FileChangeType.Changed)
            ed.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))
            assert await ed.diagnostics(uri) == []
            (folder / ".spotter.toml").write_text("ignore = 3\n")
            ed.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))
            said = await ed.said(types.WINDOW_SHOW_MESSAGE)
            assert "ignore takes" in said.message
            settings["session.py"] = {"inlayhints": True}
            ed.workspace_did_change_configuration(types.DidChangeConfigurationParams(None))
            assert "no such key: spotter.inlayhints" in (await ed.said(types.WINDOW_SHOW_MESSAGE)).message

    run(talk())


def test_pressures_stand_behind_their_lines_where_that_is_set(run: Run, tmp_path: Path) -> None:
    kept = SESSION.replace("def close(self) -> None: self.token = None", "")
    folder = project(tmp_path, session=kept + "".join(USED.format(number) for number in range(14)))
    settings: dict[str, Any] = {"session.py": {"inlayHints": True}}

    async def talk() -> list[types.InlayHint]:
        async with editor(folder, settings=settings) as ed:
            uri = ed.open(folder / "session.py")
            assert "SP201" in [found.code for found in await ed.diagnostics(uri)]
            whole = types.Range(types.Position(0, 0), types.Position(200, 0))
            asked = types.InlayHintParams(types.TextDocumentIdentifier(uri), whole)
            shown = list(await ed.text_document_inlay_hint_async(asked) or ())
            settings["session.py"] = None
            ed.workspace_did_change_configuration(types.DidChangeConfigurationParams(None))
            await ed.diagnostics(uri)
            assert not await ed.text_document_inlay_hint_async(asked)
            return shown

    (shown,) = [one for one in run(talk()) if str(one.label).startswith("nil-pressure: ")]
    assert shown.position == types.Position(2, len("        self.token: str | None = None"))


def test_a_text_that_was_never_saved_is_checked(run: Run, ed: Editor) -> None:
    text = SESSION + PLANTED

    async def talk() -> list[types.Diagnostic]:
        return await ed.diagnostics(ed.open(Path(), uri="untitled:Untitled-1", text=text))

    assert "SP202" in [found.code for found in run(talk())]


def test_what_is_none_of_the_projects_is_left_alone(run: Run, ed: Editor, tmp_path: Path) -> None:
    folder = project(tmp_path, 'select = ["SP2"]\nexclude = ["vendored/*"]\n')
    (folder / ".gitignore").write_text("made/\n")
    for name in ("vendored", "made"):
        (folder / name).mkdir()
        (folder / name / "session.py").write_text(SESSION + PLANTED, encoding="utf-8")

    async def talk() -> None:
        for name in ("vendored", "made"):
            assert await opened(ed, folder / name / "session.py") == []
        notes = ed.open(folder / "notes.md", language="markdown", text="# notes")
        assert await ed.diagnostics(notes) == []

    run(talk())


def test_a_closed_file_keeps_no_findings(run: Run, ed: Editor, tmp_path: Path) -> None:
    folder = project(tmp_path, session=SESSION + PLANTED)

    async def talk() -> None:
        uri = ed.open(folder / "session.py")
        assert await ed.diagnostics(uri)
        ed.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri)))
        assert await ed.diagnostics(uri) == []

    run(talk())


def test_an_editor_says_what_a_check_says(run: Run, ed: Editor, tmp_path: Path) -> None:
    source = (Path(__file__).parent.parent.parent / "spotter" / "cache.py").read_text(encoding="utf-8")
    source += SESSION + PLANTED
    folder = project(tmp_path, "max-alerts-per-kloc = 2\n", cache=source)

    async def talk() -> list[tuple[str, int]]:  # the place and the sort: a batch of another shape rounds otherwise
        uri = ed.open(folder / "cache.py")
        await ed.diagnostics(uri, 1)
        ed.edit(uri, source.replace("LARGEST = 256", "LARGEST = 255"), 2)
        await ed.diagnostics(uri, 2)
        (folder / "cache.py").write_text(source.replace("LARGEST = 256", "LARGEST = 255"), encoding="utf-8")
        ed.save(uri)
        await ed.diagnostics(uri, 2)
        found = await ed.diagnostics(uri, 2)  # after the pass over what is new, the pass over all
        return sorted((str(one.code)[:3], one.range.start.line + 1) for one in found)

    found = run(talk())
    assert found
    checked = subprocess.run(
        [sys.executable, "-m", "spotter", "check", "cache.py", "--format", "rdjson", "--exit-zero"],
        cwd=folder, capture_output=True, text=True, check=True,
    )  # fmt: skip
    rows = json.loads(checked.stdout)["diagnostics"]
    assert found == sorted((row["code"]["value"][:3], row["location"]["range"]["start"]["line"]) for row in rows)


def test_a_long_file_holds_nobody_up_shows_its_progress_and_can_be_stopped(
    run: Run, ed: Editor, tmp_path: Path
) -> None:
    function = (
        "def total_{0}(rows):\n    found = [row.value for row in rows if row.kind == {0}]\n    return sum(found)\n\n\n"
    )
    text = "".join(function.format(number) for number in range(1000))
    folder = project(tmp_path, SUSPICIONS, long=text, session=SESSION + PLANTED)

    async def talk() -> None:
        uri = ed.open(folder / "long.py")
        begun = await ed.said(types.PROGRESS, lambda p: kind(p) == "begin")
        other = ed.open(folder / "session.py", text=SESSION)  # waits for the scoring thread
        ed.edit(other, SESSION + PLANTED, 2)  # but what is typed does not
        await ed.diagnostics(other, 2)
        assert not any(p.uri == uri for name, p in ed.sent if name == types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        ed.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(begun.token))
        await ed.said(types.PROGRESS, lambda p: p.token == begun.token and kind(p) == "end")

    run(talk())


def kind(progress: types.ProgressParams) -> str:
    value: Any = progress.value
    return str(value["kind"] if isinstance(value, dict) else value.kind)


async def latencies() -> None:
    """Print how long the server takes, in milliseconds and in its own processor time, for files of its own tree."""
    rooms = Path(__file__).parent.parent.parent
    texts = [(rooms / name).read_text(encoding="utf-8") for name in ("spotter/request.py", "spotter/cache.py")]
    text = "\n".join([*texts, texts[0][:6000]]).split("\n")
    told("first open, 500 lines", [await first_open("\n".join(text[:500])) for _ in range(7)])
    with TemporaryDirectory() as name:
        folder = project(Path(name) / "project", "", short="\n".join(text[:500]), long="\n".join(text[:500] * 10))
        async with editor(folder) as ed:
            pid = ed.pid()
            uri = ed.open(folder / "short.py")
            await ed.diagnostics(uri, 1)
            line = text.index("def _head(path: Path) -> bytes:") + 1
            typed, saved = [], []
            for version in range(2, 14):
                lines = [*text[:line], f"    limit_{version} = {version}", *text[line:500]]
                ed.edit(uri, "\n".join(lines), version)
                typed.append(await milliseconds(pid, ed.diagnostics(uri, version)))
                ed.save(uri)
                saved.append(await milliseconds(pid, ed.diagnostics(uri, version)))
                await ed.diagnostics(uri, version)
            told("typed in one function, 500 lines, a pause of 100 ms included", typed)
            told("saved after an edit in one function, first answer", saved)
            long = ed.open(folder / "long.py")
            await ed.said(types.PROGRESS, lambda p: kind(p) == "begin")
            at = types.HoverParams(types.TextDocumentIdentifier(uri), types.Position(400, 0))
            told("a question while 5,000 lines are scored", [
                await milliseconds(pid, ed.text_document_hover_async(at)) for _ in range(20)
            ])  # fmt: skip
            await ed.diagnostics(long, 1)


async def first_open(text: str) -> tuple[float, float]:
    """How long a server that was only just started takes for its first file, with nothing cached."""
    with TemporaryDirectory() as name:
        folder = project(Path(name) / "project", "", short=text)
        async with editor(folder) as ed:
            return await milliseconds(ed.pid(), ed.diagnostics(ed.open(folder / "short.py"), 1))


async def milliseconds(pid: int, waiting: Coroutine[Any, Any, Any]) -> tuple[float, float]:
    """How long it takes, on the clock and on the server's processors."""
    began, used = time.perf_counter(), processor(pid)
    await waiting
    return 1000 * (time.perf_counter() - began), 1000 * (processor(pid) - used)


def processor(pid: int) -> float:
    """The seconds of processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def told(what: str, measured: list[tuple[float, float]]) -> None:
    wall, used = ([pair[i] for pair in measured] for i in (0, 1))
    clock = f"median {median(wall):.0f} ms, best {min(wall):.0f}"
    print(f"{what}: {clock}; processor {median(used):.0f}, best {min(used):.0f}")


if __name__ == "__main__":
    asyncio.run(latencies())
