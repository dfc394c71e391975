"""Whose report it is, over titles × introductions × publishers: right or flagged, never invented."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.parse.agencies import read_in_sentence, read_office
from pipelines.parse.identity import recognise
from pipelines.parse.leads import without_lead
from pipelines.parse.records import Document, Hints, Identity, Kind, Paragraph, Place, Reading
from pipelines.parse.regions import Region, Regions

REGIONS = Regions.builtin().with_extra(
    [
        Region("990000", "岚陵省", "province", "", "岚陵省"),
        Region("990100", "望浔市", "prefecture", "990000", "岚陵省", "望浔市"),
        Region("990121", "荻硚县", "county", "990100", "岚陵省", "望浔市", "荻硚县"),
    ]
)
SIX = (
    "一、总体情况",
    "各项任务按计划完成。",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
    "无。",
)
# province, prefecture, county, code; some begin with a preposition, some have long or common names
PLACES = (
    ("岚陵省", "望浔市", "荻硚县", "990121"),
    ("宁夏回族自治区", "吴忠市", "盐池县", "640323"),
    ("浙江省", "嘉兴市", "秀洲区", "330411"),
    ("内蒙古自治区", "包头市", "达尔罕茂明安联合旗", "150223"),
    ("湖南省", "邵阳市", "城步苗族自治县", "430529"),
    ("浙江省", "宁波市", "慈溪市", "330282"),
    ("福建省", "三明市", "将乐县", "350428"),
    ("江西省", "赣州市", "全南县", "360729"),
    ("安徽省", "马鞍山市", "和县", "340523"),
    ("广东省", "河源市", "和平县", "441624"),
    ("湖北省", "荆州市", "公安县", "421022"),
)
# as printed behind the county, official, kind
AGENCIES = (
    ("", "人民政府", "government"),
    ("人民政府", "人民政府", "government"),
    ("人民政府办公室", "人民政府办公室", "department"),
    ("教育局", "教育局", "department"),
    ("教体局", "教育体育局", "department"),
    ("住房和城乡建设局", "住房和城乡建设局", "department"),
    ("石桥镇", "石桥镇人民政府", "township"),
    ("向阳乡人民政府", "向阳乡人民政府", "township"),
    ("和平街道", "和平街道办事处", "township"),
    ("经济开发区管理委员会", "经济开发区管理委员会", "government"),
    ("委宣传部", "委宣传部", "department"),
    ("委网信办", "委网信办", "department"),
    ("委机构编制委员会办公室", "委机构编制委员会办公室", "department"),
    ("政务服务中心", "政务服务中心", "department"),
    ("城市建设投资有限公司", "城市建设投资有限公司", "other"),
    ("第一中学", "第一中学", "other"),
    ("供销合作社联合社", "供销合作社联合社", "department"),
    ("消防救援大队", "消防救援大队", "department"),
    ("公安局", "公安局", "department"),
)
TITLES = (
    "{n}{y}政府信息公开工作年度报告",
    "{n}{y}度政府信息公开年度报告",
    "{y}{n}政府信息公开工作年度报告",
    "{n}关于{y}政府信息公开工作的年度报告",
    "{n}关于{y}政府信息公开工作情况的报告",
    "{n}政府信息公开工作年度报告（{y}度）",
    "关于公布{n}{y}政府信息公开工作年度报告的报告",
    "关于发布《{n}{y}政府信息公开工作年度报告》的公告",
    "现将{n}{y}政府信息公开工作年度报告公布如下：",
    "向社会公布{n}{y}政府信息公开工作年度报告",
    "《{n} {y} 政府信息公开工作年度报告》",
    "{n}\n{y}政府信息公开工作年度报告",
    "{y}政府信息公开工作年度报告（{n}）",
    "{y}政府信息公开工作年度报告——{n}",
)
BARE_TITLES = ("{y}政府信息公开工作年度报告", "政府信息公开工作年度报告", "{y}政府信息公开年报")
YEARS = ("2023年", "二〇二三年", "２０２３年", "二○二三年")
INTRODUCTIONS = (
    "",
    "根据《中华人民共和国政府信息公开条例》的规定，现公布{f}2023年政府信息公开工作年度报告。",
    "本报告由{f}编制。",
    "本报告依据条例编写。如有疑问，请与{f}办公室联系。",
    "为便于监督，{f}现将2023年度政府信息公开工作有关情况报告如下。",
    "按照要求，特向社会公布{f}2023年度政府信息公开工作年度报告。",
    "根据望浔市人民政府办公室通知要求，{f}编制了2023年政府信息公开工作年度报告。",
    "经望浔市人民政府批准，对{f}2023年政府信息公开工作情况报告如下。",
)
PUBLISHERS = ("", "{f}", "本站", "本网", "{c}人民政府", "{c}人民政府办公室", "{c}融媒体中心")


def identify(title: str, introduction: str, publisher: str, site: str) -> Identity:
    lines = [*title.split("\n"), *([introduction] if introduction else []), *SIX]
    blocks = tuple(Paragraph(line, Place(line=i)) for i, line in enumerate(lines))
    reading = Reading("lines", "text/plain", blocks, meta={"contentsource": publisher} if publisher else {})
    return recognise(reading, Document(b"", hints=Hints(region_code=site)), REGIONS)


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(PLACES),
    st.sampled_from(AGENCIES),
    st.sampled_from(TITLES),
    st.sampled_from(YEARS),
    st.sampled_from(INTRODUCTIONS),
    st.sampled_from(PUBLISHERS),
    st.integers(0, 2),
    st.booleans(),
)
def test_a_title_that_names_its_agency_is_understood(
    place: tuple[str, ...],
    agency: tuple[str, ...],
    title: str,
    year: str,
    introduction: str,
    publisher: str,
    above: int,
    at_home: bool,
) -> None:
    province, prefecture, county, code = place
    printed, official, kind = agency
    name = "".join((province, prefecture)[2 - above :]) + county + printed
    got = identify(
        title.format(n=name, y=year),
        introduction.format(f=county + official),
        publisher.format(f=prefecture + county + official, c=county),
        code if at_home else "",
    )
    assert (got.kind, got.agency, got.agency_kind, got.region_code, got.year) == (
        Kind.REPORT,
        county + official,
        kind,
        code,
        2023,
    )


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(PLACES),
    st.sampled_from(AGENCIES),
    st.sampled_from(BARE_TITLES),
    st.sampled_from(YEARS),
    st.sampled_from(INTRODUCTIONS),
    st.sampled_from(PUBLISHERS),
    st.booleans(),
    st.booleans(),
)
def test_a_bare_title_is_understood_by_the_text_or_flagged(
    place: tuple[str, ...],
    agency: tuple[str, ...],
    title: str,
    year: str,
    introduction: str,
    publisher: str,
    above: bool,
    at_home: bool,
) -> None:
    _, prefecture, county, code = place
    official = agency[1]
    got = identify(
        title.format(y=year),
        introduction.format(f=(prefecture if above else "") + county + official),
        publisher.format(f=county + official, c=county),
        code if at_home else "",
    )
    if got.kind is Kind.REPORT:
        assert (got.agency, got.region_code, got.year) == (county + official, code, 2023)
    else:
        assert got.kind is Kind.PERHAPS
        assert {issue.code for issue in got.issues} & {"agency_unknown", "year_unknown"}
    if got.agency:
        assert got.agency == county + official


@pytest.mark.parametrize(
    "text",
    [
        "现公布荻硚县民政局",
        "现将荻硚县民政局",
        "对荻硚县民政局",
        "由望浔市荻硚县民政局",
        "荻硚县人民政府公布荻硚县民政局",
        "荻硚县发展和改革局、荻硚县粮食局",
        "现公布教育局",
        "兹将石桥镇人民政府",
        "本站",
        "本网",
        "原创",
        "荻硚县政府门户网站",
        *("本机关", "我局", "各单位", "政府信息公开", "公开工作", "情况", "a", "", "泾源县信息公开工作情况"),
    ],
)
def test_words_that_are_no_name_are_refused(text: str) -> None:
    assert read_office(text, REGIONS) is None


def test_a_bureau_named_by_its_rank_is_the_countys_own() -> None:
    office = read_in_sentence("县教育局", REGIONS)
    assert (office.name, office.regions) == ("教育局", ())
    assert read_in_sentence("市教育局", REGIONS) is None  # perhaps the one above
    assert read_in_sentence("县领导", REGIONS) is None


@pytest.mark.parametrize(
    ("printed", "name"),
    [("湛江海关", "中华人民共和国湛江海关"), ("湛江海关关区", "湛江海关关区")],
)
def test_customs_are_named_after_their_port(printed: str, name: str) -> None:
    office = read_office(printed, REGIONS)
    assert (office.name, office.whole, office.regions[0].code) == (name, True, "440800")
    assert read_office("全国海关", REGIONS) is None


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("经望浔市人民政府批准对荻硚县民政局", "荻硚县民政局"),
        ("特向社会公布望浔市荻硚县石桥镇人民政府", "荻硚县石桥镇人民政府"),
        ("由荻硚县财政局", "荻硚县财政局"),
        ("现公布和平县财政局", "和平县财政局"),
        ("将将乐县财政局", "将乐县财政局"),
        ("现公布荻硚县地方金融管理局", "荻硚县地方金融管理局"),
        ("荻硚经济技术开发区", "荻硚经济技术开发区管委会"),
        ("望浔市荻硚生态环境局", "荻硚县生态环境局"),
        ("黔东南州农业农村局", "黔东南苗族侗族自治州农业农村局"),
        ("梳理编制湛江海关关区", "湛江海关关区"),
    ],
)
def test_a_name_in_a_sentence_begins_with_its_division(text: str, canonical: str) -> None:
    office = read_in_sentence(text, REGIONS)
    assert office is not None
    assert office.canonical(office.regions[0]) == canonical


@pytest.mark.parametrize(
    ("printed", "canonical", "site"),
    [
        ("国家税务总局吴忠市盐池县税务局", "国家税务总局盐池县税务局", ""),
        ("中国共产党盐池县委员会宣传部", "盐池县委宣传部", ""),
        ("中共盐池县委宣传部", "盐池县委宣传部", ""),
        ("县政府", "荻硚县人民政府", "990121"),
        ("县财政局", "荻硚县财政局", "990121"),
        ("石桥镇", "荻硚县石桥镇人民政府", "990121"),
        ("向阳镇人民政府", "荻硚县向阳镇人民政府", "990121"),
        ("全民健身中心", "荻硚县全民健身中心", "990121"),
        ("特殊教育学校", "荻硚县特殊教育学校", "990121"),
        ("对外贸易局", "荻硚县对外贸易局", "990121"),
        ("荻硚县水利局（荻硚县河长制办公室）", "荻硚县水利局", ""),
    ],
)
def test_official_names(printed: str, canonical: str, site: str) -> None:
    got = identify(f"{printed}2023年政府信息公开工作年度报告", "", "", site)
    assert (got.kind, got.agency) == (Kind.REPORT, canonical)


@pytest.mark.parametrize(
    "years",
    ["2021-2022年", "2021—2022年度", "2021年、2022年", "2021年至2022年", "2021年度和2022年度", "2021-22年"],
)
def test_a_title_of_several_years_is_nobodys_report_of_one(years: str) -> None:
    got = identify(
        f"盐池县{years}政府信息公开工作年度报告", "统计期限自2022年1月1日至2022年12月31日。", "", ""
    )
    assert (got.kind, got.year) == (Kind.PERHAPS, None)
    assert "several_years" in {issue.code for issue in got.issues}


def test_the_office_reports_for_the_county_only_where_something_says_so() -> None:
    own = identify("荻硚县人民政府办公室2023年政府信息公开工作年度报告", "", "荻硚县人民政府", "990121")
    assert own.agency == "荻硚县人民政府办公室"
    behalf = identify("荻硚县人民政府办公室关于荻硚县2023年政府信息公开工作年度报告", "", "", "")
    assert behalf.agency == "荻硚县人民政府"
    county = identify(
        "2023年政府信息公开工作年度报告", "全县各级行政机关。", "荻硚县人民政府办公室", "990121"
    )
    assert county.agency == "荻硚县人民政府"
    unclear = identify("2023年政府信息公开工作年度报告", "我局认真落实。", "荻硚县人民政府办公室", "990121")
    assert unclear.kind is Kind.PERHAPS


@pytest.mark.parametrize(
    "sentence",
    [
        "荻硚县坚持每季度对教体局进行抽查，荻硚县定期对财政局在线检查。",
        "领导小组下设局办公室，负责日常工作。",
        "由分管副局长负责牵头的专班办公室通过会议部署。",
        "成立由教体局在内的工作专班。",
    ],
)
@pytest.mark.parametrize("site", ["", "990121"])
def test_a_sentence_of_the_text_makes_no_agency(sentence: str, site: str) -> None:
    blocks = ("2023年政府信息公开工作年度报告", SIX[0], sentence, *SIX[2:])
    reading = Reading("lines", "text/plain", tuple(Paragraph(t, Place(line=i)) for i, t in enumerate(blocks)))
    got = recognise(reading, Document(b"", hints=Hints(region_code=site)), REGIONS)
    assert (got.kind, got.agency) == (Kind.PERHAPS, "")


@pytest.mark.parametrize(
    ("said", "doubted"),
    [
        ("2022年，全年发布信息5条。2022年开展培训。2022年未收到申请。", True),
        ("2023年，全年发布信息5条，2022年、2022年与2022年相比增加。", False),
        ("2022年以来发布信息5条。", False),
    ],
)
def test_a_title_of_another_year_than_the_text_is_doubted(said: str, doubted: bool) -> None:
    blocks = ("荻硚县财政局2023年政府信息公开工作年度报告", SIX[0], said, *SIX[2:])
    reading = Reading("lines", "text/plain", tuple(Paragraph(t, Place(line=i)) for i, t in enumerate(blocks)))
    got = recognise(reading, Document(b""), REGIONS)
    assert (got.kind, got.year) == (Kind.REPORT, 2023)
    assert ("year_conflict" in {issue.code for issue in got.issues}) is doubted


@given(st.text("现将公布向由本报告荻硚县民政局关于", max_size=20))
def test_without_lead_never_adds(text: str) -> None:
    assert text.endswith(without_lead(text))
