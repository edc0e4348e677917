"""A local Ray with two workers over small repositories, in which workers and drivers are killed.

python -P tests/spotter/test_fleet.py FOLDER      the same over every folder in a folder, such as unpacked wheels
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from spotter import ledger
from spotter.bundled import Bundled
from spotter.fleet import Sum, ordered, sentence, summed
from spotter.repositories import Chosen, Repository, failure, row_of

if sys.platform != "linux":
    pytest.skip("processes are found in /proc", allow_module_level=True)
pytest.importorskip("ray")

WAIT = 240  # seconds for a process to come up on a busy machine
NICE = os.environ | {"RAY_worker_niceness": "0"}  # Ray's own 15 starves workers on a busy machine
KNOWN = NICE | {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": token_hex(32)}  # as a cluster and those who may use it
NIL = "class A:\n    x = None\n\n" + "".join(f"    def f{n}(self):\n        assert self.x\n" for n in range(6))


@pytest.fixture
def names(tmp_path: Path) -> list[str]:
    """Five folders, one of them large, one twice; one that git clones; one that is not there."""
    for number in range(5):
        folder = tmp_path / f"r{number}"
        folder.mkdir()
        (folder / "a.py").write_text(NIL * (30 if number == 3 else 1) + f"x = {number}\n")
    identity = ("-c", "user.name=alfa", "-c", "user.email=alfa@example.org")
    for command in (["init", "-q"], ["add", "."], [*identity, "commit", "-qm", "a"]):
        subprocess.run(["git", "-C", tmp_path / "r4", *command], check=True)
    here = [str(tmp_path / f"r{number}") for number in range(4)]
    return [*here, (tmp_path / "r4").as_uri(), here[0], str(tmp_path / "gone")]


def started(names: list[str], output: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "spotter", "fleet", *names, "--output", str(output), "--workers", "2"]
    return subprocess.Popen(command, env=NICE, stdout=subprocess.PIPE, text=True, start_new_session=True)


@pytest.fixture
def cluster() -> Iterator[str]:
    """The address of a Ray cluster of two cores on this machine."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        address = "127.0.0.1:{1}".format(*probe.getsockname())
    with TemporaryDirectory(prefix="ray") as folder:  # its sockets' paths must be short
        head = "start --head --block --num-cpus=2 --include-dashboard=false --disable-usage-stats"
        where = (f"--port={address.rpartition(':')[2]}", f"--temp-dir={folder}", "--object-store-memory=100000000")
        command = [sys.executable, "-m", "ray.scripts.scripts", *head.split(), *where]
        process = subprocess.Popen(command, env=KNOWN, stdout=subprocess.PIPE, text=True, start_new_session=True)
        assert process.stdout is not None
        assert any("Ray runtime started" in line for line in process.stdout)
        children = [child for child, _ in below(process.pid)]
        yield address
        assert process.poll() is None  # a fleet leaves a cluster as it was
        process.terminate()
        process.communicate(timeout=WAIT)
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)


def below(process: int) -> Iterator[tuple[int, str]]:
    """The processes that a process has started, with their titles."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    for child in parents:
        above = child
        while above in parents and above != process:
            above = parents[above]
        if above == process and child != process:
            try:
                yield child, Path(f"/proc/{child}/cmdline").read_text().replace("\0", " ")
            except OSError:
                continue


def busy(process: subprocess.Popen[str]) -> int:
    """A worker at work."""
    deadline = time.monotonic() + WAIT
    while time.monotonic() < deadline and process.poll() is None:
        for child, title in below(process.pid):
            if title.startswith("ray::Worker.row"):
                return child
    raise AssertionError(f"no worker is at work; the fleet's exit code is {process.poll()}")


def rows(output: Path) -> dict[str, dict[str, Any]]:
    """The rows by their repositories, each of which has one, without the seconds that they took."""
    found = list(ledger.rows(output))
    assert len({row["repository"] for row in found}) == len(found)
    return {row["repository"]: row | {"seconds": 0} for row in found}


def though_a_worker_is_killed(names: list[str], output: Path) -> tuple[str, int]:
    """What a fleet says in the end, and its exit code."""
    process = started(names, output)
    os.kill(busy(process), signal.SIGKILL)
    said, _ = process.communicate()
    return said, process.returncode


def alone(names: list[str]) -> dict[str, dict[str, Any]]:
    """The rows of this process, without the seconds that they took."""
    scorer = Bundled()
    found = (row_of(Repository.named(name), Chosen(), scorer) for name in dict.fromkeys(names))
    return {row["repository"]: row | {"seconds": 0} for row in found}


def test_killed_workers_and_drivers_leave_every_repository_with_one_row_as_a_single_process_has_it(
    names: list[str], tmp_path: Path
) -> None:
    output = tmp_path / "fleet.jsonl"
    first = started(names, output)
    busy(first)
    children = [child for child, _ in below(first.pid)]
    first.kill()
    first.communicate(timeout=WAIT)
    deadline = time.monotonic() + WAIT
    while any(Path(f"/proc/{child}").exists() for child in children):  # Ray's processes go with their driver
        assert time.monotonic() < deadline
        time.sleep(0.1)
    said, code = though_a_worker_is_killed(names, output)
    assert code == 1  # one repository is not there
    assert said.startswith("5 repositories measured, 1 failed; ")
    assert rows(output) == alone(names)
    before = output.read_bytes()
    done = subprocess.run(
        [sys.executable, "-m", "spotter", "fleet", *names, "--output", output], capture_output=True, text=True
    )
    assert (done.stdout, output.read_bytes()) == (said, before)  # nothing is left to do


def test_a_cluster_at_an_address_gives_the_rows_of_a_single_process(
    names: list[str], cluster: str, tmp_path: Path
) -> None:
    output = tmp_path / "fleet.jsonl"
    command = [sys.executable, "-m", "spotter", "fleet", *names, "--output", str(output), "--address", cluster]
    done = subprocess.run(command, env=KNOWN, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr  # one repository is not there
    assert done.stdout.startswith("5 repositories measured, 1 failed; ")
    assert rows(output) == alone(names)


def test_an_address_where_no_cluster_is_is_one_line(names: list[str], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "spotter", "fleet", names[0], "--output", str(tmp_path / "fleet.jsonl")]
    done = subprocess.run([*command, "--address", "127.0.0.1:9"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("spotter: 127.0.0.1:9: Ray does not answer (")
    assert done.stderr.count("\n") == 1


def test_the_largest_is_first_after_those_of_unknown_size(tmp_path: Path) -> None:
    for name, size in (("small", 10), ("large", 1000)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.py").write_text("#" * size)
        (tmp_path / name / "a.bin").write_text("#" * 10_000)
    wanted = ["https://example.org/r.git", str(tmp_path / "large"), str(tmp_path / "small")]
    assert [one.name for one in ordered([Repository.named(name) for name in reversed(wanted)])] == wanted


def test_a_sum_counts_measured_lines_and_names_what_failed() -> None:
    good = {"repository": "a", "state": "measured", "seconds": 2.0, "report": {"summary": {"lines": 500}}}
    bad = {"repository": "b", "seconds": 9.0, **failure("it is not there")}
    found = summed([good, bad, json.loads(json.dumps(good | {"repository": "c"}))])
    assert found == Sum(2, (("b", "it is not there"),), 1000, 4.0)
    assert sentence(found) == (
        "2 repositories measured, 1 failed; 1,000 lines, 250 a core-second.\nfailed: b: it is not there"
    )


if __name__ == "__main__":
    folders = sorted(str(path) for path in Path(sys.argv[1]).iterdir() if path.is_dir())
    with TemporaryDirectory() as scratch:
        written = Path(scratch, "fleet.jsonl")
        print(though_a_worker_is_killed(folders, written)[0].strip())
        assert set(rows(written)) == set(folders)
        assert rows(written) == alone(folders)
    print(f"{len(folders)} repositories, each once, a worker killed, and the rows those of a single process")
