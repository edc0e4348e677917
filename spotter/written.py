"""A suite for `spotter bench` of lines that a causal model wrote into sound functions, and that are wrong or not."""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from spotter.engine.corpus import fetch
from spotter.engine.writer import load
from spotter.engine.written import packages, pyflakes, rows
from spotter.errors import SpotterError


def main(arguments: Sequence[str]) -> int:
    """`python -m spotter.written SUITE --wheels FOLDER --functions 8 --seed 0`; SUITE is a file to write, gzipped.

    It holds records of wrong lines, and the functions without them, some with a line that changes nothing, as clean
    files: name it as --clean too.
    """
    parser = argparse.ArgumentParser(prog="python -m spotter.written", description=__doc__)
    parser.add_argument("suite", type=Path, help="the file to write, .jsonl.gz")
    parser.add_argument("--wheels", type=Path, required=True, help="where the packages are, or are fetched to")
    parser.add_argument("--functions", type=int, default=8, help="functions of a package, at most (8)")
    parser.add_argument("--seed", type=int, default=0, help="which functions and places, and what is written (0)")
    asked = parser.parse_args(arguments)
    try:
        complaints = pyflakes()
        asked.wheels.mkdir(parents=True, exist_ok=True)
        wheels = {package: fetch(package, asked.wheels) for package in packages()}
        told = partial(print, file=sys.stderr, flush=True)
        found = list(rows(wheels, load(asked.seed), complaints, asked.functions, asked.seed, told))
        text = "".join(json.dumps(row) + "\n" for row in found)
        asked.suite.write_bytes(gzip.compress(text.encode(), mtime=0))
    except (SpotterError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    wrong, same = (sum(kind in row for row in found) for kind in ("buggy_code", "code"))
    print(f"{asked.suite}: {wrong} wrong lines, and {same} functions without them")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
