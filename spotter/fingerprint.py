"""A finding's name: the same after its lines have moved, another one for every finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256

from spotter.findings import Finding
from spotter.syntax import Syntax, enclosing

VERSION = "1"
NEIGHBOURS = 4
LONGEST = 64


def surroundings(syntax: Syntax, line: int, column: int) -> str:
    """The token at a place between its neighbours inside the same function, without layout and comments."""
    tokens = syntax.tokens
    at = next((i for i, token in enumerate(tokens) if (token.end_line, token.end_column) > (line, column)), len(tokens))
    around = enclosing(syntax, line)
    first, last = (around.first, around.last) if around else (0, len(tokens))
    before = tokens[max(first, at - NEIGHBOURS) : at]
    after = tokens[at : min(last, at + NEIGHBOURS + 1)]
    return "\x1f".join(" ".join(token.text.split())[:LONGEST] for token in (*before, *after))


def fingerprint(finding: Finding, around: str, ordinal: int) -> str:
    """32 hexadecimal digits over the rule, the path, the function and the tokens; twins differ in their ordinal."""
    parts = (VERSION, finding.rule, finding.path, finding.function, around, str(ordinal))
    return sha256("\x1e".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def identified(findings: Iterable[tuple[Finding, str]]) -> tuple[Finding, ...]:
    """Findings with their fingerprints, from (finding, surroundings); twins are counted in the order of their lines."""
    seen: Counter[tuple[str, str, str, str]] = Counter()
    named = []
    for finding, around in sorted(findings, key=_order):
        key = (finding.rule, finding.path, finding.function, around)
        named.append(replace(finding, fingerprint=fingerprint(finding, around, seen[key])))
        seen[key] += 1
    return tuple(named)


def _order(pair: tuple[Finding, str]) -> tuple[str, int, int, str]:
    finding = pair[0]
    return (finding.path, finding.line, finding.column, finding.message)
