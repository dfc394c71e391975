"""A cell's place leads back to what is printed there, found by other means than ours."""

import io
import re
import zipfile

import docx
import pypdfium2
import pytest
from bs4 import BeautifulSoup
from lxml import etree

from pipelines.parse.records import Document, State
from pipelines.parse.regions import Regions
from pipelines.parse.report import parse
from samples.render import LAYOUTS

pytestmark = pytest.mark.slow

HTML = ("html_plain", "html_word", "html_cut", "html_split")
DOCX = ("docx", "docx_cut", "docx_in_runs", "docx_open_merges")
PDF = ("pdf", "pdf_upright", "pdf_running", "pdf_landscape")
FORMS = ("2019", "2021")


# a row that can't be bound to its columns is kept as a whole
_PRINTED = (State.NUMBER, State.DASH)


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.fixture(scope="module")
def cells_of(sample_report):
    """The official cells of a report in a layout that print something, with the document's bytes."""

    def read(layout, form):
        content = LAYOUTS[layout].render(sample_report(form, LAYOUTS[layout].habits[-1]))
        cells = [
            c
            for c in parse(Document(content), Regions.builtin()).report.cells
            if not c.table_name.startswith("other:") and c.raw and c.state in _PRINTED
        ]
        assert len(cells) > 20
        return content, cells

    return read


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("layout", [name for name in HTML if name in LAYOUTS])
def test_table_row_and_column_of_a_page(cells_of, layout, form):
    content, cells = cells_of(layout, form)
    tables = BeautifulSoup(content, "html.parser").find_all("table")
    grids = [_grid(table) for table in tables]
    for cell in cells:
        assert grids[cell.place.table][cell.place.row, cell.place.column] == squeezed(cell.raw)


def _grid(table) -> dict[tuple[int, int], str]:
    """The texts of a table by row and column, as the HTML standard lays cells out."""
    grid: dict[tuple[int, int], str] = {}
    for y, row in enumerate(row for row in table.find_all("tr") if row.find_parent("table") is table):
        x = 0
        for cell in row.find_all(["td", "th"], recursive=False):
            while (y, x) in grid:
                x += 1
            for dy in range(int(cell.get("rowspan", 1))):
                for dx in range(int(cell.get("colspan", 1))):
                    grid[y + dy, x + dx] = squeezed(cell.get_text())
            x += int(cell.get("colspan", 1))
    return grid


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("layout", DOCX)
def test_table_row_and_column_of_a_docx(cells_of, layout, form):
    content, cells = cells_of(layout, form)
    tables = docx.Document(io.BytesIO(content)).tables
    rows = [[[cell.text for cell in row.cells] for row in table.rows] for table in tables]
    for cell in cells:
        assert squeezed(rows[cell.place.table][cell.place.row][cell.place.column]) == squeezed(cell.raw)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("layout", ["xlsx", "xlsx_sheets"])
def test_sheet_and_cell_of_a_workbook(cells_of, layout, form):
    content, cells = cells_of(layout, form)
    package = zipfile.ZipFile(io.BytesIO(content))
    for cell in cells:
        sheet = etree.fromstring(package.read(f"xl/worksheets/sheet{cell.place.table + 1}.xml"))
        at = f"{chr(ord('A') + cell.place.column)}{cell.place.row + 1}"
        (found,) = sheet.iterfind(f".//{{*}}c[@r='{at}']")
        assert squeezed("".join(found.itertext())) == squeezed(cell.raw)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("layout", PDF)
def test_page_and_box_of_a_pdf(cells_of, layout, form):
    content, cells = cells_of(layout, form)
    pages = [(page.get_height(), page.get_textpage()) for page in pypdfium2.PdfDocument(content)]
    for cell in cells:
        height, text = pages[cell.place.page]
        x0, top, x1, bottom = cell.place.box
        assert squeezed(text.get_text_bounded(x0, height - bottom, x1, height - top)) == squeezed(cell.raw)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("layout", [name for name in LAYOUTS if name.startswith("text_")])
def test_line_and_span_of_a_text(cells_of, layout, form):
    content, cells = cells_of(layout, form)
    text = content.decode()
    lines = re.split(r"\r\n|[\n\r\f]", text)
    for cell in cells:
        start, end = cell.place.span
        assert squeezed(cell.raw) in squeezed(text[start:end])
        assert squeezed(cell.raw) in squeezed(lines[cell.place.line])
