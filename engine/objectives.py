"""What a network learns: the denoiser's objective, those of its peers, and the denoiser's with a part less."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from spotter.engine.direction import Direction
from spotter.engine.network import Shape
from spotter.engine.noise import KERNEL, UNIFORM
from spotter.engine.splices import Kernel
from spotter.errors import SpotterError


@dataclass(frozen=True, slots=True)
class Objective:
    """How windows are made, in which direction they are read, and the weights of the losses.

    Edits: windows with visible edits and masks, before and after real fixes. Masks: a share of clean windows is hidden
    and asked for. Next: the token after is asked for, in clean windows. The last two learn of a fix what it left.
    """

    task: Literal["edits", "masks", "next"] = "edits"
    direction: Direction = "both"
    kernel: Mapping[str, tuple[Kernel, float]] = field(default_factory=lambda: KERNEL)
    mistakes: bool = True  # some edits imitate what real fixes took away
    guesses: float = 0.0  # share of the edits that are what the weights it starts from would write
    relations: bool = True
    counts: bool = True  # how often a token, in its role, and with its neighbours, stands in the window
    fixes: bool = True
    edit: float = 4.0
    place: float = 0.3
    text: float = 1.0

    def shape(self, shape: Shape) -> Shape:
        """The network's shape under this objective."""
        return replace(shape, relations=self.relations, causal=self.direction != "both")


OBJECTIVES: dict[str, Objective] = {
    "denoiser": Objective(),
    "discriminator": Objective(place=0.0, text=0.0),  # ELECTRA, Clark et al. 2020
    "causal": Objective(task="next", direction="left to right", edit=0.0, place=0.0),
    "reversed": Objective(task="next", direction="right to left", edit=0.0, place=0.0),
    "masked": Objective(task="masks", edit=0.0, place=0.0),
    "no-relations": Objective(relations=False),
    "no-counts": Objective(counts=False),
    "uniform": Objective(kernel=UNIFORM, mistakes=False),
    "no-fixes": Objective(fixes=False),
    "on-policy": Objective(guesses=0.3),
}
DENOISER = OBJECTIVES["denoiser"]


def objective(name: str) -> Objective:
    """The objective of a name; SpotterError where there is none."""
    if name not in OBJECTIVES:
        raise SpotterError(f"{name}: no such objective; there are {', '.join(OBJECTIVES)}")
    return OBJECTIVES[name]
