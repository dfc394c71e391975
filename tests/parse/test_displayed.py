"""Tables that styles make or hide, and frames with their document in an attribute."""

import html

import pytest

from pipelines.parse.read.html import read_html
from pipelines.parse.records import UNREAD, Grid, Paragraph
from tests.parse.looking import tables_of_page

LINES = [["项目", "自然人", "总计"], ["一、本年新收政府信息公开申请数量", "", "4"], ["二、上年结转", "3", ""]]
SHEET = "<style>.t{display:table}.r{display:table-row}.c{display: table-cell;border:0}</style>"


def rows(row: str, cell: str, lines: list[list[str]] = LINES) -> str:
    return "".join(row.format("".join(cell.format(text) for text in line)) for line in lines)


@pytest.mark.parametrize(
    "three",
    [
        '<div class="t">' + rows('<div class="r">{}</div>', '<div class="c">{}</div>') + "</div>",
        '<div class="t">' + rows('<p class="r">{}</p>', '<span class="c x">{}</span>') + "</div>",
        '<div style="display:table">'
        + rows('<div style="display:table-row">{}</div>', '<div style="Display: table-cell">{}</div>')
        + "</div>",
    ],
)
def test_elements_displayed_as_a_table_are_one_with_its_blanks(three):
    assert tables_of_page(three, SHEET) == [LINES]


def test_a_row_of_which_one_part_is_no_cell_makes_no_table():
    three = '<div class="t"><div class="r"><span class="c">自然人</span><b>3</b></div></div>'
    assert tables_of_page(three, SHEET) == []


def test_a_frame_is_read_from_its_attribute():
    table = "<table>" + rows("<tr>{}</tr>", "<td>{}</td>") + "</table>"
    assert tables_of_page(f'<iframe width="9" srcdoc="{html.escape(table)}"></iframe>') == [LINES]


def test_a_collapsed_column_is_not_read():
    lines = [[a, "9", b, c] for a, b, c in LINES]
    cols = '<colgroup><col><col style="visibility:collapse"><col span="2"></colgroup>'
    three = f"<table>{cols}" + rows("<tr>{}</tr>", "<td>{}</td>", lines) + "</table>"
    assert tables_of_page(three) == [LINES]


@pytest.mark.parametrize("value", ["12", "１，０２４", "无", "－", "3件", "+6", "增加3", "见附件"])
def test_what_a_field_of_a_form_holds_is_text(value):
    lines = [[a, f'<input value="{value}">', c] for a, _, c in LINES]
    three = "<table>" + rows("<tr>{}</tr>", "<td>{}</td>", lines) + "</table>"
    assert [row[1] for row in tables_of_page(three)[0]] == [value] * 3


def test_lines_of_a_text_stay_lines_though_its_tables_are_markup():
    table = "<table>\n" + rows("<tr>{}</tr>\n", "<td>{}</td>") + "</table>"
    blocks = read_html(
        f"甲县乙局2023年年度报告\n\n一、总体情况\n无。\n\n{table}\n\n六、其他\n".encode()
    ).blocks
    assert [b.text for b in blocks if isinstance(b, Paragraph)] == [
        "甲县乙局2023年年度报告",
        "一、总体情况",
        "无。",
        "六、其他",
    ]
    assert [isinstance(b, Grid) for b in blocks].index(True) == 3


@pytest.mark.parametrize(
    "around", ["{}", "<html><body>{}</body></html>", "<div><html><body>{}</body></html></div>"]
)
@pytest.mark.parametrize("heading", ["## {}", "**{}**"])
def test_headings_of_markdown_stand_on_lines_though_each_table_is_a_page_of_its_own(around, heading):
    tables = around.format("<table><tr><td>规章<br>数</td><td>3</td></tr></table>")
    lines = [heading.format(line) for line in ("甲县乙局报告", "一、总体情况", "二、主动公开政府信息情况")]
    blocks = read_html(
        "\n\n".join([*lines[:2], "全年工作\n有序。", lines[2], tables, "五、问题"]).encode()
    ).blocks
    texts = [block.text for block in blocks if isinstance(block, Paragraph)]
    assert texts == [
        "甲县乙局报告",
        "一、总体情况",
        "全年工作",
        "有序。",
        "二、主动公开政府信息情况",
        "五、问题",
    ]
    assert [block.cells[1].text for block in blocks if isinstance(block, Grid)] == ["3"]


def test_line_ends_of_markdown_around_tables_of_markup_may_be_written_out_in_a_record():
    lines = [
        "甲县乙局报告",
        *["全年工作有序。"] * 9,
        '<table border=\\"1\\"><tr><td>规章</td><td>3</td></tr></table>',
        "五、问题",
    ]
    blocks = read_html(('{"text": "' + "\\n".join(lines) + '"}').encode()).blocks
    assert [b.text for b in blocks if isinstance(b, Paragraph)] == [*lines[:10], lines[11]]
    assert [b.cells[1].text for b in blocks if isinstance(b, Grid)] == ["3"]


def test_lines_of_a_page_stay_white_space_whatever_signs_it_has():
    page = "<p>一</p>**甲**\n**乙**\n**丙**\n<div>丁\n戊</div><table><tr><td>1</td></tr></table>"
    texts = [b.text for b in read_html(page.encode()).blocks if isinstance(b, Paragraph)]
    assert any("丁" in text and "戊" in text for text in texts)


def framed(inner: str) -> str:
    return "<table>" + rows("<tr>{}</tr>", "<td>" + inner + "</td>") + "</table>"


def test_a_table_of_one_column_in_a_cell_is_the_text_of_the_cell():
    assert tables_of_page(framed("<table><tr><td><p>{}</p></td></tr></table>")) == [LINES]


def test_a_figure_in_a_table_with_columns_of_its_own_leaves_no_cell_blank():
    cell = "<td><table><tr><td>{}</td><td>件</td></tr></table></td>"
    line = "<tr><td>{}</td><td>{}</td>" + cell + "</tr>"
    three = "".join(line.format(*texts) for texts in LINES)
    (grid, *_) = tables_of_page(f"<table>{three}</table>")
    assert [row[2] for row in grid] == ["", "\ufffd", ""]


def test_figures_that_a_style_sheet_shows_are_read_and_the_labels_of_small_screens_are_not():
    line = '<tr><td>一、本年新收</td><td data-n="12"></td><td data-n="" data-label="3"></td></tr>'
    sheet = (
        "<style>td:before{content:attr(data-n)}"
        "@media(max-width:600px){td:before{content: attr(data-label)}}</style>"
    )
    assert tables_of_page(f"<table>{line * 3}</table>", sheet) == [[["一、本年新收", "12", ""]] * 3]


@pytest.mark.parametrize(
    "rule",
    [
        "td:hover::after{content:attr(data-n)}",
        ".tip::after{content:attr(data-n)}",
        "th::before{content:attr(data-n)}",
        "td{content:attr(data-n)}",
        "/*td:before{content:attr(data-n)}*/",
        "td::-x-own::after{content:attr(data-n)}",
    ],
)
def test_an_attribute_that_no_rule_shows_for_its_element_is_no_figure(rule):
    line = '<tr><td>一、本年新收</td><td data-n="12"></td><td>0</td></tr>'
    assert tables_of_page(f"<table>{line * 3}</table>", f"<style>{rule}</style>") == [
        [["一、本年新收", "", "0"]] * 3
    ]


def test_a_rule_shows_the_attributes_of_the_elements_that_it_names():
    line = '<tr><td>一、本年新收</td><td class="n" data-n="12"></td><td data-n="7"></td></tr>'
    sheet = "<style>table th:after, table td.n::before{color:red;content:attr(data-n);width:1px}</style>"
    assert tables_of_page(f"<table>{line * 3}</table>", sheet) == [[["一、本年新收", "12", ""]] * 3]


def test_figures_that_stand_in_a_style_sheet_are_read_and_mark_those_beside_them():
    line = '<tr><td>一、本年新收</td><td><i class="n1"></i></td><td><i class="n2">7</i></td></tr>'
    sheet = """<style>.n1::before{content:'12'}.n2::after{content:"3"}.n1:hover:after{content:'4'}</style>"""
    assert tables_of_page(f"<table>{line * 3}</table>", sheet) == [[["一、本年新收", "12", UNREAD + "7"]] * 3]


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ('<div style="white-space: pre-wrap">', "</div>"),
        ('<p><span style="font-size:12pt;white-space:break-spaces">', "</span></p>"),
        ("<style>.c{white-space: pre-line}</style><div class='x c'>", "</div>"),
    ],
)
def test_line_ends_that_a_style_shows_part_paragraphs_but_not_in_tables(opening, closing):
    text = "一、总体情况\n工作<b>有序</b>。\n<!-- a\nb --><i>另</i>一行\n完"
    table = "<table><tr><td>规章\n数</td><td>3</td></tr><tr><td>规范性文件</td><td>5</td></tr></table>"
    reading = read_html(f"{opening}{text}{closing}<div>\n无\n关\n</div>{table}".encode())
    lines = [b.text for b in reading.blocks if isinstance(b, Paragraph)]
    assert lines == ["一、总体情况", "工作有序。", "另一行", "完", "无关"]
    assert next(c.text for b in reading.blocks if isinstance(b, Grid) for c in b.cells) == "规章数"


def test_inline_elements_that_a_style_shows_as_blocks_are_lines_and_lines_of_cells():
    line = "<span style='color:red;display:block'>{}</span>"
    text = "".join(map(line.format, ("一、总体情况", "工作有序。", "主动公开信息<b>12</b>条。")))
    cells = f"<tr><td>规章</td><td>{line.format(1)}{line.format(2)}</td></tr>" * 2
    reading = read_html(f"<div>{text}</div><table>{cells}</table>".encode())
    lines = [b.text for b in reading.blocks if isinstance(b, Paragraph)]
    assert lines == ["一、总体情况", "工作有序。", "主动公开信息12条。"]
    assert next(c.text for b in reading.blocks if isinstance(b, Grid) for c in b.cells[1:]) == "1\n2"


@pytest.mark.parametrize(
    ("content", "shown"),
    [("'—'", "—"), ('"-"', "-"), (r"'\2014'", "—"), ("'无'", "无"), (r'"\65E0"', "无"), (r"'\30'", "0")],
)
def test_signs_for_none_that_stand_in_a_style_sheet_are_read_in_cells(content, shown):
    line = "<tr><td>一、本年新收</td><td></td><td>7</td></tr>"
    page = f"<style>td:empty::before, p:after{{content:{content}}}</style><p></p><table>{line * 3}</table>"
    assert tables_of_page(page) == [[["一、本年新收", shown, "7"]] * 3]
    assert tables_of_page(page.replace("td:empty", "td:last-child")) == [
        [["一、本年新收", "", UNREAD + "7"]] * 3
    ]
