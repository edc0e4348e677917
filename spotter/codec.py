"""Frozen values to JSON and back, read by their annotations: the form in which the cache keeps them."""

from __future__ import annotations

import json
import types
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

Value = TypeVar("Value")


def dumps(value: object) -> str:
    """A value of dataclasses, tuples, frozensets, dicts and scalars as compact JSON; a dataclass is a row of fields."""
    return json.dumps(_plain(value), separators=(",", ":"), ensure_ascii=True)


def loads(kind: type[Value], text: str) -> Value:
    """The value again. Raises ValueError where the text does not fit the type."""
    try:
        read: Value = _reader(cast(Any, kind))(json.loads(text))
    except (TypeError, KeyError, IndexError, AttributeError) as error:
        raise ValueError(f"not a {kind}: {error}") from error
    return read


def _plain(value: object) -> object:
    if is_dataclass(value):
        return [_plain(getattr(value, field.name)) for field in fields(value)]
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted((_plain(item) for item in value), key=repr)
    if isinstance(value, dict):
        return [[_plain(key), _plain(item)] for key, item in value.items()]
    return value


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    origin, inner = get_origin(kind), get_args(kind)
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return _row(kind, tuple(hints[field.name] for field in fields(kind)))
    if origin in (tuple, list, frozenset, set):
        if origin is tuple and inner[-1:] != (Ellipsis,):
            return lambda raw: tuple(_reader(one)(item) for one, item in zip(inner, raw, strict=True))
        each = inner[0]
        return lambda raw: origin(map(_reader(each), raw))
    if origin is dict or getattr(origin, "__name__", "") == "Mapping":
        return lambda raw: {_reader(inner[0])(key): _reader(inner[1])(item) for key, item in raw}
    if origin in (Union, types.UnionType):
        return _either(tuple(one for one in inner if one is not type(None)))
    if origin is Literal:
        return _scalar(tuple({type(one) for one in inner}))
    return _scalar((int, float) if kind is float else (kind,))


def _row(kind: Any, hints: tuple[Any, ...]) -> Callable[[Any], Any]:
    # a class may hold itself, so that its fields' readers are looked up when they are needed
    return lambda raw: kind(*(_reader(hint)(item) for hint, item in zip(hints, raw, strict=True)))


def _either(kinds: tuple[Any, ...]) -> Callable[[Any], Any]:
    def read(raw: Any) -> Any:
        if raw is None:
            return None
        for kind in kinds[:-1]:
            try:
                return _reader(kind)(raw)
            except TypeError:
                continue
        return _reader(kinds[-1])(raw)

    return read


def _scalar(kinds: tuple[type, ...]) -> Callable[[Any], Any]:
    def read(raw: Any) -> Any:
        if not isinstance(raw, kinds):
            raise TypeError(f"{raw!r} is not {kinds}")
        return raw

    return read
