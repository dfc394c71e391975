"""jpaas, Hanweb's newer platform: lists built by an API that answers HTML inside JSON.

The list page holds page 1 and, in ``queryData``, what the API wants for the others. Some
sites answer page 1 whatever is asked; what their list then hides is in the archives
by year (``/xxgknb/2024n/index.html``).
"""

from __future__ import annotations

import json
from functools import partial
from hashlib import sha256
from html import escape

from samples.publication import Publication
from samples.sites import chrome
from samples.sites.http import Request, Response, html, json_response
from samples.sites.pages import SitePages, cut, two_lists
from samples.sites.site import Site

_API = "/api-gateway/jpaas-publish-server/front/page/build/unit"
_GOVERNANCE, _PLATFORM, _ALL, _SUMMARY = 1, 2, 166, 167
_NAMES = {_GOVERNANCE: "政务公开", _PLATFORM: "政府信息公开", _ALL: "政府信息公开年报", _SUMMARY: "年报汇总"}
_ROWS = 15


def _hex(*names: object) -> str:
    return sha256("/".join(map(str, names)).encode()).hexdigest()[:32]


def column_path(site: Site, offset: int) -> str:
    """A column's folder."""
    return f"/col/col{1_229_104_000 + site.number * 1000 + offset}/"


class JpaasPages(SitePages[int]):
    """The pages of a site on jpaas."""

    family = "jpaas"

    @classmethod
    def places(cls, site: Site, publication: Publication) -> tuple[int, ...]:
        """Among all reports, and the copy in the summary."""
        return (_ALL, _SUMMARY) if publication.twice else (_ALL,)

    @classmethod
    def article_path(cls, site: Site, publication: Publication, place: int) -> str:
        """The article below one of its columns."""
        name = _hex(site.region.code, publication.number, place)
        return f"{column_path(site, place)}art/{publication.published_at.year}/art_{name}.html"

    @classmethod
    def file_path(cls, site: Site, publication: Publication, article: str) -> str:
        """An attachment."""
        return f"/attach/0/{_hex('file', site.region.code, publication.number)}.{publication.layout.suffix}"

    def build(self) -> None:
        """The home, columns, the API, archives by year, articles and files."""
        self.lists = two_lists(self.site, _ALL, _SUMMARY)
        self.years = sorted({p.year for p in self.site.publications}, reverse=True)
        self.routes["/"] = self.routes["/index.html"] = partial(self._links, links=(_GOVERNANCE,), name="")
        for offset, links in ((_GOVERNANCE, (_PLATFORM,)), (_PLATFORM, (_ALL, _SUMMARY))):
            self._folder(offset, partial(self._links, links=links, name=_NAMES[offset]))
        for offset, publications in self.lists.items():
            self._folder(offset, partial(self._list_page, offset=offset))
            self.articles_of(offset, publications)
        for year in self.years:
            self.routes[f"/xxgknb/{year}n/index.html"] = partial(self._year_page, year=year)
        self.routes[_API] = self._api

    @property
    def honest(self) -> bool:
        """Whether the API gives the page that is asked for."""
        return self.site.number % 2 == 0

    def _folder(self, offset: int, make: partial[Response]) -> None:
        path = column_path(self.site, offset)
        self.routes[path] = self.routes[f"{path}index.html"] = make

    # --- lists ------------------------------------------------------------------------

    def _links(self, request: Request, links: tuple[int, ...], name: str) -> Response:
        items = "".join(
            f'<li><a href="{column_path(self.site, n)}index.html">{_NAMES[n]}</a></li>' for n in links
        )
        return self._page(name or self.site.name, {"ColumnName": name} if name else {}, f"<ul>{items}</ul>")

    def _list_page(self, request: Request, offset: int) -> Response:
        number = column_path(self.site, offset).strip("/").rpartition("col")[2]
        ids = {"webId": str(self.site.number + 3185), "pageId": number, "tagId": "信息列表", "tplSetId": "t1"}
        query = "{" + ",".join(f"'{name}':'{value}'" for name, value in ids.items()) + "}"
        years = "".join(f'<a href="/xxgknb/{year}n/index.html">{year}年</a> ' for year in self.years)
        content = (
            f'<div class="years">{years}</div>\n'
            f'<div id="list" url="{_API}" queryData="{query}">{self._rows(offset, 1)}</div>'
        )
        meta = {"ColumnName": _NAMES[offset], "ColumnType": "政府信息公开年报"}
        return self._page(_NAMES[offset], meta, content)

    def _api(self, request: Request) -> Response:
        offset = int(request.query.get("pageId", "0") or 0) - (1_229_104_000 + self.site.number * 1000)
        if offset not in self.lists:
            return json_response({"success": False, "data": None})
        page = int(json.loads(request.query.get("paramJson") or "{}").get("pageNo", 1))
        return json_response(
            {"success": True, "code": "200", "data": {"html": self._rows(offset, page if self.honest else 1)}}
        )

    def _rows(self, offset: int, page: int) -> str:
        publications = self.lists[offset]
        shown = publications[(page - 1) * _ROWS : page * _ROWS]
        items = "\n".join(self._item(publication, offset) for publication in shown)
        return (
            f'<ul>\n{items}\n</ul><div class="pagination" rows="{_ROWS}" count="{len(publications)}"></div>'
        )

    def _year_page(self, request: Request, year: int) -> Response:
        items = "\n".join(self._item(p, _ALL) for p in self.lists[_ALL] if p.year == year)
        meta = {"ColumnName": f"{year}年", "ColumnType": "政府信息公开年报"}
        return self._page(f"{year}年年报", meta, f"<ul>\n{items}\n</ul>")

    def _item(self, publication: Publication, offset: int) -> str:
        title, path = escape(publication.title), self.article_path(self.site, publication, offset)
        return (
            f'<li><a href="{path}" title="{title}" target="_blank">{cut(title, 28)}</a>'
            f"<span>{publication.published_at:%Y-%m-%d}</span></li>"
        )

    # --- articles ---------------------------------------------------------------------

    def article_page(self, request: Request, publication: Publication, place: int) -> Response:
        """The article in one of its columns."""
        fragments, _ = self.article(publication, self.file_link(publication, place))
        content = (
            f'<div class="article"><h1 class="title">{escape(publication.title)}</h1>\n'
            f"<p>发布时间：{publication.published_at:%Y-%m-%d %H:%M} "
            f"信息来源：{escape(publication.agency.name)} 浏览次数：{self.counter()}</p>\n"
            f'<div class="main-txt" id="zoom">{"".join(fragments)}</div></div>'
        )
        return self._page(publication.title, chrome.article_meta(publication, _NAMES[place]), content)

    def _page(self, title: str, meta: dict[str, str], content: str) -> Response:
        bar = [("首页", "/"), ("政务公开", f"{column_path(self.site, _GOVERNANCE)}index.html")]
        scripts = '<script src="/jpaas-jpublish/script/page.js"></script>\n'
        return html(self.whole(title, meta, bar, content, scripts))


PAGES = JpaasPages
