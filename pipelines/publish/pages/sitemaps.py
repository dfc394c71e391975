"""The addresses of the site for search engines: sitemaps.org, at most 20,000 in a file."""

from __future__ import annotations

from xml.sax.saxutils import escape

from datasette.utils.asgi import NotFound

from pipelines.publish.pages.reader import Reader

_EACH = 20_000
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


async def index(reader: Reader, address: str) -> str:
    """The list of the parts. ``address`` is the site's, without a slash at its end."""
    reports = (await reader.one("SELECT reports AS n FROM publication"))["n"]
    parts = range(1 + -(-reports // _EACH))
    entries = "".join(f"<sitemap><loc>{escape(address)}/sitemap-{n}.xml</loc></sitemap>" for n in parts)
    return f"{_HEAD}<sitemapindex {_SPACE}>{entries}</sitemapindex>"


async def part(reader: Reader, address: str, number: int) -> str:
    """Part 0 holds the pages, regions and agencies; the others the reports. Raises NotFound past the last."""
    if number == 0:
        rows = await reader.rows(_PLACES)
    else:
        rows = await reader.rows(_REPORTS, _EACH, (number - 1) * _EACH)
    if not rows:
        raise NotFound("没有此页 No such page")
    urls = "".join(
        f"<url><loc>{escape(address + row['path'])}</loc>"
        + (f"<lastmod>{row['at'][:10]}</lastmod>" if row["at"] else "")
        + "</url>"
        for row in rows
    )
    return f"{_HEAD}<urlset {_SPACE}>{urls}</urlset>"


_PLACES = """
    SELECT '/' AS path, published_at AS at FROM publication
    UNION ALL SELECT '/coverage', published_at FROM publication
    UNION ALL SELECT '/quality', published_at FROM publication
    UNION ALL SELECT '/changes', published_at FROM publication
    UNION ALL SELECT '/codebook', NULL UNION ALL SELECT '/about', NULL
    UNION ALL SELECT '/region/' || region_code, NULL FROM (
        SELECT DISTINCT region_code FROM agencies WHERE region_code IS NOT NULL
    )
    UNION ALL SELECT '/agency/' || agency_id, NULL FROM agencies
"""
_REPORTS = (
    "SELECT '/report/' || report_id AS path, changed_at AS at FROM reports ORDER BY rowid LIMIT ? OFFSET ?"
)
