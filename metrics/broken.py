"""Broken references: what a file takes of a module of its repository, which does not have it, or not in this way.

Whoever comes there gets an ImportError, an AttributeError or a TypeError.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches

from spotter.metrics.facts import FileFacts
from spotter.metrics.inheritance import Inheritance
from spotter.metrics.module_facts import Offered, Reference
from spotter.metrics.modules import Modules
from spotter.metrics.nil import place
from spotter.metrics.pressure import Place, Pressure, PressureSite
from spotter.metrics.span import Span
from spotter.metrics.trees import joined
from spotter.signatures import Misfit

RULE = "SP264"
ALIKE = 0.8  # of two names, for the one to be meant by the other
SHARE = 0.97  # that is right
SHOWN = 5
BUILT = re.compile(r"(^|/)(_\w*|\w+_pb2(_grpc)?|\w+_rc|[uU]i_\w+)\.py$")  # what may be made where it is used
MANY = 200  # names, of which only those with the same first letter are compared


def reference_pressures(files: Sequence[FileFacts], before: Sequence[FileFacts] = ()) -> tuple[Pressure, ...]:
    """Every broken reference of the repository's own files, tests and generated files apart, in order.

    Where it is known how the files were before, what they had then is no module that is built or compiled later.
    """
    former = Modules(before)
    modules = Modules(files, former)
    found = [_pressure(file, one, modules, former) for file in files for one in file.module.references]
    found += _of_methods(files, Inheritance(files, modules))
    kept: dict[tuple[str, str], Pressure] = {}
    for pressure in sorted(filter(None, found), key=lambda pressure: pressure.place):
        key = pressure.place.path, str(pressure.place) if pressure.sites else pressure.cause
        if (first := kept.get(key)) is None:
            kept[key] = pressure
        else:
            again = PressureSite(pressure.place, "reads", "resolved", "and here")
            kept[key] = replace(first, sites=(*first.sites, again)[:SHOWN])
    return tuple(kept.values())


def _pressure(file: FileFacts, one: Reference, modules: Modules, former: Modules) -> Pressure | None:
    """What is broken about a reference, if anything is."""
    module, old = modules.module(file.path, one.module), former.module(file.path, one.module)
    if module is None and old is None and one.form == "import":
        return _too_far(file, one, modules)
    if module is None:
        return _gone(file, one, old) if old is not None and not modules.is_moved(old, one.module) else None
    if module.path == file.path or (one.form == "attribute" and not modules.is_plain(file.path, one.module)):
        return None
    if one.form != "call" and not modules.has(module, one.name):
        sure = one.sure or not module.path.endswith("__init__.py") or (old is not None and former.has(old, one.name))
        return _missing(file, one, module, old) if sure else None
    found = modules.called(module, one.name) if one.passed is not None else None
    misfit = found[1].signature.misfit(one.passed) if found is not None and one.passed is not None else None
    if found is None or misfit is None or (found[1].signature.is_checked and not one.sure):
        return None
    _, known = (old is not None and former.called(old, one.name)) or (None, None)
    return _misfit(file, one, misfit, *found, known)


def _too_far(file: FileFacts, one: Reference, modules: Modules) -> Pressure | None:
    """An import goes up out of the packages around its file, where there is no such module, and passes one by."""
    if (meant := modules.passed_by(file.path, one.module)) is None or not modules.has(meant, one.name):
        return None
    above = len(one.module) - len(one.module.lstrip("."))
    message = f"the {above} dots before `{one.module.lstrip('.')}` lead out of the package, past `{meant.path}`"
    return _of(file, one, one.span, message)


def _of_methods(files: Sequence[FileFacts], classes: Inheritance) -> Iterator[Pressure]:
    """Calls of methods of known objects that none of the methods takes which they may reach."""
    for file in files:
        for use in file.module.uses:
            home = classes.home(file, use) if use.passed is not None else None
            names = classes.all_names(*home) if home is not None else None
            if home is None or use.passed is None or names is None or not classes.is_made(home[1], names):
                continue
            takes = classes.takes(*home, use.name)
            misfits = [known.signature.misfit(use.passed) for _, known in takes]
            if misfits and misfits[0] is not None and None not in misfits:
                (where, known), one = takes[0], Reference("call", use.owner, use.name, use.function, use.span)
                yield _misfit(file, one, misfits[0], where.path, known, None)


def _gone(file: FileFacts, one: Reference, module: FileFacts) -> Pressure | None:
    """A module was there before, unless its import already says so."""
    said = any(joined(other.module, other.name) == one.module for other in file.module.references)
    if said or module.generated or BUILT.search(module.path):
        return None
    message = f"`{module.path}` is gone, from which `{one.name}` is {_how(one)}"
    return replace(_of(file, one, one.span, message), cause=f"reference:{one.module}")


def _how(one: Reference) -> str:
    return "imported" if one.form == "import" else "taken"


def _missing(file: FileFacts, one: Reference, module: FileFacts, old: FileFacts | None) -> Pressure:
    """A module does not have a name."""
    expected = _meant(one.name, *(_own(each) for each in (module, old)))
    return _of(file, one, one.span, f"`{one.name}` is not in `{module.path}`, from which it is {_how(one)}", expected)


def _own(module: FileFacts | None) -> frozenset[str]:
    """What a module binds itself."""
    if module is None or module.module.offer is None:
        return frozenset()
    return frozenset(module.module.offer.names).difference(one.name for one in module.imports)


def _misfit(
    file: FileFacts, one: Reference, misfit: Misfit, path: str, known: Offered, old: Offered | None
) -> Pressure:
    """A call passes what its function does not take, or lacks what it needs."""
    what = f"`{misfit.text}`" if misfit.text else "this"
    expected = _meant(misfit.text, known.signature.named, old.signature.named if old is not None else ())
    declared = PressureSite(Place(path, known.line, 1, known.line, 1, one.name), "defines", "resolved", "declared here")
    return _of(file, one, Span(*misfit.where), f"{what} {misfit.why}, as `{path}` has it", expected, declared)


def _meant(name: str, names: Collection[str], before: Collection[str]) -> str:
    """The name that another one seems to mean: the one that is like it, or the only new one of its form; or ""."""
    new = [one for one in names if one not in before and _form(one) == _form(name)] if name in before else []
    near = [one for one in names if len(names) < MANY or one[:1] == name[:1]]
    return next(iter(get_close_matches(name, near, 1, ALIKE)), new[0] if len(new) == 1 else "")


def _form(name: str) -> tuple[bool, bool]:
    """Whether a name begins with a capital, and has small letters: a class, a constant or another value."""
    return name.lstrip("_")[:1].isupper(), name.upper() != name


def _of(
    file: FileFacts, one: Reference, span: Span, message: str, expected: str = "", *sites: PressureSite
) -> Pressure:
    where = place(file.path, span, one.function)
    cause = f"reference:{one.module}:{one.name}"
    return Pressure(RULE, cause, where, message, sites, 1.0, deviant=True, p_error=SHARE, expected=expected)
