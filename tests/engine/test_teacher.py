from __future__ import annotations

import gzip
import json
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import gguf
import numpy as np
import pytest
import torch
from torch import nn
from transformers import LlamaConfig, LlamaForCausalLM

from spotter.cli import run as spotter
from spotter.engine import corpus, fetching
from spotter.engine.batches import Mixture, Spelled, Stream, read_fixes
from spotter.engine.decoder import Decoder, read
from spotter.engine.distillation import answers, soft_losses
from spotter.engine.learner import copied, descend
from spotter.engine.learner import loss_of as own_loss_of
from spotter.engine.lexemes import lexemes_of
from spotter.engine.network import Denoiser, edit_odds
from spotter.engine.network import Shape as NetworkShape
from spotter.engine.optimiser import optimisers
from spotter.engine.spelling import spelling
from spotter.engine.teacher import FILE, adapt, load, loss_of, plan, write
from spotter.engine.vocabulary import MASK, SPECIAL, build
from spotter.errors import SpotterError
from spotter.source import Source
from spotter.syntax import parse

SIZES = {
    "vocab_size": 300,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "rope_parameters": {"rope_type": "default", "rope_theta": 1000.0},
    "rms_norm_eps": 1e-5,
    "attn_implementation": "eager",
}
CODE = "".join(
    f'def area{n}(width, height):\n    if not width:\n        return "none"\n    return width * height + {n}\n\n\n'
    for n in range(9)
)
LEXEMES = lexemes_of(parse(Source("a.py", CODE, "python")))
VOCABULARY = build(Counter(LEXEMES.texts).items(), [("width", 1)], len(SPECIAL) + 12, 4)
SMALL = NetworkShape(len(VOCABULARY.words), VOCABULARY.piece_count, width=32, layers=2, content=8)
MIXTURE = Mixture(fixes=0.5, masked=0.0, edits=3.0, size=64)
NAMES = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
}


@pytest.fixture(scope="module")
def llama() -> LlamaForCausalLM:
    torch.manual_seed(0)
    model = LlamaForCausalLM(LlamaConfig(**SIZES))  # type: ignore[arg-type]  # its fields are of many types
    model.train(False)
    return model


@pytest.fixture(scope="module")
def base(llama: LlamaForCausalLM, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny Llama in a GGUF file, its queries and keys ordered for pairs, as converters write them."""
    path = tmp_path_factory.mktemp("base") / "tiny.gguf"
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_vocab_size(300)
    writer.add_embedding_length(32)
    writer.add_feed_forward_length(48)
    writer.add_block_count(4)
    writer.add_head_count(4)
    writer.add_head_count_kv(2)
    writer.add_rope_freq_base(1000.0)
    writer.add_layer_norm_rms_eps(1e-5)
    letters = [chr(n) if 33 <= n < 127 else chr(256 + n) for n in range(256)]
    letters[10], letters[32] = "Ċ", "Ġ"
    merges = ["Ġ Ġ", "ĠĠ ĠĠ", "r e", "re t", "i d", "id t", "idt h"]
    words = ["<none>", *dict.fromkeys(letters), *(merge.replace(" ", "") for merge in merges)]
    writer.add_token_list([*words, *(f"<{n}>" for n in range(300 - len(words)))])
    writer.add_token_merges(merges)
    for name, weight in llama.model.state_dict().items():
        array = weight.float().numpy()
        parts = name.split(".")
        if parts[0] == "layers":
            known = NAMES[".".join(parts[2:-1])]
            if known in ("attn_q", "attn_k"):
                heads = 4 if known == "attn_q" else 2
                array = array.reshape(heads, 2, -1, array.shape[1]).swapaxes(1, 2).reshape(array.shape)
            name = f"blk.{parts[1]}.{known}.weight"
        else:
            name = {"embed_tokens": "token_embd", "norm": "output_norm"}[parts[0]] + ".weight"
        writer.add_tensor(name, np.ascontiguousarray(array))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A corpus of one file, and real fixes beside it."""
    (tmp_path / "shards").mkdir()
    table = {text: i for i, text in enumerate(dict.fromkeys(LEXEMES.texts))}
    ids = np.array([table[text] for text in LEXEMES.texts], np.uint32)
    columns = np.array(LEXEMES.classes, np.uint8), np.array(LEXEMES.ranks, np.int8), np.array([0, len(ids)])
    corpus.save(corpus.Shard("a", tuple(table), ids, *columns), tmp_path / "shards")
    words = {"words": VOCABULARY.words, "pieces": VOCABULARY.known_pieces}
    (tmp_path / "vocabulary.json").write_text(json.dumps(words), encoding="utf-8")
    with gzip.open(tmp_path / "fixes.jsonl.gz", "wt", encoding="utf-8") as file:
        for n in range(6):
            after = CODE[: CODE.index("def area1")].replace("area0", f"area{n}")
            before = after.replace("not width", "width" if n % 2 else "not height")
            file.write(json.dumps({"repo": "a/b", "path": "a.py", "before": before, "after": after}) + "\n")
    return tmp_path


def stream_of(base: Path, data: Path) -> Stream:
    fixes = read_fixes(data / "fixes.jsonl.gz")
    spell = spelling(*read(base, torch.float32)[2:])
    return Stream([corpus.load(data / "shards" / "a.npz")], fixes, VOCABULARY, spelling=spell)


def batch_of(base: Path, data: Path, mixture: Mixture = MIXTURE) -> Spelled:
    batch = stream_of(base, data).batch(0, 512, mixture)
    assert isinstance(batch, Spelled)
    return batch


def model_of(base: Path, **changes: int) -> Decoder:
    shape, tensors, _, _ = read(base, torch.float32)
    torch.manual_seed(0)
    return Decoder(replace(shape, **{"top": 3, "rank": 4, **changes}), tensors)


def test_the_teacher_is_transformers_llama_that_looks_both_ways(llama: LlamaForCausalLM, base: Path) -> None:
    ids = torch.randint(1, 250, (2, 17))
    model = model_of(base, top=9)
    model.edit = nn.Linear(64, 64, bias=False)
    nn.init.eye_(model.edit.weight)
    places = torch.arange(17).expand(2, 17)
    with torch.inference_mode():
        theirs = llama.model(ids, attention_mask=torch.zeros(2, 1, 17, 17)).last_hidden_state
        assert torch.allclose(model(ids, places, places), torch.cat((theirs, theirs), dim=2), atol=1e-4)


def test_padding_changes_nothing(base: Path) -> None:
    model, ids = model_of(base), torch.randint(1, 250, (1, 12))
    nn.init.normal_(model.edit.weight)
    places = torch.arange(12)[None]
    with torch.inference_mode():
        padded = torch.cat((ids, torch.zeros_like(ids)), dim=1)
        assert torch.allclose(model(ids, places, places), model(padded, places, places), atol=1e-4)


def test_a_batch_holds_the_pieces_of_its_tokens_and_leaves_out_what_is_cut_off(base: Path, data: Path) -> None:
    batch = batch_of(base, data)
    assert batch.ids.shape == (8, 128)
    read_whole = batch.first >= 0
    assert (read_whole == (batch.last >= 0)).all()
    assert (batch.first <= batch.last).all()
    assert (batch.last < 128).all()
    assert not read_whole[batch.word == 0].any()
    assert 0 < (read_whole & (batch.word > 0)).sum() < (batch.word > 0).sum()  # single letters are many pieces
    assert (batch.first[:, 1:] == batch.last[:, :-1] + 1)[read_whole[:, 1:]].all()


def test_a_run_resumes_bit_for_bit(base: Path, data: Path, tmp_path: Path) -> None:
    run = replace(plan(4, 256), warmup=2, stable=MIXTURE, late=MIXTURE)
    fixes = [data / "fixes.jsonl.gz"]
    whole = adapt(run, base, data, fixes, tmp_path / "whole", minutes=9)
    for minutes in (0.0, 0.0, 9.0):
        parts = adapt(run, base, data, fixes, tmp_path / "parts", minutes=minutes)
    assert whole.read_bytes() == parts.read_bytes()
    first, last = (torch.load(tmp_path / name / "last.pt", weights_only=True) for name in ("whole", "parts"))
    assert first["step"] == last["step"] == 4
    assert all(torch.equal(weight, last["model"][name]) for name, weight in first["model"].items())
    assert not torch.equal(first["model"]["edit.weight"], first["average"]["edit.weight"])


def test_the_loss_falls(base: Path, data: Path) -> None:
    model, batch = model_of(base), batch_of(base, data)
    adam = torch.optim.AdamW(model.parameters())
    losses = []
    for _ in range(25):
        loss, _ = loss_of(model, batch, "cpu")
        descend(loss, model, [adam], [0.01])
        losses.append(loss.item())
    assert losses[-1] < 0.7 * losses[0]


def test_what_is_written_is_what_was_learned(base: Path, tmp_path: Path) -> None:
    model = model_of(base)
    for weight in model.parameters():
        nn.init.normal_(weight, std=0.3)
    write(copied(model), model.shape, tmp_path / FILE)
    ids, places = torch.randint(1, 250, (2, 17)), torch.arange(17).expand(2, 17)
    with torch.inference_mode():
        assert torch.allclose(
            load(base, tmp_path / FILE).model(ids, places, places), model(ids, places, places), atol=0.05
        )


@pytest.mark.parametrize("damage", [None, b"", b"nonsense", b"\x08\0\0\0\0\0\0\0{}      "])
def test_a_missing_or_damaged_teacher_is_one_clear_line(base: Path, tmp_path: Path, damage: bytes | None) -> None:
    if damage is not None:
        (tmp_path / FILE).write_bytes(damage)
    with pytest.raises(SpotterError, match="spotter train teacher"):
        load(base, tmp_path / FILE)


def test_a_damaged_base_is_one_clear_line(base: Path, tmp_path: Path) -> None:
    (tmp_path / "short.gguf").write_bytes(base.read_bytes()[:3000])
    with pytest.raises(SpotterError, match=r"short\.gguf"):
        read(tmp_path / "short.gguf", torch.float32)


class Certain(Decoder):
    """A teacher that holds the fifth token of every window to be wrong, and the others to be right."""

    def forward(self, ids: torch.Tensor, first: torch.Tensor, last: torch.Tensor) -> torch.Tensor:  # noqa: ARG002
        logits = torch.zeros(*first.shape, 4)
        logits[..., 0] = 8.0
        logits[:, 4, :2] = torch.tensor([0.0, 8.0])
        return logits


def test_a_network_goes_where_a_certain_teacher_is(base: Path, data: Path) -> None:
    shape, tensors, _, _ = read(base, torch.float32)
    batch, taught = batch_of(base, data), answers(Certain(shape, tensors), batch_of(base, data), "cpu")
    torch.manual_seed(0)
    model = Denoiser(SMALL)
    steppers = optimisers(model, 0.02, 0.01)
    for _ in range(25):
        loss, parts = own_loss_of(model, batch, told=taught)
        descend(loss, model, steppers, (0.02, 0.01))
    word, pieces, scalars, query, key = (
        torch.from_numpy(getattr(batch, name)).long() for name in ("word", "pieces", "scalars", "query", "key")
    )
    with torch.no_grad():
        odds = edit_odds(model.body(model.tables(word, pieces, scalars), query, key)[1]).masked_fill(~taught[1], -99.0)
    assert (odds.argmax(1) == 4).float().mean() > 0.7
    assert parts[-1] < 0.5


def test_a_teacher_that_says_the_same_costs_nothing_more() -> None:
    logits, asked = torch.randn(2, 5, 4), torch.tensor([[True] * 4 + [False]] * 2)
    edits, places = soft_losses(logits, (logits, asked))
    assert edits.item() == pytest.approx(0.0, abs=1e-6)
    odds = edit_odds(logits).masked_fill(~asked, -30.0)
    assert places.item() == pytest.approx(-(odds.softmax(1) * odds.log_softmax(1)).sum(1).mean().item(), abs=1e-5)
    other = logits.clone()
    other[:, 4] += torch.tensor([9.0, 0.0, 0.0, 0.0])
    assert torch.allclose(soft_losses(other, (logits, asked))[0], edits)


def test_a_teacher_is_not_asked_of_windows_with_masks(base: Path, data: Path) -> None:
    batch = batch_of(base, data, replace(MIXTURE, fixes=0.0, masked=0.5))
    _, asked = answers(model_of(base), batch, "cpu")
    hidden = (batch.word == MASK).any(1)
    assert 0 < hidden.sum() < len(hidden)
    assert (asked.any(1).numpy() == ~hidden).all()


def test_both_commands_work_together(
    base: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(fetching, "base", lambda: base)
    monkeypatch.setattr(shutil, "which", lambda _: None)  # nothing to compile with
    common = [str(data), "--fixes", str(data / "fixes.jsonl.gz"), "--steps", "1", "--tokens", "1024"]
    assert spotter(["train", "teacher", *common, "--out", str(tmp_path / "teacher")]) == 0
    student = ["train", "run", *common, "--out", str(tmp_path / "run"), "--teacher", str(tmp_path / "teacher")]
    assert spotter([*student, "--layers", "1"]) == 0
    said = capfd.readouterr().out
    assert float(said.split(" soft ")[1].split()[0]) > 0
    assert (tmp_path / "run" / "last.pt").is_file()
    assert spotter([*student, "--objective", "masked"]) == 2
    assert "leave out --teacher" in capfd.readouterr().err
