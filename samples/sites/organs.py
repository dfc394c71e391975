"""What the platforms share that give every organ a place of its own: who lists what, and how lists turn."""

from __future__ import annotations

from abc import abstractmethod
from functools import partial
from html import escape
from math import ceil
from typing import ClassVar

from samples.publication import Publication
from samples.report import Agency
from samples.sites import chrome
from samples.sites.http import Request, Response, html
from samples.sites.pages import SitePages, newest_first
from samples.sites.site import Site


def organs_of(site: Site, publication: Publication) -> tuple[Agency, ...]:
    """Who lists a publication: its agency, and the government where it is published twice."""
    copy = publication.twice and publication.agency != site.agencies[0]
    return (publication.agency, site.agencies[0]) if copy else (publication.agency,)


class OrganPages(SitePages[Agency]):
    """The pages of a site that has a list of annual reports for each organ. Subclasses say where they are."""

    per_page: ClassVar[int] = 4

    @abstractmethod
    def list_path(self, agency: Agency, page: int) -> str:
        """Page ``page`` (from 1) of an organ's annual reports."""

    @abstractmethod
    def list_body(self, agency: Agency, items: list[str], page: int, pages: int, total: int) -> str:
        """A page of that list around its lines."""

    @abstractmethod
    def front(self) -> None:
        """Routes from the home to the organs and their lists."""

    @classmethod
    def places(cls, site: Site, publication: Publication) -> tuple[Agency, ...]:
        """Its organ, and the government where it has a copy."""
        return organs_of(site, publication)

    def build(self) -> None:
        """The way to the organs, their lists, articles and files."""
        self.front()
        for agency in self.site.agencies:
            listed = newest_first(p for p in self.site.publications if agency in organs_of(self.site, p))
            pages = max(1, ceil(len(listed) / self.per_page))
            for page in range(1, pages + 1):
                make = partial(self._list_page, agency=agency, listed=listed, page=page, pages=pages)
                self.routes[self.list_path(agency, page).partition("?")[0]] = make
            self.articles_of(agency, listed)

    def _list_page(
        self, request: Request, agency: Agency, listed: tuple[Publication, ...], page: int, pages: int
    ) -> Response:
        items = [
            f'<li><a href="{self.article_path(self.site, p, agency)}" title="{escape(p.title)}">'
            f"{escape(p.title)}</a><span>{p.published_at:%Y-%m-%d}</span></li>"
            for p in listed[(page - 1) * self.per_page : page * self.per_page]
        ]
        body = self.list_body(agency, items, page, pages, len(listed))
        return self.shown(f"{agency.short}-政府信息公开年报", {"ColumnName": "政府信息公开年报"}, body)

    def article_page(self, request: Request, publication: Publication, place: Agency) -> Response:
        """The article, the same under every organ."""
        fragments, _ = self.article(publication, self.file_link(publication, place))
        when = publication.published_at
        content = (
            f'<h1 class="title">{escape(publication.title)}</h1>\n'
            f"<p>发布机构：{escape(publication.agency.name)} 发布日期：{when:%Y-%m-%d}</p>\n"
            f'<div class="article-info" id="zoom">{"".join(fragments)}</div>'
        )
        return self.shown(publication.title, chrome.article_meta(publication, "政府信息公开年报"), content)

    def shown(self, title: str, meta: dict[str, str], content: str) -> Response:
        """A page with the site's navigation."""
        return html(self.whole(title, meta, [("首页", "/")], content))

    def news(self) -> str:
        """What stands on the home page beside the way to the organs."""
        return f"<ul>{''.join(f'<li>{title}</li>' for title, _ in chrome.NEWS)}</ul>"
