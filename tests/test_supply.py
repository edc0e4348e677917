"""What is installed beside Spotter: locked for those who work on it, listed for those who get a release."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LINES = (ROOT / "locked.txt").read_text(encoding="utf-8").splitlines()[1:]
LOCKED = dict(line.split("==") for line in LINES)
OWN = [Requirement(text) for text in PROJECT["dependencies"]]
TEST = [Requirement(text) for text in PROJECT["optional-dependencies"]["test"]]


def test_the_lock_holds_exact_versions_in_order_and_names_no_place() -> None:
    assert sorted(LOCKED) == list(LOCKED)
    assert [line for line in LINES if not re.fullmatch(r"[a-z0-9-]+==[0-9][0-9a-z.]*", line)] == []


@pytest.mark.parametrize("wanted", [*OWN, *TEST], ids=str)
def test_what_is_asked_for_is_locked_to_a_version_that_fits(wanted: Requirement) -> None:
    assert wanted.specifier.contains(LOCKED[canonicalize_name(wanted.name)])


@pytest.mark.parametrize("wanted", OWN, ids=str)
def test_what_the_product_needs_is_locked_with_what_that_needs(wanted: Requirement) -> None:
    pending, seen = [wanted], set()
    while pending:
        one = pending.pop()
        name = canonicalize_name(one.name)
        if name in seen or (one.marker and not one.marker.evaluate({"extra": ""})):
            continue
        seen.add(name)
        assert one.specifier.contains(LOCKED[name], prereleases=True)
        pending += map(Requirement, requires(name) or ())


@pytest.mark.slow
def test_a_release_lists_what_it_brings_with_it(tmp_path: Path) -> None:
    done = subprocess.run([ROOT / ".ci" / "release", tmp_path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    listed = json.loads((tmp_path / "sbom.json").read_text(encoding="utf-8"))
    head = listed["metadata"]["component"]
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name.startswith(f"spotter_lint-{head['version']}-")
    needed = {one["ref"]: one.get("dependsOn", []) for one in listed["dependencies"]}[head["bom-ref"]]
    names = {one["bom-ref"]: canonicalize_name(one["name"]) for one in listed["components"]}
    assert sorted(names[ref] for ref in needed) == sorted(canonicalize_name(one.name) for one in OWN)
    assert {names[one["bom-ref"]]: one["version"] for one in listed["components"]}.items() <= LOCKED.items()
    sums = subprocess.run(["sha256sum", "--check", "SHA256SUMS"], cwd=tmp_path, capture_output=True, check=False)
    assert sums.returncode == 0
