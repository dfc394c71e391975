"""The frontier of a worker: the embedded one for the sites it holds, kept in step with the engine.

The worker's own store has the working copy. What a commit changed there is noted by
triggers in the same transaction and sent to the engine before the host is asked again;
so what the engine calls done is durable in some worker's archive, never the reverse.
A host is asked when the engine grants the turn, and only then.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from crawler.distributed.engine import Engine, EngineAway, Held, HostNews
from crawler.frontier import PATIENCE, Host, Lease, StoreFrontier
from crawler.registry import Site
from pipelines.store import Store

log = logging.getLogger(__name__)

_BEAT: Final = 4  # times in a lease that it is renewed
_POLL: Final = 1.0  # seconds between two looks for sites while there are none to be had
_EAGER: Final = 0.05  # … while there are
_AT_A_TIME: Final = 8  # sites taken in one step
_SHUN: Final = 1.0  # seconds until an engine that was away is asked again
_ROW: Final = (
    "method", "url", "body", "host", "role", "root", "context", "depth", "priority", "state", "attempts",
    "not_before",
)  # fmt: skip
_PLACE: Final = "place"  # in the order of asking: whoever takes the site over asks in the same order
_ANY: Final = "SELECT 1 FROM requests WHERE site = ? AND sweep = ? LIMIT 1"
_WATCH: Final = """
PRAGMA temp_store = MEMORY;
CREATE TEMP TABLE unsent (request_id INTEGER PRIMARY KEY);
CREATE TEMP TRIGGER put_unsent AFTER INSERT ON main.requests
BEGIN INSERT OR IGNORE INTO unsent VALUES (new.request_id); END;
CREATE TEMP TRIGGER change_unsent AFTER UPDATE ON main.requests
BEGIN INSERT OR IGNORE INTO unsent VALUES (new.request_id); END;
"""


class SharedFrontier(StoreFrontier):
    """The frontier of a worker in a round, which is the ``sweep`` of all its sites.

    ``prepare`` is called with each site that this store has nothing of in the round, ``begin_site`` with each
    that nobody began, ``end_site`` with each that is over and whether all of it is done.
    """

    def __init__(
        self,
        store: Store,
        sites: Mapping[str, Site],
        run: str,
        engine: Engine,
        sweep: int,
        *,
        at_once: int,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(store, sites, run, clock)
        self._engine = engine
        self._sweep = sweep
        self._at_once = at_once
        self._held: dict[str, Held] = {}
        self._next_beat = 0.0
        self._next_look = 0.0
        self._away_until = 0.0
        self._over = False
        self._closed = False
        self._asked: dict[str, int] = {}
        self.prepare: Callable[[Site], None] = lambda site: None
        self.begin_site: Callable[[Site], None] = lambda site: None
        self.end_site: Callable[[Site, bool], None] = lambda site, done: None
        store.db.executescript(_WATCH)

    # --- holding sites -----------------------------------------------------------------

    @property
    def held(self) -> tuple[str, ...]:
        """The sites that this worker holds."""
        return tuple(self._held)

    def expect(self, site: str, asked: int) -> None:
        """A site's last sweep took that many requests: this one may take its due."""
        self._asked[site] = asked

    def open_sweep(self, site: Site, sweep: int) -> None:
        """Take a site's sweep into this run: its requests will be handed out."""
        super().open_sweep(site, sweep)
        count = self._counts[site.site]
        count.budget = max(count.budget, 3 * self._asked.get(site.site, 0))

    def adopt(self) -> None:
        """Go on with what this worker held when it was stopped."""
        for held in self._engine.adopt():
            self._open(held)

    def _open(self, held: Held) -> None:
        """Take a site up where its last holder stopped, or begin it."""
        site = self._sites[held.site]
        known = self._engine.frontier(held.site)
        if self._store.value(_ANY, (held.site, self._sweep)) is None:
            self.prepare(site)
        self._held[held.site] = held
        with self._store.transaction():
            for mark, row in sorted(known.items(), key=lambda item: int(item[1][_PLACE])):
                self._know(held.site, mark, row)
            self._store.db.execute(
                "INSERT OR IGNORE INTO unsent SELECT request_id FROM requests WHERE site = ? AND sweep = ?",
                (held.site, self._sweep),
            )
        self.open_sweep(site, self._sweep)
        if not self._counts[held.site].total:
            self.begin_site(site)
        self._send(held)

    def _know(self, site: str, mark: str, row: Mapping[str, Any]) -> None:
        """A request as another holder left it; what is done here stays done."""
        names = ", ".join(_ROW)
        self._store.db.execute(
            f"""INSERT INTO requests (site, sweep, fingerprint, {names})
                VALUES (:site, :sweep, :mark, {", ".join(":" + name for name in _ROW)})
                ON CONFLICT (site, sweep, fingerprint) DO UPDATE SET
                    state = excluded.state, attempts = max(attempts, excluded.attempts),
                    context = excluded.context, url = excluded.url, host = excluded.host
                WHERE state <> 'done'""",  # noqa: S608 - names of ours
            {"site": site, "sweep": self._sweep, "mark": mark, **row},
        )

    def _lose(self, site: str) -> None:
        """Another worker has the site: nothing more is asked of it here. What was archived stays."""
        log.warning("%s is another worker's now", site)
        self._close_sweep(site)

    def _close_sweep(self, site: str) -> None:
        """The site is no part of this run any more."""
        self.waiting -= self.pending(site)
        del self._held[site]
        del self._sweeps[site]
        for name in [name for name, owners in self._of_host.items() if site in owners]:
            self._of_host[name].remove(site)
            if self._hosts[name].rules is None:
                self._ask_rules(name)

    def _ask_rules(self, name: str) -> None:
        """The site that was to ask a host for its rules is gone: another one does."""
        for owner in self._of_host[name]:
            waiting = "SELECT url FROM requests WHERE host = ? AND site = ? AND sweep = ? LIMIT 1"
            url = self._store.value(waiting, (name, owner, self._sweep))
            if url is not None:
                self._ask_for_rules(self._sites[owner], url)
                return

    def give_back(self) -> None:
        """Let other workers take what is not done. Does what it can; leases end by themselves."""
        for held in list(self._held.values()):
            try:
                self._send(held)
                self._engine.finish(held, "back")
            except EngineAway:
                return

    # --- tending -----------------------------------------------------------------------

    def _tend(self, *, idle: bool) -> None:
        """Renew leases in time; look for more to do when ``idle``."""
        now = self._clock()
        if now < self._away_until:
            return
        try:
            if now >= self._next_beat:
                self._next_beat = now + self._engine.lease / _BEAT
                self._beat()
            if idle and now >= self._next_look:
                self._next_look = now + _POLL
                self._look()
        except EngineAway as error:
            self._shun(error)

    def _beat(self) -> None:
        for held in list(self._held.values()):
            self._send(held)
        for site in self._engine.renew({held.site: held.token for held in self._held.values()}):
            self._lose(site)

    def _look(self) -> None:
        """End what can't go on, take more sites, and see whether the round is over."""
        for site in self._stuck():
            self._end(self._held[site], done=self._is_done(site))
        room = min(_AT_A_TIME, self._at_once - len(self._held))
        taken = self._engine.claim(room) if room > 0 else []
        for held in taken:
            self._open(held)
        if taken:
            self._next_look = self._clock() + _EAGER
        self._over = not taken and not self._held and self._engine.standing().over

    def _stuck(self) -> list[str]:
        """Sites all of whose waiting requests are beyond this run's patience, or on hosts left alone."""
        latest = self._clock() + PATIENCE
        alive = {name for at, name in self._ready if at <= latest and not self._hosts[name].closed}
        alive |= {host.name for host in self._hosts.values() if host.busy}
        going = {site for name in alive for site in self._of_host[name]}
        return [site for site in self._held if site not in going]

    def _shun(self, error: EngineAway) -> None:
        if self._clock() >= self._away_until:
            log.warning("the engine is away, nothing is asked meanwhile: %s", error)
        self._away_until = self._clock() + _SHUN

    def next_time(self) -> float | None:
        """When something may be due here; None when the round is over."""
        self._tend(idle=False)
        found = super().next_time()
        if self._closed or (self._over and found is None):
            return None
        look = max(self._next_look, self._away_until)
        return look if found is None else min(found, look)

    def lease(self) -> Lease | None:
        """The next request that is due on a host that is free and that the engine lets be asked, or None."""
        found = super().lease()
        self._tend(idle=found is None)
        return found

    def close(self) -> None:
        """Hand out nothing more, and wait for nothing."""
        super().close()
        self._closed = True

    # --- turns -------------------------------------------------------------------------

    def _turn(self, host: Host, site: str) -> float:
        now = self._clock()
        if now < self._away_until:
            return self._away_until - now
        try:
            wait = self._engine.turn(self._held[site], host.name, host.ip, host.delay)
        except EngineAway as error:
            self._shun(error)
            return _SHUN
        if wait < 0:
            self._lose(site)
            return 0.01
        return wait

    def resolved(self, name: str, ip: str) -> float:
        """A host's name resolved; returns how many seconds its first request has to wait for others that
        share the address, here or with other workers.
        """
        host = self._hosts[name]
        if host.ip == ip:
            return 0.0
        host.ip = ip
        try:
            wait = self._engine.share(name, ip, host.delay)
        except EngineAway as error:
            self._shun(error)
            wait = host.delay
        host.next_free = self._clock() + wait + host.delay
        return wait

    # --- what is done ------------------------------------------------------------------

    def release(self, lease: Lease, *, asked: bool = True) -> None:
        """What was committed is recorded on the engine, then the host is free again."""
        super().release(lease, asked=asked)
        held = self._held.get(lease.site)
        if held is None:
            return
        host = self._hosts[lease.host]
        news = HostNews(host.name, host.next_free - self._clock(), host.delay, asked)
        try:
            if self._send(held, news) and self._is_done(lease.site):
                self._end(held, done=True)
        except EngineAway as error:
            self._shun(error)  # sent with the next renewal

    def _send(self, held: Held, news: HostNews | None = None) -> bool:
        """Record what changed of a site since last time. False, and the site is lost, if it is another's."""
        rows = list(self._store.rows(
            "SELECT r.* FROM unsent CROSS JOIN requests r USING (request_id) WHERE site = ? AND sweep = ?",
            (held.site, self._sweep),
        ))  # fmt: skip
        if not rows and news is None:
            return True
        changed = {
            row["fingerprint"]: {name: row[name] for name in _ROW} | {_PLACE: row["request_id"]}
            for row in rows
        }
        if not self._engine.settle(held, changed, news):
            self._lose(held.site)
            return False
        self._store.db.conn.executemany(
            "DELETE FROM unsent WHERE request_id = ?", [(row["request_id"],) for row in rows]
        )
        return True

    def _is_done(self, site: str) -> bool:
        sql = "SELECT 1 FROM requests WHERE site = ? AND sweep = ? AND state <> 'done' LIMIT 1"
        return self._store.value(sql, (site, self._sweep)) is None

    def _end(self, held: Held, *, done: bool) -> None:
        """The site's sweep is over for this round."""
        self.end_site(self._sites[held.site], done)
        if self._send(held) and self._engine.finish(held, "done" if done else "left"):
            self._close_sweep(held.site)
        elif held.site in self._held:
            self._lose(held.site)
