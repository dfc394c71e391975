"""What all families share: routing, articles with their silent edit, columns, errors, noise."""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from html import escape
from typing import ClassVar, Generic, TypeVar

from samples.publication import Publication
from samples.report import Agency, Report
from samples.sites import chrome
from samples.sites.http import Request, Response, html
from samples.sites.other_documents import image_path, other_body, picture
from samples.sites.site import Site
from samples.visits import Visits

Maker = Callable[[Request], Response]
#: what tells the lists of a site apart: a number, a name, an agency
Place = TypeVar("Place")


@dataclass(frozen=True)
class Column:
    """A column of the disclosure platform: ``group`` is government, departments, townships or summary."""

    group: str
    name: str
    publications: tuple[Publication, ...]  # newest first
    agency: Agency | None = None


class SitePages(ABC, Generic[Place]):
    """The pages of one site. Subclasses fill ``routes`` (path → maker) and may answer other paths too.

    A publication has an article in each list that holds it: subclasses say which lists these are, and
    where articles and files are. That needs no instance, so that a world knows it without making pages.
    """

    family: ClassVar[str]
    #: whether a long article may run over two pages
    turns_pages: ClassVar[bool] = False
    #: whether articles carry validators (ETag, Last-Modified), by which a visitor who returns is known
    validates: ClassVar[bool] = False
    #: what pages declare in their meta tag
    charset: ClassVar[str] = "utf-8"

    def __init__(self, site: Site, visits: Visits) -> None:
        self.site = site
        self.visits = visits
        self._clock = itertools.count(1)
        self._returning = False
        self.routes: dict[str, Maker] = {"/robots.txt": self.robots, "/images/common.css": self.style}
        self.routes |= {
            image_path(publication): self.image
            for publication in site.publications
            if publication.kind == "infographic"
        }
        self.build()

    @abstractmethod
    def build(self) -> None:
        """Fill ``routes``."""

    @classmethod
    @abstractmethod
    def places(cls, site: Site, publication: Publication) -> tuple[Place, ...]:
        """The lists that hold the publication, its own first."""

    @classmethod
    @abstractmethod
    def article_path(cls, site: Site, publication: Publication, place: Place) -> str:
        """The publication's article in a list."""

    @classmethod
    @abstractmethod
    def file_path(cls, site: Site, publication: Publication, article: str) -> str:
        """The file attached to an article; of most families one for all of them."""

    @abstractmethod
    def article_page(self, request: Request, publication: Publication, place: Place) -> Response:
        """That article."""

    @classmethod
    def addresses(cls, site: Site, publication: Publication) -> tuple[str, ...]:
        """The paths of the publication's articles, its department's first."""
        return tuple(cls.article_path(site, publication, place) for place in cls.places(site, publication))

    @classmethod
    def attachments(cls, site: Site, publication: Publication) -> tuple[str, ...]:
        """The paths of the publication's files, none where the article holds the report."""
        articles = cls.addresses(site, publication) if publication.attached else ()
        return tuple(dict.fromkeys(cls.file_path(site, publication, article) for article in articles))

    def file_link(self, publication: Publication, place: Place) -> str:
        """The file of a publication's article in a list."""
        return self.file_path(self.site, publication, self.article_path(self.site, publication, place))

    def articles_of(self, place: Place, publications: Iterable[Publication]) -> None:
        """Routes to the articles of a list and to their files."""
        for publication in publications:
            path = self.article_path(self.site, publication, place)
            self.routes[path] = partial(self.article_page, publication=publication, place=place)
            if publication.attached:
                self.routes[self.file_path(self.site, publication, path)] = self.file(publication)

    def respond(self, request: Request) -> Response:
        """The answer to any request."""
        self._returning = bool({"if-none-match", "if-modified-since"} & request.headers.keys())
        maker = self.routes.get(request.path)
        return maker(request) if maker else self.not_found(request)

    # --- pages every site has ---------------------------------------------------

    def robots(self, request: Request) -> Response:
        """Everything but the search is allowed."""
        text = "User-agent: *\nDisallow: /search/\n"
        return Response(text.encode(), headers={"content-type": "text/plain"})

    def style(self, request: Request) -> Response:
        """The style sheet all pages name."""
        return Response(b"table { border-collapse: collapse; }\n", headers={"content-type": "text/css"})

    def image(self, request: Request) -> Response:
        """The picture of an infographic."""
        return Response(picture(), headers={"content-type": "image/jpeg"})

    def not_found(self, request: Request) -> Response:
        """404, on some sites a page that says so with status 200."""
        text = (
            f"<html><head><meta charset=utf-8><title>404 - {self.site.name}</title></head>"
            '<body><div class="err">您访问的页面不存在或已被删除！<a href="/">首页</a></div></body></html>'
        )
        return html(text, status=200 if self.site.soft_404 else 404)

    def file(self, publication: Publication) -> Maker:
        """A maker that serves an attached report."""

        def serve(request: Request) -> Response:
            return Response(publication.attachment, headers={"content-type": publication.layout.media_type})

        return serve

    # --- articles ----------------------------------------------------------------

    def report_of(self, publication: Publication) -> Report:
        """The report as a visitor finds it: the first version at the first visit, then the edited one.

        A visitor who returns is known by the validators of the request, so that each
        archive sees the edit happen; where pages carry none, by the page's having been read.
        """
        if publication.reveal is None:
            return publication.report
        if self.validates:
            return publication.edited if self._returning else publication.report
        page = f"{self.site.region.code}/{publication.number}"
        if self.visits.was_read(page):
            return publication.edited
        self.visits.mark(page)
        return publication.report

    def article(self, publication: Publication, file_link: str = "") -> tuple[list[str], datetime]:
        """The fragments of an article's body as a visitor now finds it, and when it was last touched."""
        report = self.report_of(publication)
        days = 0 if report is publication.report else 100
        fragments = self._fragments(publication, report, file_link)
        return fragments, publication.published_at + timedelta(days=days)

    def _fragments(self, publication: Publication, report: Report, file_link: str) -> list[str]:
        """A report's sections, a stub with the link to its file, or another document."""
        if publication.kind != "report":
            return [other_body(publication)]
        body = publication.layout.body
        if body is not None:
            return body(report)
        name = f"{escape(publication.title)}.{publication.layout.suffix}"
        return [
            f"<p>　　现将《{escape(publication.title)}》予以公布，请下载查阅。</p>\n"
            f'<p>附件：<a href="{file_link}" title="{name}">{name}</a></p>\n'
        ]

    def whole(
        self, title: str, meta: dict[str, str], bar: list[tuple[str, str]], content: str, scripts: str = ""
    ) -> str:
        """A page around ``content``: tags of the site and ``meta``, a navigation bar, a footer with noise."""
        tags = chrome.metas(chrome.site_meta(self.site.name, self.site.host, self.site.id_code) | meta)
        body = f"{chrome.navigation(bar)}\n{content}\n{self.footer()}"
        return chrome.page(title, tags, body, charset=self.charset, scripts=scripts)

    # --- noise -------------------------------------------------------------------

    def counter(self) -> int:
        """A number that differs at each request."""
        return 1200 + next(self._clock)

    def footer(self) -> str:
        """The site's footer with a counter and a time that change at each request."""
        return chrome.footer(self.site.name, self.site.id_code, self.site.number, self.counter())


def columns(site: Site) -> list[Column]:
    """The annual-report columns of a site: one for each agency, and a summary of some reports."""
    found = [
        Column(
            {"government": "government", "department": "departments"}.get(agency.kind, "townships"),
            agency.short if agency.kind != "government" else f"{agency.county}政府",
            newest_first(p for p in site.publications if p.agency == agency),
            agency,
        )
        for agency in site.agencies
    ]
    return [
        *found,
        Column(
            "summary",
            "年报汇总",
            newest_first(p for p in site.publications if p.twice and p.kind == "report"),
        ),
    ]


def two_lists(site: Site, everything: Place, summary: Place) -> dict[Place, tuple[Publication, ...]]:
    """The lists of a site that has two of them: of all it publishes, and a summary of some reports."""
    return {everything: newest_first(site.publications), summary: columns(site)[-1].publications}


def newest_first(publications: Iterable[Publication]) -> tuple[Publication, ...]:
    """As lists of articles show them."""
    return tuple(sorted(publications, key=lambda p: p.number, reverse=True))


def cut(title: str, most: int = 24) -> str:
    """A title as narrow lists print it."""
    return title if len(title) <= most else f"{title[:most]}..."
