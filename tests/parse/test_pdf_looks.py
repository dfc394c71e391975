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


def printed_over_its_first_digit(canvas, x, y):
    canvas.drawString(x, y, "74")
    canvas.setFont("Times-Roman", 10)
    canvas.drawString(x, y, "7")


def printed_under_its_first_digit(canvas, x, y):
    canvas.drawString(x, y, "7")
    canvas.setFont("Times-Roman", 10)
    canvas.drawString(x, y, "74")


def running_over_the_border(canvas, x, y):
    canvas.drawString(x - 5 - 8, y, "1234")


DOUBTFUL = [
    *(struck, white, raised, overprinted),
    *(printed_over_its_first_digit, printed_under_its_first_digit, running_over_the_border),
]


@pytest.mark.parametrize("draw", DOUBTFUL)
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


def typed(kind: bytes, text: bytes, hidden: bool = False) -> bytes:
    """An annotation with an appearance of its own, and that appearance, as objects of a PDF."""
    x, y = X + WIDE + 5, Y + 4
    flags = b"/F 2" if hidden else b"/F 4"
    note = b"<</Type/Annot %s %s/Rect[%d %d %d %d]/AP<</N 91 0 R>>>>" % (kind, flags, x, y, x + 40, y + 14)
    drawn = b"/Tx BMC BT /Helv 10 Tf 0 g 2 3 Td (%s) Tj ET EMC" % text
    font = b"/Font<</Helv<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"
    form = b"<</Type/XObject/Subtype/Form/BBox[0 0 40 14]/Resources<<%s>>/Length %d>>" % (font, len(drawn))
    return b"90 0 obj\n%s\nendobj\n91 0 obj\n%s\nstream\n%s\nendstream\nendobj\n" % (note, form, drawn)


def with_note(note: bytes, form: bytes = b"") -> str:
    """The text of the second of two cells, over which a page has an annotation."""
    out = io.BytesIO()
    canvas = Canvas(out, pageCompression=0)
    canvas.grid([X, X + WIDE, X + 2 * WIDE], [Y, Y + HIGH])
    canvas.setFont("Helvetica", 10)
    canvas.drawString(X + 5, Y + 6, "no")
    canvas.save()
    body = out.getvalue().replace(b"/Contents", b"/Annots[90 0 R] /Contents", 1)
    body = body.replace(b"/Type /Catalog", form + b"/Type /Catalog", 1)
    content = body.replace(b"xref\n", note + b"xref\n", 1)  # readers mend the table of places
    (grid,) = [b for b in read(Document(content)).blocks if isinstance(b, Grid)]
    return grid.cells[1].text


FIELD = b"/Subtype/Widget/FT/Tx/T(a)/V(12)"


def test_what_stands_in_a_field_of_a_form_is_read():
    assert with_note(typed(FIELD, b"12"), b"/AcroForm<</Fields[90 0 R]>> ") == "12"


def test_what_was_typed_onto_the_page_is_read_and_what_is_hidden_is_not():
    assert with_note(typed(b"/Subtype/FreeText/Contents(34)", b"34")) == "34"
    assert with_note(typed(b"/Subtype/FreeText/Contents(34)", b"34", hidden=True)) == ""
