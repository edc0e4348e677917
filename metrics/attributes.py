"""Missing attributes: what a method takes of its object, and neither its class nor a class above it has.

Whoever comes there gets an AttributeError. Only classes count of which the repository makes objects, and all of whose
bases it knows: a class that others complete may take what they give.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from spotter.metrics.facts import FileFacts
from spotter.metrics.module_facts import Member, Members
from spotter.metrics.modules import NOTHING, Modules, outside
from spotter.metrics.nil import place
from spotter.metrics.pressure import Place, Pressure, PressureSite

RULE = "SP265"
ALIKE = 0.8  # of two names, for the one to be meant by the other
SHARE = 0.9  # that is right


def attribute_pressures(files: Sequence[FileFacts]) -> tuple[Pressure, ...]:
    """Every attribute that is missing in the repository's own classes, tests and generated files apart, in order."""
    modules = Modules(files)
    given = {name for file in files for name in file.module.given}
    classes = _Classes(files, modules)
    found: list[Pressure] = []
    for file, owner in classes.made() if "__getattr__" not in given else ():
        names = classes.names(file, owner) if f"{owner.name}()" not in given else None
        missing = [one for one in owner.taken if names is not None and one.name not in names | given]
        if missing and (below := classes.below(owner.name)) is not None and not classes.is_filled(file, owner):
            found += [_pressure(file, owner, one, names or NOTHING) for one in missing if one.name not in below]
    return tuple(sorted(found, key=lambda pressure: pressure.place))


class _Classes:
    """The classes of a repository, and what each gives."""

    def __init__(self, files: Sequence[FileFacts], modules: Modules) -> None:
        self._files, self._modules = files, modules
        self._names: dict[tuple[str, str], frozenset[str] | None] = {}
        self._derived: dict[str, list[tuple[FileFacts, str]]] = defaultdict(list)
        for file in (file for file in files if not file.test):
            for one in file.classes:
                for base in one.bases:
                    self._derived[base.rpartition(".")[2]].append((file, one.name))
        self._filling = [file for file in files if "*" in file.module.given]

    def made(self) -> Iterator[tuple[FileFacts, Members]]:
        """The classes of which a file makes objects by name; tests do so with what others complete."""
        asked = {owner.name for file in self._files for owner in file.module.members if owner.taken}
        found: dict[tuple[str, str], tuple[FileFacts, Members]] = {}
        for file in self._files:
            texts = {call.callee_text for call in file.calls} if asked and not file.test else set()
            for text in texts:
                if text.rpartition(".")[2] in asked and (home := self._modules.home(file, text)) is not None:
                    found[home[0].path, home[1].name] = home
        yield from found.values()

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

    def below(self, name: str) -> set[str] | None:
        """What classes give that have one of this name above them; None where one of them may give anything."""
        found: set[str] = set()
        pending, seen = [name], {name}
        while pending:
            for file, derived in self._derived.get(pending.pop(), ()):
                owner = next((one for one in file.module.members if one.name == derived), None)
                names = self.names(file, owner) if owner is not None else None
                if names is None:
                    return None
                found |= names
                if derived not in seen:
                    seen.add(derived)
                    pending.append(derived)
        return found

    def is_filled(self, file: FileFacts, owner: Members) -> bool:
        """Whether a file that gives objects any names knows a class, or is taken by one that does."""
        paths = {one.path for one in self._filling}
        knowing = [one for one in self._files if one is file or owner.name in one.names] if paths else []
        taken = ((one, each.module) for one in knowing for each in one.module.references)
        homes = (self._modules.module(one.path, module) for one, module in taken)
        return any(one.path in paths for one in knowing) or any(home and home.path in paths for home in homes)


def _pressure(file: FileFacts, owner: Members, one: Member, names: frozenset[str]) -> Pressure:
    above = ", nor a class above it" if owner.bases else ""
    site = PressureSite(Place(file.path, owner.line, 1, owner.line, 1, ""), "defines", "resolved", "declared here")
    return Pressure(
        RULE,
        f"member:{file.path}:{owner.name}.{one.name}",
        place(file.path, one.span, one.function),
        f"`{owner.name}` does not have `{one.name}`{above}",
        (site,),
        1.0,
        deviant=True,
        p_error=SHARE,
        expected=next(iter(get_close_matches(one.name, names, 1, ALIKE)), ""),
    )
