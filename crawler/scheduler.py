"""Scrapy's scheduler, as a thin door to the frontier in the store."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from scrapy.core.scheduler import BaseScheduler

from crawler.inside import wake
from crawler.part import Part
from crawler.requests import to_request

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler


_SOON = 0.005  # seconds: a host that is free now is asked in the next turn of the loop


class StoreScheduler(Part, BaseScheduler):
    """Hands out what the frontier leases, and wakes the engine when the next host is free."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._wake: asyncio.TimerHandle | None = None
        self._wake_at = 0.0

    def has_pending_requests(self) -> bool:
        """Whether anything may become due in this run."""
        return self.run.frontier.next_time() is not None

    def enqueue_request(self, request: Request) -> bool:
        """Requests enter through the frontier only."""
        raise NotImplementedError(f"{request} must be put into the frontier")

    def next_request(self) -> Request | None:
        """The next request that is due, or None; then the engine is woken when one will be."""
        run = self.run
        lease = None if run.stopping else run.frontier.lease()
        if lease is None:
            self._sleep(run.frontier.next_time(), run.now())
            return None
        return to_request(lease, run, self.spider)

    def _sleep(self, until: float | None, now: float) -> None:
        if until is None or (self._wake is not None and not self._wake.cancelled() and self._wake_at > now):
            return
        self._wake_at = now + max(_SOON, min(until - now, 1.0))
        self._wake = asyncio.get_running_loop().call_later(self._wake_at - now, self._wake_engine)

    def _wake_engine(self) -> None:
        if self._crawler.engine is not None:
            wake(self._crawler.engine)

    def close(self, reason: str) -> None:
        """The run is over."""
        if self._wake is not None:
            self._wake.cancel()
