"""What the READMEs say, held against the code."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from spotter import __version__
from spotter.config import SETTINGS
from spotter.rules import RULES

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
ROOMS = ("spotter", "engine", "kernels", "metrics", "hooks", "tests")


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading, without its head."""
    section = README.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    table = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[2:]]


def test_every_rule_stands_in_the_table_with_its_name() -> None:
    assert [row[:3] for row in rows("Rules")] == [
        [rule.code, rule.name, "yes" if rule.gates else ""] for rule in RULES.values()
    ]
    asked = [row[0] for row in rows("Rules") if row[3].endswith("Off by default.")]
    assert asked == [rule.code for rule in RULES.values() if not rule.default]


def test_every_setting_stands_in_the_table() -> None:
    assert rows("Settings") == [[f"`{key}`", f"`{s.example}`", s.about] for key, s in SETTINGS.items()]


def test_the_two_commands_come_first_and_are_one_line_each() -> None:
    first, second, *_ = re.findall(r"```sh\n(.*?)\n```", README, re.DOTALL)
    assert "\n" not in first + second
    assert first.endswith("spotter check PATH")
    assert second.endswith("pytest")


def test_ci_takes_its_command_from_the_readme() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    expression = re.search(r"sed -n '([^']*)' README", script)
    assert expression is not None
    found = subprocess.run(
        ["sed", "-n", expression[1], ROOT / "README.md"], capture_output=True, text=True, check=True
    ).stdout
    assert found.splitlines() == [re.findall(r"```sh\n(.*?)\n```", README, re.DOTALL)[1]]


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_has_a_page_whose_links_lead_somewhere(room: str) -> None:
    page = ROOT / room / "README.md"
    assert f"({room}/README.md)" in README
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_the_links_of_the_readme_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target


def test_the_changelog_knows_this_version() -> None:
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_snippet_names_the_hook_and_this_version() -> None:
    assert f"rev: v{__version__}" in README
    assert "- id: spotter\n" in (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")


def test_every_extra_is_spelled_as_it_is_installed() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    for named in re.findall(r"\.\[(\w+)\]", README):
        assert named in extras


def test_every_test_that_the_threat_model_names_is_there() -> None:
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "SECURITY.md").read_text(encoding="utf-8")))
    tests = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert len(named) > 10
    assert [name for name in sorted(named) if f"def {name}(" not in tests] == []
