"""Tables that are known by their pattern give what they give when they are read one by one."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest

from pipelines.parse.read import patterns, set_apart
from pipelines.parse.read.patterns import Table
from pipelines.parse.records import Grid
from pipelines.parse.tables import blocks as blocks_of_form
from pipelines.parse.tables import form_shapes
from pipelines.parse.tables.broken import halves
from pipelines.parse.tables.copies import title_in
from pipelines.parse.tables.form_shapes import values_of
from pipelines.parse.tables.unfold import unfold
from tests.parse.test_regular import some_table

# what is told once for all grids alike
TOLD: list[Callable[[Grid], object]] = [
    title_in,
    unfold,
    values_of,
    form_shapes._shape,
    form_shapes._has_but_values,
    halves._is_worded,
    blocks_of_form._has_figures,
    lambda grid: list(grid.rows()),
]
NO_RULES: frozenset[set_apart._Rule] = frozenset()
FORM = (
    "<table><tr><td>一、总体情况</td><td>{}</td><td>{}</td></tr><tr><td>规章</td><td>{}</td><td>{}</td></tr>"
    "<tr><td>{}</td><td>行政许可</td><td>{}</td></tr><tr><td>{}</td><td>总计</td><td>其他</td><td>{}</td></tr></table>"
)
TABLE = (
    "<table><tr><td colspan=4>{}</td></tr><tr><th>信息内容</th><td rowspan=2>{}</td>"
    "<td>本年<b>制发</b></td><td>{}</td></tr>"
    "<tr><th>规章</th><td> <p>{}</p>\n</td><td><span lang=EN-US>{}<o:p></o:p></span></td></tr>"
    "<tr><td>行政许可</td><td>{}</td><td>{}</td><td>{}</td></tr></table>"
)
INSIDE = (
    "+6",
    "12件",
    "&nbsp;",
    "—",
    "无",
    "<i class=x></i>",
    "<br>",
    "<!-- 1 -->",
    "0",
    "7",
    "12",
    "3.5",
    "007",
    "2023",
    "1,234",
    "",
    "-",
    "1 2",
    "<p>1</p><p>2</p>",
    "<b>1</b>2",
    "<p>a<br>3",
)


def read_twice(markup: str) -> tuple[Table | None, Table | None]:
    """A table by its pattern, and anew."""
    encoded = markup.encode()
    return set_apart._read(encoded, NO_RULES), set_apart._read_anew(encoded, NO_RULES)


def assert_alike(markup: str) -> Table | None:
    quick, anew = read_twice(markup)
    assert (quick and (quick.frame.groups, list(quick.texts))) == (
        anew and (anew.frame.groups, list(anew.texts))
    )
    if quick is not None and anew is not None:
        for number in (0, 3):
            blocks, others = quick.blocks(number), anew.blocks(number)
            assert blocks == others
            for grid, other in zip(blocks, others, strict=True):
                if isinstance(grid, Grid) and isinstance(other, Grid):
                    alone = replace(other)  # nothing is told of it
                    assert [tell(grid) for tell in TOLD] == [tell(alone) for tell in TOLD]
    return quick


@pytest.mark.parametrize("seed", range(60))
def test_whatever_stands_in_the_cells(seed: int) -> None:
    draw = random.Random(seed)
    table = TABLE if seed % 2 else some_table(draw)
    for _ in range(3):
        markup = (
            table.format(*(draw.choice(INSIDE) for _ in range(8)))
            if seed % 2
            else re.sub(r"(?<=>)\d+(?=<)", lambda _: draw.choice(INSIDE), table)
        )
        assert_alike(markup)


@pytest.mark.parametrize("seed", range(20))
def test_which_values_are_blank_or_dashes_is_all_one_where_it_says_nothing(seed: int) -> None:
    draw = random.Random(seed)
    for _ in range(12):
        some = draw.choice([("", "0"), ("", "—", "12"), ("",), ("无", "3"), ("/", "", "7", "-")])
        assert_alike(FORM.format(*(draw.choice(some) for _ in range(8))))


@pytest.mark.parametrize(
    "values",
    [
        range(100, 108),
        [0.5] * 8,
        [""] * 8,
        ["&nbsp;", "\u00a0", "-", "—", "/", "无", 0, 5],
        ["－", "／", "–", "——"] * 2,
        ["+6", "-3", "1,234", "12件", "3.5万元", "2023", "－０.5", "1.2.3"],
    ],
)
def test_values_make_no_other_pattern(values: Iterable[object]) -> None:
    cells = "".join(f"<tr><td>甲{n}</td><td><p>{{}}</p></td><td>{{}}</td></tr>" for n in range(4))
    first, other = (assert_alike(f"<table>{cells.format(*these)}</table>") for these in (range(8), values))
    assert first is not None
    assert other is not None
    assert first.pattern is other.pattern is not None


@pytest.mark.parametrize(
    "cell",
    [
        "<td colspan=2></td>",
        "<td><i class=one></i></td>",
        "<td>—<br></td>",
        "<td><b>1</b>5</td>",
        "<td><p>1</p><p>5</p></td>",
        "<td>2023年</td>",
        "<td>5<!-- 6 --></td>",
    ],
)
def test_what_may_say_more_than_a_value_is_none(cell: str) -> None:
    pieces = patterns.pieces_of(f"<tr>{cell}</tr>".encode())
    assert pieces is not None
    assert pieces[0].value is None


def test_a_figure_that_may_stand_for_several_rows_is_in_no_pattern() -> None:
    rows = (
        "<td>1</td><td rowspan=2>5</td><td>3</td>",
        "<td>4</td><td>7</td>",
        "<td>乙</td><td>8</td><td>8</td>",
    )
    table = assert_alike("".join(("<table>", *(f"<tr>{row}</tr>" for row in rows), "</table>")))
    assert table is not None
    assert table.pattern is None


def test_pieces_are_cut_behind_cells() -> None:
    pieces = patterns.pieces_of("<tr><td>a</td><td>12</td><td>2023年</td></tr>".encode())
    assert pieces is not None
    assert [piece.value for piece in pieces] == [None, "12", None, None]
    zeros = patterns.with_zeros([piece.mark for piece in pieces])
    assert zeros == "<tr><td>a</td><td>0</td><td>2023年</td></tr>".encode()
