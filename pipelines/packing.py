"""Records as one compressed value: how the store keeps what a report says.

A report is some three hundred small records (cells, checks, figures) that are alike in all but a few of their
fields. They are laid down by field, a column each, a column of equal values once, as JSON, compressed: five
kilobytes for what took seventy as rows with their indexes. Records go by the names of their fields: one that
came later has its default, one that is no more is passed over.
"""

from __future__ import annotations

import json
import typing
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from operator import attrgetter
from typing import Any, Final, TypeVar

from pipelines.codec import reader
from pipelines.deflated import compress
from pipelines.errors import Damaged

T = TypeVar("T")
Columns = dict[str, Sequence[Any]]  # values by the names of their fields, as many in each

_COUNT: Final = "#"  # how many records a set of columns holds
_ALIKE: Final = (str, int, type(None))  # of these, equal values of one type are the same value
_FAULTS: Final = (zlib.error, ValueError, KeyError, TypeError, AttributeError)


def pack(record: Any) -> bytes:
    """A record, or a tuple of records of one kind, for a BLOB column."""
    plain = json.dumps(_plain(record), ensure_ascii=False, check_circular=False, separators=(",", ":"))
    return compress(plain.encode())


def unpack(kind: type[T], packed: bytes) -> T:
    """The inverse of :func:`pack`. Raises Damaged where it is not what :func:`pack` made of this kind."""
    try:
        plain = json.loads(zlib.decompress(packed))
        return typing.cast(T, _shaped(typing.cast(typing.Hashable, kind))(plain))
    except _FAULTS as error:
        raise _damaged(error) from error


def unpack_beside(kind: type[T], packed: bytes, field: str) -> tuple[T, Columns]:
    """As :func:`unpack`, a record without the records that one of its fields has, and these by their own
    fields, a column each, as they are laid down: hundreds of records take longer to make.

    In the columns enumerations are their values, and records are tuples of the values of their fields.
    """
    try:
        plain = json.loads(zlib.decompress(packed))
        columns = _beside(_inner(typing.cast(typing.Hashable, kind), field), plain[field])
        plain[field] = []
        return typing.cast(T, _record(kind, plain)), columns
    except _FAULTS as error:
        raise _damaged(error) from error


def is_whole(packed: bytes) -> bool:
    """Whether a packed value is as it was written, by its checksum; quicker than to unpack it."""
    try:
        return bool(zlib.decompress(packed))
    except zlib.error:
        return False


def _damaged(error: Exception) -> Damaged:
    return Damaged(f"已存内容无法还原 a packed record is damaged ({error}): gongkai rebuild")


# --- down -----------------------------------------------------------------------


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return _columns(value) if value and is_dataclass(value[0]) else [_plain(item) for item in value]
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return value


def _columns(records: Sequence[Any]) -> dict[str, Any]:
    """Records of one kind, or None, by field; a record that is None has None in each."""
    kind = type(next(record for record in records if record is not None))
    names, values = _fields_of(typing.cast(typing.Hashable, kind))
    absent = (None,) * len(names)
    columns = zip(*(absent if record is None else values(record) for record in records), strict=True)
    folded = {name: _column(column) for name, column in zip(names, columns, strict=True)}
    return {_COUNT: len(records), **folded}


def _column(values: Sequence[Any]) -> Any:
    first, kinds = values[0], set(map(type, values))
    if len(kinds) == 1 and isinstance(first, _ALIKE) and values.count(first) == len(values):
        return [first]
    if all(map(_is_as_it_is, kinds)) and not (tuple in kinds and _hold_records(values)):
        return values
    if any(map(is_dataclass, kinds)):
        return _columns(values)
    return [_plain(value) for value in values]


@cache
def _is_as_it_is(kind: Any) -> bool:
    """Whether JSON takes values of a type as they are: enumerations by their values, tuples as lists."""
    return issubclass(kind, (str, int, float, tuple, type(None)))


def _hold_records(values: Sequence[Any]) -> bool:
    return any(is_dataclass(value[0]) for value in values if type(value) is tuple and value)


@cache
def _fields_of(kind: Any) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    """The names of a record's fields, and a function that gives their values."""
    names = tuple(field.name for field in fields(kind))
    values = attrgetter(*names)
    return names, values if len(names) > 1 else lambda record: (values(record),)


# --- and up ---------------------------------------------------------------------


@cache
def _shaped(hint: Any) -> Callable[[Any], Any]:
    """A function that turns what :func:`_plain` made of a value of this type into it."""
    kind = _record_kind(hint)
    if kind is not None and is_dataclass(hint):
        return lambda plain: _record(kind, plain)
    if kind is not None and typing.get_origin(hint) is tuple:
        return lambda plain: tuple(_records(kind, plain)) if plain else ()
    if kind is not None:
        return lambda plain: None if plain is None else _record(kind, plain)
    return reader(hint)


def _record_kind(hint: Any) -> Any:
    """The kind of records that a type is, may be, or is a tuple of; None where there is none."""
    inner = [part for part in (hint, *typing.get_args(hint)) if is_dataclass(part)]
    return inner[0] if inner else None


def _record(kind: Any, plain: dict[str, Any]) -> Any:
    return kind(**{name: shaped(plain[name]) for name, shaped, _ in _shape(kind) if name in plain})


def _records(kind: Any, plain: dict[str, Any]) -> Iterable[Any]:
    return map(kind, *_columns_of(kind, plain))


def _perhaps(kind: Any, plain: dict[str, Any], count: int) -> list[tuple[Any, ...] | None]:
    """The values of records of which some are None: those that have None in each field that was laid down."""
    if plain[_COUNT] != count:
        raise ValueError(f"a column of {plain[_COUNT]} for {count} records")
    nothing = tuple(None if name in plain else _default(kind, name) for name, *_ in _shape(kind))
    rows = zip(*_columns_of(kind, plain), strict=True)
    return [None if row == nothing else row for row in rows]


@cache
def _inner(kind: Any, field: str) -> Any:
    (inner,) = (inner for name, _, inner in _shape(kind) if name == field)
    return inner


def _beside(kind: Any, plain: Any) -> Columns:
    """Records of one kind by field; where there are none, they were laid down as an empty list."""
    if not plain:
        return {name: [] for name, *_ in _shape(kind)}
    count = plain[_COUNT]
    columns: Columns = {}
    for name, shaped, inner in _shape(kind):
        column = plain[name] if name in plain else [_default(kind, name)]
        if isinstance(column, dict):
            columns[name] = _perhaps(inner, column, count)
        elif isinstance(shaped, type):  # an enumeration
            known = {value: shaped(value).value for value in set(column)}
            columns[name] = list(_values(known.__getitem__, inner, column, count))
        else:
            columns[name] = list(_values(shaped, inner, column, count))
    return columns


def _columns_of(kind: Any, plain: dict[str, Any]) -> list[Iterable[Any]]:
    """The values of each field of records of one kind."""
    count = plain[_COUNT]
    return [
        _values(shaped, inner, plain[name], count) if name in plain else [_default(kind, name)] * count
        for name, shaped, inner in _shape(kind)
    ]


def _values(shaped: Callable[[Any], Any], inner: Any, column: Any, count: int) -> Iterable[Any]:
    if isinstance(column, dict):
        return [row and inner(*row) for row in _perhaps(inner, column, count)]
    if len(column) == 1:
        return [_value(shaped, column[0])] * count
    if len(column) != count:
        raise ValueError(f"a column of {len(column)} for {count} records")
    if isinstance(shaped, type):  # an enumeration: few values, often
        known = {value: _value(shaped, value) for value in set(column)}
        return [known[value] for value in column]
    return column if shaped is _SAME else [_value(shaped, value) for value in column]


def _value(shaped: Callable[[Any], Any], value: Any) -> Any:
    return None if value is None else shaped(value)


@cache
def _shape(kind: Any) -> tuple[tuple[str, Callable[[Any], Any], Any], ...]:
    """Of each field its name, what shapes a value of it, and the kind of record that may stand in it."""
    hints = typing.get_type_hints(kind)
    return tuple((f.name, _shaped(hints[f.name]), _record_kind(hints[f.name])) for f in fields(kind))


@cache
def _default(kind: Any, name: str) -> Any:
    (field,) = (f for f in fields(kind) if f.name == name)
    if field.default is not MISSING:
        return field.default
    if field.default_factory is not MISSING:
        return field.default_factory()
    raise ValueError(f"no {name}")


_SAME: Final = reader(str)
