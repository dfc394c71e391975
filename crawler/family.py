"""What a CMS family is, and what every family can do from a page's own links.

A family is pure: a page in, entries and next requests out. A module in
``crawler/families`` with a subclass of :class:`Family` is a family; nothing else
has to be told of it.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

from crawler.links import Link
from crawler.names import is_stated
from crawler.page import Page
from pipelines.parse.file_names import FILES

Context = Mapping[str, Any]

MAX_PAGES: Final = 500  # of one list
# the dialects of article addresses; lists and columns have none of them
_ARTICLES: Final = re.compile(
    r"""(?ix)
    /t\d{8}_\d+(_\d+)?\.s?html? | /art/\d{4}/ | /art_[0-9a-z]+(_\d+)*\.html? | /art/\d+/
    | /content/\S*\d+\S*\.s?html? | /post_\d+\.html | /info/\d+/\d+\.html? | [?&]wbnewsid=\d+
    | /[0-9a-f]{32}\.s?html? | /article[0-9a-f]{32}\.html
    | /columns/[0-9a-f-]{36}/\d{6}/\d{2}/[0-9a-f-]{36}\.html
    | /\d{4}-?\d{2}[-/]\d{2}/[\w-]+\.s?html? | /20\d{6}/\w+\.s?html? | /20\d{4}/\w+\.s?html?
    | /\d{13,20}\.s?html?
    | /i\d{5,}\.html | /\w*content[-_/]\d[\w-]*\.(s?html?|jsp|aspx?)
    | /(xxgk\w*|openness\w*|policy\w*)/show/\d+
    | /public/\d+/\d+\.html | /c\d+_\d+\.s?html? | /\d+/\d{5,}\.html?
    | thtml\?id=\d+ | /content/\d+\.html
    | (detail|show|view|info|content|article)\w*\.(jsp|aspx?|php|do|html?)
      \?(\S*&)?((news|info|article|art|doc|content|msg)_?)?(id|uuid|guid)=\w+
    """
)
_NEXT = re.compile(
    r"^\W*(下一页|下页|后一页|下一頁|(点击)?加载更多|next(page)?|>|>>|›|»)\W*$|^(下一页|下页)", re.IGNORECASE
)
_NUMBER = re.compile(r"^(\[?\d{1,3}\]?|第\s*\d{1,3}\s*页)$")
_LONGEST_LABEL: Final = 16  # characters of a link that turns pages
_FIRST = re.compile(r"^\W*第?\s*1\s*页?\W*$")
_OTHER_PAGES = re.compile(r"^\W*(首页|上一页|上页|前一页|尾页|末页|最后一页|跳转|go)\W*$", re.IGNORECASE)
_DECLARED = re.compile(
    r"(?:共有?|共计|合计|总[共计数])\s*[:：]?\s*(\d{1,6})\s*(?:条|篇|个?记录|份|项)"
    r"|(?:总记录数?|记录总?数|总条数)\s*[:：]?\s*(\d{1,6})(?!\d)"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a list: where it leads, its title, its date (ISO or ""), files it announces, and the
    ``group`` of its link (see ``page.Link``).
    """

    url: str
    title: str
    date: str = ""
    parts: tuple[str, ...] = ()
    group: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """A request that a page gives rise to.

    ``kind``: ``list`` (more of the same list), ``column`` or ``tree``. ``optional``
    says that the address is a guess, so that its absence is no finding.
    ``context`` travels with the request and comes back with its answer.
    """

    url: str
    method: str = "GET"
    body: str = ""
    kind: str = "list"
    title: str = ""
    optional: bool = False
    context: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Listing:
    """What a page of a list gives. ``declared`` is the total that the list states, ``stuck`` that paging
    repeats itself.
    """

    entries: tuple[Entry, ...]
    more: tuple[Ask, ...] = ()
    declared: int | None = None
    stuck: bool = False


class Family:
    """The plain family: entries are links, the next page is a link. CMS families say what differs."""

    name: ClassVar[str] = "generic"
    #: what the source of its pages shows (see ``Page.shows``), and how much that proves
    signs: ClassVar[dict[str, float]] = {}
    #: what in the source of a list states how many entries it has
    total: ClassVar[re.Pattern[str] | None] = None

    def recognise(self, page: Page) -> float:
        """How sure it is (0–1) that ``page`` was made by this CMS."""
        if self.signs:
            return min(1.0, sum(weight for sign, weight in self.signs.items() if page.shows(sign)))
        return 0.05

    def listing(self, page: Page, context: Context) -> Listing:
        """The page as a part of a list."""
        return Listing(self.entries(page), self.more(page, context), self.declared(page))

    def entries(self, page: Page) -> tuple[Entry, ...]:
        """Links that lead to articles or files."""
        return entries_among(page.links)

    def more(self, page: Page, context: Context) -> tuple[Ask, ...]:
        """Requests for the further pages of this list."""
        return next_pages(page) or numbered_pages(page)

    def declared(self, page: Page) -> int | None:
        """How many entries the list says it has."""
        if self.total and (stated := self.total.search(page.text)):
            return int(stated[1])
        found = _DECLARED.findall(page.plain)
        return int("".join(found[-1])) if found else None

    def branches(self, page: Page) -> tuple[Ask, ...]:
        """Columns of the tree that no link of the page shows."""
        return ()

    def parts(self, page: Page) -> tuple[str, ...]:
        """Further pages of an article that no link of the page shows."""
        return ()

    def may_have_parts(self, source: str) -> bool:
        """Whether :meth:`parts` may give any for an article of that source, told without parsing it."""
        return False


def next_pages(page: Page) -> tuple[Ask, ...]:
    """The page's links to the next page of its list."""
    return tuple(Ask(url) for url in _urls(page, _NEXT))


def numbered_pages(page: Page) -> tuple[Ask, ...]:
    """Links whose text is a page number but 1, for lists without a link to the next page."""
    first = _urls(page, _FIRST)
    return tuple(Ask(url) for url in _urls(page, _NUMBER) if url not in first)


def _urls(page: Page, text: re.Pattern[str]) -> list[str]:
    found = (link.url for link in page.links if link.url != page.url and text.search(_close(link.text)))
    return list(dict.fromkeys(found))


def is_next(text: str) -> bool:
    """Whether a link turns to the next page of a list."""
    return bool(_NEXT.search(_close(text)))


def is_pager(text: str) -> bool:
    """Whether a link turns pages of a list."""
    text = _close(text)
    return bool(_NEXT.search(text) or _NUMBER.search(text) or _OTHER_PAGES.search(text))


def _close(text: str) -> str:
    """A label without the blanks that set its letters apart: 下 一 页."""
    return "".join(text.split()) if len(text) < _LONGEST_LABEL else text


def entries_among(links: tuple[Link, ...], *, titled: bool = False) -> tuple[Entry, ...]:
    """Those links that look like lines of a list: an article's address, a file, or a date beside a title;
    where no link can be a column, also what is ``titled`` as a report.

    Of several links to one address (a picture, a title, 更多) the longest text counts.
    """
    found: dict[str, Entry] = {}
    for link in links:
        if not is_entry(link) and not (titled and is_stated(link.text)):
            continue
        known = found.get(link.url, Entry(link.url, "", group=link.group))
        title, group = (
            (known.title, known.group) if len(known.title) >= len(link.text) else (link.text, link.group)
        )
        found[link.url] = Entry(link.url, title, known.date or link.date, group=group)
    return tuple(found.values())


def is_entry(link: Link) -> bool:
    """Whether a link leads to a document rather than to a column."""
    if is_article(link.url):
        return True
    return bool(link.date) and len(link.text) >= 6 and link.area in ("li", "tr", "dd", "p")


@lru_cache(maxsize=4096)  # asked several times of a page's links, most of which stand on all pages of a site
def is_article(url: str) -> bool:
    """Whether an address has the form of an article or file in one of the dialects known."""
    parts = urlsplit(url)
    where = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return bool(FILES.search(parts.path)) or bool(_ARTICLES.search(where))


@cache
def families() -> tuple[Family, ...]:
    """Every family in ``crawler/families``, and the plain one."""
    folder = Path(__file__).with_name("families")
    for module in pkgutil.iter_modules([str(folder)]):
        importlib.import_module(f"crawler.families.{module.name}")
    return (*(kind() for kind in _subclasses(Family)), Family())


def _subclasses(kind: type[Family]) -> list[type[Family]]:
    found: list[type[Family]] = []
    for child in kind.__subclasses__():
        found += [child, *_subclasses(child)]
    return sorted(found, key=lambda each: each.name)


def family_named(name: str) -> Family:
    """The family of that name; the plain one for a name unknown."""
    return next((family for family in families() if family.name == name), families()[-1])


def recognise(page: Page) -> tuple[Family, float]:
    """The family that is surest of ``page``, and how sure it is."""
    scored = [(family.recognise(page), index) for index, family in enumerate(families())]
    score, index = max(scored, key=lambda pair: (pair[0], -pair[1]))
    return families()[index], score
