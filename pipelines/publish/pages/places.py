"""A region (agency × year) and an agency (its series over the years)."""

from __future__ import annotations

from typing import Any

from pipelines.publish.pages.reader import Reader, Row


async def region(reader: Reader, code: str) -> dict[str, Any]:
    """The agencies of a region with a status for each year, and the regions below it."""
    place = await reader.one("SELECT * FROM regions WHERE code = ?", code)
    return {
        "region": place,
        "sites": await reader.rows("SELECT * FROM sites WHERE region_code = ? ORDER BY site", code),
        "below": await reader.rows(_BELOW, code),
        "above": await reader.rows("SELECT code, name FROM regions WHERE code = ?", place["parent_code"]),
        **matrix(await reader.rows(_AGENCY_YEARS, code)),
    }


def matrix(places: list[Row]) -> dict[str, Any]:
    """Rows of agency, year and status as a table:

    ``years`` (latest first) and ``agencies`` with ``by_year``.
    """
    years = sorted({place["year"] for place in places}, reverse=True)
    agencies: dict[str, Row] = {}
    for place in places:
        known = agencies.setdefault(place["agency_id"], {**place, "by_year": {}})
        known["by_year"][place["year"]] = place
    return {"years": years, "agencies": list(agencies.values())}


async def agency(reader: Reader, agency_id: str) -> dict[str, Any]:
    """An agency, its names, and a row for each year."""
    found = await reader.one(_AGENCY, agency_id)
    series = await reader.rows(_SERIES, agency_id)
    return {
        "agency": found,
        "names": await reader.rows(
            "SELECT * FROM agency_names WHERE agency_id = ? ORDER BY first_year, name", agency_id
        ),
        "series": series,
        "most": max((row["new_received"] or 0 for row in series), default=0),
    }


_BELOW = """
    SELECT
        r.code, r.name, r.level,
        (SELECT count(*) FROM agencies a WHERE a.region_code = r.code) AS agencies,
        (SELECT count(*) FROM reports p WHERE p.region_code = r.code) AS reports
    FROM regions r WHERE r.parent_code = ? ORDER BY r.code
"""
_AGENCY = """
    SELECT a.*, r.name AS region FROM agencies a LEFT JOIN regions r ON r.code = a.region_code
    WHERE a.agency_id = ?
"""
_AGENCY_YEARS = """
    SELECT
        a.agency_id, a.name, a.kind, a.expected,
        y.year, y.status, y.days_late, y.evidence, y.evidence_kind, y.due_on, r.state,
        (SELECT count(*) FROM checks c WHERE c.report_id = r.report_id AND c.outcome = 'fail') AS fails
    FROM agencies a
    JOIN agency_years y ON y.agency_id = a.agency_id
    LEFT JOIN reports r ON r.agency_id = a.agency_id AND r.year = y.year
    WHERE a.region_code = ?
    ORDER BY a.kind = 'government' DESC, a.kind = 'department' DESC, a.name, a.agency_id, y.year
"""
# v_requests_wide and its like would be made for the whole archive before one agency is picked from them
_SERIES = """
    SELECT
        y.year, y.status, y.days_late, y.evidence, y.evidence_kind, y.due_on,
        r.report_id, r.state, r.version, r.format,
        n.total AS new_received, h.total AS total_handled, g.total AS granted, p.total AS partially_granted,
        round(100.0 * (g.total + p.total) / nullif(h.total, 0), 1) AS grant_percent,
        (SELECT CASE WHEN count(v.total) = count(*) THEN sum(v.total) END
         FROM reviews v WHERE v.report_id = r.report_id) AS reviews,
        (SELECT count(*) FROM checks c WHERE c.report_id = r.report_id AND c.outcome = 'fail') AS fails
    FROM agency_years y
    LEFT JOIN reports r ON r.agency_id = y.agency_id AND r.year = y.year
    LEFT JOIN applications n ON n.report_id = r.report_id AND n.row = 'new_received'
    LEFT JOIN applications h ON h.report_id = r.report_id AND h.row = 'total_handled'
    LEFT JOIN applications g ON g.report_id = r.report_id AND g.row = 'granted'
    LEFT JOIN applications p ON p.report_id = r.report_id AND p.row = 'partially_granted'
    WHERE y.agency_id = ? ORDER BY y.year DESC
"""
