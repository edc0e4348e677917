"""The partial predicate: the one function that asks a condition without the one that all others ask with it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from spotter.metrics.conjunctions import LOCAL, WITHIN
from spotter.metrics.facts import Conjunction, FileFacts
from spotter.metrics.predicates import LOCALS, RECEIVER, WORD, Mined, Predicate, Site, closed, holed, mined
from spotter.metrics.pressure import Place, Pressure, PressureSite

RULE = "SP232"
MIN_KEPT = 3
MIN_STEM = 4
_PIECE = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")
_OTHER = {"+": "-", "-": "+"}

Conditions = Mapping[tuple[str, str], Sequence[Conjunction]]


def partial_pressures(files: Sequence[FileFacts]) -> tuple[Pressure, ...]:
    """Every function that asks all parts of a predicate but one, where no other function leaves a part out."""
    sets = mined(files, least=1)
    conditions: dict[tuple[str, str], list[Conjunction]] = defaultdict(list)
    for file in files:
        for conjunction in file.conjunctions:
            conditions[file.path, conjunction.function].append(conjunction)
    found: dict[Place, Pressure] = {}
    for predicate in closed(sets):
        keepers = {site.function for site in predicate.sites}
        for part in predicate.parts if len(keepers) >= MIN_KEPT else ():
            rest = holed([one for one in predicate.parts if one != part])
            alike, denied = _asking(sets, predicate, rest)
            strays = [site for site in alike if site.function not in keepers]
            if not strays or len({site.function for site in (*strays, *denied)} - keepers) != 1:
                continue
            if any(_implied(part, rest, site, conditions) for site in strays):
                continue
            pressure = _pressure(predicate, part, strays[0], len(keepers))
            found.setdefault(pressure.place, pressure)
    return tuple(sorted(found.values(), key=lambda pressure: (-pressure.weight, pressure.place)))


def _asking(sets: Mined, predicate: Predicate, rest: tuple[str, ...]) -> tuple[list[Site], list[Site]]:
    """Where the rest of a predicate is asked, and where it is asked denied, if it is a single part."""
    scope = predicate.scope if any(RECEIVER.search(part) for part in rest) else ""
    denial = (_OTHER[rest[0][0]] + rest[0][1:],)
    return sets.get((scope, rest), []), sets.get((scope, denial), []) if len(rest) == 1 else []


def _implied(part: str, rest: Sequence[str], site: Site, conditions: Conditions) -> bool:
    """Whether a function may settle a part in another way: some other condition of it shares a word with the part."""
    kept = {one[1:] for one in map(_nameless, rest)}
    others = [atom for atom in site.conjunction.atoms if _nameless(atom)[1:] not in kept]
    span = site.conjunction.span
    around = [
        atom
        for other in conditions[site.function]
        if (other.span.end_line, other.span.end_column) <= (span.line, span.column)
        or (span.end_line, span.end_column) <= (other.span.line, other.span.column)
        for atom in other.atoms
    ]
    own = _pieces([part]) - _pieces(rest)
    heard = [atom.replace(LOCAL, "") for atom in (*others, *around)]  # a local may hold what is missing
    return not own or any(_sound_alike(one, two) for one in own for two in _pieces(heard))


def _nameless(atom: str) -> str:
    return LOCALS.sub(LOCAL, atom)


def _sound_alike(one: str, two: str) -> bool:
    return one == two or (len(one) >= MIN_STEM and one[:MIN_STEM] == two[:MIN_STEM])


def _pieces(texts: Iterable[str]) -> set[str]:
    """The words that the names in conditions are made of, locals apart."""
    return {piece.lower() for text in texts for name in WORD.findall(text) for piece in _PIECE.findall(name)}


def _pressure(predicate: Predicate, part: str, stray: Site, keepers: int) -> Pressure:
    keeper = min(predicate.sites, key=lambda site: site.place)
    said = next(_said(atom) for atom in keeper.conjunction.atoms if _nameless(atom) == _nameless(part))
    message = (
        f"`{stray.conjunction.text}` leaves out `{said}`, which {keepers} functions ask together with the rest: "
        "ask it here too, or say why not"
    )
    sites = sorted({PressureSite(site.place, "checks", "inferred", "asks all of it") for site in predicate.sites})
    cause = f"predicate:{predicate.scope}:{' and '.join(predicate.parts)}"
    share = keepers / (keepers + 2)
    return Pressure(RULE, cause, stray.place, message, tuple(sites), float(keepers), deviant=True, p_error=share)


def _said(part: str) -> str:
    text = part[1:].replace(LOCAL, "").replace(WITHIN, "in")
    return text if part[0] == "+" else f"not {text}"
