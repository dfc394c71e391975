"""A run of Scrapy over chosen sites, in this process."""

from __future__ import annotations

import gc
import logging
from dataclasses import dataclass
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from crawler import settings as order
from crawler.context import Run
from crawler.spiders.county import County
from pipelines.store import StoreError

# objects after which Python looks for those that only name each other: pages leave few, and to look after
# each 700, as is usual, is a twentieth of the work
_OBJECTS = 50_000
_GRACE = 6.0  # seconds after an interrupt for answers that are on their way


@dataclass(frozen=True, slots=True)
class RunResult:
    """What came of a run. ``outcome``: complete, partial (resumable), interrupted (resumable), failed.

    ``outcomes`` counts requests by what became of them; ``failure`` is what stopped a failed run.
    """

    crawl_id: int
    outcome: str
    outcomes: dict[str, int]
    failure: BaseException | None = None


def crawl(this: Run) -> RunResult:
    """Have Scrapy carry a run out, and end it.

    Raises StoreError where the archive can't go on (the run is resumable then). Call once in a process:
    Twisted's reactor does not start twice.
    """
    logging.getLogger("scrapy").setLevel(logging.WARNING)
    gc.freeze()  # what is loaded stays
    gc.set_threshold(_OBJECTS)
    process = _Process(scrapy_settings(), this)
    process.settings.setdict(this.scrapy_settings(), priority="cmdline")
    process.crawl(County, run=this)
    process.start()
    outcome = this.close()
    if isinstance(this.failure, StoreError):
        raise this.failure
    return RunResult(this.crawl_id, outcome, dict(this.progress.outcomes), this.failure)


class _Process(AsyncCrawlerProcess):
    """Ends soon after an interrupt: what a slow server still owes is asked for again by the next run."""

    def __init__(self, settings: Settings, this: Run) -> None:
        super().__init__(settings)
        self._run = this

    def _signal_shutdown(self, signum: int, frame: Any) -> None:
        from twisted.internet import reactor

        self._run.stopping = True
        super()._signal_shutdown(signum, frame)
        reactor.callFromThread(reactor.callLater, _GRACE, self._stop_reactor)


def scrapy_settings() -> Settings:
    """The project's order as Scrapy's settings, independent of the working directory."""
    settings = Settings()
    settings.setmodule(order, priority="project")
    settings.set("LOG_INSTALL_ROOT_HANDLER", False, priority="cmdline")  # how to log is the caller's matter
    return settings
