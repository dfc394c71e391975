"""The header of section three in a grid: labels over several cells, columns printed twice or of no form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from pipelines.parse import vocabulary as words
from pipelines.parse.labels import core, normal
from pipelines.parse.records import Grid, GridCell
from pipelines.parse.tables.headers import Header, HeaderCell

_NAME: Final = re.compile("[\u4e00-\u9fff]{2}")


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


def with_extra(header: Header, heads: Sequence[GridCell], end: int) -> Header:
    """The header with the columns that are none of the form's; if labels are lost, of the known kinds and
    those that bear names of their own.
    """
    extra = []
    for cell in heads:
        ours = words.APPLICANTS.match(cell.text) or words.HEADS.match(cell.text)
        under = any(h.covers(cell) for h in header.cells)
        strange = header.complete or words.is_extra(cell.text) or _bears_another_name(cell, header)
        if not ours and not under and strange:
            extra.append((cell.column, cell.column + cell.colspan))
    return replace(header, extra=tuple(extra), end=end or None)


def _bears_another_name(cell: GridCell, header: Header) -> bool:
    """Whether a cell among the labels of columns shares no character with any that is lost: not misread."""
    first = min((h.start for h in header.cells), default=0)
    last = max((h.end for h in header.cells), default=0)
    if cell.colspan > 1 or not first < cell.column < last or not _NAME.search(cell.text):
        return False
    lost = {c for form, key in words.APPLICANTS.forms.items() if key not in header.by_key for c in form}
    return bool(lost) and lost.isdisjoint(core(cell.text))
