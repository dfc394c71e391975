"""Whether a section says that there is nothing to report (无, 未收到 …): neither zeros nor missing."""

from __future__ import annotations

import re

from pipelines.parse.labels import normal

_LONGEST = 300
_ONLY = re.compile(
    r"[(]?(?:此项|本项|本年度?|以上|均)?(?:内容)?(?:为)?(?:无|没有|暂无|零|不涉及|未涉及|未发生)"
    r"(?:相关|此类|该项)?(?:情况|内容|事项|数据)?[)]?"
)
_SAYS_NONE = re.compile(
    r"(?:没有|暂无|未|无|不涉及)[^,.;:]{0,40}?(?:申请|复议|诉讼|公开|情况|事项|收到|受理|发生|产生|涉及|数据|制发|案件)"
    r"|(?:未收到|未发生|未产生|未涉及|不涉及|未受理|未被|未出现|未制发)"
    r"|(?:申请|复议|诉讼|收到|受理|发生)[^,.;\d]{0,20}(?:为)?(?:0|零)(?:件|条|起|宗|次|项)?"
)
# labels of tables, as a narrow column breaks them too: 结果维 持, 结果 维持 beside 结果 纠正
_TABLE = re.compile("结果维|结果结果|申请人情况|信息内容|自然人")
_POSITIVE = re.compile(r"(?<!\d)0*[1-9]\d*(?:件|条|起|宗|次|项|份)|:0*[1-9]\d*+(?![年月日])")


# what stands above or below a table, or in its place: its name, its unit, a remark
_BESIDE = re.compile(
    r"[(]?(?:附?表[\d一二三四五六]*(?:[:、)]|$)|单位:|统计(?:期限|时间|口径)|注\d?:|备注:|说明:|数据来源|以上数据)"
    r"|(?:统计表|情况表|(?:如下|见下表|见附表)[:。]?)[)]?$"
)


def states_none(text: str) -> bool:
    """Whether ``text``, all that stands in a section, states that there is nothing."""
    return _says_none("".join(line for line in text.split("\n") if not _stands_beside(line)))


def _stands_beside(line: str) -> bool:
    plain = normal(line)
    if not any(map(str.isalnum, plain)):
        return True
    return bool(_BESIDE.search(plain)) and not _says_none(line) and not _POSITIVE.search(plain)


def _says_none(text: str) -> bool:
    plain = normal(text).strip(".,;:、")
    if not plain or len(plain) > _LONGEST or _TABLE.search(plain):
        return False
    if _ONLY.fullmatch(plain):
        return True
    return _SAYS_NONE.search(plain) is not None and _POSITIVE.search(plain) is None
