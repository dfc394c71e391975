"""Reports whose tables stand on other pages or in other files than their text, in whatever order."""

import re

import pytest

from pipelines.parse.records import Document, Kind, Parsed, State
from pipelines.parse.regions import Regions
from pipelines.parse.report import parse
from tests.parse import table_layouts as t
from tests.parse.docx_making import make_docx, make_zip, p, tbl, tc, tr
from tests.parse.table_layouts import C, Printed, Row, random_report

REGIONS = Regions.builtin()
TITLE = "甲县乙局2023年政府信息公开工作年度报告"
ONE = "<p>一、总体情况</p><p>全年公开各类信息321条，工作有序。</p>"
HEADS = [
    "<p>二、主动公开政府信息情况</p>",
    "<p>三、收到和处理政府信息公开申请情况</p>",
    "<p>四、政府信息公开行政复议、行政诉讼情况</p>",
]
END = (
    "<p>五、存在的主要问题及改进情况</p><p>主动性不足，下一步加强培训。</p>"
    "<p>六、其他需要报告的事项</p><p>本年度未收取信息处理费。</p>"
)
TEXT = ONE + "".join(HEADS) + END


def rows_of(printed: Printed) -> list[list[Row]]:
    three = [*t.application_head(), *t.application_rows(printed)]
    return [t.proactive_rows(printed), three, [*t.review_head(), t.review_values(printed)]]


def page(body: str) -> bytes:
    head = f"<head><meta charset=utf-8><title>{TITLE}</title></head>"
    return f"<html>{head}<body><div><h1>{TITLE}</h1>{body}</div></body></html>".encode()


def word_table(rows: list[Row]) -> str:
    """The rows with their column spans; what reaches into a row from above is a cell of its own."""
    reaching: dict[tuple[int, int], int] = {}
    lines = []
    for number, row in enumerate(rows):
        cells, column, left = [], 0, list(row)
        while left or (number, column) in reaching:
            held = reaching.get((number, column))
            cell = C("", held) if held else left.pop(0)
            merge = "<w:vMerge/>" if held else '<w:vMerge w:val="restart"/>' if cell.rowspan > 1 else ""
            cells.append(tc(cell.text.replace("\n", ""), f'<w:gridSpan w:val="{cell.colspan}"/>{merge}'))
            reaching |= {(number + n, column): cell.colspan for n in range(1, cell.rowspan)}
            column += cell.colspan
        lines.append(tr(*cells))
    return tbl(*lines)


def word(tables: list[list[Row]], title: str = TITLE) -> bytes:
    titles = [re.sub(r"</?p>", "", head) for head in HEADS]
    body = "".join(p(head) + word_table(rows) for head, rows in zip(titles, tables, strict=True))
    return make_docx(
        p(title) + p("一、总体情况") + body + p("五、存在的主要问题及改进情况") + p("六、其他需要报告的事项")
    )


def read(main: bytes, *parts: tuple[str, bytes]) -> Parsed:
    attached = tuple(Document(content, name=name) for name, content in parts)
    return parse(Document(main, name="a.html", parts=attached), REGIONS)


def wrong_or_lacking(parsed: Parsed, printed: Printed) -> set[tuple[str, str, str]]:
    assert parsed.kind is Kind.REPORT and parsed.report is not None
    cells = {(c.table_name, c.row, c.column_name): c for c in parsed.report.cells}
    return {key for key, value in printed.value.items() if key not in cells or cells[key].value != value}


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
@pytest.mark.parametrize("zipped", [False, True])
def test_each_table_in_a_file_of_its_own_in_any_order(order, zipped):
    printed = random_report(9, "2021")
    files = [(f"附件{n}.docx", make_docx(word_table(rows_of(printed)[n]))) for n in order]
    parts = (
        [("附件.zip", make_zip({f"a{n}.docx": file for n, (_, file) in enumerate(files)}))]
        if zipped
        else files
    )
    parsed = read(page(TEXT), *parts)
    assert wrong_or_lacking(parsed, printed) == set()
    assert parsed.used_parts == ((0,) if zipped else (0, 1, 2))


def text_alone() -> bytes:
    lines = re.findall("<p>(.*?)</p>", TEXT)
    return make_docx(p(TITLE) + "".join(map(p, lines)))


@pytest.mark.parametrize("headed", [False, True])
@pytest.mark.parametrize("attached", [False, True])
def test_a_zip_of_a_text_and_its_tables_is_one_report(headed, attached):
    """The text comes last, and goes on behind the tables."""
    printed = random_report(9, "2021")
    heads = [p(re.sub(r"</?p>", "", head)) if headed else "" for head in HEADS]
    tables = zip(heads, rows_of(printed), strict=True)
    files = {f"附表{n}.docx": make_docx(head + word_table(rows)) for n, (head, rows) in enumerate(tables)}
    packed = make_zip({**files, "正文.docx": text_alone()})
    parsed = read(page("<p>附件</p>"), ("a.zip", packed)) if attached else read(packed)
    assert wrong_or_lacking(parsed, printed) == set()
    assert parsed.report is not None and parsed.report.state == "complete"
    assert [s.number for s in parsed.report.sections if s.number] == [1, 2, 3, 4, 5, 6]
    assert "several_documents" not in {issue.code for issue in parsed.issues}


def test_of_a_whole_report_and_its_draft_in_one_zip_the_first_is_read_and_the_other_named():
    printed, draft = random_report(9, "2021"), random_report(10, "2021")
    parsed = read(make_zip({"a.docx": word(rows_of(printed)), "b.docx": word(rows_of(draft))}))
    assert wrong_or_lacking(parsed, printed) == set()
    assert "several_documents" in {issue.code for issue in parsed.issues}


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_a_further_page_may_hold_a_single_table(order):
    printed = random_report(9, "2021")
    tables = [head + t.table(rows) for head, rows in zip(HEADS, rows_of(printed), strict=True)]
    further = {1: tables[1], 2: tables[2] + END}
    parsed = read(page(ONE + tables[0]), *((f"a_{n}.html", page(further[n])) for n in order))
    assert wrong_or_lacking(parsed, printed) == set()


@pytest.mark.parametrize(
    "other", ["甲县乙局2022年政府信息公开工作年度报告", "甲县丙局2023年政府信息公开工作年度报告"]
)
def test_of_two_whole_attachments_that_with_the_title_of_the_page_is_the_report(other):
    printed, strange = random_report(9, "2021"), random_report(10, "2021")
    files = [("1.docx", word(rows_of(strange), other)), ("2.docx", word(rows_of(printed)))]
    for parts in (files, files[::-1]):
        assert wrong_or_lacking(read(page(TEXT), *parts), printed) == set()


def test_where_page_and_attachment_print_different_figures_it_is_said():
    printed, strange = random_report(9, "2021"), random_report(10, "2021")
    two, _, four = map(t.table, rows_of(printed))
    main = page(ONE + HEADS[0] + two + HEADS[1] + HEADS[2] + four + END)
    parsed = read(main, ("a.docx", word(rows_of(strange))))
    assert "parts_disagree" in {issue.code for issue in parsed.issues}
    same = read(main, ("a.docx", word(rows_of(printed))))
    assert same.report is not None and same.report.state == "complete"
    assert "parts_disagree" not in {issue.code for issue in same.issues}
    assert all(cell.state is State.NUMBER for cell in same.report.cells)


def test_pages_whose_titles_are_numbered_before_the_site_s_name_go_on():
    printed = random_report(9, "2021")
    tables = [head + t.table(rows) for head, rows in zip(HEADS, rows_of(printed), strict=True)]
    numbered = [
        page(body).replace(f"<title>{TITLE}".encode(), f"<title>{TITLE}{number}_甲县人民政府".encode())
        for number, body in (("", ONE + tables[0]), ("(2)", tables[1]), ("(3)", tables[2] + END))
    ]
    parsed = read(numbered[0], *((f"a_{n}.html", numbered[n]) for n in (1, 2)))
    assert wrong_or_lacking(parsed, printed) == set()


def test_a_further_page_s_menu_is_no_part_of_its_title():
    printed = random_report(9, "2021")
    two, three, four = map(t.table, rows_of(printed))
    title = "甲县市场监管局2023年政府信息公开工作年度报告"
    first, second = (
        page(body).replace(TITLE.encode(), title.encode())
        for body in (ONE + HEADS[0] + two, HEADS[1] + three + HEADS[2] + four + END)
    )
    menu = "<div>首页 走进甲县 新闻动态 政务公开 政务服务 互动交流 数据发布 专题专栏</div><h1>"
    parsed = read(first, ("a_1.html", second.replace(b"<h1>", menu.encode())))
    assert wrong_or_lacking(parsed, printed) == set()
    assert "part_of_another_report" not in {issue.code for issue in parsed.issues}


@pytest.mark.parametrize(
    "other", ["甲县乙局2022年政府信息公开工作年度报告", "甲县财政局2023年政府信息公开工作年度报告"]
)
def test_a_page_s_report_is_not_filled_from_the_report_of_another_year_or_office(other):
    title = TITLE.replace("乙局", "民政局")
    main = page(TEXT).replace(TITLE.encode(), title.encode())
    parsed = read(main, ("a.docx", word(rows_of(random_report(9, "2021")), other)))
    assert parsed.report is not None
    assert (parsed.report.identity.year, parsed.report.identity.agency) == (2023, "甲县民政局")
    assert parsed.report.cells == () and parsed.used_parts == ()
    assert "part_of_another_report" in {issue.code for issue in parsed.issues}


def file_of_tables(title: str, tables: list[list[Row]]) -> bytes:
    body = "".join(head + t.table(rows) for head, rows in zip(HEADS, tables, strict=True))
    return f"<html><head><meta charset=utf-8><title>{title}</title></head><body>{body}</body></html>".encode()


@pytest.mark.parametrize("title", ["附表", "Sheet1", "乙局2023年政府信息公开工作年度报告附表"])
def test_tables_attached_as_a_web_page_with_a_title_of_its_own_are_the_report_s(title):
    printed = random_report(9, "2021")
    parsed = read(page(TEXT), ("附件.htm", file_of_tables(title, rows_of(printed))))
    assert wrong_or_lacking(parsed, printed) == set()
    assert parsed.used_parts == (0,)
    assert "part_of_another_report" not in {issue.code for issue in parsed.issues}


@pytest.mark.parametrize("title", ["", TITLE])
def test_a_further_page_of_tables_stands_under_the_headings_that_have_none(title):
    printed = random_report(9, "2021")
    parsed = read(page(TEXT), ("a_1.html", file_of_tables(title, rows_of(printed))))
    assert wrong_or_lacking(parsed, printed) == set()
    assert parsed.report is not None
    assert [s.number for s in parsed.report.sections if s.number] == [1, 2, 3, 4, 5, 6]
    assert parsed.report.sections[-1].text == "本年度未收取信息处理费。"


@pytest.mark.parametrize(
    "title",
    ["甲县丙局2023年政府信息公开工作年度报告", "关于报送2023年政府信息公开工作年度报告的通知"],
)
def test_tables_on_the_page_of_another_article_are_left_out_and_it_is_said(title):
    parsed = read(page(TEXT), ("a_1.html", file_of_tables(title, rows_of(random_report(9, "2021")))))
    assert parsed.report is not None and parsed.report.cells == ()
    assert "part_of_another_report" in {issue.code for issue in parsed.issues}


def test_another_article_without_anything_of_the_form_adds_nothing():
    strange = page("<p>全县召开了工作会议。</p>").replace(TITLE.encode(), "甲县要闻".encode())
    parsed = read(page(TEXT), ("a_1.html", strange))
    assert parsed.used_parts == () and "part_of_another_report" not in {i.code for i in parsed.issues}


def test_a_page_with_the_reports_of_several_offices_says_that_more_are_there():
    files = [
        (f"{n}.docx", word(rows_of(random_report(n, "2021")), f"甲县{office}2023年政府信息公开工作年度报告"))
        for n, office in enumerate(("财政局", "民政局", "审计局"))
    ]
    main = page("<p>各部门年报见附件。</p>").replace(TITLE.encode(), "甲县各部门年报".encode())
    parsed = read(main, *files)
    assert parsed.report is not None and parsed.report.identity.agency == "甲县财政局"
    assert [issue.severity for issue in parsed.issues if issue.code == "several_documents"] == ["error"]
    assert parsed.own_parts == (0, 1, 2)
    assert read(main, files[0], ("again.docx", files[0][1])).own_parts == ()
    assert read(page(TEXT), *files).own_parts == ()


def test_a_sheet_that_a_page_holds_as_one_table_is_read_in_its_sections():
    printed = random_report(9, "2021")
    line = "<tr><td>{}</td>" + "<td></td>" * 14 + "</tr>"
    heads = [re.sub(r"</?p>", "", head) for head in HEADS]
    rows = [line.format(text) for text in re.findall("<p>(.*?)</p>", ONE)]
    for head, table in zip(heads, rows_of(printed), strict=True):
        rows += [line.format(head), re.sub(r"</?(?:table|tbody)[^>]*>", "", t.table(table))]
    rows += [line.format(text) for text in re.findall("<p>(.*?)</p>", END)]
    parsed = read(page(f"<table>{''.join(rows)}</table>"))
    assert wrong_or_lacking(parsed, printed) == set()
    assert parsed.report is not None
    assert [s.number for s in parsed.report.sections if s.number] == [1, 2, 3, 4, 5, 6]
    assert "全年公开各类信息321条，工作有序。" in next(
        s.text for s in parsed.report.sections if s.number == 1
    )
