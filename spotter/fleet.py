"""Many repositories on Ray: actors that hold the denoiser, one repository each at a time, the largest first.

A worker gets its next repository when the row of its last one is written, so no rows pile up, and whoever is done first
takes more (longest processing time first, Graham 1969). Needs the extra `ray`.
"""

from __future__ import annotations

import logging
import math
import os
import socket
import sys
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spotter import ledger
from spotter.bundled import Bundled
from spotter.errors import SpotterError
from spotter.repositories import Chosen, Repository, Row, failure, row_of

ATTEMPTS = 3  # of a repository on which workers die
REACH = 10.0  # seconds to a cluster's head
STORE = 100 * 2**20  # bytes of Ray's object store; rows are small


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where a fleet runs: on this machine alone, or on the Ray cluster at an address; on all cores, or so many."""

    address: str | None = None
    workers: int | None = None


@dataclass(frozen=True, slots=True)
class Sum:
    """What a ledger holds: repositories by state, the lines of those that were measured, and seconds of a core."""

    measured: int
    failed: tuple[tuple[str, str], ...]
    lines: int
    seconds: float


class Worker:
    """Holds the denoiser, in a process of its own."""

    def __init__(self, chosen: Chosen) -> None:
        self._chosen = chosen
        self._scorer = Bundled()

    def row(self, repository: Repository) -> Row:
        """The row of a repository."""
        return row_of(repository, self._chosen, self._scorer)


def fleet(names: Iterable[str], path: Path, chosen: Chosen, cluster: Cluster) -> Sum:
    """Write a row for every repository that has none in the ledger, as they are done; and sum the ledger up."""
    done = ledger.begin(path)
    left = [Repository.named(name) for name in dict.fromkeys(names) if name not in done]
    if left:
        with _connected(cluster) as ray:
            for row in _rows(ray, ordered(left), chosen, cluster):
                ledger.append(path, row)
    return summed(ledger.rows(path))


def ordered(repositories: Sequence[Repository]) -> list[Repository]:
    """The largest first, before them those whose size is not known."""
    sizes = {repository: repository.bytes() for repository in repositories}
    return sorted(repositories, key=lambda one: (-math.inf if (size := sizes[one]) is None else -size, one.name))


def summed(rows: Iterable[Row]) -> Sum:
    """The sum of a ledger's rows."""
    states: Counter[str] = Counter()
    failed, lines, seconds = [], 0, 0.0
    for row in rows:
        states[row["state"]] += 1
        if row["state"] == "failed":
            failed.append((row["repository"], row["error"]))
        else:
            lines += row["report"]["summary"]["lines"]
            seconds += row["seconds"]
    return Sum(states["measured"], tuple(failed), lines, seconds)


def sentence(found: Sum) -> str:
    """A sum for people."""
    said = f"{found.measured:,} repositories measured, {len(found.failed):,} failed; {found.lines:,} lines"
    speed = f", {found.lines / found.seconds:,.0f} a core-second" if found.seconds else ""
    return "\n".join([f"{said}{speed}.", *(f"failed: {name}: {reason}" for name, reason in found.failed)])


@contextmanager
def _connected(cluster: Cluster) -> Iterator[Any]:
    """Ray, local with small stores or a cluster's; what was started here is stopped again."""
    try:
        import ray
    except ModuleNotFoundError as error:
        raise SpotterError("fleet: ray is not installed; pip install 'spotter-lint[ray]'") from error
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is told to anybody
    logging.getLogger("ray").setLevel(logging.ERROR)
    quiet: dict[str, Any] = {"logging_level": "ERROR", "log_to_driver": False, "configure_logging": False}
    try:
        if cluster.address:
            _reached(cluster.address)
            ray.init(address=cluster.address, **quiet)
        else:
            cores = cluster.workers or os.cpu_count()
            ray.init(num_cpus=cores, object_store_memory=STORE, include_dashboard=False, **quiet)
    except (OSError, ValueError, RuntimeError) as error:
        where = cluster.address or "this machine"
        mend = (
            "mend the address, or set RAY_AUTH_MODE=token if it asks for one" if cluster.address else "start it again"
        )
        raise SpotterError(f"{where}: Ray does not answer ({str(error).splitlines()[0]}); {mend}") from error
    try:
        with redirect_stdout(sys.stderr):  # where Ray says what happens to its workers
            yield ray
    finally:
        ray.shutdown()


def _reached(address: str) -> None:
    """OSError where nobody listens at HOST:PORT, for which Ray would wait for ever."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if port.isdigit():
        socket.create_connection((host.strip("[]"), int(port)), REACH).close()


def _rows(ray: Any, repositories: Sequence[Repository], chosen: Chosen, cluster: Cluster) -> Iterator[Row]:
    """The rows as they are done. One whose worker died is given to a new worker, and given up after some attempts."""
    actor = ray.remote(num_cpus=1)(Worker)
    waiting = deque(repositories)
    cores = cluster.workers or int(ray.cluster_resources().get("CPU", 1))
    idle = [actor.remote(chosen) for _ in range(min(cores, len(waiting)))]
    attempts: Counter[Repository] = Counter()
    busy: dict[Any, tuple[Any, Repository]] = {}
    while waiting or busy:
        while idle and waiting:
            worker, repository = idle.pop(), waiting.popleft()
            busy[worker.row.remote(repository)] = worker, repository
        (ready,), _ = ray.wait(list(busy), num_returns=1)
        worker, repository = busy.pop(ready)
        try:
            yield ray.get(ready)
        except ray.exceptions.RayError as error:
            worker = actor.remote(chosen)
            attempts[repository] += 1
            if attempts[repository] < ATTEMPTS:
                waiting.appendleft(repository)
            else:
                reason = f"{ATTEMPTS} workers died on it ({type(error).__name__})"
                yield {"repository": repository.name, **failure(reason), "seconds": 0.0}
        idle.append(worker)
