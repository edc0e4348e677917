"""From one parsed file to its facts: every part reads the same outline."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Set
from sys import intern
from typing import TYPE_CHECKING

from spotter.bindings import bound_in
from spotter.metrics.conjunctions import conjunctions_of
from spotter.metrics.decisions import decisions_of
from spotter.metrics.facts import FileFacts
from spotter.metrics.functions import function_facts
from spotter.metrics.globals import globals_of
from spotter.metrics.lone import lone_of
from spotter.metrics.members import given_of, members_of
from spotter.metrics.module_facts import NO_MODULE, ModuleFacts
from spotter.metrics.names import calls_of, classes_of, imports_of
from spotter.metrics.nilness import nilness_of
from spotter.metrics.outline import outline_of
from spotter.metrics.passings import passings_of
from spotter.metrics.receivers import name_receivers
from spotter.metrics.references import offer_of, references_of, sets_of
from spotter.metrics.reliances import reliances_of
from spotter.metrics.scopes import locals_of, own_names, scopes_of
from spotter.metrics.slips import slips_of
from spotter.metrics.states import states_of
from spotter.metrics.tags import tags_of
from spotter.metrics.trees import Tree, tree_of
from spotter.metrics.typings import givens_of, type_checks_of
from spotter.metrics.uses import uses_of
from spotter.metrics.words import Words, words_of
from spotter.source import Source
from spotter.source import words as words_in

_GIVEN = re.compile(r"\.(\w+)\s*=(?!=)")

if TYPE_CHECKING:
    from spotter.syntax import Syntax


def extract(syntax: Syntax) -> FileFacts:
    """The facts of one file, and of nothing else."""
    words = words_of(syntax.source.language)
    outline = outline_of(syntax)
    scopes = scopes_of(outline, words)
    own = own_names(outline, scopes)
    local = locals_of(scopes, own)
    if words.elided:
        name_receivers(outline, words, scopes, local)
        own = own_names(outline, scopes)
    nilness = nilness_of(outline, words, scopes, own)
    test, generated = _is_test(syntax.source.path, words), _is_generated(syntax.source.text, words)
    times = Counter(words_in(syntax.source.text))
    return FileFacts(
        path=syntax.source.path,
        language=syntax.source.language,
        lines=syntax.source.text.count("\n") + (not syntax.source.text.endswith("\n")),
        test=test,
        generated=generated,
        cut_lines=outline.cut_lines,
        functions=tuple(function_facts(syntax, outline, words, scope) for scope in scopes if scope.kind == "function"),
        classes=classes_of(outline, scopes),
        calls=calls_of(outline, scopes),
        imports=imports_of(outline),
        origins=nilness.origins,
        checks=nilness.checks,
        uses=nilness.uses,
        writes=nilness.writes,
        decisions=decisions_of(outline, words, scopes, local),
        states=states_of(outline, words, scopes),
        conjunctions=conjunctions_of(outline, words, scopes, local),
        tags=tags_of(outline, words, scopes),
        slips=slips_of(outline, words, scopes),
        type_checks=type_checks_of(outline, words, scopes),
        passings=passings_of(outline, scopes),
        givens=givens_of(outline, words, scopes),
        own_calls=nilness.own_calls,
        contradictions=nilness.contradictions,
        globals=globals_of(outline, scopes, own),
        reliances=reliances_of(outline, words, scopes, local),
        names=tuple(map(intern, times)),
        lone=() if test or generated else lone_of(outline, scopes, times, syntax.source.language),
        module=NO_MODULE if test else _module(syntax, times.keys(), own=not generated),
    )


def _module(syntax: Syntax, words: Set[str], *, own: bool) -> ModuleFacts:
    """What a file of Python is as a module; of what is not one's own only what it has and gives."""
    try:
        tree = tree_of(syntax, words)
        return _unread(syntax.source) if tree is None else _read(tree, syntax.source, own=own)
    except RecursionError:
        return _unread(syntax.source)


def _read(tree: Tree, source: Source, *, own: bool) -> ModuleFacts:
    times = Counter(bound_in(at.node for at in tree.nodes))
    members = members_of(tree, times, source.text)
    return ModuleFacts(
        offer_of(tree, times, source),
        tuple(references_of(tree, times, source)) if own else (),
        tuple(sorted(set(sets_of(tree)))),
        tuple(one if own else one._replace(taken=()) for one in members),
        tuple(sorted(set(given_of(tree)))),
        tuple(uses_of(tree, times, source)) if own else (),
    )


def _is_test(path: str, words: Words) -> bool:
    *folders, name = path.split("/")
    stem = name.rpartition(".")[0] or name
    parts = {*folders, *name.split(".")[:-1]}
    marked = stem.startswith(tuple(words.test_prefixes)) or stem.endswith(tuple(words.test_suffixes))
    return marked or not parts.isdisjoint(words.test_paths)


def _is_generated(text: str, words: Words) -> bool:
    head = "\n".join(text[:2000].splitlines()[:12]).lower()
    return any(phrase in head for phrase in words.generated)


def _unread(source: Source) -> ModuleFacts:
    """What a file of Python that does not parse may give to any module or object."""
    if source.language != "python":
        return NO_MODULE
    names = tuple(sorted(set(_GIVEN.findall(source.text))))
    return ModuleFacts(sets=tuple(("", name) for name in names), given=names)
