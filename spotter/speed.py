"""`spotter bench --speed`: how long people wait, beside other programs on the same files in the same rounds.

The files are Spotter's own modules. Every round runs each program once, so that what else the machine does falls on
all of them; medians are shown with the processor's own seconds.
"""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from spotter.errors import SpotterError

if TYPE_CHECKING:
    from spotter.engine.bench_forward import Forward
    from spotter.engine.bench_passes import Passes

HERE = Path(__file__).parent
ROUNDS = 3
CHANGED = ("changes.py", "config.py", "discovery.py")
LONG = ("pipeline.py",)
ADDED = "\n\ndef added(names: list[str]) -> list[str]:\n    return [name for name in names if len(name) < 9]\n"
SPOTTER = "spotter"
OWN = {"python": (sys.executable, "-P"), SPOTTER: (sys.executable, "-P", "-m", "spotter")}
PEERS = {
    "ruff": ("check", "--isolated", "--no-cache"),
    "pylint": ("--exit-zero", "--disable=import-error"),
    "radon": ("cc",),
    "complexipy": (),
    "find-dup-defs": (),
    "jscpd": ("--silent",),
}
HOOK = (SPOTTER, "check", "--staged")
WHOLE = (SPOTTER, "check", ".")
PRODUCTS, PIPELINE = 0.6, 1.5  # aims: the products' least share of the network, and a check's most times of it


@dataclass(frozen=True, slots=True)
class Program:
    """A command, whether it must find nothing that Spotter remembers, and how long it may take.

    The aim is in seconds, or in times of the first program of its trial.
    """

    command: tuple[str, ...]
    fresh: bool = False
    seconds: float | None = None
    times: float | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """Programs on the same files: a change of these in a repository, or the whole of it. Ratios are to the first."""

    about: str
    changed: tuple[str, ...]
    programs: tuple[Program, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """The medians of a program, its ratio to the first of its trial, and whether it keeps its aim."""

    command: str
    fresh: bool
    seconds: float
    processor: float
    ratio: float
    kept: bool | None


@dataclass(frozen=True, slots=True)
class Speed:
    """All that was measured. The load is that of the last minute, before and after."""

    cores: int
    load: tuple[float, float]
    rounds: int
    versions: dict[str, str]
    absent: tuple[str, ...]
    trials: dict[str, tuple[Taken, ...]]
    passes: tuple[Passes, ...]
    forward: Forward


def bench(form: str) -> str:
    """The report, as text or as JSON."""
    found = measured(ROUNDS)
    return text(found) if form == "text" else json.dumps(asdict(found), indent=2)


def measured(rounds: int) -> Speed:
    """Run everything."""
    from spotter.engine.ahead import cores
    from spotter.engine.baselines import masked
    from spotter.engine.bench_forward import forward
    from spotter.engine.bench_passes import compared
    from spotter.engine.bench_scorer import Denoiser

    before = os.getloadavg()[0]
    versions = {name: version for name in PEERS if (version := version_of(name))}
    found: dict[str, tuple[Taken, ...]] = {}
    with tempfile.TemporaryDirectory(prefix="spotter-speed-") as scratch:
        for number, trial in enumerate(trials(tuple(versions))):
            folder = Path(scratch, str(number))
            lines = subject(folder, trial.changed)
            found[trial.about.format(lines=f"{lines:,}", files=len(trial.changed) or len(modules()))] = tuple(
                judged(trial.programs, [[timed(folder, one) for one in trial.programs] for _ in range(rounds + 1)][1:])
            )
    hidden = masked.load()
    scored = compared(modules(), Denoiser(hidden.spotter, None), hidden)
    absent = tuple(name for name in PEERS if name not in versions)
    return Speed(
        cores(), (before, os.getloadavg()[0]), rounds, versions, absent, found, tuple(scored), forward(modules())
    )


def trials(peers: Sequence[str]) -> tuple[Trial, ...]:
    """What is run, beside the peers that are there."""

    def beside(*names: str) -> tuple[Program, ...]:
        return tuple(Program((peer, *PEERS[peer], *names)) for peer in peers)

    return (
        Trial(
            "until it says its version",
            (),
            (Program(("python", "-c", "import click")), Program((SPOTTER, "--version"), times=1.5)),
        ),
        Trial(
            "a commit of {files} changed files, {lines} lines",
            CHANGED,
            (Program(HOOK, seconds=0.35), Program(HOOK, fresh=True, seconds=1.5), *beside(*CHANGED)),
        ),
        Trial("a commit of one changed file, {lines} lines", LONG, (Program(HOOK, fresh=True, seconds=1.0),)),
        Trial(
            "a folder of {files} files, {lines} lines",
            (),
            (Program((*WHOLE, "--select", "SP2,SP3"), fresh=True), Program(WHOLE, fresh=True), *beside(".")),
        ),
    )


def modules() -> list[Path]:
    """The files of every trial."""
    return sorted(HERE.glob("*.py"))


def subject(folder: Path, changed: Sequence[str]) -> int:
    """Make a repository with one commit, and changes of some files in its index; the lines that are looked at."""
    folder.mkdir()
    for path in modules():
        shutil.copy(path, folder / path.name)
    for command in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "sources")):
        _git(folder, *command)
    for name in changed:
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write(ADDED)
    _git(folder, "add", "-A")
    looked = [folder / name for name in changed] or sorted(folder.glob("*.py"))
    return sum(path.read_text(encoding="utf-8").count("\n") for path in looked)


def timed(folder: Path, program: Program) -> tuple[float, float]:
    """Seconds that a program takes, and of them those of the processor."""
    if program.fresh:
        shutil.rmtree(folder / ".spotter", ignore_errors=True)
    name, *rest = program.command
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run((*OWN.get(name, (where(name),)), *rest), cwd=folder, capture_output=True, check=False)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1):
        said = (done.stdout + done.stderr).decode("utf-8", "replace").strip().splitlines()
        raise SpotterError(f"bench --speed: {' '.join(program.command)} failed ({said[-1] if said else 'silently'})")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def judged(programs: Sequence[Program], rounds: Sequence[Sequence[tuple[float, float]]]) -> list[Taken]:
    """Medians over rounds, and what they mean for the aims."""
    taken = defaultdict(list)
    for pairs in rounds:
        for program, pair in zip(programs, pairs, strict=True):
            taken[program].append(pair)
    middle = {program: tuple(median(column) for column in zip(*taken[program], strict=True)) for program in programs}
    base = middle[programs[0]][0]
    found = []
    for program, (wall, processor) in middle.items():
        kept = None
        if program.seconds is not None or program.times is not None:
            kept = wall <= (program.seconds or float("inf")) and wall / base <= (program.times or float("inf"))
        found.append(Taken(" ".join(program.command), program.fresh, wall, processor, wall / base, kept))
    return found


def where(name: str) -> str:
    """A peer beside this Python, or else on the path; empty where it is not installed."""
    beside = str(Path(sys.executable).parent)
    return shutil.which(name, path=os.pathsep.join((beside, os.environ.get("PATH", "")))) or ""


def version_of(name: str) -> str:
    """The version of a peer; empty where it is not installed or does not start."""
    if not (path := where(name)):
        return ""
    done = subprocess.run((path, "--version"), capture_output=True, text=True, check=False)
    found = re.search(r"\d+(\.\d+)+", done.stdout) if done.returncode == 0 else None
    return found[0] if found else ""


def text(speed: Speed) -> str:
    """Tables for people."""
    lines = []
    for about, programs in speed.trials.items():
        lines += [about, f"  {'seconds':>8} {'processor':>9} {'ratio':>6}"]
        for one in programs:
            cached = {True: ", nothing cached", False: ""}[one.fresh]
            lines.append(
                f"  {one.seconds:>8.2f} {one.processor:>9.2f} {one.ratio:>6.2f}  {one.command}{cached}{_said(one.kept)}"
            )
        lines.append("")
    lines += ["tokens", f"  {'a second':>8} {'processor':>9} {'ratio':>6}"]
    for run in speed.passes:
        each = run.processor / run.tokens
        ratio = each / (speed.passes[0].processor / speed.passes[0].tokens)
        ranks = f"ranks {run.first} of {run.planted} planted errors first, {run.among_five} among five"
        lines.append(f"  {run.tokens / run.seconds:>8,.0f} {each:>9.5f} {ratio:>6.0f}  {run.name}, {ranks}")
    lines += ["", *network(speed.forward, speed.trials)]
    versions = ", ".join(f"{name} {version}" for name, version in speed.versions.items()) or "none"
    lines += ["", f"medians of {speed.rounds} rounds; other programs: {versions}"]
    if speed.absent:
        lines.append(f"not installed, so not counted: {', '.join(speed.absent)}")
    load = f"{speed.load[0]:.1f} before, {speed.load[1]:.1f} after"
    lines.append(f"load of the last minute, on {speed.cores} cores: {load}")
    return "\n".join(lines)


def network(run: Forward, trials: Mapping[str, Sequence[Taken]]) -> list[str]:
    """What the network takes on one thread, what its products take of it, and the whole check beside it."""
    lines = [f"network: {run.seconds:.2f} s of the processor for {run.tokens:,} tokens in {run.windows:,} windows"]
    if run.products is None or run.repeated is None:
        lines.append("  its products alone: not made, as onnx is not installed")
    else:
        share, repeated = run.products / run.seconds, run.repeated / run.seconds
        said = f"{share:.0%} of it, {repeated:.0%} where each is repeated in the processor's caches"
        lines.append(f"  its products alone: {said}{_said(share >= PRODUCTS)}")
    for one in (one for programs in trials.values() for one in programs if one.command == " ".join(WHOLE)):
        times = one.processor / run.seconds
        lines.append(f"  {one.command}, nothing cached: {times:.2f} times as much{_said(times <= PIPELINE)}")
    return lines


def _said(kept: bool | None) -> str:
    return {None: "", True: "  keeps its aim", False: "  MISSES ITS AIM"}[kept]


def _git(folder: Path, *arguments: str) -> None:
    who = (
        "-c",
        "user.name=a",
        "-c",
        "user.email=a@b.c",
        "-c",
        "commit.gpgsign=false",
        "-c",
        "core.hooksPath=/dev/null",
    )
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)
