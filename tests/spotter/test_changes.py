from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from spotter.changes import Changes, Sides, since, staged, staged_sides
from spotter.errors import SpotterError

TEN = "".join(f"x{i} = {i}\n" for i in range(1, 11))


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false")
    return subprocess.run(
        ["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True, text=True
    ).stdout


def commit(folder: Path, message: str = "a change") -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--no-verify", "-m", message)


def edited(text: str, line: int, new: str) -> str:
    lines = text.split("\n")
    lines[line - 1] = new
    return "\n".join(lines)


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    folder = tmp_path / "repo"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    (folder / "a.py").write_text(TEN)
    (folder / "b.py").write_text(TEN)
    commit(folder)
    return folder


def test_the_index_is_read_and_not_the_working_tree(repo: Path) -> None:
    (repo / "a.py").write_text(edited(TEN, 3, "y = 3"))
    git(repo, "add", "a.py")
    (repo / "a.py").write_text(edited(TEN, 7, "y = 7"))
    changes = staged(repo)
    assert changes.lines == {"a.py": frozenset({3})}
    assert changes.contents == {"a.py": edited(TEN, 3, "y = 3").encode()}


def test_the_first_commit_changes_every_line(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / "a.py").write_text("x = 1\ny = 2\n")
    (tmp_path / "empty.py").write_text("")
    git(tmp_path, "add", "-A")
    assert staged(tmp_path).lines == {"a.py": frozenset({1, 2})}
    assert staged(tmp_path).contents == {"a.py": b"x = 1\ny = 2\n", "empty.py": b""}


def test_in_a_merge_only_lines_that_neither_side_has_are_new(repo: Path) -> None:
    git(repo, "switch", "-q", "-c", "theirs")
    (repo / "a.py").write_text(edited(edited(TEN, 1, "x1 = 'theirs'"), 9, "x9 = 'theirs'"))
    commit(repo)
    git(repo, "switch", "-q", "main")
    (repo / "a.py").write_text(edited(edited(TEN, 1, "x1 = 'ours'"), 5, "x5 = 'ours'"))
    commit(repo)
    with pytest.raises(subprocess.CalledProcessError):
        git(repo, "merge", "theirs")
    resolved = edited(edited(edited(TEN, 1, "x1 = 'both'"), 5, "x5 = 'ours'"), 9, "x9 = 'theirs'")
    (repo / "a.py").write_text(resolved)
    git(repo, "add", "a.py")
    assert staged(repo).lines == {"a.py": frozenset({1})}
    assert staged_sides(repo) is None
    git(repo, "commit", "-q", "--no-verify", "-m", "both")
    assert staged_sides(repo) == Sides({}, {})


def test_nothing_staged_is_nothing_changed(repo: Path) -> None:
    assert staged(repo) == Changes({}, {})


def test_a_rename_changes_only_its_edited_lines(repo: Path) -> None:
    git(repo, "mv", "a.py", "c.py")
    (repo / "c.py").write_text(edited(TEN, 5, "y = 5"))
    git(repo, "add", "-A")
    assert staged(repo).lines == {"c.py": frozenset({5})}
    assert list(staged(repo).contents) == ["c.py"]
    assert since(repo, "HEAD").lines == {"c.py": frozenset({5})}


def test_a_deleted_file_is_no_change_and_a_deleted_line_marks_its_neighbours(repo: Path) -> None:
    git(repo, "rm", "-q", "b.py")
    (repo / "a.py").write_text(TEN.replace("x4 = 4\n", ""))
    git(repo, "add", "-A")
    assert staged(repo).lines == {"a.py": frozenset({3, 4})}


def test_added_text_that_looks_like_a_header_is_stepped_over(repo: Path) -> None:
    (repo / "a.py").write_text(TEN + "++ b/evil.py\n@@ -1 +1 @@\n" + "z = 1")
    git(repo, "add", "-A")
    assert staged(repo).lines == {"a.py": frozenset({11, 12, 13})}


@pytest.mark.parametrize("name", ["ü.py", "with space.py", 'quo"te.py', "tab\there.py", "new\nline.py", "deep/er/a.py"])
def test_unusual_names(repo: Path, name: str) -> None:
    (repo / name).parent.mkdir(parents=True, exist_ok=True)
    (repo / name).write_text("x = 1\n")
    git(repo, "add", "-A")
    assert staged(repo) == Changes({name: frozenset({1})}, {name: b"x = 1\n"})


def test_a_file_that_attributes_hide_from_diffs_changed_everywhere(repo: Path) -> None:
    (repo / ".gitattributes").write_text("*.ipynb -diff\n")
    (repo / "a.ipynb").write_text("{\n}\n")
    git(repo, "add", "-A")
    assert staged(repo).lines["a.ipynb"] == {1, 2, 3}
    git(repo, "rm", "-q", "--cached", "a.ipynb")
    assert since(repo, "HEAD").lines["a.ipynb"] == {1, 2, 3}


def test_links_and_other_languages_are_no_source(repo: Path) -> None:
    (repo / "link.py").symlink_to("a.py")
    (repo / "data.bin").write_bytes(b"\0" * 100)
    (repo / "run").write_text("#!/usr/bin/python\n")
    git(repo, "add", "-A")
    assert list(staged(repo).contents) == ["run"]


def test_the_settings_of_a_person_do_not_change_the_answer(repo: Path) -> None:
    for key, value in (
        ("diff.noprefix", "true"),
        ("diff.mnemonicPrefix", "true"),
        ("color.ui", "always"),
        ("diff.external", "false"),
        ("diff.renames", "false"),
        ("diff.interHunkContext", "50"),
        ("core.quotepath", "false"),
    ):
        git(repo, "config", key, value)
    (repo / "a.py").write_text(edited(edited(TEN, 2, "y = 2"), 9, "y = 9"))
    (repo / "ü.py").write_text("x = 1\n")
    git(repo, "add", "-A")
    assert staged(repo).lines == {"a.py": frozenset({2, 9}), "ü.py": frozenset({1})}


def test_since_counts_from_where_the_branch_left(repo: Path) -> None:
    git(repo, "switch", "-q", "-c", "topic")
    (repo / "a.py").write_text(edited(TEN, 3, "y = 3"))
    commit(repo)
    git(repo, "switch", "-q", "main")
    (repo / "b.py").write_text("other = 1\n")
    commit(repo)
    git(repo, "switch", "-q", "--detach", "topic")
    (repo / "a.py").write_text(edited(edited(TEN, 3, "y = 3"), 8, "y = 8"))
    (repo / "new.py").write_text("x = 1\n")
    assert since(repo, "main").lines == {"a.py": frozenset({3, 8}), "new.py": frozenset({1, 2})}


@pytest.mark.parametrize("revision", ["nowhere", "--output=stolen", "HEAD:a.py", ""])
def test_an_unknown_revision_is_one_line(repo: Path, revision: str) -> None:
    with pytest.raises(SpotterError, match="no such revision here"):
        since(repo, revision)
    assert not (repo / "stolen").exists()


def test_a_shallow_clone_says_how_to_deepen_it(repo: Path, tmp_path: Path) -> None:
    git(repo, "switch", "-q", "-c", "topic")
    (repo / "a.py").write_text("y = 1\n")
    commit(repo)
    git(repo, "switch", "-q", "main")
    (repo / "b.py").write_text("y = 1\n")
    commit(repo)
    git(tmp_path, "clone", "-q", "--depth", "1", "--no-single-branch", "--branch", "topic", repo.as_uri(), "clone")
    with pytest.raises(SpotterError, match=r"no commit in common with HEAD; this clone is shallow: .*--unshallow"):
        since(tmp_path / "clone", "origin/main")
    with pytest.raises(SpotterError, match="no such revision here; this clone is shallow"):
        since(tmp_path / "clone", "HEAD~1")


def test_unrelated_histories_have_nothing_in_common(repo: Path) -> None:
    git(repo, "switch", "-q", "--orphan", "other")
    (repo / "a.py").write_text("y = 1\n")
    commit(repo)
    with pytest.raises(SpotterError, match=r"no commit in common with HEAD$"):
        since(repo, "main")


def test_where_there_is_nothing_to_compare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SpotterError, match="not inside a git checkout"):
        staged(tmp_path)
    git(tmp_path, "init", "-q")
    with pytest.raises(SpotterError, match="no commit here yet; use --staged"):
        since(tmp_path, "main")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SpotterError, match="git: not found on the PATH"):
        staged(tmp_path)
