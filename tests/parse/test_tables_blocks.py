"""What stands around tables or inside their cells: tables of values, captions, heads of pages."""

import re

import pytest

from pipelines.parse.labels import core
from pipelines.parse.records import Filled, State, TableState
from pipelines.parse.tables.suffix import label_at_end
from tests.parse import table_layouts
from tests.parse.table_layouts import C, Printed, random_report
from tests.parse.table_reading import FLAGGED, FORMS, flat, from_html, from_text, lines, texts


def values(found: Filled, table: str = "") -> dict:
    """The values of the official cells that are not flagged."""
    return {
        (c.table_name, c.row, c.column_name): c.value
        for c in found.cells
        if not c.table_name.startswith("other") and c.state not in FLAGGED and table in ("", c.table_name)
    }


def printed(p: Printed, table: str = "") -> dict:
    return {key: value for key, value in p.value.items() if table in ("", key[0])}


def values_nested(p: Printed, lost: int | None = None) -> str:
    """The values of each row of section three in a table of their own; one of these may be lost."""
    whole = table_layouts.application_rows(p)
    rows = [[*row[:-7], C("INNEN", 7)] for row in whole]
    three = table_layouts.table([*table_layouts.application_head(), *rows])
    four = table_layouts.table([*table_layouts.review_head(), table_layouts.review_values(p)])
    page = table_layouts.page(table_layouts.table(table_layouts.proactive_rows(p)), three, four)
    for number, row in enumerate(whole):
        page = page.replace("INNEN", "" if number == lost else table_layouts.table([row[-7:]]), 1)
    return page


@pytest.mark.parametrize("form", FORMS)
def test_values_in_tables_of_their_own_are_put_back_into_their_row(form):
    p = random_report(13, form)
    assert values(from_html(values_nested(p))) == printed(p)


@pytest.mark.parametrize("lost", [0, 7, 22])
def test_where_one_of_such_tables_is_lost_no_row_is_given_anothers_values(lost):
    p = random_report(13, "2021")
    found = from_html(values_nested(p, lost))
    assert values(found, "applications") == {}
    assert found.issues != ()


def years_beside(mine: Printed, before: Printed, caption: str = "{}年度") -> str:
    def both(rows_of):
        return "".join(
            f"<p>{caption.format(year)}</p>{table_layouts.table(rows_of(p))}"
            for year, p in ((2022, mine), (2021, before))
        )

    def three(p: Printed) -> list:
        return [*table_layouts.application_head(), *table_layouts.application_rows(p)]

    def four(p: Printed) -> list:
        return [*table_layouts.review_head(), table_layouts.review_values(p)]

    return table_layouts.page(both(table_layouts.proactive_rows), both(three), both(four))


@pytest.mark.parametrize("number", ["", "表1 ", "附表 3　"])
def test_of_the_tables_of_two_years_those_of_the_titles_year_are_read(number):
    mine, before = random_report(21, "2021"), random_report(22, "2021")
    page = years_beside(mine, before).replace("<p>202", f"<p>{number}202")
    found = from_html(page.replace("2023年", "2022年"))
    assert values(found) == printed(mine)
    assert {c.table_name for c in found.cells} >= {"other:1", "other:2", "other:3"}


@pytest.mark.parametrize(
    ("last", "this"), [("（上年）", "（本年）"), ("(2022年)", "(2023年度)"), ("（上年）", "")]
)
def test_columns_that_name_their_year_behind_their_label_are_told_apart(last, this):
    mine, before = random_report(24, "2021"), random_report(25, "2021")
    columns = [c.label for c in mine.template.applications.columns]
    rows = [[C("项目"), *(C(label + year) for label in columns for year in (last, this))]]
    for row in mine.template.applications.rows:
        pairs = zip(*(table_layouts.applicant_values(p, row.key) for p in (before, mine)), strict=True)
        rows.append([C(row.label), *(cell for pair in pairs for cell in pair)])
    page = table_layouts.page("", table_layouts.table(rows), "")
    assert values(from_html(page), "applications") == printed(mine, "applications")


@pytest.mark.parametrize("names", [("数量", "占比"), ("件数", "同比增幅（%）")])
@pytest.mark.parametrize("share", ["12.5%", "7"])
def test_columns_of_shares_beside_those_of_counts_are_left_out(names, share):
    p = random_report(26, "2021")
    columns = p.template.applications.columns
    rows = [
        [C("项目", rowspan=2), *(C(c.label, colspan=2) for c in columns)],
        [*map(C, names)] * len(columns),
    ]
    for row in p.template.applications.rows:
        cells = table_layouts.applicant_values(p, row.key)
        rows.append([C(row.label), *(cell for value in cells for cell in (value, C(share)))])
    page = table_layouts.page("", table_layouts.table(rows), "")
    assert values(from_html(page), "applications") == printed(p, "applications")


def test_of_the_tables_of_two_years_none_is_read_where_the_title_names_neither():
    mine, before = random_report(21, "2021"), random_report(22, "2021")
    found = from_html(years_beside(mine, before))
    right = printed(mine)
    assert all(before.value[key] == right[key] == value for key, value in values(found).items())


def test_tables_that_name_another_year_are_read_where_there_are_no_others():
    p = random_report(23, "2021")
    four = table_layouts.table([*table_layouts.review_head(), table_layouts.review_values(p)])
    page = table_layouts.page(
        "<p>2021年度</p>" + table_layouts.table(table_layouts.proactive_rows(p)),
        "<p>2022年度</p>"
        + table_layouts.table([*table_layouts.application_head(), *table_layouts.application_rows(p)]),
        four,
    )
    assert values(from_html(page.replace("2023年", "2022年"))) == printed(p)


@pytest.mark.parametrize("caption", ["（一）{}", "{}情况", "2.{}："])
def test_a_line_above_a_table_of_section_four_names_its_stage(caption):
    p = random_report(24, "2021")
    names = {"reconsideration": "行政复议", "lawsuit_direct": "未经复议直接起诉"}
    names["lawsuit_after_reconsideration"] = "复议后起诉"
    head = [C(text) for text in ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")]
    four = "".join(
        f"<p>{caption.format(name)}</p>{table_layouts.table([head, table_layouts.review_values(p, stage)])}"
        for stage, name in names.items()
    )
    assert values(from_html(table_layouts.page("", "", four)), "reviews") == printed(p, "reviews")


def test_a_stage_of_blanks_ends_what_heads_the_stages_below_it():
    p = random_report(26, "2021")
    for key in [
        key for key in p.raw if key[:2] in (("reviews", "reconsideration"), ("reviews", "lawsuit_direct"))
    ]:
        p.raw[key], p.value[key] = "", None
    outcomes = [C(text) for text in ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")]
    rows = [
        [C("行政复议", 5)],
        outcomes,
        table_layouts.review_values(p, "reconsideration"),
        [C("行政诉讼", 5)],
    ]
    for name, stage in (
        ("未经复议直接起诉", "lawsuit_direct"),
        ("复议后起诉", "lawsuit_after_reconsideration"),
    ):
        rows += [[C(name, 5)], outcomes, table_layouts.review_values(p, stage)]
    found = from_html(table_layouts.page("", "", table_layouts.table(rows)))
    assert values(found, "reviews") == printed(p, "reviews")


@pytest.mark.parametrize("between", ["", "－", "："])
def test_labels_of_groups_before_those_of_their_rows(between):
    p = random_report(27, "2021")
    groups = [
        ("不予公开", "denied_"),
        ("无法提供", "unavailable_"),
        ("不予处理", "not_processed_"),
        ("其他处理", "other_"),
    ]
    rows = [[C("项目"), *(C(c.label) for c in p.template.applications.columns)]]
    for row in p.template.applications.rows:
        group = next((g + between for g, key in groups if row.key.startswith(key)), "")
        rows.append([C(group + core(row.label)), *table_layouts.applicant_values(p, row.key)])
    found = from_html(table_layouts.page("", table_layouts.table(rows), ""))
    assert values(found, "applications") == printed(p, "applications")


def test_the_total_of_a_group_is_none_of_the_form_s():
    assert label_at_end(["其他处理合计"]) is None and label_at_end(["不予公开其他"]) is None


def test_the_head_of_a_page_between_a_label_and_its_values_parts_them_not():
    p = random_report(25, "2021")
    text = table_layouts.LINES["numbers_below"](p)
    lines = text.split("\n")
    at = next(i for i, line in enumerate(lines) if "属于四类过程性信息" in line)
    for head in ("某县财政局2022年政府信息公开工作年度报告", "某县财政局2022年度政府信息公开工作年报 12"):
        assert values(from_text("\n".join([*lines[: at + 1], head, *lines[at + 1 :]]))) == values(
            from_text(text)
        )


def test_values_on_a_line_without_a_label_cost_no_other_row():
    p = random_report(26, "2021")
    text = table_layouts.LINES["tabs"](p).replace("2.重复申请", "").replace("7.属于行政执法案卷", "")
    lost = {"not_processed_duplicate", "denied_enforcement_files"}
    found = from_text(text)
    assert values(found) == {key: value for key, value in printed(p).items() if key[1] not in lost}
    assert any(issue.code == "values_unbound" for issue in found.issues)


def test_two_signs_on_two_lines_may_be_one_dash_that_a_narrow_column_broke():
    text = table_layouts.LINES["blanks_between"](random_report(27, "2021"))
    line = next(line for line in text.split("\n") if "属于行政执法案卷" in line)
    found = from_text(text.replace(line, "7.属于行政执法案卷\n0 0\n—\n—\n0 0 0"))
    row = [c for c in found.cells if c.row == "denied_enforcement_files"]
    assert {c.state for c in row} == {State.UNREADABLE}


def states(text: str, row: str) -> set:
    return {c.state for c in from_text(text).cells if c.row == row}


def test_a_row_of_blanks_that_lines_do_not_show_is_blank():
    p = random_report(28, "2021")
    text = table_layouts.LINES["tabs"](p)
    row = "\t".join(cell.text for cell in table_layouts.review_values(p))
    assert row in text
    assert states(text.replace(row, ""), "reconsideration") == {State.BLANK}


def test_labels_of_section_two_without_a_value_in_lines_are_an_unreadable_table():
    p = random_report(28, "2021")
    p.raw = {key: "" if key[0] == "proactive" else raw for key, raw in p.raw.items()}
    text = re.sub(r"(?m)\t+$", "", table_layouts.LINES["tabs"](p))
    found = from_text(text)
    assert found.states["proactive"] is TableState.UNREADABLE
    assert {c.state for c in found.cells if c.table_name == "proactive"} == {State.UNREADABLE}
    lone = from_text(text.replace("行政许可\n", "").replace("行政强制\n", ""))
    assert lone.states["proactive"] is TableState.MISSING


@pytest.mark.parametrize("over", ["主要{}不足{}是：基层{}人员{}变动{}较多。", "�主要�不足�是�：{}较多。"])
def test_a_row_that_the_text_below_is_printed_over_is_not_blank(over):
    p = random_report(28, "2021")
    text = table_layouts.LINES["tabs"](p)
    row = "\t".join(cell.text for cell in table_layouts.review_values(p))
    heading = "五、存在的主要问题及改进情况\n"
    assert row in text and heading in text
    below = heading + over.format(*row.split("\t")) + "\n"
    assert states(text.replace(row, "").replace(heading, below), "reconsideration") == {State.UNREADABLE}


def test_figures_in_signs_that_nothing_explains_leave_no_row_blank():
    p = random_report(29, "2021")
    text = table_layouts.LINES["blanks_between"](p)
    row = " ".join(cell.text for cell in table_layouts.review_values(p))
    blanks = re.sub(r"(?m) 0(?= |$)", " ", text.replace(row, re.sub(r"\S+", r"<c>\\g<0></c>", row)))
    assert State.BLANK not in states(blanks, "reconsideration")


def test_labels_on_several_lines_in_another_order_are_not_that_of_the_values():
    p = random_report(30, "2019")
    text = table_layouts.LINES["cell_a_line"](p)
    one, other = "本年新制作数量", "对外公开总数量"
    moved = text.replace(one, "甲").replace(other, one).replace("甲", other)
    assert not states(moved, "normative_documents") & {State.NUMBER}
    stage = "行政复议 其他结果 结果维持 结果纠正 尚未审结 总计 3 1 2 0 6"
    four = text.index("四、政府信息公开行政复议")
    fifth = text.index("五、存在")
    for between, read in ((" ", {State.NUMBER}), ("\n", {State.UNREADABLE})):
        told = text[:four] + "四、政府信息公开行政复议、行政诉讼情况\n" + stage.replace(" ", between) + "\n"
        assert states(told + text[fifth:], "reconsideration") == read


def test_the_rest_of_a_figure_in_a_field_of_its_own_leaves_no_figure():
    text = table_layouts.LINES["pipes"](random_report(31, "2021"))
    amount = re.sub(r"\| 行政事业性收费 .*", "||行政事业性收费|||78|.9|", text)
    head = re.sub(r"\| 信息内容 \| 本年收费金额.*", "||信息内容|||本年收费金额|（单位：万元）|", amount)
    assert State.NUMBER not in states(head, "administrative_fees")


def test_a_column_whose_label_is_torn_by_others_is_not_the_one_that_lost_its_values():
    p = random_report(32, "2021")
    head = "申请人情况\n自然 商业企业 科研机构 社会公益组织 法律服务机构 其他 总计\n人"
    rows = [re.sub(r"(\S+) \S+( (?:\S+ ){4}\S+)$", r"\1\2", line) for line in texts(flat(p))]
    cells = from_text(lines(p, [head, *rows])).cells
    assert not [c for c in cells if c.table_name == "applications" and c.state is State.NUMBER]


def test_a_row_between_pipes_that_goes_on_on_the_next_line_states_no_figure():
    text = table_layouts.LINES["pipes"](random_report(33, "2021"))
    line = next(line for line in text.split("\n") if "行政规范性文件" in line)
    broken = re.sub(r"\S+ \|$", "243\n86     |", line)
    cells = [c for c in from_text(text.replace(line, broken)).cells if c.row == "normative_documents"]
    assert {c.state for c in cells if c.column_name == "in_force"} == {State.UNREADABLE}


def test_a_column_that_is_left_out_is_another_one_where_values_exceed_their_totals():
    p = random_report(34, "2021")
    labels = [c.label for c in p.template.applications.columns if c.key != "other_org"]
    rows = [[row[0].text, *(str(n % 3 + at) for at in range(6))] for n, row in enumerate(flat(p))]
    text = lines(p, [" ".join(["项目", *labels]), *map(" ".join, rows)])
    cells = [c for c in from_text(text).cells if c.table_name == "applications"]
    assert cells and not [c for c in cells if c.state is State.NUMBER]
