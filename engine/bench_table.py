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
LEGEND = """\
Shares in percent, 95 % intervals over projects in brackets. token, single, line N: a hit among the first N of the
function; pair: the buggy function above its fixed version; repair: the fix's token first, given the place; recall@X:
records with a hit over the threshold that gives X alarms per 1,000 clean lines; clean fn: clean functions with an alarm
at the shipped threshold; top1 then, top1@16.5: first token a hit, and over that threshold or that of 16.5 % alarms."""


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
    title = f"{report['suite']}: {report['records']} records"
    return "\n".join([title, "", *_aligned([heads, *rows]), "", LEGEND, *notes])


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
