from __future__ import annotations

from collections.abc import Callable

import pytest

from spotter.engine.flawed import flaws_of
from spotter.source import Source
from spotter.syntax import parse

Flawed = Callable[[str], list[tuple[int, str, str]]]


@pytest.fixture
def flawed() -> Flawed:
    """The flawed tokens of a text with their lines, and the text that mends each, "" where none is plain."""

    def found(text: str) -> list[tuple[int, str, str]]:
        syntax = parse(Source("a.py", text, "python"))
        flaws = sorted(flaws_of(syntax).items())
        return [(syntax.tokens[i].line, syntax.tokens[i].text, flaw.mend[1] if flaw.mend else "") for i, flaw in flaws]

    return found
