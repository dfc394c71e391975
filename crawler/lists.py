"""What a page is as a list: its lines, which of them may be reports, its further pages, and what only a
browser could tell of it. Pure.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlsplit

from crawler import ajax, clicked, forms, further_pages, pager_files, paging
from crawler.family import Ask, Context, Entry, Listing, entries_among, is_next
from crawler.names import Nearness, is_agency, is_annual_column, is_stated, is_year, may_be_report
from crawler.page import Page

_FEW: Final = 3
_DAY: Final = "28"
_ONE_PAGE = re.compile(r"共\s*[1一]\s*页|\b1\s*/\s*1\b")


def fits(entry: Entry, page: Page, near: Nearness) -> bool:
    """Whether an entry may be a report."""
    if entry.url == page.url:
        return False
    if near < Nearness.COLUMN and is_annual_column(entry.title) and not is_stated(entry.title):
        return False  # the column itself
    return may_be_report(entry.title, near)


def with_titled(entries: tuple[Entry, ...], page: Page) -> tuple[Entry, ...]:
    """The entries of a column's page, and what is titled as a report but has neither a known address nor a
    date.
    """
    known = {entry.url for entry in entries} | {page.url}
    titled = entries_among(page.links, titled=True)
    return (*entries, *(entry for entry in titled if entry.url not in known))


def lines_of(entries: tuple[Entry, ...], fitting: list[Entry]) -> list[Entry]:
    """The lines of the page's list: of all that look so those that stand where most possible reports do."""
    groups = Counter(entry.group for entry in fitting)
    if not groups:
        return list(entries)
    most = groups.most_common(1)[0][0]
    return [entry for entry in entries if entry.group == most]


def digest(entries: tuple[Entry, ...]) -> str:
    """What tells a page of a list that another one repeats; "" without lines."""
    urls = "\n".join(entry.url for entry in entries)
    return hashlib.sha256(urls.encode()).hexdigest()[:12] if urls else ""


def further(page: Page, role: str, listing: Listing, state: dict[str, Any]) -> tuple[Ask, ...]:
    """Further pages of a list: as its family says, by the form's state, or as its script fetches them."""
    more = listing.more or forms.postbacks(page, state)
    if role == "list":
        return more or _of_script(page, listing, state)
    if appended := further_pages.appended(page, listing.entries, listing.declared):
        return appended
    calls, sources = _fetched(page)
    if any("clicks" in ask.context for ask in sources):
        return (*more, *calls, *sources)
    fetched = {urlsplit(call.url).path for call in calls}
    if calls and all(urlsplit(ask.url).path in fetched for ask in more):  # what is linked is its second page
        guessed = bool(listing.entries) and not more and not _turned(page)
        return (*(replace(ask, optional=guessed) for ask in calls), *sources)
    more = (
        more
        or further_pages.turned(page, listing.entries, listing.declared, _turned(page))
        or paging.drawn(page)
    )
    if more or not listing.entries:
        return more or sources or ajax.whole(page, loaded=not is_hub(page))
    handlers = () if paging.shows_all(page, len(listing.entries)) else _turned(page)
    whole = ajax.whole(page, loaded=False) if (listing.declared or 0) > len(listing.entries) else ()
    return whole or pager_files.files(page, listing, handlers, _pages_stated(page, listing))


def _of_script(page: Page, listing: Listing, state: Context) -> tuple[Ask, ...]:
    """What a script that a list's page loads leads to: pages that it turns to, a list that it fetches."""
    if "pager" in state:
        return pager_files.of_file(page, state)
    if not page.is_script or listing.entries or "shown_in" not in state:
        return ()
    calls, sources = _fetched(page)
    return (*calls, *sources)


def _fetched(page: Page) -> tuple[list[Ask], tuple[Ask, ...]]:
    """The lists that a page's scripts fetch by number, but for those that only a click tells which; and what
    they draw things to be clicked, or links, of.
    """
    sources = clicked.sources(page)
    clicks = {urlsplit(click["url"]).path for ask in sources for click in ask.context.get("clicks", ())}
    return [call for call in ajax.calls(page) if urlsplit(call.url).path not in clicks], sources


def is_hub(page: Page, fewest: int = _FEW) -> bool:
    """Whether a page without lines leads to those of agencies or years: its scripts are no list."""
    return sum(is_agency(link.text) or is_year(link.text) for link in page.links) >= fewest


def _turned(page: Page) -> list[str]:
    """Handlers of links to the next page that are not understood, or to the second one where pages are
    numbered; no days of a month.
    """
    found = {label: handler for label, handler in page.unopened if handler}
    numbered = [handler for label, handler in found.items() if label == "2" and _DAY not in found]
    return [handler for label, handler in found.items() if is_next(label)] or numbered


def _numbered(page: Page) -> list[str]:
    """The second page of a pager whose links lead nowhere, nor have a handler that is seen."""
    bare = {label for label, handler in page.unopened if not handler}
    return ["2"] if "2" in bare and any("页" in label and is_next(label) for label in bare) else []


def _pages_stated(page: Page, listing: Listing) -> int:
    """How many pages a list says that it has, by a plug-in or in words; 0 where all of them are shown."""
    if paging.shows_all(page, len(listing.entries)):
        return 0
    return max(paging.pages_drawn(page), paging.pages_in_words(page), pager_files.pages_drawn(page))


def _unopened(page: Page) -> list[str]:
    """Titles of reports that lead nowhere, by a handler that is not understood; by none that is seen where
    they are more than those that lead to something (else they are headings).
    """
    stated = {label: handler for label, handler in page.unopened if is_stated(label)}
    links = {link.text for link in page.links if is_stated(link.text)}
    bare = [label for label, handler in stated.items() if not handler and label not in links]
    return [label for label, handler in stated.items() if handler] + (bare if len(bare) > len(links) else [])


def scripted(page: Page, role: str, listing: Listing, leads_on: bool, state: Context) -> str:
    """What of a list's page no address was found for: lines, further pages, all (unless it ``leads_on``); ""
    for nothing. ``state``: what it was asked with.
    """
    if "pager" in state and page.is_script and not listing.more:
        return "翻页由脚本完成 its pages turn by a script that is not understood"
    lines = _unopened(page)
    if lines:
        return f"{len(lines)} 条链接由脚本打开 lines open by a script that is not understood: {lines[0][:60]}"
    turned = _turned(page) or _numbered(page)
    turned = [] if turned and paging.shows_all(page, len(listing.entries)) else turned
    if turned and role != "list" and not listing.more and not _ONE_PAGE.search(page.plain):
        return f"翻页由脚本完成 its pages turn by a script that is not understood: {turned[0][:60]}"
    if (
        role != "list"
        and listing.entries
        and not listing.more
        and (pages := _pages_stated(page, listing)) > 1
    ):
        return f"翻页由脚本完成 its {pages} pages turn by a script that is not understood"
    loads = page.tree is not None and page.tree.find(".//script[@src]") is not None
    if loads and not leads_on and not listing.entries:
        return "列表由脚本生成 made by a script that is not in the page; a browser would tell"
    return ""
