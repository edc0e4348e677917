from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from spotter.config import Config
from spotter.engine.scores import Proposal, TokenScore
from spotter.metrics.facts import Call, FileFacts, FunctionFacts
from spotter.metrics.pressure import Pressure
from spotter.metrics.span import Span
from spotter.pipeline import Tools
from spotter.source import Source
from spotter.syntax import Syntax, parse


@dataclass
class FakeScorer:
    """Suspects the tokens it is told, by their text; counts what it is asked."""

    suspected: dict[str, tuple[float, Proposal]] = field(default_factory=dict)
    fingerprint: str = "fake"
    asked: list[str] = field(default_factory=list)
    knows: bool = True

    def threshold(self, max_alerts_per_kloc: float) -> float:
        return max_alerts_per_kloc

    def score(self, syntax: Syntax) -> tuple[TokenScore, ...]:
        self.asked.append(syntax.source.path)
        if not self.knows:
            return ()
        return tuple(self._score(i, token.text) for i, token in enumerate(syntax.tokens))

    def _score(self, index: int, text: str) -> TokenScore:
        p, proposal = self.suspected.get(text, (0.01, None))
        return TokenScore(index, p, (proposal,) if proposal else ())


def extract(syntax: Syntax) -> FileFacts:
    """Facts with functions and calls by name only."""
    functions = tuple(
        FunctionFacts(
            f.name, f.name.rpartition(".")[0], f.start_line, f.end_line, Span(f.start_line, 1, f.end_line, 1),
            ("self",) if "." in f.name else (), (), "value", 0, (), "",
        )
        for f in syntax.functions
    )  # fmt: skip
    names = {f.name.rpartition(".")[2] for f in syntax.functions}
    calls = []
    for before, token, after in zip(syntax.tokens, syntax.tokens[1:], syntax.tokens[2:], strict=False):
        if token.text in names and after.text == "(" and before.text != "def":
            around = [f for f in syntax.functions if f.start_line <= token.line <= f.end_line]
            calls.append(Call(around[-1].name if around else "", token.text, token.line))
    lines = syntax.source.text.count("\n")
    empty = ((), (), (), (), (), (), ())
    classes, imports, origins, checks, uses, writes, decisions = empty
    return FileFacts(
        syntax.source.path, "python", lines, False, False, (), functions, classes, tuple(calls), imports,
        origins, checks, uses, writes, decisions,
    )  # fmt: skip


Make = Callable[..., Tools]


@pytest.fixture(scope="session")
def suspecting() -> Callable[[], FakeScorer]:
    """Makes a scorer that suspects every `lo`."""
    return lambda: FakeScorer({"lo": (0.93, Proposal("replace", "hi", 0.8))})


@pytest.fixture
def scorer(suspecting: Callable[[], FakeScorer]) -> FakeScorer:
    return suspecting()


@pytest.fixture
def tools() -> Make:
    def make(scorer: FakeScorer | None, pressures: Sequence[Pressure] = (), config: Config | None = None) -> Tools:
        return Tools(
            scorer=scorer,
            extract=extract,
            press=lambda _: pressures,
            config=config or Config(),
        )

    return make


@pytest.fixture
def parsed() -> Callable[[str], Syntax]:
    return lambda text: parse(Source("alfa.py", text, "python"))
