"""From pressures to findings: a cause is a fact about the design, the one place that breaks its pattern a suspicion."""

from __future__ import annotations

from spotter.findings import Finding, Severity, Site, Suggestion
from spotter.metrics.pressure import Pressure
from spotter.rules import RULES
from spotter.suspicions import certain

ADVISORY = "advisory: most of its links are ambiguous"


def advisory(pressure: Pressure) -> bool:
    """Whether at least half of the sites are only guessed to belong to the cause."""
    guessed = sum(site.certainty == "ambiguous" for site in pressure.sites)
    return bool(guessed) and 2 * guessed >= len(pressure.sites)


def finding_of(pressure: Pressure) -> Finding:
    """The finding at a pressure's place, its sites as evidence."""
    rule, place = RULES[pressure.rule], pressure.place
    guessed = advisory(pressure)
    sites = sorted(Site(site.place.path, site.place.line, site.message) for site in pressure.sites)
    return Finding(
        rule=rule.code,
        path=place.path,
        line=place.line,
        column=place.column,
        end_line=place.end_line,
        end_column=place.end_column,
        message=f"{pressure.message} ({ADVISORY})" if guessed else pressure.message,
        severity="note" if guessed else _severity(pressure),
        kind="suspicion" if pressure.deviant else "fact",
        function=place.function,
        p_error=None if pressure.p_error is None else round(pressure.p_error, 4),
        evidence=tuple(dict.fromkeys(sites)),
        suggestion=Suggestion("replace", pressure.expected) if pressure.expected else None,
    )


def _severity(pressure: Pressure) -> Severity:
    severity = RULES[pressure.rule].severity
    return certain(pressure.rule, pressure.p_error or 0.0) if pressure.deviant and severity != "note" else severity
