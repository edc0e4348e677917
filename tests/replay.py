"""Replay the difference of two folders as commits, a file a step, and print the budget of each step and of the whole.

    python tests/replay.py flask-3.0.3 flask-3.1.0     two unpacked wheels, for example

Exits 1 where the steps do not add up to the whole.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

WHO = ("-c", "user.name=replay", "-c", "user.email=replay@example.org", "-c", "commit.gpgsign=false")


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", folder, *WHO, *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def budget(folder: Path, *arguments: str) -> tuple[dict[str, Any], list[str]]:
    """The budget of a change, and the messages of SP302."""
    command = [sys.executable, "-m", "spotter", "check", "--select", "SP2,SP3", "--format", "json", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    report = json.loads(done.stdout)
    said = [finding["message"] for finding in report["findings"] if finding["rule"] == "SP302"]
    return report["summary"]["budget"], said


def replay(before: Path, after: Path) -> bool:
    """Print every step; whether the steps add up to the whole."""
    files = {side: {p.relative_to(side) for p in side.rglob("*.py")} for side in (before, after)}
    with TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(before, folder, dirs_exist_ok=True)
        (folder / ".gitignore").write_text(".spotter/\n")
        git(folder, "init", "-q")
        git(folder, "add", "-A")
        git(folder, "commit", "-qm", "before")
        subprocess.run(
            [sys.executable, "-m", "spotter", "check", "--select", "SP2", "--exit-zero", "--output", "/dev/null"],
            cwd=folder,
            check=True,
        )
        start, total = git(folder, "rev-parse", "HEAD"), Counter[str]()
        for path in sorted(files[before] | files[after]):
            if path in files[after]:
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(after / path, folder / path)
            else:
                (folder / path).unlink()
            git(folder, "add", "-A")
            if not git(folder, "diff", "--cached", "--name-only"):
                continue
            step, said = budget(folder, "--staged")
            total.update({"statements": step["statements"], **step["added"]})
            print(f"  {path}: {shown({'statements': step['statements'], **step['added']})}", *said, sep="\n    ")
            git(folder, "commit", "-qm", str(path))
        whole, said = budget(folder, "--since", start)
        wanted = {"statements": whole["statements"], **whole["added"]}
        print(f"{before.name} to {after.name}: {shown(wanted)}", *said, sep="\n  ")
    adds_up = all(total[measure] == count for measure, count in wanted.items())
    print("the steps add up" if adds_up else f"the steps give {shown(total)}")
    return adds_up


def shown(added: dict[str, int] | Counter[str]) -> str:
    return ", ".join(f"{count:+} {measure}" for measure, count in added.items() if count) or "nothing"


if __name__ == "__main__":
    sys.exit(not replay(*map(Path, sys.argv[1:3])))
