"""What a sweep leaves for the visits after it: what a look at each list costs and shows, and what the visit
that looks for what is new asks for instead where that is too much.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from crawler.columns import Column, ListPage
from crawler.names import Nearness
from crawler.registry import Site
from crawler.wants import PLACE, Trail, Want
from pipelines.store import Store
from pipelines.store.capture import RECEIVED, UNASKED

_ASKED: Final = """SELECT fingerprint, url, (SELECT max(c.capture_id) FROM captures c
        WHERE c.request_id = r.request_id AND c.outcome IN ('new', 'changed', 'unchanged')) AS capture
    FROM requests r WHERE site = ? AND sweep = ? AND role IN ('column', 'tree', 'list')"""
_LAST: Final = f"""SELECT {RECEIVED} FROM captures WHERE url = ? AND +crawl_id >= ?
    ORDER BY capture_id DESC LIMIT 1"""  # noqa: S608 - a condition of ours


def note_lines(store: Store, site: str, column: Column, reports: Mapping[str, tuple[str, int]]) -> None:
    """What tells whether a column needs a look at the next visits (see ``due.worth_a_look``); ``reports``:
    agency and year by what tells their lines.
    """
    newest: dict[str, int] = {}
    for mark in column.found & reports.keys():
        agency, year = reports[mark]
        newest[agency] = max(newest.get(agency, 0), year)
    lines = hashlib.sha256("\n".join(sorted(column.found)).encode()).hexdigest()[:16]
    store.db.execute(
        "UPDATE site_columns SET lines = ?, reported_year = ? WHERE site = ? AND url = ?",
        (lines if column.found else None, min(newest.values(), default=None), site, column.url),
    )


def note_costs(store: Store, site: str, sweep: int, columns: Iterable[Column]) -> None:
    """What the next look at each column costs if it finds nothing new, which pages may be asked for instead,
    and which columns of the site were looked at in this visit.
    """
    known = {column.url: column for column in columns}
    rows = list(store.rows(_ASKED, (site, sweep)))
    asked = {row["fingerprint"]: row["capture"] for row in rows}
    urls = {row["url"] for row in rows}
    for row in store.columns_of(site):
        column = known.get(row["url"])
        places = _places(json.loads(row["places"] or "[]"), column, asked, sweep)
        looked = row["url"] in urls or any(place["asked"] == sweep for place in places)
        store.db.execute(
            "UPDATE site_columns SET places = ?, looked_in = ? WHERE site = ? AND url = ?",
            (json.dumps(places) if places else None, sweep if looked else row["looked_in"], site, row["url"]),
        )
        if column is not None and column.look:
            _note_cost(store, site, sweep, column)


def _note_cost(store: Store, site: str, sweep: int, column: Column) -> None:
    size = sum(store.value(_LAST, (page.url, sweep)) or 0 for page in column.look)
    hops = sum(len(page.context.get("hops", ())) for page in column.look)
    clicked = any(page not in column.look for page in column.places)
    store.db.execute(
        "UPDATE site_columns SET look_requests = ?, look_bytes = ? WHERE site = ? AND url = ?",
        (len(column.look) + hops + clicked, size, site, column.url),
    )


def note_sweep(store: Store, site: str, sweep: int) -> None:
    """What a sweep from the home page cost: what others may cost is a share of it (see ``due.share``)."""
    store.db.execute(
        f"""UPDATE sites SET (swept_requests, swept_bytes) = (
                SELECT count(*), max(coalesce(sites.swept_bytes, 0), coalesce(sum({RECEIVED}), 0))
                FROM captures WHERE site = sites.site AND +crawl_id >= ? AND NOT {UNASKED})
            WHERE site = ?""",  # noqa: S608 - conditions of ours
        (sweep, site),
    )


def _places(
    held: Sequence[dict[str, Any]], column: Column | None, asked: Mapping[str, int | None], sweep: int
) -> list[dict[str, Any]]:
    """The pages of a column that may be asked for instead of it, with the last visit that did and what came:
    those of a whole sweep, or those known from before with what a visit met.
    """
    before = {place["mark"]: place for place in held}
    found = {page.mark: _place(page, column.url) for page in column.places} if column else {}
    if column is None or column.incremental:
        found = before | found
    for mark, place in found.items():
        last = before.get(mark, {})
        place["asked"] = sweep if mark in asked else last.get("asked", 0)
        place["capture"] = asked.get(mark) or last.get("capture")
    return list(found.values())


def _place(page: ListPage, column: str) -> dict[str, Any]:
    trail = Trail.of(dict(page.context))
    context = replace(trail, hops=(), column=trail.column or column, incremental=False).context()
    return {
        "mark": page.mark, "url": page.url, "role": page.role, "method": page.method, "body": page.body,
        "context": context,
    }  # fmt: skip


def asked_in(store: Store, site: str) -> dict[str, int]:
    """The last visit that asked for each page of a site that no address alone brings, by what tells them."""
    rows = store.rows("SELECT places FROM site_columns WHERE site = ? AND places IS NOT NULL", (site,))
    return {place["mark"]: place["asked"] for row in rows for place in json.loads(row["places"])}


def known_column(row: Mapping[str, Any], site: Site, *, incremental: bool = False) -> Want:
    """The request for a column (a row of ``site_columns``) that the registry names, or that is known from
    before.
    """
    url = row["url"]
    configured = {"configured": True} if url in site.columns else {}
    near = Nearness.COLUMN if configured else Nearness(int(row["score"] or 0))
    trail = Trail(
        near=near, why="registry" if configured else "known",
        family=site.family or row.get("family") or "", optional=not configured, incremental=incremental,
        state=configured,
    )  # fmt: skip
    return Want(url, "column", score=10.0, context=trail.context())


def look_at(row: Mapping[str, Any], site: Site) -> Want:
    """The request for a look for what is new at a column (a row of ``due.worth_a_look``), or at the page that
    is asked for instead.
    """
    place = row.get("place")
    if place is None:
        return known_column(row, site, incremental=True)
    trail = replace(Trail.of(place["context"]), why=PLACE, incremental=True)
    return Want(
        place["url"], place["role"], place["method"], place["body"], score=10.0, context=trail.context()
    )


def whole_look(trail: Trail, site: Site) -> Want:
    """The request for the column one of whose pages, asked for instead, did not show its lines."""
    row = {"url": trail.column, "score": trail.near, "family": trail.family}
    return known_column(row, site, incremental=True)
