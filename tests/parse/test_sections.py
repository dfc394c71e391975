import json
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.parse import section_text, sections
from pipelines.parse.headings import match_heading
from pipelines.parse.read.html import read_html
from pipelines.parse.read.text import read_text
from pipelines.parse.records import Block, Grid, GridCell, Paragraph, Place, Section, SectionSpan

SHARED = Path(__file__).resolve().parents[3] / "shared"
SEEDS = sorted((SHARED / "seeds").glob("*.txt"))

OFFICIAL = [
    "一、总体情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
]
TABLES = {
    2: "第二十条第（一）项\n信息内容\t本年制发件数\t本年废止件数\t现行有效件数\n"
    "规章\t0\t0\t0\n行政规范性文件\t3\t1\t12",
    3: "\t申请人情况\t总计\n一、本年新收政府信息公开申请数量\t5\t0\t0\t0\t0\t0\t5\n"
    "四、结转下年度继续办理\t0\t0\t0\t0\t0\t0\t0",
    4: "行政复议\t行政诉讼\n结果维持\t结果纠正\t其他结果\t尚未审结\t总计\t未经复议直接起诉\n"
    + "\t".join("0" * 15),
}
PROSE = {
    1: "2023年，云岭县教育局认真落实各项要求，全年主动公开信息126条。",
    5: "一是公开的深度不够。二是解读形式单一。下一步将加强培训。",
    6: "2023年未收取信息处理费。",
}
INTRO = "云岭县教育局2023年政府信息公开工作年度报告\n根据《中华人民共和国政府信息公开条例》制作本报告。"


def report(headings: list[str] = OFFICIAL, bodies: dict[int, str] | None = None, intro: str = INTRO) -> str:
    filled = {**PROSE, **TABLES, **(bodies or {})}
    return "\n".join([intro, *(f"{heading}\n{filled[n]}" for n, heading in enumerate(headings, 1))])


def read(text: str) -> tuple[Section, ...]:
    blocks = read_text(text.encode()).blocks
    return section_text.render(blocks, sections.split(blocks))


def numbers(found: tuple[Section, ...]) -> list[int | None]:
    return [section.number for section in found]


def test_the_official_form() -> None:
    found = read(report())
    assert numbers(found) == [0, 1, 2, 3, 4, 5, 6]
    assert [section.heading for section in found[1:]] == OFFICIAL
    assert [section.text for section in found[1:]] == [PROSE[1], *TABLES_TEXT, PROSE[5], PROSE[6]]
    assert [section.ordinal for section in found] == list(range(7))


@pytest.mark.parametrize("behind", [1, 2, 4, 5])
def test_a_section_that_the_agency_has_added_stands_on_its_own(behind: int) -> None:
    numeral = "一二三四五六七"[behind]
    titles = [heading.partition("、")[2] for heading in OFFICIAL]
    headings = [f"{'一二三四五六七'[n + (n >= behind)]}、{title}" for n, title in enumerate(titles)]
    added = f"{numeral}、信息查询费用情况\n查询件数\t金额\n2\t0"
    bodies = {behind: f"{ {**PROSE, **TABLES}[behind] }\n{added}"}
    found = read(report(headings, bodies))
    expected = [0, *range(1, behind + 1), None, *range(behind + 1, 7)]
    assert numbers(found) == expected
    assert (found[behind + 1].heading, found[behind + 1].text) == tuple(added.split("\n", 1))
    assert added[:4] not in found[behind].text


def test_a_row_of_section_three_is_no_section_that_was_added() -> None:
    headings = [
        *OFFICIAL[:3],
        *(f"{n}、{h.partition('、')[2]}" for n, h in zip("五六七", OFFICIAL[3:], strict=True)),
    ]
    assert numbers(read(report(headings))) == [0, 1, 2, 3, 4, 5, 6]


TABLES_TEXT = ["\n".join(line.strip() for line in TABLES[n].split("\n")) for n in (2, 3, 4)]


@pytest.mark.parametrize(
    ("number", "heading"),
    [
        (1, "总体情况"),
        (1, "1.总体情况"),
        (1, "（一）总体情况"),
        (1, "## 一、总体情况"),
        (1, "**一、总体情况**"),
        (1, "一、 总 体 情 况 "),
        (1, "二、总体情况："),
        (2, "二、政府信息主动公开情况"),
        (2, "㈡主动公开政府信息情况"),
        (2, "二、主动公开政府倍息情况"),
        (2, "第二部分 主动公开政府信息情况"),
        (3, "三、政府信息依申请公开情况"),
        (3, "三.收到和处理政府信息公开申请"),
        (3, "三、收到和处理政府信息公开申请隋况"),
        (3, "收到和处理政府信息公开\n申请情况"),
        (4, "四、因政府信息公开工作被申请行政复议、提起行政诉讼情况"),
        (4, "四、政府信息公开行政复议、\n行政诉讼情况"),
        (4, "3、政府信息公开行政复议和行政诉讼情况"),
        (5, "五、存在主要问题和改进情况"),
        (5, "五、存在的问题及下一步改进措施"),
        (5, "存在的主要问题及改\n进情况"),
        (6, "六、其它需要报告的事项"),
        (6, "六、需要报告的其他事项"),
        (6, "六\n其他需要报告的事项"),
        (1, "一、2023年政府信息公开工作总体情况"),
        (1, "一、工作开展情况"),
        (1, "一、概述："),
        (2, "二、行政机关主动公开政府信息的情况"),
        (3, "三、收到和答复信息公开申请情况"),
        (4, "四、因政府信息公开被提起行政复议、诉讼的情况"),
        (4, "4.政府信息公开\n行政复议、行政诉讼情况"),
        (5, "（五）政府信息公开工作\n存在的主要问题及改进情况"),
        (5, "五、政府信息公开工作中存在的主要问题及改进措施"),
        (5, "五、存在的问题和不足及下步打算"),
        (5, "五、存在的薄弱环节和2024年工作安排"),
        (5, "五、努力方向"),
        (6, "六、其他"),
        (3, "三收到和处理政府信息公开申请情况"),
        (5, "五存在的主要问题\n及改进情况"),
        (6, "六、其他需说明的情况"),
    ],
)
def test_headings_are_known_by_their_words(number: int, heading: str) -> None:
    headings = [*OFFICIAL[: number - 1], heading, *OFFICIAL[number:]]
    found = read(report(headings))
    assert numbers(found) == [0, 1, 2, 3, 4, 5, 6]
    assert [section.text for section in found[1:]] == [PROSE[1], *TABLES_TEXT, PROSE[5], PROSE[6]]


@pytest.mark.parametrize("glue", ["", "。", "：", " "])
def test_a_heading_glued_to_its_text(glue: str) -> None:
    text = report().replace(f"一、总体情况\n{PROSE[1]}", f"一、总体情况{glue}{PROSE[1]}")
    found = read(
        text.replace(f"六、其他需要报告的事项\n{PROSE[6]}", f"六、其他需要报告的事项{glue}{PROSE[6]}")
    )
    assert numbers(found) == [0, 1, 2, 3, 4, 5, 6]
    assert (found[1].heading.rstrip("。： "), found[1].text) == ("一、总体情况", PROSE[1])
    assert found[6].text == PROSE[6]


@pytest.mark.parametrize("glue", ["。", "：", " ", ""])
@pytest.mark.parametrize(
    ("number", "heading"),
    [
        (1, "一、2023年度总体情况"),
        (1, "一、概述"),
        (5, "五、存在的主要问题及下一步改进措施"),
        (6, "六、其他需要说明的事项"),
    ],
)
def test_any_title_may_be_glued_to_its_text(number: int, heading: str, glue: str) -> None:
    body = "2023年，本局围绕群众关心的事项开展工作，未收取信息处理费，没有其他情况，各项工作均已完成。"
    headings = [*OFFICIAL[: number - 1], f"{heading}{glue}{body}\n", *OFFICIAL[number:]]
    found = read(report(headings, {number: ""}))
    assert numbers(found) == [0, 1, 2, 3, 4, 5, 6]
    assert (found[number].heading.rstrip("。： "), found[number].text) == (heading, body)


@pytest.mark.parametrize("glue", ["\n", "。"])
@pytest.mark.parametrize("numeral", ["{}.", "（{}）", ""])
def test_headings_numbered_as_items_are_or_not_at_all(numeral: str, glue: str) -> None:
    signs = "123456" if numeral == "{}." else "一二三四五六"
    headings = [numeral.format(sign) + line[2:] for sign, line in zip(signs, OFFICIAL, strict=True)]
    contents = "\n".join(["目录", *headings])
    bodies = {3: "无", 4: "无", 5: "（一）存在的主要问题\n公开不够及时。\n（二）改进情况\n加强培训。"}
    text = report(headings, bodies, f"{INTRO}\n{contents}")
    found = read(text.replace(f"总体情况\n{PROSE[1]}", f"总体情况{glue}{PROSE[1]}"))
    assert numbers(found) == [0, 1, 2, 3, 4, 5, 6]
    assert [found[n].text for n in (1, 3, 4, 5, 6)] == [PROSE[1], "无", "无", bodies[5], PROSE[6]]


def test_the_six_parts_named_in_the_introduction_are_no_headings() -> None:
    names = "、".join(heading[2:] for heading in OFFICIAL)
    listing = f"本报告由{names}等六部分组成。"
    wrapped = f"本报告包括\n{names[:36]}\n{names[36:]}等。"
    for intro in (listing, wrapped):
        found = read(report(intro=f"{INTRO}\n{intro}"))
        assert numbers(found) == [0, 1, 2, 3, 4, 5, 6]
        assert found[1].text == PROSE[1]


@pytest.mark.parametrize("dots", ["", "……1", " ........ 3"])
def test_a_table_of_contents_is_not_the_report(dots: str) -> None:
    contents = "\n".join(["目录", *(heading + dots for heading in OFFICIAL)])
    found = read(report(intro=f"{INTRO}\n{contents}"))
    assert numbers(found) == [0, 1, 2, 3, 4, 5, 6]
    assert found[1].text == PROSE[1]
    assert found[6].text == PROSE[6]


def test_words_of_a_heading_that_begin_its_section_are_no_heading() -> None:
    five = "存在的主要问题：一是人员不足。\n改进措施：加强培训。"
    found = read(report([heading[2:] for heading in OFFICIAL], {5: five}))
    assert numbers(found) == [0, 1, 2, 3, 4, 5, 6]
    assert found[5].text == five


def test_a_table_of_contents_before_a_report_without_tables() -> None:
    bodies = {2: "本年度无此类情况。", 3: "无。", 4: "无。"}
    found = read(report(bodies=bodies, intro="\n".join([INTRO, *OFFICIAL])))
    assert numbers(found) == [0, 1, 2, 3, 4, 5, 6]
    assert [section.text for section in found[1:]] == [
        PROSE[1],
        "本年度无此类情况。",
        "无。",
        "无。",
        PROSE[5],
        PROSE[6],
    ]


OLD_PROSE = """现将情况报告如下：
一、概述
全年召开专题会议3次，研究公开工作。
二、政府信息主动公开情况
通过政府网站公开信息126条。
三、政府信息依申请公开情况
没有政府信息依申请公开情况。
四、政府信息公开的收费及减免情况
没有收费。
五、因政府信息公开申请行政复议、提起行政诉讼的情况
没有发生行政复议和行政诉讼。
六、存在的主要问题及改进情况
解读形式有待丰富。"""


def test_old_prose_inside_section_one_keeps_its_own_headings() -> None:
    found = read(report(bodies={1: OLD_PROSE}))
    assert numbers(found) == [0, 1, 2, 3, 4, 5, 6]
    assert found[1].text.endswith("解读形式有待丰富。")
    assert found[2].text.startswith("第二十条第（一）项")
    assert found[5].text == PROSE[5]


def test_all_none() -> None:
    found = read(report(bodies={2: "无", 3: "无", 4: "本机关2023年未发生行政复议和行政诉讼。", 6: "无"}))
    assert [section.text for section in found[2:5]] == ["无", "无", "本机关2023年未发生行政复议和行政诉讼。"]
    assert [section.prose for section in found[2:4]] == [((0, 1),), ((0, 1),)]


def test_a_report_with_a_lost_heading_keeps_the_others() -> None:
    text = report().replace("四、政府信息公开行政复议、行政诉讼情况\n", "")
    found = read(text)
    assert numbers(found) == [0, 1, 2, 3, 5, 6]
    assert "结果维持" in found[3].text


def test_rows_of_tables_in_text_are_no_prose() -> None:
    text = "第二十条第（五）项\n信息内容 本年处理决定数量\n行政许可 128\n"
    text += "第二十条第（六）项\n信息内容\n本年处理决定数量\n行政处罚\n7"
    found = read(report(bodies={2: f"本年度情况如下表所示。\n{text}"}))
    (start, end), *more = found[2].prose
    assert found[2].text[start:end] == "本年度情况如下表所示。"
    assert more == []
    assert found[2].text.split("\n")[1:] == text.split("\n")


def test_another_form_is_split_at_its_own_headings() -> None:
    found = read("云岭县2015年政府信息公开工作年度报告\n" + OLD_PROSE)
    assert numbers(found) == [0, None, None, None, None, None, None]
    assert [section.heading for section in found[1:3]] == ["一、概述", "二、政府信息主动公开情况"]
    assert found[3].text == "没有政府信息依申请公开情况。"


def test_fees_and_waivers_are_a_part_of_reports_before_the_official_forms() -> None:
    text = """云岭县财政局2010年政府信息公开年度报告
一、年度政府信息公开工作概述
办公室负责公开工作。
二、政府信息主动公开情况
主动公开政府信息7条。
三、依申请公开政府信息情况
没有收到申请。
四、收费及减免情况
无收费及减免。
五、存在的主要问题和改进措施
人手不足。"""
    found = read(text)
    assert numbers(found) == [0, None, None, None, None, None]
    assert (found[3].text, found[4].heading) == ("没有收到申请。", "四、收费及减免情况")
    assert numbers(read(text.replace("收费及减免", "举报投诉"))) == [0, 1, 2, 3, 5]


def test_the_only_line_with_a_missing_numeral_begins_a_section_of_another_form() -> None:
    sentence = "三、全年没有收到政府信息公开申请，也没有因此引起的行政复议和提起的行政诉讼。"
    problems = "五、存在的主要问题及改进措施"
    text = f"""云岭县水利局2012年政府信息公开年度报告
一、概述
办公室负责公开工作。
二、政府信息公开情况
公开的内容有：
{sentence}
四、收费及减免情况
无收费及减免。
{problems}2012年，我局公开的内容不够全面，更新不够及时，今后要加强培训，配齐人手。"""
    found = read(text)
    assert numbers(found) == [0, None, None, None, None, None]
    assert (found[3].heading, found[3].text) == ("三、", sentence[2:])
    assert (found[5].heading, found[5].text[:6]) == (problems, "2012年，")
    assert len(read(text.replace("公开的内容有：", sentence))) == 5


def test_a_document_without_headings_is_one_section() -> None:
    found = read("关于举办培训班的通知\n请各单位派员参加。")
    assert [(section.number, section.heading) for section in found] == [(None, "")]
    assert sections.split(()) == ()


def test_the_foot_of_the_page_goes_and_the_contact_stays() -> None:
    contact = "如有疑问，请与云岭县教育局联系（电话：0999-1234567）。"
    foot = "附件：1.统计表.xls\n【打印】【关闭】\n扫一扫在手机打开当前页\n主办单位：云岭县人民政府"
    foot += "\n点赞 0 转发\n网友评论\n您对本文是否满意\n政府网站标识码：4300000001"
    foot += "\n初审：张某 终审：李某\n文章录入：admin\n您是第 12 位访问者\n本网站使用Cookie改善浏览体验"
    found = read(f"{report()}\n{contact}\n{foot}")
    assert found[6].text == f"{PROSE[6]}\n{contact}"


def test_what_a_page_adds_below_the_signature_goes() -> None:
    signed = "云岭县教育局\n2024年1月20日"
    found = read(f"{report()}\n{signed}\n政府网站\n部门网站")
    assert found[6].text == f"{PROSE[6]}\n{signed}"
    contact = "（联系人：办公室，电话：0999-1234567）"
    assert read(f"{report()}\n{signed}\n{contact}\n政府网站")[6].text == f"{PROSE[6]}\n{signed}\n{contact}"
    cells = (GridCell(0, 0, "附表", Place(table=0)), GridCell(0, 1, "12", Place(table=0)))
    table = Grid(cells, 1, 2, Place(table=0))
    spans = sections.split([*read_text(f"{report()}\n{signed}".encode()).blocks, table])
    assert spans[-1].end == len(read_text(f"{report()}\n{signed}".encode()).blocks) + 1


# --- wrapped lines


def wrap(text: str, width: int) -> list[str]:
    return [text[at : at + width] for at in range(0, len(text), width)]


def test_lines_of_a_page_are_joined_to_paragraphs() -> None:
    first = "二〇二三年，本局坚持以公开为常态、不公开为例外，围绕群众关心的招生入学、资助政策等事项，"
    first += "通过门户网站和公众号发布信息一百二十六条，及时回应社会关切。"
    item = "（一）主动公开方面。本年度制发规范性文件三件，废止一件，现行有效十二件，"
    item += "全部在网站专栏集中公开并动态更新，方便企业和群众随时查阅下载使用。"
    body = "\n\n".join([*wrap(first, 28), *wrap(item, 28)])
    found = read(report(bodies={1: body}))
    assert found[1].text == f"{first}\n{item}"


@pytest.mark.parametrize(
    ("left", "right", "joined"),
    [
        ("公开信息12", "3条，其中", "公开信息123条，其中"),
        ("采用Open", "Data标准", "采用Open Data标准"),
        ("见http://www.yun", "ling.gov.cn/", "见http://www.yunling.gov.cn/"),
    ],
)
def test_joints(left: str, right: str, joined: str) -> None:
    fill = "为进一步做好相关工作并不断提高服务水平"
    lines = [fill + left, right]
    boxes = [(90.0, 100.0 + 20 * n, 500.0 if n == 0 else 300.0, 112.0 + 20 * n) for n in range(2)]
    blocks: list[Block] = [
        Paragraph("一、总体情况", Place(page=0, box=(114.0, 60.0, 200.0, 72.0)), wrapped=True)
    ]
    blocks += [Paragraph(t, Place(page=0, box=b), wrapped=True) for t, b in zip(lines, boxes, strict=True)]
    found = section_text.render(blocks, [SectionSpan(1, "一、总体情况", 1, 3)])
    assert found[0].text == fill + joined


def test_a_few_full_lines_show_how_wide_lines_of_a_text_are() -> None:
    first = (
        "全年收到依申请公开申请件二十一件次，其中网络申请十五件、信函申请六件，全部按时答复申请人，没有超期"
    )
    first += "的情况，也没有因此引发的复议。"
    head, middle, tail = (
        "政府网站独立用户访问总量为六千四百二十一个，比上一年有所增加",
        "，政府网站全年的总访问量按照后台的统计已经有",
        "412567次，全部信息都已公开。",
    )
    lines = [*wrap(first, 28), head[:28], head[28:] + middle, tail, *wrap(first, 28)]
    found = read(report(bodies={1: "\n".join(lines)}))
    assert found[1].text == f"{first}\n{head}{middle}{tail}\n{first}"


def test_a_line_that_had_no_room_for_the_next_word_goes_on_there() -> None:
    lines = [
        "全年通过网站等公开政府信息一百二十六条",
        "其中政策文件三条，另推送文章信息39",
        "期，关注用户多人",
        "无",
    ]
    ends = (542.0, 500.0, 330.0, 114.0)  # of a page whose text ends at 542
    blocks: list[Block] = [
        Paragraph(text, Place(page=0, box=(90.0, 60.0 + 20 * n, right, 84.0 + 20 * n)), wrapped=True)
        for n, (text, right) in enumerate(zip(lines, ends, strict=True))
    ]
    (found,) = section_text.render(blocks, [SectionSpan(1, "一、总体情况", 0, 4)])
    assert found.text == "".join(lines[:3]) + "\n无"


def test_a_figure_that_a_line_cuts_goes_on_though_a_comma_or_full_stop_elsewhere_hangs_in_the_margin() -> (
    None
):
    lines = [
        ("全年公开信息一百二十六条，公众号发布信息4106", 528.0),
        ("余条，关注用户二千人。", 206.0),
        ("全部工作均按照上级要求及时完成并接受监督。", 550.0),
        ("举办培训4次", 300.0),
        ("个别栏目更新不及时。", 206.0),
    ]
    blocks: list[Block] = [
        Paragraph(text, Place(page=0, box=(57.0, 60.0 + 20 * n, right, 72.0 + 20 * n)), wrapped=True)
        for n, (text, right) in enumerate(lines)
    ]
    (found,) = section_text.render(blocks, [SectionSpan(1, "一、总体情况", 0, 5)])
    assert found.text == lines[0][0] + "\n".join(text for text, _ in lines[1:])


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("全年召开会议2次，举办培训班28期，线上培训人", "员14449人次。"),
        ("政务公开专栏发布信息15563余条", "，同比增长7%。"),
        ("全年通过政务微博主动公开政府信息2404", "8条。"),
        ("热线累计公开各类信息15986余", "条，同比增长8%。"),
        ("全年共公开各类信息18961条", "。"),
    ],
)
def test_a_sentence_that_a_line_cuts_goes_on_however_wide_lines_are(first: str, second: str) -> None:
    text = f"一、总体情况\n（一）主动公开\n{first}\n{second}\n（二）平台建设，监督保障\n工作有序。\n"
    blocks = read_text(text.encode()).blocks
    told = section_text.render(blocks, sections.split(blocks))[-1].text
    assert f"（一）主动公开\n{first}{second}\n（二）平台建设，监督保障\n工作" in told


def test_an_indented_line_of_a_page_starts_a_paragraph() -> None:
    texts = [
        ("一、总体情况", 114.0, 200.0),
        ("全年公开信息一百条并且及时更新内容", 114.0, 500.0),
        ("没有发生投诉", 90.0, 160.0),
    ]
    texts += [("加强监督保障", 114.0, 500.0), ("压实责任。", 90.0, 150.0)]
    blocks = [
        Paragraph(text, Place(page=0, box=(left, 60.0 + 20 * n, right, 72.0 + 20 * n)), wrapped=True)
        for n, (text, left, right) in enumerate(texts)
    ]
    found = section_text.render(blocks, [SectionSpan(1, "一、总体情况", 1, 5)])
    assert found[0].text == "全年公开信息一百条并且及时更新内容没有发生投诉\n加强监督保障压实责任。"


def test_grids_are_rows_with_tabs() -> None:
    cells = [
        ("信息内容", 0, 0),
        ("本年\n制发件数", 0, 1),
        ("规章", 1, 0),
        ("2", 1, 1),
        ("", 2, 0),
        ("", 2, 1),
    ]
    grid = Grid(
        tuple(GridCell(r, c, t, Place(table=0, row=r, column=c)) for t, r, c in cells), 3, 2, Place(table=0)
    )
    blocks: list[Block] = [Paragraph(OFFICIAL[1], Place()), Paragraph("情况如下。", Place()), grid]
    spans = sections.split([Paragraph("第二十条第（一）项", Place()), *blocks])
    found = section_text.render(blocks, [SectionSpan(2, OFFICIAL[1], 1, 3)])
    assert [span.number for span in spans] == [0, 2]
    assert found[0].text == "情况如下。\n信息内容\t本年制发件数\n规章\t2"
    assert found[0].prose == ((0, 5),)


def test_sentences_in_a_table_are_prose() -> None:
    rows = [("栏目", "条数"), ("网站", "12"), ("主动公开", "全年通过网站等公开信息126条。")]
    cells = tuple(
        GridCell(r, c, text, Place(table=0, row=r, column=c))
        for r, row in enumerate(rows)
        for c, text in enumerate(row)
    )
    blocks: list[Block] = [Grid(cells, 3, 2, Place(table=0))]
    (found,) = section_text.render(blocks, [SectionSpan(1, OFFICIAL[0], 0, 1)])
    assert [found.text[start:end] for start, end in found.prose] == [
        "主动公开\t全年通过网站等公开信息126条。"
    ]
    (found,) = section_text.render(blocks, [SectionSpan(2, OFFICIAL[1], 0, 1)])
    assert found.prose == ()


# --- whatever the lines

LINES = [
    *OFFICIAL,
    *OLD_PROSE.split("\n"),
    *PROSE.values(),
    *"\n".join(TABLES.values()).split("\n"),
    "无",
    "四、政府信息公开行政复议、",
    "行政诉讼情况",
    "六、其他需要报告的事项：2023年收费0元",
    "12",
    "附件：1.统计表.xls",
    "【打印】【关闭】",
    "（二）依申请公开情况。全年收到申请6件，",
]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(LINES), min_size=1, max_size=40))
def test_nothing_is_lost_or_doubled(picked: list[str]) -> None:
    blocks = read_text("\n".join(picked).encode()).blocks
    spans = sections.split(blocks)
    found = section_text.render(blocks, spans)
    official = [span.number for span in spans if span.number]
    assert official == sorted(set(official))
    assert all(a.end <= b.start for a, b in pairwise(spans))
    printed = "".join(block.text for block in blocks[: spans[-1].end] if isinstance(block, Paragraph))
    kept = "".join(section.heading + section.text for section in found)
    assert Counter(squeezed(kept)) + Counter("：") >= Counter(squeezed(printed)) - Counter("。")
    assert len(squeezed(kept)) <= len(squeezed(printed))
    dropped = [block.text for block in blocks[spans[-1].end :] if isinstance(block, Paragraph)]
    foot = [text for text in dropped if text != "附件：1.统计表.xls"]  # attachments are named above it
    assert not foot or foot[0] == "【打印】【关闭】"
    for section in found:
        assert all(0 <= a < b <= len(section.text) for a, b in section.prose)


# --- real documents, where they are at hand


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.skipif(not SEEDS, reason="the five real reports are not at hand")
@pytest.mark.parametrize("seed", SEEDS, ids=lambda path: path.stem[:3])
def test_edges_of_real_reports(seed: Path) -> None:
    found = {section.number: squeezed(section.text) for section in read(seed.read_text(encoding="utf-8"))}
    assert {1, 2, 3, 4, 5, 6} <= set(found)
    gold = json.loads((SHARED / "gold" / f"{seed.stem}.json").read_text(encoding="utf-8"))
    for number, (first, last) in gold["section_edges"].items():
        text = found[int(number)]
        assert squeezed(first)[:25] in text[: 25 + len(squeezed(first))]
        assert squeezed(last) in text[-40 - len(squeezed(last)) :]


PAGE = SHARED / "real" / "pingtan_district_2024_page.html"


@pytest.mark.skipif(not PAGE.exists(), reason="the real page is not at hand")
def test_a_real_page() -> None:
    blocks = read_html(PAGE.read_bytes()).blocks
    assert [(b.n_rows, b.n_columns) for b in blocks if isinstance(b, Grid)] == [(14, 4), (28, 10), (4, 15)]
    found = section_text.render(blocks, sections.split(blocks))
    assert numbers(found) == [0, 1, 2, 3, 4, 5, 6]
    assert found[1].text.startswith("2024年，平潭综合实验区坚持")
    assert found[6].text == "2024年，无收取信息处理费情况。"


def test_a_bare_heading_below_a_long_title_goes_on_with_no_sentence() -> None:
    bare = [heading[2:] for heading in OFFICIAL]
    found = read(report(bare, intro="云岭县文化广电和旅游体育局2023年政府信息公开工作年度报告"))
    assert numbers(found) == [0, 1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("numerals", [("", "", "", "", "", ""), ("1、", "2、", "3、", "4、", "5、", "6、")])
def test_tables_that_come_again_behind_the_report_hide_no_section(numerals: tuple[str, ...]) -> None:
    bare = [heading[2:] for heading in OFFICIAL]
    bare[4] = "存在的主要问题及改进措施"
    text = report([f"{n}{heading}" for n, heading in zip(numerals, bare, strict=True)])
    found = read("\n".join([text, "附件：上年统计表", *TABLES.values()]))
    assert numbers(found) == [0, 1, 2, 3, 4, 5, 6]
    assert found[5].text == PROSE[5] and found[6].text.startswith(PROSE[6])


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("五、存在的主要问题及改进情况 （一）主要问题。公开的深度不够。", 5),
        ("六、其他需要报告的事项（一）收费情况：未收取信息处理费。", 6),
        ("一、总体情况 （一）主动公开 二、主动公开政府信息情况 三、本报告的依据。", None),
        ("一、总体情况 （一）主动公开 （二）依申请公开", None),
    ],
)
def test_a_first_part_may_follow_a_heading_in_its_line_with_a_sentence(line, number):
    found = match_heading(line)
    assert (found and found.number) == number
    assert found is None or line[found.end :].startswith("（一）")


def test_a_section_is_told_by_its_numeral_above_its_table():
    headings = [OFFICIAL[0], "二、政府信息公开的情况", *OFFICIAL[2:]]
    found = read(report(headings))
    assert [section.number for section in found] == [0, 1, 2, 3, 4, 5, 6]
    assert found[1].text == PROSE[1]
    assert 2 not in [section.number for section in read(report(headings, {2: "本节没有表格，情况良好。"}))]


def between_pipes(line: str) -> str:
    return f"| {line.replace(chr(9), ' | ')} |" + "  |" * (15 - line.count("\t"))


def test_headings_in_a_table_of_the_whole_report_are_between_pipes() -> None:
    lines = report().split("\n")
    found = read(
        "\n".join([lines[0], "", between_pipes(""), "|---" * 16 + "|", *map(between_pipes, lines[1:])])
    )
    assert numbers(found) == [0, 1, 2, 3, 4, 5, 6]
    assert [section.heading for section in found[1:]] == OFFICIAL
    assert [section.text for section in found if section.number in PROSE] == list(PROSE.values())
    assert "---" not in found[0].text and found[0].text.endswith("制作本报告。")


def test_headings_alone_in_lines_of_a_padded_table_begin_sections_of_prose_outside() -> None:
    tables = {n: "\n".join(map(between_pipes, text.split("\n"))) for n, text in TABLES.items()}
    headings = [between_pipes(line) if n in tables else line for n, line in enumerate(OFFICIAL, 1)]
    found = read(report(headings, tables))
    assert [section.heading for section in found[1:]] == OFFICIAL
    assert found[1].text == PROSE[1]


def test_a_rule_below_the_last_paragraph_is_none_of_its_text() -> None:
    found = read(report(bodies={1: f"{PROSE[1]}\n+------+------+", 6: f"{PROSE[6]}\n---|---"}))
    assert [found[1].text, found[6].text] == [PROSE[1], PROSE[6]]
