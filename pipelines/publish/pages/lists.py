"""Pages on the whole archive: coverage, quality, changes, codebook."""

from __future__ import annotations

import re
from functools import cache
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from pipelines.parse.regions import Regions
from pipelines.publish import accuracy, codebook
from pipelines.publish.maps import PLACES, Dot, Tile, dot_map, tile_map
from pipelines.publish.pages.differences import between
from pipelines.publish.pages.language import Words
from pipelines.publish.pages.reader import Reader

_LATEST = 100
_KIND_OF_PROVINCE = re.compile("(?:省|市|(?:壮族|回族|维吾尔)?自治区|特别行政区)$")


async def coverage(reader: Reader, province: str, words: Words) -> dict[str, Any]:
    """Reports present of those expected by year: the provinces, or the regions of one of them; and a map."""
    places = await reader.rows(_REGIONS_OF if province else _PROVINCES, *([province] if province else []))
    rows: dict[str, dict[str, Any]] = {}
    for place in places:
        rows.setdefault(place["name"], {**place, "by_year": {}})["by_year"][place["year"]] = place
    placeless = await reader.rows("SELECT 1 FROM region_years WHERE region_code IS NULL LIMIT 1")
    return {
        "province": province,
        "years": sorted({place["year"] for place in places}, reverse=True),
        "rows": list(rows.values()),
        "placeless": bool(placeless),
        "tiles": "" if province else await provinces(reader, words),
        "map": await _map(reader, province, words),
        "totals": [{"status": status, "n": n} for status, n in (await by_status(reader)).items()],
        "publication": await reader.one("SELECT * FROM publication"),
        "sites": await reader.rows("SELECT * FROM sites ORDER BY state <> 'ok' DESC, site LIMIT 200"),
    }


async def by_status(reader: Reader) -> dict[str, int]:
    """How many agency years have which status, most first."""
    sums = await reader.one(_STATUSES)
    found = [(status, n) for status, n in sums.items() if n]
    return dict(sorted(found, key=lambda item: -item[1]))


async def _map(reader: Reader, province: str, words: Words) -> Markup:
    """The regions whose seat is known, by the share of all due reports that are here."""
    known = _seats()
    dots = [
        Dot(*known[row["code"]], row["share"], row["name"], f"/region/{row['code']}")
        for row in await reader.rows(_SHARES, province or None)
        if row["code"] in known
    ]
    return dot_map(words.map_title, dots)


async def provinces(reader: Reader, words: Words) -> Markup:
    """The provinces as tiles, by the share of all due reports that are here."""
    tiles = {
        row["code"]: Tile(
            row["code"],
            _short(row["name"]),
            row["share"],
            f"/coverage?{urlencode({'province': row['name']})}",
        )
        for row in await reader.rows(_PROVINCE_SHARES)
    }
    empty = {code: Tile(code, name) for code, name in _province_names().items() if code in PLACES}
    return tile_map(words.tiles_title, list((empty | tiles).values()))


@cache
def _province_names() -> dict[str, str]:
    """The short names of today's provinces by the first two digits of their codes."""
    found = (region for region in Regions.builtin() if region.level == "province" and not region.valid_to)
    return {region.code[:2]: _short(region.name) for region in found}


def _short(province: str) -> str:
    return _KIND_OF_PROVINCE.sub("", province)


@cache
def _seats() -> dict[str, tuple[float, float]]:
    """Longitude and latitude by code."""
    return {
        region.code: (region.longitude, region.latitude)
        for region in Regions.builtin()
        if region.longitude is not None and region.latitude is not None
    }


async def quality(reader: Reader) -> dict[str, Any]:
    """How rules came out, what could not be read, and what a person should look at."""
    return {
        "accuracy": accuracy.measured(),
        "states": await reader.rows(STATES),
        "cell_states": await reader.rows(
            "SELECT state, sum(n) AS n FROM cell_tallies GROUP BY state ORDER BY n DESC"
        ),
        "methods": await reader.rows(
            "SELECT method, sum(n) AS n FROM cell_tallies GROUP BY method ORDER BY n DESC"
        ),
        "rules": await reader.rows(_RULES),
        "failed": await reader.rows(_FAILED, _LATEST),
        "issues": await reader.rows(
            "SELECT code, severity, count(*) AS n, max(last_seen_at) AS last_seen_at, detail FROM issues"
            " GROUP BY code, severity ORDER BY severity = 'error' DESC, severity = 'warning' DESC, n DESC"
        ),
    }


async def changes(reader: Reader) -> dict[str, Any]:
    """The latest edits of published reports."""
    rows = await reader.rows("SELECT * FROM v_changes ORDER BY found_at DESC LIMIT ?", _LATEST)
    return {"changes": [between(row) for row in rows]}


async def names(_reader: Reader) -> dict[str, Any]:
    """The codebook: tables with their columns, and the keys and values of these."""
    return {"tables": codebook.tables(), "labels": codebook.labels}


#: reports by how far they could be read
STATES = "SELECT state, sum(reports) AS n FROM region_states GROUP BY state ORDER BY n DESC"
_STATUSES = """
    SELECT
        sum(have) AS have, sum(late) AS late, sum(due) AS due, sum(overdue) AS overdue,
        sum(not_found) AS not_found, sum(unparsed) AS unparsed, sum(blocked) AS blocked,
        sum(never_crawled) AS never_crawled
    FROM region_years
"""
_PROVINCES = """
    SELECT
        coalesce(r.province, r.name) AS name, y.year, NULL AS region_code,
        sum(y.agencies) AS agencies, sum(y.reports) AS reports, sum(y.due) AS due
    FROM region_years y JOIN regions r ON r.code = y.region_code
    GROUP BY 1, y.year ORDER BY min(r.code), y.year
"""
_REGIONS_OF = """
    SELECT y.*, r.name FROM regions r JOIN region_years y ON y.region_code = r.code
    WHERE coalesce(r.province, r.name) = ? ORDER BY r.code, y.year
"""
_SHARES = """
    SELECT r.code, r.name, 1.0 * sum(y.reports) / nullif(sum(y.agencies - y.due), 0) AS share
    FROM region_years y JOIN regions r ON r.code = y.region_code
    WHERE ?1 IS NULL OR coalesce(r.province, r.name) = ?1 GROUP BY r.code
"""
_PROVINCE_SHARES = """
    SELECT
        substr(r.code, 1, 2) AS code, coalesce(r.province, r.name) AS name,
        1.0 * sum(y.reports) / nullif(sum(y.agencies - y.due), 0) AS share
    FROM region_years y JOIN regions r ON r.code = y.region_code GROUP BY 1, 2 ORDER BY 1
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
# as v_failed_checks, in the order of an index: the latest years are enough
_FAILED = """
    SELECT
        r.report_id, r.agency_id, r.agency, r.region_code, r.year, c.rule, c.scope, c.left_value,
        c.right_value, round(c.left_value - c.right_value, 6) AS difference, c.detail
    FROM failed_checks c CROSS JOIN reports r ON r.report_id = c.report_id
    ORDER BY c.year DESC, c.report_id, c.rule, c.scope LIMIT ?
"""
