"""A worker: takes sites from the engine and crawls them into a data directory of its own, till none are left.

The same run as on one machine, with three differences: the frontier is shared; which sites it works on
changes as it goes; articles are read ahead, but filed when the round is merged.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from crawler.context import Progress, Run
from crawler.distributed.dossier import learn, unpack_dossier
from crawler.distributed.engine import VERSION, Engine, EngineError, Round
from crawler.distributed.frontier import SharedFrontier
from crawler.enrolment import put_sites
from crawler.finishing import finish_site, left_out_issues
from crawler.registry import Site
from crawler.run import RunResult, crawl
from crawler.settling import Settlement
from pipelines.durable import fsync_dir, fsync_file
from pipelines.folder import READINGS
from pipelines.memo import Memo, MemoPool
from pipelines.parse.regions import Region
from pipelines.process import Job, Processor
from pipelines.recovery import recover
from pipelines.store import Store
from pipelines.workers import Pool

AT_ONCE: Final = 100  # sites that a worker holds at a time
_OWNER: Final = "worker"  # file with the name under which the engine knows a data directory


def work(
    store: Store,
    engine: Engine,
    *,
    workers: int | None = None,
    at_once: int = AT_ONCE,
    progress: Callable[[Progress], None] = lambda progress: None,
) -> RunResult:
    """Work on the open round until it is over, into ``store``, which is open for writing.

    Raises EngineError where no round is open. May be killed and called again at any time; an
    engine that is away is waited for. Call once in a process.
    """
    engine.check()
    opened = engine.round()
    if opened is None:
        raise EngineError(
            "没有进行中的轮次 no round is open: gongkai crawl --all --engine URL --data ARCHIVE"
        )
    if opened.version != VERSION:
        raise EngineError(
            "本机的 gongkai 与开轮时的版本不同 this gongkai is not that of the round:"
            f" {VERSION} ≠ {opened.version}. 请在各机安装同一版本 install the same version on every machine"
        )
    engine.owner = owner_of(store.data)
    memo = Memo(store.data / READINGS)
    try:
        return crawl(
            WorkerRun(store, engine, opened, memo, workers=workers, at_once=at_once, progress=progress)
        )
    finally:
        memo.close()


def owner_of(data: Path) -> str:
    """The name of a data directory among all workers: whoever may write to it takes over its leases."""
    path = data / _OWNER
    if not path.exists():
        fresh = path.with_suffix(".new")
        fresh.write_text(secrets.token_hex(8), "utf-8")
        fsync_file(fresh)
        fresh.replace(path)
        fsync_dir(data)
    return path.read_text("utf-8")


class WorkerRun(Run):
    """The run of a worker in a round."""

    frontier: SharedFrontier

    def __init__(
        self,
        store: Store,
        engine: Engine,
        opened: Round,
        memo: Memo,
        *,
        workers: int | None,
        at_once: int,
        progress: Callable[[Progress], None],
    ) -> None:
        self._engine = engine
        self._round = opened
        self._memo = memo
        self._at_once = at_once
        sites = [Site.defined(definition) for definition in engine.sites().values()]
        regions = [Region(**known) for known in opened.regions]
        super().__init__(store, sites, regions, workers=workers, progress=progress, command=opened.command)

    def scrapy_settings(self) -> dict[str, Any]:
        """The engine says when a host may be asked; Scrapy only keeps to one request at a time."""
        return {"DOWNLOAD_DELAY": 0}

    # --- the beginning -----------------------------------------------------------------

    def _new_frontier(self, run: str) -> SharedFrontier:
        frontier = SharedFrontier(
            self.store, self.sites, run, self._engine, self._round, at_once=self._at_once
        )
        frontier.fail = self.fail
        frontier.prepare = self._prepare
        frontier.begin_site = lambda site: frontier.begin(site, self._first(site))
        frontier.end_site = self._end_site
        return frontier

    def _register(self, regions: tuple[Region, ...]) -> None:
        put_sites(self.store, self.sites.values(), regions)

    def _resume(self) -> None:
        self.frontier.adopt()
        mine = {name: self.sites[name] for name in self.frontier.held}
        recover(self.store, Settlement(self.store, self.frontier, mine).settle)

    def _begin_crawl(self, command: str) -> int:
        round_id = self._round.round_id
        self.store.know_crawl(round_id, "crawl", command, self._round.started_at)
        with self.store.transaction() as db:
            db.execute("UPDATE crawls SET finished_at = NULL, outcome = NULL WHERE crawl_id = ?", (round_id,))
        return round_id

    def _new_pool(self, workers: int | None) -> Pool:
        return MemoPool([self._memo], workers, keep=self._memo)

    def _new_processor(self, pool: Pool) -> Processor:
        return _ReadAhead(self.store, self.store.data, pool, self.crawl_id)

    def _begin_sweeps(self) -> None:
        """Sites come one by one from the engine."""

    def _prepare(self, site: Site, dossier: bytes) -> None:
        told = unpack_dossier(dossier)
        learn(self.store, told)
        if told.get("incremental"):
            self._incremental.add(site.site)
        self.frontier.expect(site.site, told.get("asked") or 0)

    # --- the end -----------------------------------------------------------------------

    def _end_site(self, site: Site, done: bool) -> None:
        """A site that is done is judged when it is merged; what only this run knows is noted now."""
        for issue in left_out_issues(self.frontier.left_out(site.site)):
            self.store.add_issue(*issue, subject=f"site:{site.site}", site=site.site, crawl_id=self.crawl_id)
        if not done:
            finish_site(self.store, self.frontier, site, self.crawl_id, interrupted=False)

    def _finish_sites(self, *, interrupted: bool) -> bool:
        self.frontier.give_back()
        return not interrupted and self._engine.standing().left == 0


class _ReadAhead(Processor):
    """Reads articles into the memo. What they are, only the merged archive can say."""

    def start(self, root: str, again: bool = False) -> Job | None:
        """None also where a part of the article is held by another worker."""
        missing = """SELECT 1 FROM resources r LEFT JOIN documents d USING (sha256)
                     WHERE r.root = ? AND r.sha256 IS NOT NULL AND d.sha256 IS NULL LIMIT 1"""
        return None if self._store.value(missing, (root,)) else super().start(root, again=True)

    def finish(self, job: Job, read: Any, anew: bool = False) -> None:
        """The answer is in the memo."""

    def conclude(self) -> None:
        """Nothing is filed here, so there is nothing to tie."""
