"""From what a person asks to what is checked: the paths, the revision or the text, and the settings that hold there."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from spotter import changes, git, verdicts
from spotter.cache import FILE as CACHE
from spotter.cache import FOLDER, Cache
from spotter.config import Config, excluded, limits, load
from spotter.confined import inside
from spotter.discovery import discover, gather, root_of, under
from spotter.errors import SpotterError
from spotter.findings import Severity
from spotter.pipeline import Change, Task
from spotter.reading import from_bytes, language_of, read
from spotter.rules import RULES
from spotter.source import Source, Unread

HEAD = 200  # bytes in which a #! line must end


@dataclass(frozen=True, slots=True)
class Request:
    """What to check and how. At most one of staged, since and text is given; a text comes with the name it has."""

    paths: tuple[Path, ...] = ()
    staged: bool = False
    since: str | None = None
    text: bytes | None = None
    name: str = ""
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: Severity | None = None
    budget: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a request holds: the root that names are relative to, and the settings found there."""

    root: Path
    checkout: bool
    config: Config

    def cache(self) -> Cache:
        """The cache at the root; none in a folder that is neither a checkout nor was ever asked to keep one.

        A cache that git tracks came with the code, whoever wrote it there, and is not believed.
        """
        path = self.root / FOLDER / CACHE
        if self.checkout and path.exists() and git.tracked(self.root, f"{FOLDER}/{CACHE}"):
            return Cache(None, note=f"{path}: no cache (git tracks it); take it out with git rm --cached")
        return Cache(self.root if self.checkout or (self.root / FOLDER).is_dir() else None)

    def judged(self) -> tuple[verdicts.Verdict, ...]:
        """What people and models have judged here."""
        return verdicts.read(inside(self.root, self.root / verdicts.FILE))


def scope_of(request: Request) -> Scope:
    """The root and the settings of a request."""
    paths = _paths(request)
    root = root_of(paths)
    folders = [path.resolve() if path.is_dir() else path.parent.resolve() for path in paths]
    config = load(Path(os.path.commonpath(folders)), root)
    changed = {
        "select": codes(request.select) or config.select,
        "ignore": (*config.ignore, *codes(request.ignore)),
        "fail_on": request.fail_on or config.fail_on,
        "budget": _limits(config.budget, request.budget),
    }
    return Scope(root, git.top_level(root) is not None, replace(config, **changed))  # type: ignore[arg-type]


def task_of(request: Request, scope: Scope) -> Task:
    """The sources of a request, and the rest of the checkout as their neighbours."""
    if request.text is not None:
        task = _task([from_bytes(request.text, _name(scope.root, request.name))])
    elif request.staged:
        task = _changed(request, scope, changes.staged(scope.root), changes.staged_sides(scope.root))
    elif request.since is not None:
        sides = changes.sides_since(scope.root, request.since)
        task = _changed(request, scope, changes.since(scope.root, request.since), sides)
    else:
        found = discover(scope.root, _paths(request), lambda name: excluded(scope.config, name))
        sources, unread, aside = gather(found)
        task = Task(sources, unread, aside=aside)
    if not scope.checkout:
        return task
    neighbours = tuple(_neighbours(scope, task))
    reach = under([one.path for one in neighbours], scope.root, _paths(request)) if task.change else ()
    return replace(task, neighbours=neighbours, reach=frozenset(reach))


def codes(given: Iterable[str]) -> tuple[str, ...]:
    """Rules, or how their codes begin, from options that may hold several with commas."""
    wanted = tuple(code.strip() for one in given for code in one.split(",") if code.strip())
    for code in wanted:
        if not any(rule.startswith(code) for rule in RULES):
            raise SpotterError(f"{code}: no rule begins so; `spotter explain` lists the rules")
    return wanted


def _paths(request: Request) -> list[Path]:
    return list(request.paths) or [Path()]


def _task(read: Iterable[Source | Unread]) -> Task:
    """A task of what was named one by one: what of it cannot be read must not pass."""
    whole = list(read)
    sources = tuple(one for one in whole if isinstance(one, Source))
    return Task(sources, tuple(replace(one, requested=True) for one in whole if isinstance(one, Unread)))


def _limits(held: tuple[tuple[str, int], ...], given: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    """The limits that hold, with those of the command line, `decisions=60`, in their place."""
    pairs = [part.partition("=")[::2] for one in given for part in one.split(",")]
    return limits(dict(held) | {name: int(n) if n.isdecimal() else n for name, n in pairs}, "--budget")


def _change(request: Request, scope: Scope, sides: changes.Sides) -> Change:
    """Both sides of a change under the paths; a file that cannot be read, or lies aside, on one side is on neither."""
    names = under(sorted(sides.before.keys() | sides.after.keys()), scope.root, _paths(request))
    chosen = [name for name in names if not excluded(scope.config, name)]
    pairs = [{name: from_bytes(side[name], name) for name in chosen if name in side and language_of(name, side[name])}
             for side in (sides.before, sides.after)]  # fmt: skip
    unread = {name for side in pairs for name, one in side.items() if isinstance(one, Unread) or one.aside}
    before, after = (
        tuple(one for one in side.values() if isinstance(one, Source) and one.path not in unread) for side in pairs
    )
    return Change(before, after)


def _changed(request: Request, scope: Scope, found: changes.Changes, sides: changes.Sides | None) -> Task:
    """The changed files: as the index has them where there are contents, else as they are on disk."""
    names = [name for name in under(found.lines, scope.root, _paths(request)) if not excluded(scope.config, name)]
    heads = {
        name: found.contents[name][:HEAD] if name in found.contents else _head(scope.root / name) for name in names
    }
    known = [name for name in names if language_of(name, heads[name])]
    read_all = (
        from_bytes(found.contents[name], name) if name in found.contents else read(scope.root / name, name)
        for name in known
    )
    whole = list(read_all)
    aside = tuple((one.path, one.aside) for one in whole if one.aside)
    task = _task(one for one in whole if not one.aside)
    change = _change(request, scope, sides) if sides else None
    return replace(task, aside=aside, changed=found.lines, change=change)


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(HEAD)
    except OSError:
        return b""


def _neighbours(scope: Scope, task: Task) -> Iterator[Source]:
    checked = {source.path for source in task.sources} | {unread.path for unread in task.unread}
    for name in discover(scope.root, [scope.root], lambda name: excluded(scope.config, name)).names:
        if name not in checked and isinstance(one := read(scope.root / name, name), Source) and not one.aside:
            yield one


def _name(root: Path, name: str) -> str:
    """The name of a text, relative to the root where it lies there."""
    path = Path(os.path.abspath(name))
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else Path(name).as_posix()
