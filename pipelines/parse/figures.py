"""Numbers stated in prose: 「微信公众号共发布信息588篇」, 「关注用户1万余人」.

What makes a number a figure is told in :mod:`quantities`; here each one is given
the words that say what it counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from pipelines.parse.quantities import Quantity, in_plain_signs, quantities
from pipelines.parse.records import Figure, Section


def find(section: Section) -> tuple[Figure, ...]:
    """The figures in the prose of a section, in order.

    ``start`` and ``end`` span the number with its qualifier and unit in
    ``section.text`` (近3000条, 1万余人). ``phrase`` is what is counted: the words
    before the number in its clause, with the noun after it where the number stands before it.
    """
    plain = in_plain_signs(section.text) if section.prose else ""
    return tuple(figure for start, end in section.prose for figure in _in_span(section, plain, start, end))


def _in_span(section: Section, plain: str, start: int, end: int) -> Iterator[Figure]:
    spans = list(quantities(plain, start, end))
    shared = _shared(section.text, [(s.start, s.end) for s in spans], start)
    shared |= _changed(section.text, spans, start)
    free, last = start, ""  # from where words are no other figure's, and what the figure before counts
    for number, (value, unit, qualifier, first, behind) in enumerate(spans):
        own = _phrase(section.text, free, first, behind)
        if number in shared:
            own = _Phrase(shared[number], behind)
        elif not own.words and not section.text[free:first].strip("、和及共计约的（( ，,"):
            own = _Phrase(last, behind)  # 培训2期200人次
        elif not own.words:
            own = _Phrase(_clause_before(section.text, free, first), own.end)
        free, last = own.end, own.words
        yield Figure(section.ordinal, own.words, value, unit, qualifier, first, behind)


_CLAUSE = re.compile(r"[，。；：！？,;:!?\n\t]")
_SENTENCE = re.compile(r"[。；：！？;:!?\n\t]")
_HE = r"和(?![谐平睦田县顺政硕静林龙])"  # 和平街道, 和田 are names
_AND = rf"(?:、|{_HE}|(?<!参)与|(?:以|(?<![涉普提]))及(?!时))"
_JOINED = re.compile(rf"{_AND}$")
_SHARED_OUT = re.compile(r"^(?P<names>[^，。；：]+?)分别(?P<verb>[^、，。；：]{0,12})$")
_NAMES = re.compile(_AND)
# 行政许可事项由原来的29项精简为22项, 从原有的29个账号整合为22个
_FROM = re.compile(
    r"(?P<what>[^，。；：]{2,}?)??(?:已经?|均)?[由从](?:原来?|原有|原先|以前|改革前|最初|(?:20\d\d|去|上)年(?:度|同期|底)?|上一年度?)?的?$"
)
_TO = re.compile(
    r"(?P<what>[^，。；：、\d]{0,12}?)(?:精简|压缩|压减|合并|整合|归并|缩短|缩减|减少|增加|增长|增至|提高|提升|下降|降低|上升|扩大|拓展|调整|优化"
    r"|[增减升降缩])+(?:为|至|到|成)(?:现在|目前|如今|(?:20\d\d|今|本)年)?的?"
)
_BETWEEN = re.compile(rf"\s*(?:，|{_AND})\s*")
_LEAD = re.compile(
    rf"^(?:[（(][一二三四五六七八九十\d]+[）)]|[、\s（(）)]|{_HE}|与(?!会)|及(?!时)|并(?!联)|其中|以及|包括|含|"
    r"分别为|分别是|另有|还有|同时|截至目前|截止目前|截[至止](?:20)?\d*年?\d*月?\d*日?[底末]?|今年以来|去年以来|"
    r"[较比](?:上年|去年|上一?年度?)(?:同期)?|(?:20\d\d年|上年|去年|上一?年度?)?(?:同期)?(?:相比|比(?![升增降减]))(?!例)|"
    r"一年来|全年|年内|报告期内|今年来?|本年度?|"
    r"(?:20\d\d)年(?:度|以来|底|末|全年)?|(?:\d{1,2}月?[至到—–~-])?\d{1,2}月(?:\d{1,2}日|份)?|"
    r"[一二三四五六七八九十]是|"
    r"\d{1,2}[.、．](?!\d)|[一二三四五六七八九十]+、)+"
)
_TAIL = re.compile(
    r"(?:[、（(\s]|分别|共计|总计|合计|累计|共有|共|达到|达|为|计|了|有|是|约|各|等|的|(?<!平)均|已|数量|总数)+$"
)
# 较去年同期的4102件: a number of another time
_COMPARED = re.compile(
    r"(?:[较比与同]|相比)((?:20\d\d年度?|去年|上一?年度?)(?:全年|同期)?(?:[^，。；：！？,;:!?\n\d]{0,12}(?=的$))?)的?$"
)
_LONGEST_NOUN = 40  # signs; of a longer one the first of its parts
_LISTED = re.compile(rf"(?:24小时)?[^，。；：！？,;:!?\n（）()\d]{{1,{_LONGEST_NOUN}}}")
_WITH_TITLE = re.compile(
    r"[^，。；：！？,;:!?\n（）()\d]*?《[^《》\n]{1,60}》[^，。；：！？,;:!?\n（）()\d]{0,20}"
)
_ASIDE = re.compile(r"[（(][^（）()\d]{1,12}[)）]")
_NOUN_END = re.compile(
    r"^(?:并|被|已|均|全部|同比|较|比).*$|^等$|"
    r"(?<!^)(?:参加|进行|开展|(?<!存)在|(?<!一)并|被|都?已|均|全[部都]|得到|关注|实现|通过|走进|(?<!不)及时|做到|予以|可以?(?=通过|在|实现)|"
    r"编制|(?<![责主])任(?![务职])|为|负责(?!人)|落实|完成|设置|设立|建立|建成|召开|举办|发放).*$"
)
_DONE = re.compile(  # 6件均按时答复, 3件（含上年1件）已办结
    r"(?P<aside>[（(][^（）()]*[）)])?(?:均|都|全部|已经?|被)+(?P<what>[^，。；：！？,;:!?\n（）()\d]{2,20})"
)
# behind these stands what is counted: 公开了 3件提案, 全县 12个乡镇
_BEFORE_NOUNS = """
    办理 公开 召开 开展 举办 举行 发布 组织 邀请 受理 处理 印发 制定 出台 收到 回复 答复 编制 培训 建立 设立
    设置 开设 保留 清理 关停 新增 完成 解决 整改 发现 制作 发放 接待 审查 审核 报送 推送 更新 转载 拥有 根据
    按照 围绕 通过 依托 涉及 辖 包括 涵盖 含 明确 联合 部署 承担 推进 推动 审议 学习 提出 提供 吸引 覆盖 走访
    慰问 投入 安排 筹集 选派 抽调 配备 购置 安装 搭建 打造 创建 聘请 检查 督查 督办 约谈 通报 抽查 梳理 归集
    汇总 采纳 征集 收集 增设 确定 指定 在 征求 调整 取消 下放 承接 转办 交办 承办 及 对 等 了 有 的 将 共 计
    全省 全市 全县 全区 全旗 全镇 全乡 全州 全盟 辖区 辖区内 省直 市直 县直 区直 旗直 各级 为
    其中 其余 剩余 除 接到 接收 主办 参与 参加 开辟 撤销 撤消 注销 合并 录制 推出 刊发
    建成 清理出 整理出 梳理出
"""
_NOUN_FOLLOWS = tuple(_BEFORE_NOUNS.split())


class _Phrase(NamedTuple):
    """What a figure counts, and where its words, or the figure itself, end."""

    words: str
    end: int


def _phrase(text: str, free: int, start: int, end: int) -> _Phrase:
    """What the figure counts; its words stand in the text around it, those before it from ``free`` on."""
    if compared := _COMPARED.search(text, max(free, start - 30), start):
        return _Phrase(compared[1], end)
    left = _left(text, free, start)
    begins_item = _JOINED.search(left) is not None  # 12个乡镇、45个部门
    words = "" if begins_item else _TAIL.sub("", left)
    if words and (not left.endswith(_NOUN_FOLLOWS) or left.endswith("分别为")):
        return _Phrase(words, end)
    right, behind = _right(text, end)
    if begins_item and not right:
        words = _TAIL.sub("", left)
    if not words and not right and (done := _DONE.match(text, end)):
        return _Phrase(done["what"], end if done["aside"] else done.end())
    return _Phrase((words + right).strip() or words, behind)


def _left(text: str, free: int, start: int) -> str:
    clause = text[max(free, start - 120) : start]
    bracketed = "（" in clause or "(" in clause
    masked = _IN_BRACKETS.sub(_masked, clause) if bracketed else clause
    cuts = [m.end() for m in _CLAUSE.finditer(masked)]
    if cuts and not clause[cuts[-1] :].strip() and clause[cuts[-1] - 1] in "：:":
        cuts.pop()  # 公开信息：28条
    clause = clause[cuts[-1] if cuts else 0 :].strip("，。；：！？,;:!? \n")
    open_brackets = [*_OPEN_BRACKET.finditer(clause)] if bracketed else ()
    if open_brackets:
        clause = clause[open_brackets[-1].end() :] or clause  # 工作人员（专职3人）, but 土地征收（8件）
    return _without_lead(clause).strip()


def _without_lead(clause: str) -> str:
    """A clause without the words that it begins with and that say nothing of what is counted."""
    lead = _LEAD.match(clause)
    return clause[lead.end() :] if lead else clause


_IN_BRACKETS = re.compile(r"[（(][^（）()]*[)）]")
_OPEN_BRACKET = re.compile(r"[（(](?=[^（）()]*(?:[（(][^（）()]*[)）][^（）()]*)*$)")


def _masked(found: re.Match[str]) -> str:
    """As many signs that part no clauses: 各类信息（含动态、公告；公示）共28条."""
    return "（" + "-" * (len(found[0]) - 2) + "）"


def _clause_before(text: str, free: int, start: int) -> str:
    """What the clause before that of a figure says, if no other figure stands in it: 设了公开栏，共68块."""
    *_, before, own = re.split(r"[，,]", "，，" + _SENTENCE.split(text[max(0, start - 60) : start])[-1])
    begins = start - len(own) - 1 - len(before)
    return _TAIL.sub("", _without_lead(before)).strip() if free <= begins else ""


def _right(text: str, end: int) -> tuple[str, int]:
    """The noun behind a figure and where it ends; of several before another figure only the first."""
    found = _LISTED.match(text, end)
    if not found or found[0][0] == "、":
        return "", end
    if "《" in found[0]:
        found = _WITH_TITLE.match(text, end) or found
    noun = found[0]
    if text[found.end() : found.end() + 1].isdigit() or len(noun) >= _LONGEST_NOUN:
        noun = noun.partition("、")[0]
    noun = _NOUN_END.sub("", noun)
    aside = _ASIDE.match(text, end + len(noun))  # 12个村（社区）
    return _JOINED.sub("", noun.strip(" 、的").rstrip("到至")), aside.end() if aside else end + len(noun)


def _shared(text: str, spans: Sequence[tuple[int, int]], start: int) -> dict[int, str]:
    """What the figures of a row count that names are shared out to: 微博、微信分别发布120条、350条."""
    found: dict[int, str] = {}
    for number, (first, _) in enumerate(spans):
        previous = spans[number - 1][1] if number else start
        if "分别" not in text[previous:first]:
            continue
        hit = _SHARED_OUT.search(_left(text, previous, first))
        if hit is None:
            continue
        names = _NAMES.split(hit["names"])
        row = [number]
        while row[-1] + 1 < len(spans) and _BETWEEN.fullmatch(
            text[spans[row[-1]][1] : spans[row[-1] + 1][0]]
        ):
            row.append(row[-1] + 1)
        if len(row) == len(names) > 1:
            verb = _TAIL.sub("", hit["verb"])
            found |= {index: name.strip() + verb for index, name in zip(row, names, strict=True)}
    return found


def _changed(text: str, spans: Sequence[Quantity], start: int) -> dict[int, str]:
    """What two figures count of which the later took the place of the earlier: 由原来的29项精简为22项."""
    found: dict[int, str] = {}
    for number, (one, other) in enumerate(pairwise(spans)):
        if one.unit != other.unit or not (to := _TO.fullmatch(text, one.end, other.start)):
            continue
        before = _left(text, spans[number - 1].end if number else start, one.start)
        if hit := _FROM.match(before):
            what = hit["what"] or to["what"]
            found |= {number: before.removesuffix("的") + to["what"], number + 1: what}
    return found
