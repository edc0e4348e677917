"""What an editor may set: in its configuration under "spotter", or as the server's initialization options."""

from __future__ import annotations

from dataclasses import dataclass

from spotter.errors import SpotterError
from spotter.request import codes


@dataclass(frozen=True, slots=True)
class Settings:
    """Rules to add to or take from the project's own settings, and whether pressures stand behind their lines."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    inlay_hints: bool = False


def settings_of(raw: object) -> Settings:
    """Settings from a client's JSON, the defaults where it has none; SpotterError names the key and what it takes."""
    if raw is None:
        return Settings()
    if not isinstance(raw, dict):
        raise SpotterError(f"the editor's settings: spotter takes an object, not {raw!r}")
    if unknown := sorted(raw.keys() - {"select", "ignore", "inlayHints"}):
        raise SpotterError(
            f"the editor's settings: no such key: spotter.{unknown[0]}; known are select, ignore, inlayHints"
        )
    hints = raw.get("inlayHints", False)
    if not isinstance(hints, bool):
        raise SpotterError(f"the editor's settings: spotter.inlayHints takes true or false, not {hints!r}")
    return Settings(codes(_texts(raw, "select")), codes(_texts(raw, "ignore")), hints)


def _texts(raw: dict[str, object], key: str) -> tuple[str, ...]:
    value = raw.get(key, [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise SpotterError(f"the editor's settings: spotter.{key} takes a list of rules, not {value!r}")
    return tuple(value)
