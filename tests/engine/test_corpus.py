from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from spotter.engine import corpus
from spotter.engine.lexemes import OTHER, Lexemes, lexemes_of
from spotter.engine.reading_order import reading_of
from spotter.errors import SpotterError
from spotter.source import Source
from spotter.syntax import parse

TEXT = "".join(f"def number_{n}(value, other):\n    return value.thing_{n} + other * {n}\n\n\n" for n in range(20))


def wheel(folder: Path, name: str, files: dict[str, str], licence: str = "MIT") -> Path:
    path = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in files.items():
            archive.writestr(file, text)
        archive.writestr(f"{name}-1.0.dist-info/METADATA", f"Name: {name}\nLicense-Expression: {licence}\n\n")
    return path


def test_no_evaluation_project_is_in_the_list() -> None:
    names = {package.name for package in corpus.packages()}
    assert len(names) > 200
    assert not names & corpus.EVALUATION
    assert not names & corpus.SHOWCASE


@pytest.mark.parametrize(
    "name", ["scrapy", "click", "pandas", "black", "youtube-dl", "sympy", "radon", "attrs", "redis"]
)
def test_evaluation_projects_are_known(name: str) -> None:
    assert name in corpus.EVALUATION


def test_every_listed_licence_is_permissive() -> None:
    for package in corpus.packages():
        assert corpus.PERMISSIVE.search(package.licence), package
        assert not corpus.COPYLEFT.search(package.licence), package
        assert len(package.sha256) == 64


@pytest.mark.parametrize(
    "path",
    [
        "pip/_vendor/rich/x.py",
        "a/third_party/b.py",
        "click/core.py",
        "a/networkx/b.py",
        "lm/tasks/humaneval/x.py",
        "attr.py",
    ],
)
def test_copies_of_evaluation_projects_are_left_out(path: str) -> None:
    assert corpus.excluded(path)


def test_other_files_stay() -> None:
    assert not corpus.excluded("celery/app/base.py")


def test_licences_and_projects_decide_about_a_wheel(tmp_path: Path) -> None:
    assert corpus.listed(wheel(tmp_path, "fine", {})) is not None
    assert corpus.listed(wheel(tmp_path, "copyleft", {}, "GPL-3.0-only")) is None
    assert corpus.listed(wheel(tmp_path, "scrapy", {})) is None


def test_a_wheel_becomes_its_tokens_once(tmp_path: Path) -> None:
    near_copy = TEXT.replace("thing_3", "thing_4")
    shard = corpus.read_wheel(wheel(tmp_path, "fine", {"a.py": TEXT, "b.py": near_copy}), 10**6, set())
    assert len(shard.starts) == 2  # one file: the other one is nearly the same
    assert shard.lexemes(0, len(shard.ids)).texts in (
        lexemes_of(parse(Source("a.py", text, "python"))).texts for text in (TEXT, near_copy)
    )
    corpus.save(shard, tmp_path)
    loaded = corpus.load(tmp_path / "fine.npz")
    assert loaded.lexemes(0, 50) == shard.lexemes(0, 50)


def test_a_shard_holds_its_files_function_by_function(tmp_path: Path) -> None:
    text = "".join(f"limit_{n} = {n}\n\n\nclass C{n}:\n    def m(self):\n        return self.x_{n}\n" for n in range(9))
    shard = corpus.read_wheel(wheel(tmp_path, "fine", {"a.py": text}), 10**6, set())
    assert shard.lexemes(0, len(shard.ids)) == reading_of(parse(Source("a.py", text, "python"))).lexemes
    assert shard.lexemes(0, 1) == Lexemes(("def",), (OTHER,), (0,))


def test_a_changed_wheel_is_refused(tmp_path: Path) -> None:
    path = wheel(tmp_path, "fine", {"a.py": TEXT})
    row = corpus.Package("fine", "1.0", "MIT", "0" * 64, path.name)
    with pytest.raises(SpotterError, match="sha256"):
        corpus.fetch(row, tmp_path)
