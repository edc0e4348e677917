"""What is offered at a suspicion of a token, whatever the weights of today suspect."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types
from pygls.workspace import PositionCodec

from spotter.engine.scores import Proposal
from spotter.errors import SpotterError
from spotter.findings import Edit, Finding, Suggestion
from spotter.hooks.lsp_checks import Document, Warm, alternatives
from spotter.hooks.lsp_fixes import suggested
from spotter.hooks.lsp_hover import hover_of
from spotter.hooks.lsp_positions import Border
from spotter.hooks.lsp_settings import Settings, settings_of

PLACE = types.Range(types.Position(0, 0), types.Position(0, 1))


def suspicion(line: str, word: str, edit: Edit, text: str) -> Finding:
    at = line.index(word) + 1
    return Finding(
        "SP101", "a.py", 1, at, 1, at + len(word), f"`{word}` is unlikely here", "note", "suspicion", "", 0.4,
        Suggestion(edit, text),
    )  # fmt: skip


def after(line: str, word: str, edit: Edit, text: str) -> str:
    """The line after the suggestion, by a client that counts in UTF-16."""
    finding = suspicion(line, word, edit, text)
    assert finding.suggestion is not None
    done = suggested(finding, finding.suggestion, Border(line, PositionCodec()))
    units = line.encode("utf-16-le")
    start, end = (2 * place.character for place in (done.range.start, done.range.end))
    return units[:start].decode("utf-16-le") + done.new_text + units[end:].decode("utf-16-le")


@pytest.mark.parametrize(
    ("line", "word", "edit", "text", "expected"),
    [
        ("'😀'; a = lo + 1", "lo", "replace", "hi", "'😀'; a = hi + 1"),
        ("'😀'; a = fetch()", "fetch", "insert", "await", "'😀'; a = await fetch()"),
        ("'😀'; a = lo)", "lo", "insert", "(", "'😀'; a = (lo)"),
        ("'😀'; if not not a:", "not ", "delete", "", "'😀'; if not a:"),
        ("'😀'; f(a, b)", ",", "delete", "", "'😀'; f(a b)"),
        ("return  lo", "lo", "delete", "", "return  "),
    ],
)
def test_a_suggestion_is_one_edit_with_the_space_it_needs(
    line: str, word: str, edit: Edit, text: str, expected: str
) -> None:
    assert after(line, word, edit, text) == expected


def test_the_alternatives_are_listed_and_nothing_in_them_is_markdown() -> None:
    finding = suspicion("lo", "lo", "replace", "hi")
    proposals = (Proposal("replace", "`<b>`\n# hi", 0.61), Proposal("delete", "", 0.2), Proposal("insert", "not", 0.1))
    hover = hover_of([(finding, proposals)], Path("/p"), PLACE)
    assert isinstance(hover.contents, types.MarkupContent)
    shown = hover.contents.value
    assert "- replace with `` `<b>` # hi `` (61%)\n- delete (20%)\n- insert `not` (10%)" in shown


def test_the_alternatives_are_the_warm_denoisers(tmp_path: Path) -> None:
    line = "total = lo - lo\n"
    document, warm = Document(tmp_path / "a.py", line), Warm()
    finding = suspicion(line, "lo", "replace", "hi")
    assert alternatives(document, finding, warm) == ()  # nothing was scored yet, and a hover scores nothing


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ([], "takes an object"),
        ({"Select": []}, "no such key: spotter.Select"),
        ({"select": "SP1"}, "spotter.select takes a list of rules"),
        ({"ignore": ["XY"]}, "XY: no rule begins so"),
        ({"inlayHints": 1}, "spotter.inlayHints takes true or false"),
    ],
)
def test_a_wrong_setting_is_named(raw: object, message: str) -> None:
    with pytest.raises(SpotterError, match=message):
        settings_of(raw)


def test_settings_have_defaults() -> None:
    assert settings_of(None) == settings_of({}) == Settings()
    assert settings_of({"select": ["SP1,SP202"], "inlayHints": True}) == Settings(("SP1", "SP202"), (), True)
