"""What the network reads: permissively licensed packages of PyPI or npm, deduplicated, one shard a package.

A shard holds its files in the order in which they are read, function by function.
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spotter.engine import registries
from spotter.engine.lexemes import NAME, STRING, Lexemes
from spotter.engine.reading_order import reading_of
from spotter.engine.registries import registry_of
from spotter.engine.vocabulary import HASHED, Vocabulary, digest, pieces
from spotter.engine.vocabulary import build as build_vocabulary
from spotter.errors import SpotterError
from spotter.source import is_generated
from spotter.syntax import parse

LISTS = {"python": "corpus.tsv", "javascript": "npm_corpus.tsv"}  # by dialect
PERMISSIVE = re.compile(r"\b(MIT|BSD|Apache|ISC|PSF|Python Software|ZPL|Zope|HPND|NCSA|Unlicense\b)", re.IGNORECASE)
COPYLEFT = re.compile(r"GPL|Mozilla|MPL|EUPL|CeCILL|Commercial|Proprietary", re.IGNORECASE)
TESTS = re.compile(r"(^|/)(tests?|testing|examples?|docs?|benchmarks?)/|(^|/)(test_[^/]*|[^/]*_test|conftest)\.py$")
SAID = ("#", "//", "/*", "* ", "import ", "from ")  # lines that many files share
AT_ONCE = 8  # downloads


@dataclass(frozen=True, slots=True)
class Package:
    """A row of a corpus list: a wheel on PyPI, or a tarball on npm, by its hash."""

    name: str
    version: str
    licence: str
    sha256: str
    file: str


def packages(dialect: str = "python") -> tuple[Package, ...]:
    """The corpus list of a dialect."""
    rows = Path(__file__).with_name(LISTS[dialect]).read_text(encoding="utf-8").splitlines()[1:]
    return tuple(Package(*row.split("\t")) for row in rows)


def fetch(package: Package, folder: Path) -> Path:
    """Download a package unless it is there; SpotterError when that fails or its hash differs from the list."""
    return registries.fetch(package.name, package.version, package.file, package.sha256, folder)


def listed(archive: Path) -> Package | None:
    """The row for a downloaded package, or None when its licence is not permissive or it is an evaluation project."""
    registry = registry_of(archive.name)
    name, version, said = registry.described(archive)
    licence = "; ".join(dict.fromkeys(said[:2]))
    if not registry.KEPT_OUT.isdisjoint(name.lstrip("@").split("/")):
        return None
    if not PERMISSIVE.search(licence) or COPYLEFT.search(" ".join(said)):
        return None
    return Package(name, version, licence, hashlib.sha256(archive.read_bytes()).hexdigest(), archive.name)


def weight(path: str, text: str) -> float:
    """The share of such files that is kept: tests and generated code are common and repeat themselves."""
    if is_generated(text):
        return 0.05
    return 0.25 if TESTS.search(path) else 1.0


def line_hashes(text: str) -> list[int]:
    """Hashes of the lines that carry something: 15 characters and more, white space folded."""
    folded = (" ".join(line.split()) for line in text.splitlines())
    return [digest(line) for line in folded if len(line) >= 15 and not line.startswith(SAID)]


@dataclass(frozen=True, slots=True)
class Shard:
    """The tokens of one package: ids into its texts, with classes and ranks; files are [starts[i], starts[i + 1])."""

    name: str
    texts: tuple[str, ...]
    ids: NDArray[np.uint32]
    classes: NDArray[np.uint8]
    ranks: NDArray[np.int8]
    starts: NDArray[np.int64]

    def lexemes(self, first: int, last: int) -> Lexemes:
        """The tokens [first, last) of the package."""
        texts = self.texts
        return Lexemes(
            tuple([texts[i] for i in self.ids[first:last].tolist()]),
            tuple(self.classes[first:last].tolist()),
            tuple(self.ranks[first:last].tolist()),
        )


def read_package(archive: Path, cap: int, seen: set[int]) -> Shard:
    """A package's shard: files in hashed order up to a cap in bytes, without those that are half known lines."""
    table: dict[str, int] = {}
    ids: list[int] = []
    classes: list[int] = []
    ranks: list[int] = []
    starts = [0]
    size = 0
    for source in sorted(registry_of(archive.name).sources(archive), key=lambda source: digest(source.path)):
        if digest(source.path) % 1000 >= 1000 * weight(source.path, source.text):
            continue
        hashes = line_hashes(source.text)
        if len(hashes) < 8 or sum(h in seen for h in hashes) > 0.5 * len(hashes):
            continue
        syntax = parse(source)
        if syntax.error_lines:
            continue
        lexemes = reading_of(syntax).lexemes
        seen.update(hashes)
        ids += [table.setdefault(t, len(table)) for t in lexemes.texts]
        classes += lexemes.classes
        ranks += lexemes.ranks
        starts.append(len(ids))
        if (size := size + len(source.text)) > cap:
            break
    arrays = np.array(ids, np.uint32), np.array(classes, np.uint8), np.array(ranks, np.int8), np.array(starts, np.int64)
    return Shard(registry_of(archive.name).project_of(archive), tuple(table), *arrays)


def save(shard: Shard, folder: Path) -> None:
    """Write a shard as two files."""
    np.savez(folder / f"{shard.name}.npz", ids=shard.ids, classes=shard.classes, ranks=shard.ranks, starts=shard.starts)
    (folder / f"{shard.name}.json").write_text(json.dumps(shard.texts), encoding="utf-8")


def load(path: Path) -> Shard:
    """Read a shard back by its .npz file."""
    with np.load(path) as data:
        texts = tuple(json.loads(path.with_suffix(".json").read_text(encoding="utf-8")))
        return Shard(path.stem, texts, data["ids"], data["classes"], data["ranks"], data["starts"])


def build(folder: Path, dialect: str = "python", cap: int = 5_000_000) -> Vocabulary:
    """Fetch the packages listed for a dialect into a folder beside folder/shards and folder/vocabulary.json.

    The cap is in bytes of source a package, so that no project speaks louder than thirty others.
    """
    rows = packages(dialect)
    words = folder / "vocabulary.json"
    if words.exists() and (other := Vocabulary.read(json.loads(words.read_text(encoding="utf-8"))).dialect) != dialect:
        raise SpotterError(f"{folder}: a corpus of {other}; name another folder for {dialect}")
    archives, shards = folder / registry_of(rows[0].file).FOLDER, folder / "shards"
    for place in (archives, shards):
        place.mkdir(parents=True, exist_ok=True)
    seen: set[int] = set()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for package, archive in zip(rows, pool.map(partial(fetch, folder=archives), rows), strict=True):
            shard = read_package(archive, cap, seen)
            if len(shard.ids):
                save(shard, shards)
            size = f"{len(shard.ids)} tokens in {len(shard.starts) - 1} files"
            print(f"{package.name} {package.version}: {size}", flush=True)
    known = (load(path) for path in sorted(shards.glob("*.npz")) if not held_out(path.stem))
    vocabulary = replace(vocabulary_of(known), dialect=dialect)
    words.write_text(json.dumps(vocabulary.raw()), encoding="utf-8")
    return vocabulary


def vocabulary_of(shards: Iterable[Shard], words: int = 4096, known: int = 4095 - HASHED) -> Vocabulary:
    """The vocabulary of shards; a package's word counts 300 times at most, a piece 20 times a word."""
    counts: Counter[str] = Counter()
    piece_counts: Counter[str] = Counter()
    for shard in shards:
        times = np.bincount(shard.ids, minlength=len(shard.texts))
        kinds = np.zeros(len(shard.texts), np.uint8)
        kinds[shard.ids] = shard.classes
        for text, n, kind in zip(shard.texts, times.tolist(), kinds.tolist(), strict=True):
            if len(text) <= 40:
                counts[text] += min(n, 300)
            if kind in (NAME, STRING):
                for piece in pieces(text):
                    piece_counts[piece] += min(n, 20)
    return build_vocabulary(counts.items(), piece_counts.items(), words, known)


def held_out(name: str) -> bool:
    """Whether a project is kept from training, for validation and calibration: one in sixteen, by its name."""
    return zlib.crc32(name.replace("_", "-").lower().encode()) % 16 == 0
