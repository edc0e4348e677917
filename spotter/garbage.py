"""How often Python looks for garbage: what a check reads stays until its end."""

from __future__ import annotations

import gc


def collect_seldom() -> None:
    """Look for garbage seldom: to look as often as Python does took a fifth of a check."""
    gc.set_threshold(100_000, 50, 2)
