from __future__ import annotations

import re
from collections.abc import Callable
from textwrap import dedent

import pytest

from spotter.metrics.facts import FileFacts, facts_of
from spotter.source import Source
from spotter.syntax import parse

Read = Callable[..., FileFacts]
ReadAll = Callable[..., list[FileFacts]]


@pytest.fixture
def read() -> Read:
    def read(text: str, path: str = "alfa.py", language: str = "python") -> FileFacts:
        return facts_of(parse(Source(path, dedent(text), language)))

    return read


@pytest.fixture
def read_all(read: Read) -> ReadAll:
    """A text is several files where lines say `# file: PATH`; each line keeps its number."""

    def read_all(text: str, path: str = "alfa.py", language: str = "python") -> list[FileFacts]:
        first, *others = re.split(r"^# file: (.+)\n", text, flags=re.MULTILINE)
        parts, above = [(path, first)] if first else [], first.count("\n")
        for name, part in zip(others[::2], others[1::2], strict=True):
            parts.append((name, "\n" * (above + 1) + part))
            above += 1 + part.count("\n")
        return [read(part, name, language) for name, part in parts]

    return read_all
