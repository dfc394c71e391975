"""A run of Scrapy over chosen sites, in this process."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from crawler import settings as order
from crawler.context import Progress, Run
from crawler.registry import Site
from crawler.spiders.county import County
from pipelines.parse.regions import Region
from pipelines.store import Store, StoreError

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


def run(
    store: Store,
    sites: Sequence[Site],
    regions: Iterable[Region] = (),
    *,
    workers: int | None = None,
    incremental: Iterable[str] = (),
    progress: Callable[[Progress], None] = lambda progress: None,
    command: str = "crawl",
    offline: bool = False,
) -> RunResult:
    """Crawl ``sites`` into ``store``, which is open for writing; resumes what an earlier run left of them.

    ``incremental`` names the sites whose known columns are only looked at for what is
    new. ``offline`` answers every request from the archive. Raises StoreError where the
    archive can't go on (the run is resumable then).
    Call once in a process: Twisted's reactor does not start twice.
    """
    return crawl(Run(
        store, sites, regions, workers=workers, incremental=incremental, progress=progress, command=command,
        offline=offline,
    ))  # fmt: skip


def crawl(this: Run) -> RunResult:
    """Have Scrapy carry a run out, and end it; see :func:`run`."""
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
