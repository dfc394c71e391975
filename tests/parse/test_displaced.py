"""Values and labels that stand where they can't be, as sums, blanks and units tell: flagged, not read."""

import pytest

from tests.parse.table_layouts import C, Printed, Row, proactive_rows
from tests.parse.table_reading import flat, head, page, read
from tests.parse.test_spilled import balanced, flagged

STAGES = ("行政复议", "未经复议直接起诉", "复议后起诉")


def busy(zero: str) -> Printed:
    """A report of which the columns add up and balance."""
    p = balanced(zero)
    for column, n in (("natural_person", 7), ("other_org", 3), ("total", 10)):
        for row in ("new_received", "denied_enforcement_files", "total_handled"):
            key = ("applications", row, column)
            p.raw[key] = str(int(p.raw[key]) + n if p.raw[key].isdigit() else n)
    return p


def unread(p: Printed, three: list[Row], four: list[Row] | None = None, table: str = "applications") -> int:
    """How many cells of a table are unreadable."""
    found = read(page(p, three, four=four))
    return sum(c.state == "unreadable" for c in found.cells if c.table_name == table)


def moved(rows: list[Row], at: int, blank: int) -> list[Row]:
    """Rows of which the values from ``at`` on stand a row further down, and one row's are lost."""
    labels, values = [row[0] for row in rows], [row[1:] for row in rows]
    values.insert(at, [C("")] * 7)
    values[blank] = [C("")] * 7
    return [[label, *v] for label, v in zip(labels, values, strict=False)]


@pytest.mark.parametrize("zero", ["0", "—"])
def test_values_moved_down_are_flagged_where_another_row_has_lost_its_values_too(zero):
    p = busy(zero)
    rows = moved(flat(p), 6, 12)  # that of denied_enforcement_files is the eleventh
    assert unread(p, [head(p), *rows]) >= 7 * len(rows[6:])


def test_labels_moved_up_over_one_that_is_lost_are_flagged():
    p = busy("0")
    rows = flat(p)
    labels = [row[0] for row in rows]
    del labels[8]
    rows = [[label, *row[1:]] for label, row in zip([*labels, C("")], rows, strict=True)]
    assert unread(p, [head(p), *rows]) >= 7 * len(rows[8:])


def dense() -> list[Row]:
    """The rows of section three with figures of their own, which add up and balance but for one."""
    p = balanced("")
    *people, _ = (c.key for c in p.template.applications.columns)
    received, carried, *outcomes, total, forward = (row.key for row in p.template.applications.rows)
    for j, column in enumerate(people):
        counts = {row: (5 * i + 3 * j) % 11 * (j > 0 or i % 3 == 0) for i, row in enumerate(outcomes)}
        counts |= {total: sum(counts.values()), forward: 20 + j, carried: 10 - j}
        counts[received] = counts[total] + counts[forward] - counts[carried]
        p.raw |= {("applications", row, column): str(n or "") for row, n in counts.items()}
    for row in (received, carried, *outcomes, total, forward):
        whole = sum(int(p.raw["applications", row, column] or 0) for column in people)
        p.raw["applications", row, "total"] = str(whole)
    p.raw["applications", outcomes[9], people[2]] = "77"
    return flat(p)


@pytest.mark.parametrize("first", [0, 1, 2, 9])
def test_values_moved_up_are_flagged_though_a_figure_is_not_as_the_sums_have_it(first):
    rows, p = dense(), balanced()
    values = [row[1:] for row in rows]
    del values[first]
    rows = [[row[0], *v] for row, v in zip(rows, [*values, [C("")] * 7], strict=True)]
    assert unread(p, [head(p), *rows]) >= 7 * len(rows[first:])


@pytest.mark.parametrize("first", [2, 16, 19])
def test_values_moved_on_by_a_column_from_a_row_on_are_flagged_though_blanks_are_usual(first):
    rows, p = dense(), balanced()
    rows[first:] = [[row[0], C(""), *row[1:-1]] for row in rows[first:]]
    assert unread(p, [head(p), *rows]) >= 7 * len(rows[first:])


@pytest.mark.parametrize(
    ("label", "count", "expected"), [("行政处罚3", "", 1), ("行政处罚3", "5", 0), ("行政处罚①", "", 0)]
)
def test_a_figure_at_the_end_of_a_label_is_none_of_a_blank_s(label, count, expected):
    p = balanced("")
    p.raw["proactive", "administrative_penalty", "decisions"] = count
    two = [[C(label) if c.text == "行政处罚" else c for c in row] for row in proactive_rows(p)]
    found = read(page(p, [head(p), *flat(p)], two))
    assert sum(c.state == "unreadable" for c in found.cells if c.row == "administrative_penalty") == expected


def test_a_last_row_that_holds_the_sum_of_a_lost_label_is_flagged():
    p = busy("")
    rows = flat(p)
    total, last = rows[-2:]
    assert unread(p, [head(p), *rows[:-2], [last[0], *total[1:]]]) >= 7


def test_a_blank_total_whose_sum_stands_in_the_last_row_is_flagged():
    p = busy("0")
    rows = flat(p)
    rows[-1] = [rows[-1][0], *rows[-2][1:]]
    rows[-2] = [rows[-2][0], *[C("")] * 7]
    assert unread(p, [head(p), *rows]) >= 14


@pytest.mark.parametrize("zero", ["0", "—", ""])
@pytest.mark.parametrize("astray", [None, 12])
def test_rows_moved_on_by_a_column_are_flagged_though_one_stands_where_it_should(zero, astray):
    p = busy(zero)
    rows = [row if n == astray else [row[0], C(""), *row[1:-1]] for n, row in enumerate(flat(p))]
    assert unread(p, [head(p), *rows]) == 7 * len(rows)


def test_a_table_without_natural_persons_whose_totals_fit_is_read():
    p = busy("")
    rows = flat(p)
    for row in rows:
        row[1], row[2] = C(""), C(row[-1].text)
        row[3:-1] = [C("")] * 4
    assert unread(p, [head(p), *rows]) == 0


@pytest.mark.parametrize(("left", "right"), [("", "49"), ("4", "9")])
def test_a_figure_or_a_digit_in_a_blank_cell_beside_its_own_is_flagged(left, right):
    p = balanced("")
    for row in ("new_received", "total_handled"):
        p.raw["applications", row, "business"], p.raw["applications", row, "total"] = "", "49"
    for row in ("granted", "partially_granted"):
        p.raw["applications", row, "business"] = p.raw["applications", row, "total"] = ""
    p.raw["applications", "granted", "total"] = "49"
    own = {("applications", "granted", column) for column in ("natural_person", "business")}
    p.raw["applications", "granted", "natural_person"], p.raw["applications", "granted", "business"] = (
        left,
        right,
    )
    assert flagged(p) == own


# --- section four ----------------------------------------------------------------


def tall(*rows: tuple[str, str]) -> list[Row]:
    """Section four with a row for each stage, its five values parted by commas."""
    results = [C(r) for r in ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")]
    return [[C(""), *results], *([C(label), *map(C, values.split(","))] for label, values in rows)]


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(zip(STAGES, (",,,,", "1,0,0,0,1", "0,2,0,0,2"), strict=True), id="moved down"),
        pytest.param(zip(STAGES, ("—,—,—,—,—", ",—,1,—,1", "—,—,—,—,—"), strict=True), id="padded"),
        pytest.param(
            zip((*STAGES[1:], ""), ("2,0,0,1,3", "0,1,2,2,5", "1,0,0,1,2"), strict=True), id="labels up"
        ),
        pytest.param(
            zip((STAGES[0], *STAGES), (",,2,,2", ",5,2,,2", "1,,2,,3", "5,,,,5"), strict=True), id="twice"
        ),
        pytest.param(
            zip((*STAGES, STAGES[2]), (",,,,", ",,,,", "4,,3,,7", ",,,,"), strict=True), id="twice, blank"
        ),
    ],
)
def test_stages_that_are_not_what_they_seem_are_flagged(rows):
    p = busy("—")
    assert unread(p, [head(p), *flat(p)], tall(*rows), "reviews") >= 5


@pytest.mark.parametrize(
    "values",
    [("0,0,0,0,0", "1,0,0,0,1", ",,,,"), (",,,,", ",,,,", "4,,3,,7"), (",,,,", "0,0,0,0,0", "0,0,0,0,0")],
)
def test_stages_of_blanks_are_read_where_nothing_speaks_against_them(values):
    p = busy("")
    assert unread(p, [head(p), *flat(p)], tall(*zip(STAGES, values, strict=True)), "reviews") == 0


# --- section two -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "fees", "expected"), [("394.4万元", "", 4), ("12", "", 0), ("1.74", "", 4)]
)
def test_an_amount_of_money_beside_a_count_tells_that_values_have_moved(count, fees, expected):
    p = balanced()
    for row, text in (("administrative_licensing", "0"), ("administrative_penalty", "5")):
        p.raw["proactive", row, "decisions"] = text
    p.raw["proactive", "administrative_coercion", "decisions"] = count
    p.raw["proactive", "administrative_fees", "amount_yuan"] = fees
    assert unread(p, [head(p), *flat(p)], table="proactive") == expected
