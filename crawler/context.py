"""A run: chosen sites, the store, and the parts that work on them together."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from crawler.due import mark_late, not_had, worth_a_look
from crawler.enrolment import register
from crawler.fetched import Fetched
from crawler.finishing import finish_site
from crawler.frontier import Frontier
from crawler.grouping import Grouping
from crawler.judging import Judge
from crawler.ledger import write_ledger
from crawler.looks import known_column, look_at
from crawler.manners import mind
from crawler.permits import private_hosts
from crawler.reading import Reader
from crawler.registry import Site
from crawler.replay import HANDLER
from crawler.resolver import GuardedResolver
from crawler.robots import Rules
from crawler.settings import FILE_TIMEOUT
from crawler.settling import Settlement
from crawler.wants import Trail, Want, absent
from pipelines.clock import moment
from pipelines.parse.regions import Region
from pipelines.process import Processor
from pipelines.reading import gathers_in_worker
from pipelines.recovery import recover
from pipelines.store import Store
from pipelines.workers import Pool

log = logging.getLogger(__name__)

_AHEAD = 32  # articles that a worker has before it, enough for two commits; further ones wait in the store


@dataclass(slots=True)
class Progress:
    """Where a run stands: what was asked by its outcome, requests waiting, articles read, the site asked
    last.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    waiting: int = 0
    read: int = 0
    site: str = ""

    @property
    def requests(self) -> int:
        """Answers and failures so far, as the ledger counts them: what served another article is none."""
        return self.outcomes.total()


class Run:
    """One run over chosen sites, on a store that is open for writing.

    Resumes what an earlier run left of them. ``incremental`` names the sites whose known columns are only
    looked at for what is new. ``offline`` answers every request from the archive.
    :func:`crawler.run.crawl` carries it out.
    """

    file_timeout = FILE_TIMEOUT

    def __init__(
        self,
        store: Store,
        sites: Sequence[Site],
        regions: Iterable[Region] = (),
        *,
        workers: int | None = None,
        incremental: Iterable[str] = (),
        progress: Callable[[Progress], None] = lambda progress: None,
        command: str = "crawl",
        offline: bool = False,
    ) -> None:
        self.store = store
        self.offline = offline
        sites = [replace(site, delay=0.0) for site in sites] if offline else sites
        self.sites = {site.site: site for site in sites}
        self.stopping = False
        GuardedResolver.allowed = private_hosts(self.sites.values())
        self.reason = ""
        self.failure: BaseException | None = None
        self.progress = Progress()
        self._tell = progress
        self._owns_store = False
        self._incremental = set(incremental)
        self.frontier = self._new_frontier(secrets.token_hex(4))
        self._register(tuple(regions))
        self.frontier.forget_replays()
        self._resume()
        self.crawl_id = self._begin_crawl(command)
        self.archive = store.archive(self.crawl_id)
        self.judge = Judge(store, self.crawl_id)
        self.settlement = Settlement(store, self.frontier, self.sites, self.crawl_id, offline=offline)
        self._pool = self._new_pool(workers)
        self.grouping = Grouping(store, self.archive)
        self._processor = self._new_processor(self._pool)
        self._processor.settle()
        self.reader = Reader(self._processor, self.grouping, store, _AHEAD * self._pool.size)
        with store.transaction():  # one for all sites: a commit waits for the disk
            self._begin_sweeps()

    @classmethod
    def open(cls, data: Path, sites: Sequence[Site], regions: Iterable[Region]) -> Run:
        """A run that opens the store itself, and closes it at its end."""
        run = cls(Store.open(data, write=True), sites, regions, command="scrapy crawl county")
        run._owns_store = True
        return run

    def now(self) -> float:
        """The time by which requests are due."""
        return time.time()

    def scrapy_settings(self) -> dict[str, Any]:
        """What the registry has to say to Scrapy: the delay of each host."""
        slots = {
            host: {"concurrency": 1, "delay": site.delay, "jitter": 0.0}
            for site in self.sites.values()
            for host in site.hosts
        }
        if self.offline:
            handlers = dict.fromkeys(("http", "https"), HANDLER) | dict.fromkeys(
                ("file", "data", "ftp", "s3")
            )
            return {"DOWNLOAD_SLOTS": slots, "DOWNLOAD_HANDLERS": handlers}
        return {"DOWNLOAD_SLOTS": slots}

    # --- the beginning -----------------------------------------------------------------

    def _new_frontier(self, run: str) -> Frontier:
        return Frontier(self.store, self.sites, run)

    def _begin_crawl(self, command: str) -> int:
        return self.store.begin_crawl("crawl", command)

    def _new_processor(self, pool: Pool) -> Processor:
        return Processor(self.store, self.store.data, pool, self.crawl_id)

    def _new_pool(self, workers: int | None) -> Pool:
        return Pool(workers)

    def _register(self, regions: tuple[Region, ...]) -> None:
        register(self.store, self.sites.values(), regions)

    def _resume(self) -> None:
        """Take up what earlier runs left."""
        with self.store.transaction():
            for site in () if self.offline else self.sites.values():
                sweep = self.frontier.left_over(site)
                if sweep is not None:
                    self.frontier.open_sweep(site, sweep)
        recover(self.store, Settlement(self.store, self.frontier, self.sites).settle)

    def _begin_sweeps(self) -> None:
        for site in self.sites.values():
            if self.offline:
                self.frontier.open_sweep(site, self.frontier.replay_of(self.crawl_id))
                self.frontier.begin(site, self._first(site))
            elif not self.frontier.is_open(site.site):
                self.frontier.open_sweep(site, self.crawl_id)
                self.frontier.forget_sweeps_before(site.site, self.crawl_id)
                self.frontier.begin(site, self._first(site))
            elif self.frontier.sweep_of(site.site) != self.crawl_id:
                self.frontier.begin(site, [self._probe(site)])

    def _first(self, site: Site) -> list[Want]:
        """Home, a probe for the site's missing page, configured columns, and those known from before."""
        rows = self.store.columns_of(site.site)
        known = {row["url"] for row in rows}
        unmet = [{"url": url} for url in site.columns if url not in known]
        if site.site in self._incremental and (unmet or rows):
            worth = worth_a_look(self.store, site.site, rows)
            spent = len(unmet) + sum(row["cost"] for row in worth)
            looks = [look_at(row, site) for row in [*unmet, *worth]]
            return [*looks, *self._not_had(site, spent)]
        return [
            Want(site.home, "home", context=Trail(family=site.family).context()),
            self._probe(site),
            *(known_column(row, site) for row in [*unmet, *rows]),
            *self._published(site),
        ]

    def _not_had(self, site: Site, spent: int) -> Iterator[Want]:
        """Places that could not be asked for so far, once more, as they were wanted."""
        for row in not_had(self.store, site.site, spent):
            trail = replace(Trail.of(json.loads(row["context"])), hops=(), incremental=False)
            context = trail.context()
            yield Want(row["url"], row["role"], row["method"], row["body"] or "", context=context)

    def _published(self, site: Site) -> Iterator[Want]:
        """The addresses of the site's reports: a full sweep asks for them all, also for those that no list
        shows any more. An edit, a withdrawal, a page that is back: all is seen.
        """
        for row in self.store.rows(
            """SELECT r.url FROM resources r JOIN readings d ON d.root = r.address
               WHERE r.site = ? AND r.role = 'article' AND d.report_id IS NOT NULL AND r.url IS NOT NULL
               ORDER BY r.url""",
            (site.site,),
        ):
            yield Want(row["url"], "article", context=Trail(why="known", optional=True).context())

    def _probe(self, site: Site) -> Want:
        return absent(site.home, self.frontier.sweep_of(site.site))

    # --- the middle --------------------------------------------------------------------

    def settled(self, item: Fetched) -> None:
        """An answer is in the store: its host is free, and the run's progress is told."""
        assert item.exchange is not None
        if item.asked and not self.offline:
            mind(self.frontier, item.exchange, item.lease)
        self.frontier.release(item.lease, asked=item.asked)
        if not item.exchange.is_shared:
            self.progress.outcomes[item.exchange.about.outcome] += 1
        self.progress.site = item.lease.site
        self.progress.read, self.progress.waiting = self.reader.done, self.frontier.waiting
        self._tell(self.progress)

    async def gathers(self, content: bytes) -> bool:
        """Whether a ZIP holds reports that are documents of their own."""
        return await asyncio.wrap_future(gathers_in_worker(self._pool, content))

    def absent(self, item: Fetched) -> None:
        """A crawl from the archive asked for what it does not hold. Call in a transaction."""
        if item.lease.role == "robots":
            self.frontier.hosts.ruled(item.lease.host, Rules())
        self.frontier.done(item.lease.request_id)
        self.frontier.release(item.lease, asked=False)
        self.progress.outcomes["absent"] += 1
        if item.lease.role not in ("robots", "probe") and not item.lease.context.get("optional"):
            log.warning("不在存档中 not in the archive: %s", item.lease.url)

    def fail(self, error: BaseException) -> None:
        """Hand out nothing more: the archive or this program can't be relied on."""
        self.failure = self.failure or error
        self.stopping = True
        self.frontier.close()

    # --- the end -----------------------------------------------------------------------

    def ended(self, reason: str) -> None:
        """Scrapy closed the spider, ``finished`` or early."""
        self.reason = reason
        if self._owns_store:
            self.close()

    def close(self) -> str:
        """Count, judge each site's sweep, end the run; returns its outcome."""
        interrupted = self.reason != "finished"
        if self.failure is None:  # also after an interrupt: what was saved may be published before it goes on
            self._processor.conclude()
        self._pool.close()
        complete = not interrupted and self.failure is None
        if self.offline:
            complete &= self.frontier.pending() == 0
            self.frontier.forget_replays()
        elif self.failure is None:
            complete &= self._finish_sites(interrupted=interrupted)
        outcome = (
            "failed"
            if self.failure
            else "interrupted"
            if interrupted
            else "complete"
            if complete
            else "partial"
        )
        if not self.offline:
            mark_late(self.store, moment())
        self.store.end_crawl(self.crawl_id, outcome)
        write_ledger(self.store, self.crawl_id, self.sites)
        if self._owns_store:
            self.store.close()
        return outcome

    def _finish_sites(self, *, interrupted: bool) -> bool:
        """Judge each site's sweep; whether all are complete."""
        with self.store.transaction():
            judged = [
                finish_site(self.store, self.frontier, site, self.crawl_id, interrupted=interrupted)
                for site in self.sites.values()
            ]
        return all(judged)
