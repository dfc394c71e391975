"""A report as parts in reading order: headings, paragraphs and tables, before any layout."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from samples.forms import APPLICATIONS, PROACTIVE, REVIEWS
from samples.render import tables
from samples.render.tables import Table
from samples.report import Report

HEADINGS = {
    1: "一、总体情况",
    2: "二、主动公开政府信息情况",
    3: "三、收到和处理政府信息公开申请情况",
    4: "四、政府信息公开行政复议、行政诉讼情况",
    5: "五、存在的主要问题及改进情况",
    6: "六、其他需要报告的事项",
}
_VARIANTS = {
    3: "三、政府信息依申请公开情况",
    4: "四、因政府信息公开工作被申请行政复议、提起行政诉讼情况",
    5: "五、存在主要问题和改进情况",
}
_TABLE_OF = {2: PROACTIVE, 3: APPLICATIONS, 4: REVIEWS}


@dataclass(frozen=True)
class Part:
    """A section: its number (0 the preamble, no heading), paragraphs, then tables."""

    number: int
    heading: str
    paragraphs: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()


def parts(report: Report, *, stacked: bool = True) -> list[Part]:
    """The sections of a report; ``stacked`` puts the sub-tables of section two into one table."""
    return [
        _part(report, number, stacked)
        for number in range(7)
        if report.tables.get(_TABLE_OF.get(number, ""), "") != "missing"
    ]


def reshaped(report: Report, changes: Mapping[int, Callable[[Table], list[Table]]]) -> list[Part]:
    """The sections with the table of each section in ``changes`` put as what it gives."""
    return [
        replace(part, tables=tuple(new for table in part.tables for new in changes[part.number](table)))
        if part.number in changes
        else part
        for part in parts(report)
    ]


def _part(report: Report, number: int, stacked: bool) -> Part:
    heading = (_VARIANTS if report.habit.variants else {}).get(number) or HEADINGS.get(number, "")
    if number not in _TABLE_OF:
        return Part(number, heading, report.prose.sections[number])
    if report.tables[_TABLE_OF[number]] == "stated_none":
        return Part(number, heading, ("无",))
    return Part(number, heading, (), tuple(_tables(report, number, stacked)))


def _tables(report: Report, number: int, stacked: bool) -> list[Table]:
    if number == 2:
        apart = tables.proactive(report)
        return [[row for table in apart for row in table]] if stacked else apart
    return [tables.applications(report) if number == 3 else tables.reviews(report)]
