"""The sites that are due now, and the columns of a site that are worth a look, from what the store knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from crawler.names import is_year
from crawler.registry import Site
from crawler.schedule import Plan, Visit, plan
from pipelines.clock import now, stamp
from pipelines.store import Row, Store

_SEEN_DAYS = 7
_SHARE = 10  # of a site's documents, as many lists as a visit may look at
MOST_TURNS = 3  # visits in which every list that waits for a report is looked at once
_GRACE = timedelta(days=1)
_LEFT = "SELECT DISTINCT site FROM requests WHERE state <> 'done' AND sweep > 0"


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
        """SELECT site, n, (SELECT count(*) FROM resources r WHERE r.site = c.site) AS documents
           FROM (SELECT site, count(*) AS n FROM site_columns GROUP BY site) c"""
    )
    shares = {row["site"]: (row["n"], max(1, row["documents"] // _SHARE)) for row in counted}
    return {site: min(MOST_TURNS, ceil(n / allowed)) for site, (n, allowed) in shares.items() if n > allowed}


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def worth_a_look(store: Store, site: str, columns: Sequence[Row]) -> list[Row]:
    """Of a site's columns (rows of ``site_columns``) those that a run looks at for what is new.

    Columns of years long past are left to the full sweeps, and of columns with the same lines one is enough.
    Where a look at all would cost more than a tenth of the site's documents, those that lead to further
    columns are looked at every time if they are few. Those that lack the report of the year due from an
    agency, or were not seen for a week, take turns, those first that were not asked for the longest: as many
    as the tenth allows, at least a third of them. The others come in what the tenth leaves.
    """
    today = now()
    years = int(today[:4])
    chosen = _different([row for row in columns if not _is_past(row["title"] or "", years)])
    allowed = store.value("SELECT count(*) FROM resources WHERE site = ?", (site,)) // _SHARE
    if len(chosen) <= allowed:
        return chosen
    week_ago = stamp(datetime.fromisoformat(today) - timedelta(days=_SEEN_DAYS))
    chosen.sort(key=lambda row: _last_asked(store, row))
    hubs = [row for row in chosen if not row["found_total"]]
    always = hubs if 2 * len(hubs) <= allowed else []
    turned = [row for row in chosen if row not in always]
    waited_for = [r for r in turned if (r["reported_year"] or 0) < years - 1 or r["last_seen_at"] < week_ago]
    others = [row for row in turned if row not in waited_for]
    turn = max(allowed - len(always), ceil(len(waited_for) / MOST_TURNS), not always)
    return always + [*waited_for, *others][:turn]


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


def _is_past(title: str, this_year: int) -> bool:
    """Reports of a year come in the next one; later ones are for the full sweeps. An agency may stand before
    the year, or behind it.
    """
    words = title.split()
    years = [word for word in (words[:1] + words[-1:]) if is_year(word)]
    return bool(years) and max(int(year[:4]) for year in years) < this_year - 1
