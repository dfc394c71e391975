"""Epoint: ``govxxgk/<credit code>/category/…/govlist.html``, the column's name in the query."""

from __future__ import annotations

import re
from typing import ClassVar

from crawler.family import Ask, Context, Family
from crawler.page import Page

_PAGES = re.compile(r"""(?:pageCount|totalPage|pagecount)["']?\s*[:=]\s*["']?(\d+)""", re.IGNORECASE)
_FIRST = re.compile(r"/(?:govlist|moreinfo|subpage|about)\.html")


class Epoint(Family):
    """Lists ``moreinfo.html`` with further pages ``2.html``, ``3.html`` beside them; links where they
    are shown.
    """

    name: ClassVar[str] = "epoint"
    # its paths and the vendor's name
    signs: ClassVar[dict[str, float]] = {
        r"/govxxgk/\w{9,18}/": 0.6,
        r"(?i)epoint|ewebeditor": 0.4,
        r"/govlist\.html|/moreinfo\.html": 0.3,
    }

    def more(self, page: Page, context: Context) -> tuple[Ask, ...]:
        """Linked pages, else those that the script counts."""
        linked = super().more(page, context)
        count = _PAGES.search(page.scripts)
        if linked or not count or not _FIRST.search(page.url):
            return linked
        first = page.url.partition("?")[0]
        return tuple(Ask(_FIRST.sub(f"/{number}.html", first)) for number in range(2, int(count[1]) + 1))
