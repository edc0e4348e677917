"""Notebooks: the code cells of an .ipynb as one text whose lines can be traced back."""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spotter.source import Cell, Source

LARGEST = 1_000_000  # characters: more is no source of a person's, and is not looked into

_SOURCE_KEY = re.compile(r'^([ \t]*)"source": ?\[', re.MULTILINE)
_PYTHON_CELL_MAGICS = frozenset(("%%time", "%%timeit", "%%capture", "%%prun"))
_MAGIC_LINE = re.compile(r"^(\s*)(?:%{1,2}[A-Za-z_]|!|\?|[\w.]+\?{1,2}\s*$).*$")
_MAGIC_VALUE = re.compile(r"^(\s*\w[\w., \t]*=\s*)(?:!|%[A-Za-z_]).*$")


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook's code: its text, its language by the kernel's name, and its code cells."""

    text: str
    language: str
    cells: tuple[Cell, ...]


def parse(raw: str) -> Notebook:
    """Read a notebook; ValueError when it is not one.

    Where the file holds one line of code a line, as Jupyter writes it, each keeps the line number it has in the
    file, so that diffs and editors mean the same line; otherwise the cells are joined.
    """
    document = json.loads(raw)
    if not isinstance(document, dict) or not isinstance(document.get("cells"), list):
        raise ValueError("no list of cells")
    cells = [cell for cell in document["cells"] if isinstance(cell, dict)]
    written = [_lines(cell.get("source", "")) for cell in cells]
    starts = _lines_in_file(raw, cells) or _joined(written)
    large = sum(len(line) + 1 for lines in written for line in lines) > LARGEST
    text: list[str] = []
    found = []
    for number, (cell, lines, start) in enumerate(zip(cells, written, starts, strict=True), 1):
        if cell.get("cell_type") == "code" and lines:
            text.extend("" for _ in range(start - 1 - len(text)))
            text.extend(lines if large else neutral(lines))
            found.append(Cell(number, start, start + len(lines) - 1))
    return Notebook("\n".join(text) + "\n" if text else "", _language(document), tuple(found))


def neutral(lines: Sequence[str]) -> list[str]:
    """The lines of a cell with magics and shell commands made harmless, each in its place."""
    if lines[0].startswith("%%") and lines[0].split()[0] not in _PYTHON_CELL_MAGICS:
        return [""] * len(lines)
    return list(lines) if _is_python("\n".join(lines)) else list(_without_magics(lines))


def place(source: Source, line: int) -> str:
    """Where a line of the text lies in the notebook ("cell 3, line 2"); empty for other sources."""
    cell = next((cell for cell in source.cells if cell.first <= line <= cell.last), None)
    return f"cell {cell.number}, line {line - cell.first + 1}" if cell else ""


def _without_magics(lines: Sequence[str]) -> Iterator[str]:
    continued = False
    for line in lines:
        magic = _MAGIC_LINE.match(line)
        value = _MAGIC_VALUE.match(line)
        if continued:
            yield ""
        elif magic:
            yield f"{magic[1]}pass"
        else:
            yield f"{value[1]}..." if value else line
        continued = (continued or bool(magic) or bool(value)) and line.endswith("\\")


def _is_python(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


def _lines(written: object) -> list[str]:
    """A cell's source as lines; the format allows one string or a list of them."""
    if isinstance(written, list):
        written = "".join(part for part in written if isinstance(part, str))
    if not isinstance(written, str):
        raise ValueError("a cell whose source is not text")
    text = written.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
    return text.split("\n") if text else []


def _joined(written: Sequence[Sequence[str]]) -> list[int]:
    starts = [1]
    for lines in written:
        starts.append(starts[-1] + len(lines) + 1)
    return starts[:-1]


def _lines_in_file(raw: str, cells: Sequence[dict[str, object]]) -> list[int] | None:
    """The line of the file on which each cell's source begins; None unless every element has a line to itself."""
    keys = list(_SOURCE_KEY.finditer(raw))
    outermost = min((len(key[1]) for key in keys), default=0)
    keys = [key for key in keys if len(key[1]) == outermost]
    if len(keys) != len(cells):
        return None
    physical = raw.split("\n")
    starts = []
    start, seen = 1, 0
    for key, cell in zip(keys, cells, strict=True):
        start, seen = start + raw.count("\n", seen, key.end()), key.end()
        parts = cell.get("source", "")
        if not isinstance(parts, list) or not all(isinstance(part, str) and part for part in parts):
            return None
        inner = [str(part).rstrip("\n") for part in parts]
        held = [line.strip().removesuffix(",") for line in physical[start : start + len(parts)]]
        if any("\n" in part for part in inner) or not all(map(_same, held, parts)):
            return None
        starts.append(start + 1)
    return starts


def _same(held: str, part: object) -> bool:
    try:
        return bool(json.loads(held) == part)
    except ValueError:
        return False


def _language(document: dict[str, object]) -> str:
    metadata = document.get("metadata")
    for key, field in (("language_info", "name"), ("kernelspec", "language")):
        known = metadata.get(key) if isinstance(metadata, dict) else None
        if isinstance(known, dict) and isinstance(known.get(field), str):
            return str(known[field]).lower()
    return "python"
