"""How answers change the way a host is asked: trying again later, waiting as told, leaving it alone."""

from __future__ import annotations

import email.utils
import posixpath
import random
import time
from typing import Final
from urllib.parse import urljoin, urlsplit

from crawler.frontier import Frontier, Lease
from crawler.hosts import CHALLENGES, Host
from crawler.tls import TLS_FAILED
from pipelines.archive import Exchange

TRIES: Final = {"timeout": 2, "truncated": 2, "error": 3}
_RETRIED: Final = {408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524}
_BUSY: Final = (429, 503)
_LONGEST_WAIT: Final = 6 * 3600.0  # seconds of Retry-After that are obeyed
_BREAKER: Final = 5  # failures in a row after which a host is left alone for a while
_PAUSE: Final = 600  # times the host's delay
_WALLS: Final = 5  # challenges in a row after which a host is left alone for this run
_WALLED_TOWNS: Final = 2  # other hosts of the prefecture left alone, after which the first challenge does


def mind(frontier: Frontier, exchange: Exchange, lease: Lease) -> None:
    """Learn from a live answer how to treat its host from now on."""
    host = frontier.hosts[lease.host]
    outcome, status = exchange.about.outcome, exchange.status
    if status in _BUSY or exchange.header("retry-after"):
        host.delay *= 2
        host.next_free = max(host.next_free, time.time() + retry_after(exchange))
    if (exchange.about.detail or "").startswith(TLS_FAILED):
        host.legacy = True
    if outcome in ("timeout", "error", "truncated") and (status is None or status >= 500):
        host.failures += 1
        if host.failures % _BREAKER == 0:
            host.next_free = max(host.next_free, time.time() + _PAUSE * host.delay)
    elif outcome == "blocked":
        host.challenged.append(lease.url)
        _leave_alone(frontier, host, lease)
    elif outcome != "refused":
        host.failures = 0
        host.challenged.clear()


def _leave_alone(frontier: Frontier, host: Host, lease: Lease) -> None:
    """After some challenges in a row: the folder alone that they came from, if the host answers elsewhere, or
    the host. A firewall that a prefecture shares needs no more than one.
    """
    if frontier.walls_around(lease) < _WALLED_TOWNS:
        if len(host.challenged) < _WALLS:
            return
        folder = posixpath.commonpath(
            [urlsplit(url).path.rpartition("/")[0] or "/" for url in host.challenged]
        )
        if folder != "/" and frontier.answers_but_for(lease, folder := urljoin(lease.url, f"{folder}/")):
            host.walled = (*host.walled, folder)
            host.challenged.clear()
            return
    frontier.wall(lease)
    frontier.hosts.close(lease.host, CHALLENGES)


def retry_after(exchange: Exchange) -> float:
    """Seconds that a Retry-After header asks for (a number or a date), at most six hours.

    0 where it says nothing usable.
    """
    value = (exchange.header("retry-after") or "").strip()
    if value.isdigit():
        return min(float(value[:9]), _LONGEST_WAIT)
    try:
        seconds: float = email.utils.parsedate_to_datetime(value).timestamp() - time.time()
    except (ValueError, TypeError, IndexError, OverflowError):
        return 0.0
    return max(0.0, min(seconds, _LONGEST_WAIT))


def retry_at(exchange: Exchange, lease: Lease, delay: float) -> float:
    """When to try again (unix time), 0 where the outcome stands."""
    outcome, status = exchange.about.outcome, exchange.status
    if lease.attempt >= TRIES.get(outcome, 0):
        return 0.0
    if outcome == "error" and status is not None and status not in _RETRIED:
        return 0.0
    if "redirect_loop" in (exchange.about.detail or "") or "refused_" in (exchange.about.detail or ""):
        return 0.0
    asked = retry_after(exchange)
    patience = max(10 * delay, 0.2) * 2.0 ** (lease.attempt - 1)
    wait = max(asked, patience * random.uniform(0.8, 1.2))  # noqa: S311 - jitter, no secret
    return time.time() + wait
