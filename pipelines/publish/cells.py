"""The cells of reports on their way into the archive: masked, and parted into what a cell has of its own and
what many cells have in common (see ``cell_kinds`` in archive.sql; the view `cells` puts the two together).
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from pipelines.parse.records import Cell, Place, Report, State
from pipelines.publish import rosters
from pipelines.publish.masks import SHORTEST, mask
from pipelines.publish.tables import OFFICIAL_TABLES

_MASK: Final = "[已隐去:"
_PLACES: Final = 1 << 12
_KIND: Final = ("table_name", "item", "row", "column_name", "label", "unit", "state", "method")

Kind = tuple[Any, ...]  # the columns above
Rows = set[tuple[str, str]]  # (table_name, row)


def add(connection: sqlite3.Connection, reports: Iterable[tuple[str, Report]]) -> None:
    """Enter the cells of reports; kinds that are new are given numbers."""
    names = ", ".join(_KIND)
    kinds = {row[1:]: row[0] for row in connection.execute(f"SELECT kind, {names} FROM cell_kinds")}  # noqa: S608
    rows = []
    for report_id, report in reports:
        people = rows_of_people(report.cells)
        rows += sorted(_row(connection, kinds, report_id, cell, people) for cell in report.cells)
        _withhold_changes(connection, report_id, people)
    connection.executemany("INSERT INTO cell_values VALUES (?, ?, ?, ?, ?, ?, ?)", rows)


def rows_of_people(cells: Iterable[Cell]) -> Rows:
    """The rows that are about people, in tables that are not of the form."""
    tables: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for cell in cells:
        if cell.table_name not in OFFICIAL_TABLES:
            tables[cell.table_name][cell.row].append(cell.raw)
    return {
        (table, list(rows)[at])
        for table, rows in tables.items()
        for at in rosters.rows_of_people(list(rows.values()))
    }


def _row(
    connection: sqlite3.Connection, kinds: dict[Kind, int], report_id: str, cell: Cell, people: Rows
) -> tuple[Any, ...]:
    raw, value, state = _shown(cell, (cell.table_name, cell.row) in people)
    label = _masked(cell.label)
    where = (cell.table_name, cell.item or None, cell.row, cell.column_name)
    kind = (*where, label, cell.unit, state.value, cell.method.value)
    if kind not in kinds:
        marks = ", ".join("?" * len(kind))
        sql = f"INSERT INTO cell_kinds ({', '.join(_KIND)}) VALUES ({marks})"  # noqa: S608
        kinds[kind] = int(connection.execute(sql, kind).lastrowid or 0)
    place = packed(cell.place) if cell.place else None
    return (report_id, kinds[kind], cell.ordinal, raw, value, cell.confidence, place)


def _shown(cell: Cell, withheld: bool) -> tuple[str, int | float | None, State]:
    """Text, number and state of a cell as they are published.

    A statistic is published as printed, whatever it looks like. In any other table, what is masked is text
    and has no number; a row of a roster of people says only that it is withheld.
    """
    official = cell.table_name in OFFICIAL_TABLES
    if official and cell.state is State.NUMBER:
        return cell.raw, cell.value, cell.state
    raw = rosters.LABEL if withheld else _masked(cell.raw)
    if _MASK in raw and not official:
        return raw, None, State.TEXT
    return raw, cell.value, cell.state


@lru_cache(maxsize=1 << 14)  # labels are the same in many reports
def _masked(text: str) -> str:
    return text if len(text) < SHORTEST else mask(text).text


def _withhold_changes(connection: sqlite3.Connection, report_id: str, people: Rows) -> None:
    """A roster's cells of earlier versions are withheld as well."""
    for table in {table for table, _ in people}:
        connection.execute(
            "UPDATE report_changes SET old_raw = ?1, new_raw = ?1 WHERE report_id = ?2 AND table_name = ?3",
            (rosters.LABEL, report_id, table),
        )


@lru_cache(maxsize=1 << 16)
def packed(place: Place) -> str | int:
    """A place in a table as one number, twelve bits each for table, row and column; any other as JSON.

    The view `cells` unpacks it.
    """
    table, row, column = place.table, place.row, place.column
    if table is None or row is None or column is None or place != Place(table=table, row=row, column=column):
        return place.to_json()
    return place.to_json() if max(table, row, column) >= _PLACES else table << 24 | row << 12 | column
