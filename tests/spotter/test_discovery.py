from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from spotter.discovery import Found, discover, gather, root_of, under
from spotter.errors import SpotterError
from spotter.source import Source, Unread


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True)


def write(folder: Path, *names: str, text: str = "x = 1\n") -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def found(root: Path, *paths: str, exclude: str = "-") -> Found:
    return discover(root, [root / path for path in paths], lambda name: name.startswith(exclude))


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "repo"
    folder.mkdir()
    git(folder, "init", "-q")
    write(folder, "a.py", "pkg/b.py", "pkg/data.txt", "new.py", "build/made.py")
    (folder / ".gitignore").write_text("build/\n")
    git(folder, "add", "a.py", "pkg", ".gitignore")
    return folder


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        folder.chmod(0o755)
        yield folder


def test_a_checkout_gives_what_is_tracked_or_not_ignored(checkout: Path) -> None:
    assert root_of([checkout / "pkg"]) == checkout
    assert found(checkout, ".").names == ("a.py", "new.py", "pkg/b.py")
    assert found(checkout, "pkg").names == ("pkg/b.py",)


def test_what_is_named_is_looked_at_even_if_ignored(checkout: Path) -> None:
    assert found(checkout, "build").names == ("build/made.py",)
    one = found(checkout, "build/made.py", "pkg")
    assert one.names == ("build/made.py", "pkg/b.py")
    assert one.requested == {"build/made.py"}


def test_exclusions_choose_in_folders_only(checkout: Path) -> None:
    assert found(checkout, ".", exclude="pkg/").names == ("a.py", "new.py")
    assert found(checkout, "pkg/b.py", exclude="pkg/").names == ("pkg/b.py",)


def test_a_deleted_file_is_not_looked_for(checkout: Path) -> None:
    (checkout / "a.py").unlink()
    assert found(checkout, ".") == Found(checkout, ("new.py", "pkg/b.py"), frozenset(), ())


def test_an_inner_repository_is_said_and_not_entered(checkout: Path) -> None:
    (checkout / "inner").mkdir()
    git(checkout / "inner", "init", "-q")
    write(checkout, "inner/c.py")
    result = found(checkout, ".")
    assert "inner/c.py" not in result.names
    assert [note.path for note in result.unread] == ["inner"]


def test_unusual_names_survive(checkout: Path) -> None:
    write(checkout, "ü b\tc.py", '"q".py')
    assert {"ü b\tc.py", '"q".py'} < set(found(checkout, ".").names)


def test_scripts_are_known_by_their_first_line(checkout: Path) -> None:
    write(checkout, "bin/run", text="#!/usr/bin/env python3\n")
    write(checkout, "bin/other", text="#!/bin/sh\n")
    assert found(checkout, "bin").names == ("bin/run",)


def test_outside_a_checkout_everything_but_what_tools_make(tmp_path: Path) -> None:
    write(tmp_path, "a.py", "b/c.pyi", "__pycache__/d.py", ".venv/e.py", ".hidden/f.py", "notes.md")
    assert found(tmp_path, ".").names == (".hidden/f.py", "a.py", "b/c.pyi")


def test_links_are_not_followed(tmp_path: Path) -> None:
    write(tmp_path, "a/b.py")
    (tmp_path / "a/loop").symlink_to("..")
    (tmp_path / "a/self").symlink_to("self")
    (tmp_path / "a/again.py").symlink_to("b.py")
    assert found(tmp_path, ".").names == ("a/b.py",)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    assert found(tmp_path, ".").names == ("a/b.py",)


def test_a_folder_reached_by_a_link_keeps_its_real_name(tmp_path: Path) -> None:
    write(tmp_path, "real/b.py")
    (tmp_path / "link").symlink_to("real")
    assert found(tmp_path, "link").names == ("real/b.py",)


def test_missing_paths_and_broken_links_are_usage_errors(tmp_path: Path) -> None:
    (tmp_path / "self").symlink_to("self")
    with pytest.raises(SpotterError, match=r"nothing\.py: no such file or folder"):
        root_of([tmp_path / "nothing.py"])
    with pytest.raises(SpotterError, match="self: a link that leads nowhere"):
        root_of([tmp_path / "self"])


def test_paths_of_two_repositories_cannot_be_mixed(checkout: Path, tmp_path: Path) -> None:
    write(tmp_path, "outside.py")
    with pytest.raises(
        SpotterError, match=r"outside\.py: outside the repository .*/repo; check it in a run of its own"
    ):
        root_of([checkout / "a.py", tmp_path / "outside.py"])
    with pytest.raises(SpotterError, match=r"a\.py: not outside any repository"):
        root_of([tmp_path / "outside.py", checkout / "a.py"])


def test_the_root_outside_a_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "p/a.py", "p/q/b.py")
    assert root_of([tmp_path / "p/a.py", tmp_path / "p/q"]) == tmp_path / "p"
    monkeypatch.chdir(tmp_path)
    assert root_of([Path("p/q")]) == tmp_path


def test_without_git_every_folder_is_outside(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.chdir(checkout)
    assert root_of([Path()]) == checkout
    assert "build/made.py" in found(checkout, ".").names


@pytest.mark.skipif(os.geteuid() != 0, reason="needs to become another user")
@pytest.mark.parametrize("in_checkout", [False, True])
def test_a_closed_folder_is_said(open_folder: Path, in_checkout: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    write(open_folder, "a.py", "closed/b.py", "gone.py")
    if in_checkout:
        git(open_folder, "init", "-q")
        git(open_folder, "add", "gone.py")
        monkeypatch.setenv("HOME", str(open_folder))
        for name, value in (("COUNT", "1"), ("KEY_0", "safe.directory"), ("VALUE_0", str(open_folder))):
            monkeypatch.setenv(f"GIT_CONFIG_{name}", value)
    (open_folder / "closed").chmod(0)
    os.seteuid(65534)
    try:
        result = found(open_folder, ".")
    finally:
        os.seteuid(0)
    assert result.names == ("a.py", "gone.py")
    assert [note.path for note in result.unread] == ["closed"]
    assert "cannot be entered" in result.unread[0].reason


def test_reading_what_was_found_tells_who_was_asked_for(tmp_path: Path) -> None:
    write(tmp_path, "a.py", "d/ok.py")
    (tmp_path / "a.py").write_bytes(b"\xff")
    (tmp_path / "d/bad.py").write_bytes(b"\xff")
    sources, unread, aside = gather(found(tmp_path, "a.py", "d"))
    assert sources == (Source("d/ok.py", "x = 1\n", "python"),)
    assert [(one.path, one.requested) for one in unread] == [("a.py", True), ("d/bad.py", False)]
    assert all(isinstance(one, Unread) for one in unread)
    assert aside == ()


def test_minified_files_and_declarations_are_left_out_unless_they_are_named(tmp_path: Path) -> None:
    write(tmp_path, "d/a.js", "d/b.min.js", "d/c.js", "d/e.js", "d/f.d.ts", "named.min.js")
    (tmp_path / "d/c.js").write_text("a=1;" * 600)
    (tmp_path / "d/e.js").write_text("a=1;" * 6000)
    sources, unread, aside = gather(found(tmp_path, "d", "named.min.js"))
    assert [source.path for source in sources] == ["d/a.js", "named.min.js"]
    pressed = [("d/b.min.js", "minified"), ("d/c.js", "minified"), ("d/e.js", "minified")]
    assert (unread, aside) == ((), (*pressed, ("d/f.d.ts", "declarations without code")))


def test_names_under_paths(tmp_path: Path) -> None:
    write(tmp_path, "pkg/a.py", "pkg2/b.py")
    assert list(under(["pkg/a.py", "pkg2/b.py"], tmp_path, [tmp_path / "pkg"])) == ["pkg/a.py"]
    assert list(under(["pkg/a.py", "pkg2/b.py"], tmp_path, [tmp_path])) == ["pkg/a.py", "pkg2/b.py"]
