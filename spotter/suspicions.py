"""From tokens' P(edit) to suspicions: the tokens over the threshold, few in a function, the best first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from spotter.engine.scores import BASE_RATE, Proposal, TokenScore
from spotter.findings import Finding, Severity, Suggestion
from spotter.rules import RULES
from spotter.syntax import Syntax, Token, enclosing

MOST = 3  # suspicions a function
SURE = 0.9
LIKELY = 0.5
SHOWN = 40

RULE_OF = {"replace": "SP101", "insert": "SP102", "delete": "SP103"}


def suspicions(syntax: Syntax, scores: Sequence[TokenScore], threshold: float) -> tuple[Finding, ...]:
    """At most three suspicions a function, for tokens whose P(edit) is over the threshold."""
    over = [score for score in scores if score.p_error > threshold and score.proposals]
    kept: Counter[str] = Counter()
    found = []
    for score in sorted(over, key=lambda score: (-score.p_error, score.token)):
        token = syntax.tokens[score.token]
        around = enclosing(syntax, token.line)
        name = around.name if around else ""
        if kept[name] < MOST:
            kept[name] += 1
            found.append(_suspicion(syntax.source.path, token, score, name))
    return tuple(found)


def _suspicion(path: str, token: Token, score: TokenScore, function: str) -> Finding:
    best = score.proposals[0]
    rule = RULES[RULE_OF[best.edit]]
    return Finding(
        rule=rule.code,
        path=path,
        line=token.line,
        column=token.column,
        end_line=token.end_line,
        end_column=token.end_column,
        message=message(token.text, best, score.p_error),
        severity=certain(rule.severity, score.p_error),
        kind=rule.kind,
        function=function,
        p_error=round(score.p_error, 6),
        suggestion=Suggestion(best.edit, best.text),
    )


def message(text: str, best: Proposal, p_error: float) -> str:
    """What a person reads: the token, what would stand there, and how much likelier wrong it is than any token."""
    here, there = short(text), short(best.text)
    p = f"(P(edit) {p_error:.2g}, {p_error / BASE_RATE:,.0f} times the usual)"
    if best.edit == "replace":
        return f"`{here}` is unlikely here; `{there}` would be expected {p}"
    if best.edit == "insert":
        return f"`{there}` seems to be missing before `{here}` {p}"
    return f"`{here}` seems to be left over; nothing would be expected in its place {p}"


def certain(severity: Severity, p_error: float) -> Severity:
    """Nearly sure is an error; less likely wrong than not is a note, and blocks nobody."""
    return "error" if p_error >= SURE else severity if p_error >= LIKELY else "note"


def short(text: str) -> str:
    """A token on one line of at most 40 characters."""
    flat = " ".join(text.split())
    return flat if len(flat) <= SHOWN else f"{flat[: SHOWN - 1]}…"
