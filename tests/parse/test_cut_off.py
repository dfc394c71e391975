"""A document whose end is missing is never read in silence, and never with half a number."""

import random
import re

import pytest

from pipelines.parse.read import read
from pipelines.parse.records import Document, Grid, State
from pipelines.parse.regions import Regions
from pipelines.parse.report import parse
from samples.figures import project, simulate
from samples.prose import write
from samples.render import LAYOUTS
from samples.report import Agency, Habit, Report

CUT = ("html_plain", "html_word", "rtf", "text_tabs", "docx", "xlsx", "pdf")
# formats whose cut end can be told in every case; a text may well end in any sentence
TOLD = frozenset(CUT) - {"text_tabs"}


@pytest.fixture(scope="module")
def report():
    figures = project(simulate("cut", "busy", (2023,))[2023], "2021")
    agency = Agency("青垄县教育体育局", "青垄县", "980121", "department", "busy", "jtj")
    words = write(agency.name, 2023, figures, "cut")
    title = f"{agency.name}2023年政府信息公开工作年度报告"
    return Report(agency, 2023, "2021", figures, words, title, "2024-01-20", Habit())


def places(content: bytes, name: str) -> list[int]:
    """Where to cut: anywhere, and inside of numbers where these can be seen."""
    chance = random.Random(name)
    anywhere = [chance.randrange(len(content) // 5, len(content) - 16) for _ in range(8)]
    numbers = [found.start() + 1 for found in re.finditer(rb"\d\d+", content[len(content) // 4 :])]
    inside = [len(content) // 4 + at for at in chance.sample(numbers, 8)] if len(numbers) > 8 else []
    return anywhere + inside


@pytest.mark.slow
@pytest.mark.parametrize("name", CUT)
def test_half_a_document_gives_no_wrong_number_and_says_that_it_is_half(report, name):
    content = LAYOUTS[name].render(report)
    truth = {(t.table_name, t.item, t.row, t.column): t.value for t in report.cells.values()}
    for at in places(content, name):
        parsed = parse(Document(content[:at]), Regions.builtin())
        cells = parsed.report.cells if parsed.report else ()
        official = [c for c in cells if c.state is State.NUMBER and not c.table_name.startswith("other:")]
        wrong = [c for c in official if truth[c.table_name, c.item, c.row, c.column_name] != c.value]
        assert not wrong, at
        assert name not in TOLD or any(issue.severity != "info" for issue in parsed.issues), at


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("<table><tr><td>甲<td>12", "\ufffd\ufffd"),
        ("<table><tr><td>甲<td>12</t", "12"),
        ("<table><tr><td>甲<td><p>1,2", "\ufffd\ufffd\ufffd"),
    ],
)
def test_a_page_torn_in_its_table(text, last):
    reading = read(Document(f"<meta charset=utf-8>{text}".encode()))
    (grid,) = [block for block in reading.blocks if isinstance(block, Grid)]
    assert grid.cells[-1].text == last
    assert [issue.code for issue in reading.issues if issue.code == "truncated"]


@pytest.mark.parametrize(
    "content",
    [
        b"<html><meta charset=utf-8><p>" + "总体情况".encode(),
        "第三行 甲\t12".encode(),
        b"{\\rtf1\\ansi 12\\par",
    ],
)
def test_other_missing_ends(content):
    assert "truncated" in [issue.code for issue in read(Document(content)).issues]


@pytest.mark.parametrize(
    ("row", "whole"),
    [
        ("四、结转下年度继续办理\t11\t0\t0\t\t0\t1\t12", True),
        ("四、结转下年度继续办理\t11\t0\t0\t\t0\t1\t1", False),
        ("总计\t\t\t3\t0\t0\t0\t0\t0\t3\n四、结转下年度继续办理\t\t\t0\t0\t0\t0\t0\t0\t0", True),
        ("总计\t\t\t3\t0\t0\t0\t0\t0\t3\n四、结转下年度继续办理\t\t\t3\t0\t0\t0\t0\t3", False),
        ("四、结转下年度继续办理  0 0 0 0 0 0 0", True),
        ("四、结转下年度继续办理  12 0 0 0 0 0", False),
        ("1 0 0 0 1 0 0 0 0 0 1 0 0 9 10", True),
        ("1 0 0 0 1 0 0 0 0 0 1 0 0 9 1", False),
        ("1 0 0 0 1 0 0 0 1", False),
        ("－\t－\t－\t－\t－\t3\t－\t－\t－\t3\t－\t－\t－\t－\t0", True),
        ("0 0 0 0 3 0 0", False),
    ],
)
def test_a_text_without_a_last_line_break_is_whole_where_its_last_total_proves_it(row, whole):
    reading = read(Document(f"第三行\n{row}".encode()))
    assert ("truncated" not in {issue.code for issue in reading.issues}) is whole
    assert reading.blocks[-1].text.endswith("\ufffd") is not whole


@pytest.mark.parametrize(
    "content",
    [
        b"<html><meta charset=utf-8><p>" + "总体情况</p></body></html>\n".encode(),
        "<p>总体情况</p>青垄县教育体育局 2024-01-20".encode(),
        "共收到12件。\n2024.1.20".encode(),
        "甲\t12\n".encode(),
        b"{\\rtf1\\ansi 12\\par}\r\n\x00",
    ],
)
def test_whole_documents_are_not_suspected(content):
    assert "truncated" not in [issue.code for issue in read(Document(content)).issues]
