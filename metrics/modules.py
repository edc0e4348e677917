"""The modules of a repository, by the names under which its files take them, and what each has."""

from __future__ import annotations

import builtins
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from spotter.metrics.facts import FileFacts
from spotter.metrics.module_facts import Members, Offered
from spotter.metrics.trees import joined, parted

ROOTS = ("", "src/", "lib/", "python/")  # where a repository's own packages lie
BARE = frozenset(("object", "ABC", "abc.ABC", "Generic", "typing.Generic"))  # bases that give nothing


class Modules:
    """The modules of a repository, by the names under which its files take them."""

    def __init__(self, files: Sequence[FileFacts]) -> None:
        self._files = {file.path: file for file in files}
        self._folders = set(_folders(self._files))
        self._known: dict[tuple[str, str], FileFacts | None] = {}
        self._set: dict[str, set[str]] = defaultdict(set)
        for file in files:
            for whole, name in file.module.sets:
                if (module := self.module(file.path, whole)) is not None:
                    self._set[module.path].add(name)

    def __contains__(self, path: str) -> bool:
        return path in self._files

    def module(self, path: str, name: str) -> FileFacts | None:
        """The file that a dotted name means in another one; None where it is none or may be one of several."""
        key = path.rpartition("/")[0], name
        if key not in self._known:
            found = {file for stem in self._stems(path, name) if (file := self._at(stem))}
            self._known[key] = self._files[found.pop()] if len(found) == 1 else None
        return self._known[key]

    def has(self, module: FileFacts, name: str, seen: frozenset[str] = frozenset()) -> bool:
        """Whether a module has a name, or may have it, as anything may give it one that Python gives a meaning."""
        if name.startswith("__") and name.endswith("__"):
            return True
        if module.module.offer is None or module.path in seen or {name, "*"} & self._set[module.path]:
            return True
        if name in module.module.offer.names or self._is_below(module, name):
            return True
        stars = [self.module(module.path, star) for star in module.module.offer.stars]
        return any(other is None or self.has(other, name, seen | {module.path}) for other in stars)

    def is_plain(self, path: str, name: str) -> bool:
        """Whether a dotted name means a module for sure, and nothing else that the package above has under its name."""
        above, last = parted(name)
        package = self.module(path, above) if above else None
        if package is None or package.module.offer is None:
            return package is None
        handed = (joined(module, other) for own, module, other in package.module.offer.handed if own == last)
        itself = any(self.module(package.path, whole) == self.module(path, name) for whole in handed)
        return itself or last not in package.module.offer.names

    def called(self, module: FileFacts, name: str, seen: frozenset[str] = frozenset()) -> tuple[str, Offered] | None:
        """The path and the function or class that a module has under a name; None where that is not sure."""
        key = f"{module.path}:{name}"
        if module.module.offer is None or key in seen or {name, "*"} & self._set[module.path]:
            return None
        known = next((one for one in module.module.offer.calls if one.signature.name == name), None)
        if known is not None:
            return (module.path, known) if self._is_made_so(module, name) else None
        owner = next((one for one in module.module.members if one.name == name), None)
        if owner is not None:
            return self._inherited(module, owner, seen | {key}) if self._is_made_so(module, name) else None
        for own, target, other in module.module.offer.handed if not module.module.offer.stars else ():
            below = self.module(module.path, target) if own == name else None
            if below is not None and not self._is_below(below, other):
                return self.called(below, other, seen | {key})
        return None

    def _inherited(self, module: FileFacts, owner: Members, seen: frozenset[str]) -> tuple[str, Offered] | None:
        """What makes the objects of a class that leaves it to the one above it."""
        home = self.home(module, owner.bases[0]) if len(owner.bases) == 1 and "__init__" not in owner.names else None
        return self.called(home[0], home[1].name, seen) if home is not None else None

    def home(self, file: FileFacts, base: str) -> tuple[FileFacts, Members] | None:
        """The class of the repository that a file means by a name or by a module's attribute, and where it is."""
        head, _, name = base.partition(".")
        if not name and (own := [one for one in file.module.members if one.name == head]):
            return file, own[0]
        for own_name, target, other in file.module.offer.handed if file.module.offer is not None else ():
            module = self.module(file.path, joined(target, other) if name else target) if own_name == head else None
            if module is not None and module.path != file.path:
                return self.home(module, name or other)
        return None

    def _is_made_so(self, module: FileFacts, name: str, seen: frozenset[str] = frozenset()) -> bool:
        """Whether the objects of a class, if it is one, are made by its `__init__` alone, whatever is above it."""
        key = f"{module.path}:{name}"
        owner = next((one for one in module.module.members if one.name == name), None)
        if owner is None or key in seen:
            return owner is None
        if "__new__" in owner.names or (owner.open and owner.bases):
            return False
        homes = {base: self.home(module, base) for base in owner.bases}
        known = all(home is not None or outside(module, base) is not None for base, home in homes.items())
        return known and all(self._is_made_so(home[0], home[1].name, seen | {key}) for home in homes.values() if home)

    def _stems(self, path: str, name: str) -> Iterator[str]:
        """Where a module may lie, without its suffix: in a folder around a file, at a root, or beside what is a script.

        What lies in a package is not found by its name alone.
        """
        folders, steps = path.split("/")[:-1], name.lstrip(".").split(".")
        if dots := len(name) - len(name.lstrip(".")):
            if dots <= len(folders):
                yield "/".join(filter(None, [*folders[: len(folders) - dots + 1], *steps]))
            return
        tops = [size for size, folder in enumerate(folders) if folder == steps[0] and (size == 0 or len(steps) > 1)]
        roots = ["".join(f"{folder}/" for folder in folders[:size]) for size in (*tops, len(folders))]
        roots += [root for root in ROOTS if f"{root}{steps[0]}/__init__.py" in self._files]
        for root in roots:
            if not self._is_packed(root):
                yield root + "/".join(steps)

    def _is_packed(self, root: str) -> bool:
        """Whether a folder lies in a package."""
        ends = [end for end, letter in enumerate(root, 1) if letter == "/"]
        return any(f"{root[:end]}__init__.py" in self._files for end in ends)

    def _at(self, stem: str) -> str:
        """The file of a module that lies there, or ""."""
        return next((path for path in (f"{stem}/__init__.py", f"{stem}.py") if path in self._files), "")

    def _is_below(self, module: FileFacts, name: str) -> bool:
        """Whether a module is a package and has a module of its own of this name."""
        package = module.path.removesuffix("/__init__.py")
        return package != module.path and (f"{package}/{name}" in self._folders or bool(self._at(f"{package}/{name}")))


def _folders(paths: Iterable[str]) -> Iterator[str]:
    """Every folder above a file; some more than once."""
    for path in paths:
        parts = path.split("/")[:-1]
        yield from ("/".join(parts[:size]) for size in range(1, len(parts) + 1))


def outside(file: FileFacts, base: str) -> frozenset[str] | None:
    """What a base, or a decorator, gives that is none of the repository's; None where that is not known."""
    if base in BARE or base.startswith("@"):
        return frozenset()
    own = file.module.offer is None or base in file.module.offer.names
    return None if own or not isinstance(vars(builtins).get(base), type) else frozenset(dir(vars(builtins)[base]))
