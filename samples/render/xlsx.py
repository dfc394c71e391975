"""A workbook: the whole report on one sheet, or a sheet for each section, with merged cells.

Written as the bare parts of the format, since nothing else in the project writes workbooks.
"""

from __future__ import annotations

import zipfile
from functools import partial
from io import BytesIO
from xml.sax.saxutils import escape

from samples.render.content import Part, parts
from samples.render.layout import Layout
from samples.render.tables import Box, Table, placed
from samples.report import Habit, Report

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_EPOCH = (1980, 1, 1, 0, 0, 0)


def render(report: Report, by_section: bool) -> bytes:
    """The file; ``by_section`` gives each section a sheet."""
    title = Part(0, report.title)
    sections = [title, *parts(report)]
    sheets = [[section] for section in sections] if by_section else [sections]
    files = {
        "[Content_Types].xml": _types(len(sheets)),
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": _workbook(len(sheets)),
        "xl/_rels/workbook.xml.rels": _relations(
            [("worksheet", f"worksheets/sheet{n + 1}.xml") for n in range(len(sheets))]
        ),
    }
    files |= {f"xl/worksheets/sheet{n + 1}.xml": _sheet(sheet) for n, sheet in enumerate(sheets)}
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), text, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _types(sheets: int) -> str:
    parts_of = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n + 1}.xml" ContentType="{_OFFICE}.worksheet+xml"/>'
        for n in range(sheets)
    )
    return (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_OFFICE}.sheet.main+xml"/>{parts_of}</Types>'
    )


def _relations(targets: list[tuple[str, str]]) -> str:
    relations = "".join(
        f'<Relationship Id="rId{n + 1}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets)
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{relations}</Relationships>'


def _workbook(sheets: int) -> str:
    named = "".join(
        f'<sheet name="Sheet{n + 1}" sheetId="{n + 1}" r:id="rId{n + 1}"/>' for n in range(sheets)
    )
    return f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{named}</sheets></workbook>'


def _sheet(sections: list[Part]) -> str:
    rows: list[str] = []
    merged: list[str] = []
    for part in sections:
        for text in ([part.heading] if part.heading else []) + list(part.paragraphs):
            rows.append(_row(len(rows), [(0, Box(text))]))
        for table in part.tables:
            merged += _merged(table, len(rows))
            rows += _rows(table, len(rows))
    cells = "".join(f'<mergeCell ref="{ref}"/>' for ref in merged)
    merges = f'<mergeCells count="{len(merged)}">{cells}</mergeCells>' if merged else ""
    return f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>{"".join(rows)}</sheetData>{merges}</worksheet>'


def _rows(table: Table, start: int) -> list[str]:
    by_row: list[list[tuple[int, Box]]] = [[] for _ in table]
    for y, x, box in placed(table):
        by_row[y].append((x, box))
    return [_row(start + y, row) for y, row in enumerate(by_row)]


def _row(number: int, cells: list[tuple[int, Box]]) -> str:
    drawn = "".join(_cell(f"{_letter(x)}{number + 1}", box) for x, box in cells if box.text)
    return f'<row r="{number + 1}">{drawn}</row>'


def _cell(ref: str, box: Box) -> str:
    if box.key and box.text.isdecimal() and box.text.isascii():
        return f'<c r="{ref}"><v>{box.text}</v></c>'
    return f'<c r="{ref}" t="inlineStr"><is><t xml:space="preserve">{escape(box.text)}</t></is></c>'


def _merged(table: Table, start: int) -> list[str]:
    return [
        f"{_letter(x)}{start + y + 1}:{_letter(x + box.colspan - 1)}{start + y + box.rowspan}"
        for y, x, box in placed(table)
        if box.rowspan > 1 or box.colspan > 1
    ]


def _letter(column: int) -> str:
    return chr(ord("A") + column)


_HABITS = (Habit(), Habit(zero="", money="wan"), Habit(zero="/", thousands=True, money="yuan"))
LAYOUTS = tuple(
    Layout(name, "xlsx", f"{_OFFICE}.sheet", partial(render, by_section=by_section), None, _HABITS)
    for name, by_section in (("xlsx", False), ("xlsx_sheets", True))
)
