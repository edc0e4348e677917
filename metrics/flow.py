"""Nil through one function: where it is checked, where it is used, and what is known there.

A forward walk over statements. At each point it holds the paths that cannot be nil (dominating guards, asserts,
early exits, assignments) and what each local stands for. Where it cannot tell, it takes the use for guarded.
"""

from __future__ import annotations

from collections.abc import Iterable

from spotter.metrics.expressions import Expressions
from spotter.metrics.facts import Form
from spotter.metrics.known import Known, joined
from spotter.metrics.narrowing import nil_tests
from spotter.metrics.outline import Node
from spotter.metrics.paths import path_of


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
        if role in ("function", "class"):
            self.nested.append((node, known.plus(())))
            return known
        if role == "if":
            return self._if(node, known)
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

    def _if(self, node: Node, known: Known) -> Known | None:
        others = [child for child in node.children if child.role in ("elif", "else")]
        after: Known | None = None
        for step, other in zip((node, *others), (*others, None), strict=True):
            test, then = step.at("test"), step.at("then")
            if test is None:
                return joined(after, self.block(step.children, known)) if step.role == "else" else known
            self._visit(test, known)
            self._branches(test, then, other, known)
            way_in = self._when(test, True, known)
            after = joined(after, self.block(then.children if then is not None else (), way_in))
            known = self._when(test, False, known)
        return joined(after, known)

    def _branches(self, test: Node, then: Node | None, other: Node | None, known: Known) -> None:
        for nil_test in nil_tests(self._outline, self._words, test):
            taken = then if nil_test.nil_when else (other.at("body") if other is not None else None)
            self._check(nil_test, self._form(nil_test.path, taken) if nil_test.decisive else "branch", known)

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

    def _assert(self, node: Node, known: Known) -> Known:
        test = node.at("test")
        if test is None:
            return known
        self._visit(test, known)
        for nil_test in nil_tests(self._outline, self._words, test):
            demanded = nil_test.decisive and not nil_test.nil_when
            self._check(nil_test, "assert" if demanded else "branch", known)
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
