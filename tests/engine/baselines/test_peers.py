from __future__ import annotations

from math import log2

import numpy as np
import pytest

from spotter.engine.baselines import PEERS, smollm2
from spotter.engine.baselines.brevity import Brevity
from spotter.engine.baselines.chance import Chance
from spotter.engine.baselines.ngram import Ngram, count, share
from spotter.engine.baselines.ngram_corpus import counted, hashes
from spotter.engine.baselines.rarity import Rarity
from spotter.engine.baselines.smollm2 import SmolLm2, by_token
from spotter.engine.baselines.window import windows
from spotter.engine.bench_outcomes import function_score
from spotter.engine.bench_scorer import BenchScorer
from spotter.errors import SpotterError
from spotter.source import Source
from spotter.syntax import Syntax, parse

CODE = "def f(self, a):\n    self.one = a\n    self.two = a\n    self.two = b\n"


def syntax(text: str = CODE) -> Syntax:
    return parse(Source("a.py", text, "python"))


def scores(peer: BenchScorer, code: Syntax, first: int = 0, last: int | None = None) -> list[float]:
    last = len(code.tokens) if last is None else last
    (found,) = peer.score_spans([(code, first, last)])
    assert [s.token for s in found] == list(range(first, last))
    return [s.p_error for s in found]


@pytest.mark.parametrize("name", sorted(set(PEERS) - {"smollm2"}))
def test_every_light_peer_scores_any_span_and_gives_distinct_repairs(name: str) -> None:
    peer, code = PEERS[name](), syntax()
    whole = scores(peer, code)
    assert scores(peer, code) == whole
    if name != "random":
        assert scores(peer, code, 3, 9) == whole[3:9]
    offered = peer.repairs(code, 10, "replace")
    assert len(set(offered)) == len(offered) > 0
    assert code.tokens[10].text not in offered
    assert not peer.probabilistic


@pytest.mark.parametrize("size", [1, 384, 385, 512, 513, 2000])
def test_windows_take_every_token_once_and_hold_at_most_512(size: int) -> None:
    found = list(windows(size + 100, 50, size + 50))
    assert [t for *_, at, to in found for t in range(at, to)] == list(range(50, size + 50))
    assert all(0 <= start <= at < to <= end <= size + 100 and end - start <= 512 for start, end, at, to in found)


def test_brevity_prefers_the_shorter_version_and_no_token() -> None:
    longer, shorter = (
        np.array(scores(Brevity(), syntax(code))) for code in (CODE, CODE.replace("    self.one = a\n", ""))
    )
    assert len(set(longer)) == 1
    assert function_score(shorter, probabilistic=False) > function_score(longer, probabilistic=False)
    assert scores(Brevity(), syntax("a = 1\ndef f(): pass\n")) == [1 / 9] * 3 + [1 / 6] * 6


def test_chance_hangs_on_text_and_seed_alone() -> None:
    assert scores(Chance(), syntax()) == scores(Chance(), syntax())
    assert scores(Chance(), syntax()) != scores(Chance(1), syntax())


def test_rarity_is_the_bits_of_a_tokens_share_of_its_file() -> None:
    code = syntax("a = a + b\n")
    assert scores(Rarity(), code) == pytest.approx([log2(5 / 2), log2(5), log2(5 / 2), log2(5), log2(5)])
    assert Rarity().repairs(code, 4, "replace") == ("a",)


def test_the_ngram_interpolates_from_the_empty_context_up() -> None:
    model = count([["a", "b", "a", "c"]])
    empty = (1 + 3 * 0.1) / (4 + 3)
    assert share(model, (), "b", 0.1) == pytest.approx(empty)
    assert share(model, ("a",), "b", 0.1) == pytest.approx((1 + 2 * empty) / (2 + 2))
    assert share(model, ("z",), "b", 0.1) == share(model, (), "b", 0.1)
    assert sum(share(model, ("a",), text, 1 / 3) for text in "abc") == pytest.approx(1)


def test_a_tokens_own_occurrence_does_not_vouch_for_it() -> None:
    model = count([["a", "b"]])
    assert share(model, ("a",), "b", 0.1, 1) == pytest.approx((0 + 1 * 0.1) / (1 + 1))
    code = syntax("x(1)\ny(2)\nx(1)\ny(3)\n")
    found = dict(zip([t.start for t in code.tokens], scores(PEERS["ngram"](), code), strict=True))
    assert found[code.source.text.index("3")] > found[code.source.text.index("1")]


def test_what_the_file_repeats_is_less_surprising_and_the_corpus_stands_behind_it() -> None:
    code = syntax()
    bits = scores(PEERS["ngram"](), code)
    by_start = dict(zip([(t.text, t.line) for t in code.tokens], bits, strict=True))
    assert by_start["one", 2] > by_start[".", 4]
    informed = scores(Ngram(counted([hashes(["self", ".", "two", "=", "b"])] * 5)), code)
    assert informed[-1] < bits[-1]
    assert Ngram(counted([hashes(["a"])])).fingerprint != Ngram().fingerprint


def test_the_ngram_repairs_from_both_sides() -> None:
    code = syntax("a.x = 1\na.x = 1\na.y = 1\n")
    assert PEERS["ngram"]().repairs(code, 12, "replace")[0] == "x"


def test_pieces_are_summed_over_the_tokens_that_they_begin_in_or_before() -> None:
    code = syntax("alpha = beta\n")
    assert by_token(code.tokens, [0, 3, 5, 7, 10], [1.0, 2.0, 4.0, 8.0, 16.0]) == [3.0, 4.0, 24.0]
    assert by_token(code.tokens, [12], [1.0]) == [0.0, 0.0, 0.0]


def test_a_language_model_reads_windows_and_keeps_the_bits_of_its_span() -> None:
    code = syntax("".join(f"v{n} = {n}\n" for n in range(400)))
    read: list[str] = []

    def letters(text: str) -> tuple[list[int], list[float]]:
        read.append(text)
        return list(range(len(text))), [1.0] * len(text)

    found = scores(SmolLm2(letters), code, 300, 900)
    assert len(read) == 2
    assert found == [
        float(len(code.source.text[a.end : b.end]))
        for a, b in zip(code.tokens[299:], code.tokens[300:900], strict=False)
    ]


def test_without_its_packages_the_language_model_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(smollm2.NEEDED, "no_such_module", "no-such-package")
    with pytest.raises(SpotterError, match="no-such-package not installed; pip install"):
        smollm2.load()
