import re
from collections import defaultdict

import pytest

from samples import prose
from samples.figures import project, simulate
from samples.forms import keys
from samples.prose import GBK_NAMES
from samples.report import Habit, printed_value

AMOUNT = ("proactive", "20(8)", "administrative_fees", "amount_yuan")
CHANGE = ("proactive", "20(5)", "administrative_licensing", "change")
COUNT = ("applications", "", "granted", "total")


@pytest.mark.parametrize(
    ("key", "number", "habit", "printed"),
    [
        (AMOUNT, 14520, Habit(), ("1.452", 14520, "number")),
        (AMOUNT, 251000, Habit(money="yuan"), ("251000.00元", 251000, "number")),
        (AMOUNT, 36000000, Habit(money="wan"), ("3600万元", 36000000, "number")),
        (AMOUNT, 14520, Habit(money="bare"), ("1.452", None, "number")),
        (AMOUNT, 0, Habit(money="bare"), ("0", 0, "number")),
        (CHANGE, 6, Habit(plus=True), ("+6", 6, "number")),
        (CHANGE, -2, Habit(plus=True), ("-2", -2, "number")),
        (COUNT, 12422, Habit(thousands=True), ("12,422", 12422, "number")),
        (COUNT, 12422, Habit(full_width=True), ("１２４２２", 12422, "number")),
        (COUNT, 0, Habit(zero=""), ("", None, "blank")),
        (COUNT, 0, Habit(zero="—"), ("—", None, "dash")),
        (COUNT, 0, Habit(zero="0"), ("0", 0, "number")),
    ],
)
def test_a_number_is_printed_as_its_author_does(key, number, habit, printed):
    assert printed_value(key, number, habit) == printed


def test_cells_follow_the_form_and_what_became_of_each_table(sample_report):
    whole = sample_report("2021")
    assert tuple(whole.cells) == keys("2021")
    assert set(whole.states.values()) == {"table"}
    partly = sample_report(
        "2021", tables={"proactive": "table", "applications": "stated_none", "reviews": "blank"}
    )
    assert partly.states == {"proactive": "table", "applications": "stated_none", "reviews": "table"}
    by_table = defaultdict(set)
    for cell in partly.cells.values():
        by_table[cell.table_name].add(cell.state)
    assert by_table["reviews"] == {"blank"}
    assert "applications" not in by_table


@pytest.mark.parametrize("form", ["2019", "2021"])
def test_prose_states_the_figures_of_the_tables(sample_report, form):
    report = sample_report(form)
    text = {number: "".join(lines) for number, lines in report.prose.sections.items()}
    received = report.figures["applications", "", "new_received", "total"]
    assert received
    assert f"申请{received}件" in text[1]
    for stated in report.prose.stated:
        assert f"{stated.phrase}{stated.value}" in re.sub("[近约超]|不足", "", text[stated.section])
    assert {stated.section for stated in report.prose.stated} == {1, 6}


def test_names_need_more_than_gb2312():
    for name in GBK_NAMES:
        name.encode("gbk")
        with pytest.raises(UnicodeEncodeError):
            name.encode("gb2312")


def test_copied_prose_differs_from_last_years_in_year_and_applications_only():
    facts = simulate("copied", "busy", (2022, 2023))
    texts = []
    for year, wording in ((2022, 2022), (2023, 2022), (2023, 2023)):
        words = prose.write("青垄县财政局", year, project(facts[year], "2021"), "copied", wording)
        texts.append([re.sub("20(22|23)", "", line) for part in (0, 5, 6) for line in words.sections[part]])
    assert texts[0] == texts[1]
    assert texts[0] != texts[2]
