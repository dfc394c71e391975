"""The addresses at which one report was met: when first, where it moved, which of them say something else."""

from __future__ import annotations

import json
from typing import Final

from pipelines.reports.bundle import Bundle
from pipelines.reports.rows import days_late
from pipelines.store import Row, Store

DIFFERS: Final = "与已收报告不同，未替换 differs from the report shown"
_CODE: Final = "sources_differ"


def is_first_met(shown: Row, crawl_id: int) -> bool:
    """Whether a row of ``reports`` came with this run, so that nobody has seen it yet."""
    return bool(shown["crawl_id"] == crawl_id and shown["version"] == 1)


def met(store: Store, shown: Row, bundle: Bundle) -> Row:
    """The row of a report that was met once more: where that is at another address and in the run that first
    met it, the report was seen when any of these addresses was.
    """
    if bundle.article.address == shown["root"] or not is_first_met(shown, bundle.crawl_id):
        return shown
    store.db.execute(
        """UPDATE report_versions SET
               first_seen_at = min(first_seen_at, :seen), last_seen_at = max(last_seen_at, :seen)
           WHERE report_id = :id AND version = 1""",
        {"id": shown["report_id"], "seen": bundle.seen_at},
    )
    at = min(shown["first_seen_at"], bundle.first_seen_at)
    return shown if at == shown["first_seen_at"] else _since(store, shown, at, bundle)


def _since(store: Store, shown: Row, at: str, bundle: Bundle) -> Row:
    kind = store.value("SELECT kind FROM agencies WHERE agency_id = ?", (shown["agency_id"],))
    late = days_late(kind, shown["year"], shown["published_on"], at if bundle.fetched else None)
    store.db.execute(
        "UPDATE reports SET first_seen_at = ?, days_late = ? WHERE report_id = ?",
        (at, late, shown["report_id"]),
    )
    return {**shown, "first_seen_at": at, "days_late": late}


def has_moved(store: Store, shown: Row, address: str) -> bool:
    """Whether the report shown stood at an address that leads on to this one now: it is the same copy."""
    return shown["root"] != address and store.moved_to(shown["root"]) == address


def compare_sources(store: Store, report_id: str, crawl_id: int) -> None:
    """Notes each address that says something else than what is shown; takes back what is not so any more.

    An issue that this very run opened goes without a trace: it told of the order only in which things came.
    """
    kept = [
        store.add_issue(
            _CODE,
            "warning",
            f"{_label(row)}: {DIFFERS}, {row['shown']}",
            subject=row["root"],
            report_id=report_id,
            crawl_id=crawl_id,
        )
        for row in list(store.rows(_OTHERS, (report_id,)))
        if store.moved_to(row["root"]) != row["shown_root"]  # else it says the same by now
    ]
    told = list(store.rows(_TOLD, (report_id, _CODE)))
    settled = [row for row in told if row["issue_id"] not in kept]
    mine = [(row["issue_id"],) for row in settled if row["crawl_id"] == crawl_id]
    store.db.conn.executemany("DELETE FROM issues WHERE issue_id = ?", mine)
    for row in settled:
        if row["crawl_id"] != crawl_id:
            store.close_issues(row["subject"], (_CODE,), kept)


# by the index of reports: a code has many issues
_TOLD: Final = "SELECT issue_id, subject, crawl_id FROM issues WHERE report_id = ? AND +code = ?"
_OTHERS: Final = """
SELECT d.root, a.url, a.hints, coalesce(r.url, r.root) AS shown, r.root AS shown_root
FROM reports r JOIN readings d USING (report_id) LEFT JOIN resources a ON a.address = d.root
WHERE r.report_id = ? AND d.root <> r.root AND d.fingerprint <> r.fingerprint ORDER BY d.root
"""


def _label(row: Row) -> str:
    """What a person knows the document by, see ``Bundle.label``."""
    told = json.loads(row["hints"] or "{}")
    name: str = row["url"] or told.get("path") or told.get("name") or row["root"]
    return name
