"""TRS WCM: static pages; the number of pages stands in a script only."""

from __future__ import annotations

import re
from collections import Counter
from typing import ClassVar
from urllib.parse import urljoin

from crawler.family import MAX_PAGES, Ask, Context, Family
from crawler.page import Page
from crawler.paging import Pager, call_arguments

_COUNT = re.compile(r"\bcountPage\s*=\s*(\d+)")
_CURRENT = re.compile(r"\bcurrentPage\s*=\s*(\d+)")
_CONFIG = re.compile(r"pagination_script_config\b[^;]{0,400}?\btotal\b['\"]?\s*[:=]\s*['\"]?(\d+)", re.DOTALL)
_NAVIGATION = re.compile(r"""\bm_(?:n|str)(\w+)\s*=\s*["']?(\w+)""")  # of CTRSPageNav
_PREFIX = re.compile(r"""href=\\?["']?["']?\s*\+?\s*["']?(\w+)["']\s*\+\s*["']_["']""")
_FILE = re.compile(r"([^/]+?)(?:_(\d+))?\.(?P<suffix>s?html?)$")
_SUFFIX = re.compile(r"""\.(?:["']\s*\+\s*["'])?(?P<suffix>s?html?)\\?["']""")  # as the script writes it
_ARTICLE = re.compile(r"/(t\d{8}_\d+?)(?:_(\d{1,2}))?\.(s?html?)$")
# counted loops and comments are no calls: createPageHTML(total, …) in a function's own head has no number


class Trs(Family):
    """List pages ``index_1.html …`` or ``list_1.html …``; articles ``/202601/t20260121_4711.html``, long
    ones in pages.
    """

    name: ClassVar[str] = "trs"
    # TRS names its articles and editors after itself
    signs: ClassVar[dict[str, float]] = {
        r"/t20(?<=(?<!\d)20\d{4}/t20)\d{6}_\d+\.s?html?": 0.5,
        r"TRS_Editor|trs_editor_view|TRS_UEDITOR|Custom_UnionStyle": 0.3,
        r"createPageHTML\s*\(\s*['\"\d]": 0.3,
        r"var\s+countPage\s*=": 0.3,
        r"pagination_script_config|CTRSPageNav|m_nRecordCount\b": 0.3,
    }

    def more(self, page: Page, context: Context) -> tuple[Ask, ...]:
        """All further pages at once, since the script states how many there are; else what is linked."""
        pager = _pager(page)
        return pager.asks(page.url) if pager else super().more(page, context)

    def declared(self, page: Page) -> int | None:
        """The last argument of the third signature, else what the page says."""
        pager = _pager(page)
        return pager.records if pager and pager.records is not None else super().declared(page)

    def parts(self, page: Page) -> tuple[str, ...]:
        """``t20190419_6377489_1.htm``: the further pages of a long article."""
        article = _ARTICLE.search(page.url)
        pager = call_arguments(page.scripts)
        if not article or not pager or pager.prefix != article[1]:
            return ()
        names = (f"{article[1]}_{number}.{article[3]}" for number in range(1, min(pager.total, MAX_PAGES)))
        return tuple(url for name in names if (url := urljoin(page.url, name)) != page.url)

    def may_have_parts(self, source: str) -> bool:
        """Only where a pager is called."""
        return "createPage" in source


def _pager(page: Page) -> Pager | None:
    called = call_arguments(page.scripts) or _navigation(page.scripts)
    if called:
        return called
    total = _COUNT.search(page.scripts) or _CONFIG.search(page.scripts)
    if not total:
        return None
    current = _CURRENT.search(page.scripts)
    prefix = _PREFIX.search(page.scripts)
    file = _FILE.search(page.url)
    stem = prefix[1] if prefix else file[1] if file else "index"
    suffix = file or _SUFFIX.search(page.scripts)
    named = suffix["suffix"] if suffix else _suffix_of_articles(page)
    return Pager(int(total[1]), int(current[1]) if current else 0, stem, named, None)


def _suffix_of_articles(page: Page) -> str:
    """What most articles of a list end in: its further pages do, where neither address nor script tells."""
    found = Counter(article[3] for link in page.links if (article := _ARTICLE.search(link.url)))
    return found.most_common(1)[0][0] if found else "html"


def _navigation(scripts: str) -> Pager | None:
    """``m_nRecordCount``, ``m_nPageSize`` … before a ``CTRSPageNav``: pages counted from 0."""
    stated = dict(_NAVIGATION.findall(scripts))
    records, size = stated.get("RecordCount", ""), stated.get("PageSize", "")
    if not records.isdigit() or not size.isdigit() or int(size) == 0:
        return None
    pages = -(-int(records) // int(size))
    return Pager(pages, 0, stated.get("PageName", "index"), stated.get("PageExt", "html"), int(records))
