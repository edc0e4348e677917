"""A few inputs of every target of tests/fuzz.py, chosen and made smaller by hypothesis."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from random import Random
from types import ModuleType

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


def test_what_goes_wrong_is_seen() -> None:
    def raising(_: object) -> None:
        raise KeyError("alfa")

    assert FUZZ.failure(FUZZ.Target(Random.random, raising), 0.5) == "KeyError: 'alfa'"
    hungry = FUZZ.Target(Random.random, lambda _: bytearray(FUZZ.BYTES + 1))
    assert FUZZ.failure(hungry, 0.5, memory=True).endswith(" MB")
