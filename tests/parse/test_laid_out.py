"""Tables that pages lay out of plain elements: a blank box is a blank cell, and no other table is made."""

import pytest

from pipelines.parse.read.html import read_html
from pipelines.parse.records import Grid, Paragraph
from tests.parse import table_layouts
from tests.parse.looking import tables_of_page

LINES = [["项目", "自然人", "总计"], ["一、本年新收政府信息公开申请数量", "", "4"], ["二、上年结转", "3", ""]]
FLEX = "<style>.r{display:flex} .c{flex:1}</style>"


def rows(row: str, cell: str) -> str:
    return "".join(row.format("".join(cell.format(text) for text in line)) for line in LINES)


def boxes(cell: str = "<div>{}</div>") -> str:
    return "".join(cell.format(text) for line in LINES for text in line)


GRID = '<div style="display:grid;grid-template-columns:{}">{}</div>'


@pytest.mark.parametrize(
    "three",
    [
        "<div>" + rows('<div style="display:flex">{}</div>', "<div>{}</div>") + "</div>",
        "<div>" + rows('<div class="r">{}</div>', '<span class="c">{}</span>') + "</div>",
        "<div>" + rows("<ul>{}</ul>", "<li><p>{}</p></li>") + "</div>",
        "<ul>" + rows("<li>{}</li>", '<span style="float:left">{}</span>') + "</ul>",
        "<section>" + rows("<dl>{}</dl>", "<dd>{}</dd>") + "</section>",
        GRID.format("repeat(3, minmax(0, 1fr))", boxes()),
        GRID.format("20em 1fr 1fr", boxes("<span>{}</span>")),
        GRID.format("auto repeat(2,1fr)", boxes()),
    ],
)
def test_boxes_side_by_side_are_a_table_with_its_blanks(three):
    assert tables_of_page(three, FLEX) == [LINES]


ALIKE = [[line[0], *line[1:2] * 6, line[2]] for line in LINES]


@pytest.mark.parametrize(
    ("row", "cell"), [("<li>{}</li>", "<span>{}</span>"), ("<p>{}</p>", "<span><b>{}</b></span>")]
)
def test_rows_of_as_many_inline_elements_are_a_table(row, cell):
    lines = [row.format("".join(map(cell.format, line))) for line in ALIKE]
    assert tables_of_page("<div>" + "".join(lines) + "</div>") == [ALIKE]
    assert tables_of_page("<div>" + "".join(line.replace("<", "，<", 1) for line in lines) + "</div>") == []


def test_inline_elements_with_places_of_their_own_are_lines():
    place = '<span style="left: 40px; top: 60px; position:absolute">{}</span>'
    three = "<div>" + "".join(map(place.format, LINES[0])) + "</div>"
    blocks = read_html(table_layouts.page("", three, "").encode()).blocks
    assert {*LINES[0]} <= {b.text for b in blocks if isinstance(b, Paragraph)}


def test_rows_of_boxes_among_the_paragraphs_of_a_text_are_a_table():
    row = '<section style="display:flex;flex-flow:row">{}</section>'
    cell = '<section style="flex:1"><p>{}</p></section>'
    one = row.format(cell.format("单位：件"))
    three = "<p>如下表：</p>" + one + rows(row, cell) + "<p>共收到 7 件。</p>"
    assert tables_of_page(three) == [[["单位：件"], *LINES]]
    blocks = read_html(table_layouts.page("", three, "").encode()).blocks
    assert {"如下表：", "共收到 7 件。"} <= {b.text for b in blocks if isinstance(b, Paragraph)}


def test_the_boxes_of_a_grid_stand_where_their_styles_put_them():
    wide = '<div style="grid-column:span 2;grid-row: span 2">项目</div><div>自然人</div><div>总计</div>'
    fixed = '<div style="grid-row:4/5;grid-column:2 / span 2">7</div>'
    fixed += '<div style="grid-row:3;grid-column:1">甲</div>'
    three = GRID.format("repeat(4,1fr)", wide + "<div>5</div><div>6</div>" + fixed)
    blocks = read_html(table_layouts.page("", three, "").encode()).blocks
    (grid,) = [block for block in blocks if isinstance(block, Grid)]
    found = {(c.row, c.column, c.rowspan, c.colspan): c.text for c in grid.cells if c.text}
    assert found == {
        (0, 0, 2, 2): "项目",
        (0, 2, 1, 1): "自然人",
        (0, 3, 1, 1): "总计",
        (1, 2, 1, 1): "5",
        (1, 3, 1, 1): "6",
        (2, 0, 1, 1): "甲",
        (3, 1, 1, 2): "7",
    }


def test_a_box_with_a_place_behind_the_last_column_makes_one_more():
    last = '<div style="grid-row:1;grid-column:4">备注</div>'
    placed = "".join(
        f'<div style="grid-row:{row};grid-column:{column}">{text}</div>'
        for row, line in enumerate(LINES, 1)
        for column, text in enumerate(line, 1)
    )
    (found,) = tables_of_page(GRID.format("repeat(3,1fr)", placed + last))
    assert found == [[*LINES[0], "备注"], *([*line, ""] for line in LINES[1:])]


@pytest.mark.parametrize(
    "three",
    [
        # a number in pieces, as word processors leave it: nothing puts them apart
        "<div>" + rows("<p>{}</p>", "<span>{}</span>") + "</div>",
        # no grid that could be known
        GRID.format("subgrid", boxes()),
        '<div style="display:grid">' + boxes() + "</div>",
        # text of its own between the boxes
        "<div>" + rows("<div>注{}</div>", "<div>{}</div>") + "</div>",
        # a place outside of the grid
        GRID.format("1fr 1fr 1fr", '<div style="grid-column:9">1</div>' + boxes()),
    ],
)
def test_nothing_else_is_made_a_table(three):
    assert tables_of_page(three) == []


def test_paragraphs_around_rows_of_lists_are_no_rows():
    texts = ["三、收到和处理政府信息公开申请情况", "共收到 7 件，均已办结。"]
    three = "".join(f"<p>{text}</p>" for text in texts) + rows("<ul>{}</ul>", "<li>{}</li>")
    blocks = read_html(f"<body>{three}<p>{texts[1]}</p></body>".encode()).blocks
    assert [b.text for b in blocks if isinstance(b, Paragraph)] == [*texts, texts[1]]


@pytest.mark.parametrize(
    ("inside", "text"),
    [("<s>5</s>6", "6"), ("<img src='1.png'>", "\ufffd"), ("<input value='7'>", "7"), ("<u>8</u>", "8")],
)
def test_a_box_with_a_mark_or_a_picture_is_a_box_of_its_table(inside, text):
    three = "<div>" + rows('<div style="display:flex">{}</div>', "<div>{}</div>") + "</div>"
    first, last = three.split("<div>4</div>")
    (found,) = tables_of_page(f"{first}<div>{inside}</div>{last}")
    assert found[1] == [LINES[1][0], "", text]
