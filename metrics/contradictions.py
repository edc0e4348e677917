"""Contradictions: what is done with a value against the condition under which it stands.

What is nil is used all the same, what is empty is opened, what was just found to be there is put in its place again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from spotter.metrics.absence import lacks, lasting
from spotter.metrics.narrowing import holds, nil_tests
from spotter.metrics.outline import Node, Outline, body_of, is_text
from spotter.metrics.paths import path_of, root_of, unwrapped
from spotter.metrics.words import Words

Reading = Literal["opened", "used", "passed", "read"]
Making = Literal["replaced", "set", "made", "refused"]
_DEMANDS = (
    r"\b(?:must|should|has to|have to|needs to|expect(?:s|ed)?)(?: be| have| an?| the| of| type| instance)* ['\"`]?"
)
_TARGETS = frozenset({"", "collection"})


@dataclass(frozen=True, slots=True)
class Read:
    """How a path is read: opened (gone through, or an element taken), used in another way, passed alone, or read."""

    path: str
    form: Reading
    node: Node


@dataclass(frozen=True, slots=True)
class Made:
    """A path that is given a value where a part of a condition, the guard, has found that it has one."""

    path: str
    form: Making
    certain: bool
    node: Node
    guard: Node


def reads(outline: Outline, words: Words, node: Node) -> Iterator[Read]:
    """The paths that a node itself reads; where one of two nils is made of the other, only what fails on both."""
    fails_only = len(words.nil) > 1
    for child in node.children:
        if unwrapped(child).role == "walrus" or (path := path_of(outline, child)) is None:
            continue
        if fails_only and (node.role, child.slot) not in _FAILING:
            continue
        if (form := _form(outline, words, node, child)) is not None:
            yield Read(path, form, child)
    if node.role == "call" and not fails_only:
        yield from _taken(outline, words, node)


def _taken(outline: Outline, words: Words, call: Node) -> Iterator[Read]:
    """The path that a call is given alone, or that it asks for its type; any value has a text and a truth."""
    callee, arguments = call.at("callee"), call.at("arguments")
    if callee is None or arguments is None or any(part.role == "call" for part in callee.inside()):
        return
    name = outline.text(callee)
    if words.types.get(f"{name}()", "nothing") in (words.types.get("string"), words.types.get("truth")):
        return
    for child in arguments.children[:1]:
        path = path_of(outline, child)
        if path is not None and name in words.ladders:
            yield Read(path, "used", child)
        elif path is not None and len(arguments.children) == 1 and unwrapped(child).role != "walrus":
            yield Read(path, "passed", child)


def _form(outline: Outline, words: Words, node: Node, child: Node) -> Reading | None:
    role, slot = node.role, child.slot
    if node.at("optional") is not None:
        return None
    if slot == "callee" and child.role == "name" and words.elided:
        return None  # a method of that name, and no local
    if (role, slot) in _FORMS:
        form = _FORMS[role, slot]
        return "used" if form == "opened" and node.slot == "target" else form  # what is empty can be filled
    if (role, slot) == ("member", "object") and (name := node.at("name")) is not None:
        return None if words.nil_answers & {"*", outline.text(name)} else "used"
    if role in ("binary", "unary") and slot != "operator":
        return "used" if node.children[0].role != "string" else None
    if role == "compare" and slot != "operator":
        return "used" if any(outline.text(part) in words.order for part in node.children) else None
    return "used" if role == "raise" else "read" if role == "yield" and slot != "operator" else None


_FAILING = frozenset(
    {("member", "object"), ("index", "object"), ("call", "callee"), ("for", "source"), ("for_in", "source")}
)
_FORMS: dict[tuple[str, str], Reading] = {
    ("index", "object"): "opened",
    ("for", "source"): "opened",
    ("for_in", "source"): "opened",
    ("call", "callee"): "used",
    ("isa", "value"): "used",
    ("update", "target"): "used",
    ("update", "value"): "used",
    ("index", "key"): "read",
    ("assign", "value"): "read",
}


def made(outline: Outline, words: Words, receiver: str, test: Node, then: Node | None) -> Iterator[Made]:
    """What the first statement of a branch makes, though the condition has found that it is there.

    An attribute may well be set anew only where it is set: it is told of its owner by name alone.
    """
    first = _first(then)
    if first is None:
        return
    if first.role == "call":
        yield from _created(outline, words, test, first)
    if first.role == "raise":
        yield from _refused(outline, words, test, first)
    target, value = first.at("target"), first.at("value")
    if first.role != "assign" or target is None or value is None or value.role == "nil":
        return
    taken = target.children if target.role in _TARGETS and target.children else [target]
    found = {path: (certain, node) for path, certain, node in _present(outline, words, test)}
    for node in taken:
        path = path_of(outline, node)
        if path is None or _mentions(outline, value, path) or value.role == "binary" or _tries(outline, then, path):
            continue
        if path == root_of(path) and path in found and (found[path][0] or _telling(outline, value)):
            yield Made(path, "replaced", found[path][0], node, found[path][1])
        elif receiver and path == _owned(outline, words, receiver, test):
            yield Made(path, "set", True, node, test)


def kept(outline: Outline, words: Words, node: Node) -> Iterator[Made]:
    """A path that keeps nil, and is replaced where it has a value: `x = [] if x is not None else x`."""
    target, value = node.at("target"), node.at("value")
    value = unwrapped(value) if value is not None else None
    if node.role != "assign" or target is None or value is None or value.role != "ternary":
        return
    test, then, other = value.at("test"), value.at("then"), value.at("else")
    path = path_of(outline, target)
    if test is None or then is None or other is None or path is None:
        return
    for same, new, truth in ((then, other, True), (other, then, False)):
        guard = lacks(outline, words, test, truth).get(path)
        if guard is not None and path_of(outline, same) == path and not _mentions(outline, new, path):
            yield Made(path, "replaced", True, new, guard)


def _first(then: Node | None) -> Node | None:
    body = body_of(then)
    while body and body[0].role in ("statement", "try"):
        body = body_of(body[0].at("body")) if body[0].role == "try" else body[0].children
    return body[0] if body else None


def _tries(outline: Outline, then: Node | None, path: str) -> bool:
    """Whether a path is given another value where to give it one fails, as when something is gone through."""
    first = next((node for node in body_of(then) if not is_text(node)), None)
    handlers = [child for child in first.children if child.role == "except"] if first is not None else []
    return any(
        path_of(outline, node.at("target")) == path
        for handler in handlers
        for node in handler.inside()
        if node.role == "assign"
    )


def _present(outline: Outline, words: Words, test: Node) -> Iterator[tuple[str, bool, Node]]:
    """The paths that a condition asks for nothing but whether they are there, and whether it asks for nil itself."""
    sure = holds(outline, words, test, True, {})
    for asked in nil_tests(outline, words, test):
        alone = sum(path_of(outline, node) == asked.path for node in (test, *test.inside())) == 1
        if alone and not asked.nil_when and asked.path in sure and lasting(asked.path):
            yield asked.path, asked.explicit, asked.node


def _mentions(outline: Outline, node: Node, path: str) -> bool:
    return any(path_of(outline, part) == path for part in (node, *node.inside()))


def _telling(outline: Outline, value: Node) -> bool:
    """True for a text that is not empty, which nobody writes over a value to reset, to shorten or to count it.

    One that begins with a space is a piece of a longer text, for which the value was the sign.
    """
    value = unwrapped(value)
    if value.role == "ternary":
        return all(_telling(outline, part) for part in value.children if part.slot != "test")
    said = outline.text(value).lstrip("bBfFrRuU").strip("\"'`0.")
    return value.role == "string" and said != "" and not said[0].isspace()


def _owned(outline: Outline, words: Words, receiver: str, test: Node) -> str:
    """The attribute of the receiver that a condition asks for by its name, "" for none."""
    test = unwrapped(test)
    callee, arguments = test.at("callee"), test.at("arguments")
    if callee is None or arguments is None or outline.text(callee) not in words.presence:
        return ""
    owner, *names = arguments.children
    named = len(names) == 1 and outline.text(owner) == receiver and names[0].role == "string"
    return f"{receiver}.{outline.text(names[0]).strip(chr(34) + chr(39))}" if named else ""


def _created(outline: Outline, words: Words, test: Node, call: Node) -> Iterator[Made]:
    """A folder is made where a condition has just found it."""
    name, path = _on(outline, call)
    lenient = any(part.role == "name" and outline.text(part) in words.lenient for part in call.inside())
    if path is None or lenient or name not in words.creators:
        return
    for node in _parts(test):
        asked, found = _on(outline, node) if node.role == "call" else ("", None)
        if asked in words.existence and found == path:
            yield Made(path, "made", True, call, node)


def _refused(outline: Outline, words: Words, test: Node, raised: Node) -> Iterator[Made]:
    """A value is refused for its type where a condition has found it to be of the type that the message asks for."""
    test = unwrapped(test)
    callee, arguments = test.at("callee"), test.at("arguments")
    asked, kind = test.at("value"), test.at("type")
    if callee is not None and arguments is not None and outline.text(callee) in words.ladders:
        asked, kind = (*arguments.children, None, None)[:2]
    elif test.role != "isa":
        return
    path = path_of(outline, asked)
    if asked is None or kind is None or path is None:
        return
    types = [outline.text(part).rpartition(".")[2] for part in (kind.children if kind.role == "collection" else [kind])]
    said = outline.text(raised)
    told = any(re.search(re.escape(form.format(path)) + r"(?!\w|\()", said) for form in words.type_forms)
    plain = len(types) == 1 and types[0] in words.primitives and types[0] != words.types.get("truth")
    named = "|".join(re.escape(name) + (r"\w*" if name in words.primitives else "") for name in types)
    demanded = re.search(rf"{_DEMANDS}\w", said) is not None
    if (told and plain and not demanded) or re.search(rf"{_DEMANDS}(?:{named})\b", said):
        yield Made(path, "refused", True, raised, test)


def _parts(test: Node) -> Iterator[Node]:
    """The parts of a condition that all hold."""
    test = unwrapped(test)
    if test.role == "and":
        for child in test.children:
            yield from _parts(child)
    else:
        yield test


def _on(outline: Outline, call: Node) -> tuple[str, str | None]:
    """The bare name of a call, and the path that it is about: its first argument, or what it is called on."""
    callee, arguments = call.at("callee"), call.at("arguments")
    if callee is None or arguments is None:
        return "", None
    name = outline.text(callee).rpartition(".")[2]
    if arguments.children and (path := path_of(outline, arguments.children[0])) is not None:
        return name, path
    return name, path_of(outline, callee.at("object"))
