"""What is never sent, and when a body that does not end is cut: manners on the way to the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

from scrapy import signals
from scrapy.exceptions import IgnoreRequest, StopDownload

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Headers

LARGEST: Final = 64 * 1024 * 1024  # bytes of a body as sent


class Manners:
    """Refuses what the registry or robots.txt does not allow; stops bodies beyond the limit, keeping
    their beginning.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way of making one."""
        manners = cls(crawler)
        crawler.signals.connect(manners.headers_received, signals.headers_received)
        crawler.signals.connect(manners.bytes_received, signals.bytes_received)
        return manners

    def process_request(self, request: Request) -> None:
        """Raises IgnoreRequest, which becomes the outcome ``refused``."""
        why = self._crawler.spider.run.frontier.refusal(request.meta["lease"])  # type: ignore[union-attr]
        if why:
            raise IgnoreRequest(why)

    def headers_received(self, headers: Headers, body_length: int, request: Request, spider: Spider) -> None:
        """A body that says it is too large is not waited for."""
        request.meta["received"] = 0
        if body_length and body_length > LARGEST:
            raise StopDownload(fail=False)

    def bytes_received(self, data: bytes, request: Request, spider: Spider) -> None:
        """A body that turns out too large is cut."""
        request.meta["received"] += len(data)
        if request.meta["received"] > LARGEST:
            raise StopDownload(fail=False)
