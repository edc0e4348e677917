from __future__ import annotations

import dataclasses
import json
import shutil
from collections import Counter
from itertools import pairwise
from pathlib import Path
from random import Random

import numpy as np
import onnxruntime
import pytest
import torch

from spotter.engine import checkpoint, corpus, runtime, sums
from spotter.engine.batches import Batch, Fix, Mixture, Stream, labels_between, mistakes_of
from spotter.engine.calibrating import PLAIN
from spotter.engine.corpus import Shard
from spotter.engine.features import features
from spotter.engine.learner import blend, copied, loss_of, resume, save
from spotter.engine.learning_curve import read as read_curve
from spotter.engine.lexemes import Lexemes, lexemes_of
from spotter.engine.network import Denoiser, Shape, place_losses
from spotter.engine.optimiser import optimisers, orthogonal
from spotter.engine.schedule import Run
from spotter.engine.splices import DELETE, INSERT, KEEP, REPLACE, Noised, undo
from spotter.engine.spotting import Spotter
from spotter.engine.training import train
from spotter.engine.transplant import weights_for
from spotter.engine.validation import Standing, questions_of, standing
from spotter.engine.vocabulary import SPECIAL, build
from spotter.source import Source
from spotter.syntax import parse

CODE = "".join(
    f"def f{n}(a, b):\n    if a > b:\n        return a - b\n    return self.g(a, {n})\n\n\n" for n in range(12)
)
NOWHERE = Source("a.py", "", "python")
LEXEMES = lexemes_of(parse(Source("a.py", CODE, "python")))
VOCABULARY = build(Counter(LEXEMES.texts).items(), [("f", 1)], len(SPECIAL) + 12, 4)
SHAPE = Shape(len(VOCABULARY.words), VOCABULARY.piece_count, width=32, layers=2, content=8)
MIXTURE = Mixture(fixes=0.0, masked=0.5, edits=3.0, size=64)


@pytest.fixture
def stream() -> Stream:
    table = {text: i for i, text in enumerate(dict.fromkeys(LEXEMES.texts))}
    ids = np.array([table[t] for t in LEXEMES.texts], np.uint32)
    classes, ranks = np.array(LEXEMES.classes, np.uint8), np.array(LEXEMES.ranks, np.int8)
    return Stream([Shard("a", tuple(table), ids, classes, ranks, np.array([0, len(ids)]))], (), VOCABULARY)


@pytest.fixture
def model() -> Denoiser:
    torch.manual_seed(0)
    denoiser = Denoiser(SHAPE)
    for block in denoiser.body.blocks:  # the outputs start at zero: give them something to say
        for weight in block.parameters():
            if weight.ndim == 2:
                torch.nn.init.normal_(weight, std=0.15)
    torch.nn.init.normal_(denoiser.body.edit.weight, std=0.2)
    for weight in denoiser.body.parameters():  # no two alike, as after training: the exporter merges equal ones
        if weight.ndim != 2:
            weight.data += 0.01 * torch.randn_like(weight)
    return denoiser.eval()


def test_a_step_is_a_function_of_its_number(stream: Stream) -> None:
    first, again, other = (stream.batch(step, 256, MIXTURE) for step in (3, 3, 4))
    assert all(np.array_equal(getattr(first, n), getattr(again, n)) for n in Batch.__slots__)
    assert not np.array_equal(first.word, other.word)
    assert first.word.shape == (4, 64)


def test_a_run_writes_its_learning_curve(stream: Stream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)  # nothing to compile with
    (tmp_path / "shards").mkdir()
    corpus.save(stream.shards[0], tmp_path / "shards")
    words = {"words": VOCABULARY.words, "pieces": VOCABULARY.known_pieces}
    (tmp_path / "vocabulary.json").write_text(json.dumps(words), encoding="utf-8")
    last = train(Run(1, 0, tokens=512), SHAPE, tmp_path, (), tmp_path / "run", minutes=5)
    (point,) = read_curve(tmp_path / "run" / "curve.jsonl")
    assert (last.is_file(), point.step, point.tokens) == (True, 0, 512)
    assert point.edit > 0


def test_the_loss_falls_within_twenty_steps(stream: Stream) -> None:
    torch.manual_seed(0)
    model = Denoiser(SHAPE)
    steppers = optimisers(model, 0.02, 0.01)
    losses = []
    for step in range(20):
        loss, _ = loss_of(model, stream.batch(step, 512, MIXTURE))
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        for stepper in steppers:
            stepper.step()
            stepper.zero_grad()
        losses.append(loss.item())
    assert np.mean(losses[-4:]) < 0.6 * np.mean(losses[:4])


def test_a_run_goes_on_from_its_checkpoint_as_if_it_had_not_stopped(stream: Stream, tmp_path: Path) -> None:
    def steps(model: Denoiser, steppers: tuple[torch.optim.Optimizer, ...], first: int, last: int) -> None:
        for step in range(first, last):
            loss_of(model, stream.batch(step, 256, MIXTURE))[0].backward()  # type: ignore[no-untyped-call]  # as above
            for stepper in steppers:
                stepper.step()
                stepper.zero_grad()

    torch.manual_seed(0)
    whole = Denoiser(SHAPE)
    steppers = optimisers(whole, 0.02, 0.01)
    steps(whole, steppers, 0, 2)
    average = copied(whole)
    save(tmp_path / "last.pt", whole, steppers, average, 2, SHAPE, Run(steps=9, decay=0))
    steps(whole, steppers, 2, 4)
    second = Denoiser(SHAPE)
    others = optimisers(second, 0.02, 0.01)
    step, kept = resume(tmp_path / "last.pt", second, others)
    assert step == 2
    assert all(torch.equal(kept[name], weight) for name, weight in average.items())
    steps(second, others, 2, 4)
    for a, b in zip(whole.parameters(), second.parameters(), strict=True):
        assert torch.equal(a, b)


def test_scores_do_not_depend_on_padding(model: Denoiser) -> None:
    feature = features(LEXEMES.cut(0, 40), VOCABULARY)
    word, pieces, scalars, query, key = (
        torch.from_numpy(getattr(feature, n))[None] for n in ("word", "pieces", "scalars", "query", "key")
    )
    mask = torch.zeros(1, 1, 1, 60)
    mask[..., 40:] = -1e4
    with torch.no_grad():
        x = model.tables(word, pieces, scalars)
        _, alone = model.body(x, query, key)
        padded = torch.nn.functional.pad(x, (0, 0, 0, 20))
        groups = [torch.nn.functional.pad(g, (0, 0, 0, 20), value=-1) for g in (query, key)]
        _, beside = model.body(padded, groups[0], groups[1], mask)
    assert torch.allclose(alone, beside[:, :40], atol=1e-5)


def test_right_context_and_relations_reach_a_token(model: Denoiser) -> None:
    feature = features(LEXEMES.cut(0, 40), VOCABULARY)
    word, pieces, scalars, query, key = (
        torch.from_numpy(getattr(feature, n))[None] for n in ("word", "pieces", "scalars", "query", "key")
    )
    with torch.no_grad():
        base = model.body(model.tables(word, pieces, scalars), query, key)[1]
        later = word.clone()
        later[0, 39] = 1
        assert not torch.allclose(base[0, 0], model.body(model.tables(later, pieces, scalars), query, key)[1][0, 0])
        assert not torch.allclose(base, model.body(model.tables(word, pieces, scalars), query * 0 - 1, key)[1])


def test_newton_schulz_makes_singular_values_alike() -> None:
    values = torch.linalg.svdvals(orthogonal(torch.randn(3, 24, 16, generator=torch.Generator().manual_seed(0))))
    assert 0.5 < values.min() < values.max() < 1.5


def test_matrices_of_one_shape_are_each_made_orthogonal_alone() -> None:
    several = torch.randn(3, 16, 24, generator=torch.Generator().manual_seed(0)) * torch.tensor([1.0, 9.0, 0.1]).view(
        -1, 1, 1
    )
    assert torch.allclose(orthogonal(several)[1:2], orthogonal(several[1:2]), atol=1e-5)


def test_a_place_asks_only_the_tokens_of_its_own_row(model: Denoiser) -> None:
    hidden = torch.randn(3, 8, SHAPE.width, generator=torch.Generator().manual_seed(0))
    row, at, edit = torch.tensor([[0, 0, 2], [1, 5, 5], [REPLACE, INSERT, REPLACE]])
    with torch.no_grad():
        closed, copied = model.replacement(hidden, row, at, edit, model.tables.word.weight, 2)
        for n, b in enumerate(row.tolist()):
            one = slice(n, n + 1)
            alone = model.replacement(hidden[b : b + 1], row[one] * 0, at[one], edit[one], model.tables.word.weight, 1)
            assert torch.allclose(closed[one], alone[0], atol=1e-5)
            assert torch.allclose(copied[one], alone[1], atol=1e-5)


def test_standing_on_held_out_fixes_knows_where_the_edit_is(model: Denoiser) -> None:
    before, after = (
        lexemes_of(parse(Source("a.py", f"def f(a, b):\n    return g({x}, b) + a\n", "python"))) for x in "ba"
    )
    questions = questions_of([Fix("p", NOWHERE, before, after)] * 3, VOCABULARY)
    (batch,) = questions
    assert (batch.labels > KEEP).sum(1).tolist() == [1, 0] * 3
    found = standing(model, questions, "cpu")
    assert found is not None
    assert 0 <= found.top1 <= found.top5 <= 1
    with torch.no_grad():
        for parameter in model.body.edit.parameters():
            parameter.zero_()
    assert standing(model, questions, "cpu") == Standing(0.0, 0.0, 0.0)  # equal odds everywhere find nothing
    assert standing(model, (), "cpu") is None


def test_the_exported_denoiser_says_what_the_trained_one_says(model: Denoiser, tmp_path: Path) -> None:
    (tmp_path / "vocabulary.json").write_text(
        json.dumps({"words": VOCABULARY.words, "pieces": VOCABULARY.known_pieces}), encoding="utf-8"
    )
    save(tmp_path / "last.pt", model, (), copied(model), 1, SHAPE, Run(steps=1, decay=0))
    checkpoint.export([tmp_path / "last.pt"], tmp_path / "weights")
    (tmp_path / "weights" / "calibration.json").write_text(json.dumps(PLAIN.raw()), encoding="utf-8")
    sums.record(tmp_path / "weights")
    loaded = runtime.load(tmp_path / "weights")
    feature = features(LEXEMES.cut(0, 50), VOCABULARY)
    _, shares = loaded.run([feature])[0]
    word, pieces, scalars, query, key = (
        torch.from_numpy(getattr(feature, n))[None] for n in ("word", "pieces", "scalars", "query", "key")
    )
    with torch.no_grad():
        expected = model.body(model.tables(word, pieces, scalars), query, key)[1].softmax(-1)[0].numpy()
    assert np.abs(shares - expected).mean() < 0.02
    exact = onnxruntime.InferenceSession(checkpoint.onnx_of(model.body, tmp_path / "exact.onnx"))
    inputs = {"query": query, "key": key, "mask": torch.zeros(1, 1, 1, 50)}
    with torch.no_grad():
        x, logits = model.tables(word, pieces, scalars), model.body(model.tables(word, pieces, scalars), query, key)[1]
    found = exact.run(["logits"], {"x": x.numpy()} | {name: array.numpy() for name, array in inputs.items()})[0]
    assert np.abs(found - logits.numpy()).max() < 1e-4
    back = checkpoint.restored(tmp_path / "weights").eval()
    with torch.no_grad():
        again = back.body(back.tables(word, pieces, scalars), query, key)[1].softmax(-1)[0].numpy()
    assert np.abs(again - expected).mean() < 0.02
    assert weights_for(VOCABULARY, tmp_path / "weights").keys() == back.state_dict().keys()
    spotter = Spotter(loaded, dataclasses.replace(PLAIN, thresholds=(0.0,)))
    syntax = parse(Source("a.py", CODE, "python"))
    scores = spotter.score(syntax)
    assert [s.token for s in scores] == list(range(len(syntax.tokens)))
    assert all(s.proposals for s in scores)
    assert spotter.repairs(syntax, 3, "replace")


def test_a_fix_stands_before_and_after_it_in_twin_windows(stream: Stream) -> None:
    before, after = (
        lexemes_of(parse(Source("a.py", f"def f(a, b):\n    return g({x}, b) + {x}\n", "python"))) for x in "ab"
    )
    fixes = Stream(stream.shards, (Fix("p", NOWHERE, before, after),), VOCABULARY)
    batch = fixes.batch(0, 128, Mixture(fixes=1.0, masked=0.0, edits=0.0, size=64))
    assert batch.twins.tolist() == [1, 0]
    for segment in range(int(batch.segments.max()) + 1):
        edited = (batch.labels > KEEP) & (batch.segments == segment)
        assert sorted(edited.sum(1)) == [0, 2]


def test_a_fix_of_one_token_tells_a_mistake() -> None:
    wrong, right, longer = (
        lexemes_of(parse(Source("a.py", f"def f(a, b):\n    return g({x}, b)\n", "python"))) for x in ("b", "a", "a.b")
    )
    fixes = Fix("p", NOWHERE, wrong, right), Fix("p", NOWHERE, wrong, longer)
    assert mistakes_of(fixes) == {"a": [("b", wrong.classes[wrong.texts.index("b")])]}


def test_place_loss_is_the_share_of_the_edited_tokens_in_their_segment() -> None:
    logits = torch.zeros(1, 4, 4)
    labels, segments, twins = torch.tensor([[0, 1, 0, -1]]), torch.tensor([[0, 0, 1, 1]]), torch.tensor([-1])
    assert place_losses(logits, labels, segments, twins, 2)[0].item() == pytest.approx(np.log(2))
    logits[0, 1, 1] = 5.0
    assert place_losses(logits, labels, segments, twins, 2)[0].item() < 0.1
    assert place_losses(logits, labels * 0, segments, twins, 2)[0].item() == 0.0


def test_pair_loss_is_the_share_of_the_wrong_twin() -> None:
    logits = torch.zeros(3, 2, 4)
    labels, segments = torch.tensor([[0, 1], [0, 0], [1, 0]]), torch.zeros(3, 2, dtype=torch.int64)
    twins = torch.tensor([1, 0, -1])
    assert place_losses(logits, labels, segments, twins, 2)[1].item() == pytest.approx(np.log(2))
    logits[0, 0, 1] = 5.0  # any token of the wrong twin counts
    assert place_losses(logits, labels, segments, twins, 2)[1].item() < 0.1
    assert place_losses(logits, labels, segments, torch.full((3,), -1), 2)[1].item() == 0.0


def test_the_average_follows_the_weights(model: Denoiser) -> None:
    average = {name: torch.zeros_like(weight) for name, weight in model.named_parameters()}
    blend(average, model, 0.75)
    blend(average, model, 0.75)
    for name, weight in model.named_parameters():
        assert torch.allclose(average[name], weight * 0.4375)


def test_labels_between_lead_from_before_to_after() -> None:
    rng = Random(1)
    for _ in range(200):
        before = LEXEMES.cut(0, 30)
        texts = list(before.texts)
        for _ in range(rng.randrange(1, 4)):
            at = rng.randrange(1, len(texts) - 2)
            texts[at : at + rng.randrange(2)] = rng.choice(([], ["x"], ["y", "z"]))
        after = Lexemes(tuple(texts), (0,) * len(texts), (-1,) * len(texts))
        labels = labels_between(before, after)
        assert {label.edit for label in labels} <= {KEEP, REPLACE, DELETE, INSERT}
        if not any(a.edit == DELETE and b.edit == INSERT for a, b in pairwise(labels)):
            assert undo(Noised(before, labels)) == after.texts


def test_several_checkpoints_export_as_their_mean(model: Denoiser, tmp_path: Path) -> None:
    other = Denoiser(SHAPE)
    for name, network in (("a.pt", model), ("b.pt", other)):
        save(tmp_path / name, network, (), copied(network), 1, SHAPE, Run(steps=1, decay=0))
    mean = checkpoint.mean([tmp_path / "a.pt", tmp_path / "b.pt"])
    for name, weight in mean.named_parameters():
        assert torch.allclose(weight, (model.get_parameter(name) + other.get_parameter(name)) / 2)
