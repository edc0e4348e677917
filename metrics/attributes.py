"""Missing attributes: what a method takes of its object, and neither its class nor a class above it has.

Whoever comes there gets an AttributeError. Only classes count of which the repository makes objects, and all of whose
bases it knows: a class that others complete may take what they give.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches

from spotter.metrics.facts import FileFacts
from spotter.metrics.module_facts import Member, Members
from spotter.metrics.modules import Modules, outside
from spotter.metrics.nil import place
from spotter.metrics.pressure import Place, Pressure, PressureSite

RULE = "SP265"
ALIKE = 0.8  # of two names, for the one to be meant by the other
SHARE = 0.9  # that is right

Class = tuple[str, str]  # a path and a name


def attribute_pressures(files: Sequence[FileFacts]) -> tuple[Pressure, ...]:
    """Every attribute that is missing in the repository's own classes, tests and generated files apart, in order."""
    modules = Modules(files)
    given = {name for file in files for name in file.module.given}
    made = set(_made(files, modules))
    found: list[tuple[FileFacts, Members, Member, frozenset[str]]] = []
    for file in files:
        for owner in file.module.members:
            names = _names(modules, file, owner, frozenset()) if (file.path, owner.name) in made else None
            missing = [one for one in owner.taken if names is not None and one.name not in names | given]
            found += [(file, owner, one, names or frozenset()) for one in missing]
    derived = _derived(files, modules) if found else {}
    kept = (one for one in found if one[2].name not in _given_below((one[0].path, one[1].name), derived))
    return tuple(sorted((_pressure(*one) for one in kept), key=lambda pressure: pressure.place))


def _derived(files: Sequence[FileFacts], modules: Modules) -> Mapping[Class, Sequence[tuple[Class, Members]]]:
    """The classes right below each class."""
    found: dict[Class, list[tuple[Class, Members]]] = defaultdict(list)
    for file in files:
        for owner in file.module.members:
            homes = (modules.home(file, base) for base in owner.bases)
            for home in homes:
                if home is not None:
                    found[home[0].path, home[1].name].append(((file.path, owner.name), owner))
    return found


def _given_below(above: Class, derived: Mapping[Class, Sequence[tuple[Class, Members]]]) -> set[str]:
    """What the classes below one give, which may be all that its methods are called on."""
    names: set[str] = set()
    pending, seen = [above], {above}
    while pending:
        for key, owner in derived.get(pending.pop(), ()):
            names.update(owner.names)
            if key not in seen:
                seen.add(key)
                pending.append(key)
    return names


def _made(files: Sequence[FileFacts], modules: Modules) -> Iterator[tuple[str, str]]:
    """The classes, each with its file, of which a file makes objects by name; tests do so with what others complete."""
    asked = {owner.name for file in files for owner in file.module.members if owner.taken}
    for file in files:
        texts = {call.callee_text for call in file.calls} if not file.test else set()
        for text in texts if asked else ():
            home = modules.home(file, text) if text.rpartition(".")[2] in asked else None
            if home is not None:
                yield home[0].path, home[1].name


def _names(modules: Modules, file: FileFacts, owner: Members, seen: frozenset[str]) -> frozenset[str] | None:
    """All that a class and those above it give; None where one of them is not known, or may give anything."""
    key = f"{file.path}:{owner.name}"
    if owner.open or key in seen:
        return None
    names = set(owner.names)
    for base in owner.bases:
        home = modules.home(file, base)
        above = _names(modules, *home, seen | {key}) if home is not None else outside(file, base)
        if above is None:
            return None
        names |= above
    return frozenset(names)


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
