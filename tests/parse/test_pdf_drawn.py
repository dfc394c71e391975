"""PDFs drawn in the manners of many producers: double lines, watermarks, two pages on a sheet, full cells."""

import sys
from pathlib import Path

import pytest

from pipelines.parse.read.pdf import read_pdf
from pipelines.parse.records import Grid, Paragraph

sys.path.insert(0, str(Path(__file__).parent))
from pdf_making import A4, draw_grid, draw_lines, make_pdf

XS = [60, 200, 236, 272]
YS = [100, 130, 160, 190]
TEXTS = {
    (0, 0): "项目",
    (0, 1): "甲",
    (0, 2): "乙",
    (1, 0): "规章",
    (1, 1): "12",
    (2, 0): "许可",
    (2, 2): "7",
}


def rows(block):
    return [[cell.text for cell in row] for row in block.rows()]


def grids(reading):
    return [block for block in reading.blocks if isinstance(block, Grid)]


@pytest.mark.parametrize("apart", [1.5, 2.4, 3.4])
def test_double_lines_are_one_line_beside_another_table_at_nearly_the_same_place(apart):
    def draw(canvas):
        draw_grid(canvas, {}, [60, 198, 272], [40, 60])
        draw_lines(canvas, ["表"], top=52, x=70)
        for shift in (0, apart):
            draw_grid(canvas, {}, [x + shift for x in XS], [y + shift for y in YS])
        draw_grid(canvas, TEXTS, [x + apart for x in XS], [y + apart for y in YS])

    table = grids(read_pdf(make_pdf([draw])))[-1]
    assert rows(table) == [["项目", "甲", "乙"], ["规章", "12", ""], ["许可", "", "7"]]


def test_a_watermark_across_the_page_stands_in_no_cell():
    def draw(canvas):
        draw_grid(canvas, TEXTS, XS, YS)
        canvas.translate(150, A4[1] - 160)
        canvas.rotate(40)
        canvas.drawString(-40, 0, "内部资料 2023")

    blocks = read_pdf(make_pdf([draw])).blocks
    assert [rows(block) for block in blocks] == [
        [["项目", "甲", "乙"], ["规章", "12", ""], ["许可", "", "7"]]
    ]


def test_a_number_is_whole_where_its_cell_was_full():
    texts = TEXTS | {(1, 1): "125904\n7", (2, 1): "30881\n2", (2, 2): "7\n8"}
    (table,) = grids(read_pdf(make_pdf([lambda canvas: draw_grid(canvas, texts, XS, YS)])))
    found = {(cell.row, cell.column): cell.text for cell in table.cells}
    assert found[1, 1] == "1259047"
    assert found[2, 1] == "30881\n2"  # a line above shows that six digits fit
    assert found[2, 2] == "7\n8"


def test_two_pages_on_a_sheet_are_read_one_after_the_other():
    def page(shift, number):
        def draw(canvas):
            lines = [f"第{number}页的第{n}行文字写满了这一行的大半宽度" for n in range(3)]
            draw_lines(canvas, lines, x=40 + shift, top=60)
            draw_grid(canvas, TEXTS, [x + shift for x in XS], [y + 60 for y in YS])

        return draw

    def sheet(canvas):
        canvas.setPageSize((1190, A4[1]))
        page(0, 1)(canvas)
        page(595, 2)(canvas)

    blocks = read_pdf(make_pdf([sheet])).blocks
    texts = [block.text[:3] if isinstance(block, Paragraph) else "表" for block in blocks]
    assert texts == ["第1页"] * 3 + ["表"] + ["第2页"] * 3 + ["表"]
    assert rows(blocks[3]) == rows(blocks[7])
    assert blocks[7].place.box[0] == pytest.approx(655, abs=1)
