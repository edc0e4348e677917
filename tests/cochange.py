"""Does history know which states belong together? Releases are committed one by one; how often did both change?

    python -P tests/cochange.py django/ rich/     folders of unpacked releases, each named by its version

For every state that the last release updates together (SP241, SP242): the commits that changed lines with all of its
attributes, and those that changed lines with some.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from spotter.metrics.coupling import coupled_pressures, forgotten_pressures
from spotter.metrics.facts import facts_of
from spotter.metrics.planting import read
from spotter.metrics.pressure import Pressure
from spotter.syntax import parse

WHO = ("-c", "user.name=history", "-c", "user.email=history@example.org", "-c", "commit.gpgsign=false")
MOST = 400  # changed lines; more are no change of a state
NEW = re.compile(r"^new file mode", re.MULTILINE)


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", folder, *WHO, *arguments], check=True, capture_output=True)
    return done.stdout.decode("utf-8", "replace")


def version(folder: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", folder.name)]


def committed(releases: Sequence[Path], folder: Path) -> None:
    """The releases as the commits of one branch."""
    git(folder, "init", "--quiet")
    for release in releases:
        for path in folder.iterdir():
            if path.name != ".git":
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        for path in release.rglob("*.py"):
            to = folder / path.relative_to(release)
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, to)
        git(folder, "add", "--all")
        git(folder, "commit", "--quiet", "--allow-empty", "--message", release.name)


def coupled(folder: Path) -> tuple[Pressure, ...]:
    """The states that belong together, and the updates that forget one."""
    files = [facts_of(parse(source)) for source in read(folder)]
    return coupled_pressures(files) + forgotten_pressures(files)


def changes(folder: Path, path: str) -> Iterator[list[str]]:
    """The changed lines of a file, commit by commit."""
    for patch in git(folder, "log", "--format=%x00", "--patch", "--unified=0", "--", path).split("\0")[1:]:
        lines = [line for line in patch.splitlines() if re.match(r"[+-](?![+-]{2} )", line)]
        if not NEW.search(patch) and 0 < len(lines) <= MOST:
            yield lines


def counted(folder: Path, pressure: Pressure) -> tuple[int, int]:
    """In how many commits all attributes changed, and in how many some did."""
    names = dict.fromkeys(re.findall(r"`(\w+)`", pressure.message))
    wanted = [re.compile(rf"\.{name}\b") for name in names]
    found = [[any(map(name.search, lines)) for name in wanted] for lines in changes(folder, pressure.place.path)]
    return sum(map(all, found)), sum(map(any, found))


def main(folders: Sequence[str]) -> int:
    if not folders:
        print(__doc__, file=sys.stderr)
        return 2
    for name in folders:
        releases = sorted((path for path in Path(name).iterdir() if path.is_dir()), key=version)
        with TemporaryDirectory() as temporary:
            folder = Path(temporary)
            committed(releases, folder)
            for pressure in coupled(folder):
                both, some = counted(folder, pressure)
                place = f"{pressure.place.path}:{pressure.place.line}"
                print(f"{pressure.rule} {place}: all in {both} of {some} changes, {len(releases)} releases", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
