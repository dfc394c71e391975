"""PDFs drawn in the manners of many producers: double lines, watermarks, two pages on a sheet, full cells."""

from dataclasses import replace
from math import copysign, cos, pi, sin

import pypdfium2 as pdfium
import pytest
from PIL import Image

from pipelines.parse.prose import join_lines, measure
from pipelines.parse.read import pdfium_page
from pipelines.parse.read.pdf import is_picture, read_pdf
from pipelines.parse.read.pdfium_calls import characters
from pipelines.parse.read.pdfium_page import load_page, open_page
from pipelines.parse.records import UNREAD, Document, Grid, Paragraph, State
from pipelines.parse.regions import Regions
from pipelines.parse.report import parse
from tests.parse.looking import grids, texts
from tests.parse.pdf_making import A4, FONT, draw_grid, draw_lines, make_pdf

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


@pytest.mark.parametrize("apart", [1.5, 2.4, 3.4])
def test_double_lines_are_one_line_beside_another_table_at_nearly_the_same_place(apart):
    def draw(canvas):
        draw_grid(canvas, {}, [60, 198, 272], [40, 60])
        draw_lines(canvas, ["表"], top=52, x=70)
        for shift in (0, apart):
            draw_grid(canvas, {}, [x + shift for x in XS], [y + shift for y in YS])
        draw_grid(canvas, TEXTS, [x + apart for x in XS], [y + apart for y in YS])

    table = grids(read_pdf(make_pdf([draw])))[-1]
    assert texts(table) == [["项目", "甲", "乙"], ["规章", "12", ""], ["许可", "", "7"]]


def test_a_watermark_across_the_page_stands_in_no_cell():
    def draw(canvas):
        draw_grid(canvas, TEXTS, XS, YS)
        canvas.translate(150, A4[1] - 160)
        canvas.rotate(40)
        canvas.drawString(-40, 0, "内部资料 2023")

    blocks = read_pdf(make_pdf([draw])).blocks
    assert [texts(block) for block in blocks] == [
        [["项目", "甲", "乙"], ["规章", "12", ""], ["许可", "", "7"]]
    ]


def test_a_number_is_whole_where_its_cell_was_full():
    printed = TEXTS | {(1, 1): "125904\n7", (2, 1): "30881\n2", (2, 2): "7\n8"}
    (table,) = grids(read_pdf(make_pdf([lambda canvas: draw_grid(canvas, printed, XS, YS)])))
    found = {(cell.row, cell.column): cell.text for cell in table.cells}
    assert found[1, 1] == "1259047"
    assert found[2, 1] == "30881\n2"  # a line above shows that six digits fit
    assert found[2, 2] == "7\n8"


@pytest.mark.parametrize(("mark", "whole"), [("、", "1259047"), ("法", "125904\n7")])
def test_a_cell_is_full_though_a_mark_hangs_over_the_end_of_a_line_elsewhere(mark, whole):
    def draw(canvas):
        draw_grid(canvas, {(0, 0): "项目", (2, 0): "许可"}, [60, 200, 238, 276], YS)
        canvas.drawString(204, A4[1] - YS[1] - 13, "125904")
        canvas.drawString(204, A4[1] - YS[1] - 25, "7")
        canvas.drawRightString(200, A4[1] - YS[1] - 13, f"其他{mark}")

    (table,) = grids(read_pdf(make_pdf([draw])))
    assert texts(table)[1][1] == whole


def test_a_unit_below_a_number_in_a_full_cell_is_none_of_its_pieces():
    printed = TEXTS | {(1, 1): "125904\n7\n件"}
    (table,) = grids(
        read_pdf(make_pdf([lambda canvas: draw_grid(canvas, printed, XS, [100, 130, 180, 210])]))
    )
    assert texts(table)[1][1] == "1259047件"


@pytest.mark.parametrize("found", ["30881\n2件", "30\n8812件"])
def test_a_unit_behind_the_last_digit_of_a_number_that_filled_its_cell_is_its_own(found):
    printed = TEXTS | {(1, 1): "125904\n7件"}
    alone, beside = (
        grids(read_pdf(make_pdf([lambda canvas, told=told: draw_grid(canvas, told, XS, YS)])))[0]
        for told in (printed, printed | {(2, 1): found})
    )
    assert texts(alone)[1][1] == "1259047件"
    assert texts(beside)[1][1:] + texts(beside)[2][1:2] == ["1259047件", "", found]


def test_a_cell_is_not_full_where_one_about_as_narrow_prints_a_longer_number():
    printed = TEXTS | {(1, 1): "17\n23", (1, 2): "127"}
    (table,) = grids(
        read_pdf(make_pdf([lambda canvas: draw_grid(canvas, printed, [60, 200, 220.4, 241.6], YS)]))
    )
    assert texts(table)[1] == ["规章", "17\n23", "127"]


def test_a_digit_astride_the_border_of_a_blank_cell_is_of_neither_for_certain():
    def draw(canvas):
        draw_grid(canvas, {(0, 0): "项目", (2, 0): "许可"}, XS, YS)
        canvas.drawString(XS[1] + 3, A4[1] - YS[1] - 13, "12")
        for row, beyond in enumerate((2, 3, 1)):
            canvas.drawString(XS[2] - 5 + beyond, A4[1] - YS[row] - 13, "7")

    (table,) = grids(read_pdf(make_pdf([draw])))
    assert texts(table) == [["项目", UNREAD, UNREAD], ["", "12", "7"], ["许可", "7", ""]]


def test_where_figures_run_out_of_their_cells_one_that_touches_a_border_may_be_of_the_cell_beyond():
    def draw(canvas):
        draw_grid(canvas, {(0, 0): "项目", (1, 0): "规章", (2, 0): "许可", (3, 0): "收费"}, XS, [*YS, 220])
        places = {-2: "7", 0.4: "-"}
        for row, beyond in enumerate((-2, -2, -2, 0.4)):
            canvas.drawString(XS[2] + beyond, A4[1] - (*YS, 220)[row] - 13, places[beyond])
        canvas.drawString(XS[2] + 15, A4[1] - YS[3] - 13, "12")

    (table,) = grids(read_pdf(make_pdf([draw])))
    assert texts(table)[3] == ["收费", UNREAD, f"{UNREAD} 12"]


def test_where_figures_run_over_borders_a_short_one_beside_a_border_may_have_run_over_as_a_whole():
    def draw(canvas):
        draw_grid(canvas, {(0, 0): "项目", (1, 0): "规章", (2, 0): "许可", (3, 0): "收费"}, XS, [*YS, 220])
        for row, (x, figure) in enumerate([(-15, "1234"), (-5, "56"), (-10, "789"), (1, "7")]):
            canvas.drawString(XS[2] + x, A4[1] - (*YS, 220)[row] - 13, figure)

    (table,) = grids(read_pdf(make_pdf([draw])))
    assert texts(table)[3] == ["收费", UNREAD, UNREAD]


@pytest.mark.parametrize(("gap", "found"), [(0.6, ["1403", "1505"]), (0, [f"1403{UNREAD}", f"{UNREAD}1505"])])
def test_figures_that_fill_their_cells_are_two_where_the_border_parts_them(gap, found):
    def draw(canvas):
        draw_grid(canvas, {(0, 0): "项目", (2, 0): "许可"}, XS, YS)
        canvas.drawRightString(XS[2] - gap / 2, A4[1] - YS[2] - 13, "1403")
        canvas.drawString(XS[2] + gap / 2, A4[1] - YS[2] - 13, "1505")

    (table,) = grids(read_pdf(make_pdf([draw])))
    assert texts(table)[2] == ["许可", *found]


def test_lines_under_figures_that_begin_beside_a_border_rule_no_rows():
    def draw(canvas):
        draw_grid(canvas, TEXTS, XS, YS)
        for (row, column), text in TEXTS.items():
            if text.isdigit():
                x, y = XS[column] + 3, A4[1] - YS[row] - 13 - 2
                canvas.line(x, y, x + canvas.stringWidth(text, FONT, 10), y)

    (table,) = grids(read_pdf(make_pdf([draw])))
    assert texts(table) == [["项目", "甲", "乙"], ["规章", "12", ""], ["许可", "", "7"]]


def test_a_line_between_figures_that_fill_their_cells_is_one_of_the_table_where_others_underline_nearer():
    figures = ["1234", "5", "67", "89", "2468", "13"]
    ys = [100 + 15 * n for n in range(len(figures) + 1)]

    def draw(canvas):
        right = 200 + canvas.stringWidth("1234", FONT, 10)
        draw_grid(canvas, {}, [60, 200, right], ys)
        for bottom, figure in zip(ys[1:], figures, strict=True):
            y, width = A4[1] - bottom, canvas.stringWidth(figure, FONT, 10)
            canvas.drawString(62, y + 3, "规章")
            canvas.drawString(200, y + 3, figure)
            canvas.line(200, y + 2, 200 + width, y + 2)
            canvas.line(200, y, right, y)

    (table,) = grids(read_pdf(make_pdf([draw])))
    assert texts(table) == [["规章", figure] for figure in figures]


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
    printed = [block.text[:3] if isinstance(block, Paragraph) else "表" for block in blocks]
    assert printed == ["第1页"] * 3 + ["表"] + ["第2页"] * 3 + ["表"]
    assert texts(blocks[3]) == texts(blocks[7])
    assert blocks[7].place.box[0] == pytest.approx(655, abs=1)


def test_a_table_without_lines_across_a_sheet_is_no_two_pages_though_its_middle_is_empty():
    def sheet(canvas):
        canvas.setPageSize((1190, A4[1]))
        for row, label in enumerate(("项目", "规章", "行政许可", "行政处罚", "行政强制")):
            printed = (
                ["去年", "增减", "今年", "共计"] if row == 0 else [str(row * n) for n in (7, 12, 5, 220)]
            )
            for x, text in zip((100, 300, 480, 690, 880), [label, *printed], strict=True):
                canvas.drawString(x, A4[1] - 100 - 30 * row, text)

    printed = [block.text for block in read_pdf(make_pdf([sheet])).blocks]
    assert printed[:2] == ["项目\t去年\t增减\t今年\t共计", "规章\t7\t12\t5\t220"]
    assert len(printed) == 5


KINDS = ["自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"]
TITLE = "三河县民政局2023年政府信息公开工作年度报告"
SIZE, LEFT, RIGHT = 14, 80, 500


def report(*pages):
    return parse(Document(make_pdf(pages), name="report.pdf"), Regions.builtin()).report


def draw_paragraph(canvas, text, top, indent=2):
    """Lines of characters of one size, the first indented; returns where the next paragraph begins."""
    x = LEFT + indent * SIZE
    for char in text:
        if x + SIZE > RIGHT + 1:
            x, top = LEFT, top + 24
        canvas.drawString(x, A4[1] - top, char)
        x += SIZE
    return top + 24


@pytest.mark.parametrize("indent", [2, 0])
def test_paragraphs_of_a_page_are_whole_though_a_sentence_ends_with_its_line(indent):
    full = "本年度各项工作按照年初计划逐项推进并按期完成了任务" + "。"
    first = "一" * 2 + full + "公开内容与群众的需要还有差距，下一步将改进。"
    printed = ["一、总体情况", first, "第二段。", "第三段也很短。", "五、存在的主要问题及改进情况", "无。"]
    headings = printed[0], printed[4]

    def draw(canvas):
        canvas.setFont(FONT, 20)
        canvas.drawCentredString(297, A4[1] - 60, TITLE[:14])
        canvas.drawCentredString(297, A4[1] - 88, TITLE[14:])
        canvas.setFont(FONT, SIZE)
        top = 130
        for text in printed:
            top = draw_paragraph(canvas, text, top, indent if text in headings else 2)

    before, general, problems = (section.text for section in report(draw).sections)
    assert before == TITLE
    assert general.split("\n") == printed[1:4]
    assert problems == printed[5]


def test_paragraphs_are_whole_beside_a_table_without_rules_that_is_wider_than_they():
    text = "本年度各项工作按照年初计划逐项推进并按期完成了任务，公开内容与群众的需要还有差距，下一步将改进。"

    def draw(canvas):
        draw_lines(canvas, [TITLE], top=60)
        canvas.setFont(FONT, SIZE)
        draw_paragraph(canvas, "一、总体情况", 90)
        for n in range(4):
            draw_paragraph(canvas, text, 120 + 60 * n)
        draw_paragraph(canvas, "三、收到和处理政府信息公开申请情况", 370)
        canvas.setFont(FONT, 8)
        for n in range(12):
            for x, cell in zip(
                (40, 330, 400, 470, 540), ("（一）予以公开", "12", "0", "3", "15"), strict=True
            ):
                canvas.drawString(x, A4[1] - 400 - 14 * n, cell)
            canvas.drawString(40, A4[1] - 407 - 14 * n, "情况")

    assert report(draw).sections[1].text.split("\n") == [text] * 4


def test_two_columns_whose_lines_stand_at_other_heights_are_read_one_after_the_other():
    left, right = ("甲乙丙丁戊己庚辛壬癸子丑寅，" * 9, "一二三四五六七八九十百千万，" * 9)

    def draw(canvas):
        canvas.setFont(FONT, SIZE)
        for text, x0, top in ((left, 90, 100), (right, 304, 105)):
            for n in range(0, len(text), SIZE):
                canvas.drawString(x0, A4[1] - top - 18 * n / SIZE, text[n : n + SIZE])

    blocks = read_pdf(make_pdf([draw])).blocks
    assert [block.text for block in blocks] == [left[:SIZE]] * 9 + [right[:SIZE]] * 9
    assert join_lines(blocks, measure(blocks)) == [left + right]


def test_air_between_chinese_and_latin_characters_is_no_blank():
    def draw(canvas):
        canvas.drawString(80, 700, "收到申请")
        canvas.drawString(123, 700, "12")
        canvas.drawString(136, 700, "件")

    (line,) = read_pdf(make_pdf([draw])).blocks
    assert line.text == "收到申请12件"


def test_a_cell_widened_to_fill_a_row_of_six_values_says_nothing_of_two_columns():
    xs = [40, *range(230, 539, 44)]
    rows_ = [
        ["申请人情况", *KINDS],
        ["一、本年新收政府信息公开申请数量", *"0000000"],
        ["（一）予以公开", *"000000"],
    ]
    printed = {(r, c): text for r, row in enumerate(rows_) for c, text in enumerate(row)}

    def draw(canvas):
        draw_lines(canvas, [TITLE, "三、收到和处理政府信息公开申请情况"], top=60)
        draw_grid(canvas, printed, xs, [150, 190, 230, 270], missing=[("v", 7, 2)])

    states = {(c.row, c.column_name): c.state for c in report(draw).cells if c.table_name == "applications"}
    assert {state for (row, _), state in states.items() if row == "granted"} == {State.UNREADABLE}
    assert {state for (row, _), state in states.items() if row == "new_received"} == {State.NUMBER}


def test_a_figure_of_a_table_without_lines_has_a_place_of_its_own():
    def draw(canvas):
        draw_lines(canvas, [TITLE, "三、收到和处理政府信息公开申请情况"], top=60)
        canvas.setFont(FONT, 7)
        for x, text in zip(range(230, 500, 44), KINDS, strict=True):
            canvas.drawString(x, 700, text)
        for y, label, values in (
            (685, "一、本年新收政府信息公开申请数量", "0000000"),
            (670, "（一）予以公开", "1234516"),
        ):
            canvas.drawString(40, y, label)
            for x, text in zip(range(230, 500, 44), values, strict=True):
                canvas.drawString(x, y, text)

    found = {c.column_name: c for c in report(draw).cells if c.row == "granted"}
    assert found["business"].value == 2
    x0, top, x1, bottom = found["business"].place.box
    assert (x0, x1) == pytest.approx((274, 277.5), abs=1)
    assert top < A4[1] - 670 < bottom


COLUMNS = [330 + 36 * n for n in range(7)]
ROW = ["2021", "2060", "1955", "2341", "2229", "1761", "12367"]


def draw_row(canvas, label, values, top):
    canvas.drawString(72, A4[1] - top, label)
    for x, value in zip(COLUMNS, values, strict=True):
        canvas.drawString(x, A4[1] - top, value)


def new_received(printed, label=("一、本年新收政府信息公开申请数量",), second=72):
    """The cells of a row of the form; ``printed``: values as printed, \\n begins their second line."""
    lines = [value.partition("\n")[::2] for value in printed]

    def draw(canvas):
        canvas.setFont(FONT, 10)
        draw_lines(canvas, [TITLE, "三、收到和处理政府信息公开申请情况"], top=60)
        draw_row(canvas, "申请人情况", [kind[:3] for kind in KINDS], 120)
        draw_row(canvas, label[0], [first for first, _ in lines], 150)
        draw_row(canvas, label[-1] if len(label) > 1 else "", [rest for _, rest in lines], 163)
        draw_row(canvas, "二、上年结转政府信息公开申请数量", ["3", "8", "6", "0", "6", "0", "23"], 180)
        draw_row(canvas, "（七）总计", ["0"] * 7, 200)

    cells = report(draw).cells
    return [cell for row in ROWS_READ for cell in cells if cell.row == row]


ROWS_READ = ["new_received", "carried_over"]
NUMBERS = [State.NUMBER] * 7


@pytest.mark.parametrize(
    "label", [("一、本年新收政府信息公开申请数量",), ("一、本年新收政府信息公开", "申请数量")]
)
def test_a_number_wrapped_in_a_column_without_rules_is_no_certain_number(label):
    wrong = [*ROW[:5], "1762", "1236\n7"]  # the row does not add up
    found = new_received(wrong, label)
    assert [cell.raw for cell in found[:7]] == wrong
    assert [cell.state for cell in found[:7]] == [State.NUMBER] * 6 + [State.UNREADABLE]
    several = ["202\n1", *ROW[1:5], "1762", "1236\n7"]
    states = [cell.state for cell in new_received(several, label)]
    assert [states.index(State.UNREADABLE), states.count(State.UNREADABLE)] == [0, 2]


def test_a_figure_is_no_certain_number_where_what_stands_below_it_is_too_long_for_its_rest():
    found = new_received([*ROW[:2], "1\n955", *ROW[3:]], ("一、本年新收政府信息公开", "申请数量"))
    assert [cell.state for cell in found[:7]] == [*NUMBERS[:2], State.UNREADABLE, *NUMBERS[3:]]


def test_a_wrapped_number_is_whole_where_the_row_adds_up():
    assert [cell.value for cell in new_received([*ROW[:6], "1236\n7"])[:7]] == [int(text) for text in ROW]


def test_numbers_under_one_another_with_labels_of_their_own_are_rows():
    def draw(canvas):
        draw_lines(canvas, [TITLE, "二、主动公开政府信息情况", "第二十条第（五）项"], top=60)
        for n, row in enumerate([("信息内容", "本年处理决定数量"), ("行政许可", "12")]):
            for x, text in zip((72, 330), row, strict=True):
                canvas.drawString(x, A4[1] - 120 - 13 * n, text)
        draw_lines(canvas, ["第二十条第（六）项"], top=146)
        for n, row in enumerate([("信息内容", "本年处理决定数量"), ("行政处罚", "31"), ("行政强制", "7")]):
            for x, text in zip((72, 330), row, strict=True):
                canvas.drawString(x, A4[1] - 159 - 13 * n, text)

    found = {cell.row: cell.value for cell in report(draw).cells if cell.column_name == "decisions"}
    assert found == {
        "administrative_licensing": 12,
        "administrative_penalty": 31,
        "administrative_coercion": 7,
    }


def test_words_that_the_file_has_in_place_of_those_drawn_are_not_read():
    def draw(canvas):
        draw_lines(canvas, ["全年收到申请"], top=100)
        canvas._code.append("/Span <</ActualText (81)>> BDC")
        canvas.drawString(160, A4[1] - 100, "27")
        canvas._code.append("EMC")
        draw_lines(canvas, ["件，办结"], top=100, x=180)

    (line,) = read_pdf(make_pdf([draw])).blocks
    assert line.text.split() == ["全年收到申请", "27", "件，办结"]


@pytest.mark.parametrize("how", ["white", "clear", "below"])
def test_text_of_a_picture_that_nobody_sees_is_what_some_program_read_in_it(how):
    picture = Image.new("L", (60, 85), 255)
    for y in range(5, 85, 8):
        picture.paste(0, (8, y, 52, y + 2))

    def draw(canvas):
        canvas.setFillGray(1 if how == "white" else 0)
        canvas.setFillAlpha(0 if how == "clear" else 1)
        lines = [f"（一）予以公开 {n} 0 0 0 {n}" for n in range(40)]
        if how == "below":
            draw_lines(canvas, lines, leading=15)
        canvas.drawInlineImage(picture, 0, 0, *A4)
        if how != "below":
            draw_lines(canvas, lines, leading=15)

    document = pdfium.PdfDocument(make_pdf([draw]))
    assert is_picture(load_page(open_page(document, 0)))


def test_dots_that_stand_in_lines_rule_a_table():
    def page(canvas):
        for n in range(120):
            for y in (100, 130, 160):
                canvas.rect(100 + 2 * n, A4[1] - y, 0.8, 0.8, stroke=0, fill=1)
        for n in range(30):
            for x in (100, 220, 338):
                canvas.rect(x, A4[1] - 100 - 2 * n, 0.8, 0.8, stroke=0, fill=1)
        for n, text in enumerate(("12", "30", "4", "56")):
            canvas.drawString(110 + 120 * (n % 2), A4[1] - 120 - 30 * (n // 2), text)

    (grid,) = [block for block in read_pdf(make_pdf([page])).blocks if isinstance(block, Grid)]
    assert [cell.text for cell in grid.cells] == ["12", "30", "4", "56"]


def test_the_curves_of_a_painted_letter_are_no_borders_around_the_text_below():
    def draw(canvas):
        canvas.setFillGray(0.85)
        for middle in (138, 162):
            path = canvas.beginPath()
            path.moveTo(middle + 12, 700)
            for n in range(1, 180):
                x, y = cos(n * pi / 90), sin(n * pi / 90)
                path.lineTo(middle + copysign(12 * abs(x) ** 0.3, x), 700 + copysign(17 * abs(y) ** 0.3, y))
            path.close()
            canvas.drawPath(path, stroke=0, fill=1)
        canvas.setFillGray(0)
        canvas.drawString(100, 697, "统计期限至2021年12月31日止。")

    (line,) = read_pdf(make_pdf([draw])).blocks
    assert isinstance(line, Paragraph) and line.text == "统计期限至2021年12月31日止。"


def test_of_two_figures_that_share_a_digit_neither_is_certain():
    def draw(canvas):
        draw_grid(canvas, {(0, 0): "项目", (1, 0): "规章", (2, 0): "许可"}, XS, YS)
        canvas.drawString(XS[2] - 7.6, A4[1] - YS[1] - 13, "19")
        canvas.drawString(XS[2] - 1.5, A4[1] - YS[1] - 13, "927")

    (table,) = grids(read_pdf(make_pdf([draw])))
    assert all(UNREAD in text for text in texts(table)[1][1:])


def test_characters_of_a_page_printed_across_are_as_high_as_their_font():
    def draw(canvas):
        canvas.translate(300, 100)
        canvas.rotate(90)
        canvas.setFont("Helvetica", 10)
        canvas.drawString(0, 0, "1ilm")

    page = load_page(open_page(pdfium.PdfDocument(make_pdf([draw])), 0))
    assert [glyph.text for glyph in page.glyphs] == [*"1ilm"]
    assert max(glyph.size for glyph in page.glyphs) < 1.1 * min(glyph.size for glyph in page.glyphs)


@pytest.mark.parametrize(
    ("figures", "typed", "expected"),
    [
        pytest.param(("12805", "371", "4.5", "0"), (), ["12805", "371", "4.5", "0"], id="all"),
        pytest.param(("12805", "371", "46"), ("46",), ["1 2 8 0 5", "3 7 1", "46"], id="not all"),
        pytest.param(("12805", "371", "4 6"), ("4 6",), ["1 2 8 0 5", "3 7 1", "4 6"], id="a typed blank"),
        pytest.param(("37", "46", "58", "20", "31", "64"), (), ["3 7", "4 6", "5 8"], id="may be two each"),
    ],
)
def test_figures_of_a_page_that_are_all_letter_spaced_are_whole(figures, typed, expected):
    def draw(canvas):
        ys = [100 + 20 * n for n in range(len(figures) + 1)]
        draw_grid(canvas, {(n, 0): f"{n}.项目" for n in range(len(figures))}, [60, 150, 240], ys)
        for n, figure in enumerate(figures):
            canvas.drawString(160, A4[1] - ys[n] - 13, figure, charSpace=0 if figure in typed else 3)

    (table,) = grids(read_pdf(make_pdf([draw])))
    assert [row[1] for row in texts(table)][: len(expected)] == expected


def test_digits_in_boxes_of_their_own_are_of_the_cell_around_them():
    def draw(canvas):
        draw_grid(canvas, {key: text for key, text in TEXTS.items() if key != (1, 1)}, XS, YS)
        draw_grid(canvas, {}, [204, 214, 224], [138, 152])
        for x, digit in ((206, "1"), (216, "2")):
            canvas.drawString(x, A4[1] - 149, digit)

    (table,) = grids(read_pdf(make_pdf([draw])))
    assert UNREAD in texts(table)[1][1]


def test_a_figure_beyond_the_edge_of_the_page_is_no_blank_of_its_line():
    def draw(canvas):
        draw_lines(canvas, ["行政许可"])
        canvas.drawString(A4[0] + 10, A4[1] - 90, "12")

    (line,) = read_pdf(make_pdf([draw])).blocks
    assert isinstance(line, Paragraph) and line.text.split() == ["行政许可", UNREAD * 2]


def test_rows_between_shaded_ones_are_read_by_their_lines_where_a_group_is_shaded_with_its_first_row():
    def draw(canvas):
        canvas.setFillGray(0.9)
        canvas.rect(60, A4[1] - 160, 60, 60, stroke=0, fill=1)
        for y in (100, 140):
            for x in (120, 200, 260):
                canvas.rect(x, A4[1] - y - 20, 60 if x > 120 else 80, 20, stroke=0, fill=1)
        canvas.setFillGray(0)
        canvas.drawString(62, A4[1] - 133, "办理结果")
        for n, row in enumerate((("规章", "12", "3"), ("许可", "40", "5", "6"), ("处罚", "7", "88"))):
            for x, text in zip((125, 205, 265, 300), row, strict=False):
                canvas.drawString(x, A4[1] - 113 - 20 * n, text)

    lines = [block.text for block in read_pdf(make_pdf([draw])).blocks if isinstance(block, Paragraph)]
    assert [line.endswith("许可\t40\t5\t6") for line in lines] == [False, True, False]


@pytest.mark.parametrize("apart", [True, False])
def test_words_tiled_over_a_page_in_a_pale_colour_are_no_text_of_it(apart):
    def draw(canvas):
        draw_grid(canvas, TEXTS, XS, YS)
        draw_lines(canvas, ["统计期限至2021年12月31日止。"], top=250)
        canvas.setFillGray(0, 0.2)
        for y in (113, 173, 252):
            for x in (70, 205, 340):
                for n, word in enumerate("内部资料 2021" if apart else ["内部资料 2021"]):
                    canvas.drawString(x + 10 * n, A4[1] - y, word)

    table, line = read_pdf(make_pdf([draw])).blocks
    assert texts(table) == [["项目", "甲", "乙"], ["规章", "12", ""], ["许可", "", "7"]]
    assert line.text == "统计期限至2021年12月31日止。"


def test_pale_words_that_stand_in_cells_of_their_own_are_read():
    def draw(canvas):
        draw_grid(canvas, {}, [60, 200, 300, 400], [100, 130, 160, 190])
        canvas.drawString(62, A4[1] - 83, "本年度未收到申请")
        canvas.setFillGray(0.6)
        for n in range(9):
            canvas.drawString((65, 205, 305)[n % 3], A4[1] - 113 - 30 * (n // 3), "暂无数据")

    (table,) = grids(read_pdf(make_pdf([draw])))
    assert texts(table) == [["暂无数据"] * 3] * 3


def test_lines_stay_apart_where_a_font_says_how_far_its_outermost_glyph_reaches(monkeypatch):
    def as_high_as_the_outermost(handle, count):
        for code, has_none, angle, placed, (left, _, right, _), (x, y) in characters(handle, count):
            yield code, has_none, angle, placed, (left, y + 16.3, right, y - 9.4), (x, y)

    def draw(canvas):
        draw_grid(canvas, {}, XS, YS)
        canvas.setFont(FONT, 9)
        for n, line in enumerate(("2.其他法律法规禁止", "公开")):
            canvas.drawString(XS[0] + 3, A4[1] - YS[1] - 11 - 11 * n, line)
        canvas.drawString(XS[1] + 3, A4[1] - YS[1] - 16, "1127")

    monkeypatch.setattr(pdfium_page, "characters", as_high_as_the_outermost)
    (table,) = grids(read_pdf(make_pdf([draw])))
    assert texts(table)[1] == ["2.其他法律法规禁止\n公开", "1127", ""]


@pytest.mark.parametrize(
    "text", ["ïÛ^oý{®\\2019~Þïo}_/_~þç^ ÷ÿÜÿóöÞ", "Rapport annuel de la commune, année 2019, publié"]
)
def test_a_page_in_the_letters_of_another_script_is_read_by_its_look(text):
    page = load_page(open_page(pdfium.PdfDocument(make_pdf([lambda canvas: None])), 0))
    assert is_picture(replace(page, plain=text)) == text.startswith("ï")
    assert not is_picture(replace(page, plain=text + "政府信息"))


@pytest.mark.parametrize("words", ["其他处理\n（含逾期）", "１２３\n４", "12,345"])
def test_lines_under_words_and_figures_part_no_rows(words):
    def draw(canvas):
        draw_grid(canvas, {**TEXTS, (1, 0): words}, XS, YS)
        for n, line in enumerate(words.split("\n")):
            y = A4[1] - YS[1] - 13 - 11 * n
            canvas.line(XS[0] + 3, y - 1.5, XS[0] + 3 + canvas.stringWidth(line), y - 1.5)

    table = grids(read_pdf(make_pdf([draw])))[-1]
    assert ["".join(row[0].split()) for row in texts(table)] == ["项目", "".join(words.split()), "许可"]
