from __future__ import annotations

import ast

import pytest

from spotter.signatures import Signature, passed_by, signatures

HEAD = "from dataclasses import dataclass, field\nfrom typing import ClassVar, NamedTuple\n"


def known(text: str, *, steady: bool = True) -> dict[str, Signature]:
    return {one.name: one for one, _ in signatures(ast.parse(HEAD + text), steady=steady)}


def why(text: str, call: str) -> str | None:
    """What is wrong with a call of what a text declares."""
    node = ast.parse(call, mode="eval").body
    assert isinstance(node, ast.Call)
    assert isinstance(node.func, ast.Name)
    misfit = known(text)[node.func.id].misfit(passed_by(node))
    return misfit and misfit.why


ONE = "class One:\n    x: int\n"
POINT = """\
@dataclass(frozen=True, slots=True)
class Point:
    count: ClassVar[int] = 0
    x: float
    y: "float" = field(repr=False)
    tags: list[str] = field(default_factory=list)
    z: float = make(0)

    @property
    def size(self): ...
"""


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("Point(1, 2)", None),
        ("Point(x=1, y=2, tags=[], z=3)", None),
        ("Point(1, 2, [], 3)", None),
        ("Point(1)", "ends a call of `Point` without `y`"),
        ("Point(1, 2, count=3)", "is no parameter of `Point`"),
        ("Point(1, 2, [], 3, 4)", "is an argument more than `Point` takes"),
    ],
)
def test_the_fields_of_a_dataclass_are_what_makes_it(call: str, said: str | None) -> None:
    assert why(POINT, call) == said
    pair = "class Point(NamedTuple):\n    x: int\n    y: int\n    tags: list = []\n    z: int = 3\n"
    assert why(pair, call) == said


@pytest.mark.parametrize(
    "text",
    [
        "@dataclass\nclass A:\n    __x: int\n",
        "@dataclass(init=False)\nclass A:\n    x: int\n",
        "@dataclass(**options)\nclass A:\n    x: int\n",
        "@dataclass\n@other\nclass A:\n    x: int\n",
        "@other.dataclass\nclass A(Base):\n    x: int\n",
        "@dataclass\nclass A(Base):\n    x: int\n",
        "@dataclass\nclass A:\n    x: int\n    _: KW_ONLY\n    y: int\n",
        "@dataclass\nclass A:\n    x: int = field(init=False)\n",
        "@dataclass\nclass A:\n    x: int = field(kw_only=True)\n",
        "@dataclass\nclass A:\n    x: int = field(**options)\n",
        "@dataclass\nclass A:\n    if odd:\n        x: int\n",
        "@dataclass\nclass A:\n    x: int\n    def __new__(cls): ...\n",
        "@mark\nclass A:\n    x: int\n",
        "class A(Base):\n    x: int\n",
        "class A(NamedTuple, Base):\n    x: int\n",
        "class A:\n    x: int\n",
        "class A:\n    def __init__(self): ...\n    def __init__(self, x): ...\n",
        "class A:\n    __init__ = make()\n",
        "class A:\n    @wrapped\n    def __init__(self): ...\n",
        "class A(metaclass=M):\n    def __init__(self): ...\n",
    ],
)
def test_a_class_that_may_be_made_otherwise_has_no_signature(text: str) -> None:
    assert known(text) == {}


BELOW = """\
from dataclasses import dataclass, field
from pydantic import BaseModel


@dataclass
class Point:
    x: int
    y: int
    name: str = ""


@dataclass
class Place(Point):
    name: str
    kind: str = "town"


@dataclass(kw_only=True)
class Named(Point):
    other: str


class User(BaseModel):
    email: str
    age: int = 0


class Created(User):
    password: str
    email: str = "nobody"


class Kept(Created):
    key: int
"""


def test_fields_stand_behind_those_of_the_class_above() -> None:
    found = {one.name: one for one, _ in signatures(ast.parse(BELOW), steady=True)}
    assert found["Place"].placed == found["Place"].named == ("x", "y", "name", "kind")
    assert found["Place"].needed == ("x", "y", "name")
    assert (found["Named"].placed, found["Named"].named) == (("x", "y", "name"), ("x", "y", "name", "other"))
    assert (found["Kept"].placed, found["Kept"].named) == ((), ("email", "age", "password", "key"))
    assert found["Kept"].needed == ("password", "key")


@pytest.mark.parametrize("line", ["class Kept(Created, Other):", "@other\nclass Kept(Created):", "class Kept(Mine):"])
def test_of_other_classes_above_nothing_is_known(line: str) -> None:
    text = BELOW.replace("class Kept(Created):", line)
    assert "Kept" not in {one.name for one, _ in signatures(ast.parse(text), steady=True)}


def test_a_decorator_of_the_same_name_from_elsewhere_says_nothing_of_fields() -> None:
    text = "from pydantic.dataclasses import dataclass\n\n@dataclass\nclass A:\n    x: int\n"
    assert [one.name for one, _ in signatures(ast.parse(text), steady=True)] == []


def test_a_maker_is_found_by_its_line_and_classes_only_where_they_stay_as_they_are() -> None:
    text = "def f(): ...\nclass A:\n    def __init__(self, x): ...\n"
    assert [(one.name, line) for one, line in signatures(ast.parse(text), steady=True)] == [("f", 1), ("A", 3)]
    assert [one.name for one, _ in signatures(ast.parse(text), steady=False)] == ["f"]


def test_fields_may_be_passed_by_name_alone_and_none_twice() -> None:
    assert why(f"@dataclass(kw_only=True)\n{ONE}", "One(1)") == "is an argument more than `One` takes"
    assert why(f"import dataclasses\n@dataclasses.dataclass\n{ONE}", "One()") == "ends a call of `One` without `x`"
    assert why("def go(near, far=1): ...\n", "go(1, near=2)") == "is passed to `go` twice"
    assert why("def go(near, /, **more): ...\n", "go(1, near=2)") is None
