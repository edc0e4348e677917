"""Nil through expressions: what is used and checked in them, and what they give to a name."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from spotter.metrics.absence import lacks
from spotter.metrics.contradictions import kept
from spotter.metrics.facts import Form, NilCheck, NilUse, NilWrite, OwnCall, Subject
from spotter.metrics.known import Guard, Known, Stands
from spotter.metrics.missing import GIVING, Missing
from spotter.metrics.narrowing import NilTest, holds, nil_tests
from spotter.metrics.outline import Node, Outline
from spotter.metrics.paths import path_of, root_of, selects, unwrapped
from spotter.metrics.scopes import PATTERNS, names_in
from spotter.metrics.span import Span
from spotter.metrics.words import Words

_NON_NIL = frozenset(
    {"string", "number", "truth", "collection", "comprehension", "lambda", "compare", "not"} | {"function", "class"}
)
_STATEMENTS = frozenset(
    {"block", "statement", "if", "while", "for", "try", "with", "match", "return", "raise", "leave", "assert"}
)


class Expressions(Missing, ABC):
    """The walk over the expressions of one function. Its results are in checks, uses and writes."""

    def __init__(
        self, outline: Outline, words: Words, function: str, owner: str, receiver: str, steady: frozenset[str]
    ) -> None:
        super().__init__(outline, words, function, steady)
        self._owner = owner
        self._receiver = receiver
        self._uses: dict[tuple[Subject, bool], Span] = {}
        self.checks: list[NilCheck] = []
        self.writes: list[NilWrite] = []
        self.own_calls: list[OwnCall] = []
        self.nested: list[tuple[Node, Known]] = []

    @property
    def uses(self) -> list[NilUse]:
        """The first guarded and the first unguarded use of every subject."""
        return [NilUse(subject, guarded, self._function, span) for (subject, guarded), span in self._uses.items()]

    @abstractmethod
    def _statement(self, node: Node, known: Known) -> Known | None:
        """Walk one statement; None once the way out is taken."""

    def _visit(self, node: Node, known: Known) -> None:
        role = node.role
        if role in ("name", "string", "number", "nil", "truth"):
            return
        if known.absent:
            self._contradict(node, known)
        if role in ("function", "class"):
            self._nest(node, known)
        elif role in ("and", "or", "coalesce"):
            self._short_circuit(node, known)
        elif role == "assign":
            self._assign(node, known)
        elif role in ("delete", "update"):
            self._below(node, known)
            if target := path_of(self._outline, node.at("target")):
                known.forget(target)
        elif role == "fill":
            self._fill(node, known)
        elif role in ("cast", "demand"):
            self._cast(node, known)
        elif role == "ternary":
            self._ternary(node, known)
        elif role == "comprehension":
            self._comprehension(node, known)
        elif role == "lambda":
            inner = known.plus(())
            inner.absent = {}
            for child in node.children:
                if child.slot != "body":
                    for part in (child, *child.inside()):
                        if part.role == "parameter":
                            for name in names_in(self._outline, part):
                                inner.forget(name)
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
                self._use(below, self._asked(node, below, known))
        elif role == "call":
            self._call(node, known)
        elif role in _STATEMENTS:
            self._statement(node, known.plus(()))
        else:
            self._below(node, known)
        self._age(node, known)

    def _nest(self, node: Node, known: Known) -> None:
        later = known.plus(())
        later.absent = {}
        self.nested.append((node, later))
        self._age(node, known)

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
                    self.checks.append(NilCheck(subject, "cast", True, self._function, span, self._cast_to(arguments)))
        elif callee is not None and callee.role in ("name", "member"):
            self._use(callee, self._asked(node, callee, known))
            if self._receiver and name is not None and name.startswith(f"{self._receiver}."):
                self._own_call(name.removeprefix(f"{self._receiver}."), known)

    def _own_call(self, method: str, known: Known) -> None:
        """A method of the receiver is called: what is known of the receiver there holds inside too."""
        own = f"{self._receiver}."
        if "." not in method and selects(method):
            below = sorted(path.removeprefix(own) for path in known.paths if path.startswith(own))
            present = tuple(path for path in below if "." not in path and selects(path))
            self.own_calls.append(OwnCall(method, present, self._owner, self._function))

    def _asked(self, node: Node, below: Node, known: Known) -> Known:
        """What is known where a value is used that is asked for nil on the way, as in `a?.b`."""
        path = path_of(self._outline, below) if node.at("optional") is not None else None
        if path is None:
            return known
        self._check(NilTest(below, path, True, True, True), "branch", known)
        return known.plus([path])

    def _cast(self, node: Node, known: Known) -> None:
        """A cast to a type, or a plain claim that a value is not nil."""
        self._below(node, known)
        subject = self._subject(node, known)
        kind = node.at("type")
        if subject is not None and (kind is not None or node.role == "demand"):
            target = self._outline.text(kind) if kind is not None else ""
            span = Span(*self._outline.span(node))
            self.checks.append(NilCheck(subject, "cast", True, self._function, span, target))

    def _fill(self, node: Node, known: Known) -> None:
        """A value is given where there is none."""
        target, value = node.at("target"), node.at("value")
        path = path_of(self._outline, target)
        if target is not None and value is not None and path is not None:
            self._check(NilTest(target, path, True, True, True), "lazy" if "." in path else "default", known)
            self._visit(value, known)
            known.paths.add(path)
        else:
            self._below(node, known)

    def _assign(self, node: Node, known: Known) -> None:
        value, target = node.at("value"), node.at("target")
        if target is None:
            return
        self._remade(kept(self._outline, self._words, node))
        if value is not None:
            around, self._replaced = self._replaced, frozenset(filter(None, self._targets(node)))
            self._visit(value, known)
            self._replaced = around
        if target.role in PATTERNS:
            for name in self._targets(node):
                if name is not None:
                    known.forget(name)
            if value is not None and target.role == "pattern":
                self._use(value, known)
        elif (path := path_of(self._outline, target)) is not None:
            if value is not None:
                self._give(path, value, known)
            elif node.at("type") is None:
                known.forget(path)
        if target.role in ("member", "index"):
            if known.absent:
                self._contradict(target, known)
            for child in target.children:
                self._visit(child, known)
            if (below := target.at("object")) is not None:
                self._use(below, known)

    def _cast_to(self, arguments: Node) -> str:
        return self._outline.text(arguments.children[0]).strip("\"'") if len(arguments.children) > 1 else ""

    def _short_circuit(self, node: Node, known: Known) -> None:
        left, right = node.at("left"), node.at("right")
        if left is None or right is None:
            return
        self._visit(left, known)
        if node.role != "and" and (path := path_of(self._outline, left)) and left.role in ("name", "member", "call"):
            self._check(NilTest(left, path, True, node.role == "coalesce", True), "default", known)
        if node.role == "coalesce":
            self._visit(right, known)
            return
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
        self._visit(then, self._when(test, True, known, "choice", others=(other,)))
        self._visit(other, self._when(test, False, known, "choice", others=(then,)))

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

    def _when(
        self,
        test: Node,
        truth: bool,
        known: Known,
        stands: Stands = "branch",
        way_out: Node | None = None,
        others: Sequence[Node] = (),
    ) -> Known:
        """What is known once a condition has come out; what the way out of all other values reads may be empty.

        The others are the branches that are taken where it comes out the other way.
        """
        way = known.plus(holds(self._outline, self._words, test, truth, known.implied))
        missing = lacks(self._outline, self._words, test, truth, empty=True)
        certain = lacks(self._outline, self._words, test, truth) if missing else {}
        if (
            stands in ("exit", "refusal") and len(certain) > 1
        ):  # what may not be given at all, such as `a is not None or b is not None`
            stands = "choice"
        for path, part in missing.items():
            speaks = any(path_of(self._outline, node.at("object")) == path for node in test.inside())
            speaks |= way_out is not None and any(path_of(self._outline, node) == path for node in way_out.inside())
            if self._lasts(path, part, test) and (path in certain or not speaks):  # an object has a truth of its own
                called = self._called_with(path, others)
                way.absent[path] = Guard(Span(*self._outline.span(part)), path in certain, stands, called)
        return way

    def _subject(self, node: Node, known: Known) -> Subject | None:
        """What the value of an expression is, if it is something that may be nil."""
        node = unwrapped(node)
        if node.role == "call":
            callee = path_of(self._outline, node.at("callee"))
            if callee is None:
                return None
            own = f"{self._receiver}." if self._receiver else ""
            return Subject(
                "call", self._owner, callee.removeprefix(self._receiver) if own and callee.startswith(own) else callee
            )
        path = path_of(self._outline, node)
        return self._of_path(path, known) if path is not None else None

    def _of_path(self, path: str, known: Known) -> Subject | None:
        if path in known.bound:
            return known.bound[path]
        below, _, name = path.rpartition(".")
        if not below or not selects(name):
            return None
        if below == self._receiver:
            return Subject("receiver", self._owner, name)
        return Subject("attribute", "", name) if root_of(path) != path else None

    def _check(self, test: NilTest, form: Form, known: Known) -> None:
        subject = self._of_path(test.path, known)
        if subject is not None:
            self._checked(test.node, subject, form, explicit=test.explicit)

    def _checked(self, node: Node, subject: Subject, form: Form, *, explicit: bool = True) -> None:
        self.checks.append(NilCheck(subject, form, explicit, self._function, Span(*self._outline.span(node))))

    def _use(self, node: Node, known: Known) -> None:
        subject = self._subject(node, known)
        if subject is None or subject.via == "attribute":
            return
        path = path_of(self._outline, unwrapped(node))
        guarded = self._shields > 0 or (path is not None and path in known.paths)
        if (subject, guarded) not in self._uses:
            self._uses[subject, guarded] = Span(*self._outline.span(node))

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
        if solid or (inner.role in ("call", "") and "." in target):
            known.paths.add(target)
        if "." not in target and subject is not None:
            known.bound[target] = subject
        if inner.role in ("compare", "and", "or", "not", "name", "member"):
            known.implied[target] = (implied[0], implied[1])
        if self._receiver and target.startswith(f"{self._receiver}.") and target.count(".") == 1:
            attribute = Subject("receiver", self._owner, target.partition(".")[2])
            self.writes.append(NilWrite(attribute, inner.role == "nil", self._function))

    def _forget_assigned(self, node: Node, known: Known) -> None:
        """Forget what a loop gives values to; what it gives on its way to a return does not come round again."""
        pending = [node]
        while pending:
            current = pending.pop()
            if current.role in GIVING:
                for path in filter(None, self._targets(current)):
                    known.forget(path)
            if current.children and current.role not in ("function", "class") and not self._returns(current):
                pending.extend(current.children)

    def _returns(self, node: Node) -> bool:
        """Whether statements can only be left by a return at their end."""
        ends = node.role in ("block", "else", "") and node.children[-1].role == "return"
        return ends and all(child.role != "leave" for child in node.inside())
