"""The other vendor of disclosure platforms (Gansu): ``/XxgkAnnualReport/showList/<organ>/page_1.html``.

Organs are met by their policies only (``/XxgkPolicy/showList/…``); tabs there lead to their
reports. Lists turn by numbers; articles are ``/XxgkAnnualReport/show/<id>.html``.
"""

from __future__ import annotations

from functools import partial
from html import escape

from samples.publication import Publication
from samples.report import Agency
from samples.sites.http import Request, Response
from samples.sites.organs import OrganPages
from samples.sites.site import Site

_TABS = (("政府信息公开制度", "Rules"), ("政府信息公开指南", "Guide"), ("政府信息公开年报", "AnnualReport"))
_COPY = 500_000


def _organ(site: Site, agency: Agency) -> int:
    return 650 + site.agencies.index(agency)


def _list(organ: int, kind: str, page: int = 1) -> str:
    return f"/Xxgk{kind}/showList/{organ}/page_{page}.html"


class XxgkPages(OrganPages):
    """The pages of a site on this platform."""

    family = "xxgk"

    @classmethod
    def article_path(cls, site: Site, publication: Publication, place: Agency) -> str:
        """The article, by its number."""
        copy = 0 if place == publication.agency else _COPY
        return f"/XxgkAnnualReport/show/{5_000 + publication.number + copy}.html"

    @classmethod
    def file_path(cls, site: Site, publication: Publication, article: str) -> str:
        """An attachment."""
        return f"/OpennessContent/download/{2_270_000 + publication.number}.{publication.layout.suffix}"

    def list_path(self, agency: Agency, page: int) -> str:
        """Pages are numbered."""
        return _list(_organ(self.site, agency), "AnnualReport", page)

    def list_body(self, agency: Agency, items: list[str], page: int, pages: int, total: int) -> str:
        """The tabs, the lines, and a link to every page."""
        numbers = " ".join(f'<a href="{self.list_path(agency, n)}">{n}</a>' for n in range(1, pages + 1))
        lines = "\n".join(items)
        return f"{self._tabs(agency)}\n<ul>\n{lines}\n</ul>\n<div>共{total}条记录 {numbers}</div>"

    def front(self) -> None:
        """The home, the organs, and the policies of each."""
        self.routes["/"] = self.routes["/index.html"] = self._home
        self.routes["/Openness/index.html"] = self._organs
        for agency in self.site.agencies:
            self.routes[_list(_organ(self.site, agency), "Policy")] = partial(self._policies, agency=agency)

    def _home(self, request: Request) -> Response:
        entrance = '<a href="/Openness/index.html">政府信息公开</a>'
        return self.shown(self.site.name, {}, f"{entrance}\n{self.news()}")

    def _organs(self, request: Request) -> Response:
        links = "\n".join(
            f'<li><a href="{_list(_organ(self.site, agency), "Policy")}">{escape(agency.short)}</a></li>'
            for agency in self.site.agencies
        )
        return self.shown(
            "政府信息公开", {"ColumnName": "政府信息公开", "ColumnType": ""}, f"<ul>{links}</ul>"
        )

    def _policies(self, request: Request, agency: Agency) -> Response:
        return self.shown(
            f"{agency.short}-政策", {"ColumnName": "政策"}, f"{self._tabs(agency)}\n<p>暂无内容</p>"
        )

    def _tabs(self, agency: Agency) -> str:
        organ = _organ(self.site, agency)
        return "".join(f'<a href="{_list(organ, kind)}">{name}</a> ' for name, kind in _TABS)


PAGES = XxgkPages
