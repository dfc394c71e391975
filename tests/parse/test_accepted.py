"""What people read in a document is laid over what the program reads there, by the program's own rules."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import pytest

from pipelines.parse.accepted import (
    AS_PRINTED,
    Accepted,
    AcceptedReading,
    AcceptedSum,
    accept,
    flaw,
    value_of,
)
from pipelines.parse.checks import Address, check_report
from pipelines.parse.outcome import report_state
from pipelines.parse.records import (
    Cell,
    Identity,
    Issue,
    Kind,
    Method,
    Place,
    Report,
    State,
    TableState,
)
from pipelines.parse.template import TEMPLATES

FORM = TEMPLATES["2021"]
GRANTED: Address = ("applications", "granted", "total")
WHERE = Place(table=1, row=5, column=9)


def report(changed: dict[Address, Cell] | None = None, tables: tuple[str, ...] = ("applications",)) -> Report:
    """A report whose tables are all zeros but for some cells; the other tables are stated to be none."""
    cells = tuple(
        (changed or {}).get(
            (c.table_name, c.row, c.column_name),
            cell((c.table_name, c.row, c.column_name), "0", State.NUMBER, 0),
        )
        for c in FORM.cells()
        if c.table_name in tables
    )
    states = {
        table: TableState.TABLE if table in tables else TableState.STATED_NONE
        for table in ("proactive", "applications", "reviews")
    }
    return made(cells, states)


def made(cells: tuple[Cell, ...], states: dict[str, TableState]) -> Report:
    return Report(
        identity=Identity(Kind.REPORT),
        format="2021",
        state=report_state(states, cells, ()),
        states=states,
        sections=(),
        cells=cells,
        figures=(),
        checks=check_report("2021", cells, ()),
        evidence=(),
    )


def cell(key: Address, raw: str, state: State, value: int | None = None) -> Cell:
    ordinal = next(c.ordinal for c in FORM.cells() if (c.table_name, c.row, c.column_name) == key)
    return Cell(
        key[0], ordinal, *key[1:], raw, value, "item" if value is not None else "", state, place=WHERE
    )


def unread(*keys: Address, raw: str = "8?5") -> dict[Address, Cell]:
    return {key: cell(key, raw, State.UNREADABLE) for key in keys}


def reading(key: Address = GRANTED, raw: str = "0", unit: str = "") -> AcceptedReading:
    return AcceptedReading("a" * 64, *key, raw=raw, why="seen", by="lin", at="2026-01-02", unit=unit)


def taken(before: Report, *readings: AcceptedReading, issues: tuple[Issue, ...] = ()) -> Accepted:
    return accept(before, issues, readings, ())


def codes(accepted: Accepted) -> list[str]:
    return [issue.code for issue in accepted.issues]


def outcome(checked: Report, rule: str, scope: str) -> str:
    return next(check.outcome for check in checked.checks if (check.rule, check.scope) == (rule, scope))


# --- what may be said ------------------------------------------------------------


def test_a_cell_is_of_one_kind_whatever_the_form() -> None:
    kinds = defaultdict(set)
    for template in TEMPLATES.values():
        for one in template.cells():
            kinds[one.table_name, one.row, one.column_name].add(one.kind)
    assert all(len(found) == 1 for found in kinds.values())


@pytest.mark.parametrize(
    ("raw", "state", "value"),
    [
        ("12", State.NUMBER, 12),
        ("1,234件", State.NUMBER, 1234),
        ("", State.BLANK, None),
        ("/", State.DASH, None),
        ("无", State.NONE_TEXT, None),
        ("见附件", State.TEXT, None),
    ],
)
def test_what_is_said_is_read_by_the_rules_for_what_is_printed(
    raw: str, state: State, value: int | None
) -> None:
    said = reading(raw=raw)
    assert flaw(said) is None
    assert value_of(said)[:2] == (state, value)


@pytest.mark.parametrize(
    ("key", "raw", "unit", "field"),
    [
        (("application", "granted", "total"), "1", "", "table"),
        (("applications", "given", "total"), "1", "", "row"),
        (("applications", "reconsideration", "total"), "1", "", "row"),
        (("applications", "granted", "upheld"), "1", "", "column"),
        (GRANTED, "1,23", "", "raw"),
        (GRANTED, "12 34", "", "raw"),
        (GRANTED, "-3", "", "raw"),
        (GRANTED, "12项目", "", "raw"),
        (GRANTED, "1.5", "", "raw"),
        (GRANTED, "12", "万元", "unit"),
        (("proactive", "administrative_fees", "amount_yuan"), "12", "万圆", "unit"),
    ],
)
def test_what_cannot_be_used_is_told_by_its_field(key: Address, raw: str, unit: str, field: str) -> None:
    wrong = flaw(reading(key, raw, unit))
    assert wrong is not None
    assert wrong[0] == field


@pytest.mark.parametrize(
    ("raw", "unit", "value"),
    [("1.452", "万元", 14520), ("3600万元", "", 36_000_000), ("1.452", "", None), ("0", "", 0)],
)
def test_an_amount_is_in_yuan_by_its_own_unit_or_the_headers(raw: str, unit: str, value: int | None) -> None:
    assert value_of(reading(("proactive", "administrative_fees", "amount_yuan"), raw, unit)).value == value


# --- what follows ----------------------------------------------------------------


def test_an_unreadable_cell_becomes_what_the_person_read_and_keeps_its_place() -> None:
    before = report(unread(GRANTED))
    assert (before.state, outcome(before, "applications.row_total", "granted")) == (
        "partial",
        "not_assessable",
    )
    issue = Issue("cell_unreadable", "warning", "applications.granted.total: '8?5' is no certain number")
    after = taken(before, reading(), issues=(issue, Issue("needs_ocr", "error", "x")))
    (read,) = [c for c in after.report.cells if c.method is Method.PERSON]
    assert (read.raw, read.value, read.unit, read.state, read.place) == ("0", 0, "item", State.NUMBER, WHERE)
    assert (after.report.state, outcome(after.report, "applications.row_total", "granted")) == (
        "complete",
        "pass",
    )
    assert codes(after) == ["needs_ocr"]
    assert [one.read.raw for one in after.applied if one.read] == ["8?5"]


def test_the_issue_of_a_row_stays_until_somebody_read_all_of_it() -> None:
    keys = [("applications", "granted", column.key) for column in FORM.applications.columns]
    before = report(unread(*keys))
    issue = Issue("row_unreadable", "warning", "applications.granted: six values: 1 2 3 4 5 6")
    assert codes(taken(before, *map(reading, keys[1:]), issues=(issue,))) == ["row_unreadable"]
    assert codes(taken(before, *map(reading, keys), issues=(issue,))) == []


def test_another_sum_that_no_longer_fits_fails() -> None:
    after = taken(report(unread(GRANTED)), reading(raw="3"))
    assert outcome(after.report, "applications.row_total", "granted") == "fail"


def test_the_persons_word_stands_against_the_programs_and_an_issue_says_so() -> None:
    after = taken(report(), reading(raw="3"))
    assert [(c.value, c.method) for c in after.report.cells if c.raw == "3"] == [(3, Method.PERSON)]
    (issue,) = after.issues
    assert (issue.code, issue.severity) == ("acceptance_differs", "warning")
    assert "'3'" in issue.detail and "'0'" in issue.detail


def test_a_program_that_reads_the_same_is_told_of_once() -> None:
    after = taken(report(), reading(), reading(("applications", "carried_over", "total"), "0件"))
    (issue,) = after.issues
    assert (issue.code, issue.severity) == ("acceptance_agrees", "info")
    assert "applications.granted.total" in issue.detail


def test_text_where_a_number_is_due_is_no_reading_that_could_differ() -> None:
    after = taken(report({GRANTED: cell(GRANTED, "详见附件", State.TEXT)}), reading(raw="3"))
    assert codes(after) == []


def test_a_cell_of_another_form_is_left_alone_and_told_of() -> None:
    before = report(unread(GRANTED), ("proactive", "applications"))
    after = taken(before, reading(("proactive", "regulations", "newly_disclosed"), "3"))
    assert (after.report, after.applied, codes(after)) == (before, (), ["acceptance_void"])


@pytest.mark.parametrize("state", [TableState.UNREADABLE, TableState.MISSING])
def test_a_table_that_could_not_be_read_is_one_as_soon_as_a_cell_is(state: TableState) -> None:
    before = report()
    before = made(before.cells, {**before.states, "reviews": state})
    keys = [("reviews", stage.key, c.key) for stage in FORM.reviews.rows for c in FORM.reviews.columns]
    one = taken(before, reading(keys[0], "2"))
    assert (one.report.states["reviews"], one.report.state) == (TableState.TABLE, "partial")
    states = [c.state for c in one.report.cells if c.table_name == "reviews"]
    assert (states.count(State.NUMBER), states.count(State.UNREADABLE)) == (1, len(keys) - 1)
    assert taken(before, *map(reading, keys)).report.state == "complete"


def test_a_table_that_the_report_says_it_has_not_gets_no_cell() -> None:
    before = report()
    after = taken(before, reading(("reviews", "reconsideration", "upheld"), "2"))
    assert (after.report, codes(after)) == (before, ["acceptance_void"])


# --- sums --------------------------------------------------------------------------


def failing() -> Report:
    return report({GRANTED: cell(GRANTED, "3", State.NUMBER, 3)})


def confirmed(left: float | None = 3, right: float | None = 0, scope: str = "granted") -> AcceptedSum:
    return AcceptedSum(
        "a" * 64, "applications.row_total", scope, "so printed", "lin", "2026-01-02", left, right
    )


def test_a_sum_that_fails_in_the_document_still_fails_and_says_that_somebody_looked() -> None:
    after = accept(failing(), (), (), (confirmed(),))
    (check,) = [c for c in after.report.checks if AS_PRINTED in c.detail]
    assert (check.rule, check.scope, check.outcome) == ("applications.row_total", "granted", "fail")
    assert (len(after.applied), after.issues) == (1, ())


@pytest.mark.parametrize(
    ("one", "code"),
    [
        (confirmed(left=4), "acceptance_differs"),
        (confirmed(scope="carried_over"), "acceptance_differs"),
        (confirmed(scope="nothing"), "acceptance_void"),
    ],
)
def test_a_sum_that_is_another_one_now_is_not_confirmed(one: AcceptedSum, code: str) -> None:
    before = failing()
    after = accept(before, (), (), (one,))
    assert (after.report, after.applied, codes(after)) == (before, (), [code])


def test_a_sum_is_looked_at_with_the_cells_that_were_read() -> None:
    after = accept(replace(report(unread(GRANTED))), (), (reading(raw="3"),), (confirmed(),))
    assert any(AS_PRINTED in c.detail for c in after.report.checks)
