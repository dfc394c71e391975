"""What the values of an ODS sheet don't tell: what is hidden, errors, formulas never computed, formats."""

from __future__ import annotations

from typing import Final

from lxml import etree

from pipelines.parse.read.gates import Package
from pipelines.parse.read.sheet_marks import MAX_COLUMNS, Marks
from pipelines.parse.records import UNREAD

Element = etree._Element

_TABLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT: Final = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_OFFICE: Final = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_EXTENDED: Final = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_HIDDEN: Final = frozenset({"collapse", "filter"})
_NUMBERS: Final = frozenset({"float", "percentage", "currency", "date", "time"})
_MAX_ROWS: Final = 65_536  # what repeats further down is the empty rest of a sheet
_MOST: Final = 100  # times that one unknown cell may stand in a row, or its row in a sheet


def ods_marks(package: Package) -> dict[str, Marks]:
    """Name of a sheet → its marks."""
    tables = package.xml("content.xml").iter(f"{_TABLE}table") if "content.xml" in package else ()
    return {table.get(f"{_TABLE}name", ""): _marks(table) for table in tables}


def _marks(table: Element) -> Marks:
    marks = Marks()
    column = row = 0
    for element in table.iter(f"{_TABLE}table-column", f"{_TABLE}table-row"):
        hidden = element.get(f"{_TABLE}visibility") in _HIDDEN
        if element.tag == f"{_TABLE}table-column":
            end = column + _times(element, "columns")
            marks.columns.update(range(column, min(end, MAX_COLUMNS)) if hidden else ())
            column = end
        else:
            end = row + _times(element, "rows")
            marks.rows.update(range(row, min(end, _MAX_ROWS)) if hidden else ())
            _note_cells(element, range(row, min(end, row + _MOST)), marks)
            row = end
    return marks


def _note_cells(element: Element, rows: range, marks: Marks) -> None:
    column = 0
    for cell in element.iterchildren(f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
        end = column + _times(cell, "columns")
        shown = UNREAD if _is_unknown(cell) else _formatted(cell)
        if shown is not None:
            columns = range(column, min(end, column + _MOST))
            marks.shown |= {(row, at): shown for row in rows for at in columns}
        column = end


def _is_unknown(cell: Element) -> bool:
    if cell.get(f"{_EXTENDED}value-type") == "error":
        return True
    return cell.get(f"{_TABLE}formula") is not None and cell.get(f"{_OFFICE}value-type") is None


def _formatted(cell: Element) -> str | None:
    """What a cell with a number shows, as the file tells; None for all others, and where it does not tell."""
    if cell.get(f"{_OFFICE}value-type") not in _NUMBERS:
        return None
    lines = ["".join(map(str, line.itertext())) for line in cell.iterchildren(f"{_TEXT}p")]
    return "\n".join(lines) if lines else None


def _times(element: Element, what: str) -> int:
    times = element.get(f"{_TABLE}number-{what}-repeated", "1")
    return int(times) if times.isascii() and times.isdigit() and len(times) < 9 else 1
