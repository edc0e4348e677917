"""The words of a language that the pressures ask for: its nil, its operators, its idioms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache

from spotter.languages import raw_facts


@dataclass(frozen=True, slots=True)
class Words:
    """The table [words] of a language's facts.toml, and what [types] calls its literals and conversions."""

    types: Mapping[str, str]
    nil: frozenset[str]
    same: frozenset[str]
    different: frozenset[str]
    within: frozenset[str]
    without: frozenset[str]
    order: frozenset[str]
    receivers: frozenset[str]
    above: frozenset[str]
    implicit: frozenset[str]
    elided: frozenset[str]
    endings: frozenset[str]
    rebinders: frozenset[str]
    prototypes: frozenset[str]
    makers: frozenset[str]
    constructors: frozenset[str]
    bystanders: frozenset[str]
    getters: frozenset[str]
    putters: frozenset[str]
    takers: frozenset[str]
    changers: frozenset[str]
    clearers: frozenset[str]
    casts: frozenset[str]
    conversions: frozenset[str]
    typed: frozenset[str]
    type_checks: frozenset[str]
    ladders: frozenset[str]
    kinds: frozenset[str]
    discriminants: frozenset[str]
    primitives: frozenset[str]
    numbers: frozenset[str]
    byte_prefixes: frozenset[str]
    nil_answers: frozenset[str]
    nil_errors: frozenset[str]
    presence: frozenset[str]
    existence: frozenset[str]
    creators: frozenset[str]
    lenient: frozenset[str]
    type_forms: frozenset[str]
    fails: frozenset[str]
    suppressors: frozenset[str]
    optional_types: frozenset[str]
    unions: frozenset[str]
    overloads: frozenset[str]
    environment: frozenset[str]
    clock: frozenset[str]
    outside: frozenset[str]
    assumed: frozenset[str]
    momentary: frozenset[str]
    plain: frozenset[str]
    generated: frozenset[str]
    twins: frozenset[str]
    test_paths: frozenset[str]
    test_prefixes: frozenset[str]
    test_suffixes: frozenset[str]
    history_paths: frozenset[str]


@cache
def words_of(language: str) -> Words:
    """The words of a language, by the name of its folder."""
    raw = raw_facts(language)
    texts = {field.name: frozenset(raw["words"][field.name]) for field in fields(Words) if field.name != "types"}
    return Words(types=raw["types"], **texts)
