"""Tables whose cells a pipe closes each, on as many lines as they take, are read as they were."""

from collections.abc import Callable

import pytest

from pipelines.parse.read.closed_cells import with_rows_on_lines
from pipelines.parse.read.text import read_text
from pipelines.parse.records import Filled
from tests.parse import table_layouts
from tests.parse.table_layouts import Printed, Row, random_report
from tests.parse.table_reading import FORMS, apart, consistent, filled

Writer = Callable[[list[Row]], str]


def texts(row: Row) -> list[str]:
    return [cell.text.replace("\n", "") for cell in row]


def fill(rows: list[Row], row: Row) -> str:
    """The pipes that a row lacks of the widest."""
    return "|" * (sum(cell.colspan for cell in rows[0]) - len(row))


def on_lines(rows: list[Row], lead: str = "") -> str:
    """Each cell on a line of its own, merged ones once, and what fills the row up behind the last."""
    lines = []
    for row in rows:
        *cells, last = [f"{text} |".strip() for text in texts(row)]
        lines += [*filter(None, [lead]), *cells, f"{last} {fill(rows, row)}".strip()]
    return "\n".join(lines)


def led(rows: list[Row]) -> str:
    """The same with a pipe before each row."""
    return on_lines(rows, "|")


def filled_on_lines(rows: list[Row]) -> str:
    """The same with what fills a row up on a line of its own."""
    lines = [line for row in rows for line in (*(f"{t} |".strip() for t in texts(row)), fill(rows, row))]
    return "\n".join(filter(None, lines))


def in_rows(rows: list[Row]) -> str:
    """Each row on a line."""
    return "\n".join(" ".join(f"{t} |".strip() for t in texts(row)) + f" {fill(rows, row)}" for row in rows)


def with_ends_below(rows: list[Row]) -> str:
    """Each row on a line, but for the pipes that close its first cell and its last one: on lines below."""
    lines = []
    for row in rows:
        first, *rest = texts(row)
        *inner, last = rest or [""]
        cells = [f"{first}\n|", *(f"{t} |".strip() for t in inner), *([f"{last}\n|"] if rest else [])]
        lines.append(" ".join(cells) + f" {fill(rows, row)}")
    return "\n".join(lines)


def with_broken_labels(rows: list[Row]) -> str:
    """Each row on a line, but for its long labels: these go on in the next line."""
    lines = []
    for row in rows:
        cells = [f"{t[:3]}\n{t[3:]}" if len(t) > 5 and not t[0].isdigit() else t for t in texts(row)]
        lines.append(" ".join(f"{cell} |".strip() for cell in cells) + f" {fill(rows, row)}")
    return "\n".join(lines)


def between(rows: list[Row], times: int = 1) -> str:
    """Each cell on a line of its own, and each pipe; nothing fills up."""
    return "\n".join(line for row in rows for t in texts(row) for line in (t, *("|" * times)) if line)


def doubled(rows: list[Row]) -> str:
    return between(rows, 2)


def fitting(seed: int, form: str) -> Printed:
    """A report with blanks whose totals are the sums of their rows."""
    p = random_report(seed, form, blanks=True)
    for table in (p.template.applications, p.template.reviews):
        for row in table.rows:
            *keys, total = [(table.name, row.key, column.key) for column in table.columns]
            p.value[total] = sum(p.value[key] or 0 for key in keys)
            p.raw[total] = str(p.value[total])
    return p


def text(p: Printed, write: Writer) -> str:
    three = [*table_layouts.application_head(), *table_layouts.application_rows(p)]
    four = [*table_layouts.review_head(), table_layouts.review_values(p)]
    return table_layouts.report_text(write(table_layouts.proactive_rows(p)), write(three), write(four))


def read(written: str) -> Filled:
    return filled(read_text(written.encode()))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("report", [random_report, fitting])
@pytest.mark.parametrize(
    "write", [on_lines, led, filled_on_lines, in_rows, with_ends_below, with_broken_labels]
)
def test_pipes_tell_the_rows_and_their_blank_cells(
    write: Writer, report: Callable[[int, str], Printed], form: str
) -> None:
    p = report(51, form)
    assert apart(p, read(text(p, write))) == (set(), set())


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("write", [between, doubled])
def test_pipes_on_lines_between_cells_are_none_of_them(write: Writer, form: str) -> None:
    p = random_report(52, form)
    assert apart(p, read(text(p, write))) == (set(), set())


def test_more_pipes_between_cells_close_blank_ones() -> None:
    written = text(fitting(53, "2021"), between)
    lines = [" ".join(line.split()) for line in with_rows_on_lines(written).split("\n")]
    assert {"规章 | 28319 | 7 | 7 |", "行政规范性文件 | | | 2 |", "行政许可 | |"} <= set(lines)


def test_each_value_leads_to_its_characters() -> None:
    written = text(random_report(54, "2021"), on_lines)
    cells = read(written).cells
    assert cells
    for cell in cells:
        assert cell.place is not None and cell.place.span is not None and cell.place.line is not None
        start, end = cell.place.span
        assert written[start:end].strip() == cell.raw


@pytest.mark.slow
@pytest.mark.parametrize("write", [on_lines, led, in_rows, between])
def test_a_cell_that_is_lost_leaves_no_wrong_number(write: Writer) -> None:
    p = random_report(55, "2019")
    lines = text(p, write).split("\n")
    begin, end = lines.index("二、主动公开政府信息情况"), lines.index("五、存在的主要问题及改进情况")
    for lost in range(begin + 3, end - 2, 17):
        wrong, _ = apart(p, read("\n".join(lines[:lost] + lines[lost + 1 :])))
        assert not wrong, lines[lost]


def test_lines_that_are_no_such_table_stay_as_they_are() -> None:
    for plain in (
        "无",
        "| 规章 | 3 | 0 |\n| --- | --- | --- |\n| 文件 | 1 | 2 |",
        "甲 |\n乙\n丙 | 3\n丁 | |",
    ):
        assert with_rows_on_lines(plain) == plain


def fenced(rows: list[Row]) -> str:
    """A pipe on both sides of each cell that says something."""
    return "\n".join("".join(f"|{text}|" for text in texts(row) if text) for row in rows)


def in_fences(p: Printed) -> Filled:
    three = [*table_layouts.application_head(), *table_layouts.application_rows(p)]
    four = [*table_layouts.review_head(), table_layouts.review_values(p)]
    text = table_layouts.report_text(*map(fenced, (table_layouts.proactive_rows(p), three, four)))
    return filled(read_text(text.encode()))


@pytest.mark.parametrize("form", FORMS)
def test_pipes_on_both_sides_of_each_cell_part_fields_in_pairs(form: str) -> None:
    p = consistent(5, form)
    assert apart(p, in_fences(p)) == (set(), set())


@pytest.mark.parametrize("form", FORMS)
def test_a_cell_that_such_lines_leave_out_moves_no_other(form: str) -> None:
    p = consistent(5, form)
    for key, text in p.raw.items():
        if key[0] == "applications" and text == "0":
            p.raw[key], p.value[key] = "", None
    assert apart(p, in_fences(p))[0] == set()
