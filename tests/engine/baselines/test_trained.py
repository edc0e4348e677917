from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch

from spotter.engine.baselines import LEARNED
from spotter.engine.bench_scorer import BenchScorer
from spotter.engine.learner import copied, save
from spotter.engine.lexemes import lexemes_of
from spotter.engine.network import Denoiser, Shape
from spotter.engine.objectives import OBJECTIVES
from spotter.engine.schedule import Run
from spotter.engine.splices import MASK_TEXT, hidden
from spotter.engine.vocabulary import SPECIAL, build
from spotter.errors import SpotterError
from spotter.source import Source
from spotter.syntax import Syntax, parse

CODE = "".join(
    f"def f{n}(a, b):\n    if a > b:\n        return a - b\n    return self.g(a, {n})\n\n\n" for n in range(4)
)
SYNTAX = parse(Source("a.py", CODE, "python"))
LEXEMES = lexemes_of(SYNTAX)
VOCABULARY = build(Counter(LEXEMES.texts).items(), [("f", 1)], len(SPECIAL) + 12, 4)
SHAPE = Shape(len(VOCABULARY.words), VOCABULARY.piece_count, width=32, layers=2, content=8)
NAMES = {
    "trained": "denoiser",
    "discriminator": "discriminator",
    "causal": "causal",
    "masked-diffusion": "masked",
    "masked-folds": "masked",
    "no-relations": "no-relations",
    "no-counts": "no-counts",
    "uniform": "uniform",
    "no-fixes": "no-fixes",
}


def run_of(name: str, folder: Path) -> Path:
    """A run's folder with a network that was drawn by chance."""
    aim = OBJECTIVES[name]
    folder.mkdir()
    torch.manual_seed(0)
    model = Denoiser(aim.shape(SHAPE))
    for weight in model.parameters():  # outputs start at zero: give them something to say
        if weight.ndim == 2:
            torch.nn.init.normal_(weight, std=0.15)
    run = Run(steps=1, decay=0, objective=name)
    save(folder / "last.pt", model, (), copied(model), 1, aim.shape(SHAPE), run)
    words = {"words": VOCABULARY.words, "pieces": VOCABULARY.known_pieces}
    (folder / "vocabulary.json").write_text(json.dumps(words), encoding="utf-8")
    return folder


def scores(scorer: BenchScorer, syntax: Syntax = SYNTAX, first: int = 0, last: int = len(SYNTAX.tokens)) -> list[float]:
    (found,) = scorer.score_spans([(syntax, first, last)])
    assert [score.token for score in found] == list(range(first, last))
    return [score.p_error for score in found]


@pytest.mark.parametrize("name", NAMES)
def test_a_run_scores_every_token_of_a_file_and_the_same_in_a_span(name: str, tmp_path: Path) -> None:
    scorer = LEARNED[name](run_of(NAMES[name], tmp_path / "run"))
    whole = scores(scorer)
    assert np.isfinite(whole).all()
    assert np.std(whole) > 0
    assert np.allclose(scores(scorer, first=20, last=90), whole[20:90], atol=1e-5)
    long = parse(Source("a.py", CODE * 4, "python"))
    assert np.isfinite(scores(scorer, long, last=len(long.tokens))).all()
    few = scorer.score_spans([(SYNTAX, 5, 9), (SYNTAX, 0, 30), (SYNTAX, 0, 1), (SYNTAX, 4, 4)])
    assert [len(found) for found in few] == [4, 30, 1, 0]
    assert scorer.probabilistic == (OBJECTIVES[NAMES[name]].task == "edits")
    if scorer.probabilistic:
        assert 0 < min(whole) <= max(whole) < 1


@pytest.mark.parametrize(
    ("name", "trained"), [("causal", "denoiser"), ("trained", "uniform"), ("masked-folds", "causal")]
)
def test_a_run_for_another_objective_is_refused(name: str, trained: str, tmp_path: Path) -> None:
    with pytest.raises(SpotterError, match=f"trained for {trained}, not for"):
        LEARNED[name](run_of(trained, tmp_path / "run"))


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SpotterError, match=r"last\.pt: not there; name the folder of a `spotter train run`"):
        LEARNED["causal"](tmp_path)
    with pytest.raises(SpotterError, match="two runs belong together"):
        LEARNED["two-way"](tmp_path)


def test_both_directions_add_up(tmp_path: Path) -> None:
    ahead, back = run_of("causal", tmp_path / "ahead"), run_of("reversed", tmp_path / "back")
    both = np.array(scores(LEARNED["two-way"](Path(f"{ahead}+{back}"))))
    other = both - np.array(scores(LEARNED["causal"](ahead)))
    assert other[-1] == pytest.approx(0, abs=1e-5)  # it was asked for nothing before its first token
    assert (other[:-1] > 0).all()


def test_what_a_causal_run_says_of_a_token_does_not_depend_on_what_follows(tmp_path: Path) -> None:
    scorer = LEARNED["causal"](run_of("causal", tmp_path / "run"))
    changed = parse(Source("a.py", CODE.replace("self.g(a, 3)", "other.h(a, 9)"), "python"))
    place = next(i for i, token in enumerate(changed.tokens) if token.text == "other")
    ours, theirs = np.array(scores(scorer)), np.array(scores(scorer, changed))
    assert np.allclose(ours[:place], theirs[:place], atol=1e-5)
    assert not np.allclose(ours[place : place + 10], theirs[place : place + 10])


def test_folds_hide_each_token_once_and_it_is_asked_for_where_it_is_hidden(tmp_path: Path) -> None:
    texts = [hidden(LEXEMES, range(fold, len(LEXEMES), 8)).texts for fold in range(8)]
    assert all(sum(text == MASK_TEXT for text in column) == 1 for column in zip(*texts, strict=True))
    run = run_of("masked", tmp_path / "run")
    folded, visible = scores(LEARNED["masked-folds"](run)), scores(LEARNED["masked-diffusion"](run))
    assert not np.allclose(folded, visible)
    other = parse(Source("a.py", CODE.replace("f3", "f5"), "python"))  # a text that no other fold asks for
    assert len(scores(LEARNED["masked-folds"](run), other)) == len(folded)


def test_p_edit_is_one_less_the_share_of_keep(tmp_path: Path) -> None:
    run = run_of("denoiser", tmp_path / "run")
    state = torch.load(run / "last.pt", weights_only=True)
    for part in ("model", "average"):
        state[part]["body.edit.weight"].zero_()
        state[part]["body.edit.bias"].copy_(torch.tensor([3.0, 0.0, 0.0, 0.0]).log1p())
    torch.save(state, run / "last.pt")
    assert np.allclose(scores(LEARNED["trained"](run)), 3 / 7)
