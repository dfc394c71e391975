"""UCAP 开普云: ``….shtml`` pages, a column tree as JSONP, lists counted from page 2 as ``name_2.shtml``.

Government and departments have their annual reports at ``zfxxgk_gknbz.shtml``; townships
and the summary are found only through ``/u/channel/treeNew/``, whose nodes may name a page
that does not exist (``…/null.shtml``; the list is ``xlist.shtml`` beside it).
"""

from __future__ import annotations

import json
from functools import partial
from hashlib import sha256
from html import escape
from math import ceil

from samples.publication import Publication
from samples.sites import chrome
from samples.sites.http import Request, Response, html
from samples.sites.pages import SitePages, columns, cut, newest_first
from samples.sites.site import Site

_MAIN, _TOWNS, _SUMMARY = "xxgknb", "xznb", "nbhz"
_NAMES = {_MAIN: "政府信息公开年报", _TOWNS: "乡镇年报", _SUMMARY: "年报汇总"}
_FILES = {_MAIN: "zfxxgk_gknbz", _TOWNS: "xlist", _SUMMARY: "xlist"}
_FIRST_CHANNEL = 106_300
_PER_PAGE = 20


def _hex(*names: object) -> str:
    return sha256("/".join(map(str, names)).encode()).hexdigest()[:32]


def _home_column(publication: Publication) -> str:
    return _TOWNS if publication.agency.kind == "township" else _MAIN


class UcapPages(SitePages[str]):
    """The pages of a site on UCAP."""

    family = "ucap"

    @classmethod
    def places(cls, site: Site, publication: Publication) -> tuple[str, ...]:
        """Its own column, and the summary."""
        own = _home_column(publication)
        return (own, _SUMMARY) if publication.twice else (own,)

    @classmethod
    def article_path(cls, site: Site, publication: Publication, place: str) -> str:
        """The article under the number of its channel."""
        channel = _FIRST_CHANNEL + site.number * 10 + list(_NAMES).index(place)
        name = _hex(site.region.code, publication.number, place)
        return f"/c{channel}/{publication.published_at:%Y%m}/{name}.shtml"

    @classmethod
    def file_path(cls, site: Site, publication: Publication, article: str) -> str:
        """The attachment, in a folder of the article's name."""
        return f"{article.removesuffix('.shtml')}/files/{_hex(article)}.{publication.layout.suffix}"

    def build(self) -> None:
        """The home, the disclosure page, the tree, lists, articles and files."""
        self.code = _hex(self.site.region.code)[:10]
        self.routes["/"] = self.routes["/index.shtml"] = self._home
        self.routes["/zwgk/zfxxgk_list.shtml"] = self._platform
        self.routes[f"/u/channel/treeNew/{self.code}"] = self._tree
        lists = {
            _MAIN: newest_first(p for p in self.site.publications if _home_column(p) == _MAIN),
            _TOWNS: newest_first(p for p in self.site.publications if _home_column(p) == _TOWNS),
            _SUMMARY: columns(self.site)[-1].publications,
        }
        for column, publications in lists.items():
            self._list(column, publications)
            self.articles_of(column, publications)

    def _list(self, column: str, publications: tuple[Publication, ...]) -> None:
        pages = max(1, ceil(len(publications) / _PER_PAGE))
        for page in range(1, pages + 1):
            number = f"_{page}" if page > 1 else ""
            make = partial(self._list_page, column=column, publications=publications, page=page, pages=pages)
            self.routes[f"/zwgk/{column}/{_FILES[column]}{number}.shtml"] = make

    # --- pages -----------------------------------------------------------------------

    def _home(self, request: Request) -> Response:
        news = "".join(f"<li>{title}</li>" for title, _ in chrome.NEWS)
        links = '<a href="/zwgk/zfxxgk_list.shtml" title="政府信息公开">政府信息公开</a>'
        return self._page(self.site.name, {}, f'<ul class="news">{news}</ul>{links}')

    def _platform(self, request: Request) -> Response:
        tree = f"/u/channel/treeNew/{self.code}?level=1&channelId={_FIRST_CHANNEL + self.site.number * 10}"
        content = (
            f'<a href="/zwgk/{_MAIN}/{_FILES[_MAIN]}.shtml">{_NAMES[_MAIN]}</a>\n'
            f'<ul id="channelTree"></ul>\n<script>$.ajax({{url:"{tree}", dataType:"jsonp"}});</script>'
        )
        return self._page("政府信息公开", {"ColumnName": "政府信息公开", "ColumnType": ""}, content)

    def _tree(self, request: Request) -> Response:
        nodes = [
            {"name": name, "channelId": n, "url": f"/zwgk/{column}/{self._named(column)}", "children": []}
            for n, (column, name) in enumerate(_NAMES.items(), _FIRST_CHANNEL + self.site.number * 10)
        ]
        answer = json.dumps({"name": "政府信息公开", "url": "", "children": nodes}, ensure_ascii=False)
        headers = {"content-type": "application/javascript;charset=UTF-8"}
        return Response(f"null({answer});".encode(), headers=headers)

    def _named(self, column: str) -> str:
        """What the tree calls a column's page; for those whose list is xlist a page that isn't there."""
        return "null.shtml" if _FILES[column] == "xlist" else f"{_FILES[column]}.shtml"

    def _list_page(
        self, request: Request, column: str, publications: tuple[Publication, ...], page: int, pages: int
    ) -> Response:
        shown = publications[(page - 1) * _PER_PAGE : page * _PER_PAGE]
        items = "\n".join(self._item(publication, column) for publication in shown)
        call = f"createPageHTML('page_div',{pages}, {page},'{_FILES[column]}','shtml',{len(publications)});"
        content = f'<ul class="gk_list">\n{items}\n</ul>\n<div id="page_div"><script>{call}</script></div>'
        meta = {"ColumnName": _NAMES[column], "ColumnType": "政府信息公开年报"}
        return self._page(_NAMES[column], meta, content)

    def _item(self, publication: Publication, column: str) -> str:
        title, path = escape(publication.title), self.article_path(self.site, publication, column)
        return (
            f'<li><a href="{path}" title="{title}">{cut(title, 28)}</a>'
            f'<span class="date">{publication.published_at:%Y-%m-%d}</span></li>'
        )

    def article_page(self, request: Request, publication: Publication, place: str) -> Response:
        """The article in one of its columns."""
        fragments, _ = self.article(publication, self.file_link(publication, place))
        content = (
            f'<div class="article-title"><h1>{escape(publication.title)}</h1></div>\n'
            f'<div class="info"><span>来源：{escape(publication.agency.name)}</span> '
            f"<span>发布时间：{publication.published_at:%Y-%m-%d %H:%M}</span> "
            f"浏览次数：{self.counter()}</div>\n"
            '<div class="article-content" id="zoomcon">'
            f'<div id="UCAP-CONTENT">{"".join(fragments)}</div></div>'
        )
        return self._page(publication.title, chrome.article_meta(publication, _NAMES[place]), content)

    def _page(self, title: str, meta: dict[str, str], content: str) -> Response:
        bar = [("首页", "/"), ("政府信息公开", "/zwgk/zfxxgk_list.shtml")]
        scripts = '<script src="/ucap/js/ucapstat.js"></script>\n'
        return html(self.whole(title, meta, bar, content, scripts))


PAGES = UcapPages
