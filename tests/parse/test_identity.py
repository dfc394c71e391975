"""Identity: titles of every shape, agencies, regions, years, dates, and what is no report."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.parse.agencies import function_of, read_office
from pipelines.parse.dates import date_in_url, find_date, find_period, year_of
from pipelines.parse.identity import recognise
from pipelines.parse.read.html import read_html
from pipelines.parse.records import (
    Cell,
    Document,
    Filled,
    Grid,
    GridCell,
    Hints,
    Identity,
    Issue,
    Kind,
    Paragraph,
    Place,
    Reading,
    State,
    TableState,
)
from pipelines.parse.regions import Regions
from pipelines.parse.sections import split
from pipelines.parse.tables import fill
from pipelines.parse.titles import Claim, parse_title

REGIONS = Regions.builtin()
SHARED = Path(__file__).parents[3] / "shared"

SIX = (
    "一、总体情况",
    "我局认真落实条例。",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
    "无。",
)


def page(*lines: str, **meta: str) -> Reading:
    """A reading of these lines."""
    blocks = tuple(Paragraph(line, Place(line=i)) for i, line in enumerate(lines))
    return Reading("lines", "text/plain", blocks, meta=meta)


def identify(*lines: str, document: Document | None = None, **meta: str) -> Identity:
    return recognise(page(*lines, **meta), document or Document(b""), REGIONS)


def report(title: str, *body: str, site: str = "", **meta: str) -> Identity:
    """A report with this title and all six sections, from the site of a division."""
    document = Document(b"", hints=Hints(region_code=site))
    return identify(title, *body, *SIX, document=document, **meta)


def codes(identity: Identity) -> set[str]:
    return {issue.code for issue in identity.issues}


def sources(identity: Identity, name: str) -> list[tuple[str, str]]:
    return [(e.source, e.value) for e in identity.evidence if e.field == name]


# --- titles ------------------------------------------------------------------

YEAR_FORMS = (
    "2022年",
    "2022 年",
    "2022年度",
    "２０２２年",
    "二〇二二年",
    "二○二二年度",
    "二0二二年",
    "二Ｏ二二年",
)
NAMES = (
    "政府信息公开工作年度报告",
    "政府信息公开年度报告",
    "政府信息公开工作报告",
    "政府信息公开年报",
    "信息公开年报",
    "信息公开年度报告",
    "信息公开工作年度报告",
    "政府信息公开年度工作报告",
    "政府信息公开工作年报",
    "政府信息公开工作情况报告",
    "政府信息公开工作情况的报告",
    "政府信息公开工作情况年度报告",
    "政府信息工作公开年度报告",
)


def test_a_title_directly_above_a_heading_with_text_behind_it_is_one():
    body = (f"{SIX[0]}。2023年，{SIX[1]}", *SIX[2:])
    found = identify("云岭县教育局2023年政府信息公开工作年度报告", *body)
    assert (found.kind, found.agency, found.year) == (Kind.REPORT, "云岭县教育局", 2023)


@pytest.mark.parametrize(
    "title", ["云岭县教育局2023年政府信息公开工作年度报告", "云岭县教育局 2023 年政府信息 公开年报"]
)
def test_a_title_with_the_text_behind_it_on_its_line_is_one(title: str) -> None:
    found = report(f"{title}  根据《中华人民共和国政府信息公开条例》，制作本报告。")
    assert (found.agency, found.year) == ("云岭县教育局", 2023)
    assert not report("按照要求编制年度报告 现将有关情况公布如下。").year


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("year", YEAR_FORMS)
def test_agency_year_name(year: str, name: str) -> None:
    title = parse_title(f"泾源县财政局{year}{name}")
    assert (title.claim, title.agency, title.year) == (Claim.REPORT, "泾源县财政局", 2022)


@pytest.mark.parametrize(
    "text",
    [
        "2022年泾源县财政局政府信息公开工作年度报告",
        "2022年度泾源县财政局政府信息公开年度报告",
        "泾源县财政局政府信息公开工作2022年度报告",
        "泾源县财政局政府信息公开工作年度报告（2022年）",
        "泾源县财政局政府信息公开工作年度报告(2022年度)",
        "2022年政府信息公开工作年度报告（泾源县财政局）",
        "2022年政府信息公开工作年度报告——泾源县财政局",
        "《泾源县财政局2022年政府信息公开工作年度报告》",
        "泾源县财政局关于2022年政府信息公开工作情况的报告",
        "泾源县财政局关于2022年度政府信息公开工作年度报告",
        "关于泾源县财政局2022年政府信息公开工作年度报告",
        "泾源县财政局2022年政府信息公开工作年度报告（图片版）",
        "泾源县财政局2022年政府信息公开工作年度报告（PDF版）",
        "附件1：泾源县财政局2022年政府信息公开工作年度报告",
        "附件：泾源县财政局2022年政府信息公开工作年度报告.docx",
        "1.泾源县财政局2022年政府信息公开工作年度报告",
        "【年报】泾源县财政局2022年政府信息公开工作年度报告",
        "[年报]泾源县财政局2022年政府信息公开工作年度报告",
        "泾源县财政局2022年政府信息公开工作年度报告_政府信息公开目录_泾源县人民政府",
        "泾源县财政局2022年政府信息公开工作年度报告-泾源县人民政府门户网站",
        "泾源县财政局2022年政府信息公开工作年度报告 | 泾源县人民政府",
        "泾 源 县 财 政 局 2022 年 政 府 信 息 公 开 工 作 年 度 报 告",
        "泾源县财政局\n2022年政府信息\n公开工作年度报告",
        "“泾源县财政局2022年政府信息公开工作年度报告”",
        "·泾源县财政局2022年政府信息公开工作年度报告",
        "泾源县财政局22年政府信息公开工作年度报告",
        "22年度泾源县财政局政府信息公开年报",
        "泾源县财政局’22年政府信息公开工作年度报告",
        "泾源县财政局[2022]政府信息公开年度报告",
        "泾源县财政局〔2022年度〕政府信息公开年度报告",
        "泾源县财政局2022年度政务公开（政府信息公开）工作年度报告",
    ],
)
def test_title_shapes(text: str) -> None:
    title = parse_title(text)
    assert (title.claim, title.agency, title.year) == (Claim.REPORT, "泾源县财政局", 2022)


@pytest.mark.parametrize(
    "text",
    [
        "泾源县财政2022年信息公开工作年度报告",
        "泾源县2022年财政政府信息公开工作年度报告",
        "泾源县财政局2022年信息公开年报",
    ],
)
def test_finance_may_be_short_for_the_office(text: str) -> None:
    assert parse_title(text).claim is Claim.REPORT


@pytest.mark.parametrize(
    "text",
    [
        "2022年泾源县政府工作报告",
        "泾源县人民政府网站工作年度报表（2022年）",
        "泾源县政府网站2022年度工作报表",
        "2022年泾源县法治政府建设年度报告",
        "泾源县司法局2022年度法治政府建设情况报告",
        "泾源县财政局政府信息公开指南",
        "泾源县政府信息公开制度",
        "泾源县2022年政务公开工作要点",
        "图解：泾源县2022年政府信息公开工作年度报告",
        "一图读懂泾源县2022年政府信息公开工作年度报告",
        "泾源县2022年政府信息公开工作年度报告解读",
        "《泾源县2022年政府信息公开工作年度报告》图解",
        "关于做好2022年政府信息公开工作年度报告编制和发布工作的通知",
        "关于报送2022年度政府信息公开工作年度报告的通知",
        "泾源县政府办关于编制2022年政府信息公开工作年度报告的通知",
        "泾源县2022年政府信息公开工作年度报告汇总",
        "泾源县2022年政府信息公开工作年度报告发布情况通报",
        "泾源县发布2022年政府信息公开工作年度报告",
        "泾源县2022年政府信息公开工作年度报告全部发布完成",
        "泾源县2022年政府信息公开工作年度报告专家点评",
        "泾源县2022年政府信息公开工作年度报告新闻发布会实录",
        "【政策问答】泾源县2022年政府信息公开年报怎么看",
        "泾源县2022年国民经济和社会发展统计公报",
        "泾源县财政局2022年部门预算",
        "泾源县财政局2021年度部门决算公开",
        "泾源县财政局2022年工作总结",
        "关于公布行政权力清单的公告",
        "县长信箱：关于政府信息公开年度报告的咨询",
        "关于对泾源县财政局2022年度拟表彰人员的公示",
        "政府信息公开申请表",
        "您访问的页面不存在",
        "404 Not Found",
        "泾源县财政局2022年上半年政府信息公开工作报告",
        "泾源县财政局2022年第三季度政府信息公开工作情况报告",
        "泾源县财政局2022年重大建设项目信息公开工作报告",
        "泾源县2022年财政信息公开工作年度报告",
        "泾源县财政局关于2022年度财政信息公开情况的报告",
        "盐池县教育局2023年预算信息公开情况的报告",
        "泾源县2022年重点领域政府信息公开年度报告",
        "泾源县人民医院2022年院务公开工作报告",
        "泾源县第一中学2022年校务公开工作总结",
    ],
)
def test_other_documents_are_told_apart(text: str) -> None:
    assert parse_title(text).claim in (Claim.OTHER, Claim.NOTHING)
    got = identify(text, "请各单位认真阅读。", document=Document(b"", hints=Hints(region_code="640424")))
    assert got.kind is Kind.NOT_REPORT
    assert codes(got) == {"not_a_report"}


@pytest.mark.parametrize(
    ("lines", "kind", "code"),
    [
        (("六、其他需要报告的事项", "无。"), Kind.UNREADABLE, ("corrupted", "error")),
        (("泾源县2022年国民经济和社会发展统计公报",), Kind.NOT_REPORT, ("not_a_report", "warning")),
    ],
)
def test_what_is_left_of_a_damaged_document_is_no_proof_that_it_is_no_report(lines, kind, code) -> None:
    damaged = replace(page(*lines), issues=(Issue("damaged_stream", "warning", ""),))
    got = recognise(damaged, Document(b""), REGIONS)
    assert got.kind is kind
    assert [(issue.code, issue.severity) for issue in got.issues] == [code]


@pytest.mark.parametrize(
    "text",
    [
        "泾源县财政局2022年政务公开工作年度报告",
        "泾源县财政局2022年政府信息公开工作总结",
        "泾源县财政局2022年政务公开工作总结",
        "泾源县财政局政府信息公开报告",
    ],
)
def test_weak_titles_need_the_content(text: str) -> None:
    assert parse_title(text).claim is Claim.WEAK
    assert identify(text, "全文如下。").kind is Kind.PERHAPS
    if "2022" in text:
        assert report(text).kind is Kind.REPORT


@pytest.mark.parametrize(
    "text",
    [
        "政府信息公开工作年度报告格式模板",
        "XX县XX局20XX年政府信息公开工作年度报告",
        "××机关××年政府信息公开工作年度报告",
        "____年政府信息公开工作年度报告",
        "政府信息公开工作年度报告（参考样式）",
        "某某局2022年政府信息公开工作年度报告范本",
    ],
)
def test_forms(text: str) -> None:
    assert report(text).kind is Kind.FORM


@given(st.text(max_size=80))
def test_any_text_is_taken_apart_without_error(text: str) -> None:
    title = parse_title(text)
    assert title.year is None or 1990 <= title.year <= 2099


# --- agencies ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "canonical", "kind", "function"),
    [
        ("泾源县财政局", "泾源县财政局", "department", "财政"),
        ("固原市泾源县财政局", "泾源县财政局", "department", "财政"),
        ("宁夏回族自治区固原市泾源县财政局", "泾源县财政局", "department", "财政"),
        ("宁夏泾源县财政局", "泾源县财政局", "department", "财政"),
        ("泾源财政局", "泾源县财政局", "department", "财政"),
        ("泾源县教体局", "泾源县教育体育局", "department", "教育"),
        ("泾源县人社局", "泾源县人力资源和社会保障局", "department", "人力资源和社会保障"),
        ("泾源县发改局", "泾源县发展和改革局", "department", "发展改革"),
        ("泾源县发改委", "泾源县发展和改革委员会", "department", "发展改革"),
        ("泾源县住建局", "泾源县住房和城乡建设局", "department", "住房和城乡建设"),
        ("泾源县卫健委", "泾源县卫生健康委员会", "department", "卫生健康"),
        ("泾源县卫健局", "泾源县卫生健康局", "department", "卫生健康"),
        ("泾源县文旅局", "泾源县文化和旅游局", "department", "文化和旅游"),
        ("泾源县文广旅局", "泾源县文化广电旅游局", "department", "文化和旅游"),
        ("泾源县市监局", "泾源县市场监督管理局", "department", "市场监管"),
        ("泾源县市场监管局", "泾源县市场监督管理局", "department", "市场监管"),
        ("泾源县农业农村局", "泾源县农业农村局", "department", "农业农村"),
        ("泾源县应急局", "泾源县应急管理局", "department", "应急管理"),
        ("泾源县退役军人局", "泾源县退役军人事务局", "department", "退役军人事务"),
        ("泾源县医保局", "泾源县医疗保障局", "department", "医疗保障"),
        ("泾源县自然资源局", "泾源县自然资源局", "department", "自然资源"),
        ("泾源县交通局", "泾源县交通运输局", "department", "交通运输"),
        ("泾源县水务局", "泾源县水务局", "department", "水利"),
        ("泾源县林草局", "泾源县林业和草原局", "department", "林业和草原"),
        ("泾源县科工局", "泾源县科技和工业信息化局", "department", "科技"),
        ("泾源县行政审批局", "泾源县行政审批局", "department", "政务服务"),
        ("泾源县信访局", "泾源县信访局", "department", "信访"),
        ("泾源县审计局", "泾源县审计局", "department", "审计"),
        ("泾源县委组织部", "泾源县委组织部", "department", ""),
        ("泾源县政府办", "泾源县人民政府办公室", "department", ""),
        ("泾源县人民政府办公室", "泾源县人民政府办公室", "department", ""),
        ("泾源县第一中学", "泾源县第一中学", "other", "教育"),
        ("泾源县", "泾源县人民政府", "government", ""),
        ("泾源县政府", "泾源县人民政府", "government", ""),
        ("固原市泾源县人民政府", "泾源县人民政府", "government", ""),
        ("固原市人民政府", "固原市人民政府", "government", ""),
        ("泾源县香水镇", "泾源县香水镇人民政府", "township", ""),
        ("泾源县香水镇政府", "泾源县香水镇人民政府", "township", ""),
        ("固原市泾源县香水镇人民政府", "泾源县香水镇人民政府", "township", ""),
        ("泾源县泾河源乡人民政府", "泾源县泾河源乡人民政府", "township", ""),
        ("南京市鼓楼区中央门街道", "鼓楼区中央门街道办事处", "township", ""),
        ("南京市鼓楼区中央门街道办", "鼓楼区中央门街道办事处", "township", ""),
        ("南京市鼓楼区中央门街道办事处", "鼓楼区中央门街道办事处", "township", ""),
        ("泾源县工业园区管委会", "泾源县工业园区管委会", "government", ""),
        ("平潭综合实验区财政金融局", "平潭综合实验区财政金融局", "department", "财政"),
        ("国家税务总局泾源县税务局", "国家税务总局泾源县税务局", "department", "税务"),
        ("固原市生态环境局泾源分局", "固原市生态环境局泾源分局", "department", "生态环境"),
        ("前郭尔罗斯蒙古族自治县民政局", "前郭尔罗斯蒙古族自治县民政局", "department", "民政"),
        ("仙桃市教育局", "仙桃市教育局", "department", "教育"),
        ("石河子市民政局", "石河子市民政局", "department", "民政"),
        ("新疆生产建设兵团第八师石河子市财政局", "石河子市财政局", "department", "财政"),
        ("新疆生产建设兵团教育局", "新疆生产建设兵团教育局", "department", "教育"),
        ("科左中旗财政局", "科尔沁左翼中旗财政局", "department", "财政"),
        ("鄂前旗民政局", "鄂托克前旗民政局", "department", "民政"),
        ("北京市东城区财政局", "东城区财政局", "department", "财政"),
    ],
)
def test_canonical_names(printed: str, canonical: str, kind: str, function: str) -> None:
    got = report(f"{printed}2022年政府信息公开工作年度报告")
    assert (got.kind, got.agency, got.agency_kind, got.function) == (Kind.REPORT, canonical, kind, function)
    assert got.agency_printed == printed
    assert set(got.agency_names) <= {printed, canonical}
    assert printed in got.agency_names


def test_a_long_name_that_is_guessed_is_no_name_met() -> None:
    assert report("泾源县教体局2022年政府信息公开工作年度报告").agency_names == ("泾源县教体局",)
    certain = report("泾源县市场监管局2022年政府信息公开工作年度报告")
    assert set(certain.agency_names) == {"泾源县市场监管局", "泾源县市场监督管理局"}


def test_the_long_name_printed_in_the_text_wins() -> None:
    got = report("浚县教体局2022年政府信息公开工作年度报告", "浚县教育和体育局现公布上一年度情况。")
    assert got.agency == "浚县教育和体育局"
    assert set(got.agency_names) == {"浚县教体局", "浚县教育和体育局"}
    assert report("浚县教体局2022年政府信息公开工作年度报告").agency == "浚县教育体育局"


def test_the_word_that_stands_first_tells_the_function() -> None:
    assert function_of("人力资源和社会保障局") == "人力资源和社会保障"
    assert function_of("教育和科学技术局") == "教育"
    assert function_of("文化市场综合行政执法大队") == "文化和旅游"
    assert function_of("人民政府") == ""
    assert function_of("教育体育局") == "教育"


@pytest.mark.parametrize(
    ("body", "source"),
    [
        (("泾源县财政局", "2024年1月20日"), "title"),
        (("根据条例，现公布《泾源县财政局2023年政府信息公开工作年度报告》。",), "text"),
        (("本报告由泾源县财政局根据条例编制。",), "text"),
        (("发布机构：泾源县财政局  发布日期：2024-01-20",), "meta"),
        (("如有疑问，请与泾源县财政局办公室联系。",), "text"),
        (("如有疑问，请与泾源县财政局信息中心联系。",), "text"),
        (("如有疑问，请联系：泾源县财政局政务公开领导小组办公室，邮编756400。",), "text"),
        (("本报告根据条例，由泾源县财政局组织编制。",), "text"),
        (("按通知要求，泾源县财政局结合单位实际，编制本单位2023年度政务公开工作年度报告。",), "text"),
    ],
)
def test_agency_where_the_title_has_none(body: tuple[str, ...], source: str) -> None:
    got = report("2023年政府信息公开工作年度报告", *body)
    assert (got.kind, got.agency, got.region_code, got.year) == (Kind.REPORT, "泾源县财政局", "640424", 2023)
    assert sources(got, "agency")[0] == (source, "泾源县财政局")


@pytest.mark.parametrize("town", ["山东庄镇", "新安店镇", "朝阳门街道", "平安石桥乡"])
def test_a_township_whose_name_begins_like_a_division_is_not_placed_there(town: str) -> None:
    got = report(f"{town}2023年政府信息公开工作年度报告")
    assert (got.agency[: len(town)], got.region_code) == (town, None)
    near = read_office("泾源黄花乡人民政府", REGIONS, "640424")
    assert near is not None and (near.place, near.name) == ("泾源", "黄花乡人民政府")


@pytest.mark.parametrize(
    ("title", "agency"),
    [
        ("泾源县2023年政府信息公开工作年度报告（县财政局）", "泾源县财政局"),
        ("泾源县2023年政府信息公开工作年度报告（全文）", "泾源县人民政府"),
        ("泾源县教育局2023年政府信息公开工作年度报告（县财政局）", "泾源县教育局"),
    ],
)
def test_brackets_behind_a_title_that_names_a_division_alone_tell_its_office(title: str, agency: str) -> None:
    assert report(title).agency == agency


@pytest.mark.parametrize(
    ("words", "agency"),
    [
        ("本报告由云湾经济开发区管委会结合有关数据编制。", "云湾经济开发区管委会"),
        ("如有疑问，请与云湾经济开发区管委会办公室联系。", "云湾经济开发区管委会"),
        ("我局在开发区管委会领导下开展工作，请与云湾经济开发区管委会联系。", ""),
        ("我县在泾源县政府网站公开信息。", "泾源县人民政府"),
        ("我县在固原市、泾源县政府网站公开信息，泾源县政府门户网站为主。", "泾源县人民政府"),
        ("我县学习原州区政府经验，在泾源县政府网站公开信息。", ""),
    ],
)
def test_zones_and_counties_that_the_text_alone_names(words: str, agency: str) -> None:
    lines = (line.replace("我局", "") for line in SIX)
    assert identify("2023年政府信息公开工作年度报告", words, *lines).agency == agency


def test_what_a_line_states_of_the_page_is_no_part_of_a_title_below() -> None:
    title = "泾源县财政局2023年政府信息公开工作年度报告"
    got = report("发布机构：财政局", "更新日期：2024-01-15", f"标题：{title}", title)
    assert (got.title, got.agency, got.published_on) == (title, "泾源县财政局", "2024-01-15")


def test_a_year_that_the_text_says_once_is_told_where_it_says_no_other() -> None:
    for said, year in (("2023年，工作有序。", 2023), ("2023年，继续2022年的工作。", None)):
        got = identify("泾源县财政局政府信息公开工作年度报告", SIX[0], said, *SIX[1:])
        assert got.year == year


@pytest.mark.parametrize("inner", ["党政办公室", "综合信息指挥室", "公共服务中心"])
def test_readers_are_sent_to_the_office_of_a_township_for_its_report(inner: str) -> None:
    got = report("2023年政府信息公开工作年度报告", f"如有疑问，可与泾源县黄花乡人民政府{inner}联系。")
    assert (got.agency, got.region_code) == ("泾源县黄花乡人民政府", "640424")


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("区城市运行管理中心", "城市运行管理中心"),
        ("市城市更新局", "城市更新局"),
        ("县城关镇人民政府", "城关镇人民政府"),
        ("区民政局", "民政局"),
        ("县民族宗教事务局", "民族宗教事务局"),
        ("区场口镇人民政府", "场口镇人民政府"),
        ("市民中心", "市民中心"),
        ("市政管理局", "市政管理局"),
        ("县直机关工委", "县直机关工委"),
        ("县直属机关工委", "直属机关工委"),
        ("市中医院", "中医院"),
    ],
)
def test_a_rank_before_a_name_is_no_part_of_it(printed: str, name: str) -> None:
    got = read_office(printed, REGIONS)
    assert got is not None and (got.place, got.name) == ("", name)


def test_the_police_are_not_of_the_county_whose_name_they_bear() -> None:
    for printed, place in (("公安局", ""), ("荆州市公安局", "荆州市"), ("公安县公安局", "公安县")):
        got = read_office(printed, REGIONS)
        assert got is not None and (got.place, got.name) == (place, "公安局")
    named = report("荆州市公安局2023年政府信息公开工作年度报告")
    assert (named.agency, named.region_code) == ("荆州市公安局", "421000")


def test_a_street_of_a_zone_is_a_township() -> None:
    got = read_office("西咸新区沣桥街道办事处", REGIONS)
    assert got is not None and (got.kind, got.name) == ("township", "西咸新区沣桥街道办事处")


@pytest.mark.parametrize(
    ("words", "agency"),
    [
        ("本报告由黄花乡人民政府按照条例编制。", "黄花乡人民政府"),
        ("本报告由黄花乡编制。", "黄花乡人民政府"),
        ("如有疑问，请联系：沣桥街道信息公开领导小组办公室，电话：0954。", "沣桥街道办事处"),
        ("特向社会公布沣桥街道2023年度信息公开年度报告。", "沣桥街道办事处"),
        ("本报告由沙湾经济技术开发区管委会结合有关统计数据编制。", "沙湾经济技术开发区管委会"),
        ("本报告由统筹城乡负责。", ""),
        ("信息公开由配合开发区管委会负责。", ""),
        ("我乡工作有序，由督促黄花乡人民政府负责。", ""),
        ("全县各乡镇信息公开。如有疑问，请与黄花乡人民政府联系。", ""),
        ("我局与各乡镇公开信息，可与黄花乡人民政府联系。", ""),
    ],
)
def test_a_township_that_a_sentence_names_without_its_division(words: str, agency: str) -> None:
    got = identify("2023年政府信息公开工作年度报告", words, *(line.replace("我局", "") for line in SIX))
    assert got.agency == agency


def test_the_path_to_a_page_is_no_title() -> None:
    towns = "当前位置：首页 > 政府信息公开年报 > 2023 > 乡镇（街道）"
    assert report(towns, "沣桥街道2023年政府信息公开工作年度报告").agency == "沣桥街道办事处"
    path = "当前位置：首页 > 政府信息公开 > 政府信息公开年报 > 正文"
    named = "现发布《泾源县财政局2023年政府信息公开工作年度报告》。"
    assert report(path, named).title == "泾源县财政局2023年政府信息公开工作年度报告"
    assert report("首页>年报>泾源县财政局2023年政府信息公开工作年度报告").title.startswith("泾源县")


@pytest.mark.parametrize("words", ["本报告由泾源县财政局编制。", "如有疑问，可与泾源县财政局办公室联系。"])
def test_a_report_without_an_introduction_names_its_maker_in_section_one(words: str) -> None:
    others = "信息公开由泾源县政务服务中心负责，泾源县教育局审核。"
    for said, agency in ((words, "泾源县财政局"), (others, "")):
        reading = page("2023年政府信息公开工作年度报告", SIX[0], said, *SIX[1:], "工作有序。" * 130)
        assert recognise(reading, Document(b""), REGIONS, split(reading.blocks)).agency == agency


def test_what_a_table_of_information_prints_before_a_title_is_no_part_of_it() -> None:
    title = "泾源县财政局2023年政府信息公开工作年度报告"
    assert report(f"标题：{title}").title == title
    assert report(f"公报标题{title}").title == title


def test_an_agency_on_a_line_of_its_own_and_again_in_the_title_stands_there_once() -> None:
    title = "泾源县财政局2023年政府信息公开工作年度报告"
    assert identify("泾源县财政局", title, *SIX).title == title


def test_agency_from_the_line_before_the_title() -> None:
    got = identify("泾源县", "财政局", "2023 年政府信息公开工作", "年度报告", *SIX)
    assert (got.agency, got.year, got.title) == (
        "泾源县财政局",
        2023,
        "泾源县财政局2023年政府信息公开工作年度报告",
    )


@pytest.mark.parametrize("above", [("附件2：",), ("附件1", "附件："), ("附件二",)])
def test_a_line_that_counts_attachments_is_no_part_of_the_title_below(above: tuple[str, ...]) -> None:
    title = "淮安市洪泽区民政局2023年政府信息公开工作年度报告"
    assert identify(*above, title, *SIX).title == title


def test_agency_from_meta_link_manifest_and_file_name() -> None:
    title = "2023年政府信息公开工作年度报告"
    assert report(title, contentsource="泾源县财政局").agency == "泾源县财政局"
    for document in (
        Document(b"", hints=Hints(link_text="泾源县财政局2023年政府信息公开工作年度报告")),
        Document(b"", hints=Hints(agency="泾源县财政局")),
        Document(b"", name="年报/泾源县财政局2023年政府信息公开工作年度报告.pdf"),
    ):
        assert identify(title, *SIX, document=document).agency == "泾源县财政局"


def test_agency_from_the_information_table() -> None:
    texts = (
        ("索引号", "640424-2024-1", "发布机构", "泾源县财政局"),
        ("名称", "年度报告", "发布日期", "2024-01-19"),
    )
    cells = tuple(
        GridCell(r, c, text, Place(table=0, row=r, column=c))
        for r, row in enumerate(texts)
        for c, text in enumerate(row)
    )
    reading = page("2023年政府信息公开工作年度报告", *SIX)
    reading = Reading("markup", "text/html", (Grid(cells, 2, 4, Place(table=0)), *reading.blocks))
    got = recognise(reading, Document(b""), REGIONS)
    assert (got.agency, got.published_on) == ("泾源县财政局", "2024-01-19")


def test_agency_of_the_site() -> None:
    lines = ("2023年政府信息公开工作年度报告", "一、总体情况", "一年来，全县落实要求。", *SIX[2:])
    got = identify(*lines, document=Document(b"", hints=Hints(region_code="640424")))
    assert (got.agency, sources(got, "agency")) == ("泾源县人民政府", [("site", "泾源县人民政府")])


def test_a_bare_our_office_is_perhaps() -> None:
    got = report("2023年政府信息公开工作年度报告", site="640424")
    assert (got.kind, got.agency, codes(got)) == (Kind.PERHAPS, "", {"agency_unknown"})


def test_a_short_name_takes_the_division_of_the_site() -> None:
    for printed in ("财政局", "县财政局"):
        got = report(f"{printed}2023年政府信息公开工作年度报告", site="640424")
        assert (got.agency, got.region_code) == ("泾源县财政局", "640424")
        assert sources(got, "region") == [("site", "640424")]


def test_the_manifest_does_not_overrule_the_title() -> None:
    document = Document(b"", hints=Hints(agency="泾源县民政局"))
    got = identify("泾源县财政局2023年政府信息公开工作年度报告", *SIX, document=document)
    assert got.agency == "泾源县财政局"
    assert "agency_conflict" in codes(got)


def test_a_short_name_in_the_page_title_is_no_conflict() -> None:
    got = report(
        "浚县教育和体育局2022年政府信息公开工作年度报告",
        articletitle="浚县教体局2022年政府信息公开工作年度报告",
    )
    assert (got.agency, codes(got)) == ("浚县教育和体育局", set())
    assert "浚县教体局" in got.agency_names


# --- regions -----------------------------------------------------------------


def test_ambiguous_names_stay_open() -> None:
    got = report("城关区财政局2022年政府信息公开工作年度报告")
    assert (got.kind, got.agency, got.region_code) == (Kind.REPORT, "城关区财政局", None)
    assert codes(got) == {"region_ambiguous"}


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("兰州市城关区财政局", "620102"),
        ("西藏自治区拉萨市城关区财政局", "540102"),
        ("甘肃省城关区财政局", "620102"),
    ],
)
def test_the_parent_in_the_title_tells_which(title: str, code: str) -> None:
    got = report(f"{title}2022年政府信息公开工作年度报告")
    assert (got.agency, got.region_code, codes(got)) == ("城关区财政局", code, set())


def test_site_code_text_and_address_tell_which() -> None:
    title = "城关区财政局2022年政府信息公开工作年度报告"
    assert report(title, site="620102").region_code == "620102"
    assert report(title, siteidcode="6201020003").region_code == "620102"
    assert report(title, sitename="兰州市城关区人民政府").region_code == "620102"
    assert report(title, visible_site_code="6201020003").region_code == "620102"
    named = report(title, sitename="兰州市城关区人民政府", visible_site_code="5401020003")
    assert named.region_code == "620102"
    got = report(title, "联系地址：甘肃省兰州市城关区某路1号。")
    assert (got.region_code, sources(got, "region")[0][0]) == ("620102", "text")
    window = identify(title, *SIX, title=f"{title}_兰州市城关区人民政府")
    assert (window.region_code, sources(window, "region")[0][0]) == ("620102", "meta")
    credit = Document(b"", url="http://x.gov.cn/govxxgk/11620102013900000T/a.html")
    assert identify(title, *SIX, document=credit).region_code == "620102"


def test_the_text_wins_over_the_site() -> None:
    got = report("泾源县财政局2022年政府信息公开工作年度报告", site="640402")
    assert (got.agency, got.region_code) == ("泾源县财政局", "640424")
    assert "region_contradicts_site" in codes(got)
    assert ("site", "640402") in sources(got, "region")


def test_a_former_name_belongs_to_the_division_of_today() -> None:
    got = report("洪泽县审计局2014年政府信息公开工作年度报告", site="320813")
    assert (got.agency, got.region_code, codes(got)) == ("洪泽县审计局", "320813", set())


def test_no_region_anywhere() -> None:
    got = report("香水镇人民政府2022年政府信息公开工作年度报告")
    assert (got.agency, got.region_code, codes(got)) == ("香水镇人民政府", None, {"region_unknown"})


@pytest.mark.parametrize(
    "words",
    [
        "本报告可以从泾源县人民政府门户网站（http://www.gxs.gov.cn）下载。",
        "地址：泾源县百泉街12号。",
    ],
)
def test_a_township_is_in_the_county_whose_site_has_its_report(words: str) -> None:
    got = report("香水镇人民政府2022年政府信息公开工作年度报告", words)
    assert (got.agency, got.region_code) == ("泾源县香水镇人民政府", "640424")


def test_the_county_may_stand_before_a_short_name_in_the_text() -> None:
    got = report("2019年县教育和科学技术局政府信息公开工作年度报告", "请与泾源县教科局办公室联系。")
    assert (got.agency, got.region_code) == ("泾源县教育和科学技术局", "640424")


def test_a_township_found_with_its_county_in_the_text() -> None:
    got = report("香水镇人民政府2022年政府信息公开工作年度报告", "泾源县香水镇人民政府现公布年度报告。")
    assert (got.agency, got.region_code) == ("泾源县香水镇人民政府", "640424")


# --- year --------------------------------------------------------------------


def test_year_of_the_title_then_the_period() -> None:
    period = "本报告统计数据自2021年1月1日起至12月31日止。"
    got = report("泾源县财政局政府信息公开工作年度报告", period)
    assert (got.year, sources(got, "year")) == (2021, [("period", "2021")])
    got = report("泾源县财政局2021年政府信息公开工作年度报告", period)
    assert (got.year, sources(got, "year"), codes(got)) == (
        2021,
        [("title", "2021"), ("period", "2021")],
        set(),
    )
    got = report("泾源县财政局2022年政府信息公开工作年度报告", period)
    assert (got.year, codes(got)) == (2022, {"year_conflict"})


def test_year_from_link_and_address_but_not_from_the_publication() -> None:
    title = "泾源县财政局政府信息公开工作年度报告"
    linked = Document(b"", hints=Hints(link_text="泾源县财政局2021年政府信息公开工作年度报告"))
    assert identify(title, *SIX, document=linked).year == 2021
    folder = identify(title, *SIX, document=Document(b"", url="http://x.gov.cn/xxgknb/2021n/a.html"))
    assert (folder.year, codes(folder)) == (2021, {"year_from_url"})
    published = report(title, pubdate="2022-01-20 10:00")
    assert (published.kind, published.year, codes(published)) == (Kind.PERHAPS, None, {"year_unknown"})


def test_page_title_and_body_differ() -> None:
    got = report(
        "泾源县财政局2021年政府信息公开工作年度报告",
        articletitle="泾源县财政局2022年政府信息公开工作年度报告",
    )
    assert "year_conflict" in codes(got)
    got = report(
        "泾源县财政局2022年政府信息公开工作年度报告",
        articletitle="泾源县民政局2022年政府信息公开工作年度报告",
    )
    assert "agency_conflict" in codes(got)


@pytest.mark.parametrize("text", ["2021年", "二〇二一年", "二○二一", "二0二一", "二零二一"])
def test_year_numerals(text: str) -> None:
    assert year_of(text.removesuffix("年")) == 2021


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("自2021年1月1日起至2021年12月31日止", 2021),
        ("从2021年1月1日至12月31日", 2021),
        ("2021年1月1日到2021年12月31日", 2021),
        ("2021年1月1日—12月31日", 2021),
        ("二〇二一年1月1日起,至12月31日", 2021),
        ("2020年1月1日至2021年12月31日", None),
        ("2021年3月1日至12月31日", None),
    ],
)
def test_period(text: str, year: int | None) -> None:
    found = find_period(text)
    assert (found[0] if found else None) == year


# --- publication -------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2023-01-18 10:30", "2023-01-18"),
        ("2023—01—18 10∶30", "2023-01-18"),
        ("2023年1月18日", "2023-01-18"),
        ("２０２３年１月１８日", "2023-01-18"),
        ("2023/1/18", "2023-01-18"),
        ("2023.01.18", "2023-01-18"),
        ("20230118", "2023-01-18"),
        ("二〇二三年一月十八日", "2023-01-18"),
        ("二○二三年十二月三十一日", "2023-12-31"),
        ("2023-02-30", None),
        ("浏览次数：20231", None),
        ("", None),
    ],
)
def test_dates(text: str, iso: str | None) -> None:
    assert find_date(text) == iso


@pytest.mark.parametrize(
    ("url", "iso"),
    [
        ("http://a.gov.cn/x/202301/t20230118_4091303.html", "2023-01-18"),
        ("http://a.gov.cn/art/2023/1/18/art_12_3.html", "2023-01-18"),
        ("http://a.gov.cn/2023/01-18/137.html", "2023-01-18"),
        ("http://a.gov.cn/x/P020230118412.pdf", "2023-01-18"),
        ("http://a.gov.cn/c1/20230118/0123456789abcdef.html", "2023-01-18"),
        ("http://a.gov.cn/content/54279.html", None),
    ],
)
def test_dates_in_addresses(url: str, iso: str | None) -> None:
    assert date_in_url(url) == iso


def test_publication_is_after_the_year_and_its_sources_are_kept() -> None:
    title = "泾源县财政局2022年政府信息公开工作年度报告"
    assert report(title, pubdate="2022-06-01").published_on is None
    assert (
        report(title, "来源：泾源县财政局 发布时间：2023-01-18 10:20 浏览次数：35").published_on
        == "2023-01-18"
    )
    document = Document(b"", url="http://x.gov.cn/t20230203_1.html", hints=Hints(published_on="2023-01-30"))
    got = recognise(page(title, *SIX, pubdate="2023-01-18"), document, REGIONS)
    assert got.published_on == "2023-01-18"
    assert sources(got, "published_on") == [
        ("meta", "2023-01-18"),
        ("manifest", "2023-01-30"),
        ("url", "2023-02-03"),
    ]
    assert identify(title, *SIX, document=document).published_on == "2023-01-30"


# --- kinds -------------------------------------------------------------------


def _filled(state: State, value: int | None) -> Filled:
    cell = Cell(
        "applications", 0, "new_received", "total", "" if value is None else str(value), value, "item", state
    )
    return Filled("2021", (cell,), {"applications": TableState.TABLE})


def test_a_filled_document_under_the_title_of_another_is_perhaps() -> None:
    reading = page("关于公布泾源县财政局2022年政府信息公开工作年度报告的通知", *SIX)
    assert recognise(reading, Document(b""), REGIONS, (), _filled(State.NUMBER, 3)).kind is Kind.PERHAPS
    assert recognise(reading, Document(b""), REGIONS, (), _filled(State.BLANK, None)).kind is Kind.NOT_REPORT


def test_a_report_sent_with_a_letter_is_the_report_where_all_of_it_follows() -> None:
    filled = _filled(State.NUMBER, 3)
    whole = replace(filled, states=dict.fromkeys(("proactive", "applications", "reviews"), TableState.TABLE))
    for title in (
        "关于印发《泾源县财政局2022年政府信息公开工作年度报告》的通知",
        "泾源县财政局关于报送2022年政府信息公开工作年度报告的函",
    ):
        reading = page(title, *SIX)
        got = recognise(reading, Document(b""), REGIONS, (), whole)
        assert (got.kind, got.agency, got.year) == (Kind.REPORT, "泾源县财政局", 2022)
        assert recognise(reading, Document(b""), REGIONS, (), filled).kind is Kind.PERHAPS


def test_a_letter_with_an_old_report_in_prose_is_perhaps_one() -> None:
    old = [
        "一、概述",
        "二、主动公开政府信息情况",
        "三、依申请公开情况",
        "四、收费及减免情况",
        "五、行政复议情况",
    ]
    title = "关于报送《泾源县财政局 2015年政府信息公开年度报告》的函"
    got = identify(title, "县政府办公室：", *old, "六、主要问题和改进措施", "没有。")
    assert (got.kind, got.agency, got.year) == (Kind.PERHAPS, "泾源县财政局", 2015)
    assert identify(title, "现报上，请审阅。").kind is Kind.NOT_REPORT
    assert identify(title.replace("的函", "的通知"), *old).kind is Kind.NOT_REPORT


@pytest.mark.parametrize(
    "title", ["泾源县财政局2022年年报", "2022年度报告（泾源县财政局）", "泾源县财政局2022年度工作报告"]
)
def test_a_title_without_the_subject_needs_the_content(title: str) -> None:
    got = identify(title, *SIX)
    assert (got.kind, got.agency, got.year) == (Kind.REPORT, "泾源县财政局", 2022)
    assert identify(title, "全文如下。").kind is Kind.NOT_REPORT


def test_a_second_name_board_is_no_part_of_the_name() -> None:
    got = report("泾源县农业农村局（泾源县乡村振兴局）2023年政府信息公开工作年度报告")
    assert got.agency == "泾源县农业农村局"
    assert "泾源县农业农村局(泾源县乡村振兴局)" in got.agency_names


def test_agency_and_date_of_the_signature() -> None:
    for lines in (("泾源县财政局", "2023年1月15日"), ("泾源县财政局 2023年1月15日",)):
        got = identify("2022年政府信息公开工作年度报告", *SIX, *lines)
        assert (got.kind, got.agency, got.published_on) == (Kind.REPORT, "泾源县财政局", "2023-01-15")
        assert ("text", "泾源县财政局") in sources(got, "agency")


@pytest.mark.parametrize(
    ("name", "region"),
    [
        ("共青团泾源县委", "640424"),
        ("国网宁夏电力有限公司泾源县供电公司", "640424"),
        ("泾源县科学技术协会", "640424"),
    ],
)
def test_names_with_the_division_inside(name: str, region: str) -> None:
    got = report(f"{name}2023年政府信息公开工作年度报告")
    assert (got.agency, got.region_code) == (name, region)


def test_a_report_in_traditional_characters_is_none_that_is_read() -> None:
    got = identify("涇源縣財政局2023年度政府信息公開工作年度報告", "一、總體情況", "二、主動公開政府信息情況")
    assert (got.kind, codes(got)) == (Kind.PERHAPS, {"traditional_script"})


def test_a_blank_form_has_neither_agency_nor_year_nor_numbers() -> None:
    reading = page("政府信息公开工作年度报告", *SIX)
    assert recognise(reading, Document(b""), REGIONS, (), _filled(State.BLANK, None)).kind is Kind.FORM
    named = page("泾源县财政局2022年政府信息公开工作年度报告", *SIX)
    assert recognise(named, Document(b""), REGIONS, (), _filled(State.BLANK, None)).kind is Kind.REPORT


def test_a_filled_report_whose_table_is_torn_is_no_blank_form() -> None:
    words = "2021年，泾源县财政局认真落实条例。"
    reading = page("政务公开", SIX[0], words, *SIX[2:])
    sections = split(reading.blocks)
    found = recognise(reading, Document(b""), REGIONS, sections, _filled(State.UNREADABLE, None))
    assert (found.kind, found.agency, found.year) == (Kind.REPORT, "泾源县财政局", 2021)


def test_section_one_announces_the_report_where_no_introduction_does() -> None:
    for words in (
        "按照规定，现发布《泾源县财政局2021年政府信息公开工作年度报告》，统计数据从2021年1月1日至12月31日。",
        "我局落实条例。现就泾源县财政局2021年政府信息公开工作情况报告如下：",
        "根据条例，现向社会公布泾源县财政局2021年政府信息公开工作年度报告。",
    ):
        found = identify(SIX[0], words, *SIX[2:])
        assert (found.kind, found.agency, found.year) == (Kind.REPORT, "泾源县财政局", 2021)
        assert found.title.startswith("泾源县财政局2021年政府信息公开工作")
    other = "指导泾源县财政局做好2021年政府信息公开工作年度报告。"
    assert identify(SIX[0], other, *SIX[2:]).agency == ""


def test_a_bureau_that_a_county_or_a_township_names_is_not_the_reports_agency() -> None:
    bureau = "2021年，县教育局按照要求公开信息。"
    assert identify(SIX[0], bureau, *SIX[2:]).agency == "教育局"
    assert identify(SIX[0], bureau, "我局", *SIX[2:]).agency == "教育局"
    assert identify(SIX[0], bureau + "县财政局按照要求拨款。", *SIX[2:]).agency == ""
    late = "我局公开信息多。" * 40 + "2021年，县财政局按照要求拨款。"
    assert identify(SIX[0], late, *SIX[2:]).agency == ""
    for own in ("全县公开信息多。", "我镇公开信息多。", "我校公开信息多。", "本中心公开信息多。"):
        assert identify(SIX[0], bureau + own, *SIX[2:]).agency == ""
    whole = bureau.replace("县教育局", "泾源县教育局")
    assert identify(SIX[0], whole + "我委公开信息多。", *SIX[2:]).agency == "泾源县教育局"
    assert identify(SIX[0], whole + "我镇公开信息多。", *SIX[2:]).agency == ""


def test_the_year_of_a_date_in_an_address_is_not_the_reports() -> None:
    body = ("一、总体情况", "泾源县财政局认真落实条例。", *SIX[2:])
    for path, year in (("nb/2022/", 2022), ("nb/2022n/202301/", 2022), ("2023/01/17/", None)):
        found = identify(*body, document=Document(b"", url=f"http://a.gov.cn/{path}1.html"))
        assert found.year == year


def test_the_line_of_source_and_date_may_lack_blanks() -> None:
    found = report(
        "凤凰镇2023年政府信息公开工作年度报告", "来源:张家港市凤凰镇发布时间:2024-01-26 17:49访问量:3"
    )
    assert (found.agency, found.published_on) == ("张家港市凤凰镇人民政府", "2024-01-26")


def test_a_report_named_behind_its_year_or_as_the_subject_of_a_sentence() -> None:
    period = "统计期限自2021年1月1日起至12月31日止。"
    for words in (
        "现向社会公布2021年泾源县财政局政府信息公开工作年度报告。" + period,
        "现将2021年度泾源县住房和城乡建设局政府信息公开工作报告如下：",
    ):
        found = identify(words, *SIX)
        assert (found.kind, found.year, found.region_code) == (Kind.REPORT, 2021, "640424")
    for lines in (
        (period, "一、总体情况", "（一）主动公开", "2021年年度泾源县财政局加强公开。"),
        ("2021年，泾源县财政局严格依照要求公开信息。" + period, "一、总体情况"),
    ):
        found = identify(*lines, *SIX[2:])
        assert (found.agency, found.year) == ("泾源县财政局", 2021)


def test_an_office_of_the_prefecture_is_placed_where_the_text_names_it() -> None:
    words = "2021年，杭州市财政局公开信息。"
    assert report("市财政局2021年政府信息公开工作年度报告", words).region_code == "330100"
    assert report("县财政局2021年政府信息公开工作年度报告", words).region_code is None
    site = "通过“泾源县人民政府”网站公开信息，"
    assert report("财政局2021年政府信息公开工作年度报告", site).region_code == "640424"
    town = "2024年，通过“嘉峪关市雄关街道”微信公开信息。"
    assert report("雄关街道2024年政府信息公开工作年度报告", town).region_code == "620200"  # no counties


def test_the_year_that_an_introduction_begins_with() -> None:
    words = (
        "发布于2023年1月29日",
        "2022年,泾源县财政局严格依照要求公开信息。",
        "一、总体情况",
        "2022年公开信息多。",
    )
    found = identify(*words, *SIX[2:])
    assert (found.agency, found.year, codes(found)) == ("泾源县财政局", 2022, {"year_from_text"})
    found = identify("一、总体情况", "泾源县财政局2022年为做好公开工作，成立小组。", *SIX[2:])
    assert (found.agency, found.year) == ("泾源县财政局", 2022)


def test_a_label_is_no_part_of_a_title_beside_a_pipe() -> None:
    found = report("名称:泾源县财政局 2024年政府信息公开工作年度报告 |")
    assert found.title == "泾源县财政局2024年政府信息公开工作年度报告"


def test_a_table_of_information_that_was_made_text() -> None:
    rows = (
        "索引号 | 4/2023-4 | 发文字号 | |",
        "成文日期 | 2023-01-16 | 发布日期 | 2023-01-18 |",
        "标 题 | 泾源县财政局2022年政府信息公开工作年度报告 | ||",
        "发布机构 | 财政局 | 公文时效 | 有效 |",
    )
    found = identify(*rows, *SIX)
    assert (found.agency, found.year, found.published_on) == ("泾源县财政局", 2022, "2023-01-18")
    title = "泾源县财政局2022年政府信息公开工作年度报告"
    assert report(title, "发文日期: | 2023-01-26 | 文号: | 无 |").published_on == "2023-01-26"
    assert report(title, "成文日期 | 发布日期 | 2023-04-06 |").published_on == "2023-04-06"
    assert report(title, "- 发布日期2023-04-07", "- 有效").published_on == "2023-04-07"
    assert report(title, "2023年4月8日 (点击: ) " + "|" * 60).published_on == "2023-04-08"


def test_a_report_is_proved_by_its_content() -> None:
    got = identify(
        "泾源县财政局",
        "（2024年1月20日）",
        "统计期限自2023年1月1日起至12月31日止。",
        "本报告由泾源县财政局编制。",
        *SIX,
    )
    assert (got.kind, got.agency, got.year) == (Kind.REPORT, "泾源县财政局", 2023)


def test_a_list_page_is_no_report() -> None:
    links = tuple((f"{y}.html", f"泾源县财政局{y}年政府信息公开工作年度报告") for y in range(2018, 2023))
    reading = Reading("markup", "text/html", (Paragraph("政府信息公开年报", Place(block=0)),), links=links)
    assert recognise(reading, Document(b""), REGIONS).kind is Kind.NOT_REPORT
    lines = identify("政府信息公开年报", *(text for _, text in links))
    assert lines.kind is Kind.NOT_REPORT


def test_a_sentence_that_names_the_report_is_no_line_of_a_list() -> None:
    got = identify(
        "泾源县财政局2011年政府信息公开工作年度报告",
        "根据条例，我局2011年度政府信息公开工作年度报告由两个部分组成。统计时限从2011年1月1日起至12月31日止。",
        "一、概述",
        "我局办公室负责公开工作。",
        "二、存在的主要问题",
        "公开的内容不多。",
        articletitle="泾源县财政局2011年工作公开年度报告",
    )
    assert (got.kind, got.agency, got.year) == (Kind.REPORT, "泾源县财政局", 2011)


def test_the_number_of_a_document_is_no_part_of_its_title() -> None:
    for lines in (
        ("泾财发〔2023〕12号", "泾源县财政局", "2022年政府信息公开工作年度报告"),
        ("泾财发〔2023〕12号 泾源县财政局2022年政府信息公开工作年度报告",),
        ("泾财发〔2023〕12号", "泾源县财政局关于", "2022年政府信息公开工作年度报告的反馈",
         "泾源县财政局2022年政府信息公开工作年度报告"),
    ):  # fmt: skip
        got = identify(*lines, *SIX, articletitle="泾源县财政局2022年政府信息公开工作年度报告")
        assert (got.title, got.agency) == ("泾源县财政局2022年政府信息公开工作年度报告", "泾源县财政局")
        assert (got.year, codes(got)) == (2022, set())


def test_an_office_that_the_title_names_in_short_has_the_name_that_signs_the_report() -> None:
    signed = ("泾源综合实验区科技文化局", "2017年1月13日")
    site = Document(b"", hints=Hints(region_code="640424"))
    for office, agency in (("科文局", "泾源综合实验区科技文化局"), ("水务局", "泾源县水务局")):
        title = f"{office}2016年政府信息公开年度报告"
        got = identify(title, *SIX, *signed, document=site, articletitle=title)
        assert (got.agency, codes(got)) == (agency, set())


def test_a_short_page_with_the_report_attached_is_a_report() -> None:
    got = identify(
        "泾源县财政局2022年政府信息公开工作年度报告", "附件：泾源县财政局2022年政府信息公开工作年度报告.pdf"
    )
    assert (got.kind, got.year) == (Kind.REPORT, 2022)


def test_letters_and_empty_pages() -> None:
    assert identify().kind is Kind.NOT_REPORT
    assert identify("您好，我想咨询办理流程。").kind is Kind.NOT_REPORT


@given(st.lists(st.text(max_size=40), max_size=12), st.text(max_size=30))
def test_recognise_never_raises(lines: list[str], title: str) -> None:
    assert (
        recognise(page(*lines, articletitle=title, pubdate=title), Document(b"", url=title), REGIONS).kind
        in Kind
    )


@pytest.mark.parametrize(
    ("printed", "canonical", "kind"),
    [
        ("云岭县教育局", "云岭县教育局", "department"),
        ("示范省示范市云岭县教体局", "云岭县教育体育局", "department"),
        ("云岭县", "云岭县人民政府", "government"),
        ("云岭县青石镇人民政府", "云岭县青石镇人民政府", "township"),
        ("云岭区河东街道办事处", "云岭区河东街道办事处", "township"),
        ("云岭经济开发区", "云岭经济开发区管委会", "government"),
        ("云岭县委宣传部", "云岭县委宣传部", "department"),
    ],
)
def test_a_county_that_the_list_does_not_have(printed: str, canonical: str, kind: str) -> None:
    for site in ("", "640424"):
        got = report(f"{printed}2023年政府信息公开工作年度报告", site=site)
        assert (got.kind, got.agency, got.agency_kind) == (Kind.REPORT, canonical, kind)
        if "县" in printed:
            assert (got.region_code, codes(got)) == (None, {"region_unknown"})


@pytest.mark.parametrize(
    "name",
    [
        "全南县教育局",
        "和平县财政局",
        "泾源县金融工作办公室",
        "泾源县政务公开办公室",
        "泾源县国有林场",
    ],
)
def test_names_that_hold_words_of_prose(name: str) -> None:
    assert report(f"{name}2022年政府信息公开工作年度报告").agency == name


@pytest.mark.parametrize(
    "name",
    ["市场监督管理局", "市政管理局", "县域经济发展局", "区域合作办公室", "城市管理局"],
)
def test_signs_of_rank_that_belong_to_the_name(name: str) -> None:
    assert report(f"{name}2022年政府信息公开工作年度报告", site="640424").agency == f"泾源县{name}"


def test_a_division_abolished_before_the_year_is_not_meant() -> None:
    # one of the two divisions of this name was abolished in 2011
    assert report("和县审计局2022年政府信息公开工作年度报告").region_code == "340523"


def test_year_and_agency_in_lines_of_their_own() -> None:
    for lines in (
        ("泾源县财政局", "政府信息公开工作年度报告", "（2022年度）"),
        ("2022年度", "泾源县财政局", "政府信息公开工作年度报告"),
        ("泾源县财政局2022年", "政府信息公开", "工作年度报告"),
    ):
        got = identify(*lines, *SIX)
        assert (got.kind, got.agency, got.year) == (Kind.REPORT, "泾源县财政局", 2022)


def test_an_office_that_reports_for_the_county() -> None:
    got = report("泾源县人民政府办公室关于泾源县2022年政府信息公开工作年度报告")
    assert (got.agency, got.agency_kind) == ("泾源县人民政府", "government")
    got = report("泾源县人民政府办公室关于2022年政府信息公开工作年度报告")
    assert got.agency == "泾源县人民政府办公室"
    county = ("一、总体情况", "2022年，全县各级认真落实。", *SIX[2:])
    got = identify("2022年政府信息公开工作年度报告", *county, contentsource="泾源县人民政府办公室")
    assert (got.agency, got.agency_kind) == ("泾源县人民政府", "government")


def test_a_publication_of_the_report_is_the_report_where_its_numbers_are() -> None:
    reading = page("泾源县财政局2023年政府信息公开工作年度报告公示", *SIX)
    assert recognise(reading, Document(b""), REGIONS, (), _filled(State.NUMBER, 3)).kind is Kind.REPORT
    assert recognise(reading, Document(b""), REGIONS).kind is Kind.NOT_REPORT


def test_a_column_and_an_article_with_neighbours() -> None:
    titles = [f"泾源县{office}2022年政府信息公开工作年度报告" for office in ("财政局", "民政局")]
    assert identify(*titles, title="政府信息公开年报_泾源县人民政府").kind is Kind.NOT_REPORT
    assert identify("暂无内容", title="政府信息公开年报_泾源县人民政府").kind is Kind.NOT_REPORT
    neighbours = (
        "附件：年报.pdf",
        f"上一篇：{titles[1]}",
        "下一篇：泾源县教育局2022年政府信息公开工作年度报告",
    )
    got = identify(titles[0], *neighbours, articletitle=titles[0])
    assert (got.kind, got.agency) == (Kind.REPORT, "泾源县财政局")


# --- the seeds ---------------------------------------------------------------

SEEDS = sorted((SHARED / "seeds").glob("*.txt")) if (SHARED / "seeds").is_dir() else []


@pytest.mark.skipif(not SEEDS, reason="the seed reports are not beside the project")
def test_seeds() -> None:
    for path in SEEDS:
        gold = json.loads((SHARED / "gold" / f"{path.stem}.json").read_text(encoding="utf-8"))
        got = identify(*path.read_text(encoding="utf-8").splitlines(), document=Document(b"", name=path.name))
        assert got.kind is Kind.REPORT
        assert (got.agency, got.region_code, got.year) == (gold["agency"], gold["region_code"], gold["year"])
        assert got.title == gold["title"]
        assert got.agency_printed in (gold["agency"], gold.get("agency_as_titled"))
        assert got.issues == ()


def page_of_a_bare_title(info: str) -> Document:
    section = "<p>一、总体情况</p><p>本年度主动公开信息9条。</p><p>六、其他需要报告的事项</p><p>无。</p>"
    table = "<table><tr><td>第二十条第（五）项</td></tr><tr><td>行政许可</td><td>7</td></tr></table>"
    title = "<h1>2023年政府信息公开工作年度报告</h1>"
    body = f"{info}{title}<div id='zoom'>{section}<p>二、主动公开政府信息情况</p>{table}</div>"
    return Document(f"<html><meta charset='utf-8'><body>{body}</body></html>".encode(), name="a.html")


def told(info: str) -> Identity:
    document = page_of_a_bare_title(info)
    reading = read_html(document.content)
    spans = split(reading.blocks)
    return recognise(reading, document, REGIONS, spans, fill(reading, spans))


def test_agency_and_day_of_a_page_that_prints_them_beside_the_article_only() -> None:
    rows = "<tr><td>索引号</td><td>1-2</td><td>发布机构</td><td>清河县教育局</td></tr>"
    rows += "<tr><td>成文日期</td><td>2024-01-10</td><td>发布日期</td><td>2024-01-20</td></tr>"
    identity = told(f"<table>{rows}</table>")
    assert (identity.agency, identity.published_on) == ("清河县教育局", "2024-01-20")
    identity = told("<p>发布时间：2024-01-21　来源：清河县教育局　浏览：7次</p>")
    assert (identity.agency, identity.published_on) == ("清河县教育局", "2024-01-21")
    assert told("<p>当前时间：2026-11-21</p><p>更新时间：2025-01-01</p>").published_on is None


@pytest.mark.parametrize("name", ["人民政府办公室", "文化广播电视局"])
def test_a_title_in_a_meta_tag_names_the_agency_as_one_in_the_body_does(name: str) -> None:
    found = identify("附件", *SIX, articletitle=f"盐池县{name}2023年政府信息公开工作年度报告")
    assert (found.kind, found.agency) == (Kind.REPORT, f"盐池县{name}")


def test_the_government_behind_a_pages_title_is_the_sites_and_not_the_reports_agency() -> None:
    said = "按照条例的规定，现公布盐池县教育局2023年政府信息公开工作年度报告。"
    said += "数据统计期限自2023年1月1日起至2023年12月31日止。"
    title = "2023年政府信息公开年报"
    found = identify(title, said, *SIX, title=f"{title}-盐池县人民政府")
    assert (found.kind, found.agency) == (Kind.REPORT, "盐池县教育局")


@pytest.mark.parametrize("asked", ["编制有关要求", "编制工作的通知", "格式", "报送要求"])
def test_a_report_that_is_asked_for_names_no_agency(asked: str) -> None:
    said = f"我局按照盐池县2023年政府信息公开工作年度报告{asked}，编制本报告。"
    assert not identify("政务公开", said, *SIX).agency
    found = identify("政务公开", said, "盐池县水务局2023年政府信息公开工作年度报告", *SIX)
    assert (found.kind, found.agency) == (Kind.REPORT, "盐池县水务局")
