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
    """A table (or view). ``order`` sorts the archive's rows for the release, ``stored`` the released ones.

    ``by_report``: its rows belong to reports, and those of one report are found without reading the others.
    """

    name: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    references: tuple[Reference, ...]
    order: str
    stored: str
    view: bool
    by_report: bool

    @property
    def names(self) -> str:
        """The column names, quoted, for SQL."""
        return _listed(column.name for column in self.columns)


@dataclass(frozen=True, slots=True)
class Partition:
    """The reports of a province (first two digits of a region code) and a year; None: not known."""

    province: str | None
    year: int | None

    def file_of(self, table: Table) -> str:
        """The name of the file with this part of a table: cells-62-2023, xx and xxxx where not known."""
        return f"{table.name}-{self.province or 'xx'}-{self.year or 'xxxx'}.parquet"


# Views that the contract names beside the tables, with what SQLite can't know of them.
_VIEWS = {
    "cells": (
        ("report_id", "table_name", "ordinal"),
        (Reference(("report_id",), "reports", ("report_id",)),),
    ),
    "checks": (
        ("report_id", "rule", "scope"),
        (Reference(("report_id",), "reports", ("report_id",)),),
    ),
    "coverage": (
        ("agency_id", "year"),
        (Reference(("agency_id",), "agencies", ("agency_id",)),),
    ),
}
# what the views `cells` and `checks` are made of, and what stands in them as well
PARTS = (
    *("row_sets", "report_sets", "cell_kinds", "set_cells", "check_kinds", "set_checks"),
    *("failed_checks", "similarities"),
)


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


def partitions(connection: sqlite3.Connection) -> list[Partition]:
    """The provinces and years that the archive has reports of."""
    found = connection.execute("SELECT DISTINCT substr(region_code, 1, 2), year FROM reports ORDER BY 1, 2")
    return [Partition(*row) for row in found]


def rows_of(connection: sqlite3.Connection, table: Table, part: Partition) -> sqlite3.Cursor:
    """The rows of a table that belong to a part's reports, in the order they stand in the released file."""
    order = table.stored if table.view or table.stored != "rowid" else f"{table.name}.rowid"
    columns = ", ".join(f'{table.name}."{column.name}"' for column in table.columns)
    return connection.execute(
        f"""
        WITH part AS MATERIALIZED (
            SELECT report_id AS wanted FROM reports WHERE substr(region_code, 1, 2) IS ? AND year IS ?
        )
        SELECT {columns} FROM part CROSS JOIN {table.name} ON {table.name}.report_id = wanted ORDER BY {order}
        """,  # noqa: S608
        (part.province, part.year),
    )


def _by_index(connection: sqlite3.Connection, schema: str, name: str) -> bool:
    """Whether an index of a table begins with ``report_id``."""
    indexes = connection.execute(f"PRAGMA {schema}.index_list({name})").fetchall()
    firsts = [connection.execute(f"PRAGMA {schema}.index_info({row[1]})").fetchone() for row in indexes]
    return any(first is not None and first[2] == "report_id" for first in firsts)


def _table(connection: sqlite3.Connection, schema: str, name: str, has_rowid: bool) -> Table:
    info = connection.execute(f"PRAGMA {schema}.table_info({name})").fetchall()
    columns = tuple(Column(row[1], row[2], bool(row[3])) for row in info)
    key = tuple(row[1] for row in sorted(info, key=lambda row: row[5]) if row[5])
    key = key or _unique(connection, schema, name)
    references = tuple(_references(connection, schema, name))
    order = _order(name, [column.name for column in columns], key, has_rowid=has_rowid)
    of_reports = (
        any(r.table == "reports" for r in references) and Column("report_id", "TEXT", True) in columns
    )
    by_report = name == "reports" or (of_reports and _by_index(connection, schema, name))
    stored = "rowid" if has_rowid else order
    return Table(name, columns, key, references, order, stored, view=False, by_report=by_report)


def _view(connection: sqlite3.Connection, schema: str, name: str) -> Table:
    key, references = _VIEWS[name]
    info = connection.execute(f"PRAGMA {schema}.table_info({name})").fetchall()
    # an expression has no declared type; those of these views are texts
    columns = tuple(Column(row[1], row[2] or "TEXT", row[1] in key) for row in info)
    by_report = "report_id" in key
    return Table(name, columns, key, references, _listed(key), _listed(key), view=True, by_report=by_report)


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
