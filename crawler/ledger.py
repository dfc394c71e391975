"""The ledger of a run: per site what was asked, what came of it, and what stays to be done, for programs.

Written to ``DIR/runs/<crawl_id>.json`` at the end of every run. It tells nothing that
the store does not know; it is there to be kept, compared and sent on.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any, Final

from pipelines.durable import fsync_dir, fsync_file
from pipelines.folder import RUNS
from pipelines.store import Row, Store
from pipelines.store.capture import RECEIVED, UNASKED

FAILED: Final = (
    "blocked",
    "refused",
    "truncated",
    "too_large",
    "timeout",
    "error",
    "soft_404",
    "removed",
    "gone",
)
# the first that fits a failure's detail is its class; without one the outcome is
_CLASSES: Final = (
    ("robots", r"refused_robots"),
    ("address", r"refused_address|refused_scheme"),
    ("dns", r"DNSLookup|CannotResolve|Name or service|getaddrinfo"),
    ("tls", r"^tls|SSL|certificate"),
    ("connection", r"Connect|ResponseFailed|ResponseNeverReceived|NoRouteError|DownloadFailed"),
    ("redirect_loop", r"redirect_loop"),
    ("headers_too_large", r"headers_too_large"),
    ("bomb", r"bomb"),
    ("maintenance", r"maintenance"),
    ("http_5xx", r"HTTP 5\d\d"),
    ("http_4xx", r"HTTP 4\d\d"),
)


def failure_class(outcome: str, detail: str | None) -> str:
    """A short name for why a request failed: dns, tls, connection, http_5xx …; else its outcome."""
    return next((name for name, sign in _CLASSES if re.search(sign, detail or "")), outcome)


def ledger(store: Store, crawl_id: int, sites: Iterable[str]) -> dict[str, Any]:
    """The ledger of a run over ``sites``, as plain values."""
    run = store.row("SELECT * FROM crawls WHERE crawl_id = ?", (crawl_id,)) or {}
    captures: dict[str, list[Row]] = defaultdict(list)
    for row in store.rows(
        f"""SELECT site, outcome, detail, role, {RECEIVED} AS bytes, elapsed, fetched_at FROM captures
            WHERE crawl_id = ? AND NOT {UNASKED} ORDER BY capture_id""",  # noqa: S608 - a condition of ours
        (crawl_id,),
    ):
        captures[row["site"] or ""].append(row)
    return {**run, "sites": {site: _site(store, site, captures[site], crawl_id) for site in sites}}


def _site(store: Store, site: str, captures: list[Row], crawl_id: int) -> dict[str, Any]:
    state = store.site(site) or {}
    failures = Counter(failure_class(c["outcome"], c["detail"]) for c in captures if c["outcome"] in FAILED)
    return {
        "state": state.get("state"),
        "detail": state.get("state_detail"),
        "family": state.get("family"),
        "requests": len(captures),
        "outcomes": dict(Counter(c["outcome"] for c in captures)),
        "roles": dict(Counter(c["role"] for c in captures if c["role"])),
        "failures": dict(failures),
        "bytes": sum(c["bytes"] or 0 for c in captures),
        "seconds_answering": round(sum(c["elapsed"] or 0 for c in captures), 3),
        "first_request_at": captures[0]["fetched_at"] if captures else None,
        "last_request_at": captures[-1]["fetched_at"] if captures else None,
        "columns": list(
            store.rows(
                """SELECT url, title, family, found_by, declared_total AS declared, found_total AS found,
                          looked_in, looked_in = max(looked_in) OVER () AS looked_at_last
                   FROM site_columns WHERE site = ? ORDER BY url""",
                (site,),
            )
        ),
        "new_reports": store.value(
            """SELECT count(DISTINCT r.report_id) FROM reports r JOIN report_sources s USING (report_id)
               WHERE r.crawl_id = ? AND s.site = ?""",
            (crawl_id, site),
        ),
        "issues": list(
            store.rows(
                """SELECT code, severity, detail, first_seen_at FROM issues
                   WHERE site = ? AND severity <> 'info' AND closed_at IS NULL ORDER BY issue_id""",
                (site,),
            )
        ),
    }


def write_ledger(store: Store, crawl_id: int, sites: Iterable[str]) -> None:
    """Write a run's ledger whole, or not at all."""
    folder = store.data / RUNS
    folder.mkdir(exist_ok=True)
    path = folder / f"{crawl_id}.json"
    fresh = path.with_suffix(".tmp")
    fresh.write_text(json.dumps(ledger(store, crawl_id, sites), ensure_ascii=False, indent=1), "utf-8")
    fsync_file(fresh)
    fresh.replace(path)
    fsync_dir(folder)
