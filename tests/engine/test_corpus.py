from __future__ import annotations

import subprocess
import threading
import zipfile
from pathlib import Path

import pytest

from spotter.engine import corpus, wheels
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
    assert not names & wheels.EVALUATION
    assert not names & wheels.SHOWCASE


@pytest.mark.parametrize(
    "name", ["scrapy", "click", "pandas", "black", "youtube-dl", "sympy", "radon", "attrs", "redis"]
)
def test_evaluation_projects_are_known(name: str) -> None:
    assert name in wheels.EVALUATION


def test_a_corpus_of_another_dialect_is_not_added_to(tmp_path: Path) -> None:
    (tmp_path / "vocabulary.json").write_text('{"words": [], "pieces": []}')
    with pytest.raises(SpotterError, match="a corpus of python; name another folder for javascript"):
        corpus.build(tmp_path, "javascript")


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
    assert wheels.excluded(path)


def test_other_files_stay() -> None:
    assert not wheels.excluded("celery/app/base.py")


def test_licences_and_projects_decide_about_a_wheel(tmp_path: Path) -> None:
    assert corpus.listed(wheel(tmp_path, "fine", {})) is not None
    assert corpus.listed(wheel(tmp_path, "copyleft", {}, "GPL-3.0-only")) is None
    assert corpus.listed(wheel(tmp_path, "scrapy", {})) is None


def test_a_wheel_becomes_its_tokens_once(tmp_path: Path) -> None:
    near_copy = TEXT.replace("thing_3", "thing_4")
    shard = corpus.read_package(wheel(tmp_path, "fine", {"a.py": TEXT, "b.py": near_copy}), 10**6, set())
    assert len(shard.starts) == 2  # one file: the other one is nearly the same
    assert shard.lexemes(0, len(shard.ids)).texts in (
        lexemes_of(parse(Source("a.py", text, "python"))).texts for text in (TEXT, near_copy)
    )
    corpus.save(shard, tmp_path)
    loaded = corpus.load(tmp_path / "fine.npz")
    assert loaded.lexemes(0, 50) == shard.lexemes(0, 50)


def test_a_shard_holds_its_files_function_by_function(tmp_path: Path) -> None:
    text = "".join(f"limit_{n} = {n}\n\n\nclass C{n}:\n    def m(self):\n        return self.x_{n}\n" for n in range(9))
    shard = corpus.read_package(wheel(tmp_path, "fine", {"a.py": text}), 10**6, set())
    assert shard.lexemes(0, len(shard.ids)) == reading_of(parse(Source("a.py", text, "python"))).lexemes
    assert shard.lexemes(0, 1) == Lexemes(("def",), (OTHER,), (0,))


def test_a_changed_wheel_is_refused(tmp_path: Path) -> None:
    path = wheel(tmp_path, "fine", {"a.py": TEXT})
    row = corpus.Package("fine", "1.0", "MIT", "0" * 64, path.name)
    with pytest.raises(SpotterError, match="sha256"):
        corpus.fetch(row, tmp_path)


def test_the_corpus_is_built_in_the_order_of_its_list_whatever_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    late, early = "late", "early"
    for name in (late, early):
        assert not corpus.held_out(name)
    fetched = {name: wheel(tmp_path, name, {"a.py": TEXT}) for name in (late, early)}
    rows = tuple(corpus.Package(name, "1.0", "MIT", "", fetched[name].name) for name in (late, early))
    there = threading.Event()

    def fetch(package: corpus.Package, folder: Path) -> Path:
        assert folder == tmp_path / "data" / "wheels"
        if package.name == late:
            assert there.wait(10)
        there.set()
        return fetched[package.name]

    monkeypatch.setattr(corpus, "packages", lambda _: rows)
    monkeypatch.setattr(corpus, "fetch", fetch)
    vocabulary = corpus.build(tmp_path / "data")
    said = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in said] == [late, early]
    assert said[1] == "early 1.0: 0 tokens in 0 files"  # a copy of what was read first
    assert [path.stem for path in (tmp_path / "data" / "shards").glob("*.npz")] == [late]
    assert "value" in vocabulary.words


def test_a_wheel_that_pip_cannot_fetch_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = subprocess.CompletedProcess((), 1, "", "ERROR: no network\n")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: said)
    row = corpus.Package("fine", "1.0", "MIT", "", "fine-1.0-py3-none-any.whl")
    with pytest.raises(SpotterError, match=r"^fine-1\.0.*: pip could not download it \(ERROR: no network\)"):
        corpus.fetch(row, tmp_path)
