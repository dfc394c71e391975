"""What is struck out, white, raised or printed over in a PDF is never read as part of a number."""

import io
from pathlib import Path

import pytest
import reportlab
from PIL import Image, ImageDraw, ImageFont
from pypdfium2 import PdfDocument
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from pipelines.parse.numbers import read_value
from pipelines.parse.read import read
from pipelines.parse.read.digit_shapes import is_painted_as_another
from pipelines.parse.read.pdfium_page import load_page, open_page
from pipelines.parse.records import UNREAD, Document, Grid, State

VERA = Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"

X, Y, WIDE, HIGH = 100, 700, 60, 20


def cell_of(draw, *changes: tuple[bytes, bytes]) -> str:
    """The text of the second of two cells, in which ``draw(canvas, x, baseline)`` has printed.

    ``changes`` are made in the file, each once.
    """
    out = io.BytesIO()
    canvas = Canvas(out, pageCompression=0)
    canvas.grid([X, X + WIDE, X + 2 * WIDE], [Y, Y + HIGH])
    canvas.setFont("Helvetica", 10)
    canvas.drawString(X + 5, Y + 6, "no")
    draw(canvas, X + WIDE + 5, Y + 6)
    canvas.save()
    content = out.getvalue()
    for old, new in changes:
        content = content.replace(old, new, 1)
    (grid,) = [b for b in read(Document(content)).blocks if isinstance(b, Grid)]
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


def with_a_note(size, up, before=False):
    """Prints 21 and a small 1 beside it, so far above its line."""

    def draw(canvas, x, y):
        canvas.drawString(x + (5 if before else 0), y, "21")
        canvas.setFont("Helvetica", size)
        canvas.drawString(x if before else x + 11.2, y + up, "1")

    return draw


def raised_in_its_size(canvas, x, y):
    canvas.drawString(x, y, "21")
    canvas.drawString(x + 11.2, y + 4, "1")


def overprinted(canvas, x, y):
    canvas.drawString(x, y, "98")
    canvas.drawString(x + 1.5, y, "21")


def printed_twice_well_apart(canvas, x, y):
    canvas.drawString(x, y, "8")
    canvas.drawString(x + 2.8, y, "8")


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


def clip(canvas, x, y, wide, high):
    """Shows from here on only what stands in a rectangle."""
    path = canvas.beginPath()
    path.rect(x, y, wide, high)
    canvas.clipPath(path, stroke=0, fill=0)


def within(*box):
    """Prints a number of which a clip shows a part only; ``box`` is the clip's, seen from the number."""

    def draw(canvas, x, y):
        clip(canvas, x + box[0], y + box[1], *box[2:])
        canvas.drawString(x, y, "98")

    return draw


def filling_its_clip(canvas, x, y):
    clip(canvas, x - 2, y - 3, 12.1, 14)
    canvas.drawString(x, y, "98")


def before_what_is_cut_off(canvas, x, y):
    canvas.saveState()
    clip(canvas, 0, 0, 9, 9)
    canvas.drawString(x, y, "98")
    canvas.restoreState()
    canvas.drawString(x + 11.2, y, "21")


def transparent(canvas, x, y):
    canvas.setFillAlpha(0)
    canvas.drawString(x, y, "98")
    canvas.setFillAlpha(1)
    canvas.drawString(x + 11.2, y, "21")


def pale(grey):
    def draw(canvas, x, y):
        canvas.setFillGray(grey)
        canvas.drawString(x, y, "98")

    return draw


def squeezed(canvas, x, y):
    text = canvas.beginText(x, y)
    text.setHorizScale(1)
    text.textOut("98")
    text.setHorizScale(100)
    text.textOut("21")
    canvas.drawText(text)


def over_one_another(*numbers):
    """Numbers printed in one place in one font: pdfium leaves out what is printed again."""

    def draw(canvas, x, y):
        for number in numbers:
            canvas.drawString(x, y, number)

    return draw


def painted_over_and_printed_again(canvas, x, y):
    canvas.drawString(x, y, "453")
    canvas.setFillGray(1)
    canvas.rect(x - 1, y - 3, 20, 12, stroke=0, fill=1)
    canvas.setFillGray(0)
    canvas.drawString(x, y, "45")


def turned(text):
    """Prints a number at 30° to the lines of the page."""

    def draw(canvas, x, y):
        canvas.translate(x, y)
        canvas.rotate(30)
        canvas.drawString(0, 0, text)

    return draw


def with_a_digit_in_another_colour(canvas, x, y):
    canvas.drawString(x, y, "21")
    canvas.setFillColorRGB(0, 0, 0.6)
    canvas.drawString(x + 11.2, y, "1")


DOUBTFUL = [
    *(
        with_a_digit_in_another_colour,
        struck,
        white,
        raised,
        raised_in_its_size,
        overprinted,
        before_what_is_cut_off,
        filling_its_clip,
        transparent,
        squeezed,
    ),
    *map(pale, (0.93, 0.8)),
    *(with_a_note(8.5, up, before) for up in (-1.5, 0, 2.5, 5) for before in (False, True)),
    *(within(-5, -5, 10.5, 20), within(-5, -5, 12.6, 20), within(-5, 3, 40, 20)),
    *map(over_one_another, ("74", "7", "45", "453", "1234"), ("7", "74", "453", "45", "12")),
    painted_over_and_printed_again,
    printed_twice_well_apart,
    *(printed_over_its_first_digit, printed_under_its_first_digit, running_over_the_border),
]


@pytest.mark.parametrize("draw", DOUBTFUL)
def test_a_doubtful_figure_is_flagged(draw):
    assert read_value(cell_of(draw)).value is None


@pytest.mark.parametrize("size", [4, 6])
def test_the_mark_of_a_note_high_above_its_line_stands_behind_the_figure(size):
    assert cell_of(with_a_note(size, 7)) == "21¹"


@pytest.mark.parametrize("figure", ["21", "-", "/"])
def test_a_figure_that_stands_slanted_in_its_cell_is_unreadable(figure):
    assert set(cell_of(turned(figure))) - set("\n ") == {UNREAD}


@pytest.mark.parametrize("blank", ["0020", "00A0", "3000", "200B", "FEFF", "0000"])
def test_a_digit_that_the_file_calls_a_blank_is_unreadable(blank):
    def draw(canvas, x, y):
        canvas.setFont("Vera", 10)
        canvas.drawString(x, y, "550")

    pdfmetrics.registerFont(TTFont("Vera", VERA))
    assert cell_of(draw) == "550"
    assert cell_of(draw, (b"<30> <0030>", b"<30> <%b>" % blank.encode())) == f"55{UNREAD}"


def unpainted(canvas, x, y):
    canvas.saveState()
    text = canvas.beginText(x, y)
    text.setTextRenderMode(3)
    text.textOut("98")
    canvas.drawText(text)
    canvas.restoreState()
    canvas.drawString(x + 11.2, y, "21")


def over_unpainted(text, shift):
    """Prints a number where another text stands that only programs see."""

    def draw(canvas, x, y):
        canvas.saveState()
        words = canvas.beginText(x + shift, y)
        words.setTextRenderMode(3)
        words.textOut(text)
        canvas.drawText(words)
        canvas.restoreState()
        canvas.drawString(x, y, "21")

    return draw


def leaning(canvas, x, y):
    """Printed with a font that has no italic letters of its own."""
    words = canvas.beginText()
    words.setTextTransform(1, 0, 0.33, 1, x, y)
    words.textOut("21")
    canvas.drawText(words)


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


def wholly_within_a_clip(canvas, x, y):
    clip(canvas, x - 5, y - 5, 40, 20)
    canvas.drawString(x, y, "21")


def white_on_black(canvas, x, y):
    canvas.rect(x - 4, y - 4, 40, 16, stroke=0, fill=1)
    canvas.setFillGray(1)
    canvas.drawString(x, y, "21")


def marked_with_a_pen(canvas, x, y):
    canvas.drawString(x, y, "21")
    canvas.setFillColorRGB(1, 1, 0, alpha=0.3)
    canvas.rect(x - 1, y - 3, 20, 12, stroke=0, fill=1)


def printed_twice(canvas, x, y):
    for _ in range(2):
        canvas.drawString(x, y, "21")


def painted_over(canvas, x, y):
    canvas.drawString(x, y, "9876")
    canvas.setFillGray(1)
    canvas.rect(x - 1, y - 3, 30, 12, stroke=0, fill=1)
    canvas.setFillGray(0)
    canvas.drawString(x, y, "21")


def all_in_another_colour(canvas, x, y):
    canvas.setFillColorRGB(0, 0, 0.6)
    canvas.drawString(x, y, "21")


def under_a_slanted_watermark_of_its_size(canvas, x, y):
    canvas.drawString(x, y, "21")
    turned("copy 2024 of 7")(canvas, x - 10, y - 6)


def under_a_watermark(canvas, x, y):
    canvas.drawString(x, y, "21")
    canvas.saveState()
    canvas.translate(x - 20, y - 20)
    canvas.rotate(45)
    canvas.setFillGray(0.8)
    canvas.setFont("Helvetica", 30)
    canvas.drawString(0, 0, "copy")
    canvas.restoreState()


def in_two_fonts(canvas, x, y):
    """One figure: its digits are set in one size, though the boxes of one font are lower."""
    canvas.drawString(x, y, "2")
    canvas.setFont("Courier", 10)
    canvas.drawString(x + 5.56, y, "1")


def beside_a_pale_outline(canvas, x, y):
    """A piece of a drawn watermark reaches over the border of the cell, which is black."""
    canvas.drawString(x, y, "21")
    canvas.setFillGray(0.88)
    path = canvas.beginPath()
    path.moveTo(x + 16, y - 10)
    path.curveTo(x + 25, y, x + 28, y, x + 30, y + 8)
    path.lineTo(x + 22, y + 8)
    path.close()
    canvas.drawPath(path, stroke=0, fill=1)


SEEN = [
    *(in_two_fonts, beside_a_pale_outline),
    *(under_a_watermark, under_a_slanted_watermark_of_its_size, all_in_another_colour),
    *(over_unpainted("21", 0.3), over_unpainted("51", 0), leaning),
    *(unpainted, underlined, bold, apart, wholly_within_a_clip),
    *(white_on_black, marked_with_a_pen, printed_twice, painted_over),
]


@pytest.mark.parametrize("draw", SEEN)
def test_what_only_resembles_a_doubtful_figure_is_read(draw):
    assert cell_of(draw) == "21"


def test_lines_under_words_that_fill_their_cells_are_not_those_of_a_table():
    words = ["firms", "clubs"], ["banks", "farms"], ["towns", "ports"]
    widths = [pdfmetrics.stringWidth(first, "Helvetica", 10) for first, _ in words]
    places = [X + sum(widths[:n]) for n in range(len(words) + 1)]
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.grid(places, [Y, Y + 16, Y + 48])

    def underlined_words(x, y, text):
        canvas.drawString(x, y, text)
        canvas.line(x, y - 1.2, x + pdfmetrics.stringWidth(text, "Helvetica", 10), y - 1.2)

    canvas.setFont("Helvetica", 10)
    for x, lines, figure in zip(places, words, ("3", "14", "8"), strict=False):
        for y, line in zip((Y + 37, Y + 22), lines, strict=True):
            underlined_words(x, y, line)
        underlined_words(x, Y + 5, figure)
    canvas.save()
    (grid,) = [b for b in read(Document(out.getvalue())).blocks if isinstance(b, Grid)]
    heads = ["\n".join(lines) for lines in words]
    assert [cell.text for cell in grid.cells] == [*heads, "3", "14", "8"]


def test_what_lies_under_a_seal_is_no_blank():
    def sealed(canvas, x, y):
        canvas.drawString(x, y, "21")
        canvas.drawImage(ImageReader(Image.new("RGB", (9, 9), "white")), x - 5, y - 6, WIDE, HIGH)

    assert read_value(cell_of(sealed)).state is State.UNREADABLE


def test_a_page_of_which_all_is_small_is_looked_at_through_a_glass():
    def small(canvas, x, y):
        canvas.setFont("Helvetica", 1.5)
        canvas.drawString(x, y, "21")

    def small_beside(canvas, x, y):
        canvas.drawString(x + 20, y, "217")
        small(canvas, x, y)

    assert cell_of(small) == "21"
    assert cell_of(small_beside) == "217"


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
    return cell_of(
        lambda *_: None,
        (b"/Contents", b"/Annots[90 0 R] /Contents"),
        (b"/Type /Catalog", form + b"/Type /Catalog"),
        (b"xref\n", note + b"xref\n"),  # readers mend the table of places
    )


FIELD = b"/Subtype/Widget/FT/Tx/T(a)/V(12)"


def test_what_stands_in_a_field_of_a_form_is_read():
    assert with_note(typed(FIELD, b"12"), b"/AcroForm<</Fields[90 0 R]>> ") == "12"


def test_what_was_typed_onto_the_page_is_read_and_what_is_hidden_is_not():
    assert with_note(typed(b"/Subtype/FreeText/Contents(34)", b"34")) == "34"
    assert with_note(typed(b"/Subtype/FreeText/Contents(34)", b"34", hidden=True)) == ""


def struck_by_a_note(x: int, y: int) -> bytes:
    quad = b"%d %d %d %d %d %d %d %d" % (x, y + 8, x + 12, y + 8, x, y - 2, x + 12, y - 2)
    return b"/Subtype/StrikeOut/Rect[%d %d %d %d]/QuadPoints[%s]" % (x, y - 2, x + 12, y + 8, quad)


def test_a_number_that_a_note_strikes_out_is_flagged():
    note = b"90 0 obj\n<</Type/Annot%s>>\nendobj\nxref\n" % struck_by_a_note(X + WIDE + 5, Y + 6)
    changes = (b"/Contents", b"/Annots[90 0 R] /Contents"), (b"xref\n", note)
    assert read_value(cell_of(over_one_another("21"), *changes)).value is None
    assert cell_of(over_one_another("21")) == "21"


@pytest.mark.parametrize(("off", "expected"), [(b"[95 0 R]", UNREAD), (b"[]", "21")])
def test_what_stands_in_a_layer_is_read_where_the_layer_is_shown(off, expected):
    def draw(canvas, x, y):
        canvas._code.append("/OC /Layer BDC")
        canvas.drawString(x, y, "21")
        canvas._code.append("EMC")

    changes = (
        (b"/Font 1 0 R", b"/Properties <</Layer 95 0 R>> /Font 1 0 R"),
        (b"/Type /Catalog", b"/Type /Catalog /OCProperties <</OCGs [95 0 R] /D <</OFF %s>>>>" % off),
        (b"xref\n", b"95 0 obj\n<</Type/OCG/Name(x)>>\nendobj\nxref\n"),
    )
    assert cell_of(draw, *changes) == expected


def outline_of_a_1(canvas, x, y):
    path = canvas.beginPath()
    path.moveTo(x, y + 5)
    for across, up in ((2, 7), (3, 7), (3, 0), (2, 0), (2, 5.5), (0, 4)):
        path.lineTo(x + across, y + up)
    path.close()
    canvas.drawPath(path, stroke=0, fill=1)


def outlined(canvas, x, y):
    outline_of_a_1(canvas, x, y)
    outline_of_a_1(canvas, x + 6, y)


def outlined_in_part(canvas, x, y):
    outline_of_a_1(canvas, x, y)
    canvas.drawString(x + 6, y, "21")


def a_stroke_for_a_1(canvas, x, y):
    canvas.line(x + 3, y, x + 3, y + 7)


def a_line_for_a_dash(canvas, x, y):
    canvas.line(x, y + 4, x + 6, y + 4)


def a_line_for_a_sign(canvas, x, y):
    canvas.line(x, y + 4, x + 4, y + 4)
    canvas.drawString(x + 6, y, "21")


def pictured(canvas, x, y):
    picture = Image.new("L", (20, 14), 255)
    picture.paste(0, (8, 2, 10, 12))
    canvas.drawInlineImage(picture, x, y, 10, 7)


def painted_through_its_shape(canvas, x, y):
    text = canvas.beginText(x, y)
    text.setTextRenderMode(7)
    text.textOut("21")
    canvas.saveState()
    canvas.drawText(text)
    canvas.rect(x, y - 2, 20, 12, stroke=0, fill=1)
    canvas.restoreState()


def painted_through_an_outline(canvas, x, y):
    canvas.saveState()
    canvas.setFillAlpha(0)
    canvas.drawString(x, y, "1")
    canvas.restoreState()
    path = canvas.beginPath()
    path.moveTo(x, y + 5)
    for across, up in ((2, 7), (3, 7), (3, 0), (2, 0), (2, 5.5), (0, 4)):
        path.lineTo(x + across, y + up)
    path.close()
    canvas.saveState()
    canvas.clipPath(path, stroke=0, fill=0)
    canvas.rect(x - 1, y - 1, 6, 9, stroke=0, fill=1)
    canvas.restoreState()


DRAWN = [outlined, outlined_in_part, a_stroke_for_a_1, a_line_for_a_dash, a_line_for_a_sign, pictured]


@pytest.mark.parametrize("draw", [*DRAWN, painted_through_its_shape, painted_through_an_outline])
def test_a_figure_that_is_drawn_and_no_text_leaves_its_cell_unreadable(draw):
    assert read_value(cell_of(draw)).state is State.UNREADABLE


@pytest.mark.parametrize("draw", [outlined, a_stroke_for_a_1, a_line_for_a_dash, pictured])
def test_a_figure_that_is_drawn_in_a_line_without_rules_is_no_blank(draw):
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.drawString(X, Y, "granted")
    draw(canvas, X + 80, Y)
    canvas.drawString(X + 120, Y, "21")
    canvas.save()
    (line,) = read(Document(out.getvalue())).blocks
    assert line.text.replace(UNREAD * 2, UNREAD).split() == ["granted", UNREAD, "21"]


def test_a_note_with_a_figure_leaves_its_cell_unreadable():
    assert read_value(with_note(typed(b"/Subtype/Stamp/Contents(34)", b"34"))).state is State.UNREADABLE


def painted_over_whole(canvas, x, y):
    canvas.drawString(x, y, "98")
    canvas.setFillGray(1)
    canvas.rect(x - 1, y - 3, 30, 12, stroke=0, fill=1)


def cut_off_whole(canvas, x, y):
    clip(canvas, x + 25, y - 5, 20, 15)
    canvas.drawString(x, y, "98")


def test_a_figure_of_which_a_low_row_cuts_the_second_line_is_no_certain_number():
    def draw(canvas, x, y):
        clip(canvas, x - 2, y - 5, 50, 15)
        canvas.drawString(x, y, "134")
        canvas.drawString(x, y - 14, "4")

    assert read_value(cell_of(draw)).state is State.UNREADABLE


@pytest.mark.parametrize("draw", [painted_over_whole, cut_off_whole])
def test_a_cell_of_which_nobody_sees_the_figure_is_no_blank(draw):
    assert cell_of(draw) == UNREAD


def beside_a_sign(canvas, x, y):
    outline_of_a_1(canvas, x - WIDE + 35, y)


def framed(canvas, x, y):
    canvas.roundRect(x - 3, y - 4, WIDE - 4, HIGH - 4, 3)


def on_pale_paper(canvas, x, y):
    canvas.drawInlineImage(Image.new("L", (20, 14), 230), x - 20, y - 20, 60, 40)


@pytest.mark.parametrize("draw", [beside_a_sign, framed, on_pale_paper])
def test_a_blank_cell_is_blank_whatever_is_drawn_about_it(draw):
    assert cell_of(draw) == ""


def test_a_ring_over_a_table_rules_no_cells():
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.grid([X, X + WIDE, X + 2 * WIDE], [Y, Y + HIGH, Y + 2 * HIGH])
    for n in range(4):
        canvas.drawString(X + 5 + WIDE * (n % 2), Y + 6 + HIGH * (n // 2), str(n))
    canvas.circle(X + WIDE, Y + HIGH, 40)
    canvas.save()
    (grid,) = [b for b in read(Document(out.getvalue())).blocks if isinstance(b, Grid)]
    assert [cell.text for cell in grid.cells] == ["2", "3", "0", "1"]


def in_a_font_of_its_own(canvas, x, y):
    canvas.drawString(100, 500, "most of the page is legible")
    pdfmetrics.registerFont(TTFont("Vera", "Vera.ttf"))
    canvas.setFont("Vera", 10)
    canvas.drawString(x, y, "3281")


def test_digits_pressed_together_on_a_page_of_others_are_what_the_file_says():
    out = io.BytesIO()
    canvas = Canvas(out)
    in_a_font_of_its_own(canvas, 100, 480)
    words = canvas.beginText()
    words.setTextTransform(0.5, 0, 0, 1, 100, 460)
    words.textOut("3281")
    canvas.drawText(words)
    canvas.save()
    assert load_page(open_page(PdfDocument(out.getvalue()), 0)).unmapped == 0


@pytest.mark.parametrize("inside", [0, 0.5])
def test_digits_that_touch_a_rule_are_what_the_file_says(inside):
    out = io.BytesIO()
    canvas = Canvas(out)
    in_a_font_of_its_own(canvas, 100, 480)
    words = canvas.beginText()
    words.setTextTransform(0.9, 0, 0.1, 1, 100, 460)  # it leans, so that its shapes are looked at
    words.textOut("3281")
    canvas.drawText(words)
    for x in (100 + inside, 100 - inside + 0.9 * canvas.stringWidth("3281", "Vera", 10)):
        canvas.line(x, 455, x, 475)
    canvas.save()
    assert load_page(open_page(PdfDocument(out.getvalue()), 0)).unmapped == 0


def said_to_be(one: int, other: int) -> tuple[tuple[bytes, bytes], ...]:
    """Changes by which the file says two digits of the font to be one another."""
    a, b = b"<003%d>" % one, b"<003%d>" % other
    return (a, b"<XXXX>"), (b, a), (b"<XXXX>", b)


@pytest.mark.parametrize(("one", "other"), [(3, 8), (2, 7), (8, 5), (1, 2), (2, 9)])
def test_digits_of_a_font_that_draws_others_than_it_says_are_unreadable(one, other):
    assert cell_of(in_a_font_of_its_own) == "3281"
    assert read_value(cell_of(in_a_font_of_its_own, *said_to_be(one, other))).state is State.UNREADABLE


def test_a_line_under_digits_makes_no_others_of_them():
    font = ImageFont.truetype(VERA, 32)
    for digit in range(10):
        picture = Image.new("L", (30, 40), 255)
        pen = ImageDraw.Draw(picture)
        pen.text((5, 0), str(digit), fill=0, font=font)
        assert not is_painted_as_another(picture, digit)
        pen.rectangle((0, 35, 30, 37), fill=0)
        assert not is_painted_as_another(picture, digit), digit


@pytest.mark.parametrize("share", [0.8, 0.66, 0.5])
def test_digits_that_are_pressed_together_resemble_no_others(share):
    font = ImageFont.truetype(VERA, 44)
    for digit in range(10):
        picture = Image.new("L", (round(font.getlength(str(digit))), 60), 255)
        ImageDraw.Draw(picture).text((0, 0), str(digit), fill=0, font=font)
        pressed = picture.resize((round(share * picture.width), 60))
        assert not is_painted_as_another(pressed, digit), digit
        assert digit == 1 or is_painted_as_another(pressed, (digit + 2) % 10), digit


@pytest.mark.parametrize(("one", "other"), [(3, 8), (8, 3), (8, 2), (1, 2)])
def test_digits_of_a_font_that_says_of_two_glyphs_they_are_one_digit_are_unreadable(one, other):
    said = (b"<003%d>" % one, b"<003%d>" % other)
    assert read_value(cell_of(in_a_font_of_its_own, said)).state is State.UNREADABLE


_DOTS = (  # rows of five dots, from the top
    "01110 10001 10011 10101 11001 10001 01110",
    "00100 01100 00100 00100 00100 00100 01110",
    "01110 10001 00001 00010 00100 01000 11111",
    "11111 00010 00100 00010 00001 10001 01110",
    "00010 00110 01010 10010 11111 00010 00010",
    "11111 10000 11110 00001 00001 10001 01110",
    "00110 01000 10000 11110 10001 10001 01110",
    "11111 00001 00010 00100 01000 01000 01000",
    "01110 10001 10001 01110 10001 10001 01110",
    "01110 10001 10001 01111 00001 00010 01100",
)


def drawn_by_commands(said: str) -> bytes:
    """A PDF of a ruled cell with 3281 in a font whose glyphs are dots; it says they are ``said``."""

    def dots(rows: str) -> bytes:
        squares = (
            f"{100 * x} {600 - 100 * y} 100 100 re"
            for y, row in enumerate(rows.split())
            for x, dot in enumerate(row)
            if dot == "1"
        )
        return f"600 0 0 0 500 700 d1 {' '.join(squares)} f".encode()

    def stream(data: bytes, keys: str = "") -> bytes:
        return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), keys.encode(), data)

    codes = "".join(f"<{ord('0') + n:02X}> <{ord(digit):04X}>\n" for n, digit in enumerate(said))
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Said def "
        f"1 begincodespacerange <00> <FF> endcodespacerange 10 beginbfchar\n{codes}endbfchar endcmap end end"
    )
    procedures = " ".join(f"/d{n} {7 + n} 0 R" for n in range(10))
    names = " ".join(f"/d{n}" for n in range(10))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 4 0 R "
        b"/Resources << /Font << /F 5 0 R >> >> >>",
        stream(b"100 100 80 20 re 180 100 80 20 re S BT /F 9 Tf 110 106 Td (3281) Tj ET"),
        (
            "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 600 700] /FontMatrix [.001 0 0 .001 0 0] "
            f"/CharProcs << {procedures} >> /Encoding << /Type /Encoding /Differences [48 {names}] >> "
            f"/FirstChar 48 /LastChar 57 /Widths [{'600 ' * 10}] /ToUnicode 6 0 R /Resources << >> >>"
        ).encode(),
        stream(cmap.encode()),
        *(stream(dots(rows)) for rows in _DOTS),
    ]
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    end = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(out))
    return out + head + table + end


@pytest.mark.parametrize("said", ["0132456789", "0123456739", "0183456729", "0321456789"])
def test_digits_drawn_by_commands_that_show_others_than_the_file_says_are_unreadable(said):
    def texts(content: bytes) -> str:
        page = load_page(PdfDocument(content)[0])
        return "".join(glyph.text for glyph in page.glyphs)

    assert texts(drawn_by_commands("0123456789")) == "3281"
    assert texts(drawn_by_commands(said)) == UNREAD * 4


def a_note_in_nearly_the_same_size(canvas, x, y):
    canvas.drawString(x, y, "26")
    canvas.setFont("Helvetica", 8.4)
    canvas.drawString(x + 11.2, y + 5.5, "1")


def turned_upwards(canvas, x, y):
    canvas.drawString(100, 500, "most of the page stands upright")
    canvas.saveState()
    canvas.translate(x + 20, y - 3)
    canvas.rotate(90)
    canvas.drawString(0, 0, "51")
    canvas.restoreState()


def test_a_digit_raised_behind_a_figure_is_a_mark():
    assert cell_of(a_note_in_nearly_the_same_size) == "26¹"


@pytest.mark.parametrize(("aside", "text"), [(0, "Heading¹"), (8, "Heading 1")])
def test_a_small_digit_raised_right_behind_a_word_is_a_mark(aside, text):
    def draw(canvas, x, y):
        canvas.drawString(x, y, "Heading")
        canvas.setFont("Helvetica", 6)
        canvas.drawString(x + canvas.stringWidth("Heading", "Helvetica", 10) + aside, y + 2.5, "1")

    assert cell_of(draw) == text


def test_a_unit_that_goes_below_its_figure_makes_no_mark_of_it():
    def draw(canvas, x, y):
        canvas.setFont("Courier", 7)
        canvas.drawString(x, y + 6, "12")
        pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
        canvas.setFont("STSong-Light", 10)
        canvas.drawString(x, y - 4, "件")

    assert cell_of(draw) == "12\n件"


def test_a_figure_that_stands_turned_in_a_cell_is_unreadable():
    assert read_value(cell_of(turned_upwards)).state is State.UNREADABLE
