"""Records to JSON and back, for worker pipes and for the versions kept in the store.

JSON rather than pickle: what a worker sends back was made from a stranger's
document, and reading it must never run code.
"""

from __future__ import annotations

import json
import types
import typing
import zlib
from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")


def to_plain(record: Any) -> Any:
    """A record as lists, dicts, strings and numbers; a dataclass becomes a list in field order.

    Bytes have no place in JSON: only empty ones pass (what they held travels beside it).
    """
    kind = type(record)
    return record if kind in _PLAIN else _writer(typing.cast(typing.Hashable, kind))(record)


_PLAIN = frozenset((str, int, float, bool, type(None)))


@cache
def _writer(kind: Any) -> Callable[[Any], Any]:
    """A function that turns records of ``kind`` into their plain form; built once per type."""
    if issubclass(kind, Enum):
        return lambda record: record.value
    if is_dataclass(kind):
        names = [f.name for f in fields(kind)]
        return lambda record: _all_plain([getattr(record, name) for name in names])
    if issubclass(kind, (list, tuple)):
        return _all_plain
    if issubclass(kind, dict):
        return lambda record: {key: to_plain(value) for key, value in record.items()}
    if kind is bytes:
        return _no_bytes
    raise TypeError(f"{kind.__name__} has no plain form")


def _all_plain(items: Iterable[Any]) -> list[Any]:
    return [item if type(item) in _PLAIN else to_plain(item) for item in items]


def _no_bytes(record: bytes) -> str:
    if record:
        raise TypeError("bytes have no plain form")
    return ""


def from_plain(kind: type[T], plain: Any) -> T:
    """The inverse of :func:`to_plain` for a dataclass type. Raises ValueError where the shape differs."""
    return typing.cast(T, _reader(typing.cast(typing.Hashable, kind))(plain))


def pack(record: Any) -> bytes:
    """A record as compressed JSON, for a BLOB column."""
    return zlib.compress(json.dumps(to_plain(record), ensure_ascii=False).encode())


def unpack(kind: type[T], packed: bytes) -> T:
    """The inverse of :func:`pack`."""
    return from_plain(kind, json.loads(zlib.decompress(packed)))


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """A function that turns the plain form of ``kind`` into it; built once per type."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return _optional(arguments)
    if origin is tuple:
        return _sequence(arguments)
    if origin is dict:
        value = _reader(arguments[1])
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
    inner = _reader(others[0])
    if inner is _as_it_is:
        return inner
    return lambda plain: None if plain is None else inner(plain)


def _sequence(arguments: tuple[Any, ...]) -> Callable[[Any], Any]:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        item = _reader(arguments[0])
        return tuple if item is _as_it_is else lambda plain: tuple([item(p) for p in plain])
    items = [_reader(a) for a in arguments]
    return lambda plain: tuple([read(p) for read, p in zip(items, plain, strict=True)])


def _record(kind: Any) -> Callable[[Any], Any]:
    hints = typing.get_type_hints(kind)
    names = [f.name for f in fields(kind)]

    @cache
    def made() -> list[tuple[int, Callable[[Any], Any]]]:
        """The fields that are not as they are; asked for at the first record: a record may hold itself."""
        readers = [_reader(hints[name]) for name in names]
        return [(at, reader) for at, reader in enumerate(readers) if reader is not _as_it_is]

    def read(plain: Any) -> Any:
        if len(plain) != len(names):
            raise ValueError(f"{kind.__name__} has {len(names)} fields, not {len(plain)}")
        values = list(plain)
        for at, reader in made():
            values[at] = reader(values[at])
        return kind(*values)

    return read
