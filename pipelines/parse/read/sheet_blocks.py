"""The rows of a sheet to blocks: its filled area as a grid, rows with a single text as paragraphs."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from pipelines.parse.glyphs import repair_glyphs
from pipelines.parse.headings import match_heading
from pipelines.parse.read.grid import MAX_PLACES
from pipelines.parse.read.looks import Look, as_shown
from pipelines.parse.read.number_format import GENERAL, shown_number, shown_text
from pipelines.parse.read.rows import fold_cell
from pipelines.parse.read.sheet_marks import Marks
from pipelines.parse.records import UNREAD, Block, Grid, GridCell, Issue, Paragraph, Place, Unreadable
from pipelines.parse.vocabulary import row_label

_HEADING = re.compile("[一二三四五六]、")
_TITLE = 20  # characters of a line over the columns of a table
_TOO_LARGE = "sheet_too_large"
_NOTHING = "表格中没有内容 / nothing in the workbook"

Value = int | float | str | bool | datetime.time | datetime.date | datetime.datetime | datetime.timedelta
Range = tuple[tuple[int, int], tuple[int, int]]


def add_sheet(
    rows: Sequence[Sequence[Value]],
    merged: Sequence[Range],
    marks: Marks,
    sheet: tuple[int, str],
    blocks: list[Block],
    issues: list[Issue],
) -> None:
    """Add what a sheet shows to ``blocks``: its values by row and column, ranges of merged cells by their
    first and last place, its number and its name. One that is too large is told in ``issues``.
    """
    number, name = sheet
    texts = [[_formatted(value, (r, c), marks) for c, value in enumerate(row)] for r, row in enumerate(rows)]
    _show(texts, marks)
    _hide(texts, rows, marks)
    merged = [found for found in merged if found[0][0] < len(texts)]
    cells = _without_hidden(_cells(texts, merged, number), marks)
    if not any(cell.text for cell in cells):
        return
    if len(texts) * max(map(len, texts)) > MAX_PLACES:
        issues.append(too_large(name))
        return
    blocks += (_block(group, Place(table=number)) for group in _groups(cells))


def apart(block: Block) -> tuple[Block, ...]:
    """A table with headings of sections in it, as a sheet that a page holds whole, as lines and tables; any
    other block alone.
    """
    if isinstance(block, Paragraph) or not any(map(_is_heading, block.cells)):
        return (block,)
    return tuple(_block(group, block.place) for group in _groups(block.cells))


def _is_heading(cell: GridCell) -> bool:
    return _HEADING.match(cell.text) is not None and row_label(cell.text) is None


def too_large(name: str) -> Issue:
    """That a sheet of that name is not read."""
    return Issue(_TOO_LARGE, "warning", f"工作表 {name} 过大，未读 / the sheet is too large")


def nothing_read(issues: Iterable[Issue]) -> Unreadable:
    """Why nothing was read of a workbook: its sheets are too large, as ``issues`` tell, or blank."""
    told = "; ".join(issue.detail for issue in issues if issue.code == _TOO_LARGE)
    return Unreadable("too_large", told) if told else Unreadable("empty", _NOTHING)


def _show(texts: list[list[str]], marks: Marks) -> None:
    """Put what cells show in the place of their values."""
    for (row, column), text in marks.shown.items():
        texts += [[] for _ in range(row + 1 - len(texts))]
        texts[row] += [""] * (column + 1 - len(texts[row]))
        texts[row][column] = _printed(text)
    for (row, column), look in marks.looks.items():
        if row < len(texts) and column < len(texts[row]):
            texts[row][column] = as_shown(texts[row][column], look)
    for row, column in marks.below:
        if row < len(texts) and column < len(texts[row]):
            texts[row][column] = texts[row][column] or UNREAD


def _hide(texts: list[list[str]], rows: Sequence[Sequence[Value]], marks: Marks) -> None:
    """Make the figures unreadable that a format may hide on a condition."""
    for hiding in marks.hidings:
        for of_rows, of_columns in hiding.ranges:
            for r in range(of_rows.start, min(of_rows.stop, len(rows))):
                for c in range(of_columns.start, min(of_columns.stop, len(rows[r]))):
                    if hiding.may_hide(rows[r][c]):
                        texts[r][c] = as_shown(texts[r][c], Look.WHITE)


def _without_hidden(cells: list[GridCell], marks: Marks) -> list[GridCell]:
    """The cells that are seen, moved together; their places stay those of the sheet."""
    if not marks.rows and not marks.columns:
        return cells
    seen = []
    for cell in cells:
        high = cell.rowspan - sum(row in marks.rows for row in range(cell.row, cell.row + cell.rowspan))
        wide = cell.colspan - sum(
            column in marks.columns for column in range(cell.column, cell.column + cell.colspan)
        )
        if high and wide:
            row = cell.row - sum(hidden < cell.row for hidden in marks.rows)
            column = cell.column - sum(hidden < cell.column for hidden in marks.columns)
            seen.append(replace(cell, row=row, column=column, rowspan=high, colspan=wide))
    return seen


def _formatted(value: Value, place: tuple[int, int], marks: Marks) -> str:
    """What a cell shows of its value in its format."""
    if value == 0 and not marks.zeros and not isinstance(value, bool):
        return ""
    code = marks.formats.get(place, GENERAL)
    if code == GENERAL or isinstance(value, bool) or not isinstance(value, int | float | str):
        return _printed(value)
    shown = shown_text(value, code) if isinstance(value, str) else shown_number(value, code)
    return UNREAD if shown is None else _printed(shown)


def _printed(value: Value) -> str:
    """A value as text; floats without the noise of binary fractions."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        text = f"{value:.10f}".rstrip("0").rstrip(".")
        return "0" if text == "-0" else text
    if isinstance(value, str):
        return repair_glyphs("\n".join(filter(None, (fold_cell(line) for line in value.splitlines()))))
    return str(value)


def _cells(texts: Sequence[Sequence[str]], merged: Sequence[Range], number: int) -> list[GridCell]:
    """Every place once: merged ranges as one cell with spans, the rest one by one."""
    spans = {first: (last[0] - first[0] + 1, last[1] - first[1] + 1) for first, last in merged}
    covered: set[tuple[int, int]] = set()
    cells: list[GridCell] = []
    for r, row in enumerate(texts):
        for c, text in enumerate(row):
            if (r, c) in covered:
                continue
            high, wide = spans.get((r, c), (1, 1))
            high, wide = min(high, len(texts) - r), min(wide, len(row) - c)
            covered.update((r + i, c + j) for i in range(high) for j in range(wide))
            cells.append(GridCell(r, c, text, Place(table=number, row=r, column=c), high, wide))
    return cells


def _groups(cells: Sequence[GridCell]) -> list[list[GridCell]]:
    """Runs of rows: a row with a single text alone, empty ones left out, the others together."""
    by_row: dict[int, list[GridCell]] = {}
    for cell in cells:
        by_row.setdefault(cell.row, []).append(cell)
    left = min((cell.column for cell in cells if cell.text), default=0)
    held_until = -1  # rows that a merged cell above reaches into belong to its table
    groups: list[list[GridCell]] = []
    open_group = False
    for row, members in sorted(by_row.items()):
        filled = [cell for cell in members if cell.text]
        alone = row > held_until and len(filled) == 1 and filled[0].column == left
        if not filled and row > held_until:
            open_group = False
        elif alone and filled[0].rowspan == 1 and not _is_table_title(filled[0], open_group):
            groups.append(filled)
            open_group = False
        elif open_group:
            groups[-1] += members
        else:
            groups.append(list(members))
            open_group = True
        held_until = max([held_until, *(cell.row + cell.rowspan - 1 for cell in members)])
    return groups


def _is_table_title(cell: GridCell, inside: bool) -> bool:
    """A line over the columns of a table (第二十条第（一）项) stays in it, and so does a row of blanks."""
    if re.match(r"第.{1,5}条", cell.text) or (inside and row_label(cell.text)):
        return True
    heading = match_heading(cell.text)
    numbered = _HEADING.match(cell.text) is not None or (heading is not None and heading.ordinal > 0)
    return inside and cell.colspan > 1 and len(cell.text) <= _TITLE and not numbered


def _block(group: Sequence[GridCell], sheet: Place) -> Block:
    first = group[0]
    if len(group) == 1:
        return Paragraph(first.text.replace("\n", " "), first.place)
    top = min(cell.row for cell in group)
    cells = tuple(
        GridCell(cell.row - top, cell.column, cell.text, cell.place, cell.rowspan, cell.colspan)
        for cell in group
    )
    n_rows = max(cell.row + cell.rowspan for cell in cells)
    n_columns = max(cell.column + cell.colspan for cell in cells)
    return Grid(cells, n_rows, n_columns, replace(sheet, row=top))
