"""One repository of a fleet: from its name to a row that says what was found there, or why nothing could be."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from spotter import baseline as known
from spotter import git
from spotter.assembly import tools_of
from spotter.checking import Asked, baseline_of
from spotter.engine.scores import Scorer
from spotter.errors import SpotterError
from spotter.pipeline import check
from spotter.progress import watched
from spotter.reading import suffixes
from spotter.reports.json import render
from spotter.reports.page import Page
from spotter.request import Request, scope_of, task_of

Row = dict[str, Any]
_URL = re.compile(r"[a-z][a-z0-9+.-]*://|[^/\\]+@[^/\\]+:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository by the name it was given, and where it lies: a folder, or an address that git clones."""

    name: str
    place: str

    @staticmethod
    def named(name: str) -> Repository:
        """A name from here: a worker may stand in another folder."""
        return Repository(name, name if _URL.match(name) else os.path.abspath(name))

    @property
    def remote(self) -> bool:
        """Whether git has to fetch it."""
        return _URL.match(self.place) is not None

    def bytes(self) -> int | None:
        """The bytes of its files that Spotter reads; None where that is not known before it is fetched."""
        if self.remote:
            return None
        paths = (Path(parent, file) for parent, _, files in os.walk(self.place) for file in files)
        return sum(path.lstat().st_size for path in paths if path.suffix.lower() in suffixes())


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which rules are asked of every repository, beside what its own settings say."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


def row_of(repository: Repository, chosen: Chosen, scorer: Scorer) -> Row:
    """The row of a repository. `seconds` are of this process on its processors, and differ from run to run."""
    began = time.process_time()
    try:
        with _folder(repository) as folder:
            found = {"state": "measured", "error": None, "commit": _commit(folder), **_report(folder, chosen, scorer)}
    except SpotterError as error:
        found = failure(str(error))
    except Exception as error:  # one bad repository never stops the rest
        found = failure(f"{type(error).__name__}: {error}")
    return {"repository": repository.name, **found, "seconds": round(time.process_time() - began, 3)}


def failure(reason: str) -> Row:
    """What a row says of a repository that could not be measured."""
    return {"state": "failed", "error": reason, "commit": None, "report": None}


@contextmanager
def _folder(repository: Repository) -> Iterator[Path]:
    """Where a repository lies; a clone of its last commit is gone afterwards."""
    if not repository.remote:
        if not Path(repository.place).is_dir():
            raise SpotterError("neither a folder nor an address that git clones")
        yield Path(repository.place)
        return
    with TemporaryDirectory(prefix="spotter-") as scratch:
        git.answer(Path(scratch), "clone", "--quiet", "--depth", "1", "--", repository.place, "clone")
        yield Path(scratch, "clone")


def _commit(folder: Path) -> str | None:
    if git.top_level(folder) is None:
        return None
    asked = git.ask(folder, "rev-parse", "--verify", "--quiet", "HEAD")
    return asked.stdout.decode().strip() or None


def _report(folder: Path, chosen: Chosen, scorer: Scorer) -> Row:
    """What `spotter check FOLDER --format json` says; the scorer is the one that is held already."""
    request = Request((folder,), select=chosen.select, ignore=chosen.ignore)
    scope = scope_of(request)
    tools = tools_of(scope.config, scope.judged())
    store = scope.cache()
    outcome = check(task_of(request, scope), replace(tools, scorer=tools.scorer and scorer), store, watched)
    store.close()
    page = Page(known.without(outcome, baseline_of(Asked(request), scope)), {}, scope.config.fail_on)
    return {"report": json.loads(render(page))}
