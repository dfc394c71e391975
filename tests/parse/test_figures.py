"""Figures in prose: values, units, qualifiers, phrases, spans, and numbers that are no figures."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.parse.figures import find
from pipelines.parse.records import Figure, Section

SHARED = Path(__file__).parents[3] / "shared"


def prose(text: str, *spans: tuple[int, int]) -> Section:
    return Section(3, 1, "一、总体情况", text, spans or ((0, len(text)),))


def figures(text: str) -> tuple[Figure, ...]:
    return find(prose(text))


@pytest.mark.parametrize(
    ("text", "value", "unit", "qualifier", "span"),
    [
        ("公开信息42条。", 42, "条", "exact", "42条"),
        ("公开信息 42 条。", 42, "条", "exact", "42 条"),
        ("公开信息４２条。", 42, "条", "exact", "４２条"),
        ("公开信息12,422件。", 12422, "件", "exact", "12,422件"),
        ("公开信息12，422件。", 12422, "件", "exact", "12，422件"),
        ("公开信息:42条。", 42, "条", "exact", "42条"),
        ("公开信息近3000条。", 3000, "条", "about", "近3000条"),
        ("公开信息约3000条。", 3000, "条", "about", "约3000条"),
        ("公开信息大约3000条。", 3000, "条", "about", "大约3000条"),
        ("公开信息3000条左右。", 3000, "条", "about", "3000条左右"),
        ("公开信息350余条。", 350, "条", "more_than", "350余条"),
        ("公开信息350多条。", 350, "条", "more_than", "350多条"),
        ("公开信息超350条。", 350, "条", "more_than", "超350条"),
        ("公开信息超过350条。", 350, "条", "more_than", "超过350条"),
        ("公开信息逾350条。", 350, "条", "more_than", "逾350条"),
        ("公开信息350条以上。", 350, "条", "more_than", "350条以上"),
        ("公开信息突破350条。", 350, "条", "more_than", "突破350条"),
        ("公开信息不足350条。", 350, "条", "less_than", "不足350条"),
        ("公开信息不到350条。", 350, "条", "less_than", "不到350条"),
        ("公开信息低于350条。", 350, "条", "less_than", "低于350条"),
        ("关注用户1万余人。", 10000, "人", "more_than", "1万余人"),
        ("关注用户3万余人次。", 30000, "人次", "more_than", "3万余人次"),
        ("关注用户10余万人。", 100000, "人", "more_than", "10余万人"),
        ("关注用户1.2万人。", 12000, "人", "exact", "1.2万人"),
        ("收费1.2亿元。", 120000000, "元", "exact", "1.2亿元"),
        ("收费14.52万元。", 145200, "元", "exact", "14.52万元"),
        ("收费1.452万元。", 14520, "元", "exact", "1.452万元"),
        ("收费0元。", 0, "元", "exact", "0元"),
        ("按期答复率100%。", 100, "%", "exact", "100%"),
        ("按期答复率98.5％。", 98.5, "%", "exact", "98.5％"),
        ("按期答复率达百分之九十八。", 98, "%", "exact", "百分之九十八"),
        ("办理12345平台工单17件。", 17, "件", "exact", "17件"),
        ("培训三十余次。", 30, "次", "more_than", "三十余次"),
        ("培训十余次。", 10, "次", "more_than", "十余次"),
        ("发放资料一万三千份。", 13000, "份", "exact", "一万三千份"),
        ("留言上万条。", 10000, "条", "more_than", "上万条"),
        ("点击率突破3万，广受好评。", 30000, "", "more_than", "突破3万"),
        ("建成面积1200平方米。", 1200, "平方米", "exact", "1200平方米"),
        ("修路15.6公里。", 15.6, "公里", "exact", "15.6公里"),
        ("编发简报23期。", 23, "期", "exact", "23期"),
        ("走访企业32家。", 32, "家", "exact", "32家"),
        ("群众投诉6起。", 6, "起", "exact", "6起"),
        ("其中QQ群3个。", 3, "个", "exact", "3个"),
        ("惠及1200户。", 1200, "户", "exact", "1200户"),
        ("立项16项。", 16, "项", "exact", "16项"),
        ("公开信息2万3千余条。", 23000, "条", "more_than", "2万3千余条"),
        ("涉及资金1亿3千万元。", 130000000, "元", "exact", "1亿3千万元"),
        ("财政拨款三百二十万元。", 3200000, "元", "exact", "三百二十万元"),
        ("阅读量突破百万次。", 1000000, "次", "more_than", "突破百万次"),
        ("日均访问8.2万次。", 82000, "次", "exact", "8.2万次"),
        ("日均访问2.6次。", 2.6, "次", "exact", "2.6次"),
        ("同比提高3.5个百分点。", 3.5, "个百分点", "exact", "3.5个百分点"),
        ("同比提高3百分点。", 3, "百分点", "exact", "3百分点"),
        ("是上年的2.4倍。", 2.4, "倍", "exact", "2.4倍"),
        ("召开专题会议三次。", 3, "次", "exact", "三次"),
        ("举办两期培训班。", 2, "期", "exact", "两期"),
        ("新增栏目四个。", 4, "个", "exact", "四个"),
        ("举办一期培训班。", 1, "期", "exact", "一期"),
        ("开展活动一次。", 1, "次", "exact", "一次"),
        ("1万零500人参加。", 10500, "人", "exact", "1万零500人"),
        ("补贴2千5百元。", 2500, "元", "exact", "2千5百元"),
        ("粉丝数达2.1万，广受好评。", 21000, "", "exact", "2.1万"),
        ("阅读量破10万的稿件。", 100000, "", "more_than", "破10万"),
        ("点击量：3,201；", 3201, "", "exact", "3,201"),
        ("观看1.2万+人次。", 12000, "人次", "more_than", "1.2万+人次"),
        ("目前20人负责。", 20, "人", "exact", "20人"),
        ("解读率95%及以上。", 95, "%", "more_than", "95%及以上"),
        ("涉及3大类。", 3, "大类", "exact", "3大类"),
        ("接听热线2.3万余通。", 23000, "通", "more_than", "2.3万余通"),
        ("网站公开：856（条）。", 856, "条", "exact", "856（条）"),
        ("发布微信120条（次）。", 120, "条", "exact", "120条"),
        ("点赞量逾三百万。", 3_000_000, "", "more_than", "逾三百万"),
        ("全年收到申请一件，", 1, "件", "exact", "一件"),
        ("落实“放管服”，公开“120条”。", 120, "条", "exact", "120条"),
    ],
)
def test_one_figure(text: str, value: float, unit: str, qualifier: str, span: str) -> None:
    (figure,) = figures(text)
    assert (figure.value, figure.unit, figure.qualifier) == (value, unit, qualifier)
    assert text[figure.start : figure.end] == span
    assert isinstance(figure.value, int) or figure.value != int(figure.value)
    assert figure.section == 3


@pytest.mark.parametrize(
    "text",
    [
        "2020年，我局认真落实。",
        "二〇二〇年度工作要点。",
        "根据国办发〔2020〕17号文件。",
        "国办公开办函〔2021〕30号。",
        "国务院令第711号公布。",
        "按照条例第五十条、第20条第一款规定。",
        "拨打12345热线。",
        "12345平台全年畅通。",
        "电话：0955-8817600，传真：0955—8817601。",
        "邮编755000，地址：某路142号3楼201室。",
        "11月6日至12月31日。",
        "自2020年1月1日起施行。",
        "上午9:30开始，20个工作日内办结。",
        "用时3个月，7×24小时值守。",
        "第3期简报，第12次会议，排名前10名。",
        "一是加强领导，二是完善制度，三个方面发力。",
        "一次性告知，一件事一次办，一条龙服务。",
        "推进“五公开”和“三审三校”。",
        "“十四五”规划，二十大精神，十九届五中全会。",
        "十二个工作日内答复。",
        "12部门联合发文。",
        "条例第19条、20条、21条，第十五条、十六条，第3、5条，第1、2期。",
        "文化路5号院2单元201室，某村5组。",
        "需5个以上工作日，历时2个多月，9时30分开始。",
        "投入数千万元，惠及数十万人，开展十几次、三至五次。",
        "2.3次会议研究，“2+5项”制度。",
        "公开1 026条，办理 1 326 件，同比-12.3%。",
        "每季度开展一次检查，实行一月一次通报，只跑一次。",
        "落实一人一档，完成一件事改革，四张清单。",
        "页码 3\n条目",
        "总数2022年有所增加。",
        "每次3-5人参加。",
        "邮箱gk2020@163.com，网址http://a.gov.cn/2020/12/a1.html。",
        "1.加强领导。2.完善机制。",
        "GB/T 2260标准。",
        "每年3万-5万人次。",
        "“2+N”机制，3.0版本。",
        "成百上千人关注。",
        "每一件申请都答复，做好一件事。",
        "印发《促进民营经济发展30条措施》，落实“稳增长45条”政策。",
        "文件（2022）通过，5通知。",
    ],
)
def test_no_figure(text: str) -> None:
    assert figures(text) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            (
                "2020年，通过网站主动公开信息90条，其中机构职能18条、通知公告42条、"
                "业务资讯30条；微信发布50余条。"
            ),
            [
                ("通过网站主动公开信息", 90),
                ("机构职能", 18),
                ("通知公告", 42),
                ("业务资讯", 30),
                ("微信发布", 50),
            ],
        ),
        ("公开办理了16件建议、提案。", [("公开办理建议、提案", 16)]),
        ("全年举办培训5次，参训300余人次。", [("举办培训", 5), ("参训", 300)]),
        ("一是召开会议3次。二是印发《公开简报》52期。", [("召开会议", 3), ("印发《公开简报》", 52)]),
        ("3万余人次关注平台。", [("关注平台", 30000)]),
        ("组织20名代表参加活动。", [("组织代表", 20)]),
        ("（一）公开情况。今年以来，公开发布78件，不公开33件。", [("公开发布", 78), ("不公开", 33)]),
        ("及时公开信息7条。", [("及时公开信息", 7)]),
        (
            "在12个村（社区）设立公开栏36块。",
            [("在村", 12), ("设立公开栏", 36)],
        ),
        (
            "全县26个单位、8个乡镇编制了目录，涉及26个试点领域、一级公开事项238项。",
            [("全县单位", 26), ("乡镇", 8), ("涉及试点领域", 26), ("一级公开事项", 238)],
        ),
        (
            "对12个乡镇、45个县直部门开展2轮次督查，约谈3个滞后单位。",
            [("对乡镇", 12), ("县直部门", 45), ("开展督查", 2), ("约谈滞后单位", 3)],
        ),
        (
            "成立由县长任组长、1名副县长任副组长、23个部门负责人为成员的领导小组。",
            [("副县长", 1), ("部门负责人", 23)],
        ),
        (
            "邀请5名人大代表、6名政协委员和20名群众代表走进大厅。",
            [("邀请人大代表", 5), ("政协委员", 6), ("群众代表", 20)],
        ),
        ("组织培训2期200人次。", [("组织培训", 2), ("组织培训", 200)]),
        ("走访企业15家、群众230户。", [("走访企业", 15), ("群众", 230)]),
        ("与2023年相比增加3件，较上年减少5件。", [("增加", 3), ("减少", 5)]),
        ("其中3件予以公开，2件信息不存在。", [("予以公开", 3), ("信息不存在", 2)]),
        ("对2名责任人进行约谈。", [("对责任人", 2)]),
        (
            "在全县52个行政村、6个社区设置公开栏58个。",
            [("在全县行政村", 52), ("社区", 6), ("设置公开栏", 58)],
        ),
        ("检查12次并通报2家单位。", [("检查", 12), ("通报单位", 2)]),
        ("涉及土地征收（8件）、房屋拆迁（5件）。", [("涉及土地征收", 8), ("房屋拆迁", 5)]),
        ("工单3215件，较去年同期的4102件下降21.6%。", [("工单", 3215), ("去年同期", 4102), ("下降", 21.6)]),
        ("较2022年收到的25件增加11件。", [("2022年收到", 25), ("增加", 11)]),
        ("设立了公开栏，共68块。", [("设立了公开栏", 68)]),
        ("推送图文987期，共1654条。", [("推送图文", 987), ("推送图文", 1654)]),
        ("减少了约5%，为973条。", [("减少", 5), ("", 973)]),
        ("信息总数为2 158条，检查账号41个次。", [("检查账号", 41)]),
        ("2020年和平街道公开信息73条。", [("和平街道公开信息", 73)]),
        ("与会人员12人，比上年减少7人。", [("与会人员", 12), ("减少", 7)]),
        ("（1）网站公开5条；（2）微信公开8条。", [("网站公开", 5), ("微信公开", 8)]),
        ("工作人员15人（其中专职3人，兼职12人）。", [("工作人员", 15), ("专职", 3), ("兼职", 12)]),
        ("受理申请58件（含上年度结转3件）。", [("受理申请", 58), ("上年度结转", 3)]),
        ("2020年1月至12月公开信息18条。", [("公开信息", 18)]),
        ("报告期内收到申请2件，今年来公开5条。", [("收到申请", 2), ("公开", 5)]),
        ("各派出所均确定1名信息员。", [("各派出所均确定信息员", 1)]),
        ("公开信息(含预报、公告;动态)共163条。", [("公开信息(含预报、公告;动态)", 163)]),
        ("网上公布(制度文件2条,计划5条)。", [("制度文件", 2), ("计划", 5)]),
        (
            "收到申请5件,对其中3件予以公开,1件部分公开。",
            [("收到申请", 5), ("对其中予以公开", 3), ("部分公开", 1)],
        ),
        ("收到申请7件，6件均按时答复，1件结转下年。", [("收到申请", 7), ("按时答复", 6), ("结转下年", 1)]),
    ],
)
def test_phrases(text: str, expected: list[tuple[str, int]]) -> None:
    assert [(f.phrase, f.value) for f in figures(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "政务微博、微信公众号分别发布信息120条、350条。",
            [("政务微博发布信息", 120), ("微信公众号发布信息", 350)],
        ),
        ("行政复议、行政诉讼和投诉分别为3件、2件和1件。", [("行政复议", 3), ("行政诉讼", 2), ("投诉", 1)]),
        (
            "微博、微信分别发布信息120条，关注用户3万人。",
            [("微博、微信分别发布信息", 120), ("关注用户", 30000)],
        ),
        ("粉丝分别为1.2万人和3.5万人。", [("粉丝", 12000), ("粉丝", 35000)]),
    ],
)
def test_names_that_share_figures_out_have_one_each(text: str, expected: list[tuple[str, int]]) -> None:
    assert [(f.phrase, f.value) for f in figures(text)] == expected


def test_only_prose_is_read() -> None:
    text = "公开信息7条。\n行政许可\t3\t0\t228件\n办理8件。"
    table = text.index("行政许可"), text.index("\n办理")
    section = prose(text, (0, table[0] - 1), (table[1] + 1, len(text)))
    found = find(section)
    assert [(f.value, text[f.start : f.end]) for f in found] == [(7, "7条"), (8, "8件")]
    assert find(Section(0, 1, "", text, ())) == ()


@given(st.integers(0, 10**7), st.sampled_from("条件篇次份场期"), st.sampled_from(["", "余", "多"]))
def test_round_trip(number: int, unit: str, more: str) -> None:
    for printed in (str(number), f"{number:,}"):
        (figure,) = figures(f"全年公开信息{printed}{more}{unit}，做到应公开尽公开。")
        assert (figure.value, figure.unit) == (number, unit)
        assert figure.qualifier == ("more_than" if more else "exact")
        assert figure.phrase == "公开信息"


@given(
    st.text(
        alphabet="公开信息0123456789万亿余近约条件人次%，。、.,〔〕第号年月日一二三十百千 \n", max_size=60
    )
)
def test_spans_hold_the_number(text: str) -> None:
    for figure in figures(text):
        words = text[figure.start : figure.end]
        assert re.search(r"[\d一二三十百千万]", words)
        assert figure.unit.rstrip("%") in words
        assert 0 <= figure.start < figure.end <= len(text)


def test_fast() -> None:
    section = prose(
        ("全年通过网站、微信等公开信息1,250条，其中规划计划18条、通知公告142条，接待群众300余人次。") * 40
    )
    find(section)
    start = time.process_time()
    find(section)
    assert time.process_time() - start < 0.1


SEEDS = sorted((SHARED / "seeds").glob("*.txt")) if (SHARED / "seeds").is_dir() else []


def _seed_prose(text: str) -> Section:
    """The lines of a seed that are no table rows, wrapped ones joined."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and "\t" not in line]
    return prose("".join(lines))


@pytest.mark.skipif(not SEEDS, reason="the seed reports are not beside the project")
def test_stated_figures_of_the_seeds() -> None:
    for path in SEEDS:
        gold = json.loads((SHARED / "gold" / f"{path.stem}.json").read_text(encoding="utf-8"))
        found = find(_seed_prose(path.read_text(encoding="utf-8")))
        for phrase, value, unit, inexact in gold["stated_figures"]:
            assert any(
                f.value == value
                and f.unit == unit
                and (f.qualifier != "exact") == inexact
                and phrase in f.phrase
                for f in found
            ), (path.stem, phrase, value)
