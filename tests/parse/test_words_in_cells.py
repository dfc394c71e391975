"""What stands in a cell in place of a figure is kept as printed, and moves no figure beside it."""

import re

import pytest

from pipelines.parse.read.html import read_html
from pipelines.parse.read.text import read_text
from pipelines.parse.records import Filled, State
from pipelines.parse.sections import split
from pipelines.parse.tables import fill
from tests.parse.table_layouts import LINES, MARKUP, Printed, random_report

pytestmark = pytest.mark.slow

LICENSING = ("proactive", "administrative_licensing", "decisions")
PENALTY = ("proactive", "administrative_penalty", "decisions")
ISSUED = ("proactive", "normative_documents", "issued")
FIRST = ("applications", "new_received", "natural_person")
INSIDE = ("applications", "granted", "business")
STAGE = ("reviews", "lawsuit_direct", "pending")
KEYS = (LICENSING, PENALTY, ISSUED, FIRST, INSIDE, STAGE)
ANYTHING = ("五", "壹", "O", "√", "※", "空", "12.", "（12）", "2023年1月1日", "不便公开", "由上级机关公布")
STAND_INS = (
    "十二",
    "两件",
    "若干",
    "见附件",
    "不适用",
    "约3.5万元",
    "3（其中2）",
    "3-5",
    "12%",
    "N/A",
    "#REF!",
    "12①",
)


def read(layout: str, printed: Printed) -> Filled:
    reading = (
        read_html(MARKUP[layout](printed).encode())
        if layout in MARKUP
        else read_text(LINES[layout](printed).encode())
    )
    return fill(reading, split(reading.blocks))


def printing(key: tuple[str, str, str], text: str) -> Printed:
    printed = random_report(3, "2021")
    printed.raw[key] = text
    return printed


def assert_kept(layout: str, key: tuple[str, str, str], text: str) -> None:
    printed = printing(key, text)
    cells = {(c.table_name, c.row, c.column_name): c for c in read(layout, printed).cells}
    assert cells[key].raw == text
    assert cells[key].state is not State.ABSENT
    others = {k: cells[k].value for k in printed.value if k != key}
    assert others == {k: v for k, v in printed.value.items() if k != key}


@pytest.mark.parametrize("layout", ["official", "sub_tables", "own_order", "word_paste", "turned_reviews"])
@pytest.mark.parametrize("text", [*ANYTHING, *STAND_INS])
def test_any_words_in_a_cell_of_a_ruled_table_are_kept(layout, text):
    for key in KEYS:
        assert_kept(layout, key, text)


@pytest.mark.parametrize("layout", ["tabs", "pipes"])
@pytest.mark.parametrize("text", [*ANYTHING, *STAND_INS])
def test_any_words_in_a_field_behind_its_label_are_kept(layout, text):
    for key in KEYS[:-1]:
        assert_kept(layout, key, text)


@pytest.mark.parametrize("layout", ["blanks_between", "cell_a_line", "cut_by_page", "lost_labels"])
@pytest.mark.parametrize("text", STAND_INS)
def test_what_often_stands_for_a_figure_is_known_without_a_table(layout, text):
    for key in (LICENSING, FIRST, INSIDE, STAGE):
        assert_kept(layout, key, text)


@pytest.mark.parametrize(
    ("text", "state", "value"),
    [
        ("五", State.NUMBER, 5),
        ("两件", State.NUMBER, 2),
        ("壹佰", State.NUMBER, 100),
        ("○", State.UNREADABLE, None),
    ],
)
def test_numerals_are_read_and_a_circle_is_no_zero(text, state, value):
    printed = printing(PENALTY, text)
    cells = {(c.table_name, c.row, c.column_name): c for c in read("official", printed).cells}
    assert (cells[PENALTY].state, cells[PENALTY].value) == (state, value)


@pytest.mark.parametrize("form", ["2019", "2021"])
def test_a_table_that_has_lost_its_column_spans_is_read_right_or_flagged(form):
    for seed in range(3):
        printed = random_report(seed, form)
        reading = read_html(re.sub(r' colspan="\d+"', "", MARKUP["official"](printed)).encode())
        cells = fill(reading, split(reading.blocks)).cells
        stated = {(c.table_name, c.row, c.column_name): c.value for c in cells if c.state is State.NUMBER}
        assert {key: value for key, value in stated.items() if printed.value[key] != value} == {}
        assert len(stated) > 150
