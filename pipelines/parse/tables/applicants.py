"""The header of section three in a grid: labels over several cells, columns printed twice or of no form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from pipelines.parse import vocabulary as words
from pipelines.parse.labels import normal
from pipelines.parse.records import Grid, GridCell
from pipelines.parse.tables.headers import Header, HeaderCell
from pipelines.parse.tables.other_names import is_other_name, letters_of, stands_over_values


def stacked(heads: Sequence[GridCell], known: Sequence[HeaderCell]) -> Iterable[HeaderCell]:
    """Column labels that are split over cells one above the other."""
    taken = {cell.match.key for cell in known}
    for column in sorted({c.column for c in heads}):
        if any(h.start <= column < h.end for h in known):
            continue
        stack = [c for c in heads if c.column == column and c.colspan == 1]
        match = words.APPLICANTS.match("".join(c.text for c in stack)) if len(stack) > 1 else None
        if match and match.key not in taken:
            taken.add(match.key)
            yield HeaderCell(match, column, column + 1, stack[-1].row, "".join(c.text for c in stack))


def copied_total(cells: Sequence[HeaderCell], grid: Grid) -> HeaderCell | None:
    """The first of two columns of totals that print the same in every row."""
    totals = [cell for cell in cells if cell.match.key == "total"]
    if len({cell.start for cell in totals}) != 2 or len(totals) != 2:
        return None
    below = max(cell.row for cell in cells)
    first, second = (
        {c.row: normal(c.text) for c in grid.cells if c.column == total.start and c.row > below}
        for total in totals
    )
    return totals[0] if first == second else None


def with_extra(header: Header, heads: Sequence[GridCell], grid: Grid | None, end: int) -> Header:
    """The header with the columns that are none of the form's; if labels are lost, of the known kinds and
    those that bear names of their own.
    """
    extra, strange = [], False
    below = max((cell.row for cell in heads), default=0)
    for cell in heads:
        ours = words.APPLICANTS.match(cell.text) or words.HEADS.match(cell.text)
        under = any(h.covers(cell) for h in header.cells)
        if ours or under:
            continue
        other = not header.complete and _bears_another_name(cell, header, grid, below)
        strange = strange or other
        if header.complete or other or words.is_extra(cell.text):
            extra.append((cell.column, cell.column + cell.colspan))
    return replace(header, extra=tuple(extra), end=end or None, strange=strange)


def _bears_another_name(cell: GridCell, header: Header, grid: Grid | None, below: int) -> bool:
    """Whether a cell among the labels of columns, or over values beside them, names a column of its own."""
    lost = [key for key in words.APPLICANT_ORDER if key not in header.by_key]
    if cell.colspan > 1 or not is_other_name(cell.text, letters_of(words.APPLICANTS, lost)):
        return False
    first, last = header.reaches()
    if first < cell.column < last or grid is None:
        return first < cell.column < last
    return stands_over_values(cell, grid.cells, below) and not _stands_before_labels(cell, grid, below)


def _stands_before_labels(cell: GridCell, grid: Grid, below: int) -> bool:
    """Whether the labels of rows stand right of a cell's column, as they do of their numbers (序号)."""
    return any(
        c.row > below and c.column > cell.column and words.row_label(c.text) is not None for c in grid.cells
    )
