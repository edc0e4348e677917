from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from spotter.engine.bench_manifest import entries, main, pack, read_manifest, unlike, unpack
from spotter.engine.bench_records import read_clean, read_suite
from spotter.errors import SpotterError

MANIFEST = Path(__file__).with_name("bench_manifest.jsonl.gz")
BUG = {
    "id": "a-1",
    "repo": "o/p",
    "commit": "c0ffee",
    "path": "a.py",
    "language": "python",
    "kind": "off-by-one",
    "core": True,
    "buggy_code": "def f(a):\n    return a + 1\n",
    "fixed_code": "def f(a):\n    return a + 2\n",
    "buggy_lines": [2],
    "bug_spans": [[25, 26]],
    "old_tokens": ["1"],
    "new_tokens": ["2"],
    "func_range": [1, 2],
}
CLEAN = {"id": "c-1", "source": "PyPI:x", "version": "1.0", "path": "x.py", "language": "python", "code": "x=1\ny=2"}


def write(path: Path, *rows: object) -> Path:
    text = "".join(json.dumps(row) + "\n" for row in rows)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_a_suite_is_read_packed_or_not(tmp_path: Path, name: str) -> None:
    (record,) = read_suite(write(tmp_path / name, BUG))
    assert (record.bug_spans, record.func_range, record.single_token) == (((25, 26),), (1, 2), True)


def test_a_folder_gives_its_bug_records_and_leaves_clean_files_out(tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", BUG)
    write(tmp_path / "b.jsonl.gz", BUG | {"id": "a-2", "func_range": None})
    write(tmp_path / "clean.jsonl", CLEAN)
    assert [r.id for r in read_suite(tmp_path)] == ["a-1", "a-2"]
    assert [(c.id, c.lines) for c in read_clean(tmp_path)] == [("c-1", 2)]


def test_a_folder_of_sources_is_clean_as_far_as_people_wrote_it_and_it_can_be_read(tmp_path: Path) -> None:
    files = {
        "one/lib/a.js": "f(1);\n", "one/lib/a.min.js": "f(1);\n", "two/b.py": "x = 1", "two/c.py": "x = (\n",
        "two/d.txt": "x",
        "one/node_modules/b/c.js": "f(1);\n",
    }  # fmt: skip
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    found = [(c.id, c.repo, c.language, c.lines) for c in read_clean(tmp_path)]
    assert found == [("one/lib/a.js", "one", "javascript", 1), ("two/b.py", "two", "python", 1)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "not JSON"),
        (b"[1]", "not an object"),
        (b"", "no bug records"),
        (json.dumps(CLEAN).encode(), "no bug records"),
        (json.dumps(BUG | {"buggy_lines": ["2"]}).encode(), "not a bug record"),
        (json.dumps({"buggy_code": ""}).encode(), "not a bug record"),
        (b"\xff", "cannot be read"),
    ],
)
def test_a_bad_suite_is_refused_by_name(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_bytes(content)
    with pytest.raises(SpotterError, match=said) as raised:
        read_suite(path)
    assert "bad.jsonl" in str(raised.value)


def test_a_damaged_archive_and_a_missing_one_are_refused(tmp_path: Path) -> None:
    whole = write(tmp_path / "a.jsonl.gz", BUG).read_bytes()
    (tmp_path / "a.jsonl.gz").write_bytes(whole[:-20])
    with pytest.raises(SpotterError, match="fetch it again"):
        read_suite(tmp_path / "a.jsonl.gz")
    with pytest.raises(SpotterError, match="no such suite"):
        read_suite(tmp_path / "b.jsonl.gz")


def test_the_manifest_knows_a_record_by_its_texts(tmp_path: Path) -> None:
    records, clean = read_suite(write(tmp_path / "a.jsonl", BUG)), read_clean(write(tmp_path / "c.jsonl", CLEAN))
    manifest = unpack(pack(entries(records, clean)))
    assert unlike(entries(records, clean), manifest) == []
    changed = read_suite(write(tmp_path / "a.jsonl", BUG | {"fixed_code": "pass\n"}))
    assert unlike(entries(changed, clean), manifest) == ["a-1"]


def test_the_published_manifest_is_sorted_and_its_hashes_are_whole() -> None:
    manifest = read_manifest(MANIFEST)
    assert len(manifest) == 2941
    assert list(manifest) == sorted(manifest)
    assert all(len(digest) == 64 for entry in manifest for digest in entry.sha256)


def test_a_strange_suite_is_told_record_by_record(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    suite, clean = write(tmp_path / "a.jsonl", BUG), write(tmp_path / "c.jsonl", CLEAN)
    assert main([str(MANIFEST), str(suite), str(clean)]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "0 of 2 records are the manifest's"
    assert main([str(suite)]) == 2
    assert main([str(clean), str(suite), str(clean)]) == 2
    assert "not a manifest" in capsys.readouterr().err
