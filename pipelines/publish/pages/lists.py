"""Pages on the whole archive: coverage, quality, changes, codebook."""

from __future__ import annotations

from typing import Any

from pipelines.publish import codebook
from pipelines.publish.pages.differences import between
from pipelines.publish.pages.home import by_province
from pipelines.publish.pages.reader import Reader

_LATEST = 100


async def coverage(reader: Reader) -> dict[str, Any]:
    """Region × year: reports present of those expected, regions under their provinces."""
    places = await reader.rows(_COVERAGE)
    regions: dict[str | None, dict[str, Any]] = {}
    for place in places:
        known = regions.setdefault(place["region_code"], {**place, "by_year": {}})
        known["by_year"][place["year"]] = place
    return {
        "years": sorted({place["year"] for place in places}, reverse=True),
        "provinces": by_province([row for code, row in regions.items() if code]),
        "placeless": regions.get(None),
        "totals": await reader.rows(
            "SELECT status, count(*) AS n FROM agency_years GROUP BY status ORDER BY n DESC"
        ),
        "publication": await reader.one("SELECT * FROM publication"),
        "sites": await reader.rows("SELECT * FROM sites ORDER BY state <> 'ok' DESC, site"),
    }


async def quality(reader: Reader) -> dict[str, Any]:
    """How rules came out, what could not be read, and what a person should look at."""
    return {
        "states": await reader.rows(
            "SELECT state, count(*) AS n FROM reports GROUP BY state ORDER BY n DESC"
        ),
        "cell_states": await reader.rows(
            "SELECT state, sum(n) AS n FROM cell_tallies GROUP BY state ORDER BY n DESC"
        ),
        "methods": await reader.rows(
            "SELECT method, sum(n) AS n FROM cell_tallies GROUP BY method ORDER BY n DESC"
        ),
        "rules": await reader.rows(_RULES),
        "failed": await reader.rows(_FAILED, _LATEST),
        "issues": await reader.rows(
            "SELECT code, severity, count(*) AS n, max(last_seen_at) AS last_seen_at FROM issues"
            " GROUP BY code, severity ORDER BY severity = 'error' DESC, severity = 'warning' DESC, n DESC"
        ),
    }


async def changes(reader: Reader) -> dict[str, Any]:
    """The latest edits of published reports."""
    rows = await reader.rows("SELECT * FROM v_changes ORDER BY found_at DESC LIMIT ?", _LATEST)
    return {"changes": [between(row) for row in rows]}


async def names(_reader: Reader) -> dict[str, Any]:
    """The codebook: tables with their columns, and the keys and values of these."""
    tables = [entry for entry in codebook.entries() if entry.kind == "table"]
    return {"tables": tables, "labels": codebook.labels}


_COVERAGE = """
    SELECT v.*, coalesce(r.province, r.name) AS province, r.name FROM v_coverage v
    LEFT JOIN regions r ON r.code = v.region_code ORDER BY v.region_code, v.year
"""
_RULES = """
    SELECT
        rule,
        sum(n * (outcome = 'pass')) AS pass,
        sum(n * (outcome = 'fail')) AS fail,
        sum(n * (outcome = 'assumed')) AS assumed,
        sum(n * (outcome = 'not_assessable')) AS not_assessable
    FROM check_tallies GROUP BY rule ORDER BY rule
"""
_FAILED = "SELECT * FROM v_failed_checks ORDER BY year DESC, report_id, rule, scope LIMIT ?"
