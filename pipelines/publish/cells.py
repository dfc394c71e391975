"""The cells of a report as they are published: masked, and parted into what a cell has of its own and what
many cells have in common (see ``cell_kinds`` in archive.sql; the view `cells` puts the two together).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from pipelines.parse.records import Cell, Place, State
from pipelines.publish import rosters
from pipelines.publish.masks import masked
from pipelines.publish.tables import OFFICIAL_TABLES

_MASK: Final = "[已隐去:"
_PLACES: Final = 1 << 12

Row = tuple[tuple[Any, ...], ...]  # the columns of cell_kinds, and those of set_cells
Rows = set[tuple[str, str]]  # (table_name, row)


def by_table(cells: Iterable[Cell], people: Rows) -> dict[str, list[Row]]:
    """The cells of a report by table; ``people`` are the rows that are withheld."""
    tables: dict[str, list[Row]] = defaultdict(list)
    for cell in cells:
        tables[cell.table_name].append(_row(cell, (cell.table_name, cell.row) in people))
    return tables


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


def _row(cell: Cell, withheld: bool) -> Row:
    shown: tuple[str, int | float | None, State]
    if cell.state is State.NUMBER and cell.table_name in OFFICIAL_TABLES:
        shown = cell.raw, cell.value, cell.state  # a statistic, whatever it looks like
    else:
        shown = _shown(cell, withheld)
    raw, value, state = shown
    label = masked(cell.label)
    where = (cell.table_name, cell.item or None, cell.row, cell.column_name)
    place = packed(cell.place) if cell.place else None
    kind = (*where, label, cell.unit, str(state), str(cell.method))
    return kind, (cell.ordinal, raw, value, cell.confidence, place)


def _shown(cell: Cell, withheld: bool) -> tuple[str, int | float | None, State]:
    """Text, number and state of a cell that is no statistic of the form, as they are published.

    In a table that is not of the form, what is masked is text and has no number; a row of a roster of people
    says only that it is withheld.
    """
    raw = rosters.LABEL if withheld else masked(cell.raw)
    if _MASK in raw and cell.table_name not in OFFICIAL_TABLES:
        return raw, None, State.TEXT
    return raw, cell.value, cell.state


@lru_cache(maxsize=1 << 13)
def packed(place: Place) -> str | int:
    """A place in a table as one number, twelve bits each for table, row and column; any other as JSON.

    The view `cells` unpacks it.
    """
    table, row, column = place.table, place.row, place.column
    if table is None or row is None or column is None or place != Place(table=table, row=row, column=column):
        return place.to_json()
    return place.to_json() if max(table, row, column) >= _PLACES else table << 24 | row << 12 | column
