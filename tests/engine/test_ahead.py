from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from spotter.engine.ahead import ahead


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as found:
        yield found


def test_results_come_in_order_and_only_so_many_items_are_taken_before_they_are_asked_for(
    pool: ThreadPoolExecutor,
) -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for number in range(9):
            taken.append(number)
            yield number

    found = ahead(pool, lambda number: number * number, items(), 3)
    assert taken == []
    assert next(found) == 0
    assert taken == [0, 1, 2, 3]
    assert list(found) == [number * number for number in range(1, 9)]


def test_an_error_comes_where_its_item_stands_and_what_has_not_begun_is_left(pool: ThreadPoolExecutor) -> None:
    begun: list[int] = []
    go = Event()

    def work(number: int) -> int:
        begun.append(number)
        if number == 1:
            raise KeyError("alfa")
        if number > 1:
            go.wait()
        return number

    found = ahead(pool, work, range(50), 50)
    assert next(found) == 0
    with pytest.raises(KeyError):
        next(found)
    go.set()
    pool.shutdown()
    assert set(begun) <= {0, 1, 2, 3}
