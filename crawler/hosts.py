"""Politeness towards hosts: which may be asked when, which are left alone; requests are the frontier's."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from crawler.robots import Rules

PATIENCE: Final = 600.0  # seconds a run waits for a host; what takes longer is left to the next run
CHALLENGES: Final = "answers with challenges"  # why a host is left alone that refuses us
WALLED: Final = "its folder answers with challenges"  # why an address is not asked for


@dataclass(slots=True)
class Host:
    """One ``host:port``: when it may be asked again and how it has been answering."""

    name: str
    delay: float
    next_free: float = 0.0
    sites: list[str] = field(default_factory=list)  # that have requests for it, as they came
    busy: bool = False
    queued: bool = False
    closed: str = ""  # why it is not asked any more in this run
    rules: Rules | None = None  # of its robots.txt; None until it answered
    failures: int = 0
    challenged: list[str] = field(default_factory=list)  # addresses that were answered so, in a row
    walled: tuple[str, ...] = ()  # what addresses begin with that are left alone
    ip: str = ""  # what its name resolved to in this run
    legacy: bool = False  # speaks a TLS that only the permissive context takes
    turned: str = ""  # the scheme that it is asked by instead


class Hosts:
    """The hosts of a run, one entry each, and the order in which they are free; times are of ``clock``."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._known: dict[str, Host] = {}
        self._ready: list[tuple[float, str]] = []
        self._ip_free: dict[str, float] = {}  # when an address may be asked again, whatever the host
        self._walled: dict[str, set[str]] = {}  # prefecture → hosts that answered with challenges only

    def __getitem__(self, name: str) -> Host:
        return self._known[name]

    def get(self, name: str) -> Host | None:
        """The host, None where the run has not met it."""
        return self._known.get(name)

    def add(self, name: str, delay: float, next_free: float) -> Host:
        """A host met first."""
        return self._known.setdefault(name, Host(name, delay, next_free))

    def of_site(self, site: str) -> list[Host]:
        """The hosts that a site has requests for."""
        return [host for host in self._known.values() if site in host.sites]

    # --- whose turn it is ----------------------------------------------------------------

    def queue(self, host: Host, at: float | None = None) -> None:
        """Have the host looked at when it is free, or at a later time."""
        if not host.queued and not host.busy and not host.closed:
            host.queued = True
            heapq.heappush(self._ready, (host.next_free if at is None else at, host.name))

    def next_time(self) -> float | None:
        """When the next host may be asked; None where only those beyond this run's patience are left."""
        while self._ready and self._known[self._ready[0][1]].closed:
            self._unqueue()
        if not self._ready or self._ready[0][0] > self._clock() + PATIENCE:
            return None
        return self._ready[0][0]

    def free(self) -> Iterator[Host]:
        """The hosts that may be asked now, each taken out of the queue: :meth:`take` it or queue it again."""
        now = self._clock()
        while self._ready and self._ready[0][0] <= now:
            host = self._unqueue()
            if host.busy or host.closed:
                continue
            free = max(host.next_free, self._ip_free.get(host.ip, 0.0))
            if free > now:
                self.queue(host, free)
            else:
                yield host

    def _unqueue(self) -> Host:
        host = self._known[heapq.heappop(self._ready)[1]]
        host.queued = False
        return host

    def take(self, host: Host) -> None:
        """The host is being asked: nobody else asks it until it is released."""
        host.busy = True
        host.next_free = self._clock() + host.delay
        if host.ip:
            self._ip_free[host.ip] = host.next_free

    def sending(self, name: str) -> None:
        """A request of the host leaves now: its delay runs from here, not from when it was taken."""
        host = self._known[name]
        host.next_free = max(host.next_free, self._clock() + host.delay)
        if host.ip:
            self._ip_free[host.ip] = max(self._ip_free.get(host.ip, 0.0), host.next_free)

    def resolved(self, name: str, ip: str) -> float:
        """A host's name resolved; returns how many seconds its first request has to wait for others that
        share the address.
        """
        host = self._known[name]
        if host.ip == ip:
            return 0.0
        now = self._clock()
        start = max(now, self._ip_free.get(ip, 0.0))
        host.ip = ip
        host.next_free = self._ip_free[ip] = start + host.delay
        return start - now

    def release(self, name: str, *, asked: bool) -> None:
        """The host is free again; ``asked`` is false where no request was sent."""
        host = self._known[name]
        host.busy = False
        if not asked:
            host.next_free = min(host.next_free, self._clock())
        self.queue(host)

    def put_off(self, name: str, seconds: float) -> None:
        """The host was not asked, and is looked at again then; only somebody else knows of its address."""
        host = self._known[name]
        host.busy = False
        host.next_free = self._clock() + seconds
        self._ip_free.pop(host.ip, None)
        self.queue(host)

    # --- leaving alone -------------------------------------------------------------------

    def close(self, name: str, why: str) -> None:
        """Ask a host no more in this run; what is left stays for the next. The first reason counts."""
        self._known[name].closed = self._known[name].closed or why

    def close_all(self, why: str) -> None:
        """Ask no host any more."""
        for name in self._known:
            self.close(name, why)

    def ruled(self, name: str, rules: Rules) -> None:
        """What a host's robots.txt says; a host without a usable answer is not crawled in this run."""
        host = self.get(name)
        if host is None:
            return
        host.rules = rules
        longer = max(0.0, rules.delay - host.delay)  # counts from when it was asked for its rules
        host.delay += longer
        host.next_free += longer
        if not rules.reachable:
            self.close(name, "robots.txt could not be read")
        self.queue(host)

    def wall(self, prefecture: str, name: str) -> None:
        """Note that a host answers with challenges: a firewall is often a whole prefecture's."""
        self._walled.setdefault(prefecture, set()).add(name)

    def walls_around(self, prefecture: str, name: str) -> int:
        """How many other hosts of the prefecture answered with challenges only."""
        return len(self._walled.get(prefecture, set()) - {name})

    def why(self, site: str) -> str:
        """Why requests of a site were left, as far as its hosts tell."""
        reasons = {host.closed for host in self._known.values() if host.closed and site in host.sites}
        return "；".join(sorted(reasons)) or "the hosts asked to be left alone for longer than a run waits"

    def going(self) -> set[str]:
        """The sites that have a host which is being asked, or will be within this run's patience."""
        latest = self._clock() + PATIENCE
        queued = {name for at, name in self._ready if at <= latest and not self._known[name].closed}
        return {
            site for host in self._known.values() if host.busy or host.name in queued for site in host.sites
        }
