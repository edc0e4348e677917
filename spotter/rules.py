"""The rules: what each is called, how much it weighs, and the text that explains it."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

from spotter.errors import SpotterError
from spotter.findings import Kind, Severity

NEVER = ("SP001", "SP302")  # silenced by a baseline or a verdict: what was not measured, and what one change adds
HEADINGS = ("What it does", "Why", "Example", "Instead", "Options")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule; one that gates makes the check fail from its severity on, the others only under --fail-on note.

    One that is off by default speaks only where its whole code is selected; of one that doubts, so do its notes.
    """

    code: str
    name: str
    severity: Severity
    kind: Kind
    gates: bool
    text: str
    default: bool = True
    doubts: bool = False


def _rule(
    code: str,
    name: str,
    severity: Severity,
    kind: Kind,
    *parts: str,
    gates: bool = False,
    default: bool = True,
    doubts: bool = False,
) -> Rule:
    text = "\n\n".join(f"{heading}\n{part}" for heading, part in zip(HEADINGS, parts, strict=True))
    return Rule(code, name, severity, kind, gates, text, default, doubts)


_SCORED = """\
    max_alerts_per_kloc = 0.5   how many such alerts 1,000 lines of clean code may give
    # spotter: ignore[{}] why   on the line, or on the line above it"""

_PRESSED = """\
    ignore = ["{}"]             in the configuration
    # spotter: ignore[{}] why   on the line, or on the line above it"""

_ASKED = """\
    select = ["SP", "{}"]       in the configuration: it is off by default, and on by its whole code
    # spotter: ignore[{}] why   on the line, or on the line above it"""

_DOUBTED = """\
    select = ["SP", "{}"]       in the configuration: its notes are off by default, on by its code
    # spotter: ignore[{}] why   on the line, or on the line above it"""

_TABLE = (
    _rule(
        "SP001", "not-measured", "error", "fact",
        "A file that was asked for could not be read as source at all.",
        "Silence about a file reads as praise. What nobody looked at must not pass as clean.",
        "    $ spotter check broken.py\n    broken.py:1:1 SP001 not valid UTF-8 at byte 17",
        "Save the file in the encoding that it declares, mend its permissions, or leave it out.",
        '    exclude = ["vendored/*"]     folders and files that are not looked at',
        gates=True,
    ),
    _rule(
        "SP002", "partly-measured", "note", "fact",
        "Part of a file was not measured: the grammar could not place some lines, or no weights know its language.",
        "The rest of the file was measured. The lines around a syntax error may hide what Spotter would have said.",
        "    def pay(self:\n        return self.total",
        "Mend the syntax of the named lines; for a language without weights there is nothing to do.",
        _PRESSED.format("SP002", "SP002"),
    ),
    _rule(
        "SP003", "unused-suppression", "note", "fact",
        "A suppression comment silences nothing.",
        "The finding it was written for is gone. Left in place, it would silence the next one unseen.",
        "    total = price * count  # spotter: ignore[SP101] price is in cents",
        "    total = price * count",
        '    ignore = ["SP003"]          in the configuration',
    ),
    _rule(
        "SP101", "unlikely-token", "warning", "suspicion",
        "The denoiser expects a careful author to replace this token, and names what would stand there.",
        "Wrong variables, attributes, operators and constants are legal code: no type checker sees them.\n"
        "Of what is wrong whatever else is known (names that nothing binds, templates that nothing fills,\n"
        "what is asked twice, what Python cannot do so) the message says why.",
        "    def span(lo, hi):\n        return lo - lo",
        "    def span(lo, hi):\n        return hi - lo",
        _SCORED.format("SP101"),
        gates=True,
    ),
    _rule(
        "SP102", "missing-token", "warning", "suspicion",
        "The denoiser expects a token before this one.",
        "A dropped `not`, `await`, `self.` or argument leaves code that parses and does something else.\n"
        "Of a call whose function in the same file needs one argument more, the message says which; of exceptions\n"
        "that are not raised, methods that are not called and commas that lack it says what is wrong.",
        "    async def load(self):\n        row = self.fetch()\n        return row.name",
        "    async def load(self):\n        row = await self.fetch()\n        return row.name",
        _SCORED.format("SP102"),
        gates=True,
    ),
    _rule(
        "SP103", "stray-token", "warning", "suspicion",
        "The denoiser expects this token to be deleted.",
        "A negation or an argument left over from an edit turns a condition or a call around.",
        "    if not path.exists():\n        return path.read_text()",
        "    if path.exists():\n        return path.read_text()",
        _SCORED.format("SP103"),
        gates=True,
    ),
    _rule(
        "SP201", "nil-pressure", "note", "fact",
        "One origin of None (an attribute, a default, a return) causes asserts and casts at many other places.",
        "Every check is a decision that each reader takes again. A value that is always there needs none of them.",
        "    class Command:\n        engine = None            # set later by the runner\n\n"
        "        def run(self):\n            assert self.engine is not None",
        "    class Command:\n        def __init__(self, engine):\n            self.engine = engine",
        _PRESSED.format("SP201", "SP201"),
    ),
    _rule(
        "SP202", "unchecked-nil", "warning", "suspicion",
        "The one use of a value that may be None and is not guarded, where its other uses are.",
        "Those who guarded it knew that it can be None. This place forgot, or knows more than the code says.",
        "    if self.user is not None:\n        greet(self.user.name)\n    log(self.user.name)",
        "    if self.user is not None:\n        greet(self.user.name)\n        log(self.user.name)",
        _DOUBTED.format("SP202", "SP202"),
        gates=True, doubts=True,
    ),
    _rule(
        "SP211", "type-pressure", "note", "fact",
        "One value (an attribute, a result, a parameter) is asked for its type or cast at many places.",
        "It is of several types because nobody has decided which. Every reader of it decides again.",
        "    def find(self, selector):\n        if isinstance(selector, str):\n"
        "            selector = parse(selector)               # and so in each method of the class",
        "    def find(self, selector: Selector):               # callers parse, or give a Selector",
        _PRESSED.format("SP211", "SP211"),
    ),
    _rule(
        "SP212", "odd-type", "warning", "suspicion",
        "The one value of another type than all others that an attribute is given.",
        "Whoever reads it expects what three other places give, and fails where this one was taken.",
        "    def close(self):\n        self.state = b\"closed\"     # all others give a str",
        "    def close(self):\n        self.state = \"closed\"",
        _ASKED.format("SP212", "SP212"),
        gates=True, default=False,
    ),
    _rule(
        "SP221", "condition-pressure", "note", "fact",
        "Many functions ask an object what it is, or begin with the same guard, and branch on the answer.",
        "A question that is asked in many places is a type, a strategy or a named value that is not there yet.",
        "    if graph.directed:\n        edges = graph.out_edges(n)\n    else:\n        edges = graph.edges(n)",
        "    edges = graph.incident(n)    # each kind of graph answers for itself",
        _PRESSED.format("SP221", "SP221"),
    ),
    _rule(
        "SP222", "contradicted-guard", "note", "suspicion",
        "Code that does what the condition above it rules out: it uses what is None, goes through what is empty,\n"
        "or replaces what was just found to be there.",
        "A flipped comparison or a lost `not` is legal code: no linter sees it, and each line by itself looks right.",
        "    if headers is not None:\n        headers = {}\n    headers.update(extra)",
        "    if headers is None:\n        headers = {}\n    headers.update(extra)",
        _PRESSED.format("SP222", "SP222"),
    ),
    _rule(
        "SP231", "unnamed-predicate", "note", "fact",
        "Conditions that functions ask together again and again, and that have no name.",
        "Together they mean one thing. Every place spells it out, and must be found when it changes.",
        "    if page.open and page.size > LIMIT and not page.locked:\n        split(page)",
        "    if page.may_split:\n        split(page)",
        _PRESSED.format("SP231", "SP231"),
    ),
    _rule(
        "SP232", "partial-predicate", "warning", "suspicion",
        "The one place that asks all conditions but one of those that others ask together.",
        "Where three functions ask for three things, the fourth that asks for two of them may have forgotten one.",
        "    if page.open and page.size > LIMIT:                        # others add: and not page.locked\n"
        "        split(page)",
        "    if page.open and page.size > LIMIT and not page.locked:\n        split(page)",
        _ASKED.format("SP232", "SP232"),
        gates=True, default=False,
    ),
    _rule(
        "SP241", "coupled-state", "note", "fact",
        "Attributes that many methods of a class update together, and hardly ever apart.",
        "They are one state in several pieces. Each new method must know that, and nothing says so.",
        "    def add(self, row):\n        self.rows.append(row)\n        self.width = max(self.width, len(row))",
        "    def add(self, row):\n        self.table = self.table.with_row(row)    # rows and width are one value",
        _PRESSED.format("SP241", "SP241"),
    ),
    _rule(
        "SP242", "forgotten-update", "warning", "suspicion",
        "The one method that updates an attribute and leaves alone what all others update with it.",
        "Two states that always move together drift apart at the one place that moves one of them.",
        "    def add(self, row):\n        self.rows.append(row)\n        self.size += 1\n\n"
        "    def add_first(self, row):\n        self.rows.insert(0, row)",
        "    def add_first(self, row):\n        self.rows.insert(0, row)\n        self.size += 1",
        _ASKED.format("SP242", "SP242"),
        gates=True, default=False,
    ),
    _rule(
        "SP251", "similar-code", "note", "fact",
        "Functions that are copies of one another with few holes, and runs of statements that several functions share.",
        "A mistake in one copy is in all of them, and is mended in one.",
        '    def max_delay(self): return self.settings.getfloat("MAX_DELAY")\n'
        '    def min_delay(self): return self.settings.getfloat("MIN_DELAY")',
        "    def _delay(self, key): return self.settings.getfloat(key)",
        _PRESSED.format("SP251", "SP251"),
    ),
    _rule(
        "SP252", "inconsistent-copy", "warning", "suspicion",
        "The one name that a copy kept where it renamed all others like it.",
        "Copied code is renamed by hand, and the last place is the easiest to forget.",
        "    if left.kind not in LEFT_KINDS:\n        fail(left)\n"
        "    if right.kind not in RIGHT_KINDS:\n        fail(left)",
        "    if right.kind not in RIGHT_KINDS:\n        fail(right)",
        _PRESSED.format("SP252", "SP252"),
        gates=True,
    ),
    _rule(
        "SP262", "misplaced-argument", "note", "suspicion",
        "Two neighbouring arguments that stand where their names say that the other one belongs.",
        "Swapped arguments of one type pass every type checker. The names of the parameters tell them apart.",
        "    def resize(image, width, height): ...\n\n    resize(thumbnail, height, width)",
        "    resize(thumbnail, width, height)",
        _PRESSED.format("SP262", "SP262"),
    ),
    _rule(
        "SP263", "misspelt-name", "warning", "suspicion",
        "A name that is used once, stands nowhere else in the repository, has a word that few programs have, and is a\n"
        "letter away from one that others use. Only where all files are known, and in Python,\n"
        "JavaScript and TypeScript, whose common words are.",
        "What nothing else is called fails when it is asked for, and where it is set nobody reads it: no test came by.",
        "    class Mesh:\n        def interpolation(self): ...\n\n    mesh.interploation()",
        "    mesh.interpolation()",
        _PRESSED.format("SP263", "SP263"),
        gates=True,
    ),
    _rule(
        "SP264", "broken-reference", "error", "suspicion",
        "A file takes a name of a module of its repository that is not there, or calls a function, a class or a\n"
        "method of it with an argument that it does not have, or without one that it needs; a model of pydantic needs\n"
        "the fields without a default, and drops what is none of them. Only where all files are known, and in Python.",
        "Whoever comes there gets an ImportError, an AttributeError, a TypeError or a ValidationError. So it is where\n"
        "a function was renamed and a caller forgotten, and where code was written from memory. That something around\n"
        "it catches every exception only hides it.",
        "    # client.py\n    def send(message, timeout): ...\n\n"
        "    # worker.py\n    from client import send\n\n    send(message, timeout_s=3)",
        "    send(message, timeout=3)",
        _PRESSED.format("SP264", "SP264"),
        gates=True,
    ),
    _rule(
        "SP265", "missing-attribute", "error", "suspicion",
        "Something takes an attribute of an object, or of a class, that neither the class nor one above it has: a\n"
        "method of its own object, or anybody of one whose class an annotation says, or what makes it. Only of\n"
        "classes of which the repository makes objects and all of whose bases it knows, where all files are known,\n"
        "and in Python.",
        "Whoever comes there gets an AttributeError. So it is where an attribute was renamed and a method forgotten,\n"
        "and where code was written from memory.",
        "    class Client:\n        def __init__(self):\n            self.timeout = 3\n\n"
        "        def wait(self):\n            sleep(self.time_out)",
        "            sleep(self.timeout)",
        _PRESSED.format("SP265", "SP265"),
        gates=True,
    ),
    _rule(
        "SP301", "decision-load", "note", "fact",
        "One function takes many more decisions than the others of its repository. The message says what they weigh,\n"
        "by nesting and by the state and time that they ask, and about which values most of them are;\n"
        "`spotter causes` lists the values of a whole repository.",
        "Each decision is a path that a reader must hold in mind and a test must take.",
        "    def load(row):\n        if row.kind == 1:\n            ...\n        elif row.kind == 2:\n            ...",
        "    def load(row):\n        return LOADERS[row.kind](row)",
        _PRESSED.format("SP301", "SP301"),
    ),
    _rule(
        "SP302", "budget-exceeded", "error", "fact",
        "A change adds more decisions, origins of None, repeated decisions or copies than its budget allows.",
        "What a change adds, every later reader meets. A file is what it is; a change can still be smaller.\n"
        "The steps of a change add up to the whole, a move or a rename adds nothing, and a deletion is a credit.",
        "    $ spotter check --staged\n"
        "    pay/load.py:7:1 SP302 this change adds 58 decisions, 18 over the limit of 40: commit a part by\n"
        "    itself, or decide less, in `load` (+31)",
        "Do what the message names: decide less there, take back a copy, or commit a part by itself.\n"
        "No comment silences it and no baseline holds it: what a change may add is a setting.",
        "    budget = {decisions = 80}   in the configuration; those that are not named keep their limits\n"
        "    --budget decisions=80       for one run of `check --staged` or `check --since REV`",
        gates=True,
    ),
)  # fmt: skip

RULES: dict[str, Rule] = {rule.code: rule for rule in _TABLE}


def page(code: str) -> str:
    """The page of a rule, by its code or its name."""
    rule = RULES.get(code.upper()) or next((rule for rule in _TABLE if rule.name == code.lower()), None)
    if rule is None:
        near = get_close_matches(code.upper(), [*RULES, *(r.name for r in _TABLE)], 1, 0.0)[0]
        raise SpotterError(f"{code}: no such rule; the nearest is {near}")
    return f"{rule.code} {rule.name}: {rule.severity}, {rule.kind}, {gate(rule)}.\n\n{rule.text}\n"


def table() -> str:
    """Every rule on a line."""
    return "\n".join(f"{r.code}  {r.name:<20} {r.severity:<8} {r.kind:<10} {gate(r)}" for r in _TABLE)


def gate(rule: Rule) -> str:
    """When a rule speaks, and when it makes the check fail."""
    when = "" if rule.default else "off by default, "
    doubted = ", its notes off by default" if rule.doubts else ""
    return when + ("fails the check" if rule.gates else "fails the check under --fail-on note only") + doubted
