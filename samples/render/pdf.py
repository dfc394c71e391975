"""A PDF printed from an office document: ruled tables that run over pages, wrapped and upright labels.

The font is one of Adobe's standard Chinese fonts, named and not embedded: no font
with a free licence is light enough to bundle, and the text can be extracted all the same.
"""

from __future__ import annotations

from functools import cache
from io import BytesIO
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Spacer
from reportlab.platypus import Table as RuledTable

from samples.render.content import Part, parts
from samples.render.layout import Layout
from samples.render.tables import LABEL_COLUMNS, Box, Table, placed, width
from samples.report import Habit, Report

_FONT = "STSong-Light"
_WIDTH = A4[0] - 40 * mm
_RULES: tuple[tuple[object, ...], ...] = (
    ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
    ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ("LEFTPADDING", (0, 0), (-1, -1), 2),
    ("RIGHTPADDING", (0, 0), (-1, -1), 2),
)


@cache
def _styles() -> dict[str, ParagraphStyle]:
    pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
    text = ParagraphStyle("text", fontName=_FONT, fontSize=12, leading=20, firstLineIndent=24, wordWrap="CJK")
    return {
        "text": text,
        "title": ParagraphStyle(
            "title", text, fontSize=18, leading=28, firstLineIndent=0, alignment=TA_CENTER
        ),
        "cell": ParagraphStyle("cell", text, fontSize=8, leading=10, firstLineIndent=0, alignment=TA_CENTER),
    }


def render(report: Report) -> bytes:
    """The file; the same report gives the same bytes."""
    out = BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        title=report.title,
        author=report.agency.name,
        leftMargin=20 * mm,
        rightMargin=20 * mm,
        invariant=1,
    )
    story: list[Flowable] = [Paragraph(escape(report.title), _styles()["title"]), Spacer(1, 10)]
    for part in parts(report):
        story += _section(part, on_two_pages=report.year % 2 == 0)
    document.build(story)
    return out.getvalue()


def _section(part: Part, on_two_pages: bool) -> list[Flowable]:
    texts = ([part.heading] if part.heading else []) + list(part.paragraphs)
    flow: list[Flowable] = [Paragraph(escape(text), _styles()["text"]) for text in texts]
    for table in part.tables:
        flow += [Spacer(1, 6), *_ruled(table, on_two_pages), Spacer(1, 6)]
    return flow


def _ruled(table: Table, on_two_pages: bool) -> list[Flowable]:
    """The table, the long one of section three broken by a page as word processors do it.

    A merged cell that the break cuts goes on as an empty one, and the header is not repeated.
    """
    boxes = list(placed(table))
    if not on_two_pages or len(table) < 20:
        return [_table(boxes, 0, len(table), width(table))]
    columns, half = width(table), len(table) * 2 // 3
    return [_table(boxes, 0, half, columns), PageBreak(), _table(boxes, half, len(table), columns)]


def _table(boxes: list[tuple[int, int, Box]], start: int, end: int, columns: int) -> Flowable:
    """The rows ``start`` to ``end`` as a ruled table."""
    cells: list[list[Paragraph | str]] = [[""] * columns for _ in range(start, end)]
    style: list[tuple[object, ...]] = list(_RULES)
    for y, x, box in boxes:
        top, bottom = max(y, start) - start, min(y + box.rowspan, end) - start
        if top >= bottom:
            continue
        text = box.text if y >= start else ""
        cells[top][x] = Paragraph(escape(text), _styles()["cell"])
        if bottom - top > 1 or box.colspan > 1:
            style.append(("SPAN", (x, top), (x + box.colspan - 1, bottom - 1)))
    return RuledTable(cells, colWidths=_widths(columns), style=style)


def _widths(columns: int) -> list[float]:
    """Points by grid column: the group labels of section three stand upright in narrow columns."""
    if columns != LABEL_COLUMNS + 7:
        return [_WIDTH / columns] * columns
    labels = [16.0, 20.0, 150.0]
    return [*labels, *[(_WIDTH - sum(labels)) / 7] * 7]


LAYOUT = Layout(
    "pdf", "pdf", "application/pdf", render, None, (Habit(), Habit(zero=""), Habit(zero="/", money="wan"))
)
