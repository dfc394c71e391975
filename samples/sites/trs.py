"""TRS WCM: static pages, column folders with numeric suffixes, page counts only in ``createPageHTML``.

Details that differ from site to site follow from the site's number: the suffix
(html, shtml), the name of list pages and with it one of the three signatures of
``createPageHTML``, or the two variables some templates have instead. Articles
before 2022 are in GBK, declared as gb2312 in the page and not at all in the
header. Some articles run over two pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from html import escape
from math import ceil

from samples.publication import Publication
from samples.report import Agency
from samples.sites import chrome
from samples.sites.http import Request, Response, html, unless_known
from samples.sites.pages import Column, SitePages, columns, cut
from samples.sites.site import Site

_PLATFORM = "/zwgk/zfxxgk/"
_ROOT = f"{_PLATFORM}zfxxgknb/"
_GROUPS = {"department": ("bmnb/", "部门年报"), "township": ("xznb/", "乡镇年报")}
_PER_PAGE = 5
#: the copy of an article in the summary column has an id of its own
_COPY = 500_000
_LAST_OLD_YEAR = 2021
_HITS, _FOOTER = "@HITS@", "@FOOTER@"
_ELSEWHERE = (
    ("政府信息公开指南", "zfxxgkzn/"),
    ("政府信息公开制度", "zfxxgkzd/"),
    ("法定主动公开内容", "fdzdgknr/"),
    ("依申请公开", "ysqgk/"),
)
_LEAVES = (
    ("政策文件", "/zwgk/zcwj/"),
    ("新闻中心", "/xwzx/"),
    ("通知公告", "/tzgg/"),
    ("政府工作报告", "/zfgzbg/"),
)
_TRAIL = (
    ("首页", "/"),
    ("政务公开", "/zwgk/"),
    ("政府信息公开", _PLATFORM),
    ("政府信息公开年报", _ROOT),
)


@dataclass(frozen=True)
class Dialect:
    """How a site's template writes its list pages.

    ``call`` is the script, made from ``pages``, ``page`` (from 0), ``page_1`` (from 1)
    and ``records``; ``second`` is the number in the name of the second page.
    """

    prefix: str
    suffix: str
    call: str
    second: int

    def file(self, page: int) -> str:
        """The file of list page ``page``, from 0."""
        number = f"_{page - 1 + self.second}" if page else ""
        return f"{self.prefix}{number}.{self.suffix}"


DIALECTS = (
    Dialect("index", "html", 'createPageHTML({pages}, {page}, "index","html");', 1),
    Dialect("index", "shtml", "createPageHTML({pages}, {page}, 'index', 'shtml');", 1),
    Dialect(
        "index", "html", "var currentPage = {page};//所在页从0开始\nvar countPage = {pages}//共多少页", 1
    ),
    Dialect("list", "shtml", "createPageHTML('page_div',{pages}, {page_1},'list','shtml',{records});", 2),
)


def dialect(site: Site) -> Dialect:
    """The site's dialect."""
    return DIALECTS[site.number // 3 % len(DIALECTS)]


def column_path(site: Site, agency: Agency | None) -> str:
    """The folder of an agency's annual reports, None for the summary; its id can't be guessed."""
    slug = agency.slug if agency else "nbhz"
    group = _GROUPS[agency.kind][0] if agency and agency.kind in _GROUPS else ""
    number = 51000 + site.number * 131 % 9000 + sum(slug.encode()) * 7 % 997
    return f"{_ROOT}{group}{slug}_{number}/"


class TrsPages(SitePages[Agency | None]):
    """The pages of a site on TRS WCM."""

    family = "trs"
    turns_pages = True
    validates = True

    @classmethod
    def places(cls, site: Site, publication: Publication) -> tuple[Agency | None, ...]:
        """Its agency's column, and the summary (None)."""
        return (publication.agency, None) if publication.twice else (publication.agency,)

    @classmethod
    def article_path(cls, site: Site, publication: Publication, place: Agency | None) -> str:
        """The article in a column."""
        when = publication.published_at
        number = 610_000 + site.number * 1000 + publication.number + (0 if place else _COPY)
        return f"{column_path(site, place)}{when:%Y%m}/t{when:%Y%m%d}_{number}.{dialect(site).suffix}"

    @classmethod
    def file_path(cls, site: Site, publication: Publication, article: str) -> str:
        """The attachment beside an article."""
        name = f"P0{publication.published_at:%Y%m%d}{360_000_000 + publication.number * 977:010}"
        return f"{article.rpartition('/')[0]}/{name}.{publication.layout.suffix}"

    def build(self) -> None:
        """The home, the tree of columns, lists and articles."""
        self.columns = {column.agency: column for column in columns(self.site)}
        news = [(title, f"/{path}/") for title, path in chrome.NEWS]
        self._folder("/", self.site.name, [("政务公开", "/zwgk/"), *news], 0)
        self._folder("/zwgk/", "政务公开", [("政府信息公开", "./zfxxgk/"), ("政策文件", "./zcwj/")], 1)
        platform = [(name, f"./{path}") for name, path in _ELSEWHERE]
        self._folder(_PLATFORM, "政府信息公开", [*platform, ("政府信息公开年报", "./zfxxgknb/")], 2)
        for name, path in _LEAVES:
            self._folder(path, name, [], 1)
        for name, path in _ELSEWHERE:
            self._folder(_PLATFORM + path, name, [], 3)
        self._annual_tree()
        for column in self.columns.values():
            self._column(column)

    # --- columns -----------------------------------------------------------------

    def _annual_tree(self) -> None:
        below: dict[str, list[tuple[str, str]]] = {path: [] for path, _ in (("", ""), *_GROUPS.values())}
        for column in self.columns.values():
            path = column_path(self.site, column.agency).removeprefix(_ROOT)
            group = path[: path.index("/") + 1] if path.count("/") > 1 else ""
            below[group].append((column.name, f"./{path.removeprefix(group)}"))
        groups = [(name, f"./{path}") for path, name in _GROUPS.values()]
        self._folder(_ROOT, "政府信息公开年报", below[""] + groups, 3, "信息公开年报")
        for path, name in _GROUPS.values():
            self._folder(_ROOT + path, name, below[path], 4, "信息公开年报，监督保障")

    def _folder(self, path: str, name: str, links: list[tuple[str, str]], depth: int, kind: str = "") -> None:
        """A page of links to columns."""
        items = "\n".join(
            f'<li><a href="{link}" target="_self">{escape(text)}</a></li>' for text, link in links
        )
        meta = {"ColumnName": name, "ColumnType": kind} if depth else {}

        def make(request: Request) -> Response:
            return self._static(request, name, meta, depth, f'<ul class="gl_left">{items}</ul>')

        self.routes[path] = self.routes[f"{path}index.html"] = make

    def _column(self, column: Column) -> None:
        path = column_path(self.site, column.agency)
        pages = max(1, ceil(len(column.publications) / _PER_PAGE))
        for page in range(pages):
            make = partial(self._list_page, column=column, page=page, pages=pages)
            self.routes[path + dialect(self.site).file(page)] = make
        self.routes[path] = self.routes[path + dialect(self.site).file(0)]
        self.articles_of(column.agency, column.publications)
        for publication in column.publications:
            self._second_page(publication, column.agency)

    def _list_page(self, request: Request, column: Column, page: int, pages: int) -> Response:
        path = column_path(self.site, column.agency)
        shown = column.publications[page * _PER_PAGE : (page + 1) * _PER_PAGE]
        items = "\n".join(self._item(path, column, publication) for publication in shown)
        records = len(column.publications)
        call = dialect(self.site).call.format(pages=pages, page=page, page_1=page + 1, records=records)
        meta = {"ColumnName": f"{column.name}年报", "ColumnType": "信息公开年报"}
        content = (
            f'<div class="zfxxgk_list"><ul>\n{items}\n</ul>\n'
            f'<div id="page_div" class="page"><script>{call}</script></div></div>'
        )
        return self._static(request, f"{column.name}_政府信息公开年报", meta, len(_TRAIL), content)

    def _item(self, path: str, column: Column, publication: Publication) -> str:
        link = self.article_path(self.site, publication, column.agency).removeprefix(path)
        title = escape(publication.title)
        return (
            f'<li><a href="./{link}" title="{title}" target="_blank">{cut(title, 30)}</a>'
            f"<span>{publication.published_at:%Y-%m-%d}</span></li>"
        )

    # --- articles ----------------------------------------------------------------

    def _second_page(self, publication: Publication, place: Agency | None) -> None:
        """The route to it, where the article has one: t…_ID_1.html beside t…_ID.html."""
        if _pages(publication) > 1:
            stem, _, suffix = self.article_path(self.site, publication, place).rpartition(".")
            make = partial(self.article_page, publication=publication, place=place, page=1)
            self.routes[f"{stem}_1.{suffix}"] = make

    def article_page(
        self, request: Request, publication: Publication, place: Agency | None, page: int = 0
    ) -> Response:
        """A page (from 0) of the article in a column."""
        column, path = self.columns[place], self.article_path(self.site, publication, place)
        file = self.file_path(self.site, publication, path).rpartition("/")[2]
        fragments, modified = self.article(publication, f"./{file}")
        pages = _pages(publication)
        if pages > 1:
            half = len(fragments) // 2
            fragments = fragments[half:] if page else fragments[:half]
        content = _article_body(publication, "".join(fragments))
        if pages > 1:
            stem, _, suffix = path.rpartition("/")[2].rpartition(".")
            script = f'createPageHTML({pages}, {page}, "{stem}", "{suffix}");'
            content += f'\n<div class="page"><script>{script}</script></div>'
        meta = chrome.article_meta(publication, f"{column.name}年报")
        title = f"{publication.title}_{column.name}_{self.site.name}"
        encoding = "gbk" if publication.published_at.year <= _LAST_OLD_YEAR else "utf-8"
        return self._static(request, title, meta, len(_TRAIL), content, encoding, modified)

    # --- every page ----------------------------------------------------------------

    def _static(
        self,
        request: Request,
        title: str,
        meta: dict[str, str],
        depth: int,
        content: str,
        encoding: str = "utf-8",
        modified: datetime = datetime(2026, 2, 1, 9),
    ) -> Response:
        """A page from disk: with validators, though a counter and a time in it always differ."""
        tags = chrome.metas(chrome.site_meta(self.site.name, self.site.host, self.site.id_code) | meta)
        bar = chrome.navigation([("首页", "/"), ("政务公开", "/zwgk/"), ("新闻中心", "/xwzx/")])
        trail = chrome.crumbs(list(_TRAIL[:depth]))
        charset = "gb2312" if encoding == "gbk" else encoding
        stable = chrome.page(title, tags, f"{bar}\n{trail}\n{content}\n{_FOOTER}", charset=charset)
        text = stable.replace(_HITS, str(self.counter())).replace(_FOOTER, self.footer())
        response = html(text, encoding=encoding, header_charset=encoding != "gbk")
        return unless_known(request, response, stable, modified)


def _pages(publication: Publication) -> int:
    return 2 if "two_pages" in publication.quirks and publication.kind == "report" else 1


def _article_body(publication: Publication, text: str) -> str:
    return (
        f'<div class="xl_tit"><h2>{escape(publication.title)}</h2></div>\n'
        f'<div class="xl_info"><span>来源：{escape(publication.agency.name)}</span>'
        f"<span>发布时间：{publication.published_at:%Y-%m-%d %H:%M}</span>"
        f'<span>浏览次数：<em id="hits">{_HITS}</em></span></div>\n'
        f'<div id="zoom" class="zz-xl-ct"><div class="TRS_Editor">{text}</div></div>'
    )


PAGES = TrsPages
