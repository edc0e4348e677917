"""Nil through one function: where it is checked, where it is used, and what is known there.

A forward walk over statements. At each point it holds the paths that cannot be nil (dominating guards, asserts,
early exits, assignments) and what each local stands for. Where it cannot tell, it takes the use for guarded.
"""

from __future__ import annotations

from collections.abc import Iterable

from spotter.metrics.contradictions import made
from spotter.metrics.expressions import Expressions
from spotter.metrics.facts import Form
from spotter.metrics.known import Known, Stands, joined
from spotter.metrics.narrowing import NilTest, nil_tests
from spotter.metrics.outline import Node, body_of, cases_of, other_of
from spotter.metrics.paths import path_of, unwrapped

_HANDLES = frozenset({"except", "else", "finally"})


class Flow(Expressions):
    """The walk over the statements of one function."""

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
        if known.absent and role in ("return", "raise", "for"):
            self._contradict(node, known)
        if role in ("function", "class"):
            self._nest(node, known)
            return known
        if role == "if":
            return self._if(node, known)
        if role == "assign" and (other := node.at("else")) is not None:
            return self._assign_or(node, other, known)
        if role == "assert":
            return self._assert(node, known)
        if role in ("return", "raise", "leave"):
            tells = role == "raise" and all(child.start > node.start for child in node.children)  # an error is made
            self._raises += tells
            self._below(node, known)
            self._raises -= tells
            return None
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
        return known

    def _if(self, node: Node, known: Known) -> Known | None:
        if (start := node.at("start")) is not None:
            self._statement(start, known)
        elifs = [child for child in node.children if child.role == "elif"]
        other = other_of(node)
        alone = not elifs and other is None
        after: Known | None = None
        branches = [branch for branch in (*(step.at("then") for step in (node, *elifs)), other) if branch is not None]
        for step in (node, *elifs):
            test, then = step.at("test"), step.at("then")
            if test is None:
                return known
            self._visit(test, known)
            self._branches(test, then, other if step is (node, *elifs)[-1] else None, known)
            if alone:
                self._remade(made(self._outline, self._words, self._receiver, test, then))
            ends = body_of(then)[-1:]
            goes_on = alone and not any(last.role in ("return", "leave") for last in ends)
            others = [branch for branch in branches if branch is not then]
            way_in = self._when(test, True, known, "branch" if goes_on else "choice", others=others)
            after = joined(after, self.block(body_of(then), way_in))
            leaves = other is None and after is None
            stands: Stands = "refusal" if ends and ends[0].role == "raise" else "exit"
            way_out = then if leaves else None
            past = [then] if then is not None else []
            known = self._when(test, False, known, stands if leaves else "choice", way_out, past)
        return joined(after, self.block(body_of(other), known))

    def _assign_or(self, node: Node, other: Node, known: Known) -> Known:
        """A value is given to a name where there is one, and else the way out is taken."""
        self._assign(node, known)
        path = path_of(self._outline, node.at("value")) or path_of(self._outline, node.at("target"))
        if path:
            self._check(NilTest(node, path, True, True, True), self._form(path, other), known)
        self.block(body_of(other), known.plus(()))
        return known.plus(filter(None, (path, path_of(self._outline, node.at("target")))))

    def _branches(self, test: Node, then: Node | None, other: Node | None, known: Known) -> None:
        for nil_test in nil_tests(self._outline, self._words, test):
            taken = then if nil_test.nil_when else other
            form = self._form(nil_test.path, taken)
            self._check(nil_test, form if nil_test.decisive or form == "lazy" else "branch", known)

    def _form(self, path: str, taken: Node | None) -> Form:
        """What is done in the branch where a path is nil."""
        statements = body_of(taken)
        if taken is None or not statements:
            return "branch"
        last = statements[-1]
        if last.role == "raise":
            return "raise"
        for node in (taken, *taken.inside()):
            if node.role == "assign" and path in self._targets(node):
                return "lazy" if "." in path else "default"
        if last.role in ("return", "leave"):
            return "return"
        return "lazy" if any(self._may_make(path, node) for node in statements) else "branch"

    def _may_make(self, path: str, node: Node) -> bool:
        """Whether a statement calls a method of the receiver, which may make its attribute."""
        node = node.children[0] if node.role == "statement" and node.children else node
        callee = path_of(self._outline, node.at("callee")) if node.role == "call" else None
        own = f"{self._receiver}."
        return bool(self._receiver and callee) and path.startswith(own) and str(callee).startswith(own)

    def _assert(self, node: Node, known: Known) -> Known:
        arguments = node.at("arguments")
        test = node.at("test") if arguments is None else arguments.at("test")
        if test is None:
            return known
        self._visit(test, known)
        for nil_test in nil_tests(self._outline, self._words, test):
            demanded = nil_test.decisive and not nil_test.nil_when
            self._check(nil_test, "assert" if demanded else "branch", known)
        return self._when(test, True, known, "exit", test)

    def _while(self, node: Node, known: Known) -> Known | None:
        test, body, step = node.at("test"), node.at("body"), node.at("step")
        if (start := node.at("start")) is not None:
            self._statement(start, known)
        if body is None:
            return known
        leaves = any(child.role == "leave" for child in body.inside())
        self._forget_assigned(body, known)
        self._age(node, known)
        if test is not None:
            self._visit(test, known)
            for nil_test in nil_tests(self._outline, self._words, test):
                self._check(nil_test, "branch", known)
        inside = self._when(test, True, known) if test is not None else known.plus(())
        inside = self.block(body_of(body), inside) or known.plus(())
        if step is not None:
            self._visit(step, inside)
        endless = test is None or self._outline.text(unwrapped(test)) in ("True", "true", "1")
        if endless and not leaves:
            return None
        after = known.plus(()) if leaves or test is None else self._when(test, False, known, "choice")
        return self._rest(node, after)

    def _for(self, node: Node, known: Known) -> Known | None:
        source, target, body = node.at("source") or node.at("keys"), node.at("target"), node.at("body")
        if source is None or target is None or body is None:
            return known
        self._visit(source, known)
        if source.slot == "source":
            self._use(source, known)
        self._forget_assigned(node, known)
        self._age(node, known)
        self.block(body_of(body), known.plus(()))
        return self._rest(node, known)

    def _rest(self, node: Node, known: Known) -> Known | None:
        return self.block([child for child in node.children if child.role == "else"], known)

    def _try(self, node: Node, known: Known) -> Known | None:
        body = node.at("body")
        handlers = [child for child in node.children if child.role == "except"]
        shielded = any(self._shields_nil(handler) for handler in handlers)
        self._shields += shielded
        tried = body_of(body) or [child for child in node.children if child.role not in _HANDLES]
        after = self.block(tried, known.plus(()))
        self._shields -= shielded
        after = self._rest(node, after) if after is not None else None
        for statement in tried:
            self._age(statement, known)
            for path in self._assigned(statement):
                known.forget(path)
        for handler in handlers:
            caught = handler.at("body")
            way = known.plus(())
            after = joined(after, self.block(body_of(caught), way))
        for child in node.children:
            if child.role == "finally":
                if after is None:
                    self.block(child.children, known)
                else:
                    after.absent = {path: g for path, g in after.absent.items() if known.absent.get(path) == g}
                    after = self.block(child.children, after)
        return after

    def _shields_nil(self, handler: Node) -> bool:
        caught = [child for child in handler.children if child.slot not in ("body", "target")]
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
        after = self.block(body_of(body), known)
        self._shields -= shielded
        return joined(after, before) if shielded else after

    def _match(self, node: Node, known: Known) -> Known | None:
        for child in node.children:
            if child.slot == "subject":
                self._visit(child, known)
        subject = node.at("subject")
        path = path_of(self._outline, subject)
        after: Known | None = known.plus(())
        for case in cases_of(node):
            asks = any(child.slot == "pattern" and child.role == "nil" for child in case.children)
            if subject is not None and asks and (asked := self._subject(subject, known)) is not None:
                self._checked(case, asked, self._form(path or "", case.at("then")))
            way = known.plus([path] if path and case.role == "case" and not asks else [])
            after = joined(after, self.block([child for child in case.children if child.slot == "then"], way))
        if after is not None:
            for name in self._assigned(node):
                after.bound.pop(name, None)
        return after
