"""Merged cells to positions: the table model of HTML, with bounds.

Differs from the standard in two places, so that each printed cell stands exactly
once and none over another: a span that would run into an occupied place is cut,
and a table that would pass the bounds loses its spans.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

MAX_SPAN = 100
MAX_PLACES = 20_000

# the printed spans (rows, columns) of the cells of a table, by row and group of rows (thead, tbody …)
Groups = tuple[tuple[tuple[tuple[int, int], ...], ...], ...]


class Span(NamedTuple):
    """Where a cell stands: top left position and size, in rows and columns."""

    row: int
    column: int
    rowspan: int
    colspan: int


@dataclass(frozen=True, slots=True)
class Spans:
    """Positions of the cells in the order given, the grid's size, and how many spans had to be cut."""

    places: tuple[Span, ...]
    n_rows: int
    n_columns: int
    cut: int


def place_spans(groups: Iterable[Sequence[Sequence[tuple[int, int]]]]) -> Spans:
    """Place cells given as row groups (thead, tbody …) of rows of (rowspan, colspan).

    A rowspan of 0 reaches to the end of its group, and none reaches beyond it.
    Raises ValueError where even the cells alone pass ``MAX_PLACES``.
    """
    listed = [list(group) for group in groups]
    n_cells = sum(len(row) for group in listed for row in group)
    n_rows = sum(len(group) for group in listed)
    if n_cells > MAX_PLACES or n_rows * _widest(listed) > MAX_PLACES:
        raise ValueError(f"{n_cells} 格 cells，{n_rows} 行 rows")
    spans = _place(listed)
    if spans.n_rows * spans.n_columns <= MAX_PLACES:
        return spans
    plain = _place([[[(1, 1)] * len(row) for row in group] for group in listed])
    return Spans(plain.places, plain.n_rows, plain.n_columns, n_cells)


def _widest(groups: list[list[Sequence[tuple[int, int]]]]) -> int:
    return max((len(row) for group in groups for row in group), default=0)


def _place(groups: Sequence[Sequence[Sequence[tuple[int, int]]]]) -> Spans:
    places: list[Span] = []
    cut = row_number = 0
    free_from: list[int] = []  # per column: the first row that is free in it
    for group in groups:
        end = row_number + len(group)
        for row in group:
            column = 0
            for rowspan, colspan in row:
                while column < len(free_from) and free_from[column] > row_number:
                    column += 1
                if rowspan == colspan == 1:  # nearly all
                    free_from[column : column + 1] = [row_number + 1]
                    places.append(Span(row_number, column, 1, 1))
                    column += 1
                    continue
                height = min(rowspan or MAX_PLACES, end - row_number)
                wide = max(1, min(colspan, MAX_SPAN))
                width = _free_width(free_from, column, wide, row_number)
                height, too_high = (MAX_SPAN, True) if height > MAX_SPAN else (height, False)
                cut += width < colspan or too_high
                free_from.extend([0] * (column + width - len(free_from)))
                free_from[column : column + width] = [row_number + height] * width
                places.append(Span(row_number, column, height, width))
                column += width
            row_number += 1
    return Spans(tuple(places), row_number, len(free_from), cut)


def _free_width(free_from: list[int], column: int, wide: int, row: int) -> int:
    for offset in range(1, wide):
        if column + offset < len(free_from) and free_from[column + offset] > row:
            return offset
    return wide
