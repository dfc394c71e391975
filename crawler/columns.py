"""A list put together from its pages: what they gave, what it declares, what a look at it costs. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crawler.budgets import OTHERS
from crawler.wants import is_by_itself
from pipelines.store import Row

_DEEPEST = 3  # scripts and answers between a list's page and its lines


@dataclass(frozen=True, slots=True)
class ListPage:
    """What was kept of one page of a list (see ``Settlement``), and how it was asked for; ``mark`` tells its
    request from others.
    """

    mark: str
    url: str
    role: str
    method: str
    body: str
    context: Mapping[str, Any]

    @classmethod
    def of(cls, row: Row) -> ListPage:
        """From a row of ``requests``."""
        return cls(
            row["fingerprint"], row["url"], row["role"], row["method"], row["body"] or "",
            json.loads(row["context"]),
        )  # fmt: skip

    @property
    def counted(self) -> Mapping[str, Any]:
        """What it held."""
        counted: Mapping[str, Any] = self.context["counted"]
        return counted

    @property
    def begins(self) -> bool:
        """Whether it is the first page of a column."""
        return bool(self.counted["column"]) and self.role != "list"

    @property
    def has_lines(self) -> bool:
        """Whether it had any."""
        return bool(self.counted["found"] or self.counted["others"])

    @property
    def gives_any(self) -> bool:
        """Whether it had lines, or led on to what may."""
        return self.has_lines or bool(self.counted.get("leads"))

    @property
    def is_by_itself(self) -> bool:
        """Whether its address alone brings it."""
        return self.role != "list" and is_by_itself(self.method, self.context)


@dataclass(slots=True)
class Column:
    """What all pages of a list gave together. ``lacking``: how many pages that it states gave nothing;
    ``leads_on``: whether it leads to reports, or to pages that do for all that is known; ``look``: the pages
    that are asked for where nothing is new; ``places``: those that its address alone does not bring, each of
    which may be asked for instead; ``guessed``: whether only a CMS's custom tells of it.
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
    look: list[ListPage] = field(default_factory=list)
    places: list[ListPage] = field(default_factory=list)
    guessed: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether all was found that the list declares, if need be in more than one of the page's blocks."""
        return len(self.found) >= (self.declared or 0) or len(self.found | self.others) == self.declared


def united(pages: Mapping[str, ListPage]) -> Iterator[Column]:
    """The columns of a sweep, from all pages of its lists by their marks."""
    firsts: dict[str, list[str]] = {}
    for mark, page in pages.items():
        if page.begins:
            firsts.setdefault(page.url, []).append(mark)
    return (_united(url, pages, marks) for url, marks in firsts.items())


def _united(url: str, pages: Mapping[str, ListPage], firsts: Sequence[str]) -> Column:
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
        column.incremental |= bool(page.context.get("incremental"))
        if page.counted["declared"] is not None:
            column.declared = max(column.declared or 0, page.counted["declared"])
    column.leads_on = _leads_on(seen, pages)
    column.guessed = all(pages[mark].context.get("optional") for mark in firsts if mark in pages)
    levels = _look(firsts, pages)
    column.look = [page for level in levels for page in level]
    column.places = [*_behind(levels), *_clicked(seen, pages)]
    return column


def _gives(mark: str, pages: Mapping[str, ListPage], deep: int = _DEEPEST) -> bool:
    """Whether a page gives lines, or leads on to what may, or the pages do that it leads on to."""
    page = pages.get(mark)
    if page is None:
        return False
    return page.gives_any or (deep > 0 and any(_gives(m, pages, deep - 1) for m in page.counted["more"]))


def _look(firsts: Sequence[str], pages: Mapping[str, ListPage]) -> list[list[ListPage]]:
    """The pages of a list up to the first that may show reports (see ``Settlement``), by how many others lead
    to them.
    """
    levels: list[list[ListPage]] = []
    waiting = list(firsts[:1])  # not those of a second reading
    while waiting and sum(map(len, levels)) <= OTHERS:
        met = [pages[mark] for mark in dict.fromkeys(waiting) if mark in pages]
        levels += [met] if met else []
        shown = any(page.counted.get("articles", True) for page in met)
        waiting = [] if shown else [mark for page in met for mark in page.counted["more"]]
    return levels


def _behind(levels: Sequence[Sequence[ListPage]]) -> list[ListPage]:
    """The pages that show a list where those before them show nothing: a script's answers."""
    if len(levels) < 2 or any(page.has_lines for level in levels[:-1] for page in level):
        return []
    return [page for page in levels[-1] if page.gives_any]


def _clicked(marks: set[str], pages: Mapping[str, ListPage]) -> list[ListPage]:
    """The lists that only a click brings on some pages, or on those that they bring."""
    waiting, found = list(marks), dict[str, ListPage]()
    while waiting:
        page = pages.get(waiting.pop())
        for mark in page.counted.get("leads", ()) if page else ():
            led_to = pages.get(mark)
            if led_to is None or mark in found or led_to.is_by_itself:
                continue
            found[mark] = led_to
            waiting += [mark, *led_to.counted["more"]]
    return [page for page in found.values() if page.counted["column"]]


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
