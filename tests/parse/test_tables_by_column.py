"""Section three in several tables: one for some of its columns each, further years, further copies."""

import pytest

from tests.parse import table_layouts as t
from tests.parse.table_layouts import C, Printed, Row, random_report
from tests.parse.table_reading import FORMS, apart, flat, read, rows_flagged

CUTS = [[1, 5, 1], [1, 6], [3, 2, 2], [1, 3, 2, 1], [1] * 7]


def names(p: Printed) -> list[str]:
    return [c.label for c in p.template.applications.columns]


def document(p: Printed, three: str) -> str:
    four = [*t.review_head(), t.review_values(p)]
    return t.page(t.table(t.proactive_rows(p)), three, t.table(four))


def parts(p: Printed, cut: list[int]) -> list[tuple[list[str], list[Row]]]:
    """The names of each part's columns, and its rows."""
    found, at = [], 0
    for size in cut:
        rows = [[row[0], *row[1 + at : 1 + at + size]] for row in flat(p)]
        found.append((names(p)[at : at + size], rows))
        at += size
    return found


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("cut", CUTS, ids=str)
def test_tables_for_some_columns_each_are_one(form, cut):
    p = random_report(5, form, blanks=True)
    three = "".join(
        f"<p>表{n}</p>" + t.table([[C("项目"), *map(C, heads)], *rows])
        for n, (heads, rows) in enumerate(parts(p, cut), 1)
    )
    assert apart(p, read(document(p, three))) == (set(), set())


@pytest.mark.parametrize("form", FORMS)
def test_the_line_above_or_a_title_tells_whose_a_table_of_one_column_is(form):
    p = random_report(6, form)
    above = "".join(
        f"<p>{n}.{heads[0]}</p>{t.table(rows)}" for n, (heads, rows) in enumerate(parts(p, [1] * 7), 1)
    )
    titled = "".join(
        t.table([[C(f"申请人情况：{heads[0]}", 2)], [C("办理情况"), C("数量")], *rows])
        for heads, rows in parts(p, [1] * 7)
    )
    assert apart(p, read(document(p, above))) == (set(), set())
    assert apart(p, read(document(p, titled))) == (set(), set())


@pytest.mark.parametrize("lost", ["row", "cell", "column", "name"])
def test_parts_that_do_not_fit_are_not_put_together(lost):
    p = random_report(7, "2021")
    tables = []
    for n, (heads, rows) in enumerate(parts(p, [1, 3, 3])):
        if n == 1 and lost == "row":
            del rows[6]
        if n == 1 and lost == "cell":
            del rows[6][2]
        if n == 1 and lost == "column":
            heads, rows = heads[1:], [[row[0], *row[2:]] for row in rows]
        if n == 1 and lost == "name":
            heads = ["甲", *heads[1:]]
        tables.append(t.table([[C("项目"), *map(C, heads)], *rows]))
    wrong, flagged = apart(p, read(document(p, "".join(tables))))
    assert wrong == set()
    assert len(rows_flagged(flagged)) == len(p.template.applications.rows)


def test_the_total_may_stand_before_the_kinds_of_applicant():
    p = random_report(8, "2021")
    order = [c.key for c in p.template.applications.columns]
    order = [order[-1], *order[:-1]]
    top = [C(t.CORNER, 1, 3), C("总计", 1, 3), C("申请人情况", 6)]
    rows = [[C(r.label), *t.applicant_values(p, r.key, order)] for r in p.template.applications.rows]
    head = [top, [C("自然人", 1, 2), C("法人或其他组织", 5)], [C(name) for name in names(p)[1:6]]]
    assert apart(p, read(document(p, t.table([*head, *rows])))) == (set(), set())


# --- other years, other copies ---------------------------------------------------


@pytest.mark.parametrize("own_first", [True, False])
@pytest.mark.parametrize(
    "words", [("2023年", "2022年"), ("本年数", "上年数"), ("本年情况", "上年情况"), ("本年", "累计")], ids=str
)
def test_two_years_side_by_side_under_a_header_of_three_rows(own_first, words):
    p, other = random_report(9, "2021"), random_report(10, "2021")
    both = [(words[0], p), (words[1], other)] if own_first else [(words[1], other), (words[0], p)]
    head = [
        [C("项目", 1, 3), *(C(word, 7) for word, _ in both)],
        [c for _ in both for c in (C("自然人", 1, 2), C("法人或其他组织", 5), C("总计", 1, 2))],
        [C(name) for _ in both for name in names(p)[1:6]],
    ]
    rows = [
        [C(r.label), *(c for _, one in both for c in t.applicant_values(one, r.key))]
        for r in p.template.applications.rows
    ]
    found = read(document(p, t.table([*head, *rows])))
    assert apart(p, found) == (set(), set())


@pytest.mark.parametrize("own_first", [True, False])
def test_a_row_for_each_of_two_years_below_one_label(own_first):
    p, other = random_report(11, "2021"), random_report(12, "2021")
    rows: list[Row] = [[C("项目", 2), *map(C, names(p))]]
    for r in p.template.applications.rows:
        both = [[C("本年"), *t.applicant_values(p, r.key)], [C("上年"), *t.applicant_values(other, r.key)]]
        first, second = both if own_first else reversed(both)
        rows += [[C(r.label, 1, 2), *first], second]
    assert apart(p, read(document(p, t.table(rows)))) == (set(), set())


def _whole(p: Printed) -> str:
    return t.table([*t.application_head(), *t.application_rows(p)])


@pytest.mark.parametrize(
    ("before", "between"),
    [
        ("", "<p>2008年以来累计情况：</p>"),
        ("<p>更正后：</p>", "<p>更正前：</p>"),
        ("", "<p>填报单位：甲县丙站</p>"),
        ("<p>本年度情况：</p>", "<p>上年情况：</p>"),
        ("", "<p>填表示例：</p>"),
        ("", "<p>其中：县本级情况</p>"),
        ("", "<p>其中，各乡镇办理情况如下：</p>"),
    ],
)
@pytest.mark.parametrize("own_first", [True, False])
def test_the_line_above_tells_which_of_two_copies_is_the_reports_own(before, between, own_first):
    p, other = random_report(13, "2021"), random_report(14, "2021")
    both = [before + _whole(p), between + _whole(other)]
    if not own_first and not before:
        before = "<p>本年度情况：</p>" if "单位" not in between else "<p>填报单位：甲县乙局（合计）</p>"
        both[0] = before + both[0]
    text = document(p, "".join(both if own_first else reversed(both)))
    assert apart(p, read(text)) == (set(), set())


def test_the_form_left_blank_after_the_one_filled_in_says_nothing():
    p = random_report(15, "2021")
    text = _whole(p)
    blank = random_report(15, "2021")
    for sign in ("", "×"):
        blank.raw = dict.fromkeys(blank.raw, sign)
        assert apart(p, read(document(p, text + "<p>附：报告格式</p>" + _whole(blank)))) == (set(), set())


def test_a_table_of_another_count_with_the_labels_of_the_rows_is_an_offices_own():
    p = random_report(16, "2021")
    quarters = [[C("项目"), *map(C, ("一季度", "二季度", "三季度", "四季度", "全年"))]]
    quarters += [[row[0], C("1"), C("2"), C("3"), C("4"), row[-1]] for row in flat(p)]
    text = document(p, _whole(p) + "<p>分季度情况：</p>" + t.table(quarters))
    assert apart(p, read(text)) == (set(), set())


# --- notes -------------------------------------------------------------------------


def test_marks_of_notes_behind_labels_are_no_part_of_them():
    p = random_report(17, "2021")
    three = _whole(p)
    for label, mark in (
        ("自然人", "¹"),
        ("结转下年度继续办理", "①"),
        ("予以公开", "[2]"),
        ("重复申请", "<sup>3</sup>"),
    ):
        three = three.replace(f"{label}</td>", f"{label}{mark}</td>")
    assert apart(p, read(document(p, three))) == (set(), set())


def test_a_figure_with_a_raised_one_behind_it_is_read_where_the_sums_prove_it():
    p = random_report(18, "2021")
    columns = [c.key for c in p.template.applications.columns]
    for number, row in enumerate(("granted", "partially_granted", "not_processed_petition")):
        for column, n in zip(columns, (12, 0, 3, 0, 0, 0, 15 + (number == 1)), strict=True):
            p.raw["applications", row, column], p.value["applications", row, column] = str(n), n
    for key in (("granted", columns[0]), ("partially_granted", columns[0])):
        p.raw["applications", *key] += "¹"
    p.raw["applications", "not_processed_petition", columns[1]] += "²"
    read_so = apart(p, read(document(p, _whole(p))))
    assert read_so == (set(), {("applications", "partially_granted", columns[0])})
