from __future__ import annotations

import json
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest
import torch

from spotter.engine import checkpoint, corpus, runtime, sums
from spotter.engine.batches import Batch, Fix, Mixture, Stream, joined, pack, sound
from spotter.engine.calibrating import PLAIN
from spotter.engine.corpus import Shard
from spotter.engine.features import SCALARS
from spotter.engine.feeding import read_vocabulary
from spotter.engine.guesses import Guesser
from spotter.engine.learner import copied, loss_of, save
from spotter.engine.lexemes import Lexemes, lexemes_of
from spotter.engine.network import Denoiser, Shape
from spotter.engine.noise import UNIFORM, corrupt
from spotter.engine.objectives import DENOISER, OBJECTIVES, Objective, objective
from spotter.engine.optimiser import optimisers
from spotter.engine.schedule import Run
from spotter.engine.splices import INSERT, KEEP, MASK_TEXT, REPLACE
from spotter.engine.suspicion import suspicion
from spotter.engine.training import train
from spotter.engine.validation import questions_of, standing
from spotter.engine.vocabulary import MASK, RARE, SPECIAL, build
from spotter.errors import SpotterError
from spotter.source import Source
from spotter.syntax import parse

CODE = "".join(
    f"def f{n}(a, b):\n    if a > b:\n        return a - b\n    return self.g(a, {n})\n\n\n" for n in range(12)
)
NOWHERE = Source("a.py", "", "python")
LEXEMES = lexemes_of(parse(Source("a.py", CODE, "python")))
VOCABULARY = build(Counter(LEXEMES.texts).items(), [("f", 1)], len(SPECIAL) + 12, 4)
SHAPE = Shape(len(VOCABULARY.words), VOCABULARY.piece_count, width=32, layers=2, content=8)
MIXTURE = Mixture(fixes=0.5, masked=0.5, edits=3.0, size=64)
BEFORE, AFTER = (
    lexemes_of(parse(Source("a.py", f"def f(a, b):\n    return g({x}, b) + a\n", "python"))) for x in ("wrong", "a")
)


def stream_of(aim: Objective) -> Stream:
    table = {text: i for i, text in enumerate(dict.fromkeys(LEXEMES.texts))}
    ids = np.array([table[t] for t in LEXEMES.texts], np.uint32)
    classes, ranks = np.array(LEXEMES.classes, np.uint8), np.array(LEXEMES.ranks, np.int8)
    shard = Shard("a", tuple(table), ids, classes, ranks, np.array([0, len(ids)]))
    return Stream([shard], (Fix("p", NOWHERE, BEFORE, AFTER),), VOCABULARY, objective=aim)


def network(aim: Objective) -> Denoiser:
    """One whose every part says something: outputs start at zero."""
    torch.manual_seed(0)
    model = Denoiser(aim.shape(SHAPE))
    for weight in model.parameters():
        if weight.ndim == 2:
            torch.nn.init.normal_(weight, std=0.15)
    return model.eval()


def window(lexemes: Lexemes, aim: Objective) -> Batch:
    return pack([joined([sound(lexemes)], VOCABULARY, aim)], VOCABULARY, len(lexemes))


def written(data: Path) -> Path:
    """A corpus in a folder."""
    (data / "shards").mkdir()
    corpus.save(stream_of(DENOISER).shards[0], data / "shards")
    words = {"words": VOCABULARY.words, "pieces": VOCABULARY.known_pieces}
    (data / "vocabulary.json").write_text(json.dumps(words), encoding="utf-8")
    return data


@pytest.mark.parametrize("name", OBJECTIVES)
def test_the_loss_of_every_objective_falls_within_twenty_steps(name: str) -> None:
    aim = OBJECTIVES[name]
    torch.manual_seed(0)
    model, stream = Denoiser(aim.shape(SHAPE)), stream_of(aim)
    steppers = optimisers(model, 0.02, 0.01)
    losses = []
    for step in range(20):
        loss, _ = loss_of(model, stream.batch(step, 512, MIXTURE), aim=aim)
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        for stepper in steppers:
            stepper.step()
            stepper.zero_grad()
        losses.append(loss.item())
    assert np.mean(losses[-4:]) < 0.9 * np.mean(losses[:4])
    found = standing(
        model.eval(), questions_of(stream.fixes or [Fix("p", NOWHERE, BEFORE, AFTER)], VOCABULARY, aim), "cpu", aim
    )
    assert found is not None
    assert 0 <= found.top1 <= found.top5 <= 1


@pytest.mark.parametrize("name", ["causal", "masked", "no-relations"])
def test_a_checkpoint_remembers_its_objective_and_its_shape(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)  # nothing to compile with
    data, run = written(tmp_path), Run(1, 0, tokens=512, objective=name)
    last = train(run, SHAPE, data, (), tmp_path / "run", minutes=5)
    assert checkpoint.objective_of(last) == name
    assert read_vocabulary(last.with_name("vocabulary.json")) == VOCABULARY
    assert checkpoint.load(last)[0].shape == OBJECTIVES[name].shape(SHAPE)
    with pytest.raises(SpotterError, match=f"a run for another objective, {name}"):
        train(replace(run, objective="denoiser"), SHAPE, data, (), tmp_path / "run", minutes=5)


def test_guesses_are_those_of_the_weights_that_a_run_starts_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)  # nothing to compile with
    data, aim = written(tmp_path), OBJECTIVES["on-policy"]
    run = Run(1, 0, tokens=512, objective="on-policy")
    with pytest.raises(SpotterError, match="name a folder of them with --start"):
        train(run, SHAPE, data, (), tmp_path / "run", minutes=5)
    model, first = network(DENOISER), tmp_path / "first.pt"
    for weight in model.parameters():
        torch.nn.init.normal_(weight.view(1, -1), std=0.15)  # the format keeps one of several that are equal
    save(first, model, (), copied(model), 1, SHAPE, replace(run, objective="denoiser"))
    with pytest.raises(SpotterError, match="name a folder of them with --start"):
        train(run, SHAPE, data, (), tmp_path / "run", minutes=5, start=first)
    weights = tmp_path / "weights"
    checkpoint.export([first], weights)
    (weights / "calibration.json").write_text(json.dumps(PLAIN.raw()), encoding="utf-8")
    sums.record(weights)
    last = train(run, SHAPE, data, (), tmp_path / "run", minutes=5, start=weights)
    assert checkpoint.objective_of(last) == "on-policy"

    shards, guesser = stream_of(aim).shards, Guesser(runtime.load(weights))
    own, plain = (
        Stream(shards, (), VOCABULARY, objective=aim, guesser=g).batch(0, 512, MIXTURE) for g in (guesser, None)
    )
    assert not np.array_equal(own.word, plain.word)
    assert set(own.labels.flatten()) >= {KEEP, REPLACE}


def test_a_branch_reads_by_the_vocabulary_of_what_it_branches_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)  # nothing to compile with
    data, run = written(tmp_path), Run(1, 0, tokens=512)
    own = (data / "vocabulary.json").read_bytes()
    first = train(run, SHAPE, data, (), tmp_path / "first", minutes=5)
    rebuilt = {"words": (*VOCABULARY.words[:-2], *VOCABULARY.words[:-3:-1]), "pieces": VOCABULARY.known_pieces}
    (data / "vocabulary.json").write_text(json.dumps(rebuilt), encoding="utf-8")
    branch = train(replace(run, steps=2), SHAPE, data, (), tmp_path / "branch", minutes=5, start=first)
    train(replace(run, steps=3), SHAPE, data, (), tmp_path / "branch", minutes=5)
    assert branch.with_name("vocabulary.json").read_bytes() == own
    anew = train(run, SHAPE, data, (), tmp_path / "anew", minutes=5)
    with pytest.raises(SpotterError, match="such networks have no mean"):
        checkpoint.export([first, anew], tmp_path / "weights")
    first.with_name("vocabulary.json").unlink()
    with pytest.raises(SpotterError, match="reads by the vocabulary that was there"):
        train(run, SHAPE, data, (), tmp_path / "other", minutes=5, start=first)


def test_a_checkpoint_from_before_there_were_objectives_is_the_denoisers(tmp_path: Path) -> None:
    shape = {name: getattr(SHAPE, name) for name in Shape.__slots__ if name != "causal"}
    model = Denoiser(SHAPE)
    state = {"model": model.state_dict(), "average": {}, "step": 7, "shape": shape, "run": {"steps": 9}}
    torch.save(state, tmp_path / "last.pt")
    assert checkpoint.objective_of(tmp_path / "last.pt") == "denoiser"
    assert checkpoint.load(tmp_path / "last.pt")[0].shape == SHAPE


def test_an_unknown_objective_is_refused() -> None:
    with pytest.raises(SpotterError, match=r"nosuch: no such objective; there are denoiser, .*"):
        objective("nosuch")


@pytest.mark.parametrize("direction", ["causal", "reversed"])
def test_what_comes_later_changes_no_score_before_it(direction: str) -> None:
    aim = OBJECTIVES[direction]
    model = network(aim)
    base = suspicion(model, window(LEXEMES.cut(0, 60), aim), aim, "cpu")[0]
    rng = Random(0)
    for place in range(60):
        choices = [t for t in ("(", ")", "=", "f3", "new", ".", "b", ":") if t != LEXEMES.texts[place]]
        texts = (*LEXEMES.texts[:place], rng.choice(choices), *LEXEMES.texts[place + 1 : 60])
        lexemes = replace(LEXEMES.cut(0, 60), texts=texts)
        changed = suspicion(model, window(lexemes, aim), aim, "cpu")[0]
        reached = place if direction == "causal" else 59 - place  # in reading order
        assert torch.allclose(base[:reached], changed[:reached], atol=1e-5)
        assert reached == 0 or not torch.allclose(base[reached:], changed[reached:], atol=1e-5)


@pytest.mark.parametrize("name", ["causal", "reversed"])
def test_where_a_line_begins_reaches_only_what_is_read_after_it(name: str) -> None:
    aim = OBJECTIVES[name]
    model, lexemes = network(aim), LEXEMES.cut(0, 60)
    place = 30 + next(i for i, rank in enumerate(lexemes.ranks[30:]) if rank >= 0)
    ranks = (*lexemes.ranks[:place], lexemes.ranks[place] + 1, *lexemes.ranks[place + 1 :])
    base, moved = (
        suspicion(model, window(each, aim), aim, "cpu")[0] for each in (lexemes, replace(lexemes, ranks=ranks))
    )
    reached = 1 + (place if name == "causal" else 59 - place)  # the token's own text is asked for before it is read
    assert torch.allclose(base[:reached], moved[:reached], atol=1e-5)
    assert not torch.allclose(base, moved, atol=1e-5)


@pytest.mark.parametrize("name", ["causal", "reversed"])
def test_a_network_of_one_direction_is_asked_for_the_next_token_and_counts_nothing(name: str) -> None:
    aim = OBJECTIVES[name]
    batch = stream_of(aim).batch(0, 512, MIXTURE)
    row, at, _, word, digests = batch.targets.T
    assert (word == batch.word[row, at + 1]).all()
    assert (digests == batch.hashes[row, at + 1]).all()
    assert 0.4 < len(row) / (batch.word > 0).sum() < 0.6
    assert (batch.labels <= KEEP).all()
    assert not batch.scalars[..., SCALARS.index("count") :].any()


def test_the_reversed_peer_reads_what_the_causal_one_reads_from_the_other_end() -> None:
    ahead, back = (window(LEXEMES.cut(0, 40), OBJECTIVES[name]) for name in ("causal", "reversed"))
    assert np.array_equal(ahead.word[0], back.word[0, ::-1])
    assert np.array_equal(ahead.hashes[0], back.hashes[0, ::-1])


def test_a_fix_is_learned_as_it_was_left_by_those_that_are_shown_no_edits() -> None:
    for name in ("causal", "reversed", "masked"):
        batch = stream_of(OBJECTIVES[name]).batch(0, 512, replace(MIXTURE, fixes=1.0))
        wrong = VOCABULARY.encode("wrong", 0)[2]
        assert not (batch.hashes == wrong).any()
        assert not (batch.targets[:, 4] == wrong).any()


def test_masked_diffusion_asks_for_hidden_tokens_alone() -> None:
    aim = OBJECTIVES["masked"]
    batch = stream_of(aim).batch(3, 1024, MIXTURE)
    hidden = batch.word == MASK
    row, at = batch.targets[:, :2].T
    assert sorted(zip(row, at, strict=True)) == sorted(zip(*np.nonzero(hidden), strict=True))
    shares = hidden.sum(1) / (batch.word > 0).sum(1)
    assert shares.min() < 0.4 < 0.6 < shares.max()
    assert set(batch.targets[:, 3][batch.targets[:, 3] < len(SPECIAL)]) <= set(RARE)
    model = network(aim)
    _, parts = loss_of(model, batch, aim=aim)
    edit, place, pair, text, *_ = parts.tolist()
    assert (edit, place, pair) == (0.0, 0.0, 0.0)
    assert text > 0
    other = replace(batch, labels=np.where(batch.labels >= 0, INSERT, batch.labels).astype(np.int8))
    assert loss_of(model, other, aim=aim)[0] == loss_of(model, batch, aim=aim)[0]


def test_the_discriminator_learns_from_the_same_windows_and_from_their_edits_alone() -> None:
    aim = OBJECTIVES["discriminator"]
    batch, same = (stream_of(each).batch(3, 512, MIXTURE) for each in (aim, DENOISER))
    assert all(np.array_equal(getattr(batch, n), getattr(same, n)) for n in Batch.__slots__)
    model = network(aim)
    loss, parts = loss_of(model, batch, aim=aim)
    _, others = loss_of(model, batch)
    assert parts[0] == others[0]
    assert not parts[1:].any()
    loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
    assert all(weight.grad is None for weight in model.replacement.parameters())


def test_the_uniform_kernel_knows_no_kinds_of_mistakes() -> None:
    lexemes = LEXEMES.cut(0, 120)
    for seed in range(20):
        noised = corrupt(lexemes, 10, 0.0, Random(seed), kernel=UNIFORM)
        assert MASK_TEXT not in noised.lexemes.texts
        assert all(len(label.texts) <= 1 for label in noised.labels)  # nothing longer than a token is lost
    uniform, own = (stream_of(OBJECTIVES[name]).batch(0, 512, MIXTURE) for name in ("uniform", "denoiser"))
    assert not np.array_equal(uniform.word, own.word)


def test_without_fixes_no_window_has_a_twin_and_without_relations_no_code_counts() -> None:
    assert (stream_of(OBJECTIVES["no-fixes"]).batch(0, 512, MIXTURE).twins < 0).all()
    assert (stream_of(DENOISER).batch(0, 512, MIXTURE).twins >= 0).any()
    aim = OBJECTIVES["no-relations"]
    model, batch = Denoiser(aim.shape(SHAPE)), window(LEXEMES.cut(0, 60), aim)
    torch.nn.init.normal_(model.body.edit.weight)
    for block in model.body.blocks:
        torch.nn.init.normal_(block.attention.output.weight, std=0.15)  # type: ignore[union-attr, arg-type]
    blind = replace(batch, query=np.full_like(batch.query, -1), key=np.full_like(batch.key, -1))
    assert torch.equal(suspicion(model, batch, aim, "cpu"), suspicion(model, blind, aim, "cpu"))


def test_without_counts_a_token_says_what_it_is_and_not_how_often() -> None:
    seen, blind = (window(LEXEMES.cut(0, 60), aim).scalars[0] for aim in (DENOISER, OBJECTIVES["no-counts"]))
    assert np.array_equal(seen[:, :3], blind[:, :3])
    assert seen[:, 3:].any(axis=0).all()
    assert not blind[:, 3:].any()
