"""Text from code under review, made safe to print: what a terminal or a reader would not see is shown as an escape.

So is the sign that runners look for anywhere in a line of a log, `##[command]` and `##vso[command]`.
"""

from __future__ import annotations

import codecs
import re
import unicodedata

# control, format (bidirectional marks too), line and paragraph separators, lone surrogates
HIDDEN = frozenset(("Cc", "Cf", "Zl", "Zp", "Cs"))


# signs of ours that a code page may lack
PLAIN = str.maketrans({"…": "...", "−": "-", "×": "x", "–": "-"})
LACKING = "spotter.lacking"
_COMMAND = re.compile(r"##(?=\w*\[)")


def visible(text: str) -> str:
    """The text with invisible characters as escapes, and with no command to a runner in it."""
    if "##" in text:
        text = _COMMAND.sub(r"\\x23#", text)
    if text.isprintable():
        return text
    return text.translate({ord(char): _escape(char) for char in set(text) if unicodedata.category(char) in HIDDEN})


def shown_path(path: str) -> str:
    """A path as it begins a line of a log, where a runner would take two colons for a command."""
    return visible(f"./{path}" if path.startswith(":") else path)


def columns(text: str) -> int:
    """The columns a text takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(map(_columns, text))


def wrapped(text: str, width: int, indent: str) -> list[str]:
    """A line in lines of so many columns, broken between words; whole where there is no width."""
    if not width or columns(text) <= width:
        return [text]
    rows = [text[: len(text) - len(text.lstrip())]]
    for word in text.split():
        gap = "" if rows[-1].isspace() or not rows[-1] else " "
        if gap and columns(rows[-1]) + 1 + columns(word) > width:
            rows.append(indent)
            gap = ""
        rows[-1] += f"{gap}{word}"
    return rows


def _columns(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _escape(char: str) -> str:
    return char.encode("unicode_escape", "surrogatepass").decode()


def _lacking(error: UnicodeError) -> tuple[str | bytes, int]:
    """What stands for characters that a code page does not have: a plainer sign, or an escape."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    plain = error.object[error.start : error.end].translate(PLAIN)
    return plain.encode("ascii", "backslashreplace").decode(), error.end


codecs.register_error(LACKING, _lacking)
