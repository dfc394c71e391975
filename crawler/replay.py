"""A crawl again, without network: the answers come from the archive (``gongkai crawl --from-archive``).

The same spider, frontier, families and reading core; only the downloader is another one,
and nothing is written to the archive but members of ZIPs that were not kept apart before: what was captured
keeps its capture. So today's discovery is tried on yesterday's pages, and pages that were ingested (a blocked
site's, saved by hand) are walked like a site.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from pipelines.address import address
from pipelines.archive.exchange import Exchange, Stored
from pipelines.archive.parsing import Group
from pipelines.archive.reader import read_group, restored
from pipelines.errors import Damaged
from pipelines.store import Row, Store

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

    from crawler.frontier import Lease

ABSENT: Final = "not in the archive"
HANDLER: Final = "crawler.replay.ArchiveHandler"
_HELD = """SELECT warc_file, warc_offset FROM captures
           WHERE url IN (?, ?, ?) AND warc_file IS NOT NULL
             AND outcome NOT IN ('error', 'timeout', 'truncated', 'refused')
           ORDER BY capture_id DESC"""


class ArchiveHandler(BaseDownloadHandler):
    """Scrapy's downloader for http and https, while a crawl is run again."""

    lazy = True

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._crawler = crawler

    async def download_request(self, request: Request) -> Response:
        """The archived answer to a request. Raises IgnoreRequest where none is held."""
        lease = request.meta["lease"]
        found = archived(self._crawler.spider.run.store, lease)  # type: ignore[union-attr]
        if found is None:
            raise IgnoreRequest(f"{ABSENT}: {lease.url}")
        request.meta["archived"] = found
        return Response(request.url, status=found[0].status or 200, request=request)


def archived(store: Store, lease: Lease) -> tuple[Exchange, Stored] | None:
    """The latest answer to a request that the archive holds, and where; None without one."""
    rest = address(lease.url)
    for row in store.rows(_HELD, (lease.url, f"http://{rest}", f"https://{rest}")):
        found = _exchange(store, row)
        if (
            found
            and not found[0].is_shared
            and (found[0].method, found[0].request_body) == (lease.method, lease.body.encode())
        ):
            return found
    return None


def _exchange(store: Store, row: Row) -> tuple[Exchange, Stored] | None:
    try:
        group: Group = read_group(store.data, row["warc_file"], row["warc_offset"])
        return restored(store.data, group, row["warc_file"])
    except Damaged:
        return None
