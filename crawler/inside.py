"""What is reached inside of Scrapy and Twisted without being offered: all of it, each with the reason.

An upgrade may move any of it; ``tests/crawler/test_inside.py`` then says what.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
    from scrapy.core.engine import ExecutionEngine
    from twisted.web.client import HTTPConnectionPool


def replace_pool(handler: HTTP11DownloadHandler, kind: type[HTTPConnectionPool]) -> None:
    """Have a handler keep its connections in a pool of another ``kind``, set up as its own.

    A body that stopped coming can be kept only by closing its connection, and neither Scrapy nor Twisted
    tells which one that is: StopDownload needs a byte to come, a cancelled request loses what came.
    """
    scrapys = handler._pool
    pool = kind(scrapys._reactor, persistent=True)
    pool.maxPersistentPerHost = scrapys.maxPersistentPerHost
    pool._factory = scrapys._factory  # it reads header lines without a colon as browsers do
    handler._pool = pool


def own_connection(connection: Any) -> Any:
    """A pool's connection itself: one that was used before comes wrapped, to be opened anew if it turns out
    to be closed.
    """
    return getattr(connection, "_clientProtocol", connection)


def wake(engine: ExecutionEngine) -> None:
    """Have the engine ask its scheduler now: it offers no way to say that a request is due, and its own
    heartbeat comes every five seconds.
    """
    slot = engine._slot
    if slot is not None and slot.closing is None:
        slot.nextcall.schedule()
