from __future__ import annotations

import sys
from pathlib import Path

import pytest

from spotter.engine.bench_forward import forward, products_of
from spotter.engine.sums import bundled

FILE = Path(__file__).parent.parent.parent / "spotter" / "quoting.py"


def test_the_network_takes_longer_than_its_products_on_the_same_windows() -> None:
    found = forward([FILE])
    assert found.tokens > 256 >= 128 * found.windows
    assert found.products is not None
    assert found.repeated is not None
    assert 0 < found.products < found.seconds


def test_without_onnx_the_network_is_timed_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    found = forward([FILE])
    assert found.seconds > 0
    assert found.products is found.repeated is None


def test_a_layer_has_six_products_of_the_shapes_of_the_network() -> None:
    products = products_of(bundled())
    assert products is not None
    assert [k for k, _ in products.weights] == [384, 512, 384, 1536]
    assert len(products.of(7)) == 6
