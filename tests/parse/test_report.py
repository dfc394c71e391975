"""Documents to reports end to end: further pages, attachments, pictures, and whatever bytes there are."""

from dataclasses import replace
from functools import cache
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.parse import joining, report
from pipelines.parse.read import sniff
from pipelines.parse.records import (
    Document,
    Grid,
    GridCell,
    Kind,
    Paragraph,
    Parsed,
    Place,
    Reading,
    State,
    TableState,
)
from pipelines.parse.regions import Regions
from pipelines.parse.report import parse
from samples.counties import Expected, World
from samples.render import LAYOUTS
from samples.sites import FAMILIES
from samples.sites.http import Request
from samples.sites.pages import SitePages
from samples.visits import Visits
from tests.parse import table_layouts

REGIONS = Regions.builtin()


@pytest.fixture(scope="module")
def world() -> World:
    return World.build(seed=5, counties=6, agencies=6, families=("trs",))


@pytest.fixture(scope="module")
def sites(world) -> dict[str, SitePages]:
    return {site.host: FAMILIES[site.family](site, Visits()) for site in world.sites}


def fetched(sites: dict[str, SitePages], url: str) -> Document:
    parts = urlsplit(url)
    answer = sites[str(parts.hostname)].respond(Request(parts.path))
    return Document(answer.body, url=url, media_type=answer.headers["content-type"])


def second_page(url: str) -> str:
    stem, _, suffix = url.rpartition(".")
    return f"{stem}_1.{suffix}"


def with_quirk(world: World, quirk: str) -> list[Expected]:
    return [e for e in world.expected if quirk in e.quirks and e.layout.startswith("html")]


def assert_read(parsed: Parsed, expected: Expected) -> None:
    assert parsed.report is not None
    read = {(c.table_name, c.row, c.column_name): c for c in parsed.report.cells}
    for cell in expected.cells:
        found = read[cell.table_name, cell.row, cell.column]
        assert (found.raw, found.value) == (cell.raw, cell.value)


# --- pages and parts --------------------------------------------------------------


def test_an_article_over_two_pages_is_one_report(world, sites):
    several = with_quirk(world, "two_pages")
    assert several
    for expected in several:
        url = expected.urls[0]
        page, further = fetched(sites, url), fetched(sites, second_page(url))
        parsed = parse(replace(page, parts=(further,)), REGIONS)
        assert_read(parsed, expected)
        assert parsed.report is not None
        assert (parsed.used_parts, parsed.main_part) == ((0,), None)
        titles = [s.number for s in parsed.report.sections if expected.title in s.text]
        assert titles in ([0], []), "the title that the second page repeats is no text of a section"
        assert [s.number for s in parsed.report.sections] == [0, 1, 2, 3, 4, 5, 6]


def test_the_page_alone_lacks_what_the_second_page_holds(world, sites):
    expected = with_quirk(world, "two_pages")[0]
    parsed = parse(fetched(sites, expected.urls[0]), REGIONS)
    assert parsed.report is not None
    assert parsed.report.state != "complete"


def test_a_part_that_is_another_article_is_not_joined(world, sites):
    expected = with_quirk(world, "two_pages")[0]
    other = next(e for e in world.expected if e.layout == "html_plain" and e.title != expected.title)
    page = fetched(sites, expected.urls[0])
    alone = parse(page, REGIONS)
    parsed = parse(replace(page, parts=(fetched(sites, other.urls[0]),)), REGIONS)
    assert parsed.used_parts == ()
    assert parsed.report == alone.report


def test_a_part_is_left_unread_where_the_page_is_whole(world, sites):
    expected = next(
        e for e in world.expected if e.layout == "html_plain" and not e.quirks & {"two_pages", "blank_table"}
    )
    page = fetched(sites, expected.urls[0])
    broken = Document(b"%PDF-1.4 broken", name="report.pdf")
    assert parse(replace(page, parts=(broken,)), REGIONS) == parse(page, REGIONS)


def test_a_stub_gives_way_to_its_attachment(world, sites):
    publication = next(
        p
        for site in world.sites
        for p in site.publications
        if p.kind == "report" and p.layout.suffix == "docx"
    )
    expected = next(e for e in world.expected if e.title == publication.title and e.layout == "docx")
    page = fetched(sites, expected.urls[0])
    parsed = parse(replace(page, parts=(Document(publication.attachment, name="a.docx"),)), REGIONS)
    assert_read(parsed, expected)
    assert (parsed.used_parts, parsed.main_part) == ((0,), 0)
    assert parsed.report is not None
    assert all(cell.place and cell.place.part for cell in parsed.report.cells if cell.raw)


def test_a_page_that_holds_nothing_itself_is_no_error_where_its_attachment_is_the_report(world, sites):
    expected = next(e for e in world.expected if e.layout.startswith("html") and not e.quirks)
    whole = replace(fetched(sites, expected.urls[0]), name="annual-report.html")
    script = b'<html><head><script>_CONFIG = {"content": ""}</script></head><body><div></div></body></html>'
    shell = Document(script, url="http://www.qinghe.gov.cn/gkmlpt/content/1/1/post_1.html")
    blank = Document(b"", url="http://www.qinghe.gov.cn/blank.pdf")
    alone = parse(shell, REGIONS)
    assert (alone.kind, [issue.code for issue in alone.issues]) == (Kind.UNREADABLE, ["empty"])
    for parts in ((whole,), (blank, whole)):
        parsed = parse(replace(shell, parts=parts), REGIONS)
        assert_read(parsed, expected)
        assert [issue for issue in parsed.issues if issue.severity == "error"] == []
    news = Document(
        "<p>青河县召开工作会议，部署近期工作。</p>".encode(), url="http://www.qinghe.gov.cn/1.html"
    )
    assert "empty" in {issue.code for issue in parse(replace(news, parts=(blank,)), REGIONS).issues}


def test_a_title_whose_attachment_cannot_be_read_is_no_text():
    title = "清溪县审计局2024年政府信息公开工作年度报告"
    link = f'<p>附件：<a href="/1.pdf">{title}</a></p>'
    page = f'<title>{title}</title><div id="zoom"><p>{title}</p>{link}</div>'
    broken = Document(b"%PDF-1.7\n" + bytes(range(256)), url="http://www.qingxi.gov.cn/1.pdf")
    for parts in ((), (broken,)):
        parsed = parse(Document(page.encode(), url="http://www.qingxi.gov.cn/1.html", parts=parts), REGIONS)
        assert parsed.report is None or parsed.report.state == "unreadable"
    prose = page.replace("</div>", f"<p>{'本机关依法主动公开政府信息。' * 10}</p></div>")
    parsed = parse(Document(prose.encode(), url="http://www.qingxi.gov.cn/1.html"), REGIONS)
    assert parsed.report is not None
    assert parsed.report.state == "text_only"


def test_sections_whose_tables_are_not_there_are_told():
    title = "清溪县审计局2024年政府信息公开工作年度报告"
    heads = ("一、总体情况", "二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况")
    heads += (
        "四、政府信息公开行政复议、行政诉讼情况",
        "五、存在的主要问题及改进情况",
        "六、其他需要报告的事项",
    )
    texts = ("本机关依法公开政府信息。", "详见附件。", "<img src='t.png'>", "无", "人手不足。", "无。")
    body = "".join(f"<p>{head}</p><p>{text}</p>" for head, text in zip(heads, texts, strict=True))
    parsed = parse(Document(f"<h1>{title}</h1>{body}".encode(), name="a.html"), REGIONS)
    told = [issue.detail for issue in parsed.issues if issue.code == "table_missing"]
    assert [detail[:3] for detail in told] == ["第 2", "第 3"]
    assert "详见附件" in told[0] and "图片" in told[1]


@pytest.mark.parametrize(
    "notice", ["", "现将报告予以公布，内容详见附件。", "现将报告予以公布，欢迎监督。" * 30]
)
def test_a_report_in_prose_that_a_page_only_leads_to_is_read(notice):
    title = "青河县教育局2016年政府信息公开工作年度报告"
    prose = "根据条例要求编制本报告，主动公开政府信息132条。" * 6
    heads = ("一、概述", "二、主动公开政府信息情况", "三、依申请公开政府信息情况", "四、存在的问题")
    text = "\n".join([title, *(f"{head}\n{prose}" for head in heads)])
    page = f"<h1>{title}</h1><p>{notice}</p><p><a href=a.doc>{title}.doc</a></p>"
    attached = Document(text.encode(), url="http://qinghe.gov.cn/a.doc")
    shell = Document(page.encode(), url="http://qinghe.gov.cn/a.html", charset="utf-8", parts=(attached,))
    parsed = parse(shell, Regions.builtin())
    assert (parsed.main_part, [section.heading for section in parsed.report.sections][1:]) == (0, [*heads])
    paragraphs = "".join(f"<p>{line}</p>" for line in text.splitlines())
    full = Document(f"{page}{paragraphs}".encode(), charset="utf-8", parts=(attached,))
    assert parse(full, Regions.builtin()).main_part is None


def test_pictures_stand_where_the_tables_would():
    headings = ["一、总体情况", "本年度工作正常。", "二、主动公开政府信息情况"]
    headings += ["三、收到和处理政府信息公开申请情况", "四、政府信息公开行政复议、行政诉讼情况"]
    headings += ["五、存在的主要问题及改进情况", "无。", "六、其他需要报告的事项", "无。"]
    page = Reading("markup", "text/html", tuple(Paragraph(h, Place(block=i)) for i, h in enumerate(headings)))
    pictures = [
        Reading("scan", "image/png", (Paragraph(name, Place(page=0), wrapped=True),)) for name in "甲乙丙"
    ]
    joined = joining.appended(page, pictures)
    texts = [block.text for block in joined.blocks if isinstance(block, Paragraph)]
    assert joined.kind == "scan"
    assert texts[2:8] == [headings[2], "甲", headings[3], "乙", headings[4], "丙"]


def test_every_place_names_its_part():
    grid = Grid((GridCell(0, 0, "1", Place(table=0, row=0, column=0)),), 1, 1, Place(table=0))
    reading = Reading("markup", "text/html", (Paragraph("a", Place(block=0)), grid))
    placed = joining.in_part(reading, Document(b"x"))
    assert {block.place.part for block in placed.blocks} == {
        "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
    }
    assert isinstance(placed.blocks[1], Grid)
    assert placed.blocks[1].cells[0].place.part


def test_a_cell_in_a_part_keeps_all_else():
    place = Place(1, 2, 3, 4, 5, (1.0, 2.0, 3.0, 4.0), 6, (7, 8))
    assert place.in_part("ab") == replace(place, part="ab")
    assert replace(place, part="ab").in_part("cd").part == "ab"
    cell = GridCell(1, 2, "3", place, 4, 5, 0.6, True)
    assert cell.at(Place(table=9)) == replace(cell, place=Place(table=9))


# --- nothing raises ---------------------------------------------------------------


def test_a_fault_of_the_core_is_an_issue(monkeypatch, world, sites):
    def fail(*arguments: object) -> None:
        raise ZeroDivisionError("no such case")

    monkeypatch.setattr(report, "recognise", fail)
    page = fetched(sites, world.expected[0].urls[0])
    parsed = parse(page, REGIONS)
    assert parsed.kind is Kind.UNREADABLE
    assert [issue.code for issue in parsed.issues] == ["reader_failed"]
    assert "ZeroDivisionError" in parsed.issues[0].detail


SOURCES = ("html_plain", "html_word", "html_split", "text_tabs")


@cache
def sample(layout: str) -> bytes:
    site = World.build(seed=5, counties=1, agencies=6).sites[0]
    made = [p.report for p in site.publications if p.kind == "report" and not p.attached]
    return LAYOUTS[layout].render(made[SOURCES.index(layout)])


MARKUP = ["<table>", "</table>", "<td colspan=999999>", "<tr>", "</div>", "<!--", "<script>", '"', "&#0;"]
WORDS = ["一、", "二、主动公开政府信息情况", "第二十条", "12万元", "９9,9", "\t", "\n\n", "|", "\x00", "〇"]
FRAGMENTS = [text.encode() for text in (*MARKUP, *WORDS)]
SPLICES = st.lists(
    st.tuples(
        st.floats(0, 1),
        st.integers(0, 400),
        st.one_of(
            st.binary(max_size=8),
            st.sampled_from(FRAGMENTS),
        ),
    ),
    max_size=8,
)


def mutated(content: bytes, splices: list[tuple[float, int, bytes]]) -> bytes:
    """``content`` with bytes taken out and put in at shares of its length."""
    for share, cut, put in splices:
        at = int(share * len(content))
        content = content[:at] + put + content[at + cut :]
    return content


def check_any_bytes(content: bytes, splices: list[tuple[float, int, bytes]]) -> None:
    damaged = mutated(content, splices)
    parsed = parse(Document(damaged), REGIONS)
    codes = {issue.code for issue in parsed.issues}
    assert "reader_failed" not in codes, parsed.issues
    if sniff.sniff(damaged) in (sniff.HTML, sniff.TEXT):  # else a splice made it a broken picture
        assert "corrupted" not in codes, parsed.issues
    assert parsed.kind is not Kind.UNREADABLE or parsed.issues
    if parsed.report is not None:
        assert set(parsed.report.states.values()) <= set(TableState)
        for cell in parsed.report.cells:
            assert (cell.value is None) or cell.state is State.NUMBER


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@pytest.mark.parametrize("source", SOURCES)
@given(splices=SPLICES)
def test_damaged_bytes_never_raise(source, splices):
    check_any_bytes(sample(source), splices)


@pytest.mark.long
@settings(max_examples=1000, deadline=None, suppress_health_check=list(HealthCheck))
@pytest.mark.parametrize("source", SOURCES)
@given(splices=SPLICES)
def test_damaged_bytes_never_raise_at_length(source, splices):
    check_any_bytes(sample(source), splices)


def test_values_of_a_list_are_no_figures_of_prose():
    form = table_layouts.random_report(3, "2021")
    rows = [
        (
            row.label,
            [(c.label, form.raw["applications", row.key, c.key]) for c in form.template.applications.columns],
        )
        for row in form.template.applications.rows
    ]
    three = "".join(
        f"<p>{label}</p>" + "".join(f"<p>{name}：{value}件</p>" for name, value in values)
        for label, values in rows
    )
    page = table_layouts.page("", f"<p>共收到申请12件。</p>{three}", "").replace("甲县乙局", "盐池县教育局")
    read = parse(Document(page.encode(), media_type="text/html"), REGIONS).report
    assert read is not None
    assert [figure.value for figure in read.figures if figure.unit == "件"] == [12]


def test_a_page_whose_text_stands_in_a_frame_adds_nothing_to_it(world, sites):
    expected = next(e for e in world.expected if e.layout == "html_plain" and not e.quirks)
    frame = fetched(sites, expected.urls[0])
    around = f"<p>首页 新闻动态 今天是2026年11月22日 访问量 1024</p><h1>{expected.title}</h1>"
    page = Document(f"<meta charset=utf-8>{around}".encode(), url=f"{frame.url}x", media_type="text/html")
    parsed = parse(replace(page, parts=(frame,)), REGIONS)
    assert_read(parsed, expected)
    assert (parsed.used_parts, parsed.main_part) == ((0,), 0)
    assert not any("1024" in section.text for section in parsed.report.sections)


def test_reports_of_years_before_the_form_are_split_at_their_own_headings():
    lines = ["一、总体情况", "认真学习。", "二、主动公开政府信息情况", "共公开15条。"]
    lines += ["三、依申请公开政府信息情况", "未收到申请。", "四、宣传培训情况", "办班2次。"]
    lines += ["五、存在的主要问题和改进措施", "人手不足。"]
    for year, numbers in ((2013, [0, *[None] * 5]), (2023, [0, 1, 2, 3, 5])):
        title = f"盐池县教育局{year}年政府信息公开工作年度报告"
        page = "".join(f"<p>{line}</p>" for line in (title, f"{year}年，有关情况如下。", *lines))
        parsed = parse(Document(f"<meta charset=utf-8>{page}".encode(), media_type="text/html"), REGIONS)
        assert [section.number for section in parsed.report.sections] == numbers


HEADINGS = ("一、总体情况", "二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况")
HEADINGS += (
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
)


@pytest.mark.parametrize("tag", ["p", "div"])
@pytest.mark.parametrize("glue", ["", "　　", "&nbsp;"])
def test_a_heading_inside_a_paragraph_begins_its_section(tag: str, glue: str) -> None:
    last = f"主动性不足，下一步加强培训。{glue}{HEADINGS[5]}</{tag}><{tag}>本年度未收取信息处理费。"
    bodies = ["全年公开信息321条，工作有序。", "无。", "无。", "无。", last]
    paragraphs = "".join(f"<p>{h}</p><p>{b}</p>" for h, b in zip(HEADINGS[:4], bodies[:4], strict=True))
    paragraphs += f"<{tag}>{HEADINGS[4]}</{tag}><{tag}>{bodies[4]}</{tag}>"
    title = "<h1>盐池县教育局2023年政府信息公开工作年度报告</h1>"
    page = f"<html><meta charset='utf-8'><body>{title}<div id='zoom'>{paragraphs}</div></body></html>"
    found = parse(Document(page.encode(), name="a.html"), REGIONS).report
    assert found is not None
    assert [s.heading for s in found.sections if s.number] == list(HEADINGS)
    assert found.sections[-1].text == "本年度未收取信息处理费。"
    assert found.sections[-2].text == "主动性不足，下一步加强培训。"


def test_a_whole_report_in_one_paragraph_has_its_sections_and_places() -> None:
    rows = "第二十条第（五）项信息内容本年处理决定数量行政许可228"
    rows += "第二十条第（六）项信息内容本年处理决定数量行政处罚31行政强制0"
    bodies = [
        "2023年公开信息321条，" + "工作有序，" * 9 + "成效明显。",
        rows,
        "无。",
        "无。",
        "一是主动性不足。",
        "本年度未收取信息处理费。",
    ]
    text = "根据条例编制本报告。" + "".join(h + b for h, b in zip(HEADINGS, bodies, strict=True))
    title = "<h1>盐池县教育局2023年政府信息公开工作年度报告</h1>"
    page = f"<html><meta charset='utf-8'><body>{title}<div id='zoom'><p>{text}</p></div></body></html>"
    found = parse(Document(page.encode(), name="a.html"), REGIONS).report
    assert found is not None
    assert [s.heading for s in found.sections if s.number] == list(HEADINGS)
    (cell,) = [c for c in found.cells if c.row == "administrative_licensing"]
    assert cell.value == 228 and cell.place.span is not None
    assert text[slice(*cell.place.span)] == "228"
