"""An OpenAI-compatible server on loopback, and a checkout whose suspicions are asked of it."""

from __future__ import annotations

import json
import re
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from spotter import assembly

Reaction = Callable[[str, int], "tuple[int, str] | str"]


def answer(prompt: str, verdict: str, why: str, fix: str | None) -> str:
    (key,) = re.findall(r'"key": "([0-9a-f]{8})"', prompt.rsplit("-----", 1)[1])
    places = re.findall(r"^place (\d+): line", prompt, re.MULTILINE)
    rows = [{"place": int(n), "verdict": verdict, "why": why, "fix": fix} for n in places]
    return json.dumps({"key": key, "answers": rows})


@dataclass
class Server:
    """Answers by a function of the prompt and of how often it was asked; remembers what it was sent."""

    react: Reaction = lambda prompt, _: Server.answer(prompt)
    asked: list[dict[str, Any]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    most: int = 0  # requests at one time
    now: int = 0
    url: str = ""

    @staticmethod
    def answer(prompt: str, verdict: str = "error", why: str = "lo is no name here", fix: str | None = "hi") -> str:
        """An answer of the form that a prompt asks for."""
        return answer(prompt, verdict, why, fix)

    @property
    def prompts(self) -> list[str]:
        return [body["messages"][0]["content"] for body in self.asked]

    def reply(self, body: dict[str, Any]) -> tuple[int, str]:
        with self.lock:
            prompt = body["messages"][0]["content"]
            before = self.prompts.count(prompt)
            self.asked.append(body)
            self.now += 1
            self.most = max(self.most, self.now)
        try:
            said = self.react(prompt, before)
        finally:
            with self.lock:
                self.now -= 1
        return said if isinstance(said, tuple) else (200, completion(said))


def completion(text: str) -> str:
    message = {"role": "assistant", "content": text}
    return json.dumps({
        "id": "1", "object": "chat.completion", "created": 1, "model": "alfa",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 400, "completion_tokens": 100, "total_tokens": 500},
    })  # fmt: skip


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            status, text = state.reply(body)
            data = text.encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.send_header("x-should-retry", "false")  # the openai client asks again by itself; the review is to
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            return

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            return  # a client that has gone away

    http = Quiet(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{http.server_port}/v1"
    threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True).start()
    yield state
    http.shutdown()
    http.server_close()


@pytest.fixture
def models(server: Server, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The configuration of llm: alfa and bravo are the server's models."""
    folder = tmp_path_factory.mktemp("llm")
    rows = [
        f"- model_id: {name}\n  model_name: {name}\n  api_base: {server.url}\n  supports_schema: {schema}\n"
        for name, schema in (("alfa", "true"), ("bravo", "false"))
    ]
    (folder / "extra-openai-models.yaml").write_text("".join(rows))
    monkeypatch.setenv("LLM_USER_PATH", str(folder))
    return folder


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scorer: Any, models: Path) -> Path:
    """A checkout with three functions, each with a suspicion, and a scorer that suspects every `lo`."""
    assert models.is_dir()
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / "a.py").write_text("".join(f"def span{n}(hi):\n    return hi - lo\n\n\n" for n in range(3)))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(assembly, "Bundled", lambda: scorer)
    return tmp_path
