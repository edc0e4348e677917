"""Root causes: the few causes that explain most decisions and findings, by greedy set cover.

A cause explains the decisions at its sites, the uses that nobody guards and the suspicions that stand there. The one
that explains most comes first, then the one that explains most of the rest: nothing is counted twice, and with k causes
no choice explains more than 1.6 times as much (Nemhauser, Wolsey and Fisher 1978).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from spotter.causes import advisory
from spotter.findings import Finding, Site
from spotter.graph import UNGUARDED
from spotter.metrics.facts import FileFacts, FunctionFacts
from spotter.metrics.pressure import Place, Pressure
from spotter.metrics.words import words_of

if TYPE_CHECKING:
    from spotter.graph import Graph

FEWEST = 3  # decisions and findings that a root cause explains
NAMED = 3
WORDS = {
    "check": ("check", "checks"),
    "decision": ("decision", "decisions"),
    "copy": ("copy", "copies"),
    "use": ("unguarded use", "unguarded uses"),
    "suspicion": ("suspicion", "suspicions"),
}
_MENDED = {
    "state": "give `{}` a value at construction, or declare it without {nil}",
    "parameter": "let the callers of `{}` give a value",
    "result": "let `{}` raise instead of returning {nil}",
    "condition": "decide `{}` in one place",
}
_QUOTED = {"predicate": "give `{}` a name, and ask that", "type": "let `{}` be of one type"}  # as the message has it
_DECIDED = ("condition", "predicate")  # what is decided once has no other decisions

Element = tuple[str, str, int, int]  # what goes: its sort, its path and line, and a number among those of one place


@dataclass(frozen=True, slots=True)
class Root:
    """A cause, where it is mended and how, what goes with it by sort, and the sites that are not in tests."""

    rules: tuple[str, ...]
    cause: str
    place: Place
    remedy: str
    goes: tuple[tuple[str, int], ...]
    sites: tuple[Site, ...]


@dataclass(frozen=True, slots=True)
class Roots:
    """The root causes, the one that explains most first, and how much of all that has a cause they explain."""

    roots: tuple[Root, ...]
    explained: int
    known: int


@dataclass(frozen=True, slots=True)
class _Candidate:
    pressures: tuple[Pressure, ...]
    elements: frozenset[Element]
    copies: tuple[tuple[str, range], ...]  # the lines of functions that go as a whole


def roots_of(
    files: Sequence[FileFacts], pressures: Sequence[Pressure], findings: Sequence[Finding], graph: Graph, most: int
) -> Roots:
    """At most so many root causes of a repository. Causes whose links are guesses explain nothing."""
    functions = {(file.path, f.name): f for file in files for f in file.functions}
    suspected = defaultdict(list)
    for finding in findings:
        if finding.kind == "suspicion":
            suspected[finding.path].append(finding)
    nil = {file.path: min(words_of(file.language).nil) for file in files}
    left = [_candidate(group, functions, suspected, graph) for group in _groups(pressures)]
    known = {element for candidate in left for element in candidate.elements}
    found: list[Root] = []
    covered: set[Element] = set()
    while left and len(found) < most:
        best = min(left, key=lambda c: (-len(c.elements - covered), c.pressures[0].place, c.pressures[0].cause))
        fresh = best.elements - covered
        if len(fresh) < FEWEST:
            break
        left.remove(best)
        inside = {
            e for other in left for e in other.elements if any(e[1] == p and e[2] in lines for p, lines in best.copies)
        }
        covered |= fresh | inside
        found.append(_root(best, fresh, nil))
    return Roots(tuple(found), len(covered), len(known))


def sentence(root: Root) -> str:
    """A root cause in one line: what to do, and what goes."""
    parts = [f"{count} {WORDS[sort][count > 1]}" for sort, count in root.goes]
    listed = ", ".join(parts[:-1]) + (" and " if len(parts) > 1 else "") + parts[-1]
    return f"{root.remedy}: {listed} {'goes' if len(parts) == 1 and root.goes[0][1] == 1 else 'go'}"


def _groups(pressures: Sequence[Pressure]) -> Iterator[tuple[Pressure, ...]]:
    """Pressures of one cause; families of copies that stand in the same classes or files are one cause too."""
    grouped: dict[object, list[Pressure]] = defaultdict(list)
    for pressure in pressures:
        decided = pressure.sites and pressure.sites[0].relation in ("checks", "copies")
        if decided and not pressure.deviant and not advisory(pressure):
            whole = _copied(pressure) and _kind(pressure) != "block"
            grouped[_homes(pressure) if whole else pressure.cause].append(pressure)
    return (tuple(group) for group in grouped.values())


def _kind(pressure: Pressure) -> str:
    return pressure.cause.partition(":")[0]


def _copied(pressure: Pressure) -> bool:
    return pressure.sites[0].relation == "copies"


def _about_nil(pressure: Pressure) -> bool:
    return pressure.sites[0].relation == "checks" and _kind(pressure) not in _DECIDED


def _homes(pressure: Pressure) -> tuple[tuple[str, str], ...]:
    """The classes, or the files, that the members of a family stand in."""
    places = [pressure.place, *(site.place for site in pressure.sites)]
    return tuple(sorted({(place.path, place.function.rpartition(".")[0]) for place in places}))


def _candidate(
    group: tuple[Pressure, ...],
    functions: dict[tuple[str, str], FunctionFacts],
    suspected: dict[str, list[Finding]],
    graph: Graph,
) -> _Candidate:
    elements = {element for pressure in group for element in _sites(pressure, functions)}
    lines = {(path, line) for _, path, line, _ in elements}
    for cause in {pressure.cause for pressure in group if _about_nil(pressure)}:
        for _, _, data in graph.in_edges(cause, data=True):
            if data["message"] == UNGUARDED and data["certainty"] != "ambiguous":
                lines.add((data["path"], data["line"]))
                elements.add(("use", data["path"], data["line"], 0))
    for path in {path for path, _ in lines}:
        near = [finding for finding in suspected.get(path, ()) if (path, finding.line) in lines]
        elements |= {("suspicion", path, finding.line, finding.column) for finding in near}
    gone = [lines for pressure in group if _copied(pressure) for lines in _gone(pressure, functions)]
    return _Candidate(group, frozenset(elements), tuple(gone))


def _gone(pressure: Pressure, functions: dict[tuple[str, str], FunctionFacts]) -> Iterator[tuple[str, range]]:
    """The lines that go with copies: those of functions, or of a block that functions share."""
    for place in (site.place for site in pressure.sites):
        function = functions.get((place.path, place.function))
        if _kind(pressure) == "block":
            yield place.path, range(place.line, place.end_line + 1)
        elif function is not None:
            yield place.path, range(function.start_line, function.end_line + 1)


def _sites(pressure: Pressure, functions: dict[tuple[str, str], FunctionFacts]) -> Iterator[Element]:
    """What goes at the sites: a check each, all decisions but one, and a copy with what it decides."""
    places = [site.place for site in pressure.sites]
    if _copied(pressure):
        for place in places:
            yield "copy", place.path, place.line, 0
            function = functions.get((place.path, place.function)) if _kind(pressure) != "block" else None
            yield from (("decision", place.path, place.line, n) for n in range(function.decisions if function else 0))
    elif _kind(pressure) in _DECIDED:
        yield from (("decision", place.path, place.line, place.column) for place in places[1:])
    else:
        yield from (("check", place.path, place.line, place.column) for place in places)


def _root(candidate: _Candidate, fresh: Iterable[Element], nil: Mapping[str, str]) -> Root:
    counts = Counter(sort for sort, _, _, _ in fresh)
    first = min(candidate.pressures, key=lambda pressure: pressure.place)
    return Root(
        rules=tuple(sorted({pressure.rule for pressure in candidate.pressures})),
        cause=first.cause,
        place=first.place,
        remedy=_remedy(candidate.pressures, first, nil[first.place.path]),
        goes=tuple((sort, counts[sort]) for sort in WORDS if counts[sort]),
        sites=tuple(
            sorted({Site(s.place.path, s.place.line, s.message) for p in candidate.pressures for s in p.sites})
        ),
    )


def _remedy(group: tuple[Pressure, ...], first: Pressure, nil: str) -> str:
    if not _copied(first):
        kind, _, name = first.cause.partition(":")
        if kind in _QUOTED:
            return _QUOTED[kind].format(first.message.split("`")[1])
        return _MENDED.get(kind, "mend `{}` where it begins").format(name.rpartition(":")[2], nil=nil)
    if _kind(first) == "block":
        return f"share what repeats in {_named([first.place.function, *(s.place.function for s in first.sites)])}"
    if len(group) == 1:
        return f"make one function of {_named([first.place.function, *(s.place.function for s in first.sites)])}"
    homes = [f"{owner or path}" for path, owner in _homes(first)]
    return f"give {_named(homes)} what they share" if len(homes) > 1 else f"share what repeats inside `{homes[0]}`"


def _named(names: Sequence[str]) -> str:
    shown = [f"`{name}`" for name in dict.fromkeys(names)]
    if len(shown) > NAMED:
        return f"{', '.join(shown[:NAMED])} and {len(shown) - NAMED} more"
    return ", ".join(shown[:-1]) + (" and " if len(shown) > 1 else "") + shown[-1]
