"""Digits over a rule and merged zeros: flagged where the sums show them, and nothing else is."""

import pytest

from pipelines.parse.checks import check_report
from pipelines.parse.labels import Match
from pipelines.parse.records import Place
from pipelines.parse.spilled import mark
from pipelines.parse.tables.doubt_whole import damaged
from pipelines.parse.tables.findings import Finding, Slot
from pipelines.parse.vocabulary import APPLICANT_ORDER
from tests.parse import table_layouts as t
from tests.parse.table_layouts import C, Printed, Row, random_report
from tests.parse.table_reading import apart, flat, head, page, read

GIVEN = (("natural_person", 49, "granted"), ("business", 6, "partially_granted"), ("business", 1, "granted"))
PEOPLE, FIRMS = ("applications", "granted", "natural_person"), ("applications", "granted", "business")


def balanced(zero: str = "0") -> Printed:
    """A report of few applications whose sums all fit."""
    p = random_report(60, "2021")
    counts = dict.fromkeys((key for key in p.raw if key[0] != "proactive"), 0)
    for column, number, outcome in GIVEN:
        for row in ("new_received", outcome, "total_handled"):
            counts["applications", row, column] += number
            counts["applications", row, "total"] += number
    for outcome, number in (("upheld", 12), ("other", 3), ("total", 15)):
        counts["reviews", "lawsuit_direct", outcome] = number
    for key, number in counts.items():
        p.raw[key], p.value[key] = (str(number), number) if number or zero == "0" else (zero, None)
    return p


def flagged(p: Printed, three: list[Row] | None = None) -> set[tuple[str, str, str]]:
    """The cells that the sums show to be other than what was written."""
    found = read(page(p, three or [head(p), *flat(p)]))
    marked, issues = mark(found.format, found.cells, check_report(found.format, found.cells, ()))
    changed = {new for old, new in zip(found.cells, marked, strict=True) if new != old}
    assert {cell.state for cell in changed} <= {"unreadable"}
    assert len(issues) == len(changed)
    return {(c.table_name, c.row, c.column_name) for c in changed}


@pytest.mark.parametrize("zero", ["0", "/"])
@pytest.mark.parametrize(("left", "right"), [("4", "91"), ("491", "/"), ("/", "491")])
def test_digits_over_the_rule_to_the_next_column_are_flagged(zero, left, right):
    p = balanced(zero)
    p.raw[PEOPLE], p.raw[FIRMS] = left, right
    assert flagged(p) == {PEOPLE, FIRMS}


def test_digits_over_a_rule_are_flagged_by_the_columns_where_the_row_adds_up():
    p = balanced()
    for row in ("new_received", "granted", "total_handled"):
        for column, count in (("natural_person", "22"), ("business", "4"), ("total", "26")):
            p.raw["applications", row, column] = count
    p.raw["applications", "partially_granted", "business"] = "0"
    p.raw["applications", "partially_granted", "total"] = "0"
    p.raw[PEOPLE], p.raw[FIRMS] = "2", "24"
    assert flagged(p) == {PEOPLE, FIRMS}


@pytest.mark.parametrize("zero", ["", "0"])
def test_a_row_of_section_four_with_a_cell_too_many_is_not_read(zero):
    p = balanced(zero)
    values = t.review_values(p)
    four = [*t.review_head(), [*values[:8], C("7"), *values[8:14], C("")]]
    if zero:
        four[-1][2] = C("")
    cells = read(page(p, [head(p), *flat(p)], four=four)).cells
    assert {c.state for c in cells if c.table_name == "reviews"} == {"unreadable"}


def test_digits_over_the_rule_to_the_next_stage_are_flagged():
    p = balanced()
    here, there = (
        ("reviews", "lawsuit_direct", "total"),
        ("reviews", "lawsuit_after_reconsideration", "upheld"),
    )
    p.raw[here], p.raw[there] = "1", "50"
    assert flagged(p) == {here, there}


def test_digits_before_the_sign_of_the_next_cell_may_be_of_the_number_before_it():
    p = balanced("/")
    here, there = ("applications", "partially_granted", "business"), "research_institution"
    p.raw[here], p.raw[(*here[:2], there)] = "6", "1/"
    assert flagged(p) == {here}


@pytest.mark.parametrize("key", [PEOPLE, ("applications", "granted", "total"), FIRMS])
def test_what_an_office_added_up_wrongly_stays_as_printed(key):
    p = balanced()
    p.raw[key] = str(int(p.raw[key]) + 9)
    assert flagged(p) == set()


@pytest.mark.parametrize("total", ["7", "0"])
def test_a_zero_in_one_cell_for_several_columns_is_doubted_where_the_total_does_not_fit(total):
    p = balanced()
    row = "unavailable_not_held"
    p.raw["applications", row, "total"] = total
    rows = flat(p)
    at = next(n for n, r in enumerate(p.template.applications.rows) if r.key == row)
    rows[at] = [rows[at][0], C("0", colspan=2), *rows[at][3:]]
    merged = {("applications", row, "natural_person"), ("applications", row, "business")}
    assert flagged(p, [head(p), *rows]) == (merged if total == "7" else set())


def test_a_table_without_the_row_of_its_values_is_no_table_of_blanks():
    p = balanced()
    found = read(page(p, [head(p), *flat(p)], four=t.review_head()))
    assert {c.state for c in found.cells if c.table_name == "reviews"} == {"unreadable"}


@pytest.mark.parametrize("zero", ["0", "—"])
def test_rows_moved_on_by_a_column_are_flagged(zero):
    p = balanced(zero)
    rows = [[label, C(""), *values[:-1]] for label, *values in flat(p)]
    cells = [c for c in read(page(p, [head(p), *rows])).cells if c.table_name == "applications"]
    assert {c.state for c in cells} == {"unreadable"}


def test_a_column_moved_up_by_a_row_is_flagged():
    p = balanced()
    for n, row in enumerate(p.template.applications.rows[2:9], 2):
        p.raw["applications", row.key, "business"] = str(n)
        p.raw["applications", row.key, "total"] = str(n)
    p.raw["applications", "granted", "natural_person"] = "0"
    rows = flat(p)
    column = [row[2] for row in rows]
    moved = [*column[:2], *column[3:], C("")]
    for row, cell in zip(rows, moved, strict=True):
        row[2] = cell
    cells = read(page(p, [head(p), *rows])).cells
    read_as = {c.row: c.state for c in cells if c.column_name == "business"}
    assert {read_as[row.key] for row in p.template.applications.rows[2:9]} == {"unreadable"}


def slots(*counts: int) -> dict[str, Slot]:
    printed = [*counts, *[0] * (6 - len(counts))]
    return {
        key: Slot(str(n), Place()) for key, n in zip(APPLICANT_ORDER, [*printed, sum(printed)], strict=True)
    }


@pytest.mark.parametrize(
    ("handled", "loose", "doubted"),
    [
        ((5, 2, 1), [], False),  # nothing shows that anything is lost
        ((5, 2, 1), [(0, 2, 1)], True),
        ((3, 2, 1), [(0, 2, 1)], False),  # the sum is that of the rows left and of the one without a label
        ((3, 2), [(0, 2, 1)], False),  # an error of the office's own
        ((9, 4, 2), [(0, 2, 1)], False),  # another row has lost its values too
    ],
)
def test_all_rows_are_doubted_where_no_row_that_is_lost_explains_the_sums(handled, loose, doubted):
    printed = {"granted": slots(2), "partially_granted": slots(1), "total_handled": slots(*handled)}
    if doubted:
        printed["granted"] = slots(7, 0, 3)
    rows = {key: Finding("applications", key, "", Match(key), Place(), row) for key, row in printed.items()}
    assert set(damaged(rows, [tuple(slots(*row).values()) for row in loose])) == (
        set(rows) if doubted else set()
    )


def test_a_lost_label_costs_its_own_row_alone_where_the_columns_add_up_with_its_values():
    p = balanced()
    rows = flat(p)
    rows[3][0] = C("处理的，只计这一情形）")
    wrong, missed = apart(p, read(page(p, [head(p), *rows])))
    assert (wrong, {row for _, row, _ in missed}) == (set(), {"partially_granted"})


def moved_on(p: Printed, keys: list[tuple[str, str, str]], by: int) -> set[tuple[str, str, str]]:
    """Moves what is printed in cells on by some of them, over zeros; those that print another figure then."""
    texts = [p.raw[key] for key in keys]
    assert {*texts[-by:]} == {"0"}
    p.raw |= zip(keys, [*texts[-by:], *texts[:-by]], strict=True)
    return {key for key, text in zip(keys, texts, strict=True) if p.raw[key] != text}


DOWN, UP = range(1, 25), range(24, 0, -1)  # over the last row, of zeros, or into the second one


@pytest.mark.parametrize("rows", [DOWN, UP])
@pytest.mark.parametrize("columns", [APPLICANT_ORDER, APPLICANT_ORDER[1:2], APPLICANT_ORDER[-1:]])
def test_rows_and_columns_moved_over_zeros_are_flagged(rows, columns):
    p = balanced()
    keys = [p.template.applications.rows[row].key for row in rows]
    moved = [moved_on(p, [("applications", key, column) for key in keys], 1) for column in columns]
    assert set.union(*moved) <= flagged(p)


@pytest.mark.parametrize("by", [2, 3, -2, -4])
def test_values_of_section_four_moved_over_zeros_are_flagged(by):
    p = balanced()
    keys = [key for key in p.raw if key[0] == "reviews"]
    assert moved_on(p, keys[:: 1 if by > 0 else -1], abs(by)) <= flagged(p)


@pytest.mark.parametrize("by", [1, 2, -1])
@pytest.mark.parametrize("first", [1, 3])
def test_rows_moved_on_by_columns_of_zeros_are_flagged(first, by):
    p = balanced()
    for row in ("new_received", "partially_granted", "total_handled"):
        p.raw["applications", row, "research_institution"] = "5"
        total = "applications", row, "total"
        p.raw[total] = str(int(p.raw[total]) + 5)
    assert flagged(p) == set()
    changed = set()
    for row in p.template.applications.rows[first:]:
        keys = [("applications", row.key, column) for column in APPLICANT_ORDER]
        texts = [p.raw[key] for key in keys]
        moved = [*["0"] * by, *texts[:-by]] if by > 0 else [*texts[-by:], *["0"] * -by]
        changed |= {key for key, text, new in zip(keys, texts, moved, strict=True) if text != new}
        p.raw |= zip(keys, moved, strict=True)
    assert changed <= flagged(p)
