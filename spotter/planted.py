"""Errors planted in sound code: how many does a check report, and does it leave the originals alone?"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from spotter.assembly import tools_of
from spotter.cache import Cache
from spotter.config import Config
from spotter.engine.plant import Planted, plant_many, read
from spotter.errors import SpotterError
from spotter.findings import Finding
from spotter.measuring import measure
from spotter.pipeline import Task, Tools, check
from spotter.progress import watched
from spotter.source import Source


@dataclass(frozen=True, slots=True)
class Row:
    """A planted error and the rules that the check names for it, by themselves and for the original."""

    kind: str
    path: str
    line: int
    was: str
    now: str
    said: tuple[str, ...]
    of_the_original: tuple[str, ...]


def rows(sources: Sequence[Source], planted: Sequence[Planted], tools: Tools, cache: Cache) -> Iterator[Row]:
    """Check every edited file among the others of its repository, and the file as it was."""
    measure(sources, tools.extract, None, cache, watched)
    known = {source.path: source for source in sources}
    for edit in planted:
        path = edit.syntax.source.path
        others = tuple(source for source in sources if source.path != path)
        now, was = (
            check(Task((source,), neighbours=others), tools, cache, iter).findings
            for source in (edit.syntax.source, known[path])
        )
        before = {(finding.rule, finding.message) for finding in was}
        lines = {edit.syntax.tokens[i].line for i in edit.tokens}
        said = {f.rule for f in now if (f.rule, f.message) not in before and _about(f, path, lines)}
        original = {f.rule for f in was if _about(f, path, {edit.line})}
        yield Row(edit.kind, path, edit.line, edit.was, edit.now, tuple(sorted(said)), tuple(sorted(original)))


def table(found: Sequence[Row]) -> str:
    """One row an edit, and the totals."""
    cells = [("kind", "place", "planted", "said", "of the original")]
    for row in found:
        said, original = (" ".join(rules) or "-" for rules in (row.said, row.of_the_original))
        cells.append((row.kind, f"{row.path}:{row.line}", f"{row.was} -> {row.now}", said, original))
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = ["  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in cells]
    caught, false = sum(bool(row.said) for row in found), sum(bool(row.of_the_original) for row in found)
    return "\n".join([*lines, "", f"{caught} of {len(found)} reported, {false} of their originals"])


def main(arguments: Sequence[str]) -> int:
    """`python -m spotter.planted PATH... --edits 20 --seed 0 --format text|json`; every path is a repository."""
    parser = argparse.ArgumentParser(prog="python -m spotter.planted", description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="Python files, or folders of them")
    parser.add_argument("--edits", type=int, default=20, help="how many errors to plant (20)")
    parser.add_argument("--seed", type=int, default=0, help="which places to choose (0)")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    asked = parser.parse_args(arguments)
    try:
        files = read(asked.paths)
        planted = [edit for _, edit in plant_many(files, asked.edits, asked.seed)]
        with tempfile.TemporaryDirectory(prefix="spotter-planted-") as scratch:
            cache = Cache(Path(scratch))
            found = list(rows([f.source for f in files], planted, tools_of(Config(), ()), cache))
            cache.close()
    except SpotterError as error:
        print(error, file=sys.stderr)
        return 2
    if len(found) < asked.edits:
        print(f"{len(found)} of {asked.edits} edits found a place; name more files", file=sys.stderr)
    print(json.dumps([asdict(row) for row in found], indent=2) if asked.format == "json" else table(found))
    return 0


def _about(finding: Finding, path: str, lines: set[int]) -> bool:
    """Whether a suspicion is about some lines of a file: it stands there, or names one of them as its reason."""
    if finding.kind != "suspicion":
        return False
    own = finding.path == path and not lines.isdisjoint(range(finding.line, finding.end_line + 1))
    return own or any(site.path == path and site.line in lines for site in finding.evidence)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
