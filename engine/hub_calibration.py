"""A hub denoiser calibrated on code that its reader holds to be sound, and on errors planted there.

Planted errors are plainer than real ones, so P(edit) is on the high side; the thresholds rest on the sound code alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from spotter.engine.calibration import BUDGETS, Calibration, fit, thresholds
from spotter.engine.evidence import logit
from spotter.engine.hub import PLAIN, HubDenoiser
from spotter.engine.plant import plant_many
from spotter.errors import SpotterError
from spotter.syntax import Syntax

EDITS = 200  # errors to plant
FEWEST = 20  # with fewer the slope is a guess


def calibrated(denoiser: HubDenoiser, files: Sequence[Syntax]) -> Calibration:
    """p = sigmoid(weight . odds + shift) by `fit`, and thresholds that keep budgets of alerts on these files.

    SpotterError where the files hold too few places for errors.
    """
    plain = replace(denoiser, calibration=PLAIN)
    planted = [edit for _, edit in plant_many(files, EDITS, seed=0)]
    if len(planted) < FEWEST:
        raise SpotterError(f"{len(planted)} errors could be planted, {FEWEST} are needed; name more code")
    spans = [(edit.syntax, min(edit.tokens), max(edit.tokens) + 1) for edit in planted]
    wrong = [max(score.p_error for score in scores) for scores in plain.score_spans(spans)]
    clean = [score.p_error for syntax in files for score in plain.score(syntax)]
    wrong_odds, odds = (logit(np.array(shares))[:, None] for shares in (wrong, clean))
    weights, shift = fit(wrong_odds, odds)
    p = Calibration(weights, shift, (), ()).p_error(odds)
    lines = sum(syntax.source.text.count("\n") + 1 for syntax in files)
    return Calibration(weights, shift, BUDGETS, thresholds(p.tolist(), lines))
