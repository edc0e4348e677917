from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client, StdioServerParameters

from spotter.hooks.mcp import CAP
from spotter.verdicts import FILE, read

# the command line with a scorer that suspects every `lo`
PROGRAM = """
import sys
from spotter import assembly
from spotter.cli import run
from spotter.engine.scores import Proposal, TokenScore

class Scorer:
    fingerprint = "fake"

    def threshold(self, max_alerts_per_kloc):
        return 0.5

    def score(self, syntax):
        doubt = (0.93, (Proposal("replace", "hi", 0.8),))
        return tuple(TokenScore(i, *(doubt if t.text == "lo" else (0.01, ()))) for i, t in enumerate(syntax.tokens))

assembly.Bundled = Scorer
sys.exit(run(sys.argv[1:]))
"""
COPY = """
def {name}(self, order):
    total = self.store.get_prices(order.customer, order.currency)
    for item in order.items:
        price = self.catalogue.price_of(item.article, order.currency)
        if price is None:
            self.log.warning("no price", item.article, order.customer)
            continue
        total.append(item.amount * price * self.settings.rate("{rate}"))
        self.audit.record(order.customer, item.article, price, order.currency)
    if not total:
        self.log.info("nothing to add", order.customer)
        return self.rounding.zero(order.currency)
    return self.rounding.round(sum(total), order.currency)
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    subprocess.run(["git", "init", "-q", folder], check=True)
    (folder / "a.py").write_text("def span(hi):\n    return hi - lo\n")
    (folder / "copies.py").write_text(
        COPY.format(name="sales", rate="SALES") + "\n" + COPY.format(name="tax", rate="TAX")
    )
    (folder / "out.py").symlink_to(tmp_path / "secret.py")
    (tmp_path / "secret.py").write_text("password = lo\n")
    return folder


def asked(folder: Path, work: Callable[[Client], Awaitable[Any]]) -> Any:
    """What some work with the official client gives, against the server as an agent starts it."""
    (folder.parent / "serve.py").write_text(PROGRAM)
    arguments = [str(folder.parent / "serve.py"), "mcp", str(folder)]

    async def talk() -> Any:
        async with Client(StdioServerParameters(command=sys.executable, args=arguments)) as client:
            return await work(client)

    return anyio.run(talk)


def call(folder: Path, *calls: tuple[str, dict[str, Any]]) -> list[Any]:
    """The structured answers to some calls in one session; the message where one is an error."""

    async def work(client: Client) -> list[Any]:
        results = [await client.call_tool(name, arguments) for name, arguments in calls]
        for result in results:
            assert sum(len(getattr(part, "text", "")) for part in result.content) < 2 * CAP
        return [str(getattr(r.content[0], "text", "")) if r.is_error else r.structured_content for r in results]

    answers: list[Any] = asked(folder, work)
    return answers


def test_the_tools_say_what_they_do_and_whether_they_write(checkout: Path) -> None:
    async def work(client: Client) -> Any:
        return (await client.list_tools()).tools

    tools = {tool.name: tool for tool in asked(checkout, work)}
    assert {name: tool.annotations.read_only_hint for name, tool in tools.items()} == {
        "check": True, "explain": True, "similar": True, "dismiss": False
    }  # fmt: skip
    assert all(tool.description and tool.output_schema for tool in tools.values())


def test_a_finding_is_found_explained_and_not_shown_again_once_the_agent_called_it_fine(checkout: Path) -> None:
    (found,) = call(checkout, ("check", {"paths": ["a.py"]}))
    (row,) = found["findings"]
    assert (row["rule"], row["place"], row["suggestion"], row["fails"]) == ("SP101", "a.py:2:17", "replace hi", True)
    name = row["fingerprint"]
    explained, rule, said, again = call(
        checkout,
        ("explain", {"name": name}),
        ("explain", {"name": "SP101"}),
        ("dismiss", {"fingerprint": name, "reason": "lo is a\nglobal here"}),
        ("check", {}),
    )
    assert explained["about"] == f"SP101 unlikely-token at a.py:2 ({name})"
    assert explained["code"] == ["1: def span(hi):", "2:     return hi - lo", "3: "]
    assert rule["text"].startswith("SP101 unlikely-token")
    assert said["fingerprint"] == name
    assert [f for f in again["findings"] if f["fingerprint"] == name] == []
    assert again["silenced"] == 1
    (verdict,) = read(checkout / FILE)
    assert (verdict.by, verdict.verdict, verdict.p_error) == ("agent", "fine", 0.93)
    assert verdict.why == "lo is a\\nglobal here"


def test_copies_of_a_file_of_a_line_and_of_code_that_is_not_written_yet(checkout: Path) -> None:
    third = COPY.format(name="fees", rate="FEES")
    file, line, other, code = call(
        checkout,
        ("similar", {"path": "copies.py"}),
        ("similar", {"path": "copies.py", "line": 3}),
        ("similar", {"path": "a.py"}),
        ("similar", {"path": "new.py", "code": third}),
    )
    assert file == line
    ((message, *places),) = file["groups"]
    assert "sales" in message
    assert places == ["copies.py:2 sales", "copies.py:17 tax"]
    assert other == {"groups": [], "more": 0}
    assert "new.py:2 fees" in code["groups"][0]


def test_paths_lead_nowhere_outside_the_root(checkout: Path) -> None:
    paths = ("..", "../secret.py", "/etc/passwd", "out.py", "a\0b", "~/x/../../../..")
    checks = [("check", {"paths": ["a.py", path]}) for path in paths]
    for said in call(checkout, *checks, *(("similar", {"path": path, "code": "x = 1\n"}) for path in paths)):
        assert isinstance(said, str), said
        assert "outside of" in said or "not a path" in said or "no such file" in said
        assert "password" not in said


def test_wrong_arguments_are_one_line(checkout: Path) -> None:
    said = call(
        checkout,
        ("check", {"since": "--output=/tmp/x"}),
        ("check", {"staged": True, "since": "HEAD"}),
        ("explain", {"name": "ffffffff"}),
        ("dismiss", {"fingerprint": "ffffffff", "reason": "x"}),
        ("similar", {"path": "none.py"}),
    )
    assert all(isinstance(text, str) and text.count("\n") == 0 and "Traceback" not in text for text in said), said


def test_a_long_reply_is_cut_and_says_so(checkout: Path) -> None:
    (checkout / "a.py").write_text("".join(f"def span{n}(hi):\n    return hi - lo\n\n\n" for n in range(60)))
    (found,) = call(checkout, ("check", {"paths": ["a.py"]}))
    assert found["more"] > 0
    assert len(found["findings"]) + found["more"] == 60
    assert len(json.dumps(found["findings"])) < CAP + 200
