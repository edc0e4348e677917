"""The development environment, a version a line: `python -P tests/locking.py > locked.txt`.

It is what the extra `test` needs, as it is installed here. `pip install -e '.[test]' --constraint locked.txt` makes the
same environment elsewhere.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def wanted() -> list[Requirement]:
    """What the project, its tests and its build ask for here."""
    project = PROJECT["project"]
    every = [*project["dependencies"], *project["optional-dependencies"]["test"], *PROJECT["build-system"]["requires"]]
    return [found for text in every if (found := Requirement(text)).marker is None or found.marker.evaluate()]


def locked(asked: list[Requirement]) -> Iterator[tuple[str, str]]:
    """Name and version of all that is needed, with what that needs; what is not installed is not needed here."""
    pending = list(asked)
    seen: set[tuple[str, frozenset[str]]] = set()
    while pending:
        one = pending.pop()
        name, extras = canonicalize_name(one.name), frozenset(one.extras)
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        try:
            found = distribution(name)
        except PackageNotFoundError:
            continue
        yield name, Version(found.version).public
        for text in found.requires or ():
            inner = Requirement(text)
            if inner.marker is None or any(inner.marker.evaluate({"extra": extra}) for extra in (*extras, "")):
                pending.append(inner)


def main() -> int:
    """Print the lines in order."""
    print("# by tests/locking.py; pip install -e '.[test]' --constraint locked.txt")
    for name, version in sorted(set(locked(wanted()))):
        print(f"{name}=={version}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
