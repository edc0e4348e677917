"""Reliances: the values that the decisions of a function ask, traced through its locals, and what they weigh.

A decision weighs one, one more for each branch or loop around it, one more where it asks state that outlives the call,
and two more where it asks the environment, the clock or the world outside, which no test holds still by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from spotter.metrics.facts import Asked, Reliance, Sort
from spotter.metrics.functions import DECIDING, decides
from spotter.metrics.outline import Node, Outline, cases_of, steps_of
from spotter.metrics.paths import path_of, root_of, unwrapped
from spotter.metrics.scopes import Scope, names_in, parameters_of
from spotter.metrics.span import Span
from spotter.metrics.words import Words

WEIGHTS: dict[Sort, int] = {"attribute": 1, "result": 1, "global": 1, "environment": 2, "clock": 2, "outside": 2}
MOST_VALUES = 3  # of one decision
MOST_STEPS = 3  # from a local to what was given to it
_ASKING = frozenset({"if", "elif", "while", "ternary", "filter", "assert"})
_NESTING = frozenset({"if", "while", "for", "match", "except", "ternary"})
_TOLD = DECIDING | _NESTING
_ALONE = frozenset({"string", "number", "truth", "nil", "lambda", "function", "class", "operator"})
_BINDING = frozenset({"assign", "update", "fill", "walrus", "as"})  # an element is not what it is taken from


def reliances_of(
    outline: Outline, words: Words, scopes: tuple[Scope, ...], local: list[frozenset[str]]
) -> tuple[Reliance, ...]:
    """For every function the values that it asks, each with the decisions that it has a part in, and their weight.

    A decision about several values counts as a part for each; one about none stands under no value.
    """
    environment: dict[str, Sort] = {word.rstrip("."): "environment" for word in words.environment}
    environment.update(dict.fromkeys(words.assumed, "nothing"))
    world = environment | dict.fromkeys(words.outside, "outside") | dict.fromkeys(words.clock, "clock")
    found: list[Reliance] = []
    for scope, names in zip(scopes, local, strict=True):
        if scope.kind == "function":
            found += _Reader(outline, words, scope, names, environment, world).reliances()
    return tuple(found)


class _Reader:
    def __init__(
        self,
        outline: Outline,
        words: Words,
        scope: Scope,
        local: frozenset[str],
        environment: Mapping[str, Sort],
        world: Mapping[str, Sort],
    ) -> None:
        self._outline = outline
        self._words = words
        self._environment = environment
        self._world = world
        self._scope = scope
        self._local = local
        self._plain = words.plain | words.type_checks | words.momentary  # answer by what they are given
        self._taken = {name for parameter in parameters_of(scope.node) for name in names_in(outline, parameter)}
        self._given: dict[str, list[tuple[int, Node]]] | None = None

    def reliances(self) -> Iterator[Reliance]:
        parts: dict[Asked, list[tuple[float, float, Node]]] = defaultdict(list)
        for node, asked, depth in self._decisions():
            values = self.values(asked, node.start, MOST_STEPS) if asked is not None else ()
            for value in values or (Asked("nothing", "", ""),):
                share = 1 / max(1, len(values))
                parts[value].append((share, share * (1 + depth + WEIGHTS.get(value.sort, 0)), node))
        for value, items in parts.items():
            count, load = sum(share for share, _, _ in items), sum(weight for _, weight, _ in items)
            where = Span(*self._outline.span(items[0][2]))
            yield Reliance(value, round(count, 3), round(load, 3), self._scope.name, where)

    def _decisions(self) -> Iterator[tuple[Node, Node | None, int]]:
        """Every decision, the part of a condition that it asks, and how many branches and loops stand around it."""
        around: list[tuple[int, Node | None]] = []  # where each ends, and what it asks before it is entered
        steps: dict[int, int] = {}
        subjects: dict[int, Node | None] = {}
        for node in self._scope.node.inside():
            if node.role not in _TOLD:
                continue
            while around and around[-1][0] <= node.start:
                around.pop()
            inside = sum(asks is None or not asks.start <= node.start < asks.end for _, asks in around)
            depth = steps.get(id(node), inside)
            if node.role == "if":
                steps.update((id(step), depth) for step in steps_of(node)[1:])
            elif node.role == "match":
                subjects.update((id(case), node.at("subject")) for case in cases_of(node))
            if decides(node):
                yield node, subjects.get(id(node)) if node.role == "case" else _asked(node), depth
            if node.role in _NESTING and id(node) not in steps:
                around.append((node.end, node.at("test") or node.at("source") or node.at("subject")))

    def values(self, node: Node, before: int, steps: int) -> tuple[Asked, ...]:
        """The values that an expression depends on; constants of a module only where it asks for nothing else."""
        found = tuple(dict.fromkeys(self._values(node, before, steps)))
        telling = tuple(value for value in found if value.sort != "global")
        return (telling or found)[:MOST_VALUES]

    def _values(self, node: Node, before: int, steps: int) -> Iterator[Asked]:
        node = unwrapped(node)
        if node.role in _ALONE or node.slot == "operator":
            return
        if node.role == "name":
            yield from self._named(self._outline.text(node), before, steps)
        elif node.role == "member":
            yield from self._member(node)
        elif node.role == "call":
            yield from self._called(node, before, steps)
        elif node.role in ("index", "isa", "absent", "present", "walrus") and node.children:
            inner = node.at("object") or node.at("value") or node.children[0]
            yield from self._values(inner, before, steps)
        else:
            for child in node.children:
                yield from self._values(child, before, steps)

    def _named(self, name: str, before: int, steps: int) -> Iterator[Asked]:
        if name == self._scope.receiver or name in self._words.plain | self._words.primitives:
            return
        if kind := self._environment.get(name):
            yield Asked(kind, "", name)
        elif name not in self._local:
            yield Asked("global", "", name)
        elif given := self._before(name, before):
            if steps:
                yield from self._values(given[1], given[0], steps - 1)
        elif name in self._taken:
            yield Asked("parameter", self._scope.owner, name)

    def _member(self, node: Node) -> Iterator[Asked]:
        path, label = path_of(self._outline, node) or "", node.at("name")
        if kind := _kind(path, self._environment):
            yield Asked(kind, "", path)
        elif label is not None:
            root = root_of(path)
            if path and root not in self._local and root != self._scope.receiver and "(" not in path:
                yield Asked("global", "", path)
            else:
                owner = self._scope.owner if path == f"{self._scope.receiver}.{self._outline.text(label)}" else ""
                yield Asked("attribute", owner, self._outline.text(label))

    def _called(self, node: Node, before: int, steps: int) -> Iterator[Asked]:
        callee, listed = node.at("callee"), node.at("arguments")
        path = path_of(self._outline, callee) or ""
        name = path.rpartition(".")[2]
        if kind := _kind(path, self._world):
            bare = kind == "outside" or root_of(path) in self._local
            yield Asked(kind, "", f"{name if bare else path}()")
            return
        behind: list[Asked] = []
        below = callee.at("object") if callee is not None and callee.role == "member" else None
        for part in (below, *(listed.children if listed is not None else ())):
            for value in self._values(part, before, steps) if part is not None else ():
                behind.extend(value.behind if value.sort == "result" else (value,))
        kept = tuple(dict.fromkeys(value for value in behind if value.sort != "global" or len(behind) == 1))
        if not name.isidentifier() or name in self._plain:
            yield from kept
        else:
            own = path == f"{self._scope.receiver}.{name}"
            label = f".{name}" if callee is not None and callee.role == "member" else name
            yield Asked("result", self._scope.owner if own else "", label, kept[:MOST_VALUES])

    def _before(self, name: str, before: int) -> tuple[int, Node] | None:
        """What a local was last given in the text above, and where; None for what it has from the start."""
        if self._given is None:
            self._given = defaultdict(list)
            for node in self._scope.node.inside():
                target = node.at("target") if node.role in _BINDING else None
                value = node.at("value") if target is not None else None
                if target is not None and value is not None:
                    for label in names_in(self._outline, target):
                        self._given[label].append((node.start, value))
        return next((one for one in reversed(self._given.get(name, [])) if one[0] < before), None)


def _kind(path: str, words: Mapping[str, Sort]) -> Sort | None:
    """What a path is by the words of the language, which name it whole, its end, or what it begins with."""
    if path in words:
        return words[path]
    cut = path.find(".")
    while cut >= 0:
        for part in (path[cut + 1 :], path[:cut]):
            if part in words:
                return words[part]
        cut = path.find(".", cut + 1)
    return None


def _asked(node: Node) -> Node | None:
    """The part of a condition that a decision asks: its last one, as all before it are asked by `and` and `or`.

    A loop over a value asks it nothing.
    """
    if node.role in _ASKING:
        test = node.at("test")
        return _last(test) if test is not None else None
    if node.role in ("and", "or"):
        left = node.at("left") or next(iter(node.children), None)
        return _last(left) if left is not None else None
    if node.role in ("coalesce", "fill"):
        return node.at("left") or node.at("target") or next(iter(node.children), None)
    return None


def _last(test: Node) -> Node:
    test = unwrapped(test)
    while test.role in ("and", "or", "not") and test.children:
        test = unwrapped(test.at("right") or test.children[-1])
    return test
