"""The unchecked nil: the one use that does not check where nearly all others of the same origin do.

It speaks only with strong support: at least MIN_GUARDED other functions ask for the same value, one that uses it does
not, and neither that function nor anything that it calls on the receiver gives the value first. Uses that are settled
by a caller or a callee are no deviants, and no witnesses for another one either. What is nil only until somebody gives
it a value may well be there for good where the use stands, what is looked for is known to be found at some places, and
a method that whoever checks or gives the value hands on is called then: these are believed less than the others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from spotter.metrics.facts import FileFacts, NilUse, OwnCall
from spotter.metrics.nil import made_nil, place
from spotter.metrics.origins import Origin, Origins, key_of
from spotter.metrics.paths import root_of
from spotter.metrics.pressure import Pressure, PressureSite
from spotter.metrics.span import Span
from spotter.metrics.words import words_of

RULE = "SP202"
MIN_GUARDED = 4
MIN_USING = 2
MOST_NAKED = 6
GUESSED = 0.5  # how much a use is believed where something speaks for a value

Use = tuple[FileFacts, NilUse]


def unchecked_pressures(files: Sequence[FileFacts]) -> tuple[Pressure, ...]:
    """Every origin with exactly one use that takes it for given where all others check."""
    origins = Origins(files)
    uses: dict[Origin, list[Use]] = defaultdict(list)
    for file in files:
        if file.test:
            continue
        for use in file.uses:
            origin, certainty = origins.of(file.path, use.subject)
            if origin is not None and certainty != "ambiguous" and origin.kind != "parameter":
                uses[origin].append((file, use))
    again = made_nil(files, origins)
    asked = _asked(files)
    checkers = _checkers(files, origins)
    givers = _givers(files, origins)
    safe = _Calls(files, origins)
    found = []
    for origin, items in uses.items():
        asking = checkers[origin]
        guarded = [item for item in items if item[1].guarded and (item[0].path, item[1].function) in asking]
        functions = {(file.path, use.function) for file, use in guarded}
        naked = [item for item in items if not item[1].guarded and not _stands_apart(*item)]
        if len(functions) < MIN_USING or not naked or len(naked) > MOST_NAKED:
            continue
        if origin.kind == "attribute":
            naked = [item for item in naked if not safe.led_to(*item, set(asking), givers[origin])]
        if len(naked) != 1:
            continue
        file, use = naked[0]
        here = (file.path, use.function)
        if here not in functions and len(asking.keys() - {here}) >= MIN_GUARDED:
            back = origin in again if origin.kind == "attribute" else (origin.path, origin.name) not in asked
            sure = back and not safe.handed_on(file, use, {*asking, *givers[origin]})
            found.append(_pressure(origin, file, use, asking, sure=sure))
    return tuple(sorted(found, key=lambda pressure: (-pressure.weight, pressure.place)))


def _stands_apart(file: FileFacts, use: NilUse) -> bool:
    """True in a constructor, and in what is called at odd times, such as a text form."""
    words = words_of(file.language)
    return use.function.rpartition(".")[2] in words.constructors | words.bystanders


def _asked(files: Sequence[FileFacts]) -> set[tuple[str, str]]:
    """The functions that are given something: what one answer says of nil says nothing of another one."""
    functions = ((file.path, function) for file in files for function in file.functions)
    return {(path, one.name) for path, one in functions if len(one.parameters) > bool(one.receiver)}


def _pressure(
    origin: Origin, file: FileFacts, use: NilUse, asking: Mapping[tuple[str, str], Span], *, sure: bool
) -> Pressure:
    others = {key: span for key, span in asking.items() if key != (file.path, use.function)}
    support = len(others)
    label = origin.name.rpartition(".")[2] + ("()" if origin.kind == "function" else "")
    message = (
        f"`{label}` may be {origin.nil} (line {origin.span.line} of {origin.path}) and is used here without a check; "
        f"all {support} other functions check it: check it here too"
    )
    sites = sorted(
        PressureSite(place(path, span, function), "checks", "resolved", "checks it")
        for (path, function), span in others.items()
    )
    share = support / (support + 2) * (1 if sure else GUESSED)
    where = place(file.path, use.span, use.function)
    return Pressure(RULE, key_of(origin), where, message, tuple(sites), float(support), deviant=True, p_error=share)


def _checkers(files: Sequence[FileFacts], origins: Origins) -> dict[Origin, dict[tuple[str, str], Span]]:
    """The functions, tests apart, that ask whether an origin's value is nil, each with the first place."""
    found: dict[Origin, dict[tuple[str, str], Span]] = defaultdict(dict)
    for file in files:
        for check in file.checks if not file.test else ():
            origin, _ = origins.of(file.path, check.subject)
            if origin is not None:
                found[origin].setdefault((file.path, check.function), check.span)
    return found


def _givers(files: Sequence[FileFacts], origins: Origins) -> dict[Origin, set[tuple[str, str]]]:
    """The functions, constructors apart, that give an attribute a value other than nil."""
    found: dict[Origin, set[tuple[str, str]]] = defaultdict(set)
    for file in files:
        for write in file.writes:
            origin, _ = origins.of(file.path, write.subject)
            if origin is not None and not write.nil:
                found[origin].add((file.path, write.function))
    return found


class _Calls:
    """Who calls whom on the same receiver, or above it, by bare name, among classes of one line of descent."""

    def __init__(self, files: Sequence[FileFacts], origins: Origins) -> None:
        self._origins = origins
        self._callees: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._callers: dict[str, list[tuple[str, OwnCall]]] = defaultdict(list)
        for file in files:
            for call in file.own_calls:
                self._callees[file.path, call.function].add(call.method)
                self._callers[call.method].append((file.path, call))
            above = words_of(file.language).above
            for item in file.calls if above else ():
                if root_of(item.callee_text) in above:
                    self._callees[file.path, item.caller].add(item.callee_text.rpartition(".")[2])
        self._handing = {
            (file.path, state.method): (state.owner, {*state.mentions, *state.stored})
            for file in files
            for state in file.states
        }

    def led_to(
        self, file: FileFacts, use: NilUse, checkers: set[tuple[str, str]], givers: set[tuple[str, str]]
    ) -> bool:
        """True where the value may be settled on the way: by a callee of the function, or by any of its callers."""
        here = (file.path, use.function)
        names = {name.rpartition(".")[2] for _, name in (checkers | givers) - {here}}
        if here in givers or names & self._callees[here]:
            return True
        seen = {here}
        pending = [(file.path, use.subject.owner, use.function)]
        while pending:
            path, owner, function = pending.pop()
            for caller_path, call in self._callers[function.rpartition(".")[2]]:
                caller = (caller_path, call.function)
                if not self._kin((path, owner), (caller_path, call.owner)):
                    continue
                if use.subject.name in call.present or caller in givers:
                    return True
                if caller not in seen:
                    seen.add(caller)
                    pending.append((caller_path, call.owner, call.function))
        return False

    def handed_on(self, file: FileFacts, use: NilUse, others: set[tuple[str, str]]) -> bool:
        """Whether one of the functions that check or give the value hands on the one that uses it."""
        here = use.function.rpartition(".")[2]
        home = (file.path, use.subject.owner)
        for other in others:
            owner, named = self._handing.get(other, ("", set()))
            if here in named - self._callees[other] and self._kin(home, (other[0], owner)):
                return True
        return False

    def _kin(self, one: tuple[str, str], two: tuple[str, str]) -> bool:
        """Whether one of two classes is the other, or stands above it."""
        above, other = self._origins.lineage(*one), self._origins.lineage(*two)
        return above[0] in other or other[0] in above
