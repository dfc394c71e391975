"""Columns that bear names of their own: what stands below them is never a value of the form's columns."""

import re
from dataclasses import replace

import pytest

from pipelines.parse.records import Paragraph, Place, State
from pipelines.parse.tables.header_stream import applicant_columns
from pipelines.parse.tables.tokens import tokens_of
from tests.parse import table_layouts as t
from tests.parse.table_layouts import C, Printed
from tests.parse.table_reading import FORMS, apart, consistent, flat, head, lines, page, read

APPLICANTS = {"自然人": "natural_person", "商业企业": "business", "社会公益组织": "public_welfare_org"}
TEXTS = [t.tabs, t.pipes, t.blanks_between, t.cell_a_line]


def numbers_below(document: str, table: str, *columns: str) -> list:
    return [
        c
        for c in read(document).cells
        if c.table_name == table and c.column_name in columns and c.state is State.NUMBER
    ]


def wrong(p: Printed, document: str) -> set:
    return apart(p, read(document))[0]


@pytest.mark.parametrize("name", ["事业单位", "新闻媒体", "备注"])
@pytest.mark.parametrize("label", APPLICANTS)
@pytest.mark.parametrize("layout", TEXTS)
def test_in_lines_a_column_of_section_three_of_another_name_is_not_the_lost_one(layout, label, name):
    p = consistent(5, "2021")
    document = layout(p).replace(label, name)
    assert numbers_below(document, "applications", APPLICANTS[label]) == []
    assert wrong(p, document) == set()


@pytest.mark.parametrize("layout", [t.tabs, t.blanks_between, t.cell_a_line])
def test_in_lines_a_misread_label_is_still_the_forms(layout):
    p = consistent(5, "2021")
    assert apart(p, read(layout(p).replace("社会公益组织", "社公盖组"))) == (set(), set())


@pytest.mark.parametrize("at", [0, 3, 6])
@pytest.mark.parametrize("form", FORMS)
def test_in_a_grid_the_columns_beside_one_of_another_name_are_read(form, at):
    p = consistent(5, form)
    names = head(p)
    names[at + 1] = C("事业单位")
    lost = p.template.applications.columns[at].key
    document = page(p, [names, *flat(p)])
    rows = {("applications", row.key, lost) for row in p.template.applications.rows}
    assert apart(p, read(document)) == (set(), rows)


@pytest.mark.parametrize("name", ["序号", "编号"])
@pytest.mark.parametrize("form", FORMS)
def test_numbers_of_rows_before_their_labels_stand_for_no_column_that_lost_its_label(form, name):
    p = consistent(5, form)
    names = [C("企业") if c.text == "商业企业" else c for c in head(p)]
    rows = [[C(name), *names], *([C(str(n)), *row] for n, row in enumerate(flat(p), 1))]
    assert apart(p, read(page(p, rows))) == (set(), set())


@pytest.mark.parametrize("form", FORMS)
def test_in_lines_a_column_between_those_of_section_three_is_left_out(form):
    p = consistent(5, form)
    rows = [[*row[:4], C("9"), *row[4:]] for row in flat(p)]
    names = head(p)
    three = "\n".join(
        "\t".join(c.text for c in row) for row in [[*names[:4], C("事业单位"), *names[4:]], *rows]
    )
    two = "\n".join("\t".join(c.text for c in row) for row in t.proactive_rows(p))
    four = "\n".join("\t".join(c.text for c in row) for row in [*t.review_head(), t.review_values(p)])
    assert apart(p, read(t.report_text(two, three, four))) == (set(), set())


@pytest.mark.parametrize("layout", [t.official, t.tabs, t.pipes, t.blanks_between, t.cell_a_line])
def test_a_column_of_section_two_of_another_name_is_not_the_lost_one(layout):
    p = consistent(5, "2021")
    document = layout(p).replace("本年处理决定数量", "办结率").replace("本年废止件数", "律师事务所")
    assert numbers_below(document, "proactive", "decisions", "repealed") == []
    assert wrong(p, document) == set()


@pytest.mark.parametrize("layout", [t.official, t.tabs, t.pipes, t.blanks_between, t.cell_a_line])
@pytest.mark.parametrize("form", FORMS)
def test_a_column_of_section_four_of_another_name_is_not_the_lost_one(layout, form):
    p = consistent(5, form)
    for key in p.raw:
        if key[0] == "reviews":
            p.raw[key], p.value[key] = "4", 4
    document = layout(p).replace("结果纠正", "律师事务所", 1)
    found = {(c.row, c.column_name): c for c in read(document).cells if c.table_name == "reviews"}
    assert found["reconsideration", "corrected"].state is not State.NUMBER
    assert wrong(p, document) == set()


@pytest.mark.parametrize("form", FORMS)
def test_in_the_next_piece_of_a_table_a_column_of_another_name_is_not_counted_among_the_forms(form):
    p = consistent(5, form)
    key = ("applications", p.template.applications.rows[-1].key, "total")
    p.raw[key], p.value[key] = "", None
    names, rows = head(p), [[*row[:4], C("9"), *row[4:]] for row in flat(p)]
    pieces = t.table([[*names[:4], C("事业单位"), *names[4:]], *rows[:9]]) + t.table(rows[9:])
    four = t.table([*t.review_head(), t.review_values(p)])
    assert wrong(p, t.page(t.table(t.proactive_rows(p)), pieces, four)) == set()


def section_four_in_lines(p: Printed, four: str) -> str:
    two, three = (
        "\n".join("\t".join(c.text for c in row) for row in rows)
        for rows in (t.proactive_rows(p), [head(p), *flat(p)])
    )
    return t.report_text(two, three, four)


def test_the_end_of_a_stage_s_caption_names_no_column():
    p = consistent(5, "2021")
    labels = "\t".join(column.label for column in p.template.reviews.columns)
    values = [c.text for c in t.review_values(p)]
    stages = ("（一）行政复议情况", "（二）未经复议直接起诉情况", "（三）复议后起诉情况")
    rows = ["\t".join(values[n : n + 5]) for n in (0, 5, 10)]
    captioned = "\n".join(f"{stage}\n{labels}\n{row}" for stage, row in zip(stages, rows, strict=True))
    blank = "\n".join(f"{stage}\n{labels}" for stage in stages)
    assert apart(p, read(section_four_in_lines(p, captioned))) == (set(), set())
    no_zeros = re.sub(r"(?m)\t0(?=\t|$)", "\t", section_four_in_lines(p, blank))
    found = [c for c in read(no_zeros).cells if c.table_name == "reviews"]
    assert len(found) == 15 and {c.state for c in found} == {State.BLANK}


def test_the_rest_of_labels_in_two_lines_names_no_column():
    p = consistent(5, "2021")
    values = " ".join(c.text for c in t.review_values(p))
    cut = "结果维 结果纠 其他结 尚未审"
    names = f"{cut}\n总计 {cut} {cut}\n持 正 果 结 总计 总计\n持 正 果 结 持 正 果 结"
    four = f"行政复议 行政诉讼\n未经复议直接起诉 复议后起诉\n{names}\n{values}"
    assert apart(p, read(section_four_in_lines(p, four))) == (set(), set())


@pytest.mark.parametrize(("corner", "others"), [("项目\t小计", (0,)), ("小计", ()), ("序号\t项目", ())])
def test_a_column_between_the_corner_and_the_first_of_the_form_s_is_another(corner, others):
    line = "\t".join([corner, *(c.label for c in consistent(5, "2021").template.applications.columns)])
    found = applicant_columns(tokens_of([(0, Paragraph(line, Place(line=0, span=(0, len(line)))))]))
    assert found is not None and found.others == others


def test_labels_of_section_four_in_two_lines_each_name_no_other_column():
    p = consistent(5, "2021")
    cut = "结果\n维持\n结果\n纠正\n其他\n结果\n尚未\n审结\n总计\n"
    values = "\n".join(c.text for c in t.review_values(p))
    four = f"行政复议\n行政诉讼\n{cut}未经复议直接起诉\n复议后起诉\n{2 * cut}{values}"
    assert apart(p, read(section_four_in_lines(p, four))) == (set(), set())


@pytest.mark.parametrize("separator", ["\t", " ", "；"])
def test_a_column_that_is_added_without_a_name_is_not_that_of_the_lost_label(separator):
    p = consistent(5, "2021")
    rows = [[*row[:4], C("3"), *row[5:]] for row in flat(p)]
    names = [*head(p)[:4], *head(p)[5:]]
    document = lines(p, [separator.join(c.text for c in row) for row in [names, *rows]])
    stated, flagged = apart(p, read(document))
    assert stated == set() and {key[0] for key in flagged} == {"applications"}


@pytest.mark.parametrize("form", FORMS)
def test_a_lost_label_of_a_column_is_told_by_the_totals(form):
    p = consistent(5, form)
    names = [*head(p)[:6], head(p)[7]]
    document = lines(p, ["\t".join(c.text for c in row) for row in [names, *flat(p)]])
    assert apart(p, read(document)) == (set(), set())


def _of_one_row(p, figures):
    """The rows of section three, all zeros but those of the sixth."""
    rows = [[row[0], *[C("0")] * 7] for row in flat(p)]
    rows[5][1:] = map(C, figures)
    return rows


HEADS_OF_TWO_LINES = [
    "\t\t自然人\t法人或其他组织\t\t\t\t\t总计\t\n\t\t\t商业企业\t科研机构\t社会公益组织\t法律服务机构\t其他\t\t",
    "\t\t申请人情况\t\t\t\t\t\t总计\t\t\n\t\t自然人\t法人或其他组织\t\t\t\t\t\n"
    "\t\t\t商业企业\t科研机构\t社会公益组织\t法律服务机构\t其他\t\t",
    "\t自然人\t法人或其他组织\t商业企业\t科研机构\t社会公益组织\t法律服务机构\t总计",
]


@pytest.mark.parametrize("names", HEADS_OF_TWO_LINES)
@pytest.mark.parametrize("form", FORMS)
def test_a_wrong_sum_alone_speaks_against_no_column(form, names):
    p = consistent(5, form)
    rows = _of_one_row(p, ["0", "4", "0", "0", "0", "0", "0"])
    found = read(lines(p, [names, *("\t".join(c.text for c in row) for row in rows)]))
    read_values = [c.value for c in found.cells if c.table_name == "applications"]
    assert sorted(read_values) == [0] * (len(read_values) - 1) + [4]


def test_a_value_that_is_the_sum_of_the_others_speaks_against_the_columns():
    p = consistent(5, "2021")
    rows = _of_one_row(p, ["4", "3", "1", "0", "0", "0", "0"])
    found = read(lines(p, [HEADS_OF_TWO_LINES[2], *("\t".join(c.text for c in row) for row in rows)]))
    assert {c.state for c in found.cells if c.table_name == "applications"} == {State.UNREADABLE}


def test_a_column_of_units_among_those_of_section_three_that_the_rows_lack_is_one():
    p = consistent(5, "2021")
    names = [*head(p)[:7], C("单位"), head(p)[7]]
    rows = [[*row[:3], *row[4:], C("无")] for row in flat(p)]
    document = lines(p, [" / ".join(c.text for c in row) for row in [names, *rows]])
    assert wrong(p, document) == set()


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("lost", [[], ["其他"]])
@pytest.mark.parametrize("form", FORMS)
def test_totals_show_whether_what_ran_on_behind_the_upper_level_of_a_header_is_the_first_column(
    form, lost, first
):
    p = consistent(5, form)
    *others, total = (column.label for column in p.template.applications.columns)
    names = [total, others[0], "法人或其他组织", *(name for name in others[1:] if name not in lost)]
    rows = [[row[0], row[7], *row[1:7]] if first else row for row in flat(p)]
    three = [["申请人情况", *names], *([c.text for c in row] for row in rows)]
    stated, flagged = apart(p, read(lines(p, [" ".join(row) for row in three])))
    assert stated == set() and (first or not flagged)


@pytest.mark.parametrize("form", FORMS)
def test_a_rule_that_ran_on_behind_a_row_is_no_value(form):
    p = consistent(5, form)
    *rows, last = [" ".join(c.text for c in row) for row in flat(p)]
    document = lines(p, [" ".join(c.text for c in head(p)), *rows, f"{last}{' ---' * 8}"])
    values = " ".join(c.text for c in t.review_values(p))
    assert apart(p, read(document.replace(values, f"{values}{' ---' * 15}"))) == (set(), set())


@pytest.mark.parametrize("blank", [False, True])
@pytest.mark.parametrize("label", [False, True])
@pytest.mark.parametrize("form", FORMS)
def test_the_numbers_of_the_columns_of_section_four_are_no_values(form, label, blank):
    p = consistent(5, form)
    if blank:
        of_four = [key for key in p.raw if key[0] == "reviews"]
        p.raw |= dict.fromkeys(of_four, "")
        p.value |= dict.fromkeys(of_four)
    first, number, count = ([C(text)] if label else [] for text in ("项目", "栏次", "件数"))
    head, *heads = t.review_head()
    numbers = [*number, *(C(str(n)) for n in range(1, 16))]
    four = [[*(replace(c, rowspan=3) for c in first), *head], *heads, numbers, [*count, *t.review_values(p)]]
    document = page(p, [*t.application_head(), *t.application_rows(p)], four=four)
    wrong, flagged = apart(p, read(document))
    assert not wrong
    assert not flagged or (label and blank)
