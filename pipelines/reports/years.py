"""The checks that tie a report to the same agency's report of the year before."""

from __future__ import annotations

from pipelines.clock import now
from pipelines.codec import unpack
from pipelines.parse.checks import YearOf, check_years
from pipelines.parse.records import Report
from pipelines.reports.rows import insert_checks
from pipelines.store import Store


def check_around(store: Store, agency_id: str, year: int) -> None:
    """Checks a year's report against the year before, and the next year's against it."""
    known = {y: _year(store, agency_id, y) for y in (year - 1, year, year + 1)}
    for current in (year, year + 1):
        report, before = known[current], known[current - 1]
        if report is not None:
            _replace(store, report[0], before[1] if before else None, report[1])


def _year(store: Store, agency_id: str, year: int) -> tuple[str, YearOf] | None:
    row = store.row(
        """SELECT report_id, body FROM report_versions JOIN reports USING (report_id, version)
           WHERE agency_id = ? AND year = ?""",
        (agency_id, year),
    )
    if row is None:
        return None
    report = unpack(Report, row["body"])
    return row["report_id"], YearOf(year, report.format, report.cells, report.sections)


def _replace(store: Store, report_id: str, before: YearOf | None, current: YearOf) -> None:
    store.db.execute("DELETE FROM checks WHERE report_id = ? AND rule LIKE 'years.%'", (report_id,))
    insert_checks(store, report_id, check_years(before, current))
    store.db.execute("UPDATE reports SET changed_at = ? WHERE report_id = ?", (now(), report_id))
