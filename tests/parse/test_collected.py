"""Several reports in one document: no number of one is ever another's."""

import pytest

from pipelines.parse.records import Document, Kind
from pipelines.parse.regions import Regions
from pipelines.parse.report import parse

NAMES = {"gov": "泾源县人民政府", "fin": "泾源县财政局"}
HEADS = ("一、总体情况", "二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况")
LAST = ("五、存在的主要问题及改进情况", "六、其他需要报告的事项")
OUTCOMES = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")


def reviews(first: int) -> str:
    stages = "<tr><td colspan=5>行政复议</td><td colspan=10>行政诉讼</td></tr>"
    stages += "<tr>" + "".join(f"<td rowspan=2>{x}</td>" for x in OUTCOMES)
    stages += "<td colspan=5>未经复议直接起诉</td><td colspan=5>复议后起诉</td></tr>"
    figures = [first, 0, 0, 0, first] + [0] * 10
    return "".join(
        [
            f"<p>四、政府信息公开行政复议、行政诉讼情况</p><table>{stages}",
            "<tr>" + "".join(f"<td>{x}</td>" for x in OUTCOMES * 2) + "</tr>",
            "<tr>" + "".join(f"<td>{x}</td>" for x in figures) + "</tr></table>",
        ]
    )


def report(
    agency: str, year: int, four: str = "<p>四、政府信息公开行政复议、行政诉讼情况</p><p>无</p>"
) -> str:
    said = f"{year}年，本单位按要求做好政府信息公开各项工作，各项任务都已按时完成。"
    three = "".join(f"<p>{head}</p><p>{said}</p>" for head in HEADS)
    two = "".join(f"<p>{head}</p><p>{said}</p>" for head in LAST)
    return f"<p>{agency}{year}年政府信息公开工作年度报告</p>{three}{four}{two}"


def parsed(body: str):
    content = f'<html><meta charset="utf-8"><body><div>{body}</div></body></html>'
    return parse(Document(content.encode()), Regions.builtin())


def figures(found) -> list:
    cells = found.report.cells if found.report else ()
    return [c.value for c in cells if c.table_name == "reviews" and c.value]


@pytest.mark.parametrize(("agency", "year"), [(NAMES["fin"], 2022), (NAMES["gov"], 2021)])
def test_the_first_is_read_whole_and_the_second_named(agency, year):
    found = parsed(report(NAMES["gov"], 2022, reviews(7)) + report(agency, year, reviews(9)))
    assert (found.report.identity.agency, found.report.identity.year) == (NAMES["gov"], 2022)
    assert figures(found) == [7, 7]
    (issue,) = [issue for issue in found.issues if issue.code == "several_reports"]
    assert f"{agency}{year}年" in issue.detail and issue.severity == "error"


def test_a_page_called_after_all_agencies_is_the_first_ones():
    pages = "<h1>泾源县各乡镇2022年政府信息公开工作年度报告</h1>" + report(NAMES["fin"], 2022, reviews(7))
    assert parsed(pages + report(NAMES["gov"], 2022)).report.identity.agency == NAMES["fin"]


def test_the_figures_of_the_second_are_none_of_the_first():
    found = parsed(report(NAMES["gov"], 2022) + report(NAMES["fin"], 2022, reviews(9)))
    assert figures(found) == []


@pytest.mark.parametrize(
    "before",
    [
        "".join(f"<p>{head}</p>" for head in (*HEADS, *LAST)),  # a table of contents
        "<p>泾源县财政局2022年政府信息公开工作年度报告</p>",  # another one is named
    ],
)
def test_one_report_is_one_report(before):
    cover = f"<p>泾源县政府办2022年政府信息公开工作年度报告</p>{before}"
    found = parsed(cover + report(NAMES["gov"], 2022, reviews(7)))
    assert found.kind is Kind.REPORT and figures(found) == [7, 7]
    assert "several_reports" not in [issue.code for issue in found.issues]


def test_reports_in_containers_of_their_own_are_two():
    bodies = "".join(f"<section>{report(NAMES['gov'], year, reviews(7))}</section>" for year in (2022, 2021))
    content = f'<html><meta charset="utf-8"><body>{bodies}</body></html>'
    found = parse(Document(content.encode()), Regions.builtin())
    assert found.members == tuple(f"{NAMES['gov']}{year}年政府信息公开工作年度报告" for year in (2022, 2021))


@pytest.mark.parametrize(("year", "is_another"), [(2021, True), (2022, False)])
def test_a_report_of_another_year_in_a_closed_tab_is_one_more(year, is_another):
    closed = f'<div class="tab" style="display:none">{report(NAMES["gov"], year, reviews(9))}</div>'
    found = parsed(f'<div class="tab">{report(NAMES["gov"], 2022, reviews(7))}</div>{closed}')
    assert figures(found) == [7, 7]
    assert bool(found.members) is is_another
