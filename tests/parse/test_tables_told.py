"""Tables told in other ways than by rows and columns: lists, drawn boxes, CSV, long forms, several copies."""

import json
from dataclasses import replace

import pytest

from pipelines.parse.labels import Match
from pipelines.parse.read.html import read_html
from pipelines.parse.read.text import read_text
from pipelines.parse.records import Filled, Place, State, TableState
from pipelines.parse.tables.emitted import agreed_cells, cell_issues
from pipelines.parse.tables.findings import Finding, Findings, Slot
from pipelines.parse.tables.none import states_none
from pipelines.parse.tables.reconcile import reconcile
from pipelines.parse.vocabulary import APPLICANT_ORDER, OUTCOME_ORDER
from tests.parse import table_layouts
from tests.parse.table_layouts import C, Printed, random_report
from tests.parse.table_reading import FLAGGED, FORMS, consistent, filled

TABLE = table_layouts.table


def from_html(two: str = "", three: str = "", four: str = "") -> Filled:
    return filled(read_html(table_layouts.page(two, three, four).encode()))


def from_text(two: str = "", three: str = "", four: str = "") -> Filled:
    return filled(read_text(table_layouts.report_text(two, three, four).encode()))


def values(found: Filled, table: str = "applications") -> dict:
    return {
        (c.row, c.column_name): c.value
        for c in found.cells
        if c.table_name == table and c.state not in FLAGGED
    }


def printed(p: Printed, table: str = "applications") -> dict:
    return {key[1:]: value for key, value in p.value.items() if key[0] == table}


def flat(p: Printed) -> list[list[str]]:
    """Section three as rows of texts, one label each, below the names of the columns."""
    three = p.template.applications
    rows = [
        [row.label, *(p.raw["applications", row.key, c.key] for c in three.columns)] for row in three.rows
    ]
    return [["项目", *(c.label for c in three.columns)], *rows]


def boxes(rows: list[list[str]]) -> str:
    beam = "┼".join("──" for _ in rows[0])
    inside = f"\n├{beam}┤\n".join("│" + "│".join(row) + "│" for row in rows)
    return f"┌{beam}┐\n{inside}\n└{beam}┘"


def quoted(rows: list[list[str]]) -> str:
    return "\n".join(",".join(f'"{cell}"' if "," in cell else cell for cell in row) for row in rows)


def listed(rows: list[list[str]]) -> str:
    return "\n".join(
        f"{label}：" + "，".join(f"{name}{value}件" for name, value in zip(rows[0][1:], cells, strict=True))
        for label, *cells in rows[1:]
    )


def bulleted(rows: list[list[str]]) -> str:
    return "\n".join(
        f"- {label}\n"
        + "\n".join(f"  - {name}：{value}" for name, value in zip(rows[0][1:], cells, strict=True))
        for label, *cells in rows[1:]
    )


def with_units(rows: list[list[str]]) -> str:
    """A line for each figure, with a unit that stands apart: the same lines come again and again."""
    return bulleted([rows[0], *([label, *(f"{value} 起" for value in row)] for label, *row in rows[1:])])


def semicolons(rows: list[list[str]]) -> str:
    return "\n".join("；".join(row) for row in rows)


def in_json(rows: list[list[str]]) -> str:
    return "\n".join(json.dumps(row, ensure_ascii=False) + "," for row in rows)


def turned(rows: list[list[str]]) -> str:
    return "\n".join("\t".join(column) for column in zip(*rows, strict=True))


def broken(rows: list[list[str]]) -> str:
    """Each row's figures on two lines."""
    return "\n".join(" ".join(row[:4]) + "\n" + " ".join(row[4:]) for row in rows)


def closed(rows: list[list[str]]) -> str:
    """Each cell on a line of its own, with the pipe that stood behind it."""
    return "\n".join(f"{cell} |" for row in rows for cell in row)


def adding_up(p: Printed) -> Printed:
    """The report with totals that are the sums of their rows."""
    columns = [c.key for c in p.template.applications.columns]
    for row in p.template.applications.rows:
        total = sum(p.value["applications", row.key, c] for c in columns[:-1])
        p.raw["applications", row.key, "total"] = str(total)
        p.value["applications", row.key, "total"] = total
    return p


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "told", [boxes, quoted, semicolons, in_json, listed, bulleted, with_units, turned, broken, closed]
)
def test_section_three_is_read_however_its_lines_are_told(told, form):
    p = adding_up(random_report(31, form))
    assert values(from_text(three=told(flat(p)))) == printed(p)


@pytest.mark.parametrize("told", [boxes, quoted, semicolons, in_json, listed, bulleted, turned, broken])
def test_a_value_lost_from_such_lines_is_flagged_and_its_row_holds_no_wrong_number(told):
    p = adding_up(random_report(32, "2021"))
    rows = flat(p)
    rows[5] = [*rows[5][:3], *rows[5][4:], ""] if told is turned else rows[5]
    text = told(rows)
    if told is not turned:
        lost = f"{rows[5][3]}" if told is not bulleted else f"{rows[0][3]}：{rows[5][3]}"
        at = text.index(lost, text.index(rows[5][0]) + len(rows[5][0]))
        text = text[:at] + text[at + len(lost) :]
    truth = printed(p)
    other = {key: value for key, value in values(from_text(three=text)).items() if value != truth[key]}
    assert all(row == "denied_state_secret" and value is None for (row, _), value in other.items())


def test_a_pipe_behind_a_label_is_no_blank_cell():
    fees = ["信息内容", "上一年项目数量", "本年增/减", "行政事业性收费", "38", "3"]
    lost = [
        *fees[:-1],
        "第二十条第（九）项",
        "信息内容",
        "采购项目数量",
        "采购总金额",
        "政府集中采购",
        "6",
        "251000元",
    ]
    assert values(from_text(two=closed([fees])), "proactive") == {
        ("administrative_fees", "items_last_year"): 38,
        ("administrative_fees", "change"): 3,
    }
    assert ("administrative_fees", "change") not in values(from_text(two=closed([lost])), "proactive")


def test_lines_of_values_that_recur_are_no_heads_of_pages():
    (_, *columns), *rows = flat(random_report(35, "2021"))
    lines = [line for label, *_ in rows for line in (label, *(f"{name}：0左右" for name in columns))]
    assert values(from_text(three="\n".join(lines))) == {}


@pytest.mark.parametrize(("three", "state"), [("{}：0、3、1", "unreadable"), ("{}：见下", "missing")])
def test_a_table_told_in_a_way_that_is_not_known_is_there_all_the_same(three, state):
    labels = [label for label, *_ in flat(random_report(36, "2021"))[1:]]
    found = from_text(three="\n".join(map(three.format, labels)))
    assert (values(found), found.states["applications"]) == ({}, state)


def test_a_table_that_runs_together_with_unknown_values_is_there_all_the_same():
    said = "".join(f"{label}{'—0不详' * 7}" for label, *_ in flat(random_report(36, "2021"))[1:])
    found = from_text(three=said)
    assert (values(found), found.states["applications"]) == ({}, "unreadable")


def test_thousands_between_blanks_are_not_the_fields_of_a_csv():
    p = random_report(33, "2021")
    for key, value in p.value.items():
        if key[0] == "applications":
            p.raw[key] = f"{value:,}"
    found = values(from_text(three="\n".join(" ".join(row) for row in flat(p))))
    assert all(printed(p)[key] == value for key, value in found.items())


@pytest.mark.parametrize("mark", ["|", "\t"])
@pytest.mark.parametrize("form", FORMS)
def test_merged_cells_that_a_converter_repeated_are_one(form, mark):
    p = random_report(34, form)
    rows = [*table_layouts.application_head(), *table_layouts.application_rows(p)]
    texts = [[""] * 10 for _ in rows]
    for at, row in enumerate(rows):
        for cell in row:
            left = texts[at].index("")
            for down in range(cell.rowspan):
                texts[at + down][left : left + cell.colspan] = [
                    cell.text.replace("\n", "") or " "
                ] * cell.colspan
    if mark == "|":
        texts = [["", *row, ""] for row in [texts[0], ["---"] * 10, *texts[1:]]]
    found = from_text(three="\n".join(map(mark.join, texts)))
    assert values(found) == printed(p)


@pytest.mark.parametrize("repeated", [False, True])
@pytest.mark.parametrize("form", FORMS)
def test_one_value_a_row_beside_the_labels_of_its_row_and_column_is_read(form, repeated):
    p = random_report(35, form)
    three = p.template.applications
    rows = [[C("办理情况"), C("申请人"), C("数量")]]
    for row in three.rows:
        for n, column in enumerate(three.columns):
            merged = [C(row.label, 1, len(three.columns))] if n == 0 else []
            label = [C(row.label)] if repeated else merged
            rows.append([*label, C(column.label), C(p.raw["applications", row.key, column.key])])
    assert values(from_html(three=TABLE(rows))) == printed(p)


def test_columns_of_the_year_before_are_left_out():
    p = random_report(36, "2021")
    head = [[C("项目", 1, 2), *(C(c.label, 2) for c in p.template.applications.columns)]]
    head.append([C("本年"), C("上年")] * 7)
    rows = [
        [C(label), *(C(text) for value in cells for text in (value, "7"))] for label, *cells in flat(p)[1:]
    ]
    assert values(from_html(three=TABLE([*head, *rows]))) == printed(p)


@pytest.mark.parametrize(
    ("captions", "own"),
    [
        (("甲县乙局", "甲县服务中心"), 0),
        (("甲县服务中心", "甲县乙局"), 1),
        (("甲县一中学", "甲县服务中心"), None),
    ],
)
def test_of_two_offices_tables_those_of_the_report_are_read(captions, own):
    reports = [adding_up(random_report(seed, "2021")) for seed in (37, 38)]
    tables = (TABLE([[C(text) for text in row] for row in flat(p)]) for p in reports)
    three = "".join(f"<p>{caption}：</p>{table}" for caption, table in zip(captions, tables, strict=True))
    found = values(from_html(three=three))
    assert found == (printed(reports[own]) if own is not None else {})


def test_tables_of_an_annex_are_those_of_the_office_that_its_first_caption_names():
    own, other = (adding_up(random_report(seed, "2021")) for seed in (42, 43))
    four = [TABLE([*table_layouts.review_head(), table_layouts.review_values(p)]) for p in (own, other)]
    three = [TABLE([[C(text) for text in row] for row in flat(p)]) for p in (own, other)]
    annex = f"<p>附件：甲县服务中心</p>{three[1]}{four[1]}"
    found = from_html(three=three[0], four=four[0] + annex)
    assert values(found) == printed(own)
    assert values(found, "reviews") == printed(own, "reviews")


def test_halves_of_a_table_that_share_its_columns_are_one_and_other_halves_are_none():
    p = random_report(39, "2021")
    left = [row[:5] for row in flat(p)]
    right = [[row[0], *row[5:]] for row in flat(p)]
    whole = [TABLE([[C(text) for text in row] for row in half]) for half in (left, right)]
    assert values(from_html(three="<p>续表</p>".join(whole))) == printed(p)
    less = TABLE([[C(text) for text in row] for row in right[:-3]])
    assert values(from_html(three=whole[0] + less)) == {}


def test_a_zero_over_several_rows_stands_in_each():
    p = random_report(40, "2021")
    keys = [row.key for row in p.template.applications.rows][5:8]
    for key in keys:
        p.raw["applications", key, "business"] = "0"
        p.value["applications", key, "business"] = 0
    rows = [[C(text) for text in row] for row in flat(p)]
    rows[6][2] = C("0", 1, 3)
    del rows[7][2], rows[8][2]
    assert values(from_html(three=TABLE(rows))) == printed(p)


@pytest.mark.parametrize("told", ["{}：{}；", "{}为{}，"])
def test_a_list_with_figures_is_never_a_table_of_blanks(told):
    p = random_report(41, "2021")
    lines = [
        row[0]
        + "".join(told.format(name, value) for name, value in list(zip(flat(p)[0], row, strict=True))[1:4])
        for row in flat(p)[1:]
    ]
    four = (
        "行政复议：结果维持，结果纠正5件，其他结果，尚未审结，总计5件\n未经复议直接起诉：结果维持，结果纠正，"
    )
    four += "其他结果，尚未审结，总计\n复议后起诉：结果维持，结果纠正，其他结果，尚未审结，总计"
    found = from_text(three="\n".join(lines), four=four)
    read = {c.state for c in found.cells if c.table_name == "applications"}
    assert State.BLANK not in read and State.NUMBER not in read
    assert values(found, "reviews").get(("reconsideration", "corrected"), 5) == 5


@pytest.mark.parametrize("seed", range(4))
def test_labels_that_moved_down_by_a_row_in_lines_of_one_cell_give_no_number(seed):
    p = adding_up(random_report(50 + seed, "2021"))
    rows = flat(p)
    start = 6 + 3 * seed
    moved = [row[0] for row in rows[start - 1 : -1]]
    after = [[label, *row[1:]] for label, row in zip(["", *moved[1:]], rows[start:], strict=True)]
    found = values(
        from_text(three="\n".join(text for row in [*rows[:start], *after] for text in row if text))
    )
    assert {row for row, _ in found} == {row.key for row in p.template.applications.rows[: start - 2]}
    assert all(printed(p)[key] == value for key, value in found.items())


@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize("over_all", [False, True])
def test_the_first_half_of_a_number_that_a_page_cut_is_no_number(apart, over_all):
    p = random_report(60, "2019")
    rows = table_layouts.proactive_rows(p)
    rows[-1] = [*rows[-1][:2], C("26262", rows[-1][2].colspan)]
    half = [C("94.56", 4)] if over_all else [C(""), C(""), C("94.56", rows[-1][2].colspan)]
    two = TABLE(rows) + "<p>- 3 -</p>" + TABLE([half]) if apart else TABLE([*rows, half])
    found = values(from_html(two), "proactive")
    assert ("centralized_procurement", "amount_yuan") not in found
    assert all(value == printed(p, "proactive")[key] for key, value in found.items())


def test_the_number_of_a_page_between_rows_is_no_half_of_a_number():
    p = random_report(61, "2021")
    rows = [[C(text) for text in row] for row in flat(p)]
    assert values(from_html(three=TABLE([*rows[:9], [C("3", 8)], *rows[9:]]))) == printed(p)


def test_blank_cells_beside_labels_of_several_columns_are_no_values():
    p = random_report(62, "2021", blanks=True)
    head, *rows = flat(p)
    lines = [
        ["", "", *head],
        *([*row[:1], "", "", *row[1:]] if n < 3 else ["", "", *row] for n, row in enumerate(rows)),
    ]
    for mark in ("\t", "|"):
        found = from_text(
            three="\n".join(mark.join(["", *line, ""] if mark == "|" else line) for line in lines)
        )
        assert all(printed(p)[key] == value for key, value in values(found).items())
        assert len(values(found)) > 100


OUTCOMES = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"]


def review_lines(values: list[str]) -> str:
    """Section four as a sheet is copied: merged cells leave blank fields behind their text."""
    head = ["行政复议", "", "", "", "", "行政诉讼", *[""] * 9]
    stages = [*[""] * 5, "未经复议直接起诉", *[""] * 4, "复议后起诉", *[""] * 4]
    return "\n".join("\t".join(line) for line in (head, stages, OUTCOMES * 3, values))


def test_blank_fields_before_the_first_figure_of_section_four_are_blanks():
    rows = flat(random_report(34, "2021"))
    for row in rows[2:9]:
        row[3] = ""  # the document prints blanks
    three = "\n".join("\t".join(row) for row in rows)
    figures = ["", "", "", "", "", "", "8", "", "9", "17", "", "8", "9", "3", "20"]
    found = values(from_text(three=three, four=review_lines(figures)), "reviews")
    assert list(found.values()) == [int(figure) if figure else None for figure in figures]
    lost = figures[1:]
    assert not values(from_text(three=three, four=review_lines(lost)), "reviews")
    assert not values(from_text(three=three, four=review_lines([*lost, ""])), "reviews")


@pytest.mark.parametrize("run", ["57503171455285714104134831/92", "1、2、0/3", "0/0/0/0/0"])
def test_figures_of_section_four_that_run_together_are_no_blank_row(run):
    assert not values(from_text(four=review_lines([run])), "reviews")


@pytest.mark.parametrize("row", ["", "<tr>" + "<td></td>" * 15 + "</tr>"])
@pytest.mark.parametrize("follows", [True, False])
def test_a_table_of_section_four_that_ends_with_its_header_has_lost_its_row(row, follows):
    head = TABLE(table_layouts.review_head())
    page = table_layouts.page("", "", head.replace("</table>", row + "</table>"))
    start = page.index("<p>五、")
    found = filled(read_html((page if follows else page[:start]).encode()))
    assert bool(values(found, "reviews")) == bool(row)
    assert found.states["reviews"] is (TableState.TABLE if row else TableState.UNREADABLE)


STATED = [3, 1, 0, 2, 6, 0, 0, 0, 0, 0, 12, 4, 0, 0, 16]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("width", [0, 15, 18])  # to which a sheet fills its lines up
def test_section_four_of_a_csv_is_read(mark, width):
    lines = [
        ["行政复议", "", "", "", "", "行政诉讼"],
        [*[""] * 5, "未经复议直接起诉", *[""] * 4, "复议后起诉"],
        OUTCOMES * 3,
        list(map(str, STATED)),
    ]
    rows = [row + [""] * (width - len(row)) for row in (*flat(random_report(3, "2021")), *lines)]
    written = [mark.join(f'"{cell}"' if mark in cell else cell for cell in row) for row in rows]
    found = from_text(three="\n".join(written[:-4]), four="\n".join(written[-4:]))
    got = values(found, "reviews")
    if width < 18:  # who knows what else stood in the columns behind
        assert list(got.values()) == STATED
    assert all(value in STATED for value in got.values())


def stages(values: list[int]) -> list[list[str]]:
    """Section four with a row for each stage."""
    rows = [[str(n) for n in values[at : at + 5]] for at in (0, 5, 10)]
    names = ("行政复议", "未经复议直接起诉", "复议后起诉")
    return [["类别", *OUTCOMES], *([name, *row] for name, row in zip(names, rows, strict=True))]


@pytest.mark.parametrize("blank", ["", "\t", "\t\t"])
def test_blank_fields_behind_the_values_of_a_stage_are_none_of_them(blank):
    lines = ["\t".join(row) + blank for row in stages(STATED)]
    assert list(values(from_text(four="\n".join(lines)), "reviews").values()) == STATED
    short = [*lines[:2], lines[2].replace("\t0", "", 1), lines[3]]
    assert not values(from_text(four="\n".join(short)), "reviews")


def test_a_table_of_markdown_may_have_a_header_of_blanks():
    turned_rows = [list(row) for row in zip(*stages(STATED), strict=True)]
    lines = ["| " + " | ".join(row) + " |" for row in ([""] * 4, ["---"] * 4, *turned_rows)]
    assert list(values(from_text(four="\n".join(lines)), "reviews").values()) == STATED


def test_a_field_may_hold_the_values_of_a_row_and_a_rule_may_run_on_behind_them():
    p = consistent(4, "2021")
    rows = flat(p)
    lines = ["\t".join(rows[0]), *("\t".join([row[0], " ".join(row[1:])]) for row in rows[1:])]
    two = " ".join(" ".join(c.text for c in row) for row in table_layouts.proactive_rows(p))
    found = from_text(two=f"{two} --- --- ---", three="\n".join(lines))
    assert values(found) == printed(p)
    assert values(found, "proactive") == printed(p, "proactive")


def test_a_row_of_zeros_that_lost_one_of_them_is_flagged_where_its_line_is_filled_up():
    p = consistent(5, "2021")
    rows = flat(p)
    at = next(n for n, row in enumerate(rows) if row[1:] == ["0"] * 7)
    short = [*rows[:at], [*rows[at][:-1], ""], *rows[at + 1 :]]
    lost = p.template.applications.rows[at - 1].key
    three = "\n".join("| " + " | ".join(row) + " |" for row in short)
    assert {row for row, _ in printed(p).keys() - values(from_text(three=three)).keys()} == {lost}


@pytest.mark.parametrize("row", ["1,204,0,0,2,1206,0,0,0,0,0,0,0,0,0", "3,1,0,2,6,0,0,0,0,0,12,4,0,0"])
def test_section_four_of_a_csv_with_other_fields_gives_no_number_and_no_blank(row):
    three = "\n".join(",".join(row) for row in flat(random_report(3, "2021")))
    four = "\n".join(
        [",".join(["行政复议", "行政诉讼", "未经复议直接起诉", "复议后起诉"]), ",".join(OUTCOMES * 3), row]
    )
    assert not values(from_text(three=three, four=four), "reviews")


def test_the_blank_fields_of_a_sheet_behind_its_table_are_no_values():
    own = random_report(8, "2021", blanks=True)
    padded = ["\t".join([*row, *[""] * 7]) for row in flat(own)]
    found = from_text(three="\n".join(padded))
    assert values(found) == printed(own)


def test_labels_merged_down_that_a_sheet_repeats_keep_the_order_of_the_columns():
    own = random_report(9, "2021")
    names, *rows = flat(own)
    above = ["项目", "自然人", "法人或其他组织", "", "", "", "", "总计"]
    found = from_text(three="\n".join("\t".join(row) for row in [above, names, *rows]))
    assert values(found) == printed(own)


@pytest.mark.parametrize("below", ["5\t", "5"])
def test_a_value_below_a_blank_field_is_read_or_flagged_and_the_blank_is_none(below):
    title, head = "第二十条第（五）项", "信息内容\t本年处理决定数量"
    found = values(from_text(f"{title}\n{head}\n行政许可\t\n{below}\n行政处罚\t7"), "proactive")
    assert found.get(("administrative_licensing", "decisions"), 5) == 5


def test_the_last_digit_of_a_total_on_a_line_of_its_own_is_no_number_of_a_page():
    p = random_report(38, "2021")
    rows = flat(p)
    rows[1][1:] = ["20", "0", "1", "0", "0", "10", "3\n1"]
    found = values(from_text(three="\n".join("\t".join(row) for row in rows)))
    assert ("new_received", "total") not in found


@pytest.mark.parametrize(("below", "value"), [("62", None), ("- 62 -", 705), ("", 705)])
def test_digits_below_the_last_value_of_a_row_may_be_its_rest(below, value):
    head = "第二十条第（六）项\n信息内容\t上一年项目数量\t本年增/减\t处理决定数量"
    found = values(from_text(f"{head}\n行政处罚\t5\t0\t705\n{below}\n行政强制\t0\t0\t0"), "proactive")
    assert found.get(("administrative_penalty", "decisions")) == value


def test_a_table_whose_seven_columns_bear_other_names_gives_no_number():
    months = ["月份", *(f"{n}月" for n in range(1, 7)), "上半年"]
    rows = [[C(text) for text in row] for row in (months, *flat(random_report(37, "2021"))[1:])]
    assert values(from_html(three=TABLE(rows))) == {}


def test_lines_that_state_a_figure_and_a_zero_say_not_that_there_is_nothing():
    lines = ["本年新收政府信息公开申请数量：5", "上年结转政府信息公开申请数量：0", "结转下年度继续办理：1"]
    assert from_text(three="\n".join(lines)).states["applications"] is TableState.UNREADABLE


def test_words_beside_the_labels_of_two_rows_in_one_cell_bind_neither():
    """A lone value beside the lines of two rows may be of either."""
    head, *rows = flat(random_report(39, "2021"))
    label = "1.属于国家秘密\n2.其他法律行政法规禁止公开"
    both = [label, "-\n12", "1\n3", "2", "13\n27", "无\n27", "0\n27", "16\n96"]
    lines = [[C(text) for text in row] for row in (head, *rows[:4], both, *rows[6:])]
    found = values(from_html(three=TABLE(lines)))
    assert not [key for key in found if key[0] in ("denied_state_secret", "denied_prohibited_by_law")]


def below(rows: list[list[str]]) -> str:
    """A list whose lines hold a label or a value, but that blanks have no line."""
    pairs = [
        [f"{name}：\n{v}" if v else f"{name}：" for name, v in zip(rows[0][1:], row[1:], strict=True)]
        for row in rows
    ]
    return "\n".join("\n".join([row[0], *told]) for row, told in zip(rows[1:], pairs[1:], strict=True))


@pytest.mark.parametrize("form", FORMS)
def test_the_value_of_a_label_with_a_colon_may_stand_on_the_next_line(form):
    p = random_report(61, form, blanks=True)
    assert values(from_text("", below(flat(p)))) == printed(p)


def test_a_label_in_a_list_may_go_on_in_the_next_line():
    p = random_report(62, "2021")
    told = below(flat(p)).replace("部分公开（", "部分公开\n（")
    assert values(from_text("", told)) == printed(p)


def test_values_below_all_the_labels_of_a_row_are_not_the_last_one_s():
    p = random_report(63, "2021")
    rows = flat(p)
    names = "".join(f"{name}：\n" for name in rows[0][1:])
    told = "\n".join(f"{label}\n{names}" + "\n".join(cells) for label, *cells in rows[1:])
    right = printed(p)
    assert all(right[key] == value for key, value in values(from_text("", told)).items())


@pytest.mark.parametrize("behind", [0, 4])
def test_a_row_whose_label_stands_among_the_values_of_another_is_unreadable_and_not_absent(behind):
    """Line breaks were lost: both rows are there, and neither is read, even where the count fits."""
    label = ["(二) 部分公开(区分处理的,", "只计这一情形,", "不计其他情形)"]
    texts = [*["0"] * 4, *label, *["0"] * behind]
    slots = tuple(Slot(text, Place(line=1)) for text in texts)
    host = Finding("applications", "granted", "予以公开", Match("granted"), Place(line=1))
    if behind:
        host = replace(host, loose=slots, problem="11 values for 7 columns")
    else:
        host = replace(host, slots=dict(zip(APPLICANT_ORDER, slots, strict=True)))
    agreed = reconcile(Findings(rows=[host]), Findings())
    cells = list(agreed_cells("applications", agreed, "2021", scanned=False))
    for row in ("granted", "partially_granted"):
        assert {c.state for c in cells if c.row == row} == {State.UNREADABLE}
    assert {i.code for i in agreed.issues} == {"row_unreadable"}
    assert "partially_granted" not in str(
        list(cell_issues("applications", cells, agreed.of("applications"), ()))
    )


def named(rows: list[list[str]], names: list[str], sign: str) -> list[list[str]]:
    """Rows of a flat table whose values stand behind names."""
    told = ([name + sign + value for name, value in zip(names, row[1:], strict=True)] for row in rows[1:])
    return [rows[0], *([row[0], *cells] for row, cells in zip(rows[1:], told, strict=True))]


@pytest.mark.parametrize("sign", ["：", "\n", ""])
@pytest.mark.parametrize("form", FORMS)
def test_values_behind_the_names_of_their_columns_are_read(form, sign):
    p = consistent(5, form)
    rows = named(flat(p), flat(p)[0][1:], sign)
    found = from_html(three=TABLE([[C(text) for text in row] for row in rows]))
    assert values(found) == printed(p)


def test_values_behind_the_names_of_other_columns_give_no_number():
    p = consistent(5, "2021")
    first, second, *others = flat(p)[0][1:]
    rows = named(flat(p), [second, first, *others], "：")
    found = from_html(three=TABLE([[C(text) for text in row] for row in rows]))
    assert set(values(found).values()) <= {None}


def test_what_stands_above_is_no_name_of_a_column_but_its_label():
    p = consistent(5, "2021")
    p.raw |= {key: f"合计{text}" for key, text in p.raw.items() if key[0] == "applications" and text != "0"}
    p.raw["applications", "granted", "business"] = "合计1"
    p.raw["applications", "total_handled", "business"] = "合计12"
    found = from_html(three=TABLE([[C(text) for text in row] for row in flat(p)]))
    assert set(values(found).values()) <= {None, 0}


def stage_row(p: Printed, stage: str, label: str) -> list[C]:
    return [C(label), *(C(p.raw["reviews", stage, outcome]) for outcome in OUTCOME_ORDER)]


@pytest.mark.parametrize("own", [["2021年"], ["本年"]])
@pytest.mark.parametrize("first", [True, False])
def test_rows_of_two_years_in_section_four(own, first):
    p = random_report(31, "2021")
    head, *others = table_layouts.review_head()
    rows = [[C(own[0]), *table_layouts.review_values(p)], [C("2020年"), *[C("9")] * 15]]
    four = [[C("年度", rowspan=3), *head], *others, *(rows if first else rows[::-1])]
    page = table_layouts.page("", "", TABLE(four)).replace("2023", "2021")
    assert values(filled(read_html(page.encode())), "reviews") == printed(p, "reviews")


def test_a_column_of_the_sums_of_all_stages_is_none_of_section_four_s():
    p = random_report(32, "2021")
    head, *others = table_layouts.review_head()
    four = [[*head, C("合计", rowspan=3)], *others, [*table_layouts.review_values(p), C("77")]]
    assert values(from_html(four=TABLE(four)), "reviews") == printed(p, "reviews")
    four[-1].pop()
    assert not values(from_html(four=TABLE(four)), "reviews")


def test_a_row_of_the_sums_of_lawsuits_is_no_stage():
    p = random_report(33, "2021")
    four = [
        [C("类别"), *(C(label) for label in ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计"))],
        stage_row(p, "reconsideration", "行政复议"),
        [C("行政诉讼"), *[C("8")] * 5],
        stage_row(p, "lawsuit_direct", "其中：未经复议直接起诉"),
        stage_row(p, "lawsuit_after_reconsideration", "复议后起诉"),
    ]
    assert values(from_html(four=TABLE(four)), "reviews") == printed(p, "reviews")


@pytest.mark.parametrize(
    "outcomes",
    ["结果维 结果纠 其他结 尚未审\t总计\n持\t正\t果\t结", "结果 结果 其他 尚未\t总计\n维持 纠正 结果 审结"],
)
def test_a_header_that_narrow_columns_break_states_nothing(outcomes):
    assert states_none("未经复议直接起诉、复议后起诉的案件均未发生。")
    assert not states_none(f"行政复议\t行政诉讼\n未经复议直接起诉\t复议后起诉\n{outcomes}")


def test_a_list_of_cases_beside_section_four_states_none_of_its_figures():
    p = random_report(34, "2021")
    four = TABLE([*table_layouts.review_head(), table_layouts.review_values(p)])
    rows = [["序号", "案号", "类型", "结果"], ["1", "（2023）7号", "行政复议", "尚未审结"]]
    cases = TABLE([[C(text) for text in row] for row in rows])
    for around in (cases + four, four + cases):
        assert values(from_html(four=around), "reviews") == printed(p, "reviews")
