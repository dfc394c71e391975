"""Rows of a ruled table in which nothing stands: what a page leaves of merged cells and rows without room.

A browser that prints a table goes on with the border of a merged cell on the next page, and ends it where it
would have ended but for the break; a row that the page has no room for leaves an empty band at its foot. The
lines of both cut the rows around them in two.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from pipelines.parse.records import Grid, GridCell


def without_hollow_rows(grid: Grid) -> Grid:
    """The grid without rows in which one blank cell begins, and no other."""
    hollow = [row for row, cells in enumerate(grid.rows()) if len(cells) == 1 and not cells[0].text]
    if not hollow:
        return grid
    kept = [moved for cell in grid.cells if (moved := _moved(cell, hollow)).rowspan]
    return replace(grid, cells=tuple(kept), n_rows=grid.n_rows - len(hollow))


def _moved(cell: GridCell, hollow: Sequence[int]) -> GridCell:
    """A cell in the rows that are left, of no height where none is of those it covers."""
    above, through = bisect_left(hollow, cell.row), bisect_left(hollow, cell.row + cell.rowspan)
    if not through:
        return cell
    return replace(cell, row=cell.row - above, rowspan=cell.rowspan - (through - above))
