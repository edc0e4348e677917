"""The real program on a pseudo-terminal, where people look at it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from spotter.visible import columns

if sys.platform == "win32":
    pytest.skip("there are no pseudo-terminals", allow_module_level=True)
import fcntl
import pty
import struct
import termios

NIL = "class A:\n    x: int | None = None\n\n" + "".join(
    f"    def f{n}(self) -> int:\n        assert self.x\n        return self.x\n\n" for n in range(6)
)
COMMAND = (sys.executable, "-m", "spotter", "check", "a.py", "--select", "SP2")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.py").write_text(NIL)
    return tmp_path


def on_terminal(folder: Path, width: int, **variables: str) -> str:
    """What a terminal of so many columns is sent."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
    kept = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "COLUMNS", "LINES")}
    process = subprocess.Popen(COMMAND, cwd=folder, env=kept | variables, stdout=theirs, stderr=theirs)
    os.close(theirs)
    sent = b""
    try:
        while part := os.read(ours, 4096):
            sent += part
    except OSError:  # Linux says so where the other side is closed
        pass
    os.close(ours)
    assert process.wait() == 0
    return sent.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("width", [60, 80, 120])
def test_nothing_is_wider_than_the_terminal(folder: Path, width: int) -> None:
    sent = on_terminal(folder, width)
    assert "\x1b[" in sent
    rows = re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", sent).split("\n")
    assert max(columns(row.rpartition("\r")[2]) for row in rows) <= width
    assert "SP201 nil-pressure" in " ".join(rows)


def test_no_color_and_a_pipe_are_plain(folder: Path) -> None:
    plain = on_terminal(folder, 80, NO_COLOR="1")
    assert "\x1b[" not in plain.rpartition("\r")[2]
    assert "\nLook first at a.py:2 (SP201 nil-pressure).\n" in plain
    piped = subprocess.run(COMMAND, cwd=folder, capture_output=True, text=True, check=True).stdout
    assert piped.startswith("a.py:2:5: note SP201 nil-pressure (fact)\n")
    assert "\x1b" not in piped
