"""Scrapy's way to http, with an end to bodies that stop coming: what came of them is kept.

Scrapy's own timeout throws away what was received. Before it, the connection is closed here, which Scrapy
takes for a body that was cut off, and keeps.
"""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from twisted.web.client import HTTPConnectionPool

from crawler.inside import own_connection, replace_pool

if TYPE_CHECKING:
    from collections.abc import Hashable

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.internet.defer import Deferred
    from twisted.internet.interfaces import IStreamClientEndpoint

_LATER: Final = 1.2  # times the time that a request may take, Scrapy's own timeout comes
_asking: ContextVar[Request] = ContextVar("_asking")


class Pool(HTTPConnectionPool):
    """Connections that the requests they serve know of, as ``connection`` in their meta."""

    def getConnection(  # noqa: N802 - Twisted's name
        self, key: Hashable, endpoint: IStreamClientEndpoint
    ) -> Deferred[Any]:
        """As Twisted's, which asks for it while the request is being sent."""
        meta = _asking.get().meta

        def note(connection: Any) -> Any:
            meta["connection"] = own_connection(connection)
            return connection

        return super().getConnection(key, endpoint).addCallback(note)


class Handler(HTTP11DownloadHandler):
    """Scrapy's own, which closes the connection of a body that has not ended when the time is over."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._timeout = crawler.settings.getfloat("DOWNLOAD_TIMEOUT")
        replace_pool(self, Pool)

    async def download_request(self, request: Request) -> Response:
        """The answer; raises what Scrapy's own handler raises."""
        _asking.set(request)
        limit = request.meta.get("download_timeout") or self._timeout
        request.meta["download_timeout"] = _LATER * limit
        timer = asyncio.get_running_loop().call_later(limit, _cut, request)
        try:
            return await super().download_request(request)
        finally:
            timer.cancel()
            request.meta.pop("connection", None)


def _cut(request: Request) -> None:
    """Close the connection of a request whose answer has begun."""
    if "received" in request.meta and "connection" in request.meta:
        request.meta["overdue"] = True
        request.meta["connection"].transport.abortConnection()
