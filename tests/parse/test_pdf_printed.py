"""PDFs as word processors print them: rows cut by pages, numbers broken over lines, columns off the page."""

import pytest

from pipelines.parse.records import Document, State
from pipelines.parse.regions import Regions
from pipelines.parse.report import parse
from tests.gold import COLUMNS
from tests.parse.pdf_making import draw_grid, draw_lines, make_pdf

XS = [40, *range(230, 539, 44)]
KINDS = ["自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"]
NEW, OLD = "一、本年新收政府信息公开申请数量", "二、上年结转政府信息公开申请数量"
GRANTED = ["（一）予以公开", "1", "2", "3", "4", "5", "6", "21"]


def page(rows, top=150, xs=XS, height=40, before=()):
    def draw(canvas):
        draw_lines(canvas, before, top=60)
        ys = [top + height * n for n in range(len(rows) + 1)]
        cells = {(r, c): text for r, row in enumerate(rows) for c, text in enumerate(row)}
        draw_grid(canvas, cells, xs, ys)

    return draw


HEAD = ("三河县民政局2023年政府信息公开工作年度报告", "三、收到和处理政府信息公开申请情况")


def cells(*pages):
    parsed = parse(Document(make_pdf(pages), name="report.pdf"), Regions.builtin())
    found = {(c.row, c.column_name): c for c in parsed.report.cells if c.table_name == "applications"}
    return lambda row: [found[row, k].value for k in COLUMNS], found


@pytest.mark.parametrize("repeated", [False, True])
@pytest.mark.parametrize("at", [5, 9, 12])
def test_a_row_that_a_page_cuts_in_its_label_is_one_row(repeated, at):
    head = ["申请人情况", *KINDS]
    foot = [OLD[:at], "9", "8", "7", "6", "5", "4", "39"]
    rest = [OLD[at:], *[""] * 7]
    first = page([head, [NEW, *"1234567"], foot], before=HEAD)
    second = page([*([head] if repeated else []), rest, GRANTED], top=60)
    values, _ = cells(first, second)
    assert values("carried_over") == [9, 8, 7, 6, 5, 4, 39]
    assert values("granted") == [1, 2, 3, 4, 5, 6, 21]


def test_a_row_whose_label_the_page_had_no_room_for_is_one_row():
    foot = ["", "9", "8", "7", "6", "5", "4", "39"]
    first = page([["申请人情况", *KINDS], [NEW, *"1234567"], foot], before=HEAD)
    values, _ = cells(first, page([[OLD, *[""] * 7], GRANTED], top=60))
    assert values("carried_over") == [9, 8, 7, 6, 5, 4, 39]
    assert values("granted") == [1, 2, 3, 4, 5, 6, 21]


@pytest.mark.parametrize("values", [("9", "8", "", "6", "5", "4", "32"), ("9",)])
def test_what_is_no_whole_row_without_a_label_is_not_given_the_next_one(values):
    foot = ["", *values, *[""] * (7 - len(values))]
    first = page([["申请人情况", *KINDS], [NEW, *"1234567"], foot], before=HEAD)
    _, found = cells(first, page([[OLD, *[""] * 7], GRANTED], top=60))
    assert all(found["carried_over", key].value is None for key in COLUMNS)


def test_a_row_that_a_page_cuts_in_its_label_above_a_foot_note_is_one_row():
    held, rest = "1.本机", "关不掌握相关政府信息"
    first = page([["申请人情况", *KINDS], [NEW, *"1234567"], [held, *"9876543"]], before=HEAD)

    def noted(canvas):
        first(canvas)
        draw_lines(canvas, ["1 含上年结转3件"], top=760)

    values, _ = cells(noted, page([[rest, *[""] * 7], ["2.没有现成信息需要另行制作", *"1234567"]], top=60))
    assert values("unavailable_not_held") == [9, 8, 7, 6, 5, 4, 3]


@pytest.mark.parametrize(("total", "state"), [("32", State.NUMBER), ("33", State.UNREADABLE)])
def test_a_row_with_blanks_is_whole_above_its_label_where_others_have_blanks_and_its_total_fits(total, state):
    rows = [[NEW, "1", "", "3", "", "", "", "4"], ["（二）部分公开", "", "2", "", "", "", "", "2"]]
    foot = ["", "9", "8", "", "6", "5", "4", total]
    first = page([["申请人情况", *KINDS], *rows, foot], before=HEAD)
    _, found = cells(first, page([["1.属于国家秘密", *[""] * 7], GRANTED], top=60))
    assert found["denied_state_secret", "natural_person"].state is state


@pytest.mark.parametrize("at", [5, 9, 12])
def test_a_row_cut_between_two_pages_of_one_sheet_is_one_row(at):
    head = ["申请人情况", *KINDS]
    foot = [OLD[:at], "9", "8", "7", "6", "5", "4", "3"]
    rest = [OLD[at:], *[""] * 6, "9"]
    first = page([head, [NEW, *"1234567"], foot], before=HEAD)
    second = page([rest, GRANTED], top=60, xs=[x + 595 for x in XS])

    def sheet(canvas):
        canvas.setPageSize((1190, 842))
        first(canvas)
        second(canvas)

    values, _ = cells(sheet)
    assert values("carried_over") == [9, 8, 7, 6, 5, 4, 39]
    assert values("granted") == [1, 2, 3, 4, 5, 6, 21]


@pytest.mark.parametrize("at", [5, 9, 12])
@pytest.mark.parametrize("aside", [0, 20, -400])
def test_a_row_cut_above_a_page_that_lies_aside_or_on_the_same_sheet_is_one_row(at, aside):
    head = ["申请人情况", *KINDS]
    foot, rest = [OLD[:at], *"987654", "39"], [OLD[at:], *[""] * 7]
    xs = [x + 420 for x in XS]
    pieces = [
        page([head, [NEW, *"1234567"], foot], before=HEAD, xs=xs),
        page([rest, GRANTED], top=60 if aside else 700, xs=[x + aside for x in xs]),
    ]

    def sheets(*draws):
        def draw(canvas):
            canvas.setPageSize((1190, 842))
            for each in draws:
                each(canvas)

        return draw

    values, _ = cells(*map(sheets, pieces)) if aside else cells(sheets(*pieces))
    assert values("carried_over") == [9, 8, 7, 6, 5, 4, 39]
    assert values("granted") == [1, 2, 3, 4, 5, 6, 21]


def test_a_number_that_a_page_cuts_is_one_number_only_if_the_sum_says_so():
    head = ["申请人情况", *KINDS]

    def read(total):
        foot = [OLD, "12", "8", "7", "6", "5", "4", total]
        first = page([head, [NEW, *"1234567"], foot], before=HEAD)
        return cells(first, page([["", "1", *[""] * 6], GRANTED], top=60))

    values, _ = read("151")
    assert values("carried_over") == [121, 8, 7, 6, 5, 4, 151]
    values, found = read("42")  # 12 would add up, 121 does not: nobody can tell
    assert found["carried_over", "natural_person"].state is State.UNREADABLE


def test_a_row_that_a_page_cuts_behind_the_ordinal_of_its_label_goes_on_below():
    foot = ["2.", "12", "8", "7", "6", "5", "4", "4"]
    first = page([["申请人情况", *KINDS], [NEW, *"1234567"], foot], before=HEAD)
    rest = ["没有现成信息需要另行制作", *[""] * 6, "2"]
    values, _ = cells(first, page([rest, ["3.补正后申请内容仍不明确", *"1111116"]], top=60))
    assert values("unavailable_requires_creation") == [12, 8, 7, 6, 5, 4, 42]


def test_units_that_a_page_cuts_from_their_figures_are_no_label_of_their_row():
    foot = ["1.信访举报投诉类", "1250件", "8", "7", "6", "5", "4件", "128"]
    first = page([["申请人情况", *KINDS], [NEW, *"1234567"], foot], before=HEAD)
    rest = ["申请", "", "件", "", "件", "", "", "0"]
    values, _ = cells(first, page([rest, ["2.重复申请", *"1111116"]], top=60))
    assert values("not_processed_petition") == [1250, 8, 7, 6, 5, 4, 1280]


def test_the_rest_of_a_figure_is_none_of_its_own_where_the_row_s_values_stand_beside_no_label():
    first = page([["申请人情况", *KINDS], [NEW, *"1234567"], ["甲", "12", *"87654", "4"]], before=HEAD)
    rest = ["没有现成信息需要另行制作", *[""] * 6, "2"]
    _, found = cells(first, page([rest, ["3.补正后申请内容仍不明确", *"1111116"]], top=60))
    assert found["unavailable_requires_creation", "total"].state is State.UNREADABLE


def test_a_row_that_a_page_cuts_beside_the_label_of_its_group_goes_on_below():
    xs = [10, 55, *XS[1:]]
    foot = ["（四）无", "1.本机关不掌握相关政府信息", "12", "8", "7", "6", "5", "4", "15"]
    first = page([["申请人情况", "", *KINDS], ["", NEW, *"1234567"], foot], xs=xs, before=HEAD)
    behind = ["", "2.没有现成信息需要另行制作", *"1111117"]
    values, _ = cells(first, page([["法提供", "", "1", *[""] * 5, "1"], behind], top=60, xs=xs))
    assert values("unavailable_not_held") == [121, 8, 7, 6, 5, 4, 151]


def test_a_number_broken_in_a_narrow_cell_is_read_where_its_row_adds_up():
    row = [NEW, "1232\n1", "2", "3", "4", "5", "6", "1234\n1"]
    values, _ = cells(page([["申请人情况", *KINDS], row, GRANTED], before=HEAD))
    assert values("new_received") == [12321, 2, 3, 4, 5, 6, 12341]


def test_values_at_the_head_of_a_page_without_a_label_leave_the_blank_row_before_in_doubt():
    foot = [OLD, *[""] * 7]
    first = page([["申请人情况", *KINDS], [NEW, *"1234567"], foot], before=HEAD)
    _, found = cells(first, page([["", *"1234567"], GRANTED], top=60))
    assert all(found["carried_over", key].state is not State.BLANK for key in COLUMNS)


def test_a_row_that_a_page_cuts_below_its_label_has_the_values_on_the_next_page():
    foot = [OLD, *[""] * 7]
    rest = ["", *"9876543"]
    values, _ = cells(
        page([["申请人情况", *KINDS], [NEW, *"1234567"], foot], before=HEAD), page([rest, GRANTED], top=60)
    )
    assert values("carried_over") == [9, 8, 7, 6, 5, 4, 3]
    # a label lost instead, and rows without values, leave it open whose they are
    for behind in (["1.属于国家秘密", *"1234567"], [GRANTED[0], *[""] * 7]):
        _, found = cells(
            page([["申请人情况", *KINDS], [NEW, *"1234567"], foot], before=HEAD), page([rest, behind], top=60)
        )
        assert all(found["carried_over", key].state is State.UNREADABLE for key in COLUMNS)


def test_columns_beyond_the_edge_of_the_page_are_not_blank():
    xs = [x + 80 for x in XS]  # the page ends at 595, in the column of the total
    row = [NEW, "1", "2", "3", "4", "5", "6", ""]
    _, found = cells(page([["申请人情况", *KINDS], row, GRANTED], xs=xs, before=HEAD))
    assert found["new_received", "total"].state in (State.UNREADABLE, State.ABSENT)


def test_what_runs_over_the_border_of_a_table_is_no_number_of_its_last_column():
    def draw(canvas):
        page([["申请人情况", *KINDS], [NEW, *"123456", "2"], GRANTED], before=HEAD)(canvas)
        draw_lines(canvas, ["1"], x=XS[-1] + 2, top=200)

    _, found = cells(draw)
    assert found["new_received", "total"].value is None
    assert found["new_received", "total"].state is not State.BLANK
    assert found["new_received", "other_org"].value == 6


def test_a_label_without_a_cell_for_values_is_not_blank():
    xs = [40, 300, 440]
    rows = [["申请人情况", ""], [NEW, ""], [OLD, ""]]

    def draw(canvas):
        draw_lines(canvas, HEAD, top=60)
        ys = [150, 190, 230, 270]
        texts = {(r, 0): row[0] for r, row in enumerate(rows)}
        draw_grid(canvas, texts, xs, ys, missing=[("v", 1, r) for r in (1, 2)])

    parsed = parse(Document(make_pdf([draw]), name="report.pdf"), Regions.builtin())
    states = {c.state for c in parsed.report.cells if c.row in ("new_received", "carried_over")}
    assert State.BLANK not in states


def test_a_label_of_which_the_first_piece_is_another_label_is_one_row():
    """2.其他 is a row's label too, and 法律行政法规禁止公开 is near enough to be one."""
    first = page(
        [["申请人情况", *KINDS], ["1.属于国家秘密", *"1234567"], ["2.其他", "72", "", "", "", "", "", "13"]],
        before=HEAD,
    )
    rest = ["法律行政法规禁止公开", "", "", "", "", "", "", "2"]
    _, found = cells(first, page([rest, ["3.危及“三安全一稳定”", *["0"] * 7]], top=60))
    assert found["denied_prohibited_by_law", "natural_person"].value == 72
    assert found["denied_prohibited_by_law", "total"].value in (None, 132)
    assert ("other_remaining", "natural_person") not in found


def test_the_rest_of_a_merged_cell_that_ends_within_a_row_of_the_next_page_makes_no_row():
    xs = [20, 30, *XS[1:]]
    zeros = ["3.其他", *"0000000"]

    def second(canvas):
        texts = {(0, c): text for c, text in enumerate(zeros, 1)} | {
            (2, c): text for c, text in enumerate(["（七）总计", *"0000000"], 1)
        }
        walls = [("h", 1, column) for column in range(1, len(xs) - 1)]  # it is the merged cell's
        draw_grid(canvas, texts, xs, [60, 75, 100, 140], missing=walls)

    first = page([["", "申请人情况", *KINDS], ["", NEW, *"1234567"], ["", *GRANTED]], xs=xs, before=HEAD)
    values, _ = cells(first, second)
    assert values("other_remaining") == values("total_handled") == [0] * 7
    assert values("granted") == [1, 2, 3, 4, 5, 6, 21]


def test_figures_stand_in_their_columns_where_each_row_is_drawn_a_little_aside():
    rows = [["申请人情况", *KINDS], [NEW, *"1234567"], [OLD, "", "8", "", "", "", "", "8"]]
    ys = [150, 190, 230, 270]
    inner = [[x + 3 * row if 0 < n < len(XS) - 1 else x for n, x in enumerate(XS)] for row in range(3)]

    def draw(canvas):
        draw_lines(canvas, HEAD, top=60)
        for row, texts in enumerate(rows):
            xs = inner[row]
            draw_grid(
                canvas, {(0, c): text for c, text in enumerate(texts) if row < 2 or not c}, xs, ys[row:][:2]
            )
            if row == 2:  # each figure ends at the border behind it
                for c, text in enumerate(texts[1:], 2):
                    canvas.drawRightString(xs[c], 842 - ys[row] - 13, text)

    values, found = cells(draw)
    assert values("carried_over") == [None, 8, None, None, None, None, 8]
    assert {found["carried_over", key].state for key in COLUMNS} == {State.BLANK, State.NUMBER}
