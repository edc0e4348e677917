"""Nil through one function: where it is checked, where it is used, and what is known there.

A forward walk over statements. At each point it holds the paths that cannot be nil (dominating guards, asserts,
early exits, assignments) and what each local stands for. Where it cannot tell, it takes the use for guarded.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from spotter.metrics.facts import Form, NilCheck, NilUse, NilWrite, Span, Subject
from spotter.metrics.narrowing import NilTest, holds, nil_tests
from spotter.metrics.outline import Node, Outline
from spotter.metrics.paths import path_of, root_of, unwrapped
from spotter.metrics.words import Words

_NON_NIL = frozenset({"string", "number", "truth", "collection", "comprehension", "lambda", "compare", "not"})


@dataclass(slots=True)
class Known:
    """What holds at a point: paths that are not nil, what locals stand for, what the truth of a local implies."""

    paths: set[str] = field(default_factory=set)
    bound: dict[str, Subject] = field(default_factory=dict)
    implied: dict[str, tuple[frozenset[str], frozenset[str]]] = field(default_factory=dict)

    def plus(self, paths: Iterable[str]) -> Known:
        """A copy that knows more paths."""
        return Known(self.paths | set(paths), dict(self.bound), dict(self.implied))

    def forget(self, path: str) -> None:
        """A path gets a new value: what was known of it and of all below it goes."""
        below = (f"{path}.", f"{path}[", f"{path}(")
        self.paths = {p for p in self.paths if p != path and not p.startswith(below)}
        self.bound.pop(path, None)
        self.implied.pop(path, None)


def joined(one: Known | None, two: Known | None) -> Known | None:
    """What holds where two ways meet; None is a way that never arrives."""
    if one is None or two is None:
        return one or two
    bound = {name: subject for name, subject in one.bound.items() if two.bound.get(name) == subject}
    implied = {name: paths for name, paths in one.implied.items() if two.implied.get(name) == paths}
    return Known(one.paths & two.paths, bound, implied)


class Flow:
    """The walk over one function. Its results are in checks, uses and writes."""

    def __init__(self, outline: Outline, words: Words, function: str, owner: str, receiver: str) -> None:
        self._outline = outline
        self._words = words
        self._function = function
        self._owner = owner
        self._receiver = receiver
        self._shields = 0
        self._uses: dict[tuple[Subject, bool], Span] = {}
        self.checks: list[NilCheck] = []
        self.writes: list[NilWrite] = []
        self.nested: list[tuple[Node, Known]] = []

    @property
    def uses(self) -> list[NilUse]:
        """The first guarded and the first unguarded use of every subject."""
        return [NilUse(subject, guarded, self._function, span) for (subject, guarded), span in self._uses.items()]

    def block(self, nodes: Iterable[Node], known: Known | None) -> Known | None:
        """Walk statements in order; None once the way out is taken. What stands behind it is unreachable."""
        for node in nodes:
            if known is None:
                return None
            known = self._statement(node, known)
        return known

    def _statement(self, node: Node, known: Known) -> Known | None:
        role = node.role
        if role in ("block", "statement", "decorated", "else", "finally"):
            return self.block(node.children, known)
        if role in ("function", "class"):
            self.nested.append((node, known.plus(())))
            return known
        if role in ("if", "elif"):
            return self._if(node, [c for c in node.children if c.role in ("elif", "else")], known)
        if role == "assert":
            return self._assert(node, known)
        if role in ("return", "raise", "leave"):
            self._below(node, known)
            return None
        if role == "assign":
            return self._assign(node, known)
        if role == "while":
            return self._while(node, known)
        if role == "for":
            return self._for(node, known)
        if role == "try":
            return self._try(node, known)
        if role == "with":
            return self._with(node, known)
        if role == "match":
            return self._match(node, known)
        self._visit(node, known)
        if role in ("delete", "update") and (target := path_of(self._outline, node.at("target"))):
            known.forget(target)
        return known

    def _if(self, node: Node, others: list[Node], known: Known) -> Known | None:
        test, then = node.at("test"), node.at("then")
        if test is None:
            return known
        self._visit(test, known)
        other = others[0] if others else None
        self._branches(test, then, other, known)
        way_in = self._when(test, True, known)
        way_by = self._when(test, False, known)
        after = self.block(then.children if then is not None else (), way_in)
        if other is None:
            return joined(after, way_by)
        if other.role == "elif":
            return joined(after, self._if(other, others[1:], way_by))
        return joined(after, self.block(other.children, way_by))

    def _branches(self, test: Node, then: Node | None, other: Node | None, known: Known) -> None:
        for nil_test in nil_tests(self._outline, self._words, test):
            taken = then if nil_test.nil_when else (other.at("body") if other is not None else None)
            self._check(nil_test, self._form(nil_test.path, taken), known)

    def _form(self, path: str, taken: Node | None) -> Form:
        """What is done in the branch where a path is nil."""
        if taken is None or not taken.children:
            return "branch"
        last = taken.children[-1]
        if last.role == "raise":
            return "raise"
        for node in taken.inside():
            if node.role == "assign" and path in self._targets(node):
                return "lazy" if "." in path else "default"
        return "return" if last.role in ("return", "leave") else "branch"

    def _targets(self, node: Node) -> list[str | None]:
        target = node.at("target")
        if target is None:
            return []
        parts = target.children if target.role in ("", "collection") and target.children else [target]
        return [path_of(self._outline, part) for part in parts]

    def _assert(self, node: Node, known: Known) -> Known:
        test = node.at("test")
        if test is None:
            return known
        self._visit(test, known)
        for nil_test in nil_tests(self._outline, self._words, test):
            self._check(nil_test, "branch" if nil_test.nil_when else "assert", known)
        return self._when(test, True, known)

    def _assign(self, node: Node, known: Known) -> Known:
        value = node.at("value")
        if value is None:
            return known
        self._visit(value, known)
        for part in self._targets(node):
            if part is not None:
                self._give(part, value, known)
        target = node.at("target")
        if target is not None and target.role in ("member", "index"):
            for child in target.children:
                self._visit(child, known)
            if (below := target.at("object")) is not None:
                self._use(below, known)
        return known

    def _give(self, target: str, value: Node, known: Known) -> None:
        value = unwrapped(value)
        inner = value
        while inner.role == "assign" and (deeper := inner.at("value")) is not None:
            inner = unwrapped(deeper)
        source = path_of(self._outline, inner)
        solid = inner.role in _NON_NIL or (source is not None and source in known.paths)
        subject = self._subject(inner, known)
        implied = tuple(holds(self._outline, self._words, inner, truth, known.implied) for truth in (True, False))
        known.forget(target)
        if solid or inner.role in ("call", "") and "." in target:
            known.paths.add(target)
        if "." not in target and subject is not None:
            known.bound[target] = subject
        if inner.role in ("compare", "and", "or", "not", "name", "member"):
            known.implied[target] = (implied[0], implied[1])
        if self._receiver and target.startswith(f"{self._receiver}.") and target.count(".") == 1:
            attribute = Subject("receiver", self._owner, target.partition(".")[2])
            self.writes.append(NilWrite(attribute, inner.role == "nil", self._function))

    def _while(self, node: Node, known: Known) -> Known | None:
        test, body = node.at("test"), node.at("body")
        if test is None or body is None:
            return known
        leaves = any(child.role == "leave" for child in body.inside())
        self._forget_assigned(body, known)
        self._visit(test, known)
        for nil_test in nil_tests(self._outline, self._words, test):
            self._check(nil_test, "branch", known)
        self.block(body.children, self._when(test, True, known))
        endless = self._outline.text(test) in ("True", "true", "1")
        if endless and not leaves:
            return None
        after = known.plus(()) if leaves else self._when(test, False, known)
        return self._rest(node, after)

    def _for(self, node: Node, known: Known) -> Known | None:
        source, target, body = node.at("source"), node.at("target"), node.at("body")
        if source is None or target is None or body is None:
            return known
        self._visit(source, known)
        self._use(source, known)
        self._forget_assigned(node, known)
        self.block(body.children, known.plus(()))
        return self._rest(node, known)

    def _rest(self, node: Node, known: Known) -> Known | None:
        return self.block([child for child in node.children if child.role == "else"], known)

    def _try(self, node: Node, known: Known) -> Known | None:
        body = node.at("body")
        handlers = [child for child in node.children if child.role == "except"]
        shielded = any(self._shields_nil(handler) for handler in handlers)
        self._shields += shielded
        after = self.block(body.children if body is not None else (), known.plus(()))
        self._shields -= shielded
        after = self._rest(node, after) if after is not None else None
        if body is not None:
            self._forget_assigned(body, known)
        for handler in handlers:
            caught = handler.at("body")
            way = known.plus(())
            after = joined(after, self.block(caught.children if caught is not None else (), way))
        for child in node.children:
            if child.role == "finally":
                if after is None:
                    self.block(child.children, known)
                else:
                    after = self.block(child.children, after)
        return after

    def _shields_nil(self, handler: Node) -> bool:
        caught = [child for child in handler.children if child.slot != "body"]
        names = {self._outline.text(n) for child in caught for n in (child, *child.inside()) if n.role == "name"}
        return not caught or not names.isdisjoint(self._words.nil_errors)

    def _with(self, node: Node, known: Known) -> Known | None:
        body = node.at("body")
        shielded = False
        for child in node.children:
            if child is not body:
                self._visit(child, known)
                calls = (n for n in child.inside() if n.role == "call")
                shielded |= any(path_of(self._outline, n.at("callee")) in self._words.suppressors for n in calls)
        self._shields += shielded
        before = known.plus(())
        after = self.block(body.children if body is not None else (), known)
        self._shields -= shielded
        return joined(after, before) if shielded else after

    def _match(self, node: Node, known: Known) -> Known | None:
        for child in node.children:
            if child.slot == "subject":
                self._visit(child, known)
        subject = node.at("subject")
        path = path_of(self._outline, subject)
        after: Known | None = known.plus(())
        for case in node.inside():
            if case.role == "case" and (then := case.at("then")) is not None:
                after = joined(after, self.block(then.children, known.plus([path] if path else [])))
        return after

    def _forget_assigned(self, node: Node, known: Known) -> None:
        for child in node.inside():
            if child.role in ("assign", "for", "walrus", "for_in", "update", "as"):
                for target in self._targets(child):
                    if target is not None:
                        known.forget(target)

    def _visit(self, node: Node, known: Known) -> None:
        role = node.role
        if role in ("name", "string", "number", "nil", "truth"):
            return
        if role in ("and", "or"):
            self._short_circuit(node, known)
        elif role == "ternary":
            self._ternary(node, known)
        elif role == "comprehension":
            self._comprehension(node, known)
        elif role == "lambda":
            inner = known.plus(())
            for child in node.children:
                if child.slot != "body":
                    for name in (child, *child.inside()):
                        if name.role == "parameter":
                            inner.forget(self._outline.text(name))
            if (body := node.at("body")) is not None:
                self._visit(body, inner)
        elif role in ("walrus", "as"):
            value, target = node.at("value"), path_of(self._outline, node.at("target"))
            if value is not None:
                self._visit(value, known)
                if target is not None:
                    self._give(target, value, known)
        elif role in ("member", "index"):
            below = node.at("object")
            self._below(node, known)
            if below is not None:
                self._use(below, known)
        elif role == "call":
            self._call(node, known)
        else:
            self._below(node, known)

    def _below(self, node: Node, known: Known) -> None:
        for child in node.children:
            self._visit(child, known)

    def _call(self, node: Node, known: Known) -> None:
        callee = node.at("callee")
        arguments = node.at("arguments")
        self._below(node, known)
        name = path_of(self._outline, callee)
        if name in self._words.casts and arguments is not None:
            for argument in arguments.children[-1:]:
                if (subject := self._subject(argument, known)) is not None:
                    span = Span(*self._outline.span(node))
                    self.checks.append(NilCheck(subject, "cast", True, self._function, span))
        elif callee is not None and callee.role in ("name", "member"):
            self._use(callee, known)

    def _short_circuit(self, node: Node, known: Known) -> None:
        left, right = node.at("left"), node.at("right")
        if left is None or right is None:
            return
        self._visit(left, known)
        if node.role == "or" and (path := path_of(self._outline, left)) and left.role in ("name", "member", "call"):
            self._check(NilTest(left, path, True, False), "default", known)
        self._visit(right, self._when(left, node.role == "and", known))

    def _ternary(self, node: Node, known: Known) -> None:
        test, then, other = node.at("test"), node.at("then"), node.at("else")
        if test is None or then is None or other is None:
            return
        self._visit(test, known)
        for nil_test in nil_tests(self._outline, self._words, test):
            kept = other if nil_test.nil_when else then
            form: Form = "default" if path_of(self._outline, kept) == nil_test.path else "branch"
            self._check(nil_test, form, known)
        self._visit(then, self._when(test, True, known))
        self._visit(other, self._when(test, False, known))

    def _comprehension(self, node: Node, known: Known) -> None:
        inner = known.plus(())
        self._forget_assigned(node, inner)
        body = node.at("body")
        for child in node.children:
            if child.role == "filter" and (test := child.at("test")) is not None:
                self._visit(test, inner)
                inner = self._when(test, True, inner)
            elif child is not body:
                self._visit(child, inner)
        if body is not None:
            self._visit(body, inner)

    def _when(self, test: Node, truth: bool, known: Known) -> Known:
        return known.plus(holds(self._outline, self._words, test, truth, known.implied))

    def _subject(self, node: Node, known: Known) -> Subject | None:
        """What the value of an expression is, if it is something that may be nil."""
        node = unwrapped(node)
        if node.role == "call":
            callee = path_of(self._outline, node.at("callee"))
            return Subject("call", self._owner, callee) if callee is not None else None
        path = path_of(self._outline, node)
        return self._of_path(path, known) if path is not None else None

    def _of_path(self, path: str, known: Known) -> Subject | None:
        if path in known.bound:
            return known.bound[path]
        below, _, name = path.rpartition(".")
        if not below or not name.isidentifier():
            return None
        if below == self._receiver:
            return Subject("receiver", self._owner, name)
        return Subject("attribute", "", name) if root_of(path) != path else None

    def _check(self, test: NilTest, form: Form, known: Known) -> None:
        subject = self._of_path(test.path, known)
        if subject is not None:
            span = Span(*self._outline.span(test.node))
            self.checks.append(NilCheck(subject, form, test.explicit, self._function, span))

    def _use(self, node: Node, known: Known) -> None:
        subject = self._subject(node, known)
        if subject is None or subject.via == "attribute":
            return
        path = path_of(self._outline, unwrapped(node))
        guarded = self._shields > 0 or (path is not None and path in known.paths)
        if (subject, guarded) not in self._uses:
            self._uses[subject, guarded] = Span(*self._outline.span(node))
