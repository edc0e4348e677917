from __future__ import annotations

import os
from pathlib import Path

import pytest

from spotter.reading import from_bytes, language_of, read
from spotter.source import Source, Unread


def text_of(data: bytes, name: str = "a.py") -> str:
    source = from_bytes(data, name)
    assert isinstance(source, Source), source
    return source.text


def reason_of(data: bytes, name: str = "a.py") -> str:
    unread = from_bytes(data, name)
    assert isinstance(unread, Unread), unread
    assert unread.path == name
    assert "\n" not in unread.reason
    return unread.reason


@pytest.mark.parametrize(
    ("name", "head", "language"),
    [
        ("a.py", b"", "python"),
        ("pkg/A.PY", b"", "python"),
        ("stubs/a.pyi", b"", "python"),
        ("a.ipynb", b"", "python"),
        ("run", b"#!/usr/bin/python\n", "python"),
        ("run", b"#! /usr/bin/env python3.11\n", "python"),
        ("run", b"#!/usr/bin/env -S python3 -u\n", "python"),
        ("run", b"#!/opt/x y/bin/sh\n", None),
        ("run", b"#!/bin/sh\n# python\n", None),
        ("run", b"import os\n", None),
        ("a.txt", b"#!/usr/bin/python\n", None),
        (".py", b"", None),
    ],
)
def test_a_language_is_known_by_suffix_or_shebang(name: str, head: bytes, language: str | None) -> None:
    assert language_of(name, head) == language


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert text_of(b"\xef\xbb\xbfx = 1\n") == "x = 1\n"


@pytest.mark.parametrize("newline", [b"\r\n", b"\r", b"\n"])
def test_every_newline_counts_as_one_line(newline: bytes) -> None:
    assert text_of(b"x = 1" + newline + b"y = 2" + newline) == "x = 1\ny = 2\n"


@pytest.mark.parametrize(
    "head",
    [
        b"# -*- coding: latin-1 -*-\n",
        b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n",
        b"# -*- encoding: binary -*-\n",
        b"# encoding: ASCII-8BIT\n",
    ],
)
def test_a_declared_encoding_is_kept(head: bytes) -> None:
    assert text_of(head + b"name = '\xe9'\n").endswith("name = 'é'\n")


def test_a_coding_line_after_code_declares_nothing() -> None:
    assert "not valid UTF-8 in line 3" in reason_of(b"x = 1\n# coding: latin-1\ny = '\xe9'\n")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"x = 1\ny = '\xff'\n", "not valid UTF-8 in line 2 (byte 11)"),
        (b"x = 1\n\ny = '\0'\n", "a NUL byte in line 3"),
        ("x = 1\n".encode("utf-16"), "saved as UTF-16; save it as UTF-8"),
        (b"# coding: klingon\n", "declares klingon, which is no text encoding"),
        (b"# coding: hex\n", "declares hex, which is no text encoding"),
        (b"# coding: ascii\nx = '\xe9'\n", "not valid ASCII in line 2"),
        (b"# coding: undefined\n", "cannot be decoded as undefined"),
        (b"x = '" + b"a" * 20_001 + b"'\n", "line 1 is 20,007 characters long, over 20,000"),
        (b"x = 1\n" * 200_000, "1.2 MB, over the limit of 1 MB"),
    ],
)
def test_what_is_no_source_says_why(data: bytes, reason: str) -> None:
    assert reason in reason_of(data)


def test_a_file_in_no_known_language_names_the_known_ones() -> None:
    assert ".py" in reason_of(b"body {}", "a.css")


def test_an_empty_file_is_measured() -> None:
    assert text_of(b"") == ""


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.py"
    with path.open("wb") as file:
        file.truncate(10**12)
    unread = read(path, "huge.py")
    assert isinstance(unread, Unread)
    assert "over the limit of 1 MB" in unread.reason


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    assert isinstance(read(tmp_path / "pipe.py", "pipe.py"), Unread)


def test_a_file_that_is_gone_or_closed_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(read(tmp_path / "gone.py", "gone.py"), Unread)
    (tmp_path / "a.py").write_text("")

    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    unread = read(tmp_path / "a.py", "a.py")
    assert unread == Unread("a.py", "cannot be read (permission denied); mend that, or leave it out")
