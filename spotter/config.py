"""Configuration: [tool.spotter] of the nearest pyproject.toml, or .spotter.toml, as one frozen value."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, cast, get_args

from spotter.errors import SpotterError
from spotter.findings import Severity

FILE = ".spotter.toml"
LARGEST = 10_000_000  # bytes of a file of settings
CODE = re.compile(r"SP\d{0,3}")
BUDGET = (("decisions", 40), ("origins", 12), ("repeats", 4), ("copies", 2))


@dataclass(frozen=True, slots=True)
class Config:
    """What a project wants. Paths and globs are relative to the folder, which is posix and relative to the root."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    max_alerts_per_kloc: float = 0.5
    fail_on: Severity = "warning"
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    baseline: str | None = None
    budget: tuple[tuple[str, int], ...] = BUDGET
    folder: str = ""
    origin: str = "defaults"


@dataclass(frozen=True, slots=True)
class Setting:
    """A key of the configuration: what kind of value it takes, an example in TOML, and what it does."""

    takes: str
    example: str
    about: str


SETTINGS = {
    "select": Setting("codes", "[]", 'Only these rules, by code or its beginning ("SP1"); empty means all.'),
    "ignore": Setting("codes", "[]", "Never these rules, by code or its beginning."),
    "exclude": Setting("texts", "[]", 'Files and folders not to look at, as globs: "vendored/*", "*_pb2.py".'),
    "max-alerts-per-kloc": Setting("number", "0.5", "How many false alerts 1,000 lines of clean code may give."),
    "fail-on": Setting("severity", '"warning"', "The least severity that fails a check: error, warning or note."),
    "baseline": Setting("text", '".spotter/baseline.jsonl"', "Known findings that are not reported again."),
    "per-file-ignores": Setting("codes by glob", '{"tests/*" = ["SP251"]}', "Rules not to apply to some files."),
    "budget": Setting(
        "limits",
        f"{{{', '.join(f'{name} = {limit}' for name, limit in BUDGET)}}}",
        "What one change may add, by `--staged` or `--since`: SP302 fails it above.",
    ),
}
_UNSET = ("baseline", "per-file-ignores")


def load(start: Path, root: Path) -> Config:
    """The configuration nearest to a folder, looked for upward as far as the root; SpotterError when it is broken."""
    for folder in (start, *start.parents):
        for file, table in ((folder / FILE, ()), (folder / "pyproject.toml", ("tool", "spotter"))):
            raw = _read(file, table)
            if raw is not None:
                inside = folder.relative_to(root).as_posix() if folder.is_relative_to(root) else "."
                return parse(raw, str(file), "" if inside == "." else inside)
        if folder == root:
            break
    return Config()


def parse(raw: Mapping[str, object], origin: str, folder: str = "") -> Config:
    """A configuration from TOML values; SpotterError names the file, the key and what it takes."""
    values: dict[str, object] = {"folder": folder, "origin": origin}
    for key, value in raw.items():
        if key not in SETTINGS:
            near = get_close_matches(key, SETTINGS, 1, 0.0)[0]
            raise SpotterError(f"{origin}: unknown key {key!r}; the nearest known key is {near!r}")
        values[key.replace("-", "_")] = _checked(SETTINGS[key].takes, value, f"{origin}: {key}")
    return Config(**values)  # type: ignore[arg-type]  # each value was checked against SETTINGS


def commented() -> str:
    """A .spotter.toml with every key, its default and what it does."""
    lines = ["# What Spotter is to do here. In pyproject.toml the same keys stand under [tool.spotter]."]
    for key, setting in SETTINGS.items():
        lines += ["", f"# {setting.about}", f"{'# ' if key in _UNSET else ''}{key} = {setting.example}"]
    return "\n".join(lines) + "\n"


def excluded(config: Config, path: str) -> bool:
    """Whether a file is not to be looked at."""
    return any(matches(config, path, pattern) for pattern in config.exclude)


def selected(config: Config, path: str, rule: str) -> bool:
    """Whether a rule applies to a file."""
    ignored = [
        *config.ignore,
        *(code for glob, codes in config.per_file_ignores for code in codes if matches(config, path, glob)),
    ]
    chosen = not config.select or rule.startswith(config.select)
    return chosen and not rule.startswith(tuple(ignored))


def matches(config: Config, path: str, pattern: str) -> bool:
    """Whether a glob means a file: a path, a folder above it or, without a slash, any part of the path."""
    inside = f"{config.folder}/" if config.folder else ""
    if not path.startswith(inside):
        return False
    parts = path.removeprefix(inside).split("/")
    pattern = pattern.removeprefix("./").rstrip("/")
    heads = ["/".join(parts[: end + 1]) for end in range(len(parts))]
    if "/" not in pattern:
        heads += parts
    return any(fnmatchcase(head, glob) for head in heads for glob in (pattern, pattern.replace("**/", "")))


def _read(file: Path, table: tuple[str, ...]) -> Mapping[str, object] | None:
    """The values of a file's table, or None when there is no such file or no such table."""
    try:
        if file.exists() and not (file.is_file() and file.stat().st_size <= LARGEST):
            raise SpotterError(
                f"{file}: no file of settings (at most {LARGEST / 1e6:.0f} MB); mend it, or take it away"
            )
        raw: object = tomllib.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise SpotterError(f"{file}: cannot be read ({(error.strerror or '').lower()}); mend its permissions") from None
    except ValueError as error:
        raise SpotterError(f"{file}: not valid TOML: {error}") from None
    except RecursionError:
        raise SpotterError(f"{file}: not valid TOML: nested too deep") from None
    for key in table:
        raw = raw.get(key) if isinstance(raw, dict) else None
    if raw is None or isinstance(raw, dict):
        return raw
    raise SpotterError(f"{file}: [{'.'.join(table)}] takes a table of keys")


def _checked(takes: str, value: object, where: str) -> object:
    """The value in the form that Config holds."""
    if takes == "codes":
        return tuple(_codes(value, where))
    if takes == "texts":
        return tuple(_texts(value, where))
    if takes == "codes by glob":
        if not isinstance(value, dict):
            raise SpotterError(f"{where} takes a table such as {SETTINGS['per-file-ignores'].example}, not {value!r}")
        return tuple((glob, tuple(_codes(codes, f"{where}: {glob!r}"))) for glob, codes in value.items())
    if takes == "limits":
        return limits(value, where)
    if takes == "number" and isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1000:
        return float(value)
    if takes == "text" and isinstance(value, str) and value:
        return value
    if takes == "severity" and value in get_args(Severity):
        return cast(Severity, value)
    wanted = {"number": "a number above 0", "text": "a path", "severity": "error, warning or note"}[takes]
    raise SpotterError(f"{where} takes {wanted}, not {value!r}")


def limits(value: object, where: str) -> tuple[tuple[str, int], ...]:
    """The limits of a change's budget, those that are not given as they are by default."""
    given: Mapping[str, Any] = value if isinstance(value, dict) else {"": value}
    for name, limit in given.items():
        if name not in dict(BUDGET) or not isinstance(limit, int) or isinstance(limit, bool) or limit < 0:
            known = ", ".join(name for name, _ in BUDGET)
            raise SpotterError(f"{where} takes whole numbers from 0 for {known}, not {name or 'a value'} = {limit!r}")
    return tuple((name, given.get(name, limit)) for name, limit in BUDGET)


def _texts(value: object, where: str) -> Iterator[str]:
    if not isinstance(value, list):
        raise SpotterError(f"{where} takes a list of texts, not {value!r}")
    for text in value:
        if not isinstance(text, str) or not text:
            raise SpotterError(f"{where} takes texts, not {text!r}")
        yield text


def _codes(value: object, where: str) -> Iterator[str]:
    for code in _texts(value, where):
        if not CODE.fullmatch(code):
            raise SpotterError(f"{where}: {code!r} is no rule; codes look like SP101, beginnings like SP1")
        yield code
