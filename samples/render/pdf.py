"""A PDF printed from an office document: ruled tables that run over pages, wrapped and upright labels.

The font is one of Adobe's standard Chinese fonts, named and not embedded: no font
with a free licence is light enough to bundle, and the text can be extracted all the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, partial
from io import BytesIO
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Spacer
from reportlab.platypus import Table as RuledTable

from samples.render.content import Part, parts
from samples.render.layout import Layout
from samples.render.reshape import cut
from samples.render.tables import LABEL_COLUMNS, Table, placed, width
from samples.report import Habit, Report

_FONT = "STSong-Light"
_MARGIN: float = 20 * mm
_RULES: tuple[tuple[object, ...], ...] = (("GRID", (0, 0), (-1, -1), 0.5, colors.black),)
# two thin lines, 2.4 points apart
_DOUBLE: tuple[tuple[object, ...], ...] = (
    ("GRID", (0, 0), (-1, -1), 0.5, colors.black, None, None, None, 2, 2.4),
)
_WATERMARK = "内部资料请勿外传"
_FRAME: tuple[tuple[object, ...], ...] = (
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


@dataclass(frozen=True)
class Print:
    """How a file is printed. ``size`` is the page in points, ``label`` the points of type in a table.

    ``ruled``: tables have lines. ``broken``: a page break stands in the table of section three.
    ``head``: rows of its header that the next page repeats. ``running``: each page has a title
    above and its number below. ``double``: each line of a table is two. ``watermark``: words
    stand across each page.
    """

    size: tuple[float, float] = A4
    label: int = 8
    ruled: bool = True
    broken: bool = False
    head: int = 0
    running: bool = False
    double: bool = False
    watermark: bool = False

    @property
    def width(self) -> float:
        """Points between the margins."""
        return self.size[0] - 2 * _MARGIN


def render(report: Report) -> bytes:
    """The file; the same report gives the same bytes."""
    return document(report, parts(report), Print(broken=report.year % 2 == 0))


def document(report: Report, sections: Iterable[Part], how: Print) -> bytes:
    """The file of a report's title and the given sections."""
    out = BytesIO()
    file = SimpleDocTemplate(
        out,
        pagesize=how.size,
        title=report.title,
        author=report.agency.name,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        invariant=1,
    )
    story: list[Flowable] = [Paragraph(escape(report.title), _styles()["title"]), Spacer(1, 10)]
    for part in sections:
        story += _section(part, how)
    on_page = partial(_furnish, report.title, how)
    file.build(story, onFirstPage=on_page, onLaterPages=on_page)
    return out.getvalue()


def _furnish(title: str, how: Print, canvas: Canvas, file: SimpleDocTemplate) -> None:
    """What stands on each page beside the text."""
    if how.running:
        _running(title, canvas, file)
    if how.watermark:
        _watermark(canvas, file)


def _running(title: str, canvas: Canvas, file: SimpleDocTemplate) -> None:
    width, height = file.pagesize
    canvas.setFont(_FONT, 9)
    canvas.drawCentredString(width / 2, height - 12 * mm, title)
    canvas.drawCentredString(width / 2, 10 * mm, f"- {canvas.getPageNumber()} -")


def _watermark(canvas: Canvas, file: SimpleDocTemplate) -> None:
    width, height = file.pagesize
    canvas.saveState()
    canvas.translate(width / 2, height / 2)
    canvas.rotate(45)
    canvas.setFillGray(0.8)
    canvas.setFont(_FONT, 48)
    canvas.drawCentredString(0, 0, _WATERMARK)
    canvas.restoreState()


def _section(part: Part, how: Print) -> list[Flowable]:
    texts = ([part.heading] if part.heading else []) + list(part.paragraphs)
    flow: list[Flowable] = [Paragraph(escape(text), _styles()["text"]) for text in texts]
    for table in part.tables:
        flow += [Spacer(1, 6), *_drawn(table, how), Spacer(1, 6)]
    return flow


def _drawn(table: Table, how: Print) -> list[Flowable]:
    """The table, the long one of section three broken by a page as word processors do it.

    A merged cell that the break cuts goes on as an empty one.
    """
    if not how.broken or len(table) < 20:
        return [_table(table, how)]
    first, second = cut(table, [len(table) * 2 // 3], head=how.head)
    return [_table(first, how), PageBreak(), _table(second, how)]


def _table(table: Table, how: Print) -> Flowable:
    columns = width(table)
    cells: list[list[Paragraph | str]] = [[""] * columns for _ in table]
    style: list[tuple[object, ...]] = [*_FRAME, *_rules(how)]
    font = ParagraphStyle("cell", _styles()["cell"], fontSize=how.label, leading=how.label + 2)
    for y, x, box in placed(table):
        cells[y][x] = Paragraph("<br/>".join(map(escape, box.text.split("\n"))), font)
        if box.rowspan > 1 or box.colspan > 1:
            style.append(("SPAN", (x, y), (x + box.colspan - 1, y + box.rowspan - 1)))
    return RuledTable(cells, colWidths=_widths(columns, how), style=style)


def _rules(how: Print) -> tuple[tuple[object, ...], ...]:
    if not how.ruled:
        return ()
    return _DOUBLE if how.double else _RULES


def _widths(columns: int, how: Print) -> list[float]:
    """Points by grid column: the group labels of section three stand upright in narrow columns."""
    if columns != LABEL_COLUMNS + 7:
        return [how.width / columns] * columns
    labels = [how.label * 2.0, how.label * 2.5, how.width * 0.32]
    return [*labels, *[(how.width - sum(labels)) / 7] * 7]


LAYOUT = Layout(
    "pdf", "pdf", "application/pdf", render, None, (Habit(), Habit(zero=""), Habit(zero="/", money="wan"))
)
