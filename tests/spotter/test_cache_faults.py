"""The cache under faults: processes that write at once, die in the middle, or find what another has damaged."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from spotter.cache import Cache

WRITER = """
import sys
from pathlib import Path
from spotter.cache import Cache
for run in range(int(sys.argv[3])):
    cache = Cache(Path(sys.argv[1]))
    cache.put({f"{sys.argv[2]}-{run}-{n}": f"{sys.argv[2]}-{run}-{n}" * 50 for n in range(20)})
    cache.close()
    print(run, flush=True)
"""


def writer(folder: Path, name: str, runs: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(folder), name, str(runs)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def sound(folder: Path) -> bool:
    """What SQLite says of the table."""
    database = sqlite3.connect(folder / ".spotter" / "cache.sqlite")
    try:
        return database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    finally:
        database.close()


def test_eight_processes_write_at_once_and_lose_nothing(tmp_path: Path) -> None:
    writers = [writer(tmp_path, f"w{number}", 5) for number in range(8)]
    assert [one.communicate(timeout=120)[1] for one in writers] == [""] * 8
    assert Cache(tmp_path).count() == 8 * 5 * 20
    assert sound(tmp_path)


def test_what_was_written_before_a_process_was_killed_is_there_and_right(tmp_path: Path) -> None:
    chance = random.Random(0)
    for number in range(12):
        one = writer(tmp_path, f"w{number}", 1000)
        assert one.stdout is not None
        one.stdout.readline()  # the first run is written
        time.sleep(chance.random() / 10)
        one.kill()
        one.communicate(timeout=60)
    cache = Cache(tmp_path)
    assert cache.note == ""
    for number in range(12):
        written = cache.get(f"w{number}-0-{n}" for n in range(20))
        assert written == {f"w{number}-0-{n}": f"w{number}-0-{n}" * 50 for n in range(20)}
    assert sound(tmp_path)


def test_a_cache_that_is_damaged_or_removed_while_it_is_open_heals_by_the_next_run(tmp_path: Path) -> None:
    path = tmp_path / ".spotter" / "cache.sqlite"
    for harm in (lambda: path.write_bytes(b"\xee" * 20_000), path.unlink, lambda: path.write_bytes(b"")):
        cache = Cache(tmp_path)
        cache.put({"alfa": "one" * 5000})
        harm()
        assert cache.get(["alfa"]).get("alfa") in (None, "one" * 5000)
        cache.put({"bravo": "two"})
        cache.close()
        healed = Cache(tmp_path)
        healed.put({"charlie": "three"})
        assert healed.get(["charlie"]) == {"charlie": "three"}
        assert healed.note == ""
        healed.close()
        assert sound(tmp_path)
