"""State drift: attributes that are written together, and the method that updates one and forgets the other.

The write-sets of methods are closed over calls to the receiver (MUVI, SOSP 2007, mined the same from accesses).
Constructors, getters and resets are no updates. An update has a form: what is put into one attribute where something
is put into another says nothing about the places that only take.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from spotter.metrics.classes import Class
from spotter.metrics.facts import FileFacts, StateWrite
from spotter.metrics.lineages import Method, methods_of
from spotter.metrics.nil import place
from spotter.metrics.pressure import Pressure, PressureSite

COUPLED = "SP241"
FORGOTTEN = "SP242"
MIN_COUPLED = 4
MIN_TOGETHER = 3
MIN_CONFIDENCE = 0.8
MIN_LIFT = 1.2

Update = tuple[str, str]
Updates = dict[Update, list[Method]]


def coupled_pressures(files: Sequence[FileFacts]) -> tuple[Pressure, ...]:
    """Every group of attributes that many methods of one class update together, and hardly ever apart."""
    found = [pressure for key, methods in methods_of(_own(files)) for pressure in _coupled(key, methods)]
    return tuple(sorted(found, key=lambda pressure: (-pressure.weight, pressure.place)))


def forgotten_pressures(files: Sequence[FileFacts]) -> tuple[Pressure, ...]:
    """Every method that updates one attribute alone where all others that update it so write a second one too."""
    found = [pressure for key, methods in methods_of(_own(files)) for pressure in _forgotten(key, methods)]
    return tuple(sorted(found, key=lambda pressure: (-pressure.weight, pressure.place)))


def _own(files: Sequence[FileFacts]) -> list[FileFacts]:
    return [file for file in files if not file.test and not file.generated]


def _updates(method: Method) -> dict[Update, StateWrite]:
    """The first update of each form of each attribute."""
    found: dict[Update, StateWrite] = {}
    for write in method.states.writes:
        if write.form != "reset":
            found.setdefault((write.name, write.form), write)
    return found


def _updaters(methods: Sequence[Method]) -> Updates:
    found: Updates = defaultdict(list)
    for method in methods:
        for update in _updates(method):
            found[update].append(method)
    return found


def _voters(methods: Sequence[Method]) -> list[Method]:
    return [m for m in methods if not m.constructs and m.words.getters.isdisjoint(m.marks)]


def _coupled(key: Class, methods: Sequence[Method]) -> Iterator[Pressure]:
    voters = _voters(methods)
    writers: dict[str, set[str]] = defaultdict(set)
    for method in voters:
        for name, _ in _updates(method):
            writers[name].add(method.name)
    often = sorted(name for name, those in writers.items() if len(those) >= MIN_COUPLED)
    grouped: set[str] = set()
    for name in often:
        if name in grouped:
            continue
        group = [name]
        for other in often:
            if other not in grouped and other != name and all(_together(writers[other], writers[o]) for o in group):
                group.append(other)
        common = set.intersection(*(writers[name] for name in group))
        if len(group) > 1 and len(common) >= MIN_COUPLED and len(common) < len(voters):
            grouped.update(group)
            yield _group(key, group, [m for m in voters if m.name in common], methods)


def _together(one: set[str], two: set[str]) -> bool:
    """Whether either of two attributes is hardly ever updated without the other."""
    return len(one & two) >= MIN_CONFIDENCE * max(len(one), len(two))


def _group(key: Class, names: Sequence[str], common: Sequence[Method], methods: Sequence[Method]) -> Pressure:
    listed = ", ".join(f"`{name}`" for name in names[:-1]) + f" and `{names[-1]}`"
    message = f"{listed} are updated together in {len(common)} methods: as one value they cannot drift apart"
    spots = [
        (m, next(write for write in m.states.writes if write.name in names and write.form != "reset")) for m in common
    ]
    sites = tuple(
        sorted(
            PressureSite(place(m.file.path, write.span, m.states.method), "co-updates", "resolved", "updates them all")
            for m, write in spots
        )
    )
    births = [(m, w) for m in methods if m.constructs for w in m.states.writes if w.name == names[0]]
    home, write = (births or spots)[0]
    where = place(home.file.path, write.span, home.states.method)
    weight = float(len(common) * (len(names) - 1))
    return Pressure(COUPLED, f"state:{key[0]}:{key[1]}.{names[0]}", where, message, sites, weight)


def _forgotten(key: Class, methods: Sequence[Method]) -> Iterator[Pressure]:
    voters = _voters(methods)
    by_name = {method.name: method for method in methods}
    told: set[tuple[str, str]] = set()
    for update, those in _updaters(voters).items():
        if len(those) <= MIN_TOGETHER:
            continue
        for other in sorted(frozenset[str]().union(*(m.written for m in those)) - {update[0]}):
            missing = [m for m in those if other not in m.written]
            together = [m for m in those if other in m.written]
            direct = [m for m in together if _always(m, update, other)]
            if len(missing) != 1 or len(direct) < MIN_TOGETHER:
                continue
            miss = missing[0]
            if not _lifts(together, those, voters, other) or (miss.name, update[0]) in told:
                continue
            callers = [by_name[name] for name in miss.callers if not by_name[name].constructs]
            if not any(_knows(method, other) for method in (miss, *callers)):
                told.add((miss.name, update[0]))
                yield _miss(key, update, other, miss, together)


def _always(method: Method, update: Update, other: str) -> bool:
    """Whether a method writes another attribute wherever it makes an update: in the same branch or around it."""
    around = [write.branches for write in method.states.writes if write.name == other]
    return any(
        (write.name, write.form) == update and write.branches[: len(branches)] == branches
        for write in method.states.writes
        for branches in around
    )


def _lifts(together: Sequence[Method], those: Sequence[Method], voters: Sequence[Method], other: str) -> bool:
    """Whether the update makes the write of another attribute likelier than it is in the methods without it."""
    apart = [method for method in voters if method not in those]
    usual = sum(other in method.written for method in apart) / max(1, len(apart))
    return len(together) >= MIN_LIFT * usual * len(those)


def _knows(method: Method, name: str) -> bool:
    """Whether a method writes an attribute, looks at it, or gives the whole object to somebody who may."""
    return method.open or name in (*method.written, *method.states.mentions, *method.states.stored)


def _miss(key: Class, update: Update, other: str, miss: Method, together: Sequence[Method]) -> Pressure:
    name = update[0]
    count = len(together)
    message = (
        f"`{name}` is updated here without `{other}`, which all {count} other methods that update `{name}` "
        "write too: write it here as well"
    )
    sites = sorted(
        PressureSite(
            place(m.file.path, _updates(m)[update].span, m.states.method), "co-updates", "resolved", "updates both"
        )
        for m in together
    )
    where = place(miss.file.path, _updates(miss)[update].span, miss.states.method)
    cause = f"state:{key[0]}:{key[1]}.{other}"
    share = count / (count + 2)
    return Pressure(FORGOTTEN, cause, where, message, tuple(sites), float(count), deviant=True, p_error=share)
