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
from pipelines.parse.read.table_blocks import Layout, lay_out

# of the table's width: a column narrower than this has no room for text
_NARROW: Final = 0.015
# the same where rows were dragged far, tried in turn as long as cells stand in no column of their own
_NARROWER: Final = (_NARROW, 0.022, 0.03)
_AGREED: Final = 2 * _NARROW  # what rounded widths of rows with many cells may differ by
_NUMBER: Final = r"\s*(\d{1,5}(?:\.\d{1,5})?)\s*"
_WIDTH: Final = re.compile(rf"{_NUMBER}(px|pt|%|)\s*")
_STYLED: Final = re.compile(rf"(?<![\w-])width\s*:{_NUMBER}(px|pt|cm|mm|in|%)", re.IGNORECASE)
_PIXELS: Final = {"pt": 4 / 3, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4}  # in one of the unit

#: how wide a cell is, and in which unit; the number alone counts, beside others of the same unit
Width = tuple[float, str]
_Cell = tuple[int, int]  # the borders, counted from the left, between which a cell stands


def printed_width(attribute: str, style: str = "") -> Width | None:
    """What an attribute says of a cell's width, else what a style does, if anything."""
    found = _WIDTH.fullmatch(attribute)
    if found:
        return float(found[1]), found[2].removesuffix("px")
    styled = _STYLED.search(style)
    unit = styled[2].lower() if styled else ""
    return (float(styled[1]) * _PIXELS.get(unit, 1), "%" * (unit == "%")) if styled else None


def shown_spans(groups: list[list[list[Element]]]) -> Groups:
    """The spans of cells given by row and group of rows, as :func:`own_rows` gives them, in such columns."""
    cells = (cell for group in groups for row in group for cell in row)
    widths = (printed_width(cell.get("width", ""), cell.get("style", "")) for cell in cells)
    return with_columns(spans_of_rows(groups), widths)


def with_columns(groups: Groups, widths: Iterable[Width | None]) -> Groups:
    """The printed spans of a table, in columns without those that only lie between two places of one border.

    ``widths`` are asked for where a cell stands in no column that any cell has for itself; the spans stay as
    they are where one is not known, or cells of several rows say different things.
    """
    try:
        layout = lay_out(groups)
    except ValueError:  # too large for a grid
        return groups
    if layout.cut or not _is_doubtful(layout):
        return groups
    cells = [(column, column + colspan) for column, colspan in _places(layout)]
    borders = _borders(cells, list(widths))
    if len(borders) <= layout.n_columns:
        return groups
    tried = [_merged_groups(groups, borders, cells, narrow) for narrow in _NARROWER]
    sure = (merged for merged in tried if merged is not groups and not _is_doubtful(lay_out(merged)))
    return next(sure, tried[0])


def are_shared(places: Iterable[tuple[int, int]]) -> bool:
    """Whether one of several cells, given by column and colspan, stands in none that a cell has for itself:
    how wide they are tells more of the columns.
    """
    cells = [(column, column + colspan) for column, colspan in places]
    borders = {border: at for at, border in enumerate(sorted(set(itertools.chain(*cells))))}
    at = {(borders[start], borders[end]) for start, end in cells}
    whole = {start for start, end in at if end - start == 1}
    return any(whole.isdisjoint(range(*cell)) for cell in at)


def _places(layout: Layout) -> Iterator[tuple[int, int]]:
    return zip(layout.columns, layout.colspans, strict=True)


def _is_doubtful(layout: Layout) -> bool:
    return are_shared(_places(layout))


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


def _merged_groups(groups: Groups, borders: Sequence[float], cells: Sequence[_Cell], narrow: float) -> Groups:
    """The spans in columns where borders that are one border are taken together; as they are where none are.

    A cell as ``narrow`` as what lies between two places of one border keeps its own.
    """
    kept = {end for start, end in cells if borders[end] - borders[start] < narrow}
    at = [0, *_counted(borders, kept, narrow)]
    if at[-1] == len(borders) - 1 or any(at[end] == at[start] for start, end in cells):
        return groups
    return _respanned(groups, [at[end] - at[start] for start, end in cells])


def _counted(borders: Sequence[float], kept: Container[int], narrow: float) -> Iterator[int]:
    at = 0
    for number, (before, border) in enumerate(itertools.pairwise(borders), 1):
        at += number in kept or abs(border - before) >= narrow
        yield at


def _respanned(groups: Groups, colspans: Iterable[int]) -> Groups:
    each = iter(colspans)
    return tuple(
        tuple(tuple((rowspan, next(each)) for rowspan, _ in row) for row in group) for group in groups
    )
