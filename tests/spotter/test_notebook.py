from __future__ import annotations

import json
from typing import Any

import pytest

from spotter import notebook
from spotter.reading import from_bytes
from spotter.source import Source, Unread
from spotter.syntax import parse


def cell(kind: str, *lines: str) -> dict[str, Any]:
    parts = [f"{line}\n" for line in lines]
    parts[-1:] = [part.rstrip("\n") for part in parts[-1:]]
    outputs = [{"output_type": "stream", "text": ["x = 1\n"]}] if kind == "code" else None
    return {"cell_type": kind, "metadata": {}, **({"outputs": outputs} if outputs else {}), "source": parts}


def book(*cells: dict[str, Any], language: str = "python") -> dict[str, Any]:
    return {"cells": list(cells), "metadata": {"language_info": {"name": language}}, "nbformat": 4, "nbformat_minor": 5}


def source_of(document: dict[str, Any], indent: int | None = 1) -> Source:
    source = from_bytes(json.dumps(document, indent=indent).encode(), "a.ipynb")
    assert isinstance(source, Source), source
    return source


DOCUMENT = book(cell("markdown", "# Title"), cell("code", "x = 1", "y = x"), cell("code"), cell("code", "print(y)"))


def test_code_keeps_the_line_that_it_has_in_the_file() -> None:
    written = json.dumps(DOCUMENT, indent=1).split("\n")
    lines = source_of(DOCUMENT).text.split("\n")
    for line in ("x = 1", "y = x", "print(y)"):
        number = lines.index(line)
        assert line in written[number]
        assert '"source"' not in written[number]
    assert [line for line in lines if line] == ["x = 1", "y = x", "print(y)"]


@pytest.mark.parametrize("indent", [None, 1, 4])
def test_a_line_is_traced_back_to_its_cell(indent: int | None) -> None:
    source = source_of(DOCUMENT, indent)
    lines = source.text.split("\n")
    assert notebook.place(source, lines.index("y = x") + 1) == "cell 2, line 2"
    assert notebook.place(source, lines.index("print(y)") + 1) == "cell 4, line 1"
    assert notebook.place(source, 10**6) == ""


def test_cells_written_as_one_string_are_joined() -> None:
    one = {"cell_type": "code", "metadata": {}, "source": "a = 1\nb = 2"}
    source = source_of(book(one, one))
    assert source.text == "a = 1\nb = 2\n\na = 1\nb = 2\n"
    assert notebook.place(source, 5) == "cell 2, line 2"


def test_magics_are_made_harmless_in_their_places() -> None:
    lines = ["%matplotlib inline", "if x:", "    !ls \\", "      -l", "files = !ls", "x.shape?", "y = x"]
    assert notebook.neutral(lines) == ["pass", "if x:", "    pass", "", "files = ...", "pass", "y = x"]


def test_a_cell_in_another_language_is_blank() -> None:
    assert notebook.neutral(["%%bash", "echo $x"]) == ["", ""]
    assert notebook.neutral(["%%time", "run()"]) == ["pass", "run()"]


def test_a_modulo_at_the_start_of_a_line_is_no_magic() -> None:
    lines = ["text = ('%s'", "    %name)"]
    assert notebook.neutral(lines) == lines


def test_a_notebook_with_magics_parses_without_errors() -> None:
    source = source_of(book(cell("code", "%load_ext x", "!pip install \\", "  y", "await f()", "z = %env HOME")))
    assert parse(source).error_lines == ()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"{}", "no list of cells"),
        (b"{", "not a notebook that can be read"),
        (b"[" * 100_000, "nested too deep"),
        (b'{"cells": [{"cell_type": "code", "source": 3}]}', "source is not text"),
        (json.dumps(book(cell("code", "x <- 1"), language="R")).encode(), "its kernel speaks r"),
        (json.dumps(book(cell("code", "x" * 20_001))).encode(), "line 1 is 20,001 characters long"),
    ],
)
def test_a_broken_or_foreign_notebook_says_why(data: bytes, reason: str) -> None:
    unread = from_bytes(data, "a.ipynb")
    assert isinstance(unread, Unread)
    assert reason in unread.reason
