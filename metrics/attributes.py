"""Missing attributes: what is taken of an object, or of a class, and neither the class nor a class above it has.

Whoever comes there gets an AttributeError. Only classes count of which the repository makes objects, and all of whose
bases it knows: a class that others complete may take what they give.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from spotter.metrics.facts import FileFacts
from spotter.metrics.inheritance import Inheritance
from spotter.metrics.module_facts import Member, Members, Use
from spotter.metrics.modules import Modules
from spotter.metrics.nil import place
from spotter.metrics.pressure import Place, Pressure, PressureSite

RULE = "SP265"
ALIKE = 0.8  # of two names, for the one to be meant by the other
SHARE = 0.9  # that is right


def attribute_pressures(files: Sequence[FileFacts]) -> tuple[Pressure, ...]:
    """Every attribute that is missing in the repository's own classes, tests and generated files apart, in order."""
    classes = Inheritance(files, Modules(files))
    found = [*_of_receivers(classes), *_of_others(files, classes)]
    return tuple(sorted({one.place: one for one in found}.values(), key=lambda pressure: pressure.place))


def _of_receivers(classes: Inheritance) -> Iterator[Pressure]:
    """What methods take of their own objects."""
    for file, owner in classes.made():
        names = classes.all_names(file, owner) if owner.taken else None
        missing = [one for one in owner.taken if one.name not in names] if names is not None else []
        yield from (_pressure(file, one, file, owner, classes) for one in missing)


def _of_others(files: Sequence[FileFacts], classes: Inheritance) -> Iterator[Pressure]:
    """What is taken of other objects than a method's own, and of classes."""
    for file in files:
        for use in file.module.uses:
            if (home := classes.home(file, use)) is None:
                continue
            names = classes.all_names(*home)
            if names is not None and use.name not in names and (not use.receiver or classes.is_made(home[1], names)):
                yield _pressure(file, use, *home, classes)


def _pressure(file: FileFacts, one: Member | Use, home: FileFacts, owner: Members, classes: Inheritance) -> Pressure:
    of_what = f", the class of `{one.receiver}`," if isinstance(one, Use) and one.receiver else ""
    above = ", nor a class above it" if owner.bases else ""
    site = PressureSite(Place(home.path, owner.line, 1, owner.line, 1, ""), "defines", "resolved", "declared here")
    return Pressure(
        RULE,
        f"member:{home.path}:{owner.name}.{one.name}",
        place(file.path, one.span, one.function),
        f"`{owner.name}`{of_what} does not have `{one.name}`{above}",
        (site,),
        1.0,
        deviant=True,
        p_error=SHARE,
        expected=next(iter(get_close_matches(one.name, classes.names(home, owner) or (), 1, ALIKE)), ""),
    )
