from __future__ import annotations

import subprocess
import sys
from dataclasses import fields

import pytest
from tree_sitter import Query

from spotter.languages import grammar, languages, query_text, raw_facts
from spotter.metrics.registry import PRESSURES
from spotter.metrics.words import Words, words_of

CORE = {"function", "class", "parameter", "if", "else", "return", "assign", "call", "member", "name", "nil", "block"}


@pytest.mark.parametrize("language", sorted(languages()))
def test_the_queries_of_a_language_fit_its_grammar_and_name_the_shared_roles(language: str) -> None:
    query = Query(grammar(language), query_text(language))
    roles = {query.capture_name(index) for index in range(query.capture_count)}
    words = words_of(language)
    assert roles >= CORE - ({"return"} if words.endings else set())  # a body may end with its result
    assert words.nil


@pytest.mark.parametrize("language", sorted(languages()))
def test_a_language_has_every_word_and_no_other(language: str) -> None:
    assert set(raw_facts(language)["words"]) == {field.name for field in fields(Words)} - {"types"}


def test_every_pressure_of_nothing_is_nothing() -> None:
    assert {name: press(()) for name, press in PRESSURES.items()} == dict.fromkeys(PRESSURES, ())


def test_the_metrics_load_neither_radon_nor_torch_nor_networkx() -> None:
    heavy = "[name for name in ('radon', 'torch', 'networkx', 'onnxruntime', 'rich') if name in sys.modules]"
    code = f"import sys, spotter.metrics.registry, spotter.metrics.extraction; print({heavy})"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
