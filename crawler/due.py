"""The sites that are due now, and the columns of a site that are worth a look, from what the store knows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from math import ceil, inf
from typing import Any

from crawler.addresses import host_port
from crawler.names import is_year
from crawler.registry import Site
from crawler.robots import kept_answer
from crawler.schedule import Plan, Visit, plan
from pipelines.clock import moment, stamp
from pipelines.store import Row, Store

_SEEN_DAYS = 7
_SHARE_OF_REQUESTS = 10  # of a sweep from the home page, what a visit for what is new may cost
_SHARE_OF_BYTES = 50
MOST_TURNS = 7  # visits in which every list that waits for a report is looked at once
_GRACE = timedelta(days=1)
_A_DAY = timedelta(hours=20)  # between two runs that are a day apart
_RULES = 1  # request for a host's robots.txt
_LEFT = "SELECT DISTINCT site FROM requests WHERE state <> 'done' AND sweep > 0"


@dataclass(frozen=True, slots=True)
class Share:
    """A part of what a site's last sweep from the home page cost."""

    requests: int
    bytes: float


@dataclass(frozen=True, slots=True)
class Due:
    """What a run has to visit; ``incremental`` are those of ``sites`` that are only looked at for what
    is new.
    """

    sites: tuple[Site, ...]
    incremental: tuple[str, ...]


def due(store: Store, sites: Sequence[Site], now: datetime) -> Due:
    """Of ``sites`` those due at ``now`` (aware): by the season's plan, or left unfinished by an earlier
    run.
    """
    rows = {row["site"]: row for row in store.sites()}
    turns = _turns(store)
    left = {row["site"] for row in store.rows(_LEFT)}
    plans = {site.site: plan(_visit(rows.get(site.site), turns.get(site.site, 1)), now) for site in sites}
    chosen = tuple(site for site in sites if site.site in left or plans[site.site] is not Plan.WAIT)
    return Due(chosen, tuple(s.site for s in chosen if plans[s.site] is Plan.INCREMENTAL))


def late(rows: Iterable[Mapping[str, Any]], now: datetime) -> list[str]:
    """Of ``rows`` of sites in good state those that were due more than a day before ``now``: nobody runs, or
    not often enough.
    """
    then = now - _GRACE
    return [
        row["site"]
        for row in rows
        if row["state"] in ("ok", "late") and plan(_visit(dict(row)), then) is not Plan.WAIT
    ]


def mark_late(store: Store, now: datetime) -> None:
    """Note which sites are late; a visit takes it back."""
    with store.transaction() as db:
        for site in late([row for row in store.sites() if row["state"] == "ok"], now):
            db.execute("UPDATE sites SET state = 'late', state_since = ? WHERE site = ?", (stamp(now), site))


def _visit(row: dict[str, Any] | None, turns: int = 1) -> Visit:
    if row is None:
        return Visit("never_crawled")
    return Visit(
        row["state"],
        _moment(row["last_attempt_at"]),
        _moment(row["last_success_at"]),
        _moment(row["last_full_sweep_at"]),
        turns,
    )


def _turns(store: Store) -> dict[str, int]:
    """In how many visits the columns of a site have been looked at once, where one is not enough."""
    counted = store.rows(
        """SELECT site, sum(coalesce(look_requests, 1)) AS requests, sum(coalesce(look_bytes, 0)) AS bytes,
                  swept_requests, swept_bytes
           FROM site_columns JOIN sites USING (site) GROUP BY site"""
    )
    return {row["site"]: _turns_of(row) for row in counted}


def _turns_of(row: Row) -> int:
    share = _share(row)
    needed = max(row["requests"] / max(1, share.requests - _RULES), row["bytes"] / max(1, share.bytes))
    return min(MOST_TURNS, max(1, ceil(float(needed))))


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def worth_a_look(store: Store, site: str, columns: Sequence[Row]) -> list[Row]:
    """Of a site's columns (rows of ``site_columns``) those that a run looks at for what is new, each with its
    ``cost`` in requests, and with the ``place`` that is asked for instead where only that is affordable.

    Columns of years long past are left to the full sweeps, and of columns with the same lines one is enough.
    Where a look at all would cost more than a visit's :func:`share`, those that lead to further columns are
    looked at every time if they cost little. Those that lack the report of the year due from an agency, or
    were not seen for a week, take turns, those first that were not asked for the longest: as many as the
    share allows, one at least. The others come in what it leaves.
    """
    years = moment().year
    chosen = _different([row for row in columns if not is_past(row["title"] or "", years)])
    allowed = share(store, site)
    looks = _affordable(store, chosen, allowed)
    if len(looks) == len(chosen) and not any("place" in row for row in looks):
        return looks
    chosen.sort(key=lambda row: (row["looked_in"] or 0, _last_asked(store, row)))
    hubs = [row for row in chosen if not row["found_total"]]
    fixed = sum(map(_look_requests, hubs))
    dearest = max((_look_requests(row) for row in chosen if row["found_total"]), default=0)
    pace = max(dearest, ceil((len(chosen) - len(hubs)) / MOST_TURNS))
    always = hubs if max(2 * fixed, _RULES + fixed + pace) <= allowed.requests else []
    turned = [row for row in chosen if row not in always]
    waited_for = [
        r for r in turned if (r["reported_year"] or 0) < years - 1 or r["last_seen_at"] < _a_week_ago()
    ]
    others = [row for row in turned if row not in waited_for]
    return _affordable(store, [*always, *waited_for, *others], allowed)


def share(store: Store, site: str) -> Share:
    """What a visit of a site may cost that looks for what is new."""
    return _share(store.site(site) or {})


def _share(row: Mapping[str, Any]) -> Share:
    requests, size = row.get("swept_requests") or 0, row.get("swept_bytes")
    return Share(requests // _SHARE_OF_REQUESTS, inf if size is None else size / _SHARE_OF_BYTES)


def _affordable(store: Store, columns: Sequence[Row], allowed: Share) -> list[Row]:
    """The first of some columns that a visit can afford, their hosts' robots.txt counted, one whatever it
    costs; each with its cost. Where a page of a column is affordable and the column is not, the page comes
    instead: until it is a week since all of it was seen.
    """
    looks: list[Row] = []
    room, size = allowed.requests, allowed.bytes
    hosts: set[str] = set()
    for column in columns:
        host = host_port(column["url"])
        rules = _RULES if host not in hosts and kept_answer(store, column["url"]) is None else 0
        cost = rules + _look_requests(column)
        size -= column["look_bytes"] or 0
        place = _in_turn(column) if cost > room else None
        if place is not None:
            cost, column = rules + 1, column | {"place": place}
        if looks and (cost > room or size < 0):
            return looks
        hosts.add(host)
        room -= cost
        looks.append(column | {"cost": cost})
    return looks


def _look_requests(column: Row) -> int:
    return int(column["look_requests"] or 1)


def _in_turn(column: Row) -> Row | None:
    """The page of a column that is asked for instead of all of it: the one not asked for the longest."""
    if column["last_seen_at"] < _a_week_ago():
        return None
    year = moment().year
    places = json.loads(column["places"] or "[]")
    open_ = [place for place in places if not is_past(place["context"].get("title", ""), year)]
    return min(open_, key=lambda place: int(place["asked"]), default=None)


def _a_week_ago() -> str:
    return stamp(moment() - timedelta(days=_SEEN_DAYS))


def _last_asked(store: Store, column: Row) -> str:
    """When; also where it did not answer, lest it keep others from their turn."""
    asked = "SELECT fetched_at FROM captures WHERE url = ? ORDER BY capture_id DESC LIMIT 1"
    last: str | None = store.value(asked, (column["url"],))
    return max(str(column["last_seen_at"]), last or "")


def _different(columns: list[Row]) -> list[Row]:
    """Columns without those whose lines are the same as another one's."""
    first: dict[str, Row] = {}
    for row in columns:
        first.setdefault(row["lines"] or row["url"], row)
    return list(first.values())


def may_be_back(missed: Row) -> bool:
    """Whether what was not there, from ``first`` to ``last``, is worth another request: a day later, and then
    when it has been missing for as long again.
    """
    return since(missed["last"]) >= max(_A_DAY, since(missed["first"]) - since(missed["last"]))


def since(stamped: str) -> timedelta:
    """How long ago a moment of the store was."""
    return moment() - datetime.fromisoformat(stamped)


def not_had(store: Store, site: str, spent: int = 0) -> list[Row]:
    """Places of a site's tree (rows of ``requests``) that refused to be asked or did not answer, and are
    worth another request: what they lead to is on no list that is known. As many as the visit's share of
    requests leaves when ``spent`` are taken, one at least, those first that were not asked for the longest.
    """
    rows = store.rows(
        """SELECT r.*, min(i.first_seen_at) AS first, max(i.last_seen_at) AS last
           FROM requests r CROSS JOIN issues i ON i.subject = r.url
           WHERE r.site = ? AND r.role IN ('tree', 'column') AND i.code = 'list_unreachable'
             AND i.closed_at IS NULL AND i.detail NOT LIKE 'refused%'
             AND r.url NOT IN (SELECT url FROM site_columns WHERE site = r.site)
           GROUP BY r.fingerprint ORDER BY last, r.url""",
        (site,),
    )
    waiting = [row for row in rows if may_be_back(row)]
    room = share(store, site).requests - spent
    costs = accumulate(1 + (kept_answer(store, row["url"]) is None) for row in waiting)
    return waiting[: max(1, sum(cost <= room for cost in costs))]


def is_past(title: str, this_year: int) -> bool:
    """Reports of a year come in the next one; later ones are for the full sweeps. An agency may stand before
    the year, or behind it.
    """
    words = title.split()
    years = [word for word in (words[:1] + words[-1:]) if is_year(word)]
    return bool(years) and max(int(year[:4]) for year in years) < this_year - 1
