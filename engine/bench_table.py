"""The bench's report as one table, scorer by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

COLUMNS = {
    "token_top1": "token 1",
    "token_top5": "token 5",
    "single_token_top1": "single 1",
    "line_top1": "line 1",
    "line_top5": "line 5",
    "auroc": "AUROC",
    "pair": "pair",
    "repair_top1": "repair 1",
    "recall_at_0.5_alerts": "recall@.5",
    "recall_at_1_alerts": "recall@1",
    "recall_at_5_alerts": "recall@5",
    "clean_function_alarm_rate": "clean fn",
    "top1_at_that_rate": "top1 then",
    "top1_at_16.5_percent": "top1@16.5",
    "brier": "Brier",
}
WITH_INTERVAL = ("token_top1", "token_top5", "line_top1", "line_top5", "auroc", "pair", "recall_at_1_alerts")
BESIDE = {
    "single_token_top1": "single 1",
    "single_token_top5": "single 5",
    "token_top1": "token 1",
    "token_top5": "token 5",
    "line_top1": "line 1",
    "line_top5": "line 5",
    "pair_by_mean": "pair by mean",
}
TOGETHER = {"token_top5": "token 3+2", "line_top5": "line 3+2", "recall_at_5_alerts": "recall@5"}
LEGEND = """\
Shares in percent, 95 % intervals over projects in brackets. token, single, line N: a hit among the first N of the
function; pair: the buggy function above its fixed version; repair: the fix's token first, given the place; recall@X:
records with a hit over the threshold that gives X alarms per 1,000 clean lines; clean fn: clean functions with an alarm
at the shipped threshold; top1 then, top1@16.5: first token a hit, and over that threshold or that of 16.5 % alarms.
Of several scorers, the first less each other, in points; with it: what the first gains where it names three of five and
the other two, or each has half of the alerts."""


def table(report: Mapping[str, object]) -> str:
    """The text report. Dashes stand where a figure does not apply or has no clean suite to rest on."""
    scorers = report["scorers"]
    assert isinstance(scorers, dict)
    heads = ["scorer", *COLUMNS.values(), "records", "tokens/s"]
    rows = [
        [name, *_cells(one), str(one["records"]), str(one["tokens_per_second"] or "-")] for name, one in scorers.items()
    ]
    notes = [
        f"{name}: {one['left_out']} of {report['records']} records left out, in a language it does not know"
        for name, one in scorers.items()
        if one["left_out"]
    ]
    compared = _aligned(_beside(scorers)) if len(scorers) > 1 else []
    title = f"{report['suite']}: {report['records']} records"
    return "\n".join([title, "", *_aligned([heads, *rows]), "", LEGEND, *notes, *compared])


def _beside(scorers: Mapping[str, Mapping[str, object]]) -> list[list[str]]:
    """The rows of what each scorer is beside the first."""
    first = next(iter(scorers))
    rows = [[f"{first} less", *BESIDE.values(), *(f"with it, {head}" for head in TOGETHER.values())]]
    for name in list(scorers)[1:]:
        found = scorers[name].get("beside_the_first")
        assert isinstance(found, dict)
        cells = [_apart(found.get("difference", {}).get(figure)) for figure in BESIDE]
        rows.append([name, *cells, *(_apart(found.get("gain", {}).get(figure)) for figure in TOGETHER)])
    return rows


def _apart(found: Sequence[float] | None) -> str:
    """A difference with its interval, in points."""
    if found is None:
        return "-"
    value, *interval = (100 * number for number in found)
    return f"{value:+.1f}" + (f" [{interval[0]:+.0f} {interval[1]:+.0f}]" if interval else "")


def _cells(scorer: Mapping[str, object]) -> list[str]:
    intervals = scorer["intervals"]
    assert isinstance(intervals, dict)
    return [_cell(name, scorer[name], intervals[name] if name in WITH_INTERVAL else None) for name in COLUMNS]


def _cell(name: str, value: object, interval: Sequence[float] | None) -> str:
    if not isinstance(value, int | float):
        return "-"
    if name == "brier":
        return f"{value:.4f}"
    around = "" if interval is None else f" [{100 * interval[0]:.0f}-{100 * interval[1]:.0f}]"
    return f"{100 * value:.1f}{around}"


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    first, *others = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join([row[0].ljust(first), *(cell.rjust(w) for cell, w in zip(row[1:], others, strict=True))])
        for row in rows
    ]
