"""Records to JSON and back, for worker pipes.

JSON rather than pickle: what a worker sends back was made from a stranger's
document, and reading it must never run code.
"""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Callable
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

T = TypeVar("T")


def dumps(record: Any) -> str:
    """A record as JSON; a dataclass becomes a list in field order.

    Bytes have no place in JSON: only empty ones pass (what they held travels beside it).
    """
    return json.dumps(record, ensure_ascii=False, check_circular=False, default=_plain)


def _plain(record: Any) -> Any:
    """What JSON itself does not know, as what it knows."""
    if isinstance(record, bytes):
        if record:
            raise TypeError("bytes have no plain form")
        return ""
    return _fields_of(typing.cast(typing.Hashable, type(record)))(record)


@cache
def _fields_of(kind: Any) -> Callable[[Any], Any]:
    """A function that gives the values of a dataclass's fields; built once per type."""
    if not is_dataclass(kind):
        raise TypeError(f"{kind.__name__} has no plain form")
    names = [f.name for f in _given(kind)]
    values = attrgetter(*names)
    return values if len(names) > 1 else lambda record: (values(record),)


def _given(kind: Any) -> list[Field[Any]]:
    """The fields that a record is made of; what it works out and keeps for itself is not among them."""
    return [f for f in fields(kind) if f.init]


def from_plain(kind: type[T], plain: Any) -> T:
    """The record that JSON as of :func:`dumps` gives. Raises ValueError where the shape differs."""
    try:
        return typing.cast(T, reader(typing.cast(typing.Hashable, kind))(plain))
    except (TypeError, AttributeError) as error:  # a list where a record has an object, and the like
        raise ValueError(f"no {kind.__name__}: {error}") from error


@cache
def reader(kind: Any) -> Callable[[Any], Any]:
    """A function that turns the plain form of ``kind`` into it; built once per type."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return _optional(arguments)
    if origin is tuple:
        return _sequence(arguments)
    if origin is dict:
        value = reader(arguments[1])
        return lambda plain: {key: value(item) for key, item in plain.items()}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    if is_dataclass(kind):
        return _record(kind)
    return _as_it_is


def _as_it_is(plain: Any) -> Any:
    return plain


def _optional(arguments: tuple[Any, ...]) -> Callable[[Any], Any]:
    others = [a for a in arguments if a is not type(None)]
    if len(others) > 1:  # int | float and the like: JSON keeps them apart
        return _as_it_is
    inner = reader(others[0])
    if inner is _as_it_is:
        return inner
    return lambda plain: None if plain is None else inner(plain)


def _sequence(arguments: tuple[Any, ...]) -> Callable[[Any], Any]:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        item = reader(arguments[0])
        return tuple if item is _as_it_is else lambda plain: tuple([item(p) for p in plain])
    items = [reader(a) for a in arguments]
    return lambda plain: tuple([read(p) for read, p in zip(items, plain, strict=True)])


def _record(kind: Any) -> Callable[[Any], Any]:
    hints = typing.get_type_hints(kind)
    names = [f.name for f in _given(kind)]
    needed = sum(f.default is MISSING and f.default_factory is MISSING for f in _given(kind))

    @cache
    def made() -> list[tuple[int, Callable[[Any], Any]]]:
        """The fields that are not as they are; asked for at the first record: a record may hold itself."""
        readers = [reader(hints[name]) for name in names]
        return [(at, shaped) for at, shaped in enumerate(readers) if shaped is not _as_it_is]

    def read(plain: Any) -> Any:
        if not needed <= len(plain) <= len(names):  # fields that came later have their defaults
            raise ValueError(f"{kind.__name__} has {len(names)} fields, not {len(plain)}")
        values = list(plain)
        for at, shaped in made():
            if at < len(values):
                values[at] = shaped(values[at])
        return kind(*values)

    return read
