from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spotter import fitting
from spotter.fitting import ORDERS, Scored, fit, held_back, readings, write
from spotter.fused import Seen, chance, terms
from spotter.ranking import TERMS, Evidence, Model, log_odds

RIGHT = {"SP202": 0.75, "SP222": 0.75}


def scored(project: str, kind: str, wrong: tuple[int, ...], odds: float, *, good: bool | None = None) -> Scored:
    """Forty tokens, of which the wrong ones have so high a P(edit); a deviant names the first two, or none does."""
    rng = np.random.default_rng(len(project) + len(kind) + len(wrong))
    shares = chance(rng.normal(-13, 1, 40))
    shares[list(wrong)] = chance(np.array(odds))
    row = terms([Evidence(1e-4, 0.9 if good else 0.6)])[0]
    deviants = () if good is None else (((0, 1), row),)
    what = Seen(shares, terms([Evidence(float(share)) for share in shares]), deviants)
    return Scored(project, kind, "a.py", 20, what, wrong, ("SP222",) * len(deviants), frozenset([0] * bool(good)))


LESSONS = [
    one
    for project in ("alfa", "bravo", "charlie")
    for one in (
        *(scored(project, "fix", (n,), -5.0) for n in range(3, 9)),
        *(scored(project, "edit", (0,), -12.0, good=True) for _ in range(3)),
        *(scored(project, "sound", (), 0.0) for _ in range(20)),
        scored(project, "deviant", (), 0.0, good=False),
    )
]


def test_errors_are_as_common_as_in_deployed_code_and_deviants_as_right_as_readers_say() -> None:
    model = Model(fit(LESSONS, RIGHT), {})
    sound = terms([Evidence(float(p)) for one in LESSONS if one.kind == "sound" for p in one.seen.shares])
    weights = np.array([model.weights[name] for name in TERMS])
    assert chance(sound @ weights).mean() < 1e-4
    assert model.weights["edit"] > 0.5
    better, worse = (float(chance(np.array(model.bits(Evidence(1e-4, share))))) for share in (0.9, 0.6))
    assert worse < 0.75 < better


def test_each_order_is_judged_on_projects_that_its_weights_have_not_seen() -> None:
    table = held_back(LESSONS, RIGHT).splitlines()
    assert [line[13:24].strip() for line in table[1:]] == 2 * list(ORDERS)
    assert all(line.split()[0] in ("fix", "edit") for line in table[1:])


def test_what_is_left_out_weighs_nothing_and_what_is_free_is_learned() -> None:
    names = list(TERMS)
    loaded = []
    for one in LESSONS:
        rows = one.seen.tokens.copy()
        rows[:, names.index("pressure")] = 3.0 * (one.kind == "fix")
        loaded.append(replace(one, seen=replace(one.seen, tokens=rows)))
    assert fit(loaded, RIGHT)["pressure"] == 0.0
    assert fit(loaded, RIGHT, ("callers",))["pressure"] > 0.3


def test_orders_are_judged_on_what_nothing_was_fitted_to_beside_weights_fitted_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fitting, "unseen", lambda *_: [])
    monkeypatch.setattr(fitting, "load", lambda: None)
    monkeypatch.setattr(fitting, "score", lambda *_: [one for one in LESSONS if one.kind != "edit"])
    *table, mended, refitted = fitting.judge(tmp_path, ()).splitlines()
    assert [line[13:24].strip() for line in table[1:]] == [*ORDERS, "refitted"]
    assert mended == "18 mended functions of 3 projects, 0 with a deviant"
    assert refitted.startswith("refitted on all: token ")


def test_readings_are_shrunk_to_their_kind_and_those_of_the_bench_do_not_count(tmp_path: Path) -> None:
    rows = ["django\tSP201\tright", "django\tSP301\twrong", "Scrapy\tSP301\tright", "black\tSP301\tright"]
    (tmp_path / "r.tsv").write_text("package\trule\tverdict\n" + "\n".join(rows) + "\n")
    assert readings([tmp_path / "r.tsv"]) == pytest.approx({"SP201": 2 / 3, "SP301": 1 / 3})


def test_a_model_is_written_so_that_it_can_be_read(tmp_path: Path) -> None:
    write(tmp_path / "m.toml", Model(dict.fromkeys(TERMS, 0.1234), {"SP201": 0.5}))
    raw = tomllib.loads((tmp_path / "m.toml").read_text())
    assert raw == {"weights": dict.fromkeys(TERMS, 0.123), "right": {"SP201": 0.5}}


def test_log_odds_are_finite() -> None:
    assert log_odds(0.0) == pytest.approx(-log_odds(1.0))
    assert log_odds(0.5) == 0
