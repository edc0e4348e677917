"""Every pressure by its name: a function from the facts of a repository to its pressures."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from spotter.metrics.arguments import argument_pressures
from spotter.metrics.attributes import attribute_pressures
from spotter.metrics.blocks import similar_pressures
from spotter.metrics.broken import reference_pressures
from spotter.metrics.conditions import condition_pressures
from spotter.metrics.coupling import coupled_pressures, forgotten_pressures
from spotter.metrics.facts import FileFacts
from spotter.metrics.guards import guard_pressures
from spotter.metrics.load import load_pressures
from spotter.metrics.misspelt import misspelling_pressures
from spotter.metrics.nil import nil_pressures
from spotter.metrics.partial import partial_pressures
from spotter.metrics.predicates import unnamed_pressures
from spotter.metrics.pressure import Pressure
from spotter.metrics.renames import rename_pressures
from spotter.metrics.types import odd_pressures, type_pressures
from spotter.metrics.unchecked import unchecked_pressures

PRESSURES: dict[str, Callable[[Sequence[FileFacts]], tuple[Pressure, ...]]] = {
    "nil-pressure": nil_pressures,
    "unchecked-nil": unchecked_pressures,
    "type-pressure": type_pressures,
    "odd-type": odd_pressures,
    "condition-pressure": condition_pressures,
    "contradicted-guard": guard_pressures,
    "unnamed-predicate": unnamed_pressures,
    "partial-predicate": partial_pressures,
    "coupled-state": coupled_pressures,
    "forgotten-update": forgotten_pressures,
    "similar-code": similar_pressures,
    "inconsistent-copy": rename_pressures,
    "misplaced-argument": argument_pressures,
    "misspelt-name": misspelling_pressures,
    "broken-reference": reference_pressures,
    "missing-attribute": attribute_pressures,
    "decision-load": load_pressures,
}
