"""Every native family on a tiny random checkpoint made on the spot, every remote contract on a small stand-in."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from spotter.cli import run
from spotter.engine import hub, hub_calibration
from spotter.engine.families import FAMILIES
from spotter.engine.subwords import join
from spotter.errors import SpotterError
from spotter.kernels.token_statistics import of_logits
from spotter.source import Source
from spotter.syntax import parse

CODE = "def area(width, height):\n    if width > 0:\n        return width * height\n    return None\n\n\n"
SYNTAX = parse(Source("a.py", CODE, "python"))
LONG = parse(Source("a.py", CODE * 16, "python"))
WORDS = 320


def tokenizer_in(folder: Path, *, mask: bool) -> None:
    trained = Tokenizer(models.BPE())
    trained.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trained.decoder = decoders.ByteLevel()
    special = ["<s>", "</s>", "<pad>", *(["<mask>"] if mask else [])]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trained.train_from_iterator(
        [CODE], trainers.BpeTrainer(vocab_size=300, special_tokens=special, initial_alphabet=alphabet)
    )
    named = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>"} | ({"mask_token": "<mask>"} if mask else {})
    fast: Any = transformers.PreTrainedTokenizerFast
    fast(tokenizer_object=trained, **named).save_pretrained(folder)


def gemma() -> Any:
    sizes: dict[str, Any] = {"hidden_size": 32, "num_attention_heads": 2, "num_key_value_heads": 2, "head_dim": 16}
    far: dict[str, Any] = {"global_head_dim": 16}
    text = transformers.DiffusionGemmaTextConfig(
        **(sizes | far | {"num_key_value_heads": 1, "num_global_key_value_heads": 1}),
        vocab_size=WORDS,
        intermediate_size=48,
        num_hidden_layers=2,
        layer_types=["sliding_attention", "full_attention"],
        sliding_window=16,
        num_experts=2,
        top_k_experts=1,
        moe_intermediate_size=16,
        max_position_embeddings=2048,
    )
    vision = transformers.Gemma4VisionConfig(**(sizes | far), intermediate_size=48, num_hidden_layers=1)
    config = transformers.DiffusionGemmaConfig(
        text_config=text,
        vision_config=vision,
        canvas_length=256,
        image_token_id=319,
        boi_token_id=318,
        eoi_token_id=317,
    )
    return transformers.DiffusionGemmaForBlockDiffusion(config)


SMALL: dict[str, Any] = {
    "vocab_size": WORDS,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "max_position_embeddings": 600,
    "pad_token_id": 2,
    "bos_token_id": 0,
    "eos_token_id": 1,
}


def decoder(config: Any, model: Any) -> Any:
    made = config(**SMALL, num_key_value_heads=2)
    made.is_causal = False
    return model(made)


MAKE: dict[str, Callable[[], Any]] = {
    "diffusion_gemma": gemma,
    "modernbert": lambda: transformers.ModernBertForMaskedLM(
        transformers.ModernBertConfig(**SMALL, cls_token_id=0, sep_token_id=1)
    ),
    "eurobert": lambda: transformers.EuroBertForMaskedLM(transformers.EuroBertConfig(**SMALL, mask_token_id=3)),
    "bert": lambda: transformers.BertForMaskedLM(transformers.BertConfig(**SMALL)),
    "roberta": lambda: transformers.RobertaForMaskedLM(transformers.RobertaConfig(**SMALL)),
    "llama": lambda: decoder(transformers.LlamaConfig, transformers.LlamaForCausalLM),
    "qwen2": lambda: decoder(transformers.Qwen2Config, transformers.Qwen2ForCausalLM),
    "qwen3": lambda: decoder(transformers.Qwen3Config, transformers.Qwen3ForCausalLM),
}


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("checkpoints")
    for name, make in MAKE.items():
        torch.manual_seed(0)
        model = make().eval()
        with torch.no_grad():
            for parameter in model.parameters():  # say something: the defaults are all but uniform
                if parameter.ndim == 2:
                    parameter.normal_(std=0.3)
        model.save_pretrained(root / name)
        tokenizer_in(root / name, mask=name != "diffusion_gemma")
    return root


def test_every_native_family_has_a_checkpoint_here() -> None:
    assert set(MAKE) == {name for name, family in FAMILIES.items() if not family.remote}


@pytest.mark.parametrize("name", MAKE)
def test_a_native_family_scores_every_token(name: str, checkpoints: Path) -> None:
    denoiser = hub.load(str(checkpoints / name))
    scores = denoiser.score(SYNTAX)
    assert [s.token for s in scores] == list(range(len(SYNTAX.tokens)))
    assert all(0 < s.p_error < 1 for s in scores)
    assert len({round(s.p_error, 6) for s in scores}) > len(scores) // 2
    assert denoiser.score(SYNTAX) == scores
    assert denoiser.fingerprint == hub.load(str(checkpoints / name)).fingerprint
    assert len(denoiser.score(LONG)) == len(LONG.tokens)


@pytest.mark.parametrize("name", MAKE)
def test_the_right_context_counts(name: str, checkpoints: Path) -> None:
    denoiser = hub.load(str(checkpoints / name))
    other = parse(Source("a.py", CODE.replace("height):", "None):"), "python"))
    assert denoiser.score(other)[1].p_error != denoiser.score(SYNTAX)[1].p_error


def test_masked_passes_agree_with_one_mask_at_a_time(checkpoints: Path) -> None:
    """With as many passes as tokens, a token's share is that of a model which sees all others."""
    denoiser = hub.load(str(checkpoints / "bert"))
    ids = denoiser.tokenizer(CODE, add_special_tokens=False, return_offsets_mapping=True)
    joined = join(SYNTAX.tokens, ids["offset_mapping"])
    token = next(i for i, t in enumerate(SYNTAX.tokens) if t.text == "height")
    first, last = joined.pieces[token]
    row = torch.tensor(ids["input_ids"])
    masked = row.clone()
    masked[first:last] = denoiser.mask or 0
    told = of_logits(denoiser._logits(masked[None])[0], row)
    hub_passes, hub.PASSES = hub.PASSES, len(SYNTAX.tokens)
    try:
        found = denoiser._window(ids["input_ids"], joined, 0, len(row), 0, len(row))
    finally:
        hub.PASSES = hub_passes
    torch.testing.assert_close(found.log_p[first:last], told.log_p[first:last])


def test_scores_do_not_depend_on_the_batch(checkpoints: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    denoiser = hub.load(str(checkpoints / "modernbert"))
    whole = [s.p_error for s in denoiser.score(SYNTAX)]
    fits = hub.HubDenoiser._logits

    def small(self: hub.HubDenoiser, ids: torch.Tensor) -> torch.Tensor:
        if len(ids) > 2:
            raise torch.cuda.OutOfMemoryError("CUDA out of memory")
        return fits(self, ids)

    monkeypatch.setattr(hub.HubDenoiser, "_logits", small)
    assert [s.p_error for s in denoiser.score(SYNTAX)] == pytest.approx(whole, rel=1e-4)


def test_a_window_too_large_for_memory_is_one_line(checkpoints: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    denoiser = hub.load(str(checkpoints / "bert"))

    def none(_: hub.HubDenoiser, __: torch.Tensor) -> torch.Tensor:
        raise torch.cuda.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(hub.HubDenoiser, "_logits", none)
    with pytest.raises(SpotterError, match="does not fit into the memory of cpu, float32"):
        denoiser.score(SYNTAX)


def test_windows_cover_what_is_asked_once() -> None:
    for pieces, asked in ((10, (0, 10)), (2000, (0, 2000)), (2000, (700, 720)), (700, (0, 700)), (5, (2, 2))):
        taken = [i for _, _, low, high in hub.windows(pieces, 254, asked) for i in range(low, high)]
        assert taken == list(range(*asked))
        assert all(start <= low and high <= end <= pieces for start, end, low, high in hub.windows(pieces, 254, asked))


def test_a_likely_word_is_proposed_where_its_pieces_are_its_own(checkpoints: Path) -> None:
    proposals = [s.proposals for s in hub.load(str(checkpoints / "diffusion_gemma")).score(SYNTAX)]
    assert any(proposals)
    assert all(p.edit == "replace" and p.text == p.text.strip() != "" for found in proposals for p in found)


def broken(checkpoints: Path, tmp_path: Path, name: str = "bert") -> Path:
    return Path(shutil.copytree(checkpoints / name, tmp_path / "copy"))


def test_bad_checkpoints_are_one_line(checkpoints: Path, tmp_path: Path) -> None:
    with pytest.raises(SpotterError, match="not a checkpoint that can be loaded"):
        hub.load(str(tmp_path / "nowhere"))
    folder = broken(checkpoints, tmp_path)
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    with pytest.raises(SpotterError, match="not a checkpoint that can be loaded"):
        hub.load(str(folder))
    weights.unlink()
    torch.save({}, folder / "pytorch_model.bin")
    with pytest.raises(SpotterError, match="not a checkpoint that can be loaded"):
        hub.load(str(folder))


def test_a_checkpoint_without_all_its_weights_is_refused(checkpoints: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    folder = broken(checkpoints, tmp_path)
    arrays = load_file(folder / "model.safetensors")
    del arrays["bert.encoder.layer.0.attention.self.query.weight"]
    save_file(arrays, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(SpotterError, match="1 weights are missing"):
        hub.load(str(folder))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"model_type": "gpt_zero"}, "model type 'gpt_zero' is not known"),
        ({"is_causal": True, "model_type": "llama"}, "a causal model reads no right context"),
    ],
)
def test_a_model_that_is_no_denoiser_is_refused(
    changes: dict[str, object], said: str, checkpoints: Path, tmp_path: Path
) -> None:
    folder = broken(checkpoints, tmp_path, "llama")
    config = folder / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | changes))
    with pytest.raises(SpotterError, match=said):
        hub.load(str(folder))


def test_another_transformers_is_named(checkpoints: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "version", lambda _: "4.40.0")
    with pytest.raises(SpotterError, match=r"needs transformers >=5.23,<6, not 4.40.0"):
        hub.load(str(checkpoints / "bert"))


REMOTE = """
import torch
from transformers import PretrainedConfig, PreTrainedModel
from transformers.modeling_outputs import MaskedLMOutput

class Config(PretrainedConfig):
    model_type = "{kind}"
    def __init__(self, vocab_size=320, hidden_size=16, **rest):
        self.vocab_size, self.hidden_size = vocab_size, hidden_size
        super().__init__(**rest)

class Model(PreTrainedModel):
    config_class = Config
    def __init__(self, config):
        super().__init__(config)
        self.words = torch.nn.Embedding(config.vocab_size, config.hidden_size)
        self.mix = torch.nn.Linear(config.hidden_size, config.hidden_size)
        self.head = torch.nn.Linear(config.hidden_size, config.vocab_size)
        {post_init}
    def forward(self, input_ids, **rest):
        x = self.words(input_ids)
        x = torch.tanh(self.mix(x) + x.mean(1, keepdim=True) + x.roll(1, 1) + x.roll(-1, 1))
        return MaskedLMOutput(logits=self.head(x))
"""


def remote(folder: Path, kind: str, *, post_init: bool) -> None:
    folder.mkdir()
    (folder / "modeling.py").write_text(REMOTE.format(kind=kind, post_init="self.post_init()" if post_init else "pass"))
    scope: dict[str, Any] = {}
    exec(REMOTE.format(kind=kind, post_init="self.post_init()"), scope)
    torch.manual_seed(1)
    made = scope["Model"](scope["Config"](mask_token_id=3))
    from safetensors.torch import save_file

    save_file(made.state_dict(), folder / "model.safetensors", metadata={"format": "pt"})
    config = {"model_type": kind, "architectures": ["Model"], "vocab_size": WORDS, "hidden_size": 16}
    config |= {"mask_token_id": 3, "auto_map": {"AutoConfig": "modeling.Config", "AutoModel": "modeling.Model"}}
    (folder / "config.json").write_text(json.dumps(config))
    tokenizer_in(folder, mask=False)


@pytest.fixture(autouse=True)
def _modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transformers.dynamic_module_utils.HF_MODULES_CACHE", str(tmp_path / "modules"))


@pytest.mark.parametrize("kind", [name for name, family in FAMILIES.items() if family.remote])
def test_a_remote_contract_runs_only_when_allowed_by_name(kind: str, tmp_path: Path) -> None:
    folder = tmp_path / kind
    remote(folder, kind, post_init=True)
    with pytest.raises(SpotterError, match="runs Python of its own; read it, then allow it: --allow-code"):
        hub.load(str(folder))
    with pytest.raises(SpotterError, match="--allow-code"):
        hub.load(str(folder), frozenset({"another"}))
    denoiser = hub.load(str(folder), frozenset({str(folder)}))
    scores = denoiser.score(SYNTAX)
    assert len(scores) == len(SYNTAX.tokens)
    assert len({round(s.p_error, 6) for s in scores}) > 5


def test_remote_code_without_post_init_is_one_line(tmp_path: Path) -> None:
    remote(tmp_path / "old", "llada", post_init=False)
    with pytest.raises(SpotterError, match="its code does not fit the installed transformers"):
        hub.load(str(tmp_path / "old"), frozenset({str(tmp_path / "old")}))


def test_one_command_scores_a_file_with_a_checkpoint(
    checkpoints: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.py").write_text(CODE)
    monkeypatch.chdir(tmp_path)
    name = str(checkpoints / "diffusion_gemma")
    assert run(["score", "a.py", "--model", name]) == 0
    out, err = capsys.readouterr()
    assert [json.loads(line)["text"] for line in out.splitlines()] == [t.text for t in SYNTAX.tokens]
    said = f"not calibrated; `spotter calibrate --model {name} PATH` does that on code of yours"
    assert err == f"spotter: {name} (DiffusionGemma) on cpu, float32, {said}\n"
    assert run(["score", "a.py", "--model", "nowhere"]) == 2
    assert "nowhere: not a checkpoint that can be loaded" in capsys.readouterr().err


SOUND = "".join(
    f"def area{n}(width, height, depth):\n    if width > {n} and height > depth:\n"
    f"        return width * height + depth\n    return max(height, depth) - {n}\n\n\n"
    for n in range(20)
)


def test_a_checkpoint_is_calibrated_on_code_of_the_reader_and_scores_so_from_then_on(
    checkpoints: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_calibration, "EDITS", 24)
    monkeypatch.setattr(hub_calibration, "FEWEST", 10)  # not every kind of error has a place in such code
    (tmp_path / "sound.py").write_text(SOUND)
    monkeypatch.chdir(tmp_path)
    name = str(checkpoints / "diffusion_gemma")
    score = ["score", "sound.py", "--model", name]
    assert run(score) == 0
    before = [json.loads(line)["p_error"] for line in capsys.readouterr().out.splitlines()]
    assert run(["calibrate", "--model", name, "sound.py"]) == 0
    assert "121 lines of 1 files" in capsys.readouterr().out
    assert run(score) == 0
    out, err = capsys.readouterr()
    after = [json.loads(line)["p_error"] for line in out.splitlines()]
    assert err.endswith("on cpu, float32, calibrated\n")
    assert sum(after) / len(after) == pytest.approx(1e-4, rel=0.5)  # the base rate: sound code has few wrong tokens
    assert after != before
    (written,) = (tmp_path / ".spotter" / "calibrations").iterdir()
    kept = json.loads(written.read_text())
    assert kept["weights"]["odds"] > 0  # the order of the tokens is the checkpoint's
    for budget, threshold in zip(kept["budgets"], kept["thresholds"], strict=True):
        assert sum(p > threshold + 1e-6 for p in after) <= budget * 121 / 1000
    written.write_text("{}")
    assert run(score) == 2
    assert "not a calibration; run `spotter calibrate --model" in capsys.readouterr().err


def test_too_little_code_to_calibrate_on_is_one_line(
    checkpoints: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    monkeypatch.chdir(tmp_path)
    assert run(["calibrate", "--model", str(checkpoints / "diffusion_gemma"), "a.py"]) == 2
    assert "0 errors could be planted, 20 are needed; name more code" in capsys.readouterr().err
    assert run(["calibrate", "a.py", "--data", "."]) == 2
    assert "new weights need one folder, --data and --fixes" in capsys.readouterr().err
