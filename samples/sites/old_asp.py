"""An old portal of nobody's make: ``.asp`` pages in GBK called gb2312, next pages as plain links."""

from __future__ import annotations

from html import escape
from math import ceil

from samples.publication import Publication
from samples.sites import chrome
from samples.sites.http import Request, Response, html
from samples.sites.pages import SitePages, two_lists
from samples.sites.site import Site

_CATEGORIES = {12: "信息公开年报", 13: "年报汇总"}
_ALL, _SUMMARY = _CATEGORIES
_COPY = 7000
_PER_PAGE = 20


def _article(number: object) -> str:
    return f"/show.asp?id={number}"


class OldAspPages(SitePages[int]):
    """The pages of such a site."""

    family = "old_asp"
    charset = "gb2312"

    @classmethod
    def places(cls, site: Site, publication: Publication) -> tuple[int, ...]:
        """Among all reports, and the copy in the summary."""
        return (_ALL, _SUMMARY) if publication.twice else (_ALL,)

    @classmethod
    def article_path(cls, site: Site, publication: Publication, place: int) -> str:
        """The article's address."""
        return _article(1000 + publication.number + (_COPY if place == _SUMMARY else 0))

    @classmethod
    def file_path(cls, site: Site, publication: Publication, article: str) -> str:
        """An attachment, named by the time it was uploaded."""
        when, suffix = publication.published_at, publication.layout.suffix
        return f"/UploadFiles/{when:%Y%m%d%H%M}{publication.number:03}.{suffix}"

    def build(self) -> None:
        """The home, lists, articles and files."""
        self.lists = two_lists(self.site, _ALL, _SUMMARY)
        self.routes["/"] = self.routes["/index.asp"] = self._home
        self.routes["/list.asp"] = self._list_page
        self.routes["/show.asp"] = self._show
        for category, publications in self.lists.items():
            self.articles_of(category, publications)

    def _home(self, request: Request) -> Response:
        news = "".join(f"<tr><td>{title}</td></tr>" for title, _ in chrome.NEWS)
        links = "".join(f'<td><a href="list.asp?cat={n}">{name}</a></td>' for n, name in _CATEGORIES.items())
        return self._page(self.site.name, {}, f"<table>{news}<tr>{links}</tr></table>")

    def _list_page(self, request: Request) -> Response:
        category = int(request.query.get("cat", "0"))
        if category not in self.lists:
            return self.not_found(request)
        publications, page = self.lists[category], max(1, int(request.query.get("page", "1")))
        pages = max(1, ceil(len(publications) / _PER_PAGE))
        shown = publications[(page - 1) * _PER_PAGE : page * _PER_PAGE]
        rows = "\n".join(self._row(publication, category) for publication in shown)
        on = f'<a href="list.asp?cat={category}&amp;page={page + 1}">下一页</a>' if page < pages else "下一页"
        turn = f"共有{len(publications)}条记录　第{page}页　{on}"
        return self._page(_CATEGORIES[category], {}, f"<table>\n{rows}\n</table>\n<p>{turn}</p>")

    def _row(self, publication: Publication, category: int) -> str:
        link = self.article_path(self.site, publication, category).removeprefix("/")
        return (
            f'<tr><td>·<a href="{link}" target="_blank">{escape(publication.title)}</a></td>'
            f"<td>[{publication.published_at:%Y-%m-%d}]</td></tr>"
        )

    def _show(self, request: Request) -> Response:
        article = self.routes.get(_article(request.query.get("id", "")))
        return article(request) if article else self.not_found(request)

    def article_page(self, request: Request, publication: Publication, place: int) -> Response:
        """The article, the same in both lists."""
        fragments, _ = self.article(publication, self.file_link(publication, place))
        when = f"{publication.published_at:%Y-%m-%d}"
        content = (
            f'<table width="960"><tr><td align="center"><b>{escape(publication.title)}</b></td></tr>'
            f"<tr><td>发布人：{escape(publication.agency.short)}　发布时间：{when}　点击数：{self.counter()}"
            f"</td></tr><tr><td>{''.join(fragments)}</td></tr></table>"
        )
        return self._page(publication.title, {}, content)

    def _page(self, title: str, meta: dict[str, str], content: str) -> Response:
        bar = [("首页", "index.asp"), ("信息公开年报", f"list.asp?cat={_ALL}")]
        return html(self.whole(title, meta, bar, content), encoding="gbk", header_charset=False)


PAGES = OldAspPages
