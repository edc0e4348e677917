"""Whose a database in the tree is: one that came with the code, in an archive or behind a link, is a stranger's.

Beside a database lies its origin, the inode of the folder in which it was made. Nobody who packs a folder knows which
inode it gets where it is unpacked, so that what came from elsewhere is told from what was made here.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex

BESIDE = ("", "-wal", "-shm", "-journal")  # a database and what SQLite keeps beside it


def refusal(path: Path) -> str:
    """Why a database must be left alone; empty where it may be opened or made."""
    if path.parent.is_symlink():
        return f"{path.parent.name} is a link, which may lead anywhere"
    for file in files(path):
        try:
            status = file.lstat()
        except FileNotFoundError:
            continue  # SQLite has taken it away since
        if not stat.S_ISREG(status.st_mode):
            return f"{file.name} is a link or no file, which may lead anywhere"
        if hasattr(os, "geteuid") and status.st_uid != os.geteuid():
            return f"{file.name} belongs to another user"
    return ""


def foreign(path: Path) -> bool:
    """Whether a database is there that was not made in this very folder."""
    there = any(files(path))  # looked for before its origin, which is written before there is a database
    return there and _written(_origin(path)) != _inode(path)


def mark(path: Path) -> None:
    """Write the origin of a database that is to be made."""
    if _written(_origin(path)) == _inode(path):
        return
    beside = _origin(path).with_name(f"{_origin(path).name}.{token_hex(8)}")
    with beside.open("x", encoding="ascii") as file:
        file.write(_inode(path))
    beside.replace(_origin(path))


def files(path: Path) -> Iterator[Path]:
    """The files of a database that are there, links that lead nowhere included."""
    every = (path.with_name(path.name + suffix) for suffix in BESIDE)
    return (file for file in every if os.path.lexists(file))


def _origin(path: Path) -> Path:
    return path.with_name(f"{path.name}.origin")


def _inode(path: Path) -> str:
    return str(path.parent.stat().st_ino)


def _written(origin: Path) -> str:
    try:
        if origin.is_symlink() or origin.stat().st_size > 100:
            return ""
        return origin.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return ""
