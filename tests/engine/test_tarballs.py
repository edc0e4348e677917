from __future__ import annotations

import io
import json
import subprocess
import tarfile
from pathlib import Path

import pytest

from spotter.engine import corpus, tarballs
from spotter.engine.registries import REGISTRIES, fetch, registry_of
from spotter.errors import SpotterError

TEXT = "".join(
    f"function number{n}(value, other) {{\n  return value.thing{n} + other * {n};\n}}\n\n" for n in range(20)
)


def tarball(folder: Path, name: str, files: dict[str, str], licence: str = "MIT") -> Path:
    path = folder / f"{name.replace('@', '').replace('/', '-')}-1.2.3.tgz"
    told = {"package.json": json.dumps({"name": name, "version": "1.2.3", "license": licence})}
    with tarfile.open(path, "w:gz") as archive:
        for file, text in (told | files).items():
            entry = tarfile.TarInfo(f"package/{file}")
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    return path


def test_no_evaluation_project_is_in_the_list() -> None:
    names = {part for package in corpus.packages("javascript") for part in package.name.lstrip("@").split("/")}
    assert len(names) > 100
    assert not names & (tarballs.EVALUATION | tarballs.SHOWCASE)


def test_every_listed_licence_is_permissive() -> None:
    for package in corpus.packages("javascript"):
        assert corpus.PERMISSIVE.search(package.licence), package
        assert not corpus.COPYLEFT.search(package.licence), package
        assert len(package.sha256) == 64


@pytest.mark.parametrize("name", ["eslint", "mongoose", "typeorm", "vue"])
def test_evaluation_projects_are_known(name: str) -> None:
    assert name in tarballs.EVALUATION


@pytest.mark.parametrize(
    "path",
    [
        "dist/a.js", "lib/a.min.js", "a/test/b.js", "a/vendor/b.js", "node_modules/b/c.js", "lib/vue/a.js",
        "dist-src/a.js", "src/a.test.ts", "__tests__/a.js",
    ],
)  # fmt: skip
def test_what_is_built_or_of_others_is_left_out(path: str) -> None:
    assert tarballs.excluded(path)


def test_what_people_wrote_is_read_and_typescript_before_its_javascript(tmp_path: Path) -> None:
    files = {
        "lib/a.js": TEXT,
        "lib/b.js": f'"use strict";\nObject.defineProperty(exports, "__esModule", {{}});\n{TEXT}',
        "lib/c.js": f"var all = {'1 + ' * 1000}1;\n{TEXT}",
        "lib/d.ts": TEXT,
        "lib/d.js": TEXT,
        "lib/e.d.ts": TEXT,
        "lib/small.js": "x = 1;\n",
        "README.md": TEXT,
    }
    found = list(tarballs.sources(tarball(tmp_path, "fine", files)))
    assert [(source.path, source.language) for source in found] == [
        ("lib/a.js", "javascript"),
        ("lib/d.ts", "typescript"),
    ]


def test_licences_and_projects_decide_about_a_tarball(tmp_path: Path) -> None:
    row = corpus.listed(tarball(tmp_path, "@fine/core", {}))
    assert row is not None
    assert (row.name, row.version, row.licence, row.file) == ("@fine/core", "1.2.3", "MIT", "fine-core-1.2.3.tgz")
    assert corpus.listed(tarball(tmp_path, "copyleft", {}, "AGPL-3.0")) is None
    assert corpus.listed(tarball(tmp_path, "owned", {}, "UNLICENSED")) is None
    assert corpus.listed(tarball(tmp_path, "mongoose", {})) is None
    assert corpus.listed(tarball(tmp_path, "@vue/shared", {})) is None


def test_a_tarball_becomes_a_shard_of_its_project(tmp_path: Path) -> None:
    shard = corpus.read_package(tarball(tmp_path, "@fine/core", {"lib/a.js": TEXT}), 10**6, set())
    assert shard.name == "fine-core"
    assert shard.lexemes(0, 3).texts == ("function", "number0", "(")


def test_a_changed_tarball_is_refused_and_what_npm_cannot_fetch_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tarball(tmp_path, "fine", {"lib/a.js": TEXT})
    with pytest.raises(SpotterError, match="sha256"):
        fetch("fine", "1.2.3", path.name, "0" * 64, tmp_path)
    said = subprocess.CompletedProcess((), 1, "", "npm error 404 Not Found\n")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: said)
    with pytest.raises(SpotterError, match=r"^gone-1\.tgz: npm could not download it \(npm error 404 Not Found\)"):
        fetch("gone", "1", "gone-1.tgz", "", tmp_path)
    monkeypatch.undo()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SpotterError, match=r"^gone-1\.tgz: npm is not installed"):
        fetch("gone", "1", "gone-1.tgz", "", tmp_path)


def test_a_tarball_without_a_manifest_is_no_package(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "empty-1.0.0.tgz", "w:gz"):
        pass
    with pytest.raises(SpotterError, match=r"empty-1\.0\.0\.tgz: no package\.json"):
        tarballs.described(tmp_path / "empty-1.0.0.tgz")


def test_every_registry_is_known_by_its_files(tmp_path: Path) -> None:
    assert {registry_of(package.file).FOLDER for package in corpus.packages()} == {"wheels"}
    assert {registry_of(package.file).FOLDER for package in corpus.packages("javascript")} == {"tarballs"}
    assert REGISTRIES[".tgz"].project_of(tmp_path / "tanstack-query-core-5.108.4.tgz") == "tanstack-query-core"
