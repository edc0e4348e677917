"""What is missing in one function: read all the same, or there once something has been run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from spotter.metrics.contradictions import Made, Read, reads
from spotter.metrics.facts import Contradiction, Contrary
from spotter.metrics.known import Guard, Known
from spotter.metrics.outline import Node, Outline
from spotter.metrics.paths import path_of
from spotter.metrics.scopes import PATTERNS, names_in
from spotter.metrics.span import Span
from spotter.metrics.words import Words

RUNS = frozenset({"call", "yield"})
GIVING = frozenset({"assign", "for", "walrus", "for_in", "update", "as", "fill"})


class Missing:
    """What a walk through one function finds against the conditions that it has passed."""

    def __init__(self, outline: Outline, words: Words, function: str, steady: frozenset[str]) -> None:
        self._outline = outline
        self._words = words
        self._function = function
        self._steady = steady
        self._shields = 0
        self._raises = 0
        self._replaced: frozenset[str] = frozenset()
        self.options: frozenset[str] = frozenset()  # parameters with a default that is neither nil nor empty
        self.contradictions: dict[Span, Contradiction] = {}

    def _age(self, node: Node, known: Known) -> None:
        """What was missing may be there once a node has been run: it gives values, or calls what does."""
        if not known.absent:
            return
        for part in (node, *node.inside()):
            if part.role in RUNS:
                known.keep(self._steady)
                callee = part.at("callee")
                filled = path_of(self._outline, callee.at("object")) if callee is not None else None
                if filled in known.absent and not known.absent[filled].nil:
                    known.arrive(filled)
            elif part.role in ("import", "function", "class"):
                for name in (part, *part.inside()) if part.role == "import" else part.children:
                    if name.role == "name":
                        known.arrive(self._outline.text(name))
            elif (target := part.at("target")) is not None and target.role == "member":
                known.forget_named(self._outline.text(target.at("name") or target))
        for path in (*self._given(node), *self._assigned(node)):
            known.arrive(path)

    def _contradict(self, node: Node, known: Known) -> None:
        """Note what a node reads of the paths that are missing where it stands."""
        if self._shields:
            return
        for read in reads(self._outline, self._words, node):
            guard = known.absent.get(read.path)
            told = self._raises > 0 and read.form in ("passed", "read")  # an error says what was wrong
            made = read.form == "passed" and read.path in self._replaced  # `x = make(x)`
            if guard is None or told or made or (read.form == "passed" and self._called(node) in guard.called):
                continue
            if _against(read, guard):
                form: Contrary = "used" if read.form != "read" else "read"
                self._contrary(read.path, form, guard.nil, read.node, guard.span)

    def _called(self, node: Node) -> str:
        callee = node.at("callee")
        return self._outline.text(callee) if callee is not None else ""

    def _called_with(self, path: str, branches: Iterable[Node]) -> frozenset[str]:
        """What is called in those of some branches that deal with a path."""
        inside = [[node, *node.inside()] for node in branches]
        dealing = [nodes for nodes in inside if any(path_of(self._outline, node) == path for node in nodes)]
        return frozenset(self._called(node) for nodes in dealing for node in nodes if node.role == "call")

    def _contrary(self, path: str, form: Contrary, nil: bool, node: Node, guard: Span) -> None:
        span = Span(*self._outline.span(node))
        self.contradictions.setdefault(span, Contradiction(path, form, nil, self._function, span, guard))

    def _remade(self, found: Iterable[Made]) -> None:
        for item in found:
            if item.certain or item.path not in self.options:  # an option is refined where it is on
                guard = Span(*self._outline.span(item.guard))
                self._contrary(item.path, item.form, item.certain, item.node, guard)

    def _lasts(self, path: str, part: Node, test: Node) -> bool:
        """Whether what a part of a condition says of a path still holds when the whole of it is decided."""
        after = [node for node in (test, *test.inside()) if node.start >= part.end]
        if any(path in self._targets(node) for node in after if node.role == "walrus"):
            return False
        return path in self._steady or not any(node.role in RUNS for node in after)

    def _targets(self, node: Node) -> list[str | None]:
        """The paths that a node gives values to."""
        target = node.at("target")
        if target is None:
            return []
        parts = target.children if target.role in ("", "collection") and target.children else [target]
        paths = [path_of(self._outline, part) for part in parts]
        return [*paths, *names_in(self._outline, target)] if target.role in PATTERNS else paths

    def _assigned(self, node: Node) -> Iterator[str]:
        """The paths that are given values somewhere in a node."""
        for child in node.inside():
            yield from self._given(child)

    def _given(self, node: Node) -> Iterator[str]:
        """The paths that a node itself gives values to."""
        if node.role in GIVING:
            yield from filter(None, self._targets(node))


def _against(read: Read, guard: Guard) -> bool:
    """Whether a reading of what is missing contradicts the condition that says so, wherever that stands.

    What was empty when a function went on may have been filled before it is opened; what must be nil may well be kept.
    """
    on = guard.stands in ("exit", "refusal")
    if read.form == "opened":
        return guard.nil or not on
    if not guard.nil:
        return read.form == "passed" and on
    return read.form != "read" or guard.stands in ("branch", "exit")
