"""Classes of a repository and those above and below them: what each gives its objects, for sure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence, Set

from spotter.metrics.facts import FileFacts
from spotter.metrics.module_facts import Members, Offered, Use
from spotter.metrics.modules import Modules, outside

MADE = frozenset(("_value_", "model_dump"))  # what objects have that are made elsewhere: an Enum's, and a model's

BASE = re.compile("Abstract|Base|Interface|Mixin|Template")  # in the name of what others complete

ABSTRACT = frozenset(("ABC", "abc.ABC"))


def _is_base(owner: Members) -> bool:
    """Whether a class is named as what others complete, or is abstract."""
    return BASE.search(owner.name) is not None or not ABSTRACT.isdisjoint(owner.bases)


class Inheritance:
    """The classes of a repository, what each gives its objects, and which are below it."""

    def __init__(self, files: Sequence[FileFacts], modules: Modules) -> None:
        self._files, self._modules = files, modules
        self._names: dict[tuple[str, str], frozenset[str] | None] = {}
        self._all: dict[tuple[str, str], frozenset[str] | None] = {}
        self._given = {name for file in files for name in file.module.given}
        self._derived: dict[str, list[tuple[FileFacts, str]]] = defaultdict(list)
        offers = (file.module.offer for file in files if file.module.offer is not None)
        renamed = {own for offer in offers for own, _, name in offer.handed if own != name}
        for file in (file for file in files if not file.test):
            for one in file.classes:
                for base in one.bases:
                    last = base.rpartition(".")[2]
                    home = modules.home(file, base) if last in renamed else None
                    self._derived[home[1].name if home is not None else last].append((file, one.name))
        self._made = {call.callee_text.rpartition(".")[2] for file in files if not file.test for call in file.calls}
        self._filling = [file for file in files if "*" in file.module.given]

    def made(self) -> Iterator[tuple[FileFacts, Members]]:
        """The classes of which a file makes objects by name, and those that complete another one and are no base.

        Tests make objects of what others complete.
        """
        asked = {owner.name for file in self._files for owner in file.module.members if owner.taken}
        found: dict[tuple[str, str], tuple[FileFacts, Members]] = {}
        for file in self._files:
            texts = {call.callee_text for call in file.calls} if asked and not file.test else set()
            for text in texts:
                if text.rpartition(".")[2] in asked and (home := self._modules.home(file, text)) is not None:
                    found[home[0].path, home[1].name] = home
            for owner in file.module.members:
                if owner.taken and self._completes(file, owner):
                    found[file.path, owner.name] = file, owner
        yield from found.values()

    def _completes(self, file: FileFacts, owner: Members) -> bool:
        """Whether a class is below one that is meant to be completed, and neither is one nor has one below it."""
        is_base = BASE.search(owner.name) or any(True for _ in self._below(owner.name))
        return not is_base and any(_is_base(one) for one in self._above(file, owner))

    def _above(self, file: FileFacts, owner: Members) -> Iterator[Members]:
        """The classes of the repository that a class has above it."""
        pending, seen = [(file, owner)], {(file.path, owner.name)}
        while pending:
            where, one = pending.pop()
            homes = (self._modules.home(where, base) for base in one.bases)
            for home in (home for home in homes if home is not None and (home[0].path, home[1].name) not in seen):
                seen.add((home[0].path, home[1].name))
                pending.append(home)
                yield home[1]

    def home(self, file: FileFacts, use: Use) -> tuple[FileFacts, Members] | None:
        """The class of the repository of which something is taken, and where it is; none of a Protocol, nor of what
        something gives to any object.
        """
        head, _, attribute = use.receiver.partition(".")
        offer = file.module.offer
        shared = attribute or (head if offer is not None and head in offer.names else "")  # with other modules
        if not self._given.isdisjoint((use.name, use.owner.rpartition(".")[2], shared)):
            return None
        if attribute and self._may_give(file, use.function.split(".")[0], attribute):
            return None
        home = self._modules.home(file, use.owner)
        if home is None or home[0].module.offer is None or home[0].module.offer.stars:
            return None
        return None if any(base.rpartition(".")[2] == "Protocol" for base in home[1].bases) else home

    def _may_give(self, file: FileFacts, name: str, attribute: str) -> bool:
        """Whether a class may give its objects more under an attribute's name than it seems, or another one may."""
        owner = next((one for one in file.module.members if one.name == name), None)
        if owner is None or owner.open or any(one.open or attribute in one.names for one in self._above(file, owner)):
            return True
        return any(one is None or attribute in one.names for _, one in self._below(name))

    def all_names(self, file: FileFacts, owner: Members) -> frozenset[str] | None:
        """All that objects of a class and of those below it have; None where they may have more."""
        key = file.path, owner.name
        if key not in self._all:
            passed_on = f"{owner.name}()" in self._given or "__getattr__" in self._given
            names, below = (None, None) if passed_on else (self.names(file, owner), self._names_below(owner.name))
            whole = names is not None and below is not None and not self._is_filled(file, owner)
            self._all[key] = frozenset((*(names or ()), *(below or ()), *self._given)) if whole else None
        return self._all[key]

    def names(self, file: FileFacts, owner: Members) -> frozenset[str] | None:
        """All that a class and those above it give; None where one of them is not known, or may give anything."""
        key = file.path, owner.name
        if key not in self._names:
            self._names[key] = None  # of a class that is above itself
            self._names[key] = None if owner.open else self._with_bases(file, owner)
        return self._names[key]

    def _with_bases(self, file: FileFacts, owner: Members) -> frozenset[str] | None:
        names = set(owner.names)
        for base in owner.bases:
            home = self._modules.home(file, base)
            above = self.names(*home) if home is not None else outside(file, base)
            if above is None:
                return None
            names |= above
        return frozenset(names)

    def _names_below(self, name: str) -> set[str] | None:
        """What classes give that have one of this name above them; None where one of them may give anything."""
        found: set[str] = set()
        for file, owner in self._below(name):
            names = self.names(file, owner) if owner is not None else None
            if names is None:
                return None
            found |= names
        return found

    def is_made(self, owner: Members, names: Set[str]) -> bool:
        """Whether the repository makes objects of a class, or of one below it."""
        below = (one.name for _, one in self._below(owner.name) if one is not None)
        return not names.isdisjoint(MADE) or not self._made.isdisjoint((owner.name, *below))

    def _is_filled(self, file: FileFacts, owner: Members) -> bool:
        """Whether a file that gives objects any names knows a class, or is taken by one that does."""
        paths = {one.path for one in self._filling}
        knowing = [one for one in self._files if one is file or owner.name in one.names] if paths else []
        taken = ((one, each.module) for one in knowing for each in one.module.references)
        homes = (self._modules.module(one.path, module) for one, module in taken)
        return any(one.path in paths for one in knowing) or any(home and home.path in paths for home in homes)

    def takes(self, file: FileFacts, owner: Members, name: str) -> list[tuple[FileFacts, Offered]]:
        """What the methods may pass of which a call of this name may reach one; none where one of them is not known.

        The one that the object's own class has, or takes over from those above, stands first.
        """
        below = [(where, one) for where, one in self._below(owner.name) if one is not None]
        if any(len(one.bases) > 1 for _, one in below):
            return []  # what stands beside may have the method too
        found = [self._method(*one, name) for one in ((file, owner), *(one for one in below if name in one[1].names))]
        return [one for one in found if one is not None] if all(found) else []

    def _method(self, file: FileFacts, owner: Members, name: str) -> tuple[FileFacts, Offered] | None:
        """The method that a class has, or takes over from the one class above it."""
        seen: set[tuple[str, str]] = set()
        while name not in owner.names:
            home = self._modules.home(file, owner.bases[0]) if len(owner.bases) == 1 else None
            if home is None or (home[0].path, home[1].name) in seen:
                return None
            file, owner = home
            seen.add((file.path, owner.name))
        return next(((file, one) for one in owner.methods if one.signature.name.rpartition(".")[2] == name), None)

    def _below(self, name: str) -> Iterator[tuple[FileFacts, Members | None]]:
        """Every class that has one of this name above it; None for one that stands not at the margin."""
        pending, seen = [name], {name}
        while pending:
            for file, derived in self._derived.get(pending.pop(), ()):
                yield file, next((one for one in file.module.members if one.name == derived), None)
                if derived not in seen:
                    seen.add(derived)
                    pending.append(derived)
