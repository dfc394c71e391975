"""What a merged cell says: of each column that it covers, or of which of the rows that it covers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain

from pipelines.parse import vocabulary as words
from pipelines.parse.numbers import COUNT, read_value
from pipelines.parse.records import NOTHING, Grid, GridCell
from pipelines.parse.tables.broken.pieces import doubtful
from pipelines.parse.tables.row_labels import label_of
from pipelines.parse.tables.years import named_year
from pipelines.parse.vocabulary import is_blank, is_numberlike

SHARED = "一个数值跨了几行的标题 / a value stands over the rows of several labels"

Span = tuple[int, int]  # a half-open range of grid columns


def stands_for_each(text: str) -> bool:
    """Whether a cell merged over several others says the same of each of them: 0, nothing, a dash, 无."""
    value = read_value(text, COUNT)
    return value.state in NOTHING or value.value == 0


def is_for_each(cell: GridCell, columns: Iterable[Span]) -> bool:
    """Whether a merged cell says the same of each of the columns, and lies below all of each.

    Below a part of one, a cell beside it is lost.
    """
    end = cell.column + cell.colspan
    return stands_for_each(cell.text) and all(cell.column <= start and stop <= end for start, stop in columns)


def shared_values(grid: Grid) -> tuple[GridCell, ...]:
    """The figures of a grid, each in one cell over rows that two or more labels left of it name.

    Where only the labels of a printed table are ruled, or a merged cell is drawn too tall, the cell
    of one row's figure takes in its neighbour's, which is blank. One that says the same of every
    row (0, a dash) is none of these.
    """
    tall = [c for c in grid.cells if c.rowspan > 1 and _is_one_rows(c.text)]
    named = [list(_names(row)) for row in grid.rows()] if tall else []
    return tuple(c for c in tall if len(_named(c, named[c.row : c.row + c.rowspan])) > 1)


def with_split_doubted(grid: Grid) -> Grid:
    """The grid, in which a cell that ends above the others of its row, with figures below it, is doubtful.

    A stray line, as a seal's, cuts it in two: what stands in the upper piece alone is not what it says.
    """
    rows = list(grid.rows()) if any(_is_figure_of_rows(c) for c in grid.cells) else []
    split = {id(cell) for row in rows for cell in _split_in(row, rows)}
    if not split:
        return grid
    cells = (replace(c, text=doubtful(c.text)) if id(c) in split else c for c in grid.cells)
    return replace(grid, cells=tuple(cells))


def _is_figure_of_rows(cell: GridCell) -> bool:
    return cell.rowspan > 1 and is_numberlike(cell.text)


def _split_in(row: Sequence[GridCell], rows: Sequence[Sequence[GridCell]]) -> Iterator[GridCell]:
    """The cells among a row's values with others below them, where label and figures of the row go on."""
    tall = [c.rowspan for c in row if _is_figure_of_rows(c)]
    if not tall:
        return
    _, found, values = label_of(row)
    height = min(tall)
    if found is None or row[-len(values) - 1].rowspan < height:
        return
    for cell in values:
        lower = chain.from_iterable(rows[cell.row + cell.rowspan : cell.row + height])
        if any(cell.column <= c.column < cell.column + cell.colspan and not is_blank(c.text) for c in lower):
            yield cell


def _is_one_rows(text: str) -> bool:
    return is_numberlike(text) and not stands_for_each(text) and not named_year(text)


def _named(cell: GridCell, rows: Iterable[Iterable[tuple[int, str]]]) -> set[str]:
    """The rows of the form that are named left of a cell."""
    return {key for column, key in chain.from_iterable(rows) if column < cell.column}


def _names(row: Sequence[GridCell]) -> Iterator[tuple[int, str]]:
    """What a row of a grid is named by, as keys of the form, each with the column of its cell."""
    found, values = label_of(row)[1:] if row else (None, [])
    if found:
        yield row[-len(values) - 1].column, found.match.key
        return
    for cell in row:
        if named := words.STAGES.match(cell.text) or words.OUTCOMES.match(cell.text):
            yield cell.column, named.key
