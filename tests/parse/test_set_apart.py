"""Tables that are set apart before a parser sees them are read as if they had not been."""

from __future__ import annotations

import random

import pytest

from pipelines.parse.read import html
from pipelines.parse.read.set_apart import Parted, without_tables
from pipelines.parse.read.source import Source
from pipelines.parse.records import Reading
from tests.parse.test_regular import some_table

PAGE = """<html><head><title>甲县2023年政府信息公开工作年度报告</title>{sheet}</head><body>
<div class="nav"><a href="/">首页</a></div>{before}<div class="content">
<h1>甲县2023年政府信息公开工作年度报告</h1>
<p>一、总体情况</p><p>2023年，甲县公开信息12条。</p><p>二、主动公开政府信息情况</p>{first}
<p>三、收到和处理政府信息公开申请情况</p>{second}<p>四、政府信息公开行政复议、行政诉讼情况</p>{third}
<p>五、存在的主要问题及改进情况</p><p>无。</p><p>六、其他需要报告的事项</p><p>无。第二十条</p></div></body></html>"""
PLAIN = (
    "<table border=1><tr><td>第二十条第（一）项</td><td>本年制发件数</td></tr>"
    "<tr><td>规章</td><td>{}</td></tr><tr><td>行政规范性文件</td><td>7</td></tr></table>"
)
INSIDE = (
    "0|12|1,234||&nbsp;|<p>3</p>|<p style='color:#333;font-size:9pt'>5</p>|<span class=a>6</span>|<b>1</b>2|"
    "<span style='display:none'>4</span>5|<sup>2</sup>3|<font color=white>7</font>|&times;8|&notit;9|&#150;|"
    "<span style='font-size:8px'>1</span>2|<p>a<br/>b</p>|<o:p></o:p>|<i class=c>1</i>2|"
    '<span style="mso-spacerun:yes">5</span>|<p>5|</p>6|<s>7</s>|&amp;lt;5|\u200b6|\u202e12|6<!-- 7 -->|'
    "<a href=x>8</a>|<P CLASS=a>9</P>"
)
SHEETS = (
    "|||<style>.a{display:none}</style>|<style>td{visibility:hidden}</style>|<style>.content td p{color:#fff}"
    "</style>|<style>ul li{float:left}a{display:block}</style>|<style>.mobile{display:none}</style>|"
    "<style>@media print{td{display:none}}</style>|<style>td:nth-child(2){display:none}</style>|"
    "<style>.c:before{content:'12'}</style>|<style>.r{display:table-cell}</style>"
)
AROUND = (
    "{}|{}|{}|<div class=mobile style='display:none'>{}</div>{}|<div class=mobile>{}</div>{}|<!-- {} -->{}|"
    "<table class=l><tr><td width=9></td><td>{}</td></tr></table>|<div style='visibility:hidden'>{}</div>{}|"
    "<p>{}|<textarea>{}</textarea>|<pre>{}</pre>|<table><tr>{}</tr></table>|<script>var a='{}';</script>{}|"
    "<a href=x>{}</a>|<table><tr><td>{}</td></tr></table>|<b>{}"
)


def one(choices: str, draw: random.Random) -> str:
    return draw.choice(choices.split("|"))


def a_table(draw: random.Random) -> str:
    if draw.random() < 0.3:
        return some_table(draw)
    odd = draw.choice((0.0, 0.0, 0.1))
    texts = [one(INSIDE, draw) if draw.random() < odd else str(draw.randint(0, 99)) for _ in range(20)]
    rows = [
        "<tr>" + "".join(f"<td>{text}</td>" for text in texts[n : n + 4]) + "</tr>" for n in range(0, 20, 4)
    ]
    head = "<tr><td>第二十条第（一）项</td><td colspan=3>自然人</td></tr>"
    return f"<table class={draw.choice('abl')}>{head}{''.join(rows[: draw.randint(1, 5)])}</table>"


def a_page(draw: random.Random) -> str:
    tables = [one(AROUND, draw).replace("{}", a_table(draw)) for _ in range(3)]
    before = one(
        "||<div style='display:none'>x</div>|<table><tr><td>索引号</td><td>1</td></tr></table>", draw
    )
    first, second, third = tables
    return PAGE.format(sheet=one(SHEETS, draw), before=before, first=first, second=second, third=third)


def whole(page: str, monkeypatch: pytest.MonkeyPatch) -> Reading:
    """The page read with all its tables in it."""
    with monkeypatch.context() as patch:
        patch.setattr(html, "without_tables", lambda source: Parted(source, ()))
        return html.read_html(page.encode())


def test_pages_are_read_alike_with_their_tables_and_without(monkeypatch: pytest.MonkeyPatch) -> None:
    parted = 0
    for seed in range(250):
        page = a_page(random.Random(seed))
        parted += len(without_tables(Source(page)).tables)
        assert html.read_html(page.encode()) == whole(page, monkeypatch), page
    assert parted > 200


@pytest.mark.parametrize(
    "inside",
    [
        "<sup>2</sup>3",
        "<span style='display:none'>4</span>5",
        "<span style='visibility:visible'>5</span>",
        "<font color=white>7</font>",
        "<p hidden>7</p>",
        "<span class=x>1</span>2",
        "<span style='font-size:8px'>1</span>2",
        "<span style='color:red'>1</span>2",
        "<p>5",
        "</p>6",
        "<b/>7",
        "&notit;9",
        "&#150;",
        "&nbsp",
        "6<!-- 7 -->",
        "<input value=3>",
        "<a href='x'>8</a>",
        "\x0b5",
    ],
)
def test_what_may_look_otherwise_is_left_to_the_parser(inside: str) -> None:
    assert without_tables(Source(PLAIN.format("5"))).tables
    assert not without_tables(Source(PLAIN.format(inside))).tables


@pytest.mark.parametrize(
    ("sheet", "may_be"),
    [
        ("", True),
        ("ul li{float:left}.nav{display:none}", True),
        ("td{color:#333;font-size:8pt}", True),
        ("td{display:none}", False),
        ("div *{visibility:hidden}", False),
        ("tr:nth-child(2) td{display:none}", False),
        ("td:after{content:attr(data-v)}", False),
        ("@media print{td{display:none}}", True),
    ],
)
def test_a_rule_that_may_hide_cells_leaves_tables_to_the_parser(sheet: str, may_be: bool) -> None:
    page = f"<style>{sheet}</style>{PLAIN.format('5')}"
    assert bool(without_tables(Source(page)).tables) is may_be


def test_a_rule_for_a_class_matters_where_the_class_stands() -> None:
    sheet = "<style>td.b{display:none}</style>"
    with_class = PLAIN.format("5").replace("<td>7", "<td class='a b'>7")
    assert without_tables(Source(sheet + PLAIN.format("5"))).tables
    assert not without_tables(Source(sheet + with_class)).tables


def test_an_empty_row_of_other_cells_stands_for_a_table() -> None:
    parted = without_tables(Source(f"<p>前</p>{PLAIN.format('&lt;5')}<p>后</p>"))
    (table,) = parted.tables
    assert list(table.texts) == ["第二十条第（一）项", "本年制发件数", "规章", "<5", "行政规范性文件", "7"]
    assert "&lt;5" in parted.source.text and "border=1" in parted.source.text
    assert parted.source.text.count("<td>") == 2
