"""What editors, converters and page breaks do to a table: functions from a table to a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from samples.render.tables import Box, Table, placed, width

Placed = list[tuple[int, int, Box]]


def assembled(boxes: Iterable[tuple[int, int, Box]], height: int) -> Table:
    """The rows of placed boxes, each row from left to right."""
    rows: list[list[tuple[int, Box]]] = [[] for _ in range(height)]
    for y, x, box in boxes:
        rows[y].append((x, box))
    return [[box for _, box in sorted(row, key=lambda pair: pair[0])] for row in rows]


def mapped(table: Table, change: Callable[[Box], Box]) -> Table:
    """Each box changed by itself."""
    return [[change(box) for box in row] for row in table]


def flat(table: Table, *, repeat: bool = False) -> Table:
    """No spans any more: a merged cell's text stands in its first place, or ``repeat`` in all its rows."""
    boxes: Placed = []
    for y, x, box in placed(table):
        for dy in range(box.rowspan):
            for dx in range(box.colspan):
                text = box.text if dx == 0 and (repeat or dy == 0) else ""
                key = box.key if dx == dy == 0 else None
                boxes.append((y + dy, x + dx, Box(text, key=key)))
    return assembled(boxes, len(table))


def cut(table: Table, at: Sequence[int], *, head: int = 0, lose: bool = False) -> list[Table]:
    """The table in pieces that begin at the rows ``at``, as page breaks leave it.

    ``head`` rows are repeated on each further piece. A merged cell that a break cuts goes
    on as an empty one, or with ``lose`` not at all, so that its row shifts left.
    """
    edges = [0, *at, len(table)]
    pieces = [_rows(table, start, end, lose) for start, end in pairwise(edges)]
    return pieces[:1] + [table[:head] + piece for piece in pieces[1:]]


def _rows(table: Table, start: int, end: int, lose: bool) -> Table:
    boxes: Placed = []
    for y, x, box in placed(table):
        top, bottom = max(y, start), min(y + box.rowspan, end)
        if top < bottom and (y >= start or not lose):
            text = box.text if y >= start else ""
            boxes.append((top - start, x, replace(box, text=text, rowspan=bottom - top)))
    return assembled(boxes, end - start)


def without_columns(table: Table, gone: frozenset[int]) -> Table:
    """The table without the grid columns ``gone``: what spans them shrinks, what stands in them is lost."""
    boxes: Placed = []
    for y, x, box in placed(table):
        kept = [c for c in range(x, x + box.colspan) if c not in gone]
        if kept:
            boxes.append((y, kept[0], replace(box, colspan=len(kept))))
    return assembled(boxes, len(table))


def with_column(table: Table, at: int, texts: Sequence[str]) -> Table:
    """A column of ``texts``, one a row, put before grid column ``at``; what spans that place grows."""
    boxes: Placed = []
    for y, x, box in placed(table):
        inside = x < at < x + box.colspan
        wide = replace(box, colspan=box.colspan + 1) if inside else box
        boxes.append((y, x + (x >= at), wide))
    taken = {
        (y + dy, x + dx) for y, x, box in boxes for dy in range(box.rowspan) for dx in range(box.colspan)
    }
    boxes += [(y, at, Box(text)) for y, text in enumerate(texts) if (y, at) not in taken]
    return assembled(boxes, len(table))


def with_spacers(table: Table) -> Table:
    """Empty columns before the first and behind the last, an empty row after each fifth."""
    columns = width(table)
    wide = with_column(with_column(table, columns, [""] * len(table)), 0, [""] * len(table))
    rows: Table = []
    open_until = 0
    for y, row in enumerate(wide):
        rows.append(row)
        open_until = max([open_until, *(y + box.rowspan for box in row)])
        if y % 5 == 4 and open_until == y + 1:
            rows.append([Box("", colspan=columns + 2)])
    return rows


def upright(text: str) -> str:
    """A short label with one character a line."""
    return "\n".join(text) if 1 < len(text) < 8 else text


def wrapped(text: str, size: int) -> list[str]:
    """A text in lines of ``size`` characters."""
    return [text[i : i + size] for i in range(0, len(text), size)] or [""]
