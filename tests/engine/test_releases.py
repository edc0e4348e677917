from __future__ import annotations

import io
import tarfile
import zipfile
from hashlib import sha256
from pathlib import Path
from typing import cast

import pytest

from spotter.cli import run
from spotter.engine import corpus, tarballs, wheels
from spotter.engine.batches import read_fixes
from spotter.engine.releases import (
    Release,
    build,
    fetch,
    learnable,
    mends_between,
    neighbours,
    read,
    releases_of,
    write,
)
from spotter.errors import SpotterError

LINES = "    result = 0\n    for row in rows[start:limit]:\n        result += row.size_in_bytes\n    return result\n"
TEXT = "".join(f"def total_{n}(rows, start, limit):\n{LINES}\n\n" for n in range(6))


def wheel(folder: Path, version: str, files: dict[str, str]) -> Release:
    path = folder / f"pack-{version}-py3-none-any.whl"
    folder.mkdir(exist_ok=True, parents=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2024, 5, 6, 0, 0, 0)), text)
    return Release("pack", "owner/pack", version, "MIT", sha256(path.read_bytes()).hexdigest(), path.name)


def test_the_list_holds_permissive_projects_that_do_not_measure_us() -> None:
    names = {name for release in releases_of() for name in (release.package, release.project.split("/")[-1].lower())}
    assert not names & (wheels.EVALUATION | wheels.SHOWCASE)
    assert not any(corpus.held_out(name) for name in names)
    for release in releases_of():
        assert corpus.PERMISSIVE.search(release.licence), release
        assert not corpus.COPYLEFT.search(release.licence), release
        assert len(release.sha256) == 64
    assert len({release.file for release in releases_of()}) == len(releases_of())
    assert len(list(neighbours(releases_of()))) > 100


def test_the_list_of_scripts_is_of_other_projects_than_those_that_calibrate_and_that_measure_us() -> None:
    listed = releases_of("javascript")
    names = {part for release in listed for part in (release.project, *release.package.lstrip("@").split("/"))}
    assert not names & (tarballs.EVALUATION | tarballs.SHOWCASE)
    assert not any(corpus.held_out(release.project) for release in listed)
    for release in listed:
        assert corpus.PERMISSIVE.search(release.licence), release
        assert not corpus.COPYLEFT.search(release.licence), release
        assert release.project == tarballs.project_of(Path(release.file))
    assert len({release.file for release in listed}) == len(listed) > 1000
    assert {release for pair in neighbours(listed) for release in pair} == set(listed)


def test_mends_of_scripts_are_mined_from_tarballs(tmp_path: Path) -> None:
    def packed(version: str, text: str) -> Release:
        path = tmp_path / "release_files" / f"pack-{version}.tgz"
        path.parent.mkdir(exist_ok=True)
        with tarfile.open(path, "w:gz") as archive:
            entry = tarfile.TarInfo("package/lib/a.js")
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
        return Release("pack", "pack", version, "MIT", sha256(path.read_bytes()).hexdigest(), path.name)

    body = "  const size = rows.length;\n  return rows.slice(start, limit).map((row) => row.size / size);\n"
    text = "".join(f"function total{n}(rows, start, limit) {{\n{body}}}\n\n" for n in range(9))
    mended = text.replace("slice(start, limit)", "slice(start, limit + 1)", 1)
    target = build(tmp_path, [packed("1.0.0", text), packed("1.0.1", mended)], ())
    (row,) = read(target)
    assert (row["repo"], row["path"], row["date"], row["single_token"]) == ("pack", "lib/a.js", "", False)
    (fix,) = read_fixes(target)
    assert fix.source.language == "javascript"
    assert [text for text in fix.after.texts if text not in fix.before.texts] == ["+", "1"]
    assert list((tmp_path / "release_files").iterdir()) == [tmp_path / "release_files" / "pack-1.0.1.tgz"]


def test_neighbours_are_patch_releases_of_one_series() -> None:
    listed = [Release("p", "p", v, "MIT", "", v) for v in ("2.0", "1.9.10", "2.0.1", "1.9.9", "2.0.3", "2.1.4")]
    listed.append(Release("q", "q", "2.0.2", "MIT", "", ""))
    pairs = [(before.version, after.version) for before, after in neighbours(listed)]
    assert pairs == [("1.9.9", "1.9.10"), ("2.0", "2.0.1")]


@pytest.mark.parametrize(
    ("path", "fine"),
    [
        ("pack/core.py", True),
        ("pack/tests/test_core.py", False),
        ("pack/_vendor/six.py", False),
        ("click/core.py", False),
        ("pack/migrations/0001_initial.py", False),
        ("pack/_version.py", False),
    ],
)
def test_changes_of_some_files_are_no_fixes(path: str, fine: bool) -> None:
    assert learnable(path) == fine


def test_functions_with_copies_in_an_evaluation_project_are_left_out(tmp_path: Path) -> None:
    text = TEXT.replace("total_0", "forward")
    path = "transformers/models/llama/modeling_llama.py"
    old = wheel(tmp_path, "1.0.0", {path: text})
    new = wheel(tmp_path, "1.0.1", {path: text.replace("rows[start:limit]", "rows[start:]", 2)})
    (mend,) = mends_between(tmp_path / old.file, tmp_path / new.file)
    assert mend.before.startswith("def total_1")


def test_mined_pairs_are_read_like_other_real_fixes(tmp_path: Path) -> None:
    mended = TEXT.replace("rows[start:limit]", "rows[start:limit + 1]", 1)
    wheels = tmp_path / "release_files"
    listed = [
        wheel(wheels, "1.0.0", {"pack/a.py": TEXT, "pack/b.py": TEXT, "pack/tests/test_a.py": TEXT}),
        wheel(wheels, "1.0.1", {"pack/a.py": mended, "pack/b.py": TEXT, "pack/tests/test_a.py": mended}),
        wheel(wheels, "1.0.2", {"pack/a.py": TEXT, "pack/b.py": mended, "pack/tests/test_a.py": mended}),
    ]
    target = build(tmp_path, listed, ())
    (one,) = read(target)  # the second release undoes it in a.py, and has it again in b.py
    assert (one["repo"], one["commit"], one["path"]) == ("owner/pack", "1.0.0..1.0.1", "pack/a.py")
    assert (one["date"], one["start_line"], one["licence"]) == ("2024-05-06", 1, "MIT")
    edits = cast(list[dict[str, object]], one["edits"])
    assert [edit["after_tokens"] for edit in edits] == [["+", "1"]]
    (fix,) = read_fixes(target)
    assert fix.project == "owner/pack"
    assert len(fix.after) == len(fix.before) + 2
    assert [path.name for path in wheels.iterdir()] == ["pack-1.0.2-py3-none-any.whl"]


def test_pairs_of_other_files_are_left_out(tmp_path: Path) -> None:
    mended = TEXT.replace("row.size_in_bytes", "row.length_in_bytes", 1)
    versions = {"1.0.0": TEXT, "1.0.1": mended}

    def listed() -> list[Release]:
        return [wheel(tmp_path / "release_files", v, {"pack/a.py": text}) for v, text in versions.items()]

    first = build(tmp_path, listed(), ())
    write(list(read(first)), known := tmp_path / "known.jsonl.gz")
    assert list(read(build(tmp_path, listed(), [known]))) == []


def test_a_release_that_changes_much_is_not_there_to_mend(tmp_path: Path) -> None:
    many = "".join(f"def total_{n}(rows, start, limit):\n{LINES}\n\n" for n in range(500))
    old = wheel(tmp_path, "1.0.0", {"pack/a.py": many})
    new = wheel(
        tmp_path, "1.0.1", {"pack/a.py": many.replace("result = 0", "result  =  0").replace("limit]", "start]", 1)}
    )
    assert mends_between(tmp_path / old.file, tmp_path / new.file) == []


def test_another_wheel_of_the_same_name_is_refused(tmp_path: Path) -> None:
    release = wheel(tmp_path, "1.0.0", {"pack/a.py": TEXT})
    assert fetch(release, tmp_path) == tmp_path / release.file
    wheel(tmp_path, "1.0.0", {"pack/a.py": TEXT + "\n"})
    with pytest.raises(SpotterError, match=r"pack-1\.0\.0.*sha256.*delete the file"):
        fetch(release, tmp_path)


def test_a_missing_file_of_fixes_is_a_usage_error(tmp_path: Path) -> None:
    assert run(["train", "releases", str(tmp_path), "--fixes", str(tmp_path / "none.jsonl.gz")]) == 2
