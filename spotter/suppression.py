"""Suppression: `# spotter: ignore[SP101] reason`, on the line or on the line above, in the language's comment sign."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from spotter.findings import Finding, Held
from spotter.languages import languages
from spotter.syntax import Syntax, Token

_COMMENT = re.compile(r"\s*spotter:\s*ignore\b\s*(?:\[([^\]]*)\])?")  # in time that grows with the comment alone
_CODE = re.compile(r"SP\d{3}")


@dataclass(frozen=True, slots=True)
class Suppression:
    """A comment that silences some rules on lines [first, last], and the reason that it gives."""

    comment: Token
    codes: tuple[str, ...]
    reason: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Split:
    """Findings that stand, findings that a comment silences, and what is to say about the comments."""

    kept: tuple[Finding, ...]
    suppressed: tuple[Held, ...]
    unused: tuple[Finding, ...]


def split(
    findings: Sequence[Finding],
    trees: Sequence[Syntax],
    judged: Callable[[str, str], bool],
    *,
    neighbours: Sequence[Syntax] = (),
    elsewhere: Sequence[Finding] = (),
) -> Split:
    """Split findings. A comment with a reason silences a finding at its place or at any member of its evidence.

    Neighbours hold comments that silence but are not remarked on, and findings elsewhere only use comments. A code
    counts as unused only if its rule was judged in this run, which is asked by path and rule.
    """
    remarked = {syntax.source.path: suppressions(syntax) for syntax in trees}
    comments = {syntax.source.path: suppressions(syntax) for syntax in neighbours} | remarked
    used: set[tuple[str, int, str]] = set()
    kept: list[Finding] = []
    silenced: list[Held] = []
    for number, finding in enumerate((*findings, *elsewhere)):
        over = list(_over(finding, comments))
        used.update((path, comment.comment.start, finding.rule) for path, comment in over)
        if number >= len(findings):
            continue
        if over:
            silenced.append(Held(finding, "comment", over[0][1].reason))
        else:
            kept.append(finding)
    remarks = (_remarks(remarked[syntax.source.path], used, judged, syntax) for syntax in trees)
    return Split(tuple(kept), tuple(silenced), tuple(remark for some in remarks for remark in some))


def _over(finding: Finding, comments: Mapping[str, Sequence[Suppression]]) -> Iterator[tuple[str, Suppression]]:
    """The comments that silence a finding, those at its own place first."""
    members = [(finding.path, finding.line, finding.end_line)]
    members += [(site.path, site.line, site.line) for site in finding.evidence]
    for path, first, last in members:
        for comment in comments.get(path, ()):
            if finding.rule in comment.codes and comment.reason and comment.first <= last and first <= comment.last:
                yield path, comment


def suppressions(syntax: Syntax) -> tuple[Suppression, ...]:
    """The suppression comments of a file, in order; one alone on its line speaks for the next line with code."""
    signs = languages()[syntax.source.language].comments
    ends = [token.end for token in syntax.tokens]
    found = []
    for comment in syntax.comments:
        sign = next((sign for sign in signs if comment.text.startswith(sign)), None)
        text = comment.text.removeprefix(sign).lstrip(sign[-1]) if sign else ""
        said = _COMMENT.match(text)
        if not said:
            continue
        after = bisect_right(ends, comment.start)
        before = syntax.tokens[after - 1] if after else None
        first = last = comment.line
        if (before is None or before.end_line < comment.line) and after < len(ends):
            first, last = syntax.tokens[after].line, syntax.tokens[after].line
        codes = tuple(code.strip() for code in (said[1] or "").split(",") if code.strip())
        reason = text[said.end() :].strip().removesuffix("*/").rstrip()
        found.append(Suppression(comment, codes, reason, first, last))
    return tuple(found)


def _remarks(
    comments: Sequence[Suppression],
    used: set[tuple[str, int, str]],
    judged: Callable[[str, str], bool],
    syntax: Syntax,
) -> Iterator[Finding]:
    path = syntax.source.path
    for suppression in comments:
        start = suppression.comment.start
        wrong = [code for code in suppression.codes if not _CODE.fullmatch(code)]
        spoken = [code for code in suppression.codes if code not in wrong] if suppression.reason else []
        unused = [code for code in spoken if (path, start, code) not in used and judged(path, code)]
        if not suppression.codes:
            yield _remark(suppression, syntax, "this names no rule and silences nothing; write ignore[SP101] and why")
        if wrong:
            yield _remark(suppression, syntax, f"{', '.join(wrong)}: no such rule; codes look like SP101")
        if unused:
            yield _remark(suppression, syntax, f"{', '.join(unused)}: nothing to silence here; remove it")
        if suppression.codes and not suppression.reason and not wrong:
            yield _remark(suppression, syntax, "this gives no reason and silences nothing; say why after the bracket")


def _remark(suppression: Suppression, syntax: Syntax, message: str) -> Finding:
    at = suppression.comment
    function = next((f.name for f in reversed(syntax.functions) if f.start_line <= at.line <= f.end_line), "")
    return Finding(
        rule="SP003",
        path=syntax.source.path,
        line=at.line,
        column=at.column,
        end_line=at.end_line,
        end_column=at.end_column,
        message=message,
        severity="note",
        kind="fact",
        function=function,
    )
