from __future__ import annotations

import time

import pytest

from spotter.metrics.facts import FileFacts, facts_of, from_json, to_json
from spotter.metrics.lone import near, strange
from spotter.metrics.misspelt import misspelling_pressures
from spotter.source import Source
from spotter.syntax import parse
from spotter.typos import inside, slips

MESH = "class Mesh:\n    def interpolation_matrix(self, receiver):\n        return receiver\n"
USE = "from shop.mesh import Mesh\n\n\ndef f(mesh):\n    return mesh.interpolation_matrix(receiver=1)\n"


LANGUAGES = {"py": "python", "js": "javascript", "ts": "typescript", "tsx": "tsx", "rb": "ruby"}


def facts(path: str, text: str) -> FileFacts:
    return facts_of(parse(Source(path, text, LANGUAGES[path.rpartition(".")[2]])))


def found(text: str, path: str = "shop/sim.py", **more: str) -> list[tuple[str, int, int]]:
    files = {"shop/mesh.py": MESH, "shop/use.py": USE, path: text, **more}
    pressures = misspelling_pressures([facts(name, said) for name, said in files.items()])
    lines = {p.place.path: files[p.place.path].split("\n") for p in pressures}
    ends = [lines[p.place.path][p.place.line - 1][p.place.column - 1 : p.place.end_column - 1] for p in pressures]
    return [(end, p.place.line, len(p.sites)) for end, p in zip(ends, pressures, strict=True)]


def test_a_name_that_nothing_else_has_and_that_is_a_letter_away_from_a_known_one_is_misspelt() -> None:
    assert found("def g(sim):\n    return sim.mesh.interploation_matrix(1)\n") == [("interploation_matrix", 2, 1)]
    (pressure,) = misspelling_pressures(
        [facts(*f) for f in (("m.py", MESH), ("u.py", USE), ("s.py", "def g(m):\n    m.interpolation_matrlx(1)\n"))]
    )
    assert pressure.message == (
        "`interpolation_matrlx` stands nowhere else, `interpolation_matrix` stands in 2 files: it seems to be misspelt"
    )
    assert pressure.expected == "interpolation_matrix"
    assert (pressure.deviant, pressure.place.function, pressure.sites[0].place.path) == (True, "g", "m.py")


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("a.reciever = 1\n", True),
        ("f(reciever=1)\n", True),
        ("print(reciever)\n", True),
        ("def f(a=reciever): ...\n", True),
        ("a.reciever, b = 1, 2\n", True),
        ("reciever = 1\n", False),
        ("reciever: int = 1\n", False),
        ("reciever, b = 1, 2\n", False),
        ("def reciever(): ...\n", False),
        ("def f(reciever): ...\n", False),
        ("def f(reciever=1): ...\n", False),
        ("lambda reciever: 1\n", False),
        ("class reciever: ...\n", False),
        ("from b import reciever\n", False),
        ("import reciever\n", False),
        ("for reciever in a: ...\n", False),
        ("with a as reciever: ...\n", False),
        ("[1 for reciever in a]\n", False),
        ("def f():\n    global reciever\n", False),
        ("print('reciever')\n", False),
        ("print(reciever)  # reciever\n", False),
        ("print(recievers)\n", False),
    ],
)
def test_what_is_used_may_be_misspelt_and_what_is_declared_is_called_so_on_purpose(text: str, seen: bool) -> None:
    assert [name for name, _, _ in found(text)] == ["reciever"] * seen


def test_another_file_that_has_the_name_or_its_strange_word_speaks_for_it() -> None:
    text = "print(a.reciever)\n"
    assert found(text, **{"b.py": "'reciever'\n"}) == []
    assert found(text, **{"b.js": "// reciever\n"}) == []
    assert found(text, **{"b.py": "reciever_of = 1\n"}) == []


def test_names_of_other_packages_are_theirs_and_those_of_own_modules_are_not() -> None:
    assert found("import mesh\n\nmesh.reciever()\n") == []
    assert found("def f():\n    import mesh\n    mesh.reciever()\n") == []
    assert found("from scipy import mesh\n\nmesh.a.f(reciever=1)\n") == []
    assert found("from shop import mesh\n\nmesh.reciever()\n") == [("reciever", 3, 1)]
    assert found("from . import mesh\n\nmesh.reciever()\n") == [("reciever", 3, 1)]


def test_within_a_file_the_meant_name_stands_three_times() -> None:
    assert found("def f(retriever):\n    retriever()\n    retriever.a()\n    return retreiver\n") == [
        ("retreiver", 4, 1)
    ]
    assert found("def f(retriever):\n    retriever()\n    return retreiver\n") == []


def test_known_words_short_names_tests_and_other_languages_are_left_alone() -> None:
    assert strange("receiver_of", "python") == frozenset()
    assert strange("recieverOf", "python") == {"reciever"}
    assert found("print(receivers, recover)\n") == []
    assert found("print(reciever)\n", "tests/test_sim.py") == []
    assert found("puts(reciever)\n", "shop/sim.rb") == []
    assert near("recei", {"recel": 9}, 1, "python") == ""  # a letter at its end


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("mesh.reciever();\n", True),
        ("f({ reciever: 1 });\n", True),
        ("const { reciever: a } = mesh;\n", False),
        ("Mesh.prototype.reciever = f;\n", True),
        ("const { reciever } = mesh;\n", False),
        ("const reciever = 1;\n", False),
        ("function reciever() {}\n", False),
        ("const f = (reciever) => 1;\n", False),
        ("class A { reciever() {} }\n", False),
        ("import { reciever } from 'mesh';\n", False),
        ("import mesh from 'mesh';\nmesh.reciever();\n", False),
        ("const mesh = require('mesh');\nmesh.reciever();\n", False),
        ("print('reciever');\n", False),
    ],
)
def test_scripts_have_misspelt_names_too(text: str, seen: bool) -> None:
    for path in ("shop/sim.js", "shop/sim.ts", "shop/sim.tsx"):
        assert [name for name, _, _ in found(text, path)] == ["reciever"] * seen


def test_names_in_a_table_of_many_are_data() -> None:
    others = ", ".join(f"{chr(97 + n // 26)}{chr(97 + n % 26)}: {n}" for n in range(41))
    assert found(f"f({{ {others} }});\nf({{ reciever: 1 }});\n", "shop/sim.js") == [("reciever", 2, 1)]
    assert found(f"f({{ reciever: 1, {others} }});\n", "shop/sim.js") == []


def test_lone_names_outlive_the_cache() -> None:
    read = facts("a.py", "import b\n\n\ndef f(a):\n    return b.reciever + a.interploation_matrix\n")
    assert [(lone.name, lone.source, lone.function) for lone in read.lone] == [
        ("reciever", "b", "f"),
        ("interploation_matrix", "", "f"),
    ]
    assert from_json(to_json(read)) == read
    assert set(read.names) >= {"import", "reciever", "f"}


@pytest.mark.parametrize("word", ["receiver", "interpolation", "aa", "aba"])
def test_every_slip_inside_a_word_is_undone_by_one(word: str) -> None:
    made = {slip for slip in slips(word) if slip != word and inside(word, slip)}
    assert all(slip[0] == word[0] and word in set(slips(slip)) and inside(slip, word) for slip in made)
    assert len(made) > 10 * len(word) or len(word) < 4


def test_many_lone_names_take_little_time() -> None:
    text = "\n".join(f"f(x.q{chr(97 + i % 26)}{chr(97 + i // 26 % 26)}{chr(97 + i // 676)}xzw)" for i in range(3000))
    begun = time.process_time()
    assert found(text) == []
    assert time.process_time() - begun < 5
