"""What is remembered between runs: values under the hash of everything they were made from."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from time import monotonic, sleep

from spotter import origin

FOLDER = ".spotter"
FILE = "cache.sqlite"
LARGEST = 256 * 2**20
PATIENCE = 10.0  # seconds to wait for another process that writes
IGNORED = "cache.sqlite*\nanswers.sqlite*\n*.part\n.gitignore\n"
SCHEMA = "CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, value BLOB NOT NULL, used INTEGER NOT NULL)"


def key(*parts: str) -> str:
    """The hash of the parts; their order and borders count."""
    digest = sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()


class Cache:
    """A table key -> text in SQLite. What cannot be read or kept is a miss, said in the note, and never an error.

    A table that was not made in this folder is a stranger's, and is made anew without being read.
    """

    def __init__(self, root: Path | None, largest: int = LARGEST, note: str = "") -> None:
        self.note = note
        self._largest = largest
        self._path = root / FOLDER / FILE if root else None
        self._database = self._opened()
        self._run = self._newest() + 1
        self._wrote = False
        self._sealed = False

    def get(self, keys: Iterable[str]) -> dict[str, str]:
        """The values that are remembered under these keys."""
        found: dict[str, str] = {}
        wanted = list(dict.fromkeys(keys))
        for some in (wanted[start : start + 500] for start in range(0, len(wanted), 500)):
            marks = ",".join("?" * len(some))
            for name, value in self._ask(f"SELECT key, value FROM kept WHERE key IN ({marks})", some):
                try:
                    found[str(name)] = zlib.decompress(value).decode()  # type: ignore[arg-type]
                except (zlib.error, UnicodeDecodeError, TypeError):
                    continue
        return found

    def known(self, keys: Iterable[str]) -> set[str]:
        """Which of these keys are remembered."""
        wanted = list(dict.fromkeys(keys))
        some = (wanted[start : start + 500] for start in range(0, len(wanted), 500))
        questions = ((f"SELECT key FROM kept WHERE key IN ({','.join('?' * len(names))})", names) for names in some)
        return {str(row[0]) for question, names in questions for row in self._ask(question, names)}

    def put(self, values: Mapping[str, str]) -> None:
        """Remember values. Processes may write at once: the same key means the same value."""
        if self._sealed:
            return
        rows = [(name, zlib.compress(text.encode(), 1), self._run) for name, text in values.items()]
        self._change("INSERT OR REPLACE INTO kept (key, value, used) VALUES (?, ?, ?)", rows)

    def seal(self) -> None:
        """Remember nothing more: what is measured from now on is not worth it."""
        self._sealed = True

    def close(self) -> None:
        """Forget what was written longest ago where the table has outgrown its bound."""
        if self._wrote and self.size() > self._largest:
            self._change("DELETE FROM kept WHERE used < ?", [(self._middle(),)])
            self._ask("VACUUM")
        if self._database is not None:
            self._database.close()
            self._database = None

    def size(self) -> int:
        """The bytes in use."""
        pages = self._ask("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        return int(str(pages[0][0])) if pages else 0

    def count(self) -> int:
        """The values that are kept."""
        rows = self._ask("SELECT count(*) FROM kept")
        return int(str(rows[0][0])) if rows else 0

    def clear(self) -> None:
        """Forget everything."""
        self._change("DELETE FROM kept", [()])
        self._ask("VACUUM")

    def _opened(self) -> sqlite3.Connection | None:
        if self._path is None:
            return None
        try:
            if refused := origin.refusal(self._path):
                raise OSError(refused)
            self._path.parent.mkdir(exist_ok=True)
            _ignore(self._path.parent / ".gitignore")
            if origin.foreign(self._path):
                self._remove()
            origin.mark(self._path)
            return self._patiently(self._path)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                self._without(error)
                return None
            return self._afresh()
        except OSError as error:
            self._without(error)
            return None

    def _patiently(self, path: Path) -> sqlite3.Connection:
        """SQLite waits for a writer, but not for a process that brings the log in as it opens or closes the table."""
        deadline = monotonic() + PATIENCE
        while True:
            try:
                return self._connected(path)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or monotonic() > deadline:
                    raise
                sleep(0.01)

    def _connected(self, path: Path) -> sqlite3.Connection:
        database = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
        try:
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("PRAGMA synchronous=NORMAL")
            database.execute(SCHEMA)
            database.execute("SELECT key, value, used FROM kept LIMIT 1")
            if not self._writable(database):
                raise sqlite3.OperationalError("attempt to write a readonly database")
        except sqlite3.DatabaseError:
            database.close()
            raise
        return database

    def _writable(self, database: sqlite3.Connection) -> bool:
        try:
            database.execute("BEGIN IMMEDIATE")
            database.execute("ROLLBACK")
        except sqlite3.OperationalError as error:
            return "readonly" not in str(error)
        return True

    def _afresh(self) -> sqlite3.Connection | None:
        """A new table in place of a damaged one."""
        assert self._path is not None
        try:
            self._remove()
            return self._patiently(self._path)
        except (OSError, sqlite3.DatabaseError) as error:
            self._without(error)
            return None

    def _remove(self) -> None:
        assert self._path is not None
        for file in origin.files(self._path):
            file.unlink(missing_ok=True)

    def _without(self, error: Exception) -> None:
        self.note = f"{self._path}: no cache ({str(error).lower()}); every run measures everything"

    def _ask(self, question: str, values: Sequence[object] = ()) -> list[tuple[object, ...]]:
        if self._database is None:
            return []
        try:
            return self._database.execute(question, values).fetchall()
        except sqlite3.DatabaseError as error:
            self._failed(error)
            return []

    def _change(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        if self._database is None or not rows:
            return
        try:
            self._database.execute("BEGIN IMMEDIATE")
            self._database.executemany(statement, rows)
            self._database.execute("COMMIT")
            self._wrote = True
        except sqlite3.DatabaseError as error:
            self._failed(error)

    def _failed(self, error: sqlite3.DatabaseError) -> None:
        """A locked or full disk costs this run its cache; a damaged table is made anew."""
        if self._database is not None:
            self._database.close()
            self._database = None
        if isinstance(error, sqlite3.OperationalError):
            self._without(error)
        else:
            self._database = self._afresh()

    def _newest(self) -> int:
        rows = self._ask("SELECT max(used) FROM kept")
        return int(str(rows[0][0])) if rows and rows[0][0] is not None else 0

    def _middle(self) -> int:
        """The run up to which values are forgotten: half of all, and never this run's."""
        half = self._ask("SELECT used FROM kept ORDER BY used LIMIT 1 OFFSET ?", [self.count() // 2])
        return min(self._run, int(str(half[0][0])) + 1) if half else 0


def _ignore(path: Path) -> None:
    """Tell git to leave out what is only remembered; a file of that name stays as it is, and a link is not followed."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(IGNORED)
    except FileExistsError:
        return
