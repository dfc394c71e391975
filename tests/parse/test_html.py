import json
import re
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.parse.furniture import is_furniture
from pipelines.parse.read.grid import MAX_PLACES, MAX_SPAN, place_spans
from pipelines.parse.read.html import read_html
from pipelines.parse.records import Grid, Paragraph, Reading, Unreadable
from tests.parse.looking import grids, lines, texts

# an invented report of an invented county
TITLE = "云岭县教育局2023年政府信息公开工作年度报告"
T2 = """<table border="1"><tr><td colspan="4">第二十条第（一）项</td></tr>
<tr><td>信息内容</td><td>本年<br>制发件数</td><td>本年<br>废止件数</td><td>现行<br>有效件数</td></tr>
<tr><td>规章</td><td>0</td><td>0</td><td>0</td></tr>
<tr><td>行政规范性文件</td><td>3</td><td>1</td><td>12</td></tr>
<tr><td colspan="4">第二十条第（五）项</td></tr>
<tr><td>信息内容</td><td colspan="3">本年处理决定数量</td></tr>
<tr><td>行政许可</td><td colspan="3">1,287</td></tr></table>"""
T3 = """<table><tbody><tr><td colspan="3" rowspan="3">
（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）</td>
<td colspan="7">申请人情况</td></tr>
<tr><td rowspan="2">自然人</td><td colspan="5">法人或其他组织</td><td rowspan="2">总计</td></tr>
<tr><td>商业企业</td><td>科研机构</td><td>社会公益组织</td><td>法律服务机构</td><td>其他</td></tr>
<tr><td colspan="3">一、本年新收政府信息公开申请数量</td>
<td>5</td><td>1</td><td>0</td><td>0</td><td>0</td><td>0</td><td>6</td></tr>
<tr><td rowspan="2">三、本年度办理结果</td><td colspan="2">（一）予以公开</td>
<td>4</td><td>1</td><td>0</td><td>0</td><td>0</td><td>0</td><td>5</td></tr>
<tr><td>（三）不予公开</td><td>1.属于国家秘密</td><td>1</td><td></td><td>/</td><td>-</td><td>&nbsp;</td><td>0</td><td>1</td></tr>
</tbody></table>"""
T4 = "<table><tr><td colspan=5>行政复议</td></tr><tr>{}</tr><tr>{}</tr></table>".format(
    "".join(f"<td>{label}</td>" for label in ("结果<br/>维持", "结果纠正", "其他结果", "尚未审结", "总计")),
    "".join(f"<td>{n}</td>" for n in (1, 0, 2, 0, 3)),
)
PARTS = [
    "<p>根据《中华人民共和国政府信息公开条例》制作本报告。</p>",
    "<p>一、总体情况</p><p>2023年，本局主动公开信息126条，办理申请6件。</p>",
    f"<p>二、主动公开政府信息情况</p>{T2}",
    f"<p>三、收到和处理政府信息公开申请情况</p>{T3}",
    f"<p>四、政府信息公开行政复议、行政诉讼情况</p>{T4}",
    "<p>五、存在的主要问题及改进情况</p><p>公开深度不够，将加强培训。</p>",
    "<p>六、其他需要报告的事项</p><p>未收取信息处理费。</p>",
]
BODY = "\n".join(PARTS)
NAVIGATION = (
    "<div class='nav'><ul>"
    + "".join(f"<li><a href='/c{n}/'>栏目{n}</a></li>" for n in range(9))
    + "</ul></div>"
)
HEAD = f"""<meta charset="utf-8"><title>{TITLE}_云岭县人民政府</title>
<meta name="ArticleTitle" content="{TITLE}">
<meta name="PubDate" content="2024-01-18 09:30">
<META NAME="ContentSource" CONTENT="县教育局">
<meta name="SiteIDCode" content="9901230001">"""
ABOVE = f"""<h1>{TITLE}</h1><div class="info">
<span>来源：云岭县教育局</span> <span>发布时间：2024-01-18 09:30</span>
<span>浏览次数：<b>1024</b>次</span> <a href="javascript:window.print()">【打印】</a></div>"""
BELOW = """<div class="tools"><p>扫一扫在手机打开当前页</p><a href="#">【关闭】</a></div>
<div>上一篇：<a href="/a/1.html">关于放假的通知</a></div>
<div>下一篇：<a href="/a/3.html">关于招聘的公告</a></div>
<div class="footer">主办单位：云岭县人民政府 网站标识码：9901230001 电话 0999-7654321</div>"""


def page(body: str = BODY, container: str = '<div class="TRS_Editor">{}</div>', head: str = HEAD) -> str:
    article = f'<div class="article">{ABOVE}{container.format(body)}{BELOW}</div>'
    return f"<!DOCTYPE html><html><head>{head}</head><body>{NAVIGATION}{article}{NAVIGATION}</body></html>"


def read(text: str) -> Reading:
    return read_html(text.encode())


def everything(reading: Reading) -> list[str]:
    return [*lines(reading), *(cell.text for grid in grids(reading) for cell in grid.cells)]


def table(markup: str, **more: str) -> list[Grid]:
    return grids(read(page(BODY.replace(T4, markup), **more)))[2:]


PROSE = [
    TITLE,
    "根据《中华人民共和国政府信息公开条例》制作本报告。",
    "一、总体情况",
    "2023年，本局主动公开信息126条，办理申请6件。",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "公开深度不够，将加强培训。",
    "六、其他需要报告的事项",
    "未收取信息处理费。",
]


@pytest.mark.parametrize(
    "container",
    [
        '<div class="TRS_Editor">{}</div>',
        '<div id="zoom">{}</div>',
        '<UCAPCONTENT><div id="UCAP-CONTENT">{}</div></UCAPCONTENT>',
        '<div class="v_news_content"><div id="vsb_content">{}</div></div>',
        '<div class="never-seen-before">{}</div>',
        "<div><form><div>{}</div></form></div>",
        '<table width="1000"><tr><td class="left"></td><td class="zw"><div>{}</div></td></tr></table>',
        "<table><tr><td><table><tr><td><table><tr><td>{}</td></tr></table></td></tr></table></td></tr></table>",
    ],
)
def test_the_report_and_nothing_else(container: str) -> None:
    reading = read(page(container=container))
    assert lines(reading) == PROSE
    assert [(grid.n_rows, grid.n_columns, len(grid.cells)) for grid in grids(reading)] == [
        (7, 4, 18),
        (6, 10, 36),
        (3, 5, 11),
    ]
    assert reading.issues == ()
    assert isinstance(reading.blocks[0], Paragraph)
    assert reading.blocks[0].level == 1


def test_what_the_page_says_of_itself() -> None:
    meta = read(page()).meta
    expected = {
        "articletitle": TITLE,
        "pubdate": "2024-01-18 09:30",
        "contentsource": "县教育局",
        "siteidcode": "9901230001",
        "title": f"{TITLE}_云岭县人民政府",
        "visible_date": "2024-01-18 09:30",
        "visible_source": "云岭县教育局",
    }
    assert expected.items() <= meta.items()


@pytest.mark.parametrize(
    "table_of_facts",
    [
        "<table><tr><td>索引号</td><td>99-2024-7</td><td>发布机构</td><td>县教育局</td></tr>"
        f"<tr><td>名称</td><td>{TITLE}</td><td>生成日期</td><td>2024-01-18</td></tr></table>",
        f"<ul><li><b>索 引 号：</b>99-2024-7</li><li><b>发布机构：</b>县教育局</li>"
        f"<li>生成日期：2024-01-18</li><li>名称：{TITLE}</li></ul>",
        "<dl><dt>索引号</dt><dd>99-2024-7</dd><dt>发布机构</dt><dd>县教育局</dd><dt>生成日期</dt><dd>2024-01-18</dd>"
        f"<dt>名称</dt><dd>{TITLE}</dd></dl>",
    ],
)
def test_the_information_table(table_of_facts: str) -> None:
    reading = read(page().replace("<h1>", f"{table_of_facts}<h1>"))
    facts = {key: value for key, value in reading.meta.items() if key.startswith("info_")}
    assert facts.pop("info_date") == "2024-01-18 09:30"  # below the title
    assert facts == {"info_publisher": "县教育局", "info_written": "2024-01-18", "info_title": TITLE}
    assert lines(reading) == PROSE


@pytest.mark.parametrize("day", ["2024-01-20", "2024/1/20 10:21", "【2024年1月20日】"])
def test_a_line_below_the_title_may_be_its_day_alone(day: str) -> None:
    line = f"<div>{day}</div>"
    assert "visible_date" in read(f"<h1>{TITLE}</h1>{line}{BODY}").meta
    spaced = "".join(f"{letter} " for letter in TITLE)
    assert "visible_date" in read(f"<h1>{spaced}</h1>{line}{BODY}").meta
    listed = f"<p><a href='/1'>{TITLE}</a></p>{line}"
    assert "visible_date" not in read(f"<h1>{TITLE}</h1>{BODY}{listed}").meta


@pytest.mark.parametrize("title", ["<h1>{}<br>{}</h1>", "<div class='t'>{}<br>{}</div>"])
def test_a_title_on_two_lines_above_the_body_is_one(title: str) -> None:
    printed = title.format("云岭县教育局", "2023年政府信息公开工作年度报告")
    above = f"{NAVIGATION}{printed}<p>来源：本局　浏览次数：9</p>"
    found = read(f"<title>云岭县人民政府</title>{above}<div class='TRS_Editor'>{BODY}</div>{NAVIGATION}")
    assert lines(found)[0] == "云岭县教育局2023年政府信息公开工作年度报告"


@pytest.mark.parametrize(
    ("foot", "code"),
    [
        ("网站标识码：6201020003", "6201020003"),
        ("网站标识码:&nbsp;<a href='/'>6201020003</a>", "6201020003"),
        ("网站标识码：bm14000002", None),
        ("网站标识码：6201020003 网站标识码：6201000001", None),
    ],
)
def test_the_code_of_the_site_at_the_foot_of_the_page(foot: str, code: str | None) -> None:
    assert read(f"<div>{BODY}</div><div>{foot}</div>").meta.get("visible_site_code") == code


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("发布时间：2024-01-20 10:21　来源：县教育局　浏览次数：99", "2024-01-20 10:21"),
        ("【发布日期：2024年01月20日】 【字体：大 中 小】", "2024年01月20日"),
        ("日期：2024/1/20", "2024/1/20"),
        ("2024.01.20 来源：县教育局", "2024.01.20"),
        ("2024-01-20 10:21　　　　来源：县教育局　　　　字号：大 中 小", "2024-01-20 10:21"),
        ("当前时间：2026-11-21", None),
        ("更新时间：2025-09-09", None),
        ("2025-02-03", None),
    ],
)
def test_the_day_that_a_line_beside_the_article_states(line: str, day: str | None) -> None:
    source = f"<div><p>{line}</p><div class='TRS_Editor'>{'<p>一、总体情况。' * 99}</div></div>"
    assert read(source).meta.get("visible_date") == day


def test_an_information_table_inside_the_body_is_no_table_of_the_report() -> None:
    facts = (
        "<table><tr><td>索引号</td><td>99-2024-7</td></tr><tr><td>发布机构</td><td>县教育局</td></tr></table>"
    )
    reading = read(page(facts + BODY))
    assert len(grids(reading)) == 3
    assert reading.meta["info_publisher"] == "县教育局"


@pytest.mark.parametrize(
    "hide",
    [
        '<div style="display:none">{}</div>',
        '<div style="color:red; DISPLAY : NONE;">{}</div>',
        '<div style="visibility: hidden">{}</div>',
        "<div hidden>{}</div>",
        '<div aria-hidden="true">{}</div>',
        "<template>{}</template>",
        "<noscript>{}</noscript>",
        "<!-- {} -->",
        '<script type="text/html">{}</script>',
        '<div class="m-only">{}</div>',
        '<style>td {{color: red}} .bak {{ display: none; }}</style><div class="a bak">{}</div>',
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_a_second_copy_is_left_out(hide: str, first: bool) -> None:
    copy = hide.format(BODY.replace("126", "999"))
    shown = f'<div class="TRS_Editor">{BODY}</div>'
    reading = read(page(container="{}", body=copy + shown if first else shown + copy))
    assert lines(reading) == PROSE
    assert len(grids(reading)) == 3


@pytest.mark.parametrize(
    ("sheet", "element", "hidden"),
    [
        (".x{display:none}", '<i class="x">98</i>', True),
        (".x{display:none} .x{display:inline}", '<i class="x">98</i>', False),
        (".x{display:inline} .x{display:none}", '<i class="x">98</i>', True),
        (".x.on{display:inline} .x{display:none}", '<i class="x on">98</i>', False),
        (".x{display:none!important} #y{display:inline}", '<i class="x" id="y">98</i>', True),
        (".narrow .x{display:none}", '<i class="x">98</i>', False),
        ("td .x, b{display:none}", '<i class="x">98</i>', True),
        (".x{display:none}", '<i class="x" style="display:inline">98</i>', False),
        (".x{display:none !important}", '<i class="x" style="display:inline">98</i>', True),
        (".x{display:none} .x:hover{display:inline}", '<i class="x">98</i>', True),
        (".x{-x-display:none}", '<i class="x">98</i>', False),
        (".x{display:inline!important}", '<i class="x" style="display:none">98</i>', False),
        (".x{display:inline;*display:none;display:none\\9}", '<i class="x">98</i>', False),
        (".X{DISPLAY:NONE}", '<i class="X">98</i>', True),
        (".x:not(.on){display:none}", '<i class="x">98</i>', True),
        (".x:not(.on){display:none}", '<i class="x on">98</i>', False),
        (".y:is(p, i), b{display:none}", '<i class="y">98</i>', True),
        ("td i:first-child{display:none}", "<i>98</i>", True),
        ("td i:nth-child(2){display:none}", "<i>98</i>", False),
        (".x::after{display:none}", '<i class="x">98</i>', False),
        (".x{visibility:hidden}", '<i class="x">98</i>', True),
        (".x{visibility:hidden} td .x{visibility:visible}", '<i class="x">98</i>', False),
        (".x{visibility:hidden}", '<i class="x" style="visibility:visible">98</i>', False),
        (".x{visibility:hidden} .y{visibility:visible}", '<i class="x">7<b class="y">98</b></i>', False),
        ("td{visibility:hidden}", "<p>98</p>", True),
        (".x{opacity:0} .x.on{opacity:1}", '<i class="x on">98</i>', False),
        (".x{font-size:0} .y{font-size:9pt}", '<i class="x">7<b class="y">98</b></i>', False),
        ("td{font-size:0} td p{font:bold 9pt a}", "<p>98</p>", False),
        (".x{font:0/0 a}", '<i class="x">98</i>', True),
        (".x{text-decoration:line-through} .x{text-decoration:none}", '<i class="x">98</i>', False),
        ("@media (min-width:768px){.x{display:none}}", '<i class="x">98</i>', True),
        ("@media (max-width:48em){.x{display:none}}", '<i class="x">98</i>', False),
        ("@media screen and (max-width:1920px){.x{display:none}}", '<i class="x">98</i>', True),
        (
            "@media (min-width:9px) and (prefers-contrast:more){.x{display:none}}",
            '<i class="x">98</i>',
            False,
        ),
        ("@media print, screen{.x{display:none}}", '<i class="x">98</i>', True),
    ],
)
def test_the_weightiest_statement_tells_what_is_shown(sheet: str, element: str, hidden: bool) -> None:
    table = f"<table><tr><th>甲</th><td>{element}</td></tr></table>"
    reading = read(page(f"<style>{sheet}</style>{table}{BODY}"))
    assert [cell.text for cell in grids(reading)[0].cells] == ["甲", "" if hidden else "98"]


@pytest.mark.parametrize(
    "content",
    [
        '<i style="font-size:0">7<b style="font-size:9pt">98</b></i>',
        '<i style="visibility:hidden">7<b style="visibility:visible">98</b></i>',
    ],
)
def test_what_is_invisible_may_hold_something_seen(content: str) -> None:
    reading = read(page(f"<table><tr><td>甲</td><td>{content}</td></tr></table>{BODY}"))
    assert [cell.text for cell in grids(reading)[0].cells] == ["甲", "98"]


def test_an_invisible_cell_keeps_its_place() -> None:
    cells = '<td>1</td><td style="visibility:hidden">2</td><td>3</td>'
    reading = read(page(f"<table><tr>{cells}</tr></table>{BODY}"))
    assert [cell.text for cell in grids(reading)[0].cells] == ["1", "", "3"]


def test_hidden_tables_count_for_the_places_of_those_shown() -> None:
    reading = read(page(f"<table hidden><tr><td>1</td></tr></table>{BODY}"))
    assert [grid.place.table for grid in grids(reading)] == [1, 2, 3]


def test_the_only_copy_in_a_hidden_tab_is_read() -> None:
    assert lines(read(page(container='<div class="tab" style="display:none">{}</div>'))) == PROSE


def tabs(parts: list[str], style: str) -> str:
    return "".join(f'<div class="pane"{style if n else ""}>{part}</div>' for n, part in enumerate(parts))


@pytest.mark.parametrize("style", [' style="display:none"', " hidden"])
def test_sections_in_tabs_of_their_own_are_read(style: str) -> None:
    reading = read(page(container="{}", body=PARTS[0] + tabs(PARTS[1:], style)))
    assert lines(reading) == PROSE
    assert len(grids(reading)) == 3


def test_sections_in_tabs_are_read_below_a_list_of_their_names() -> None:
    names = "".join(f"<li>{name}</li>" for name in re.findall("<p>([一二三四五六]、.*?)</p>", BODY))
    body = f"<ul>{names}</ul>{PARTS[0]}" + tabs(PARTS[1:], ' style="display:none"')
    assert len(grids(read(page(container="{}", body=body)))) == 3


def test_hidden_rows_of_another_year_among_those_of_a_table_are_left_out() -> None:
    row = "<tr{}><td colspan=3>{}</td>" + "<td>{}</td>" * 7 + "</tr>"
    labels = ("二、上年结转政府信息公开申请数量", "四、结转下年度继续办理")
    shown, hidden = (
        [row.format(how, label, *[n] * 7) for label in labels] for how, n in (("", 0), (" hidden", 8))
    )
    tables = [T3.replace("</tbody>", "".join(rows) + "</tbody>") for rows in (shown, shown + hidden)]
    plain, with_hidden = (grids(read(page(body=BODY.replace(T3, table))))[1] for table in tables)
    assert with_hidden.n_rows == plain.n_rows


def test_a_table_that_the_report_around_it_lacks_is_read_though_its_panel_is_closed() -> None:
    panel = f'<div style="display:none">{T2}</div>'
    assert len(grids(read(page(container="{}", body=BODY.replace(T2, panel))))) == 3
    assert len(grids(read(page(container="{}", body=BODY.replace(T2, T2 + panel))))) == 3


@pytest.mark.parametrize("left_out", [[], [2, 3, 4]])
def test_a_tab_with_another_year_is_left_out(left_out: list[int]) -> None:
    shown = "".join(part for n, part in enumerate(PARTS) if n not in left_out)
    other = BODY.replace("2023", "2022").replace("126", "999").replace("<td>3</td>", "<td>8</td>")
    reading = read(page(container="{}", body=tabs([shown, other], ' style="display:none"')))
    assert "999" not in "".join(lines(reading))
    assert len(grids(reading)) == (0 if left_out else 3)


def test_every_cell_has_its_place() -> None:
    grid = grids(read(page()))[1]
    assert {(cell.row, cell.column): cell.text for cell in grid.cells}[5, 1] == "（三）不予公开"
    assert all((c.place.table, c.place.row, c.place.column) == (1, c.row, c.column) for c in grid.cells)
    assert texts(grid)[5] == ["（三）不予公开", "1.属于国家秘密", "1", "", "/", "-", "", "0", "1"]
    assert texts(grid)[3][1:] == ["5", "1", "0", "0", "0", "0", "6"]


def test_word_paste() -> None:
    cell = '<td><p class="MsoNormal"><span>1</span><span>28</span><span>7</span><o:p></o:p></p></td>'
    label = "<td><p><span>行政</span><span>许\n  可</span></p><p>&nbsp;</p></td>"
    head = "<tr><td>信息&nbsp;内容</td><td><p>本年</p><p>处理\u200b决定数量</p></td></tr>"
    (grid,) = table(f"<table>{head}<tr>{label}{cell}</tr></table>")
    assert texts(grid) == [["信息 内容", "本年\n处理决定数量"], ["行政许可", "1287"]]


@pytest.mark.parametrize(
    "markup",
    [
        "<table><thead><tr><td>甲</td><td>乙</td></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>",
        "<table><td>甲</td><td>乙</td><tr><td>1</td><td>2</td></tr></table>",
        "<table><tr><td>甲<td>乙<tr><td>1<td>2</table>",
        "<table><tr><th>甲</th><th>乙</th></tr><form><tr><td>1</td><td>2</td></tr></form></table>",
        "<table><tfoot><tr><td>1</td><td>2</td></tr></tfoot><tbody><tr><td>甲</td><td>乙</td></tr></tbody></table>",
        "<table><colgroup><col><col></colgroup><tr><td>甲</td><td>乙</td></tr><tr><td>1</td><td>2</td></tr></table>",
        "<table><tr><td>甲</td><td>乙</td></tr><tr><td><div><b>1</b></div></td><td>2<br></td></tr></table>",
    ],
)
def test_rows_and_cells_however_written(markup: str) -> None:
    (grid,) = table(markup)
    assert texts(grid) == [["甲", "乙"], ["1", "2"]]


def test_cells_without_an_end_stand_side_by_side_though_letters_in_them_are_set_in_an_unclosed_font() -> None:
    """HTML allows a cell without its end; the parser at hand puts the next one into the <FONT>."""
    lines = [["行政处罚", "", "7"], ["行政强制", "0", ""], ["行政许可", "1", "2"]]
    cells = [["<TD><P ALIGN=center><FONT SIZE=2>" + text for text in line] for line in lines]
    table = "<TABLE><!-- <td> -->" + "".join(f"<TR>{''.join(line)}" for line in cells) + "</TABLE>"
    grid = next(b for b in read_html(table.encode()).blocks if isinstance(b, Grid))
    assert [[cell.text for cell in row] for row in grid.rows()] == lines


def test_text_between_cells_is_kept() -> None:
    reading = read(
        page(
            BODY.replace(
                T4, "<table>单位：件<tr><td>甲</td><td>乙</td></tr><tr><td>1</td><td>2</td></tr></table>"
            )
        )
    )
    assert "单位：件" in lines(reading)


def test_a_rowspan_of_zero_and_one_too_long_end_with_their_group() -> None:
    (grid,) = table("<table><tr><td rowspan=0>甲</td><td>1</td></tr><tr><td rowspan=9>2</td></tr></table>")
    assert [(c.row, c.column, c.rowspan) for c in grid.cells] == [(0, 0, 2), (0, 1, 1), (1, 1, 1)]


def test_huge_spans_are_clamped_and_said() -> None:
    reading = read(
        page(
            BODY.replace(
                T4,
                f"<table><tr><td colspan={2**53}>甲</td><td>乙</td></tr>"
                "<tr><td rowspan=1000000000>1</td><td>2</td></tr></table>",
            )
        )
    )
    assert grids(reading)[2].n_columns == MAX_SPAN + 1
    assert [issue.code for issue in reading.issues] == ["span_clamped"]


def test_a_data_table_in_a_cell_is_a_grid_of_its_own() -> None:
    inner = "<table><tr><td>丙</td><td>丁</td></tr><tr><td>7</td><td>8</td></tr></table>"
    outer = "<table><tr><td>甲</td><td>乙</td><td>附表</td></tr>"
    outer += f"<tr><td>第一行</td><td>12</td><td>见下{inner}</td></tr>"
    outer += "<tr><td>第二行</td><td>13</td><td></td></tr></table>"
    first, second = table(outer)
    assert texts(first) == [["甲", "乙", "附表"], ["第一行", "12", "见下"], ["第二行", "13", ""]]
    assert texts(second) == [["丙", "丁"], ["7", "8"]]
    assert (first.place.table, second.place.table) == (2, 3)


@pytest.mark.parametrize("own", ["", "-", "1"])
def test_a_figure_beside_a_table_in_its_cell_is_none(own: str) -> None:
    inner = "<table><tr><td>14</td><td>9</td></tr></table>"
    rows = f"<tr><td>规章</td><td>{own}{inner}</td></tr><tr><td>规范性文件</td><td>3</td></tr>"
    outer, _ = grids(read(page(f"<table><tr><td>信息内容</td><td>数量</td></tr>{rows}</table>")))
    assert texts(outer) == [["信息内容", "数量"], ["规章", f"{own}\ufffd"], ["规范性文件", "3"]]


def test_a_row_that_says_none_below_a_heading_is_no_value() -> None:
    rows = (
        "<tr><td>规章</td><td>0</td></tr><tr><td colspan=2>四、政府信息公开行政复议、行政诉讼情况</td></tr>"
    )
    page = (
        f"<table><tr><td>信息内容</td><td>本年制发件数</td></tr>{rows}<tr><td colspan=2>无</td></tr></table>"
    )
    *_, heading, none = read_html(page.encode()).blocks
    assert isinstance(heading, Paragraph) and isinstance(none, Paragraph) and none.text == "无"


def test_headings_printed_as_rows_of_one_table() -> None:
    rows = "".join(
        f"<tr><td colspan=4>{line}</td></tr>" if line else T2.partition("</tr>")[2].removesuffix("</table>")
        for line in (
            "一、总体情况",
            "全年公开信息126条。" * 9,
            "二、主动公开政府信息情况",
            "",
            "三、收到和处理政府信息公开申请情况",
        )
    )
    reading = read(page(f"<table>{rows}</table>{''.join(PARTS[4:])}"))
    assert "二、主动公开政府信息情况" in lines(reading)
    grid = grids(reading)[0]
    assert texts(grid)[0][0] == "信息内容"
    assert (grid.cells[0].row, grid.cells[0].place.row) == (0, 3)


def test_lines_with_tabs_or_wide_blanks_stay_lines() -> None:
    body = BODY.replace(
        T4, "<p>结果维持&nbsp;&nbsp;&nbsp;结果纠正\u3000\u3000总计</p><p>1\t2\t3</p><p>无 内容</p>"
    )
    assert lines(read(page(body)))[7:10] == ["结果维持\t结果纠正\t总计", "1\t2\t3", "无 内容"]


@pytest.mark.parametrize(
    "carry",
    [
        '<script>window._CONFIG = {{SID: \'1\', DETAIL: {{"id": 7, "content": {}}} }};</script>',
        '<script type="application/json">{{"data": {{"htmlContent": {}}}}}</script>',
    ],
)
def test_a_body_in_the_json_of_a_script(carry: str) -> None:
    script = carry.format(json.dumps(BODY).replace("</", "<\\/"))
    reading = read(page(container="{}", body=f'<div id="app"></div>{script}'))
    assert lines(reading) == PROSE
    assert len(grids(reading)) == 3
    assert reading.meta["articletitle"] == TITLE


def test_radicals_that_look_like_characters_are_repaired() -> None:
    reading = read_html("<meta charset=utf-8><title>⼀县</title><p>共⼀⾏⼈，㎡①。</p>".encode())
    assert [block.text for block in reading.blocks] == ["共一行人，㎡①。"]
    assert reading.meta["title"] == "一县"


def test_links_and_attachments() -> None:
    body = BODY + '<p><a href="/law.html">条例</a></p>'
    near = '<ul class="fj"><li>附件：<a href="./P0202401.docx">统计表.docx</a></li></ul>'
    reading = read(page(body, container=f'<div><div class="TRS_Editor">{{}}</div>{near}</div>'))
    assert reading.links == (("/law.html", "条例"), ("./P0202401.docx", "统计表.docx"))


def test_images_are_counted() -> None:
    scan = (
        '<p><img src="W020240118.jpg"></p><p><img src="data:image/png;base64,'
        + "A" * 90_000
        + '"></p><img src="/icon/doc.gif">'
    )
    reading = read(page(scan, container='<div class="TRS_Editor"><p>{}</p></div>'))
    assert reading.images == 2


def test_little_text_is_taken_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.parse.read.content._by_prose", None)
    told = "<p>现予以公布，请下载查阅。</p>"
    reading = read(page(told + '<a href="/P1.pdf">附件：年度报告.pdf</a>', container="<section>{}</section>"))
    assert "现予以公布，请下载查阅。" in lines(reading)
    assert reading.blocks[0].text == TITLE
    assert ("/P1.pdf", "附件：年度报告.pdf") in reading.links
    assert not any("下一篇" in line or "标识码" in line or "栏目" in line for line in lines(reading))


def test_a_report_in_another_form() -> None:
    body = "".join(
        f"<p>{n}、{name}</p><p>{name}的具体内容，本年度按要求完成。</p>"
        for n, name in zip("一二三四", ("概述", "公开情况", "收费情况", "不足之处"), strict=True)
    )
    reading = read(page(body, container='<div class="odd">{}</div>'))
    assert lines(reading)[:3] == [TITLE, "一、概述", "概述的具体内容，本年度按要求完成。"]
    assert lines(reading)[-1] == "不足之处的具体内容，本年度按要求完成。"


def test_an_article_without_any_structure() -> None:
    body = "".join(
        f"<p>第{n}段说明本县教育工作的开展情况，内容完整，文字通顺，便于群众阅读理解和监督。</p>"
        for n in range(8)
    )
    reading = read(page(body, container='<div class="odd">{}</div>'))
    assert [line for line in lines(reading) if line.startswith("第")] == [
        f"第{n}段说明本县教育工作的开展情况，内容完整，文字通顺，便于群众阅读理解和监督。" for n in range(8)
    ]
    assert not any("栏目" in line for line in lines(reading))


def test_text_after_the_container_closed_too_early() -> None:
    cut = BODY.replace("<p>未收取", "</div></div><div><p>未收取")
    assert (
        lines(read(page(cut, container='<div class="odd"><div>{}</div></div>')))[-1] == "未收取信息处理费。"
    )


def test_who_signs_below_the_container_and_when_is_of_the_report() -> None:
    signed = "</div><p>某县教育局</p><p>2024年1月18日</p><p>主办：某县人民政府</p><div>"
    assert lines(read(page(BODY + signed)))[-2:] == ["某县教育局", "2024年1月18日"]
    assert lines(read(page(BODY + signed.replace("18日", "18日 09:30")))) == PROSE


def test_a_tab_that_a_style_sheet_hides_for_small_screens_only() -> None:
    style = "<style>@media (max-width: 600px) {{ .wide {{ display: none }} }}</style>"
    assert lines(read(page(container=style + '<div class="wide">{}</div>'))) == PROSE


@pytest.mark.parametrize(
    "tail",
    [
        "<p>浏览次数：<span>123</span></p><p>【打印本页】【关闭窗口】</p><p>字体：[大 中 小]</p>",
        "<p>上一篇：关于放假的通知</p><p>下一篇: 没有了</p>",
        "<div>首页 上一页 1 2 下一页 尾页</div>",
        "<div><a>1</a><a>2</a> 第1页/共2页 <a>下一页</a></div><p>第 1 页 共 2 页 跳转到第 页</p>",
        "<p>某县人民政府办公室主办 | 站点地图 | 隐私声明</p>",
        "<p>分享到：微信 微博</p><div>扫一扫在手机打开当前页</div>",
        "<p><a href='/a/9.html'>关于公布清单的公告</a></p>",
        "<p>您对此页面的评价：满意 不满意 <button>提交</button></p>",
        "<div>您访问的链接即将离开“某县人民政府门户网站”，是否继续？</div>",
        "<p>声明：本文由某县人民政府网原创，转载请注明出处。</p>",
        "<p>标签：政务公开 年报</p>",
        "<p>点个“在看”</p>",
        "<p>Copyright © 2023 版权所有：某县人民政府</p><p>地址：某县某路1号 邮编：751500 电话：6012345</p>",
        "<p>责任编辑：张三</p><p>var _hmt = _hmt || [];</p>",
        "<p>本文已被浏览 12 次</p><div>浏览：123次 | 打印 | 关闭</div><span>已有 12 人阅读</span>",
        "<p>今日访问：12 总访问量：3,456</p><p>当前在线：12人</p><p>您的IP：10.2.3.4</p>",
        "<p>打印时间：2026年11月22日 10:48</p><div>今天是 2026年11月22日 星期日</div>",
    ],
)
def test_furniture_inside_the_body_goes(tail: str) -> None:
    assert lines(read(page(BODY + tail))) == PROSE


def test_a_line_of_many_counters_is_looked_through_once() -> None:
    assert is_furniture("访问1 " * 29)
    assert not is_furniture("访问1 " * 29 + "件")  # of ways to part it there are more than can be tried


def test_a_hidden_table_of_an_item_beside_the_one_that_is_shown_is_no_tab_of_the_report() -> None:
    rows = "<tr><td>第二十条第（八）项</td></tr><tr><td>行政事业性收费</td><td>{}</td></tr>"
    tables = f'<table style="display:none">{rows.format(3603)}</table><table>{rows.format(3600)}</table>'
    found = grids(read(page(BODY.replace(T2, tables))))
    assert [cell.text for cell in found[0].cells][-1] == "3600"


def test_lines_of_the_site_above_the_text_go_one_behind_the_other() -> None:
    above = "<p>您所在的位置：首页 > 政务公开</p><p>阅读：1280 次　字号：[大] [中] [小]　我要打印</p>"
    assert lines(read(page(above + BODY))) == PROSE


@pytest.mark.parametrize(
    "written",
    [
        BODY.replace("</p><p>", "<br>").replace("<p>", "").replace("</p>", "<br/>"),
        BODY.replace("<p>", "<li>").replace("</p>", "</li>"),
        BODY.replace("一、总体情况", "<span>一、</span><b>总体</b><span>情况</span>"),
        BODY.replace("<p>五、", "</div></div></div><p>五、"),
        BODY.replace("一", "&#19968;").replace("，", "&#xFF0C;"),
        BODY.replace("<table", "<div style='overflow:hidden'><table").replace("</table>", "</table></div>"),
        "".join(f"<div>{part}</div>" for part in PARTS),
        f"<!--[if gte mso 9]><xml><w:Word>1</w:Word></xml><![endif]-->{BODY}",
    ],
)
def test_markup_however_written(written: str) -> None:
    reading = read(page(written))
    assert lines(reading) == PROSE
    assert len(grids(reading)) == 3


def test_lines_of_preformatted_text() -> None:
    assert lines(
        read(
            page(BODY.replace("<p>公开深度不够，将加强培训。</p>", "<pre>公开深度不够，\n将加强培训。</pre>"))
        )
    )[8:10] == [
        "公开深度不够，",
        "将加强培训。",
    ]


@pytest.mark.parametrize(
    "broken",
    [
        "<!-- 注释没有结束 ",
        '<p title="引号没有结束>',
        "<textarea>",
        "<select>",
        "<svg>",
        "<title>",
        "<script>",
        "<a href='/x'>",
        "</body></html>",
        "</table></td></tr></table>",
        "<t<p",
        "</div></div></div></div>",
    ],
)
@pytest.mark.parametrize("before", ["<p>五、", "<p>未收取", "<td>自然人", "<p>一、"])
def test_a_loss_is_never_silent(broken: str, before: str) -> None:
    if before.startswith("<td>"):
        before = before.replace("<td>自然人", '<td rowspan="2">自然人')
    reading = read(page(BODY.replace(before, broken + before)))
    whole = any("未收取信息处理费。" in found.replace("\n", "") for found in everything(reading))
    assert whole or "text_loss" in {issue.code for issue in reading.issues}


def test_gb2312_with_a_rare_name() -> None:
    text = page(BODY.replace("加强培训", "由张喆加强培训")).replace("utf-8", "gb2312")
    reading = read_html(text.encode("gb18030"), "gb2312")
    assert reading.encoding == "gb18030"
    assert "公开深度不够，将由张喆加强培训。" in lines(reading)
    assert lines(reading)[-1] == "未收取信息处理费。"


@pytest.mark.parametrize("at", ["<p>一、总体", "<p>四、政府", "<p>六、其他"])
def test_what_stands_behind_the_end_of_a_page_is_read(at: str) -> None:
    """An included heading that ends body and page: browsers show what follows."""
    assert everything(read(page(BODY.replace(at, f"</body></HTML >{at}")))) == everything(read(page()))


# --- hostile


@pytest.mark.parametrize(
    ("hostile", "code"),
    [
        ("<div>" * 5000 + "公开", "too_deep"),
        ("<p " + " ".join(f"a{n}=1" for n in range(20_000)) + ">公开", "bomb"),
        ("<p " + " ".join(f"a{n}=1" for n in range(3000)) + ">公开", "bomb"),
        ("<p>" + "公开" * 1_500_000, "too_large"),
        ("   \n", "empty"),
        ("<html><body><!-- 公开 --></body></html>", "empty"),
    ],
)
def test_hostile_pages_are_refused(hostile: str, code: str) -> None:
    started = time.process_time()
    with pytest.raises(Unreadable) as refusal:
        read(hostile)
    assert refusal.value.code == code
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "hostile",
    [
        "<table>" * 150 + "<tr><td>1</td></tr>",
        "<script>" * 20_000 + BODY,
        "<!--" * 20_000 + BODY,
        "<p>公开</p>" * 20_000,
        "<" * 300_000 + "公开",
        "&#xD800;&#0;公开信息",
        "<table>" + "<tr>" + "<td>1</td>" * 200 + "</tr>" * 1 + "<tr><td>2</td></tr>" * 300 + "</table>",
    ],
)
def test_hostile_pages_are_read_in_time_or_refused(hostile: str) -> None:
    started = time.process_time()
    try:
        reading = read(hostile)
    except Unreadable:
        reading = None
    assert time.process_time() - started < 8
    if reading:
        "".join(lines(reading)).encode("utf-8")


def test_unclosed_inline_tags_lose_nothing() -> None:
    body = BODY.replace("<p>", "<p><font><span><b>").replace("</p>", "</p>")
    deep = body.replace("公开深度不够", "<span>" * 400 + "公开深度不够")
    assert lines(read(page(deep))) == PROSE


def test_a_table_beyond_the_bounds_is_kept_as_text_and_said() -> None:
    rows = "".join(f"<tr><td>{n}</td><td>x{n}</td><td>y</td></tr>" for n in range(8000))
    reading = read(page(BODY.replace(T4, f"<table>{rows}</table>")))
    assert "table_too_large" in {issue.code for issue in reading.issues}
    assert "7999\tx7999\ty" in lines(reading)


# --- spans

ROWS = st.lists(
    st.lists(st.tuples(st.integers(0, 6), st.integers(1, 6)), max_size=6).map(tuple), min_size=1, max_size=8
)


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(st.lists(ROWS, min_size=1, max_size=3))
def test_each_cell_stands_once_and_none_over_another(groups: list[list[tuple[tuple[int, int], ...]]]) -> None:
    spans = place_spans(groups)
    printed = [cell for group in groups for row in group for cell in row]
    assert len(spans.places) == len(printed)
    covered = Counter(
        (place.row + down, place.column + right)
        for place in spans.places
        for down in range(place.rowspan)
        for right in range(place.colspan)
    )
    assert not covered or max(covered.values()) == 1
    assert all(row < spans.n_rows and column < spans.n_columns for row, column in covered)


@settings(max_examples=100, deadline=None)
@given(ROWS)
def test_every_printed_cell_is_in_the_grid(rows: list[tuple[tuple[int, int], ...]]) -> None:
    numbered = iter(range(10_000))
    markup = "".join(
        "<tr>"
        + "".join(f"<td rowspan={down} colspan={right}>甲{next(numbered)}</td>" for down, right in row)
        + "</tr>"
        for row in rows
    )
    reading = read(page(BODY.replace(T4, f"<table>{markup}</table>")))
    read_cells = [cell.text for grid in grids(reading)[2:] for cell in grid.cells]
    read_lines = [line for line in lines(reading) if line.startswith("甲")]
    assert sorted(read_cells + read_lines) == sorted(f"甲{n}" for n in range(next(numbered)))


def test_bounds_of_a_grid() -> None:
    with pytest.raises(ValueError, match="cells"):
        place_spans([[[(1, 1)] * 300] * 100])
    spans = place_spans([[[(1, 100)] * 3] * 90])
    assert spans.n_rows * spans.n_columns <= MAX_PLACES
    assert spans.cut == 270


# --- a real page, where it is at hand

SHARED = Path(__file__).resolve().parents[3] / "shared" / "real"


DATES = ("visible_date", "info_date", "info_written")


@pytest.mark.skipif(not SHARED.exists(), reason="the real pages are not at hand")
@pytest.mark.parametrize(
    "path", sorted((SHARED / "sites").glob("*article*.html")), ids=lambda path: path.stem
)
def test_articles_of_real_sites(path: Path) -> None:
    reading = read_html(path.read_bytes())
    assert reading.issues == ()
    stated = [reading.meta[name] for name in DATES if name in reading.meta]
    assert stated[0][:3] == "201" or "2022" in path.stem
    assert not any(
        word in line for line in lines(reading) for word in ("浏览次数", "打印", "上一篇", "网站地图")
    )


def test_little_text_in_an_editors_container_is_all_of_an_articles_last_page():
    own = ["五、存在的主要问题及改进情况", "信息检索有待改进。"]
    last = f"<p>{own[0]}</p><p>{own[1]}</p><p>六、其他需要报告的事项</p><p>无。</p>"
    around = '<p>首页 今天是2026年11月22日 03:03 访问量 10003</p><div class="TRS_Editor">{}</div>'
    assert lines(read(page(last, container=around)))[1:3] == own


def row_of(cells: str) -> list[str]:
    """The texts of a row of such cells, below the head of a table."""
    page = f"<p>{TITLE}</p><table><tr><td>项目</td><td>一</td><td>二</td></tr><tr>{cells}</tr></table>"
    (grid,) = grids(read_html(page.encode()))
    return [cell.text for cell in grid.cells if cell.row == 1]


@pytest.mark.parametrize(
    ("cells", "texts"),
    [
        ("<td>甲</td></td>7<td></td><td>3</td>", ["甲", "\ufffd", "3"]),
        ("<td>甲</td><td></td>7</td><td>3</td>", ["甲", "\ufffd", "3"]),
        ("<td>甲</td><td></td><p><b>7</b></p><td>3</td>", ["甲", "\ufffd", "3"]),
        ("<td>甲</td><p>7</p><td></td><td>3</td>", ["甲", "\ufffd", "3"]),
        ("<td>甲</td>7<td>4</td><td></td>", ["甲", "4", ""]),
        ("<td>甲</td>注<td></td><td>3</td>", ["甲", "", "3"]),
    ],
)
def test_a_figure_between_the_cells_of_a_row_leaves_none_beside_it_blank(
    cells: str, texts: list[str]
) -> None:
    assert row_of(cells) == texts


@pytest.mark.parametrize(
    ("cells", "texts"),
    [
        ('<td>甲</td><td class="a"164</td><td>5</td>', ["甲", "\ufffd", "5"]),
        ('<td>甲</td><td><p class="a"164</p></td><td>5</td>', ["甲", "\ufffd", "5"]),
        ('<td>甲</td><td class="a>164</td><td class="b">5</td><td>6</td>', ["甲", "\ufffd", "6"]),
        ('<td>甲</td><td><b class="a>1</b>6<b class="b">4</b></td><td>5</td>', ["甲", "\ufffd", "5"]),
        ('<td>甲</td><td title="<5">4</td><td>5 > 3</td>', ["甲", "4", "5 > 3"]),
    ],
)
def test_a_cell_of_which_a_tag_has_taken_in_a_figure_is_unreadable(cells: str, texts: list[str]) -> None:
    assert row_of(cells) == texts
