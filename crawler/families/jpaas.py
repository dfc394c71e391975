"""jpaas, Hanweb's newer platform: list pages come from a build API as HTML in JSON."""

from __future__ import annotations

import json
import re
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode, urljoin

from lxml import etree

from crawler.family import MAX_PAGES, Ask, Context, Entry, Family, Listing, entries_among
from crawler.page import Page

_API = re.compile(r"""["']?([\w:/.-]*/jpaas-publish-server/front/page/build/unit)""")
_QUERY = re.compile(r"""querydata\s*=\s*(?:"(\{[^"]*\})"|'(\{[^']*\})')""", re.IGNORECASE)
_PAIR = re.compile(r"""["']?(\w+)["']?\s*:\s*["']([^"']*)["']""")
_DIV = re.compile(r"<div[^>]*\bpagination\b[^>]*>|<div[^>]*\bcount=[^>]*>", re.IGNORECASE)
_PAGERS = etree.XPath("//*[@count][@rows or contains(@class, 'pagination')]")
_UNITS = etree.XPath("//*[@querydata]")
_NUMBER = r"""\b%s\s*=\s*["'](\d+)["']"""
_ROWS = 15  # of a page that does not say how many
_DEFAULT_API = "/api-gateway/jpaas-publish-server/front/page/build/unit"


class Jpaas(Family):
    """``<div class="pagination" rows="15" count="386">``; from abroad the API answers page 1 whatever is
    asked.
    """

    name: ClassVar[str] = "jpaas"
    # the build API and its query data
    signs: ClassVar[dict[str, float]] = {
        r"jpaas-publish-server": 0.7,
        r"(?i)querydata=": 0.3,
        r"/art/20\d\d/art_[0-9a-f]{32}\.html": 0.4,
    }

    def listing(self, page: Page, context: Context) -> Listing:
        """The page itself, or an answer of the API; an answer equal to page 1 says that paging is stuck."""
        answer = _html_in(page.text)
        if answer is None:
            return super().listing(page, context)
        fragment = Page(
            str(context.get("list") or page.url),
            f"<html><body>{answer}</body></html>".encode(),
            charset="utf-8",
        )
        entries = entries_among(fragment.links)
        first = context.get("first")
        more = self._after(page, fragment, entries) if context.get("unit") else ()
        return Listing(
            entries, more, self.declared(fragment), stuck=bool(entries) and entries[0].url == first
        )

    def declared(self, page: Page) -> int | None:
        """The pager's ``count``."""
        return _attribute(page, "count") or super().declared(page)

    def more(self, page: Page, context: Context) -> tuple[Ask, ...]:
        """Pages 2 to the last from the API; the first, too, of a page that shows no line; without the API's
        parameters, linked ones.
        """
        api = _API.search(page.text)
        address = urljoin(page.base, api[1] if api else _DEFAULT_API)
        entries, query = self.entries(page), _query(page)
        if query and _attribute(page, "count"):
            return _pages(address, query, page, entries, page.url)
        if not entries and api:
            units = (_parameters(unit) for unit in _QUERY.finditer(_plain(page)))
            first = (f"{address}?{urlencode(unit | _page_parameter(1, _ROWS))}" for unit in units if unit)
            carried = {"list": page.url, "unit": True}
            return tuple(Ask(url, optional=True, context=carried) for url in dict.fromkeys(first))
        return super().more(page, context)

    def _after(self, page: Page, shown: Page, entries: tuple[Entry, ...]) -> tuple[Ask, ...]:
        """The pages after the first one, which the API answered."""
        address, _, sent = page.url.partition("?")
        query = {name: value for name, value in parse_qsl(sent) if name != "paramJson"}
        return _pages(address, query, shown, entries, shown.url)


def _pages(
    address: str, query: dict[str, str], shown: Page, entries: tuple[Entry, ...], at: str
) -> tuple[Ask, ...]:
    """The pages after the one that is ``shown`` at an address, as its pager counts them."""
    count, rows = _attribute(shown, "count") or 0, _attribute(shown, "rows") or _ROWS
    carried = {"list": at, "first": entries[0].url if entries else ""}
    last = min(-(-count // rows), MAX_PAGES)
    return tuple(
        Ask(f"{address}?{urlencode(query | _page_parameter(number, rows))}", context=carried)
        for number in range(2, last + 1)
    )


def _page_parameter(number: int, rows: int) -> dict[str, str]:
    return {"paramJson": json.dumps({"pageNo": number, "pageSize": rows}, separators=(",", ":"))}


def _query(page: Page) -> dict[str, str]:
    """The query of the unit that the pager belongs to: a page is made of several."""
    tree = page.tree
    pagers = _PAGERS(tree) if tree is not None else []
    units = _UNITS(tree) if tree is not None and pagers else []
    if units:
        return dict(_PAIR.findall(max(units, key=lambda unit: _together(unit, pagers[0])).get("querydata")))
    found = next(_QUERY.finditer(_plain(page)), None)
    return _parameters(found) if found else {}


def _together(unit: etree._Element, pager: etree._Element) -> tuple[int, bool]:
    """How deep the element lies in which both stand, and whether the pager is in the unit."""
    around = [*reversed(list(pager.iterancestors())), pager]
    others = [*reversed(list(unit.iterancestors())), unit]
    return sum(one is other for one, other in zip(around, others, strict=False)), unit in around


def _parameters(unit: re.Match[str]) -> dict[str, str]:
    return dict(_PAIR.findall(unit[1] or unit[2]))


def _plain(page: Page) -> str:
    return page.text.replace("&quot;", "'").replace("&#39;", "'")


def _attribute(page: Page, name: str) -> int | None:
    for tag in _DIV.findall(page.text):
        found = re.search(_NUMBER % name, tag)
        if found:
            return int(found[1])
    return None


def _html_in(text: str) -> str | None:
    if not text.lstrip().startswith("{"):
        return None
    try:
        answer: Any = json.loads(text)
    except ValueError:
        return None
    data = answer.get("data") if isinstance(answer, dict) else None
    value = data.get("html") if isinstance(data, dict) else data
    return value if isinstance(value, str) else ""
