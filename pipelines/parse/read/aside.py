"""Rows of a page's table that are drawn a little aside from each other: the columns that people see.

Word draws each row's borders where they were dragged, and its pages count a column for each place of one.
Where cells say how wide they are, borders that stand close together are known for one.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Container, Iterable, Iterator, Sequence
from statistics import median
from typing import Final

from lxml.etree import _Element as Element

from pipelines.parse.read.grid import Groups
from pipelines.parse.read.rows import spans_of_rows
from pipelines.parse.read.table_blocks import lay_out

# of the table's width: a column narrower than this has no room for text
_NARROW: Final = 0.015
_AGREED: Final = 2 * _NARROW  # what rounded widths of rows with many cells may differ by
_WIDTH: Final = re.compile(r"\s*(\d{1,5}(?:\.\d{1,5})?)\s*(px|pt|%|)\s*")

#: how wide a cell is, and in which unit; the number alone counts, beside others of the same unit
Width = tuple[float, str]
_Cell = tuple[int, int]  # the borders, counted from the left, between which a cell stands


def printed_width(printed: str) -> Width | None:
    """What an attribute says of a cell's width, if anything."""
    found = _WIDTH.fullmatch(printed)
    return (float(found[1]), found[2]) if found else None


def shown_spans(groups: list[list[list[Element]]]) -> Groups:
    """The spans of cells given by row and group of rows, as :func:`own_rows` gives them, in such columns."""
    cells = (cell for group in groups for row in group for cell in row)
    return with_columns(spans_of_rows(groups), (printed_width(cell.get("width", "")) for cell in cells))


def with_columns(groups: Groups, widths: Iterable[Width | None]) -> Groups:
    """The printed spans of a table, in columns without those that only lie between two places of one border.

    ``widths`` are asked for where a cell stands in no column that any cell has for itself; the spans stay as
    they are where one is not known, or cells of several rows say different things.
    """
    try:
        layout = lay_out(groups)
    except ValueError:  # too large for a grid
        return groups
    places = [*zip(layout.columns, layout.colspans, strict=True)]
    whole = {column for column, colspan in places if colspan == 1}
    spanning = [range(column, column + colspan) for column, colspan in places if colspan > 1]
    if layout.cut or not any(map(whole.isdisjoint, spanning)):
        return groups
    cells = [(column, column + colspan) for column, colspan in places]
    borders = _borders(cells, list(widths))
    at = _merged(borders, cells) if len(borders) > layout.n_columns else ()
    return _respanned(groups, [at[end] - at[start] for start, end in cells]) if at else groups


def _borders(cells: Sequence[_Cell], widths: Sequence[Width | None]) -> list[float]:
    """Where the table's borders stand, as parts of its width; [] where that is not known."""
    if None in widths or len({width[1] for width in widths if width}) != 1:
        return []
    found = {0: [0.0]}
    for (start, end), width in zip(cells, widths, strict=True):
        if width is None or start not in found:
            return []
        found.setdefault(end, []).append(found[start][0] + width[0])
    whole = max(map(max, found.values()))
    is_agreed = whole > 0 and all(max(several) - min(several) < _AGREED * whole for several in found.values())
    return [median(found[border]) / whole for border in sorted(found)] if is_agreed else []


def _merged(borders: Sequence[float], cells: Sequence[_Cell]) -> list[int]:
    """The column at which each border stands, those that are one border taken together; [] where none are.

    A narrow cell keeps its own.
    """
    kept = {end for start, end in cells if borders[end] - borders[start] < _NARROW}
    at = list(itertools.chain([0], _counted(borders, kept)))
    if at[-1] == len(borders) - 1 or any(at[end] == at[start] for start, end in cells):
        return []
    return at


def _counted(borders: Sequence[float], kept: Container[int]) -> Iterator[int]:
    at = 0
    for number, (before, border) in enumerate(itertools.pairwise(borders), 1):
        at += number in kept or abs(border - before) >= _NARROW
        yield at


def _respanned(groups: Groups, colspans: Iterable[int]) -> Groups:
    each = iter(colspans)
    return tuple(
        tuple(tuple((rowspan, next(each)) for rowspan, _ in row) for row in group) for group in groups
    )
