"""XLS, XLSX and ODS: each sheet's filled area as a grid, rows with a single text as paragraphs."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import olefile  # type: ignore[import-untyped]
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from pipelines.parse.glyphs import repair_glyphs
from pipelines.parse.read.gates import MAX_OTHER_BYTES, Package, gate_size
from pipelines.parse.read.grid import MAX_PLACES
from pipelines.parse.read.looks import Look, as_shown
from pipelines.parse.read.number_format import GENERAL, shown_number, shown_text
from pipelines.parse.read.ods_marks import ods_marks
from pipelines.parse.read.rows import fold_cell
from pipelines.parse.read.sheet_marks import Marks, sheet_marks
from pipelines.parse.read.sniff import ODS, XLS, XLSX
from pipelines.parse.read.xls_marks import xls_marks
from pipelines.parse.records import (
    UNREAD,
    Block,
    Grid,
    GridCell,
    Issue,
    Paragraph,
    Place,
    Reading,
    Unreadable,
)
from pipelines.parse.vocabulary import row_label

_AT = re.compile(rb"<(?:\w+:)?(?:c|row)\s[^>]*?\br\s*=\s*[\"']\s*\$?([A-Za-z]*)\$?(\d*)")
# what the format itself allows
_MAX_LETTERS: Final = 3
_MAX_DIGITS: Final = 7
_MAX_AREA: Final = 2_000_000

_Value = int | float | str | bool | datetime.time | datetime.date | datetime.datetime | datetime.timedelta
_Range = tuple[tuple[int, int], tuple[int, int]]


def read_sheets(content: bytes, media_type: str) -> Reading:
    """Read a workbook; values as the cells show them, a whole number of no format without a decimal point.

    Raises :class:`Unreadable` encrypted, corrupted, bomb, too_large, empty.
    """
    gate_size(content, MAX_OTHER_BYTES, "workbook")
    marks: dict[str, Marks] = {}
    if media_type == XLSX:
        _gate_area(Package(content))
        marks = sheet_marks(Package(content))
    elif media_type == XLS:
        _gate_compound(content)
        marks = xls_marks(content)
    elif media_type == ODS:
        marks = ods_marks(Package(content))
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [
            book.get_sheet_by_name(meta.name) for meta in book.sheets_metadata if _is_shown(meta.visible)
        ]
    except PasswordError as error:
        raise Unreadable(
            "encrypted", "表格有密码，请先解密 / the workbook needs a password: decrypt it"
        ) from error
    except (CalamineError, ValueError, OSError) as error:
        raise Unreadable("corrupted", f"表格已损坏 / damaged workbook: {error}") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # of Rust; it has no class to be named by
            raise
        raise Unreadable("corrupted", f"表格已损坏 / damaged workbook: {error}") from error
    blocks: list[Block] = []
    issues: list[Issue] = []
    for number, sheet in enumerate(sheets):
        _add_sheet(sheet, number, marks.get(sheet.name, Marks()), blocks, issues)
    if not blocks:
        raise Unreadable("empty", "表格中没有内容 / nothing in the workbook")
    return Reading("markup", media_type, tuple(blocks), issues=tuple(issues))


def _is_shown(visible: SheetVisibleEnum) -> bool:
    return bool(visible == SheetVisibleEnum.Visible)


def _gate_compound(content: bytes) -> None:
    """Refuse a compound file whose chains of sectors run in circles: calamine would follow them for ever."""
    try:
        with olefile.OleFileIO(io.BytesIO(content)) as ole:
            starts = [
                entry.isectStart for entry in ole.direntries if entry is not None and not entry.is_minifat
            ]
            firm = all(_ends(ole.fat, start) for start in (ole.first_dir_sector, *starts))
    except Exception as error:  # olefile raises whatever a broken file makes it raise
        raise Unreadable("corrupted", f"表格已损坏 / damaged workbook: {error}") from error
    if not firm:
        raise Unreadable("corrupted", "表格已损坏 / damaged workbook: its sectors run in a circle")


def _ends(fat: Sequence[int], sector: int) -> bool:
    """Whether the chain that begins at a sector comes to an end."""
    for _ in range(len(fat) + 1):
        if sector >= len(fat):
            return True
        sector = fat[sector]
    return False


def _gate_area(package: Package) -> None:
    """Refuse a sheet whose outermost cells span an area that no machine holds."""
    for member in package.infolist():
        if not member.filename.lower().endswith(".xml"):
            continue
        content = package.read(member)
        if b"<!DOCTYPE" in content[:4096]:
            raise Unreadable("corrupted", f"{member.filename} 含有 DOCTYPE，拒绝读取 / a DOCTYPE, refused")
        found = set(_AT.findall(content))
        if any(len(letters) > _MAX_LETTERS or len(row) > _MAX_DIGITS for letters, row in found):
            raise Unreadable(
                "corrupted", f"{member.filename} 的单元格位置有误 / a cell at an impossible place"
            )
        width = max((_column(letters) for letters, _ in found), default=0)
        height = max((int(row or 0) for _, row in found), default=0)
        if max(width, 1) * height > _MAX_AREA:
            raise Unreadable(
                "bomb", f"{member.filename} 有 {height} 行 {width} 列 / {height} × {width} places"
            )


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number


def _add_sheet(
    sheet: CalamineSheet, number: int, marks: Marks, blocks: list[Block], issues: list[Issue]
) -> None:
    if sheet.total_height * sheet.total_width > _MAX_AREA:
        issues.append(_too_large(sheet))
        return
    rows = sheet.to_python(skip_empty_area=False)
    texts = [[_formatted(value, (r, c), marks) for c, value in enumerate(row)] for r, row in enumerate(rows)]
    _show(texts, marks)
    _hide(texts, rows, marks)
    merged = [r for r in sheet.merged_cell_ranges or [] if r[0][0] < len(texts)]
    cells = _without_hidden(_cells(texts, merged, number), marks)
    if not any(cell.text for cell in cells):
        return
    if len(texts) * max(map(len, texts)) > MAX_PLACES:
        issues.append(_too_large(sheet))
        return
    for group in _groups(cells):
        blocks.append(_block(group, number, len(blocks)))


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


def _hide(texts: list[list[str]], rows: Sequence[Sequence[_Value]], marks: Marks) -> None:
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


def _too_large(sheet: CalamineSheet) -> Issue:
    return Issue("sheet_too_large", "warning", f"工作表 {sheet.name} 过大，未读 / the sheet is too large")


def _formatted(value: _Value, place: tuple[int, int], marks: Marks) -> str:
    """What a cell shows of its value in its format."""
    if value == 0 and not marks.zeros and not isinstance(value, bool):
        return ""
    code = marks.formats.get(place, GENERAL)
    if code == GENERAL or isinstance(value, bool) or not isinstance(value, int | float | str):
        return _printed(value)
    shown = shown_text(value, code) if isinstance(value, str) else shown_number(value, code)
    return UNREAD if shown is None else _printed(shown)


def _printed(value: _Value) -> str:
    """A value as text; floats without the noise of binary fractions."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        text = f"{value:.10f}".rstrip("0").rstrip(".")
        return "0" if text == "-0" else text
    if isinstance(value, str):
        return repair_glyphs("\n".join(filter(None, (fold_cell(line) for line in value.splitlines()))))
    return str(value)


def _cells(texts: Sequence[Sequence[str]], merged: Sequence[_Range], number: int) -> list[GridCell]:
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
    return (
        inside and cell.colspan > 1 and len(cell.text) <= 20 and not re.match(r"[一二三四五六]、", cell.text)
    )


def _block(group: Sequence[GridCell], number: int, position: int) -> Block:
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
    return Grid(cells, n_rows, n_columns, Place(table=number, row=top))
