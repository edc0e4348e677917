from __future__ import annotations

from collections.abc import Mapping

import pytest

from spotter.metrics.attributes import attribute_pressures
from spotter.metrics.facts import FileFacts, facts_of, from_json, to_json
from spotter.metrics.pressure import Pressure
from spotter.metrics.since import broken_since
from spotter.source import Source
from spotter.syntax import parse

BASE = """\
import os


class Base:
    \"\"\"What others are made of.\"\"\"

    kind = "base"
    count: int

    def __init__(self, url):
        self.url = url

    @property
    def size(self): ...


class Loose(Base):
    def __getattr__(self, name): ...
"""
FILES = {"shop/__init__.py": "from .base import Base as Root\n", "shop/base.py": BASE}
CLASS = """\
from .base import Base


class Client({base}):
    def __init__(self):
        self.port = 80

    def use(self):
        return {use}


client = Client()
"""


def facts(path: str, text: str) -> FileFacts:
    return facts_of(parse(Source(path, text, "python")))


def pressures(text: str, path: str = "shop/use.py", more: Mapping[str, str] | None = None) -> list[Pressure]:
    files = {**FILES, path: text, **(more or {})}
    return [one for one in attribute_pressures([facts(*item) for item in files.items()]) if one.place.path == path]


def missing(use: str, base: str = "Base", more: Mapping[str, str] | None = None) -> list[str]:
    """What is missing where a method takes something of its object."""
    text = CLASS.format(use=use, base=base)
    lines, places = text.split("\n"), [one.place for one in pressures(text, more=more)]
    return [lines[place.line - 1][place.column - 1 : place.end_column - 1] for place in places]


def test_what_no_class_of_an_object_has_is_missing() -> None:
    (one,) = pressures(CLASS.format(base="Base", use="self.ports"))
    assert one.message == "`Client` does not have `ports`, nor a class above it"
    assert (one.rule, one.place.line, one.place.column, one.place.function) == ("SP265", 9, 21, "Client.use")
    assert (one.expected, [(site.place.path, site.place.line) for site in one.sites]) == ("port", [("shop/use.py", 4)])
    (one,) = pressures(CLASS.format(base="", use="self.url"))
    assert one.message == "`Client` does not have `url`"


@pytest.mark.parametrize(
    ("use", "base"),
    [
        ("self.lost", "Base"),
        ("self.lost()", "Base"),
        ("self.lost.found", "Base"),
        ("[self.lost for _ in ()]", "Base"),
        ("lambda: self.lost", "Base"),
        ("self.lost", ""),
        ("self.lost", "object"),
        ("self.lost", "Exception"),
        ("self.lost", "Generic[T]"),
    ],
)
def test_it_is_missing_however_it_is_taken(use: str, base: str) -> None:
    assert missing(use, base) == ["lost"]


@pytest.mark.parametrize(
    ("use", "base"),
    [
        ("self.port, self.url, self.kind, self.count, self.size, self.use", "Base"),
        ("self.__class__, self.__dict__, self.__doc__", "Base"),
        ("self.args, self.with_traceback", "Exception"),
        ("self.lost", "Loose"),  # it may have anything
        ("self.lost", "os.Base"),
        ("self.lost", "Unknown"),
        ("self.lost", "Enum"),
        ("self.lost", "Base, Unknown"),
        ("self.lost", "metaclass=Meta"),
        ("other.lost", "Base"),
        ("(lambda self: self.lost)(other)", "Base"),
        ("hasattr(self, 'lost') and self.lost", "Base"),
        ("setattr(self, name, 1) or self.lost", "Base"),
        ("vars(self) and self.lost", "Base"),
        ("self.__dict__.update(lost=1) or self.lost", "Base"),
        ("self.lost  # type: ignore[attr-defined]", "Base"),
    ],
)
def test_what_an_object_has_or_may_have_is_not_missing(use: str, base: str) -> None:
    assert missing(use, base) == []


@pytest.mark.parametrize(
    "body",
    [
        "    def use(this):\n        return self.lost\n",
        "    def use(x):\n        return x.lost\n",
        "    @staticmethod\n    def use(self):\n        return self.lost\n",
        "    __slots__ = ('lost',)\n    def use(self):\n        return self.lost\n",
        "    def use(self):\n        try:\n            self.lost\n        except AttributeError:\n            pass\n",
        "    def use(self):\n        def inner(self):\n            return self.lost\n        return inner\n",
        "    def use(self, a: self.lost): ...\n",
        "    def use(self):\n        return self.lost\n    def set(this):\n        this.lost = 1\n",
        "    def use(self):\n        return self.lost\n    @classmethod\n    def set(cls):\n        cls.lost = 1\n",
        "    def use(self):\n        return self.lost\n    for lost in (): ...\n",
        "    def use(self):\n        return self.lost\n    class lost: ...\n",
        "    class Inner:\n        def use(self):\n            return self.lost\n",
    ],
)
def test_what_a_class_gives_in_other_ways_is_not_missing(body: str) -> None:
    assert pressures(f"class Client:\n{body}\n\nClient()\n") == []
    assert len(pressures("class Client:\n    def use(self):\n        return self.lost\n\n\nClient()\n")) == 1


def test_a_class_of_which_nobody_makes_an_object_may_be_completed_by_others() -> None:
    text = "class Mixed:\n    def use(self):\n        return self.lost\n"
    assert pressures(text) == []
    assert len(pressures(text, more={"shop/make.py": "from .use import Mixed\n\nMixed()\n"})) == 1
    assert len(pressures(text, more={"shop/make.py": "from . import use\n\nuse.Mixed()\n"})) == 1
    assert pressures(text, more={"tests/test_use.py": "from shop.use import Mixed\n\nMixed()\n"}) == []
    assert pressures(text, more={"shop/make.py": "from elsewhere import Mixed\n\nMixed()\n"}) == []


def test_what_a_class_below_gives_is_not_missing_in_the_one_above() -> None:
    text = "class Mixed:\n    def use(self):\n        return self.lost\n\n\nMixed()\n"
    below = "from .{} import {}\n\n\nclass {}({}):\n    {} = 1\n"
    assert len(pressures(text)) == 1
    assert pressures(text, more={"shop/far.py": below.format("use", "Mixed", "Far", "Mixed", "lost")}) == []
    near = {"shop/far.py": below.format("use", "Mixed", "Far", "Mixed", "other")}
    assert pressures(text, more=near | {"shop/end.py": below.format("far", "Far", "End", "Far", "lost")}) == []
    assert len(pressures(text, more=near | {"shop/end.py": below.format("far", "Far", "End", "Base", "lost")})) == 1


def test_what_is_given_from_outside_is_not_missing() -> None:
    assert missing("self.lost", more={"shop/give.py": "def f(client):\n    client.lost = 1\n"}) == []
    assert missing("self.lost", more={"shop/give.py": "setattr(client, 'lost', 1)\n"}) == []
    assert missing("self.lost", more={"tests/test_give.py": "client.lost = 1\n"}) == ["lost"]
    other = {"shop/other.py": "class Other:\n    def f(self):\n        self.lost = 1\n"}
    assert missing("self.lost", more=other) == ["lost"]


def test_bases_are_found_through_modules_and_what_they_hand_on() -> None:
    text = "from {}\n\n\nclass Client({}):\n    def use(self):\n        return self.url, self.lost\n\n\nClient()\n"
    for taken, base in (
        ("shop import Root", "Root"),
        (". import Root as R", "R"),
        (". import base", "base.Base"),
        ("shop.base import Base", "Base"),
    ):
        assert [one.expected for one in pressures(text.format(taken, base))] == [""], taken
    assert pressures(text.format("elsewhere import Base", "Base")) == []
    assert pressures("class Client(Client):\n    def use(self):\n        return self.lost\n\n\nClient()\n") == []


def test_what_a_change_takes_from_a_class_is_missing_in_those_below_it() -> None:
    before = {**FILES, "shop/use.py": CLASS.format(base="Base", use="self.url")}
    after = {**before, "shop/base.py": BASE.replace("self.url", "self.address")}
    files, old = ([facts(*item) for item in side.items()] for side in (after, before))
    assert [(one.place.path, one.rule) for one in broken_since(files, old)] == [("shop/use.py", "SP265")]
    assert broken_since(old, old) == broken_since(files, files) == ()


def test_facts_of_members_go_through_json() -> None:
    one = facts("shop/use.py", CLASS.format(base="Base", use="self.lost"))
    assert [(each.name, each.bases, len(each.taken)) for each in one.module.members] == [("Client", ("Base",), 1)]
    assert from_json(to_json(one)) == one
