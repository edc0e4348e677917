"""How time and memory grow with a repository: `python -P tests/growth.py FOLDER`, such as an unpacked Home Assistant.

Of the folder's Python files the first are taken, in order of their paths, until there are so many lines; each size is
checked by a process of its own, with nothing cached. The exponent is the slope of the line through the logarithms.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from math import log
from pathlib import Path
from statistics import linear_regression

SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
CHECK = (sys.executable, "-P", "-m", "spotter", "check", ".", "--select", "SP2,SP3", "--format", "json")


def copied(files: Sequence[Path], source: Path, target: Path, lines: int) -> int:
    """Copy the first files until there are so many lines; the lines that were copied."""
    there = 0
    for file in files:
        if there >= lines:
            break
        place = target / file.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, place)
        there += file.read_bytes().count(b"\n")
    return there


def checked(folder: Path) -> tuple[float, int]:
    """Seconds of the processor that a check takes, and its most memory in bytes."""
    process = subprocess.Popen(CHECK, cwd=folder, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise SystemExit(f"the check ended with {process.returncode}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def exponent(sizes: Sequence[int], values: Sequence[float]) -> float:
    """By which power of the size the values grow."""
    return linear_regression([log(size) for size in sizes], [log(value) for value in values]).slope


def main() -> int:
    """Print a line a size, and the exponents."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    source = parser.parse_args().folder
    files = sorted(source.rglob("*.py"))
    lines: list[int] = []
    found: list[tuple[float, int]] = []
    for size in SIZES:
        with tempfile.TemporaryDirectory(prefix="spotter-growth-") as scratch:
            there = copied(files, source, Path(scratch), size)
            if there < size:
                print(f"{size:>10,} lines: there are no more than {there:,}")
            if lines and there == lines[-1]:
                break
            lines.append(there)
            found.append(checked(Path(scratch)))
            print(
                f"{there:>10,} lines {found[-1][0]:>8.1f} s of the processor {found[-1][1] / 1e6:>8,.0f} MB", flush=True
            )
    print(f"exponent of time {exponent(lines, [seconds for seconds, _ in found]):.2f}")
    base = exponent(lines, [float(memory) for _, memory in found])
    print(f"exponent of memory {base:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
