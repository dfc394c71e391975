"""Values that stand elsewhere than their labels, as the sums of the form tell: flagged, not read."""

from dataclasses import replace

import pytest

from pipelines.parse.records import State
from tests.parse import table_layouts as t
from tests.parse.table_layouts import C, Printed, Row, random_report
from tests.parse.table_reading import (
    FORMS,
    apart,
    consistent,
    flat,
    head,
    lines,
    page,
    read,
    rows_flagged,
    texts,
)

# what stands in a table of zeros: who applied, how often, and what became of it
GIVEN = (
    ("natural_person", 14, "granted"),
    ("business", 3, "denied_state_secret"),
    ("other_org", 2, "granted"),
)


def balanced(form: str, zero: str = "0") -> Printed:
    """A report of few applications whose sums all fit."""
    p = random_report(60, form)
    counts = dict.fromkeys((key for key in p.raw if key[0] == "applications"), 0)
    for column, number, outcome in GIVEN:
        for row in ("new_received", outcome, "total_handled"):
            counts["applications", row, column] = number
            counts["applications", row, "total"] += number
    for key, number in counts.items():
        p.raw[key], p.value[key] = (str(number), number) if number or zero == "0" else (zero, None)
    return p


def wrong_in(p: Printed, three: list[Row], four: list[Row] | None = None) -> set:
    return apart(p, read(page(p, three, four=four)))[0]


def at(rows: list[Row], label: str) -> int:
    return next(n for n, row in enumerate(rows) if label in row[0].text)


@pytest.mark.parametrize("form", FORMS)
def test_totals_that_stand_first_below_no_header_are_no_natural_persons(form: str) -> None:
    p = balanced(form)
    rows = [[label, values[-1], *values[:-1]] for label, *values in flat(p)]
    wrong, flagged = apart(p, read(page(p, rows)))
    assert wrong == set()
    assert len(rows_flagged(flagged)) == len(p.template.applications.rows)


@pytest.mark.parametrize("form", FORMS)
def test_values_that_have_moved_up_into_a_lost_row_leave_the_last_one_blank(form: str) -> None:
    p, other = balanced(form), balanced(form)
    rows = flat(p)
    lost = at(rows, "重复申请")
    values = [row[1:] for row in rows]
    values = [*values[:lost], *values[lost + 1 :], [C("")] * 7]
    for row in [*other.template.applications.rows][lost:]:
        for column in other.template.applications.columns:
            p.value.pop(("applications", row.key, column.key))
    moved = [[row[0], *own] for row, own in zip(rows, values, strict=True)]
    found = read(page(p, [head(p), *moved]))
    assert apart(p, found)[0] == set()
    states = {c.row: c.state for c in found.cells if c.table_name == "applications"}
    assert {states[row] for row in ("total_handled", "carried_forward", "granted")} == {"unreadable"}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("lost", ["予以公开", "属于国家秘密"])
def test_values_that_have_moved_up_leave_the_last_of_their_rows_blank(form: str, lost: str) -> None:
    p = balanced(form)
    rows = flat(p)
    start, end = at(rows, lost), at(rows, "重复申请")
    moved = [[row[0], *below[1:]] for row, below in zip(rows[start:end], rows[start + 1 :], strict=False)]
    rows[start : end + 1] = [*moved, [rows[end][0], *[C("")] * 7]]
    assert wrong_in(p, [head(p), *rows]) <= {("applications", "not_processed_duplicate")}


@pytest.mark.parametrize("form", FORMS)
def test_values_that_have_moved_down_leave_the_first_of_their_rows_blank(form: str) -> None:
    p = balanced(form)
    rows = flat(p)
    start, end = at(rows, "属于国家秘密"), at(rows, "要求提供公开出版物")
    below = [
        [row[0], *above[1:]] for row, above in zip(rows[start + 1 : end + 1], rows[start:end], strict=True)
    ]
    lost = dict.fromkeys(("natural_person", "business", "total"), "7")
    for column, text in lost.items():
        for row in ("not_processed_publication", "total_handled", "new_received"):
            key = "applications", row, column
            p.value[key] = (p.value[key] or 0) + int(text)
            p.raw[key] = str(p.value[key])
    rows[0], rows[at(rows, "总计")] = flat(p)[0], flat(p)[at(rows, "总计")]
    rows[start : end + 1] = [[rows[start][0], *[C("")] * 7], *below]
    wrong, flagged = apart(p, read(page(p, [head(p), *rows])))
    assert {row for _, row, _ in wrong} <= {"denied_state_secret"}
    assert "new_received" not in rows_flagged(flagged)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("lost", ["予以公开", "属于国家秘密"])
@pytest.mark.parametrize("last", ["重复申请", "总计", "结转下年度"])
def test_values_of_lines_that_have_moved_up_leave_the_last_of_their_labels_alone(
    form: str, lost: str, last: str
) -> None:
    p = balanced(form)
    rows = flat(p)
    start, end = at(rows, lost), at(rows, last)
    moved = [[row[0], *below[1:]] for row, below in zip(rows[start:end], rows[start + 1 :], strict=False)]
    rows[start : end + 1] = [*moved, rows[end][:1]]
    assert apart(p, read(lines(p, texts([head(p), *rows]))))[0] == set()


@pytest.mark.parametrize("form", FORMS)
def test_a_label_alone_on_its_line_casts_no_doubt_where_the_columns_add_up(form: str) -> None:
    p = balanced(form)
    rows = flat(p)
    row = at(rows, "重复申请")
    rows[row] = rows[row][:1]
    flagged = apart(p, read(lines(p, texts([head(p), *rows]))))[1]
    assert rows_flagged(flagged) == {"not_processed_duplicate"}


@pytest.mark.parametrize("form", FORMS)
def test_a_row_of_blanks_is_one_where_the_columns_add_up(form: str) -> None:
    p = balanced(form)
    rows = flat(p)
    row = at(rows, "重复申请")
    rows[row] = [rows[row][0], *[C("")] * 7]
    assert rows_flagged(apart(p, read(page(p, [head(p), *rows])))[1]) == set()


def test_an_empty_column_in_place_of_one_that_is_lost_moves_those_between() -> None:
    p = balanced("2021")
    rows = [[row[0], *row[2:4], C(""), *row[4:]] for row in flat(p)]
    assert wrong_in(p, [head(p), *rows]) == set()


def test_a_row_that_ends_with_blanks_above_values_without_a_label_may_be_theirs() -> None:
    p = balanced("2021")
    rows = flat(p)
    row = at(rows, "重复申请")
    first, rest = rows[row][:4], rows[row][4:]
    rows[row : row + 1] = [[*first, *[C("")] * 4], [*[C("")] * 4, *rest]]
    assert wrong_in(p, [head(p), *rows]) == set()


def test_a_row_one_column_further_left_has_its_values_beside_a_column_of_another_name() -> None:
    p = balanced("2021")
    top = [C("申请人情况", 3), *head(p)[1:3], C("个体工商户"), *head(p)[3:]]
    rows = [[*row[:-5], C("7"), *row[-5:]] for row in t.application_rows(p)]
    rows[2][0] = replace(rows[2][0], rowspan=rows[2][0].rowspan - 1)
    assert wrong_in(p, [top, *rows]) == set()


def test_a_column_of_blanks_that_the_header_knows_nothing_of_moves_the_values_behind_it() -> None:
    p = balanced("2021")
    rows = [[*row[:4], C(""), *row[4:]] for row in flat(p)]
    assert wrong_in(p, [[*head(p), C("单位")], *rows]) == set()


def test_a_column_beside_the_form_s_that_holds_the_totals_shows_that_all_have_moved() -> None:
    p = balanced("2021")
    rows = [[*row[:4], C("5"), *row[4:]] for row in flat(p)]
    assert wrong_in(p, [[*head(p), C("同比")], *rows]) == set()


def test_a_column_of_blanks_among_zeros_may_be_another_one_that_is_lost() -> None:
    p = balanced("2021")
    top = [[C("项目", 1, 2), C("申请人情况", 7)], head(p)[1:]]
    top[1][-1] = C("总 计 数")
    rows = [[row[0], C(""), *row[2:]] for row in flat(p)]
    assert wrong_in(p, [*top, *rows]) == set()


@pytest.mark.parametrize("lost", [5, 6])
def test_labels_that_stand_over_other_values_than_their_order_gives_them_are_doubted(lost: int) -> None:
    p = balanced("2021", "")
    rows = [[*row[:3], C(""), *row[3:lost], *row[lost + 1 :]] for row in [head(p), *flat(p)]]
    assert wrong_in(p, rows) == set()


@pytest.mark.parametrize("blank", [False, True])
def test_a_header_that_lost_a_cell_leaves_seven_values_in_the_form_s_order(blank: bool) -> None:
    p = balanced("2021")
    labels = [cell for cell in head(p) if cell.text != "其他"]
    document = page(p, [[*labels, *[C("")] * blank], *flat(p)])
    assert rows_flagged(apart(p, read(document))[1]) == set()


def reviews(form: str = "2021") -> tuple[Printed, list[list[C]]]:
    """A report, and section four with a row for each stage."""
    p = balanced(form)
    top = [C("", 2), *(C(text) for text in ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计"))]
    labels = [[C("行政复议", 2)], [C("行政诉讼", 1, 2), C("未经复议直接起诉")], [C("复议后起诉")]]
    stages = [row.key for row in p.template.reviews.rows]
    return p, [
        top,
        *([*label, *t.review_values(p, stage)] for label, stage in zip(labels, stages, strict=True)),
    ]


def test_values_of_section_four_beside_a_column_of_another_name_count_below_their_labels_alone() -> None:
    p, (top, *rows) = reviews()
    moved = [[*row[:-5], C(""), *row[-5:], C("7")] for row in rows]
    assert wrong_in(p, flat(p), [[*top, C("备注")], *moved]) == set()


def test_a_row_of_section_four_that_does_not_reach_a_column_of_another_name_has_lost_a_cell() -> None:
    p, (top, *rows) = reviews()
    short = [[*row[:-3], *row[-2:], C("7")] for row in rows]
    assert wrong_in(p, flat(p), [[*top, C("备注")], *short]) == set()


def test_values_of_section_four_that_have_moved_through_several_stages_are_doubtful_in_each() -> None:
    p = consistent(3, "2021")
    figures = (12, 3, 4, 5, 24, 6, None, 8, 9, 23, 1, 2, 3, 10, 16)
    for key, value in zip([key for key in p.raw if key[0] == "reviews"], figures, strict=True):
        p.raw[key], p.value[key] = str(value or ""), value
    values = [*t.review_values(p)[1:], C("")]
    wrong, flagged = apart(p, read(page(p, flat(p), four=[*t.review_head(), values])))
    assert wrong == set()
    assert len([key for key in flagged if key[0] == "reviews"]) == 15


def test_a_wide_cell_in_a_row_of_fifteen_leaves_none_of_them_sure() -> None:
    p = balanced("2021")
    values = t.review_values(p)
    rows = [[C(""), *values[:6], C("", 2), *values[8:]]]
    found = read(page(p, flat(p), four=[*t.review_head(), *rows]))
    numbers = [c for c in found.cells if c.table_name == "reviews" and c.state is State.NUMBER]
    assert numbers == []


def test_what_was_received_is_doubted_by_the_balance() -> None:
    p = balanced("2021", "/")
    rows = flat(p)
    for row in rows:
        row[3] = C("") if row[3].text == "/" else row[3]
    for key in p.raw:
        if (
            key[0] == "applications"
            and key[2] == p.template.applications.columns[2].key
            and p.raw[key] == "/"
        ):
            p.raw[key] = ""
    label, *values = rows[0]
    rows[0] = [label, C(""), *values[:5], values[6]]
    assert wrong_in(p, [head(p), *rows]) == set()


def test_section_four_says_not_nothing_where_its_values_stand_below_no_stage() -> None:
    p = random_report(3, "2021")
    names = ["结果维", "结果纠", "其他结", "尚未审"]
    rest = ["持", "正", "果", "结"]
    packed = (
        ["行政复议", "行政诉讼"],
        ["未经复议直接起诉", "复议后起诉"],
        names,
        ["总计", *names, *names],
        [*rest, "总计", "总计"],
        [*rest, *rest],
    )
    top = [[C(text) for text in (*row, *[""] * (15 - len(row)))] for row in packed]
    values = [C(text) for text in ["10", "2", "3", "4", "19", *["1", "2", "3", "4", "10"] * 2]]
    found = read(page(p, [head(p), *flat(p)], four=[*top, values]))
    states = {c.state for c in found.cells if c.table_name == "reviews"}
    assert states == {"unreadable"}


def test_a_zero_of_money_beside_counts_that_are_left_blank_does_not_show_that_these_have_moved() -> None:
    p = balanced("2021", "")
    printed = {"issued": "", "repealed": "", "in_force": "72", "amount_yuan": "0", "decisions": "3"}
    for key in [key for key in p.raw if key[0] == "proactive"]:
        p.raw[key] = printed[key[2]]
        p.value[key] = int(p.raw[key]) if p.raw[key] else None
    assert apart(p, read(page(p, [head(p), *flat(p)]))) == (set(), set())


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("zero", ["0", "/", ""])
def test_tables_whose_sums_fit_are_read(form: str, zero: str) -> None:
    p = balanced(form, zero)
    three = t.table([*t.application_head(), *t.application_rows(p)])
    assert rows_flagged(apart(p, read(t.page("", three, "")))[1]) == set()


def test_a_column_that_is_empty_but_for_two_rows_shows_that_values_moved_below_a_header_that_lost_a_label():
    p = random_report(61, "2021")
    for row in p.template.applications.rows:
        counts = (4, 1, 0, 2, 0, 9, 16) if row.key in ("new_received", "total_handled") else (0,) * 7
        counts = (0, 0, 1, 0, 0, 2, 3) if row.key.startswith("denied") else counts
        for column, count in zip(p.template.applications.columns, counts, strict=True):
            p.raw["applications", row.key, column.key] = str(count)
            p.value["applications", row.key, column.key] = count
    top, second, leaves = t.application_head()
    rows = t.application_rows(p)
    rows[2:] = [[*row[:-7], *row[-6:], C("")] for row in rows[2:]]
    assert wrong_in(p, [top, [second[0], second[2]], leaves, *rows]) == set()


def test_a_row_of_section_four_below_a_header_that_lost_another_label_is_flagged() -> None:
    p = random_report(62, "2021")
    counts = ["3", "2", "3", "0", "8", "0", "2", "3", "0", "5", "0", "2", "2", "0", "4"]
    for key, count in zip([key for key in p.raw if key[0] == "reviews"], counts, strict=True):
        p.raw[key], p.value[key] = count, int(count)
    top, stages, leaves = t.review_head()
    values = [C(count) for count in counts]
    four = [
        [replace(top[0], rowspan=2), top[1]],
        stages[5:],
        [*leaves[:5], *leaves[:5], *leaves[1:5]],
        values,
    ]
    del four[-1][7]
    assert wrong_in(p, [head(p), *flat(p)], four) == set()
