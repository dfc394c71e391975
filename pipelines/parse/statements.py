"""What prose states clearly enough to be held against the tables: applications received, cases brought.

Silence is better than a false alarm. A statement counts only where its clause
speaks of all applications (or cases) of the year: not of a carried-over rest,
another year or another office, and not roughly. What it says of a channel or a kind of
applicant is a part of the whole, and never more than it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipelines.parse.records import Section
from pipelines.parse.titles import compact


@dataclass(frozen=True, slots=True)
class Statement:
    """A number that prose states, and its words. ``year`` is the one its sentence names, if any.

    ``part``: it counts a part of what the table counts, so that the table has at least as many.
    """

    value: int
    words: str
    year: int | None = None
    received: bool = True
    part: bool = False


@dataclass(frozen=True, slots=True)
class ApplicationStatements:
    """What prose states of all applications received, 0 for 未收到, and of those that came by a channel or
    from a kind of applicant.
    """

    whole: tuple[Statement, ...]
    parts: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class ReviewStatements:
    """What prose states of reconsiderations and of lawsuits about disclosure."""

    reconsideration: tuple[Statement, ...]
    lawsuit: tuple[Statement, ...]


_COUNT = r"(?P<count>\d{1,3}(?:,\d{3})+|\d+)(?:件|份|宗|项|起|个|条|例)(?!次|以上|左右|以内)"
_APPLICATION = (
    r"(?:政府信息公开(?:的)?申请|信息公开(?:的)?申请|"
    r"依申请公开(?:政府)?信息(?:申请|公开申请|事项)?|(?:政府信息)?依申请公开(?:申请|件|事项|(?=共?\d|的?数量))|"
    r"依申请政府信息公开(?:申请|事项)|申请公开(?:的)?政府信息(?:的)?(?:要求|申请)?|"
    r"公开政府信息(?:的)?申请|公开信息(?:的)?申请|政府信息申请)"
)
# all who may apply, in the words of the regulation: no part of the applicants
_EVERYBODY = re.compile(
    r"(?:公民|自然人|个人)、?(?:法人)(?:和|及|或者?|以及)其[他它]组织(?:向(?:我|本)?(?:机关|单位|局|办|镇|乡|街道))?"
    rf"(?:提出|提交)?的?(?={_APPLICATION}|依申请公开|申请公开)"
)
_GOT = r"(?P<verb>收到|新收|接收|接到|受理)(?:并(?:受理|办理|答复|处理)|和受理|、受理|的)?"
# whose applications, or how they came: 收到群众通过邮寄、网络提交的各类政府信息公开申请
_WHOSE = (
    r"(?P<whose>(?:[^,。;:!?\d]{1,24}?(?:提交|提出)的|自然人|公民|企业|群众|市民|网上|网络|在线|信函|当面)?)"
)
_RECEIVED = (
    re.compile(
        rf"{_GOT}{_WHOSE}(?:全部|各类|各种)?{_APPLICATION}(?:表|书|事项|情况|的?数量|数|总数)?(?:共计|"
        rf"总计|合计|共|为|达到|达|:)?{_COUNT}"
    ),
    re.compile(rf"{_GOT}{_WHOSE}(?:各类|各种)?{_COUNT}(?:的)?{_APPLICATION}"),
    re.compile(
        rf"{_APPLICATION}(?:共计|共)?(?P<verb>收到|新收|受理)(?P<whose>)(?:数量)?(?:共计|共|为|:)?{_COUNT}"
    ),
)
# what the last of them holds, quickly found not to be there
_NAMED_FIRST = re.compile("[请息项件求](?:共计|共)?(?:收到|新收|受理)")
_NOT_RECEIVED = re.compile(
    rf"(?:未曾|从未|没有|均未|尚未|未|无)(?:收到|接到|接收到|受理)(?:过|到)?(?:和(?:处理|办理))?(?:任何|"
    rf"有关|关于|相关|公民、法人(?:和|或)其他组织(?:的)?|书面)?"
    rf"(?:{_APPLICATION}|申请公开(?:政府)?信息|依申请公开)"
)
# a channel, or a kind of applicant
_PART = re.compile(
    r"网上|网络|平台|在线|互联网|系统|信函|邮寄|邮件|邮政|信件|当面|现场|窗口|传真|电话|口头|"
    r"自然人|法人|企业|公民|组织|网站收|通过(?:政府|门户)网"
)
# another time, office or matter
_ANOTHER = re.compile(
    r"其中|结转|上年|去年|同比|环比|较20|历年|以来|累计至|咨询|"
    r"本级|政府办|办公室|乡镇|各镇|各乡|(?<![本我])街道|(?<![本我])部门|(?<![本我])单位|直属|"
    r"(?:县|区|市|旗|镇|乡)(?:人民)?政府(?!信息|网|门户)|(?<!本)机关收|所属|"
    r"下属|派出|分局|计划|将|如|若|的\d|近|约|超|余|"
    r"(?<!针)对(?:所)?收到|就收到|季度|半年|月份|至(?:[1-9]|1[01])月"
)
_AFTER_REST = re.compile(
    r"^(?!.{0,3}(?:[比较同与]|[无没]))[^。;]{0,4}(?:含|包括|其中)?[^。;]{0,4}(?:上年|结转|去年|上一年)|^\([^()]*以来"
)
_YEAR = re.compile(r"(20\d\d)年")
_CLAUSE_END, _SENTENCE_END = re.compile("[。;,!?:]"), re.compile("[。;!?]")
_NUMBERS = (None, 0, 1, 3, 4, 6)


def texts_of(sections: Iterable[Section]) -> tuple[str, ...]:
    """The prose in which statements are looked for, compact, a text for each section."""
    return tuple(_prose(sections))


def applications(texts: Iterable[str]) -> ApplicationStatements:
    """How many applications prose says were received in the year.

    Of several years named the latest counts. 收到 counts before 受理: some
    received are never taken up. Several statements may disagree: that is the caller's to see.
    """
    said = [statement for text in texts for statement in _received(text)]
    whole, parts = (_latest([s for s in said if s.part is part]) for part in (False, True))
    return ApplicationStatements(tuple([s for s in whole if s.received] or whole), tuple(parts))


def _prose(sections: Iterable[Section]) -> Iterator[str]:
    for section in sections:
        if section.number in _NUMBERS:
            text = "\n".join(section.text[start:end] for start, end in section.prose)
            if text:
                yield "。".join(compact(line) for line in text.split("\n"))


def _received(text: str) -> Iterator[Statement]:
    text = _EVERYBODY.sub("", text) if "法人" in text else text
    for pattern in _RECEIVED if _NAMED_FIRST.search(text) else _RECEIVED[:-1]:
        for found in pattern.finditer(text):
            clause = _clause(text, found.start()) + found[0][: found.start("count") - found.start()]
            if not _ANOTHER.search(clause) and not _AFTER_REST.match(text[found.end() : found.end() + 20]):
                count = int(found["count"].replace(",", ""))
                part = bool(found["whose"] or _PART.search(clause))
                yield Statement(count, found[0], _year(text, found.start()), found["verb"] != "受理", part)
    for found in _NOT_RECEIVED.finditer(text):
        clause = _clause(text, found.start())
        if not _ANOTHER.search(clause) and not _PART.search(clause):
            yield Statement(0, found[0], _year(text, found.start()))


def _clause(text: str, at: int) -> str:
    """The words of the clause before a position."""
    return _CLAUSE_END.split(text[max(0, at - 60) : at])[-1]


def _year(text: str, at: int) -> int | None:
    sentence = _SENTENCE_END.split(text[max(0, at - 120) : at])[-1]
    years = _YEAR.findall(sentence)
    return int(years[-1]) if years else None


def _latest(said: list[Statement]) -> list[Statement]:
    years = [s.year for s in said if s.year]
    return [s for s in said if not s.year or s.year == max(years)] if years else said


_CASE = r"(?:案件|案)?(?:共计|共|为|发生|:)?"
_ABOUT = (
    r"(?=[因涉有关针政信])(?:因|涉及|有关|关于|针对)?(?:政府信息公开|信息公开|依申请公开)(?:工作|问题|事项|申请|"
    r"类)?(?:方面)?(?:共有)?(?:而|的|被|引起的?|引发的?|产生的?)?(?:申请|提起|提出|发生|被申请|被提起)?"
    r"(?:的)?"
)
_COUNTED = re.compile(rf"{_ABOUT}行政(?P<what>复议|诉讼){_CASE}{_COUNT}")
_BOTH_COUNTED = re.compile(
    rf"{_ABOUT}行政(?P<one>复议|诉讼){_CASE}(?P<first>\d+)(?:件|起|宗|例)[,、和及](?:被)?(?:提起|"
    rf"发生)?行政(?!(?P=one))(?P<other>复议|诉讼){_CASE}(?P<second>\d+)(?:件|起|宗|例)"
)
_NO_CASE = re.compile(
    r"(?:未有?|没有|无|未曾|均未)(?:发生|产生|出现|收到)?(?:过)?(?:因|涉及|有关|关于)?"
    r"(?:政府信息公开|信息公开|依申请公开)(?:工作|问题|事项|申请|类)*(?:而|的|被|引起的|引发的|"
    r"产生的|产生|引发|引起|导致)*"
    r"(?:申请|提起|提出|发生)?(?:的)?(?:相关)?(?P<what>行政(?:复议|诉讼)(?:(?:申请|案件)?(?:、|和|及|或|"
    r"以及|与|,)(?:提起|被提起|发生)?(?:的)?(?:行政)?(?:复议|诉讼|申诉(?:举报)?))*+)(?!(?:案件?)?(?:的)?(?:败诉|投诉|举报|被|纠错|撤销))"
)
_CASE_PARTIAL = re.compile(
    r"其中|上年|去年|同比|历年|以来|本级|各镇|部门|维持|纠正|驳回|审结|办结|撤销|结转|尚未"
    r"|复议机关|审理|被申请人|季度|半年|月份"
)


def reviews(texts: Iterable[str]) -> ReviewStatements:
    """How many reconsiderations and lawsuits about disclosure prose states; other cases are not meant."""
    said: dict[str, list[Statement]] = {"复议": [], "诉讼": []}
    for text in texts:
        if "公开" in text and any(word in text for word in said):
            for word, statement in _cases(text):
                said[word].append(statement)
    return ReviewStatements(*(tuple(_latest(of_word)) for of_word in said.values()))


def _cases(text: str) -> Iterator[tuple[str, Statement]]:
    """What a text states of cases, each with the word for them."""
    both: list[re.Match[str]] = []
    for found in _COUNTED.finditer(text):
        if not _CASE_PARTIAL.search(_clause(text, found.start())):
            count = int(found["count"].replace(",", ""))
            yield found["what"], Statement(count, found[0], _year(text, found.start()))
        both += filter(None, [_BOTH_COUNTED.match(text, found.start())])
    for found in both:
        yield found["other"], Statement(int(found["second"]), found[0], _year(text, found.start()))
    for found in _NO_CASE.finditer(text):
        if not _CASE_PARTIAL.search(_clause(text, found.start())):
            none = Statement(0, found[0], _year(text, found.start()))
            yield from ((word, none) for word in ("复议", "诉讼") if word in found["what"])
