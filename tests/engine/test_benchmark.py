from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import pytest

from spotter.engine.bench_around import Around, Release
from spotter.engine.bench_records import CleanFile, Record
from spotter.engine.bench_scorer import Span
from spotter.engine.bench_table import table
from spotter.engine.benchmark import FIGURES, measure, report_of
from spotter.engine.elsewhere import Census
from spotter.engine.scores import TokenScore
from spotter.findings import Edit
from spotter.syntax import Syntax

BUGGY = "def add(a, b):\n    return a - b\n"
WRONG = Record(
    id="1",
    repo="o/p",
    commit="c",
    path="a.py",
    language="python",
    kind="wrong-operator",
    core=True,
    buggy_code=BUGGY,
    fixed_code=BUGGY.replace("-", "+"),
    buggy_lines=(2,),
    bug_spans=((BUGGY.index("-"), BUGGY.index("-") + 1),),
    old_tokens=("-",),
    new_tokens=("+",),
    func_range=(1, 2),
)
NEGATED = "def no(a):\n    if a:\n        return 1\n"
MISSING = replace(
    WRONG,
    id="2",
    repo="q/r",
    kind="missing-not",
    buggy_code=NEGATED,
    fixed_code=NEGATED.replace("if a", "if not a"),
    bug_spans=(),
    old_tokens=(),
    new_tokens=("not",),
    func_range=(1, 3),
)
CLEAN = CleanFile("c", "PyPI:x", "1", "x.py", "python", "def f(a):\n    return a - 1\n\n\ndef g(a):\n    return a\n", 6)
OTHER = replace(
    WRONG, id="5", repo="s/t", bug_spans=((WRONG.buggy_code.index("a -"), WRONG.buggy_code.index("a -") + 1),)
)


@dataclass
class Suspecting:
    """Suspects some texts; remembers what it was asked, and knows two repairs."""

    suspected: dict[str, float]
    probabilistic: bool = True
    threshold: float | None = 0.5
    languages: frozenset[str] = frozenset(("python",))
    fingerprint: str = "fake"
    spans: list[Span] = field(default_factory=list)
    repaired: list[tuple[str, Edit]] = field(default_factory=list)

    def score_spans(self, spans: Sequence[Span]) -> list[tuple[TokenScore, ...]]:
        self.spans += spans
        return [
            tuple(TokenScore(i, self.suspected.get(s.tokens[i].text, 0.01), ()) for i in range(first, last))
            for s, first, last in spans
        ]

    def repairs(self, syntax: Syntax, token: int, edit: Edit) -> tuple[str, ...]:
        self.repaired.append((syntax.tokens[token].text, edit))
        return ("*", "+")


def run(scorer: Suspecting, records: Sequence[Record], clean: Sequence[CleanFile] = ()) -> dict[str, object]:
    report = report_of(measure(records, clean, {"fake": scorer}), suite="s")
    scorers = report["scorers"]
    assert isinstance(scorers, dict)
    found = scorers["fake"]
    assert isinstance(found, dict)
    return found


def test_a_scorer_that_knows_the_bug_is_right_everywhere() -> None:
    found = run(Suspecting({"-": 0.9}), [WRONG], [])
    assert {found[name] for name in ("token_top1", "single_token_top1", "line_top1", "auroc", "pair")} == {1.0}
    assert (found["repair_top1"], found["repair_top5"]) == (0.0, 1.0)


def test_every_promised_figure_is_there_and_those_without_ground_are_null() -> None:
    found = run(Suspecting({"-": 0.9}), [WRONG])
    assert set(FIGURES) <= set(found)
    alarms = ("recall_at_1_alerts", "clean_function_alarm_rate", "top1_at_that_rate", "top1_at_16.5_percent")
    assert [found[name] for name in alarms] == [None] * 4
    unlikely = run(Suspecting({"-": 9.0}, probabilistic=False, threshold=None), [WRONG], [CLEAN])
    assert (unlikely["brier"], unlikely["clean_function_alarm_rate"]) == (None, None)


def test_a_part_has_the_figures_of_its_records_alone() -> None:
    scorer = Suspecting({"-": 0.9})
    wrong, right = replace(WRONG, repo="sympy/sympy"), replace(OTHER, repo="scrapy/scrapy")
    parts = run(scorer, [wrong, right], [replace(CLEAN, lines=1600)])["by_part"]
    assert isinstance(parts, dict)
    assert {name: (found["records"], found["token_top1"]) for name, found in parts.items()} == {
        "choosing": (1, 1.0),
        "final": (1, 0.0),
    }
    assert all(set(found["intervals"]) == set(FIGURES) for found in parts.values())
    assert parts["choosing"]["recall_at_5_alerts"] == 1.0


def test_alarms_on_clean_code_cost_recall_and_are_counted_by_function() -> None:
    found = run(Suspecting({"-": 0.9}), [WRONG], [CLEAN])
    assert found["clean_function_alarm_rate"] == 0.5
    assert found["top1_at_that_rate"] == 1.0
    assert found["recall_at_5_alerts"] == 0.0
    assert run(Suspecting({"-": 0.9, "1": 0.8}), [WRONG], [replace(CLEAN, lines=200)])["recall_at_5_alerts"] == 1.0


def test_an_insertion_is_asked_for_at_the_token_after_the_gap() -> None:
    scorer = Suspecting({"a": 0.9})
    found = run(scorer, [WRONG, MISSING])
    assert scorer.repaired == [("-", "replace"), ("a", "insert")]
    assert found["token_top1"] == 0.0
    kinds = found["by_kind"]
    assert isinstance(kinds, dict)
    assert kinds["missing-not"]["line_top1"] == 0.0
    assert kinds["missing-not"]["token_top1"] is None


def test_a_scorer_that_hears_of_other_files_is_told_what_is_around_each() -> None:
    class Hearing(Suspecting):
        def among(self, scores: Sequence[TokenScore], census: Census) -> tuple[TokenScore, ...]:
            return tuple(replace(score, p_error=0.9 if census.nowhere("add") else 0.1) for score in scores)

    around = Around({"p": Release({"b.py": frozenset({"add"})}), "x": Release({"y.py": frozenset({"z"})})})
    fake = measure([WRONG], [CLEAN], {"fake": Hearing({})}, around)["fake"]
    assert set(fake.outcomes[0].scores) == {0.1}
    assert set(fake.clean_tokens[0]) == {0.9}
    deaf = measure([WRONG], [CLEAN], {"fake": Suspecting({})}, around)["fake"]
    assert set(deaf.outcomes[0].scores) == {0.01}


def test_records_in_unknown_languages_are_left_out_and_counted() -> None:
    klingon = replace(WRONG, id="3", language="klingon")
    found = run(Suspecting({"-": 0.9}), [WRONG, klingon])
    assert (found["records"], found["left_out"]) == (1, 1)
    none = run(Suspecting({}, languages=frozenset(("ruby",))), [WRONG], [CLEAN])
    assert (none["records"], none["left_out"], none["token_top1"]) == (0, 1, None)


def test_equal_texts_are_parsed_once_and_only_functions_are_scored() -> None:
    scorer = Suspecting({})
    run(scorer, [WRONG, replace(WRONG, id="4", fixed_code=BUGGY.replace("-", "*"))])
    assert [last - first for _, first, last in scorer.spans] == [12] * 4
    assert scorer.spans[0][0] is scorer.spans[2][0]


def test_records_are_read_lazily_in_batches() -> None:
    seen: list[int] = []

    def records() -> Iterator[Record]:
        for n in range(40):
            seen.append(n)
            yield replace(WRONG, id=str(n))

    scorer = Suspecting({})
    first_batch: list[int] = []
    scorer_spans = scorer.score_spans

    def watching(spans: Sequence[Span]) -> list[tuple[TokenScore, ...]]:
        first_batch.append(len(seen))
        return scorer_spans(spans)

    scorer.score_spans = watching  # type: ignore[method-assign]
    assert report_of(measure(records(), (), {"fake": scorer}), suite="s")["records"] == 40
    assert first_batch == [32, 40]


@pytest.mark.parametrize("scorer", [Suspecting({"-": 0.9}), Suspecting({}, languages=frozenset())])
def test_the_table_has_a_row_a_scorer_and_says_what_was_left_out(scorer: Suspecting) -> None:
    scorers = {"fake": scorer, "other": Suspecting({})}
    report = report_of(measure([WRONG, MISSING], [CLEAN], scorers), suite="dev")
    lines = table(report).splitlines()
    assert lines[0] == "dev: 2 records"
    assert len({len(line) for line in lines[2:5]}) == 1
    assert [line.split()[0] for line in lines[2:5]] == ["scorer", "fake", "other"]
    assert ("fake: 2 of 2 records left out" in table(report)) == (not scorer.languages)


def compared() -> dict[str, object]:
    """One scorer suspects the operator, which is one record's bug, the other the name, which is the other's."""
    scorers = {"one": Suspecting({"-": 0.9}), "two": Suspecting({"a": 0.9}), "one again": Suspecting({"-": 0.9})}
    return report_of(measure([WRONG, OTHER], [replace(CLEAN, lines=1600)], scorers), suite="s")


def besides() -> dict[str, dict[str, object]]:
    scorers = compared()["scorers"]
    assert isinstance(scorers, dict)
    assert "beside_the_first" not in scorers["one"]
    return {name: scorer["beside_the_first"] for name, scorer in scorers.items() if name != "one"}


def test_differences_are_of_the_first_less_the_other_with_an_interval_over_projects() -> None:
    found = besides()
    difference = found["two"]["difference"]
    assert isinstance(difference, dict)
    value, low, high = difference["token_top1"]
    assert (value, low, high) == (0.5, 0.0, 1.0)  # it has one of the two; the other scorer's `a` stands twice
    same = found["one again"]["difference"]
    assert isinstance(same, dict)
    assert all(numbers == [0.0, 0.0, 0.0] for numbers in same.values())


def test_either_finds_what_one_of_them_finds() -> None:
    either = besides()["one again"]["either"]
    assert isinstance(either, dict)
    assert either["token_top1"] == [0.5, 0.0, 1.0]


def test_together_they_name_five_and_share_the_alerts() -> None:
    found = besides()["two"]
    union, gain = found["union"], found["gain"]
    assert isinstance(union, dict)
    assert isinstance(gain, dict)
    assert union["token_top5"][0] == 1.0  # the operator among three, and `a`, which stands twice, among two
    assert gain["token_top5"][0] == 0.5
    assert union["recall_at_5_alerts"][0] == pytest.approx(1.0)
    assert gain["recall_at_5_alerts"][0] == pytest.approx(0.5)


def test_records_that_only_one_of_them_can_read_are_not_compared() -> None:
    scorers = {"one": Suspecting({}), "two": Suspecting({}, languages=frozenset(("ruby",)))}
    found = report_of(measure([WRONG, MISSING], [], scorers), suite="s")["scorers"]
    assert isinstance(found, dict)
    assert found["two"]["beside_the_first"] == {}


def test_the_table_says_how_far_apart_scorers_are() -> None:
    lines = table(compared()).splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("one less"))
    assert [line.split()[0] for line in lines[at + 1 :]] == ["two", "one"]
    assert "+50.0 [+0 +100]" in lines[at + 1]
