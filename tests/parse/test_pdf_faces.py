"""Fonts that a PDF names but does not bring along."""

import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from pipelines.parse.read import pdfium_faces, read
from pipelines.parse.read.pdf import render_upright
from pipelines.parse.records import UNREAD, Document, Grid
from tests.parse.pdf_making import A4, draw_grid, draw_lines, make_pdf


class Counting(pdfium_faces._SystemFonts):
    """Counts the fonts of the system that pdfium was given."""

    given = 0

    def MapFont(self, _, *asked):  # noqa: N802 - its name
        return self.counted(super().MapFont(_, *asked))

    def GetFont(self, _, face):  # noqa: N802
        return self.counted(super().GetFont(_, face))

    def counted(self, found):
        self.given += found not in (None, pdfium_faces._STAND_IN)
        return found


@pytest.fixture
def fonts(monkeypatch: pytest.MonkeyPatch):
    known = pdfium_faces._system_fonts()
    if known is None:
        pytest.skip("pdfium looks for fonts in another way")
    counting = Counting()
    counting.setup()
    monkeypatch.setattr(pdfium_faces, "_system_fonts", lambda: counting)
    yield counting
    known.setup()


def test_a_file_is_read_without_fonts_of_the_system_and_shown_with_them(fonts: Counting):
    text = "公开政府信息12条"
    content = make_pdf([lambda canvas: draw_lines(canvas, [text])])
    blocks = read(Document(content, media_type="application/pdf")).blocks
    assert "".join(block.text for block in blocks) == text
    assert fonts.given == 0
    render_upright(content, 0, 2.0, 2000)
    if not fonts.given:
        pytest.skip("no font of this system stands in for a Chinese one")


def test_digits_that_stand_alone_need_no_font_of_the_system(fonts: Counting):
    lines = ["公开", "0", "件", "7", "12", "〇"]
    content = make_pdf([lambda canvas: draw_lines(canvas, lines)])
    blocks = read(Document(content, media_type="application/pdf")).blocks
    assert "".join(block.text for block in blocks) == "".join(lines)
    assert fonts.given == 0


@pytest.mark.parametrize("lost", [False, True])
def test_a_digit_that_stands_alone_in_a_font_that_is_gone_is_no_blank(lost):
    def draw(canvas):
        draw_grid(canvas, {(0, 0): "规章", (0, 1): "许可", (1, 1): "12"}, [60, 160, 260], [100, 130, 160])
        pdfmetrics.registerFont(TTFont("Part", "VeraBd.ttf", asciiReadable=0))
        canvas.setFont("Part", 10)
        canvas.drawString(100, A4[1] - 150, "0")

    content = make_pdf([draw])
    if lost:
        content = content.replace(b"/FontFile2 ", b"/NoMoreFile ")
    (grid,) = read(Document(content, media_type="application/pdf")).blocks
    assert isinstance(grid, Grid)
    assert [cell.text for cell in grid.cells] == ["规章", "许可", UNREAD if lost else "0", "12"]
