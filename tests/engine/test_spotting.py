from __future__ import annotations

import shutil
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from spotter.engine import sums
from spotter.engine.elsewhere import ALONE, census
from spotter.engine.evidence import FIELDS, logit
from spotter.engine.features import WINDOW
from spotter.engine.flaws import LIKELY
from spotter.engine.plant import plant_many
from spotter.engine.reading_order import Reading, reading_of
from spotter.engine.spotting import Spotter, fits, load, quoted, windows_of
from spotter.errors import SpotterError
from spotter.source import Source
from spotter.syntax import parse

WEIGHTS = Path(str(files("spotter.engine.weights")))


@pytest.fixture(scope="module")
def spotter() -> Spotter:
    return load()


@pytest.mark.parametrize("size", [1, 3, 100, 511, 512, 513, 1000, 1729])
def test_windows_take_every_token_once(size: int) -> None:
    reading = reading_of(parse(Source("a.py", "x = 1\n" * (size // 3) + "x\n" * (size % 3), "python")))
    windows = list(windows_of(reading, 0, len(reading)))
    taken = [t for w in windows for t in w.taken]
    assert taken == list(range(size))
    assert all(w.start <= w.first < w.last <= w.end <= size and w.end - w.start <= WINDOW for w in windows)


def test_windows_part_where_the_text_says() -> None:
    text = (WEIGHTS.parent / "batches.py").read_text(encoding="utf-8")
    before, after = (
        reading_of(parse(Source("a.py", said, "python")))
        for said in (text, text.replace("return", "new = 1\n    return", 1))
    )

    def starts(reading: Reading) -> list[tuple[str, ...]]:
        windows = list(windows_of(reading, 0, len(reading)))
        return [reading.lexemes.texts[window.first : window.first + 40] for window in windows]

    assert len(after) == len(before) + 3
    assert len(set(starts(before)) - set(starts(after))) <= 1


def test_a_window_knows_which_of_its_tokens_stand_in_functions_and_is_named_by_it() -> None:
    syntax = parse(Source("a.py", "def f(): pass\n" * 80 + "x = 1\n" * 200, "python"))
    reading = reading_of(syntax)
    windows = list(windows_of(reading, 0, len(reading)))
    assert all(0 <= w.within <= w.end - w.start for w in windows)
    assert windows[0].within == 480 < windows[0].end
    assert windows[-1].within == 0
    elsewhere = replace(windows[0], reading=replace(reading, within=0))
    assert elsewhere.name(syntax) != windows[0].name(syntax)


def test_a_window_is_named_by_what_stands_once_in_the_file_and_by_nothing_else_of_the_rest() -> None:
    text = "def f(a):\n    return a + here\n\n\n" + "def g(b):\n    return b\n\n\n" * 200

    def name(said: str) -> str:
        syntax = parse(Source("a.py", said, "python"))
        return next(windows_of(reading := reading_of(syntax), 0, len(reading))).name(syntax)

    assert name(text) == name(text + "there = 1\n")
    assert name(text) != name(text + "here = 1\n")


def test_what_a_slip_was_meant_to_be_is_proposed_first_and_names_the_window(spotter: Spotter) -> None:
    text = "def send(reciever, message):\n    {}.put(message)\n    return reciever.wait(message)\n"
    slip, sound = (parse(Source("a.py", text.format(name), "python")) for name in ("recieverr", "reciever"))
    at = next(i for i, token in enumerate(slip.tokens) if token.text == "recieverr")
    first, *others = spotter.repairs(slip, at, "replace")
    assert first == "reciever"
    assert "reciever" not in others
    low = Spotter(spotter.runtime, replace(spotter.calibration, thresholds=(0.0,)))
    best = max(low.score(slip)[at].proposals, key=lambda one: (one.edit == "replace", one.p))
    assert best.text == "reciever"
    assert sum(one.p for one in low.score(slip)[at].proposals) <= 1 + 1e-6
    assert spotter.repairs(sound, at, "replace")[0] != "reciever"

    def name(rest: str) -> str:
        syntax = parse(
            Source("a.py", text.format("recieverr") + "\n\ndef f():\n" + "    pass\n" * 600 + rest, "python")
        )
        return next(windows_of(reading := reading_of(syntax), 0, len(reading))).name(syntax)

    assert name("recievers = 1\n") == name("receivers = 1\n")
    assert name("recieverr_ = recieverr_ = recieverr_ = 1\n") != name("receivers = 1\n")


def test_a_strange_name_a_letter_away_from_a_common_one_is_misspelt(spotter: Spotter) -> None:
    text = "def send({0}, message):\n    {0}.put(message)\n    {0}.log(message)\n    return {1}.wait(message)\n"

    def marked(right: str, other: str) -> list[str]:
        syntax = parse(Source("a.py", text.format(right, other), "python"))
        (rows,) = spotter.evidence([(syntax, 0, len(syntax.tokens))])
        return [syntax.tokens[i].text for i in np.flatnonzero(rows[:, FIELDS.index("misspelt")]).tolist()]

    assert marked("receiver", "reciever") == ["reciever"]
    assert marked("status", "stats") == []  # both are known words
    assert marked("receiver", "sender") == []


def test_what_mends_a_flaw_is_proposed_first_and_one_that_is_sure_weighs_more(spotter: Spotter) -> None:
    sure = "def f(a):\n    return isinstance(a, 'dict')\n"
    likely = "def f(a):\n    b = a.strip()\n    b = a.lower()\n    return b\n"
    degrees = []
    for text, wrong, mend in ((sure, "'dict'", "dict"), (likely, "a", "b")):
        syntax = parse(Source("a.py", text, "python"))
        at = max(i for i, token in enumerate(syntax.tokens) if token.text == wrong)
        assert spotter.repairs(syntax, at, "replace")[0] == mend
        assert spotter.repairs(syntax, at, "insert")[:1] != (mend,)
        (rows,) = spotter.evidence([(syntax, 0, len(syntax.tokens))])
        assert np.flatnonzero(rows[:, FIELDS.index("flawed")]).tolist() == [at]
        degrees.append(rows[at, FIELDS.index("flawed")])
    assert degrees == [1.0, LIKELY]


RARE = "def send(a):\n    if a.zorbify(1):\n        return a.zorbify_all(a.get)\n    return a.zorbify(2)\n"


def test_a_word_that_stands_nowhere_else_in_its_repository_is_more_suspicious_the_more_files_there_are(
    spotter: Spotter,
) -> None:
    syntax = parse(Source("a.py", RARE, "python"))
    at = next(i for i, token in enumerate(syntax.tokens) if token.text == "zorbify_all")
    low = Spotter(spotter.runtime, replace(spotter.calibration, thresholds=(1e-7,)))
    scores = low.score(syntax)
    assert [syntax.tokens[score.token].text for score in scores if score.lone] == ["zorbify_all"]
    few, many = (low.among(scores, census([RARE, *["x = 1"] * n])) for n in (9, 99))
    weight = spotter.calibration.weight("nowhere")
    odds = [float(logit(np.array(found[at].p_error))) for found in (scores, few, many)]
    assert odds == pytest.approx([odds[0], odds[0] + weight, odds[0] + 2 * weight], abs=1e-6)
    assert many[at].proposals == scores[at].proposals != ()
    assert [i for i, pair in enumerate(zip(many, scores, strict=True)) if len(set(pair)) > 1] == [at]
    assert low.among(scores, census([RARE, "zorbify_all"])) == scores == low.among(scores, ALONE)


def test_a_calibration_reads_of_other_files_what_a_check_makes_of_them(spotter: Spotter) -> None:
    syntax = parse(Source("a.py", RARE, "python"))
    known = census([RARE, "x = 1"])
    (rows,) = spotter.evidence([(syntax, 0, len(syntax.tokens))], known)
    found = spotter.among(spotter.score(syntax), known)
    assert spotter.calibration.p_error(rows) == pytest.approx([score.p_error for score in found], rel=1e-4)
    assert np.count_nonzero(rows[:, FIELDS.index("nowhere")]) == 1


def test_a_span_is_scored_within_its_window(spotter: Spotter) -> None:
    syntax = parse(Source("a.py", "def f(a, b):\n    return a + b\n" * 200, "python"))
    scores = spotter.score_span(syntax, 1000, 1013)
    assert [s.token for s in scores] == list(range(1000, 1013))


def test_scoring_is_repeatable_and_an_empty_file_has_no_scores(spotter: Spotter) -> None:
    syntax = parse(Source("a.py", "def f(a, b):\n    return a + c\n", "python"))
    assert spotter.score(syntax) == spotter.score(syntax)
    assert spotter.score(parse(Source("b.py", "# nothing\n", "python"))) == ()


def test_planted_errors_stand_out(spotter: Spotter) -> None:
    files = [WEIGHTS.parent / name for name in ("calibration.py", "corpus.py", "features.py", "runtime.py")]
    sound = [parse(Source(file.name, file.read_text(encoding="utf-8"), "python")) for file in files]
    higher = []
    for _, planted in plant_many(sound, 20, seed=0):
        scores = spotter.score(planted.syntax)
        best = max(scores[token].p_error for token in planted.tokens)
        higher.append(sum(score.p_error > best for score in scores) / len(scores))
    assert len(higher) == 20
    assert sorted(higher)[9] < 0.2  # half of them are in the most suspicious fifth of their file; chance is a half


def test_quotes_follow_the_token_that_is_replaced() -> None:
    assert quoted('"b"', "'a'") == "'b'"
    assert quoted('"b"', '"a"') == '"b"'
    assert quoted("name", "'a'") == "name"


def test_what_is_proposed_for_a_token_leaves_brackets_balanced() -> None:
    assert fits("hi", "lo", "replace")
    assert fits("[", "(", "replace")
    assert fits("(", "x", "insert")
    assert not fits("lo", "lo", "replace")
    assert not fits(")", ")", "insert")
    assert not fits(")", "x", "replace")
    assert not fits("x", "(", "replace")


@pytest.mark.parametrize("name", [*sums.FILES, sums.SUMS])
def test_missing_and_damaged_weights_are_one_clear_line(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "weights"
    shutil.copytree(WEIGHTS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / name).write_bytes((folder / name).read_bytes()[:40])
    with pytest.raises(SpotterError, match=r"is damaged \(.*\); reinstall spotter-lint$"):
        load(folder)
    (folder / name).unlink()
    with pytest.raises(SpotterError, match="is missing"):
        load(folder)
