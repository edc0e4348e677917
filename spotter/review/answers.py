"""What a reviewing model may answer: read against the form of the prompt, and against a list of what is no error."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, cast, get_args

from spotter.engine.flaws import UNBOUND
from spotter.findings import Finding
from spotter.prompts import Prompt
from spotter.source import Source
from spotter.syntax import parse

Said = Literal["error", "fine", "unsure"]
LONGEST = 300  # characters of a reason, and of a fix
UNCHANGED = "the fix changes no code"


def schema(prompt: Prompt) -> dict[str, Any]:
    """The form of an answer to a prompt: one row a place. The key is not given away: to repeat it shows attention."""
    places = len(prompt.findings)
    row = {
        "type": "object",
        "properties": {
            "place": {"type": "integer", "enum": [*range(1, places + 1)]},
            "verdict": {"type": "string", "enum": list(get_args(Said))},
            "why": {"type": "string"},
            "fix": {"type": ["string", "null"]},
        },
        "required": ["place", "verdict", "why", "fix"],
        "additionalProperties": False,
    }
    rows = {"type": "array", "items": row, "minItems": places, "maxItems": places}
    return {
        "type": "object",
        "properties": {"key": {"type": "string"}, "answers": rows},
        "required": ["key", "answers"],
        "additionalProperties": False,
    }


_LACKS = (
    r"\b(missing|lacks?|lacking|needs?|adds?|no|without|should have|requires?)\b.{{0,30}}\b{0}\b"
    r"|\b{0}\b.{{0,20}}\b(missing|absent|lacking|needed)\b"
)
ELSEWHERE = "a name that may be defined elsewhere"
NOWHERE = ("SP263", "SP264", "SP265")  # say that a name is not there: of them that reason counts, as of an unbound one
# an "error" for such a reason is none; the name says in the report why it was not believed
REJECTED = {
    "what the form says": re.compile(r"^\W*one sentence\W*$"),
    "a docstring or a comment": re.compile(_LACKS.format(r"(doc-?strings?|comments?|documentation)")),
    "a type hint": re.compile(_LACKS.format(r"(type[- ])?(hints?|annotations?)") + r"|\b(un|not )annotated\b"),
    "an unused import": re.compile(r"\bunused imports?\b|\bimport(ed)?\b.*\b(unused|not used|never used)\b"),
    "a more specific exception": re.compile(r"\bmore (specific|precise) (exceptions?|error)\b|\b(too )?broad except"),
    ELSEWHERE: re.compile(
        r"\b(not|never|isn't|is not|may not be|might not be) (defined|declared|imported)\b"
        r"|\bundefined (name|variable)\b"
    ),
    "something to verify": re.compile(
        r"^\W*(please )?(verify|check|ensure|make sure|confirm|consider|double-check)\b"
        r"|\b(should|must|needs? to|please) (be )?(verif(y|ied)|double-check(ed)?|ma[kd]e sure|ensured?|confirm(ed)?)\b"
    ),
    "style": re.compile(r"\b(readability|naming convention|pep ?8|code style|more (readable|pythonic|descriptive))\b"),
}
# code that speaks to its reviewer: a "fine" of a model that has read this is not the model's own
_ADDRESS = re.compile(
    r"\b(ignore|disregard|forget)\b.{0,40}\b(instruct|rules?|above|previous|prompt)"
    r"|\b(you are|act as|pretend)\b.{0,30}\b(now|an? (ai|assistant|model|pirate|reviewer))\b"
    r"|\b(language model|llm|ai|code) ?(reviewers?|assistants?|agents?)\b|\bsystem prompt\b"
    r"|\b(answer|say|reply|respond)( only| just)?( with| that)?\W{0,4}(it is |it's |is )?(fine|unsure)\b"
    r"|\"verdict\"\s*:",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model says of one finding. The note tells why it is not taken as it was said, "" where it is."""

    finding: Finding
    verdict: Said
    why: str
    fix: str | None
    note: str = ""


class MalformedError(ValueError):
    """An answer that does not have the form that the prompt asks for."""


def read(text: str, prompt: Prompt, source: Source) -> tuple[Answer, ...]:
    """One answer a finding, in their order; MalformedError where the text does not answer this prompt."""
    rows = _answers(text, prompt)
    addressed = bool(_ADDRESS.search(_quoted(prompt)))
    return tuple(
        _judged(_answer(rows[number], finding), source, addressed=addressed)
        for number, finding in enumerate(prompt.findings, 1)
    )


def _answers(text: str, prompt: Prompt) -> Mapping[int, Mapping[str, Any]]:
    """The rows of the last object in the text that bears the prompt's key, by place."""
    objects = [one for one in _objects(text) if one.get("key") == prompt.key]
    if not objects:
        raise MalformedError("no JSON object with the prompt's key")
    rows = objects[-1].get("answers")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise MalformedError("no list of answers")
    places = [row.get("place") for row in rows]
    if not all(type(place) is int for place in places) or sorted(places) != [*range(1, len(prompt.findings) + 1)]:
        raise MalformedError("not one answer a place")
    return dict(zip(places, rows, strict=True))


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """The JSON objects in a text, which may stand in prose or in a code block."""
    decoder, at = json.JSONDecoder(), 0
    while (at := text.find("{", at)) >= 0:
        try:
            found, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            at += 1
            continue
        if isinstance(found, dict):
            yield found


def _answer(row: Mapping[str, Any], finding: Finding) -> Answer:
    verdict, why, fix = row.get("verdict"), row.get("why", ""), row.get("fix")
    if verdict not in get_args(Said) or not isinstance(why, str) or not (fix is None or isinstance(fix, str)):
        raise MalformedError("an answer without its verdict")
    return Answer(finding, cast(Said, verdict), " ".join(why.split())[:LONGEST], fix if verdict == "error" else None)


def _judged(answer: Answer, source: Source, *, addressed: bool) -> Answer:
    """The answer as far as it is believed: an error needs a reason that counts, and a fix must be one."""
    if answer.verdict == "fine" and addressed:
        return replace(answer, verdict="unsure", note="not believed: the code speaks to its reviewer")
    if answer.verdict != "error":
        return answer
    if not answer.why:
        return replace(answer, verdict="unsure", fix=None, note="not believed: no reason is given")
    for name, pattern in REJECTED.items():
        if pattern.search(answer.why.lower()) and not (name == ELSEWHERE and _is_nowhere(answer.finding)):
            return replace(answer, verdict="unsure", fix=None, note=f"not believed: {name} is no error")
    if answer.fix is None:
        return answer
    if not (problem := _problem(answer.fix, answer.finding, source)):
        return answer
    if problem == UNCHANGED:
        return replace(answer, verdict="unsure", fix=None, note=f"not believed: {problem}")
    return replace(answer, fix=None, note=f"no fix: {problem}")


def _is_nowhere(finding: Finding) -> bool:
    """Whether a finding says itself that nothing else has or binds its name."""
    return finding.rule in NOWHERE or UNBOUND.why in finding.message


def _problem(fix: str, finding: Finding, source: Source) -> str:
    """Why a fix is none: too long, the same code again, half a comment, or code that does not parse."""
    if len(fix) > LONGEST or "\n" in fix:
        return "the fix is no small edit"
    before, after = parse(source), parse(replace(source, text=_fixed(fix, finding, source.text)))
    if [token.text for token in before.tokens] == [token.text for token in after.tokens]:
        return UNCHANGED
    if len(after.comments) != len(before.comments):
        return "the fix touches a comment"
    return "the fix does not parse" if len(after.error_lines) > len(before.error_lines) else ""


def _fixed(fix: str, finding: Finding, text: str) -> str:
    lines = text.split("\n")
    start = sum(len(line) + 1 for line in lines[: finding.line - 1]) + finding.column - 1
    end = sum(len(line) + 1 for line in lines[: finding.end_line - 1]) + finding.end_column - 1
    return text[:start] + fix + text[end:]


def _quoted(prompt: Prompt) -> str:
    """What the prompt quotes from the code."""
    lines = prompt.text.split("\n")
    borders = [number for number, line in enumerate(lines) if line and not line.strip("-")]
    return "\n".join(lines[borders[0] : borders[-1]])
