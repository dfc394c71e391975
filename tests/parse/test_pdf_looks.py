"""What is struck out, white, raised or printed over in a PDF is never read as part of a number."""

import io

import pytest
from reportlab.pdfgen.canvas import Canvas

from pipelines.parse.numbers import read_value
from pipelines.parse.read import read
from pipelines.parse.records import Document, Grid

X, Y, WIDE, HIGH = 100, 700, 60, 20


def cell_of(draw) -> str:
    """The text of the second of two cells, in which ``draw(canvas, x, baseline)`` has printed."""
    out = io.BytesIO()
    canvas = Canvas(out)
    for i in range(3):
        canvas.line(X + i * WIDE, Y, X + i * WIDE, Y + HIGH)
    for y in (Y, Y + HIGH):
        canvas.line(X, y, X + 2 * WIDE, y)
    canvas.setFont("Helvetica", 10)
    canvas.drawString(X + 5, Y + 6, "no")
    draw(canvas, X + WIDE + 5, Y + 6)
    canvas.save()
    (grid,) = [b for b in read(Document(out.getvalue())).blocks if isinstance(b, Grid)]
    return grid.cells[1].text


def struck(canvas, x, y):
    canvas.drawString(x, y, "98")
    canvas.line(x, y + 3, x + 11, y + 3)
    canvas.drawString(x + 11.2, y, "21")


def white(canvas, x, y):
    canvas.setFillColorRGB(1, 1, 1)
    canvas.drawString(x, y, "98")
    canvas.setFillColorRGB(0, 0, 0)
    canvas.drawString(x + 11.2, y, "21")


def raised(canvas, x, y):
    canvas.drawString(x, y, "21")
    canvas.setFont("Helvetica", 6)
    canvas.drawString(x + 11.2, y + 2.5, "1")


def overprinted(canvas, x, y):
    canvas.drawString(x, y, "98")
    canvas.drawString(x + 1.5, y, "21")


@pytest.mark.parametrize("draw", [struck, white, raised, overprinted])
def test_a_doubtful_figure_is_flagged(draw):
    assert read_value(cell_of(draw)).value is None


def unpainted(canvas, x, y):
    canvas.saveState()
    text = canvas.beginText(x, y)
    text.setTextRenderMode(3)
    text.textOut("98")
    canvas.drawText(text)
    canvas.restoreState()
    canvas.drawString(x + 11.2, y, "21")


def underlined(canvas, x, y):
    canvas.drawString(x, y, "21")
    canvas.line(x, y - 1.5, x + 11, y - 1.5)


def bold(canvas, x, y):
    for shift in (0, 0.3):
        canvas.drawString(x + shift, y, "21")


def apart(canvas, x, y):
    """Each character placed by itself, close."""
    for n, char in enumerate("21"):
        canvas.drawString(x + n * 4.5, y, char)


@pytest.mark.parametrize("draw", [unpainted, underlined, bold, apart])
def test_what_only_resembles_a_doubtful_figure_is_read(draw):
    assert cell_of(draw) == "21"
