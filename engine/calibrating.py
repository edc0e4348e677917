"""Measure a denoiser on projects it was not trained on, and write the calibration it ships with."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spotter.engine.batches import Fix, held_out_fix, labels_between, read_fixes
from spotter.engine.calibration import BUDGETS, Calibration, fit, kept_by_most
from spotter.engine.corpus import held_out
from spotter.engine.elsewhere import census
from spotter.engine.evidence import FIELDS
from spotter.engine.lexemes import lexemes_of
from spotter.engine.registries import PACKED, REGISTRIES, registry_of
from spotter.engine.splices import KEEP
from spotter.engine.spotting import Spotter
from spotter.engine.sums import record
from spotter.errors import SpotterError
from spotter.source import Source
from spotter.syntax import Syntax, parse

Floats = NDArray[np.floating[Any]]
Marks = NDArray[np.bool_]
LINES = 60_000  # clean lines that are read
FIXES = 900  # about so many of all that are held out
# by the dev suite: mined fixes are functions, without files
BY_HAND = {"outside": -1.0, "once": 0.25, "misspelt": 4.0, "flawed": 12.0, "nowhere": 0.5}
FITTED = len(FIELDS) - len(BY_HAND)  # the fields before those
PLAIN = Calibration((1.0,), 0.0, (1.0,), (1.1,))  # p is the network's own share, and nothing is over the threshold


@dataclass(frozen=True, slots=True)
class Measured:
    """The evidence of functions before their fixes with marks at the wrong tokens, and of clean projects with lines."""

    functions: tuple[tuple[Floats, Marks], ...]
    clean: tuple[tuple[Floats, int], ...]

    @property
    def wrong(self) -> Floats:
        """The evidence of all wrong tokens."""
        return np.concatenate([rows[wrong] for rows, wrong in self.functions])

    @property
    def beside(self) -> Floats:
        """The evidence of all sound tokens beside them."""
        return np.concatenate([rows[~wrong] for rows, wrong in self.functions])


def clean_files(sources: Iterable[Source], lines: int) -> Iterator[Syntax]:
    """Parsed files of a held-out package, without its tests, until there are enough lines."""
    for source in sources:
        if "test" in source.path or (syntax := parse(source)).error_lines:
            continue
        yield syntax
        if (lines := lines - source.text.count("\n")) <= 0:
            return


def measure(spotter: Spotter, packages: Sequence[Path], fixes: Sequence[tuple[Syntax, Fix]], lines: int) -> Measured:
    """Score clean files of held-out projects, and the functions of held-out fixes."""
    clean: list[tuple[Floats, int]] = []
    for package in packages:
        sources = list(registry_of(package.name).sources(package))
        files = list(clean_files(sources, lines // len(packages)))
        if files:
            known = census(source.text for source in sources)
            found = spotter.evidence([(syntax, 0, len(syntax.tokens)) for syntax in files], known)
            clean.append((np.concatenate(found), sum(syntax.source.text.count("\n") + 1 for syntax in files)))
    functions = spotter.evidence([(syntax, 0, len(syntax.tokens)) for syntax, _ in fixes])
    labels = [labels_between(fix.before, fix.after) for _, fix in fixes]
    edited = [np.array([label.edit != KEEP for label in each]) for each in labels]
    fixed = tuple((rows, wrong) for rows, wrong in zip(functions, edited, strict=True) if wrong.any())
    return Measured(fixed, tuple(clean))


def calibrate(folder: Path, data: Path, fixes: Path) -> Measured:
    """Write folder/calibration.json from held-out packages of a corpus and held-out fixes."""
    from spotter.engine import runtime

    target = folder / "calibration.json"
    target.write_text(json.dumps(PLAIN.raw()), encoding="utf-8")
    record(folder)
    spotter = Spotter(runtime.load(folder), PLAIN)
    suffix = PACKED[spotter.runtime.vocabulary.dialect]
    registry = REGISTRIES[suffix]
    packages = data / registry.FOLDER
    found = sorted(path for path in packages.glob(f"*{suffix}") if held_out(registry.project_of(path)))
    if not found:
        raise SpotterError(f"{packages}: no package of a held-out project there; build the corpus first")
    pairs = [fix for fix in read_fixes(fixes) if held_out_fix(fix.project)]
    pairs = pairs[:: max(1, len(pairs) // FIXES)]
    parsed = [(parse(fix.source), fix) for fix in pairs]
    kept = [(syntax, fix) for syntax, fix in parsed if lexemes_of(syntax).texts == fix.before.texts]
    measured = measure(spotter, found, kept, LINES)
    weights, shift = fitted(measured)
    plain = Calibration(weights, shift, (), ())
    budgets = kept_by_most([(plain.p_error(rows).tolist(), n) for rows, n in measured.clean])
    told = Calibration(weights, shift, BUDGETS, budgets)
    target.write_text(json.dumps(told.raw(), indent=1) + "\n", encoding="utf-8")
    record(folder)
    return measured


def fitted(measured: Measured) -> tuple[tuple[float, ...], float]:
    """Weights that tell wrong tokens from sound ones, half of these beside them; then the scale of clean code.

    Clean code alone would teach what odd code looks like, not where in a function the mistake is.
    """
    together = np.concatenate([rows for rows, _ in measured.clean])
    wrong, beside, clean = (rows[:, :FITTED] for rows in (measured.wrong, measured.beside, together))
    thinned = clean[:: max(1, len(clean) // max(1, len(beside)))]
    direction = np.array(fit(wrong, np.concatenate((beside, thinned)))[0])
    (slope,), shift = fit((wrong @ direction)[:, None], (clean @ direction)[:, None])
    return (*map(float, slope * direction), *BY_HAND.values()), shift
