"""The rows that lay a report out in the store."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from pipelines.clock import now
from pipelines.codec import pack
from pipelines.parse.records import Cell, Check, Parsed, Report
from pipelines.parse.report import PARSER_VERSION
from pipelines.reports.bundle import Bundle
from pipelines.reports.wording import fingerprint
from pipelines.store import Store

# Article 49 of the regulation: departments by 31 January, governments by 31 March.
_DEADLINES = {"government": (3, 31)}
_DEPARTMENT_DEADLINE = (1, 31)


def days_late(kind: str, year: int, published_on: str | None, first_seen_at: str | None) -> int | None:
    """Days from the legal date to publication, 0 where it was in time; None where neither date is known.

    Source: 政府信息公开条例 article 49; ``kind`` is the agency's.
    """
    day = (published_on or first_seen_at or "")[:10]
    if not day:
        return None
    month, last = _DEADLINES.get(kind, _DEPARTMENT_DEADLINE)
    return max(0, (date.fromisoformat(day) - date(year + 1, month, last)).days)


def lay_out(
    store: Store,
    bundle: Bundle,
    parsed: Parsed,
    report: Report,
    report_id: str,
    version: int,
    first_seen_at: str,
) -> None:
    """Writes all rows of a report anew, as the given version."""
    identity, main = report.identity, bundle.main(parsed)
    agency_id = _agency_of(store, report_id)
    agency = store.row("SELECT kind FROM agencies WHERE agency_id = ?", (agency_id,))
    seen = first_seen_at if bundle.fetched else None
    kind = agency["kind"] if agency else identity.agency_kind
    assert identity.year is not None
    row = {
        "report_id": report_id,
        "agency_id": agency_id,
        "agency": identity.agency,
        "region_code": identity.region_code,
        "year": identity.year,
        "title": identity.title,
        "format": report.format,
        "published_on": identity.published_on,
        "first_seen_at": first_seen_at,
        "days_late": days_late(kind, identity.year, identity.published_on, seen),
        "url": main.url,
        "sha256": main.sha256,
        "version": version,
        "parser_version": PARSER_VERSION,
        "state": report.state,
        "proactive_state": report.states["proactive"].value,
        "applications_state": report.states["applications"].value,
        "reviews_state": report.states["reviews"].value,
        "root": bundle.article.address,
        "fingerprint": fingerprint(report),
        "crawl_id": bundle.crawl_id,
        "changed_at": now(),
    }
    columns = ", ".join(row)
    updates = ", ".join(f"{name} = excluded.{name}" for name in row if name not in ("report_id", "crawl_id"))
    store.db.execute(
        f"INSERT INTO reports ({columns}) VALUES ({', '.join(':' + name for name in row)}) "  # noqa: S608
        f"ON CONFLICT (report_id) DO UPDATE SET {updates}",
        row,
    )
    for table in ("sections", "cells", "stated_figures", "checks", "report_evidence"):
        store.db.execute(f"DELETE FROM {table} WHERE report_id = ?", (report_id,))  # noqa: S608
    _insert_parts(store, report_id, report)
    store.db.execute(
        """INSERT INTO report_versions VALUES (:id, :version, :sha, :url, :seen, :seen, :body)
           ON CONFLICT (report_id, version) DO UPDATE SET
               sha256 = :sha, url = :url, last_seen_at = :seen, body = :body""",
        {
            "id": report_id,
            "version": version,
            "sha": main.sha256,
            "url": main.url,
            "seen": bundle.seen_at,
            "body": pack(report),
        },
    )


def _agency_of(store: Store, report_id: str) -> str:
    """The agency of a report; its id begins with another one's where two were found to be one."""
    known = store.value("SELECT agency_id FROM reports WHERE report_id = ?", (report_id,))
    return str(known or report_id.rsplit("-", 1)[0])


def _insert_parts(store: Store, report_id: str, report: Report) -> None:
    """Sections, cells, figures, checks and evidence of a report."""
    many = store.db.conn.executemany
    many(
        "INSERT INTO sections VALUES (?, ?, ?, ?, ?)",
        [(report_id, s.ordinal, s.number, s.heading, s.text) for s in report.sections],
    )
    many(
        "INSERT INTO cells VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [_cell_row(report_id, cell) for cell in report.cells],
    )
    many(
        "INSERT INTO stated_figures VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (report_id, f.section, f.phrase, f.value, f.unit, f.qualifier, f.start, f.end)
            for f in report.figures
        ],
    )
    insert_checks(store, report_id, report.checks)
    many(
        "INSERT INTO report_evidence VALUES (?, ?, ?, ?, ?)",
        [(report_id, e.field, e.value, e.source, e.text) for e in report.evidence],
    )


def insert_checks(store: Store, report_id: str, checks: Iterable[Check]) -> None:
    """Adds rows of `checks`."""
    store.db.conn.executemany(
        "INSERT INTO checks VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(report_id, c.rule, c.scope, c.outcome, c.left_value, c.right_value, c.detail) for c in checks],
    )


def _cell_row(report_id: str, cell: Cell) -> tuple[Any, ...]:
    return (
        report_id,
        cell.table_name,
        cell.ordinal,
        cell.item or None,
        cell.row,
        cell.column_name,
        cell.label,
        cell.raw,
        cell.value,
        cell.unit,
        cell.state.value,
        cell.method.value,
        cell.confidence,
        cell.place.to_json() if cell.place else None,
    )
