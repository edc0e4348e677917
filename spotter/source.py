"""A source: text in a known language, under a known name."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """One file's text. The path is posix, relative to the repository; the language a folder of metrics/languages."""

    path: str
    text: str
    language: str
