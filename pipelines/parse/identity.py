"""Identity: whether a document is a yearly report, whose, of which year, and since when it is public.

Every fact comes with the evidence that decided it; what contradicts it becomes
an issue. The order of trust: the title, the words of the text, what the page says
of itself, the site; the year of publication is never the report's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from pipelines.parse.agencies import read_office
from pipelines.parse.dates import YEAR, find_period, year_of
from pipelines.parse.evidence import Findings
from pipelines.parse.leads import without_lead
from pipelines.parse.location import Near
from pipelines.parse.masthead import Masthead, named_in_text
from pipelines.parse.outcome import SETTLED
from pipelines.parse.owner import Owner, announced, compare_names, find_owner
from pipelines.parse.publication import find_publication
from pipelines.parse.records import (
    OTHER,
    Document,
    Filled,
    Identity,
    Issue,
    Kind,
    Reading,
    SectionSpan,
    State,
)
from pipelines.parse.regions import Regions
from pipelines.parse.titles import Claim, Title, parse_title

_SECTION_WORDS = (
    "总体情况",
    "主动公开政府信息情况",
    "收到和处理政府信息公开申请",
    "行政复议、行政诉讼情况",
    "存在的主要问题及改进情况",
    "其他需要报告的事项",
)
# what reports from before the official forms are made of, in prose
_OLD_WORDS = ("概述", "主动公开", "依申请公开", "收费", "行政复议", "主要问题")
_FIRST_YEAR = 2007  # the first regulation on disclosure took effect in 2008


def recognise(
    reading: Reading,
    document: Document,
    regions: Regions,
    sections: tuple[SectionSpan, ...] = (),
    filled: Filled | None = None,
) -> Identity:
    """Whose report of which year a document is, or what else it is.

    Never raises. ``sections`` and ``filled`` are what was read of the form; they prove a
    report whose title is poor, and disprove one that only bears the title.
    """
    head = Masthead(reading, document, sections)
    near = Near.of(head, regions)
    title, source = _choose_title(head, regions, near)
    proven = _is_structured(head, sections, filled)
    other = _other_kind(head, title, proven, filled)
    if other is not None:
        return _lost(head, title) or other
    found = Findings()
    year = _year(head, title, source, found)
    owner = find_owner(head, title, source, year, regions, near, found)
    compare_names(head, title, owner, regions, near, found)
    if title.claim is Claim.NOTHING:
        title = replace(title, text=_title_in_text(head, regions, near) or title.text)
    identity = _identity(title, owner, year, find_publication(head, year, found))
    if owner is None:
        found.doubt(
            "agency_unknown", f"哪个机关的报告无法确定 whose report this is can't be told: {title.text[:80]}"
        )
    if year is None:
        found.doubt(
            "year_unknown", f"哪一年的报告无法确定 which year it reports on can't be told: {title.text[:80]}"
        )
    kind = _final_kind(title, proven, filled, owner is not None and year is not None, found)
    return replace(identity, kind=kind, evidence=tuple(found.evidence), issues=tuple(found.issues))


# --- is it a report? ---


def _has_numbers(filled: Filled | None) -> bool:
    return filled is not None and any(
        c.state is State.NUMBER for c in filled.cells if not c.table_name.startswith(OTHER)
    )


def _is_whole(filled: Filled | None) -> bool:
    """Whether each of the three tables is there, or stated to be empty."""
    states = filled.states.values() if filled else ()
    return len(states) == 3 and all(state in SETTLED for state in states)


def _is_structured(head: Masthead, sections: tuple[SectionSpan, ...], filled: Filled | None) -> bool:
    """Whether the content alone proves a report: four official sections, or numbers in official tables."""
    numbers = {span.number for span in sections if span.number}
    if len(numbers) >= 4 or (_has_numbers(filled) and len(numbers) >= 2):
        return True
    return not sections and sum(word in head.text for word in _SECTION_WORDS) >= 4


def _other_kind(head: Masthead, title: Title, proven: bool, filled: Filled | None) -> Identity | None:
    """The identity of a document that is no report, None where it is or may be one."""
    nothing_filled = filled is not None and not _has_numbers(filled)
    if title.claim is Claim.FORM or (
        proven
        and nothing_filled
        and not title.year
        and not title.agency
        and not find_period(head.text)
        and not _year_named_first(head)
    ):
        if nothing_filled or filled is None:
            return _rejected(
                Kind.FORM, title, "blank_form", f"空白表格 the blank form, not a report: {title.text[:80]}"
            )
        return None
    if (
        title.claim is Claim.OTHER
        and not (proven and _has_numbers(filled))
        and not _is_old_one_sent(head, title)
    ):
        return _rejected(
            Kind.NOT_REPORT,
            title,
            "not_a_report",
            f"不是年度报告（{title.word}） not a yearly report: {title.text[:80]}",
        )
    if title.claim is Claim.NOTHING and (named := _IN_OTHER_SIGNS.search(head.text)):
        return _rejected(
            Kind.PERHAPS,
            title,
            "traditional_script",
            f"繁体字的报告未读，请取简体字页面 in traditional characters, which are not read: {named[0]}",
        )
    bare = title.claim in (Claim.NOTHING, Claim.BARE) or not (title.year or title.agency)
    if bare and not proven and not find_period(head.text):
        return _rejected(
            Kind.NOT_REPORT,
            title,
            "not_a_report",
            "不是年度报告 nothing in it says that it is a yearly report",
        )
    if not proven and (listed := _listed_reports(head)) >= _enough_for_a_list(head):
        return _rejected(
            Kind.NOT_REPORT, title, "not_a_report", f"列表页 a list of {listed} reports, not a report"
        )
    return None


# 政府信息公开 and 报告 or 年报 as copies of a site in traditional characters have them
_IN_OTHER_SIGNS = re.compile(r"政府信息公開(?:工作)?(?:年度)?(?:報告|年報)")


def _is_old_one_sent(head: Masthead, title: Title) -> bool:
    """Whether a letter holds a report in prose that it is sent with, by name."""
    sent = _QUOTED_IN_LETTER.search(title.text)
    named = sent is not None and parse_title(sent[1]).claim is Claim.REPORT
    return named and sum(word in head.text for word in _OLD_WORDS) >= len(_OLD_WORDS) - 1


def _lost(head: Masthead, title: Title) -> Identity | None:
    """The identity of a document that is damaged, where what is left of it does not say what else it is."""
    damaged = any(issue.code == "damaged_stream" for issue in head.reading.issues)
    if not damaged or title.claim is Claim.OTHER:
        return None
    detail = "文件已损坏，读到的部分看不出是不是年度报告 damaged: what is left does not tell what it is"
    return Identity(Kind.UNREADABLE, title=title.text, issues=(Issue("corrupted", "error", detail),))


def _rejected(kind: Kind, title: Title, code: str, detail: str) -> Identity:
    return Identity(kind, title=title.text, issues=(Issue(code, "warning", detail),))


def _enough_for_a_list(head: Masthead) -> int:
    """How many reports make a list: an article links to the one before and the one after."""
    named = [c.title for c in head.other_titles if c.source == "meta"]
    is_article = any(title.claim is Claim.REPORT and title.year for title in named)
    return 4 if is_article else 2 if named else 3


def _listed_reports(head: Masthead) -> int:
    """How many reports the document links to or names in lines of their own."""
    texts = [text for _, text in head.reading.links] + [line for line, _ in head.lines]
    titles = {
        parse_title(text).text
        for text in texts
        if "公开" in text and "报" in text and "。" not in text and _is_listed(text)
    }
    return len(titles)


def _is_listed(text: str) -> bool:
    title = parse_title(text)
    return title.claim is Claim.REPORT and title.year is not None


# words that also stand on reports: a publication of the report, the report made public
_SOFT = re.compile(r"公示|公告|发布|公布|公开")
# words of a letter that a report may be sent with, where all of it follows
_SENT = re.compile(r"通知|印发|转发|报送|上报|的函")
_QUOTED_IN_LETTER = re.compile(r"报送?[^《]{0,10}《(.+)》的函")


def _final_kind(title: Title, proven: bool, filled: Filled | None, identified: bool, found: Findings) -> Kind:
    if not identified:
        return Kind.PERHAPS
    if title.claim in (Claim.OTHER, Claim.FORM) and not (
        _has_numbers(filled)
        and (_SOFT.fullmatch(title.word) or (_SENT.fullmatch(title.word) and _is_whole(filled)))
    ):
        found.doubt(
            "title_contradicts_content",
            (
                f"标题不像年度报告，内容却是 the title says it is something else, the content "
                f"is a report: {title.text[:80]}"
            ),
        )
        return Kind.PERHAPS
    if title.claim in (Claim.WEAK, Claim.BARE) and not proven:
        found.doubt(
            "title_unusual",
            (
                f"标题与内容都不能证明是年度报告 neither title nor content proves a yearly "
                f"report: {title.text[:80]}"
            ),
        )
        return Kind.PERHAPS
    return Kind.REPORT


# --- title ---

_CLAIM_RANK = {Claim.REPORT: 3, Claim.FORM: 2, Claim.WEAK: 2, Claim.BARE: 1, Claim.OTHER: 1, Claim.NOTHING: 0}


def _choose_title(head: Masthead, regions: Regions, near: Near) -> tuple[Title, str]:
    """The title to believe and its source: the best claim, then what states most, then the body's own."""
    titles = [(t, "title") for t, lines in head.printed_titles if _is_title(t, lines, regions, near)]
    titles = _first_of_body([(_readable(t, regions, near), source) for t, source in titles])
    titles += [(c.title, c.source) for c in head.other_titles]
    if not titles:
        return Title("", Claim.NOTHING), "title"
    if veto := _vetoed(titles):
        return veto
    return max(titles, key=lambda t: _title_rank(t[0]))


def _first_of_body(titles: list[tuple[Title, str]]) -> list[tuple[Title, str]]:
    """Of several titles in a body the first full one counts: what follows are other reports it names."""
    reports = [t for t in titles if t[0].claim is Claim.REPORT and t[0].agency and t[0].year]
    return [
        *reports[:1],
        *(t for t in titles if t[0].claim is not Claim.REPORT or not (t[0].agency and t[0].year)),
    ]


def _vetoed(titles: list[tuple[Title, str]]) -> tuple[Title, str] | None:
    """A page that calls itself a notice, a chart … about a report, which its body then names."""
    for title, source in titles:
        if source == "meta" and title.text:
            named = title.claim is Claim.OTHER and title.year is not None
            return (title, source) if named else None
    return None


def _title_rank(title: Title) -> tuple[int, bool, bool]:
    return (_CLAIM_RANK[title.claim], title.year is not None, bool(title.agency))


def _readable(title: Title, regions: Regions, near: Near) -> Title:
    """The title without what stands for an agency in it but names none."""
    unread = title.agency and read_office(title.agency, regions, near.code) is None
    return replace(title, agency="") if unread else title


def _is_title(title: Title, lines: int, regions: Regions, near: Near) -> bool:
    """Whether these lines are a title, not a sentence or lines that don't belong together."""
    if title.claim in (Claim.REPORT, Claim.WEAK, Claim.BARE):
        readable = not title.agency or read_office(title.agency, regions, near.code) is not None
        return readable or (lines == 1 and len(title.text) <= 45)
    return len(title.text) <= 60


def _title_in_text(head: Masthead, regions: Regions, near: Near) -> str:
    """The report as a sentence names it (现公布…教育局2023年政府信息公开工作年度报告), "" where none does."""
    for named in announced(head):
        agency = without_lead(named.agency)
        if agency and agency in named.text:
            return named.text
        if agency + named.text in head.text and read_office(agency, regions, near.code):
            return agency + named.text
    return ""


# --- year ---


def _year(head: Masthead, title: Title, source: str, found: Findings) -> int | None:
    """The year reported on: title, period, then what other titles say, the address last."""
    if title.years:
        found.doubt("several_years", f"标题写了几个年度 the title names several years: {title.years}")
        return None
    period = find_period(head.text)
    said = _years_said(head, title, source, period)
    year, origin, words = next((each for each in said if each[0] and each[0] >= _FIRST_YEAR), _UNSAID)
    if year is None:
        return _year_told(head, found) or _year_in_url(head.document.url, found)
    found.note("year", str(year), origin, words)
    if period and origin != "period":
        found.note("year", str(period[0]), "period", period[1])
    if not period and (other := _year_of_prose(head, year)):
        found.doubt(
            "year_conflict",
            f"标题为{year}年，正文说的多是{other}年 the title says {year}, the text speaks of {other}",
        )
    if period and period[0] != year:
        found.doubt(
            "year_conflict",
            f"标题为{year}年，统计期限为{period[0]}年 the title says {year}, the period {period[1]}",
        )
    return year


_UNSAID: Final = (None, "", "")


def _years_said(
    head: Masthead, title: Title, source: str, period: tuple[int, str] | None
) -> Iterator[tuple[int | None, str, str]]:
    """What is said to be the year, where and in which words, the surest first."""
    yield title.year, source, title.text
    yield from ((year_of(line[1]), "title", line[0]) for line in _year_lines(head, title))
    if period:
        yield period[0], "period", period[1]
    for other in head.other_titles:
        if other.title.claim is Claim.REPORT:
            yield other.title.year, other.source, other.title.text
    yield from ((named.year, "text", named.text) for named in named_in_text(head.intro))


_OFTEN = 3  # from so many mentions on a text speaks of another year than its title's


def _year_of_prose(head: Masthead, year: int | None) -> int | None:
    """The year that the text speaks of, where that is not the title's: an old title kept by mistake."""
    start = max(head.text.find("总体情况"), 0)
    spoken: Counter[int | None] = Counter()
    for printed, times in Counter(_YEARS.findall(head.text, start)).items():
        spoken[year_of(printed)] += times
    other, times = max(spoken.items(), key=lambda item: item[1], default=(None, 0))
    often = other != year and times >= _OFTEN and times > 3 * spoken[year]
    return other if often else None


_BEGINNING = 120  # characters in which section one names the year that it tells of


_YEARS = re.compile(rf"年(?<=({YEAR})年)")  # by what stands behind them, which is quickly found
_YEAR_WORD = re.compile(rf"({YEAR})年")
_YEAR_WORD_BEGINNING = re.compile(rf"({YEAR})年度?,")


def _year_named_first(head: Masthead) -> re.Match[str] | None:
    """The year that the first words of section one name, else that those before it begin a sentence with."""
    start = head.text.find("总体情况")
    if start < 0:
        return None
    found = _YEAR_WORD.search(head.text, start, start + _BEGINNING)
    return found or _YEAR_WORD_BEGINNING.search(head.text, 0, min(start, 3 * _BEGINNING))


def _year_told(head: Masthead, found: Findings) -> int | None:
    """The year that section one begins with, where the text speaks of it more often than of others."""
    first = _year_named_first(head)
    year = year_of(first[1]) if first else None
    if first is None or year is None:
        return None
    spoken = Counter(map(year_of, _YEARS.findall(head.text, first.start())))
    if len(spoken) > 1 and spoken[year] < max(2, spoken.total() / 2):
        return None
    found.note("year", str(year), "text", first[0])
    found.doubt("year_from_text", f"年度仅见于正文 the year {year} is told by the text only")
    return year


def _year_lines(head: Masthead, title: Title) -> Iterator[re.Match[str]]:
    """Lines beside the title that hold the year alone: （2022年度）."""
    for line in head.beside(title):
        if found := re.fullmatch(rf"({YEAR})年度?", line):
            yield found


def _year_in_url(url: str, found: Findings) -> int | None:
    """Folders such as /2023n/ and /nb2023/ mostly hold reports of that year; /2023/01/ is a date."""
    folder = re.search(r"(?:/|nb|nb/)(20[012]\d)(?:n|nd|nb|ndbg)?/(?!\d{1,2}[/-])", url)
    if not folder:
        return None
    year = int(folder[1])
    found.note("year", str(year), "url", folder[0])
    found.doubt("year_from_url", f"年度仅见于网址 the year {year} stands in the address only")
    return year


def _identity(title: Title, owner: Owner | None, year: int | None, published_on: str | None) -> Identity:
    if owner is None:
        return Identity(Kind.PERHAPS, title=title.text, year=year, published_on=published_on)
    return Identity(
        Kind.REPORT,
        title=title.text,
        agency=owner.name,
        agency_printed=owner.office.printed or owner.name,
        agency_names=owner.names,
        agency_kind=owner.office.kind,
        function=owner.office.function,
        region_code=owner.region.code if owner.region else None,
        year=year,
        published_on=published_on,
    )
