"""What one Python file says as a module: what it has, what it takes of other modules, and what it gives them."""

from __future__ import annotations

from sys import intern
from typing import Any, Literal, NamedTuple

from spotter.metrics.span import Span
from spotter.signatures import Passed, Signature

ReferenceForm = Literal["import", "attribute", "call"]


class Offered(NamedTuple):
    """What a call of a module's function or class may pass, and the line where that is declared."""

    signature: Signature
    line: int


class Offer(NamedTuple):
    """All that a module binds, the modules whose names it takes as they come, what it hands on, and what can be called.

    What it says, as text or as a keyword, something may bind. It hands on, under a name, a module's name.
    """

    names: tuple[str, ...]
    said: tuple[str, ...]
    stars: tuple[str, ...]
    handed: tuple[tuple[str, str, str], ...]
    calls: tuple[Offered, ...]


class Reference(NamedTuple):
    """What is taken of a module, by its dotted name with the leading dots: by an import, as its attribute, by a call.

    It is sure where it cannot be a module below a package.
    """

    form: ReferenceForm
    module: str
    name: str
    function: str
    span: Span
    sure: bool = False
    passed: Passed | None = None


class Member(NamedTuple):
    """What a method takes of its object that its own class does not have, where it does so first."""

    name: str
    function: str
    span: Span


class Members(NamedTuple):
    """A class at the margin, with its bases, keywords and decorators as written.

    It gives its objects the names, and its methods take others besides. What is open may have anything. Methods are
    those that nothing replaces.
    """

    name: str
    line: int
    bases: tuple[str, ...]
    names: tuple[str, ...]
    open: bool
    taken: tuple[Member, ...]
    methods: tuple[Offered, ...]


class Use(NamedTuple):
    """What is taken of a class, by its name in the file, or of an object that is made of it, first; or called.

    The receiver is what stands before it: "" for the class itself.
    """

    owner: str
    name: str
    function: str
    span: Span
    receiver: str
    passed: Passed | None


class ModuleFacts(NamedTuple):
    """A file as a module: its offer, None where that cannot be told.

    It sets names of modules, "*" for any, where a module is "" of any; and gives attributes to objects that are no
    receivers, "*" for any, `Name()` where it passes a class on.
    """

    offer: Offer | None = None
    references: tuple[Reference, ...] = ()
    sets: tuple[tuple[str, str], ...] = ()
    members: tuple[Members, ...] = ()
    given: tuple[str, ...] = ()
    uses: tuple[Use, ...] = ()


NO_MODULE = ModuleFacts()


def module_from(raw: list[Any]) -> ModuleFacts:
    """The facts that JSON holds as lists."""
    offer, references, sets, members, given, uses = raw
    return ModuleFacts(
        _offer(offer) if offer else None,
        tuple(map(_reference, references)),
        tuple((module, name) for module, name in sets),
        tuple(map(_members, members)),
        tuple(given),
        tuple(map(_use, uses)),
    )


def _offer(raw: list[Any]) -> Offer:
    names, said, stars, handed, calls = raw
    offered = (Offered(_signature(signature), line) for signature, line in calls)
    handed_on = tuple((name, module, other) for name, module, other in handed)
    return Offer(tuple(map(intern, names)), tuple(said), tuple(stars), handed_on, tuple(offered))


def _signature(raw: list[Any]) -> Signature:
    name, placed, named, needed, rest, others = raw
    return Signature(name, tuple(placed), tuple(named), tuple(needed), rest, others)


def _reference(raw: list[Any]) -> Reference:
    form, module, name, function, span, sure, passed = raw
    return Reference(form, module, name, function, Span(*span), sure, _passed(passed) if passed else None)


def _passed(raw: list[Any]) -> Passed:
    placed, several, named, others, end = raw
    return Passed(
        tuple(map(tuple, placed)), several, tuple((name, tuple(where)) for name, where in named), others, tuple(end)
    )


def _members(raw: list[Any]) -> Members:
    name, line, bases, names, is_open, taken, methods = raw
    members = (Member(one, function, Span(*span)) for one, function, span in taken)
    own = tuple(Offered(_signature(signature), line) for signature, line in methods)
    return Members(name, line, tuple(bases), tuple(map(intern, names)), is_open, tuple(members), own)


def _use(raw: list[Any]) -> Use:
    owner, name, function, span, receiver, passed = raw
    return Use(owner, name, function, Span(*span), receiver, _passed(passed) if passed else None)
