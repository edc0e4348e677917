from __future__ import annotations

import warnings
from collections.abc import Mapping

import pytest

from spotter.metrics.attributes import attribute_pressures
from spotter.metrics.broken import reference_pressures
from spotter.metrics.facts import FileFacts, facts_of
from spotter.metrics.pressure import Pressure
from spotter.source import Source
from spotter.syntax import parse

STORE = """\
from abc import ABC, abstractmethod
from enum import Enum
from typing import Protocol

from pydantic import BaseModel


class Store(ABC):
    @abstractmethod
    def get(self, key): ...


class Memory(Store):
    def get(self, key):
        return self.items[key]

    def __init__(self):
        self.items = {}


class Disk(Store):
    def get(self, key): ...

    def sync(self): ...


class Remote(Store):
    def get(self, key): ...


class Color(Enum):
    RED = 1

    @classmethod
    def parse(cls, text): ...


class Query(BaseModel):
    text: str
    limit: int = 10


class Reads(Protocol):
    def read(self): ...


memory, disk = Memory(), Disk()
"""
FILES = {"shop/__init__.py": "", "shop/store.py": STORE}
USE = """\
from typing import Optional

from .store import Color, Disk, Memory, Query, Reads, Remote, Store


class Shop:
    name: str
    last: "Query | None" = None

    def __init__(self, store: Store, given):
        self.store = store
        self.memory = Memory()
        self.disk = None
        self.given = given

    def open(self):
        self.disk = Disk()

    def use(self, store: Store, query: Optional[Query], color: Color, reads: Reads, remote: Remote):
        memory, many = Memory(), []
        own = Memory()
        {use}


shop = Shop(Memory(), 1)
"""


def facts(path: str, text: str) -> FileFacts:
    return facts_of(parse(Source(path, text, "python")))


def pressures(use: str, more: Mapping[str, str] | None = None) -> list[Pressure]:
    files = [facts(*item) for item in {**FILES, "shop/use.py": use, **(more or {})}.items()]
    return [one for one in attribute_pressures(files) if one.place.path == "shop/use.py"]


def missing(use: str, more: Mapping[str, str] | None = None) -> list[str]:
    """What is missing where a method does something."""
    text = USE.format(use=use)
    lines, places = text.split("\n"), [one.place for one in pressures(text, more)]
    return [lines[place.line - 1][place.column - 1 : place.end_column - 1] for place in places]


def test_a_parameter_lacks_what_neither_its_class_nor_one_below_it_has() -> None:
    (one,) = pressures(USE.format(use="return store.fetch(1)"))
    assert (one.rule, one.place.line, one.place.column, one.place.function) == ("SP265", 22, 22, "Shop.use")
    assert one.message == "`Store`, the class of `store`, does not have `fetch`, nor a class above it"
    assert [(site.place.path, site.place.line) for site in one.sites] == [("shop/store.py", 8)]


@pytest.mark.parametrize(
    "use",
    [
        "return store.lost",
        "return self.store.lost",
        "return self.memory.lost()",
        "return self.disk.lost",
        "return self.last.lost",
        "return query.lost",
        "return color.lost",
        "return own.lost",
        "return Memory.lost",
        "return Color.lost",
        "return [store.lost for one in many]",
        "return lambda one: store.lost",
        "if isinstance(color, Color):\n            return store.lost",
    ],
)
def test_what_an_object_of_a_known_class_lacks_is_missing(use: str) -> None:
    assert missing(use) == ["lost"]


@pytest.mark.parametrize(
    "use",
    [
        "return store.get(1), self.memory.items, own.items, Color.RED.value, color.name, Color.parse('a')",
        "return query.text, query.limit, query.model_dump(), self.last.dict()",
        "return store.sync()",  # a class below it has that
        "return self.given.lost, memory.lost, self.name.lost",
        "return reads.lost",  # what reads may be of any class
        "return remote.lost",  # nobody makes one
        "return Memory.mro(), Memory.__name__, store.__class__, Store.register(int)",
        "return hasattr(store, 'lost') and store.lost",
        "return isinstance(store, Other) and store.lost",
        "store = make()\n        return store.lost",
        "return lambda store: store.lost",
        "return [store.lost for store in many]",
        "try:\n            return store.lost\n        except AttributeError:\n            pass",
        "own = make()\n        return own.lost",
        "Memory = make()\n        return Memory.lost",
        "store.lost = 1\n        return store.lost",
        "return store.lost  # type: ignore[attr-defined]",
        "def inner(*store: Store, **query: Query):\n            return store.lost, query.lost",
        "class Local:\n            @store.lost\n            def inner(self, store: Store): ...",
        "Kinds = Color('Kinds', 'lost')\n        return Kinds.lost",
        "match store:\n            case Other():\n                return store.lost",
    ],
)
def test_what_it_has_or_may_have_is_not(use: str) -> None:
    assert missing(use) == []


def test_an_attribute_that_is_given_other_things_too_has_no_class() -> None:
    more = {"shop/other.py": USE.format(use="self.memory = make()\n        return self.memory.lost")}
    files = [facts(*item) for item in {**FILES, **more}.items()]
    assert attribute_pressures(files) == ()


def test_a_class_that_is_handed_on_may_have_anything() -> None:
    assert missing("return Memory.lost", {"shop/main.py": "from .store import Memory\n\nregister(Memory)\n"}) == []


LEAF = """\
from .store import {base}


class {name}({base}):
    def get(self, key):
        return self.lost
"""


@pytest.mark.parametrize(
    ("name", "base", "told"),
    [
        ("Cache", "Memory", True),
        ("BaseCache", "Memory", False),
        ("CacheMixin", "Memory", False),
        ("Cache", "Query", False),  # which nothing says is to be completed
        ("Cache", "object", False),
    ],
)
def test_a_class_that_completes_another_one_is_whole(name: str, base: str, told: bool) -> None:
    assert [one.message for one in pressures(LEAF.format(name=name, base=base))] == [
        f"`{name}` does not have `lost`, nor a class above it"
    ] * told
    below = {"shop/more.py": f"from .use import {name}\n\n\nclass More({name}):\n    pass\n"}
    assert pressures(LEAF.format(name=name, base=base), below) == []


def test_of_classes_that_are_known_nothing_is_told_in_tests() -> None:
    files = [facts(*item) for item in {**FILES, "tests/test_use.py": USE.format(use="return store.lost")}.items()]
    assert attribute_pressures(files) == ()


CALLS = """\
from pydantic import BaseModel, Field


class Result(BaseModel):
    done: bool
    value: object = Field(description="what came of it")
    seconds: float = Field(description="how long it took")
    error: str | None = Field(description="what went wrong")
    count: int = Field(0, description="how often")
    tags: list[str] = Field(default_factory=list)
    note: str = ""
"""


def broken(use: str, models: str = CALLS) -> list[str]:
    files = {"shop/__init__.py": "", "shop/models.py": models, "shop/use.py": use}
    return [one.message for one in reference_pressures([facts(*item) for item in files.items()])]


def test_a_model_lacks_what_it_needs() -> None:
    use = "from .models import Result\n\n\ndef run():\n    return Result(done=True, note='')\n"
    assert broken(use) == ["`)` ends a call of `Result` without `seconds`, as `shop/models.py` has it"]
    assert broken(use.replace("note=''", "seconds=1")) == []
    assert broken(use.replace("note=''", "**more")) == []


def test_a_model_drops_what_is_none_of_its_fields() -> None:
    use = "from .models import Result\n\nResult(done=True, seconds=1, data=1)\n"
    assert broken(use) == ["`data` is no parameter of `Result`, as `shop/models.py` has it"]


def test_a_class_is_known_by_another_name_too() -> None:
    more = {"shop/store.py": STORE + "\nKept = Memory\n", "shop/__init__.py": "from .store import Kept\n\nOld = Kept\n"}
    assert missing("return Memory.lost", more) == ["lost"]
    text = "from . import Old\n\n\ndef use(one: Old):\n    return one.items, one.lost\n"
    assert [one.message for one in pressures(text, more)] == [
        "`Memory`, the class of `one`, does not have `lost`, nor a class above it"
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('    note: str = ""', '    model_config = {"populate_by_name": True, "alias_generator": camel}'),
        ('    note: str = ""', '    @model_validator(mode="before")\n    def fill(cls, given): ...'),
        ("    done: bool", "    def __init__(self, **given): ...\n\n    done: bool"),
        ('Field(description="how long it took")', "Field(0.0)"),
        ("seconds: float", "seconds: Any"),
        ("from pydantic import BaseModel, Field", "from .own import BaseModel, Field"),
        ("class Result(BaseModel)", "class Result(Other)"),
    ],
)
def test_a_model_that_may_be_filled_otherwise_lacks_nothing(old: str, new: str) -> None:
    assert old in CALLS
    assert broken("from .models import Result\n\nResult(done=True)\n", CALLS.replace(old, new)) == []


def test_a_model_below_another_one_has_fields_of_its_own() -> None:
    models = CALLS + "\n\nclass Late(Result):\n    why: str\n\n\nclass Same(Result):\n    pass\n"
    use = "from .models import Late, Same\n\nLate(done=True, seconds=1, why='')\nSame(done=True, why='')\n"
    assert broken(use, models) == ["`why` is no parameter of `Same`, as `shop/models.py` has it"]
    assert broken(use, models.replace("class Same", "@other\nclass Same")) == []


METHODS = """\
class Base:
    def fetch(self, key): ...

    def keep(self, key, value=None): ...

    @staticmethod
    def plain(one): ...

    @property
    def made(self): ...

    @other
    def odd(self): ...


class Own(Base):
    def fetch(self, key, *, fresh=False): ...


class Other:
    def run(self): ...


Own(), Base(), Other()
"""


@pytest.mark.parametrize(
    ("use", "why"),
    [
        ("base.keep(1, 2, 3)", "this is an argument more than `Base.keep` takes, as `shop/models.py` has it"),
        ("own.keep()", "`)` ends a call of `Base.keep` without `key`, as `shop/models.py` has it"),
        ("own.fetch(1, new=True)", "`new` is no parameter of `Own.fetch`, as `shop/models.py` has it"),
        ("own.plain(1, 2)", "this is an argument more than `Base.plain` takes, as `shop/models.py` has it"),
        ("base.fetch(1, new=True)", "`new` is no parameter of `Base.fetch`, as `shop/models.py` has it"),
    ],
)
def test_a_call_passes_what_no_method_takes_that_it_may_reach(use: str, why: str) -> None:
    head = "from .models import Base, Own, Other\n\n\ndef run(base: Base, own: Own, other: Other):\n    return "
    assert broken(f"{head}{use}\n", METHODS) == [why]


@pytest.mark.parametrize(
    "use",
    [
        "base.fetch(1, fresh=True)",  # which a class below takes
        "own.fetch(1, fresh=True), base.keep(1, value=2), own.keep(*some), own.keep(**some), own.plain(1)",
        "base.made(1), base.odd(1), base.lost(1)",
        "Base.keep(base, 1)",
        "hasattr(own, 'keep') and own.keep()",
        "other.run(1)  # type: ignore[call-arg]",
    ],
)
def test_a_call_that_one_of_them_may_take_is_none(use: str) -> None:
    head = "from .models import Base, Own, Other\n\n\ndef run(base: Base, own: Own, other: Other):\n    return "
    assert broken(f"{head}{use}\n", METHODS) == []


def test_a_method_that_something_replaces_may_take_anything() -> None:
    use = "from .models import Other\n\nother = Other()\nother.run(1)\n"
    assert len(broken(use, METHODS)) == 1
    assert broken(use, METHODS + "\n\ndef change(it):\n    it.run = print\n") == []


def test_a_model_whose_error_is_expected_is_asked() -> None:
    use = "from .models import Result\n\ntry:\n    Result(done=True)\nexcept ValueError:\n    pass\n"
    assert broken(use) == []
    assert broken(use.replace("ValueError", "KeyError")) != []


def test_more_dots_than_a_package_has_lead_past_a_module() -> None:
    files = {
        "shop/__init__.py": "",
        "shop/log.py": "def log(): ...\n",
        "shop/web/__init__.py": "",
        "shop/web/page.py": "def show():\n    from ...log import log\n    from ...other import log as other\n",
    }
    (one,) = reference_pressures([facts(*item) for item in files.items()])
    assert one.message == "the 3 dots before `log` lead out of the package, past `shop/log.py`"
    assert one.place.line == 2
    for path in ("__init__.py", "log.py", "log/more.py", "log.pyx"):  # a package, and a module that is there
        more = [facts(*item) for item in files.items()]
        more.append(facts_of(parse(Source(path, "", "python"))))
        assert reference_pressures(more) == (), path


def test_a_name_that_two_functions_import_is_known_in_both() -> None:
    use = (
        "def a():\n    from .models import make\n    make(1)\n\n\ndef b():\n    from .models import make\n    make(2)\n"
    )
    files = {"shop/__init__.py": "", "shop/models.py": "def make(): ...\n", "shop/use.py": use}
    found = reference_pressures([facts(*item) for item in files.items()])
    assert [one.place.line for one in found] == [3, 8]
    files["shop/use.py"] = use + "\n\nmake = 1\n"
    assert reference_pressures([facts(*item) for item in files.items()]) == ()


NET = """\
from .store import Memory


def use(memory: Memory, log):
    try:
        first = memory.get(1)
        log(first)
        {use}
    except {errors}:
        return None
"""


@pytest.mark.parametrize(
    ("errors", "told"), [("Exception", True), ("ValueError", True), ("AttributeError", False), ("MISSING", False)]
)
def test_what_catches_everything_around_much_expects_nothing(errors: str, told: bool) -> None:
    assert bool(pressures(NET.format(use="return memory.lost", errors=errors))) is told


def test_what_catches_everything_around_little_does() -> None:
    text = NET.format(use="return memory.lost", errors="Exception").replace("        log(first)\n", "")
    assert pressures(text) == []


HOLDER = """\
from .store import Disk, Memory


class Holder:
    def __init__(self):
        self.memory = Memory()

    def use(self):
        return self.memory.lost
"""


def test_what_an_attribute_lacks_is_missing() -> None:
    assert len(pressures(HOLDER)) == 1


@pytest.mark.parametrize(
    ("more", "old", "new"),
    [
        ("def swap(holder):\n    holder.memory = make()\n", "", ""),
        ("from .use import Holder\n\n\nclass Other(Holder):\n    memory = make()\n", "", ""),
        ("def ask(one):\n    return hasattr(one, 'lost')\n", "", ""),
        ("", "    def use", "    @property\n    def memory(self): ...\n\n    def use"),
        ("", "    def use", "    def fill(self, more):\n        self.__dict__.update(more)\n\n    def use"),
        ("", "    def __init__", "    memory = Disk()\n\n    def __init__"),
        ("", "self.memory = Memory()", "self.memory, self.other = Memory(), 1"),
        ("", "    def use(self):\n        return self", "    @classmethod\n    def use(cls):\n        return cls"),
    ],
)
def test_an_attribute_that_may_be_given_something_else_has_no_class(more: str, old: str, new: str) -> None:
    assert old in HOLDER
    assert pressures(HOLDER.replace(old, new) if old else HOLDER, {"shop/more.py": more}) == []


@pytest.mark.parametrize(
    "text",
    [
        "from flax.struct import dataclass\n\n\n@dataclass\nclass State:\n    step: int\n",
        "from flax import struct\n\n\n@struct.dataclass\nclass State:\n    step: int\n",
        "from pydantic import BaseModel\n\n\nclass State(BaseModel):\n    model_config = SHARED\n    step: int\n",
        "from pydantic import BaseModel\n\n\nclass State(BaseModel):\n    step: int\n\n    class Config(Own): ...\n",
        "from .more import *\n\n\nclass State:\n    step: int\n",
    ],
)
def test_a_class_that_something_else_completes_may_have_anything(text: str) -> None:
    use = "from .state import State\n\n\ndef run(state: State):\n    return state.replace(step=1)\n\n\nState(step=1)\n"
    assert pressures(use, {"shop/state.py": text}) == []


def test_a_class_below_another_name_of_a_class_is_below_it() -> None:
    more = {"shop/far.py": "from .store import Memory as Base\n\n\nclass Far(Base):\n    def lost(self): ...\n"}
    assert missing("return own.lost", more) == []


def test_an_annotation_that_is_no_text_of_names_says_nothing() -> None:
    text = (
        'from .store import Memory\n\n\ndef run(one: "\\udc80", two: "1if 0else 2", three: "Memory"):\n    three.lost\n'
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(pressures(text)) == 1


@pytest.mark.parametrize(
    "mark", ["@retry(3)", "@app.route('/')", "@functools.cached_property", "@classmethod\n    @other", "@other"]
)
def test_a_method_that_is_decorated_may_take_anything(mark: str) -> None:
    use = "from .models import Own\n\n\ndef run(own: Own):\n    return own.fetch(1, new=True)\n"
    assert (
        broken(
            use, METHODS.replace("    def fetch(self, key, *, fresh", f"    {mark}\n    def fetch(self, key, *, fresh")
        )
        == []
    )


def test_what_stands_beside_a_class_may_have_the_method_too() -> None:
    models = METHODS + "\n\nclass Traced(Trace, Own):\n    pass\n"
    use = "from .models import Own\n\n\ndef run(own: Own):\n    return own.fetch(1, new=True)\n"
    assert broken(use, models) == []


@pytest.mark.parametrize(
    "body",
    [
        "    done: bool = Field(validation_alias='d')",
        "    done: Done",
        "    done: Annotated[bool, Field(True)]",
        "    done: bool = own(True)",
        "    __root__: bool",
        "    if TYPED:\n        done: bool",
        "    class Config:\n        fields = {'done': 'd'}\n\n    done: bool",
    ],
)
def test_a_model_whose_fields_are_said_elsewhere_may_take_anything(body: str) -> None:
    models = f"from pydantic import BaseModel, Field\n\n\nclass Result(BaseModel):\n{body}\n"
    assert broken("from .models import Result\n\nResult(d=True)\n", models) == []
