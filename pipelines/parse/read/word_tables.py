"""Rows whose cells know where they begin and end (Word's binary and RTF) to a grid."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from pipelines.parse.glyphs import repair_glyphs
from pipelines.parse.read.grid import MAX_PLACES
from pipelines.parse.read.rows import fold_cell
from pipelines.parse.records import UNREAD, Block, Grid, GridCell, Paragraph, Place, Unreadable

# borders of cells nearer than this are one, in twips (1/20 point)
_SNAP: Final = 60


@dataclass(frozen=True, slots=True)
class TwipCell:
    """A cell of a row: its text, its borders in twips, whether it continues the cell above or before it."""

    text: str
    left: int
    right: int
    continues_above: bool = False
    continues_before: bool = False


def table_block(rows: Sequence[Sequence[TwipCell]], number: int) -> list[Block]:
    """The grid of table ``number``; a frame of one column becomes paragraphs. Raises bomb."""
    rows = [_without_continued(row) for row in rows if row]
    borders = _snapped([x for row in rows for cell in row for x in (cell.left, cell.right)])
    n_columns = max(len(borders) - 1, 1)
    if len(rows) * n_columns > MAX_PLACES:
        raise Unreadable(
            "bomb", f"表格有 {len(rows)} 行 {n_columns} 列 / a table of {len(rows)} × {n_columns} places"
        )
    cells: list[GridCell] = []
    above: dict[tuple[int, int], int] = {}
    for r, row in enumerate(rows):
        current: dict[tuple[int, int], int] = {}
        for cell in row:
            first = bisect_right(borders, cell.left + _SNAP) - 1
            wide = max(1, bisect_right(borders, cell.right + _SNAP) - 1 - first)
            owner = above.get((first, wide)) if cell.continues_above else None
            if owner is None:
                owner = len(cells)
                place = Place(table=number, row=r, column=first)
                cells.append(GridCell(r, first, _folded(cell.text), place, 1, wide))
            else:
                cells[owner] = _grown(cells[owner])
            current[first, wide] = owner
        above = current
    if n_columns > 1:
        return [Grid(tuple(cells), len(rows), n_columns, Place(table=number))]
    return [Paragraph(line, cell.place) for cell in cells for line in cell.text.split("\n") if line]


def with_doubted_blanks(block: Block) -> Block:
    """A grid whose blank cells may hold a figure that floats over them; any other block as it is."""
    if isinstance(block, Paragraph):
        return block
    cells = (cell if cell.text else replace(cell, text=UNREAD) for cell in block.cells)
    return replace(block, cells=tuple(cells))


def _without_continued(row: Sequence[TwipCell]) -> list[TwipCell]:
    """A row with the cells that continue the one before them joined to it."""
    joined: list[TwipCell] = []
    for cell in row:
        if cell.continues_before and joined:
            last = joined[-1]
            text = last.text + ("\n" + cell.text if cell.text.strip() else "")
            joined[-1] = TwipCell(text, last.left, cell.right, last.continues_above)
        else:
            joined.append(cell)
    return joined


def _snapped(positions: Sequence[int]) -> list[int]:
    borders: list[int] = []
    for x in sorted(positions):
        if not borders or x - borders[-1] > _SNAP:
            borders.append(x)
    return borders


def _grown(cell: GridCell) -> GridCell:
    return GridCell(cell.row, cell.column, cell.text, cell.place, cell.rowspan + 1, cell.colspan)


def _folded(text: str) -> str:
    return repair_glyphs("\n".join(filter(None, (fold_cell(line) for line in text.split("\n")))))
