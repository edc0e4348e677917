"""The dialects that denoisers learn, each with the words that the forward process needs to know of it."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field

from spotter.engine.lexemes import NAME, NUMBER, OTHER, Lexemes


@dataclass(frozen=True, slots=True)
class Dialect:
    """Languages that one denoiser reads, and their words by what they do; `peers` are often written for one another.

    Conditions begin at `tests`, which a bracket follows where they are `bracketed`; `heads` begin what is no simple
    statement. After `binders` a name is new. Values are texts with their classes. A word of this dialect does the
    `same` as one of another.
    """

    name: str
    languages: frozenset[str]
    constants: tuple[str, ...]
    values: tuple[tuple[str, int], ...]
    groups: tuple[tuple[str, ...], ...]
    selves: tuple[str, ...]
    negation: str
    ands: tuple[str, ...]
    losable: frozenset[str]
    doubtful: frozenset[str]
    tests: frozenset[str]
    bracketed: bool
    heads: frozenset[str]
    binders: frozenset[str]
    casts: tuple[str, ...]
    bounded: tuple[str, ...]
    same: dict[str, str]
    peers: dict[str, tuple[str, ...]] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "peers", _peers(self.groups))

    def told(self, lexemes: Lexemes, known: Container[str]) -> Lexemes:
        """Code of the dialect that its words are like, with those of this one where the others are not known."""
        own = {other: word for word, other in reversed(self.same.items()) if other not in known}
        return Lexemes(tuple([own.get(text, text) for text in lexemes.texts]), lexemes.classes, lexemes.ranks)


def _peers(groups: tuple[tuple[str, ...], ...]) -> dict[str, tuple[str, ...]]:
    """For each word the others of its groups."""
    return {
        word: tuple(dict.fromkeys(w for group in groups if word in group for w in group if w != word))
        for group in groups
        for word in group
    }


PYTHON = Dialect(
    name="python",
    languages=frozenset(("python",)),
    constants=("True", "False", "None"),
    values=(("None", OTHER), ("0", NUMBER), ("1", NUMBER), ("True", OTHER), ("False", OTHER)),
    groups=(
        ("<", "<=", ">", ">="),
        ("==", "!="),
        ("is", "==", "is not", "!="),
        ("+", "-"),
        ("*", "/", "//", "+", "-", "%", "**"),
        ("and", "or"),
        ("&", "|", "^", "and", "or"),
        ("=", "+=", "-="),
        ("+=", "-=", "=", "*="),
        ("in", "not in"),
        ("any", "all"),
        ("min", "max"),
        ("break", "continue", "pass", "return"),
        ("==", "<=", ">=", "<", ">"),
        ("raise", "return"),
        ("if", "while", "elif"),
        (",", "."),
        ("yield", "return"),
        ("append", "extend", "add", "update"),
    ),
    selves=("self", "cls"),
    negation="not",
    ands=("and", "or"),
    losable=frozenset(("not", "await", "async", "-", "~", "*", "**", "return")),
    doubtful=frozenset(("if", "and", "or", "elif", "while", "assert", "return", "(")),
    tests=frozenset(("if", "elif", "while", "return", "assert", "not")),
    bracketed=False,
    heads=frozenset(("if", "for", "while", "def", "class", "with", "try", "else", "elif", "except")),
    binders=frozenset(("def", "class", "for", "as", "import", "from")),
    casts=("str", "int", "len", "list", "set", "bool", "repr"),
    bounded=("range",),
    same={},
)
JAVASCRIPT = Dialect(
    name="javascript",
    languages=frozenset(("javascript", "typescript", "tsx")),
    constants=("true", "false", "null", "undefined"),
    values=(
        ("null", OTHER), ("undefined", OTHER), ("0", NUMBER), ("1", NUMBER), ("true", OTHER), ("false", OTHER),
        ("this", NAME),
    ),
    groups=(
        ("<", "<=", ">", ">="),
        ("===", "!=="),
        ("==", "!=", "===", "!=="),
        ("+", "-"),
        ("*", "/", "+", "-", "%"),
        ("&&", "||"),
        ("||", "??", "&&"),
        ("&", "|", "^", "&&", "||"),
        ("=", "+=", "-="),
        ("+=", "-=", "=", "*=", "||=", "??="),
        ("=", "===", "=="),
        ("in", "of"),
        ("some", "every"),
        ("min", "max", "floor", "ceil", "round"),
        ("break", "continue", "return"),
        ("===", "<=", ">=", "<", ">"),
        ("throw", "return"),
        ("if", "while"),
        (",", "."),
        (".", "?."),
        ("yield", "return"),
        ("push", "unshift", "concat", "add"),
        ("pop", "shift"),
        ("slice", "splice", "substr", "substring"),
        ("forEach", "map", "filter", "find", "some"),
        ("indexOf", "lastIndexOf", "includes", "has"),
        ("keys", "values", "entries"),
        ("call", "apply", "bind"),
        ("resolve", "reject"),
        ("on", "once", "emit"),
        ("let", "const", "var"),
        ("++", "--"),
        ("typeof", "!"),
    ),
    selves=("this",),
    negation="!",
    ands=("&&", "||", "??"),
    losable=frozenset(("!", "await", "async", "-", "...", "return", "new", "typeof")),
    doubtful=frozenset(("&&", "||", "return", "(")),
    tests=frozenset(("if", "while", "return", "!", "=")),
    bracketed=True,
    heads=frozenset((
        "if", "for", "while", "do", "switch", "case", "default", "function", "class", "try", "else", "catch", "finally",
        "}", "{", "async", "export", "import",
    )),
    binders=frozenset(("function", "class", "const", "let", "var", "as", "import", "from", "new", "interface", "type")),
    casts=("String", "Number", "Boolean", "parseInt", "Array"),
    bounded=("length", "slice", "substring", "substr"),
    same={
        "&&": "and", "||": "or", "??": "or", "!": "not", "===": "==", "!==": "!=", "null": "None", "undefined": "None",
        "true": "True", "false": "False", "this": "self", "throw": "raise", "catch": "except",
        "function": "def", "=>": "lambda", "typeof": "type", "instanceof": "isinstance", "length": "len",
        "push": "append", "concat": "extend", "indexOf": "index", "forEach": "for", "toString": "str",
        "String": "str", "Number": "int", "parseInt": "int", "Boolean": "bool", "Array": "list", "Object": "dict",
        "Map": "dict", "Set": "set", "Error": "Exception", "console": "logger", "of": "in",
        "case": "elif", "default": "else", "switch": "if", "require": "import",
        "toLowerCase": "lower", "toUpperCase": "upper", "startsWith": "startswith", "endsWith": "endswith",
        "trim": "strip", "hasOwnProperty": "hasattr", "constructor": "__init__", "prototype": "cls", "void": "None",
        "string": "str", "number": "int", "boolean": "bool", "splice": "pop", "unshift": "insert", "?.": ".",
        "?": "if", "const": "=", "let": "=", "var": "=", "interface": "class", "new": "__init__", "some": "any",
        "every": "all", "delete": "del", "arguments": "args",
    },
)  # fmt: skip
DIALECTS: dict[str, Dialect] = {dialect.name: dialect for dialect in (PYTHON, JAVASCRIPT)}
