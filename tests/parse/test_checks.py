"""Checks: exact operands, four outcomes, a row for every rule and scope, no false alarm from prose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.parse import statements
from pipelines.parse.checks import check_report
from pipelines.parse.over_years import YearOf, check_years
from pipelines.parse.records import Cell, Check, Section, State
from pipelines.parse.template import TEMPLATES

Place = tuple[str, str, str]
FORMS = ("2019", "2021")
RULES_2021 = {
    "applications.balance": 7,
    "applications.outcomes": 7,
    "applications.row_total": 25,
    "reviews.total": 3,
    "text.applications": 1,
    "text.reviews": 2,
    "unit.doubt": 1,
}


def form_cells(
    form: str, values: dict[Place, int | float | State | None] | None = None, rest: int | State = 0
) -> tuple[Cell, ...]:
    """All cells of a form: ``rest`` everywhere but in ``values``; a state means no number."""
    values = values or {}
    cells = []
    for place in TEMPLATES[form].cells():
        value = values.get((place.table_name, place.row, place.column_name), rest)
        state = value if isinstance(value, State) else State.NUMBER
        number = None if isinstance(value, State) else value
        raw = "" if state is State.BLANK else str(value)
        cells.append(
            Cell(
                place.table_name,
                place.ordinal,
                place.row,
                place.column_name,
                raw,
                number,
                "item",
                state,
                item=place.item,
            )
        )
    return tuple(cells)


def section(text: str, number: int | None = 1) -> Section:
    return Section(number or 0, number, "", text, ((0, len(text)),))


def check(cells: tuple[Cell, ...], rule: str, scope: str, form: str = "2021", *prose: Section) -> Check:
    found = [c for c in check_report(form, cells, prose) if (c.rule, c.scope) == (rule, scope)]
    assert len(found) == 1
    return found[0]


def outcome(found: Check) -> tuple[str, float | None, float | None]:
    return (found.outcome, found.left_value, found.right_value)


# --- a row for every rule and scope ------------------------------------------


@pytest.mark.parametrize("cells", [form_cells("2021"), (), form_cells("2021", rest=State.ABSENT)])
def test_every_rule_and_scope_has_its_row(cells: tuple[Cell, ...]) -> None:
    found = check_report("2021", cells, ())
    assert Counter(c.rule for c in found) == RULES_2021
    assert len({(c.rule, c.scope) for c in found}) == len(found)
    if not any(c.value is not None for c in cells):
        assert {c.outcome for c in found} == {"not_assessable"}


def test_the_form_of_2019() -> None:
    found = Counter(c.rule for c in check_report("2019", form_cells("2019"), ()))
    assert found == RULES_2021 | {"applications.row_total": 23}


def test_prose_and_the_form_of_2014_have_no_rules() -> None:
    for form in ("prose", "2014"):
        assert check_report(form, (), (section("收到政府信息公开申请3件。"),)) == ()


def test_a_mixed_report_is_checked_by_the_form_it_mostly_follows() -> None:
    cells = (*(c for c in form_cells("2019") if c.table_name == "proactive"), *form_cells("2021"))
    found = check_report("mixed", cells, ())
    assert Counter(c.rule for c in found)["applications.row_total"] == 25


def test_one_row_of_other_handling_takes_the_place_of_three() -> None:
    three = ("other_correction_overdue", "other_fee_unpaid", "other_remaining")
    cells = [replace(c, state=State.ABSENT, value=None) if c.row in three else c for c in form_cells("2021")]
    cells.append(Cell("applications", 99, "other_handling", "total", "2", 2, "item", State.NUMBER))
    cells = [
        replace(c, value=2) if (c.row, c.column_name) == ("total_handled", "total") else c for c in cells
    ]
    found = check(tuple(cells), "applications.outcomes", "total")
    assert outcome(found) == ("pass", 2, 2)
    scopes = {c.scope for c in check_report("2021", tuple(cells), ()) if c.rule == "applications.row_total"}
    assert "other_handling" in scopes and not scopes & set(three)


# --- operands ----------------------------------------------------------------


def test_balance() -> None:
    place = {
        ("applications", row, "total"): n
        for row, n in {"new_received": 5, "carried_over": 1, "total_handled": 4, "carried_forward": 2}.items()
    }
    assert outcome(check(form_cells("2021", place), "applications.balance", "total")) == ("pass", 6, 6)
    place["applications", "carried_forward", "total"] = 1
    found = check(form_cells("2021", place), "applications.balance", "total")
    assert outcome(found) == ("fail", 6, 5)
    assert "相差 1" in found.detail and "= 6" in found.detail and "= 5" in found.detail


def test_outcomes() -> None:
    place: dict[Place, int | float | State | None] = {
        ("applications", "granted", "business"): 3,
        ("applications", "denied_state_secret", "business"): 1,
        ("applications", "total_handled", "business"): 5,
    }
    found = check(form_cells("2021", place), "applications.outcomes", "business")
    assert outcome(found) == ("fail", 5, 4)
    assert "（一）予以公开 3 + 1.属于国家秘密 1 = 4" in found.detail


def test_row_total_and_reviews() -> None:
    place: dict[Place, int | float | State | None] = {
        ("applications", "granted", "natural_person"): 2,
        ("applications", "granted", "other_org"): 1,
        ("applications", "granted", "total"): 3,
        ("reviews", "reconsideration", "upheld"): 10,
        ("reviews", "reconsideration", "corrected"): 1,
    }
    cells = form_cells("2021", place)
    assert outcome(check(cells, "applications.row_total", "granted")) == ("pass", 3, 3)
    assert outcome(check(cells, "reviews.total", "reconsideration")) == ("fail", 0, 11)
    assert outcome(check(cells, "reviews.total", "lawsuit_direct")) == ("pass", 0, 0)


@pytest.mark.parametrize("empty", [State.BLANK, State.DASH, State.NONE_TEXT])
def test_blanks_are_assumed_only_where_the_rule_holds(empty: State) -> None:
    place: dict[Place, int | float | State | None] = {
        ("applications", "granted", "business"): empty,
        ("applications", "granted", "natural_person"): 3,
        ("applications", "granted", "total"): 3,
    }
    assert outcome(check(form_cells("2021", place), "applications.row_total", "granted")) == ("assumed", 3, 3)
    place["applications", "granted", "total"] = empty
    assert outcome(check(form_cells("2021", place), "applications.row_total", "granted")) == (
        "not_assessable",
        None,
        None,
    )
    place["applications", "granted", "business"] = 1
    assert outcome(check(form_cells("2021", place), "applications.row_total", "granted")) == (
        "not_assessable",
        None,
        4,
    )


@pytest.mark.parametrize("lost", [State.UNREADABLE, State.TEXT, State.ABSENT])
def test_what_stands_there_unread_is_never_taken_for_zero(lost: State) -> None:
    place: dict[Place, int | float | State | None] = {("applications", "granted", "total"): lost}
    found = check(form_cells("2021", place), "applications.outcomes", "total")
    assert outcome(found) == ("not_assessable", 0, None)
    assert "予以公开" in found.detail


@given(st.lists(st.integers(0, 500), min_size=6, max_size=6), st.integers(-3, 3))
def test_any_wrong_sum_is_found(kinds: list[int], off: int) -> None:
    columns = [c.key for c in TEMPLATES["2021"].applications.columns]
    total = sum(kinds)
    place = {
        ("applications", "new_received", c): n for c, n in zip(columns, [*kinds, total + off], strict=True)
    }
    found = check(form_cells("2021", place), "applications.row_total", "new_received")
    assert outcome(found) == ("fail" if off else "pass", total + off, total)


def test_money_without_a_unit() -> None:
    place = ("proactive", "administrative_fees", "amount_yuan")
    cells = form_cells("2021", {place: 14520})
    assert outcome(check(cells, "unit.doubt", "administrative_fees")) == ("pass", 14520, None)
    doubtful = tuple(
        replace(c, raw="1.452", value=None) if c.row == "administrative_fees" else c for c in cells
    )
    found = check(doubtful, "unit.doubt", "administrative_fees")
    assert outcome(found) == ("fail", None, None) and "1.452" in found.detail
    blank = form_cells("2021", {place: State.BLANK})
    assert check(blank, "unit.doubt", "administrative_fees").outcome == "not_assessable"
    assert check(form_cells("2019"), "unit.doubt", "centralized_procurement", "2019").outcome == "pass"


# --- prose -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("全年收到政府信息公开申请21件。", [21]),
        ("2023年，全区共受理政府信息公开申请 21 件，均按期答复。", [21]),
        ("本年新收政府信息公开申请1,021件，办结1000件。", [1021]),
        ("共收到21件政府信息公开申请。", [21]),
        ("收到依申请公开申请 3 件。", [3]),
        ("收到信息公开申请3条，其中自然人2条。", [3]),
        ("我局未收到政府信息公开申请。", [0]),
        ("2023年没有收到申请公开信息的来件。", [0]),
        ("本单位全年未收到依申请公开政府信息申请。", [0]),
        ("收到申请23件，受理政府信息公开申请21件，收到政府信息公开申请23件。", [23]),
        ("2022年收到政府信息公开申请3件，2023年收到政府信息公开申请5件。", [5]),
        ("全年办理政府信息公开申请218件。", []),
        ("答复政府信息公开申请18件。", []),
        ("上年结转政府信息公开申请2件。", []),
        ("共收到政府信息公开申请22件，其中上年结转1件。", []),
        ("收到政府信息公开申请12件（含上年结转2件）。", []),
        ("通过网上平台收到政府信息公开申请3件，信函收到政府信息公开申请2件。", []),
        ("自条例施行以来收到政府信息公开申请300件。", []),
        ("全年收到政府信息公开申请近30件。", []),
        ("全年收到政府信息公开申请30余件。", []),
        ("区政府办公室收到政府信息公开申请3件。", []),
        ("各乡镇收到政府信息公开申请3件。", []),
        ("县政府收到政府信息公开申请3件，全县其他机关若干。", []),
        ("局机关收到政府信息公开申请3件。", []),
        ("全县政府信息公开工作有序，共收到政府信息公开申请3件。", [3]),
        ("受理群众咨询电话300件次。", []),
        ("受理信访来件336件。", []),
        ("未收到企业的政府信息公开申请。", []),
        ("未发生政府信息公开申请收费。", []),
        ("全年共受理依申请公开12件，均按时办结。", [12]),
        ("收到信息公开申请12件，比上年的15件减少3件。", [12]),
        ("2023年本机关收到信息公开申请0件。", [0]),
        ("累计收到政府信息公开申请120件（2008年以来）。", []),
        ("通过政府网站收到政府信息公开申请8件。", []),
        ("对收到的政府信息公开申请3件进行了补正。", []),
        ("1月至6月收到政府信息公开申请3件，三季度收到政府信息公开申请9件。", []),
        ("收到申请公开政府信息的要求4件，均已答复。", [4]),
        ("全年共收到公民、法人和其他组织政府信息公开申请7件，按期办结。", [7]),
        ("收到公民政府信息公开申请7件。", []),
        ("收到法人和其他组织政府信息公开申请2件。", []),
        ("全年未收到个人、法人或者其他组织向本机关申请公开政府信息。", [0]),
        ("本年度未收到和处理政府信息公开申请。", [0]),
        ("我镇未收到公开信息申请。", [0]),
        ("2023年我街道未收到依申请公开的相关信息。", [0]),
        ("全年收到申请公开政府信息6条。", [6]),
        ("我局受理依申请公开的数量为2条，历年累计受理依申请公开数7条。", [2]),
        ("共收到政府信息公开申请情况9件（4件属自然人）。", [9]),
        ("受理政府信息依申请公开11件，均已答复。", [11]),
        ("共受理依申请政府信息公开事项17例。", [17]),
        ("受理依申请公开政府信息19条，无上年度结转。", [19]),
        ("收到群众通过邮寄、网络提交的各类政府信息公开申请共计8件。", []),
        ("共收到自然人依申请公开政府信息2条。", []),
    ],
)
def test_applications_in_prose(text: str, stated: list[int]) -> None:
    said = statements.applications(statements.texts_of((section(text),)))
    assert [s.value for s in said.whole] == stated


@pytest.mark.parametrize(
    ("text", "reconsideration", "lawsuit"),
    [
        ("因政府信息公开被申请行政复议3件，行政诉讼1件。", [3], [1]),
        ("发生政府信息公开行政复议2起。", [2], []),
        ("因政府信息公开引发的行政诉讼案件4件。", [], [4]),
        ("全年未发生因政府信息公开申请行政复议、提起行政诉讼的情况。", [0], [0]),
        ("没有因信息公开引发行政复议。", [0], []),
        ("2022年，全县政府信息公开工作方面共有行政诉讼案件2件、行政复议案件5件，均已结案。", [5], [2]),
        ("因政府信息公开引起的行政复议案件3件、行政诉讼案件6件。", [3], [6]),
        ("因依申请公开引发行政复议2起、行政诉讼1起，分别被驳回。", [2], [1]),
        ("本年度政府信息公开工作有序，未发生因依申请公开引发的行政复议和行政诉讼。", [0], [0]),
        ("我局未有政府信息公开行政复议及行政诉讼有关情况。", [0], [0]),
        ("未发生因政府信息公开引起的行政复议申请和行政诉讼。", [0], [0]),
        ("未收到政府信息公开类行政复议申请及行政诉讼案件。", [0], [0]),
        ("未发生因政府信息公开工作引发的相关行政诉讼案件。", [], [0]),
        ("今年未收到依申请公开行政复议、行政诉讼以及行政申诉举报等情况。", [0], [0]),
        ("县司法局办理行政复议案件56件。", [], []),
        ("代理行政诉讼案件12件。", [], []),
        ("政府信息公开行政复议维持2件，其中政府信息公开行政复议2件。", [], []),
        ("县司法局作为复议机关审理政府信息公开行政复议案件5件。", [], []),
        ("未发生因政府信息公开引起的行政诉讼败诉案件。", [], []),
        ("未出现因依申请公开引发的行政复议和行政诉讼被撤销或败诉等情况。", [], []),
        ("没有因政府信息公开引起的行政复议案件和行政诉讼案件败诉。", [], []),
    ],
)
def test_reviews_in_prose(text: str, reconsideration: list[int], lawsuit: list[int]) -> None:
    said = statements.reviews(statements.texts_of((section(text),)))
    assert [s.value for s in said.reconsideration] == reconsideration
    assert [s.value for s in said.lawsuit] == lawsuit


def test_prose_is_held_against_the_table() -> None:
    cells = form_cells("2021", {("applications", "new_received", "total"): 21})
    text = section("全年收到政府信息公开申请21件。")
    assert outcome(check(cells, "text.applications", "new_received", "2021", text)) == ("pass", 21, 21)
    wrong = check(
        cells, "text.applications", "new_received", "2021", section("全年收到政府信息公开申请20件。")
    )
    assert outcome(wrong) == ("fail", 20, 21) and "相差 -1" in wrong.detail
    differing = section("全年收到政府信息公开申请20件。共收到政府信息公开申请21件。")
    assert check(cells, "text.applications", "new_received", "2021", differing).outcome == "not_assessable"
    assert (
        check(cells, "text.applications", "new_received", "2021", section("无。")).outcome == "not_assessable"
    )
    assert outcome(check((), "text.applications", "new_received", "2021", text)) == (
        "not_assessable",
        21,
        None,
    )
    plan = section("争取2024年收到政府信息公开申请30件。", 5)
    assert check(cells, "text.applications", "new_received", "2021", plan).outcome == "not_assessable"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("收到群众通过邮寄、网络提交的各类政府信息公开申请共计21件。", ("pass", 21, 21)),
        ("通过政府网站收到政府信息公开申请8件。", ("not_assessable", 8, 21)),
        ("网络收到政府信息公开申请20件，信函收到政府信息公开申请22件。", ("fail", 22, 21)),
        ("收到信函政府信息公开申请30件，全年收到政府信息公开申请21件。", ("pass", 21, 21)),
        ("受理公民、法人提出的政府信息公开申请235宗。", ("fail", 235, 21)),
        ("本级网络平台收到政府信息公开申请99件。", ("not_assessable", None, 21)),
    ],
)
def test_a_part_told_in_prose_is_no_more_than_the_table_has(
    text: str, expected: tuple[str, float | None, float | None]
) -> None:
    cells = form_cells("2021", {("applications", "new_received", "total"): 21})
    assert outcome(check(cells, "text.applications", "new_received", "2021", section(text))) == expected


def test_lawsuits_of_both_kinds_are_added() -> None:
    cells = form_cells(
        "2021",
        {("reviews", "lawsuit_direct", "total"): 1, ("reviews", "lawsuit_after_reconsideration", "total"): 2},
    )
    text = section("因政府信息公开被提起行政诉讼3件。")
    assert outcome(check(cells, "text.reviews", "lawsuit", "2021", text)) == ("pass", 3, 3)


# --- over two years ----------------------------------------------------------

LONG = "我局坚持以公开为常态不公开为例外及时回应社会关切加强组织领导健全工作机制完善平台建设强化监督保障" * 3


def year_of(
    year: int, values: dict[Place, int | float | State | None], *texts: Section, form: str = "2021"
) -> YearOf:
    return YearOf(year, form, form_cells(form, values), texts)


def rows(found: Iterable[Check], rule: str) -> dict[str, Check]:
    return {c.scope: c for c in found if c.rule == rule}


def test_carry() -> None:
    last = year_of(2022, {("applications", "carried_forward", "total"): 2})
    this = year_of(2023, {("applications", "carried_over", "total"): 1})
    carry = rows(check_years(last, this), "years.carry")
    assert len(carry) == 7
    assert outcome(carry["total"]) == ("fail", 1, 2)
    assert outcome(carry["business"]) == ("pass", 0, 0)


def test_carry_between_the_forms() -> None:
    last = year_of(2020, {("applications", "carried_forward", "total"): 2}, form="2019")
    this = year_of(2021, {("applications", "carried_over", "total"): 2})
    assert outcome(rows(check_years(last, this), "years.carry")["total"]) == ("pass", 2, 2)


def test_stock() -> None:
    row = "normative_documents"
    last = year_of(2022, {("proactive", row, "in_force"): 470})
    this = year_of(
        2023,
        {
            ("proactive", row, "in_force"): 440,
            ("proactive", row, "issued"): 62,
            ("proactive", row, "repealed"): 33,
        },
    )
    stock = rows(check_years(last, this), "years.stock")
    assert set(stock) == {"regulations", row}
    assert outcome(stock[row]) == ("fail", 440, 499)
    before = year_of(2022, {}, form="2019")
    assert rows(check_years(before, this), "years.stock")[row].outcome == "not_assessable"


def test_copied() -> None:
    last = year_of(2022, {}, section("2022年" + LONG), section("无", 6))
    same = rows(
        check_years(last, year_of(2023, {}, section("2023年" + LONG), section("无", 6))), "years.copied"
    )
    assert set(same) == {"1", "5", "6"}
    assert outcome(same["1"]) == ("fail", 1.0, 0.9)
    assert same["5"].outcome == same["6"].outcome == "not_assessable"
    other = "".join(chr(0x4E00 + 7 * i) for i in range(200))
    new = rows(check_years(last, year_of(2023, {}, section(other))), "years.copied")["1"]
    assert (new.outcome, new.left_value) == ("pass", 0.0)
    half = rows(check_years(last, year_of(2023, {}, section(LONG + other))), "years.copied")["1"]
    assert half.outcome == "pass" and 0 < half.left_value < 0.9


def test_without_the_year_before_every_rule_still_has_its_rows() -> None:
    this = year_of(2023, {}, section(LONG))
    for previous in (None, year_of(2020, {}, section(LONG))):
        found = check_years(previous, this)
        assert Counter(c.rule for c in found) == {"years.carry": 7, "years.stock": 2, "years.copied": 3}
        assert {c.outcome for c in found} == {"not_assessable"}


def test_blanks_over_years() -> None:
    last = year_of(2022, {("applications", "carried_forward", "total"): State.BLANK})
    assert outcome(rows(check_years(last, year_of(2023, {})), "years.carry")["total"]) == ("assumed", 0, 0)
