"""A DOCX as offices attach it: the official form with merged cells, written as the bare parts of the format.

Written part by part because merging some 150 cells through an object model takes
seconds a report; readers see the same ``gridSpan`` and ``vMerge``.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable
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


TableXml = Callable[[Table], str]


def render(report: Report) -> bytes:
    """The file; the same report gives the same bytes."""
    return document(report.title, parts(report))


def document(title: str, sections: Iterable[Part], table: TableXml | None = None) -> bytes:
    """The file of a title and sections; ``table`` draws a table's XML otherwise than usual."""
    draw = table or table_xml
    content = paragraph_xml(title, "center") + "".join(_section(part, draw) for part in sections)
    xml = f'{_XML}<w:document xmlns:w="{_W}"><w:body>{content}<w:sectPr/></w:body></w:document>'
    files = {"[Content_Types].xml": _TYPES, "_rels/.rels": _RELS, "word/document.xml": xml}
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), text, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _section(part: Part, draw: TableXml) -> str:
    texts = ([part.heading] if part.heading else []) + list(part.paragraphs)
    # two tables that touch become one in a word processor, so a paragraph follows each
    return "".join(map(paragraph_xml, texts)) + "".join(draw(table) + "<w:p/>" for table in part.tables)


def paragraph_xml(text: str, align: str = "both") -> str:
    """A paragraph of one run."""
    return paragraph_of(run_xml(text) if text else "", align)


def paragraph_of(runs: str, align: str = "both") -> str:
    """A paragraph of runs."""
    return f'<w:p><w:pPr><w:jc w:val="{align}"/></w:pPr>{runs}</w:p>'


def run_xml(text: str) -> str:
    """A run of text."""
    return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def table_xml(table: Table, content: Callable[[Box], str] | None = None, *, open_merges: bool = False) -> str:
    """A table with merged cells; ``content`` gives a cell's paragraphs.

    With ``open_merges`` the cells under a merged one don't say that they belong to it.
    """
    columns = width(table)
    rows: list[list[tuple[int, str]]] = [[] for _ in table]
    for y, x, box in placed(table):
        inner = content(box) if content else paragraph_xml(box.text, "center")
        for dy in range(box.rowspan):
            rows[y + dy].append((x, _cell(box, dy, inner, open_merges)))
    body = "".join(
        f"<w:tr>{''.join(cell for _, cell in sorted(row, key=lambda c: c[0]))}</w:tr>" for row in rows
    )
    grid = f'<w:gridCol w:w="{9000 // columns}"/>' * columns
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="9000" w:type="dxa"/><w:tblBorders>{_BORDERS}</w:tblBorders></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{body}</w:tbl>"
    )


def _cell(box: Box, below: int, inner: str, open_merges: bool) -> str:
    """A cell, or its continuation ``below`` rows further down."""
    span = f'<w:gridSpan w:val="{box.colspan}"/>' if box.colspan > 1 else ""
    merge = "" if box.rowspan == 1 else "<w:vMerge/>" if below else '<w:vMerge w:val="restart"/>'
    if below:
        inner, merge = "<w:p/>", "" if open_merges else merge
    return f"<w:tc><w:tcPr>{span}{merge}</w:tcPr>{inner}</w:tc>"


MEDIA_TYPE = f"{_OFFICE}.document"
LAYOUT = Layout("docx", "docx", MEDIA_TYPE, render, None, (Habit(), Habit(zero="", plus=True)))
