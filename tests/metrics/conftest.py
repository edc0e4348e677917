from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent

import pytest

from spotter.metrics.facts import FileFacts, facts_of
from spotter.source import Source
from spotter.syntax import parse

Read = Callable[..., FileFacts]


@pytest.fixture
def read() -> Read:
    def read(text: str, path: str = "alfa.py", language: str = "python") -> FileFacts:
        return facts_of(parse(Source(path, dedent(text), language)))

    return read
