"""Tables that print the form as it is: as a sequence they can't give anything but what their cells give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipelines.parse.records import Grid, GridCell
from pipelines.parse.tables.findings import Findings
from pipelines.parse.vocabulary import heads_columns, is_blank, is_numberlike


def is_plain(by_cells: Findings, grids: Mapping[int, Grid]) -> bool:
    """Whether the grids leave one reading: a second one of the same cells could only repeat it.

    So it is where every row is bound below labels that stand in its own grid as the
    form has them and in its order, each row once, and where the cells of the rows are all that these
    grids hold but labels, blanks among heads and rows of blanks. ``grids`` are by their index in the
    document.
    """
    rows = by_cells.rows
    if by_cells.unbound or by_cells.orphans or by_cells.bare or by_cells.foreign:
        return False
    if not rows or not all(finding.plain for finding in rows):
        return False
    if len({(finding.table, finding.row) for finding in rows}) < len(rows):
        return False
    slots = [slot for finding in rows for slot in finding.slots.values()]
    bound = {id(slot.place): slot.text for slot in slots}
    held = [id(cell.place) for index in by_cells.used for cell in _values(grids[index])]
    if len(bound) < len(slots) or not all(place in bound for place in held):
        return False
    return all(is_blank(bound[place]) for place in bound.keys() - set(held))


def _values(grid: Grid) -> Iterator[GridCell]:
    """The cells of a grid that hold no label, without those of rows of blanks and of heads of columns."""
    for row in grid.rows():
        texts = [cell.text for cell in row]
        if not all(map(is_blank, texts)) and not heads_columns(texts):
            yield from [cell for cell in row if is_blank(cell.text) or is_numberlike(cell.text)]
