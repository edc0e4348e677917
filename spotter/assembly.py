"""A check put together from its parts: the bundled denoiser, the facts, the pressures and the settings."""

from __future__ import annotations

from collections.abc import Sequence

from spotter.bundled import Bundled
from spotter.config import Config, selected
from spotter.metrics.facts import FileFacts
from spotter.metrics.pressure import Pressure
from spotter.metrics.registry import PRESSURES
from spotter.pipeline import Tools
from spotter.spread import Spread
from spotter.suspicions import RULE_OF
from spotter.verdicts import Verdict


def tools_of(config: Config, verdicts: tuple[Verdict, ...], processes: int = 1) -> Tools:
    """The tools for some settings and what was judged; without a rule about tokens there is no denoiser.

    Where so many processes may be begun, they take the facts of many files at once.
    """
    scores = any(selected(config, "", rule) for rule in RULE_OF.values())
    return Tools(Bundled() if scores else None, Spread(processes), _press, config, verdicts)


def _press(files: Sequence[FileFacts]) -> tuple[Pressure, ...]:
    return tuple(pressure for find in PRESSURES.values() for pressure in find(files))
