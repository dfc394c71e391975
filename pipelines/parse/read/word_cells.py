"""The cells of a table in the XML of Word, in their places: spans counted, vertical merges resolved."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from lxml import etree

from pipelines.parse.read.grid import MAX_PLACES, MAX_SPAN
from pipelines.parse.read.runs import W
from pipelines.parse.read.word_seen import children
from pipelines.parse.records import Unreadable

Element = etree._Element

# a column narrower than this, in twips (1/20 point), has no room for text: rows stand a little aside there
_NARROW: Final = 140
_FRAMES: Final = 3  # tables of one column, one in the other, that are opened as frames


@dataclass(slots=True)
class Cell:
    """A cell as the rows of the XML give it, before vertical merges are resolved."""

    row: int
    column: int
    colspan: int
    element: Element
    continues: bool
    rowspan: int = 1


def rows_of(table: Element) -> tuple[list[list[Cell]], bool]:
    """The table's own rows of cells, and whether a span had to be clamped. Raises Unreadable (bomb).

    Borders that stand aside from each other by less than text needs are those of one column.
    """
    rows, clamped = _as_counted(table)
    columns = _columns(table)
    aligned = [[_aligned(cell, columns) for cell in row] for row in rows] if columns and not clamped else []
    return aligned if aligned and all(cell.colspan for row in aligned for cell in row) else rows, clamped


def _columns(table: Element) -> Sequence[int]:
    """The column at which each border of the table's grid stands, narrow ones left out; () without these."""
    columns = [_number(column, 0, "w") for column in table.iterfind(f"{W}tblGrid/{W}gridCol")]
    if not columns or min(columns) >= _NARROW:
        return ()
    at, first, found = 0, 0, [0]
    for x in itertools.accumulate(columns):
        if x - first >= _NARROW:
            at, first = at + 1, x
        found.append(at)
    return found


def _aligned(cell: Cell, columns: Sequence[int]) -> Cell:
    """A cell in the ``columns`` of the grid; of no width where it lies between borders of one, or beyond."""
    last = len(columns) - 1
    start, end = columns[min(cell.column, last)], columns[min(cell.column + cell.colspan, last)]
    return replace(cell, column=start, colspan=end - start)


def _as_counted(table: Element) -> tuple[list[list[Cell]], bool]:
    """The rows with cells where the grid's columns, counted one by one, have them."""
    rows: list[list[Cell]] = []
    clamped = False
    for element in children(table):
        if element.tag != W + "tr" or element.find(f"{W}trPr/{W}del") is not None:
            continue
        column = min(_number(element.find(f"{W}trPr/{W}gridBefore"), 0), MAX_SPAN)
        row: list[Cell] = []
        for cell in children(element):
            if cell.tag != W + "tc":
                continue
            properties = cell.find(W + "tcPr")
            told = {e.tag: e for e in properties} if properties is not None else {}
            if W + "cellDel" in told:
                continue
            span = max(1, _number(told.get(W + "gridSpan"), 1))
            clamped |= span > MAX_SPAN
            merge = told.get(W + "vMerge")
            continues = merge is not None and merge.get(W + "val", "continue") != "restart"
            row.append(Cell(len(rows), column, min(span, MAX_SPAN), cell, continues))
            column += row[-1].colspan
        rows.append(row)
        if len(rows) > MAX_PLACES:
            raise Unreadable("bomb", f"表格超过 {MAX_PLACES} 行 / a table of more than {MAX_PLACES} rows")
    return rows, clamped


def _number(element: Element | None, default: int, name: str = "val") -> int:
    value = element.get(W + name, "") if element is not None else ""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 12 else default


def merged(rows: list[list[Cell]]) -> list[Cell]:
    """Cells with vertical merges resolved: a cell that continues one above lends it its row."""
    cells: list[Cell] = []
    above: dict[int, Cell] = {}
    for row in rows:
        current: dict[int, Cell] = {}
        for cell in row:
            top = above.get(cell.column)
            if cell.continues and top is not None and top.colspan == cell.colspan:
                top.rowspan += 1
                current[cell.column] = top
            else:
                cells.append(cell)
                current[cell.column] = cell
        above = current
    return cells


def is_frame(table: Element, cells: list[Cell]) -> bool:
    """Whether a table holds others that have more cells than it has: a report set in a table."""
    if next(table.iterdescendants(W + "tbl"), None) is None:
        return False
    within = table.iterfind(f"{W}tr/{W}tc/{W}tbl")
    return any(sum(map(len, rows_of(inner)[0])) > len(cells) for inner in within)


def seen_in_cell(element: Element, depth: int = 0) -> Iterator[Element]:
    """What a cell holds; a table of one column in it is a frame around text, which is the cell's own."""
    for child in children(element):
        rows = rows_of(child)[0] if child.tag == W + "tbl" and depth < _FRAMES else []
        if not rows or max(map(len, rows)) > 1:
            yield child
            continue
        for framed in itertools.chain.from_iterable(rows):
            yield from seen_in_cell(framed.element, depth + 1)
