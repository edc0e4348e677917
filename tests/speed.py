"""How long a commit waits: the hook on three changed files, with nothing cached and again, beside ruff and pylint.

Run as `python tests/speed.py`. The subject is a repository made of Spotter's own sources. Every round runs each program
once, so that what else the machine does falls on all of them; medians are printed with the processor's own seconds.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parent.parent
ROUNDS = 7
CHANGED = ("changes.py", "config.py", "discovery.py")
ADDED = "\n\ndef added(names: list[str]) -> list[str]:\n    return [name for name in names if len(name) < 9]\n"
UNCACHED, UNCHANGED = "spotter, nothing cached", "spotter, nothing changed"
LIMITS = {UNCACHED: 1.5, UNCHANGED: 0.35}  # seconds
PYTHON = (sys.executable, "-P", "-m")
HOOK = (*PYTHON, "spotter", "check", "--staged")
PROGRAMS = {
    UNCACHED: HOOK,
    UNCHANGED: HOOK,
    "ruff, nothing cached": (*PYTHON, "ruff", "check", "--isolated", "--no-cache", *CHANGED),
    "ruff, nothing changed": (*PYTHON, "ruff", "check", "--isolated", *CHANGED),
    "pylint": (*PYTHON, "pylint", "--exit-zero", "--disable=import-error", *CHANGED),
    "python, an empty program": (sys.executable, "-P", "-c", ""),
}


def subject(folder: Path) -> None:
    """A repository with one commit and three changed files in the index."""
    for path in sorted((ROOT / "spotter").glob("*.py")):
        shutil.copy(path, folder / path.name)
    _git(folder, "init", "-q")
    _git(folder, "add", "-A")
    _git(folder, "commit", "-q", "-m", "sources")
    for name in CHANGED:
        with (folder / name).open("a") as file:
            file.write(ADDED)
    _git(folder, "add", "-A")


def timed(folder: Path, command: tuple[str, ...]) -> tuple[float, float]:
    """Seconds that a program takes, and of them those of the processor."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)}: {done.stdout}{done.stderr}")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> int:
    """Print a line a program; 1 where the hook is over a limit."""
    taken = defaultdict(list)
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subject(folder)
        for number in range(ROUNDS + 1):
            for program, command in PROGRAMS.items():
                if program == UNCACHED:
                    shutil.rmtree(folder / ".spotter", ignore_errors=True)
                measured = timed(folder, command)
                if number:  # the first round warms the files that every program reads
                    taken[program].append(measured)
    print(f"{'median of ' + str(ROUNDS):<26} {'seconds':>8} {'processor':>10} {'limit':>6}")
    over = False
    for program, pairs in taken.items():
        wall, processor = (median(column) for column in zip(*pairs, strict=True))
        limit = LIMITS.get(program)
        over = over or (limit is not None and wall > limit)
        print(f"{program:<26} {wall:>8.2f} {processor:>10.2f} {'' if limit is None else limit:>6}")
    cores = os.cpu_count()
    print(f"load of the last minute, on {cores} cores: {load:.1f} before, {os.getloadavg()[0]:.1f} after")
    return int(over)


def _git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)


if __name__ == "__main__":
    sys.exit(main())
