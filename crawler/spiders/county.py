"""The one spider: a county's portal, whatever its CMS. Everything a site differs in is data or a family."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from scrapy import Spider

from crawler.context import Run
from crawler.fetched import Fetched
from crawler.registry import choose, load_registry
from crawler.requests import from_failure, from_response

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure


class County(Spider):
    """Turns every answer and every failure into one item; it yields no requests, the frontier holds them.

    ``scrapy crawl county -a sites=64,330411 [-a registry=DIR] [-a data=DIR]`` is the same
    run as ``gongkai crawl``.
    """

    name: ClassVar[str] = "county"  # type: ignore[misc]
    run: Run

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, run: Run | None = None, **kwargs: Any) -> Self:
        """``run`` is given by :func:`crawler.run.crawl`; Scrapy's own command has arguments only."""
        options = {key: kwargs.pop(key, "") for key in ("sites", "registry", "data")}
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.run = run or _own_run(crawler, options)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """No requests, they are in the frontier; but what a killed run left unread is read."""
        for root in self.run.reader.left_over():
            self.run.reader.read(root)
        return
        yield

    def parse(self, response: Response, **kwargs: Any) -> Fetched:
        """An answer of any status."""
        return from_response(response)

    def failed(self, failure: Failure) -> Fetched:
        """No answer."""
        return from_failure(failure, failure.request)  # type: ignore[attr-defined]

    def closed(self, reason: str) -> None:
        """The end of the run, in order or not."""
        self.run.ended(reason)


def _own_run(crawler: Crawler, options: dict[str, str]) -> Run:
    registry = load_registry(Path(options["registry"]) if options["registry"] else None)
    sites = choose(registry, options["sites"].split(","))
    run = Run.open(Path(options["data"] or "data"), sites, registry.regions)
    for name, value in run.scrapy_settings().items():
        crawler.settings.set(name, value, priority="spider")
    return run
