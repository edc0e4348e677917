"""The languages: one folder of metrics/languages each, with a facts.toml that says all that code must know of it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tree_sitter import Language

FOLDERS = files("spotter.metrics.languages")


@dataclass(frozen=True, slots=True)
class Facts:
    """What one language's facts.toml says about it; comments are every sign that opens one, the plainest first.

    Where braces hold its blocks, lines in them are lines, not parts of a bracket's.

    What lies aside is checked only where a person names it: files by their names, under what they are called, and
    minified ones, whose lines have more characters than the densest, on average (0: none is).
    """

    name: str
    grammar: str
    suffixes: tuple[str, ...]
    interpreters: tuple[str, ...]
    comments: tuple[str, ...]
    comment_kinds: frozenset[str]
    whole_kinds: frozenset[str]
    interpolation_kinds: frozenset[str]
    function_kinds: frozenset[str]
    class_kinds: frozenset[str]
    name_fields: tuple[str, ...]
    aside: tuple[tuple[str, tuple[str, ...]], ...]
    densest: int
    braces: bool

    @property
    def comment(self) -> str:
        """The sign of a comment that ends with its line."""
        return self.comments[0]


@cache
def languages() -> dict[str, Facts]:
    """Every language that has a folder under metrics/languages, by name."""
    names = sorted(folder.name for folder in FOLDERS.iterdir() if (folder / "facts.toml").is_file())
    return {name: _facts(name, raw_facts(name)) for name in names}


@cache
def raw_facts(name: str) -> dict[str, Any]:
    """The facts.toml of a language over the one that it is `like`; tables are joined key by key."""
    own = tomllib.loads((FOLDERS / name / "facts.toml").read_text(encoding="utf-8"))
    base = raw_facts(own["like"]) if "like" in own else {}
    joint = {key: base[key] | own.get(key, {}) for key in base if isinstance(base[key], dict)}
    return base | own | joint


@cache
def query_text(name: str) -> str:
    """The tree-sitter query that gives the nodes of a language their roles: its files, one after the other."""
    parts = raw_facts(name).get("outline", [f"{name}/outline.scm"])
    return "\n".join(FOLDERS.joinpath(*part.split("/")).read_text(encoding="utf-8") for part in parts)


@cache
def common_words(name: str) -> frozenset[str]:
    """The words, in small letters, of which many programs make names, whatever their language.

    None for a language in which none were counted, nor in the one that it is `like`.
    """
    listed = {each: file for each in languages() if (file := FOLDERS / each / "common_words.txt").is_file()}
    if name in listed:
        return frozenset(word for file in listed.values() for word in file.read_text(encoding="utf-8").split())
    return common_words(base) if (base := raw_facts(name).get("like")) else frozenset()


@cache
def grammar(name: str) -> Language:
    """The tree-sitter grammar of a language: `module`, or `module:function` where it is not called `language`."""
    from tree_sitter import Language

    module, _, function = languages()[name].grammar.partition(":")
    return Language(getattr(import_module(module), function or "language")())


def _facts(name: str, raw: dict[str, Any]) -> Facts:
    return Facts(
        name=name,
        grammar=raw["grammar"],
        suffixes=tuple(raw["suffixes"]),
        interpreters=tuple(raw["interpreters"]),
        comments=tuple(raw["comments"]),
        comment_kinds=frozenset(raw["comment_kinds"]),
        whole_kinds=frozenset(raw["whole_kinds"]),
        interpolation_kinds=frozenset(raw["interpolation_kinds"]),
        function_kinds=frozenset(raw["function_kinds"]),
        class_kinds=frozenset(raw["class_kinds"]),
        name_fields=tuple(raw["name_fields"]),
        aside=tuple((what, tuple(globs)) for what, globs in raw.get("aside", {}).items()),
        densest=raw.get("densest", 0),
        braces=raw.get("braces", False),
    )
