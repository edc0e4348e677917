"""The language server in headless Neovim: what it shows, where, and its quick fix. Nothing is installed for it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

NVIM = shutil.which("nvim")
TEXT = """\
class Session:
    def __init__(self) -> None:
        self.token: str | None = None

    def login(self) -> str:
        if self.token is None:
            raise ValueError("no token")
        return self.token.strip()

    def header(self) -> str:
        if self.token is not None:
            return self.token.strip()
        return ""

    def size(self) -> int:
        if self.token is None:
            return 0
        return len(self.token.strip())

    def key(self) -> str:
        if self.token is not None:
            return self.token.upper()
        return ""

    def logout(self) -> str:
        return "😀é" + self.token.lower()
"""
SCRIPT = """
local command = { os.getenv("PYTHON"), "-m", "spotter", "lsp" }
local options = { name = "spotter", cmd = command, root_dir = vim.fn.getcwd() }
local function shown(wanted)
  vim.wait(90000, function() return #vim.diagnostic.get(0) == wanted end, 20)
  return vim.diagnostic.get(0)
end

local client = vim.lsp.start_client(options)
vim.lsp.buf_attach_client(0, client)
local first = shown(1)

-- what is typed is followed, and undone
vim.api.nvim_buf_set_lines(0, -2, -1, true, { '        return ""' })
local typed = shown(0)
vim.cmd("silent undo")
shown(1)

local found = first[1]
local place = { start = { line = found.lnum, character = 30 }, ["end"] = { line = found.lnum, character = 30 } }
local asked = { textDocument = vim.lsp.util.make_text_document_params(), range = place, context = { diagnostics = {} } }
local answer = vim.lsp.buf_request_sync(0, "textDocument/codeAction", asked, 90000)
local action = answer[client].result[1]
vim.lsp.util.apply_workspace_edit(action.edit, vim.lsp.get_client_by_id(client).offset_encoding)
vim.cmd("silent %s/ignore\\\\[SP202\\\\] /ignore[SP202] login was called/")
vim.cmd("silent write")
local left = shown(0)

local said = { first = first, typed = typed, title = action.title, left = left }
vim.fn.writefile({ vim.fn.json_encode(said) }, os.getenv("SAID"))
"""


@pytest.mark.skipif(NVIM is None, reason="nvim is not installed")
def test_neovim_shows_a_finding_in_its_place_and_applies_its_fix(tmp_path: Path) -> None:
    file, script, said = (tmp_path / name for name in ("session.py", "drive.lua", "said.json"))
    file.write_text(TEXT, encoding="utf-8")
    script.write_text(SCRIPT, encoding="utf-8")
    (tmp_path / ".spotter.toml").write_text('select = ["SP2"]\n')
    command = [str(NVIM), "--headless", "--clean", "-n", str(file), "-c", f"luafile {script}", "-c", "qall!"]
    environment = {"PYTHON": sys.executable, "SAID": str(said), "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    drive = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert said.exists(), drive.stderr
    told = json.loads(said.read_text(encoding="utf-8"))
    (found,) = told["first"]
    line = TEXT.split("\n")[found["lnum"]].encode()
    assert line[found["col"] : found["end_col"]] == b"self.token"  # Neovim counts bytes
    assert (found["source"], found["code"], told["typed"]) == ("spotter", "SP202", [])
    assert told["title"] == "Ignore SP202 unchecked-nil here, and say why"
    assert "\n        # spotter: ignore[SP202] login was called\n        return" in file.read_text(encoding="utf-8")
    assert told["left"] == []
