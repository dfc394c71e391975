"""The cells of a report as they are published: masked, and parted into what a cell has of its own and what
many cells have in common (see ``cell_kinds`` in archive.sql; the view `cells` puts the two together).
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final

from pipelines.packing import Columns
from pipelines.parse.records import Place, State
from pipelines.parse.template import TABLES as OFFICIAL_TABLES
from pipelines.publish import rosters
from pipelines.publish.masks import masked

_MASK: Final = "[已隐去:"
_PLACES: Final = 1 << 12
_FIELDS: Final = (
    *("table_name", "row", "column_name", "label", "item", "unit", "method", "state"),
    *("ordinal", "raw", "value", "confidence", "place"),
)

Row = tuple[tuple[Any, ...], ...]  # the columns of cell_kinds, and those of set_cells
Rows = set[tuple[str, str]]  # (table_name, row)


def by_table(cells: Columns, people: Rows) -> dict[str, list[Row]]:
    """The cells of a report by table; ``people`` are the rows that are withheld."""
    tables: dict[str, list[Row]] = defaultdict(list)
    for table, row, column, label, item, unit, method, state, ordinal, raw, value, confidence, place in zip(
        *map(cells.__getitem__, _FIELDS), strict=True
    ):
        shown = raw, value, state  # a statistic, whatever it looks like
        if state != State.NUMBER or table not in OFFICIAL_TABLES:
            shown = _shown(table, *shown, withheld=(table, row) in people)
        raw, value, state = shown
        kind = (table, item or None, row, column, masked(label), unit, state, method)
        tables[table].append((kind, (ordinal, raw, value, confidence, place and packed(place))))
    return tables


def statistics(cells: Columns) -> list[tuple[str, str]]:
    """The cells of the official forms that were read as numbers, as (table, printed text) in their order."""
    given = zip(*map(cells.__getitem__, ("table_name", "ordinal", "raw", "state")), strict=True)
    return [
        (table, raw)
        for table, _, raw, state in sorted(given, key=itemgetter(0, 1))
        if state == State.NUMBER and table in OFFICIAL_TABLES
    ]


def rows_of_people(cells: Columns) -> Rows:
    """The rows that are about people, in tables that are not of the form."""
    tables: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for table, row, raw in zip(*map(cells.__getitem__, ("table_name", "row", "raw")), strict=True):
        if table not in OFFICIAL_TABLES:
            tables[table][row].append(raw)
    return {
        (table, list(rows)[at])
        for table, rows in tables.items()
        for at in rosters.rows_of_people(list(rows.values()))
    }


def _shown(
    table: str, raw: str, value: int | float | None, state: str, *, withheld: bool
) -> tuple[str, int | float | None, str]:
    """Text, number and state of a cell that is no statistic of the form, as they are published.

    In a table that is not of the form, what is masked is text and has no number; a row of a roster of people
    says only that it is withheld.
    """
    raw = rosters.LABEL if withheld else masked(raw)
    if _MASK in raw and table not in OFFICIAL_TABLES:
        return raw, None, State.TEXT.value
    return raw, value, state


@lru_cache(maxsize=1 << 13)
def packed(values: tuple[Any, ...]) -> str | int:
    """A place in a table, given by the values of its fields, as one number, twelve bits each for table, row
    and column; any other as JSON.

    The view `cells` unpacks it.
    """
    place = Place(*values)
    table, row, column = place.table, place.row, place.column
    if table is None or row is None or column is None or place != Place(table=table, row=row, column=column):
        return place.to_json()
    return place.to_json() if max(table, row, column) >= _PLACES else table << 24 | row << 12 | column
