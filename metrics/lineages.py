"""Methods across a line of classes: what each writes once its calls to its own receiver are followed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from spotter.metrics.classes import Class, Classes
from spotter.metrics.facts import FileFacts, MethodStates
from spotter.metrics.words import Words, words_of


@dataclass(slots=True)
class Method:
    """A method of a class, its states, and all attributes that it or a method it reaches may write."""

    file: FileFacts
    states: MethodStates
    marks: tuple[str, ...]
    words: Words
    reached: frozenset[str] = frozenset()
    written: frozenset[str] = frozenset()
    open: bool = False
    callers: set[str] = field(default_factory=set)

    @property
    def name(self) -> str:
        """Its bare name."""
        return self.states.method.rpartition(".")[2]

    @property
    def constructs(self) -> bool:
        """Whether it makes the object."""
        return self.name in self.words.constructors


def methods_of(files: Sequence[FileFacts]) -> Iterator[tuple[Class, tuple[Method, ...]]]:
    """Every class with its own methods, their writes closed over calls to the receiver along its bases."""
    classes = Classes(files)
    own: dict[Class, dict[str, Method]] = defaultdict(dict)
    for file in files:
        marks = {item.name: item.marks for item in file.functions}
        words = words_of(file.language)
        for states in file.states:
            method = Method(file, states, marks.get(states.method, ()), words)
            own[classes.home(file.path, states.owner)][method.name] = method
    for key, methods in own.items():
        line = [own[above] for above in classes.lineage(*key) if above in own]
        for method in methods.values():
            _close(method, line)
        for method in methods.values():
            for name in method.reached:
                if name in methods and name != method.name:
                    methods[name].callers.add(method.name)
        yield key, tuple(methods.values())


def _close(method: Method, line: list[dict[str, Method]]) -> None:
    seen: set[int] = set()
    reached: set[str] = set()
    written: set[str] = set()
    pending = [method]
    while pending:
        current = pending.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        written.update(write.name for write in current.states.writes)
        method.open |= current.states.leaks
        for name in (*current.states.mentions, *current.states.stored, current.name):
            found = [methods[name] for methods in line if name in methods]
            if name in current.states.stored:  # a getter runs when it is read, a method when it is called
                found = [one for one in found if not one.words.getters.isdisjoint(one.marks)]
            if found and name != current.name:
                reached.add(name)
            pending.extend(found)
    method.reached, method.written = frozenset(reached), frozenset(written)
