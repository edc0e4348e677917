"""Reading: from bytes under a name to a source, or to the reason why not."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from spotter import notebook
from spotter.languages import languages
from spotter.source import Source, Unread

LARGEST_FILE = notebook.LARGEST  # characters
LARGEST_NOTEBOOK = 100_000_000
LONGEST_LINE = 20_000
SHORTEST_DENSE = 2_000
MINIFIED = "minified"
NOTEBOOK = ".ipynb"

_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BYTES = ("binary", "ascii-8bit")  # what Ruby calls a source whose characters are its bytes
_NO_CODE = re.compile(rb"^[ \t\f]*(?:#.*)?\r?$")
_SHEBANG = re.compile(rb"^#!\s*(?:\S*/)?(?:env\s+(?:-S\s+)?(?:\w+=\S*\s+)*)?(?:\S*/)?([A-Za-z]+[\d.]*)")


def read(path: Path, name: str) -> Source | Unread:
    """Read a file that shall be called by a name."""
    largest = LARGEST_NOTEBOOK if name.endswith(NOTEBOOK) else LARGEST_FILE
    try:
        if not path.is_file():
            return Unread(name, "not a file with text in it; name a file or a folder")
        if (size := path.stat().st_size) > largest:
            return Unread(name, _too_large(size, largest))
        data = path.read_bytes()
    except OSError as error:
        return Unread(name, f"cannot be read ({(error.strerror or str(error)).lower()}); mend that, or leave it out")
    return from_bytes(data, name)


def from_bytes(data: bytes, name: str) -> Source | Unread:
    """Make a source of a file's content."""
    if name.endswith(NOTEBOOK):
        return _from_notebook(data, name)
    language = language_of(name, data[:200])
    if language is None:
        return Unread(name, f"not in a language that Spotter reads ({', '.join(sorted(suffixes()))}, or a #! line)")
    try:
        text = decode(data, declares=languages()[language].comment == "#")
    except ValueError as error:
        return Unread(name, str(error))
    aside = _aside(name, text, language)
    try:
        return Source(name, measurable(text), language, aside=aside)
    except ValueError as error:
        return Unread(name, str(error), aside=aside)


def language_of(name: str, head: bytes) -> str | None:
    """The language of a file by its suffix or, without one, by the #! at its head; None when no language is known."""
    suffix = PurePosixPath(name).suffix.lower()
    if suffix:
        return suffixes().get(suffix)
    shebang = _SHEBANG.match(head)
    if not shebang:
        return None
    interpreter = shebang[1].decode("ascii")
    for facts in languages().values():
        if interpreter in facts.interpreters or interpreter.rstrip("0123456789.") in facts.interpreters:
            return facts.name
    return None


def suffixes() -> dict[str, str]:
    """Every suffix that is read, and the language it stands for."""
    known = {suffix: facts.name for facts in languages().values() for suffix in facts.suffixes}
    return known | {NOTEBOOK: "python"}


def _aside(name: str, text: str, language: str) -> str:
    """As what a file is left out where it is only met: by its name, or minified by the length of its lines."""
    facts = languages()[language]
    for what, globs in facts.aside:
        if any(fnmatchcase(PurePosixPath(name).name, glob) for glob in globs):
            return what
    dense = facts.densest and len(text) > max(SHORTEST_DENSE, facts.densest * (text.count("\n") + 1))
    return MINIFIED if dense else ""


def decode(data: bytes, *, declares: bool) -> str:
    """Text with plain newlines, or ValueError with the reason; a source may declare its encoding as in PEP 263."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ValueError("saved as UTF-16; save it as UTF-8")
    if (nul := data.find(b"\0")) >= 0:
        line = data.count(b"\n", 0, nul) + 1
        raise ValueError(f"a NUL byte in line {line}: not source text; leave it out")
    encoding = "utf-8-sig" if data.startswith(b"\xef\xbb\xbf") or not declares else _declared(data)
    try:
        text = data.decode(encoding)
    except LookupError:
        raise ValueError(f"it declares {encoding}, which is no text encoding; correct its coding line") from None
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        named = encoding.removesuffix("-sig").upper()
        raise ValueError(
            f"not valid {named} in line {line} (byte {error.start}); save it as UTF-8 or declare its encoding"
        ) from None
    except UnicodeError:
        raise ValueError(f"cannot be decoded as {encoding}, which it declares; correct its coding line") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def measurable(text: str) -> str:
    """The text itself; ValueError when it is too large to have been written by hand."""
    if len(text) > LARGEST_FILE:
        raise ValueError(_too_large(len(text), LARGEST_FILE))
    if "\0" in text:
        raise ValueError("a NUL character: not source text; leave it out")
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > LONGEST_LINE:
            raise ValueError(
                f"line {number} is {len(line):,} characters long, over {LONGEST_LINE:,}: generated, it seems;"
                " add it to exclude"
            )
    return text


def _declared(data: bytes) -> str:
    for line in data.split(b"\n", 2)[:2]:
        if cookie := _COOKIE.match(line):
            named = cookie[1].decode("ascii", "replace")
            return "latin-1" if named.lower() in _BYTES else named
        if not _NO_CODE.match(line):
            break
    return "utf-8"


def _from_notebook(data: bytes, name: str) -> Source | Unread:
    try:
        book = notebook.parse(decode(data, declares=False))
    except RecursionError:
        return Unread(name, "not a notebook: nested too deep; leave it out")
    except ValueError as error:
        return Unread(name, f"not a notebook that can be read ({error}); save it again from Jupyter")
    if book.language not in languages():
        return Unread(name, f"its kernel speaks {book.language}, which Spotter does not read; add it to exclude")
    try:
        return Source(name, measurable(book.text), book.language, book.cells)
    except ValueError as error:
        return Unread(name, str(error))


def _too_large(size: int, largest: int) -> str:
    return f"{size / 1e6:.1f} MB, over the limit of {largest / 1e6:.0f} MB: generated, it seems; add it to exclude"
