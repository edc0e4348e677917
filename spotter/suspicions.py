"""From tokens' P(edit) to suspicions: the tokens over the threshold, few in a function, the best first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from spotter.engine.lexemes import CLOSERS, OPENERS
from spotter.engine.scores import BASE_RATE, Proposal, TokenScore
from spotter.findings import Finding, Severity, Suggestion
from spotter.rules import RULES
from spotter.syntax import Syntax, enclosing

MOST = 3  # suspicions a function
BESIDE = 1 / 3  # of the threshold
SURE = 0.9
LIKELY = 0.5  # of a place that breaks a pattern
GATED = 0.7  # of a token: from 0.5 on one place in five was right, of those below 0.7 none (tests/readings_tokens.tsv)
SHOWN = 40

RULE_OF = {"replace": "SP101", "insert": "SP102", "delete": "SP103"}


def suspicions(
    syntax: Syntax, scores: Sequence[TokenScore], threshold: float, *, test: bool = False
) -> tuple[Finding, ...]:
    """At most three suspicions a function, for tokens whose P(edit) is over the threshold, beside flaws that are known.

    Tokens beside each other that are all left over are one suspicion, where one of them is over it. In tests, which are
    odd on purpose and which no calibration has seen, suspicions are notes.
    """
    likely = [score for score in scores if score.proposals and score.p_error > threshold * share_of(score)]
    closed = (balanced(syntax, run) for run in runs(likely))
    over = [run for run in closed if run and highest(run) > threshold]
    kept: Counter[str] = Counter()
    found = []
    for run in sorted(over, key=lambda run: (-highest(run), run[0].token)):
        around = enclosing(syntax, syntax.tokens[run[0].token].line)
        name = around.name if around else ""
        known = any(score.flaw and score.p_error >= GATED for score in run)
        if known or kept[name] < MOST:
            kept[name] += not known
            found.append(_suspicion(syntax, run, name, test))
    return tuple(found)


def share_of(score: TokenScore) -> float:
    """The share of the threshold from which a token counts: `self` goes with a `.` that is left over more surely."""
    return BESIDE if score.proposals[0].edit == "delete" else 1.0


def runs(over: Sequence[TokenScore]) -> list[list[TokenScore]]:
    """Tokens that follow each other and should all go are together, each other one is alone."""
    found: list[list[TokenScore]] = []
    for score in sorted(over, key=lambda score: score.token):
        last = found[-1][-1] if found else None
        if last and last.token + 1 == score.token and {last.proposals[0].edit, score.proposals[0].edit} == {"delete"}:
            found[-1].append(score)
        else:
            found.append([score])
    return found


def balanced(syntax: Syntax, run: Sequence[TokenScore]) -> Sequence[TokenScore]:
    """The longest part of tokens that should all go which leaves no bracket without its other; any other run whole."""
    if not run or run[0].proposals[0].edit != "delete":
        return run
    open_ones: list[int] = []
    for i, score in enumerate(run):
        text = syntax.tokens[score.token].text
        if text in OPENERS:
            open_ones.append(i)
        elif text in CLOSERS and open_ones:
            open_ones.pop()
        elif text in CLOSERS:
            open_ones = [i]
            break
    if not open_ones:
        return run
    at = open_ones[0]
    return max(balanced(syntax, run[:at]), balanced(syntax, run[at + 1 :]), key=len)


def highest(run: Sequence[TokenScore]) -> float:
    """The P(edit) of the most suspicious token."""
    return max(score.p_error for score in run)


def _suspicion(syntax: Syntax, run: Sequence[TokenScore], function: str, test: bool) -> Finding:
    first, last = syntax.tokens[run[0].token], syntax.tokens[run[-1].token]
    best, p_error = run[0].proposals[0], highest(run)
    flawed = next((score for score in run if score.flaw), None)
    told = syntax.tokens[flawed.token].text if flawed else syntax.source.text[first.start : last.end]
    rule = RULES[RULE_OF[best.edit]]
    return Finding(
        rule=rule.code,
        path=syntax.source.path,
        line=first.line,
        column=first.column,
        end_line=last.end_line,
        end_column=last.end_column,
        message=message(told, best, p_error, flawed.flaw if flawed else ""),
        severity="note" if test else certain(rule.code, p_error),
        kind=rule.kind,
        function=function,
        p_error=round(p_error, 6),
        suggestion=Suggestion(best.edit, best.text),
    )


def message(text: str, best: Proposal, p_error: float, flaw: str = "") -> str:
    """What a person reads: the token, what would stand there, and how much likelier wrong it is than any token.

    Of what is a flaw that is said first.
    """
    here, there = short(text), short(best.text)
    p = f"(P(edit) {p_error:.2g}, {p_error / BASE_RATE:,.0f} times the usual)"
    if best.edit == "replace":
        return f"`{here}` {flaw or 'is unlikely here'}; `{there}` would be expected {p}"
    if flaw:
        said = f"`{there}` seems to be missing before it" if best.edit == "insert" else "it seems to be left over"
        return f"`{here}` {flaw}; {said} {p}"
    if best.edit == "insert":
        return f"`{there}` seems to be missing before `{here}` {p}"
    return f"`{here}` seems to be left over; nothing would be expected in its place {p}"


def certain(rule: str, p_error: float) -> Severity:
    """Nearly sure is an error; what is not likely enough to fail a check is a note, and blocks nobody."""
    floor = GATED if rule in RULE_OF.values() else LIKELY
    return "error" if p_error >= SURE else RULES[rule].severity if p_error >= floor else "note"


def short(text: str) -> str:
    """A token on one line of at most 40 characters."""
    flat = " ".join(text.split())
    return flat if len(flat) <= SHOWN else f"{flat[: SHOWN - 1]}…"
