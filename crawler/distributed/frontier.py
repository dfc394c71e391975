"""The frontier of a worker: the embedded one for the sites it holds, kept in step with the engine.

The worker's own store has the working copy. What a commit changed there is noted by
triggers in the same transaction and sent to the engine before the host is asked again;
so what the engine calls done is durable in some worker's archive, never the reverse.
A host is asked when the engine grants the turn, and only then. Whatever there is to tell and to ask at a
time goes in one message: an engine waits for its disk once for each.
"""

from __future__ import annotations

import logging
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from crawler.distributed.engine import Ask, Engine, EngineAway, Held, News, Round
from crawler.frontier import Frontier, Lease
from crawler.registry import Site
from pipelines.store import Store, StoreError

log = logging.getLogger(__name__)

_BEAT: Final = 4  # times in a lease that it is renewed
_POLL: Final = 1.0  # seconds between two looks for sites while there are none to be had
_EAGER: Final = 0.05  # … while there are
_AT_A_TIME: Final = 8  # sites taken in one step
_SHUN: Final = 1.0  # seconds until an engine that was away is asked again
_TURNS: Final = 64  # asked for in one message
_FRESH: Final = 0.25  # seconds that a turn is good for: others may wait for the same address
_ROW: Final = (
    "method", "url", "body", "host", "role", "root", "context", "depth", "priority", "state", "attempts",
    "not_before",
)  # fmt: skip
_PLACE: Final = "place"  # in the order of asking: whoever takes the site over asks in the same order
_NO_TOKEN: Final = 0  # the first one is 1
_ANY: Final = "SELECT 1 FROM requests WHERE site = ? AND sweep = ? LIMIT 1"
_UNSENT: Final = "SELECT r.* FROM unsent CROSS JOIN requests r USING (request_id) WHERE sweep = ?"
_WATCH: Final = """
PRAGMA temp_store = MEMORY;
CREATE TEMP TABLE unsent (request_id INTEGER PRIMARY KEY);
CREATE TEMP TRIGGER put_unsent AFTER INSERT ON main.requests
BEGIN INSERT OR IGNORE INTO unsent VALUES (new.request_id); END;
CREATE TEMP TRIGGER change_unsent AFTER UPDATE ON main.requests
BEGIN INSERT OR IGNORE INTO unsent VALUES (new.request_id); END;
"""


class SharedFrontier(Frontier):
    """The frontier of a worker in a round, which is the ``sweep`` of all its sites.

    ``prepare`` is called with each site that this store has nothing of in the round, and what the archive
    knew of it, ``begin_site`` with each that nobody began, ``end_site`` with each that is over and whether
    all of it is done, ``fail`` where engine or store can't be relied on any more.
    """

    def __init__(
        self,
        store: Store,
        sites: Mapping[str, Site],
        run: str,
        engine: Engine,
        opened: Round,
        *,
        at_once: int,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(store, sites, run, clock)
        self._engine = engine
        self._round = opened
        self._sweep = opened.round_id
        self._at_once = at_once
        self._held: dict[str, Held] = {}
        self._next_beat = 0.0
        self._next_look = 0.0
        self._away_until = 0.0
        self._over = False
        self._closed = False
        self._asked: dict[str, int] = {}
        self._answered: list[tuple[Held, str, bool]] = []  # site, host, whether it was asked: to be told
        self._ended: dict[str, None] = {}  # sites of which nothing is left, in this order
        self._granted: deque[tuple[float, Lease]] = deque()  # with the time of the engine's leave
        self.prepare: Callable[[Site, bytes], None] = lambda site, dossier: None
        self.begin_site: Callable[[Site], None] = lambda site: None
        self.end_site: Callable[[Site, bool], None] = lambda site, done: None
        self.fail: Callable[[BaseException], None] = lambda error: None
        store.db.executescript(_WATCH)

    # --- holding sites -----------------------------------------------------------------

    @property
    def held(self) -> tuple[str, ...]:
        """The sites that this worker holds."""
        return tuple(self._held)

    def expect(self, site: str, asked: int) -> None:
        """A site's last sweep took that many requests: this one may take its due."""
        self._asked[site] = asked

    def adopt(self) -> None:
        """Go on with what this worker held when it was stopped."""
        self._open(self._engine.adopt())

    def _open(self, taken: Sequence[Held]) -> None:
        """Take sites up where their last holders stopped, or begin them."""
        if not taken:
            return
        known = self._engine.known_of([held.site for held in taken])
        with self._store.transaction():
            for held, (dossier, requests) in zip(taken, known, strict=True):
                self._take_up(held, dossier, requests)
        self._tell()

    def _take_up(self, held: Held, dossier: bytes, requests: Mapping[str, Mapping[str, Any]]) -> None:
        site = self._sites[held.site]
        if self._store.value(_ANY, (held.site, self._sweep)) is None:
            self.prepare(site, dossier)
        self._held[held.site] = held
        for mark, row in sorted(requests.items(), key=lambda item: int(item[1][_PLACE])):
            self._know(held.site, mark, row)
        self._store.db.execute(
            "INSERT OR IGNORE INTO unsent SELECT request_id FROM requests WHERE site = ? AND sweep = ?",
            (held.site, self._sweep),
        )
        self.open_sweep(site, self._sweep, self._asked.get(held.site, 0))
        if self._store.value(_ANY, (held.site, self._sweep)) is None:
            self.begin_site(site)

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
        self.close_sweep(site)

    def close_sweep(self, site: str) -> None:
        """The site is no part of this run any more, and its turns are given back."""
        del self._held[site]
        self._ended.pop(site, None)
        for turn in [turn for turn in self._granted if turn[1].site == site]:
            self._granted.remove(turn)
            self.release(turn[1], asked=False)
        super().close_sweep(site)

    def give_back(self) -> None:
        """Let other workers take what is not done. Does what it can; leases end by themselves."""
        for _, lease in self._granted:
            self.release(lease, asked=False)
        self._granted.clear()
        try:
            self._tell()
            self._engine.finish(list(self._held.values()), "back")
        except StoreError:
            return

    # --- tending -----------------------------------------------------------------------

    def _tend(self, *, idle: bool) -> None:
        """Renew leases in time; look for more to do when ``idle``."""
        now = self._clock()
        if now < self._away_until or self._closed:
            return
        with self._unless_away():
            self._end(list(self._ended), done=True)
            if now >= self._next_beat:
                self._next_beat = now + self._engine.lease / _BEAT
                self._beat()
            if idle and now >= self._next_look:
                self._next_look = now + _POLL
                self._look()

    def _beat(self) -> None:
        self._tell()
        for site in self._engine.renew({held.site: held.token for held in self._held.values()}):
            self._lose(site)

    def _look(self) -> None:
        """End what can't go on, take more sites, and see whether the round is over."""
        stuck = self._stuck()
        self._end([site for site in stuck if self._is_done(site)], done=True)
        self._end([site for site in stuck if site in self._held], done=False)
        room = min(_AT_A_TIME, self._at_once - len(self._held))
        taken = self._engine.claim(self._round, room) if room > 0 else []
        self._open(taken)
        if taken:
            self._next_look = self._clock() + _EAGER
        self._over = not taken and not self._held and self._engine.standing().over

    def _stuck(self) -> list[str]:
        """Sites all of whose waiting requests are beyond this run's patience, or on hosts left alone."""
        going = self.hosts.going()
        return [site for site in self._held if site not in going]

    @contextmanager
    def _unless_away(self) -> Iterator[None]:
        """Leave off where the engine is away, and be away from it for a moment."""
        try:
            yield
        except EngineAway as error:
            log.warning("引擎无应答，暂停请求 the engine is away, nothing is asked meanwhile: %s", error)
            self._away_until = self._clock() + _SHUN
        except StoreError as error:  # of the engine, or of this machine's disk
            self.fail(error)

    def next_time(self) -> float | None:
        """When something may be due here; None when the round is over."""
        self._tend(idle=False)
        found = super().next_time()
        if self._closed or (self._over and found is None):
            return None
        if self._away_until > self._clock():
            return self._away_until
        return self._next_look if found is None else min(found, self._next_look)

    def lease(self) -> Lease | None:
        """The next request that is due on a host that is free and that the engine lets be asked, or None."""
        found = self._fresh() or (self._fresh() if self._ask() else None)
        self._tend(idle=found is None)
        return found

    def close(self) -> None:
        """Hand out nothing more, and wait for nothing."""
        super().close()
        self._closed = True

    # --- turns -------------------------------------------------------------------------

    def _ask(self) -> bool:
        """Tell what there is to tell, and ask for the turns of all that is due; whether any was granted."""
        if self._clock() < self._away_until:
            return False
        due: list[Lease] = []
        while len(due) < _TURNS and (lease := super().lease()) is not None:
            due.append(lease)
        if not due and not self._answered:
            return False
        waits = [_SHUN] * len(due)
        with self._unless_away():
            waits = self._tell(due)
        self._take_turns(due, waits)
        return bool(self._granted)

    def _take_turns(self, due: Sequence[Lease], waits: Sequence[float]) -> None:
        """What was granted is handed out next; what was not waits, or is lost."""
        for lease, wait in zip(due, waits, strict=True):
            if wait == 0:
                self._granted.append((self._clock(), lease))
                continue
            self.hosts.put_off(lease.host, max(wait, 0.01))
            if wait < 0 and lease.site in self._held:
                self._lose(lease.site)

    def _fresh(self) -> Lease | None:
        """A request that has its turn; turns that nobody took in time are given back."""
        while self._granted:
            at, lease = self._granted.popleft()
            if at + _FRESH > self._clock():
                return lease
            self.release(lease, asked=False)
        return None

    def resolved(self, name: str, ip: str) -> float:
        """A host's name resolved; returns how many seconds its first request has to wait for others that
        share the address, here or with other workers.
        """
        host = self.hosts[name]
        if host.ip == ip:
            return 0.0
        host.ip = ip
        wait = host.delay
        with self._unless_away():
            wait = self._engine.share(name, ip, host.delay)
        host.next_free = self._clock() + wait + host.delay
        return wait

    # --- what is done ------------------------------------------------------------------

    def release(self, lease: Lease, *, asked: bool = True) -> None:
        """What was committed is recorded on the engine with the next message; then the host is free again."""
        super().release(lease, asked=asked)
        # of a site that is another's by now, the host at least is free
        held = self._held.get(lease.site, Held(lease.site, _NO_TOKEN))
        self._answered.append((held, lease.host, asked))

    def _tell(self, due: Sequence[Lease] = ()) -> list[float]:
        """Record what changed since last time, and ask for turns (see ``Engine.step``)."""
        news = self._news()
        asks = [self._asking(lease) for lease in due]
        recorded, waits = self._engine.step(news, asks)
        self._store.db.conn.execute("DELETE FROM unsent")
        self._answered.clear()
        for each, kept in zip(news, recorded, strict=True):
            if self._held.get(each.held.site) != each.held:
                continue
            if not kept:
                self._lose(each.held.site)
            elif each.host and not self._has_more(each) and self._is_done(each.held.site):
                self._ended[each.held.site] = None
        return waits

    def _asking(self, lease: Lease) -> Ask:
        host = self.hosts[lease.host]
        return Ask(self._held[lease.site], host.name, host.ip, host.delay)

    def _news(self) -> list[News]:
        """What the engine does not know yet."""
        changed = self._changed()
        now = self._clock()
        news = []
        for held, name, asked in self._answered:
            rows = changed.pop(held.site, {}) if self._held.get(held.site) == held else {}
            host = self.hosts[name]
            news.append(News(held, rows, name, host.next_free - now, host.delay, asked))
        news += [News(self._held[site], rows) for site, rows in changed.items() if site in self._held]
        return news

    def _changed(self) -> dict[str, dict[str, Mapping[str, Any]]]:
        """Requests that were put or changed since last time, by site and fingerprint."""
        changed: dict[str, dict[str, Mapping[str, Any]]] = defaultdict(dict)
        for row in self._store.rows(_UNSENT, (self._sweep,)):
            told = {name: row[name] for name in _ROW} | {_PLACE: row["request_id"]}
            changed[row["site"]][row["fingerprint"]] = told
        return changed

    def _has_more(self, news: News) -> bool:
        """Whether something waits for the host as well: what is left of a site most often does."""
        sql = "SELECT 1 FROM requests WHERE state = 'pending' AND host = ? AND site = ? AND sweep = ? LIMIT 1"
        return self._store.value(sql, (news.host, news.held.site, self._sweep)) is not None

    def _is_done(self, site: str) -> bool:
        sql = "SELECT 1 FROM requests WHERE site = ? AND sweep = ? AND state <> 'done' LIMIT 1"
        return self._store.value(sql, (site, self._sweep)) is None

    def _end(self, sites: Sequence[str], *, done: bool) -> None:
        """The sweeps of these sites are over for this round."""
        if not sites:
            return
        with self._store.transaction():
            for site in sites:
                self.end_site(self._sites[site], done)
        held = [self._held[site] for site in sites]
        ended = self._engine.finish(held, "done" if done else "left")
        for each, known in zip(held, ended, strict=True):
            if known:
                self.close_sweep(each.site)
            else:
                self._lose(each.site)
