"""A part that Scrapy makes and that works on a run: how it is made, and where it finds the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.context import Run
    from crawler.spiders.county import County


class Part:
    """What steps, the scheduler and the middlewares share."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way of making one."""
        return cls(crawler)

    @property
    def spider(self) -> County:
        """The spider, which is there once its crawl has begun."""
        spider: County = self._crawler.spider  # type: ignore[assignment]
        return spider

    @property
    def run(self) -> Run:
        """The run that the spider belongs to."""
        return self.spider.run
