"""Inputs that nobody meant to write: `python -P tests/fuzz.py TARGET --inputs 200000`, or `all`.

An input is a piece of a real file with a few edits of its tokens, and characters that are known to be traps. What is
asked of each target is a clean result or one SpotterError, in some seconds and memory. Inputs depend on the seed and
their number alone, so that `--first N --inputs 1` makes the same one again; tests/test_fuzz.py runs a few of each.
With `--guided SECONDS` atheris chooses them instead, by what they reach; it is installed apart.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import gzip
import json
import logging
import re
import sys
import tempfile
import time
import tracemalloc
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from random import Random
from types import FunctionType, SimpleNamespace
from typing import TYPE_CHECKING, Any, get_args

from spotter import baseline, codec, config, verdicts
from spotter.cache import Cache
from spotter.engine.lexemes import lexemes_of
from spotter.engine.noise import corrupt
from spotter.engine.scores import Proposal, TokenScore
from spotter.engine.splices import undo
from spotter.errors import SpotterError
from spotter.findings import By, Edit, Finding, Held, Kind, Severity, Site, Suggestion
from spotter.hooks.agent import claude_event, plain_event
from spotter.hooks.lsp_positions import Border
from spotter.hooks.lsp_settings import settings_of
from spotter.languages import languages
from spotter.metrics.facts import facts_of, from_json, to_json
from spotter.metrics.registry import PRESSURES
from spotter.outcome import Extent, Measured, Outcome
from spotter.pipeline import Task, Tools, check
from spotter.prompts import prompts
from spotter.reading import from_bytes, suffixes
from spotter.reports.formats import FORMATS
from spotter.reports.page import Page
from spotter.review.answers import MalformedError, read
from spotter.rules import RULES
from spotter.source import Source, Unread
from spotter.suppression import split, suppressions
from spotter.syntax import Syntax, parse
from spotter.visible import HIDDEN
from spotter.watchdog import TooMuchError

if TYPE_CHECKING:
    from tree_sitter import Node

ROOT = Path(__file__).parent.parent
SECONDS = 5.0  # of the processor, for one input
BYTES = 200_000_000  # at the peak of one input
LONE = re.compile(r"[\ud800-\udfff]")  # a surrogate: of those a path has only the ones that stand for its bytes
MESSAGES = 20  # of one conversation with an editor
LARGEST = 1200  # bytes of a node that an input grows from, and of most pieces
PIECE = re.compile(r"\w+|[^\S\n]+|\n|.", re.DOTALL)
TRAPS = (
    "\ufeff", "\u202e", "\u2028", "\x85", "\x0c", "\x00", "\ud800", "e\u0301", "𝕏", "ſ", "\U0001f468\u200d\U0001f469",
    "\r", "\r\n", "\\\n", "\t", "9" * 5000, "(" * 300, "[" * 3000, "a." * 900, "not " * 900, "lambda: " * 300,
    'f"{' * 60, '"""', "'''", "x if y else " * 300, "- " * 2000, "if a:\n" * 90, "# spotter: ignore[SP101] why\n",
    "# spotter: ignore[", "#!/usr/bin/env python\n", "%%time\n", "match x:\n  case", "async ", ":=", "*", "->", "@a\n",
    "with a as (b, c):", "try:\n  pass\nexcept* E:", "type X[T] = int\n", "None", "is not None", "self.", "global x;",
    "1e999", "NaN", "-0", '{"":', "[[", "]]", "'", '"', "\\u0000", "\\ud800", "=", "# coding: utf-7\n",
)  # fmt: skip
TOML = (
    *config.commented().split("\n\n"),
    "[tool.spotter]\n",
    'baseline = "a"\n',
    'per-file-ignores = {"a/*" = ["SP1"]}\n',
)
ROW = '{"path": "a.py", "rule": "SP101", "fingerprint": "00ff", "count": 1}\n'
VERDICT = (
    '{"path": "a.py", "rule": "SP101", "fingerprint": "00ff", "by": "person", "verdict": "fine", "why": "so",'
    ' "fix": null, "p_error": 0.5}\n'
)
EVENT = (
    '{"hook_event_name": "PostToolUse", "cwd": "/tmp", "session_id": "s", "tool_input": {"file_path": "a.py"}}',
    '{"event": "edit", "session": "s", "folder": ".", "file": "a.py", "again": false}',
)
NOTEBOOK = (
    '{\n "cells": [\n  {\n   "cell_type": "code",\n   "source": [\n    "x = 1\\n",\n    "%run y"\n   ]\n  }\n ],\n'
    ' "metadata": {"kernelspec": {"language": "python"}},\n "nbformat": 4\n}\n'
)


@dataclass(frozen=True)
class Target:
    """How an input is made, and what is asked of it."""

    make: Callable[[Random], Any]
    ask: Callable[[Any], None]
    holds: int = 1  # inputs in what is made once


@cache
def files() -> dict[str, tuple[str, ...]]:
    """The real files of the tree, by language."""
    found: dict[str, list[str]] = {name: [] for name in languages()}
    for path in sorted(path for path in ROOT.rglob("*") if path.suffix in suffixes() and ".venv" not in path.parts):
        found[suffixes()[path.suffix]].append(path.read_text(encoding="utf-8"))
    return {name: tuple(texts) for name, texts in found.items()}


def piece(language: str, rng: Random) -> list[str]:
    """The tokens and blanks of 1 to 30 lines of a real file, more often of few than of many; huge ones are seldom."""
    lines = rng.choice(files()[language]).split("\n")
    start = rng.randrange(len(lines))
    text = "\n".join(lines[start : start + int(30 ** rng.random())]) + "\n"
    return PIECE.findall(text if rng.randrange(30) == 0 else text[:LARGEST])


def any_piece(rng: Random) -> list[str]:
    """A piece of a real file, of Python as often as not."""
    return piece(rng.choice(("python", rng.choice(list(files())))), rng)


def mutated(parts: Sequence[str], rng: Random, others: Callable[[Random], Sequence[str]]) -> str:
    """Some parts after a few edits: dropped, doubled, swapped, exchanged for others, or with a trap between them."""
    text = list(parts)
    for _ in range(rng.randrange(5)):
        at, to = sorted((rng.randrange(len(text) + 1), rng.randrange(len(text) + 1)))
        to = min(to, at + 12)
        edit = rng.randrange(6)
        if edit == 0:
            del text[at:to]
        elif edit == 1:
            text[at:at] = text[at:to] * rng.choice((1, 1, 2, 50))
        elif edit == 2:
            text[at:to] = reversed(text[at:to])
        elif edit == 3:
            other = others(rng)
            start = rng.randrange(len(other)) if other else 0
            text[at:to] = other[start : start + rng.randrange(1, 20)]
        elif edit == 4:
            text.insert(at, rng.choice(TRAPS))
        else:
            text[at : at + 1] = [chr(rng.choice((rng.randrange(128), rng.randrange(0x3000), rng.randrange(0x110000))))]
    return "".join(text)


@cache
def grown(language: str) -> tuple[tuple[Node, ...], dict[str, tuple[bytes, ...]]]:
    """Nodes of some forty real files that an input may grow from, and the texts of every kind of node."""
    texts = files()[language]
    roots: list[Node] = []
    kinds: dict[str, set[bytes]] = {}
    for text in texts[:: 1 + len(texts) // 40]:
        pending = [parse(Source("a", text, language)).tree.root_node]
        while pending:
            node = pending.pop()
            pending += node.named_children
            size = node.end_byte - node.start_byte
            if node.text and size <= LARGEST:
                kinds.setdefault(node.type, set()).add(node.text)
                roots += [node] if size > LARGEST // 40 else []
    return tuple(roots), {kind: tuple(sorted(texts)) for kind, texts in kinds.items()}


def inside(root: Node) -> list[tuple[str, int, int]]:
    """What a node is made of: the kinds of the nodes in it, and their bytes from its own first."""
    found, pending = [], [*root.named_children]
    while pending:
        node = pending.pop()
        pending += node.named_children
        if node.start_byte < node.end_byte:
            found.append((node.type, node.start_byte - root.start_byte, node.end_byte - root.start_byte))
    return found


def grafted(language: str, rng: Random) -> str:
    """Real code with a few edits that keep to its grammar.

    A node gives way to another of its kind or to one of its kind inside it, is left out, stands there many times, or
    stands in itself, as deep as it goes.
    """
    roots, kinds = grown(language)
    root = rng.choice(roots)
    below, data = inside(root), root.text or b""
    chosen = {rng.choice(below) for _ in range(rng.randrange(1, 5))} if below else set()
    first = len(data)
    for kind, start, end in sorted(chosen, key=lambda node: -node[1]):
        if end > first:  # it lies around one that was edited
            continue
        first, own = start, data[start:end]
        at, to = rng.choice([(at, to) for name, at, to in below if name == kind and start <= at and to <= end])
        before, core, after = data[start:at], data[at:to], data[to:end]
        many, gap = rng.choice((2, 3, 1 + LARGEST // (end - start))), rng.choice((b"", b" ", b"\n"))
        put = rng.choice((rng.choice(kinds[kind]), core, b"", (own + gap) * many, before * many + core + after * many))
        data = data[:start] + put + data[end:]
    return data.decode("utf-8", "replace")


def code(rng: Random) -> str:
    """A piece of a real file, edited."""
    return mutated(any_piece(rng), rng, any_piece)


def source(rng: Random) -> Source:
    """A source as reading would let it pass: half of them keep to the grammar of their language."""
    language = rng.choice(list(languages()))
    of_it = partial(piece, language)
    how = rng.randrange(8)
    if how < 4:
        text = grafted(language, rng)
        text = mutated(PIECE.findall(text), rng, of_it) if how == 0 else text
    else:
        text = mutated(of_it(rng), rng, of_it) if how < 7 else code(rng)
    return Source("a.py", text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", ""), language)


def words(*texts: str) -> Callable[[Random], str]:
    """Makes edited texts of some forms, joined as often as it comes."""
    parts = [PIECE.findall(text) for text in texts]

    def made(rng: Random) -> str:
        begun = [part for _ in range(rng.randrange(1, 4)) for part in rng.choice(parts)]
        return mutated(begun, rng, lambda rng: rng.choice(parts))

    return made


def raw(make: Callable[[Random], str], rng: Random) -> bytes:
    """A text as bytes, in some encoding, seldom broken."""
    data = make(rng).encode(rng.choice(("utf-8", "utf-8", "utf-8", "utf-16", "utf-7")), "surrogatepass")
    if rng.randrange(4) == 0:
        at = rng.randrange(len(data) + 1)
        data = data[:at] + bytes(rng.randrange(256) for _ in range(rng.randrange(4))) + data[at + rng.randrange(3) :]
    return data


def reading(given: tuple[bytes, str]) -> None:
    """A source without carriage returns and NUL, or a reason in one line."""
    found = from_bytes(*given)
    if isinstance(found, Unread):
        assert found.reason
        assert "\n" not in found.reason
    else:
        assert not {"\r", "\0"} & set(found.text)
        parse(found)


def lexing(given: Source) -> None:
    """Tokens and comments tile the text: in order, each where it says, with nothing between that is to be seen."""
    syntax, text = parse(given), given.text
    lines, end = text.split("\n"), 0
    for token in sorted((*syntax.tokens, *syntax.comments), key=lambda token: token.start):
        assert end <= token.start < token.end
        assert text[token.start : token.end] == token.text
        assert lines[token.line - 1].startswith(token.text.split("\n")[0], token.column - 1)
        gap = text[end : token.start].replace("\\\n", "").replace("\ufeff", "").strip()
        assert not gap or syntax.error_lines or quoted(syntax, end), gap
        end = token.end
    for function in syntax.functions:
        assert 0 <= function.first < function.last <= len(syntax.tokens)


def quoted(syntax: Syntax, place: int) -> bool:
    """Whether a place lies in a string with interpolations, whose other text is no token."""
    byte = len(syntax.source.text[:place].encode("utf-8", "surrogatepass"))
    node = syntax.tree.root_node.descendant_for_byte_range(byte, byte + 1)
    while node is not None and node.type not in languages()[syntax.source.language].whole_kinds:
        node = node.parent
    return node is not None


def extracting(given: Source) -> None:
    """Facts that are the same after JSON, pressures whose places lie in the file, and suppressions in order.

    What would take too long may be refused.
    """
    syntax = parse(given)
    try:
        facts = facts_of(syntax)
    except TooMuchError:
        return
    assert from_json(to_json(facts)) == facts
    last = given.text.count("\n") + 1
    for find in PRESSURES.values():
        assert all(1 <= pressure.place.line <= last for pressure in find([facts]))
    assert all(one.first <= one.last <= last for one in suppressions(syntax))


def commented(rng: Random) -> Source:
    """A source with comments that silence, or nearly, in some language."""
    language = rng.choice(list(languages()))
    signs = languages()[language].comments
    forms = [
        f"{sign} spotter: ignore{codes} why{end}\nx = 1\n"
        for sign, end in zip(signs, ("", " */"), strict=False)
        for codes in ("[SP101]", "[SP101, SP2]", "[]", "")
    ]
    return Source("a.py", words(*forms)(rng).replace("\r", "\n").replace("\0", ""), language)


def silencing(given: Source) -> None:
    """Comments that silence lines of the text, with codes and reasons that stand in them; odd ones are remarked on."""
    syntax = parse(given)
    for one in suppressions(syntax):
        assert 1 <= one.first <= one.last <= given.text.count("\n") + 1
        assert all(part in one.comment.text for part in (*one.codes, one.reason))
    found = split([], [syntax], lambda *_: True)
    assert all(remark.rule == "SP003" and remark.message for remark in found.unused)


def noising(given: tuple[Source, int]) -> None:
    """The labels of the forward process lead back."""
    lexemes = lexemes_of(parse(given[0]))
    if len(lexemes):
        assert undo(corrupt(lexemes, 6, 0.15, Random(given[1]))) == lexemes.texts


@cache
def folder() -> Path:
    """A folder for files that are read back."""
    return Path(tempfile.mkdtemp(prefix="spotter-fuzz-"))


def taken(use: Callable[[], object]) -> None:
    """It goes well, or is refused with a reason."""
    reason = "none was needed"
    try:
        use()
    except SpotterError as error:
        reason = str(error)
    assert reason


def refusing(name: str, use: Callable[[Path], object], data: bytes) -> None:
    """A file of this name is read, or refused in one line."""
    (folder() / name).write_bytes(data)
    taken(partial(use, folder() / name))


def configuring(path: Path) -> None:
    """Settings that say of every file whether it is meant."""
    held = config.load(path.parent, path.parent)
    config.excluded(held, "a/b.py")
    config.selected(held, "a/b.py", "SP101")


def keeping(path: Path) -> None:
    """A baseline that is the same when it is written and read again."""
    rows = baseline.read(path)
    baseline.write(path, rows)
    assert baseline.read(path) == rows


def judging(path: Path) -> None:
    """Verdicts that are the same when they are written and read again, and move what they speak of."""
    rows = verdicts.read(path)
    verdicts.write(path, rows)
    assert verdicts.read(path) == rows
    verdicts.weighed([Finding("SP101", "a.py", 1, 1, 1, 2, "m", "error", "suspicion", "", 0.5)], rows, 0.1)


def report(rng: Random) -> tuple[Page, tuple[str, ...]]:
    """A page, and the formats that it is asked for in; SARIF is a target of its own."""
    return outcome(rng), tuple(rng.sample(sorted(set(FORMATS) - {"sarif"}), 3))


def outcome(rng: Random) -> Page:
    """A page on findings whose every text is odd."""

    def said() -> str:
        return code(rng)[: rng.randrange(1, 400)] + rng.choice(TRAPS)[: rng.choice((50, 50, 50, 5000))]

    text = code(rng)
    last = text.count("\n") + 1
    edits: tuple[Edit, ...] = get_args(Edit)
    paths = [LONE.sub("\udc80", said().replace("\0", "")) or "a" for _ in range(2)]
    findings = []
    for number in range(rng.randrange(4)):
        line, column = rng.randrange(1, last + 2), rng.randrange(1, 90)
        findings.append(
            Finding(
                rng.choice(list(RULES)), rng.choice(paths), line, column, line + rng.randrange(2), column + 3, said(),
                rng.choice(get_args(Severity)), rng.choice(get_args(Kind)), said(), rng.choice((None, 0.5)),
                rng.choice((None, Suggestion(rng.choice(edits), said()))), (Site(rng.choice(paths), line, said()),),
                1.0, f"{number:04x}", (said(),),
            )
        )  # fmt: skip
    held = tuple(Held(finding, rng.choice(get_args(By)), said()) for finding in findings[:1])
    files = tuple(Measured(path, "python", last, rng.choice(get_args(Extent))) for path in sorted(set(paths)))
    sources = {path: Source(path, text.replace("\r", ""), "python") for path in paths}
    return Page(Outcome(files, tuple(findings), held, (said(),)), sources, width=rng.choice((0, 30, 80)))


def reporting(given: tuple[Page, tuple[str, ...]]) -> None:
    """No format lets anything unseen through, and what programs read is JSON that comes back."""
    page, forms = given
    for form in forms:
        text = shown(FORMATS[form](page), form)
        if form in ("json", "gitlab", "rdjson"):
            json.loads(text)
    assert codec.loads(Outcome, codec.dumps(page.outcome)) == page.outcome


def shown(text: str, form: str) -> str:
    """A report, in which nothing is that a reader would not see."""
    assert {char for char in set(text) if unicodedata.category(char) in HIDDEN} <= {"\n"}, form
    return text


def answering(text: str) -> None:
    """A model's answer is read, or said to be malformed."""
    given = Source("a.py", "def span(lo, hi):\n    return hi - lo\n", "python")
    place = Finding("SP101", "a.py", 2, 17, 2, 19, "m", "error", "suspicion", "span", 0.9, Suggestion("replace", "low"))
    (prompt,) = prompts([place], {"a.py": given})
    try:
        read(text.replace("KEY", prompt.key), prompt, given)
    except MalformedError:
        return


def messaging(text: str) -> None:
    """What agents and editors send is read, or refused in one line."""

    def sent(text: str) -> None:
        try:
            given = json.loads(text)
        except (ValueError, RecursionError):
            return
        settings_of(given)

    for use in (claude_event, plain_event, sent):
        taken(partial(use, text))


def placing(given: tuple[str, int, int]) -> None:
    """Every position of an editor is a place of the text, and comes back."""
    from lsprotocol import types
    from pygls.workspace import PositionCodec

    text, line, character = given
    for unit in types.PositionEncodingKind:
        border = Border(text, PositionCodec(unit))
        border.place(types.Position(line, character))
        number, column = 1 + line % len(border.lines), 1
        assert border.place(border.position(number, column)) == (number, column)


@cache
def schema() -> Any:
    """What OASIS says of SARIF."""
    from jsonschema import Draft4Validator

    packed = ROOT / "tests" / "spotter" / "reports" / "sarif-2.1.0-rtm.5.json.gz"
    return Draft4Validator(json.loads(gzip.decompress(packed.read_bytes())))


@cache
def tool_checked(text: str) -> None:
    """What SARIF says of the program is as its schema wants it; the same in every run, so that once is enough."""
    wrong = next(schema().descend(json.loads(text), {"$ref": "#/definitions/tool"}), None)
    assert wrong is None, wrong


def interchanging(page: Page) -> None:
    """SARIF as its schema wants it, with a result a finding, each at its line and with its message."""
    told = json.loads(shown(FORMATS["sarif"](page), "sarif"))
    (run,) = told["runs"]
    tool_checked(json.dumps(run["tool"]))
    schema().validate(told | {"runs": [run | {"tool": {"driver": {"name": "spotter"}}}]})
    places = [one["locations"][0]["physicalLocation"]["region"]["startLine"] for one in run["results"]]
    findings = (*page.outcome.findings, *(one.finding for one in page.outcome.held))
    assert sorted(places) == sorted(finding.line for finding in findings)


def odd(value: Any, rng: Random) -> Any:
    """A message in which one value is another one, or not there."""
    if not isinstance(value, dict | list) or not value or rng.randrange(9) == 0:
        text = rng.choice((rng.choice(TRAPS), "file:///../a.py", "untitled:a", "", "textDocument/hover"))
        return rng.choice((None, -1, 0, 1 << 31, 1 << 70, 0.5, True, [], {}, [value], {"a": value}, text))
    if isinstance(value, list):
        at = rng.randrange(len(value))
        return [odd(one, rng) if i == at else one for i, one in enumerate(value)]
    name = rng.choice(list(value))
    if rng.randrange(9) == 0:
        return {key: one for key, one in value.items() if key != name}
    return {key: odd(one, rng) if key == name else one for key, one in value.items()}


def conversation(rng: Random) -> list[tuple[dict[str, Any], bool]]:
    """Messages that an editor may send after its greeting, some of them odd, and whether it waits after each."""
    return [(message(rng, number), rng.randrange(3) == 0) for number in range(MESSAGES)]


def message(rng: Random, number: int) -> dict[str, Any]:
    """A message of an editor, the first of which opens a document."""
    uri = f"file://{folder()}/a.py"
    document = {"uri": uri}
    places = [{"line": rng.randrange(40), "character": rng.randrange(90)} for _ in range(2)]
    span = {"start": places[0], "end": places[1]}
    edit = rng.choice(({"text": code(rng)}, {"text": code(rng), "range": span}))
    kinds: dict[str, dict[str, Any]] = {
        "textDocument/didOpen": {"textDocument": document | {"languageId": "python", "version": 1, "text": code(rng)}},
        "textDocument/didChange": {"textDocument": document | {"version": 2}, "contentChanges": [edit]},
        "textDocument/didSave": {"textDocument": document},
        "textDocument/didClose": {"textDocument": document},
        "textDocument/hover": {"textDocument": document, "position": places[0]},
        "textDocument/codeAction": {"textDocument": document, "range": span, "context": {"diagnostics": []}},
        "textDocument/inlayHint": {"textDocument": document, "range": span},
        "textDocument/diagnostic": {"textDocument": document, "previousResultId": "x"},
        "workspace/didChangeConfiguration": {"settings": {"spotter": {"select": ["SP2"], "inlayHints": True}}},
        "workspace/didChangeWatchedFiles": {"changes": [{"uri": uri, "type": 2}]},
        "workspace/executeCommand": {"command": "a", "arguments": [document]},
    }
    method = rng.choice(list(kinds)) if number else "textDocument/didOpen"
    params = odd(kinds[method], rng) if number and rng.randrange(2) else kinds[method]
    asks = {"id": number} if method.split("/")[1] in ("hover", "codeAction", "inlayHint", "diagnostic") else {}
    return {"jsonrpc": "2.0", "method": method, "params": params, **asks}


@cache
def converter() -> Any:
    """What makes messages of JSON: it takes a tenth of a second to learn the protocol, and once is enough."""
    from pygls.protocol import default_converter

    return default_converter()  # type: ignore[no-untyped-call]  # it declares no types


def quick_server() -> Any:
    """A server of its own for a conversation, which waits a hundredth as long for typing to pause."""
    from pygls.lsp._base_server import BaseLanguageServer

    from spotter.hooks import lsp

    lsp.PAUSE = 0.001
    logging.disable()
    protocol, _, workers = BaseLanguageServer.__init__.__defaults__ or (None, None, None)
    BaseLanguageServer.__init__.__defaults__ = (protocol, converter, workers)
    return lsp.server()


def conversing(said: Sequence[tuple[dict[str, Any], bool]]) -> None:
    """An editor's server answers what is a request, and nothing goes wrong in it."""
    asyncio.run(_conversing(said))


async def _conversing(said: Sequence[tuple[dict[str, Any], bool]]) -> None:
    from lsprotocol import types

    written: list[bytes] = []
    ls = quick_server()
    ls.worker.start = lambda: None  # no weights: pressures alone are asked for
    ls.protocol.set_writer(SimpleNamespace(write=written.append, close=lambda: None), include_headers=False)
    root = {"uri": folder().as_uri(), "name": "a"}
    greeting = {"capabilities": {}, "workspaceFolders": [root], "initializationOptions": {"select": ["SP2"]}}
    first = {"jsonrpc": "2.0", "id": "greeting", "method": "initialize", "params": greeting}
    asked = []
    for one, waits in ((first, True), *said):
        try:
            read = json.loads(json.dumps(one), object_hook=ls.protocol.structure_message)
        except Exception:  # refused by the protocol's library, before it is ours
            continue
        ls.protocol.handle_message(read)
        asked += [one["id"]] if "id" in one else []
        if waits:
            await settled()
    await settled()
    ls.worker.stop()
    answers = [json.loads(data) for data in written]
    wrong = [one for one in answers if one.get("error", {}).get("code") == types.ErrorCodes.InternalError]
    wrong += [one for one in answers if "a mistake of ours" in json.dumps(one.get("params", ""))]
    assert not wrong, str(wrong[0])[-900:]
    assert sorted(str(one["id"]) for one in answers if one.get("id") in asked) == sorted(map(str, asked))
    assert not open_tasks(), "it never answers"


def open_tasks() -> list[asyncio.Task[Any]]:
    """What is still being done beside the conversation."""
    return [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]


async def settled() -> None:
    """All is done that was asked for; an answer is sent a little after its task has ended."""
    for _ in range(400):
        for _ in range(3):
            await asyncio.sleep(0)
        if not (tasks := open_tasks()):
            return
        await asyncio.wait(tasks, timeout=0.05)


class Suspecting:
    """Suspects some tokens of every file."""

    fingerprint = "fuzz"

    def threshold(self, max_alerts_per_kloc: float) -> float:
        return max_alerts_per_kloc

    def score(self, syntax: Syntax) -> tuple[TokenScore, ...]:
        edits = (Proposal("replace", "x", 0.5),)
        return tuple(TokenScore(i, 0.9 * (i % 7 == 0), edits * (i % 7 == 0)) for i in range(len(syntax.tokens)))


def checking(sources: tuple[Source, ...]) -> None:
    """The whole pipeline on files beside each other, in the reports for a person and for a program."""

    def press(files: Sequence[Any]) -> list[Any]:
        return [pressure for find in PRESSURES.values() for pressure in find(files)]

    tools = Tools(Suspecting(), facts_of, press, config.Config())
    found = check(Task(sources), tools, Cache(None), tuple)
    page = Page(found, {source.path: source for source in sources})
    assert all(FORMATS[form](page) for form in ("text", "json"))


TARGETS = {
    "reading": Target(lambda rng: (raw(code, rng), rng.choice(("a.py", "a", "a.pyi"))), reading),
    "notebooks": Target(lambda rng: (raw(words(NOTEBOOK), rng), "a.ipynb"), reading),
    "lexing": Target(source, lexing),
    "extracting": Target(source, extracting),
    "noising": Target(lambda rng: (source(rng), rng.randrange(1 << 30)), noising),
    "suppressions": Target(commented, silencing),
    "configuration": Target(partial(raw, words(*TOML)), partial(refusing, config.FILE, configuring)),
    "baseline": Target(partial(raw, words(ROW)), partial(refusing, "baseline.jsonl", keeping)),
    "verdicts": Target(partial(raw, words(VERDICT)), partial(refusing, "verdicts.jsonl", judging)),
    "reports": Target(report, reporting),
    "answers": Target(
        words('{"key": "KEY", "answers": [{"place": 1, "verdict": "error", "why": "so", "fix": "hi"}]}'), answering
    ),
    "messages": Target(words(*EVENT, '{"select": ["SP1"], "inlayHints": true}'), messaging),
    "positions": Target(lambda rng: (code(rng), rng.randrange(99), rng.randrange(99)), placing),
    "sarif": Target(outcome, interchanging),
    "editor": Target(conversation, conversing, holds=MESSAGES),
    "pipeline": Target(
        lambda rng: tuple(replace(source(rng), path=f"{name}.py") for name in "abcd"), checking, holds=4
    ),
}


class Drawn(Random):
    """Chances that some bytes decide; nought is drawn once they are used up."""

    def __init__(self, data: bytes) -> None:
        super().__init__(0)
        self._left = data

    def getrandbits(self, k: int) -> int:
        """The next k bits."""
        size = -(-k // 8)
        taken, self._left = self._left[:size], self._left[size:]
        return int.from_bytes(taken.ljust(size, b"\0")) >> (8 * size - k)

    def random(self) -> float:
        """A share from 0 to 1."""
        return self.getrandbits(16) / (1 << 16)


def guided(name: str, seconds: int, seed: str) -> None:
    """Have atheris choose the inputs of a target for some seconds; it ends the process, with 77 where one fails."""
    import atheris

    for function in gc.get_objects():
        if isinstance(function, FunctionType) and (function.__module__ or "").startswith("spotter."):
            atheris.instrument_func(function)
    rng, corpus = Random(seed), Path(tempfile.mkdtemp(prefix="spotter-corpus-"))
    for number in range(200):
        (corpus / f"{number}").write_bytes(rng.randbytes(rng.randrange(20, 600)))

    def one(data: bytes) -> None:
        made = TARGETS[name].make(Drawn(data))
        if said := failure(TARGETS[name], made):
            raise AssertionError(f"{name}: {said[:300]}\n  {repr(made)[:2000]}")

    limits = (f"-max_total_time={seconds}", "-max_len=2000", "-timeout=60", f"-artifact_prefix={corpus}/")
    atheris.Setup([sys.argv[0], *limits, str(corpus)], one)
    atheris.Fuzz()


def failure(target: Target, made: object, *, memory: bool = False) -> str:
    """What is wrong with how an input is taken; empty where nothing is."""
    if memory:
        tracemalloc.start()
    start = time.process_time()
    try:
        target.ask(made)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    finally:
        spent = time.process_time() - start
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    if peak > BYTES:
        return f"{peak / 1e6:.0f} MB"
    return f"{spent:.1f} seconds" if spent > SECONDS else ""


def run(name: str, numbers: range, seed: str) -> int:
    """How many inputs a target fails on, ten at most; it prints each with its number, and each minute how far it is."""
    start = told = time.monotonic()
    target, wrong, done = TARGETS[name], 0, 0
    for number in numbers:
        made = target.make(Random(f"{seed} {name} {number}"))
        done += target.holds
        if said := failure(target, made, memory=number % (100 * target.holds) == 0):
            wrong += 1
            print(f"{name} {number}: {said[:300]}\n  {repr(made)[:2000]}", flush=True)
        if wrong == 10 or number == numbers[-1] or time.monotonic() - told > 60:
            told = time.monotonic()
            print(f"{name}: {done:,} inputs, {wrong} failures, {told - start:.0f} seconds", flush=True)
        if wrong == 10:
            break
    return wrong


def main() -> int:
    """Run a target; 1 where it failed on an input, which is printed with its number."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", choices=[*TARGETS, "all"])
    parser.add_argument("--inputs", type=int, default=200_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", default="0")
    parser.add_argument("--guided", type=int, metavar="SECONDS")
    asked = parser.parse_args()
    if asked.guided:
        guided(asked.target, asked.guided, asked.seed)
    failed = 0
    for name in TARGETS if asked.target == "all" else [asked.target]:
        wrong = run(name, range(asked.first, asked.first + asked.inputs, TARGETS[name].holds), asked.seed)
        failed += wrong
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
