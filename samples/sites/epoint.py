"""Epoint: ``/govxxgk/<credit code>/category/002/002001/govlist.html``, the column's name in the query.

Further pages of a list are ``2.html``, ``3.html`` beside the first; only a script counts them.
"""

from __future__ import annotations

from functools import partial
from html import escape
from urllib.parse import quote

from samples.publication import Publication
from samples.report import Agency
from samples.sites.http import Request, Response
from samples.sites.organs import OrganPages
from samples.sites.site import Site

_REPORTS = "信息公开年度报告"
_OTHER = "依申请公开"


def _folder(site: Site, agency: Agency) -> str:
    """An organ's folder, named by a credit code (of the right form, of nobody)."""
    return f"/govxxgk/11{site.region.code}{site.agencies.index(agency):03}41762XK"


class EpointPages(OrganPages):
    """The pages of a site made with Epoint."""

    family = "epoint"

    @classmethod
    def article_path(cls, site: Site, publication: Publication, place: Agency) -> str:
        """The article under its organ, by day and a number of 32 digits in groups."""
        mark = f"{publication.number:08x}-ab12-4f05-9a2b-{site.number:012x}"
        return f"{_folder(site, place)}/{publication.published_at:%Y-%m-%d}/{mark}.html"

    @classmethod
    def file_path(cls, site: Site, publication: Publication, article: str) -> str:
        """An attachment."""
        when, suffix = publication.published_at, publication.layout.suffix
        return f"/EpointFront/attach/{when:%Y%m}/{publication.number:06}.{suffix}"

    def list_path(self, agency: Agency, page: int) -> str:
        """The first page says in its query what it is."""
        folder = f"{_folder(self.site, agency)}/category/002/002001"
        return f"{folder}/{page}.html" if page > 1 else f"{folder}/govlist.html?righttitle={quote(_REPORTS)}"

    def list_body(self, agency: Agency, items: list[str], page: int, pages: int, total: int) -> str:
        """The lines and the script that counts the pages."""
        script = f"var pageCount = {pages}; var pageIndex = {page}; $('#pager').pager();"
        lines = "\n".join(items)
        return f'<ul class="ewb-list">\n{lines}\n</ul>\n<div id="pager"></div><script>{script}</script>'

    def front(self) -> None:
        """The home, the organs, and the columns of each."""
        self.routes["/"] = self.routes["/index.html"] = self._home
        self.routes["/govxxgk/govindex.html"] = self._organs
        for agency in self.site.agencies:
            self.routes[f"{_folder(self.site, agency)}/govlist.html"] = partial(self._columns, agency=agency)

    def _home(self, request: Request) -> Response:
        entrance = '<a href="/govxxgk/govindex.html">政府信息公开</a>'
        return self.shown(self.site.name, {}, f"{entrance}\n{self.news()}")

    def _organs(self, request: Request) -> Response:
        links = "\n".join(
            f'<li><a href="{_folder(self.site, agency)}/govlist.html">{escape(agency.short)}</a></li>'
            for agency in self.site.agencies
        )
        return self.shown(
            "政府信息公开", {"ColumnName": "政府信息公开", "ColumnType": ""}, f"<ul>{links}</ul>"
        )

    def _columns(self, request: Request, agency: Agency) -> Response:
        other = f"{_folder(self.site, agency)}/category/002/002004/govlist.html?righttitle={quote(_OTHER)}"
        links = f'<a href="{other}">{_OTHER}</a> <a href="{self.list_path(agency, 1)}">{_REPORTS}</a>'
        return self.shown(agency.short, {"ColumnName": agency.short}, links)


PAGES = EpointPages
