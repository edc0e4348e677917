"""Answers of reviewing models, each kept the moment it arrives, so that a killed review asks nothing twice."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from spotter import git, origin
from spotter.cache import FOLDER, key
from spotter.errors import SpotterError

FILE = "answers.sqlite"
PATIENCE = 10.0  # seconds to wait for another process that writes
SCHEMA = (
    "CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, model TEXT NOT NULL, text TEXT NOT NULL,"
    " tokens INTEGER NOT NULL) WITHOUT ROWID"
)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model wrote, and the tokens that the question and the answer took."""

    text: str
    tokens: int


def question_key(voice: str, fingerprint: str, opening: str) -> str:
    """Under which an answer is kept: the model's voice, the prompt and how the reasoning was opened."""
    return key("answer", voice, fingerprint, opening)


class Answers:
    """A table in SQLite. Where it cannot be kept, a review would pay twice: that is an error, not a miss."""

    def __init__(self, root: Path) -> None:
        self._path = root / FOLDER / FILE
        if refused := _refused(root, self._path):
            raise SpotterError(
                f"{self._path}: answers cannot be kept ({refused}); strangers are not believed, delete it"
            )
        try:
            self._path.parent.mkdir(exist_ok=True)
            origin.mark(self._path)
            self._database = sqlite3.connect(self._path, timeout=PATIENCE, isolation_level=None)
            self._database.execute("PRAGMA journal_mode=WAL")
            self._database.execute(SCHEMA)
        except (sqlite3.Error, OSError) as error:
            raise self._broken(error) from error

    def get(self, name: str) -> Reply | None:
        """The answer to a question, None where it was not asked."""
        try:
            row = self._database.execute("SELECT text, tokens FROM answers WHERE key = ?", (name,)).fetchone()
        except sqlite3.Error as error:
            raise self._broken(error) from error
        return Reply(*row) if row else None

    def put(self, name: str, model: str, reply: Reply) -> None:
        """Keep an answer."""
        row = (name, model, reply.text.encode("utf-8", "replace").decode(), reply.tokens)
        try:
            self._database.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?)", row)
        except sqlite3.Error as error:
            raise self._broken(error) from error

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def _broken(self, error: Exception) -> SpotterError:
        return SpotterError(f"{self._path}: answers cannot be kept ({str(error).lower()}); mend or delete the file")


def _refused(root: Path, path: Path) -> str:
    """Why answers that are there are not our own; empty where they are, or where there are none."""
    if refused := origin.refusal(path):
        return refused
    if path.exists() and git.top_level(root) and git.tracked(root, f"{FOLDER}/{FILE}"):
        return "git tracks it"
    return "it was made in another folder" if origin.foreign(path) else ""
