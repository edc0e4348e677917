"""The labelled suites as values: real bugs before and after their fix, and clean files for false alarms."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from spotter.errors import SpotterError
from spotter.reading import language_of, read
from spotter.source import Source
from spotter.syntax import parse


@dataclass(frozen=True, slots=True)
class Record:
    """A file (or a function) before and after a fix. Spans are offsets in code points, lines count from 1."""

    id: str
    repo: str
    commit: str
    path: str
    language: str
    kind: str
    core: bool
    buggy_code: str
    fixed_code: str
    buggy_lines: tuple[int, ...]
    bug_spans: tuple[tuple[int, int], ...]
    old_tokens: tuple[str, ...]
    new_tokens: tuple[str, ...]
    func_range: tuple[int, int] | None

    @property
    def single_token(self) -> bool:
        """The fix puts one token in the place of one."""
        return len(self.old_tokens) == len(self.new_tokens) == 1


@dataclass(frozen=True, slots=True)
class CleanFile:
    """A well-kept file of a release (`commit` is its version): what is flagged in it counts as a false alarm."""

    id: str
    repo: str
    commit: str
    path: str
    language: str
    code: str
    lines: int


def read_suite(path: Path) -> tuple[Record, ...]:
    """The records of a JSONL file (gz or not), or of all such files in a folder; equal texts stand side by side."""
    records = [_record(row, where) for row, where in _rows(path) if "buggy_code" in row]
    if not records:
        raise SpotterError(f"{path}: no bug records in it; name a suite, or a folder of suites")
    return tuple(sorted(records, key=lambda r: (r.repo, r.path, zlib.crc32(r.buggy_code.encode()), r.id)))


def read_clean(path: Path) -> tuple[CleanFile, ...]:
    """The files of a clean suite, or the sources in a folder of sound code, each folder in it a project."""
    files = [_clean(row, where) for row, where in _rows(path) if "code" in row]
    if not files and path.is_dir():
        files = list(_sources(path))
    if not files:
        raise SpotterError(f"{path}: no clean files in it; name a clean suite, or a folder of sound code")
    return tuple(files)


def _sources(folder: Path) -> Iterator[CleanFile]:
    """What is written by people, none of it installed there, and can be read as a whole."""
    for file in sorted(file for file in folder.rglob("*") if file.is_file()):
        name = file.relative_to(folder).as_posix()
        if "node_modules" in name.split("/"):
            continue
        if language_of(name, b"") is None or not isinstance(source := read(file, name), Source) or source.aside:
            continue
        if not parse(source).error_lines:
            lines = source.text.count("\n") + (not source.text.endswith("\n"))
            yield CleanFile(name, name.split("/")[0], "", name, source.language, source.text, lines)


Row = Mapping[str, object]


def _rows(path: Path) -> Iterator[tuple[Row, str]]:
    """Every object of a file or folder, with the place it stands at."""
    if not path.exists():
        raise SpotterError(f"{path}: no such suite; name a JSONL file or a folder of them")
    if path.is_dir():
        return chain.from_iterable(map(_lines, sorted(chain(path.glob("*.jsonl"), path.glob("*.jsonl.gz")))))
    return _lines(path)


def _lines(path: Path) -> Iterator[tuple[Row, str]]:
    try:
        data = path.read_bytes()
        text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise SpotterError(f"{path}: cannot be read as a suite ({error}); fetch it again") from error
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        where = f"{path}:{number}"
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise SpotterError(f"{where}: not JSON ({error.msg}); a suite holds one object a line") from error
        if not isinstance(row, dict):
            raise SpotterError(f"{where}: not an object; a suite holds one object a line")
        yield row, where


def _record(row: Row, where: str) -> Record:
    try:
        around = _ints(row["func_range"]) if row["func_range"] is not None else None
        return Record(
            id=str(row["id"]),
            repo=str(row["repo"]),
            commit=str(row.get("commit", "")),
            path=str(row["path"]),
            language=str(row["language"]),
            kind=str(row["kind"]),
            core=bool(row.get("core", False)),
            buggy_code=str(row["buggy_code"]),
            fixed_code=str(row["fixed_code"]),
            buggy_lines=_ints(row["buggy_lines"]),
            bug_spans=tuple((start, end) for start, end in map(_ints, _list(row["bug_spans"]))),
            old_tokens=tuple(map(str, _list(row["old_tokens"]))),
            new_tokens=tuple(map(str, _list(row["new_tokens"]))),
            func_range=None if around is None else (around[0], around[1]),
        )
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise SpotterError(f"{where}: not a bug record: {error!r}; see engine/bench_records.py") from error


def _clean(row: Row, where: str) -> CleanFile:
    try:
        code = str(row["code"])
        return CleanFile(
            id=str(row["id"]),
            repo=str(row.get("source", "")),
            commit=str(row.get("version", "")),
            path=str(row["path"]),
            language=str(row["language"]),
            code=code,
            lines=code.count("\n") + (not code.endswith("\n")),
        )
    except KeyError as error:
        raise SpotterError(f"{where}: a clean file without {error}; it needs id, path, language and code") from error


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError(f"a list was expected, not {value!r}")
    return value


def _ints(value: object) -> tuple[int, ...]:
    numbers = tuple(n for n in _list(value) if isinstance(n, int))
    if len(numbers) != len(_list(value)):
        raise TypeError(f"whole numbers were expected, not {value!r}")
    return numbers
