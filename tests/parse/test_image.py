import importlib.util
import io
import sys

import pytest
from reportlab.lib.utils import ImageReader

from pipelines.parse.read import read
from pipelines.parse.records import Document, Grid, Paragraph, Unreadable
from tests.parse.pdf_making import draw_grid, draw_lines, make_pdf

with_ocr = pytest.mark.skipif(
    importlib.util.find_spec("rapidocr") is None, reason="the extra ocr is not installed"
)
FIGURES = [["16", "0", "3", "120"], ["7", "8", "95", "4"], ["23", "8", "98", "124"]]
LABELS = ["一、本年新收", "二、上年结转", "合计"]


def page(canvas):
    draw_lines(canvas, ["三、收到和处理政府信息公开申请情况"], top=90)
    cells = {(r, 0): label for r, label in enumerate(LABELS)}
    cells |= {(r, c + 1): text for r, row in enumerate(FIGURES) for c, text in enumerate(row)}
    draw_grid(canvas, cells, [72, 190, 240, 290, 340, 390], [120, 140, 160, 180])


def picture(tilt: float = 0.0, dpi: int = 200):
    import pypdfium2

    image = pypdfium2.PdfDocument(make_pdf([page]))[0].render(scale=dpi / 72).to_pil().convert("L")
    return image.rotate(tilt, fillcolor=255)


def saved(image, form: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def check(reading) -> None:
    assert reading.kind == "scan"
    (grid,) = [block for block in reading.blocks if isinstance(block, Grid)]
    rows = [[cell.text for cell in row] for row in grid.rows()]
    assert [row[1:] for row in rows] == FIGURES
    assert [row[0] for row in rows] == LABELS
    assert all(cell.confidence is not None and 0 <= cell.confidence <= 1 for cell in grid.cells)
    lines = [block for block in reading.blocks if isinstance(block, Paragraph)]
    assert lines[0].text.startswith("三、收到和处理") and lines[0].confidence


@with_ocr
@pytest.mark.ocr
@pytest.mark.parametrize(("form", "tilt"), [("PNG", 0.0), ("JPEG", 1.4)])
def test_a_picture_of_a_table(form, tilt):
    image = picture(tilt)
    reading = read(Document(saved(image, form)))
    check(reading)
    box = reading.blocks[-1].place.box
    assert 0 <= box[0] < box[2] <= image.width and 0 <= box[1] < box[3] <= image.height


@with_ocr
@pytest.mark.ocr
def test_a_scanned_pdf_and_its_places_in_points():
    content = saved(picture(-0.8).convert("RGB"), "PDF", resolution=200)
    reading = read(Document(content))
    check(reading)
    grid = next(block for block in reading.blocks if isinstance(block, Grid))
    assert grid.place.box == pytest.approx((72, 120, 390, 180), abs=8)


@with_ocr
@pytest.mark.ocr
def test_a_bomb_of_pixels_is_not_decoded():
    from PIL import Image

    content = saved(Image.new("1", (20_000, 20_000)), "PNG")
    with pytest.raises(Unreadable) as caught:
        read(Document(content))
    assert caught.value.code == "bomb"


def test_without_the_extra_a_scan_says_what_to_install(monkeypatch):
    from pipelines.parse.read import ocr

    ocr._engine.cache_clear()
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    png = saved(picture(dpi=40), "PNG")
    pdf = saved(picture(dpi=40).convert("RGB"), "PDF", resolution=40)
    for content in (png, pdf):
        with pytest.raises(Unreadable) as caught:
            read(Document(content))
        assert caught.value.code == "needs_ocr"
        assert ".[ocr]" in caught.value.detail
    ocr._engine.cache_clear()


def test_without_the_extra_a_mixed_pdf_names_its_scanned_pages(monkeypatch):

    from pipelines.parse.read import ocr

    ocr._engine.cache_clear()
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    scan = ImageReader(picture(dpi=40).convert("RGB"))
    reading = read(Document(make_pdf([page, lambda canvas: canvas.drawImage(scan, 0, 0, 595, 842)])))
    assert reading.kind == "pages"
    assert [(issue.code, "2" in issue.detail) for issue in reading.issues] == [("needs_ocr", True)]
    ocr._engine.cache_clear()


def pasted(canvas):
    """A page of text with a picture of its table: the picture's middle, from border to border."""
    cut = picture().crop((180, 320, 1110, 520)).convert("RGB")
    draw_lines(canvas, ["三、收到和处理政府信息公开申请情况"], top=90)
    canvas.drawImage(ImageReader(cut), 64.8, 842 - 187.2, 334.8, 72)
    draw_lines(canvas, ["四、政府信息公开行政复议、行政诉讼情况"], top=230)


@with_ocr
@pytest.mark.ocr
def test_a_table_pasted_as_a_picture_into_a_page_of_text_stands_in_its_place():
    reading = read(Document(make_pdf([pasted])))
    before, grid, after = reading.blocks
    assert before.text.startswith("三、") and after.text.startswith("四、")
    assert before.confidence is None and after.confidence is None
    assert [[cell.text for cell in row][1:] for row in grid.rows()] == FIGURES
    assert all(cell.confidence for cell in grid.cells)
    assert grid.place.box == pytest.approx((72, 120, 390, 180), abs=8)


def test_a_picture_on_a_page_of_text_that_nothing_reads_is_named(monkeypatch):
    def refuse():
        raise Unreadable("needs_ocr", "")

    monkeypatch.setattr("pipelines.parse.read.ocr.begin_page", refuse)

    def written_over(canvas):
        canvas.drawImage(ImageReader(picture().convert("RGB")), 0, 400, 595, 442)
        draw_lines(canvas, ["全年主动公开政府信息一千二百条，办理申请二十件。"] * 4)

    named = [[i.code for i in read(Document(make_pdf([page]))).issues] for page in (pasted, written_over)]
    assert named == [["needs_ocr"], []]


@with_ocr
@pytest.mark.ocr
@pytest.mark.parametrize("beside", ["", "<w:p><w:r><w:t>二、主动公开政府信息情况</w:t></w:r></w:p>"])
def test_pictures_in_a_docx_stand_in_their_place(beside):
    from hashlib import sha256

    from tests.parse.docx_making import make_zip, p

    png = saved(picture(), "PNG")
    drawing = '<w:p><w:r><w:drawing><a:blip xmlns:a="urn:a" r:embed="rId7"/></w:drawing></w:r></w:p>'
    spaces = (
        'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    )
    after = p("五、存在的主要问题及改进情况") if beside else ""
    body = f"<w:body>{beside}{drawing}{after}</w:body>"
    relation = '<Relationship Id="rId7" Target="media/a.png"/>'
    content = make_zip(
        {
            "word/document.xml": f"<w:document {spaces}>{body}</w:document>",
            "word/_rels/document.xml.rels": f"<Relationships>{relation}</Relationships>",
            "word/media/a.png": png,
        }
    )
    reading = read(Document(content))
    (grid,) = [block for block in reading.blocks if isinstance(block, Grid)]
    assert [[cell.text for cell in row][1:] for row in grid.rows()] == FIGURES
    assert {cell.place.part for cell in grid.cells} == {sha256(png).hexdigest()}
    if beside:
        assert reading.blocks[0].text.startswith("二、") and reading.blocks[-1].text.startswith("五、")
        assert reading.blocks[0].confidence is None
