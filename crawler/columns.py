"""A list put together from its pages: what they gave, what it declares, what a look at it costs. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crawler.budgets import OTHERS
from pipelines.store import Row

_DEEPEST = 3  # scripts and answers between a list's page and its lines


@dataclass(slots=True)
class Column:
    """What all pages of a list gave together. ``lacking``: how many pages that it states gave nothing;
    ``leads_on``: whether it leads to reports, or to pages that do for all that is known; ``look``: the pages
    that are asked for where nothing is new; ``guessed``: whether only a CMS's custom tells of it.
    """

    url: str
    found: set[str] = field(default_factory=set)
    others: set[str] = field(default_factory=set)
    declared: int | None = None
    stuck: bool = False
    scripted: str = ""
    lacking: int = 0
    leads_on: bool = False
    incremental: bool = False
    look: list[str] = field(default_factory=list)
    guessed: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether all was found that the list declares, if need be in more than one of the page's blocks."""
        return len(self.found) >= (self.declared or 0) or len(self.found | self.others) == self.declared


@dataclass(frozen=True, slots=True)
class ListPage:
    """What was kept of one page of a list (see ``Settlement``); ``more``: the pages that it leads on to."""

    url: str
    role: str
    is_column: bool
    counted: dict[str, Any]
    incremental: bool
    guessed: bool

    @property
    def has_lines(self) -> bool:
        """Whether it had any."""
        return bool(self.counted["found"] or self.counted["others"])

    @property
    def gives_any(self) -> bool:
        """Whether it had lines, or led on to what may."""
        return self.has_lines or bool(self.counted.get("leads"))

    @classmethod
    def of(cls, row: Row) -> ListPage:
        """The page of a request, a ``row`` of the frontier."""
        context = json.loads(row["context"])
        counted = context["counted"]
        return cls(
            row["url"], row["role"], bool(counted["column"]), counted, bool(context.get("incremental")),
            bool(context.get("optional")),
        )  # fmt: skip


def united(url: str, pages: Mapping[str, ListPage], firsts: Sequence[str]) -> Column:
    """A column with all pages that its first one leads to, also those that another column asked for first;
    with those of a second reading.
    """
    column, waiting, seen = Column(url), list(firsts), set[str]()
    while waiting:
        mark = waiting.pop()
        page = pages.get(mark)
        if mark in seen or page is None:
            continue
        seen.add(mark)
        waiting += page.counted["more"]
        stated = (pages.get(mark) for mark in page.counted.get("stated", ()))
        column.lacking += sum(not (further and further.has_lines) for further in stated)
        column.found |= set(page.counted["found"])
        column.others |= set(page.counted["others"])
        column.stuck |= page.counted["stuck"]
        shown = page.has_lines or not any(_gives(each, pages) for each in page.counted["more"])
        column.scripted = column.scripted or (page.counted.get("scripted", "") if shown else "")
        column.incremental |= page.incremental
        if page.counted["declared"] is not None:
            column.declared = max(column.declared or 0, page.counted["declared"])
    column.leads_on = _leads_on(seen, pages)
    column.guessed = all(pages[mark].guessed for mark in firsts if mark in pages)
    column.look = _look(firsts, pages)
    return column


def _gives(mark: str, pages: Mapping[str, ListPage], deep: int = _DEEPEST) -> bool:
    """Whether a page gives lines, or leads on to what may, or the pages do that it leads on to."""
    page = pages.get(mark)
    if page is None:
        return False
    return page.gives_any or (deep > 0 and any(_gives(m, pages, deep - 1) for m in page.counted["more"]))


def _look(firsts: Sequence[str], pages: Mapping[str, ListPage]) -> list[str]:
    """The pages of a list up to the first that may show reports (see ``Settlement``)."""
    urls: list[str] = []
    waiting = list(firsts[:1])  # not those of a second reading
    while waiting and len(urls) <= OTHERS:
        met = [pages[mark] for mark in dict.fromkeys(waiting) if mark in pages]
        urls += [page.url for page in met]
        shown = any(page.counted.get("articles", True) for page in met)
        waiting = [] if shown else [mark for page in met for mark in page.counted["more"]]
    return urls


def _leads_on(marks: set[str], pages: Mapping[str, ListPage]) -> bool:
    """Whether pages lead to articles or lines, by however many others; what came by another address, or did
    not come, may.
    """
    waiting, seen = list(marks), set[str]()
    while waiting:
        mark = waiting.pop()
        page = pages.get(mark)
        if page is None or page.has_lines or page.counted.get("articles", True):
            return True
        seen.add(mark)
        further = (*page.counted["more"], *page.counted.get("leads", ()))
        waiting += [each for each in further if each not in seen]
    return False
