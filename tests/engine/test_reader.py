from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import gguf
import numpy as np
import pytest
import torch
from torch import nn
from transformers import LlamaConfig, LlamaForCausalLM

from spotter.engine import reader
from spotter.engine.adapting import Run, adapt, loss_of, packed
from spotter.engine.decoder import Decoder, read
from spotter.engine.examples import Example, batch_of, code_of, example, pair_of, respelled, synthetic, twins, window
from spotter.engine.noise import KEEP, corrupt, undo
from spotter.engine.spelling import Spelling, spelled, spelling
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
CODE = 'def area(width, height):  # of a box\n    if not width:\n        return "none"\n    return width * height\n'
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


@pytest.fixture(scope="module")
def speller(base: Path) -> Spelling:
    _, _, words, merges = read(base)
    return spelling(words, merges)


def model_of(base: Path, dtype: torch.dtype = torch.float32, **changes: int) -> Decoder:
    shape, tensors, _, _ = read(base, dtype)
    return Decoder(replace(shape, **{"open": 2, "top": 3, "rank": 4, **changes}), tensors)


def test_layers_that_stay_are_those_of_transformers_llama(llama: LlamaForCausalLM, base: Path) -> None:
    ids = torch.randint(1, 250, (2, 17))
    with torch.inference_mode():
        theirs = llama.model(ids, output_hidden_states=True).hidden_states
        for count in (1, 3):
            model = model_of(base, open=count)
            model.get_buffer("embedding").copy_(llama.model.embed_tokens.weight)
            assert torch.allclose(model.below(ids), theirs[count], atol=1e-4)


def test_adapted_layers_look_both_ways_and_the_others_back_alone(base: Path) -> None:
    ids = torch.randint(1, 250, (1, 12))
    other = ids.clone()
    other[0, -1] += 1
    place = torch.zeros(1, 1, dtype=torch.int64)
    with torch.inference_mode():
        for top, moved in ((2, False), (3, True)):
            model = model_of(base, top=top)
            one, two = (model.edits(model.below(i), i, place, place) for i in (ids, other))
            assert bool((one != two).any()) == moved


def test_padding_changes_nothing(base: Path, speller: Spelling) -> None:
    model = model_of(base)
    short = example(code_of("a = 1\n").spelled, speller)
    long = example(code_of(CODE).spelled, speller)
    with torch.inference_mode():
        alone, together = (
            model.edits(model.below(ids), ids, first, last)
            for ids, first, last, *_ in (batch_of([short]), batch_of([short, long]))
        )
    assert torch.allclose(alone[0], together[0, : len(short.first)], atol=1e-4)


def test_pieces_spell_the_text_and_know_their_token(speller: Spelling) -> None:
    syntax = parse(Source("a.py", CODE, "python"))
    code = spelled(syntax, 0, len(syntax.tokens))
    assert "".join(gap + text for gap, text in code) == CODE.rstrip("\n")
    found = example(code, speller)
    assert found.first[0] == 1
    assert [a - b for a, b in zip(found.first[1:], found.last, strict=False)] == [1] * (len(found.first) - 1)
    assert speller.tokenizer.decode(found.ids[found.first[1] : found.last[1] + 1]) != ""


def test_long_comments_and_strings_are_cut() -> None:
    syntax = parse(Source("a.py", f"a = 1  # {'x' * 500}\nb = '{'y' * 500}'\n", "python"))
    code = spelled(syntax, 0, len(syntax.tokens))
    assert max(len(gap) for gap, _ in code) == 80
    assert max(len(text) for _, text in code) == 100


@pytest.mark.parametrize("seed", range(12))
def test_a_window_holds_its_place_and_no_more_pieces_than_asked(seed: int) -> None:
    rng = Random(seed)
    sizes = [rng.randrange(1, 6) for _ in range(200)]
    place = rng.randrange(200)
    first, last = window(sizes, place, 60, rng)
    assert first <= place < last
    assert sum(sizes[first:last]) <= 59
    assert sum(sizes[first:last]) >= 50


def test_twins_are_one_window_before_and_after(speller: Spelling) -> None:
    pair = pair_of(CODE, CODE.replace("not width", "width is None"))
    wrong, right = twins(pair, 7, 4000, speller, Random(0))
    assert wrong.twin == right.twin == 7
    assert sum(edit > 0 for edit in wrong.edits) >= 1
    assert set(right.edits) == {KEEP}
    assert len(right.edits) == len(pair.after.spelled)


@pytest.mark.parametrize("seed", range(8))
def test_edited_code_is_spelled_with_the_blanks_of_the_sound_one(seed: int) -> None:
    code = code_of(CODE * 3)
    noised = corrupt(code.lexemes, 3, 0.0, Random(seed))
    assert undo(noised) == code.lexemes.texts
    found = respelled(noised, code.spelled)
    assert len(found) == len(noised.labels)
    for (_, text), label, lexeme in zip(found, noised.labels, noised.lexemes.texts, strict=True):
        assert label.edit != KEEP or text == lexeme


def test_synthetic_windows_are_sound_at_times_and_edited_otherwise(speller: Spelling) -> None:
    made = [synthetic(code_of(CODE * 4), 300, speller, Random(seed)) for seed in range(30)]
    edited = [any(one.edits) for one in made if one is not None]
    assert 0 < sum(edited) < len(edited)


def test_the_loss_falls_where_the_mistake_is_found_and_the_twin_is_sound() -> None:
    edits, twin = torch.tensor([[0, 1, 0], [0, 0, 0]]), torch.tensor([3, 3])
    unsure = torch.zeros(2, 3, 4)
    unsure[..., 0] = 2.0
    right = unsure.clone()
    right[0, 1] = torch.tensor([0.0, 6.0, 0.0, 0.0])
    right[1, :, 0] = 6.0
    (worse, _), (better, told) = loss_of(unsure, edits, twin), loss_of(right, edits, twin)
    assert better < worse
    assert told["real"] == told["pair"] == 1.0


def test_rows_of_like_length_share_a_batch_of_so_many_pieces() -> None:
    groups = [[Example((1,) * n, (1,), (1,), (0,))] * 2 for n in (30, 5, 40, 6, 31, 7)]
    batches = packed(groups, 100, Random(0))
    assert sorted(len(e.ids) for b in batches for e in b) == sorted(n for n in (30, 5, 40, 6, 31, 7) for _ in range(2))
    assert all(len(b) == 2 or max(len(e.ids) for e in b) * len(b) <= 100 for b in batches)


@pytest.mark.parametrize("count", [1, 40, 447, 448, 449, 1000, 3000])
def test_parts_take_every_token_once(count: int) -> None:
    rng = Random(count)
    sizes = [rng.randrange(1, 5) for _ in range(count)]
    found = list(reader.parts(sizes))
    assert [t for _, _, at, to in found for t in range(at, to)] == list(range(count))
    assert all(start <= at < to <= end for start, end, at, to in found)
    assert all(sum(sizes[start:end]) <= reader.MOST for start, end, _, _ in found)


def test_a_token_longer_than_a_window_is_read_alone() -> None:
    assert [t for _, _, at, to in reader.parts([2, 900, 2]) for t in range(at, to)] == [0, 1, 2]


def test_adapters_are_written_and_read(base: Path, tmp_path: Path) -> None:
    model = model_of(base)
    with torch.no_grad():
        for weight in model.parameters():
            nn.init.normal_(weight, std=0.3)
    reader.write(model, tmp_path / "deep.safetensors")
    found = reader.load(base, tmp_path / "deep.safetensors")
    syntax = parse(Source("a.py", CODE * 20, "python"))
    odds = found.read(syntax, 5, 300)
    assert odds.shape == (295,)
    assert np.isfinite(odds).all()
    assert len(set(odds.round(3))) > 10


@pytest.mark.parametrize("damage", [b"", b"nonsense", b"\x08\0\0\0\0\0\0\0{}      "])
def test_damaged_adapters_are_one_clear_line(base: Path, tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "deep.safetensors").write_bytes(damage)
    with pytest.raises(SpotterError, match="damaged"):
        reader.load(base, tmp_path / "deep.safetensors")


def test_a_damaged_base_is_one_clear_line(base: Path, tmp_path: Path) -> None:
    (tmp_path / "short.gguf").write_bytes(base.read_bytes()[:3000])
    with pytest.raises(SpotterError, match=r"short\.gguf"):
        read(tmp_path / "short.gguf")


def test_a_run_goes_on_where_it_stopped_and_learns(base: Path, tmp_path: Path) -> None:
    import gzip
    import json

    fixes = tmp_path / "fixes.jsonl.gz"
    with gzip.open(fixes, "wt", encoding="utf-8") as file:
        for n in range(6):
            row = {
                "repo": "a/b",
                "before": CODE.replace("area", f"area{n}"),
                "after": CODE.replace("not width", "width"),
            }
            file.write(json.dumps(row) + "\n")
    run = Run(steps=6, tokens=600, most=200, warmup=2, open=2, top=3, rank=2)
    adapt(run, base, [fixes], tmp_path / "run", minutes=0.0)
    first = torch.load(tmp_path / "run" / "last.pt", weights_only=True)
    adapt(run, base, [fixes], tmp_path / "run", minutes=5.0)
    last = torch.load(tmp_path / "run" / "last.pt", weights_only=True)
    assert (first["step"], last["step"]) == (1, 6)
    assert not torch.equal(first["model"]["edit.weight"], last["model"]["edit.weight"])
    assert (tmp_path / "run" / "deep.safetensors").is_file()


def test_the_largest_changes_are_kept_when_adapters_are_cut(base: Path, tmp_path: Path) -> None:
    model = model_of(base)
    name = "layers.2.attn_q"
    with torch.no_grad():
        model.get_parameter(f"{name}.up").copy_(torch.eye(32, 4) * torch.tensor([9.0, 7.0, 0.01, 0.01]))
        model.get_parameter(f"{name}.down").copy_(torch.eye(4, 32))
    reader.write(model, tmp_path / "deep.safetensors", rank=2)
    kept = reader.load(base, tmp_path / "deep.safetensors").model
    change = kept.get_parameter(f"{name}.up") @ kept.get_parameter(f"{name}.down")
    assert torch.allclose(change, torch.diag(torch.tensor([9.0, 7.0] + [0.0] * 30)), atol=0.05)
