"""The tree as ruff and mypy see it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("tool", [("ruff", "check", "--quiet"), ("mypy",)], ids=lambda tool: tool[0])
def test_the_tree_is_clean(tool: tuple[str, ...]) -> None:
    run = subprocess.run([sys.executable, "-m", *tool], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
