"""Code quoted for a language model: on one line, nothing hidden, nothing that a chat's template would take for its own.

What is quoted stands between two lines of dashes, longer than any run of dashes in it, and a marked place between signs
that are longer than any of their kind in it. So no code can end its quotation, nor mark a place of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from spotter.visible import visible

FENCE = 5
MARK = 3
WIDTHS = (400, 200, 100, 50, 25, 12)

# what visible() lets pass and no reader sees: variation selectors, joiners, fillers, spaces that are not the space
_UNSEEN = re.compile(
    "[\ufe00-\ufe0f\U000e0100-\U000e01ef\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2000-\u200a\u00a0\u3000]"
)
# the words of chat templates: ChatML, Llama, Mistral, Gemma, DeepSeek and those that think aloud
_TEMPLATE = re.compile(
    r"<\||\|>|<｜|｜>|</?s>|</?think(?:ing)?>|<</?SYS>>|<(?:start|end)_of_(?:turn|image)>|<(?:bos|eos|pad|unk|mask)>"
    r"|\[/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|THINK)\]|</?tool_(?:call|response)>",
    re.IGNORECASE,
)
# pieces that a tokenizer keeps apart; a letter run costs a token for every four letters, a character beyond ASCII three
_PIECE = re.compile(r"[A-Za-z]+|\s+|[^\x00-\x7f]|.")


def quoted(text: str, most: int, around: int = -1) -> str:
    """A text on one line of at most so many tokens, cut around a place; what would not be seen is an escape."""
    flat = text.replace("\t", "    ")
    for width in WIDTHS:
        short = _safe(_cut(flat, width, around))
        if tokens(short) <= most:
            break
    return short


def tokens(text: str) -> int:
    """How many tokens of a language model a text takes, rather too many than too few."""
    return sum(_cost(piece) for piece in _PIECE.findall(text)) + text.count("\n")


def fence(texts: Iterable[str]) -> str:
    """A line of dashes that does not stand in any of the texts."""
    return "-" * max(FENCE, 1 + _longest("-", texts))


def marks(texts: Iterable[str]) -> tuple[str, str]:
    """The signs before and after a marked place, which do not stand in any of the texts."""
    lines = list(texts)
    number = max(MARK, 1 + _longest("<>", lines))
    return ">" * number, "<" * number


def _longest(signs: str, texts: Iterable[str]) -> int:
    runs = re.compile("|".join(f"{re.escape(sign)}+" for sign in signs))
    return max((len(run) for text in texts for run in runs.findall(text)), default=0)


def _cut(text: str, width: int, around: int) -> str:
    if len(text) <= width:
        return text
    start = max(0, min(around - width // 2, len(text) - width))
    return ("…" if start else "") + text[start : start + width] + ("…" if start + width < len(text) else "")


def _safe(text: str) -> str:
    seen = _UNSEEN.sub(lambda found: found[0].encode("unicode_escape").decode(), visible(text))
    return _TEMPLATE.sub(lambda found: f"\\x{ord(found[0][0]):02x}{found[0][1:]}", seen)


def _cost(piece: str) -> int:
    if not piece.isascii():
        return 3
    return -(-len(piece) // 4) if piece.isalpha() else 1
