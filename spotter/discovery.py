"""Discovery: from the paths a person names to the files to read, as git sees them inside a checkout."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from spotter import git
from spotter.errors import SpotterError
from spotter.reading import language_of, read, suffixes
from spotter.source import Source, Unread

# Made by tools, and never by the people whose code is checked.
_SKIPPED = frozenset(
    (".git", ".hg", ".svn", ".tox", ".nox", ".venv", ".mypy_cache", ".ruff_cache", "__pycache__", "node_modules")
)
_CANNOT_ENTER = "a folder that cannot be entered; nothing in it was measured"
_CLOSED = re.compile(r"^warning: could not open directory '(.*)': ", re.MULTILINE)


Aside = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Found:
    """Files by sorted posix names under a root, the ones that were named singly, and what could not be entered."""

    root: Path
    names: tuple[str, ...]
    requested: frozenset[str]
    unread: tuple[Unread, ...]


def root_of(paths: Sequence[Path]) -> Path:
    """The checkout around the paths; outside one the current folder, or else the folder that holds them all.

    SpotterError when a path is missing, or when the paths lie in different repositories.
    """
    real = [_real(path) for path in paths]
    folders = [path if path.is_dir() else path.parent for path in real]
    roots = {folder: git.top_level(folder) for folder in dict.fromkeys(folders)}
    first = roots[folders[0]]
    for path, folder in zip(paths, folders, strict=True):
        if roots[folder] != first:
            where = f"the repository {first}" if first else "any repository, unlike the paths before it"
            verb = "outside" if first else "not outside"
            raise SpotterError(f"{path}: {verb} {where}; check it in a run of its own")
    if first:
        return first
    here = Path.cwd()
    return here if all(path.is_relative_to(here) for path in folders) else Path(os.path.commonpath(folders))


def discover(root: Path, paths: Sequence[Path], excluded: Callable[[str], bool]) -> Found:
    """The files to read. Exclusions and languages choose among the files of folders; a file named singly is kept."""
    checkout = git.top_level(root) is not None
    names: set[str] = set()
    requested: set[str] = set()
    unread: list[Unread] = []
    for path in map(_real, paths):
        if not path.is_dir():
            requested.add(path.relative_to(root).as_posix())
        elif checkout and not ignored(root, path):
            names.update(_in_checkout(root, path, unread))
        else:
            names.update(_in_folder(root, path, unread))
    chosen = {name for name in names - requested if not excluded(name) and _readable(root / name, name)}
    kept = (note for note in unread if not excluded(note.path))
    return Found(root, tuple(sorted(chosen | requested)), frozenset(requested), tuple(kept))


def gather(found: Found) -> tuple[tuple[Source, ...], tuple[Unread, ...], Aside]:
    """The sources of what was found, in order, all that could not be read, and what lies aside, and as what."""
    read_or_not = [read(found.root / name, name) for name in found.names]
    aside = {one.path: one.aside for one in read_or_not if one.aside and one.path not in found.requested}
    sources = tuple(one for one in read_or_not if isinstance(one, Source) and one.path not in aside)
    unread = (one for one in read_or_not if isinstance(one, Unread) and one.path not in aside)
    told = found.unread + tuple(replace(one, requested=one.path in found.requested) for one in unread)
    return sources, told, tuple(sorted(aside.items()))


def under(names: Iterable[str], root: Path, paths: Sequence[Path]) -> Iterator[str]:
    """The names that lie under one of the paths."""
    heads = [_real(path).relative_to(root).parts for path in paths]
    for name in names:
        parts = tuple(name.split("/"))
        if any(parts[: len(head)] == head for head in heads):
            yield name


def ignored(root: Path, path: Path) -> bool:
    """Whether git leaves a path of a checkout out."""
    return path != root and git.ask(root, "check-ignore", "-q", "--", str(path)).returncode == 0


def _real(path: Path) -> Path:
    """The path with every link in its folder resolved, but not a file's own."""
    try:
        path.stat()
        return path.resolve() if path.is_dir() else path.parent.resolve() / path.name
    except PermissionError:
        raise SpotterError(f"{path}: permission denied on the way there; mend that, or name another path") from None
    except OSError:
        missing = "a link that leads nowhere" if path.is_symlink() else "no such file or folder"
        raise SpotterError(f"{path}: {missing}; check the spelling") from None


def _in_checkout(root: Path, folder: Path, unread: list[Unread]) -> Iterator[str]:
    inside = () if folder == root else ("--", f":(top,literal){folder.relative_to(root).as_posix()}")
    listing = git.ask(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard", *inside)
    if listing.returncode != 0:
        raise SpotterError(f"{folder}: git cannot list its files: {git.complaint(listing.stderr)}")
    closed = _CLOSED.findall(listing.stderr.decode("utf-8", "replace"))
    unread.extend(Unread(name.rstrip("/"), _CANNOT_ENTER) for name in closed)
    for name in map(os.fsdecode, filter(None, listing.stdout.split(b"\0"))):
        try:
            mode = os.lstat(root / name).st_mode
        except PermissionError:
            unread.append(Unread(name, "permission denied; not measured"))
        except OSError:
            continue  # tracked, and deleted in the working tree
        else:
            if stat.S_ISDIR(mode):
                unread.append(Unread(name.rstrip("/"), "a repository of its own; check it in a run of its own"))
            elif stat.S_ISREG(mode):
                yield name


def _in_folder(root: Path, folder: Path, unread: list[Unread]) -> Iterator[str]:
    def refused(error: OSError) -> None:
        unread.append(Unread(Path(error.filename).relative_to(root).as_posix(), _CANNOT_ENTER))

    for parent, folders, files in os.walk(folder, onerror=refused):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED)
        for file in sorted(files):
            path = os.path.join(parent, file)
            if stat.S_ISREG(os.lstat(path).st_mode):
                yield Path(path).relative_to(root).as_posix()


def _readable(path: Path, name: str) -> bool:
    """Whether a file has a known suffix, or none and a known #! line."""
    if path.suffix:
        return path.suffix.lower() in suffixes()
    try:
        with path.open("rb") as file:
            return language_of(name, file.read(200)) is not None
    except OSError:
        return False
