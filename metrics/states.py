"""States: which attributes of its receiver a method writes, mentions and reaches through its other methods."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from spotter.metrics.facts import MethodStates, StateForm, StateWrite
from spotter.metrics.outline import Node, Outline
from spotter.metrics.paths import path_of, unwrapped
from spotter.metrics.scopes import PATTERNS, Scope
from spotter.metrics.span import Span
from spotter.metrics.words import Words

_ASSIGNING = frozenset({"assign", "for", "as", "walrus", "update", "fill", "delete"})
_WRITING = _ASSIGNING | {"call"}
_BRANCHING = frozenset({"if", "elif", "else", "while", "for", "except", "case", "ternary"})
_TAKEN = frozenset({"then", "else", "body"})
_PLAIN = frozenset({"nil", "truth", "number", "string"})


def states_of(outline: Outline, words: Words, scopes: tuple[Scope, ...]) -> tuple[MethodStates, ...]:
    """The states of every method that touches its receiver, functions inside it included."""
    writes: dict[tuple[str, str], list[StateWrite]] = defaultdict(list)
    mentions: dict[tuple[str, str], set[str]] = defaultdict(set)
    stored: dict[tuple[str, str], set[str]] = defaultdict(set)
    leaks: set[tuple[str, str]] = set()
    first: dict[tuple[str, str], str] = {}
    for scope in scopes:
        if scope.kind == "class":
            for name, given in _aliases(outline, scope.node):
                mentions[scope.name, f"{scope.name}.{name}"] |= given
        if scope.kind != "function" or not scope.receiver or not scope.owner:
            continue
        bare = scope.name.removeprefix(f"{scope.owner}.").partition(".")[0]
        key = (scope.owner, f"{scope.owner}.{bare}")
        reader = _Reader(outline, words, scope.receiver)
        constructs = bare in words.constructors
        for node, branches in _with_branches(outline, scope.node, inner=scope.name != key[1]):
            for name, form, place, value in reader.written(node) if node.role in _WRITING else ():
                if constructs and value is not None:
                    first.setdefault((scope.owner, name), value)
                elif form == "set" and value is not None and value == first.get((scope.owner, name)):
                    form = "reset"
                writes[key].append(StateWrite(name, form, Span(*outline.span(place)), branches))
        mentioned, handed, leaked = reader.mentions(scope.node)
        mentions[key] |= mentioned
        stored[key] |= handed
        if leaked:
            leaks.add(key)
    return tuple(
        MethodStates(
            key[1], key[0], tuple(writes[key]), tuple(sorted(names)), tuple(sorted(stored[key] - names)), key in leaks
        )
        for key, names in mentions.items()
    )


def _with_branches(outline: Outline, function: Node, *, inner: bool) -> Iterator[tuple[Node, tuple[int, ...]]]:
    """Every node of a function with the lines of the branches around it; a function inside another is a branch."""
    around = (outline.line(function.start),) if inner else ()
    pending = [(child, around) for child in reversed(function.children)]
    while pending:
        node, branches = pending.pop()
        yield node, branches
        if node.role in ("function", "class"):
            continue
        branching = node.role in _BRANCHING
        for child in reversed(node.children):
            taken = branching and child.slot in _TAKEN
            pending.append((child, (*branches, outline.line(child.start)) if taken else branches))


def _aliases(outline: Outline, body: Node) -> Iterator[tuple[str, set[str]]]:
    """Attributes that a class makes of its methods by a call, such as `x = property(_get_x)`."""
    for node in body.inside():
        target, value = node.at("target"), node.at("value")
        if node.role == "assign" and target is not None and value is not None and value.role == "call":
            arguments = value.at("arguments")
            given = (
                {outline.text(child) for child in arguments.children if child.role == "name"} if arguments else set()
            )
            if target.role == "name" and given:
                yield outline.text(target), given


class _Reader:
    def __init__(self, outline: Outline, words: Words, receiver: str) -> None:
        self._outline = outline
        self._words = words
        self._receiver = receiver

    def written(self, node: Node) -> Iterator[tuple[str, StateForm, Node, str | None]]:
        """The attributes that one node writes: name, form, the written expression, the text of the value."""
        if node.role in _ASSIGNING:
            value = node.at("value") if node.role == "assign" else None
            for child in node.children:
                if child.slot == "target":
                    yield from self._targets(child, value, node.role)
        elif node.role == "call" and (callee := node.at("callee")) is not None and callee.role == "member":
            below, label = callee.at("object"), callee.at("name")
            name = self._attribute(below) if below is not None else None
            if name is not None and label is not None:
                verb = self._outline.text(label)
                if (form := self._form(verb)) is not None:
                    yield name, form, callee, None

    def mentions(self, function: Node) -> tuple[set[str], set[str], bool]:
        """The attributes that a function names, those it stores in another, and whether it gives its receiver away."""
        names: set[str] = set()
        stored: dict[int, str] = {}
        whole = False
        for node in function.inside():
            if node.role == "assign" and self._attribute(node.at("target")) is not None:
                value = node.at("value")
                if value is not None and (label := self._own(value)) is not None:
                    stored[value.start] = self._outline.text(label)
            if node.role == "member" and (label := self._own(node)) is not None:
                if node.start not in stored:
                    names.add(self._outline.text(label))
            elif node.role == "call" and (arguments := node.at("arguments")) is not None:
                for child in arguments.children:
                    given = child.at("value") if child.role == "keyword" else child
                    whole |= given is not None and self._is_receiver(given)
        return names, set(stored.values()), whole

    def _own(self, node: Node) -> Node | None:
        """The name of the attribute where an expression is one of the receiver itself."""
        return node.at("name") if node.role == "member" and self._is_receiver(node.at("object")) else None

    def _targets(
        self, target: Node, value: Node | None, role: str
    ) -> Iterator[tuple[str, StateForm, Node, str | None]]:
        if target.role in PATTERNS | {"group"} and target.children:
            for part in target.children:
                if part.slot not in ("key", "default"):
                    yield from self._targets(part, None, role)
            return
        name = self._attribute(target)
        if name is None:
            return
        exact = target.role == "member" and self._is_receiver(target.at("object"))
        if role == "update" or (not exact and target.role == "member"):
            yield name, "change", target, None
        elif not exact:
            yield name, "take" if role == "delete" else "put", target, None
        elif role == "delete" or (value is not None and self._empty(value)):
            yield name, "reset", target, self._text(value)
        else:
            yield name, "set", target, self._text(value)

    def _form(self, verb: str) -> StateForm | None:
        words = self._words
        forms: dict[StateForm, frozenset[str]] = {
            "put": words.putters, "take": words.takers, "change": words.changers, "reset": words.clearers
        }  # fmt: skip
        return next((form for form, verbs in forms.items() if verb in verbs), None)

    def _attribute(self, node: Node | None) -> str | None:
        """The attribute of the receiver that an expression is, or lies below."""
        while node is not None and node.role in ("member", "index", "group"):
            below = node.children[0] if node.role == "group" else node.at("object")
            if node.role == "member" and self._is_receiver(below) and (label := node.at("name")) is not None:
                return self._outline.text(label)
            node = below
        return None

    def _is_receiver(self, node: Node | None) -> bool:
        return node is not None and node.role == "name" and self._outline.text(node) == self._receiver

    def _text(self, value: Node | None) -> str | None:
        """The text of a value that is the same whenever it is written: a literal or a call without arguments."""
        if value is None or not (value.role in _PLAIN or (value.role == "call" and path_of(self._outline, value))):
            return None
        return " ".join(self._outline.text(value).split())

    def _empty(self, value: Node) -> bool:
        """True for nil, false, zero, the empty text and the empty collection."""
        value = unwrapped(value)
        text = self._outline.text(value)
        if value.role in ("nil", "collection"):
            return value.role == "nil" or not value.children
        return value.role in _PLAIN and text.strip("rbuRBU'\"`0.") in ("", "False", "false")
