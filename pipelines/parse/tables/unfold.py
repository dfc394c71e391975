"""Grids as they were meant: cells of several rows or columns are taken apart, turned tables turned back.

Nothing is taken apart by halves: where the pieces of a row do not all agree, the
grid stays as it is, and the row is flagged for what it prints.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import accumulate

from pipelines.parse import vocabulary as words
from pipelines.parse.labels import Match
from pipelines.parse.likeness import by_likeness, derive, unless_kept
from pipelines.parse.records import Grid, GridCell
from pipelines.parse.tables import sums
from pipelines.parse.tables.long_form import of_long_form
from pipelines.parse.tables.merged import stands_for_each, with_split_doubted
from pipelines.parse.tables.named_values import without_names
from pipelines.parse.tables.suffix import labels_together
from pipelines.parse.vocabulary import is_blank, is_numberlike

_TOGETHER = (3, 5, 7, 15)  # how many values of a row may stand in one cell: all of a part of the form
_TWO_PIECES = 3  # characters of the shortest two pieces
_TURNED_ROWS, _TURNED_COLUMNS = 8, 5  # labels that tell a turned table of section three
_EDGE = 3  # rows or columns at the edge of a grid that may hold its labels
_COLUMNS = (words.APPLICANTS, words.OUTCOMES, words.PROACTIVE_COLUMNS)


@unless_kept
def unfold(grid: Grid) -> Grid:
    """The grid, with cells that hold several rows (一格多行) or several columns taken apart.

    Every new cell keeps the place of the cell it was printed in. A grid whose rows
    and columns were only inferred comes back as it is.
    """
    return _taken_apart(_without_slivers(grid)) if grid.exact else grid


@unless_kept
def _taken_apart(grid: Grid) -> Grid:
    grid = _turned(of_long_form(_spread_down(with_split_doubted(without_names(grid)))))
    if any(map(_pieces, [cell.text for cell in grid.cells if len(cell.text) >= _TWO_PIECES])):
        grid = _columns_apart(_rows_apart(grid))
    return grid


def _without_slivers(grid: Grid) -> Grid:
    """The grid without columns that no cell has for itself, if each cell has others.

    Word draws rows a little aside from each other where a border was dragged in some of them alone: the
    slip between two places of one border is a column of the file's.
    """
    spans = _without_slips(grid)
    if spans is None:
        return grid
    cells = [
        GridCell(cell.row, column, cell.text, cell.place, cell.rowspan, colspan, cell.confidence)
        for cell, (column, colspan) in zip(grid.cells, spans, strict=True)
    ]
    n_columns = max(map(sum, spans))
    made = Grid(tuple(cells), grid.n_rows, n_columns, grid.place, grid.exact)
    return derive(made, grid, _without_slivers)


@by_likeness
def _without_slips(grid: Grid) -> list[tuple[int, int]] | None:
    """The column in which each cell stands then, and over how many it reaches; None if all is as it is."""
    whole = {cell.column for cell in grid.cells if cell.colspan == 1}
    if len(whole) == grid.n_columns or not grid.cells:
        return None
    at = [*accumulate((column in whole for column in range(grid.n_columns)), initial=0)]
    ends = [min(cell.column + cell.colspan, grid.n_columns) for cell in grid.cells]
    spans = [(at[cell.column], at[end] - at[cell.column]) for cell, end in zip(grid.cells, ends, strict=True)]
    return spans if all(colspan for _, colspan in spans) else None


@lru_cache(maxsize=4096)
def _pieces(text: str) -> tuple[str, ...]:
    """The values or the column labels that a cell holds, if several."""
    if len(text) < _TWO_PIECES:
        return ()
    pieces = tuple(text.split())
    if len(pieces) < 2:
        return ()
    if all(map(is_numberlike, pieces)):
        return () if _one_number(text) and not _adds_up(pieces) else pieces
    return pieces if any(all(map(labels.match, pieces)) for labels in _COLUMNS) else ()


def _one_number(text: str) -> bool:
    """Whether a blank may stand for a thousands separator: 3 600."""
    return any(
        right.isdigit() and len(right) == 3 and left.isdigit() and left != "0" and len(left) <= 3
        for line in text.split("\n")
        for left, right in zip(line.split(), line.split()[1:], strict=False)
    )


def _adds_up(pieces: Sequence[str]) -> bool:
    """Whether the pieces are the values of a row of section three, the last one being their sum."""
    order = words.APPLICANT_ORDER
    return len(pieces) == len(order) and sums.adds_up(dict(zip(order, pieces, strict=True))) is True


def _spread_down(grid: Grid) -> Grid:
    """The grid, in which a 0 or a dash over several rows stands in each of them."""
    if not any(_is_spread(cell) for cell in grid.cells if cell.rowspan > 1):
        return grid
    cells = [
        replace(cell, row=row, rowspan=1) if _is_spread(cell) else cell
        for cell in grid.cells
        for row in _rows_of(cell, grid.n_rows)
    ]
    return replace(grid, cells=tuple(sorted(cells, key=lambda c: (c.row, c.column))))


def _rows_of(cell: GridCell, n_rows: int) -> range:
    """The rows in which a cell is to stand: all that it covers if it is spread, else the first."""
    return range(cell.row, min(cell.row + cell.rowspan, n_rows) if _is_spread(cell) else cell.row + 1)


def _is_spread(cell: GridCell) -> bool:
    return cell.rowspan > 1 and is_numberlike(cell.text) and stands_for_each(cell.text)


# --- rows ----------------------------------------------------------------------


def _rows_apart(grid: Grid) -> Grid:
    """Rows of the form that were printed as lines of one row, as rows of their own."""
    new: list[list[GridCell]] = []
    start: list[int] = []  # where each old row begins now
    for row in grid.rows():
        start.append(len(new))
        parts = _parts(row)
        new += parts if parts else [list(row)]
    if len(new) == grid.n_rows:
        return grid
    start.append(len(new))
    cells = tuple(
        replace(cell, row=at, rowspan=_reach(cell, start, at)) for at, row in enumerate(new) for cell in row
    )
    return Grid(cells, len(new), grid.n_columns, grid.place, grid.exact)


def _reach(cell: GridCell, start: Sequence[int], at: int) -> int:
    """The rows that a cell covers now."""
    apart = start[cell.row + 1] - start[cell.row] if cell.row + 1 < len(start) else 1
    if cell.rowspan == 1 and apart > 1:
        return 1
    end = min(cell.row + cell.rowspan, len(start) - 1)
    return max(1, start[end] - at)


def _parts(row: Sequence[GridCell]) -> list[list[GridCell]]:
    """A row as the several rows that its label and all its values hold, one a line; else nothing."""
    for at, cell in enumerate(row):
        labels = _labels(cell.text)
        if not labels:
            continue
        columns = [labels, *(c.text.split("\n") for c in row[at + 1 :])]
        if any(len(column) != len(labels) for column in columns):
            return []
        if not all(is_numberlike(piece.strip()) for column in columns[1:] for piece in column):
            return []
        beside = [replace(c, rowspan=len(labels) + c.rowspan - 1) for c in row[:at]]
        return [
            [
                *(beside if line == 0 else []),
                *(_piece(c, t[line]) for c, t in zip(row[at:], columns, strict=True)),
            ]
            for line in range(len(labels))
        ]
    return []


def _piece(cell: GridCell, text: str) -> GridCell:
    return replace(cell, text=text.strip(), rowspan=1)


@lru_cache(maxsize=4096)
def _labels(text: str) -> list[str]:
    """The row labels that a cell prints on its lines, one or several lines each, if it prints several."""
    lines = text.split("\n")
    if len(lines) < 2 or len(labels_together(text)) < 2:
        return []
    found: list[str] = []
    held = ""
    for number, line in enumerate(lines):
        held += line
        label = words.row_label(held)
        if label and label.match.sure and not _goes_on(lines[number + 1 :]):
            found.append(held)
            held = ""
    return found if not held and len(found) > 1 else []


def _goes_on(rest: Sequence[str]) -> bool:
    """Whether the next line can't begin a label of its own."""
    return bool(rest) and not any(words.row_label("".join(rest[:n])) for n in range(1, len(rest) + 1))


# --- columns -------------------------------------------------------------------


def _columns_apart(grid: Grid) -> Grid:
    """Cells that hold a row's values, as cells of their own; the columns of the grid grow as needed."""
    widths = [1] * grid.n_columns
    for column in range(grid.n_columns):
        counts = {
            len(_pieces(c.text)) or 1
            for c in grid.cells
            if c.column == column and c.colspan == 1 and (_pieces(c.text) or is_numberlike(c.text))
        }
        if len(counts) == 1 and not counts.isdisjoint(_TOGETHER):
            widths[column] = counts.pop()
    start = [sum(widths[:n]) for n in range(len(widths) + 1)]
    single = _single_values(grid)
    cells = [new for cell in grid.cells for new in _spread(cell, start, id(cell) in single)]
    return Grid(tuple(cells), grid.n_rows, start[-1], grid.place, grid.exact)


def _single_values(grid: Grid) -> set[int]:
    """The cells, by identity, that hold one value for all their pieces: one with a note, or broken.

    So it is beside cells of one value each, and behind a blank one, unless their column has as many labels.
    """
    named = {(c.column, len(_pieces(c.text))) for c in grid.cells if not is_numberlike(c.text)}
    cells = (cell for row in grid.rows() for cell in _beside_others(row))
    return {id(cell) for cell in cells if (cell.column, len(_pieces(cell.text))) not in named}


def _beside_others(row: Sequence[GridCell]) -> Iterator[GridCell]:
    """The cells of several figures in a row that has others, or a blank one before them."""
    texts = [c.text for c in row]
    labels = [
        n for n, text in enumerate(texts) if not (is_blank(text) or is_numberlike(text) or _pieces(text))
    ]
    first = labels[-1] + 1 if labels else 0
    values = row[first:]
    for number, cell in enumerate(values):
        others = any(is_blank(c.text) for c in values[:number])
        others = others or any(is_numberlike(c.text) and not _pieces(c.text) for c in values)
        if others and _pieces(cell.text):
            yield cell


def _spread(cell: GridCell, start: Sequence[int], is_single: bool) -> Iterator[GridCell]:
    left = start[cell.column]
    width = start[min(cell.column + cell.colspan, len(start) - 1)] - left
    pieces = _pieces(cell.text)
    if is_single or len(pieces) != width or _wrapped(cell, pieces):
        yield replace(cell, column=left, colspan=max(1, width))
        return
    for number, piece in enumerate(pieces):
        yield replace(cell, column=left + number, colspan=1, text=piece)


def _wrapped(cell: GridCell, pieces: Sequence[str]) -> bool:
    """Whether lines of figures in a cell of a page may be one number, which a narrow cell has broken."""
    on_page = cell.place.page is not None and "\n" in cell.text
    return on_page and all(map(is_numberlike, pieces)) and not _adds_up(pieces)


# --- turned tables -------------------------------------------------------------


def _turned(grid: Grid) -> Grid:
    """The grid, or the grid with rows and columns exchanged where its rows are the form's columns."""
    if grid.n_columns < 2 or not _is_turned(grid):
        return grid
    cells = sorted(
        (replace(c, row=c.column, column=c.row, rowspan=c.colspan, colspan=c.rowspan) for c in grid.cells),
        key=lambda c: (c.row, c.column),
    )
    return Grid(tuple(cells), grid.n_columns, grid.n_rows, grid.place, grid.exact)


def _is_turned(grid: Grid) -> bool:
    top = [c.text for c in grid.cells if c.row < _EDGE and c.text]
    rows = {found.match.key: found.table for text in top if (found := words.row_label(text))}
    if not rows:
        return False
    left = [c.text for c in grid.cells if c.column < _EDGE and not is_blank(c.text)]
    if len(rows) >= _TURNED_ROWS:
        return len(_keys(left, words.APPLICANTS.match)) >= _TURNED_COLUMNS
    first = [c for c in grid.cells if c.row == 0]
    side = [c.text for c in grid.cells if c.column == 0 and c.row > 0]
    return (
        all(words.row_label(c.text) for c in first[1:])
        and len(first) > 1
        and bool(side)
        and all(words.PROACTIVE_COLUMNS.match(text) for text in side)
    )


def _keys(texts: Iterable[str], match: Callable[[str], Match | None]) -> set[str]:
    return {found.key for text in texts if (found := match(text))}
