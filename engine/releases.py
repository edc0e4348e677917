"""Real fixes from bug-fix releases: what x.y.z+1 changed in the functions of x.y.z, by its packages on PyPI or npm."""

from __future__ import annotations

import gzip
import json
import os
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from spotter.engine import registries, script_fixes
from spotter.engine.corpus import TESTS
from spotter.engine.fixes import Mend, functions, keys, mends, row, without_sweeps
from spotter.engine.registries import registry_of
from spotter.engine.wheels import excluded
from spotter.source import Source, is_generated

LISTS = {"python": "releases.tsv", "javascript": "npm_releases.tsv"}  # by dialect
SUPPORT = ("setup.py", "conf.py", "version.py", "_version.py", "compat.py", "_compat.py")
# Liger-Kernel, which measures us, has changed copies of these.
COPIED = (
    re.compile(r"transformers/models/\w+/mod(eling|ular)_\w+\.py"),
    re.compile(r"^(async )?def forward\(", re.MULTILINE),
)
WIDE = 400  # changed functions: a release that changes more is not there to mend


@dataclass(frozen=True, slots=True)
class Release:
    """A row of a list: a wheel on PyPI or a tarball on npm, by its hash. The project is named as in other lists."""

    package: str
    project: str
    version: str
    licence: str
    sha256: str
    file: str

    @property
    def parts(self) -> tuple[int, int, int]:
        """The version's numbers, x.y as x.y.0."""
        numbers = [int(part) for part in self.version.split(".")]
        return numbers[0], numbers[1], numbers[2] if len(numbers) > 2 else 0


def releases_of(dialect: str = "python") -> tuple[Release, ...]:
    """The releases of the projects whose fixes a denoiser may learn from."""
    return releases(Path(__file__).with_name(LISTS[dialect]))


def releases(path: Path) -> tuple[Release, ...]:
    """A list of releases."""
    rows = path.read_text(encoding="utf-8").splitlines()[1:]
    return tuple(Release(*line.split("\t")) for line in rows)


def neighbours(listed: Iterable[Release]) -> Iterator[tuple[Release, Release]]:
    """Every release x.y.z with its x.y.z+1, package by package."""
    for before, after in pairwise(sorted(listed, key=lambda release: (release.package, release.parts))):
        x, y, z = before.parts
        if before.package == after.package and after.parts == (x, y, z + 1):
            yield before, after


def fetch(release: Release, folder: Path) -> Path:
    """Download a release unless it is there; SpotterError when that fails or its hash differs from the list."""
    return registries.fetch(release.package, release.version, release.file, release.sha256, folder)


def changed(before: Path, after: Path) -> Iterator[tuple[Source, Source]]:
    """The files that both packages have and that differ, before and after."""
    if after.suffix == ".whl":
        yield from _changed_in_wheels(before, after)
        return
    old = {source.path: source for source in registry_of(before.name).sources(before)}
    for new in registry_of(after.name).sources(after):
        if new.path in old and old[new.path] != new and not is_generated(new.text):
            yield old[new.path], new


def _changed_in_wheels(before: Path, after: Path) -> Iterator[tuple[Source, Source]]:
    with zipfile.ZipFile(before) as old, zipfile.ZipFile(after) as new:
        sums = {entry.filename: entry.CRC for entry in old.infolist()}
        for entry in new.infolist():
            path = entry.filename
            if not path.endswith(".py") or sums.get(path, entry.CRC) == entry.CRC or not learnable(path):
                continue
            try:
                texts = [archive.read(path).decode("utf-8").replace("\r\n", "\n") for archive in (old, new)]
            except UnicodeDecodeError:
                continue
            if not is_generated(texts[1]):
                yield Source(path, texts[0], "python"), Source(path, texts[1], "python")


def learnable(path: str) -> bool:
    """Whether a file's changes may be fixes: no tests, no copies of other projects, no migrations, no versions."""
    return not (excluded(path) or TESTS.search(path) or "/migrations/" in path or path.split("/")[-1] in SUPPORT)


def mends_between(before: Path, after: Path) -> list[Mend]:
    """The small mends between two releases; none when the second changes too much to be there to mend."""
    found: list[Mend] = []
    wide = 0
    for one, other in changed(before, after):
        python = other.language == "python"
        old, new = (functions(s.text) if python else script_fixes.functions(s) for s in (one, other))
        wide += sum(old[key].lines != new[key].lines for key in old.keys() & new.keys())
        if wide > WIDE:
            return []
        some = mends(other.path, old, new) if python else script_fixes.mends(other, old, new)
        found += [mend for mend in some if not copied(mend)]
    return without_sweeps(found)


def copied(mend: Mend) -> bool:
    """Whether a function has copies in a project that measures us."""
    path, head = COPIED
    return bool(path.fullmatch(mend.path) and head.search(mend.before))


def facts(before: Release, after: Release, file: Path) -> dict[str, str]:
    """What a row says of its origin; the date is that of the newest file in a wheel, and none where it is no wheel."""
    year = month = day = 0
    if file.suffix == ".whl":
        with zipfile.ZipFile(file) as archive:
            year, month, day = max(entry.date_time[:3] for entry in archive.infolist())
    return {
        "repo": after.project,
        "licence": after.licence,
        "commit": f"{before.version}..{after.version}",
        "date": f"{year:04}-{month:02}-{day:02}" if year else "",
        "subject": f"{after.package} {after.version}",
    }


def fresh(rows: Iterable[dict[str, object]], known: set[str]) -> Iterator[dict[str, object]]:
    """The rows that are not known yet, nor their reverse; they are known from then on."""
    for one in rows:
        names = keys(str(one["before"]), str(one["after"]))
        if known.isdisjoint(names):
            yield one
        known.update(names)


def read(path: Path) -> Iterator[dict[str, object]]:
    """The rows of a gzipped JSONL file of fixes."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def write(rows: Iterable[dict[str, object]], path: Path) -> None:
    """Write rows as gzipped JSONL, whole or not at all, with the same bytes for the same rows."""
    part = path.with_suffix(".part")
    with part.open("wb") as file, gzip.GzipFile("", "wb", mtime=0, fileobj=file) as out:
        for one in rows:
            out.write((json.dumps(one, ensure_ascii=False) + "\n").encode())
    os.replace(part, path)


def build(data: Path, listed: Iterable[Release], fixes: Iterable[Path]) -> Path:
    """Mine the listed releases into data/releases.jsonl.gz, without the pairs of other files of fixes.

    A pair of releases is mined as soon as both are there, and one goes when it has served: two are kept.
    """
    archives, target = data / "release_files", data / "releases.jsonl.gz"
    archives.mkdir(parents=True, exist_ok=True)
    known = {key for path in fixes for one in read(path) for key in keys(str(one["before"]), str(one["after"]))}
    found: list[dict[str, object]] = []
    last: Path | None = None
    for before, after in neighbours(listed):
        one, other = fetch(before, archives), fetch(after, archives)
        origin = facts(before, after, other)
        new = list(fresh((row(mend, origin) for mend in mends_between(one, other)), known))
        found += new
        print(f"{after.package} {before.version}..{after.version}: {len(new)}", flush=True)
        one.unlink()
        if last is not None and last != one:
            last.unlink(missing_ok=True)
        last = other
        write(found, target)
    return target
