"""Quantities in running text: a number with what it counts or measures, and how exactly it is stated.

Years, dates, times, spans of time, document numbers, articles of law, ordinals,
ranges, telephone numbers and addresses are none: their "units" (年, 日, 号, 楼 …) are
not in the list, or the words around them say so. A number that can be read in two
ways (``1 026条``, 数千万元) is left out: none is better than a wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from pipelines.parse.numbers import CHINESE_DIGITS, CHINESE_SCALES


class Quantity(NamedTuple):
    """A number in a text: ``value`` multiplied out, ``text[start:end]`` with its qualifier and unit."""

    value: int | float
    unit: str
    qualifier: str
    start: int
    end: int


# one character for one, so that positions stay those of the text
_PLAIN = str.maketrans("０１２３４５６７８９．％＋　\u00a0〇", "0123456789.%+  零")
_NOT_PLAIN = re.compile(f"[{''.join(map(chr, _PLAIN))}]")  # quickly found not to be there

# Units; behind "!" the signs that may not follow one: 12部门 are no 12部, 3人民 are no 3人.
_UNITS = """
    人次 件次 条次 篇次 场次 期次 户次 批次 家次 例次 班次 轮次 台次 大类 小类 大项!目 小项!目
    平方公里 平方米 立方米 公里
    个次 千米 公顷 公斤 千克 课时 学时 个百分点 百分点 倍!增数
    条!例件款目 件 篇!章幅 次!性数序日年月 人!民大员事才社力均类物文口防
    期!间限末望刊内待盼初满 场!所馆景地面 个!人别体性 份!额子 家!庭 起!来草点到步诉伏止至始施算 宗!旨教
    元!素旦件宵 项 户!籍外口 名!称单录义额牌 部!门队委级分 处!理置罚分于在室长级境 册
    批!准复评示阅改发量文 例!如外行会 只!有要能是会在需为限 台!账风阶湾 套!餐用取 张!贴 幅!度员 块
    座!谈位席 所!有需在属以列示谓得长辖涉 间!接隔断 辆 棵 株 支!持出付撑队部行援 位!于置列居数 类!似别型
    种!植子类 组!织长成建合员 轮!训流岗值换 本!年级局县区市机行报地部着单级次轮科校镇乡人周月季身 卷!入
    页!面码 字!样体段符 讲!话解座 集!中体合团约成 则 段!落 封!闭面 门!户类口诊票店 节!日能假点约目水 堂
    分!别类为析工解级局管享布散配组批步层钟期之数行会支区 吨 亩 米 斤 单!位独元 笔!者记 趟 %
    通!过知报告道讯信用常行办关达联话俗车识往宵路融缉胀宝畅顺风
"""


_BEGINS_UNIT = "".join(sorted({unit[0] for unit in _UNITS.split()}))


def _unit_pattern() -> str:
    """The units as one alternation, the longest first."""
    pairs = sorted((unit.partition("!") for unit in _UNITS.split()), key=lambda pair: -len(pair[0]))
    units = "|".join(re.escape(unit) + (f"(?![{no}])" if no else "") for unit, _, no in pairs)
    return f"(?=[{_BEGINS_UNIT}])(?:{units})"  # quickly found not to be there


_DIGITS = r"\d{1,3}(?:[,，]\d{3})+(?![\d,，])(?:\.\d+)?|\d+(?:\.\d+)?"
_SIGNS = "一二两三四五六七八九零十百千万"
_GAP = r"[^\S\n]*"  # a line's end parts what belongs to two paragraphs
_SIGN = re.compile(rf"[\d{_SIGNS}]")  # what a quantity begins with: quickly found
# most of what begins so and is none: 2023年, 统一, 进一步
_NO_QUANTITY = re.compile(rf"\d++(?=[年月日])|(?!万)[{_SIGNS}](?![{_SIGNS}亿余多来+（(\s{_BEGINS_UNIT}])")
_QUANTITY = re.compile(
    rf"(?:(?P<hundredth>百分之){_GAP})?"
    rf"(?:(?P<high>\d+){_GAP}(?P<high_scale>[千万亿])零?{_GAP}(?=\d))?"
    rf"(?P<number>{_DIGITS}|[{_SIGNS}]+){_GAP}(?P<more>[余多来+])?"
    rf"{_GAP}(?P<scale>(?!百分点)[百千万亿]{{1,2}})?{_GAP}(?P<more2>[余多+])?"
    rf"{_GAP}(?P<box>[（(](?={_unit_pattern()}[)）]))?(?P<unit>{_unit_pattern()})?(?(box)[)）])"
    rf"(?P<after>{_GAP}(?:[及或]?以[上下内]|左右|上下|之多))?"
)
_SCALE = {"百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
# what may come in parts; 2.3次会议 is item 2 and 3次, if anything
_MEASURED = re.compile(
    r"%|倍|个?百分点|元|分|[课学]时|吨|公?斤|千克|(?:平方|立方|千)?米|(?:平方)?公里|公顷|亩"
)


def in_plain_signs(text: str) -> str:
    """The text with plain digits and signs for full-width ones, each character at its place."""
    return text.translate(_PLAIN) if _NOT_PLAIN.search(text) else text


def quantities(plain: str, start: int, end: int) -> Iterator[Quantity]:
    """The quantities in ``plain[start:end]``, in order; ``plain`` is as :func:`in_plain_signs` gives it.

    1万余人 is 10000, 3600万元 is 36000000 元 (money is in yuan), 12.3% is 12.3 %.
    ``qualifier``: exact, about, more_than, less_than. ``unit`` is "" for a total whose
    own words say what it counts (点击量3201, 粉丝数达2.1万).
    """
    previous = at = start
    while sign := _SIGN.search(plain, at, end):
        if none := _NO_QUANTITY.match(plain, sign.start(), end):
            at = none.end()
            continue
        found = _QUANTITY.match(plain, sign.start(), end)
        at = found.end() if found else sign.end()
        if found is None:
            continue
        quantity = _quantity(plain, found, previous)
        if quantity:
            previous = quantity.end
            yield quantity


def _quantity(text: str, found: re.Match[str], previous: int) -> Quantity | None:
    if not (found["unit"] or found["hundredth"] or _clause_ends(text, _end(found))):
        return None  # nearly all that is none
    value = _value(found)
    if value is None or _is_part_of_another(text, found):
        return None
    qualifier, start = _qualifier(found, text[max(previous, found.start() - 8) : found.start()])
    if not _is_counted(text, found, qualifier):
        return None
    unit = "%" if found["hundredth"] else found["unit"] or ""
    return Quantity(value, unit, qualifier, start, _end(found))


def _end(found: re.Match[str]) -> int:
    """Where a quantity ends, without the blanks behind it."""
    return found.start() + len(found[0].rstrip())


# --- is it one? --------------------------------------------------------------

_NO_QUANTITY_BEFORE = re.compile(
    r"(?:第|(?<![目此之先])前|〔|\[|№|No\.?|编号|文号|[\d零百千万亿][-—–～~/.:：·*×+至到]|\d\s*[十百千万亿]"
    r"|\d\s|(?<![\dA-Za-z—-])[-−－])\s*$"
)
# what ends all that, quickly found not to be there
_ENDS_NO_QUANTITY = frozenset("第前〔[№o.号-–—～~/:：·*×+至到−－十百千万亿0123456789")
# 数千万元, 三至五次
_NO_NUMERAL_BEFORE = re.compile(r"(?:[数几]|成百上)\s*$|[一二三四五六七八九十]\s*[至到]\s*$")
_ORDINALS = re.compile(
    r"第(?:[\d一二三四五六七八九十百]+(?:条|款|项|期|次|批次?|类|季度)?[、,，和及与至到—-]+)+$"
)
_ROAD = re.compile(r"(?:[路街道]|沿?线)\s*$")
_PLACE = re.compile(r"[村社队]\s*$")
_DURATION = re.compile(r"\s*(?:工作日|月|小时|自然日|年|星期|季度|学期|部分|方面|环节|统一|[半多][月年小])")
_RANGE_AFTER = re.compile(rf"\s*[-—–~～至到]\s*[\d{_SIGNS}]")
_QUOTED = {"”": "“", "’": "‘", "ʼ": "‘", "」": "「", "』": "『"}  # what ends a name, and what begins it
_LONGEST_NAME = 60  # characters of a name in which a number may stand
_AVERAGE = re.compile(r"均[^，。；]{0,10}$")
_TOTAL = re.compile(
    r"(?:[\u4e00-\u9fff](?<![天参函号不质])[数量]|信息)(?:[共计总累合达到约为是超过近逾破:：]|突破)*\s*$"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_ANOTHER = re.compile(r"[,，、]\s*\d")  # 信息1、2类: numbers of a list


def _is_part_of_another(text: str, found: re.Match[str]) -> bool:
    """Whether the number belongs to an ordinal, a date, a range, a code, or what is broken off before it."""
    at = found.start()
    first = max(0, at - 6)
    if text[first:at].rstrip()[-1:] in _ENDS_NO_QUANTITY and _NO_QUANTITY_BEFORE.search(text, first, at):
        return True
    if _RANGE_AFTER.match(text, found.end("number")):
        return True
    if not found["number"][0].isdigit() and _NO_NUMERAL_BEFORE.search(text, max(0, at - 3), at):
        return True
    return bool(_ORDINALS.search(text, max(0, at - 30), at))


def _is_counted(text: str, found: re.Match[str], qualifier: str) -> bool:
    """Whether the number counts or measures something."""
    if _is_in_name(text, found):
        return False
    if found["unit"] is None:
        return bool(found["hundredth"]) or _is_total(text, found, qualifier)
    number = found["number"]
    if not number[0].isdigit() and (
        text[found.start() - 1 : found.start()] in ("“", "《", "「", "‘")  # part of a name: “三公”经费
        or (found["scale"] is None and not _is_large(number, qualifier) and not _is_told(text, found))
    ):
        return False
    return not _is_other_measure(text, found)


def _is_in_name(text: str, found: re.Match[str]) -> bool:
    """Whether a number is part of a document's title, or ends the name of one: “民营经济32条”."""
    at, first = found.start(), max(0, found.start() - _LONGEST_NAME)
    if text.rfind("《", first, at) > text.rfind("》", first, at):
        return True
    ends = text[_end(found) : _end(found) + 1]
    begins = _QUOTED.get(ends, "")
    last = at - 1 if begins == "“" else at  # “120条” may be a figure
    return begins != "" and text.rfind(begins, first, last) > text.rfind(ends, first, at)


def _is_total(text: str, found: re.Match[str], qualifier: str) -> bool:
    """A number without a unit: a round one (阅读量突破3万), or behind the name of a total (点击量：3201)."""
    if (found["scale"] or found["number"])[-1] in "万亿":
        return found["number"][0].isdigit() or qualifier != "exact"
    before = max(0, found.start() - 16)
    told = _TOTAL.search(text, before, found.start()) if found["number"][0].isdigit() else None
    if told is None or not told[0].startswith("信息"):
        return told is not None
    return not (_YEAR.fullmatch(found["number"]) or _ANOTHER.match(text, found.end()))


def _is_other_measure(text: str, found: re.Match[str]) -> bool:
    """Whether unit and number are of a time, a place, a name or a list: 3个月, 村5组, 6项目, 2.3次."""
    unit, number, start = found["unit"], found["number"], found.start()
    if unit == "个":
        return bool(_DURATION.match(text, _end(found)))
    if unit == "项":
        return bool(re.match(r"目(?![录标])", text[found.end("unit") : found.end("unit") + 2]))
    if unit == "起":
        return bool(re.fullmatch(r"(?:19|20)\d\d", number))
    if unit == "段":
        return bool(_ROAD.search(text, max(0, start - 3), start))
    if unit == "组":
        return bool(_PLACE.search(text, max(0, start - 2), start))
    if unit == "分":
        return bool(re.search(r"\d[时点]\s*$", text[max(0, start - 4) : start]))
    if "." in number and not found["scale"] and not _MEASURED.fullmatch(unit):
        return not _AVERAGE.search(text, max(0, start - 14), start)
    return False


def _clause_ends(text: str, at: int) -> bool:
    """Whether no word follows; behind a blank the rest of a number may (2 158条)."""
    if text[at : at + 1] == " " and _SIGN.match(text, at + 1):
        return False
    return at >= len(text) or text[at] in "，。；、,;.）)\n 的"


def _is_large(numeral: str, qualifier: str) -> bool:
    """Numerals of one digit belong to names and idioms more often than not (一次性, 三个方面)."""
    if numeral in ("十", "百", "千", "万"):
        return qualifier != "exact"
    return len(numeral) >= 2 and any(c in "十百千万" for c in numeral)


# --- numerals of one digit ---------------------------------------------------

_EVENTS = frozenset(("次", "期", "场", "轮", "批次", "场次", "轮次"))
_PIECES = _EVENTS | frozenset("篇件条份部家名人起例")
_ENDING = _PIECES | frozenset("个项处所块批张封套台册本幅户")  # 新增栏目四个, but not 四个意识
_DOING = re.compile(
    r"(?:了|召开|举办|举行|组织|开展|进行|完成|印发|编发|编印|制定|制发|出台|公开|发布|收到|受理|办理|新增|配备"
    r"|聘请|安排|落实)\s*$"
)
_OFTEN = re.compile(r"每|最多|只|定期|至少|[季月年周日天事跑第再这那同某另逐首]\s*$")
_DONE = re.compile(r"召开|举办|开展|组织|举行|培训|编发|印发|会议|活动|收到|受理|办理|申请|案")
_ONCE = _EVENTS | {"件"}  # what "one" counts: 收到申请一件, but not 一个, 一条


def _is_told(text: str, found: re.Match[str]) -> bool:
    """Whether a numeral of one digit counts what was done: 召开会议三次; not 最多跑一次, 三项制度."""
    number, unit, after = found["number"], found["unit"], found.end("unit")
    if len(number) > 1 or number not in "一二两三四五六七八九":
        return False
    if unit == "倍":
        return True
    clause = re.split(r"[，。；：,;:\n]", text[max(0, found.start() - 40) : found.start()])[-1]
    if _OFTEN.search(clause) or text[after : after + 1] == "事":
        return False
    ends = _clause_ends(text, after) and text[after : after + 1] != "的"
    if unit not in (_ONCE if number == "一" else _ENDING if ends else _PIECES):
        return False
    return bool(_DOING.search(clause)) or (ends and (number != "一" or bool(_DONE.search(clause))))


# --- value -------------------------------------------------------------------

_LONGEST_NUMBER = 20  # characters; what is longer counts nothing


def _value(found: re.Match[str]) -> int | float | None:
    number = found["number"]
    if len(number) > _LONGEST_NUMBER:
        return None
    if number.isdecimal() and not (found["scale"] or found["high"]):
        return int(number)
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
        if sign in CHINESE_SCALES:
            part += (digit or (1 if part == 0 else 0)) * CHINESE_SCALES[sign]
            digit = 0
        elif sign == "万":
            total, part, digit = total + ((part + digit) or 1) * 10_000, 0, 0
        elif sign == "零":
            digit = 0
        elif digit:
            return None
        else:
            digit = CHINESE_DIGITS[sign]
    return Decimal(total + part + digit)


# --- qualifier ---------------------------------------------------------------

_BEFORE = re.compile(
    r"(?P<about>将近|接近|大约|大概|约为|约有|约|近)\s*$"
    r"|(?P<more_than>超过|超出|突破|多于|高于|大于|不少于|不低于|至少|逾|超|破|上|过)\s*$"
    r"|(?P<less_than>不足|不到|少于|低于|小于|不超过|不高于|不多于|未达|最多)\s*$"
)
# what they end with, quickly found not to be there
_ENDS_QUALIFIER = frozenset("近概为有约过出破于低少逾超上足到高多达")
_AFTER = {"上": "more_than", "下": "less_than", "内": "less_than", "左右": "about", "上下": "about"}
# 上 and 过 qualify round numbers only (上千条); elsewhere they end other words (网上5条, 召开过3次)
_ROUND_ONLY = ("上", "过")
_NOT_ROUND_BEFORE = re.compile(r"(?:网|线|以|会|台|址|平台|站|路|通|超|不|经|召开|举办|开展)[上过]$")
_NOT_QUALIFYING = re.compile(r"(?:最|附|靠|邻|临|就|远)近\s*$|(?:预|节|集|违|签|合|公|制)约\s*$")


def _qualifier(found: re.Match[str], before: str) -> tuple[str, int]:
    """(qualifier, where the figure starts with the qualifier before it)."""
    start = found.start()
    printed = _BEFORE.search(before) if before.rstrip()[-1:] in _ENDS_QUALIFIER else None
    if printed and _qualifies(printed, found, before):
        start -= len(before) - printed.start()
    else:
        printed = None
    after = (found["after"] or "").strip()
    if qualifier := _AFTER.get(after) or _AFTER.get(after[-1:] if "以" in after else ""):
        return qualifier, start
    if printed:
        return printed.lastgroup or "exact", start
    return ("more_than" if found["more"] or found["more2"] else "exact"), start


def _qualifies(printed: re.Match[str], found: re.Match[str], before: str) -> bool:
    if _NOT_QUALIFYING.search(before):
        return False
    if printed[0].strip() in _ROUND_ONLY:
        return found["number"] in ("十", "百", "千", "万") and not _NOT_ROUND_BEFORE.search(before.rstrip())
    return True
