"""Classes across a repository: which class a base means, and where an attribute of an object is declared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from spotter.metrics.facts import FileFacts

Class = tuple[str, str]


class Classes:
    """Every class of a repository as (path, dotted name), with the lines of descent that can be told."""

    def __init__(self, files: Sequence[FileFacts]) -> None:
        self._bases: dict[Class, tuple[str, ...]] = {}
        self._imports = {file.path: {item.name: item.target for item in file.imports} for file in files}
        self._named: dict[str, list[Class]] = defaultdict(list)
        self._above: dict[Class, tuple[Class, ...]] = {}
        for file in files:
            for item in file.classes:
                key = (file.path, item.name)
                if key not in self._bases:
                    self._named[item.name.rpartition(".")[2]].append(key)
                self._bases[key] = (*self._bases.get(key, ()), *item.bases)

    def home(self, path: str, name: str) -> Class:
        """Where a class that a file names is declared: there, or else as the one of its name, those beside it first."""
        if not name or (path, name) in self._bases:
            return path, name
        same = self._named.get(name.rpartition(".")[2], [])
        folder = path.rpartition("/")[0]
        beside = [item for item in same if item[0].rpartition("/")[0] == folder] or same
        return beside[0] if len(beside) == 1 else (path, name)

    def lineage(self, path: str, name: str) -> tuple[Class, ...]:
        """A class and all classes above it, the nearest first."""
        key = self.home(path, name)
        if key not in self._above:
            found: list[Class] = []
            pending = [key]
            while pending:
                current = pending.pop(0)
                if current not in found:
                    found.append(current)
                    pending.extend(self._parents(current))
            self._above[key] = tuple(found)
        return self._above[key]

    def _parents(self, key: Class) -> Iterator[Class]:
        path, _ = key
        for base in self._bases.get(key, ()):
            if (path, base) in self._bases:
                yield path, base
                continue
            head, _, rest = base.partition(".")
            target = self._imports[path].get(head, head)
            module, _, simple = f"{target}.{rest}".rstrip(".").rpartition(".")
            same = self._named.get(simple, [])
            if len(same) > 1:
                last = module.rpartition(".")[2]
                same = [item for item in same if last and last in item[0].rpartition(".")[0].split("/")]
            if len(same) == 1:
                yield same[0]
