"""The home page: what this is, how complete, how accurate, when last renewed, where to begin."""

from __future__ import annotations

from typing import Any

from pipelines.publish import accuracy, metadata
from pipelines.publish.pages.lists import STATES, by_status
from pipelines.publish.pages.reader import Reader, Row


async def context(reader: Reader) -> dict[str, Any]:
    """Numbers of the whole archive, and its counties by province."""
    return {
        "accuracy": accuracy.measured(),
        "publication": await reader.one("SELECT * FROM publication"),
        "states": await reader.rows(STATES),
        "coverage": await by_status(reader),
        "cells": await reader.one(
            "SELECT sum(n) AS n, coalesce(sum(n) FILTER (WHERE state = 'unreadable'), 0) AS unreadable"
            " FROM cell_tallies"
        ),
        "checks": {
            row["outcome"]: row["n"]
            for row in await reader.rows("SELECT outcome, sum(n) AS n FROM check_tallies GROUP BY outcome")
        },
        "changed": await reader.one(
            "SELECT count(DISTINCT report_id || to_version) AS n FROM report_changes"
        ),
        "crawl": next(iter(await reader.rows(_LAST_RUN)), None),
        "years": await reader.one(_YEARS),
        "provinces": by_province(await reader.rows(_COUNTIES)),
        "questions": metadata.queries(),
        "placeless": (await reader.one("SELECT count(*) AS n FROM agencies WHERE region_code IS NULL"))["n"],
    }


def by_province(counties: list[Row]) -> list[tuple[str, list[Row]]]:
    """Counties under their provinces, both in the order of their codes."""
    grouped: dict[str, list[Row]] = {}
    for county in counties:
        grouped.setdefault(county["province"] or county["name"], []).append(county)
    return list(grouped.items())


# the last visit of sites; of an archive of local files only, their last ingest
_LAST_RUN = "SELECT * FROM crawls ORDER BY kind = 'crawl' DESC, crawl_id DESC LIMIT 1"
# asked for both at once, SQLite looks at every report
_YEARS = "SELECT (SELECT min(year) FROM reports) AS first, (SELECT max(year) FROM reports) AS last"
_COUNTIES = """
    SELECT
        r.code, r.name, r.province, r.prefecture,
        (SELECT count(*) FROM agencies a WHERE a.region_code = r.code) AS agencies,
        (SELECT coalesce(sum(s.reports), 0) FROM region_states s WHERE s.region_code = r.code) AS reports
    FROM regions r
    WHERE EXISTS (SELECT 1 FROM agencies WHERE region_code = r.code)
        OR EXISTS (SELECT 1 FROM sites WHERE region_code = r.code)
    ORDER BY r.code
"""
