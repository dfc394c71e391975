"""Figures of section three in one another's places are flagged; what offices get wrong stays as printed."""

from collections.abc import Callable

import pytest

from pipelines.parse.checks import check_report
from pipelines.parse.spilled import mark
from tests.parse.table_layouts import C, Printed
from tests.parse.table_reading import FORMS, consistent, flat, head, page, read

Figures = list[list[str]]


def balanced(seed: int, form: str) -> Printed:
    """A report with figures in each row of section three, of which all columns balance and add up."""
    p = consistent(seed, form)
    new, before, *outcomes, handled, after = (row.key for row in p.template.applications.rows)

    def put(row: str, column: str, number: float) -> None:
        p.raw["applications", row, column], p.value["applications", row, column] = str(number), number

    for column in (c.key for c in p.template.applications.columns):
        more = column in ("natural_person", "total")
        counts = {row: (p.value["applications", row, column] or 0) + more for row in outcomes}
        counts |= {row: p.value["applications", row, column] or 0 for row in (before, after)}
        for row in outcomes:
            put(row, column, counts[row])
        put(handled, column, total := sum(counts[row] for row in outcomes))
        put(before, column, carried := min(counts[before], total))
        put(new, column, total + counts[after] - carried)
    return p


def flagged(form: str, seed: int, moved: Callable[[Figures], Figures]) -> tuple[set[str], list[str]]:
    """The wrong values that are read of moved figures, and the rules that then fail."""
    p = balanced(seed, form)
    rows = flat(p)
    figures = [[cell.text for cell in row[1:]] for row in rows]
    printed = moved([list(row) for row in figures])
    assert printed != figures
    body = [[row[0], *map(C, values)] for row, values in zip(rows, printed, strict=True)]
    found = read(page(p, [head(p), *body]))
    cells, _ = mark(found.format, found.cells, check_report(found.format, found.cells, ()))
    wrong = {
        f"{c.row}.{c.column_name}"
        for c in cells
        if c.table_name == "applications" and c.value is not None
        if c.value != p.value[c.table_name, c.row, c.column_name]
    }
    return wrong, [c.rule for c in check_report(found.format, cells, ()) if c.outcome == "fail"]


def two_rows(one: int, other: int) -> Callable[[Figures], Figures]:
    def moved(rows: Figures) -> Figures:
        rows[one], rows[other] = rows[other], rows[one]
        return rows

    return moved


def total_and_column(column: int) -> Callable[[Figures], Figures]:
    def moved(rows: Figures) -> Figures:
        return [[*row[:column], row[6], *row[column + 1 : 6], row[column]] for row in rows]

    return moved


def row_round(at: int) -> Callable[[Figures], Figures]:
    return lambda rows: [*rows[:at], [*rows[at][1:], rows[at][0]], *rows[at + 1 :]]


def column_round(column: int) -> Callable[[Figures], Figures]:
    def moved(rows: Figures) -> Figures:
        values = [row[column] for row in rows]
        for row, value in zip(rows, [*values[1:], values[0]], strict=True):
            row[column] = value
        return rows

    return moved


def up_over(at: int) -> Callable[[Figures], Figures]:
    return lambda rows: [*rows[:at], *rows[at + 1 :], ["0"] * 7]


def down_from(at: int) -> Callable[[Figures], Figures]:
    return lambda rows: [*rows[:at], ["0"] * 7, *rows[at:-1]]


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "moved",
    [
        two_rows(0, 5),
        two_rows(0, -2),
        two_rows(4, -1),
        total_and_column(0),
        total_and_column(3),
        row_round(0),
        row_round(-2),
        column_round(0),
        column_round(6),
        up_over(0),
        up_over(4),
        up_over(-3),
        up_over(-2),
        down_from(0),
        down_from(7),
        down_from(-2),
        lambda rows: [*rows[1:], rows[0]],
        lambda rows: [[*row[1:], row[0]] for row in rows],
    ],
)
def test_figures_in_one_anothers_places_are_flagged(moved, form, seed):
    assert flagged(form, seed, moved)[0] == set()


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("at", [0, 3, -2, -1])
def test_a_row_of_which_a_figure_and_the_total_are_wrong_stays_as_printed(at, form, seed):
    def wrong(rows: Figures) -> Figures:
        for column in (2, 6):
            rows[at][column] = str(int(rows[at][column]) + 1)
        return rows

    values, failing = flagged(form, seed, wrong)
    assert len(values) == 2
    assert failing


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("outcome", [2, 12, -3])
def test_a_total_that_was_forgotten_stays_as_printed(outcome, form):
    def forgotten(rows: Figures) -> Figures:
        empty, few = ["0"] * 7, ["1", *["0"] * 5, "1"]
        printed = [empty] * len(rows)
        printed[0] = printed[outcome] = few
        return printed

    assert "applications.balance" in flagged(form, 1, forgotten)[1]


def test_no_sum_tells_that_outcomes_or_kinds_of_applicant_have_changed_places():
    unseen = (two_rows(3, 9), lambda rows: [[row[1], row[0], *row[2:]] for row in rows])
    for moved in unseen:
        wrong, failing = flagged("2021", 1, moved)
        assert wrong
        assert not failing
