"""The ledger of a fleet: a line of JSON a repository, in the order in which they were done.

It is written as rows come in, so a run that was stopped goes on behind them. A repository whose line is taken out is
measured again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from spotter.errors import SpotterError
from spotter.repositories import Row

GROUP = 1000  # rows that are held in memory while they become Parquet


def begin(path: Path) -> frozenset[str]:
    """The repositories that have a row. A last line that was cut off, when its writer was killed, is taken out."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        with path.open("rb+") as file:
            whole = 0
            for line in file:
                if line.endswith(b"\n"):
                    whole += len(line)
            file.truncate(whole)
    except OSError as error:
        raise SpotterError(f"{path}: cannot be written ({error.strerror}); name another file") from error
    return frozenset(row["repository"] for row in rows(path))


def append(path: Path, row: Row) -> None:
    """Write the row of a repository behind the others."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")


def rows(path: Path) -> Iterator[Row]:
    """The rows as they were written; SpotterError where one is none."""
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            try:
                row = json.loads(line)
            except ValueError as error:
                raise SpotterError(f"{path}:{number}: not a row of a fleet; name another file") from error
            if not isinstance(row, dict) or {"repository", "state", "seconds"} - row.keys():
                raise SpotterError(f"{path}:{number}: not a row of a fleet; name another file")
            yield row


def parquet(path: Path, target: Path) -> None:
    """Write the ledger as Parquet, whole or not at all: a row a repository, its findings as a list of structs."""
    try:
        import pyarrow as pa
        from pyarrow.parquet import ParquetWriter
    except ModuleNotFoundError as error:
        raise SpotterError("--parquet: pyarrow is not installed; pip install pyarrow") from error
    text, number = pa.string(), pa.int64()
    finding = {
        "rule": text, "name": text, "kind": text, "severity": text, "path": text, "line": number, "column": number,
        "end_line": number, "end_column": number, "message": text, "p_error": pa.float64(), "fingerprint": text,
    }  # fmt: skip
    schema = pa.schema({
        "repository": text, "state": text, "error": text, "commit": text, "seconds": pa.float64(), "files": number,
        "lines": number, "findings": pa.list_(pa.struct(finding)),
    })  # fmt: skip
    beside = target.with_name(f"{target.name}.part")
    with ParquetWriter(beside, schema) as writer:
        for group in _groups(rows(path)):
            writer.write_table(pa.Table.from_pylist([_flat(row, finding) for row in group], schema))
    beside.replace(target)


def _groups(found: Iterator[Row]) -> Iterator[list[Row]]:
    group: list[Row] = []
    for row in found:
        group.append(row)
        if len(group) == GROUP:
            yield group
            group = []
    yield group


def _flat(row: Row, kept: dict[str, Any]) -> Row:
    report = row["report"] or {"summary": {}, "findings": []}
    counts = {name: report["summary"].get(name) for name in ("files", "lines")}
    return row | counts | {"findings": [{name: one[name] for name in kept} for one in report["findings"]]}
