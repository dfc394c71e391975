"""XLS, XLSX and ODS: what the cells of each sheet hold, and what its marks say of them."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Final

import olefile  # type: ignore[import-untyped]
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from pipelines.parse.read.gates import MAX_OTHER_BYTES, Package, gate_size
from pipelines.parse.read.ods_marks import ods_marks
from pipelines.parse.read.sheet_blocks import add_sheet, nothing_read, too_large
from pipelines.parse.read.sheet_marks import Marks, sheet_marks
from pipelines.parse.read.sniff import ODS, XLS, XLSX
from pipelines.parse.read.xls_marks import xls_marks
from pipelines.parse.records import Block, Issue, Reading, Unreadable

_AT = re.compile(rb"<(?:\w+:)?(?:c|row)\s[^>]*?\br\s*=\s*[\"']\s*\$?([A-Za-z]*)\$?(\d*)")
# what the format itself allows
_MAX_LETTERS: Final = 3
_MAX_DIGITS: Final = 7
_MAX_AREA: Final = 2_000_000


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
        raise nothing_read(issues)
    return Reading("sheets", media_type, tuple(blocks), issues=tuple(issues))


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
        issues.append(too_large(sheet.name))
        return
    rows = sheet.to_python(skip_empty_area=False)
    add_sheet(rows, sheet.merged_cell_ranges or [], marks, (number, sheet.name), blocks, issues)
