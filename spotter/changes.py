"""What changed: staged against the last commit, or the working tree against a revision, line by line."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from spotter import git
from spotter.errors import SpotterError
from spotter.reading import suffixes

_HUNK = re.compile(rb"^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_OPAQUE = re.compile(rb"^Binary files .* and (\"?b/.*) differ$")
_PATCH = (
    "--unified=0",
    "--inter-hunk-context=0",
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    "--no-relative",
    "--ignore-submodules",
    "--find-renames",
    "--src-prefix=a/",
    "--dst-prefix=b/",
    "--diff-filter=d",
)


@dataclass(frozen=True, slots=True)
class Changes:
    """The changed lines of every file that still exists, by posix path; the index's content where that is meant.

    A link is no file: it may lead out of the tree.
    """

    lines: Mapping[str, frozenset[int]]
    contents: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Sides:
    """The files of a change as they were and as they are, by posix path; one of a single side was removed or made."""

    before: Mapping[str, bytes]
    after: Mapping[str, bytes]


def staged(root: Path) -> Changes:
    """What a commit would record now. Contents are the index's, not the working tree's.

    Where a merge is being committed, lines that one of its sides has already are not new.
    """
    _demand_checkout(root)
    blobs = dict(_blobs(git.answer(root, "diff", "--cached", "--raw", "-z", "--no-abbrev", "--diff-filter=d")))
    contents = dict(zip(blobs, _contents(root, list(blobs.values())), strict=True))
    lines = _changed_lines(_staged_patch(root), contents)
    if merged := _merged(root):
        theirs = _changed_lines(_staged_patch(root, merged), contents)
        lines = {name: new for name in lines if (new := lines[name] & theirs.get(name, frozenset()))}
    return Changes({name: new for name, new in lines.items() if name in contents}, contents)


def since(root: Path, revision: str) -> Changes:
    """What the working tree changed since it left a revision, files that are not yet added included."""
    _demand_checkout(root)
    base = merge_base(root, revision)
    patch = git.answer(root, "-c", "core.quotepath=true", "diff", *_PATCH, base)
    added = git.answer(root, "ls-files", "-z", "--others", "--exclude-standard")
    names = [*_opaque(patch), *map(os.fsdecode, filter(None, added.split(b"\0")))]
    contents = {name: data for name in names if _may_be_source(name) and (data := _bytes(root / name)) is not None}
    lines = {name: new for name, new in _changed_lines(patch, contents).items() if not (root / name).is_symlink()}
    return Changes({name: _every_line(data) for name, data in contents.items()} | lines, {})


def staged_sides(root: Path) -> Sides | None:
    """Both sides of what a commit would record now; None in a merge, whose steps were judged when they were made."""
    _demand_checkout(root)
    if _merged(root):
        return None
    old, new = _both_blobs(git.answer(root, "diff", "--cached", "--raw", "-z", "--no-abbrev", "--no-renames"))
    return Sides(*(dict(zip(side, _contents(root, list(side.values())), strict=True)) for side in (old, new)))


def sides_since(root: Path, revision: str) -> Sides:
    """Both sides of what the working tree changed since it left a revision."""
    _demand_checkout(root)
    base = merge_base(root, revision)
    old, new = _both_blobs(git.answer(root, "diff", "--raw", "-z", "--no-abbrev", "--no-renames", base))
    added = git.answer(root, "ls-files", "-z", "--others", "--exclude-standard")
    names = [*new, *filter(_may_be_source, map(os.fsdecode, filter(None, added.split(b"\0"))))]
    after = {name: data for name in names if (data := _bytes(root / name)) is not None}
    return Sides(dict(zip(old, _contents(root, list(old.values())), strict=True)), after)


def _staged_patch(root: Path, *base: str) -> bytes:
    return git.answer(root, "-c", "core.quotepath=true", "diff", "--cached", *_PATCH, *base)


def _merged(root: Path) -> str:
    """The commit that is being merged; empty outside of a merge."""
    return git.ask(root, "rev-parse", "--verify", "--quiet", "MERGE_HEAD").stdout.decode().strip()


def merge_base(root: Path, revision: str) -> str:
    """Where the checkout left a revision; SpotterError, with what mends it, where that cannot be known."""
    if git.ask(root, "rev-parse", "--verify", "--quiet", "HEAD").returncode != 0:
        raise SpotterError(f"{revision}: no commit here yet; use --staged")
    known = git.ask(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    shallow = git.answer(root, "rev-parse", "--is-shallow-repository").strip() == b"true"
    deepen = "; this clone is shallow: fetch more history (git fetch --unshallow)" if shallow else ""
    if known.returncode != 0:
        raise SpotterError(f"{revision}: no such revision here{deepen or '; see git branch --all'}")
    base = git.ask(root, "merge-base", known.stdout.decode().strip(), "HEAD")
    if base.returncode != 0:
        raise SpotterError(f"{revision}: it has no commit in common with HEAD{deepen}")
    return base.stdout.decode().strip()


def _demand_checkout(root: Path) -> None:
    git.answer(root, "version")
    if git.top_level(root) is None:
        raise SpotterError(f"{root}: not inside a git checkout; leave out --staged and --since, or run it in one")


def _blobs(raw: bytes) -> Iterator[tuple[str, str]]:
    """(path, object id) of the regular files in the NUL-separated raw form of a diff that may be source."""
    fields = iter(raw.split(b"\0"))
    for head in fields:
        if not head:
            return
        _, mode, _, blob, status = head.split(b" ")
        path = next(fields)
        if status[:1] in b"RC":
            path = next(fields)
        name = os.fsdecode(path)
        if mode.startswith(b"100") and status[:1] != b"U" and _may_be_source(name):
            yield name, blob.decode()


def _both_blobs(raw: bytes) -> tuple[dict[str, str], dict[str, str]]:
    """The object ids of both sides by path, from the raw form of a diff that follows no renames."""
    old: dict[str, str] = {}
    new: dict[str, str] = {}
    fields = raw.split(b"\0")
    for head, path in zip(fields[::2], fields[1::2], strict=False):
        old_mode, new_mode, old_blob, new_blob, status = head.removeprefix(b":").split(b" ")
        name = os.fsdecode(path)
        if status[:1] == b"U" or not _may_be_source(name):
            continue
        for side, mode, blob in ((old, old_mode, old_blob), (new, new_mode, new_blob)):
            if mode.startswith(b"100"):
                side[name] = blob.decode()
    return old, new


def _contents(root: Path, blobs: list[str]) -> Iterator[bytes]:
    """The objects' bytes, in order, from one git process."""
    answer = git.answer(root, "cat-file", "--batch", data="".join(f"{blob}\n" for blob in blobs).encode())
    at = 0
    for blob in blobs:
        end = answer.index(b"\n", at)
        words = answer[at:end].split()
        if words[-1] == b"missing":
            raise SpotterError(f"{root}: the index names an object that is missing ({blob}); run git fsck")
        size = int(words[-1])
        yield answer[end + 1 : end + 1 + size]
        at = end + size + 2


def _changed_lines(patch: bytes, opaque: Mapping[str, bytes]) -> dict[str, frozenset[int]]:
    """New or changed lines by path. A deletion marks the lines around the gap; an opaque file changed everywhere."""
    changed = {name: _every_line(opaque[name]) for name in _opaque(patch) if name in opaque}
    for name, first, count in _hunks(patch):
        lines = range(first, first + count) if count else range(max(first, 1), first + 2)
        changed[name] = changed.get(name, frozenset()) | frozenset(lines)
    return {name: lines for name, lines in sorted(changed.items()) if _may_be_source(name)}


def _hunks(patch: bytes) -> Iterator[tuple[str, int, int]]:
    """(path, first new line, number of new lines) of every hunk; the lines inside hunks are stepped over."""
    name = ""
    inside = 0
    for line in patch.split(b"\n"):
        if inside and line[:1] in (b"+", b"-"):
            inside -= 1
        elif hunk := _HUNK.match(line):
            old, new = (int(number) if number else 1 for number in (hunk[1], hunk[3]))
            inside = old + new
            yield name, int(hunk[2]), new
        elif line.startswith(b"+++ "):
            name = _name(line[4:])


def _opaque(patch: bytes) -> Iterator[str]:
    """The files that git's attributes declare to be no text, or that are none."""
    return (_name(found[1]) for line in patch.split(b"\n") if (found := _OPAQUE.match(line)))


def _name(written: bytes) -> str:
    """A path from a patch's header, where git quotes what is unusual."""
    written = written.removesuffix(b"\t")
    if written.startswith(b'"'):
        written = written[1:-1].decode("unicode_escape").encode("latin-1")
    return os.fsdecode(written.removeprefix(b"b/"))


def _may_be_source(name: str) -> bool:
    suffix = PurePosixPath(name).suffix.lower()
    return not suffix or suffix in suffixes()


def _every_line(data: bytes) -> frozenset[int]:
    return frozenset(range(1, data.count(b"\n") + 2))


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes() if path.is_file() and not path.is_symlink() else None
    except OSError:
        return None
