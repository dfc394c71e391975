"""Cells, labels and rows that damage has moved: read where a careful person can, flagged where not."""

import random
import re
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

SEEDS = range(3)


# --- read where the print leaves no doubt ------------------------------------------


def several_rows_in_one(p: Printed, rng: random.Random) -> str:
    rows, start = flat(p), rng.randrange(2, 15)
    packed = [C("\n".join(row[n].text for row in rows[start : start + 4])) for n in range(8)]
    return page(p, [head(p), *rows[:start], packed, *rows[start + 4 :]])


def all_rows_in_one(p: Printed, rng: random.Random) -> str:
    packed = [C("\n".join(row[n].text for row in flat(p))) for n in range(8)]
    return page(p, [head(p), packed])


def several_rows_beside_a_group(p: Printed, rng: random.Random) -> str:
    rows = [[C(c.text, c.colspan, c.rowspan) for c in row] for row in t.application_rows(p)]
    group = rows[4:12]  # （三）不予公开, its first row holding the group's cell
    packed = [replace(group[0][0], rowspan=1)]
    packed += [C("\n".join(row[n].text for row in group)) for n in range(-8, 0)]
    year = rows[2][0]
    rows[2][0] = replace(year, rowspan=year.rowspan - 7)
    return page(p, [*t.application_head(), *rows[:4], packed, *rows[12:]])


def values_in_one_cell(p: Printed, rng: random.Random) -> str:
    return page(p, [head(p), *([row[0], C("\n".join(c.text for c in row[1:]), 7)] for row in flat(p))])


def two_columns_of_lines(p: Printed, rng: random.Random) -> str:
    rows = [[row[0], C("\n".join(c.text for c in row[1:]))] for row in [head(p), *flat(p)]]
    return page(p, rows)


def turned(p: Printed, rng: random.Random) -> str:
    return page(p, [list(column) for column in zip(head(p), *flat(p), strict=True)])


def turned_sub_tables(p: Printed, rng: random.Random) -> str:
    parts = []
    for part in p.template.proactive:
        first = [C("信息内容"), *(C(row.label) for row in part.rows)]
        rest = [
            [C(c.label), *(C(p.raw["proactive", row.key, c.key]) for row in part.rows)] for c in part.columns
        ]
        parts.append(t.table([first, *rest]))
    return t.page(
        "".join(parts), t.table([head(p), *flat(p)]), t.table([*t.review_head(), t.review_values(p)])
    )


def fifteen_values_in_one_cell(p: Printed, rng: random.Random) -> str:
    packed = [C("\n".join(c.text for c in t.review_values(p)), 15)]
    return page(p, [head(p), *flat(p)], four=[*t.review_head(), packed])


def five_values_in_a_cell(p: Printed, rng: random.Random) -> str:
    stages, results = p.template.reviews.rows, [c.label for c in p.template.reviews.columns]
    rows = [
        [C(stage.label) for stage in stages],
        [C("\n".join(results)) for _ in stages],
        [C("\n".join(c.text for c in t.review_values(p, stage.key))) for stage in stages],
    ]
    return page(p, [head(p), *flat(p)], four=rows)


def numbered_columns(p: Printed, rng: random.Random) -> str:
    return page(p, [head(p), [C("栏次"), *(C(str(n)) for n in range(1, 8))], *flat(p)])


def label_on_two_rows(p: Printed, rng: random.Random) -> str:
    rows = flat(p)
    label = rows[1][0].text
    rows[1:2] = [[C(label[:6]), *[C("")] * 7], [C(label[6:]), *rows[1][1:]]]
    return page(p, [head(p), *rows])


def page_numbers_below_rows(p: Printed, rng: random.Random) -> str:
    rows = texts([head(p), *flat(p)])
    for at, mark in zip(
        sorted(rng.sample(range(2, len(rows)), 3), reverse=True), ("4", "- 3 -", "2 / 7"), strict=True
    ):
        rows.insert(at, mark)
    return lines(p, rows)


def other_order_of_stages(p: Printed, rng: random.Random) -> str:
    stages = [p.template.reviews.rows[n] for n in (1, 2, 0)]
    results = [C(c.label) for c in p.template.reviews.columns]
    values = [c for stage in stages for c in t.review_values(p, stage.key)]
    return page(p, [head(p), *flat(p)], four=[[C(s.label, 5) for s in stages], results * 3, values])


def repeated_labels(p: Printed, rng: random.Random) -> str:
    """Merged cells dissolved: the labels of the columns stand there twice, one below the other."""
    names = [c.label for c in p.template.applications.columns]
    above = [C(t.CORNER), C(names[0]), *(C("法人或其他组织") for _ in range(5)), C(names[6])]
    results = [C(c.label) for c in p.template.reviews.columns]
    stages = [C(s.label) for s in p.template.reviews.rows]
    blank = [C("")] * 4
    four = [
        [stages[0], *blank, C("行政诉讼"), *[C("")] * 9],
        [*results, stages[1], *blank, stages[2], *blank],
        results * 3,
        t.review_values(p),
    ]
    return page(p, [above, head(p, t.CORNER), *flat(p)], four=four)


def stages_in_rows_and_an_order_of_their_own(p: Printed, rng: random.Random) -> str:
    columns = [p.template.reviews.columns[n] for n in (4, 2, 0, 1, 3)]
    four = [[C("类别"), *(C(c.label) for c in columns)]]
    for stage in p.template.reviews.rows:
        four.append([C(stage.label), *(C(p.raw["reviews", stage.key, c.key]) for c in columns)])
    return page(p, [head(p), *flat(p)], four=four)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "layout",
    [
        several_rows_in_one,
        all_rows_in_one,
        several_rows_beside_a_group,
        values_in_one_cell,
        two_columns_of_lines,
        turned,
        turned_sub_tables,
        fifteen_values_in_one_cell,
        five_values_in_a_cell,
        numbered_columns,
        label_on_two_rows,
        page_numbers_below_rows,
        other_order_of_stages,
        repeated_labels,
        stages_in_rows_and_an_order_of_their_own,
    ],
)
def test_what_the_print_leaves_no_doubt_of_is_read(layout, form, seed):
    p = consistent(seed, form)
    assert apart(p, read(layout(p, random.Random(seed)))) == (set(), set())


def test_cells_taken_apart_keep_the_place_of_the_cell_printed():
    p = random_report(1, "2021")
    found = read(two_columns_of_lines(p, random.Random(1)))
    granted = [c for c in found.cells if c.row == "granted"]
    assert len({c.place for c in granted}) == 1
    assert {c.place.column for c in granted} == {1}
    assert [c.raw for c in granted] == [c.text for c in t.applicant_values(p, "granted")]


def test_a_blank_between_digits_is_never_taken_for_the_end_of_a_value():
    p = random_report(2, "2021")
    rows = flat(p)
    rows[3] = [rows[3][0], C("1 234 0 0 0 5 6", 7)]
    wrong, flagged = apart(p, read(page(p, [head(p), *rows])))
    assert wrong == set()
    assert rows_flagged(flagged) == {"partially_granted"}


# --- flagged where they may have moved ---------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("at_start", [False, True])
def test_a_lost_value_with_a_blank_padded_in_is_flagged(form, seed, at_start):
    p = random_report(seed, form)
    for n in (0, 5, 9):
        rows = flat(p)
        key = p.template.applications.rows[n].key
        for column, c in zip(p.template.applications.columns, rows[n][1:], strict=True):
            if c.text == "0":
                p.raw["applications", key, column.key] = "7"
                p.value["applications", key, column.key] = 7
        rows = flat(p)
        del rows[n][3]
        rows[n].insert(1 if at_start else 7, C(""))
        wrong, flagged = apart(p, read(page(p, [head(p), *rows])))
        assert wrong == set()
        assert rows_flagged(flagged) == {key}


@pytest.mark.parametrize("blanks", [False, True])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("at_start", [False, True])
def test_rows_whose_columns_all_moved_behind_a_cut_are_flagged(form, at_start, blanks):
    """The first value of each is lost and a blank stands at its end, or the last one and one before it."""
    p = consistent(7, form)
    for row in p.template.applications.rows[12:15]:
        for column, n in zip(p.template.applications.columns, (4, 3, 0, 2, 0, 1, 10), strict=True):
            p.raw["applications", row.key, column.key] = str(n)
            p.value["applications", row.key, column.key] = n
    if blanks:
        for key, value in p.value.items():
            if key[0] != "proactive" and value == 0:
                p.raw[key], p.value[key] = "", None
    rows = flat(p)
    for row in rows[12:]:
        del row[7 if at_start else 1]
        row.insert(1 if at_start else 7, C(""))
    wrong, _ = apart(p, read(page(p, [head(p), *rows])))
    own = {row.key for row in p.template.applications.rows[12:15]}
    assert not {(row, column) for _, row, column in wrong if row in own}
    assert not {key for key in wrong if p.value[key] not in (0, None)}


def test_totals_that_only_some_rows_print_are_read():
    """Single figures, most of them of natural persons, beside which offices leave the total blank."""
    p = consistent(3, "2021")
    for key, value in p.value.items():
        if value == 0 or (key[0] == "applications" and key[1].startswith("denied") and key[2] == "total"):
            p.raw[key], p.value[key] = "", None
    wrong, flagged = apart(p, read(page(p, [head(p), *flat(p)])))
    assert not {key for key in wrong | flagged if key[0] == "applications"}


def test_a_row_with_blanks_that_has_lost_a_cell_is_flagged():
    """A blank beside the labels, in the column of their groups, takes the place of a value that is lost."""
    p = consistent(4, "2021")
    for key, value in p.value.items():
        if value == 0 and key[0] != "proactive":
            p.raw[key], p.value[key] = "", None
    columns = p.template.applications.columns
    for column, text in zip(columns, ("", "", "", "8", "", "2", "10"), strict=True):
        key = ("applications", "partially_granted", column.key)
        p.raw[key], p.value[key] = text, int(text) if text else None
    rows = [[row[0], C(""), *row[1:]] for row in flat(p)]
    del rows[3][6]
    wrong, flagged = apart(p, read(page(p, [[head(p)[0], C(""), *head(p)[1:]], *rows])))
    assert wrong == set()
    assert rows_flagged(flagged) == {"partially_granted"}


@pytest.mark.parametrize("form", FORMS)
def test_running_numbers_before_names_of_groups_are_no_values(form):
    p = consistent(4, form)
    groups = {"granted": "三、本年度办理结果", "denied_state_secret": "（三）不予公开"}
    groups |= {"other_correction_overdue": "（六）其他处理"}
    rows: list[t.Row] = []
    for row, spec in zip(flat(p), p.template.applications.rows, strict=True):
        if spec.key in groups:
            rows.append([C(groups[spec.key]), *(C("") for _ in row[1:])])
        rows.append(row)
    numbered = [[C(str(n)), *row] for n, row in enumerate(rows, 1)]
    heads = [[C("序号"), C(""), C("申请人情况", 7)], [C(""), C(""), *head(p)[1:]]]
    assert apart(p, read(page(p, [*heads, *numbered]))) == (set(), set())


def test_a_name_of_a_group_repeated_over_all_columns_names_none_of_them():
    p = consistent(4, "2021")
    rows = flat(p)
    rows.insert(4, [C("（三）不予公开") for _ in rows[0]])
    assert apart(p, read(page(p, [head(p), *rows]))) == (set(), set())


def test_an_error_of_a_sum_beside_a_blank_is_no_lost_value_where_blanks_are_usual():
    p = consistent(4, "2021")
    for key, value in p.value.items():
        if value == 0 and key[0] == "applications":
            p.raw[key], p.value[key] = "", None
    p.raw["reviews", "lawsuit_direct", "upheld"], p.value["reviews", "lawsuit_direct", "upheld"] = "", None
    p.raw["reviews", "lawsuit_direct", "other"], p.value["reviews", "lawsuit_direct", "other"] = "3", 3
    assert apart(p, read(page(p, [head(p), *flat(p)]))) == (set(), set())


@pytest.mark.parametrize("form", FORMS)
def test_a_column_whose_label_alone_is_lost_holds_its_blanks(form):
    p = consistent(4, form)
    for key, value in p.value.items():
        if value == 0 and key[0] == "applications":
            p.raw[key], p.value[key] = "", None
    names = head(p)[1:]
    names[5] = C("")
    rows = [[row[0], C(""), C(""), *row[1:]] for row in flat(p)]
    assert apart(p, read(page(p, [[C("项目"), C(""), C(""), *names], *rows]))) == (set(), set())


@pytest.mark.parametrize("name", ["备注", "个体工商户", "新闻媒体"])
@pytest.mark.parametrize("form", FORMS)
def test_a_column_of_another_name_between_those_of_the_form_is_not_taken_for_the_lost_one(form, name):
    p = consistent(4, form)
    names = head(p)[1:]
    names[3] = C(name)
    rows = [[row[0], C(""), C(""), *row[1:]] for row in flat(p)]
    wrong, flagged = apart(p, read(page(p, [[C("项目"), C(""), C(""), *names], *rows])))
    lost = p.template.applications.columns[3].key
    assert (wrong, {column for _, _, column in flagged}) == (set(), {lost})


def test_fifteen_values_without_a_header_cost_section_three_nothing():
    p = consistent(4, "2021")
    for key, value in p.value.items():
        if value == 0 and key[0] == "applications":
            p.raw[key], p.value[key] = "", None
    found = read(page(p, [head(p), *flat(p)], four=[t.review_values(p)]))
    wrong, flagged = apart(p, found)
    assert wrong == set()
    assert {table for table, *_ in flagged} == {"reviews"}
    assert found.states["reviews"] == "unreadable"


def test_a_blank_at_the_end_of_a_row_of_section_two_is_one_where_blanks_and_zeros_are_mixed():
    p = consistent(4, "2021")
    for row in p.template.applications.rows[1:6]:
        for column, n in (("natural_person", 3), ("business", 0), ("research_institution", 0), ("total", 3)):
            key = ("applications", row.key, column)
            p.raw[key], p.value[key] = str(n), n
        p.raw["applications", row.key, "legal_service_org"] = ""
        p.value["applications", row.key, "legal_service_org"] = None
    p.raw["proactive", "regulations", "issued"] = p.raw["proactive", "regulations", "in_force"] = ""
    p.value["proactive", "regulations", "issued"] = p.value["proactive", "regulations", "in_force"] = None
    assert apart(p, read(page(p, [head(p), *flat(p)]))) == (set(), set())


def test_a_blank_among_the_values_of_a_row_is_a_blank():
    p = consistent(3, "2021")
    key = ("applications", "granted", "research_institution")
    p.raw[key], p.value[key] = "", None
    assert apart(p, read(page(p, [head(p), *flat(p)]))) == (set(), set())


def test_a_zero_row_with_a_blank_at_its_end_is_read_and_named():
    p = consistent(3, "2021")
    for column in p.template.applications.columns:
        p.raw["applications", "granted", column.key] = "0"
        p.value["applications", "granted", column.key] = 0
    p.raw["applications", "granted", "total"], p.value["applications", "granted", "total"] = "", None
    found = read(page(p, [head(p), *flat(p)]))
    assert apart(p, found) == (set(), set())
    assert [i.detail.split(":")[0] for i in found.issues if i.code == "row_doubtful"] == [
        "applications.granted"
    ]


def test_where_blanks_stand_for_zeros_they_are_read_as_printed():
    p = consistent(4, "2021")
    for key, value in p.value.items():
        if value == 0 and key[0] != "proactive":
            p.raw[key], p.value[key] = "", None
    found = read(page(p, [head(p), *flat(p)]))
    assert apart(p, found) == (set(), set())
    assert found.issues == ()


@pytest.mark.parametrize("subtotal", ["其中：网络申请", "（三）不予公开小计"])
def test_rows_of_an_offices_own_and_a_blank_total_on_top_cost_no_other_row(subtotal):
    p = consistent(4, "2021")
    for key, value in p.value.items():
        if (value == 0 and key[0] != "proactive") or key[1] == "total_handled":
            p.raw[key], p.value[key] = "", None
    rows = flat(p)
    own = [C(subtotal), *(C("99") for _ in range(7))]
    found = read(page(p, [head(p), rows[-2], *rows[:6], own, *rows[6:-2], rows[-1]]))
    assert apart(p, found) == (set(), set())


def test_a_lost_value_of_section_four_with_a_blank_padded_in_is_flagged():
    p = random_report(5, "2021")
    p.raw["reviews", "lawsuit_direct", "upheld"] = "3"
    values = t.review_values(p)
    del values[2]
    found = read(page(p, [head(p), *flat(p)], four=[*t.review_head(), [*values, C("")]]))
    wrong, flagged = apart(p, found)
    assert wrong == set()
    assert len([key for key in flagged if key[0] == "reviews"]) == 15


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("moved", ["labels", "values"])
def test_labels_that_slipped_by_a_row_bind_nothing(moved, seed):
    p = random_report(seed, "2021")
    rows = flat(p)
    at = random.Random(seed).randrange(len(rows) - 1)
    labels, values = [row[0] for row in rows], [row[1:] for row in rows]
    if moved == "labels":
        labels.insert(at, C(""))
        values.append([C("")] * 7)
    else:
        labels.append(C(""))
        values.insert(at, [C("")] * 7)
    found = read(page(p, [head(p), *([label, *v] for label, v in zip(labels, values, strict=True))]))
    wrong, flagged = apart(p, found)
    assert wrong == set()
    assert rows_flagged(flagged) == {row.key for row in p.template.applications.rows[at:]}


def labels_moved(rows: list[Row], first: int, last: int, up: bool) -> list[Row]:
    """Rows of which the labels from ``first`` to ``last`` stand a row further up or down; one is lost."""
    rows = [list(row) for row in rows]
    at = [
        max(i for i, c in enumerate(row) if any(map(str.isalpha, c.text))) for row in rows[first : last + 1]
    ]
    labels = [row[i].text for row, i in zip(rows[first : last + 1], at, strict=True)]
    labels = [*labels[1:], ""] if up else ["", *labels[:-1]]
    for row, i, label in zip(rows[first : last + 1], at, labels, strict=True):
        row[i] = replace(row[i], text=label)
    return rows


@pytest.mark.parametrize("up", [True, False])
@pytest.mark.parametrize(("first", "last"), [(4, 9), (5, 7), (15, 19), (18, 23)])
def test_labels_that_moved_bind_nothing_though_a_groups_stands_there(first, last, up):
    p = consistent(3, "2021")
    rows = labels_moved(t.application_rows(p), first, last, up)
    assert apart(p, read(page(p, [*t.application_head(), *rows])))[0] == set()


@pytest.mark.parametrize("up", [True, False])
@pytest.mark.parametrize(("form", "rows"), [("2019", (2, 3)), ("2019", (6, 7)), ("2021", (2, 3))])
def test_labels_of_section_two_that_moved_bind_nothing(form, rows, up):
    p = random_report(3, form)
    two = labels_moved(t.proactive_rows(p), *rows, up)
    assert apart(p, read(page(p, [head(p), *flat(p)], two)))[0] == set()


def test_a_lost_label_costs_only_its_own_row():
    p = random_report(6, "2021")
    rows = flat(p)
    rows[4][0] = C("")
    wrong, flagged = apart(p, read(page(p, [head(p), *rows])))
    assert (wrong, rows_flagged(flagged)) == (set(), {"denied_state_secret"})


def test_values_at_the_end_without_a_label_are_told():
    p = random_report(7, "2021")
    found = read(page(p, [head(p), *flat(p), [C(""), *(C("8") for _ in range(7))]]))
    assert [i.code for i in found.issues] == ["values_unbound"]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("markup", [True, False])
def test_labels_run_together_make_all_their_rows_unreadable(markup, seed):
    p = random_report(seed, "2021")
    for n in (0, 2, 4, 10, 20, 22):
        rows = flat(p)
        first, second = rows[n], rows[n + 1]
        rows[n] = [C(first[0].text + second[0].text), *first[1:]]
        rows[n + 1] = [C(""), *second[1:]]
        found = read(page(p, [head(p), *rows]) if markup else lines(p, texts([head(p), *rows])))
        wrong, flagged = apart(p, found)
        keys = {row.key for row in p.template.applications.rows[n : n + 2]}
        assert wrong == set()
        assert keys <= rows_flagged(flagged)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_label_wrapped_around_numbers_behind_another_label_leads_nothing_astray(seed):
    p = random_report(seed, "2021")
    rows = flat(p)
    first, second = rows[16], rows[17]
    text = texts([head(p), *rows[:16]])
    text += [first[0].text + second[0].text[:4] + " " + " ".join(c.text for c in first[1:])]
    text += [second[0].text[4:] + " " + " ".join(c.text for c in second[1:]), *texts(rows[18:])]
    wrong, flagged = apart(p, read(lines(p, text)))
    assert wrong == set()
    assert p.template.applications.rows[16].key in rows_flagged(flagged)


def on_top(row: Row, size: int, *, ordinal: bool) -> list[str]:
    """The lines of a row whose label breaks every ``size`` characters, its values beside the first piece."""
    found = re.match(r"（.）|\d\.|.、", row[0].text)
    label = row[0].text[found.end() if found else 0 :]
    pieces = [label[n : n + size] for n in range(0, len(label), size)]
    first, *rest = [found[0] if found else "", *pieces] if ordinal else pieces
    return [" ".join([first, *(c.text for c in row[1:])]), *rest]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("size", "ordinal"), [(1, False), (2, False), (4, False), (3, True)])
def test_values_beside_the_first_piece_of_a_label_are_not_those_of_the_label_above(form, size, ordinal):
    p = random_report(0, form)
    rows = [line for row in flat(p) for line in on_top(row, size, ordinal=ordinal)]
    assert apart(p, read(lines(p, [*texts([head(p)]), *rows])))[0] == set()


def test_a_label_printed_empty_and_once_more_with_values_is_not_read():
    p = random_report(8, "2021")
    rows = flat(p)
    text = [rows[5][0].text, *texts([head(p), *rows])]
    wrong, flagged = apart(p, read(lines(p, text)))
    assert (wrong, rows_flagged(flagged)) == (set(), {"denied_prohibited_by_law"})


@pytest.mark.parametrize("seed", SEEDS)
def test_values_pushed_from_row_to_row_are_not_read(seed):
    p = random_report(seed, "2021")
    rows = texts([head(p), *flat(p)])
    label = [row[0].text for row in flat(p)]
    carried = ""
    for n in (8, 9, 10, 11):
        values = rows[n][len(label[n - 1]) + 1 :].split(" ")
        values = [*([carried] if carried else []), *values]
        carried = values.pop() if n < 11 else ""
        rows[n] = " ".join([label[n - 1], *values])
    assert apart(p, read(lines(p, rows)))[0] == set()


@pytest.mark.parametrize("first_blank", [True, False])
def test_tables_of_two_agencies_are_never_mixed(first_blank):
    own, other = random_report(1, "2021"), random_report(2, "2021")
    if first_blank:
        own.raw = dict.fromkeys(own.raw, "")
        own.value = dict.fromkeys(own.value, None)
    whole = t.official(other).split("二、主动公开政府信息情况</p>")[1].split("<p>五、")[0]
    document = t.official(own).replace("</div></body>", f"<p>附：下属单位</p>{whole}</div></body>")
    found = read(document)
    assert apart(own, found)[0] == set()
    assert all(c.value is None or c.value == 0 or not first_blank for c in found.cells)
    assert found.issues != ()


def test_another_years_table_beside_is_never_taken():
    this, last = random_report(1, "2021"), random_report(2, "2021")
    for key in this.raw:
        if key[0] == "applications":
            this.raw[key], this.value[key] = "", None
    rows = [[*a, *b[1:]] for a, b in zip(flat(this), flat(last), strict=True)]
    wrong, _ = apart(this, read(page(this, [head(this), *rows])))
    assert wrong == set()


def test_five_values_among_blanks_are_not_one_stage():
    p = random_report(3, "2021")
    for n, key in enumerate(k for k in p.raw if k[0] == "reviews"):
        p.raw[key], p.value[key] = (str(n), n) if n in (1, 4, 7, 8, 13) else ("", None)
    four = [t.review_head()[0], t.review_values(p)]
    assert apart(p, read(page(p, [head(p), *flat(p)], four=four)))[0] == set()


@pytest.mark.parametrize("seed", SEEDS)
def test_organisations_in_an_order_of_their_own_are_bound_by_their_line(seed):
    p = random_report(seed, "2021")
    order = [c.key for c in p.template.applications.columns]
    order[4], order[5] = order[5], order[4]
    names = {c.key: c.label for c in p.template.applications.columns}
    upper = "自然人\t法人或其他组织\t总计"
    lower = "\t".join(names[key] for key in order[1:6])
    rows = [
        "\t".join([r.label, *(c.text for c in t.applicant_values(p, r.key, order))])
        for r in p.template.applications.rows
    ]
    wrong, flagged = apart(p, read(lines(p, [upper, lower, *rows])))
    assert (wrong, rows_flagged(flagged)) == (set(), set())


@pytest.mark.parametrize("seed", SEEDS)
def test_two_levels_of_the_header_on_one_line_give_no_order_of_their_own(seed):
    p = random_report(seed, "2021")
    order = [c.key for c in p.template.applications.columns]
    upper = "自然人\t法人或其他组织\t总计"
    lower = "\t".join(c.label for c in p.template.applications.columns[1:6])
    rows = [
        "\t".join([r.label, *(c.text for c in t.applicant_values(p, r.key, order))])
        for r in p.template.applications.rows
    ]
    wrong, flagged = apart(p, read(lines(p, [f"{upper}\t{lower}", *rows])))
    assert (wrong, rows_flagged(flagged)) == (set(), set())


@pytest.mark.parametrize("markup", [True, False])
def test_signs_that_are_no_figures_are_never_blank(markup):
    p = random_report(2, "2021")
    for key in p.raw:
        if key[0] != "proactive":
            p.raw[key] = "口※□囗"[len(key[2]) % 4]
    whole = [head(p), *flat(p)]
    found = read(page(p, whole) if markup else lines(p, ["\t".join(c.text for c in row) for row in whole]))
    signs = [c for c in found.cells if c.table_name in ("applications", "reviews")]
    assert {c.state for c in signs} <= {State.TEXT, State.UNREADABLE}
    assert all(c.value is None for c in signs)
    assert {c.table_name for c in signs} == {"applications", "reviews"}


@pytest.mark.parametrize("form", ["2019", "2021"])
def test_a_row_of_section_two_that_was_moved_left_is_flagged_though_blanks_are_usual(form):
    moved = 0
    for seed in range(8):
        p = random_report(seed, form, blanks=True)
        for at, row in enumerate(t.proactive_rows(p)):
            texts = [c.text for c in row[1:]]
            if len(texts) < 3 or row[0].text == "信息内容" or not all(texts):
                continue
            for lost in (0, 1):
                rows = t.proactive_rows(p)
                left = [*texts[:lost], *texts[lost + 1 :], ""]
                rows[at][1:] = [replace(c, text=text) for c, text in zip(row[1:], left, strict=True)]
                if lost and form == "2019" and not any("+" in c.text for r in rows for c in r):
                    continue  # without a sign elsewhere nothing tells a change from a count
                three = [*t.application_head(), *t.application_rows(p)]
                four = [*t.review_head(), t.review_values(p)]
                markup = t.page(*map(t.table, (rows, three, four)))
                found = {(c.table_name, c.row, c.column_name): c for c in read(markup).cells}
                stated = {k: c.value for k, c in found.items() if c.state is State.NUMBER}
                assert {k: v for k, v in stated.items() if p.value[k] != v} == {}
                moved += 1
    assert moved >= 8


@pytest.mark.parametrize(("row", "lost"), [(1, 0), (2, 2), (6, 0), (7, 1), (9, 0)])
def test_a_row_of_section_two_that_was_moved_left_is_flagged_where_other_rows_print_zeros(row, lost):
    p = random_report(3, "2019", blanks=True)
    labelled = [r for table in p.template.proactive for r in table.rows]
    key = labelled[min(row, len(labelled)) - 1].key
    own = [k for k in p.raw if k[:2] == ("proactive", key)]
    others = (k for k in p.raw if k[0] == "proactive" and k[1] != key and k[2] != "amount_yuan")
    for n, k in enumerate(others):
        p.raw[k], p.value[k] = ("0", 0) if n % 3 else ("4", 4)
    for n, k in enumerate(own):
        p.raw[k], p.value[k] = str(n + 31), n + 31
    two = t.proactive_rows(p)
    (at,) = [n for n, r in enumerate(two) if r[0].text == next(x.label for x in labelled if x.key == key)]
    texts = [c.text for c in two[at][1:]]
    lost = min(lost, len(texts) - 1)
    moved = [*texts[:lost], *texts[lost + 1 :], ""]
    two[at][1:] = [replace(c, text=text) for c, text in zip(two[at][1:], moved, strict=True)]
    wrong, flagged = apart(p, read(page(p, [head(p), *flat(p)], two)))
    assert wrong == set()
    assert set(own) <= flagged


def test_purchases_without_an_amount_are_flagged_though_blanks_are_usual():
    p = random_report(3, "2019", blanks=True)
    two = t.proactive_rows(p)
    two[-1][1:] = [replace(two[-1][1], text="35"), replace(two[-1][2], text="")]
    _, flagged = apart(p, read(page(p, [head(p), *flat(p)], two)))
    assert {k for k in flagged if k[1] == "centralized_procurement"} == {
        ("proactive", "centralized_procurement", column) for column in ("projects", "amount_yuan")
    }


def test_a_value_lost_from_a_row_of_one_stage_is_flagged():
    p = consistent(5, "2021")
    for key, text in zip(p.template.reviews.columns, "10001", strict=True):
        p.raw["reviews", "lawsuit_direct", key.key] = text
        p.value["reviews", "lawsuit_direct", key.key] = int(text)
    names = ["行政复议", "未经复议直接起诉", "复议后起诉"]
    rows = [
        [C(name), *t.review_values(p, row.key)]
        for name, row in zip(names, p.template.reviews.rows, strict=True)
    ]
    rows[1][1:] = [C(""), *rows[1][1:5]]
    four = [[C("类别"), *(C(c.label) for c in p.template.reviews.columns)], *rows]
    wrong, flagged = apart(p, read(page(p, [head(p), *flat(p)], four=four)))
    assert wrong == set()
    assert {row for table, row, _ in flagged if table == "reviews"} == {"lawsuit_direct"}


def section_four(p: Printed, values: str) -> list[Row]:
    """Section four with the printed ``values``, a full stop for a blank."""
    for key, text in zip([key for key in p.raw if key[0] == "reviews"], values.split(), strict=True):
        p.raw[key] = "" if text == "." else text
        p.value[key] = None if text == "." else float(text)
    return [*t.review_head(), t.review_values(p)]


WITH_BLANKS = "5 3 . 2 10 . 4 . 1 5 3 . . 2 5"


def without_zeros(p: Printed) -> Printed:
    for key, value in p.value.items():
        if value == 0:
            p.raw[key], p.value[key] = "", None
    return p


@pytest.mark.parametrize(("at", "flagged_stages"), [(0, 3), (7, 2)])
def test_section_four_with_blanks_of_which_the_values_moved_by_one_is_flagged_from_there_on(
    at, flagged_stages
):
    p = without_zeros(consistent(6, "2021"))
    rows = section_four(p, WITH_BLANKS.replace("5", ".", 1).replace("10", "5") if at else WITH_BLANKS)
    rows[-1].insert(at, C(""))
    del rows[-1][-1]
    wrong, flagged = apart(p, read(page(p, [head(p), *flat(p)], four=rows)))
    assert wrong == set()
    assert len({stage for table, stage, _ in flagged if table == "reviews"}) == flagged_stages


def test_a_wrong_total_in_section_four_with_a_blank_at_its_end_flags_nothing():
    p = without_zeros(consistent(6, "2021"))
    rows = section_four(p, ". 3 . 2 6 . 4 . 1 5 3 . . 2 5")
    wrong, flagged = apart(p, read(page(p, [head(p), *flat(p)], four=rows)))
    assert "reviews" not in {table for table, *_ in wrong | flagged}


def test_five_values_below_the_names_of_several_stages_are_none_of_the_last():
    """Fifteen columns whose labels, printed downwards, are lost: what is blank leaves no trace."""
    p = consistent(5, "2021")
    two = [" ".join(c.text for c in row) for row in t.proactive_rows(p)]
    three = texts([head(p), *flat(p)])
    four = ["行政复议\t行政诉讼", "未经复议直接起诉\t复议后起诉", "果 果 他 未 总", "3\t3\t1\t1\t2"]
    wrong, flagged = apart(p, read(t.report_text(*map("\n".join, (two, three, four)))))
    assert not {key for key in wrong if key[0] == "reviews"}
    assert len([key for key in flagged if key[0] == "reviews"]) == 15


def with_blanks_beside(p: Printed, other: str = "") -> str:
    """Section three with two columns below each label: the value in the first, in the second nothing."""
    corner = t.application_head()[0][0]
    head = [
        [c if c == corner else replace(c, colspan=2 * c.colspan) for c in row] for row in t.application_head()
    ]
    rows = []
    for row in t.application_rows(p):
        labels, values = row[:-7], row[-7:]
        rows.append([*labels, *(cell for value in values for cell in (value, C(other)))])
    reviews = t.table([*t.review_head(), t.review_values(p)])
    return t.page(t.table(t.proactive_rows(p)), t.table([*head, *rows]), reviews)


@pytest.mark.parametrize("form", FORMS)
def test_a_blank_column_beside_each_value_moves_none(form):
    p = random_report(3, form)
    assert apart(p, read(with_blanks_beside(p))) == (set(), set())


@pytest.mark.parametrize("form", FORMS)
def test_of_two_values_below_one_label_none_is_taken(form):
    p = random_report(3, form)
    wrong, flagged = apart(p, read(with_blanks_beside(p, "3")))
    assert not wrong
    assert {key for key in p.value if key[0] == "applications"} <= flagged


@pytest.mark.parametrize("row", ["administrative_licensing", "administrative_penalty"])
def test_a_row_of_section_two_that_was_moved_right_is_flagged_by_the_sign_of_its_change(row):
    p = random_report(3, "2019", blanks=True)
    label = next(r.label for table in p.template.proactive for r in table.rows if r.key == row)
    p.raw["proactive", row, "change"], p.value["proactive", row, "change"] = "+6", 6
    rows = t.proactive_rows(p)
    at = next(n for n, cells in enumerate(rows) if cells[0].text == label)
    texts = ["", *(c.text for c in rows[at][1:-1])]
    rows[at][1:] = [replace(c, text=text) for c, text in zip(rows[at][1:], texts, strict=True)]
    three = [*t.application_head(), *t.application_rows(p)]
    wrong, flagged = apart(
        p, read(t.page(*map(t.table, (rows, three, [*t.review_head(), t.review_values(p)]))))
    )
    assert wrong == set()
    assert {key[1] for key in flagged if key[0] == "proactive"} >= {row}


@pytest.mark.parametrize("markup", [True, False])
@pytest.mark.parametrize(("form", "seed"), [("2019", 25), ("2021", 37)])
def test_labels_behind_their_values_never_take_those_of_the_next_row(form, seed, markup):
    p = random_report(seed, form)
    for key in p.raw:
        if (
            key[0] == "applications"
            and key[1] != "carried_over"
            and key[2] not in ("natural_person", "total")
        ):
            p.raw[key], p.value[key] = "", None
    rows = [row[::-1] for row in [head(p), *flat(p)]]
    found = read(page(p, rows) if markup else lines(p, ["\t".join(c.text for c in row) for row in rows]))
    assert apart(p, found)[0] == set()


@pytest.mark.parametrize("printed", ["24\n8.3", "248.3 2"])
def test_one_value_in_pieces_in_a_merged_cell_is_not_that_of_two_columns(printed):
    p = random_report(6, "2019")
    key = ("proactive", "centralized_procurement", "projects")
    p.raw[key], p.value[key] = "", None
    two = [list(row) for row in t.proactive_rows(p)]
    amount = two[-1].pop()
    two[-1].append(C(printed, 4 - sum(c.colspan for c in two[-1])))
    assert amount.text == p.raw["proactive", "centralized_procurement", "amount_yuan"]
    wrong, flagged = apart(p, read(page(p, [head(p), *flat(p)], two)))
    assert wrong == set()
    assert ("proactive", "centralized_procurement", "amount_yuan") in flagged


def test_rows_that_one_of_two_agencies_tables_has_alone_are_nobodys():
    """Of two tables that contradict each other no row is taken, whether the other has it or not."""
    p, other = random_report(4, "2019"), random_report(5, "2021")
    both = t.table([head(p), *flat(p)]) + "<p>（二）</p>" + t.table([head(other), *flat(other)])
    four = t.table([*t.review_head(), t.review_values(p)])
    found = read(t.page(t.table(t.proactive_rows(p)), both, four))
    assert not [c for c in found.cells if c.table_name == "applications" and c.value is not None]


@pytest.mark.parametrize("joint", ["\n", "  "])
@pytest.mark.parametrize(("form", "seed"), [("2019", 1), ("2021", 2)])
def test_labels_below_or_behind_their_values_in_lines_of_text_take_none_of_the_next_row(form, seed, joint):
    p = random_report(seed, form)
    for key in p.raw:
        if key[0] == "applications" and key[2] not in ("natural_person", "total"):
            p.raw[key], p.value[key] = "", None
    two = [
        joint.join((" ".join(c.text for c in row[1:]), row[0].text))
        if row[-1].text.isdigit()
        else " ".join(c.text for c in row)
        for row in t.proactive_rows(p)
    ]
    three = [joint.join((" ".join(c.text for c in row[1:]), row[0].text)) for row in flat(p)]
    whole = " ".join(c.text for c in head(p))
    found = read(t.report_text("\n".join(two), "\n".join([whole, *three]), "无"))
    wrong = {key for key in apart(p, found)[0] if key[0] != "reviews"}
    assert wrong == set()


def unspanned(rows: list[Row]) -> list[Row]:
    """The rows without spans: what a cell covered beside the place where it begins is blank."""
    places: dict[tuple[int, int], C] = {}
    for at, row in enumerate(rows):
        column = 0
        for cell in row:
            while (at, column) in places:
                column += 1
            for down in range(cell.rowspan):
                for right in range(cell.colspan):
                    places[at + down, column + right] = C("" if down or right else cell.text)
    columns = 1 + max(column for _, column in places)
    return [[places[at, n] for n in range(columns) if (at, n) in places] for at in range(len(rows))]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("lost", [0, 2, 6])
def test_where_a_column_is_lost_no_blank_beside_a_label_takes_a_value_s_place(form, lost):
    p = random_report(52, form)
    body = [row[: len(row) - 7 + lost] + row[len(row) - 6 + lost :] for row in t.application_rows(p)]
    wrong, flagged = apart(p, read(page(p, unspanned([*t.application_head(), *body]))))
    assert {key for key in wrong if key[0] == "applications"} == set()
    assert {"granted", "partially_granted", "total_handled"} <= rows_flagged(flagged)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("row", [2, 3, 6])
def test_values_below_the_label_of_a_row_of_section_two_are_not_its_blanks(form, row):
    p = random_report(53, form)
    two = t.proactive_rows(p)
    label, *values = two[row]
    two[row : row + 1] = [[label, *(C("", v.colspan) for v in values)], [C(""), *values]]
    wrong, flagged = apart(p, read(page(p, [head(p), *flat(p)], two)))
    assert wrong == set() and {key[0] for key in flagged} == {"proactive"}


def test_a_row_behind_a_blank_cell_has_its_values_elsewhere_than_below_a_column_of_another_name():
    p = random_report(54, "2021")
    rows = [[*row[:7], C("小计" if n == 0 else "3"), row[7]] for n, row in enumerate([head(p), *flat(p)])]
    wrong, flagged = apart(p, read(page(p, [*rows[:20], *([C(""), *row] for row in rows[20:])])))
    assert wrong == set()
    assert rows_flagged(flagged) == {row.key for row in p.template.applications.rows[19:]}


def test_rows_without_figures_lack_their_total_too_where_all_others_moved():
    p = random_report(55, "2021", blanks=True)
    for row in p.template.applications.rows:
        keys = [("applications", row.key, c.key) for c in p.template.applications.columns]
        for key in keys[:-2] if row.key != "granted" else keys:
            p.raw[key], p.value[key] = "0", 0
        p.raw[keys[-2]] = p.raw[keys[-1]] = "8" if row.key != "granted" else "-"
        p.value[keys[-2]] = p.value[keys[-1]] = 8 if row.key != "granted" else None
        p.raw[keys[2]], p.value[keys[2]] = "", None
    moved = [[row[0], *row[2:], C("")] for row in flat(p)]
    wrong, _ = apart(p, read(page(p, [head(p), *moved])))
    assert {key for key in wrong if key[0] == "applications"} == set()


def test_values_below_their_label_in_section_two_are_told_where_section_three_is_lines():
    p = random_report(56, "2021")
    two = t.proactive_rows(p)
    label, value = two[6]
    two[6:7] = [[label, C("", value.colspan)], [C(""), value]]
    three = "".join(f"<p>{line}</p>" for line in texts([head(p), *flat(p)]))
    document = t.page(t.table(two), three, t.table([*t.review_head(), t.review_values(p)]))
    assert apart(p, read(document)) == (set(), {("proactive", "administrative_licensing", "decisions")})


def test_an_offices_own_row_of_percentages_takes_nothing_from_a_table_of_blanks():
    p = random_report(62, "2021", blanks=True)
    for key in p.raw:
        if key[0] == "applications":
            p.raw[key], p.value[key] = "", None
    rows = [*flat(p), [C("公开率"), *(C(f"{n}%") for n in range(7))]]
    assert apart(p, read(page(p, [head(p), *rows]))) == (set(), set())


def test_a_wrong_sum_hides_not_that_all_values_moved_left():
    p = random_report(61, "2021")
    rows = [[*(c for n, c in enumerate(row) if n != 5), C("")] for row in flat(p)]
    columns = [c.key for c in p.template.applications.columns]
    for n, row in enumerate(rows):
        counts = [n % 3, 2, 0, 4, n % 2, 1]
        printed = [*counts[:4], counts[5], sum(counts)] if n != 3 else [10, 0, 0, 0, 0, 0]
        row[1:] = [*(C(str(figure)) for figure in printed), C("")]
        for column, figure in zip(columns, [*counts, sum(counts)], strict=True):
            p.value["applications", p.template.applications.rows[n].key, column] = figure
    wrong, _ = apart(p, read(page(p, [head(p), *rows])))
    assert not {key for key in wrong if key[0] == "applications"}


def test_a_group_s_label_in_a_row_of_its_own_beside_a_row_of_blanks_costs_nothing():
    p = random_report(63, "2021")
    rows = flat(p)
    at = next(n for n, row in enumerate(p.template.applications.rows) if row.key.startswith("other_"))
    rows.insert(at, [C("（六）其他处理", 8)])
    rows.insert(len(rows) - 1, [C("") for _ in range(8)])
    assert apart(p, read(page(p, [head(p), *rows]))) == (set(), set())


@pytest.mark.parametrize("texts", [["+6", "", ""], ["", "3", "+6"], ["06", "", "7"]])
def test_signs_of_counts_and_zeros_before_figures_beside_blanks_show_that_values_moved(texts):
    p = random_report(3, "2019", blanks=True)
    keys = [key for key in p.raw if key[:2] == ("proactive", "administrative_licensing")]
    p.raw |= zip(keys, texts, strict=True)
    assert set(keys) <= apart(p, read(t.official(p)))[1]


def test_a_figure_run_together_with_the_zero_before_it_is_flagged_beside_a_blank():
    p = consistent(5, "2021")
    keys = [key for key in p.raw if key[0] == "reviews"]
    p.raw |= zip(keys, ["0", "0", "05", "", "5", *["0"] * 10], strict=True)
    assert set(keys[:5]) <= apart(p, read(t.official(p)))[1]
