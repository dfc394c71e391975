"""VSB 博达: list pages counted down, so that an old page's address changes when a page is added.

Page 1 is ``bmnb.htm``, page 2 of 11 ``bmnb/10.htm``, the last ``bmnb/1.htm``; articles are
``/info/<tree>/<id>.htm``, files come from a download page by their id.
"""

from __future__ import annotations

from functools import partial
from html import escape
from math import ceil

from samples.publication import Publication
from samples.sites import chrome
from samples.sites.http import Request, Response, html
from samples.sites.pages import SitePages, cut, two_lists
from samples.sites.site import Site

_FOLDER = "/zwgk/zfxxgk/"
_MAIN, _SUMMARY = "zfxxgknb", "nbhz"
_NAMES = {_MAIN: "政府信息公开年报", _SUMMARY: "年报汇总"}
_TREES = {_MAIN: 1225, _SUMMARY: 1226}
_COPY = 40_000
_DOWNLOAD = "/system/_content/download.jsp"
_PER_PAGE = 15


def _file(number: object) -> str:
    """The download page's address of an attachment."""
    return f"{_DOWNLOAD}?urltype=news.DownloadAttachUrl&owner=1488&wbfileid={number}"


class VsbPages(SitePages[str]):
    """The pages of a site on VSB."""

    family = "vsb"

    @classmethod
    def places(cls, site: Site, publication: Publication) -> tuple[str, ...]:
        """Among all reports, and the copy in the summary."""
        return (_MAIN, _SUMMARY) if publication.twice else (_MAIN,)

    @classmethod
    def article_path(cls, site: Site, publication: Publication, place: str) -> str:
        """The article under its tree's number."""
        number = 23_000 + site.number * 100 + publication.number + (_COPY if place == _SUMMARY else 0)
        return f"/info/{_TREES[place]}/{number}.htm"

    @classmethod
    def file_path(cls, site: Site, publication: Publication, article: str) -> str:
        """An attachment, on the download page."""
        return _file(500_000 + publication.number)

    def build(self) -> None:
        """The home, the disclosure page, lists, articles and the download page."""
        self.routes["/"] = self.routes["/index.htm"] = self._home
        self.routes["/zwgk.htm"] = self._governance
        self.routes["/zwgk/zfxxgk.htm"] = self._platform
        self.routes[_DOWNLOAD] = self._download
        for column, publications in two_lists(self.site, _MAIN, _SUMMARY).items():
            pages = max(1, ceil(len(publications) / _PER_PAGE))
            for page in range(1, pages + 1):
                make = partial(self._list_page, column=column, publications=publications, page=page)
                self.routes[_list_path(column, page, pages)] = make
            self.articles_of(column, publications)

    # --- pages -----------------------------------------------------------------------

    def _home(self, request: Request) -> Response:
        news = "".join(f'<li id="line_u7_{n}">{title}</li>' for n, (title, _) in enumerate(chrome.NEWS))
        return self._page(self.site.name, {}, f'<ul>{news}</ul><a href="zwgk.htm">政务公开</a>')

    def _governance(self, request: Request) -> Response:
        return self._page("政务公开", {}, '<a href="zwgk/zfxxgk.htm">政府信息公开</a>')

    def _platform(self, request: Request) -> Response:
        links = "".join(
            f'<li><a href="zfxxgk/{column}.htm">{name}</a></li>' for column, name in _NAMES.items()
        )
        return self._page(
            "政府信息公开", {"ColumnName": "政府信息公开", "ColumnType": ""}, f"<ul>{links}</ul>"
        )

    def _list_page(
        self, request: Request, column: str, publications: tuple[Publication, ...], page: int
    ) -> Response:
        pages = max(1, ceil(len(publications) / _PER_PAGE))
        shown = publications[(page - 1) * _PER_PAGE : page * _PER_PAGE]
        up = "../../../" if page > 1 else "../../"
        items = "\n".join(self._item(p, column, n, up) for n, p in enumerate(shown))
        turn = f'<span class="p_t">共{len(publications)}条</span> {_pager(column, page, pages)}'
        content = f'<ul class="list">\n{items}\n</ul>\n<span class="p_pages">{turn}</span>'
        meta = {"ColumnName": _NAMES[column], "ColumnType": "信息公开年报"}
        return self._page(f"{_NAMES[column]}-{self.site.name}", meta, content)

    def _item(self, publication: Publication, column: str, line: int, up: str) -> str:
        path = up + self.article_path(self.site, publication, column).removeprefix("/")
        title = escape(publication.title)
        return (
            f'<li id="line_u7_{line}"><a href="{path}" title="{title}" target="_blank">{cut(title, 26)}</a>'
            f"<span>{publication.published_at:%Y-%m-%d}</span></li>"
        )

    def article_page(self, request: Request, publication: Publication, place: str) -> Response:
        """The article in one of its columns."""
        fragments, _ = self.article(publication, escape(self.file_link(publication, place)))
        content = (
            f'<form name="_newscontent_fromname"><h1 align="center">{escape(publication.title)}</h1>\n'
            f"<div>发布时间：{publication.published_at:%Y-%m-%d}　作者：{escape(publication.agency.name)}"
            f"　点击：[<span>{self.counter()}</span>]</div>\n"
            f'<div id="vsb_content"><div class="v_news_content">{"".join(fragments)}</div></div></form>'
        )
        return self._page(publication.title, chrome.article_meta(publication, _NAMES[place]), content)

    def _download(self, request: Request) -> Response:
        file = self.routes.get(_file(request.query.get("wbfileid", "")))
        return file(request) if file else self.not_found(request)

    def _page(self, title: str, meta: dict[str, str], content: str) -> Response:
        bar = [("首页", "/index.htm"), ("政务公开", "/zwgk.htm")]
        scripts = '<script src="/system/resource/js/counter.js"></script>\n'
        return html(self.whole(title, meta, bar, content, scripts))


def _list_path(column: str, page: int, pages: int) -> str:
    return f"{_FOLDER}{column}.htm" if page == 1 else f"{_FOLDER}{column}/{pages - page + 1}.htm"


def _pager(column: str, page: int, pages: int) -> str:
    """首页 上页 … 下页 尾页, as links relative to the page they stand on."""
    start = _FOLDER if page == 1 else f"{_FOLDER}{column}/"

    def link(text: str, kind: str, to: int) -> str:
        path = _list_path(column, to, pages)
        relative = path.removeprefix(start) if path.startswith(start) else f"../{path.rpartition('/')[2]}"
        return f'<span class="{kind}"><a href="{relative}">{text}</a></span>'

    back = link("首页", "p_first p_fun", 1) + link("上页", "p_prev p_fun", page - 1) if page > 1 else ""
    on = link("下页", "p_next p_fun", page + 1) + link("尾页", "p_last p_fun", pages) if page < pages else ""
    return back + on


PAGES = VsbPages
