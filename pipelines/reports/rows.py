"""The rows of a report in the store: itself, and the version of it that is shown."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Final

from pipelines.clock import now
from pipelines.parse.version import PARSER_VERSION
from pipelines.reports.bundle import Filing
from pipelines.store import Row, Store

# Article 49 of the regulation: departments by 31 January, governments by 31 March.
_DEADLINES = {"government": (3, 31)}
_DEPARTMENT_DEADLINE = (1, 31)
# the columns of a report's row that follow from when and how it came
_NOTED = ("crawl_id", "changed_at", "ties")
_VERSION: Final = """
    INSERT INTO report_versions VALUES (:report_id, :version, :sha256, :url, :seen, :seen, :body)
    ON CONFLICT (report_id, version) DO UPDATE SET
        sha256 = excluded.sha256, url = excluded.url, body = excluded.body,
        first_seen_at = min(first_seen_at, :seen), last_seen_at = max(last_seen_at, :seen)
"""


def days_late(kind: str, year: int, published_on: str | None, first_seen_at: str | None) -> int | None:
    """Days from the legal date to publication, 0 where it was in time; None where neither date is known.

    Source: 政府信息公开条例 article 49; ``kind`` is the agency's.
    """
    day = (published_on or first_seen_at or "")[:10]
    if not day:
        return None
    month, last = _DEADLINES.get(kind, _DEPARTMENT_DEADLINE)
    return max(0, (date.fromisoformat(day) - date(year + 1, month, last)).days)


def lay_out(store: Store, filing: Filing, version: int, first_seen_at: str) -> bool:
    """Writes a report anew, as the given version; its years are to be tied again.

    Where all stands in the store already nothing is written, and the answer is False.
    """
    row, shown, laid_out = _row(store, filing, version, first_seen_at), filing.shown, filing.laid_out
    if _stands(store, filing, row):
        return False
    store.db.execute(_upsert(tuple(row)), row)
    if shown and shown["decided"]:
        store.db.execute("DELETE FROM acceptances WHERE report_id = ?", (filing.report_id,))
    store.db.conn.executemany(
        "INSERT INTO acceptances VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(filing.report_id, *acceptance) for acceptance in laid_out.acceptances],
    )
    store.db.execute(_VERSION, row | {"seen": filing.bundle.seen_at, "body": laid_out.packed})
    return True


def _row(store: Store, filing: Filing, version: int, first_seen_at: str) -> Row:
    """What ``reports`` is to say of it."""
    bundle, laid_out, shown = filing.bundle, filing.laid_out, filing.shown
    identity, main = laid_out.identity, filing.main
    # the id of a report begins with another agency's where two were found to be one
    agency_id = shown["agency_id"] if shown else filing.report_id.rsplit("-", 1)[0]
    seen = first_seen_at if bundle.fetched else None
    kind = store.value("SELECT kind FROM agencies WHERE agency_id = ?", (agency_id,)) or identity.agency_kind
    assert identity.year is not None
    return {
        "report_id": filing.report_id,
        "agency_id": agency_id,
        "agency": identity.agency,
        "region_code": identity.region_code,
        "year": identity.year,
        "title": identity.title,
        "format": laid_out.format,
        "published_on": identity.published_on,
        "first_seen_at": first_seen_at,
        "days_late": days_late(kind, identity.year, identity.published_on, seen),
        "url": main.url,
        "sha256": main.sha256,
        "version": version,
        "parser_version": PARSER_VERSION,
        "state": laid_out.state,
        "proactive_state": laid_out.states["proactive"],
        "applications_state": laid_out.states["applications"],
        "reviews_state": laid_out.states["reviews"],
        "root": bundle.article.address,
        "fingerprint": laid_out.fingerprint,
        "crawl_id": bundle.crawl_id,
        "changed_at": now(),
        "read_state": laid_out.read_state,
        "decided": laid_out.decided or None,
        "ties": None,
    }


def _stands(store: Store, filing: Filing, row: Row) -> bool:
    """Whether a report's row and version are what is to be written, and nothing in it is read by people."""
    shown, laid_out, seen_at = filing.shown, filing.laid_out, filing.bundle.seen_at
    if shown is None or laid_out.decided:
        return False
    if any(shown[name] != value for name, value in row.items() if name not in _NOTED):
        return False
    version = store.row(
        "SELECT * FROM report_versions WHERE report_id = ? AND version = ?",
        (row["report_id"], row["version"]),
    )
    return (
        version is not None
        and version["body"] == laid_out.packed
        and (version["sha256"], version["url"]) == (row["sha256"], row["url"])
        and version["first_seen_at"] <= seen_at <= version["last_seen_at"]
    )


@cache
def _upsert(columns: tuple[str, ...]) -> str:
    names, values = ", ".join(columns), ", ".join(f":{name}" for name in columns)
    kept = ("report_id", "crawl_id")
    updates = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in kept)
    return (
        f"INSERT INTO reports ({names}) VALUES ({values}) "  # noqa: S608 - names of our own
        f"ON CONFLICT (report_id) DO UPDATE SET {updates}"
    )
