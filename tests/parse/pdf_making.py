"""Makes small PDFs for the tests: ruled tables and lines of text, invented here."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

FONT = "STSong-Light"
A4 = (595.0, 842.0)

Draw = Callable[[Canvas], None]


def make_pdf(pages: Sequence[Draw], **options: object) -> bytes:
    """A PDF of A4 pages, each drawn by a function on a canvas with its origin at the bottom left."""
    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, **options)
    for draw in pages:
        canvas.setFont(FONT, 10)
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def draw_lines(
    canvas: Canvas, lines: Sequence[str], top: float = 90, x: float = 72, leading: float = 20
) -> None:
    for i, line in enumerate(lines):
        canvas.drawString(x, A4[1] - top - i * leading, line)


def draw_grid(
    canvas: Canvas,
    texts: dict[tuple[int, int], str],
    xs: Sequence[float],
    ys: Sequence[float],
    missing: Sequence[tuple[str, int, int]] = (),
) -> None:
    """A ruled table with lines at ``xs`` and ``ys`` (from the top), but for ``missing`` walls.

    ("v", i, row): no line at xs[i] beside that row; ("h", i, column): none at ys[i].
    ``texts`` stand in the cell at (row, column); \\n begins a new line.
    """
    height = A4[1]
    for i, x in enumerate(xs):
        for row in range(len(ys) - 1):
            if ("v", i, row) not in missing:
                canvas.line(x, height - ys[row], x, height - ys[row + 1])
    for i, y in enumerate(ys):
        for column in range(len(xs) - 1):
            if ("h", i, column) not in missing:
                canvas.line(xs[column], height - y, xs[column + 1], height - y)
    for (row, column), text in texts.items():
        for n, line in enumerate(text.split("\n")):
            canvas.drawString(xs[column] + 3, height - ys[row] - 13 - 11 * n, line)
