"""Tables of pages whose rows are drawn a little aside from each other."""

from __future__ import annotations

import re

import pytest

from pipelines.parse.read.html import marked_elements, read_html
from pipelines.parse.records import Grid, Place
from tests.parse import table_layouts as t
from tests.parse.table_layouts import random_report
from tests.parse.table_reading import apart, read

# the borders of each row of a table of section four, in pixels: dragged by hand, each row by itself
ASIDE = (0, 3, -2, 1)


def row(*cells: tuple[str, int, str]) -> str:
    """Cells as (width, colspan, text)."""
    return "".join(f'<td width="{width}" colspan={span}>{text}</td>' for width, span, text in cells)


def grid_of(*rows: str, inside: str = "") -> Grid:
    """The table as a page prints it; what stands ``inside`` its last row may make it one that is walked."""
    markup = "".join(f"<tr>{row}</tr>" for row in rows)
    table = f"<table>{markup.removesuffix('</tr>')}{inside}</tr></table>"
    blocks = read_html(f"<html><body><p>甲局的统计表如下。</p>{table}</body></html>".encode()).blocks
    return next(block for block in blocks if isinstance(block, Grid))


def columns(grid: Grid) -> list[list[tuple[int, int]]]:
    return [
        [(cell.column, cell.colspan) for cell in grid.cells if cell.row == number]
        for number in range(grid.n_rows)
    ]


# no cell stands between 203 and 399 alone, where people see the second column
HEAD = row(("200", 1, "类别"), ("199", 2, "自然人"), ("201", 2, "总计"))
FIRST = row(("203", 2, "甲"), ("200", 2, "1"), ("197", 1, "2"))
LAST = HEAD.replace("类别", "乙").replace("自然人", "3").replace("总计", "4")


@pytest.mark.parametrize("inside", ["", "<form></form>"])
def test_borders_that_stand_close_together_are_one(inside: str):
    grid = grid_of(HEAD, FIRST, LAST, inside=inside)
    assert columns(grid) == [[(0, 1), (1, 1), (2, 1)]] * 3


def dragged(rows: list[t.Row], width: int = 900) -> str:
    """The table as Word writes it where each row's borders stand a little aside from those of the others."""
    count = sum(cell.colspan for cell in rows[0])
    edges: dict[tuple[int, int], int] = {}
    placed = []
    for number, cells in enumerate(rows):
        column = 0
        for cell in cells:
            while (number, column + 1) in edges:
                column += 1
            end = column + cell.colspan
            x = width * end // count + (ASIDE[(number + end) % len(ASIDE)] if end < count else 0)
            start = edges.get((number, column), 0)
            edges |= {(number + below, end): x for below in range(cell.rowspan)}
            edges |= {
                (number + below, inner): x
                for below in range(cell.rowspan)
                for inner in range(column + 1, end)
            }
            placed.append((number, cell, start, x))
            column = end
    at = {x: index for index, x in enumerate(sorted({0, *edges.values()}))}
    return "".join(
        "<tr>"
        + "".join(
            f'<td width="{x - start}" rowspan="{cell.rowspan}" colspan="{at[x] - at[start]}">{cell.text}</td>'
            for number, cell, start, x in placed
            if number == wanted
        )
        + "</tr>"
        for wanted in range(len(rows))
    ).join(("<table>", "</table>"))


def report(p: t.Printed) -> str:
    three = t.table([*t.application_head(), *t.application_rows(p)])
    four = dragged([*t.review_head(), t.review_values(p)])
    return t.page(t.table(t.proactive_rows(p)), three, four)


@pytest.mark.parametrize("seed", range(3))
def test_section_four_whose_borders_are_dragged_row_by_row_is_read(seed: int):
    p = random_report(seed, "2021")
    assert apart(p, read(report(p))) == (set(), set())


def test_a_place_leads_to_the_cell():
    page = report(random_report(1, "2021")).encode()
    grid = read_html(page).blocks
    last = [block for block in grid if isinstance(block, Grid)][-1].cells[-1]
    _, element = marked_elements(page, "", last.place)
    assert element is not None and element.tag == "td" and element.text == last.text
    assert last.place == Place(last.place.table, 3, 14)


@pytest.mark.parametrize(
    "first", ["20%", "", "auto", "240"], ids=["units", "missing", "unknown", "contradicting"]
)
def test_spans_stay_where_widths_do_not_tell(first: str):
    grid = grid_of(HEAD, FIRST.replace("203", first), LAST)
    assert columns(grid)[0] == [(0, 1), (1, 2), (3, 2)]


def test_a_narrow_cell_keeps_its_column():
    """Word puts one beside a row that begins further right."""
    wide = HEAD.replace("colspan=1", "colspan=2"), FIRST.replace("colspan=2", "colspan=3", 1)
    narrow = row(("5", 1, ""), ("195", 1, "乙"), ("199", 2, "3"), ("201", 2, "4"))
    assert columns(grid_of(*wide, narrow)) == [
        [(0, 2), (2, 1), (3, 1)],
        [(0, 2), (2, 1), (3, 1)],
        [(0, 1), (1, 1), (2, 1), (3, 1)],
    ]


def test_rounded_widths_need_not_add_up():
    wide = row(("33%", 1, "类别"), ("33%", 2, "自然人"), ("34%", 2, "总计"))
    first = row(("34%", 2, "甲"), ("33%", 2, "1"), ("35%", 1, "2"))
    assert columns(grid_of(wide, first, wide)) == [[(0, 1), (1, 1), (2, 1)]] * 3


def styled(row: str, unit: str = "px") -> str:
    """A row whose cells state their widths in styles."""
    return re.sub(r'width="(\d+)"', rf"style='WIDTH: \1{unit}; HEIGHT: 20pt'", row)


@pytest.mark.parametrize("unit", ["px", "pt", "mm"])
@pytest.mark.parametrize("inside", ["", "<form></form>"])
def test_widths_that_styles_state_tell_the_columns_too(inside: str, unit: str):
    grid = grid_of(*(styled(row, unit) for row in (HEAD, FIRST, LAST)), inside=inside)
    assert columns(grid) == [[(0, 1), (1, 1), (2, 1)]] * 3


def test_widths_of_attributes_and_styles_are_compared_in_pixels():
    grid = grid_of(HEAD, FIRST.replace('width="203"', 'style="width:152.25pt"'), LAST)
    assert columns(grid) == [[(0, 1), (1, 1), (2, 1)]] * 3


@pytest.mark.parametrize("inside", ["", "<form></form>"])
def test_a_place_leads_to_the_cell_of_a_table_with_styled_widths(inside: str):
    page = styled(report(random_report(1, "2021"))).replace(
        "</td></tr></table>", f"</td>{inside}</tr></table>"
    )
    last = [block for block in read_html(page.encode()).blocks if isinstance(block, Grid)][-1].cells[-1]
    _, element = marked_elements(page.encode(), "", last.place)
    assert element is not None and element.tag == "td" and element.text == last.text
    assert last.place == Place(last.place.table, 3, 14)


def test_borders_dragged_far_are_one_where_each_cell_then_stands_in_a_column_of_its_own():
    first = row(("215", 2, "甲"), ("170", 2, "1"), ("215", 1, "2"))
    assert columns(grid_of(HEAD, first, LAST)) == [[(0, 1), (1, 1), (2, 1)]] * 3
