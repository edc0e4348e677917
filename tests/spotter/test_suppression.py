from __future__ import annotations

from dataclasses import replace

import pytest

from spotter.findings import Finding, Held, Site
from spotter.source import Source
from spotter.suppression import Split, split, suppressions
from spotter.syntax import Syntax, parse


def syntax_of(text: str) -> Syntax:
    return parse(Source("a.py", text, "python"))


def finding(line: int, rule: str = "SP101", end_line: int = 0) -> Finding:
    return Finding(rule, "a.py", line, 1, end_line or line, 2, "said", "warning", "suspicion", "")


def parted(text: str, *findings: Finding) -> Split:
    return split(findings, [syntax_of(text)], lambda *_: True)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("javascript", "go();  // spotter: ignore[SP101] known\n"),
        ("javascript", "/* spotter: ignore[SP101] known */ go();\n"),
        ("typescript", "//spotter: ignore[SP101] known\ngo();\n"),
        ("tsx", "x = <a>\n  {/* spotter: ignore[SP101] known */}\n  <b/></a>;\n"),
    ],
)
def test_a_comment_has_the_sign_of_its_language(language: str, text: str) -> None:
    (comment,) = suppressions(parse(Source("a", text, language)))
    assert (comment.codes, comment.reason) == (("SP101",), "known")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("x = 1  # spotter: ignore[SP101] known\n", 1),
        ("# spotter: ignore[SP101] known\nx = 1\n", 2),
        ("# spotter: ignore[SP101] known\n# and another remark\n\nx = 1\n", 4),
        ("x = 1  #spotter:ignore[SP202, SP101] known\n", 1),
        ("if x:\n    # spotter: ignore[SP101] known\n    y = 1\n", 3),
        ("f(  # spotter: ignore[SP101] known\n    1)\n", 1),
    ],
)
def test_a_comment_silences_its_line_or_the_next(text: str, line: int) -> None:
    result = parted(text, finding(line))
    assert result.suppressed == (Held(finding(line), "comment", "known"),)
    assert result.kept == ()


@pytest.mark.parametrize(
    "text",
    [
        "x = 1  # spotter: ignore[SP102] another rule\n",
        "x = 1\n# spotter: ignore[SP101] after it\n",
        "x = '# spotter: ignore[SP101] a string'\n",
        "x = 1  # spotter: ignore everything\n",
        "x = 1  # not spotter: ignore[SP101] why\n",
    ],
)
def test_other_comments_do_not(text: str) -> None:
    assert parted(text, finding(1)).kept == (finding(1),)


def test_a_comment_at_the_end_of_a_line_says_nothing_about_the_next() -> None:
    assert parted("x = 1  # spotter: ignore[SP101] known\ny = 2\n", finding(2)).kept == (finding(2),)


def test_a_finding_over_several_lines_is_silenced_on_any_of_them() -> None:
    text = "x = '''\n'''  # spotter: ignore[SP101] known\n"
    assert parted(text, finding(1, end_line=2)).suppressed[0].finding == finding(1, end_line=2)


def test_what_silences_nothing_is_said_at_the_comment() -> None:
    text = "def f():\n    x = 1  # spotter: ignore[SP101, SP202] known\n"
    (unused,) = parted(text, finding(2)).unused
    assert (unused.rule, unused.severity, unused.kind, unused.function) == ("SP003", "note", "fact", "f")
    assert (unused.line, unused.column) == (2, 12)
    assert unused.message == "SP202: nothing to silence here; remove it"


def test_a_rule_that_was_not_judged_is_not_called_unused() -> None:
    text = "x = 1  # spotter: ignore[SP101] known\n"
    assert split((), [syntax_of(text)], lambda _, rule: rule != "SP101").unused == ()


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("# spotter: ignore[SP101]", "this gives no reason and silences nothing; say why after the bracket"),
        ("# spotter: ignore", "this names no rule and silences nothing; write ignore[SP101] and why"),
        ("# spotter: ignore[101] why", "101: no such rule; codes look like SP101"),
    ],
)
def test_a_comment_that_is_not_complete_is_mentioned(comment: str, message: str) -> None:
    assert [f.message for f in parted(f"x = 1  {comment}\n", finding(1)).unused] == [message]


def test_without_a_reason_nothing_is_silenced() -> None:
    result = parted("x = 1  # spotter: ignore[SP101]\n", finding(1))
    assert (result.kept, result.suppressed) == ((finding(1),), ())


def test_a_finding_is_silenced_at_any_of_its_members() -> None:
    cause = replace(finding(1, "SP251"), evidence=(Site("b.py", 2, "copies it"), Site("c.py", 9, "copies it")))
    silent = parse(Source("b.py", "x = 1\ny = 2  # spotter: ignore[SP251] two dialects\n", "python"))
    plain = syntax_of("x = 1\n")
    here = split((cause,), [plain, silent], lambda *_: True)
    assert (here.kept, [held.reason for held in here.suppressed], here.unused) == ((), ["two dialects"], ())
    beside = split((cause,), [plain], lambda *_: True, neighbours=[silent])
    assert beside.suppressed == here.suppressed


def test_a_comment_that_silences_a_finding_of_another_file_is_used_and_a_neighbours_is_not_remarked_on() -> None:
    cause = replace(finding(1, "SP251"), evidence=(Site("b.py", 1, "copies it"),))
    member = parse(Source("b.py", "x = 1  # spotter: ignore[SP251] two dialects\n", "python"))
    used = split((), [member], lambda *_: True, elsewhere=[cause])
    assert (used.kept, used.suppressed, used.unused) == ((), (), ())
    assert len(split((), [member], lambda *_: True).unused) == 1
    assert split((), [], lambda *_: True, neighbours=[member]).unused == ()


def test_the_reason_is_kept() -> None:
    (found,) = suppressions(syntax_of("x = 1  # spotter: ignore[SP101] price is in cents \n"))
    assert (found.codes, found.reason, found.first) == (("SP101",), "price is in cents", 1)


def test_findings_keep_their_order() -> None:
    many = tuple(replace(finding(line), message=str(line)) for line in (3, 1, 2))
    assert parted("a = 1\nb = 2\nc = 3\n", *many).kept == many
