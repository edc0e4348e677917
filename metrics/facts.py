"""What one file says, as plain values: pure, cacheable, and all that the pressures of a repository need."""

from __future__ import annotations

import json
from dataclasses import dataclass
from sys import intern
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from spotter.metrics.module_facts import NO_MODULE, ModuleFacts, module_from
from spotter.metrics.span import Span

if TYPE_CHECKING:
    from spotter.syntax import Syntax

Via = Literal["receiver", "attribute", "call", "parameter"]
Form = Literal["assert", "cast", "raise", "return", "default", "lazy", "branch"]
Contrary = Literal["used", "read", "replaced", "set", "made", "refused"]
StateForm = Literal["set", "put", "take", "change", "reset"]
Sort = Literal["nothing", "parameter", "attribute", "result", "global", "environment", "clock", "outside"]


@dataclass(frozen=True, slots=True)
class FunctionFacts:
    """A function by its dotted name. `gives` tells its results: "value", "nil", "mixed" or "" for a generator.

    The shape is its body as an s-expression with locals renamed, "" where the body is too small to be a copy; the
    statements are those of the shape, with their places.
    """

    name: str
    owner: str
    start_line: int
    end_line: int
    span: Span
    parameters: tuple[str, ...]
    marks: tuple[str, ...]
    gives: str
    decisions: int
    numbers: tuple[tuple[str, float], ...]
    shape: str
    receiver: str = ""
    statements: str = ""


class ClassFacts(NamedTuple):
    """A class by its dotted name, with its bases as written."""

    name: str
    line: int
    bases: tuple[str, ...]


class Call(NamedTuple):
    """A call: the dotted name of the calling function ("" outside), the callee as written."""

    caller: str
    callee_text: str
    line: int


class Import(NamedTuple):
    """A name that a file takes from elsewhere, and what it stands for, leading dots kept."""

    name: str
    target: str


class Subject(NamedTuple):
    """What may be nil: an attribute of the receiver's class, of some other object, a call's result, a parameter.

    The owner is the class around it, or the function of a parameter; a method of the receiver is named `.method`.
    """

    via: Via
    owner: str
    name: str


class NilOrigin(NamedTuple):
    """A place where a subject is made nil: by an initial value, or by an annotation, as written."""

    subject: Subject
    function: str
    span: Span
    annotation: str


class NilCheck(NamedTuple):
    """A test for nil. Explicit ones compare with nil, the others ask for the truth of a value; a cast has a target."""

    subject: Subject
    form: Form
    explicit: bool
    function: str
    span: Span
    target: str = ""


class NilUse(NamedTuple):
    """The first use in a function that fails on nil, apart for guarded and unguarded ones."""

    subject: Subject
    guarded: bool
    function: str
    span: Span


class NilWrite(NamedTuple):
    """A value, nil or not, given to an attribute of the receiver."""

    subject: Subject
    nil: bool
    function: str


class OwnCall(NamedTuple):
    """A call of a method of the receiver, and the receiver's attributes that cannot be nil there."""

    method: str
    present: tuple[str, ...]
    owner: str
    function: str


class Decision(NamedTuple):
    """An atom of a condition in its normal form, and as it was written; a guard is all that a function begins with."""

    atom: str
    text: str
    owner: str
    function: str
    span: Span
    guard: bool = False


class StateWrite(NamedTuple):
    """An attribute of the receiver is set, put into, taken from, changed in place, or reset to what it was at first.

    The branches are the lines at which those around it begin, the outermost first.
    """

    name: str
    form: StateForm
    span: Span
    branches: tuple[int, ...]


class MethodStates(NamedTuple):
    """What a method writes and mentions of its receiver, and whether it gives the receiver away as a whole.

    What it only stores in another attribute, such as a method to be called later, stands apart.
    """

    method: str
    owner: str
    writes: tuple[StateWrite, ...]
    mentions: tuple[str, ...]
    stored: tuple[str, ...]
    leaks: bool


class Tag(NamedTuple):
    """What a class gives all its objects under one name: a constant as written, or "" for what is computed."""

    owner: str
    name: str
    text: str


class Conjunction(NamedTuple):
    """A condition as the parts that are asked together, `+atom` or `-atom`, denied as a whole or not."""

    atoms: tuple[str, ...]
    denied: bool
    text: str
    owner: str
    function: str
    span: Span


class Slip(NamedTuple):
    """A name that a copy kept where it changed `old` to `new` everywhere else, and the name that would be expected."""

    text: str
    expected: str
    old: str
    new: str
    changed: int
    function: str
    span: Span
    twin: str
    twin_span: Span


class TypeCheck(NamedTuple):
    """A value is asked whether it is of some types, or cast to one."""

    subject: Subject
    cast: bool
    types: tuple[str, ...]
    function: str
    span: Span


class Given(NamedTuple):
    """A value of a known type is given to an attribute of the receiver."""

    subject: Subject
    type: str
    function: str
    span: Span


class Passing(NamedTuple):
    """A call that passes names by their place, each with its span; "" for a value that has no name of its own.

    The callee is a path as written; the names are the last of their paths: `self.url` is passed as `url`.
    """

    callee: str
    function: str
    names: tuple[str, ...]
    spans: tuple[Span, ...]


class Contradiction(NamedTuple):
    """What is done with a path against the condition under which it stands, the guard.

    That asks for nil, or only whether there is something.
    """

    path: str
    form: Contrary
    nil: bool
    function: str
    span: Span
    guard: Span


class GlobalUse(NamedTuple):
    """A name of the module that some function gives values to anew is written or read; the function is "" outside."""

    name: str
    writes: bool
    function: str
    span: Span


class Asked(NamedTuple):
    """A value that decisions ask: a parameter or an attribute with its class ("" where it is some other object's).

    The result of a function is named `.method` or `function`; behind it stands what the call is given, which is what
    decides where the function is not one of the repository.
    """

    sort: Sort
    owner: str
    name: str
    behind: tuple[Asked, ...] = ()


class Reliance(NamedTuple):
    """What a function's decisions ask of one value: how many they are, parts of one counted, and how much they weigh.

    The span is that of the first.
    """

    asked: Asked
    decisions: float
    load: float
    function: str
    span: Span


class Lone(NamedTuple):
    """A name that stands once in its file, is used there, and has a word that few programs have.

    The source is where the file takes the name from at which its path begins, or that of the call to which it is a
    keyword. Beside it may stand a common name of the file that is a letter away.
    """

    name: str
    source: str
    beside: str
    function: str
    span: Span


@dataclass(frozen=True, slots=True)
class FileFacts:
    """All facts of one file. In cut_lines the nesting was too deep to read; names are all words of its text.

    What it is as a module is known of Python alone.
    """

    path: str
    language: str
    lines: int
    test: bool
    generated: bool
    cut_lines: tuple[int, ...]
    functions: tuple[FunctionFacts, ...]
    classes: tuple[ClassFacts, ...]
    calls: tuple[Call, ...]
    imports: tuple[Import, ...]
    origins: tuple[NilOrigin, ...]
    checks: tuple[NilCheck, ...]
    uses: tuple[NilUse, ...]
    writes: tuple[NilWrite, ...]
    decisions: tuple[Decision, ...]
    states: tuple[MethodStates, ...] = ()
    conjunctions: tuple[Conjunction, ...] = ()
    tags: tuple[Tag, ...] = ()
    slips: tuple[Slip, ...] = ()
    type_checks: tuple[TypeCheck, ...] = ()
    givens: tuple[Given, ...] = ()
    own_calls: tuple[OwnCall, ...] = ()
    passings: tuple[Passing, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    globals: tuple[GlobalUse, ...] = ()
    reliances: tuple[Reliance, ...] = ()
    names: tuple[str, ...] = ()
    lone: tuple[Lone, ...] = ()
    module: ModuleFacts = NO_MODULE


def facts_of(syntax: Syntax) -> FileFacts:
    """The facts of one parsed file. It looks at nothing else."""
    # the extraction is built from these very values, so it can only be named here
    from spotter.metrics.extraction import extract

    return extract(syntax)


def to_json(facts: FileFacts) -> str:
    """One line of JSON: every value as the list of its fields."""
    return json.dumps(_fields(facts), ensure_ascii=False, separators=(",", ":"), default=_fields)


def _fields(value: Any) -> list[Any]:
    return [getattr(value, name) for name in value.__slots__]


def from_json(text: str) -> FileFacts:
    """The facts that to_json wrote."""
    path, language, lines, test, generated, cut, functions, classes, *rest = json.loads(text)
    calls, imports, origins, checks, uses, writes, decisions, states, *more = rest
    conjunctions, tags, slips, type_checks, givens, own_calls, passings, contradictions, *last = more
    globals_, reliances, names, lone, module = last
    return FileFacts(
        path,
        language,
        lines,
        test,
        generated,
        tuple(cut),
        tuple(_function(raw) for raw in functions),
        tuple(ClassFacts(name, line, tuple(bases)) for name, line, bases in classes),
        tuple(Call(*raw) for raw in calls),
        tuple(Import(*raw) for raw in imports),
        tuple(NilOrigin(Subject(*s), function, Span(*span), annotation) for s, function, span, annotation in origins),
        tuple(NilCheck(Subject(*s), form, explicit, f, Span(*span), to) for s, form, explicit, f, span, to in checks),
        tuple(NilUse(Subject(*s), guarded, function, Span(*span)) for s, guarded, function, span in uses),
        tuple(NilWrite(Subject(*s), nil, function) for s, nil, function in writes),
        tuple(Decision(atom, text, owner, f, Span(*span), guard) for atom, text, owner, f, span, guard in decisions),
        tuple(_states(raw) for raw in states),
        tuple(
            Conjunction(tuple(atoms), denied, text, owner, f, Span(*span))
            for atoms, denied, text, owner, f, span in conjunctions
        ),
        tuple(Tag(*raw) for raw in tags),
        tuple(
            Slip(text, expected, old, new, changed, f, Span(*span), twin, Span(*other))
            for text, expected, old, new, changed, f, span, twin, other in slips
        ),
        tuple(TypeCheck(Subject(*s), cast, tuple(types), f, Span(*span)) for s, cast, types, f, span in type_checks),
        tuple(Given(Subject(*s), kind, f, Span(*span)) for s, kind, f, span in givens),
        tuple(OwnCall(method, tuple(present), owner, f) for method, present, owner, f in own_calls),
        tuple(Passing(callee, f, tuple(names), tuple(Span(*s) for s in spans)) for callee, f, names, spans in passings),
        tuple(
            Contradiction(path, form, nil, f, Span(*s), Span(*guard)) for path, form, nil, f, s, guard in contradictions
        ),
        tuple(GlobalUse(name, writes, f, Span(*span)) for name, writes, f, span in globals_),
        tuple(Reliance(_asked(asked), count, load, f, Span(*span)) for asked, count, load, f, span in reliances),
        tuple(map(intern, names)),
        tuple(Lone(name, source, beside, f, Span(*span)) for name, source, beside, f, span in lone),
        module_from(module),
    )


def _asked(raw: list[Any]) -> Asked:
    sort, owner, name, behind = raw
    return Asked(sort, owner, name, tuple(map(_asked, behind)))


def _function(raw: list[Any]) -> FunctionFacts:
    name, owner, start, end, span, parameters, marks, gives, decisions, numbers, *shaped = raw
    pairs = tuple((key, value) for key, value in numbers)
    kept = (tuple(parameters), tuple(marks), gives, decisions, pairs, *shaped)
    return FunctionFacts(name, owner, start, end, Span(*span), *kept)


def _states(raw: list[Any]) -> MethodStates:
    method, owner, writes, mentions, stored, leaks = raw
    written = tuple(StateWrite(name, form, Span(*span), tuple(branches)) for name, form, span, branches in writes)
    return MethodStates(method, owner, written, tuple(mentions), tuple(stored), leaks)
