"""The frontier: what is still to be asked for, durable in the store, handed out host by host.

Requests live in table ``requests``; nothing of them is kept in memory but one entry a
host. A request is handed out (leased) in memory only: after a crash it is pending
again. :class:`Frontier` is the interface that the frontier shared by several machines
(``crawler.distributed.frontier``) keeps as well.
"""

from __future__ import annotations

import heapq
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from crawler.addresses import fingerprint, host_port
from crawler.budgets import HOST_BUDGET, SweepCount, why_left_out
from crawler.permits import permits
from crawler.registry import Site
from crawler.robots import Rules, robots_address
from crawler.wants import Want
from pipelines.address import address
from pipelines.store import Store

PATIENCE: Final = 600.0  # seconds a run waits for a host; what takes longer is left to the next run
CHALLENGES: Final = "answers with challenges"  # why a host is left alone that refuses us
_TOLD: Final = 5  # addresses of each kind that are told
PRIORITIES: Final = {
    "robots": 1_000, "home": 900, "probe": 890,
    "page": 80, "attachment": 80, "list": 70, "column": 60, "article": 50,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lease:
    """A request handed out. ``salt`` tells a deliberate repeat from the first asking."""

    request_id: int
    site: str
    sweep: int
    method: str
    url: str
    body: str
    host: str
    role: str
    root: str | None
    context: Mapping[str, Any]
    depth: int
    attempt: int  # 1 for the first


class Frontier(Protocol):
    """What the scheduler and the settling of answers need of a frontier."""

    def lease(self) -> Lease | None:
        """The next request that is due on a host that is free, or None."""

    def next_time(self) -> float | None:
        """When the next request may be due (clock time), None where none will be in this run."""

    def put(self, parent: Lease, wants: Iterable[Want], *, root: str | None = None, salt: str = "") -> int:
        """Add what is not known yet in the parent's sweep; returns how many were new."""

    def done(self, request_id: int, context: Mapping[str, Any] | None = None) -> None:
        """The request has its outcome."""

    def again(self, request_id: int, not_before: float) -> None:
        """The request is to be tried once more."""

    def release(self, lease: Lease, *, asked: bool = True) -> None:
        """The host is free again; ``asked`` is false where no request was sent."""


@dataclass(slots=True)
class Host:
    """Politeness towards one ``host:port``: when it may be asked again and how it has been answering."""

    name: str
    delay: float
    next_free: float = 0.0
    busy: bool = False
    queued: bool = False
    closed: str = ""  # why it is not asked any more in this run
    rules: Rules | None = None  # of its robots.txt; None until it answered
    failures: int = 0
    blocked: int = 0
    ip: str = ""  # what its name resolved to in this run
    legacy: bool = False  # speaks a TLS that only the permissive context takes


class StoreFrontier:
    """The frontier of one run over chosen sites, in the run's store."""

    def __init__(
        self, store: Store, sites: Mapping[str, Site], run: str, clock: Callable[[], float] = time.time
    ) -> None:
        self._run = run  # robots.txt is asked for once in every run
        self._store = store
        self._sites = sites
        self._clock = clock
        self._sweeps: dict[str, int] = {}
        self._counts: dict[str, SweepCount] = {}
        self._hosts: dict[str, Host] = {}
        self._ready: list[tuple[float, str]] = []
        self._of_host: dict[str, list[str]] = {}
        self._ip_free: dict[str, float] = {}  # when an address may be asked again, whatever the host
        self._walled: dict[str, set[str]] = {}  # prefecture → hosts that answered with challenges only
        self.waiting = 0  # requests of this run without an outcome

    # --- sweeps --------------------------------------------------------------------

    def left_over(self, site: str) -> int | None:
        """The sweep that an earlier run began and did not finish, if any."""
        found = self._store.value(
            "SELECT max(sweep) FROM requests WHERE site = ? AND state <> 'done' AND sweep > 0", (site,)
        )
        return int(found) if found is not None else None

    def open_sweep(self, site: Site, sweep: int) -> None:
        """Take a site's sweep into this run: its requests will be handed out."""
        rows = self._store.rows(
            "SELECT role, count(*) AS n FROM requests WHERE site = ? AND sweep = ? GROUP BY role",
            (site.site, sweep),
        )
        roles = Counter({row["role"]: row["n"] for row in rows})
        last = self._store.value(
            "SELECT count(*) FROM requests WHERE site = ? AND sweep < ? AND sweep > 0", (site.site, sweep)
        )
        self._counts[site.site] = SweepCount(
            total=roles.total(),
            roles=roles,
            budget=max(HOST_BUDGET, 3 * int(last or 0)),
        )
        self._sweeps[site.site] = sweep
        self.waiting += self.pending(site.site)
        waiting = self._store.rows(
            """SELECT min(url) AS url FROM requests WHERE site = ? AND sweep = ? AND state <> 'done'
               GROUP BY host""",
            (site.site, sweep),
        )
        with self._store.transaction():
            for row in list(waiting):
                self._await(row["url"], site)

    def forget_sweeps_before(self, site: str, sweep: int) -> None:
        """Drop the finished requests of a site's earlier sweeps."""
        with self._store.transaction() as db:
            db.execute("DELETE FROM requests WHERE site = ? AND sweep BETWEEN 0 AND ?", (site, sweep - 1))

    def forget_replays(self) -> None:
        """Drop the requests of crawls that were run again from the archive (see :meth:`replay_of`)."""
        with self._store.transaction() as db:
            db.execute("DELETE FROM requests WHERE sweep < 0")

    @staticmethod
    def replay_of(crawl_id: int) -> int:
        """The sweep of a run without network: never one that a later run resumes."""
        return -crawl_id

    def is_open(self, site: str) -> bool:
        """Whether the site's sweep is part of this run already."""
        return site in self._sweeps

    def sweep_of(self, site: str) -> int:
        """The sweep of a site in this run."""
        return self._sweeps[site]

    def pending(self, site: str | None = None) -> int:
        """How many requests of this run have no outcome yet."""
        chosen = [site] if site else list(self._sweeps)
        sql = "SELECT count(*) FROM requests WHERE site = ? AND sweep = ? AND state <> 'done'"
        return sum(int(self._store.value(sql, (name, self._sweeps[name]))) for name in chosen)

    def left_out(self, site: str) -> Mapping[str, list[str]]:
        """Some of the addresses that the trap guard, or a budget, kept out."""
        return self._counts[site].left_out

    # --- putting in ------------------------------------------------------------------

    def begin(self, site: Site, wants: Iterable[Want], salt: str = "") -> None:
        """Put the first requests of a site's sweep."""
        parent = Lease(0, site.site, self._sweeps[site.site], "GET", site.home, "", "", "", None, {}, -1, 1)
        with self._store.transaction():
            self.put(parent, wants, salt=salt)

    def put(self, parent: Lease, wants: Iterable[Want], *, root: str | None = None, salt: str = "") -> int:
        """Add what is not known yet in the parent's sweep; returns how many were new. Call in a
        transaction.
        """
        site = self._sites[parent.site]
        return sum(self._put(parent, site, want, root, salt) for want in wants)

    def _put(self, parent: Lease, site: Site, want: Want, root: str | None, salt: str) -> bool:
        count = self._counts[site.site]
        if want.role == "article":
            root = address(want.url)
        mark = fingerprint(want.method, want.url, want.body, salt or _apart(want, root))
        why = "" if want.role == "robots" else why_left_out(count, want)
        if why:
            if len(count.left_out[why]) < _TOLD and not self._is_known(parent, mark):
                count.left_out[why].append(want.url)
            return False
        cursor = self._store.db.execute(
            """INSERT OR IGNORE INTO requests
               (site, sweep, fingerprint, method, url, body, host, role, root, context, depth, priority)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            (
                site.site, parent.sweep, mark, want.method, want.url, want.body or None, host_port(want.url),
                want.role, root, json.dumps(want.context, ensure_ascii=False), parent.depth + 1,
                PRIORITIES.get(want.role, int(min(40, 4 * want.score))),
            ),
        )  # fmt: skip
        if cursor.rowcount != 1:
            return False
        count.total += 1
        self.waiting += 1
        count.roles[want.role] += 1
        self._await(want.url, site)
        return True

    def _is_known(self, parent: Lease, mark: str) -> bool:
        sql = "SELECT 1 FROM requests WHERE site = ? AND sweep = ? AND fingerprint = ?"
        return self._store.value(sql, (parent.site, parent.sweep, mark)) is not None

    # --- handing out -----------------------------------------------------------------

    def host(self, name: str) -> Host:
        """The politeness state of ``host:port``."""
        return self._hosts[name]

    def _await(self, url: str, site: Site) -> None:
        """Have the host of ``url`` looked at when it is free; a host met first is asked for its rules
        first.
        """
        name = host_port(url)
        host = self._hosts.get(name)
        if host is None:
            host = self._hosts[name] = Host(name, site.delay, next_free=self._last_asked(site) + site.delay)
            if permits(site, url):
                self._ask_for_rules(site, url)
            else:
                host.rules = Rules()  # it will not be asked for anything
        owners = self._of_host.setdefault(name, [])
        if site.site not in owners:
            owners.append(site.site)
            host.delay = max(host.delay, site.delay)
        self._queue(host, host.next_free)

    def _ask_for_rules(self, site: Site, url: str) -> None:
        """Ask the host of ``url`` for its robots.txt; http and https of one name have rules of their own."""
        self.begin(site, [Want(robots_address(url), "robots")], salt=f"{self._run}{host_port(url)}")

    def _last_asked(self, site: Site) -> float:
        """When an earlier run asked this site last: politeness outlives a run."""
        at = self._store.value(
            "SELECT CAST(strftime('%s', max(fetched_at)) AS REAL) FROM captures WHERE site = ?", (site.site,)
        ) if site.delay else None  # fmt: skip
        return min(float(at or 0.0), self._clock())

    def _queue(self, host: Host, at: float) -> None:
        if not host.queued and not host.busy and not host.closed:
            host.queued = True
            heapq.heappush(self._ready, (at, host.name))

    def next_time(self) -> float | None:
        """When the next host may be asked; None where only requests beyond this run's patience are left."""
        while self._ready and self._hosts[self._ready[0][1]].closed:
            self._hosts[heapq.heappop(self._ready)[1]].queued = False
        if not self._ready or self._ready[0][0] > self._clock() + PATIENCE:
            return None
        return self._ready[0][0]

    def lease(self) -> Lease | None:
        """The next request that is due on a host that is free, or None."""
        now = self._clock()
        while self._ready and self._ready[0][0] <= now:
            host = self._hosts[heapq.heappop(self._ready)[1]]
            host.queued = False
            if host.busy or host.closed:
                continue
            free = max(host.next_free, self._ip_free.get(host.ip, 0.0))
            if free > now:
                self._queue(host, free)
                continue
            lease = self._take(host, now)
            if lease:
                return lease
        return None

    def _take(self, host: Host, now: float) -> Lease | None:
        owners = [name for name in self._of_host[host.name] if name in self._sweeps]
        if not owners:
            return None
        pairs = ", ".join("(?, ?)" for _ in owners)
        parameters = [value for name in owners for value in (name, self._sweeps[name])]
        where = f"state = 'pending' AND host = ? AND (site, sweep) IN (VALUES {pairs})"
        row = self._store.row(
            f"""SELECT * FROM requests WHERE {where} AND not_before <= ?
                ORDER BY priority DESC, request_id LIMIT 1""",  # noqa: S608
            (host.name, *parameters, now),
        )
        if row is None or (host.rules is None and row["role"] != "robots"):
            where += " AND role = 'robots'" if row else ""
            sql = f"SELECT min(not_before) FROM requests WHERE {where}"  # noqa: S608
            later = self._store.value(sql, (host.name, *parameters))
            if later is not None:
                self._queue(host, max(later, host.next_free, now + 0.01))
            return None
        host.busy = True
        host.next_free = now + host.delay
        if host.ip:
            self._ip_free[host.ip] = host.next_free
        return _lease(row)

    def resolved(self, name: str, ip: str) -> float:
        """A host's name resolved; returns how many seconds its first request has to wait for others that
        share the address.
        """
        host = self._hosts[name]
        if host.ip == ip:
            return 0.0
        now = self._clock()
        start = max(now, self._ip_free.get(ip, 0.0))
        host.ip = ip
        host.next_free = self._ip_free[ip] = start + host.delay
        return start - now

    def sending(self, name: str) -> None:
        """A request of the host leaves now: its delay runs from here, not from the lease."""
        host = self._hosts[name]
        host.next_free = max(host.next_free, self._clock() + host.delay)
        if host.ip:
            self._ip_free[host.ip] = max(self._ip_free.get(host.ip, 0.0), host.next_free)

    def wall(self, lease: Lease) -> None:
        """Note that a host answers with challenges: a firewall is often a whole prefecture's."""
        self._walled.setdefault(self._prefecture(lease), set()).add(lease.host)

    def walls_around(self, lease: Lease) -> int:
        """How many other hosts of the prefecture answered with challenges only."""
        return len(self._walled.get(self._prefecture(lease), set()) - {lease.host})

    def _prefecture(self, lease: Lease) -> str:
        return self._sites[lease.site].code[:4]

    def release(self, lease: Lease, *, asked: bool = True) -> None:
        """The host is free again; ``asked`` is false where no request was sent."""
        host = self._hosts[lease.host]
        host.busy = False
        if not asked:
            host.next_free = min(host.next_free, self._clock())
        self._queue(host, host.next_free)

    # --- outcomes ----------------------------------------------------------------------

    def done(self, request_id: int, context: Mapping[str, Any] | None = None) -> None:
        """The request has its outcome; ``context``, if given, is what is kept of it. Call in a
        transaction.
        """
        self.waiting -= 1
        self._store.db.execute(
            """UPDATE requests SET state = 'done', attempts = attempts + 1, context = coalesce(?, context)
               WHERE request_id = ?""",
            (json.dumps(context, ensure_ascii=False) if context is not None else None, request_id),
        )

    def again(self, request_id: int, not_before: float) -> None:
        """The request is to be tried once more, not before that time. Call in a transaction."""
        self._store.db.execute(
            """UPDATE requests SET state = 'pending', attempts = attempts + 1, not_before = ?
               WHERE request_id = ?""",
            (not_before, request_id),
        )

    def request(self, request_id: int) -> Lease | None:
        """A request of the frontier, whatever its state."""
        row = self._store.row("SELECT * FROM requests WHERE request_id = ?", (request_id,))
        return _lease(row) if row else None

    def is_complete(self, site: str, sweep: int, root: str) -> bool:
        """Whether an article and everything that belongs to it has its outcome in the sweep."""
        sql = "SELECT 1 FROM requests WHERE root = ? AND state <> 'done' AND +site = ? AND +sweep = ? LIMIT 1"
        return self._store.value(sql, (root, site, sweep)) is None

    def close_host(self, name: str, why: str) -> None:
        """Ask a host no more in this run; what is left stays for the next. The first reason counts."""
        self._hosts[name].closed = self._hosts[name].closed or why

    def turn(self, name: str, scheme: str) -> str:
        """Ask for what waits for a host by the other ``scheme``; returns the host's name there. Call in a
        transaction.
        """
        waiting = list(
            self._store.rows(
                "SELECT request_id, site, sweep, url FROM requests WHERE host = ? AND state = 'pending'",
                (name,),
            )
        )
        other = name
        for row in waiting:
            if self._sweeps.get(row["site"]) != row["sweep"]:
                continue
            url = f"{scheme}{row['url'][row['url'].index('://') :]}"
            other = host_port(url)
            self._store.db.execute(
                "UPDATE requests SET url = ?, host = ? WHERE request_id = ?", (url, other, row["request_id"])
            )
            if other != name:
                self._await(url, self._sites[row["site"]])
        return other

    def close(self) -> None:
        """Hand out nothing more."""
        for host in self._hosts.values():
            host.closed = host.closed or "the run was stopped"

    def why(self, site: str) -> str:
        """Why requests of a site were left, as far as its hosts tell."""
        reasons = {
            host.closed for host in self._hosts.values() if host.closed and site in self._of_host[host.name]
        }
        return "；".join(sorted(reasons)) or "the hosts asked to be left alone for longer than a run waits"

    def refusal(self, lease: Lease) -> str:
        """Why the request must not be sent (its host is not listed, robots.txt forbids it); "" if it may."""
        if not permits(self._sites[lease.site], lease.url):
            return f"refused_address: {lease.host} is not among the hosts of {lease.site}"
        rules = self._hosts[lease.host].rules
        if lease.role != "robots" and rules is not None and not rules.allows(lease.url):
            return "refused_robots: robots.txt forbids it"
        return ""

    def ruled(self, name: str, rules: Rules) -> None:
        """What a host's robots.txt says; a host without a usable answer is not crawled in this run."""
        host = self._hosts.get(name)
        if host is None:
            return
        host.rules = rules
        host.delay = max(host.delay, rules.delay)
        if not rules.reachable:
            self.close_host(name, "robots.txt could not be read")
        self._queue(host, host.next_free)


def _apart(want: Want, root: str | None) -> str:
    """What tells a request from others for its address: a part is asked for once for each of its articles."""
    if want.again:
        return "again"
    return root or "" if want.role in ("page", "attachment") else ""


def _lease(row: Mapping[str, Any]) -> Lease:
    return Lease(
        request_id=row["request_id"],
        site=row["site"],
        sweep=row["sweep"],
        method=row["method"],
        url=row["url"],
        body=row["body"] or "",
        host=row["host"],
        role=row["role"],
        root=row["root"],
        context=json.loads(row["context"]),
        depth=row["depth"],
        attempt=row["attempts"] + 1,
    )
