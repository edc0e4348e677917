from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from spotter.metrics.plant_sites import planted
from spotter.metrics.planting import PLACES, facts, measured, sites
from spotter.source import Source

TABLE = "class Table:\n    def __init__(self):\n        self.rows = []\n        self.size = 0\n\n" + "".join(
    f"    def put{i}(self, x):\n        self.rows.append(x)\n        self.size += 1\n        self.state = 'full'\n\n"
    "    def show(self):\n        return self.rows\n\n"
    for i in range(5)
)
PAGES = "".join(
    f"def ask{i}(page):\n    if page.ready and page.open and page.size > LIMIT:\n        go()\n\n" for i in range(5)
)
ALIGN = """\
def align(left, right):
    if left.name != "x" or left.value not in VALID:
        fail(left, left.column, left.line)
    if right.name != "x" or right.value not in VALID:
        fail(right, right.column, right.line)
"""


LINK = "class Link:\n    def __init__(self):\n        self.peer = None\n\n" + "".join(
    f"    def send{i}(self):\n        if self.peer is not None:\n            self.peer.go({i})\n\n"
    f"    def ask{i}(self):\n        if not self.peer:\n            return {i}\n        return self.peer.ask()\n\n"
    for i in range(3)
)
HABIT = f"{LINK}    def hang(self):\n        self.peer.go(9)\n"
BELOW = f"{LINK}class Wire(Link):\n    def hang(self):\n        self.peer.go(9)\n"
RULES = [
    ("SP265", f"{TABLE}\nTable()\n"),
    ("SP202", LINK),
    ("SP212", TABLE),
    ("SP232", PAGES),
    ("SP242", TABLE),
    ("SP252", ALIGN),
]


@pytest.mark.parametrize(("rule", "text"), RULES)
def test_a_planted_deviant_is_found_and_sound_code_is_silent(rule: str, text: str) -> None:
    sources = [Source("alfa.py", text, "python")]
    result = measured(sources, facts(sources), rule, most=3, seed=0)
    assert (result.tried, result.found, result.alerts) == (3, 3, 0)
    assert result.eligible >= 5


USE = "        self.peer.go(9)\n"
EARLY = f"{LINK}    def hang(self):\n{USE}        if self.peer is not None:\n    {USE}"
RESET = f"{LINK}    def hang(self):\n        self.peer.go(9)\n        self.peer = None\n"


@pytest.mark.parametrize("text", [HABIT, BELOW, EARLY, RESET])
def test_where_some_method_uses_a_value_untested_there_is_no_pattern_to_break(text: str) -> None:
    assert list(PLACES["SP202"](ast.parse(LINK)))
    assert list(PLACES["SP202"](ast.parse(text))) == []


APART = "class Table:\n" + "".join(
    f"    def put{i}(self, x):\n        if x:\n            self.low += 1\n        else:\n            self.high += 1\n\n"
    for i in range(5)
)
CHAINED = "class Table:\n" + "".join(
    f"    def put{i}(self, x):\n        self.low = self.high = x\n\n" for i in range(5)
)
EMPTIED = CHAINED.replace("self.low = self.high = x", "self.low = []\n        self.high += x")
DEFAULT = "".join(f"def ask{i}(page):\n    return page.width or page.height\n\n" for i in range(5))
NARROWED = PAGES.replace("page.open and page.size > LIMIT", "isinstance(page.size, Size)")
ALONE = (
    PAGES + "def ask(page):\n    if page.ready:\n        go()\n    if page.open or page.size > LIMIT:\n        go()\n"
)
INSIDE = "".join(f"def ask{i}():\n    def inner(page):\n        return page.ready and page.open\n\n" for i in range(2))


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("SP242", APART),
        ("SP242", CHAINED),
        ("SP242", EMPTIED.replace("self.high += x", "self.high = []")),
        ("SP232", ALONE),
        ("SP232", INSIDE),
        ("SP232", DEFAULT),
        ("SP232", NARROWED),
    ],
)
def test_what_is_no_deviant_is_not_planted(rule: str, text: str) -> None:
    assert sites([Source("alfa.py", text, "python")], rule) == []


@pytest.mark.parametrize(("rule", "text"), RULES)
def test_every_plant_is_one_change_that_still_parses(rule: str, text: str) -> None:
    for _, site in sites([Source("alfa.py", text, "python")], rule):
        changed = planted(text, site)
        assert changed != text
        ast.parse(changed)


def test_the_sites_share_nothing_with_what_they_judge() -> None:
    for name in ("sites", "guards", "conjuncts", "names"):
        path = Path(__file__).parents[2] / "metrics" / f"plant_{name}.py"
        tree = ast.parse(path.read_text(encoding="utf-8"))
        taken = {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert {module for module in taken if module.startswith("spotter")} <= {"spotter.metrics.plant_sites"}


def test_the_command_prints_a_row_a_rule_and_says_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "alfa.py").write_text(TABLE, encoding="utf-8")
    command = [sys.executable, "-m", "spotter.metrics.planting"]
    run = subprocess.run(
        [*command, tmp_path, "--rules", "SP242", "--most", "2"], capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert "SP242  2 of 2 found" in run.stdout
    gone = subprocess.run([*command, tmp_path / "gone"], capture_output=True, text=True, check=False)
    assert gone.returncode == 2
    assert "no such folder" in gone.stderr


def test_planted_names_are_of_what_is_imported_and_of_the_keywords_it_is_called_with() -> None:
    sources = [
        Source("shop/__init__.py", "", "python"),
        Source("shop/alfa.py", "def go(near, far=1): ...\nsizes = 3\n", "python"),
        Source(
            "shop/beta.py", "from .alfa import go, sizes\nfrom shop.alfa import go as gone\n\ngo(1, far=2)\n", "python"
        ),
    ]
    assert sorted(site.text for _, site in sites(sources, "SP264")) == [
        "fars",
        "gos as go",
        "gos as gone",
        "size as sizes",
    ]
    result = measured(sources, facts(sources), "SP264", most=9, seed=0)
    assert (result.eligible, result.tried, result.found, result.alerts) == (
        4,
        4,
        3,
        0,
    )  # shop may be a library
