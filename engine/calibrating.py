"""Measure a denoiser on projects it was not trained on, and write the calibration it ships with."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from spotter.engine.batches import Fix, held_out_fix, labels_between, read_fixes
from spotter.engine.calibration import BUDGETS, Calibration, kept_by_most, platt
from spotter.engine.corpus import held_out, python_files
from spotter.engine.lexemes import lexemes_of
from spotter.engine.noise import KEEP
from spotter.engine.spotting import Spotter
from spotter.errors import SpotterError
from spotter.source import Source
from spotter.syntax import Syntax, parse

PLAIN = Calibration(1.0, 0.0, (1.0,), (1.1,))  # p is the network's own share, and nothing is over the threshold


@dataclass(frozen=True, slots=True)
class Measured:
    """Shares of edits on wrong tokens, and for each clean project those of its tokens and its number of lines."""

    wrong: tuple[float, ...]
    clean: tuple[tuple[tuple[float, ...], int], ...]


def clean_files(wheel: Path, lines: int) -> Iterator[Syntax]:
    """Parsed files of a held-out wheel, without its tests, until there are enough lines."""
    for path, text in python_files(wheel):
        if "test" in path or (syntax := parse(Source(path, text, "python"))).error_lines:
            continue
        yield syntax
        if (lines := lines - text.count("\n")) <= 0:
            return


def measure(
    spotter: Spotter, wheels: Sequence[Path], fixes: Sequence[tuple[Syntax, Fix]], lines: int = 60_000
) -> Measured:
    """Score clean files of held-out projects, and the wrong tokens of held-out fixes."""
    clean: list[tuple[tuple[float, ...], int]] = []
    for wheel in wheels:
        shares: list[float] = []
        count = 0
        for syntax in clean_files(wheel, lines // len(wheels)):
            shares += [score.p_error for score in spotter.score(syntax)]
            count += syntax.source.text.count("\n") + 1
        clean.append((tuple(shares), count))
    wrong: list[float] = []
    for (_, fix), scores in zip(
        fixes, spotter.score_spans([(syntax, 0, len(syntax.tokens)) for syntax, _ in fixes]), strict=True
    ):
        labels = labels_between(fix.before, fix.after)
        wrong += [score.p_error for score, label in zip(scores, labels, strict=True) if label.edit != KEEP]
    return Measured(tuple(wrong), tuple(clean))


def calibrate(folder: Path, wheels: Path, fixes: Path, lines: int = 60_000) -> Measured:
    """Write folder/calibration.json from held-out wheels and held-out fixes."""
    from spotter.engine import runtime

    target = folder / "calibration.json"
    target.write_text(json.dumps(PLAIN.raw()), encoding="utf-8")
    spotter = Spotter(runtime.load(folder), PLAIN)
    found = sorted(w for w in wheels.glob("*.whl") if held_out(w.name.split("-")[0]))
    if not found:
        raise SpotterError(f"{wheels}: no wheel of a held-out project there; build the corpus first")
    pairs = [fix for fix in read_fixes(fixes) if held_out_fix(fix.project)][:600]
    parsed = [(parse(Source("before.py", fix.source, "python")), fix) for fix in pairs]
    measured = measure(spotter, found, [(s, f) for s, f in parsed if lexemes_of(s).texts == f.before.texts], lines)
    slope, shift = platt(np.array(measured.wrong), np.concatenate([np.array(scores) for scores, _ in measured.clean]))
    plain = Calibration(slope, shift, (), ())
    budgets = kept_by_most([(plain.p_error(np.array(scores)).tolist(), n) for scores, n in measured.clean])
    target.write_text(json.dumps(Calibration(slope, shift, BUDGETS, budgets).raw(), indent=1) + "\n", encoding="utf-8")
    return measured
