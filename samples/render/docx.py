"""A DOCX as offices attach it: the official form with merged cells, written as the bare parts of the format.

Written part by part because merging some 150 cells through an object model takes
seconds a report; readers see the same ``gridSpan`` and ``vMerge``.
"""

from __future__ import annotations

import zipfile
from io import BytesIO
from xml.sax.saxutils import escape

from samples.render.content import Part, parts
from samples.render.layout import Layout
from samples.render.tables import Box, Table, placed, width
from samples.report import Habit, Report

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPES = (
    f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_OFFICE}.document.main+xml"/></Types>'
)
_RELS = (
    f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type='
    '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)
_BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
_EPOCH = (1980, 1, 1, 0, 0, 0)


def render(report: Report) -> bytes:
    """The file; the same report gives the same bytes."""
    content = _paragraph(report.title, "center") + "".join(map(_section, parts(report)))
    document = f'{_XML}<w:document xmlns:w="{_W}"><w:body>{content}<w:sectPr/></w:body></w:document>'
    files = {"[Content_Types].xml": _TYPES, "_rels/.rels": _RELS, "word/document.xml": document}
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), text, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _section(part: Part) -> str:
    texts = ([part.heading] if part.heading else []) + list(part.paragraphs)
    # two tables that touch become one in a word processor, so a paragraph follows each
    return "".join(map(_paragraph, texts)) + "".join(_table(table) + "<w:p/>" for table in part.tables)


def _paragraph(text: str, align: str = "both") -> str:
    run = f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>' if text else ""
    return f'<w:p><w:pPr><w:jc w:val="{align}"/></w:pPr>{run}</w:p>'


def _table(table: Table) -> str:
    columns = width(table)
    rows: list[list[tuple[int, str]]] = [[] for _ in table]
    for y, x, box in placed(table):
        for dy in range(box.rowspan):
            rows[y + dy].append((x, _cell(box, dy)))
    body = "".join(f"<w:tr>{''.join(cell for _, cell in sorted(row))}</w:tr>" for row in rows)
    grid = f'<w:gridCol w:w="{9000 // columns}"/>' * columns
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="9000" w:type="dxa"/><w:tblBorders>{_BORDERS}</w:tblBorders></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{body}</w:tbl>"
    )


def _cell(box: Box, below: int) -> str:
    """A cell, or its continuation ``below`` rows further down."""
    span = f'<w:gridSpan w:val="{box.colspan}"/>' if box.colspan > 1 else ""
    merge = "" if box.rowspan == 1 else "<w:vMerge/>" if below else '<w:vMerge w:val="restart"/>'
    return f"<w:tc><w:tcPr>{span}{merge}</w:tcPr>{_paragraph('' if below else box.text, 'center')}</w:tc>"


LAYOUT = Layout("docx", "docx", f"{_OFFICE}.document", render, None, (Habit(), Habit(zero="", plus=True)))
