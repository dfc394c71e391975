"""The long form of a table, in which each row holds one value beside the labels of its row and its column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipelines.parse.records import Grid, GridCell
from pipelines.parse.tables.told import Pair, Row, column_of, row_named, wide
from pipelines.parse.template import REVIEWS
from pipelines.parse.vocabulary import is_blank, is_numberlike

_LONG, _LONG_MOST = 3, 6  # columns: two labels and a value, and labels of groups


def of_long_form(grid: Grid) -> Grid:
    """A grid whose rows hold one value each, beside the labels of its row and its column, as a wide one."""
    if not grid.exact or not _LONG <= grid.n_columns <= _LONG_MOST:
        return grid
    rows: list[Row] = []
    for covering in _covering(grid):
        triple = _triple(covering)
        if triple is None:
            if rows:
                return grid
            continue
        label, pair = triple
        if not rows or rows[-1].label.text != label.text:
            rows.append(Row(pair.table, label))
        rows[-1].pairs.append(pair)
    if len(rows) < 2 or not all(row.is_whole() for row in rows):
        return grid
    return wide(rows, grid.place)


def _triple(cells: Sequence[GridCell]) -> tuple[GridCell, Pair] | None:
    """The row's label, and the column with the value, that the cells of a row of the long form hold."""
    *names, column, value = cells if len(cells) >= _LONG else (None, None)
    if column is None or value is None or is_numberlike(column.text):
        return None
    if not (is_numberlike(value.text) or is_blank(value.text)):
        return None
    for label in reversed(names):
        table = row_named(label.text) if label else None
        if label and table and table != REVIEWS:
            match = column_of(column.text, table)
            return (label, Pair(table, match, column, value)) if match else None
    return None


def _covering(grid: Grid) -> Iterator[list[GridCell]]:
    """For each row of a grid the cells that stand in it, those that reach into it from above among them."""
    reaching: list[GridCell] = []
    for number, row in enumerate(grid.rows()):
        reaching = [c for c in reaching if c.row + c.rowspan > number]
        yield sorted([*reaching, *row], key=lambda c: c.column)
        reaching += [c for c in row if c.rowspan > 1]
