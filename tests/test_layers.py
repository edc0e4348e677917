"""Who may import whom: a row only from rows above it, and heavy libraries only where they are at home."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("engine", "hooks", "kernels", "metrics")

# A name covers the modules below it. Modules of one row may import each other only inside the same name.
ROWS = (
    (
        "spotter.__init__",
        "spotter.bindings",
        "spotter.errors",
        "spotter.findings",
        "spotter.origin",
        "spotter.source",
        "spotter.typos",
        "spotter.visible",
    ),
    ("spotter.garbage", "spotter.watchdog", "spotter.signatures"),
    ("spotter.git", "spotter.notebook", "spotter.config", "spotter.rules", "spotter.cache", "spotter.quoting"),
    ("spotter.confined", "spotter.languages", "spotter.state"),
    ("spotter.syntax",),
    ("spotter.reading", "spotter.suppression"),
    ("spotter.discovery", "spotter.changes"),
    ("spotter.kernels", "spotter.metrics"),
    ("spotter.engine",),
    ("spotter.counterparts", "spotter.spread"),
    ("spotter.shares",),
    ("spotter.budget",),
    ("spotter.bundled", "spotter.calls", "spotter.outcome", "spotter.fingerprint", "spotter.suspicions"),
    ("spotter.baseline", "spotter.causes", "spotter.codec", "spotter.graph", "spotter.measuring", "spotter.verdicts"),
    ("spotter.exports", "spotter.ranking", "spotter.roots"),
    ("spotter.ground",),
    ("spotter.fused", "spotter.lessons", "spotter.ordering"),
    ("spotter.pipeline",),
    ("spotter.request", "spotter.assembly", "spotter.prompts", "spotter.progress"),
    ("spotter.calibrations", "spotter.reports", "spotter.review"),
    (
        "spotter.benching",
        "spotter.checking",
        "spotter.crash",
        "spotter.fitting",
        "spotter.planted",
        "spotter.questioned",
        "spotter.scoring",
        "spotter.speed",
        "spotter.written",
    ),
    ("spotter.own_code",),
    ("spotter.starting", "spotter.train"),
    ("spotter.judging", "spotter.repositories", "spotter.reviewing"),
    ("spotter.ledger",),
    ("spotter.fleet",),
    ("spotter.hooks",),
    ("spotter.cli",),
    ("spotter.__main__",),
)
HOMES = {
    "torch": ("spotter.engine", "spotter.kernels"),
    "triton": ("spotter.engine", "spotter.kernels"),
    "ray": ("spotter.fleet",),
    "pyarrow": ("spotter.ledger",),
}


def modules() -> dict[str, Path]:
    """Every module of the tree by its installed name."""
    found = {}
    for room in ("spotter", *ROOMS):
        for path in sorted((ROOT / room).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            inside = parts if room == "spotter" else ("spotter", *parts)
            if len(inside) == 2 or inside[-1] != "__init__":
                found[".".join(inside)] = path
            else:
                found[".".join(inside[:-1])] = path
    return found


def imports(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """(module or module.name, line) of every import that runs, wherever it stands."""
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            pending.extend(node.orelse)
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)
        pending.extend(ast.iter_child_nodes(node))


def place(name: str) -> tuple[int, str] | None:
    """The row of a module, and the name that covers it there."""
    if name == "spotter":
        name = "spotter.__init__"
    for row, names in enumerate(ROWS):
        for covering in names:
            if name == covering or name.startswith(f"{covering}."):
                return row, covering
    return None


def wrong(module: str, text: str) -> list[str]:
    """What a module imports that it may not."""
    known = modules()
    here = place(module)
    assert here is not None, f"{module} stands in no row"
    found = []
    for name, line in imports(ast.parse(text)):
        top = name.split(".")[0]
        if top in ROOMS or name.startswith("None."):
            found.append(f"{module}:{line} imports {name}; write spotter.{name}")
        if top in HOMES and here[1] not in HOMES[top]:
            found.append(f"{module}:{line} imports {top}")
        if top == "spotter":
            target = place(name if name in known else name.rpartition(".")[0])
            if target is None or (target[0] >= here[0] and target[1] != here[1]):
                found.append(f"{module}:{line} imports {name}")
    return found


@pytest.mark.parametrize("module", modules())
def test_a_row_imports_only_rows_above_it(module: str) -> None:
    assert wrong(module, modules()[module].read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("module", "text"),
    [
        ("spotter.metrics.pressure", "from spotter.engine.scores import Scorer"),
        ("spotter.metrics.pressure", "def f():\n    import spotter.engine.scores"),
        ("spotter.metrics.pressure", "from spotter import pipeline"),
        ("spotter.reading", "from spotter.discovery import discover"),
        ("spotter.config", "from spotter.cache import Cache"),
        ("spotter.config", "from spotter.nowhere import x"),
        ("spotter.pipeline", "import torch.nn"),
        ("spotter.engine.scores", "from engine.lexemes import Lexemes"),
        ("spotter.engine.scores", "from . import lexemes"),
    ],
)
def test_a_wrong_import_is_seen(module: str, text: str) -> None:
    assert len(wrong(module, text)) == 1


def test_a_right_import_is_let_pass() -> None:
    text = "import torch\nfrom spotter import syntax\nif TYPE_CHECKING:\n    from spotter import pipeline\n"
    assert wrong("spotter.engine.scores", text) == []


def test_every_name_in_a_row_exists() -> None:
    covered = {found[1] for name in modules() if (found := place(name))}
    assert covered == {name for row in ROWS for name in row}
