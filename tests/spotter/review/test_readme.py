from __future__ import annotations

import re
from pathlib import Path

import llm
import pytest

PAGE = (Path(__file__).parents[3] / "spotter" / "review" / "README.md").read_text(encoding="utf-8")
SERVERS = {"llama-cpp": None, "vllm": None, "mercury": "inception", "nvidia": "nvidia"}


@pytest.mark.parametrize(("name", "key"), SERVERS.items())
def test_llm_knows_every_server_of_the_example(
    name: str, key: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "extra-openai-models.yaml").write_text(example)
    monkeypatch.setenv("LLM_USER_PATH", str(tmp_path))
    model = llm.get_model(name)
    assert model.needs_key == key
    assert str(getattr(model, "api_base", "")).endswith("/v1")
