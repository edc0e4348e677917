"""Origins of nil across a repository, and which of them a checked or used value comes from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from spotter.metrics.classes import Classes
from spotter.metrics.facts import FileFacts, Subject
from spotter.metrics.pressure import Certainty
from spotter.metrics.span import Span
from spotter.metrics.words import words_of


@dataclass(frozen=True, slots=True)
class Origin:
    """One place where nil comes from: an attribute of a class, a parameter, or a function that may give nil."""

    kind: Literal["attribute", "parameter", "function"]
    path: str
    name: str
    function: str
    span: Span
    annotation: str
    nil: str


_KEYS = {"attribute": "state", "parameter": "parameter", "function": "result"}


def key_of(origin: Origin) -> str:
    """The cause key of an origin."""
    return f"{_KEYS[origin.kind]}:{origin.path}:{origin.name}"


class Origins:
    """Finds the origin of a subject: through the lines of descent, through imports, or by a name that is unique."""

    def __init__(self, files: Sequence[FileFacts]) -> None:
        self._classes = Classes(files)
        self._known: dict[tuple[str, str], Origin] = {}
        self._attributes: dict[str, set[Origin]] = defaultdict(set)
        self._functions: dict[tuple[str, str], Origin | None] = {}
        self._bare: dict[str, list[Origin | None]] = defaultdict(list)
        self._imports = {file.path: {item.name: item.target for item in file.imports} for file in files}
        for file in files:
            self._learn(file)

    def of(self, path: str, subject: Subject) -> tuple[Origin | None, Certainty]:
        """The origin of a subject met in a file, and how sure that is."""
        if subject.via == "receiver":
            return self._inherited(path, subject.owner, subject.name), "resolved"
        if subject.via == "parameter":
            return self._known.get((path, f"{subject.owner}.{subject.name}")), "resolved"
        if subject.via == "attribute":
            same = self._attributes.get(subject.name, set())
            return (next(iter(same)), "inferred") if len(same) == 1 else (None, "ambiguous")
        return self._called(path, subject)

    def lineage(self, path: str, owner: str) -> tuple[tuple[str, str], ...]:
        """A class and the classes above it."""
        return self._classes.lineage(path, owner)

    def _inherited(self, path: str, owner: str, name: str) -> Origin | None:
        for at, above in self._classes.lineage(path, owner):
            if (origin := self._known.get((at, f"{above}.{name}"))) is not None:
                return origin
        return None

    def _called(self, path: str, subject: Subject) -> tuple[Origin | None, Certainty]:
        head, _, rest = subject.name.partition(".")
        if not rest:
            if (path, head) in self._functions:
                return self._functions[path, head], "resolved"
            if head in self._imports[path]:
                same = self._bare.get(self._imports[path][head].rpartition(".")[2], [])
                return (same[0], "inferred") if len(same) == 1 else (None, "ambiguous")
            return None, "ambiguous"
        if not head and "." not in rest:
            for at, above in self._classes.lineage(path, subject.owner):
                if (at, f"{above}.{rest}") in self._functions:
                    return self._functions[at, f"{above}.{rest}"], "resolved"
        return None, "ambiguous"

    def _learn(self, file: FileFacts) -> None:
        nil = min(words_of(file.language).nil)
        for item in file.origins:
            kind: Literal["attribute", "parameter"] = "attribute" if item.subject.via == "receiver" else "parameter"
            name = f"{item.subject.owner}.{item.subject.name}"
            origin = Origin(kind, file.path, name, item.function, item.span, item.annotation, nil)
            if (file.path, name) in self._known:
                continue
            self._known[file.path, name] = origin
            if kind == "attribute":
                self._attributes[item.subject.name].add(origin)
        for function in file.functions:
            may = function.gives == "mixed" and not function.marks
            found = Origin("function", file.path, function.name, function.name, function.span, "", nil) if may else None
            self._functions[file.path, function.name] = found
            if "." not in function.name:
                self._bare[function.name].append(found)
