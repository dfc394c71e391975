"""Merged cells: what they say of each column or row that they cover; a figure of several rows is none's."""

from dataclasses import replace

import pytest

from tests.parse import table_layouts as t
from tests.parse.table_layouts import C, Row, random_report
from tests.parse.table_reading import FORMS, apart, flat, head, page, read

BOTH_ROWS = [("proactive", 0, 1), ("applications", 0, 1), ("applications", 7, 8), ("applications", 7, 9)]


def over_rows(rows: list[Row], first: int, last: int, column: int) -> list[Row]:
    """The rows, a value of the first in one cell with those of the rows below it."""
    rows = [list(row) for row in rows]
    rows[first][column] = replace(rows[first][column], text="4711", rowspan=last - first + 1)
    for row in rows[first + 1 : last + 1]:
        del row[column]
    return rows


def only_values_in(rows: list[Row], first: int, last: int) -> list[Row]:
    """The rows, of which the last has no cell of its own but its label, as where labels alone are ruled."""
    rows = [list(row) for row in rows]
    rows[first] = [rows[first][0], *(replace(c, rowspan=last - first + 1) for c in rows[first][1:])]
    for row in rows[first + 1 : last + 1]:
        del row[1:]
    return rows


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("table", "first", "last"), BOTH_ROWS)
@pytest.mark.parametrize("column", [1, 3, None])
def test_a_value_over_the_rows_of_several_labels_is_none_of_theirs(form, table, first, last, column):
    p = random_report(5, form)
    keys = [
        r.key for r in (p.template.proactive[0] if table == "proactive" else p.template.applications).rows
    ]
    for key in p.raw:
        if key[:2] == (table, keys[first]) and p.value[key] == 0:
            p.raw[key], p.value[key] = "12", 12
    two, three = t.proactive_rows(p), [head(p), *flat(p)]
    rows, at = (two, 2) if table == "proactive" else (three, 1)
    merge = (rows, at + first, at + last)
    rows[:] = over_rows(*merge, column) if column else only_values_in(*merge)
    wrong, flagged = apart(p, read(page(p, three, two)))
    assert wrong == set()
    assert {(name, row) for name, row, _ in flagged} == {(table, key) for key in keys[first : last + 1]}


@pytest.mark.parametrize("printed", ["0", "—"])
def test_a_zero_or_a_dash_over_two_rows_is_that_of_each(printed):
    p = random_report(5, "2021")
    for row in ("new_received", "carried_over"):
        key = ("applications", row, "public_welfare_org")
        p.raw[key], p.value[key] = printed, 0 if printed == "0" else None
    rows = [head(p), *flat(p)]
    rows[1][4] = C(printed, rowspan=2)
    del rows[2][4]
    assert apart(p, read(page(p, rows))) == (set(), set())


@pytest.mark.parametrize(("upper", "lower"), [("", "8"), ("8", "7")])
def test_a_cell_that_ends_above_the_others_of_its_row_says_nothing_alone(upper, lower):
    p = random_report(5, "2021")
    rows = [head(p), *flat(p)]
    rows[3] = [replace(c, rowspan=2) for c in rows[3]]
    rows[3][4] = C(upper)
    rows.insert(4, [C(lower)])
    _, flagged = apart(p, read(page(p, rows)))
    assert ("applications", "granted", "public_welfare_org") in flagged


def section_four(last_wide: int, values: Row) -> list[Row]:
    *above, outcomes = t.review_head()
    return [*above, [*outcomes[:-1], replace(outcomes[-1], colspan=last_wide)], values]


def test_a_zero_over_whole_columns_of_section_four_is_zero_in_each():
    p = random_report(5, "2021")
    for outcome in ("other", "pending", "total"):
        p.raw["reviews", "lawsuit_direct", outcome], p.value["reviews", "lawsuit_direct", outcome] = "0", 0
    values = t.review_values(p)
    values[7:10] = [C("0", colspan=3)]
    assert apart(p, read(page(p, [head(p), *flat(p)], four=section_four(1, values)))) == (set(), set())


def test_a_zero_over_part_of_a_column_of_section_four_shows_a_lost_cell():
    p = random_report(5, "2021")
    values = t.review_values(p)
    values[13:] = [C("0", colspan=2)]
    wrong, flagged = apart(p, read(page(p, [head(p), *flat(p)], four=section_four(2, values))))
    assert wrong == set()
    assert len([key for key in flagged if key[0] == "reviews"]) == 15


def test_a_border_dragged_in_one_row_alone_is_the_same_border():
    """It stands at two places of the grid, and no cell is the slip between them."""
    p = random_report(5, "2021")
    (first, lawsuits), stages, outcomes = (list(row) for row in t.review_head())
    lawsuits, stages[-2] = replace(lawsuits, colspan=11), replace(stages[-2], colspan=6)
    outcomes[1] = replace(outcomes[1], colspan=2)
    values = t.review_values(p)
    values[5] = replace(values[5], colspan=2)
    four = [[first, lawsuits], stages, outcomes, values]
    assert apart(p, read(page(p, [head(p), *flat(p)], four=four))) == (set(), set())


def _begun_further_right(row: t.Row) -> t.Row:
    """A row of section two in six columns: the header stands a column further right than the figures do."""
    if len(row) == 1:
        return [replace(row[0], colspan=6)]
    label, *values = row
    if len(values) > 1:
        return [replace(label, colspan=2), *values, C("")]
    if label.text == "信息内容":
        return [C(""), replace(label, colspan=2), replace(values[0], colspan=3)]
    return [replace(label, colspan=2), replace(values[0], colspan=3), C("")]


def test_a_sub_table_may_begin_further_right_than_the_one_before():
    p = random_report(6, "2021")
    two = [_begun_further_right(row) for row in t.proactive_rows(p)]
    assert apart(p, read(page(p, [head(p), *flat(p)], two=two))) == (set(), set())


def _beside_remarks(row: t.Row) -> t.Row:
    """A row of section two in five columns, remarks before its figure, which stands astride."""
    if len(row) == 1:
        return [replace(row[0], colspan=5)]
    label, *values = row
    if len(values) > 1:
        return [*row, C("")]
    if label.text == "信息内容":
        return [label, C("备注", 2), replace(values[0], colspan=2)]
    return [label, C(""), replace(values[0], colspan=2), C("")]


def test_a_figure_below_two_columns_of_which_one_is_not_the_forms_is_no_blank():
    p = random_report(6, "2021")
    two = [_beside_remarks(row) for row in t.proactive_rows(p)]
    wrong, flagged = apart(p, read(page(p, [head(p), *flat(p)], two=two)))
    assert wrong == set()
    assert {key[2] for key in flagged} == {"decisions", "amount_yuan"}


def copied(row: Row, other: str = "") -> Row:
    """A row, of which merged cells are copied to each of their columns; the last one may say ``other``."""
    cells = [replace(cell, colspan=1) for cell in row for _ in range(cell.colspan)]
    return [*cells[:-1], replace(cells[-1], text=other)] if other else cells


@pytest.mark.parametrize("form", FORMS)
def test_a_value_below_copies_of_a_merged_label_is_one_if_all_its_copies_agree(form):
    p = random_report(5, form)
    three = [head(p), *flat(p)]
    two = [copied(row) for row in t.proactive_rows(p)]
    assert apart(p, read(page(p, three, two))) == (set(), set())
    two[-1] = copied(t.proactive_rows(p)[-1], "4711")
    wrong, flagged = apart(p, read(page(p, three, two)))
    assert (wrong, len({row for _, row, _ in flagged})) == (set(), 1)


def taken_apart(rows: list[Row]) -> list[Row]:
    """The rows, of which merged cells are one with blank ones beside it."""
    return [[new for c in row for new in (C(c.text), *[C("")] * (c.colspan - 1))] for row in rows]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("spare", [0, 1])
@pytest.mark.parametrize("apart_too", [False, True])
def test_stages_in_tables_of_their_own_stand_over_blanks_and_beside_spare_ones(form, spare, apart_too):
    p = random_report(5, form)
    (_, lawsuits), (*outcomes, direct, after), _ = t.review_head()
    outcomes = [replace(c, rowspan=1) for c in outcomes]
    values = t.review_values(p)
    tables: list[list[Row]] = [
        [[C("行政复议", 5)], outcomes, values[:5]],
        [[lawsuits], [direct, after], [*outcomes, *outcomes], values[5:]],
    ]
    padded = [[[*row, *[C("")] * spare] for row in rows] for rows in tables]
    four = "".join(t.table(taken_apart(rows) if apart_too else rows) for rows in padded)
    rows = t.table([head(p), *flat(p)])
    assert apart(p, read(t.page(t.table(t.proactive_rows(p)), rows, four))) == (set(), set())
