"""Atom feeds: new reports and edits of a region or agency, all edits, failed checks."""

from __future__ import annotations

from urllib.parse import quote
from xml.etree import ElementTree as ET

from pipelines.publish.pages.reader import Reader, Row

_ATOM = "http://www.w3.org/2005/Atom"
_LATEST = 50


async def region(reader: Reader, code: str) -> tuple[str, list[Row]]:
    """New reports and edits in a region: a title and entries."""
    name = (await reader.one("SELECT name FROM regions WHERE code = ?", code))["name"]
    return name, await reader.rows(_NEWS.format(where="r.region_code = ?1"), code)


async def agency(reader: Reader, agency_id: str) -> tuple[str, list[Row]]:
    """New reports and edits of an agency."""
    name = (await reader.one("SELECT name FROM agencies WHERE agency_id = ?", agency_id))["name"]
    return name, await reader.rows(_NEWS.format(where="r.agency_id = ?1"), agency_id)


async def changes(reader: Reader) -> tuple[str, list[Row]]:
    """Edits of published reports."""
    return "发布后的改动 Edits of published reports", await reader.rows(_EDITS.format(where="1") + _ORDER)


async def quality(reader: Reader) -> tuple[str, list[Row]]:
    """Failed checks, a report an entry."""
    return "不符的勾稽关系 Failed checks", await reader.rows(_FAILED)


def atom(address: str, page: str, title: str, entries: list[Row]) -> str:
    """An Atom feed. ``address`` is the site's, ``page`` the path of the page it belongs to."""
    feed = ET.Element("feed", {"xmlns": _ATOM})
    _add(feed, "title", f"公开 · {title}")
    _add(feed, "id", f"{address}{page}")
    _add(feed, "updated", max((entry["at"] for entry in entries), default="1970-01-01T00:00:00Z"))
    ET.SubElement(feed, "link", {"rel": "self", "href": f"{address}{page}.atom"})
    ET.SubElement(feed, "link", {"href": f"{address}{page}"})
    ET.SubElement(ET.SubElement(feed, "author"), "name").text = "公开 gongkai"
    for entry in entries:
        _entry(feed, address, entry)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(feed, encoding="unicode")


def _entry(feed: ET.Element, address: str, entry: Row) -> None:
    link = f"{address}/report/{quote(entry['report_id'])}"
    element = ET.SubElement(feed, "entry")
    _add(element, "title", entry["title"])
    _add(element, "id", f"{link}#{entry['mark']}")
    _add(element, "updated", entry["at"])
    _add(element, "summary", entry["summary"])
    ET.SubElement(element, "link", {"href": link})


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = text


_EDITS = """
    SELECT
        r.report_id, 'v' || c.to_version AS mark, r.title || '：第 ' || c.to_version || ' 版' AS title,
        max(c.found_at) AS at, count(*) || ' 处改动 differences' AS summary
    FROM report_changes c JOIN reports r ON r.report_id = c.report_id WHERE {where}
    GROUP BY c.report_id, c.to_version
"""
_ORDER = f" ORDER BY at DESC LIMIT {_LATEST}"
_NEWS = f"""
    SELECT r.report_id, 'v1' AS mark, r.title, r.first_seen_at AS at, '新收录 new' AS summary
    FROM reports r WHERE {{where}} UNION ALL {_EDITS} {_ORDER}
"""  # noqa: S608
_FAILED = f"""
    SELECT
        r.report_id, 'checks' AS mark, r.title, r.changed_at AS at,
        (SELECT count(*) || ' 项不符 failed: ' || group_concat(DISTINCT c.rule)
         FROM failed_checks c WHERE c.report_id = r.report_id) AS summary
    FROM reports r WHERE EXISTS (SELECT 1 FROM failed_checks c WHERE c.report_id = r.report_id)
    ORDER BY r.changed_at DESC LIMIT {_LATEST}
"""  # noqa: S608
