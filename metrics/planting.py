"""Deviants of seven rules planted in sound code: `python -m spotter.metrics.planting PATH... --most 40 --seed 0`."""

from __future__ import annotations

import argparse
import ast
import json
import random
import sys
import tokenize
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from spotter.metrics.attributes import attribute_pressures
from spotter.metrics.broken import reference_pressures
from spotter.metrics.coupling import forgotten_pressures
from spotter.metrics.facts import FileFacts, facts_of
from spotter.metrics.partial import partial_pressures
from spotter.metrics.plant_conjuncts import conjuncts
from spotter.metrics.plant_guards import guards
from spotter.metrics.plant_names import attributes, references
from spotter.metrics.plant_sites import SITES, Site, planted
from spotter.metrics.pressure import Pressure
from spotter.metrics.renames import rename_pressures
from spotter.metrics.types import odd_pressures
from spotter.metrics.unchecked import unchecked_pressures
from spotter.source import Source
from spotter.syntax import parse

Press = Callable[[Sequence[FileFacts]], tuple[Pressure, ...]]
PRESSES: dict[str, Press] = {
    "SP202": unchecked_pressures,
    "SP212": odd_pressures,
    "SP232": partial_pressures,
    "SP242": forgotten_pressures,
    "SP252": rename_pressures,
    "SP264": reference_pressures,
    "SP265": attribute_pressures,
}
PLACES = {**SITES, "SP202": guards}  # in one tree
AMONG = {"SP232": conjuncts, "SP264": references, "SP265": attributes}  # among all trees


@dataclass(frozen=True, slots=True)
class Planted:
    """A rule's result: places where a deviant could stand, how many were tried and found, alerts on the sound code."""

    rule: str
    eligible: int
    tried: int
    found: int
    alerts: int
    lines: int


def facts(sources: Sequence[Source]) -> dict[str, FileFacts]:
    """The facts of the sound code, by path."""
    return {source.path: facts_of(parse(source)) for source in sources}


def measured(sources: Sequence[Source], files: Mapping[str, FileFacts], rule: str, most: int, seed: int) -> Planted:
    """Plant deviants one at a time, chosen by the seed; each is looked for among all other files."""
    shown = [source for source in sources if not files[source.path].test]
    places = sites(shown, rule)
    press = PRESSES[rule]
    before = {pressure.place for pressure in press(list(files.values()))}
    chosen = random.Random(seed).sample(places, min(most, len(places)))
    found = sum(_found(files, source, site, press) for source, site in chosen)
    lines = sum(files[source.path].lines for source in shown)
    return Planted(rule, len(places), len(chosen), found, len(before), lines)


def sites(sources: Sequence[Source], rule: str) -> list[tuple[Source, Site]]:
    """Every place of a package where a deviant of a rule could stand."""
    by_path = {source.path: source for source in sources}
    trees = {path: tree for path, source in by_path.items() if (tree := _tree(source.text)) is not None}
    if rule in AMONG:
        found = AMONG[rule](trees)
    else:
        found = ((path, site) for path, tree in trees.items() for site in PLACES[rule](tree))
    return [(by_path[path], site) for path, site in dict.fromkeys(found)]


def _tree(text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None


def _found(files: Mapping[str, FileFacts], source: Source, site: Site, press: Press) -> bool:
    """Whether the rule names the function of the planted deviant, or the line where no function is known."""
    changed = facts_of(parse(Source(source.path, planted(source.text, site), source.language)))
    return any(
        pressure.place.path == source.path
        and (pressure.place.line == site.line or site.function in pressure.place.function.split("."))
        for pressure in press(list({**files, source.path: changed}.values()))
    )


def read(folder: Path) -> list[Source]:
    """The Python files below a folder; what cannot be read is left out."""
    found = []
    for path in sorted(folder.rglob("*.py")):
        try:
            with tokenize.open(path) as file:
                found.append(Source(path.relative_to(folder).as_posix(), file.read(), "python"))
        except (OSError, SyntaxError, UnicodeDecodeError) as error:
            print(f"{path}: left out ({error})", file=sys.stderr)
    return found


def main(arguments: Sequence[str]) -> int:
    """Print a row a rule and folder."""
    parser = argparse.ArgumentParser(prog="python -m spotter.metrics.planting", description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help="packages, each judged by itself")
    parser.add_argument("--rules", default=",".join(PRESSES), help="codes with commas")
    parser.add_argument(
        "--most", type=int, default=40, help="how many deviants to plant at most, a rule and folder (40)"
    )
    parser.add_argument("--seed", type=int, default=0, help="which of them (0)")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    asked = parser.parse_args(arguments)
    for folder in asked.folders:
        if not folder.is_dir():
            print(f"{folder}: no such folder; name unpacked packages", file=sys.stderr)
            return 2
        sources = read(folder)
        files = facts(sources)
        for rule in asked.rules.split(","):
            result = measured(sources, files, rule, asked.most, asked.seed)
            if asked.format == "json":
                print(json.dumps({"folder": folder.name, **asdict(result)}))
            else:
                share = 1000 * result.alerts / max(1, result.lines)
                print(
                    f"{folder.name:<12} {rule}  {result.found} of {result.tried} found ({result.eligible} eligible), "
                    f"{result.alerts} alerts on {result.lines} lines ({share:.3f} a 1,000)",
                    flush=True,
                )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
