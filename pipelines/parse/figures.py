"""Numbers stated in prose: 「微信公众号共发布信息588篇」, 「关注用户1万余人」.

What makes a number a figure is told in :mod:`quantities`; here each one is given
the words that say what it counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.parse.quantities import in_plain_signs, quantities
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
    previous = start
    for value, unit, qualifier, first, last in quantities(plain, start, end):
        phrase = _phrase(section.text, previous, first, last)
        previous = last
        yield Figure(section.ordinal, phrase, value, unit, qualifier, first, last)


_CLAUSE = re.compile(r"[，。；：！？,;:!?\n\t]")
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
