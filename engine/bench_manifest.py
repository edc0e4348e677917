"""Which records the suites hold, so that anyone can rebuild them from public history and check the result.

The commit is the fixing one: the fixed text is the path there, the buggy text the path before it. A hash is the
SHA-256 of a text in UTF-8; a clean file has one, of its code.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from spotter.engine.bench_records import CleanFile, Record, read_clean, read_suite
from spotter.errors import SpotterError


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One record: where it comes from, and what its texts must be."""

    id: str
    repository: str
    commit: str
    path: str
    sha256: tuple[str, ...]


def entries(records: Iterable[Record], clean: Iterable[CleanFile]) -> Iterator[Entry]:
    """What the manifest says of records and of clean files."""
    for r in records:
        yield Entry(r.id, r.repo, r.commit, r.path, (_sha256(r.buggy_code), _sha256(r.fixed_code)))
    for c in clean:
        yield Entry(c.id, c.repo, c.commit, c.path, (_sha256(c.code),))


def pack(found: Iterable[Entry]) -> bytes:
    """The manifest file: sorted, one object a line, the same bytes for the same records."""
    lines = "".join(json.dumps(asdict(entry)) + "\n" for entry in sorted(found))
    return gzip.compress(lines.encode("utf-8"), mtime=0)


def unpack(data: bytes) -> tuple[Entry, ...]:
    """The entries of a manifest file."""
    rows = map(json.loads, gzip.decompress(data).decode("utf-8").splitlines())
    return tuple(Entry(**(row | {"sha256": tuple(row["sha256"])})) for row in rows)


def read_manifest(path: Path) -> tuple[Entry, ...]:
    """The entries of a manifest file; SpotterError when it is missing or damaged."""
    try:
        return unpack(path.read_bytes())
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError) as error:
        raise SpotterError(f"{path}: not a manifest ({error}); name the one in tests/engine") from error


def unlike(found: Iterable[Entry], manifest: Sequence[Entry]) -> list[str]:
    """The ids of records that the manifest does not know, or knows with other texts."""
    known = set(manifest)
    return [entry.id for entry in found if entry not in known]


def main(arguments: Sequence[str]) -> int:
    """`python -m spotter.engine.bench_manifest MANIFEST SUITE CLEAN`: 0 when every record is the manifest's."""
    if len(arguments) != 3:
        print("usage: python -m spotter.engine.bench_manifest MANIFEST SUITE CLEAN", file=sys.stderr)
        return 2
    manifest, suite, clean = map(Path, arguments)
    try:
        found = list(entries(read_suite(suite), read_clean(clean)))
        other = unlike(found, read_manifest(manifest))
    except SpotterError as error:
        print(error, file=sys.stderr)
        return 2
    for record in other:
        print(f"{record}: not in the manifest, or with another text")
    print(f"{len(found) - len(other)} of {len(found)} records are the manifest's")
    return 1 if other else 0


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
