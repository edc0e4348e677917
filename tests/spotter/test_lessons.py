from __future__ import annotations

import zipfile
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from spotter import lessons
from spotter.engine.releases import Release
from spotter.lessons import Lesson, gather
from spotter.source import Source
from spotter.syntax import parse

SOUND = "".join(
    f"def total_{n}(rows, start, limit):\n    result = {n}\n    for row in rows[start:limit]:\n"
    "        result += row.size_in_bytes\n    return result\n\n\n"
    for n in range(6)
)
ASKED = (
    SOUND
    + "def heads(headers, extra):\n    if headers is not None:\n        headers = {}\n    return headers + extra\n"
)
MENDED = ASKED.replace("is not None", "is None")
CALLED = "from pack.asked import heads\n\n\ndef both(one, other):\n    return heads(one, other)\n\n\n" + SOUND


def wheel(folder: Path, version: str, files: dict[str, str]) -> Release:
    path = folder / f"pack-{version}-py3-none-any.whl"
    folder.mkdir(exist_ok=True, parents=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2024, 5, 6, 0, 0, 0)), text)
    return Release("pack", "owner/pack", version, "MIT", sha256(path.read_bytes()).hexdigest(), path.name)


@pytest.fixture
def gathered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Lesson]:
    monkeypatch.setattr(lessons, "LINES", {"pack": ("1.0",)})
    monkeypatch.setattr(lessons, "PLANTED", ("pack",))
    monkeypatch.setattr(lessons, "EDITS", 5)
    before = {"pack/asked.py": ASKED, "pack/called.py": CALLED, "pack/sound.py": SOUND}
    after = {**before, "pack/asked.py": MENDED}
    pair = [wheel(tmp_path / "wheels", version, files) for version, files in (("1.0", before), ("1.0.1", after))]
    others = [replace(release, package="other", file="none") for release in pair]  # of no listed line
    found = list(gather(tmp_path, [*others, *pair], iter))
    assert list((tmp_path / "wheels").iterdir()) == []
    assert list(gather(tmp_path, pair, iter)) == found  # without a wheel, and so without a package index
    return found


def test_a_mended_function_is_a_lesson_with_its_wrong_tokens_and_its_ground(gathered: list[Lesson]) -> None:
    (fix,) = (lesson for lesson in gathered if lesson.kind == "fix")
    tokens = parse(Source(fix.path, fix.text, "python")).tokens
    assert (fix.project, fix.path, fix.text) == ("owner/pack", "pack/asked.py", ASKED)
    assert [tokens[i].text for i in fix.wrong] == ["not"]
    assert fix.ground.functions["heads"] == (0.0, 1)
    assert [deviant.rule for deviant in fix.ground.deviants] == ["SP222"]


def test_a_deviant_is_right_where_the_fix_touched_it_and_it_is_gone(gathered: list[Lesson]) -> None:
    assert [lesson.right for lesson in gathered if lesson.kind in ("fix", "deviant")] == [(0,), (0,)]


def test_files_that_no_release_changed_are_sound(gathered: list[Lesson]) -> None:
    sound = {lesson.path: lesson for lesson in gathered if lesson.kind == "sound"}
    assert set(sound) == {"pack/called.py", "pack/sound.py"}
    assert not any(lesson.wrong for lesson in sound.values())


def test_errors_are_planted_in_the_last_release(gathered: list[Lesson]) -> None:
    planted = [lesson for lesson in gathered if lesson.kind == "edit"]
    assert planted
    assert all(lesson.wrong and lesson.text not in (MENDED, CALLED, SOUND) for lesson in planted)


def test_every_line_of_releases_that_is_read_is_listed() -> None:
    from spotter.engine.releases import neighbours, releases_of

    listed = {(one.package, ".".join(map(str, one.parts[:2]))) for one, _ in neighbours(releases_of())}
    assert {(package, line) for package, lines in lessons.LINES.items() for line in lines} <= listed


def test_what_judges_is_of_other_projects_than_what_is_fitted_to_and_what_measures_us() -> None:
    from spotter.engine.releases import neighbours, releases, releases_of
    from spotter.engine.wheels import EVALUATION

    fitted = {one.project for one in releases_of() if one.package in lessons.LINES}
    listed = releases(lessons.UNSEEN)
    assert {one.package for one in listed}.isdisjoint(EVALUATION)
    assert {one.project for one in listed}.isdisjoint(fitted)
    assert {one for pair in neighbours(listed) for one in pair} == set(listed)


def test_the_releases_that_judge_are_read_without_their_tests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {"pack/asked.py": ASKED, "pack/called.py": CALLED, "pack/tests/test_asked.py": CALLED}
    after = {**before, "pack/asked.py": MENDED}
    pair = [wheel(tmp_path / "wheels", version, files) for version, files in (("1.0", before), ("1.0.1", after))]
    monkeypatch.setattr(lessons, "UNSEEN", tmp_path / "unseen.tsv")
    rows = ["\t".join(getattr(one, name) for name in Release.__slots__) for one in pair]
    (tmp_path / "unseen.tsv").write_text("\n".join(["\t".join(Release.__slots__), *rows]) + "\n")
    (fix,) = (lesson for lesson in lessons.unseen(tmp_path, iter) if lesson.kind == "fix")
    assert fix.ground.functions["heads"] == (0.0, 1)  # the test calls it too
