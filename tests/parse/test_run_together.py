"""Values that run together with nothing between them are parted where that is possible in one way only."""

import re

import pytest

from pipelines.parse.read.run_on import lines_in
from pipelines.parse.records import State
from pipelines.parse.tables.run_together import apart as parted
from tests.parse import table_layouts as t
from tests.parse.table_layouts import Printed, Row
from tests.parse.table_reading import FORMS, apart, consistent, read

ENDS = ("new_received", "carried_over", "total_handled", "carried_forward")


@pytest.mark.parametrize(
    ("digits", "values"),
    [
        ("0000000", "0 0 0 0 0 0 0"),
        ("000", "0 0 0"),
        ("1000001", "1 0 0 0 0 0 1"),
        ("120000012", "12 0 0 0 0 0 12"),
        ("10213012061222", "10213012061222"),  # 1 0 2 13 0 1206 1222, 10 2 13 0 1 2061222 …
        ("5500010", "5500010"),  # 5 5 0 0 0 10: a blank leaves nothing
        ("1000002", "1000002"),  # no sum
        ("12", "12"),
        ("000001000100000", "0 0 0 0 0 1 0 0 0 1 0 0 0 0 0"),
        ("000000000", "0 0 0 0 0 0 0 0 0"),
        ("12+3", "12 +3"),
        ("9+671207", "9 +671207"),
        ("1200.5万元", "1200.5万元"),
    ],
)
def test_digits_are_parted_in_the_only_way_that_adds_up(digits, values):
    assert parted(digits) == values.split()


def adding_up(seed: int, form: str) -> Printed:
    """A consistent report whose columns add up, too."""
    p = consistent(seed, form)
    rows = [row.key for row in p.template.applications.rows if row.key not in ENDS]
    for column in p.template.applications.columns:
        total = sum(p.value["applications", row, column.key] for row in rows)
        for row, value in zip(ENDS, (total, 0, total, 0), strict=True):
            p.raw["applications", row, column.key] = str(value)
            p.value["applications", row, column.key] = value
    return p


def of_zeros(*rows: str) -> Printed:
    """A report whose section three has nothing but zeros beside 12 applications of single persons in rows."""
    p = consistent(2, "2021")
    for key in p.raw:
        if key[0] == "applications":
            n = 12 if key[1] in rows and key[2] in ("natural_person", "total") else 0
            p.raw[key], p.value[key] = str(n), n
    return p


def document(p: Printed, three: list[Row], between: str) -> str:
    """The tables of a report with nothing between their cells, and ``between`` their rows."""
    tables = (t.proactive_rows(p), three, [*t.review_head(), t.review_values(p)])
    return t.report_text(*(between.join(map(glued, rows)) for rows in tables))


def glued(row: Row) -> str:
    return "".join(c.text.replace("\n", "") for c in row)


def whole(p: Printed) -> list[Row]:
    return [*t.application_head(), *t.application_rows(p)]


@pytest.mark.parametrize("between", ["", "\n"])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_tables_whose_values_run_together_are_read_where_they_can_be(seed, form, between):
    p = adding_up(seed, form)
    stated, flagged = apart(p, read(document(p, whole(p), between)))
    assert stated == set()
    zeros = {key for key, text in p.raw.items() if key[0] != "proactive" and text == "0"}
    assert len(flagged & zeros) < len(zeros) / 20 and not any(key[0] == "reviews" for key in flagged)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("numerals", ["一二三四五六", "一三四五六七"])
def test_a_whole_report_with_nothing_between_its_lines_is_read(form, numerals):
    p = adding_up(2, form)
    text = document(p, whole(p), "")
    for one, other in reversed([*zip("一二三四五六", numerals, strict=True)]):
        text = re.sub(rf"^{one}、", f"{other}、", text, count=1, flags=re.M)
    stated, flagged = apart(p, read(text.replace("\n", "")))
    zeros = {key for key, text in p.raw.items() if key[0] != "proactive" and text == "0"}
    assert stated == set()
    assert len(flagged & zeros) < len(zeros) / 20


@pytest.mark.parametrize("between", ["", "\n"])
@pytest.mark.parametrize("at", [3, 9, 24])
def test_a_row_that_lost_a_value_states_nothing(at, between):
    p = adding_up(2, "2021")
    rows = t.application_rows(p)
    for lost in (1, 4, 7):
        damaged = [*rows[:at], [*rows[at][:-lost], *rows[at][len(rows[at]) - lost + 1 :]], *rows[at + 1 :]]
        assert apart(p, read(document(p, [*t.application_head(), *damaged], between)))[0] == set()


def test_rows_that_may_be_parted_in_a_wrong_way_are_flagged_where_columns_do_not_add_up():
    p = of_zeros("granted", "total_handled", "new_received")
    assert not any(row == "granted" for _, row, _ in apart(p, read(document(p, whole(p), "\n")))[1])
    for column in ("natural_person", "total"):
        p.raw["applications", "total_handled", column] = "15"
    found = {(c.row, c.column_name): c for c in read(document(p, whole(p), "\n")).cells}
    assert found["granted", "total"].state is State.UNREADABLE
    assert found["denied_state_secret", "total"].value == 0


def test_prose_that_names_rows_and_figures_is_no_table_in_one_line():
    said = "全年共收到自然人申请三件，办理行政许可228件，行政处罚5件，规章0件，均已按要求公开。"
    assert lines_in(said * 4) == [(0, 4 * len(said))]


@pytest.mark.parametrize("behind", ["", " （一）主动公开情况。", "（一）主动公开情况。"])
def test_a_heading_behind_a_sentence_begins_a_line_of_its_own(behind: str) -> None:
    before, heading = "如有疑问，请与我局联系（电话：8766001）。", "一、总体情况"
    line = f"{before}{heading}{behind}"
    parts = [line[start:end] for start, end in lines_in(line)]
    assert (parts[0], parts[1][: len(heading)], "".join(parts)) == (before, heading, line.replace(" ", ""))


@pytest.mark.parametrize("words", ["一、总体情况是好的。", "二、总体目标。", "六、七月份。"])
def test_a_sentence_that_begins_with_a_numeral_is_no_heading(words: str) -> None:
    line = f"工作有序。{words}"
    assert lines_in(line) == [(0, len(line))]


def test_figures_behind_dashes_at_the_end_of_the_header_of_section_four_are_no_blanks():
    p = consistent(2, "2021")
    head = "".join(c.text for row in t.review_head() for c in row)
    text = document(p, whole(p), "\n")
    cells = read(
        text.replace(text[text.index(head[:8]) : text.index("五、")], f"{head}—无00—701872816\n")
    ).cells
    assert {c.state for c in cells if c.table_name == "reviews"} == {State.UNREADABLE}


@pytest.mark.parametrize("at", [3, 9, 19])
def test_a_row_whose_cells_hold_the_values_of_the_next_one_states_nothing(at):
    row = consistent(2, "2021").template.applications.rows[at].key
    p = of_zeros("new_received", row, "total_handled")
    upper, lower, following = t.application_rows(p)[at : at + 3]
    pairs = zip(upper[-7:], lower[-7:], strict=True)
    merged = glued(upper[:-7]) + "".join(f"{a.text}\n{b.text}" for a, b in pairs) + glued(following)
    text = document(p, whole(p), "\n").replace("\n".join(map(glued, (upper, lower, following))), merged)
    assert {c.state for c in read(text).cells if c.row == row} == {State.UNREADABLE}


def test_digits_parted_in_the_only_way_need_zeros_or_columns_that_add_up():
    p = consistent(2, "2019")
    text = document(p, whole(p), "\n")
    row = next(line for line in text.split("\n") if "4.保护第三方合法权益" in line)
    broken = "4.保护第三方合法权益2290631682417"  # 229 0 6 3 168 2 417, whose total is wrong
    total = next(line for line in text.split("\n") if "（七）总计" in line)
    cells = read(text.replace(row, broken).replace(total, "（七）总计")).cells
    assert {c.state for c in cells if c.row == "denied_third_party_rights"} == {State.UNREADABLE}
