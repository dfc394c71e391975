"""Numbers stated in prose: 「微信公众号共发布信息588篇」, 「关注用户1万余人」.

A figure is a number with a unit of counting or measuring, or a percentage. Years,
dates, times, spans of time, document numbers, articles of law, ordinals, ranges,
telephone numbers and addresses are none: their "units" (年, 日, 号, 楼 …) are not in
the list, or the words around them say so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from pipelines.parse.records import Figure, Section

# one character for one, so that positions stay those of the section's text
_PLAIN = str.maketrans("０１２３４５６７８９．％　\u00a0〇", "0123456789.%  零")

# Units; behind "!" the signs that may not follow one: 12部门 are no 12部, 3人民 are no 3人.
_UNITS = """
    人次 件次 条次 篇次 场次 期次 户次 批次 家次 例次 班次 平方公里 平方米 立方米 公里 千米 公顷 公斤
    千克 课时 学时 条!例件款目 件 篇!章幅 次!性数序日年月 人!民大员事才社力均类物文口防
    期!间限末望刊内待盼初满 场!所馆景地面 个!人别体性 份!额子 家!庭 起!来草点到步诉伏止至始施算 宗!旨教
    元!素旦件宵 项 户!籍外口 名!称单录义额牌 部!门队委级分 处!理置罚分于在室长级境 册
    批!准复评示阅改发量文 例!如外行会 只!有要能是会在需为限 台!账风阶湾 套!餐用取 张!贴 幅!度员 块
    座!谈位席 所!有需在属以列示谓得长辖涉 间!接隔断 辆 棵 株 支!持出付撑队部行援 位!于置列居数 类!似别型
    种!植子类 组!织长成建合员 轮!训流岗值换 本!年级局县区市机行报地部着单级次轮科校镇乡人周月季身 卷!入
    页!面码 字!样体段符 讲!话解座 集!中体合团约成 则 段!落 封!闭面 门!户类口诊票店 节!日能假点约目水 堂
    分!别类为析工解级局管享布散配组批步层钟期之数行会支区 吨 亩 米 斤 单!位独 笔!者记 %
"""


def _unit_pattern() -> str:
    """The units as one alternation, the longest first."""
    pairs = sorted((unit.partition("!") for unit in _UNITS.split()), key=lambda pair: -len(pair[0]))
    return "|".join(re.escape(unit) + (f"(?![{no}])" if no else "") for unit, _, no in pairs)


_UNIT = _unit_pattern()
_DIGITS = r"\d{1,3}(?:[,，]\d{3})+(?![\d,，])(?:\.\d+)?|\d+(?:\.\d+)?"
_NUMERAL = r"[一二两三四五六七八九零十百千万]+"
_FIGURE = re.compile(
    rf"(?:(?P<hundredth>百分之)\s*)?(?:(?P<high>\d+)\s*(?P<high_scale>[万亿])\s*(?=\d))?"
    rf"(?P<number>{_DIGITS}|{_NUMERAL})\s*(?P<more>余|"
    rf"多|来)?\s*(?P<scale>[百千万亿]{{1,2}})?\s*(?P<more2>余|多|来)?\s*"
    rf"(?P<unit>{_UNIT})?(?P<after>\s*(?:以上|以下|以内|左右|上下|之多))?"
)
_SCALE = {"百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}

_BEFORE = re.compile(
    r"(?P<about>将近|接近|大约|大概|约为|约有|约|近)\s*$"
    r"|(?P<more_than>超过|超出|突破|多于|高于|大于|不少于|不低于|至少|逾|超|上|过)\s*$"
    r"|(?P<less_than>不足|不到|少于|低于|小于|不超过|不高于|不多于|未达|最多)\s*$"
)
_AFTER = {
    "以上": "more_than",
    "之多": "exact",
    "以下": "less_than",
    "以内": "less_than",
    "左右": "about",
    "上下": "about",
}
# 上 and 过 qualify round numbers only (上千条); elsewhere they end other words (网上5条, 召开过3次)
_ROUND_ONLY = ("上", "过")
_NOT_ROUND_BEFORE = re.compile(r"(?:网|线|以|会|台|址|平台|站|路|通|超|不|经|召开|举办|开展)[上过]$")

_NO_FIGURE_BEFORE = re.compile(
    r"(?:第|前|〔|\[|№|No\.?|编号|文号|[\d零百千万亿][-—–~～/.:：至到]|\d\s*[十百千万亿])\s*$"
)
_DURATION = re.compile(r"\s*(?:工作日|月|小时|自然日|年|星期|季度|学期|百分点|部分|方面|环节|统一)")
_RANGE_AFTER = re.compile(r"\s*[-—–~～至到]\s*\d")


def find(section: Section) -> tuple[Figure, ...]:
    """The figures in the prose of a section, in order.

    ``start`` and ``end`` span the number with its qualifier and unit in
    ``section.text`` (近3000条, 1万余人). ``value`` is multiplied out (1万余人 is
    10000, 3600万元 is 36000000 with unit 元); money is in yuan, percentages are as
    printed with unit %. ``phrase`` is what is counted: the words before the
    number in its clause, with the noun after it where the number stands before it.
    """
    text = section.text.translate(_PLAIN)
    return tuple(figure for start, end in section.prose for figure in _in_span(section, text, start, end))


def _in_span(section: Section, text: str, start: int, end: int) -> Iterator[Figure]:
    previous = start
    for found in _FIGURE.finditer(text, start, end):
        figure = _figure(section, text, found, previous)
        if figure:
            previous = figure.end
            yield figure


def _figure(section: Section, text: str, found: re.Match[str], previous: int) -> Figure | None:
    before = text[max(previous, found.start() - 8) : found.start()]
    value = _value(found)
    if value is None or _NO_FIGURE_BEFORE.search(text[max(0, found.start() - 4) : found.start()]):
        return None
    qualifier, start = _qualifier(found, before)
    if not _is_counted(text, found, qualifier):
        return None
    unit = "%" if found["hundredth"] else found["unit"] or ""
    end = _end(found)
    phrase = _phrase(text, previous, start, end)
    return Figure(section.ordinal, phrase, value, unit, qualifier, start, end)


def _end(found: re.Match[str]) -> int:
    if found["after"]:
        return found.end("after")
    for part in ("unit", "more2", "scale", "more", "number"):
        if found[part]:
            return found.end(part)
    return found.end()


def _is_counted(text: str, found: re.Match[str], qualifier: str) -> bool:
    """Whether the number counts or measures something."""
    number, unit = found["number"], found["unit"]
    if unit is None:
        large = found["scale"] and found["scale"][-1] in "万亿"
        return bool(found["hundredth"]) or bool(
            large and qualifier != "exact" and _clause_ends(text, found.end())
        )
    if found["scale"] is None and not number[0].isdigit() and not _is_large(number, qualifier):
        return False
    if unit == "个" and _DURATION.match(text, found.end("unit")):
        return False
    if unit == "项" and re.match(r"目(?![录标])", text[found.end("unit") : found.end("unit") + 2]):
        return False
    if unit == "起" and re.fullmatch(r"(?:19|20)\d\d", number):
        return False
    if _is_series_number(text, found):
        return False
    return not _RANGE_AFTER.match(text, found.end("number"))


def _is_series_number(text: str, found: re.Match[str]) -> bool:
    """A numeral that is part of a name: 三公经费, 十四五 …, or a list mark glued to a word."""
    return (
        text[found.start() - 1 : found.start()] in ("“", "《", "「", "‘") and not found["number"][0].isdigit()
    )


def _clause_ends(text: str, at: int) -> bool:
    return at >= len(text) or text[at : at + 1] in "，。；、,;.）)\n 的"


def _is_large(numeral: str, qualifier: str) -> bool:
    """Numerals of one digit belong to names and idioms more often than not (一次性, 三个方面)."""
    if numeral in ("十", "百", "千", "万"):
        return qualifier != "exact"
    return len(numeral) >= 2 and any(c in "十百千万" for c in numeral)


def _value(found: re.Match[str]) -> int | float | None:
    number = found["number"]
    base = Decimal(re.sub("[,，]", "", number)) if number[0].isdigit() else _numeral(number)
    if base is None:
        return None
    for sign in found["scale"] or "":
        base *= _SCALE[sign]
    if found["high"]:  # 1亿3千万
        unit = _SCALE[found["high_scale"]]
        if base >= unit:
            return None
        base += int(found["high"]) * unit
    return int(base) if base == base.to_integral_value() else float(base)


def _numeral(text: str) -> Decimal | None:
    """十二 → 12, 一万三千 → 13000; None where the signs don't make a number."""
    total, part, digit = 0, 0, 0
    for sign in text:
        if sign in "十百千":
            part += (digit or (1 if part == 0 else 0)) * {"十": 10, "百": 100, "千": 1000}[sign]
            digit = 0
        elif sign == "万":
            total, part, digit = total + ((part + digit) or 1) * 10_000, 0, 0
        elif sign == "零":
            digit = 0
        elif digit:
            return None
        else:
            digit = {"两": 2}.get(sign) or "零一二三四五六七八九".index(sign)
    return Decimal(total + part + digit)


def _qualifier(found: re.Match[str], before: str) -> tuple[str, int]:
    """(qualifier, where the figure starts with the qualifier before it)."""
    start = found.start()
    printed = _BEFORE.search(before)
    if printed and _qualifies(printed, found, before):
        start -= len(before) - printed.start()
    else:
        printed = None
    if found["after"] and (after := _AFTER[found["after"].strip()]) != "exact":
        return after, start
    if printed:
        return printed.lastgroup or "exact", start
    return ("more_than" if found["more"] or found["more2"] else "exact"), start


def _qualifies(printed: re.Match[str], found: re.Match[str], before: str) -> bool:
    word = printed[0].strip()
    if word == "近" and re.search(r"(?:最|附|靠|邻|临|就|远)近\s*$", before):
        return False
    if word == "约" and re.search(r"(?:预|节|集|违|签|合|公|制)约\s*$", before):
        return False
    if word in _ROUND_ONLY:
        return found["number"] in ("十", "百", "千", "万") and not _NOT_ROUND_BEFORE.search(before.rstrip())
    return True


# --- phrase ------------------------------------------------------------------

_CLAUSE = re.compile(r"[，。；：！？,;:!?\n]")
_LEAD = re.compile(
    r"^(?:[、和与\s（(]|及(?!时)|并(?!联)|其中|以及|包括|分别为|分别是|另有|还有|"
    r"同时|截至目前|截止目前|截至(?:20)?\d*年?\d*月?\d*日?底?|今年以来|去年以来|"
    r"一年来|全年|年内|本年度?|"
    r"(?:20\d\d)年(?:度|以来|底|末|全年)?|\d{1,2}月\d{1,2}日|\d{1,2}月份?|"
    r"[一二三四五六七八九十]是|[（(][一二三四五六七八九十\d]+[）)]|"
    r"\d{1,2}[.、．](?!\d)|[一二三四五六七八九十]+、)+"
)
_TAIL = re.compile(
    r"(?:[、（(\s]|共计|总计|合计|累计|共有|共|达到|达|为|计|了|有|是|约|各|等|的|数量|总数)+$"
)
_LISTED = re.compile(r"[^，。；：！？,;:!?\n（）()\d]{1,20}")
_NOUN_END = re.compile(r"(?<!^)(?:参加|进行|开展|在|并|被|已|均|全部|得到|关注|实现|通过|走进|及时|做到).*$")
_VERB_END = re.compile(
    r"(?:办理|公开|召开|开展|举办|举行|发布|组织|邀请|受理|处理|印发|制定|出台|收到|"
    r"回复|答复|编制|培训|建立|设立|设置|开设|保留|清理|关停|新增|完成|解决|整改|"
    r"发现|制作|发放|接待|审查|审核|报送|推送|更新|转载|拥有|根据|按照|围绕|通过|"
    r"依托|涉及|辖|包括|涵盖|含|明确|联合|及|对|等|了|有|为|的|将|共|计)$"
)


def _phrase(text: str, previous: int, start: int, end: int) -> str:
    """What the figure counts; its words stand in the text around it."""
    left = _left(text, previous, start)
    bare = _TAIL.sub("", left)
    if bare and not _VERB_END.search(left):
        return bare
    right = _right(text, end)
    return (bare + right).strip() or bare


def _left(text: str, previous: int, start: int) -> str:
    clause = text[max(previous, start - 60) : start]
    cuts = [m.end() for m in _CLAUSE.finditer(clause)]
    if cuts and not clause[cuts[-1] :].strip():
        cuts.pop()  # 公开信息：28条
    clause = clause[cuts[-1] if cuts else 0 :].strip("，。；：！？,;:!? \n")
    return _LEAD.sub("", clause).strip()


def _right(text: str, end: int) -> str:
    found = _LISTED.match(text, end)
    if not found or found[0][0] == "、":
        return ""
    return _NOUN_END.sub("", found[0]).strip(" 、的")
