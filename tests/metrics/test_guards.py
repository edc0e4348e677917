from __future__ import annotations

from collections.abc import Callable

import pytest

from spotter.metrics.facts import FileFacts, from_json, to_json
from spotter.metrics.guards import guard_pressures

Read = Callable[..., FileFacts]

FLIPPED = "def load(data, loader):\n    if data is not None:\n        data = {}\n    return loader.read(data)\n"


def said(read: Read, body: str, head: str = "def run(self, a, b=None, c=()):") -> list[tuple[int, str]]:
    indented = "".join(f"    {line}\n" for line in body.splitlines())
    found = guard_pressures([read(f"{head}\n{indented}")])
    return [(pressure.place.line, pressure.message.split(":")[0]) for pressure in found]


def test_a_default_that_replaces_a_value_is_found_with_its_condition(read: Read) -> None:
    (found,) = guard_pressures([read(FLIPPED)])
    assert (found.rule, found.deviant, found.place.line, found.place.function) == ("SP222", True, 3, "load")
    assert found.message == (
        "`data` is replaced where line 2 has just found it not to be None: "
        "the condition seems to be the wrong way round"
    )
    assert [(site.place.line, site.relation) for site in found.sites] == [(2, "checks")]


@pytest.mark.parametrize(
    ("body", "line"),
    [
        pytest.param("if a is None:\n    a.close()", 3, id="a branch"),
        pytest.param("assert self.a is None\nself.a.close()", 3, id="an assert"),
        pytest.param("if a is not None:\n    return 0\nreturn a + 1", 4, id="an early exit"),
        pytest.param("return a is None and a.name", 2, id="and"),
        pytest.param("return a is not None or a.name", 2, id="or"),
        pytest.param("return a.name if a is None else b", 2, id="a choice"),
        pytest.param("return [x.name for x in c if x is None]", 2, id="a filter"),
        pytest.param("if a is None:\n    self.put({k: v for k, v in a.items()})", 3, id="a comprehension's source"),
        pytest.param("return len(a) if a is None else 0", 2, id="passed alone"),
        pytest.param("if a is None:\n    return isinstance(a, str)", 3, id="asked for its type"),
        pytest.param("if a is None or b:\n    return 0\nif a is None:\n    a.b = 1", 5, id="a target below it"),
        pytest.param("if a is None and hasattr(a, 'b') and a.b:\n    pass", 2, id="once for each condition"),
        pytest.param("if a is None:\n    raise a", 3, id="raised"),
    ],
)
def test_what_is_nil_and_is_used_all_the_same(read: Read, body: str, line: int) -> None:
    ((found, message),) = said(read, body)
    assert found == line
    assert message.endswith("leaves it None")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("if a is not None:\n    a, d = make()", id="in a tuple"),
        pytest.param("if a is not None:\n    try:\n        a = load()\n    finally:\n        pass", id="in a try"),
        pytest.param("if b and a is not None:\n    a = []", id="one of two conditions"),
        pytest.param("a = [] if a is not None else a", id="the nil is kept"),
    ],
)
def test_what_was_found_not_to_be_nil_and_is_replaced(read: Read, body: str) -> None:
    ((_, message),) = said(read, body)
    assert message.endswith("has just found it not to be None")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("if not c:\n    return c[0]", "`c` is used where line 2 leaves it empty"),
        ("if c:\n    return []\nreturn decode(c)", "`c` is used where line 2 leaves it empty"),
        ("if a:\n    a = 'x' if b else 'y'", "`a` is replaced where line 2 has just found it not to be empty"),
        ("if b and isdir(a):\n    os.makedirs(a)", "`a` is made where line 2 has just found it to be there"),
        (
            "if isinstance(a, Part):\n    raise TypeError('a must be a Part')",
            "`a` is refused where line 2 has just found it to be of the type that is asked for",
        ),
        (
            "if isinstance(a, str):\n    raise TypeError(f'no path: {type(a).__name__}')",
            "`a` is refused where line 2 has just found it to be of the type that is asked for",
        ),
        ("if b is None:\n    self.b = b", "`b` is given on where line 2 leaves it None"),
        ("if b is None:\n    len(b)\nelse:\n    len(c)", "`b` is used where line 2 leaves it None"),
        ("if b is not None:\n    raise ValueError\nreturn b + 1", "`b` is used where line 2 leaves it None"),
        ("if c:\n    raise ValueError\nreturn decode(c)", "`c` is used where line 2 leaves it empty"),
    ],
)
def test_a_dropped_not_and_a_value_that_is_only_given_on(read: Read, body: str, message: str) -> None:
    assert [found for _, found in said(read, body)] == [message]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("if a is None:\n    a = make()\n    a.close()", id="given a value"),
        pytest.param("if a is None:\n    for a in c:\n        a.close()", id="given by a loop"),
        pytest.param("if a is None:\n    import a\n    a.close()", id="imported"),
        pytest.param("if a is None:\n    def a(): ...\n    a()", id="defined"),
        pytest.param("if a is None and (a := make()):\n    a.close()", id="given in the condition"),
        pytest.param("if self.a is not None:\n    self.a = now()", id="set anew where it is set"),
        pytest.param("if a:\n    a = [...]", id="shortened"),
        pytest.param("if self.a is None:\n    self.make()\n    self.a.close()", id="an attribute after a call"),
        pytest.param("if self.a is None and self.make():\n    self.a.close()", id="a call in the condition"),
        pytest.param("if self.a is None:\n    b.a = c\n    self.a.close()", id="the attribute of another name"),
        pytest.param("if self.a is not None:\n    return\nfor x in c:\n    x()\nself.a.close()", id="calls of a loop"),
        pytest.param("if self.a is None:\n    yield\n    self.a.close()", id="others run in between"),
        pytest.param("if a is None:\n    return lambda: a.close()", id="run later"),
        pytest.param("if a is None:\n    def later():\n        a.close()\n    return later", id="defined for later"),
        pytest.param("def put():\n    nonlocal a\n    a = 1\nif a is None:\n    put()\n    a.close()", id="shared"),
        pytest.param("try:\n    if a is None:\n        a.close()\nexcept AttributeError:\n    pass", id="shielded"),
        pytest.param("if a is None or b:\n    a.close()", id="one of two"),
        pytest.param("if not c:\n    c['a'] += 1", id="a count of nothing yet"),
        pytest.param("if not c:\n    c.append(a)\n    return c[0]", id="filled one line above"),
        pytest.param("if a is None:\n    put(a)\nelse:\n    put(make(a))", id="the other branch gives it to the same"),
        pytest.param("if a is None:\n    put(a)\nelif a not in c:\n    put(a)", id="two branches give it to the same"),
        pytest.param("return put(a.b) if a is not None else put(a)", id="both choices give it to the same"),
        pytest.param("if a is not None:\n    return put(a.b)\nreturn put(a)", id="the way out gives it to the same"),
        pytest.param("if a is not None:\n    raise ValueError\nself.a = a", id="kept once all others are refused"),
    ],
)
def test_what_may_have_a_value_is_no_contradiction(read: Read, body: str) -> None:
    assert said(read, body) == []


@pytest.mark.parametrize(("default", "count"), [("True", 0), ("'hann'", 0), ("False", 1), ("''", 1), ("None", 1)])
def test_an_option_is_refined_where_it_is_on(read: Read, default: str, count: int) -> None:
    assert len(said(read, "if a:\n    a = 'zero'", f"def run(self, a={default}):")) == count


def test_what_a_failed_loop_left_may_be_gone_through_in_the_end(read: Read) -> None:
    loop, end = "while c:\n    done, c = wait(c)", "for x in c:\n    x()"
    assert said(read, f"{loop}\n{end}") == [(4, "`c` is used where line 2 leaves it empty")]
    inside, after = loop.replace("\n", "\n    "), end.replace("\n", "\n    ")
    assert said(read, f"try:\n    {inside}\nfinally:\n    {after}") == []


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("if a is None:\n    return a", id="returned"),
        pytest.param("if a is None:\n    warn(text(a, b))", id="passed with others"),
        pytest.param("if a is None:\n    self.a = a\nelse:\n    self.a = str(a)", id="one of two branches"),
        pytest.param("return a if a is None else str(a)", id="kept by a choice"),
        pytest.param("if a is None:\n    raise ValueError('no value: %s' % a)", id="told"),
        pytest.param("if a is None:\n    raise ValueError('no value: {}'.format(a))", id="told by a method"),
        pytest.param("if a is None:\n    raise TypeError(a)", id="told as it is"),
        pytest.param("assert not c\nself.c = dict(c)", id="asserted to be empty"),
        pytest.param("if a:\n    a = 2\nself.a = a", id="a truth made a number"),
        pytest.param("if a is not None or b is not None:\n    raise ValueError\nself.a = a", id="none may be given"),
        pytest.param(
            "if a is not None:\n    try:\n        a = next(c)\n    except StopIteration:\n        a = None",
            id="gone through",
        ),
        pytest.param(
            "if isinstance(a, str):\n    raise TypeError(f'a must be bytes, not {type(a).__name__}')", id="another type"
        ),
        pytest.param("if a is None:\n    return str(a)", id="its text"),
        pytest.param("if self.a is None:\n    self.b().c(self.a)", id="given after another call"),
        pytest.param("if a is None == b:\n    pass\nif a is None:\n    return a is None", id="asked again"),
        pytest.param("if not a:\n    a.append(1)", id="empty things have methods"),
        pytest.param("if not a:\n    return make(a)", id="empty and passed on"),
        pytest.param("if a is None:\n    c, a = make(a)", id="passed on to be made"),
        pytest.param("if a:\n    return a\nreturn make(a)", id="empty and passed on behind an exit that uses it"),
        pytest.param("if a or a.status == 404:\n    return 0\nreturn decode(a)", id="an object with a truth"),
        pytest.param("if not c:\n    c['a'] = 1", id="empty and filled"),
        pytest.param("if a is not None:\n    a = None", id="reset to nil"),
        pytest.param("if a is not None:\n    a = str(a)", id="made of itself"),
        pytest.param("if a is not None and a < 0:\n    a = 0", id="more is asked of it"),
        pytest.param("if a is not None:\n    log(b)\n    a = {}", id="not at once"),
        pytest.param("if a is not None:\n    a = {}\nelse:\n    a = b", id="nil is dealt with"),
        pytest.param("if a:\n    a = False", id="a flag"),
        pytest.param("if a:\n    a = ''", id="reset to what is empty"),
        pytest.param("if a:\n    a = load(b)", id="looked up again"),
        pytest.param("if exists(a):\n    remove(a)\n    mkdir(a)", id="made anew"),
        pytest.param(
            "if isinstance(a, str):\n    raise TypeError('a list is expected, not a string')", id="the wrong type"
        ),
        pytest.param("if isinstance(a, (str, int)):\n    raise TypeError(f'no {type(a)}')", id="one of two types"),
        pytest.param("if isinstance(a, OSError):\n    raise ValueError(f'{type(a)}: {a}')", id="what is below a type"),
        pytest.param("if hasattr(b, 'a'):\n    b.a = 1", id="the setting of another object"),
    ],
)
def test_what_careful_authors_write(read: Read, body: str) -> None:
    assert said(read, body) == []


def test_a_name_of_the_module_may_change_with_every_call(read: Read) -> None:
    text = "def run():\n    global a\n    if a is None:\n        make()\n        a.close()\n    a = 1\n"
    assert guard_pressures([read(text)]) == ()
    assert len(guard_pressures([read(text.replace("        make()\n", ""))])) == 1


def test_tests_and_generated_files_do_not_count(read: Read) -> None:
    assert guard_pressures([read(FLIPPED, "tests/alfa.py")]) == ()
    assert guard_pressures([read(f"# generated by make\n{FLIPPED}")]) == ()


def test_contradictions_survive_the_cache(read: Read) -> None:
    facts = read(FLIPPED)
    assert facts.contradictions
    assert from_json(to_json(facts)) == facts
