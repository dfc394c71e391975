"""A region (agency × year) and an agency (its series over the years)."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from pipelines.publish.charts import Bar, Share, composition, series
from pipelines.publish.pages.language import Words
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
    """An agency, its names, and a row for each year; when its site was searched for those ``before``."""
    found = await reader.one(_AGENCY, agency_id)
    rows = await reader.rows(_SERIES, agency_id)
    peers = await reader.rows(_PEERS, found["kind"], found["function"] or "", "new_received")
    return {
        "agency": found,
        "names": await reader.rows(
            "SELECT * FROM agency_names WHERE agency_id = ? ORDER BY first_year, name", agency_id
        ),
        "series": rows,
        "before": await reader.rows(_SEARCHED, agency_id),
        "peers": peers,
    }


def charts(found: dict[str, Any], words: Words) -> dict[str, Markup]:
    """The charts of an agency by name, from the context of its page; empty ones are left out."""
    years = sorted(found["series"], key=lambda row: row["year"])
    peers = {row["year"]: row for row in found["peers"]}
    name = found["agency"]["name"]
    drawn = {}
    if any(row["new_received"] is not None for row in years):
        reported = [row["year"] for row in years if row["report_id"]]
        bars = [
            _bar(row, peers.get(row["year"]), words)
            for row in years
            if reported[0] <= row["year"] <= reported[-1]
        ]
        told = words.peers_key if any(bar.median is not None for bar in bars) else ""
        drawn["received"] = series(f"{name} {words.chart_received}", bars, told)
    outcomes = [
        (row["year"], _outcomes(row, words))
        for row in years
        if row["outcomes_stated"] and row["total_handled"]
    ]
    if outcomes:
        drawn["outcomes"] = composition(f"{name} {words.chart_outcomes}", outcomes)
    return drawn


def _bar(row: Row, peers: Row | None, words: Words) -> Bar:
    around = peers or {}
    lower, median, upper = (around.get(name) for name in ("lower_quartile", "median", "upper_quartile"))
    absent = words.chart_missing if row["report_id"] else words.chart_no_report
    return Bar(row["year"], row["new_received"], lower, median, upper, absent)


def _outcomes(row: Row, words: Words) -> list[Share]:
    known = row["granted_any"], row["denied"], row["unavailable"], row["not_processed"]
    names = words.granted_any, words.denied, words.unavailable, words.not_processed
    colours = "#1f6b45", "#a8261b", "#8a5a00", "#46317a"
    shares = [Share(*share) for share in zip(names, known, colours, strict=True)]
    rest = row["total_handled"] - sum(known)
    return [*shares, Share(words.other_outcome, max(rest, 0), "#5a6675")]


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
        (SELECT count(*) FROM failed_checks c WHERE c.report_id = r.report_id) AS fails
    FROM agencies a
    JOIN agency_years y ON y.agency_id = a.agency_id
    LEFT JOIN reports r ON r.agency_id = a.agency_id AND r.year = y.year
    WHERE a.region_code = ?
    ORDER BY a.kind = 'government' DESC, a.kind = 'department' DESC, a.name, a.agency_id, y.year
"""
# the last list that came proves what the site showed, as it does for `not_found`
_SEARCHED = """
    SELECT substr(s.last_full_sweep_at, 1, 10) AS searched_on, (
        SELECT max(capture_id) FROM captures
        WHERE site = s.site AND role IN ('list', 'column') AND outcome IN ('new', 'changed', 'unchanged')
    ) AS list
    FROM agencies a JOIN sites s ON s.site = coalesce(
        a.site, (SELECT site FROM sites WHERE region_code = a.region_code ORDER BY site LIMIT 1)
    )
    WHERE a.agency_id = ? AND s.last_full_sweep_at IS NOT NULL
"""
# v_requests_wide and its like would be made for the whole archive before one agency is picked from them
_SERIES = """
    SELECT
        y.year, y.status, y.days_late, y.evidence, y.evidence_kind, y.due_on,
        r.report_id, r.state, r.version, r.format,
        n.total AS new_received, h.total AS total_handled, g.total AS granted, p.total AS partially_granted,
        round(100.0 * (g.total + p.total) / nullif(h.total, 0), 1) AS grant_percent,
        o.granted_any, o.denied, o.unavailable, o.not_processed,
        h.total + o.granted_any + o.denied + o.unavailable + o.not_processed IS NOT NULL AS outcomes_stated,
        (SELECT CASE WHEN count(v.total) = count(*) THEN sum(v.total) END
         FROM reviews v WHERE v.report_id = r.report_id) AS reviews,
        (SELECT count(*) FROM failed_checks c WHERE c.report_id = r.report_id) AS fails
    FROM agency_years y
    LEFT JOIN reports r ON r.agency_id = y.agency_id AND r.year = y.year
    LEFT JOIN applications n ON n.report_id = r.report_id AND n.row = 'new_received'
    LEFT JOIN applications h ON h.report_id = r.report_id AND h.row = 'total_handled'
    LEFT JOIN applications g ON g.report_id = r.report_id AND g.row = 'granted'
    LEFT JOIN applications p ON p.report_id = r.report_id AND p.row = 'partially_granted'
    LEFT JOIN (SELECT * FROM v_rates WHERE agency_id = ?1) o ON o.report_id = r.report_id
    WHERE y.agency_id = ?1 ORDER BY y.year DESC
"""
# of the same field of work where there are some, else of the same kind
_PEERS = """
    SELECT * FROM peers WHERE kind = ?1 AND measure = ?3 AND n >= 3 AND function IS (
        SELECT max(function) FROM peers WHERE kind = ?1 AND function = ?2 AND measure = ?3 AND n >= 3
    ) ORDER BY year
"""
