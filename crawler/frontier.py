"""The frontier: what is still to be asked for, durable in the store, handed out host by host.

Requests live in table ``requests``; nothing of them is kept in memory but one entry a host
(``crawler.hosts``). A request is handed out (leased) in memory only: after a crash it is pending
again. The frontier shared by several machines (``crawler.distributed.frontier``) is one of
these that asks before it hands out.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from crawler.addresses import fingerprint, host_port
from crawler.budgets import HOST_BUDGET, SweepCount, why_left_out
from crawler.hosts import WALLED, Host, Hosts
from crawler.permits import permits
from crawler.registry import Site
from crawler.robots import Rules, kept_rules, robots_address
from crawler.wants import Want
from pipelines.address import address
from pipelines.store import Store

AGAIN: Final = "again"  # tells a deliberate repeat from the first asking
_TOLD: Final = 5  # addresses of each kind that are told
# a list is read to its end before its articles, which are asked for before the next list: so those who read
# them have something to do from the first column on
PRIORITIES: Final = {
    "robots": 1_000, "home": 900, "probe": 890,
    "page": 80, "attachment": 80, "list": 70, "article": 65, "column": 60,
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


class Frontier:
    """The frontier of one run over chosen sites, in the run's store."""

    def __init__(
        self, store: Store, sites: Mapping[str, Site], run: str, clock: Callable[[], float] = time.time
    ) -> None:
        self._run = run  # robots.txt is asked for once in a run, if at all
        self._store = store
        self._sites = sites
        self._clock = clock
        self._sweeps: dict[str, int] = {}
        self._counts: dict[str, SweepCount] = {}
        self.hosts = Hosts(clock)
        self.waiting = 0  # requests of this run without an outcome

    # --- sweeps --------------------------------------------------------------------

    def left_over(self, site: Site) -> int | None:
        """The sweep that an earlier run began and did not finish, if any.

        A site that has moved to another host since has nothing to be asked for where it was.
        """
        left = self._store.rows(
            """SELECT sweep, min(url) AS url FROM requests WHERE site = ? AND state <> 'done' AND sweep > 0
               GROUP BY sweep, host""",
            (site.site,),
        )
        return max((int(row["sweep"]) for row in left if permits(site, row["url"])), default=None)

    def open_sweep(self, site: Site, sweep: int, last: int = 0) -> None:
        """Take a site's sweep into this run: its requests will be handed out. ``last``: how many an earlier
        sweep took, where another store knows.
        """
        rows = self._store.rows(
            "SELECT role, count(*) AS n FROM requests WHERE site = ? AND sweep = ? GROUP BY role",
            (site.site, sweep),
        )
        roles = Counter({row["role"]: row["n"] for row in rows})
        earlier = self._store.value(
            "SELECT count(*) FROM requests WHERE site = ? AND sweep < ? AND sweep > 0", (site.site, sweep)
        )
        self._counts[site.site] = SweepCount(
            total=roles.total(),
            roles=roles,
            budget=max(HOST_BUDGET, 3 * int(earlier or 0), 3 * last),
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

    def close_sweep(self, site: str) -> None:
        """The site is no part of this run any more; what its hosts were to be asked, other sites ask."""
        self.waiting -= self.pending(site)
        del self._sweeps[site]
        for host in self.hosts.of_site(site):
            host.sites.remove(site)
            if host.rules is None:
                self._ask_for_rules_again(host)

    def _ask_for_rules_again(self, host: Host) -> None:
        """The site that was to ask a host for its rules is gone: another one does."""
        for site in host.sites:
            waiting = "SELECT url FROM requests WHERE host = ? AND site = ? AND sweep = ? LIMIT 1"
            url = self._store.value(waiting, (host.name, site, self._sweeps[site]))
            if url is not None:
                self._ask_for_rules(self._sites[site], url)
                return

    def forget_sweeps_before(self, site: str, sweep: int) -> None:
        """Drop the finished requests of a site's earlier sweeps, but for the places that could not be had:
        they are asked for again (see ``due.not_had``).
        """
        with self._store.transaction() as db:
            db.execute(
                """DELETE FROM requests WHERE site = ? AND sweep BETWEEN 0 AND ? AND NOT (
                       role IN ('tree', 'column') AND EXISTS (
                           SELECT 1 FROM issues i WHERE i.subject = requests.url
                               AND i.code = 'list_unreachable' AND i.closed_at IS NULL))""",
                (site, sweep - 1),
            )

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

    def asked(self, site: str, role: str = "") -> int:
        """How many requests the site's sweep has come to, of one role or all."""
        return self._counts[site].roles[role] if role else self._counts[site].total

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
        want = self._as_turned(want)
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

    def _as_turned(self, want: Want) -> Want:
        """A request by the scheme that its host is asked by."""
        host = self.hosts.get(host_port(want.url))
        return want if host is None or not host.turned else replace(want, url=_by(host.turned, want.url))

    def _is_known(self, parent: Lease, mark: str) -> bool:
        sql = "SELECT 1 FROM requests WHERE site = ? AND sweep = ? AND fingerprint = ?"
        return self._store.value(sql, (parent.site, parent.sweep, mark)) is not None

    # --- handing out -----------------------------------------------------------------

    def _await(self, url: str, site: Site) -> None:
        """Have the host of ``url`` looked at when it is free; a host met first is asked for its rules
        first, unless it was within a day.
        """
        name = host_port(url)
        host = self.hosts.get(name)
        if host is None:
            host = self.hosts.add(name, site.delay, next_free=self._last_asked(site) + site.delay)
            if not permits(site, url):
                host.rules = Rules()  # it will not be asked for anything
            elif rules := kept_rules(self._store, url):
                self.hosts.ruled(name, rules)
            else:
                self._ask_for_rules(site, url)
        if site.site not in host.sites:
            host.sites.append(site.site)
            host.delay = max(host.delay, site.delay)
        self.hosts.queue(host)

    def _ask_for_rules(self, site: Site, url: str) -> None:
        """Ask the host of ``url`` for its robots.txt; http and https of one name have rules of their own."""
        self.begin(site, [Want(robots_address(url), "robots")], salt=f"{self._run}{host_port(url)}")

    def _last_asked(self, site: Site) -> float:
        """When an earlier run asked this site last: politeness outlives a run."""
        at = self._store.value(
            "SELECT CAST(strftime('%s', max(fetched_at)) AS REAL) FROM captures WHERE site = ?", (site.site,)
        ) if site.delay else None  # fmt: skip
        return min(float(at or 0.0), self._clock())

    def next_time(self) -> float | None:
        """When the next request may be due (clock time), None where none will be in this run."""
        return self.hosts.next_time()

    def lease(self) -> Lease | None:
        """The next request that is due on a host that is free, or None."""
        for host in self.hosts.free():
            lease = self._take(host)
            if lease:
                return lease
        return None

    def _take(self, host: Host) -> Lease | None:
        now = self._clock()
        owners = [name for name in host.sites if name in self._sweeps]
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
                self.hosts.queue(host, max(later, host.next_free, now + 0.01))
            return None
        self.hosts.take(host)
        return _lease(row)

    def resolved(self, name: str, ip: str) -> float:
        """A host's name resolved; returns how many seconds its first request has to wait for others that
        share the address.
        """
        return self.hosts.resolved(name, ip)

    def release(self, lease: Lease, *, asked: bool = True) -> None:
        """The host is free again; ``asked`` is false where no request was sent."""
        self.hosts.release(lease.host, asked=asked)

    def wall(self, lease: Lease) -> None:
        """Note that a host answers with challenges: a firewall is often a whole prefecture's."""
        self.hosts.wall(self._prefecture(lease), lease.host)

    def walls_around(self, lease: Lease) -> int:
        """How many other hosts of the prefecture answered with challenges only."""
        return self.hosts.walls_around(self._prefecture(lease), lease.host)

    def answers_but_for(self, lease: Lease, folder: str) -> bool:
        """Whether the host has answered well in this sweep, and not in that folder."""
        root = "/".join(lease.url.split("/", 3)[:3]) + "/"
        begins = (
            "SELECT max(url >= ? AND url < ?) FROM captures WHERE url >= ? AND url < ? AND +crawl_id >= ?"
        )
        found = self._store.value(
            f"{begins} AND outcome IN ('new', 'changed', 'unchanged')",
            (folder, f"{folder}\U0010ffff", root, f"{root}\U0010ffff", lease.sweep),
        )
        return found is not None and not found

    def _prefecture(self, lease: Lease) -> str:
        return self._sites[lease.site].code[:4]

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
            url = _by(scheme, row["url"])
            other = host_port(url)
            self._store.db.execute(
                "UPDATE requests SET url = ?, host = ? WHERE request_id = ?", (url, other, row["request_id"])
            )
            if other != name:
                self.hosts[name].turned = scheme
                self._await(url, self._sites[row["site"]])
        return other

    def is_turned(self, name: str) -> bool:
        """Whether what is wanted from a host is asked for by the other scheme."""
        host = self.hosts.get(name)
        return host is not None and bool(host.turned)

    def close(self) -> None:
        """Hand out nothing more."""
        self.hosts.close_all("the run was stopped")

    def refusal(self, lease: Lease) -> str:
        """Why the request must not be sent (its host is not listed, robots.txt forbids it); "" if it may."""
        if not permits(self._sites[lease.site], lease.url):
            return f"refused_address: {lease.host} is not among the hosts of {lease.site}"
        if lease.url.startswith(self.hosts[lease.host].walled):
            return WALLED
        rules = self.hosts[lease.host].rules
        if lease.role != "robots" and rules is not None and not rules.allows(lease.url):
            return "refused_robots: robots.txt forbids it"
        return ""


def _by(scheme: str, url: str) -> str:
    """An address with that scheme."""
    return f"{scheme}{url[url.index('://') :]}"


def _apart(want: Want, root: str | None) -> str:
    """What tells a request from others for its address: a part is asked for once for each of its articles."""
    if want.again:
        return AGAIN
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
