from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from spotter.cache import Cache, key


def test_a_value_is_found_again_by_the_next_run(tmp_path: Path) -> None:
    first = Cache(tmp_path)
    first.put({"alfa": "one", "bravo": "zwei ü"})
    first.close()
    second = Cache(tmp_path)
    assert second.get(["alfa", "bravo", "charlie"]) == {"alfa": "one", "bravo": "zwei ü"}
    assert second.count() == 2


def test_a_sealed_cache_remembers_nothing_more(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put({"alfa": "one"})
    cache.seal()
    cache.put({"alfa": "two", "bravo": "two"})
    assert cache.get(["alfa", "bravo"]) == {"alfa": "one"}


def test_the_borders_of_the_parts_count() -> None:
    assert key("ab", "c") != key("a", "bc")
    assert key("a", "b") != key("b", "a")


def test_the_cache_is_never_committed_but_its_folder_can_be(tmp_path: Path) -> None:
    Cache(tmp_path).close()
    (tmp_path / ".spotter" / "verdicts.jsonl").touch()
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    status = ["git", "-C", str(tmp_path), "status", "--porcelain", "-uall"]
    assert subprocess.run(status, capture_output=True, text=True, check=True).stdout.split() == [
        "??",
        ".spotter/verdicts.jsonl",
    ]


@pytest.mark.parametrize("damage", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_damaged_table_is_made_anew(tmp_path: Path, damage: bytes) -> None:
    cache = Cache(tmp_path)
    cache.put({"alfa": "one"})
    cache.close()
    (tmp_path / ".spotter" / "cache.sqlite").write_bytes(damage)
    mended = Cache(tmp_path)
    assert mended.get(["alfa"]) == {}
    mended.put({"alfa": "two"})
    assert mended.get(["alfa"]) == {"alfa": "two"}
    assert mended.note == ""


def test_damage_in_the_middle_is_a_miss(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put({f"key{number}": str(number) * 3000 for number in range(400)})
    cache.close()
    path = tmp_path / ".spotter" / "cache.sqlite"
    data = bytearray(path.read_bytes())
    data[8192:40000] = b"\xee" * (40000 - 8192)
    path.write_bytes(data)
    mended = Cache(tmp_path)
    found = mended.get(f"key{number}" for number in range(400))
    assert all(found[name] == name.removeprefix("key") * 3000 for name in found)
    mended.put({"alfa": "two"})
    assert mended.get(["alfa"]) == {"alfa": "two"}


def test_a_folder_that_cannot_be_written_costs_only_the_cache(tmp_path: Path) -> None:
    (tmp_path / ".spotter").write_text("a file where the folder should be")
    cache = Cache(tmp_path)
    cache.put({"alfa": "one"})
    assert cache.get(["alfa"]) == {}
    assert "no cache" in cache.note


def test_what_was_written_longest_ago_is_forgotten_first(tmp_path: Path) -> None:
    for run in range(8):
        cache = Cache(tmp_path, largest=120_000)
        cache.put({f"{run}-{number}": key(str(run), str(number)) * 20 for number in range(200)})
        cache.close()
    last = Cache(tmp_path)
    assert last.size() < 200_000
    assert last.get(["7-0", "0-0"]).keys() == {"7-0"}


@pytest.mark.parametrize("_", range(3))
def test_two_processes_write_at_once(tmp_path: Path, _: int) -> None:
    program = (
        "import sys; from pathlib import Path; from spotter.cache import Cache\n"
        "for number in range(40):\n"
        "    cache = Cache(Path(sys.argv[1])); cache.put({sys.argv[2] + str(number): 'x'}); cache.close()"
    )
    writers = [subprocess.Popen([sys.executable, "-c", program, str(tmp_path), name]) for name in ("alfa", "bravo")]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    assert Cache(tmp_path).count() == 80
