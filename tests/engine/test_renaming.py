from __future__ import annotations

from random import Random

import pytest

from spotter.engine.batches import labels_between
from spotter.engine.lexemes import Lexemes, lexemes_of
from spotter.engine.renaming import local_names, renamed
from spotter.source import Source
from spotter.syntax import parse

BEFORE = (
    "def total(self, items, tax, size=0):\n    rest = size\n    for item in items:\n        rest += item.price * tax\n"
    "    if len(items) > size:\n        return self.rounded(rest, size=tax)\n    return rest + items\n"
)
AFTER = BEFORE.replace("rest + items", "rest").replace("len(items) > size", "len(items) >= limit")
DONOR = "def f(alpha, beta, rest, self):\n    gamma = alpha.delta(beta, key=rest)\n    return len(gamma)\n"


def read(text: str) -> Lexemes:
    return lexemes_of(parse(Source("a.py", text, "python")))


def test_local_names_stand_alone_wherever_they_stand() -> None:
    assert local_names(read(BEFORE)) == {"items", "tax", "rest", "item"}
    assert local_names(read(DONOR)) == {"alpha", "beta", "rest", "gamma"}


@pytest.mark.parametrize("seed", range(20))
def test_a_fix_under_other_names_is_the_same_fix(seed: int) -> None:
    sides = read(BEFORE), read(AFTER)
    found = renamed(*sides, read(DONOR), Random(seed))
    table = {a: b for old, new in zip(sides, found, strict=True) for a, b in zip(old.texts, new.texts, strict=True)}
    changed = {a: b for a, b in table.items() if a != b}
    assert changed.keys() <= {"tax", "rest", "item"}  # the fix takes one of the items away
    assert set(changed.values()) <= {"alpha", "beta", "gamma"}
    assert len(set(table.values())) == len(table)
    for old, new in zip(sides, found, strict=True):
        assert tuple(table[text] for text in old.texts) == new.texts
        assert (old.classes, old.ranks) == (new.classes, new.ranks)
    assert [label.edit for label in labels_between(*found)] == [label.edit for label in labels_between(*sides)]


def test_some_names_change_and_others_stay() -> None:
    texts = {renamed(read(BEFORE), read(AFTER), read(DONOR), Random(seed))[0].texts for seed in range(20)}
    assert read(BEFORE).texts in texts
    assert len(texts) > 4


def test_what_a_script_has_of_its_own_is_no_local_name() -> None:
    text = "function f(rows) {\n  if (this.x > rows.x) {\n    console.log(Object.keys(rows), arguments);\n  }\n}\n"
    assert local_names(lexemes_of(parse(Source("a.js", text, "javascript")))) == {"rows"}
