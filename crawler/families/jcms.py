"""Hanweb JCMS: the first records stand in the page as XML, more come from ``dataproxy.jsp``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from itertools import product
from typing import ClassVar
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

from crawler.addresses import resolve
from crawler.family import MAX_PAGES, Ask, Context, Entry, Family, Listing, entries_among
from crawler.page import Page

_RECORD = re.compile(r"<record>\s*(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?\s*</record>", re.DOTALL)
_GROUP = re.compile(r"<nextgroup>\s*(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?\s*</nextgroup>", re.DOTALL)
_HREF = re.compile(r"""href\s*=\s*["']([^"']+)["']""")
_PER_PAGE = re.compile(r"""\bperpage["']?\s*[:=]\s*["']?(\d+)""", re.IGNORECASE)
_PROXY = re.compile(r"""["']([^"'\s]*dataproxy\.jsp)[^"']*["']""")
_PARAMETERS = re.compile(r"\b(?:param_\w*\s*=|proxyParams?\s*[:=])\s*\{([^{}]*)\}")
_PAIR = re.compile(r"""["']?(\w+)["']?\s*:\s*(?:'([^']*)'|"([^"]*)"|([^,'"\s}]+))""")
_SCREENS = 3  # screen pages in a group of records
_ANNUAL = re.compile(r"/module/xxgk/xxgkAnnualReport\.jsp")


class Jcms(Family):
    """Answers hold groups of three screen pages; from the third group on the first record is a repeated
    one.
    """

    name: ClassVar[str] = "jcms"
    # the data proxy, its records, and the vendor's name
    signs: ClassVar[dict[str, float]] = {
        r"/module/web/jpage/|jpage\b(?<!\wjpage)": 0.5,
        r"<datastore>": 0.4,
        r"/art/20\d\d/\d{1,2}/\d{1,2}/art_\d+_\d+\.html": 0.4,
        r"/col/col\d+/": 0.2,
        r"大汉网络|大汉版通": 0.3,
        r"xxgkAnnualReport\.jsp": 0.5,
    }
    # in the script or in the answer
    total = re.compile(r"""(?:<totalrecord>|\btotalrecord["']?\s*[:=]\s*["']?)\s*(\d+)""", re.IGNORECASE)

    def listing(self, page: Page, context: Context) -> Listing:
        """Records of the page or of the proxy's answer. An answer without any is followed up by its next
        group.
        """
        entries = self.entries(page)
        more = self.more(page, context)
        fallback = str(context.get("fallback", ""))
        if context.get("group") and not entries and fallback:
            more = (Ask(fallback, context={"group": 1}),)
        return Listing(entries, more, self.declared(page))

    def entries(self, page: Page) -> tuple[Entry, ...]:
        """Records first; a page without any is read by its links."""
        records = "\n".join(unescape(r) if "&lt;" in r else r for r in _RECORD.findall(page.text))
        if not records:
            return super().entries(page)
        fragment = Page(page.url, f"<html><body>{records}</body></html>".encode(), charset="utf-8")
        return entries_among(fragment.links)

    def more(self, page: Page, context: Context) -> tuple[Ask, ...]:
        """The groups after the records at hand: by POST where the page shows the parameters, else the
        next group's link.
        """
        following = self._next_group(page)
        if context.get("group"):
            return () if context.get("posted") else following
        return tuple(self._posts(page, following)) or following or super().more(page, context)

    def _posts(self, page: Page, following: tuple[Ask, ...]) -> Iterator[Ask]:
        parameters, proxy, total = _parameters(page), _PROXY.search(page.text), self.declared(page)
        if not parameters or not proxy or not total:
            return
        per_page = int(found[1]) if (found := _PER_PAGE.search(page.text)) else 15
        size = max(1, per_page) * _SCREENS
        fallback = following[0].url if following else ""
        for start in range(len(_RECORD.findall(page.text)) + 1, min(total, size * MAX_PAGES) + 1, size):
            query = urlencode(
                {"startrecord": start, "endrecord": min(start + size - 1, total), "perpage": per_page}
            )
            url = f"{urljoin(page.base, proxy[1])}?{query}"
            context = {"group": start, "posted": True, "fallback": fallback}
            yield Ask(url, "POST", urlencode(parameters), context=context)

    def _next_group(self, page: Page) -> tuple[Ask, ...]:
        group = _GROUP.search(page.text)
        link = _HREF.search(unescape(group[1])) if group else None
        url = resolve(page.base, link[1]) if link else ""
        return (Ask(url, context={"group": 1}),) if url and url != page.url else ()

    def branches(self, page: Page) -> tuple[Ask, ...]:
        """The disclosure module's annual reports: every year shown × every agency shown."""
        shown = [parse_qs(urlsplit(link.url).query) for link in page.links if _ANNUAL.search(link.url)]
        if not shown:
            return ()
        years = sorted({year for query in shown for year in query.get("fbtime", [])}, reverse=True)
        areas = sorted({area for query in shown for area in query.get("area", [])})
        script = next(urlsplit(link.url) for link in page.links if _ANNUAL.search(link.url))
        address = f"{script.scheme}://{script.netloc}{script.path}"
        return tuple(
            Ask(
                f"{address}?{urlencode({'fbtime': year, 'area': area})}",
                kind="column",
                title=f"政府信息公开年报 {year}",
            )
            for year, area in product(years, areas)
        )


def _parameters(page: Page) -> dict[str, str]:
    found = _PARAMETERS.search(page.text)
    if not found:
        return {}
    return {name: single or double or bare for name, single, double, bare in _PAIR.findall(found[1])}
