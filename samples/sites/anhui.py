"""The disclosure platform of Anhui and Gansu: an address for each organ, what it shows chosen by ``type``.

``/public/column/<organ>?type=3`` lists an organ's annual reports (1 rules, 2 guide, 4 catalogue,
5 applications); articles are ``/public/<organ>/<id>.html``. Only the tabs of an organ's page lead to its
reports.
"""

from __future__ import annotations

from functools import partial
from html import escape
from math import ceil

from samples.publication import Publication
from samples.report import Agency
from samples.sites import chrome
from samples.sites.http import Request, Response, html
from samples.sites.organs import organs_of
from samples.sites.pages import SitePages, newest_first
from samples.sites.site import Site

_TABS = {
    "1": "政府信息公开制度",
    "2": "政府信息公开指南",
    "3": "政府信息公开年报",
    "4": "目录",
    "5": "依申请公开",
}
_REPORTS = "3"
_COPY = 3_000_000
_PER_PAGE = 6


def _organ(site: Site, agency: Agency) -> int:
    return 6_600_000 + site.number * 100 + site.agencies.index(agency)


class AnhuiPages(SitePages[Agency]):
    """The pages of a site on this platform."""

    family = "anhui"

    @classmethod
    def places(cls, site: Site, publication: Publication) -> tuple[Agency, ...]:
        """Its organ, and the government that has a copy."""
        return organs_of(site, publication)

    @classmethod
    def article_path(cls, site: Site, publication: Publication, place: Agency) -> str:
        """The article under an organ; the government has copies of some departments' reports."""
        copy = 0 if place == publication.agency else _COPY
        return (
            f"/public/{_organ(site, place)}/{9_400_000 + site.number * 1000 + publication.number + copy}.html"
        )

    @classmethod
    def file_path(cls, site: Site, publication: Publication, article: str) -> str:
        """An attachment."""
        return f"/OpennessContent/download/{2_270_000 + publication.number}.{publication.layout.suffix}"

    def build(self) -> None:
        """The home, the organs, their lists, articles and files."""
        self.routes["/"] = self.routes["/index.html"] = self._home
        self.routes["/public/column/index.html"] = self._all_organs
        for agency in self.site.agencies:
            listed = newest_first(p for p in self.site.publications if agency in organs_of(self.site, p))
            make = partial(self._organ_page, agency=agency, publications=listed)
            self.routes[f"/public/column/{_organ(self.site, agency)}"] = make
            self.articles_of(agency, listed)

    # --- pages -----------------------------------------------------------------------

    def _home(self, request: Request) -> Response:
        news = "".join(f"<li>{title}</li>" for title, _ in chrome.NEWS)
        return self._page(self.site.name, {}, f"<ul>{news}</ul>")

    def _all_organs(self, request: Request) -> Response:
        query = "?type=4&amp;catId=1&amp;action=list&amp;nav=3"
        items = "\n".join(
            f'<li><a href="/public/column/{_organ(self.site, agency)}{query}">{escape(agency.short)}</a></li>'
            for agency in self.site.agencies
        )
        return self._page(
            "政府信息公开", {"ColumnName": "政府信息公开", "ColumnType": ""}, f"<ul>{items}</ul>"
        )

    def _organ_page(
        self, request: Request, agency: Agency, publications: tuple[Publication, ...]
    ) -> Response:
        kind = request.query.get("type", "4")
        organ = _organ(self.site, agency)
        tabs = "".join(f'<a href="/public/column/{organ}?type={n}">{name}</a> ' for n, name in _TABS.items())
        page = max(1, int(request.query.get("pageIndex", "1")))
        shown = self._list(organ, agency, publications, page) if kind == _REPORTS else "<p>暂无内容</p>"
        name = _TABS.get(kind, "")
        meta = {"ColumnName": name, "ColumnType": "信息公开年报" if kind == _REPORTS else ""}
        return self._page(f"{agency.short}-{name}", meta, f'<div class="tabs">{tabs}</div>\n{shown}')

    def _list(self, organ: int, agency: Agency, publications: tuple[Publication, ...], page: int) -> str:
        pages = max(1, ceil(len(publications) / _PER_PAGE))
        shown = publications[(page - 1) * _PER_PAGE : page * _PER_PAGE]
        items = "\n".join(
            f'<li><a href="{self.article_path(self.site, p, agency)}">{escape(p.title)}</a>'
            f"<span>{p.published_at:%Y-%m-%d}</span></li>"
            for p in shown
        )
        on = (
            f'<a href="/public/column/{organ}?type=3&amp;pageIndex={page + 1}">下一页</a>'
            if page < pages
            else ""
        )
        return f"<ul>\n{items}\n</ul>\n<div>共 {len(publications)} 条 第 {page}/{pages} 页 {on}</div>"

    def article_page(self, request: Request, publication: Publication, place: Agency) -> Response:
        """The article, the same under every organ."""
        fragments, _ = self.article(publication, self.file_link(publication, place))
        when = publication.published_at
        content = (
            f'<table class="info"><tr><td>索引号</td><td>11{self.site.region.code}/{when:%Y%m}-00013</td>'
            f"<td>组配分类</td><td>政府信息公开年报</td></tr>"
            f"<tr><td>发布机构</td><td>{escape(publication.agency.name)}</td>"
            f"<td>发布日期</td><td>{when:%Y-%m-%d %H:%M}</td></tr></table>\n"
            f'<h1 class="title">{escape(publication.title)}</h1>\n'
            f'<div class="j-fontContent" id="zoom">{"".join(fragments)}</div>'
        )
        return self._page(publication.title, chrome.article_meta(publication, "政府信息公开年报"), content)

    def _page(self, title: str, meta: dict[str, str], content: str) -> Response:
        bar = [("首页", "/"), ("政府信息公开", "/public/column/index.html")]
        return html(self.whole(title, meta, bar, content))


PAGES = AnhuiPages
