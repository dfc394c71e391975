"""Reports from before the official forms: their statistics are tables like others, their lines are text."""

import pytest

from pipelines.parse.records import Document, Report, TableState
from pipelines.parse.regions import Regions
from pipelines.parse.report import parse
from pipelines.parse.template import TABLES
from tests.parse import table_layouts as layouts

TITLE = "甲县民政局2012年政府信息公开工作年度报告"
HEADINGS = (
    "一、概述",
    "二、主动公开政府信息的情况",
    "三、依申请公开政府信息的情况",
    "四、复议、诉讼情况",
    "五、主要问题",
)
REVIEWS = """<table><tr><td rowspan=2>项目</td><td colspan=3>行政复议</td><td colspan=2>行政诉讼</td></tr>
<tr><td>维持</td><td>纠错</td><td>其他</td><td>维持</td><td>纠错</td></tr>
<tr><td>件数</td><td>1</td><td>2</td><td>0</td><td>3</td><td>0</td></tr></table>"""
COUNTS = """<table><tr><td>指标</td><td>单位</td><td>2012年</td><td>累计</td></tr>
<tr><td>行政复议数</td><td>件</td><td>1</td><td>2</td></tr>
<tr><td>行政诉讼数</td><td>件</td><td>0</td><td>0</td></tr></table>"""
APPLICANTS = """<table><tr><td>申请人</td><td>公民</td><td>法人</td><td>其他组织</td><td>合计</td></tr>
<tr><td>予以公开</td><td>9</td><td>4</td><td>2</td><td>15</td></tr>
<tr><td>总计</td><td>11</td><td>4</td><td>2</td><td>17</td></tr></table>"""
ITEMS = """<table><tr><td>信息类别</td><td>公开数量</td><td>占比</td></tr>
<tr><td>规范性文件</td><td>5</td><td>2%</td></tr><tr><td>行政许可</td><td>120</td><td>38%</td></tr></table>"""
# lines that hold words of a site's own lines
LINES = (
    "三是办理“我为政府网站找错”留言12条；",
    "积极回复群众评论留言36条",
    "相关信息均已在县政府网站公开。",
    "（二）被依法纠错数0件",
    "1.优化网站智能问答功能",
    "更新时间：每月5日前",
    "微信",
    "设置政策咨询二维码3个",
    "政府网站年度报表已于1月31日前发布。",
    "下一步，加强培训。",
)
FOOT = "<p>分享到：微信 微博</p><p>【打印】【关闭】</p><p>网友评论 共0条</p><p>主办：甲县人民政府</p>"


def read(*bodies: str) -> Report:
    parts = zip(HEADINGS, bodies, strict=False)
    body = "".join(f"<p>{heading}</p>{text}" for heading, text in parts)
    head = f"<head><meta charset=utf-8><title>{TITLE}</title></head>"
    page = f"<html>{head}<body><div><h1>{TITLE}</h1>{body}</div></body></html>"
    report = parse(Document(page.encode(), name="a.html"), Regions.builtin()).report
    assert report is not None
    return report


@pytest.mark.parametrize("table", [REVIEWS, COUNTS, APPLICANTS, ITEMS])
def test_an_office_s_own_statistics_are_no_official_table(table: str) -> None:
    report = read("<p>2012年公开信息312条。</p>", table, "<p>无。</p>", "<p>无。</p>", "<p>人手不足。</p>")
    assert report.format == "prose"
    assert {cell.table_name for cell in report.cells} == {"other:1"}
    assert TableState.UNREADABLE not in report.states.values()
    assert TableState.TABLE not in report.states.values()


@pytest.mark.parametrize("section", range(5))
def test_a_line_between_lines_of_text_is_text_whatever_words_it_holds(section: int) -> None:
    bodies = ["<p>全年公开信息312条。</p>"] * 5
    bodies[section] += "".join(f"<p>{line}</p>" for line in LINES)
    bodies[4] += FOOT
    report = read(*bodies)
    text = "\n".join(section.text for section in report.sections)
    assert [line for line in LINES if line not in text] == []
    assert "分享到" not in text and "主办" not in text and "共0条" not in text


def test_a_title_without_a_year_takes_the_year_that_the_text_tells() -> None:
    def year(text: str) -> tuple[int | None, bool]:
        page = f"<p>一、总体情况</p><p>{text}</p><p>二、主动公开政府信息情况</p><p>无</p>"
        page += "<p>三、收到和处理政府信息公开申请情况</p><p>无</p>"
        page += "<p>四、政府信息公开行政复议、行政诉讼情况</p><p>无</p><p>五、存在的主要问题及改进情况</p>"
        head = "<h1>甲县民政局政府信息公开工作年度报告</h1>"
        document = Document(f"<html><body>{head}{page}</body></html>".encode(), name="a.html")
        report = parse(document, Regions.builtin()).report
        return (report.identity.year if report else None), report is not None

    assert year("2021年，我局公开信息3条。2021年无申请。2022年将加强培训。") == (2021, True)
    assert year("2021年，我局公开信息3条。2020年公开2条，2019年公开1条，比2020年多。") == (None, False)
    assert year("我局公开信息3条。") == (None, False)


OFFICE = "甲县民政局2022年政府信息公开工作年度报告"
OWN_ITEMS = """<table><tr><td>公开渠道</td><td>数量（条）</td></tr><tr><td>政府网站</td><td>412</td></tr>
<tr><td>行政许可</td><td>55</td></tr><tr><td>行政处罚</td><td>31</td></tr></table>"""
OWN_YEARS = """<table><tr><td>年度</td><td>行政复议</td><td>行政诉讼</td></tr>
<tr><td>2021年</td><td>3</td><td>4</td></tr><tr><td>2022年</td><td>1</td><td>2</td></tr></table>"""


def official(*, instead: str = "", before: str = "", above: str = "", behind: str = "") -> Report:
    """A report in the form of 2021 with more tables: ``before`` and ``behind`` the official ones, ``above``
    that of section two, or ``instead`` of it.
    """
    printed = layouts.random_report(5, "2021")
    two = instead or layouts.table(layouts.proactive_rows(printed))
    three = layouts.table([*layouts.application_head(), *layouts.application_rows(printed)])
    four = layouts.table([*layouts.review_head(), layouts.review_values(printed)])
    body = (
        f"<p>一、总体情况</p><p>有序。</p>{before}<p>二、主动公开政府信息情况</p>{above}{two}"
        f"<p>三、收到和处理政府信息公开申请情况</p>{three}"
        f"<p>四、政府信息公开行政复议、行政诉讼情况</p>{four}{behind}<p>五、存在的主要问题及改进情况</p><p>不足。</p>"
        "<p>六、其他需要报告的事项</p><p>无。</p>"
    )
    page = f"<html><body><h1>{OFFICE}</h1>{body}</body></html>"
    report = parse(Document(page.encode(), name="a.html"), Regions.builtin()).report
    assert report is not None
    cells = {(c.table_name, c.row, c.column_name): c.value for c in report.cells}
    kept = {key: value for key, value in printed.value.items() if not (instead and key[0] == "proactive")}
    assert {key: cells[key] for key in kept} == kept
    return report


def test_rows_of_an_office_s_own_table_are_not_the_official_rows_of_their_name() -> None:
    assert all(
        cell.value is None for cell in official(instead=OWN_ITEMS).cells if cell.table_name == "proactive"
    )
    assert official(before=OWN_ITEMS).states == dict.fromkeys(TABLES, TableState.TABLE)


def test_an_office_s_own_table_of_reviews_leaves_the_official_one() -> None:
    assert official(behind=OWN_YEARS).states == dict.fromkeys(TABLES, TableState.TABLE)


def test_last_year_s_tables_in_another_form_are_not_this_year_s() -> None:
    last = layouts.table(layouts.proactive_rows(layouts.random_report(6, "2019")))
    report = official(above=f"<p>（2021年）</p>{last}<p>（2022年）</p>")
    assert {cell.row for cell in report.cells if cell.table_name == "proactive"}.isdisjoint(
        {"other_management_services", "centralized_procurement"}
    )
