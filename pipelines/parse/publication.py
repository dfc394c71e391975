"""Since when a report has been public, as its page states it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.parse.dates import date_in_url, find_date
from pipelines.parse.evidence import Findings
from pipelines.parse.masthead import META_DATE, PAGE_DATE, PAGE_WRITTEN, Masthead

# a line that begins with a date: 2024-01-18 10:20 来源：…, （2024年1月18日）; 发布日期2024-01-18
_DATED = re.compile(r"\(?(?:20\d\d|二.{3})[-/.年].{1,3}[-/.月]")
_PUBLISHED = re.compile(r"(?:发布|公开|发文|公布)(?:日期|时间)(?=20\d\d[-/.年]\d)")


def find_publication(head: Masthead, year: int | None, found: Findings) -> str | None:
    """The date the page states for its publication; a date not after the reported year is no such date."""
    chosen = None
    for text, source in _dates(head):
        day = find_date(text) if source != "url" else date_in_url(text)
        if day is None or (year and int(day[:4]) <= year):
            continue
        if chosen is None or day != chosen:
            found.note("published_on", day, source, text)
        chosen = chosen or day
    return chosen


def _dates(head: Masthead) -> Iterator[tuple[str, str]]:
    yield from ((value, "meta") for value in head.meta(META_DATE))
    yield from ((head.fields[key], "text") for key in ("published",) if key in head.fields)
    yield from ((value, "text") for value in head.meta(PAGE_DATE))
    if head.document.hints.published_on:
        yield head.document.hints.published_on, "manifest"
    yield head.document.url, "url"
    yield from ((head.fields[key], "text") for key in ("written",) if key in head.fields)
    yield from ((value, "text") for value in head.meta(PAGE_WRITTEN))
    if head.signature[1]:
        yield head.signature[1], "text"
    for line, short in head.lines:
        if len(short.rstrip("|")) < 50 and _DATED.match(short):
            yield line, "text"
        elif labelled := _PUBLISHED.search(short):
            yield short[labelled.end() :], "text"
