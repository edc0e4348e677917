"""Repositories that run as they are: neither a reference is broken in them nor an attribute missing."""

from __future__ import annotations

import pytest

from spotter.metrics.attributes import attribute_pressures
from spotter.metrics.broken import reference_pressures
from spotter.metrics.facts import FileFacts, facts_of
from spotter.metrics.pressure import Pressure
from spotter.metrics.since import broken_since
from spotter.source import Source
from spotter.syntax import parse

Files = dict[str, str]
NET = "from utils import load\n\n\nclass Net:\n    def go(self):\n        return load(1)\n"
DATA = "from dataclasses import dataclass\n\n\n"
CONFIG = "debug = 1\n"
INIT = {"app/__init__.py": ""}
USE = "class A:\n    def use(self):\n        return self.lost\n\n\nA()\n"


def facts(files: Files) -> list[FileFacts]:
    return [facts_of(parse(Source(path, text, "python"))) for path, text in files.items()]


def said(files: Files) -> list[Pressure]:
    return [*reference_pressures(facts(files)), *attribute_pressures(facts(files))]


def test_what_these_repositories_vary_is_said() -> None:
    assert [one.rule for one in said({"app/use.py": USE, **INIT})] == ["SP265"]
    late = {**INIT, "app/config.py": CONFIG, "app/use.py": "from . import config\n\nprint(config.late)\n"}
    assert [one.message for one in said(late)] == ["`late` is not in `app/config.py`, from which it is taken"]


@pytest.mark.parametrize(
    "files",
    [
        # the root of the program is above a folder that has a module of the same name
        {"utils.py": "def load(p): ...\n", "models/utils.py": "x = 1\n", "models/net.py": NET},
        {"utils/io.py": "", "models/utils.py": "x = 1\n", "models/net.py": "from utils import load\n"},
        {
            "common/__init__.py": "", "common/db.py": "x = 1\n", "api/common/db.py": "class Engine: ...\n",
            "api/app/views.py": "from common.db import Engine\n\nEngine()\n",
        },
        # a module beside others is named as a library
        {"prov/yaml.py": "from yaml import safe_load\n", "prov/azure.py": "from yaml import safe_dump\n"},
        {"llm/openai.py": "x = 1\n", "llm/azure.py": "from openai import Client\n", "m.py": "from llm import azure\n"},
        {"yaml/loader.py": "x = 1\n", "yaml/run.py": "from yaml.loader import SafeLoader\n"},
        {"__init__.py": "", "nodes.py": "x = 1\n", "mine.py": "from nodes import Y\n"},
        {"redis/__init__.py": "", "redis/use.py": "from redis import Redis\n\nRedis()\n"},
        {**INIT, "app/use.py": "from . import _native\n\ntry:\n    f()\nexcept _native.Error:\n    pass\n"},
        {**INIT, "app/use.py": "from . import _native\n\nisinstance(x, (_native.Node, _native.Leaf))\n"},
        {**INIT, "app/a.py": "x = 1\n", "app/use.py": "if sys.version_info < (3,):\n    from .a import y\n"},
        {"__main__.py": "x = 1\n", "use.py": "from __main__ import app\n"},
        # something else fills a package
        {**INIT, "app/use.py": "from app import Gen, Ui_Main\n"},
        {"app/__init__.py": "__path__.append('plugins')\n", "app/use.py": "from app import Gen\n\nGen()\n"},
        {**INIT, "app/t.py": "x = 1\n", "app/t.pyi": "class P: ...\n", "app/use.py": "from .t import P\n"},
        {"app/__init__.py": "from .config import *\n", "app/config.py": "config = make()\n",
         "app/use.py": "from app import config\n\nprint(config.late)\n"},
    ],
)  # fmt: skip
def test_modules_of_other_roots_libraries_and_loaders(files: Files) -> None:
    assert said(files) == []


@pytest.mark.parametrize(
    "text",
    [
        "if hasattr(config, 'late'):\n    print(config.late)\n",
        "print(getattr(config, 'late', 1) and config.late)\n",
        "if 'late' in dir(config):\n    print(config.late)\n",
        "parser.parse_args(namespace=config)\nprint(config.late)\n",
        "fill(config, {})\nprint(config.late)\n",
        "import app.config\napp.config.late = 3\nprint(config.late)\n",
        "setattr(app.config, k, v)\nimport app.config\nprint(config.late)\n",
        "def f(self):\n    self.config = config\n    self.config.late = 1\n\n\nprint(config.late)\n",
        "import sys\nsys.modules['app.config'].late = 1\nprint(config.late)\n",
        "import importlib\nc = importlib.import_module('app.config')\nc.late = 1\nprint(config.late)\n",
        "from .other import *\nprint(config.late)\n",
    ],
)
def test_modules_that_are_asked_first_or_given_something(text: str) -> None:
    files = {**INIT, "app/config.py": CONFIG, "app/other.py": "", "app/use.py": f"from . import config\n{text}"}
    assert said(files) == []


def test_a_file_that_does_not_parse_may_give_anything_it_names() -> None:
    late = {**INIT, "app/config.py": CONFIG, "app/use.py": f"from . import config\n\nprint(config.late)\n{USE}"}
    assert len(said(late)) == 2
    assert said(late | {"app/new.py": "type X[T = (\nconfig.late = 1\nt.lost = 1\n"}) == []


@pytest.mark.parametrize(
    "text",
    [
        "exec (src)\n",
        "globals ()[k] = 1\n",
        "names = locals()\nnames[k] = 1\n",
        "var('go late')\n",
        "var('late, go')\n",
    ],
)
def test_modules_that_give_themselves_names(text: str) -> None:
    assert said({**INIT, "app/a.py": text, "app/use.py": "from .a import go\n\ngo()\n"}) == []


@pytest.mark.parametrize(
    "text",
    [
        "class B:\n    def __init_subclass__(cls): ...\n\n\nclass A(B):\n    def __init__(self): ...\n",
        f"{DATA}@dataclass\nclass A:\n    x: int\n\n    @property\n    def x(self): ...\n",
        f"{DATA}@dataclass\nclass A:\n    x: int\n    x = 5\n",
        f"{DATA}@pd.dataclass\nclass A:\n    x: int\n",
    ],
)
def test_classes_that_are_made_otherwise(text: str) -> None:
    use = "from .a import A\n\nA()\nA(3)\n" if "__init__" in text else "from .a import A\n\nA()\n"
    assert said({**INIT, "app/a.py": text, "app/use.py": use}) == []


def test_a_class_that_another_file_changes_may_be_made_otherwise() -> None:
    files = {
        **INIT,
        "app/a.py": "class A:\n    def __init__(self, x): ...\n",
        "app/use.py": "from .a import A\n\nA()\n",
    }
    assert len(said(files)) == 1
    assert said(files | {"app/patch.py": "from .a import A\n\nA.__init__ = init\n"}) == []


def test_a_named_tuple_is_made_of_its_fields() -> None:
    text = "from typing import NamedTuple\n\n\nclass A(NamedTuple):\n    x: int\n"
    files = {**INIT, "app/a.py": text, "app/use.py": "from .a import A\n\nA(1)._replace(x=2)\nA(1, 2)\n"}
    assert [one.place.line for one in said(files)] == [4]


@pytest.mark.parametrize(
    "files",
    [
        {"app/c.py": "from .use import A\n\n\nclass B:\n    lost = 1\n\n\nclass C(B, A): ...\n"},
        {"app/c.py": "from .use import A\n\n\nclass C(A):\n    def __getattr__(self, name): ...\n"},
        {"app/c.py": "from .use import A\n\nC = type('C', (A,), {'lost': 1})\n"},
        {"app/c.py": "from .use import A\n\n\nclass D:\n    class C(A):\n        lost = 1\n"},
        {"app/c.py": "from elsewhere import A\n\n\nclass C(A):\n    lost = 1\n"},
        {"app/c.py": "from .use import A\n\nfor k in names:\n    setattr(A, k, 1)\n"},
        {"app/c.py": "from .use import A\n\ndelegate(A, 'inner')\n"},
        {"app/c.py": "@patch\ndef lost(self: A): ...\n"},
        {"app/c.py": "from .use import A\n\nA.__getattr__ = other\n"},
        {"app/c.py": "from .use import A\n\n\ndef f(a):\n    for k in names:\n        setattr(a, k, 1)\n\n\nf(A())\n"},
        {"app/c.py": "from .use import A\n\na = A()\na.__dict__.update(lost=1)\n"},
        {"app/c.py": "from .use import A\n\na = A()\na.__dict__ = d\n"},
        {"app/c.py": "from .use import A\n\na = A()\nvars(a).update(d)\n"},
        {"app/c.py": "from .use import A\n\na = A()\nfor k in d:\n    a.__dict__[k] = d[k]\n"},
        {"app/c.py": "from .use import A\n\nparser.parse_args([], namespace=A())\n"},
        {
            "app/fill.py": "def fill(it, d):\n    for k in d:\n        setattr(it, k, d[k])\n",
            "app/c.py": "from .use import A\nfrom .fill import fill\n\nfill(A(), {})\n",
        },
    ],
)
def test_classes_that_others_complete(files: Files) -> None:
    assert said({**INIT, "app/use.py": USE, **files}) == []


@pytest.mark.parametrize(
    "body",
    [
        "def use(self):\n        parse_args(namespace=self)\n        return self.lost\n",
        "def use(self, **kw):\n        fill(self, **kw)\n        return self.lost\n",
        "def use(self):\n        Machine(model=self)\n        return self.lost\n",
        "def use(self):\n        store_attr()\n        return self.lost\n",
        "def use(self):\n        if sys.version_info < (3,):\n            return self.lost\n",
        "def use(self):\n        super().__setattr__('lost', 1)\n        return self.lost\n",
        "def use(self):\n        return self.__dataclass_fields__, self.__orig_class__, self._abc_impl, self._A__x\n",
        "def use(self):\n        return hasattr(type(self), 'lost') and self.lost\n",
        "def use(self):\n        return 'lost' in dir(self) and self.lost\n",
        "def use(self):\n        self = self.parent\n        return self.lost\n\n    parent = 1\n",
        "def use(self, items):\n        return [self.lost for self in items]\n",
        "@handed(app)\n    def use(self):\n        return self.lost\n",
    ],
)
def test_objects_that_have_more_than_stands_there(body: str) -> None:
    assert said({**INIT, "app/use.py": f"class A:\n    {body}\n\nA()\n"}) == []


def test_a_metaclass_has_what_types_have() -> None:
    text = "class M(type):\n    def f(self):\n        return self.__mro__, self.lost\n\n\nM()\n"
    assert said({**INIT, "app/use.py": text}) == []


def test_a_class_that_is_above_itself_and_one_below_many_end() -> None:
    assert (
        said(
            {
                **INIT,
                "app/a.py": f"from .b import X\n{USE}".replace("class A:", "class A(X):"),
                "app/b.py": "from .a import X\n",
            }
        )
        == []
    )
    layers = "".join(
        f"class L{i}(L{i - 1}, R{i - 1}): ...\nclass R{i}(L{i - 1}, R{i - 1}): ...\n" for i in range(1, 40)
    )
    text = f"class L0: ...\nclass R0: ...\n{layers}{USE}".replace("class A:", "class A(L39, R39):")
    assert len(said({**INIT, "app/a.py": text})) == 1


CLIENT = {**INIT, "app/client.py": "def send(m): ...\n", "app/use.py": "from app.client import send\n\nsend(1)\n"}


@pytest.mark.parametrize(
    "after",
    [
        {"app/client/part.py": "", "app/use.py": "from app import client\n"},
        {"backend/app/client.py": "def send(m): ...\n", "app/use.py": "from app.client import send\n"},
        {"app/client.pyi": "def send(m): ...\n", "app/use.py": "from app.client import send\n"},
        {"run.py": "from app.client import send\n"},
    ],
)  # fmt: skip
def test_what_moved_to_where_it_may_be_found_is_not_gone(after: Files) -> None:
    assert broken_since(facts({**INIT, **after} if "run.py" not in after else after), facts(CLIENT)) == ()


def test_what_is_gone_is_said_once_and_only_a_name_like_it_is_meant() -> None:
    gone = {**INIT, "app/use.py": "from . import client\n\nclient.send(1)\n"}
    (one,) = broken_since(facts(gone), facts(CLIENT))
    assert one.message == "`client` is not in `app/__init__.py`, from which it is imported"
    other = CLIENT | {"app/client.py": "import json\n\nLIMIT = getLogger('sender')\n"}
    (one,) = broken_since(facts(other), facts(CLIENT))
    assert one.expected == ""


def test_code_that_is_nested_too_deep_takes_nothing_with_it() -> None:
    chain = "x = q" + ".f(1)" * 1500 + ".update()\n"
    wide = "from dataclasses import dataclass\n\n\n@dataclass\nclass D:\n    x: int" + " | int" * 1500 + "\n"
    assert said({**INIT, "app/a.py": chain, "app/b.py": wide, "app/use.py": USE}) != []
