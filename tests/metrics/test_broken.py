from __future__ import annotations

from collections.abc import Mapping

import pytest

from spotter.metrics.broken import reference_pressures
from spotter.metrics.facts import FileFacts, facts_of, from_json, to_json
from spotter.metrics.pressure import Pressure
from spotter.metrics.since import broken_since
from spotter.source import Source
from spotter.syntax import parse

CLIENT = """\
import os
from dataclasses import dataclass

from .wire import pack, unpack as opened

LIMIT = 3


def send(message, timeout=None, *, retries=1):
    global sent
    sent = os.getpid()


async def fetch(url, /, *more, **options): ...


@cached
def wrapped(a): ...


class Client:
    def __init__(self, url, port=80):
        self.url = url


class Other(Client): ...


class Raised(ValueError):
    def __init__(self, code): ...


class Far(os.PathLike):
    def __init__(self, code): ...


class Fixed(Client):
    def __new__(cls): ...


class Loose(Fixed):
    def __init__(self, code): ...


class Meta(metaclass=Other): ...


class Made(Meta):
    def __init__(self, code): ...


@dataclass
class Event:
    stream: int


@dataclass
class Data(Event):
    data: bytes
"""
PACKAGE = {
    "shop/__init__.py": "from .client import send as post\nfrom . import wire\n",
    "shop/client.py": CLIENT,
    "shop/wire.py": "def pack(data): ...\ndef unpack(data): ...\n",
    "shop/more.py": "EXTRA = 1\n",
    "shop/all.py": "from .more import *\n",
    "shop/deep/__init__.py": "",
    "shop/deep/level.py": "def dive(depth): ...\n",
}


def facts(path: str, text: str) -> FileFacts:
    return facts_of(parse(Source(path, text, "python")))


def pressures(text: str, path: str = "shop/use.py", more: Mapping[str, str] | None = None) -> list[Pressure]:
    files = {**PACKAGE, path: text, **(more or {})}
    found = reference_pressures([facts(name, said) for name, said in files.items()])
    return [pressure for pressure in found if pressure.place.path == path]


def found(text: str, path: str = "shop/use.py", more: Mapping[str, str] | None = None) -> list[str]:
    """What stands at the places of the pressures of a file."""
    lines, places = text.split("\n"), [pressure.place for pressure in pressures(text, path, more)]
    return [lines[place.line - 1][place.column - 1 : place.end_column - 1] for place in places]


def test_what_a_module_does_not_have_is_a_broken_reference_to_it() -> None:
    (one,) = pressures("from .client import LIMIT, spent\n")
    assert one.message == "`spent` is not in `shop/client.py`, from which it is imported"
    (one,) = pressures("from . import client\n\n\ndef f():\n    return client.LIMITS\n")
    assert one.message == "`LIMITS` is not in `shop/client.py`, from which it is taken"
    assert (one.place.line, one.place.column, one.place.end_column, one.place.function) == (5, 19, 25, "f")
    assert (one.rule, one.cause, one.expected, one.deviant) == ("SP264", "reference:.client:LIMITS", "LIMIT", True)


def test_what_a_call_passes_wrongly_is_one_too_and_names_where_that_is_declared() -> None:
    (one,) = pressures("from shop.client import send\n\n\ndef f(m):\n    send(m, timeouts=1)\n")
    assert one.message == "`timeouts` is no parameter of `send`, as `shop/client.py` has it"
    assert (one.expected, [(s.place.path, s.place.line) for s in one.sites]) == ("timeout", [("shop/client.py", 9)])
    (one,) = pressures("from shop.client import Client\n\nClient()\n")
    assert one.message == "`)` ends a call of `Client` without `url`, as `shop/client.py` has it"
    assert [(s.place.path, s.place.line) for s in one.sites] == [("shop/client.py", 22)]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("from .client import Missing\n", ["Missing"]),
        ("from shop.client import missing\n", ["missing"]),
        ("from .client import (\n    send,\n    missing as m,\n)\n", ["missing"]),
        ("def f():\n    from .client import missing\n", ["missing"]),
        ("from . import client\nclient.missing\n", ["missing"]),
        ("from . import client as c\nc.missing(1)\n", ["missing"]),
        ("import shop.client as c\nc.missing\n", ["missing"]),
        ("from shop import client\nprint('ä', client.missing)\n", ["missing"]),
        ("from .client import send\nsend(1, 2, 3)\n", ["3"]),
        ("from .client import send\nsend(1, retry=3)\n", ["retry"]),
        ("from .client import send\nsend()\n", [")"]),
        ("from . import client\nclient.send(1, retry=3)\n", ["retry"]),
        ("from . import post\npost(1, retry=3)\n", ["retry"]),
        ("from shop import post as p\np(1, retry=3)\n", ["retry"]),
        ("from .client import opened\nopened(1, 2)\n", ["2"]),
        ("from .client import Other\nOther()\n", [")"]),
        ("from .client import Event\nEvent(data=2)\n", ["data"]),
        ("from .client import Raised\nraise Raised(codes=1)\n", ["codes"]),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .client import Missing\n", ["Missing"]),
        ("from .client import fetch\nfetch()\n", [")"]),
        ("from . import wire\nwire.pack(1, 2)\n", ["2"]),
        ("from . import Missing\nclass A(Missing): ...\n", ["Missing"]),  # no module is a class
        ("from . import Missing\ntry:\n    f()\nexcept Missing:\n    pass\n", ["Missing"]),
        ("from . import missing\nmissing(1)\n", ["missing"]),  # nor can one be called
        ("import shop\nshop.missing()\n", ["missing"]),
        ("def f():\n    from .client import send\n    send()\n", [")"]),
        ("from .client import send\ntry:\n    send()\nexcept ValueError:\n    pass\n", [")"]),
        ("try:\n    from .client import missing\nexcept KeyError:\n    pass\n", ["missing"]),
        ("from .client import send, missing  # noqa: F401\n", ["missing"]),
    ],
)  # fmt: skip
def test_references_that_are_broken(text: str, where: list[str]) -> None:
    assert found(text) == where


@pytest.mark.parametrize(
    "text",
    [
        "from .client import send, fetch, wrapped, Client, LIMIT, opened, pack, sent, os, __name__\n",
        "from .client import *\nmissing()\n",
        "from .all import EXTRA\n",
        "from . import client\nclient.send(1)\nclient.__name__\n",
        "from . import client, wire, deep, built, _built, Built\n",  # a module may be built or compiled later
        "from shop.deep import level, levels\n",
        "import shop\nshop.deep\nshop.built\n",
        "import shop.client\nshop.client.missing\n",  # a path of modules is not followed
        "from elsewhere.client import missing\n",
        "from .nowhere import missing\n",
        "from ..client import missing\n",
        "from ....client import missing\n",
        "from .client import send\nsend(1, 2, retries=3)\nsend(*a)\nsend(**a)\nsend(1, *a, **b)\n",
        "from .client import fetch\nfetch(1, 2, 3, any=1)\n",
        "from .client import wrapped\nwrapped()\n",  # what a decorator makes of it
        "from .client import Other, Far\nOther(1)\nOther(url=1, port=2)\nFar()\n",
        "from .client import Data, Fixed, Loose, Made\nData(stream=1, data=2)\nFixed()\nLoose()\nMade()\n",
        "from .client import send\nsend = other(send)\nsend()\n",
        "from .client import send\ndef f(send):\n    send()\n",
        "def f():\n    from .client import send\ndef g(send):\n    send()\n",
        "def f():\n    from .client import missing as open  # type: ignore\ndef g():\n    open()\n",
        "def f():\n    from . import wire as open\ndef g():\n    return open.code\n",
        "try:\n    from .client import missing\nexcept ImportError:\n    missing = None\n",
        "try:\n    from .client import missing\nexcept Exception:\n    missing = None\n",
        "with suppress(ImportError):\n    from .client import missing\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .client import send\n    send()\n",
        "from . import client\ntry:\n    client.missing\nexcept AttributeError:\n    pass\n",
        "from .client import send\ntry:\n    send()\nexcept TypeError:\n    pass\n",
        "from .client import send\ndef test():\n    with raises(TypeError):\n        send()\n",
        "from .client import missing  # type: ignore[attr-defined]\n",
        "from .client import (  # pylint: disable=no-name-in-module\n    missing,\n)\n",
        "from . import client\nclient.late = 1\nclient.late\n",
        "from . import client\nfrom .client import __version__\nclient.__all__\n",
        "from . import client\nsetattr(client, name, 1)\nclient.late\nclient.send()\n",
        "from . import client\nclient.send = print\nclient.send()\n",
        "from . import client\nclient.__dict__.update(late=1)\nclient.late\n",
        "from . import client\nvars(client)['late'] = 1\nclient.late\n",
        "from . import client\ndef f(a: client.Missing) -> client.Missing:\n    b: client.Missing\n",
        "def f(:\nfrom .client import missing\n",
    ],
)  # fmt: skip
def test_references_that_hold_or_may(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "client",
    [
        "globals()['missing'] = 1\n",
        "def __getattr__(name): ...\n",
        "__getattr__, __all__ = attach()\n",
        "import sys\nsys.modules[__name__] = Lazy()\n",
        "from numpy import *\n",
        "def f(:\n",
        "def f():\n    global missing\n    missing = 1\n",
        "for missing in (): ...\n",
        "try:\n    import missing\nexcept ImportError:\n    pass\n",
        "import missing.below\n",
        "if x:\n    def missing(a): ...\nelse:\n    def missing(): ...\n",
        "with a as missing: ...\n",
        "(missing := 1)\n",
        "class missing: ...\n",
        "from .client import *\n",
        "match a:\n    case [missing, *_]: ...\n",
        "from public import public\n\npublic(missing=other)\n",
        "@declare('missing')\ndef other(): ...\n",
    ],
)
def test_a_module_may_have_a_name_that_does_not_stand_in_it_as_a_function(client: str) -> None:
    assert found("from .client import missing\nmissing()\n", more={"shop/client.py": client}) == []
    assert found("from .client import other\nmissing()\n", more={"shop/client.py": "missing = 1\n"}) == ["other"]


def test_where_a_package_has_another_thing_under_a_modules_name_nothing_is_said_of_that() -> None:
    text = "from shop import client\nclient.missing\n"
    assert found(text) == ["missing"]
    assert found(text, more={"shop/__init__.py": "from . import client\n"}) == ["missing"]
    assert found(text, more={"shop/__init__.py": "from .client import Client as client\n"}) == []
    assert found(text, more={"shop/__init__.py": "client = make()\n"}) == []
    assert found(text, more={"shop/__init__.py": "from elsewhere import *\n"}) == []
    assert found(text, more={"shop/__init__.py": "def __getattr__(name): ...\n"}) == []


def test_modules_are_found_from_where_their_package_lies() -> None:
    broken = "from shop.client import missing\n"
    assert found(broken, "tools/run.py") == ["missing"]  # at the root
    assert found(broken, "run.py") == ["missing"]
    moved = {f"src/{path}": text for path, text in PACKAGE.items()}

    def among(files: dict[str, str], path: str, text: str = broken) -> int:
        return len(reference_pressures([facts(*item) for item in {**files, path: text}.items()]))

    assert among(moved, "tools/run.py") == 1
    assert among(moved, "src/shop/use.py") == 1
    assert among({f"parts/a/{path}": text for path, text in PACKAGE.items()}, "parts/a/shop/use.py") == 1
    assert among({f"parts/a/{path}": text for path, text in PACKAGE.items()}, "parts/b/use.py") == 0
    assert among({**moved, **PACKAGE}, "tools/run.py") == 0  # which of the two is not known
    assert among({"tools/helper.py": "x = 1\n"}, "tools/run.py", "from helper import y\n") == 1  # beside a script
    inside = {"tools/helper.py": "x = 1\n", "tools/__init__.py": ""}
    assert among(inside, "tools/run.py", "from helper import y\n") == 0  # beside a module
    assert among({"build.py": "x = 1\n"}, "shop/use.py", "from build import y\n") == 0  # another package is called so
    kept = {"shop/parts/redis/client.py": "x = 1\n", "shop/__init__.py": ""}
    assert among(kept, "shop/parts/redis/use.py", "from redis.client import y\n") == 0  # in a package
    named = {"shop/logging/__init__.py": ""}
    assert among(named, "shop/logging/use.py", "import logging\nlogging.getLogger()\n") == 0
    assert among({"shop/redis/__init__.py": ""}, "shop/redis/use.py", "import redis\nredis.Redis()\n") == 0
    assert among({"json.py": "x = 1\n"}, "use.py", "from json import y\n") == 0


def test_tests_and_generated_files_break_nothing_and_nobody_knows_what_tests_have() -> None:
    broken = "from .client import missing\n"
    assert found(broken, "shop/tests/test_use.py") == []
    assert found("# generated by a tool, do not edit\n" + broken) == []
    helper = {"tests/__init__.py": "", "tests/helper.py": "x = 1\n"}
    assert found("from tests.helper import missing, x\n", "use.py", helper) == []


def test_what_another_file_sets_on_a_module_is_there() -> None:
    text = "from . import client\nclient.late\nclient.send()\n"
    assert found(text) == ["late", ")"]
    assert found(text, more={"shop/patch.py": "from . import client\n\nclient.late = 1\n"}) == [")"]
    assert found(text, more={"shop/patch.py": "import shop.client as c\n\nc.send = c.late = print\n"}) == []
    loop = "from . import client\n\n\ndef f(client):\n    for name in late:\n        setattr(client, name, 1)\n"
    assert found(text, more={"shop/patch.py": loop}) == []


def test_facts_of_references_go_through_json() -> None:
    text = (
        "from . import client\nfrom .all import *\n\nclient.send(1, *a, b=2, **c)\nclient.x = 1\ndef f(a, *, b): ...\n"
    )
    one = facts("shop/use.py", text)
    assert one.module.offer is not None
    assert (one.module.sets, [each.form for each in one.module.references]) == (
        ((".", "client"), (".client", "x")),
        ["import"],
    )
    assert from_json(to_json(one)) == one
    assert facts("shop/use.pyi", text).module.offer is None


def since(before: Mapping[str, str], after: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """What a change breaks, by path, and what it would mean."""
    files = [[facts(*item) for item in {"shop/__init__.py": "", **side}.items()] for side in (after, before)]
    return [(one.place.path, one.message, one.expected) for one in broken_since(*files)]


USE = "from . import deep\nfrom .client import send\n\n\ndef f(m):\n    send(m, timeout=1)\n    return deep\n"
OLD = {"shop/client.py": "def send(m, timeout): ...\n", "shop/deep.py": "", "shop/use.py": USE}


def test_what_a_change_takes_away_is_broken_wherever_it_is_used() -> None:
    new = OLD | {"shop/client.py": "def post(m, timeout): ...\n"}
    assert since(OLD, new) == [("shop/use.py", "`send` is not in `shop/client.py`, from which it is imported", "post")]
    new = OLD | {"shop/client.py": "def send(m, wait): ...\n"}
    said = "`timeout` is no parameter of `send`, as `shop/client.py` has it"
    assert since(OLD, new) == [("shop/use.py", said, "wait")]
    new = OLD | {"shop/client.py": "def send(m, wait, now): ...\n"}
    assert since(OLD, new) == [("shop/use.py", said, "")]


def test_a_module_that_is_gone_is_said_once_a_file_and_so_is_a_package_that_has_none_any_more() -> None:
    new = {path: text for path, text in OLD.items() if path != "shop/client.py"}
    (gone,) = since(OLD, new)
    assert gone == ("shop/use.py", "`shop/client.py` is gone, from which `send` is imported", "")
    new = {path: text for path, text in OLD.items() if path != "shop/deep.py"}
    assert since(OLD, new) == [("shop/use.py", "`deep` is not in `shop/__init__.py`, from which it is imported", "")]
    moved = new | {"shop/deep/__init__.py": ""}
    assert since(OLD, moved) == []


def test_what_was_broken_before_is_not_of_the_change() -> None:
    broken = OLD | {"shop/client.py": "LIMIT = 1\n"}
    assert [path for path, _, _ in since(OLD, broken)] == ["shop/use.py"]
    assert since(broken, broken | {"shop/client.py": "LIMIT = 2\n", "shop/use.py": "\n" + USE}) == []
    assert since(broken, OLD) == []


def test_a_name_that_is_missing_at_several_places_is_one_finding() -> None:
    (one,) = pressures("from . import client\nclient.lost(1)\nclient.lost(2)\n")
    assert [(site.place.line, site.message) for site in one.sites] == [(3, "and here")]
    assert len(pressures("from .client import send\nsend()\nsend()\n")) == 2
