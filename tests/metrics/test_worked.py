"""One worked file per language: what the pressures say of bad.*, and that they say nothing of ok.*.

Python's are called .txt, so that no linter takes them for modules.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from spotter.languages import languages
from spotter.metrics.facts import facts_of
from spotter.metrics.registry import PRESSURES
from spotter.source import Source
from spotter.syntax import parse

WORKED = Path(__file__).parent / "worked"


def said(language: str, name: str) -> str:
    suffix = languages()[language].suffixes[0]
    (file,) = (WORKED / language).glob(f"{name}.*")
    text = file.read_text(encoding="utf-8")
    syntax = parse(Source(f"worked{suffix}", text, language))
    assert syntax.error_lines == ()
    found = [pressure for press in PRESSURES.values() for pressure in press([facts_of(syntax)])]
    lines = sorted((p.place.line, p.place.column, p.rule, p.message) for p in found)
    return "".join(f"{line}:{column} {rule} {message}\n" for line, column, rule, message in lines)


def test_every_language_has_a_worked_file() -> None:
    assert {path.name for path in WORKED.iterdir()} == set(languages())


@pytest.mark.parametrize("language", sorted(path.name for path in WORKED.iterdir()))
def test_the_pressures_say_what_is_expected_of_a_language(language: str) -> None:
    assert said(language, "bad") == (WORKED / language / "expected.txt").read_text(encoding="utf-8") != ""
    assert said(language, "ok") == ""
