"""What a release holds of the archive: every table without the full-text index, and the contract's views.

Rows have one order, whatever the history of the archive, so that the same rows give the same bytes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

_AS_ENTERED = ("codebook",)  # the order of the book
# issues are numbered through the archive, not every one is of a report; a section's rowid is not its place
_BY_KEY = ("issues", "sections")
_TABLES = r"""
    SELECT name, type, sql LIKE '%WITHOUT ROWID%' FROM {schema}.sqlite_master
    WHERE type IN ('table', 'view')
        AND name NOT LIKE '%\_fts%' ESCAPE '\' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'
    ORDER BY rowid
"""


@dataclass(frozen=True, slots=True)
class Column:
    """A column with its type as declared in SQL: TEXT, INTEGER, REAL or NUMERIC."""

    name: str
    declared: str
    required: bool


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key."""

    columns: tuple[str, ...]
    table: str
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table (or view). ``order`` sorts the archive's rows for the release, ``stored`` the released ones."""

    name: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    references: tuple[Reference, ...]
    order: str
    stored: str
    view: bool

    @property
    def names(self) -> str:
        """The column names, quoted, for SQL."""
        return _listed(column.name for column in self.columns)


# Views that the contract names beside the tables, with what SQLite can't know of them.
_VIEWS = {
    "cells": (
        ("report_id", "table_name", "ordinal"),
        (Reference(("report_id",), "reports", ("report_id",)),),
    ),
    "coverage": (
        ("agency_id", "year"),
        (Reference(("agency_id",), "agencies", ("agency_id",)),),
    ),
}
PARTS = ("cell_kinds", "cell_values")  # what the view `cells` is made of


def tables(connection: sqlite3.Connection, schema: str = "main") -> list[Table]:
    """The tables that a release has of the archive ``schema``, parents before children, views last."""
    found = connection.execute(_TABLES.format(schema=schema)).fetchall()
    return [
        _view(connection, schema, name) if kind == "view" else _table(connection, schema, name, not without)
        for name, kind, without in found
        if kind == "table" or name in _VIEWS
    ]


def rows(connection: sqlite3.Connection, table: Table) -> sqlite3.Cursor:
    """All rows of a table of the released file, in the order they stand there."""
    return connection.execute(f"SELECT {table.names} FROM {table.name} ORDER BY {table.stored}")  # noqa: S608


def _table(connection: sqlite3.Connection, schema: str, name: str, has_rowid: bool) -> Table:
    info = connection.execute(f"PRAGMA {schema}.table_info({name})").fetchall()
    columns = tuple(Column(row[1], row[2], bool(row[3])) for row in info)
    key = tuple(row[1] for row in sorted(info, key=lambda row: row[5]) if row[5])
    key = key or _unique(connection, schema, name)
    references = tuple(_references(connection, schema, name))
    order = _order(name, [column.name for column in columns], key, has_rowid=has_rowid)
    return Table(name, columns, key, references, order, "rowid" if has_rowid else order, view=False)


def _view(connection: sqlite3.Connection, schema: str, name: str) -> Table:
    key, references = _VIEWS[name]
    info = connection.execute(f"PRAGMA {schema}.table_info({name})").fetchall()
    # an expression has no declared type; those of these views are texts
    columns = tuple(Column(row[1], row[2] or "TEXT", row[1] in key) for row in info)
    return Table(name, columns, key, references, _listed(key), _listed(key), view=True)


def _order(name: str, columns: list[str], key: tuple[str, ...], *, has_rowid: bool) -> str:
    """By the key; within a report as its rows were entered, which is the order of the document."""
    if name in _AS_ENTERED:
        return "rowid"
    if has_rowid and "report_id" in columns and name not in _BY_KEY:
        return "report_id, rowid"
    return _listed(key or columns)


def _unique(connection: sqlite3.Connection, schema: str, name: str) -> tuple[str, ...]:
    """The columns that a table without a primary key is declared unique by; none if it is not."""
    for row in connection.execute(f"PRAGMA {schema}.index_list({name})").fetchall():
        if row[3] == "u":
            return tuple(part[2] for part in connection.execute(f"PRAGMA {schema}.index_info({row[1]})"))
    return ()


def _references(connection: sqlite3.Connection, schema: str, name: str) -> Iterator[Reference]:
    keys: dict[int, list[Any]] = {}
    for row in connection.execute(f"PRAGMA {schema}.foreign_key_list({name})"):
        keys.setdefault(row[0], []).append(row)
    for found in keys.values():
        yield Reference(tuple(row[3] for row in found), found[0][2], tuple(row[4] for row in found))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
