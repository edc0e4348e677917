"""A few inputs of every target of tests/fuzz.py, chosen and made smaller by hypothesis."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


def _fuzz() -> ModuleType:
    spec = spec_from_file_location("fuzz", Path(__file__).with_name("fuzz.py"))
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules["fuzz"] = module
    spec.loader.exec_module(module)
    return module


FUZZ = _fuzz()


@pytest.mark.parametrize("name", FUZZ.TARGETS)
@settings(max_examples=25, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(rng=st.randoms(use_true_random=False))
def test_odd_inputs_are_taken_or_refused(name: str, rng: Random) -> None:
    target = FUZZ.TARGETS[name]
    target.ask(target.make(rng))


@pytest.mark.parametrize("name", FUZZ.TARGETS)
def test_the_first_inputs_of_the_long_form_are_taken(name: str) -> None:
    target = FUZZ.TARGETS[name]
    for number in range(40):
        assert FUZZ.failure(target, target.make(Random(f"0 {name} {number}")), memory=number % 20 == 0) == ""


def said(method: str, **params: Any) -> dict[str, Any]:
    document = {"uri": f"{FUZZ.folder().as_uri()}/gone.py"}
    return {"jsonrpc": "2.0", "method": f"textDocument/{method}", "params": {"textDocument": document | params}}


OPENED = said("didOpen", languageId="python", version=1, text="x = 1\n")


def test_a_document_that_lies_nowhere_is_closed_while_it_is_asked_about() -> None:
    asked = said("diagnostic") | {"id": 1}
    assert FUZZ.failure(FUZZ.TARGETS["editor"], [(OPENED, True), (asked, False), (said("didClose"), False)]) == ""


def test_a_document_that_was_opened_twice_is_closed() -> None:
    assert FUZZ.failure(FUZZ.TARGETS["editor"], [(OPENED, False), (OPENED, False), (said("didClose"), False)]) == ""


def test_edits_that_keep_to_a_grammar_keep_to_it_mostly() -> None:
    for language in FUZZ.languages():
        made = [FUZZ.Source("a", FUZZ.grafted(language, Random(number)), language) for number in range(60)]
        wrong = [one for one in made if FUZZ.parse(one).error_lines]
        assert len(set(made)) > 40
        assert len(wrong) < 45, language  # of pieces with edited tokens two in three to nineteen in twenty are wrong


def test_bytes_decide_an_input_however_few_they_are() -> None:
    make = FUZZ.TARGETS["lexing"].make
    data = Random(0).randbytes(400)
    assert make(FUZZ.Drawn(data)) == make(FUZZ.Drawn(data))
    assert len({make(FUZZ.Drawn(Random(number).randbytes(400))) for number in range(20)}) > 15
    for name, target in FUZZ.TARGETS.items():
        assert FUZZ.failure(target, target.make(FUZZ.Drawn(b""))) == "", name


def test_what_goes_wrong_is_seen() -> None:
    def raising(_: object) -> None:
        raise KeyError("alfa")

    assert FUZZ.failure(FUZZ.Target(Random.random, raising), 0.5) == "KeyError: 'alfa'"
    hungry = FUZZ.Target(Random.random, lambda _: bytearray(FUZZ.BYTES + 1))
    assert FUZZ.failure(hungry, 0.5, memory=True).endswith(" MB")
