from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from spotter.config import Config, load
from spotter.errors import SpotterError
from spotter.starting import start


def test_the_configuration_holds_the_defaults_and_is_never_overwritten(tmp_path: Path) -> None:
    assert "- id: spotter" in start(tmp_path)
    path = tmp_path / ".spotter.toml"
    assert replace(load(tmp_path, tmp_path), origin=Config().origin) == Config()
    path.write_text("ignore = []\n")
    with pytest.raises(SpotterError, match="exists already"):
        start(tmp_path)
    assert path.read_text() == "ignore = []\n"


def test_settings_in_pyproject_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.spotter]\n")
    with pytest.raises(SpotterError, match=r"holds \[tool\.spotter\] already"):
        start(tmp_path)
    assert not (tmp_path / ".spotter.toml").exists()
