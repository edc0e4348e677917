"""The words of a language that the pressures ask for: its nil, its operators, its idioms."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable


@dataclass(frozen=True, slots=True)
class Words:
    """The table [words] of a language's facts.toml."""

    nil: frozenset[str]
    same: frozenset[str]
    different: frozenset[str]
    within: frozenset[str]
    without: frozenset[str]
    order: frozenset[str]
    receivers: frozenset[str]
    constructors: frozenset[str]
    bystanders: frozenset[str]
    getters: frozenset[str]
    putters: frozenset[str]
    takers: frozenset[str]
    changers: frozenset[str]
    clearers: frozenset[str]
    casts: frozenset[str]
    type_checks: frozenset[str]
    ladders: frozenset[str]
    primitives: frozenset[str]
    nil_errors: frozenset[str]
    suppressors: frozenset[str]
    optional_types: frozenset[str]
    overloads: frozenset[str]
    environment: frozenset[str]
    momentary: frozenset[str]
    plain: frozenset[str]
    generated: frozenset[str]
    twins: frozenset[str]
    test_paths: frozenset[str]
    test_prefixes: frozenset[str]


@cache
def words_of(language: str) -> Words:
    """The words of a language, by the name of its folder."""
    raw = tomllib.loads((_folder(language) / "facts.toml").read_text(encoding="utf-8"))["words"]
    return Words(**{field.name: frozenset(raw[field.name]) for field in fields(Words)})


def query_text(language: str) -> str:
    """The tree-sitter query that gives the nodes of a language their roles."""
    return (_folder(language) / "outline.scm").read_text(encoding="utf-8")


def _folder(language: str) -> Traversable:
    return files("spotter.metrics.languages") / language
