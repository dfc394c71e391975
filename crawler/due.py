"""The sites that are due now, from what the store knows of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crawler.registry import Site
from crawler.schedule import Plan, Visit, plan
from pipelines.store import Store

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
    left = {row["site"] for row in store.rows(_LEFT)}
    plans = {site.site: plan(_visit(rows.get(site.site)), now) for site in sites}
    chosen = tuple(site for site in sites if site.site in left or plans[site.site] is not Plan.WAIT)
    return Due(chosen, tuple(s.site for s in chosen if plans[s.site] is Plan.INCREMENTAL))


def _visit(row: dict[str, Any] | None) -> Visit:
    if row is None:
        return Visit("never_crawled")
    return Visit(
        row["state"],
        _moment(row["last_attempt_at"]),
        _moment(row["last_success_at"]),
        _moment(row["last_full_sweep_at"]),
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
