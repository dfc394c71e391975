"""Agency × year: for what a report is due, and why there is none (see agency_years.sql)."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from importlib import resources

from pipelines.parse.titles import parse_title


def fill_agency_years(connection: sqlite3.Connection) -> None:
    """Bring table ``agency_years`` up to date, the archive's ``publication`` signed and the store attached.

    The temporary table ``pairs`` holds the agencies of the reports that came, changed or went.
    """
    connection.execute(_UNHAD)
    connection.execute(_DOUBTFUL)
    connection.execute(_DOUBT)
    connection.execute("CREATE INDEX temp.doubt_by_site ON doubt (site)")
    connection.execute("CREATE TEMP TABLE unread (site TEXT, clue TEXT, capture_id INTEGER)")
    clues = (
        (site, _clue(json.loads(hints)), capture)
        for site, hints, capture in connection.execute(_UNREAD).fetchall()
    )
    connection.executemany("INSERT INTO unread VALUES (?, ?, ?)", clues)
    connection.execute("CREATE TEMP TABLE listed (site TEXT, agency TEXT, year INTEGER)")
    titles = ((site, parse_title(title)) for site, title in connection.execute(_LISTED).fetchall())
    listed = ((site, title.agency, title.year) for site, title in titles if title.agency and title.year)
    connection.executemany("INSERT INTO listed VALUES (?, ?, ?)", listed)
    connection.execute("CREATE TEMP TABLE own_list (agency_id TEXT, url TEXT, capture_id INTEGER)")
    connection.executemany("INSERT INTO own_list VALUES (?, ?, ?)", _own_lists(connection))
    sql = (resources.files("pipelines.publish") / "agency_years.sql").read_text(encoding="utf-8")
    for statement in sql.split(";\n"):
        connection.execute(statement)


def _own_lists(connection: sqlite3.Connection) -> Iterator[tuple[str, str, int | None]]:
    """The lists that are called as an agency of their site is, with or without its region: agency, address
    and, where the address alone does not bring it, the last capture.
    """
    agencies = {
        (site, called): agency_id
        for agency_id, site, name, region in connection.execute(_NAMES)
        for called in (name, name.removeprefix(region or ""))
    }
    for site, url, title, places in connection.execute(_LISTS):
        of_list = agencies.get((site, _OF_REPORTS.sub("", title or "")))
        behind = json.loads(places or "[]")
        for place in behind:
            called = place["context"].get("title", "")
            agency_id = agencies.get((site, _OF_REPORTS.sub("", called))) if called else of_list
            if agency_id and place.get("capture"):
                yield agency_id, place["url"], place["capture"]
        if of_list and not behind:
            yield of_list, url, None


def _clue(hints: dict[str, object]) -> str:
    """What is known of a document that may tell whose report of which year it is; addresses are no words."""
    return " ".join(str(value) for name, value in hints.items() if name != "by")


# what the name of an agency's own list says besides
_OF_REPORTS = re.compile(r"\s*(的?(政府)?信息公开(工作)?)?(年报|年度报告)?(栏目|列表)?\s*$")

_NAMES = """
    SELECT a.agency_id, a.site, n.name, g.name
    FROM agencies a
    JOIN (
        SELECT agency_id, name FROM agencies UNION SELECT agency_id, name FROM agency_names
    ) n USING (agency_id)
    LEFT JOIN regions g ON g.code = a.region_code
    WHERE a.site IS NOT NULL
"""
_LISTS = "SELECT site, url, title, places FROM store.site_columns"

# articles that are listed but could not be had so far, with the last attempt; `gone`: they were not there, or
# their address led on to what is none (a page that says so, their list)
_UNHAD = """
    CREATE TEMP TABLE unhad AS
    WITH RECURSIVE way (article, capture_id) AS (
        SELECT address, (SELECT max(capture_id) FROM store.captures c WHERE c.url = r.url)
        FROM store.resources r WHERE role = 'article' AND sha256 IS NULL
        UNION
        SELECT article, (SELECT max(capture_id) FROM store.captures t WHERE t.url = substr(c.detail, 3))
        FROM way JOIN store.captures c USING (capture_id) WHERE c.outcome = 'redirect'
    )
    SELECT r.site, r.hints, c.capture_id,
        r.gone_at IS NOT NULL
            OR c.outcome IN ('gone', 'removed', 'soft_404', 'new', 'changed', 'unchanged') AS gone,
        c.outcome = 'blocked' OR coalesce(c.detail, '') LIKE 'refused_robots%' AS blocked
    FROM way JOIN store.resources r ON r.address = article JOIN store.captures c USING (capture_id)
    WHERE c.outcome <> 'redirect' AND NOT EXISTS (
        SELECT 1 FROM store.readings d
        WHERE d.root = address(c.url) AND d.kind IN ('report', 'unreadable', 'perhaps')
    )
"""

# what was read as no report though it may be one, and what could not be had
_UNREAD = """
    SELECT r.site, r.hints, r.capture_id
    FROM store.readings d JOIN store.resources r ON r.address = d.root
    WHERE d.kind IN ('unreadable', 'perhaps')
    UNION ALL
    SELECT site, hints, capture_id FROM unhad WHERE NOT blocked AND NOT gone
"""

# titles of articles that are listed, and could not be had, were not there or were not asked for so far
_LISTED = """
    SELECT site, json_extract(hints, '$.link_text') AS title FROM unhad WHERE title IS NOT NULL
    UNION
    SELECT site, json_extract(context, '$.title') AS title FROM store.requests
    WHERE state IN ('pending', 'leased') AND role = 'article' AND title IS NOT NULL
"""

# What proves no absence: lists (one that is gone is none), places that did not answer, and articles that
# could not be had; `title` as the link stated it (that to an agency's own site says its name), NULL where it
# is not known.
_DOUBTFUL = """
    CREATE TEMP TABLE doubtful AS
    SELECT i.site,
        coalesce(c.title, CASE WHEN i.code = 'list_unreachable' THEN (
            SELECT json_extract(r.context, '$.title') FROM store.requests r
            WHERE r.site = i.site AND r.url = i.subject AND r.role IN ('tree', 'column')
            ORDER BY r.request_id DESC LIMIT 1
        ) END) AS title,
        i.detail LIKE 'blocked%' OR i.detail LIKE 'refused: refused_robots%' AS blocked
    FROM store.issues i
    LEFT JOIN store.site_columns c ON c.site = i.site
        AND (c.url = i.subject OR substr(i.detail, 1, length(c.url) + 2) = c.url || ': ')
    WHERE i.closed_at IS NULL AND (
        i.code IN ('list_incomplete', 'list_empty', 'list_shrunk', 'paging_stuck', 'column_moved',
            'no_columns', 'budget_spent', 'list_scripted')
        OR (i.code = 'list_unreachable' AND substr(i.detail, 1, instr(i.detail, ':') - 1)
            NOT IN ('gone', 'soft_404', 'removed'))
    )
    UNION
    SELECT site, json_extract(hints, '$.link_text'), blocked FROM unhad WHERE NOT gone
"""

# … and whether their titles name agencies of their site, and years
_DOUBT = """
    CREATE TEMP TABLE doubt AS
    SELECT d.site, d.title, d.blocked,
        coalesce(max(instr(a.name, d.title) OR instr(d.title, a.name)), 0) AS names_agencies,
        d.title GLOB '*20[0-9][0-9]*' AS names_years
    FROM doubtful d LEFT JOIN agencies a ON a.site = d.site GROUP BY d.rowid
"""
