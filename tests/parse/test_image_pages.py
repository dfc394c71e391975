"""What a picture of a page is before its words count: its grain, its seals, how many pages lie on it."""

import pytest

np = pytest.importorskip("numpy")
pytest.importorskip("cv2")

from PIL import Image, ImageDraw, ImageFont  # noqa: E402

from pipelines.parse.read import image, image_cells, upright  # noqa: E402
from pipelines.parse.read.cell_glyphs import share_out  # noqa: E402
from pipelines.parse.read.glyph import Glyph  # noqa: E402
from pipelines.parse.read.grid import Span  # noqa: E402
from pipelines.parse.read.ocr import Word  # noqa: E402
from pipelines.parse.read.ruling import Edge, Lattice  # noqa: E402
from pipelines.parse.read.upright import dark_of  # noqa: E402

LANDSCAPE = np.full((700, 1000, 3), 255, np.uint8)


def glyph(text, x0, x1):
    return Glyph(text, x0, 10.0, x1, 20.0, 15.0, 10.0, 0, 0.99)


def texts(picture, glyphs, edges=()):
    return [[g.text for g in side] for side, _ in image._pages_of(picture, glyphs, edges)]


def test_two_pages_beside_each_other_are_two_and_keep_their_own_lines():
    glyphs = [glyph("left", 50.0, 440.0), glyph("right", 560.0, 950.0)]
    edges = [Edge(50.0, 90.0, 440.0, 90.0), Edge(560.0, 90.0, 950.0, 90.0)]
    assert image._pages_of(LANDSCAPE, glyphs, edges) == [
        ([glyphs[0]], [edges[0]]),
        ([glyphs[1]], [edges[1]]),
    ]


def test_a_landscape_page_whose_table_or_line_crosses_its_middle_is_one():
    glyphs = [glyph("left", 50.0, 440.0), glyph("right", 560.0, 950.0)]
    assert texts(LANDSCAPE, glyphs, [Edge(50.0, 90.0, 950.0, 90.0)]) == [["left", "right"]]
    assert texts(LANDSCAPE, [*glyphs, glyph("title", 300.0, 700.0)]) == [["left", "right", "title"]]
    assert texts(LANDSCAPE.swapaxes(0, 1), glyphs) == [["left", "right"]]


def grainy(sigma):
    page = np.full((300, 300, 3), 230, np.uint8)
    page[100:103, 50:250] = 20
    grain = np.random.default_rng(1).normal(0, sigma, (300, 300))[:, :, None]
    return (page + grain).clip(0, 255).astype(np.uint8)


def test_grain_is_no_ink_and_a_clean_page_stays_as_it_is():
    clean, rough = grainy(0.0), grainy(12.0)
    assert image._smoothed(clean) is clean
    smooth = dark_of(image._smoothed(rough))
    specks = [int((dark[120:] > 0).sum()) for dark in (dark_of(rough), smooth)]
    assert specks[0] > 1000 and specks[1] < specks[0] / 100
    assert (smooth[101, 60:240] > 0).all()


@pytest.mark.parametrize("paper", [(255, 255, 255), (190, 225, 250)])
def test_a_seal_has_more_colour_than_the_light_on_the_paper(paper):
    page = np.full((80, 80, 3), paper, np.uint8)
    assert not image_cells.coloured(page, image_cells.tint(page)).any()
    page[20:40, 20:40] = (40, 40, 220)
    assert int(image_cells.coloured(page, image_cells.tint(page)).sum()) == 400


@pytest.mark.parametrize(
    ("ink", "extent"), [((30, 60), (30, 60)), ((20, 60), (20, 60)), ((30, 80), (30, 80))]
)
def test_a_word_alone_in_its_cell_is_as_wide_as_its_ink_up_to_a_wall_that_it_touches(ink, extent):
    page = np.full((60, 100, 3), 255, np.uint8)
    page[25:35, slice(*ink)] = 0
    filler = image_cells.Filler(page, [], 1.0)
    word = filler._as_wide_as_its_ink(glyph("12", 20.0, 80.0), (20.0, 10.0, 80.0, 50.0))
    assert (word.x0, word.x1) == extent


def short_table(tilt):
    """Few ruling lines, and between them more lines of characters, along which lines lie askew."""
    page = Image.new("L", (1760, 1440), 255)
    pen = ImageDraw.Draw(page)
    for top in (32, 92, 152, 212):
        pen.line((32, top, 1478, top), 0)
    for left in range(40, 640, 24):
        for top in (38, 98):
            pen.rectangle((left, top + left // 60, left + 14, top + left // 60 + 22), 0)
    return np.asarray(page.rotate(tilt, fillcolor=255).convert("RGB"))


@pytest.mark.parametrize("tilt", [0.0, 0.8, -0.5])
def test_a_table_is_levelled_by_its_long_lines(tilt):
    assert upright._tilt(short_table(tilt)) == pytest.approx(-tilt, abs=0.1)


def scanned_row(*printed):
    """A row of ruled cells with numbers of one size, and the cells."""
    width, height = 120, 40
    page = Image.new("L", (width * len(printed), height), 255)
    font = ImageFont.load_default(20)
    for n, text in enumerate(printed):
        ImageDraw.Draw(page).text((width * n + 30, 8), text, font=font, fill=0)
    edges = tuple(float(width * n) for n in range(len(printed) + 1))
    cells = tuple(Span(0, n, 1, 1) for n in range(len(printed)))
    return np.asarray(page.convert("RGB")), Lattice(edges, (0.0, float(height)), cells)


@pytest.mark.parametrize(("seen", "doubted"), [("7750", []), ("750", ["750"])])
def test_a_number_is_as_wide_as_its_digits(seen, doubted):
    picture, table = scanned_row("0", "24", "7750", "308", "16", "5")
    texts = ("0", "24", seen, "308", "16", "5")
    words = [Word(text, (120.0 * n + 20, 5.0, 120.0 * n + 100, 35.0), 0.97) for n, text in enumerate(texts)]
    glyphs = image_cells.Filler(picture, [table], 1.0).glyphs(words)
    assert [g.text for g in glyphs if g.confidence < 0.9] == doubted
    assert [g.text for g in glyphs] == list(texts)


@pytest.mark.parametrize(("printed", "read"), [("0", "0"), ("O", "O")])
def test_a_zero_alone_in_its_cell_is_no_letter(printed, read):
    picture, table = scanned_row("12", printed)
    words = [
        Word(text, (120.0 * n + 20, 5.0, 120.0 * n + 100, 35.0), 0.8) for n, text in enumerate(["12", "O"])
    ]
    assert [g.text for g in image_cells.Filler(picture, [table], 1.0).glyphs(words)] == ["12", read]


@pytest.mark.parametrize(("stained", "read"), [(True, ["7", "8"]), (False, ["\ufffd", "\ufffd"])])
def test_what_is_read_under_a_seal_puts_no_figures_beyond_it_in_doubt(stained, read):
    """Words under it, read cell by cell, touch those of the next: elsewhere figures that ran over would."""
    spans = tuple(Span(row, column, 1, 1) for row in range(4) for column in range(2))
    lattice = Lattice((0.0, 100.0, 200.0), (0.0, 40.0, 80.0, 120.0, 160.0), spans)

    def word(text, row, x0, x1, under=False):
        top = 40.0 * row
        return Glyph(text, x0, top, x1, top + 38, top + 19, 38, 0, 0.9, stained=under)

    sealed = [word("12", row, x, x + 98, stained) for row in range(3) for x in (1.0, 101.0)]
    _, (held,) = share_out([*sealed, word("7", 3, 70, 97), word("8", 3, 103, 130)], [lattice])
    assert [held[n][-1].text for n in (6, 7)] == read
