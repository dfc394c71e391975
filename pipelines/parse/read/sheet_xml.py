"""Workbooks in one XML file (XML Spreadsheet 2003, which offices and their systems save as .xls)."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from lxml import etree

from pipelines.parse.read.gates import MAX_OTHER_BYTES, gate_size, parse_xml
from pipelines.parse.read.grid import MAX_PLACES, MAX_SPAN
from pipelines.parse.read.looks import PAPER, Look
from pipelines.parse.read.number_format import GENERAL
from pipelines.parse.read.sheet_blocks import Range, Value, add_sheet, nothing_read, too_large
from pipelines.parse.read.sheet_conditions import Hiding
from pipelines.parse.read.sheet_marks import Font, Marks, font_look, shown_runs
from pipelines.parse.read.sniff import SHEET_XML
from pipelines.parse.records import UNREAD, Block, Issue, Reading, Unreadable

Element = etree._Element

_SS: Final = "{urn:schemas-microsoft-com:office:spreadsheet}"
_X: Final = "{urn:schemas-microsoft-com:office:excel}"
_HTML: Final = "{http://www.w3.org/TR/REC-html40}"
# formats of numbers that go by a name; what those of any other name show is unknown
_NAMED: Final = {"Fixed": "0.00", "Standard": "#,##0.00", "Percent": "0.00%", "General Number": GENERAL}
_NO_COLOUR: Final = "AUTOMATIC"
_RANGE = re.compile(r"R(\d{1,7})C(\d{1,7})(?::R(\d{1,7})C(\d{1,7}))?")
# what a format on a condition does to figures that may be lost by it
_HIDES = re.compile(r"color:\s*(?:white|#f{6}\b)|mso-number-format|line-through|font-size", re.IGNORECASE)
_OFF: Final = ("", "0")
_FARTHEST: Final = 65_536  # rows that the format allows, and columns that none reaches


@dataclass(frozen=True, slots=True)
class _Style:
    """What a style says of its cells."""

    font: Font
    behind: str = PAPER
    format: str = GENERAL


@dataclass(slots=True)
class _Sheet:
    """The values of a sheet by row and column, its merged ranges and its marks."""

    values: dict[tuple[int, int], Value] = field(default_factory=dict)
    merged: list[Range] = field(default_factory=list)
    marks: Marks = field(default_factory=Marks)

    def rows(self) -> list[list[Value]]:
        """The sheet row by row; none where it is too large."""
        last = [*self.values, *(last for _, last in self.merged)]
        height, width = (1 + max((place[side] for place in last), default=-1) for side in (0, 1))
        if height * width > MAX_PLACES:
            return []
        rows: list[list[Value]] = [[""] * width for _ in range(height)]
        for (row, column), value in self.values.items():
            rows[row][column] = value
        return rows


def read_sheet_xml(content: bytes) -> Reading:
    """Read a workbook saved as XML; raises :class:`Unreadable` too_large, corrupted, empty."""
    gate_size(content, MAX_OTHER_BYTES, "XML Spreadsheet")
    root = parse_xml(content.lstrip(), "workbook")
    styles = _styles(root)
    blocks: list[Block] = []
    issues: list[Issue] = []
    for number, worksheet in enumerate(filter(_is_shown, root.iterchildren(f"{_SS}Worksheet"))):
        name = worksheet.get(f"{_SS}Name", "")
        sheet = _sheet(worksheet, styles)
        rows = sheet.rows()
        if sheet.values and not rows:
            issues.append(too_large(name))
        add_sheet(rows, sheet.merged, sheet.marks, (number, name), blocks, issues)
    if not blocks:
        raise nothing_read(issues)
    return Reading("sheets", SHEET_XML, tuple(blocks), issues=tuple(issues))


def _is_shown(worksheet: Element) -> bool:
    return worksheet.findtext(f"{_X}WorksheetOptions/{_X}Visible", "").strip() in ("", "SheetVisible")


# --- styles ---------------------------------------------------------------------


def _styles(root: Element) -> dict[str, _Style]:
    """Each style by its name, with what its parent says; the usual one also as ""."""
    found: dict[str, _Style] = {"": _Style(Font())}
    for style in root.iterfind(f"{_SS}Styles/{_SS}Style"):
        name = style.get(f"{_SS}ID", "")
        found[name] = _style(style, found.get(style.get(f"{_SS}Parent", ""), found[""]))
        if name == "Default":
            found[""] = found[name]
    return found


def _style(style: Element, above: _Style) -> _Style:
    font, interior, form = (style.find(f"{_SS}{name}") for name in ("Font", "Interior", "NumberFormat"))
    return _Style(
        above.font if font is None else _font(font, _SS, above.font),
        above.behind if interior is None else _behind(interior),
        above.format if form is None else _NAMED.get(code := form.get(f"{_SS}Format", GENERAL), code),
    )


def _font(element: Element, space: str, above: Font) -> Font:
    """The letters that an element asks for, its attributes being of that name space."""
    told = {name: element.get(f"{space}{name}") for name in ("Color", "Size", "FontName", "Face")}
    size = told["Size"] or ""
    aligned = element.get(f"{space}VerticalAlign", "")
    return Font(
        struck=element.get(f"{space}StrikeThrough", "0" if not above.struck else "1") not in _OFF,
        raised=aligned == "Superscript" or above.raised,
        lowered=aligned == "Subscript" or above.lowered,
        colour=above.colour if told["Color"] is None else _colour(told["Color"]),
        size=float(size) if size.replace(".", "", 1).isdecimal() else above.size,
        name=told["FontName"] or told["Face"] or above.name,
    )


def _colour(printed: str) -> str:
    colour = printed.lstrip("#").upper()
    return "" if colour == _NO_COLOUR else colour


def _behind(interior: Element) -> str:
    """The colour behind letters, "" for one that is not known."""
    pattern = interior.get(f"{_SS}Pattern", "None")
    if pattern == "None":
        return PAPER
    return _colour(interior.get(f"{_SS}Color", "")) if pattern == "Solid" else ""


# --- cells ----------------------------------------------------------------------


def _sheet(worksheet: Element, styles: dict[str, _Style]) -> _Sheet:
    sheet = _Sheet()
    table = worksheet.find(f"{_SS}Table")
    if table is None:
        return sheet
    of_columns: dict[int, str] = {}
    for reach, column in _placed(table, "Column"):
        sheet.marks.columns.update(reach if _is_hidden(column, "Width") else ())
        of_columns.update(dict.fromkeys(reach, column.get(f"{_SS}StyleID", "")))
    usual = table.get(f"{_SS}StyleID", "")
    for reach, row in _placed(table, "Row"):
        sheet.marks.rows.update(reach if _is_hidden(row, "Height") else ())
        for cells, cell in _placed(row, "Cell"):
            named = (element.get(f"{_SS}StyleID") for element in (cell, row))
            style = next(filter(None, named), None) or of_columns.get(cells.start) or usual
            _note_cell(cell, (reach.start, cells.start), styles.get(style, styles[""]), sheet)
    sheet.marks.zeros = worksheet.find(f"{_X}WorksheetOptions/{_X}DoNotDisplayZeros") is None
    for conditional in worksheet.iterchildren(f"{_X}ConditionalFormatting"):
        sheet.marks.hidings += _hidings(conditional)
    return sheet


def _hidings(conditional: Element) -> Iterator[Hiding]:
    """What formats on conditions hide; nobody works out here when they hold."""
    styles = " ".join(form.get("Style", "") for form in conditional.iter(f"{_X}Format"))
    found = _RANGE.findall(conditional.findtext(f"{_X}Range", ""))
    if found and _HIDES.search(styles):
        ends = ((int(a), int(b), int(c or a), int(d or b)) for a, b, c, d in found)
        yield Hiding(tuple((range(a - 1, c), range(b - 1, d)) for a, b, c, d in ends))


def _placed(parent: Element, name: str) -> Iterator[tuple[range, Element]]:
    """The columns, rows or cells of a parent, each with those that it stands for, counted from 0.

    Raises :class:`Unreadable` corrupted.
    """
    at = 0
    for element in parent.iterchildren(f"{_SS}{name}"):
        at = max(at, _number(element, "Index", 0) - 1)
        count = 1 + _number(element, "MergeAcross" if name == "Cell" else "Span", 0)
        if at + count > _FARTHEST:
            raise Unreadable("corrupted", "单元格位置有误 / a cell at an impossible place")
        yield range(at, at + count), element
        at += count


def _number(element: Element, name: str, usual: int) -> int:
    text = element.get(f"{_SS}{name}", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else usual


def _is_hidden(element: Element, side: str) -> bool:
    size = element.get(f"{_SS}{side}")
    return element.get(f"{_SS}Hidden", "0") not in _OFF or (size is not None and not size.strip("0."))


def _note_cell(cell: Element, place: tuple[int, int], style: _Style, sheet: _Sheet) -> None:
    high, wide = (min(_number(cell, name, 0), MAX_SPAN) for name in ("MergeDown", "MergeAcross"))
    if high or wide:
        sheet.merged.append((place, (place[0] + high, place[1] + wide)))
    data = cell.find(f"{_SS}Data")
    kind = data.get(f"{_SS}Type", "") if data is not None else ""
    text = "".join(data.itertext()) if data is not None else ""
    if text:
        sheet.values[place] = _value(text, kind)
    if kind == "Error" or (not kind and cell.get(f"{_SS}Formula") is not None):
        sheet.marks.shown[place] = UNREAD
    elif data is not None and len(data):
        sheet.marks.shown[place] = shown_runs(_runs(data, style.font))
    elif (look := font_look(style.font, style.behind)) is not Look.PLAIN:
        sheet.marks.looks[place] = look
    if style.format != GENERAL:
        sheet.marks.formats[place] = style.format


def _value(text: str, kind: str) -> Value:
    try:
        if kind == "Number":
            return float(text)
        if kind == "DateTime":
            return datetime.datetime.fromisoformat(text[:19])
    except ValueError:
        return text
    return text == "1" if kind == "Boolean" else text


def _runs(element: Element, font: Font) -> Iterator[tuple[str, Font]]:
    """The pieces of a text with letters of several kinds, each with its own."""
    yield element.text or "", font
    for child in element:
        yield from _runs(child, _of_run(child, font))
        yield child.tail or "", font


def _of_run(element: Element, font: Font) -> Font:
    name = element.tag.removeprefix(_HTML) if isinstance(element.tag, str) else ""
    if name == "Font":
        return _font(element, _HTML, font)
    return replace(
        font,
        struck=font.struck or name == "S",
        raised=font.raised or name == "Sup",
        lowered=font.lowered or name == "Sub",
    )
