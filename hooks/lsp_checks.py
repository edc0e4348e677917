"""A check of one text in an editor: the request, the settings and the pipeline of `spotter check`."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock

from spotter.assembly import tools_of
from spotter.baseline import without
from spotter.bundled import Bundled
from spotter.checking import Asked, baseline_of
from spotter.config import excluded
from spotter.discovery import ignored
from spotter.engine.recall import Pass, Recall, Step
from spotter.engine.scores import Proposal, TokenScore
from spotter.findings import Finding
from spotter.hooks.lsp_positions import MARK
from spotter.hooks.lsp_settings import Settings
from spotter.measuring import scores_key, scores_of
from spotter.metrics.facts import FileFacts
from spotter.metrics.pressure import Pressure
from spotter.pipeline import Tools
from spotter.pipeline import check as run
from spotter.reading import NOTEBOOK, from_bytes, language_of
from spotter.request import HEAD, Request, Scope, scope_of, task_of
from spotter.source import Source
from spotter.syntax import Syntax, parse

UTF8 = b"\xef\xbb\xbf"  # the mark: an editor's text is decoded already, whatever encoding its first lines declare

Alive = Callable[[], None]  # raises where nobody waits for the check any more


@dataclass(frozen=True, slots=True)
class Document:
    """A text as an editor has it, saved or not, and where it lies or would lie."""

    path: Path
    text: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What is found in a document. The findings' paths are relative to the root; neighbours are its other files."""

    document: Document
    settings: Settings
    root: Path
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    neighbours: tuple[Source, ...] = ()


class Warm:
    """The bundled denoiser, loaded once, with what it recalls."""

    def __init__(self) -> None:
        self._bundled = Bundled()
        self._recall: Recall | None = None
        self._lock = Lock()

    @property
    def fingerprint(self) -> str:
        """The weights' name, the same as in every other check."""
        return self._bundled.fingerprint

    @property
    def recall(self) -> Recall:
        """The scores of windows; the weights are loaded by whoever asks first."""
        with self._lock:
            if self._recall is None:
                from spotter.engine.spotting import load

                self._recall = Recall(load())
            return self._recall


@dataclass(frozen=True)
class Recalling:
    """The warm denoiser as the pipeline's scorer, for one check."""

    warm: Warm
    how: Pass
    step: Step

    @property
    def fingerprint(self) -> str:
        """The weights' name."""
        return self.warm.fingerprint

    def threshold(self, max_alerts_per_kloc: float) -> float:
        """The P(edit) above which clean code gives that many alerts per 1,000 lines."""
        return self.warm.recall.spotter.threshold(max_alerts_per_kloc)

    def score(self, syntax: Syntax) -> tuple[TokenScore, ...]:
        """One score a token, in order."""
        return self.warm.recall.score(syntax, self.how, self.step)


def checked(
    document: Document, settings: Settings, scorer: Recalling, alive: Alive, neighbours: tuple[Source, ...] | None
) -> Checked:
    """What `spotter check` would say about a text. Its neighbours are read anew where none are given.

    Only what a fresh pass says is remembered on disk.
    """
    request = request_of(document, settings)
    scope = scope_of(request)
    if neighbours is None and left_out(scope, request):
        return Checked(document, settings, scope.root)
    task = task_of(request, scope if neighbours is None else replace(scope, checkout=False))
    task = task if neighbours is None else replace(task, neighbours=neighbours)
    alive()
    store = scope.cache()
    if scorer.how != "fresh":
        store.seal()
    try:
        outcome = run(task, _stopping(tools_of(scope.config, scope.judged()), scorer, alive), store, tuple)
    finally:
        store.close()
    outcome = without(outcome, baseline_of(Asked(request), scope))
    return Checked(document, settings, scope.root, outcome.findings, outcome.notes, task.neighbours)


def learn(document: Document, settings: Settings, warm: Warm) -> None:
    """Recall the scores that the cache has of a text, so that an edit changes a window or two."""
    request = request_of(document, settings)
    source = _source(request)
    if source is None:
        return
    store = scope_of(request).cache()
    name = scores_key(source, Recalling(warm, "fresh", _unwatched))
    text = store.get([name]).get(name)
    store.close()
    if text and (scores := scores_of(text)):
        warm.recall.learn(parse(source), scores)


def alternatives(document: Document, finding: Finding, warm: Warm) -> tuple[Proposal, ...]:
    """What the denoiser would expect at a finding's token, best first."""
    source = _source(request_of(document, Settings()))
    if source is None or finding.suggestion is None:
        return ()
    syntax = parse(source)
    scores = warm.recall.score(syntax, "known", _unwatched)
    at = (finding.line, finding.column)
    here = (score for score in scores if (syntax.tokens[score.token].line, syntax.tokens[score.token].column) == at)
    return next((score.proposals for score in here), ())


def request_of(document: Document, settings: Settings) -> Request:
    """What to check: the text under its name, by the settings that hold in its folder."""
    folder = document.path.parent
    while not folder.is_dir():
        folder = folder.parent
    inside = document.path.relative_to(folder)
    data = UTF8 + document.text.removeprefix(MARK).encode("utf-8", "surrogatepass")
    name = os.fspath(folder.resolve() / inside)
    return Request(paths=(folder,), text=data, name=name, select=settings.select, ignore=settings.ignore)


def left_out(scope: Scope, request: Request) -> bool:
    """Whether a text is none of the project's: excluded, ignored by git, or in no language that is read as text."""
    path = Path(request.name)
    name = path.relative_to(scope.root).as_posix() if path.is_relative_to(scope.root) else path.name
    if name.endswith(NOTEBOOK) or language_of(name, _head(request)) is None or excluded(scope.config, name):
        return True
    return scope.checkout and ignored(scope.root, path)


def _unwatched(done: int, of: int) -> None:
    """Nothing is run, so that there is nothing to tell."""
    assert not of, f"{of} windows to run, and {done} run"


def _head(request: Request) -> bytes:
    return (request.text or b"").removeprefix(UTF8)[:HEAD]


def _source(request: Request) -> Source | None:
    found = from_bytes(request.text or b"", request.name)
    return found if isinstance(found, Source) else None


def _stopping(tools: Tools, scorer: Recalling, alive: Alive) -> Tools:
    """The tools of a check that stops between its parts."""

    def extract(syntax: Syntax) -> FileFacts:
        alive()
        return tools.extract(syntax)

    def press(files: Sequence[FileFacts]) -> Sequence[Pressure]:
        alive()
        return tools.press(files)

    return replace(tools, scorer=scorer if tools.scorer else None, extract=extract, press=press)
