"""Second halves of numbers that stand in a row of a grid of their own, or on a line, with no label."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Final

from pipelines.parse import vocabulary as words
from pipelines.parse.likeness import by_likeness
from pipelines.parse.records import Block, Grid, GridCell, Paragraph
from pipelines.parse.tables import sums
from pipelines.parse.tables.broken.pieces import in_two
from pipelines.parse.tables.row_labels import label_of
from pipelines.parse.template import TEMPLATES
from pipelines.parse.vocabulary import is_blank, is_figure

_BETWEEN: Final = 2  # lines, such as a page's number, between two pieces of a table
_PAGE_NUMBER: Final = 3  # digits that a page's number has
_PARTS: Final = [part for template in TEMPLATES.values() for part in template.proactive]
# rows that are the only one of their part in every form: below them stands no other row of the part
_SINGLE: Final = {part.rows[0].key for part in _PARTS} - {
    row.key for part in _PARTS if len(part.rows) > 1 for row in part.rows
}

Row = Sequence[GridCell]
_TEXT: Final = attrgetter("text")


def with_halves(blocks: list[Block]) -> list[Block]:
    """The blocks, where cells of grids above the second half of their number hold both halves."""
    last: tuple[int, Row] | None = None  # where the row above stands
    for index, block in enumerate(blocks):
        if isinstance(block, Paragraph):
            if last and index - last[0] <= _BETWEEN and is_figure(block.text):
                alone = GridCell(0, -1, block.text, block.place)
                blocks[last[0]] = _marked(blocks[last[0]], _halves(last[1], [alone]))
            continue
        if not block.exact or not block.cells:
            last = None
            continue
        near = last is not None and all(isinstance(b, Paragraph) for b in blocks[last[0] + 1 : index])
        if _is_worded(block):
            lowest = next((row for row in reversed(list(block.rows())) if not _is_blank(row)), None)
            last = (index, lowest) if lowest else last
            continue
        above = last[1] if last and near and index - last[0] <= _BETWEEN + 1 else ()
        for row in _rows(block):
            if above and last and (halves := _halves(above, row, last[0] == index)):
                blocks[last[0]] = _marked(blocks[last[0]], halves)
            above, last = row, (index, row)
    return blocks


def _rows(grid: Grid) -> Iterator[Row]:
    return (row for row in grid.rows() if not _is_blank(row))


def _is_blank(row: Row) -> bool:
    return all(map(is_blank, map(_TEXT, row)))


@by_likeness
def _is_worded(grid: Grid) -> bool:
    """Whether words stand in each row that is not blank, so that none is but halves."""
    return not any(all(is_figure(c.text) or is_blank(c.text) for c in row) for row in _rows(grid))


def _halves(above: Row, row: Row, in_one_grid: bool = False) -> dict[int, str]:
    """The cells of the row above that go on in a row, by identity, with what they then hold."""
    filled: list[GridCell] = []
    for cell in row:
        if is_figure(cell.text):
            filled.append(cell)
        elif not is_blank(cell.text):
            return {}
    if not any(is_figure(c.text) for c in above):
        return {}
    _, label, beside = label_of(above)
    values = [c for c in beside if is_figure(c.text)]
    if label is None or not values:
        return {}
    goes_on = in_one_grid and _goes_on(above[-len(beside) - 1], values, filled)
    if not goes_on and not _is_less(filled, values, label.match.key):
        return {}
    if len(filled) == 1 and filled[0].column < values[0].column:  # in a cell over all columns
        half, last = filled[0].text, values[-1]
        return {} if _is_page_number(half) else {id(last): in_two(last.text, half)}
    pairs = [[c for c in values if _meets(c, half)] for half in filled]
    if any(len(found) != 1 for found in pairs):
        return {}
    return {id(found[0]): in_two(found[0].text, half.text) for found, half in zip(pairs, filled, strict=True)}


def _goes_on(label: GridCell, values: Row, filled: Row) -> bool:
    """Whether all the figures of two rows stand beside one label's cell, and are no copies of merged ones."""
    both = len(filled) == len(values) and label.row + label.rowspan > filled[0].row
    return both and list(map(_TEXT, filled)) != list(map(_TEXT, values))


def _is_less(filled: Row, values: Row, key: str) -> bool:
    """Whether what stands in a row is less than a row of its own that has lost its label."""
    if len(filled) > len(values) or (len(filled) == len(values) and key not in _SINGLE):
        return False
    if len(values) != len(words.APPLICANT_ORDER):
        return True
    own = [next((half.text for half in filled if _meets(half, value)), "") for value in values]
    added = sums.adds_up(dict(zip(words.APPLICANT_ORDER, own, strict=True)))
    return added is False or (added is None and len(filled) == 1)


def _meets(left: GridCell, right: GridCell) -> bool:
    return left.column < right.column + right.colspan and right.column < left.column + left.colspan


def _is_page_number(text: str) -> bool:
    return text.strip("-–—第页 ").isdigit() and sum(c.isdigit() for c in text) <= _PAGE_NUMBER


def _marked(block: Block, halves: dict[int, str]) -> Block:
    if not isinstance(block, Grid):
        return block
    cells = tuple(replace(c, text=halves[id(c)]) if id(c) in halves else c for c in block.cells)
    return replace(block, cells=cells)
