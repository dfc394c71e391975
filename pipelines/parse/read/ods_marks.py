"""What the values of an ODS sheet don't tell: what is hidden, errors, formulas never computed, formats."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from lxml import etree

from pipelines.parse.read.gates import Package
from pipelines.parse.read.looks import Look
from pipelines.parse.read.odf_letters import (
    OFFICE,
    STYLE,
    TABLE,
    TEXT,
    Letters,
    Told,
    look,
    shows_more,
    told_by_styles,
)
from pipelines.parse.read.sheet_conditions import Hiding, cell_ranges, compared
from pipelines.parse.read.sheet_marks import MAX_COLUMNS, Marks
from pipelines.parse.records import UNREAD

Element = etree._Element

_EXTENDED: Final = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_SHEET = re.compile(r"(?:'[^']*'|[^\s'.:]*)\.(?=[A-Z])")
_HIDDEN: Final = frozenset({"collapse", "filter"})
_NUMBERS: Final = frozenset({"float", "percentage", "currency", "date", "time"})
_MAX_ROWS: Final = 65_536  # what repeats further down is the empty rest of a sheet
_MOST: Final = 100  # times that one unknown cell may stand in a row, or its row in a sheet


def ods_marks(package: Package) -> dict[str, Marks]:
    """Name of a sheet → its marks."""
    if "content.xml" not in package:
        return {}
    root = package.xml("content.xml")
    parts = [package.xml("styles.xml"), root] if "styles.xml" in package else [root]
    styles = _Styles(told_by_styles(*parts), _conditional(parts))
    return {table.get(f"{TABLE}name", ""): _marks(table, styles) for table in root.iter(f"{TABLE}table")}


class _Styles:
    """How letters look in the styles of a document, and which of them hide figures on a condition."""

    def __init__(self, told: dict[str, Told], conditional: dict[str, list[str]]) -> None:
        self.letters = Letters(told, {})
        self.looks = {
            name: shown for name, of_style in told.items() if (shown := look(of_style)) is not Look.PLAIN
        }
        for name, applied in conditional.items():
            if name not in self.looks and any(other in self.looks for other in applied):
                self.looks[name] = Look.WHITE


def _conditional(parts: Iterable[Element]) -> dict[str, list[str]]:
    """Name of a style → those that take its place on a condition."""
    found: dict[str, list[str]] = {}
    for part in parts:
        for other in part.iter(f"{STYLE}map"):
            style = other.getparent()
            if style is not None and style.tag == f"{STYLE}style":
                applied = other.get(f"{STYLE}apply-style-name", "")
                found.setdefault(style.get(f"{STYLE}name", ""), []).append(applied)
    return found


def _marks(table: Element, styles: _Styles) -> Marks:
    marks = Marks()
    column = row = 0
    of_columns: list[tuple[int, str]] = []  # where columns of a style of their own end
    for element in table.iter(f"{TABLE}table-column", f"{TABLE}table-row"):
        hidden = element.get(f"{TABLE}visibility") in _HIDDEN
        usual = element.get(f"{TABLE}default-cell-style-name", "")
        if element.tag == f"{TABLE}table-column":
            end = column + _times(element, "columns")
            marks.columns.update(range(column, min(end, MAX_COLUMNS)) if hidden else ())
            of_columns.append((end, usual))
            column = end
        else:
            end = row + _times(element, "rows")
            marks.rows.update(range(row, min(end, _MAX_ROWS)) if hidden else ())
            _note_cells(element, range(row, min(end, row + _MOST)), marks, styles, usual, of_columns)
            row = end
    for formatting in table.iter(f"{_EXTENDED}conditional-format"):
        marks.hidings += _hidings(formatting, styles)
    return marks


def _hidings(formatting: Element, styles: _Styles) -> Iterator[Hiding]:
    ranges = tuple(cell_ranges(_SHEET.sub("", formatting.get(f"{_EXTENDED}target-range-address", ""))))
    for condition in formatting.iterchildren(f"{_EXTENDED}condition") if ranges else ():
        if condition.get(f"{_EXTENDED}apply-style-name", "") in styles.looks:
            yield Hiding(ranges, *compared(condition.get(f"{_EXTENDED}value", "")))


def _note_cells(
    element: Element,
    rows: range,
    marks: Marks,
    styles: _Styles,
    usual: str,
    of_columns: Sequence[tuple[int, str]],
) -> None:
    column = 0
    for cell in element.iterchildren(f"{TABLE}table-cell", f"{TABLE}covered-table-cell"):
        end = column + _times(cell, "columns")
        if len(cell) or cell.get(f"{TABLE}formula") is not None:
            of_column = next((style for last, style in of_columns if column < last), "")
            style = cell.get(f"{TABLE}style-name") or usual or of_column
            places = [(row, at) for row in rows for at in range(column, min(end, column + _MOST))]
            shown = UNREAD if _is_unknown(cell) else _formatted(cell, styles.letters)
            shown = "" if cell.tag == f"{TABLE}covered-table-cell" else shown
            marks.shown |= dict.fromkeys(places, shown) if shown is not None else {}
            if style in styles.looks:
                marks.looks |= dict.fromkeys(places, styles.looks[style])
        column = end


def _is_unknown(cell: Element) -> bool:
    if cell.get(f"{_EXTENDED}value-type") == "error":
        return True
    return cell.get(f"{TABLE}formula") is not None and cell.get(f"{OFFICE}value-type") is None


def _formatted(cell: Element, letters: Letters) -> str | None:
    """What a cell shows, as the file tells; None where its value tells as much."""
    lines = [letters.text(line) for line in cell.iterchildren(f"{TEXT}p")]
    text = "\n".join(lines)
    if shows_more(cell, text):
        return text + UNREAD
    is_number = cell.get(f"{OFFICE}value-type") in _NUMBERS
    looks = any(True for _ in cell.iter(f"{TEXT}span"))
    return text if lines and (is_number or looks) else None


def _times(element: Element, what: str) -> int:
    times = element.get(f"{TABLE}number-{what}-repeated", "1")
    return int(times) if times.isascii() and times.isdigit() and len(times) < 9 else 1
