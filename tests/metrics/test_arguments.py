from __future__ import annotations

from collections.abc import Callable

import pytest

from spotter.metrics.arguments import alike, argument_pressures, fit
from spotter.metrics.facts import FileFacts, from_json, to_json

Read = Callable[..., FileFacts]

HANDS_ON = "class A:\n    def log(self, text, level):\n        self.logger.log(level, text)\n"
EVENTS = "".join(f"class A{n}:\n    def f(self, v{n}):\n        fire({n}, self, v{n})\n\n" for n in range(4)) + (
    "class B:\n    def f(self, loop):\n        fire(4, loop, self)\n"
)
RESIZE = "def resize(image, width, height): ...\n\n"
TYPES = ("str", "Path", "int", "Url")
ASKED = "".join(f"def f{n}(v{n}):\n    return isinstance(v{n}, {name})\n\n" for n, name in enumerate(TYPES))
TWICE = "def resize(image, height, width): ...\n\n"
METHOD = "class A:\n    def f(self, a, b): ...\n\n    def g(self, a, b):\n        A.f(self, a, b)\n"
OPERATOR = "class A:\n    def op(self, other): ...\n\n    def rop(self, other):\n        op(other, self)\n"
FLIP = (
    "class Span:\n    def __init__(self, low, high): ...\n\n    def flip(self):\n"
    "        return Span(self.high, self.low)\n"
)


def test_a_declaration_says_which_name_comes_first(read: Read) -> None:
    (found,) = argument_pressures([read(f"{RESIZE}def half(height, width):\n    resize(logo, height, self.width)\n")])
    assert (found.rule, found.deviant, found.place.line, found.place.column) == ("SP262", True, 4, 18)
    assert (found.place.end_column, found.place.function) == (36, "half")
    assert found.message == (
        "`height` and `width` seem to stand the wrong way round in a call of `resize`: "
        "it calls its parameters `width` and `height`"
    )
    assert [(site.place.line, site.message) for site in found.sites] == [(1, "declared here")]
    assert found.p_error == pytest.approx(6 / 8)


def test_a_constructor_is_called_by_its_class(read: Read) -> None:
    text = "class Box:\n    def __init__(self, width, height): ...\n\nBox(height, width)\n"
    assert len(argument_pressures([read(text)])) == 1


def test_an_attribute_may_be_the_function_that_is_declared(read: Read) -> None:
    text = f"{RESIZE}class A:\n    def f(self, height, width):\n        return self.resize(logo, height, width)\n"
    assert [found.place.line for found in argument_pressures([read(text)])] == [5]


@pytest.mark.parametrize(("taken", "count"), [("from pkg.images import resize", 1), ("from pkg.cv import resize", 0)])
def test_another_function_of_a_name_that_is_taken_from_elsewhere_is_not_meant(
    read: Read, taken: str, count: int
) -> None:
    files = [read(RESIZE, path="pkg/images.py"), read(f"{taken}\nresize(logo, height, width)\n", path="pkg/use.py")]
    assert len(argument_pressures(files)) == count


def test_one_of_two_names_at_the_other_place_is_no_second_order(read: Read) -> None:
    text = f"{RESIZE}resize(logo, width, depth)\nresize(logo, height, width)\n"
    assert [found.place.line for found in argument_pressures([read(text)])] == [4]


def test_other_calls_say_where_a_type_stands(read: Read) -> None:
    (found,) = argument_pressures([read(f"{ASKED}def g(x):\n    return isinstance(Dog, x)\n")])
    assert found.message.endswith("4 other calls have a value before a type")


def test_the_calls_of_another_file_count(read: Read) -> None:
    one, two = read(ASKED, path="a.py"), read("def g(x):\n    return isinstance(Dog, x)\n", path="b.py")
    assert [found.place.path for found in argument_pressures([one, two])] == ["b.py"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"{RESIZE}resize(logo, width, height)\n", id="as declared"),
        pytest.param(f"{RESIZE}resize(logo, height, size)\n", id="only one of them is named"),
        pytest.param(f"{RESIZE}resize(logo, width, height)\nresize(logo, height, width)\n", id="both orders close by"),
        pytest.param(
            f"{RESIZE}resize(logo, width, depth)\nresize(logo, height, width)\nresize(logo, depth, height)\n",
            id="both with a third close by",
        ),
        pytest.param(f"{RESIZE}{TWICE}resize(a, height, width)\n", id="declared both ways"),
        pytest.param(f"{RESIZE}import cv\ncv.resize(logo, height, width)\n", id="a function from outside"),
        pytest.param(f"{RESIZE}resize(logo, *height, width)\n", id="no certain place"),
        pytest.param(METHOD, id="called on its class"),
        pytest.param(FLIP, id="an object turned round"),
        pytest.param(HANDS_ON, id="a function of another object with the same name"),
        pytest.param(EVENTS, id="an object that gives itself away before or after a value"),
        pytest.param(OPERATOR, id="turned operator"),
        pytest.param("def cut(a, b): ...\n\ncut(b, a)\n", id="names that say nothing"),
        pytest.param("def cut(left, right): ...\n\ncut(right, left)\n", id="names that are often turned round"),
        pytest.param("def span(bottom, top): ...\n\nspan(top, bottom)\n", id="an axis that is turned"),
        pytest.param("def copy(src_path, dst_path): ...\n\ncopy(dst_path, src_path)\n", id="names that share a word"),
        pytest.param("def cut(box1, box2): ...\n\ncut(box2, box1)\n", id="names that differ by a number"),
        pytest.param(f"{ASKED}isinstance(x, kind)\n", id="two values"),
        pytest.param(f"{ASKED}isinstance(Dog, type)\n", id="the type of types"),
        pytest.param(
            f"{ASKED}issubclass(a.type, KINDS)\n".replace("isinstance", "issubclass"), id="a local called type"
        ),
        pytest.param(f"{ASKED}isinstance(a.Data, vtkData)\nisinstance(b, vtkData)\n", id="a type in small letters"),
        pytest.param(
            f"{RESIZE}class A:\n    def f(self, height, width):\n        return self.f.resize(logo, height, width)\n",
            id="an attribute's method, and a function of that name",
        ),
        pytest.param("def to(a, b): ...\n\ndef back(a, b):\n    return undo(to(b, a))\n", id="an inverse"),
    ],
)
def test_what_stands_where_it_belongs(read: Read, text: str) -> None:
    assert argument_pressures([read(text)]) == ()


def test_tests_are_witnesses_and_no_suspects(read: Read) -> None:
    assert argument_pressures([read(f"{RESIZE}resize(logo, height, width)\n", path="tests/test_a.py")]) == ()


def test_passed_names_survive_the_cache(read: Read) -> None:
    facts = read("class A:\n    def f(self, url):\n        self.session.get(self.url, url, 3, key=url)\n")
    (passing,) = facts.passings
    assert (passing.callee, passing.function, passing.names) == ("self.session.get", "A.f", ("url", "url", ""))
    assert from_json(to_json(facts)) == facts


def test_names_are_alike_by_their_words() -> None:
    assert alike("_url", "url") == 1.0
    assert alike("src_path", "dst_path") == pytest.approx(0.4)
    assert fit(("width", "height"), ("height", "width")) == 2.0
    assert fit(("width", "height"), ("height", "full_width")) == pytest.approx(1.4)
    assert fit(("src", "dst"), ("src", "dst")) < 0.0
