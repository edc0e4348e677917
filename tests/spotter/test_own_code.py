"""What sound code says of the budget of alerts, and the command that says it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spotter import own_code
from spotter.cli import run
from spotter.engine.calibration import BUDGETS, Calibration
from spotter.own_code import STRICTEST, SoundCode, told

LINES = 10_000
SHIPPED = Calibration((1.0,), 0.0, BUDGETS, (0.05, 0.04, 0.03, 0.02, 0.015, 0.01, 0.005, 0.002))


def code(*p_error: float, lines: int = LINES) -> SoundCode:
    return SoundCode(np.array(sorted(p_error, reverse=True)), lines, 3)


def test_an_alert_is_a_token_over_the_threshold() -> None:
    assert code(0.5, 0.5, 0.2).alerts(0.5) == 0
    assert code(0.5, 0.5, 0.2).alerts(0.2) == 2
    assert code().alerts(0.2) == 0


def test_code_within_the_budget_is_told_how_far_it_could_go() -> None:
    sound = code(*[0.9] * 5, *[0.0155] * 500)
    assert sound.setting(0.5, SHIPPED.threshold) == 1.8  # 2.0 stands for 0.015
    assert told(sound, 0.5, 0.5, SHIPPED.threshold) == (
        "10,000 lines in 3 files; alerts, a token each, at max-alerts-per-kloc = 0.5: 5, or 0.50 per 1,000 lines\n"
        "That is within 0.5; so would 1.8 be, which reports more."
    )
    assert code(0.9).setting(0.5, SHIPPED.threshold) == 20
    assert told(code(*[0.9] * 5, *[0.0299] * 9), 0.5, 0.5, SHIPPED.threshold).endswith("\nThat is within 0.5.")


@pytest.mark.parametrize("budget", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("odd", [0.035, 0.045, 0.06, 0.2])
def test_the_setting_keeps_the_budget_and_the_next_higher_one_of_two_digits_does_not(budget: float, odd: float) -> None:
    allowed = int(budget * LINES / 1000)
    sound = code(*[0.9] * allowed, *np.linspace(odd - 0.01, odd, 80))
    setting = sound.setting(budget, SHIPPED.threshold)
    assert setting is not None
    assert setting < budget
    assert sound.alerts(SHIPPED.threshold(setting)) <= allowed
    step = 10 ** (np.floor(np.log10(setting)) - 1)
    assert sound.alerts(SHIPPED.threshold(setting + 1.01 * step)) > allowed


def test_where_no_setting_keeps_to_the_budget_that_is_said() -> None:
    sound = code(*[0.99] * 40)
    assert sound.setting(0.5, SHIPPED.threshold) is None
    assert told(sound, 0.5, 0.5, SHIPPED.threshold).endswith(
        f'Even {STRICTEST} leaves 40, which is too many. This leaves tokens out: ignore = ["SP1"]'
    )


def test_below_the_least_budget_that_was_measured_thresholds_go_on_rising() -> None:
    settings = (STRICTEST, 0.003, 0.01, 0.03, 0.1)
    found = [SHIPPED.threshold(setting) for setting in settings]
    assert found == sorted(found, reverse=True)
    assert len(set(found)) == len(found)
    assert found[-1] == 0.05
    assert 0.05 < found[0] < 1
    assert Calibration((1.0,), 0.0, (1.0,), (1.1,)).threshold(0.01) == 1.1


class Plain:
    """A scorer that is not asked for anything but its thresholds."""

    threshold = staticmethod(SHIPPED.threshold)


def test_the_command_prints_a_setting_that_can_be_pasted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.py").write_text("x = 1\n")
    monkeypatch.setattr(own_code, "Bundled", Plain)
    found = code(*[0.9] * 5, *[0.04] * 40), ("b.py: not UTF-8",)
    monkeypatch.setattr(own_code, "read", lambda *_: found)
    assert run(["calibrate", "a.py"]) == 0
    out, err = capsys.readouterr()
    head, sound, _, *setting = out.splitlines()
    assert (
        head
        == "10,000 lines in 3 files; alerts, a token each, at max-alerts-per-kloc = 0.5: 45, or 4.50 per 1,000 lines"
    )
    assert sound == "If this code is sound, this setting keeps to 0.5 in it:"
    assert err == "spotter: b.py: not UTF-8\n"
    (tmp_path / ".spotter.toml").write_text("\n".join(setting).removeprefix("[tool.spotter]\n"))
    assert run(["calibrate", "a.py"]) == 0  # the budget is not the setting
    held = setting[1].removeprefix("max-alerts-per-kloc = ")
    assert float(held) < 0.5
    assert capsys.readouterr().out == (
        f"10,000 lines in 3 files; alerts, a token each, at max-alerts-per-kloc = {held}: 5, or 0.50 per 1,000 lines\n"
        "That is within 0.5.\n"
    )
    assert run(["calibrate", "a.py", "--budget", "4.5"]) == 0
    assert "; so would " in capsys.readouterr().out
    assert run(["calibrate", "a.py", "--budget", "0"]) == 2


def test_too_little_code_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    monkeypatch.chdir(tmp_path)
    assert run(["calibrate", "a.py"]) == 2
    assert capsys.readouterr().err == (
        "spotter: lines of a language that the weights know: 1;"
        " to see 0.5 alerts per 1,000 takes 2,000, so name more code\n"
    )
