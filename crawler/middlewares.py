"""What is never sent, and when a body that does not end is cut: manners on the way to the server."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urlsplit

from scrapy import signals
from scrapy.exceptions import IgnoreRequest, StopDownload
from scrapy.http import Response
from twisted.internet.defer import TimeoutError as DNSTimeout
from twisted.internet.error import DNSLookupError

from crawler.part import Part
from crawler.resolver import address_of
from crawler.settings import DOWNLOAD_MAXSIZE
from crawler.sharing import shared

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Headers

    from crawler.frontier import Lease

LARGEST: Final = DOWNLOAD_MAXSIZE  # bytes of a body as sent
_ENOUGH: Final = 0.9  # of the time that a request may take


class Manners(Part):
    """Refuses what the registry or robots.txt does not allow; stops bodies beyond the limit, keeping
    their beginning.
    """

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way of making one, which is told of headers and bytes as they come."""
        manners = super().from_crawler(crawler)
        crawler.signals.connect(manners.headers_received, signals.headers_received)
        crawler.signals.connect(manners.bytes_received, signals.bytes_received)
        return manners

    async def process_request(self, request: Request) -> Response | None:
        """Raises IgnoreRequest, which becomes the outcome ``refused``; returns what another request of the
        run brought; waits for other hosts of the same address.
        """
        run, lease = self.run, request.meta["lease"]
        why = run.frontier.refusal(lease)
        if why:
            raise IgnoreRequest(why)
        if not run.offline and (exchange := shared(run.store, lease, run.crawl_id)):
            request.meta["archived"] = (exchange, None)
            return Response(request.url, request=request)
        if not run.offline and not run.frontier.hosts[lease.host].ip:
            await self._take_turns(lease)
        run.frontier.hosts.sending(lease.host)
        request.meta["asked_at"] = time.monotonic()
        limit = request.meta.get("download_timeout") or self._crawler.settings.getfloat("DOWNLOAD_TIMEOUT")
        request.meta["enough_at"] = request.meta["asked_at"] + _ENOUGH * limit
        return None

    async def _take_turns(self, lease: Lease) -> None:
        name = (urlsplit(lease.url).hostname or "").encode("idna").decode("ascii")
        try:
            ip = await address_of(name)
        except (DNSLookupError, UnicodeError, DNSTimeout):
            return  # the request itself will say so
        wait = self.run.frontier.resolved(lease.host, ip)
        if wait > 0:
            await asyncio.sleep(wait)

    def headers_received(self, headers: Headers, body_length: int, request: Request, spider: Spider) -> None:
        """A body that says it is too large is not waited for."""
        request.meta["received"] = 0
        if body_length and body_length > LARGEST:
            raise StopDownload(fail=False)

    def bytes_received(self, data: bytes, request: Request, spider: Spider) -> None:
        """A body that turns out too large is cut; so is one that trickles on until the time is nearly over:
        what came of it is kept, which Scrapy's own timeout would throw away.
        """
        request.meta["received"] += len(data)
        request.meta["overdue"] = time.monotonic() > request.meta["enough_at"]
        if request.meta["received"] > LARGEST or request.meta["overdue"]:
            raise StopDownload(fail=False)
