"""The headings of the official form, known by their words and not by their numerals.

Source of the titles: 国办公开办函〔2019〕60号 and 〔2021〕30号; the variants are
those that agencies print instead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from pipelines.parse.glyphs import repair_glyphs

# Official title first. Compared without white space, punctuation and numerals.
TITLES: dict[int, tuple[str, ...]] = {
    1: ("总体情况", "总体工作情况", "工作总体情况", "政府信息公开总体情况", "政府信息公开工作总体情况"),
    2: (
        "主动公开政府信息情况",
        "政府信息主动公开情况",
        "主动公开政府信息的情况",
        "主动公开信息情况",
        "主动公开情况",
    ),
    3: (
        "收到和处理政府信息公开申请情况",
        "收到和处理政府信息公开申请",
        "收到和处理政府信息公开申请的情况",
        "收到和办理政府信息公开申请情况",
        "政府信息依申请公开情况",
        "政府信息公开申请收到和处理情况",
        "依申请公开政府信息情况",
        "依申请公开情况",
    ),
    4: (
        "政府信息公开行政复议行政诉讼情况",
        "政府信息公开行政复议和行政诉讼情况",
        "因政府信息公开工作被申请行政复议提起行政诉讼情况",
        "因政府信息公开申请行政复议提起行政诉讼情况",
        "行政复议行政诉讼情况",
    ),
    5: (
        "存在的主要问题及改进情况",
        "存在主要问题和改进情况",
        "存在的主要问题和改进措施",
        "存在的问题及改进情况",
        "主要问题及改进措施",
        "存在问题和改进情况",
    ),
    6: (
        "其他需要报告的事项",
        "其他需要报告的情况",
        "其它需要报告的事项",
        "需要报告的其他事项",
        "其他应当报告的事项",
        "其他报告事项",
    ),
}
_SUBJECT = "(?:(?:政府|政务)?信息公开|政务公开)?(?:工作)?(?:中)?(?:的)?"
# The class of each title, for variants nobody has listed yet.
_CLASSES: dict[int, re.Pattern[str]] = {
    1: re.compile(
        rf"{_SUBJECT}(?:年度)?(?:总体|整体|基本|主要)(?:工作)?(?:开展|进展|完成)?(?:的)?(?:情况|概况|概述)(?:概述)?"
        r"|(?:政府信息公开|政务公开)?(?:工作)?(?:总体)?概[述况]"
        r"|(?:政府信息公开|政务公开)?工作(?:开展|进展|推进)?(?:总体|整体|基本)?情况"
    ),
    2: re.compile(
        r"(?:政府|政务)?(?:信息)?主动公开(?:的)?(?:政府|政务)?(?:信息)?(?:工作)?(?:的)?情况|主动公开(?:政府|政务)信息"
    ),
    3: re.compile(
        r"(?=.*申请)(?:(?:收到|受理|接收|处理|办理|答复|政府|政务|信息|公开|申请|工作|[依和及与的])+情况"
        r"|收到(?:和|及|与)?处理(?:政府)?信息公开申请)"
    ),
    4: re.compile(
        r"(?=.*复议.*诉讼)(?:(?:有关|涉及|政府|政务|信息|公开|工作|申请|引起|引发|提起|行政|复议|诉讼|举报|投诉|收到"
        r"|[因被的和及与或])+情况|政府信息公开行政复议(?:和|及|与)?行政诉讼)"
    ),
    5: re.compile(
        rf"{_SUBJECT}(?:目前)?(?:主要)?(?:存在|面临)?(?:的)?(?:主要|突出|一些)?(?:困难|问题|不足|薄弱环节)"
        r"(?:和|及|与)?(?:存在)?(?:的)?(?:主要)?(?:困难|问题|不足|原因)?(?:以及|和|及|与)?(?:其)?"
        r"(?:下一?步|今后|主要|(?:拟)?采取|具体|20\d\d年|下一?年度?)?(?:的)?(?:工作)?"
        r"(?:改进|整改|完善|解决|打算|措施|计划|思路|努力|安排|对策|建议|办法)(?:的)?(?:工作)?"
        r"(?:情况|措施|工作|办法|方向|打算|意见|建议|计划|思路|安排)?"
        rf"|{_SUBJECT}存在(?:的)?(?:主要)?(?:问题|不足)"
    ),
    6: re.compile(
        rf"{_SUBJECT}其[他它](?:需要|需|须要|须|应当|应予|应|有关)?(?:报告|说明|公布|公开){{0,2}}(?:的)?(?:其[他它])?"
        r"(?:重要|有关|相关)?(?:事项|情况|内容|问题)"
        r"|(?:需要|需|须|应当|应)(?:报告|说明)(?:的)?(?:其[他它])?(?:重要)?(?:事项|情况|内容)|其[他它]"
    ),
}
_WEAK = re.compile(
    r"(?:工作)?概[述况]|(?:总体|工作)概[述况]|基本情况|(?:政府信息公开|政务公开)?工作(?:开展|进展|推进)?情况|主要工作情况"
    r"|依申请公开(?:工作)?情况|主动公开(?:工作)?情况|其[他它](?:有关|重要)?(?:事项|情况|内容|问题)?|.*存在(?:的)?(?:主要)?(?:问题|不足)"
)
_BARE_OTHER = re.compile("其[他它]")  # also a column of the tables: a heading with its numeral only
# whose and of which year: no part of the title
_OWNER = re.compile(
    r"(?:20\d\d年度?)?(?:本?年度)?(?:[我本全](?:县|区|市|旗|镇|乡|街道|局|委|办|中心|单位|机关|部门|行政机关)|行政机关)?(?:的)?"
)
_NUMERAL = re.compile(  # tight: its comma is lost in a PDF
    r"[\s#*>]*(?:"
    r"(?P<top>第?[一二三四五六七八九十]{1,3}(?:部分)?)[\s*]*[、.．,，:：。]"
    r"|(?P<part>第[一二三四五六七八九十]{1,3}部分)"
    r"|(?P<spaced>[一二三四五六七八九十])\s+"
    r"|(?P<tight>[一二三四五六])(?=[总整工概基年主收受依处因政行申信存问困其需])"
    r"|(?P<arabic>\d{1,2})[\s*]*[、.．]"
    r"|(?P<sub>[（(][\s一二三四五六七八九十\d]{1,5}[)）]|[㈠-㈩])[、.．]?"
    r"|(?P<roman>[ⅠⅡⅢⅣⅤⅥ])[、.．\s]?"
    r")?[\s*]*"
)
_DROPPED = re.compile(r"[\W_]+")
_TITLE_CHARS = {number: frozenset("".join(titles)) for number, titles in TITLES.items()}
_CHARS = frozenset("概述基本").union(*_TITLE_CHARS.values())
# the characters that tell a title from the others; a garbled one has kept some
_TELLING = dict(
    enumerate(map(frozenset, ("总体", "主动", "申请", "复议诉讼", "问题改进", "其他报告")), start=1)
)
_FUZZY = 0.78
_LONGEST = 42  # characters of a line that is a heading and nothing else
_FIELDS = 2  # pipes of a line that parts fields
#: what numbers headings, from one to ten
NUMERALS = "一二三四五六七八九十"
# What can follow a heading on its own line: the text itself, but not the next item of a list.
_ENUMERATES = re.compile(r"[、，,；;和及与]|[.．…·]{3}")
_NEXT_TITLE = re.compile(r"[一二三四五六][、.．]|[（(][一二三四五六][)）]|\d{1,3}$")
# what a title may end with: quickly tells prose apart
_ENDS = frozenset(
    re.findall(
        "..",
        "情况概况概述信息申请诉讼问题不足改进整改完善解决打算措施计划思路努力安排对策建议办法工作方向意见事项内容其他其它",
    )
)


@dataclass(frozen=True, slots=True)
class Heading:
    """A line read as the heading of official section ``number``.

    ``score`` 0–1 says how sure its words are; ``end`` is where in the line the
    heading ends (the whole line unless text is glued to it); ``style`` is top
    (一、), sub (（一）, 1.) or bare; ``ordinal`` the printed numeral, 0 without one.
    """

    number: int
    score: float
    end: int
    style: str
    ordinal: int


def match_heading(line: str) -> Heading | None:
    """The official heading that ``line`` is or begins with, None where it is none."""
    return _match(line[:200].rstrip())


@lru_cache(maxsize=4096)
def _match(line: str) -> Heading | None:
    prefix = _NUMERAL.match(line)
    start = prefix.end() if prefix else 0
    if prefix is None or len(_CHARS.intersection(repair_glyphs(line[start : start + 20]))) < 2:
        return None
    title = repair_glyphs(line[start:])
    style, ordinal = _style(prefix)
    found = None if len(title) > _LONGEST else _alone(title, style)
    found = found or _run_in(title, style) or _glued(title)
    if found is None and style != "bare":
        found = _run_together(title)
    if found is None and style == "top" and "。" in title:
        found = _with_first_part(title, style)
    if found is None and len(title) <= _LONGEST:
        found = _garbled(title)
    if found is None:
        return None
    number, score, length = found
    return Heading(number, score, len(line) if length == len(title) else start + length, style, ordinal)


def _style(prefix: re.Match[str]) -> tuple[str, int]:
    kind = prefix.lastgroup or "bare"
    digits = re.sub(r"\W", "", prefix.group(kind)) if kind != "bare" else ""
    ordinal = next((NUMERALS.index(char) + 1 for char in digits if char in NUMERALS), 0)
    if digits.isdigit() and digits.isascii():
        ordinal = int(digits)
    return {"part": "top", "spaced": "top", "tight": "top", "roman": "top", "arabic": "sub"}.get(
        kind, kind
    ), ordinal


def _alone(title: str, style: str) -> tuple[int, float, int] | None:
    bare = _DROPPED.sub("", title)
    if not bare or bare[-2:] not in _ENDS or "\t" in title.strip():
        return None
    if _BARE_OTHER.fullmatch(bare) and style != "top":
        return None
    weak = _WEAK.fullmatch(bare)
    for number, titles in TITLES.items():
        if bare in titles:
            return number, 0.7 if weak else 1.0, len(title)
    own = _OWNER.match(bare)
    words = bare[own.end() :] if own else bare
    for number, pattern in _CLASSES.items():
        if pattern.fullmatch(words):
            return number, 0.55 if weak else 0.9, len(title)
    return None


def _garbled(title: str) -> tuple[int, float, int] | None:
    """A title with a few characters misread."""
    bare = _DROPPED.sub("", title)
    if title.endswith(("。", "；", "、", "，")) or len(bare) < 4 or _GLUE.match(title):
        return None
    best = (0.0, 0)
    for number, titles in TITLES.items():
        if len(_TITLE_CHARS[number].intersection(bare)) < 0.6 * len(set(bare)):
            continue
        if not _TELLING[number].intersection(bare):
            continue
        for known in titles[:2]:
            ratio = SequenceMatcher(None, bare, known, autojunk=False).ratio()
            best = max(best, (ratio, number))
    return (best[1], best[0] * 0.9, len(title)) if best[0] >= _FUZZY else None


_AFTER_TITLE = " 　\t*。：:."
_WHOLE = re.compile("(?:情况|事项|措施)$")  # a title that is not the beginning of another
_GLUE = re.compile(
    "|".join(
        f"(?P<n{number}>"
        + "|".join(
            r"[\s、及和]*".join(title)
            for title in sorted(titles, key=len, reverse=True)
            if _WHOLE.search(title)
        )
        + ")"
        for number, titles in TITLES.items()
    )
)


def _glued(title: str) -> tuple[int, float, int] | None:
    """A title with text glued to it; the text must not go on as a list of titles would."""
    found = _GLUE.match(title)
    rest = title[found.end() :].lstrip(_AFTER_TITLE) if found else ""
    if not found or _ENUMERATES.match(title[found.end() :].lstrip()) or _NEXT_TITLE.match(rest):
        return None
    end = found.end()
    while end < len(title) and title[end] in _AFTER_TITLE:
        end += 1
    return int(str(found.lastgroup)[1:]), 0.75, end


_CUT = re.compile(r"[。：:\s]+")


def _run_in(title: str, style: str) -> tuple[int, float, int] | None:
    """Any title, parted by a full stop, a colon or a blank from the text that goes on in its line."""
    for cut in _CUT.finditer(title, 2, _LONGEST):
        found = _alone(title[: cut.start()], style)
        rest = title[cut.end() :]
        if found is None or not rest:
            continue
        if _ENUMERATES.match(rest) or _NEXT_TITLE.match(rest):
            return None
        return found[0], 0.75 if found[1] > 0.8 else 0.5, cut.end()
    return None


_BEGINS = re.compile(
    r"20\d\d年|[本我全无未]|没有|[（(]?[一1][)）、.]|一是|截至|根据|按照|依据|围绕|今年|目前|下一步|一年来|过去|主要是"
)


def _run_together(title: str) -> tuple[int, float, int] | None:
    """A title that its numeral tells, with the first words of a sentence right behind it."""
    start = found.end() if (found := _OWNER.match(title)) else 0
    for number, pattern in _CLASSES.items():
        words = pattern.match(title, start)
        if words and _BEGINS.match(title, words.end()):
            return number, 0.7, words.end()
    return None


_FIRST_PART = re.compile(r"[\s：:。]*(?=[（(]一[)）])")
_LATER_TITLE = re.compile("[二三四五六]、")


def _with_first_part(title: str, style: str) -> tuple[int, float, int] | None:
    """A title behind which the section's first part, （一）, begins: a sentence ends there, as in no list."""
    cut = _FIRST_PART.search(title, 2, _LONGEST)
    found = _alone(title[: cut.start()], style) if cut else None
    if cut is None or found is None or _LATER_TITLE.search(title, cut.end(), title.index("。")):
        return None
    return found[0], 0.75 if found[1] > 0.8 else 0.5, cut.end()


# the words of a table; of those that prose holds too, with what stands around them
_TABLE_WORDS = {
    2: re.compile(
        "第二十条第?[（(]?[一五六八九]|信息内容.{0,4}(?:本年|上一?年|采购)"
        # from its sign on, which is quickly found: [制新].{1,2}件?数量?
        "|数(?:(?<=[制新].数)|(?<=[制新]..数)|(?<=[制新]..件数))量?.{0,6}(?:本年|对外|现行)"
    ),
    3: re.compile("申请人情况|勾稽关系|新收政府信息公开申请数量|结转下年度继续办理"),
    4: re.compile("结果维持|未经复议直接起诉|复议后起诉"),
}


def table_words(text: str) -> set[int]:
    """The official sections (2, 3, 4) whose table's own words stand in ``text``."""
    if len(text) > _LONGEST and "\t" not in text and "\n" not in text and text.count("|") < _FIELDS:
        return set()  # prose speaks of these things too
    bare = "".join(text.split())
    return {number for number, words in _TABLE_WORDS.items() if words.search(bare)}
