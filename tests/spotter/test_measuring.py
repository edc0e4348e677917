from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from spotter import measuring
from spotter.cache import Cache
from spotter.config import Config
from spotter.engine.elsewhere import Census
from spotter.engine.scores import Asked, Memory, Proposal, TokenScore
from spotter.measuring import MOST_TOKENS, census_of, measure, placed, scores_of, written
from spotter.metrics.facts import FileFacts, facts_of
from spotter.outcome import exit_code
from spotter.pipeline import Task, Tools, check
from spotter.source import Source
from spotter.syntax import Syntax, parse

TEXT = "def one():\n    return 1\n\n\ndef two():\n    x = 2\n    return x\n"


@dataclass
class Counting:
    """Remembers which lines it was asked about; None for the whole file."""

    fingerprint: str = "counting"
    asked: list[list[int] | None] = field(default_factory=list)
    languages: frozenset[str] = frozenset({"python"})
    memory: Memory | None = None

    def threshold(self, max_alerts_per_kloc: float) -> float:
        return max_alerts_per_kloc

    def score(self, syntax: Syntax) -> tuple[TokenScore, ...]:
        return next(self.score_each([(syntax, None)]))

    def score_each(self, files: Iterable[Asked], memory: Memory | None = None) -> Iterator[tuple[TokenScore, ...]]:
        for syntax, lines in files:
            self.asked.append(None if lines is None else sorted(lines))
            self.memory = memory
            near = [lines is None or token.line in lines for token in syntax.tokens]
            lone = (token.text if token.text == "two" else "" for token in syntax.tokens)
            yield tuple(
                TokenScore(i, 0.25 * here, (), word) for i, (here, word) in enumerate(zip(near, lone, strict=True))
            )

    def among(self, scores: Iterable[TokenScore], census: Census) -> tuple[TokenScore, ...]:
        return tuple(replace(s, p_error=0.5) if s.lone and census.nowhere(s.lone) else s for s in scores)


def test_scores_are_read_as_they_were_written() -> None:
    edit = Proposal("replace", "x", 0.5)
    scores = (TokenScore(0, 0.25, (edit,), "word"), TokenScore(1, 0.5, ()), TokenScore(2, 0.75, (), flaw="is wrong"))
    assert scores_of(written(scores)) == scores


def test_of_a_change_the_functions_that_it_touches_are_scored_and_remembered_apart(tmp_path: Path) -> None:
    (tmp_path / ".spotter").mkdir()
    cache, scorer, sources = Cache(tmp_path), Counting(), [Source("a.py", TEXT, "python")]

    def scores(*lines: int) -> set[float]:
        changed = {"a.py": frozenset(lines)} if lines else None
        measured = measure(sources, facts_of, scorer, cache, lambda fresh: fresh, changed)
        return {score.p_error for score in measured["a.py"].scores or ()}

    assert scores(6) == {0.0, 0.25}
    assert scores(6) == {0.0, 0.25}
    assert scores(2) == {0.0, 0.25}
    assert scorer.asked == [[5, 6, 7], [1, 2]]
    assert scores(3) == {0.0, 0.25}  # a comment there would speak for the next function
    assert scores() == {0.25}
    assert scores(6) == {0.25}
    assert scorer.asked == [[5, 6, 7], [1, 2], [3, 5, 6, 7], None]
    assert scorer.memory is not None


def test_other_files_have_a_say_whether_scores_are_new_or_remembered(tmp_path: Path) -> None:
    (tmp_path / ".spotter").mkdir()
    cache, scorer, source = Cache(tmp_path), Counting(), Source("a.py", TEXT, "python")

    def raised(*others: Source) -> list[str]:
        known = census_of((source, *others), scorer)
        measured = placed(measure([source], facts_of, scorer, cache, lambda fresh: fresh), known, scorer)
        scores = measured["a.py"].scores or ()
        return [parse(source).tokens[score.token].text for score in scores if score.p_error == 0.5]

    assert raised() == []
    assert raised(Source("b.py", "one()\n", "python")) == ["two"]
    assert raised(Source("b.py", "two()\n", "python")) == []
    assert raised(Source("b.js", "one()\n", "javascript")) == []
    assert scorer.asked == [None]


def test_a_check_is_made_anew_where_another_file_has_changed(tmp_path: Path) -> None:
    (tmp_path / ".spotter").mkdir()
    cache, source = Cache(tmp_path), Source("a.py", TEXT, "python")

    class Proposing(Counting):
        def score_each(self, files: Iterable[Asked], memory: Memory | None = None) -> Iterator[tuple[TokenScore, ...]]:
            for scores in super().score_each(files, memory):
                yield tuple(replace(score, proposals=(Proposal("delete", "", 1.0),)) for score in scores)

    tools = Tools(Proposing(), facts_of, lambda _: (), Config(max_alerts_per_kloc=0.4))

    def found(other: str) -> list[float | None]:
        task = Task((source,), neighbours=(Source("b.py", other, "python"),))
        return [finding.p_error for finding in check(task, tools, cache, tuple).findings if finding.rule == "SP103"]

    assert found("two()\n") == []
    assert found("one()\n") == [0.5]
    assert found("two()\n") == []


def test_a_file_of_too_many_tokens_is_not_measured_where_all_of_them_were_to_be_scored() -> None:
    long, half = "x\n" * (MOST_TOKENS + 1), "x\n" * MOST_TOKENS
    texts = {"long.py": long, "half.py": half, "long.js": long}
    sources = [Source(path, text, "python" if path.endswith("py") else "javascript") for path, text in texts.items()]

    def facts(syntax: Syntax) -> FileFacts:
        return facts_of(parse(replace(syntax.source, text="")))

    def measured(scorer: Counting | None, changed: dict[str, frozenset[int]] | None = None) -> set[str]:
        return set(measure(sources, facts, scorer, Cache(None), lambda fresh: fresh, changed))

    assert measured(Counting()) == {"half.py", "long.js"}
    assert measured(None) == set(texts)
    assert measured(Counting(), {"long.py": frozenset({7})}) == set(texts)


def test_in_a_check_such_a_file_is_no_clean_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "MOST_TOKENS", 10)
    sources = (Source("a.py", "x = 1\n" * 4, "python"), Source("b.py", "x = 1\n", "python"))
    tools = Tools(Counting(), facts_of, lambda _: (), Config())
    found = check(Task(sources), tools, Cache(None), tuple)
    assert [(file.path, file.extent) for file in found.files] == [("a.py", "none"), ("b.py", "complete")]
    assert [(one.rule, one.path, one.severity) for one in found.findings if one.rule == "SP001"] == [
        ("SP001", "a.py", "note")
    ]
    changed = check(Task(sources, changed={"a.py": frozenset({1, 2, 3, 4})}), tools, Cache(None), tuple)
    assert exit_code(changed.findings, "warning") == 1


def test_the_next_files_are_read_before_the_first_is_scored() -> None:
    read: list[str] = []

    class Late(Counting):
        def score_each(self, files: Iterable[Asked], memory: Memory | None = None) -> Iterator[tuple[TokenScore, ...]]:
            asked = list(files)
            assert read == ["a.py", "b.py", "c.js"]
            yield from super().score_each(asked, memory)

    def facts(syntax: Syntax) -> FileFacts:
        read.append(syntax.source.path)
        return facts_of(syntax)

    sources = [Source("a.py", TEXT, "python"), Source("b.py", "", "python"), Source("c.js", "x = 1\n", "javascript")]
    found = measure(sources, facts, Late(), Cache(None), lambda fresh: fresh)
    assert {path: m.scores is None or len(m.scores) for path, m in found.items()} == {
        "a.py": 17,
        "b.py": 0,
        "c.js": True,
    }
