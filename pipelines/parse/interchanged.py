"""Rows and columns of section three that stand in one another's places, as the form's sums show.

So may two rows, a column and that of the totals, and values moved round in a row, a column or the table.
No sum tells of two outcomes, or of two kinds of applicant.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final, TypeVar

from pipelines.parse.records import Cell
from pipelines.parse.slid import BALANCED, COLUMNS, Values, broken
from pipelines.parse.template import APPLICATIONS

LEAST_IN_ALL: Final = 3  # sums that fail: as many may fail by one wrong figure, but it can't mend them all

_Rows = Sequence[Values]
_T = TypeVar("_T")


def interchanged(cells: Sequence[Cell]) -> set[int]:
    """Which of the cells of a table, all it has and in the form's order, may hold the figures of others."""
    numbers = [cell.counted for cell in cells]
    known = [number for number in numbers if number is not None]
    if not cells or cells[0].table_name != APPLICATIONS or len(known) < len(numbers):
        return set()
    rows = [known[at : at + COLUMNS] for at in range(0, len(known), COLUMNS)]
    unfit = [at for at, row in enumerate(rows) if not _adds_up(row)]
    off = broken(rows)
    if len(unfit) + off < LEAST_IN_ALL:
        return set()
    meant = [back for back in _ways_back(rows, unfit, off) if _may_be_meant(back)]
    places = [(at, column) for at in range(len(rows)) for column in range(COLUMNS)]
    return {n for n, (at, c) in enumerate(places) if any(back[at][c] != rows[at][c] for back in meant)}


def _ways_back(rows: _Rows, unfit: Sequence[int], off: int) -> Iterator[_Rows]:
    """The tables that may have been meant.

    If all rows add up, with rows in other places; if all columns do, with columns in other places; else with
    the one row that does not, or with any one column, moved round.
    """
    if not unfit:
        yield from _moved_round(rows)
        yield from _two_rows_back(rows)
    elif not off:
        yield from ([_with_total_at(column, row) for row in rows] for column in range(COLUMNS - 1))
        yield from ([[*row[at:], *row[:at]] for row in rows] for at in range(1, COLUMNS))
    elif len(unfit) == 1:
        at = unfit[0]
        yield from ([*rows[:at], back, *rows[at + 1 :]] for back in _moved_round(rows[at]))
    else:
        at = unfit[0]
        for column, values in enumerate(zip(*rows, strict=True)):
            for back in _moved_round(values):
                if _adds_up(_with(back[at], column, rows[at])):
                    yield [_with(value, column, row) for value, row in zip(back, rows, strict=True)]


def _may_be_meant(rows: _Rows) -> bool:
    """Whether all sums of a table hold; where nothing was handled they prove nothing."""
    return any(rows[-BALANCED]) and all(map(_adds_up, rows)) and not broken(rows)


def _two_rows_back(rows: _Rows) -> Iterator[_Rows]:
    """Tables with two rows of figures in each other's places, of which one is none of the outcomes."""
    for one, other in combinations([at for at, row in enumerate(rows) if any(row)], 2):
        if one < BALANCED or other >= len(rows) - BALANCED:
            back = list(rows)
            back[one], back[other] = rows[other], rows[one]
            yield back


def _moved_round(values: Sequence[_T]) -> tuple[Sequence[_T], Sequence[_T]]:
    """The values moved on by one, towards the end and towards the start; what falls out comes in again."""
    return [*values[-1:], *values[:-1]], [*values[1:], *values[:1]]


def _with_total_at(column: int, row: Values) -> Values:
    """A row of which a column and that of the totals have changed places."""
    return [*row[:column], row[-1], *row[column + 1 : -1], row[column]]


def _with(value: float, column: int, row: Values) -> Values:
    return [*row[:column], value, *row[column + 1 :]]


def _adds_up(row: Values) -> bool:
    return sum(row[:-1]) == row[-1]
