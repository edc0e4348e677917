"""Killed at any moment: `python -P tests/faults.py --kills 300`.

A process does one thing in a repository and is killed at a random moment. Then what it was writing is whole, as it was
or as it should become, and the next check says what it says where nothing was ever killed. tests/test_faults.py runs a
few kills of each.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from spotter.cli import run

LIMITS = ", ".join(f"limit_{n}" for n in range(12))


def copies(step: str, names: tuple[str, ...]) -> str:
    """Three functions that are the same but for their names."""
    lines = "".join(step.format(n=n) for n in range(12))
    return "".join(f"def {name}(rows, rate, {LIMITS}):\n    total = 0\n{lines}    return total\n\n\n" for name in names)


FILES = {
    "a.py": copies(
        "    if rows[{n}] > limit_{n}:\n        total += rows[{n}] * rate\n", ("income", "outcome", "balance")
    ),
    "b.py": copies("    total = max(total, rows.get({n}), rate - limit_{n})\n", ("highest", "largest", "longest")),
}
REPORT = "report.json"
CHECK = ("check", ".", "--format", "json", "--output", REPORT)
VERDICTS, BASELINE = Path(".spotter/verdicts.jsonl"), Path(".spotter/baseline.jsonl")
COMMANDS = {
    "check": CHECK,
    "baseline": ("baseline", "a.py", "--accept-new"),
    "dismiss": ("dismiss", "b.py:1", "--reason", "three of a kind"),
}


def subject(folder: Path) -> None:
    """A repository with two findings."""
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text)
    (folder / ".gitignore").write_text(f"{REPORT}*\n")
    subprocess.run(["git", "init", "-q", folder], check=True)


def begun(work: Callable[[], int]) -> int:
    """Do some work in a process of its own, which says nothing; its number."""
    if child := os.fork():
        return child
    code = 70
    try:
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (1, 2):
            os.dup2(null, stream)
        code = work()
    finally:
        os._exit(code)


def done(work: Callable[[], int]) -> int:
    """The exit code of some work, done to its end in a process of its own."""
    return os.waitstatus_to_exitcode(os.waitpid(begun(work), 0)[1])


def killed(work: Callable[[], int], seconds: float) -> None:
    """Begin some work, and kill it after some seconds."""
    child = begun(work)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def spotter(folder: Path, command: tuple[str, ...]) -> Callable[[], int]:
    """A command, as in a fresh process in this folder."""

    def work() -> int:
        os.chdir(folder)
        return run(list(command))

    return work


def report(folder: Path) -> bytes:
    """What a check says that runs to its end."""
    (folder / REPORT).unlink(missing_ok=True)
    code = done(spotter(folder, CHECK))
    assert code in (0, 1), f"a check ended with {code}"
    return (folder / REPORT).read_bytes()


def kept(path: Path) -> bytes | None:
    """A file's content; None where it is not there."""
    return path.read_bytes() if path.exists() else None


def sound(folder: Path) -> None:
    """The cache is whole, as SQLite sees it."""
    path = folder / ".spotter" / "cache.sqlite"
    if path.exists():
        database = sqlite3.connect(path)
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        database.close()


def commands(kills: int, rng: Random) -> str:
    """Kill commands; AssertionError where something is lost or wrong afterwards."""
    import onnxruntime  # noqa: F401  # once for all processes
    import tree_sitter  # noqa: F401

    with tempfile.TemporaryDirectory(prefix="spotter-faults-") as scratch:
        folder, expected = Path(scratch, "a"), Path(scratch, "b")
        for place in (folder, expected):
            subject(place)
        after: dict[bool, bytes] = {False: report(expected)}
        assert after[False].count(b"similar-code") == 2
        lasts: dict[str, float] = {}
        written: dict[Path, bytes | None] = {}
        for name, command in COMMANDS.items():
            shutil.rmtree(expected / ".spotter", ignore_errors=True)
            start = time.monotonic()
            assert done(spotter(expected, command)) in (0, 1)
            lasts[name] = time.monotonic() - start
            written |= {path: kept(expected / path) for path in (VERDICTS, BASELINE) if (expected / path).exists()}
        after[True] = report(expected)
        assert after[True] != after[False]
        for number in range(kills):
            name = rng.choice(list(COMMANDS))
            if rng.random() < 0.5:
                shutil.rmtree(folder / ".spotter", ignore_errors=True)
            before = {path: kept(folder / path) for path in written}
            killed(spotter(folder, COMMANDS[name]), rng.uniform(0, 1.1 * lasts[name]))
            for path, text in written.items():
                assert kept(folder / path) in (before[path], text), f"kill {number}, {name}: {path} is torn"
            sound(folder)
            said = report(folder)
            assert said == after[kept(folder / VERDICTS) is not None], f"kill {number}, {name}: another report"
        status = subprocess.run(["git", "-C", folder, "status", "--porcelain", "-uall"], capture_output=True, text=True)
        known = {"?? .gitignore", "?? a.py", "?? b.py", f"?? {VERDICTS}", f"?? {BASELINE}"}
        left = set(status.stdout.splitlines()) - known
        assert not left, f"left behind: {left}"
    return f"{kills} kills of commands: nothing lost, the next check was right"


def checkpoints(kills: int, rng: Random) -> str:
    """Kill a run that writes checkpoints; AssertionError where the last one is lost or torn."""
    import torch

    from spotter.engine.learner import copied, resume, save
    from spotter.engine.network import Denoiser, Shape
    from spotter.engine.optimiser import optimisers
    from spotter.engine.schedule import Run

    torch.set_num_threads(1)
    shape = Shape(200, 800, width=32, layers=2, content=8)
    model = Denoiser(shape)
    steppers = optimisers(model, 0.02, 0.01)
    with tempfile.TemporaryDirectory(prefix="spotter-faults-") as scratch:
        path = Path(scratch, "last.pt")

        def work() -> int:
            step = resume(path, model, steppers)[0] if path.exists() else 0
            while True:
                step += 1
                with torch.no_grad():
                    for weight in model.parameters():
                        weight.fill_(step)
                save(path, model, steppers, copied(model), step, shape, Run(steps=1, decay=0))

        reached = 0
        for number in range(kills):
            killed(work, rng.uniform(0.02, 0.3))
            if not path.exists():
                continue
            step, _ = resume(path, model, steppers)
            assert step >= reached, f"kill {number}: back from step {reached} to {step}"
            assert {float(weight.detach().min()) for weight in model.parameters()} == {float(step)}
            reached = step
        assert reached, "no checkpoint was ever written"
    return f"{kills} kills of a training run: step {reached} is whole"


def main() -> int:
    """Kill commands and training runs so many times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", default="0")
    asked = parser.parse_args()
    start = time.monotonic()
    for kill in (commands, checkpoints):
        print(f"{kill(asked.kills, Random(asked.seed))}, {time.monotonic() - start:.0f} seconds", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
